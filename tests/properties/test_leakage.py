"""No case tells on itself: what anybody did about it has no way into what is forecast of it, nor has what came later.

A case that *came out otherwise* has every known cell changed, and every field that says how it ended. Two things stay
as they are, for they say how long a case is watched and not what was done: the day of the decision, from which the
coders count their window, and how many months a coercion lasted.
"""

import ast
import datetime
from dataclasses import fields, replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from sim.model.inputs import build_inputs
from sim.scenario import from_document, load_library
from sim.validation.backtest import MODEL, backtest
from sim.validation.benchmarks import FORECASTS
from sim.validation.calibration import calibrate
from sim.validation.cases import read_cases
from sim.validation.replay import INCIDENT, document_of, scenario_of
from sim.validation.schema import KINDS, CollectiveResponse, Row

ROOT = Path(__file__).parents[2]
LIBRARY = load_library()
RECORD = read_cases("cases_2007_2024")
IDS = [case.id for case in RECORD.cases]
SMALL = ("jpn-2010", "est-2007", "skripal-2018")
YEAR = datetime.timedelta(days=365)


def case_of(name):
    return next(case for case in RECORD.cases if case.id == name)


def only(*names, instead=None):
    """Some cases of the record, one of them perhaps with another in its place."""
    chosen = [instead if instead and instead.id == name else case_of(name) for name in names]
    return replace(RECORD, cases=tuple(chosen), outcomes=())


# ------------------------------------------------------------------------------------------------ cases otherwise


def turned_round(values):
    """Everybody did what they did not do."""
    return [1 - value for value in values]


def dealt_anew(values):
    """The same deeds, done by others."""
    return np.random.default_rng(1).permutation(values).tolist()


OTHERWISE = (turned_round, dealt_anew)


def otherwise(case, change):
    """A case that came out otherwise: the same cells are known, and something else is known of them."""
    known = [key for key, cell in case.cells.items() if cell.value is not None]
    values = dict(zip(known, change([case.cells[key].value for key in known]), strict=True))
    rows = {
        code: (row or Row()).model_copy(update={kind: values.get((code, kind)) for kind in KINDS})
        for code, row in case.actors.items()
    }
    ended = case.outcome.model_copy(update={"target_conceded": 0 if case.outcome.target_conceded else 1})
    return case.model_copy(
        update={"actors": rows, "outcome": ended, "collective_response": CollectiveResponse(type="none")}
    )


def test_a_case_that_came_out_otherwise_did():
    case = case_of("skripal-2018")
    for change in OTHERWISE:
        other = otherwise(case, change)
        assert other.cells.keys() == case.cells.keys()
        assert sum(cell.value != other.cells[key].value for key, cell in case.cells.items()) > 10
        assert other.outcome != case.outcome


# ------------------------------------------------------------------------------------------------ what was done


@pytest.mark.parametrize("change", [turned_round, pytest.param(dealt_anew, marks=pytest.mark.long)])
@pytest.mark.parametrize("name", IDS)
def test_the_exercise_of_a_case_does_not_depend_on_what_anybody_did(name, change):
    case = case_of(name)
    other = otherwise(case, change)
    assert document_of(case, LIBRARY) == document_of(other, LIBRARY)
    assert scenario_of(case, LIBRARY).digest == scenario_of(other, LIBRARY).digest


@pytest.mark.parametrize("name", ["can-2018", "notpetya-2017"])
def test_how_long_a_case_is_watched_changes_its_length_and_nothing_else(name):
    case = case_of(name)
    longer = case.model_copy(
        update={
            "decision_date": case.decision_date - YEAR / 4,
            "outcome": case.outcome.model_copy(update={"coercion_months": 5.0}),
        }
    )
    one, other = document_of(case, LIBRARY), document_of(longer, LIBRARY)
    assert {field for field in one if one[field] != other[field]} == {"turns"}


@cache
def told(change=None, name="skripal-2018"):
    """Three cases back-tested, with one of them otherwise."""
    instead = otherwise(case_of(name), change) if change else None
    return backtest(only(*SMALL, instead=instead), runs=2)


