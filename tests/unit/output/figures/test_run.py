"""What the charts read out of a record."""

import dataclasses

from sim.catalogue.responses import RUNGS
from sim.output.figures import run
from sim.phrases import Names
from sim.record import Event, Record
from tests.builders_record import a_loaded, a_record, an_empty_record

NAMES = Names(a_loaded())


def _record(*events):
    numbered = [Event(at, *event) for at, event in enumerate(events)]
    return Record("smallest", "The smallest", "0" * 64, 1, 0, "2025-03-01", 3, 10, tuple(numbered))


def _decided(actor, response, day=1, effect=9, terms=None):
    payload = {"response": response, "probability": 0.5, "effect_day": effect, "terms": terms or {}, "covered_by": None}
    return (1, day, "2025-03-02", "respond", "response_decided", actor, "grid", payload)


def _acts(actor, response, day):
    return (1, day, "2025-03-02", "settle", "response_acts", actor, "grid", {"response": response})


def test_a_response_is_known_by_the_day_on_which_it_is_seen():
    record = _record(
        _decided("EST", "naming"),
        _decided("LVA", "naming"),
        _decided("JPN", "naming"),
        _decided("HUN", "naming"),
        _acts("JPN", "naming", 4),
        _acts("EST", "naming", 7),
        _acts("LVA", "naming", 7),
    )
    seen = {one.actor: one.acted_day for one in run.joinings_of(record, NAMES)}
    assert seen == {"JPN": 4, "EST": 7, "LVA": 7, "HUN": None}


def test_doing_nothing_is_no_response():
    assert run.joinings_of(_record(_decided("EST", "no_action")), NAMES) == []


def test_a_consultation_is_put_together_from_its_events():
    record = a_record()
    one = run.consultations_of(record)[0]
    assert one.format == "nac_political" and one.caller == "EST"
    assert len(one.drafts) == 3 and one.breakers == {"HUN": 2, "TUR": 1}
    assert one.outcome == "adopted" and one.rung in RUNGS


def test_the_same_format_called_twice_is_two_consultations():
    tables = [one for one in run.consultations_of(a_record()) if one.format == "g7_leaders"]
    assert len(tables) == 2
    assert tables[0].day < tables[1].day
    assert all(len(one.drafts) == 1 for one in tables)


def test_what_a_record_does_not_hold_comes_out_empty():
    record = an_empty_record()
    assert run.incidents_of(record) == {} and run.actors_of(record) == []
    assert run.consultations_of(record) == [] and run.joinings_of(record, NAMES) == []
    assert run.series_of(record, "tension") == ([], []) and run.keys_of(record, "harm") == []


def test_a_series_that_lacks_a_turn_has_a_gap():
    record = _record(
        (1, 10, "2025-03-11", "settle", "turn_ends", None, None, {"tension": 0.2}),
        (2, 20, "2025-03-21", "settle", "turn_ends", None, None, {"tension": None}),
    )
    days, values = run.series_of(record, "tension")
    assert days == [10, 20]
    assert values[0] == 0.2 and values[1] != values[1]


def test_harm_is_summed_over_incidents():
    _, values = run.series_of(a_record(), "harm")
    assert round(values[0], 6) == 0.6 and values[2] > 0.9


def test_the_record_is_left_as_it_was():
    record = a_record()
    before = dataclasses.replace(record)
    run.consultations_of(record), run.joinings_of(record, NAMES)
    assert record == before
