"""What the engine makes is as the dictionary says, goes through JSON whole, and can be told."""

import re

import pytest

from sim.engine import play
from sim.record import Record
from sim.record.events import faults_of
from sim.record.story import closing, tell
from sim.scenario import load, shipped


@pytest.fixture(scope="module", params=shipped())
def played(request):
    """A shipped scenario and one run of it."""
    loaded = load(request.param)
    return loaded, play(loaded, seed=3, trace=True, without=False).records[0]


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


def test_the_closing_tells_every_act(played):
    loaded, record = played
    assert len(closing(record, loaded).truth) == len(loaded.scenario.acts)
