"""`oceans list`: what there is to name in a scenario and at the terminal, one line each."""

import json
import re

from sim.cli.streams import print_json
from sim.cli.terminal import TerminalUI
from sim.errors import did_you_mean, refusal
from sim.phrases import gist

LONGEST = 160


def list_kind(kind=None, as_json=False):
    """Lists what there is of a kind, or the kinds with their counts, and returns the exit code."""
    rows = listed(kind) if kind else {name: len(listed(name)) for name in KINDS}
    if as_json:
        print_json(json.dumps(rows, ensure_ascii=False))
        return 0
    ui = TerminalUI()
    width = max(map(len, rows))
    for name, words in rows.items():
        ui.row(f"{name:<{width}}  {words}")
    return 0


def listed(kind: str) -> dict[str, str]:
    """What there is of a kind, each with its first sentence; InputError with what was probably meant when it is none.

    >>> listed("groups")["ip4"]
    "NATO's four partners in the Indo-Pacific"
    """
    if kind not in KINDS:
        raise refusal(f"oceans list {kind}: no such kind. {did_you_mean(kind, KINDS)}")
    return {name: _first_sentence(words) for name, words in KINDS[kind]()}


def _first_sentence(words):
    words = " ".join(words.split())
    end = re.search(r"(?<=[a-z’”)])[.!?](?=\s)", words)
    return gist(words[: end.end()] if end else words, LONGEST)


def _scenarios():
    from sim.scenario import load, shipped

    return [(name, load(name).scenario.summary) for name in shipped()]


def _policies():
    from sim.policies import POLICIES

    return [(name, policy.__doc__) for name, policy in POLICIES.items()]


def _measures():
    from sim.catalogue.measures import MEASURES

    return [(name, f"{measure.label}: {measure.description}") for name, measure in MEASURES.items()]


def _cases():
    from sim.validation.cases import read_cases, shipped_cases

    return [(name, read_cases(name).title) for name in shipped_cases()]


def _of_library(section, words):
    """A reader of one section of the library, with what says in words what an entry is."""

    def rows():
        from sim.scenario import load_library

        return [(name, words(entry)) for name, entry in getattr(load_library(), section).items()]

    return rows


def _coefficient(parameter):
    low, high = parameter.range
    return f"{parameter.value:g}, from {low:g} to {high:g}: {parameter.why or parameter.unit}"


KINDS = {
    "scenarios": _scenarios,
    "policies": _policies,
    "measures": _measures,
    "responses": _of_library("responses", lambda response: response.name),
    "formats": _of_library("formats", lambda entry: entry.name),
    "projects": _of_library("cooperation", lambda project: project.name),
    "groups": _of_library("groups", lambda group: group.name),
    "states": _of_library("states", lambda state: state.name),
    "coefficients": _of_library("behaviour", _coefficient),
    "cases": _cases,
}
