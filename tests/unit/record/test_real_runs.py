"""What the engine makes is as the dictionary says, goes through JSON whole, and can be told."""

import re

import pytest

from sim.engine import play
from sim.model.events import faults_of
from sim.output.narrative.story import hot_wash, tell
from sim.phrases import count
from sim.record import Record
from sim.scenario import load, shipped
from tests.builders import a_scenario, an_incident


@pytest.fixture(scope="module", params=shipped())
def played(request):
    """A shipped scenario and one run of it."""
    loaded = load(request.param)
    return loaded, play(loaded, seed=3, trace=True, baseline=False).records[0]


def test_every_event_is_as_the_dictionary_says(played):
    _, record = played
    assert [fault for event in record.events for fault in faults_of(event)] == []


def test_events_are_numbered_in_order(played):
    _, record = played
    assert [event.seq for event in record.events] == list(range(len(record.events)))
    assert [event.turn for event in record.events] == sorted(event.turn for event in record.events)


def test_the_record_goes_through_json_whole(played):
    _, record = played
    assert Record.from_json(record.to_json()) == record


def test_the_story_has_names_and_sentences(played):
    loaded, record = played
    codes = re.compile(rf"\b({'|'.join(loaded.library.states)})\b")
    injected = {word for inject in loaded.scenario.injects for word in codes.findall(f"{inject.title} {inject.text}")}
    for turn in tell(record, loaded):
        assert turn.heading and turn.sentences
        assert len(set(turn.sentences)) == len(turn.sentences)
        for sentence in turn.sentences:
            assert set(codes.findall(sentence)) <= injected, sentence
            assert "_" not in sentence and "  " not in sentence, sentence
            assert sentence.endswith((".", ".)")), sentence


def test_the_closing_tells_every_incident(played):
    loaded, record = played
    assert len(hot_wash(record, loaded).truth) == len(loaded.scenario.incidents)


@pytest.mark.parametrize("days, seeds", [(1, (2, 3, 4)), (7, (5, 8)), (30, (3, 4))])
def test_event_story_and_measure_count_the_same_days_to_a_text(days, seeds):
    incidents = [an_incident(victims={"EST": 0.7}, difficulty=0.2, publicness=1.0)]
    loaded = a_scenario(
        turns=40 if days == 1 else 8, days=days, incidents=incidents, participants=["group:nato", "RUS"]
    )
    counted = 0
    for seed in seeds:
        record = play(loaded, seed, trace=True, baseline=False).records[0]
        story = " ".join(words for turn in tell(record, loaded) for words in turn.sentences)
        due = {}
        for event in record.of_kind("consultation_called", "text_adopted"):
            if event.kind == "consultation_called":
                due[event.payload["format"]] = event.payload["due_day"]
                continue
            since = event.payload["days_since_incident"]
            assert event.day == since == max(due[event.payload["format"]], (event.turn - 1) * days)
            assert f"is adopted {count(since, 'day')} after the incident began" in story
        texts = [
            event for event in record.of_kind("text_adopted") if event.payload["rung"] not in ("silence", "concern")
        ]
        if texts:
            assert min(event.payload["days_since_incident"] for event in texts) == record.measures["days_to_joint_text"]
            counted += 1
    assert counted
