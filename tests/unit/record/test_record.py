"""A record keeps everything, exactly."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.events import PHASES
from sim.record import EVENT_KINDS, Event, Outcomes, Principle, Record
from tests.builders_events import faults_of

finite = st.floats(allow_nan=False, allow_infinity=False)
plain_values = st.recursive(
    st.none() | st.booleans() | st.integers() | finite | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
events = st.builds(
    Event,
    seq=st.integers(0, 10**6),
    turn=st.integers(0, 60),
    day=st.integers(0, 10**4),
    date=st.dates().map(str),
    phase=st.sampled_from(PHASES),
    kind=st.sampled_from(sorted(EVENT_KINDS)),
    actor=st.none() | st.sampled_from(["EST", "NATO"]),
    incident=st.none() | st.just("grid"),
    payload=st.dictionaries(st.text(), plain_values, max_size=4),
)
measures = st.dictionaries(st.text(), st.floats(), max_size=5)
principles = st.builds(Principle, key=st.text(), statement=st.text(), score=st.none() | finite, evidence=st.text())
records = st.builds(
    Record,
    scenario_name=st.text(),
    title=st.text(),
    digest=st.text(),
    seed=st.integers(0),
    run=st.integers(0),
    start=st.dates().map(str),
    turns=st.integers(1, 60),
    days_per_turn=st.integers(1, 366),
    events=st.lists(events, max_size=4),
    measures=measures,
    baseline_measures=st.none() | measures,
    scorecard=st.lists(principles, max_size=3),
)


@given(events)
def test_an_event_to_json_and_back_is_the_event(event):
    assert Event.from_json(event.to_json()) == event


@given(records)
def test_a_record_to_json_and_back_is_the_record(record):
    assert Record.from_json(record.to_json()) == record
    assert Record.from_json(record.to_json()).to_json() == record.to_json()


@given(records)
def test_a_records_json_is_what_every_reader_accepts(record):
    json.loads(record.to_json(), parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))


def test_numpy_values_in_a_payload_become_plain_ones():
    event = Event(
        np.int64(1), 1, 0, "2025-03-01", "settle", "turn_ends", payload={"share": np.float32(0.5), "all": np.arange(2)}
    )
    assert event.payload == {"share": 0.5, "all": [0, 1]}
    assert type(event.payload["share"]) is float and type(event.seq) is int


def test_a_payload_that_is_not_data_is_refused_when_it_is_made():
    with pytest.raises(TypeError, match="plain data"):
        Event(0, 1, 0, "2025-03-01", "settle", "turn_ends", payload={"world": object()})


def test_what_does_not_apply_is_null_in_json_and_nan_again():
    record = Record("a", "A", "", 1, 0, "2025-03-01", 1, 30, measures={"days_to_joint_response": math.nan})
    assert json.loads(record.to_json())["measures"] == {"days_to_joint_response": None}
    assert math.isnan(Record.from_json(record.to_json()).measures["days_to_joint_response"])


def test_quantiles_leave_out_the_runs_to_which_a_measure_does_not_apply():
    outcomes = Outcomes("a", "A", "", 1, 4, measures={"days": np.array([1.0, 2.0, 3.0, np.nan])})
    assert outcomes.quantiles("days", [0.5]) == [2.0]


@pytest.mark.parametrize("kind", sorted(EVENT_KINDS))
def test_the_dictionary_explains_every_field_of_every_kind(kind):
    entry = EVENT_KINDS[kind]
    assert entry.description.endswith(".") and entry.phase in PHASES
    for field in entry.fields:
        assert field.meaning and field.type
        assert field.unit or "number" not in field.type


@pytest.mark.parametrize(
    "payload, fault",
    [
        ({"project": "space"}, "lacks 'share'"),
        ({"project": "space", "share": "much"}, "not a number"),
        ({"project": 3, "share": 0.5}, "not text"),
        ({"project": "space", "share": 0.5, "colour": "red"}, "no field 'colour'"),
        ({"project": "space", "share": 1.5}, "outside 0 to 1"),
    ],
)
def test_an_event_is_held_against_the_dictionary(payload, fault):
    event = Event(0, 1, 0, "2025-03-01", "settle", "project_fails", None, None, payload)
    assert fault in " ".join(faults_of(event))