@pytest.mark.parametrize("change", OTHERWISE)
def test_a_case_that_came_out_otherwise_is_forecast_the_same(change):
    """To the last bit: the model, and each benchmark, which is made from the other cases."""
    one, other = told(), told(change)
    own = one.cells.case == one.cells.case_ids.index("skripal-2018")
    assert not np.array_equal(one.cells.done[own], other.cells.done[own])
    for name in (MODEL, *FORECASTS):
        assert np.array_equal(one.forecasts[name][own], other.forecasts[name][own]), name
    assert one.estimated == other.estimated


@pytest.mark.parametrize("change", OTHERWISE)
def test_the_model_plays_every_case_the_same_whatever_came_of_one(change):
    for name, played in told().played.items():
        for field in ("chance", "day", "confidence", "stake", "conceded"):
            assert np.array_equal(getattr(played, field), getattr(told(change).played[name], field)), (name, field)


def test_benchmarks_do_learn_from_the_other_cases():
    """The laws above would hold of forecasts that learn nothing."""
    one, other = told(), told(turned_round)
    others = one.cells.case != one.cells.case_ids.index("skripal-2018")
    for name in set(FORECASTS) - {"nobody"}:
        assert not np.array_equal(one.forecasts[name][others], other.forecasts[name][others]), name


@cache
def estimated(name=None):
    """Two coefficients estimated from three cases, one of which perhaps came out otherwise."""
    instead = otherwise(case_of(name), turned_round) if name else None
    return calibrate(only(*SMALL, instead=instead), names=("practice_attribution", "b_stake"), runs=2, workers=1)


@pytest.mark.long
@pytest.mark.parametrize("name", SMALL)
def test_estimates_without_a_case_are_the_same_whatever_came_of_it(name):
    """To the last bit, so not even the place where the search begins may have seen the case."""
    assert not np.array_equal(estimated().mean, estimated(name).mean)
    assert np.array_equal(estimated().without[name], estimated(name).without[name])


def test_the_estimates_that_ship_leave_each_case_of_the_record_out():
    estimates = LIBRARY.estimates
    assert not estimates.coefficients or set(IDS) <= set(estimates.without)


# ------------------------------------------------------------------------------------------------ what came later

FACTS_OF_ACTORS = (
    *("economy", "cyber", "military", "capability", "population", "capital", "exposure", "other_ocean", "severity"),
)
FACTS_OF_ACTS = (
    *(
        "incidents",
        "incident_is_true",
        "difficulty",
        "publicness",
        "is_physical",
        "has_demand",
        "demand_major",
        "incident_begins",
    ),
    *("incident_ends", "turns", "linkage", "adversary_tie", "adversaries"),
)
FACTS_OF_OPTIONS = (
    *("attribution_min", "accuses", "benefit", "risk", "cost"),
    *("pressure", "signal", "resilience", "rung", "lead_min", "lead_typical", "lead_max"),
)
PRACTICE = {"norm_year"}


@cache
def settings_of(name, years=0, **changes):
    """A case as it is, or so many years later."""
    case = case_of(name)
    days = {one: getattr(case, one) + years * YEAR for one in ("start_date", "disclosure_date", "decision_date")}
    return build_inputs(
        from_document({**document_of(case.model_copy(update=days), LIBRARY), **changes}, library=LIBRARY)
    )


def in_both(one, other):
    """The places, in each of two settings, of the states that are in both; a body is whatever its members are."""
    common = [code for code in one.actors if code in other.actors and code not in LIBRARY.bodies]
    return ([inputs.index[code] for code in common] for inputs in (one, other))


def different(one, other):
    """The fields in which two settings differ."""
    return {
        field.name
        for field in fields(one)
        if field.name not in ("loaded", "params", "bonds", "actor_table")  # whose arrays are fields themselves
        if not np.array_equal(getattr(one, field.name), getattr(other, field.name))
    }


