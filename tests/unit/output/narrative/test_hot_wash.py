"""How usual an outcome was, and where people were of one mind or confidently wrong, as the hot wash has it."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest

from sim.output.narrative.hot_wash import (
    DIVIDED,
    ONE_MIND,
    ONE_VIEW,
    WRONG,
    Stance,
    alignment,
    how_usual,
    rounds_of,
    stances_of,
)
from tests.builders_record import stances


def test_how_usual_counts_those_that_ended_with_less():
    harm = np.arange(1000.0)
    told = how_usual({"harm": 7.0, "peak_tension": 500.0}, {"harm": harm, "peak_tension": harm}, alone=3)
    assert told[0] == "7 of 1,000 played by the model ended with less harm: a rare outcome."
    assert told[1] == "500 of 1,000 played by the model stayed calmer."
    assert "the model alone would have come to 3" in told[2]


def _mistaken(loaded, incident):
    """The same scenario in which an incident looks like somebody's work who has not done it."""
    incidents = [
        one.model_copy(update={"by": "accident", "suspect": one.suspect or one.by}) if one.id == incident else one
        for one in loaded.scenario.incidents
    ]
    return SimpleNamespace(**{**vars(loaded), "scenario": loaded.scenario.model_copy(update={"incidents": incidents})})


@pytest.mark.parametrize(
    "rungs, sure, is_mistaken, mind",
    [
        ("naming measures naming", (90, 80, None), True, WRONG),
        ("naming measures naming", (90, 80, None), False, ONE_MIND),
        ("naming measures naming", (90, 20, None), True, ONE_MIND),
        ("naming silence naming", (90, 80, 90), False, DIVIDED),
        ("naming silence naming", (90, 80, 90), True, WRONG),
    ],
)
def test_people_are_of_one_mind_divided_or_confidently_wrong(loaded, incident, rungs, sure, is_mistaken, mind):
    taken = stances(incident, rungs, sure, seats=("EST",), turns=1)
    (found,) = rounds_of(taken, _mistaken(loaded, incident) if is_mistaken else loaded)
    assert (found.who, found.mind) == ("EST", mind)


def test_whoever_speaks_counts_once_with_a_view_of_their_own_before_the_seats(loaded, incident):
    seats, own = Stance(1, incident, "EST", "Ann", "silence", None, True), "naming"
    (alone,) = rounds_of([seats], loaded)
    (with_view,) = rounds_of([seats, dataclasses.replace(seats, rung=own, is_seats=False)], loaded)
    assert alone.mind == with_view.mind == ONE_VIEW
    (beside,) = rounds_of([seats, dataclasses.replace(seats, person="Bo", rung=own, is_seats=False)], loaded)
    assert beside.mind == DIVIDED


def test_it_is_said_in_two_or_three_sentences_who_was_wrong_and_how_sure(loaded, incident):
    told = alignment(rounds_of(stances(incident, turns=2), _mistaken(loaded, incident)), loaded)
    assert 2 <= len(told) <= 3
    assert "three seats would name Russia" in told[-1]
    assert told[-1].endswith("at least 90\u00a0% sure; but it was not Russia.")


def test_the_latest_position_counts_and_what_was_left_does_not():
    row = {
        "turn": "1",
        "seat": "EST",
        "person": "Ann",
        "kind": "position",
        "subject": "x",
        "sure": "",
        "left_because": "",
    }
    rows = [row | {"choice": "silence"}, row | {"choice": "naming"}, row | {"choice": "concern", "left_because": "no"}]
    (one,) = stances_of(rows, [row | {"kind": "call", "choice": "nac"}])
    assert (one.rung, one.sure, one.is_seats) == ("naming", None, True)
