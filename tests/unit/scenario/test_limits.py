"""Every number has its limits, wherever it is set; and what may vary is tried before it is played."""

import types
import typing

import pytest
from pydantic import BaseModel

from sim.errors import InputError
from sim.scenario import check_files, library_schema, schema
from sim.scenario.library import figure_limits
from sim.scenario.library_schema import Figure, Library
from sim.scenario.paths import set_path
from sim.scenario.wording import core, fields_of
from sim.validation import schema as case_schema
from tests.builders import a_document, a_file, a_library, a_scenario

WITHOUT = {  # numbers that the schema itself does not bound, and what does
    "Figure.value": "the field that the figure is for",
    "Figure.range": "the same",
    "Domain.limits": "it is the limit",
    "Parameter.value": "the coefficient's domain",
    "Parameter.range": "the coefficient's domain",
    "Parameter.prior": "the coefficient's domain; a standard deviation is above 0",
    "Estimates.mean": "the coefficient's domain",
    "Estimates.without": "the coefficient's domain",
    "Incident.turn": "the number of turns that the exercise has",
    "Inject.turn": "the number of turns that the exercise has",
    "Deadline.turn": "the number of turns that the exercise has",
    "Discussion.turn": "the number of turns that the exercise has",
    "CooperationStart.turn": "the number of turns that the exercise has",
    "Uncertainty.range": "what its path leads to",
    "Lever.range": "what its path leads to",
    "Scenario.behaviour": "the coefficient's domain",
    "Scenario.figures": "what the path leads to",
}
MODELS = [
    model
    for home in (library_schema, schema, case_schema)
    for model in vars(home).values()
    if isinstance(model, type) and issubclass(model, BaseModel) and model.__module__ == home.__name__
]


def numbers(annotation):
    """For each number that an annotation holds, whether it has both limits."""
    inner, constraints = core(annotation)
    if inner in (int, float):
        has = {end for part in constraints for end in ("ge", "gt", "le", "lt") if getattr(part, end, None) is not None}
        yield bool(has & {"ge", "gt"}) and bool(has & {"le", "lt"})
    elif typing.get_origin(inner) in (list, tuple, dict, typing.Union, types.UnionType):
        for part in typing.get_args(inner):
            yield from numbers(part)


def test_every_number_of_a_scenario_and_of_the_library_has_limits_or_a_reason():
    unbounded = {
        f"{model.__name__}.{name}"
        for model in MODELS
        for name, annotation in fields_of(model).items()
        if not all(numbers(annotation))
    }
    assert unbounded == set(WITHOUT)


def test_every_figure_of_the_library_has_limits():
    figures = [
        (model, name) for model in MODELS for name, annotation in fields_of(model).items() if _is_of_figures(annotation)
    ]
    assert figures and not [(model, name) for model, name in figures if figure_limits(model, name) is None]


def _is_of_figures(annotation):
    inner, _ = core(annotation)
    return inner is Figure or typing.get_origin(inner) is dict and core(typing.get_args(inner)[1])[0] is Figure


@pytest.mark.parametrize("turn", ["4", "5000000000", "9" * 400, -1, 0])
@pytest.mark.parametrize("where", ["incidents", "injects", "cooperation"])
def test_a_turn_that_the_exercise_does_not_have_is_refused_whatever_its_size(where, turn):
    entry = {
        "incidents": {**a_document()["incidents"][0], "turn": turn},
        "injects": {
            "id": "a", "title": "A", "turn": turn, "sender": "A", "to": ["all"], "channel": "call", "text": "A",
        },
        "cooperation": {"project": "coop_cyber", "turn": turn},
    }[where]  # fmt: skip
    with pytest.raises(InputError, match="the exercise has 3 turns" if int(turn) > 0 else "1 or more"):
        a_scenario(**{where: [entry]})


@pytest.mark.parametrize(
    "path, value",
    [("states.USA.gdp_usd_bn", 0), ("states.USA.defence_usd_bn", 0), ("states.EST.exposure.EST.energy", 1)],
)
def test_a_figure_by_which_nothing_could_be_measured_is_refused(path, value):
    with pytest.raises(InputError, match=path.replace(".", r"\.")):
        set_path(a_document(), path, value, a_library())


def test_a_body_that_nobody_belongs_to_yet_cannot_take_part():
    with pytest.raises(InputError, match="'NATO' has no members on 1948-01-01"):
        a_scenario(library=None, start="1948-01-01", participants=["NATO", "EST", "RUS"])


@pytest.mark.parametrize(
    "entry, told",
    [
        ("path: incidents.grid.turn, choices: [1, 9]", "cannot be 9: begins in turn 9"),
        ("path: incidents.grid.turn, range: [1, 9]", "cannot be 9: begins in turn 9"),
        ("path: participants.EST, choices: [on, off]", "cannot be off: 'EST' (a victim) takes no part"),
        ("path: turns.count, range: [1, 3]", "cannot be 1: begins in turn 2"),
        ("path: bodies_as, choices: [members, one]", ""),
        ("path: behaviour.calls, choices: [1, 1e9]", "expected a number from 0 to 20"),
    ],
)
@pytest.mark.parametrize("section", ["uncertainties", "levers"])
def test_each_choice_and_each_end_is_tried_when_a_scenario_is_checked(tmp_path, section, entry, told):
    path = a_file(tmp_path)
    text = path.read_text(encoding="utf-8") + f"    turn: 2\n{section}:\n  it: {{{entry}, why: unknown}}\n"
    path.write_text(text, encoding="utf-8")
    faults = check_files([path])
    assert [told in fault.message for fault in faults] == [True] * bool(told)
    assert {fault.line for fault in faults} <= {len(text.splitlines())}


def test_the_limits_of_a_coefficient_are_no_part_of_what_is_played():
    from sim.scenario.library import library_digest

    assert library_digest(Library.model_construct(**{**dict(a_library()), "domains": {}})) == library_digest(
        a_library()
    )