@pytest.mark.parametrize("name, years", [("est-2007", 13), ("mh17-2014", 7), ("jpn-2010", 11), ("notpetya-2017", 4)])
def test_a_future_date_changes_no_fact(name, years):
    """Who is hit, how badly, how plainly, and who depends on whom; each actor that is there in both, each response."""
    one, other = settings_of(name), settings_of(name, years)
    here, there = in_both(one, other)
    for fact in FACTS_OF_ACTORS:
        assert np.array_equal(getattr(one, fact)[..., here], getattr(other, fact)[..., there]), fact
    assert one.calendar.edges == other.calendar.edges
    for fact in FACTS_OF_ACTS:
        assert np.array_equal(getattr(one, fact), getattr(other, fact)), fact
    known = [option for option in one.options if option in other.options]
    were, are = ([inputs.options.index(option) for option in known] for inputs in (one, other))
    assert len(known) == len(one.options)  # what has been invented since comes on top
    for fact in FACTS_OF_OPTIONS:
        assert np.array_equal(getattr(one, fact)[were], getattr(other, fact)[are]), fact


def test_a_future_date_changes_practice_laws_members_and_formats():
    one, other = settings_of("est-2007"), settings_of("est-2007", 13)
    assert one.practice_of_naming(0) < other.practice_of_naming(0)
    assert {"HRV", "MNE"} & set(other.actors) - set(one.actors)
    assert set(other.consultations) - set(one.consultations)
    may = [inputs.allowed_in(1)[inputs.options.index((INCIDENT, "cyber_sanctions"))] for inputs in (one, other)]
    assert not may[0].any() and may[1].any()


def test_the_practice_of_another_day_changes_the_practice_and_nothing_else():
    assert different(settings_of("est-2007"), settings_of("est-2007", norm_date="2020-01-01")) == PRACTICE


@pytest.mark.parametrize("name", IDS)
def test_only_trade_with_russia_since_2022_depends_on_the_day(name):
    """The one dated figure among exposures: less trade since the sanctions of 2022, as far as a coefficient says."""
    case = case_of(name)
    one = settings_of(name)
    other = settings_of(name, 2023 - case.disclosure_date.year)
    here, there = in_both(one, other)
    for place, adversary in enumerate(one.adversaries):
        was, is_now = one.exposure[place, 0][here], other.exposure[place, 0][there]
        assert (is_now <= was).all() and (adversary == "RUS" or np.array_equal(was, is_now))


# ------------------------------------------------------------------------------------------------ nobody by name


YARDSTICK = {"sim/model/actor_table.py": {"USA"}}  # the largest economy, as a unit
OF_AN_ADVERSARY = {"trade_rus_since_2022"}


def literals(path):
    """Every text in a file's code that is not a docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said
    }


def files_of(*rooms):
    return sorted(path for room in rooms for path in (ROOT / "sim" / room).rglob("*.py"))


def test_no_coefficient_belongs_to_one_state():
    words = {name: {word.upper() for word in name.split("_")} for name in LIBRARY.behaviour}
    assert {name for name, parts in words.items() if parts & set(LIBRARY.states)} == OF_AN_ADVERSARY


@pytest.mark.parametrize(
    "path", files_of("model", "catalogue", "rules"), ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_no_rule_names_a_state(path):
    """What tells Japan or Hungary from others are figures, groups and dates in the library."""
    named = literals(path) & set(LIBRARY.states)
    assert named <= YARDSTICK.get(path.relative_to(ROOT).as_posix(), set())


def test_no_state_has_a_habit_of_its_own():
    for name in IDS:
        inputs = settings_of(name)
        assert (inputs.own_habit == inputs.own_habit[..., :1]).all()


def test_no_group_is_one_state_under_another_name():
    assert not [name for name, group in LIBRARY.groups.items() if len(group.members) < 2]


def test_no_response_is_made_for_one_state():
    assert not [name for name, response in LIBRARY.responses.items() if set(response.users) & set(LIBRARY.states)]


def test_no_case_is_named_by_the_library_or_the_rules():
    """By its id in the record."""
    files = [*files_of("model", "catalogue", "rules"), *(ROOT / "scenarios" / "library").glob("*.yaml")]
    found = {path.name for path in files for name in IDS if name in path.read_text(encoding="utf-8")}
    assert found <= {"estimates.yaml"}  # which holds what is estimated without each
