"""`oceans list`, `check`, `new` and `schema`: what there is to name; files of scenarios before anybody uses them."""

import contextlib
import json
import re
import sys

from sim.catalogue.measures import MEASURES
from sim.cli.options import CheckOptions, ListOptions, NewOptions, SchemaOptions
from sim.cli.streams import print_json
from sim.cli.terminal import TerminalUI
from sim.errors import InputError, counted, did_you_mean, refusal
from sim.letters import visible
from sim.model.inputs import turn_of
from sim.output.narrative.injects import condition_in_words
from sim.phrases import Names, gist
from sim.policies import POLICIES
from sim.scenario import check_files, json_schema, load, load_library, new_scenario, notes_on, shipped
from sim.validation.cases import case_faults, is_case_file, located, read_cases, shipped_cases

LONGEST = 160

# ----------------------------------------------------------------------------------------------------------------- list


def list_kind(options: ListOptions) -> int:
    """Lists what there is of a kind, or the kinds with their counts, and returns the exit code."""
    rows = listed(options.kind) if options.kind else {name: len(listed(name)) for name in KINDS}
    if options.as_json:
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


def _of_library(section, words):
    """A reader of one section of the library, with what says in words what an entry is."""

    return lambda: [(name, words(entry)) for name, entry in getattr(load_library(), section).items()]


def _coefficient(parameter):
    low, high = parameter.range
    return f"{parameter.value:g}, from {low:g} to {high:g}: {parameter.why or parameter.unit}"


KINDS = {
    "scenarios": lambda: [(name, load(name).scenario.summary) for name in shipped()],
    "policies": lambda: [(name, policy.__doc__) for name, policy in POLICIES.items()],
    "measures": lambda: [(name, f"{one.label}: {one.description}") for name, one in MEASURES.items()],
    "responses": _of_library("responses", lambda response: response.name),
    "formats": _of_library("formats", lambda entry: entry.name),
    "projects": _of_library("cooperation", lambda project: project.name),
    "groups": _of_library("groups", lambda group: group.name),
    "states": _of_library("states", lambda state: state.name),
    "coefficients": _of_library("behaviour", _coefficient),
    "cases": lambda: [(name, read_cases(name).title) for name in shipped_cases()],
}


# ------------------------------------------------------------------------------------------------ check, new and schema


def check_scenarios(options: CheckOptions) -> int:
    """Checks files and returns the exit code: 0 when all are fine, 2 when one is not."""
    files = list(dict.fromkeys(options.files))
    cases = shipped_cases()
    paths = [located(file) if file in cases else file for file in files]
    faults = check_files(paths, others=[(is_case_file, case_faults)])
    for fault in faults:
        print(fault, file=sys.stderr)
    if faults:
        print(f"{counted(len(faults), 'fault')} in {counted(len(files), 'file')}.", file=sys.stderr)
        return 2
    for path, words in _notes(paths):
        print(f"{visible(path)}: note: {words}", file=sys.stderr)
    print("1 file is fine" if len(files) == 1 else f"{len(files)} files are fine")
    return 0


def _notes(paths):
    """(path, sentence) of what is worth knowing of those that are scenarios."""
    for path in paths:
        with contextlib.suppress(InputError):  # cases, or a part of the library
            loaded = load(path)
            yield from ((path, words) for words in (*notes_on(loaded), *_on_condition(loaded)))


def _on_condition(loaded):
    """A sentence on each inject that does not simply come in its turn."""
    names = Names(loaded)
    for inject in loaded.scenario.injects:
        words = condition_in_words(inject.when, names)
        if words:
            only = "" if words.startswith("unless") else "only "
            yield f"inject '{inject.id}' comes in turn {turn_of(inject, loaded.scenario)} {only}{words}."


def new_scenario_file(options: NewOptions) -> int:
    """Writes a scenario to start from and says what to do with it."""
    path = new_scenario(options.name, options.out)
    shown = visible(str(path))
    print(f"Written: {shown}\nEdit it, then: oceans check {shown} && oceans run {shown}")
    return 0


def print_schema(options: SchemaOptions) -> int:
    """Prints the JSON Schema of scenario files."""
    print_json(json.dumps(json_schema(), indent=2, ensure_ascii=False))
    return 0
