"""What the engine makes is as the dictionary says, goes through JSON whole, and can be told."""

import re

import pytest

from sim.engine import play
from sim.output.narrative.hot_wash import figure, hot_wash
from sim.output.narrative.story import tell
from sim.phrases import COUNTS, Names, count
from sim.record import Record
from sim.scenario import load, shipped
from tests.builders import a_scenario, an_incident
from tests.builders_events import faults_of


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
            assert sentence.endswith((".", ".)", "?")), sentence


def test_the_closing_tells_every_incident(played):
    loaded, record = played
    assert len(hot_wash(record, loaded).truth) == len(loaded.scenario.incidents)


# --------------------------------------------------------------------------------------------------- the story in short

WORDS_A_TURN, WORDS_A_SENTENCE = 200, 75
OF_ALL = re.compile(r"(\w+) of (\d+) now (?:is|are)")


def test_a_turn_is_told_in_three_to_eight_sentences_that_can_be_read_aloud(played):
    loaded, record = played
    for turn in tell(record, loaded):
        assert 3 <= len(turn.short) <= 8, turn
        assert len(set(turn.short)) == len(turn.short)
        assert len(" ".join(turn.short).split()) <= WORDS_A_TURN, turn
        for words in turn.short:
            assert len(words.split()) <= WORDS_A_SENTENCE, words
            assert words[0].isupper() or words[0].isdigit() or words[0] == "“", words
            assert words.endswith((".", ".)", "?")) and ".." not in words and "  " not in words, words
            assert "_" not in words and "None" not in words.split() and "nan" not in words.split(), words


def test_no_name_is_said_over_and_over(played):
    loaded, record = played
    names = Names(loaded)
    for turn in tell(record, loaded):
        for incident in loaded.scenario.incidents:
            assert " ".join(turn.short).count(names.incident(incident.id)) <= 6, turn


def test_what_is_told_in_short_is_in_the_record(played):
    loaded, record = played
    names = Names(loaded)
    for turn, events in ((turn, record.in_turn(turn.number)) for turn in tell(record, loaded)):
        short, of_kind = " ".join(turn.short), lambda *kinds, events=events: [e for e in events if e.kind in kinds]
        assessed = [list(event.payload["confidence"].values()) for event in of_kind("assessment")]
        sure = {(sum(share >= 0.7 for share in shares), len(shares)) for shares in assessed}
        told = {(int(many) if many.isdigit() else COUNTS.index(many.replace("none", "no")), int(all_of))
                for many, all_of in OF_ALL.findall(short)}  # fmt: skip
        assert told <= sure
        texts = of_kind("text_adopted")
        assert short.count(" is adopted by ") <= len(texts)
        for event in texts:
            if event.payload["rung"] in ("naming", "measures") and len(texts) == 1:
                what, where = names.text(event.payload["rung"], event.incident), names.format(event.payload["format"])
                assert what in short.replace("A text", "a text") and f"is adopted by {where}" in short
        for event in of_kind("victim_concedes"):
            assert f"{names.actor(event.actor)} gives in" in short
        assert " pays back " not in short or of_kind("adversary_retaliates")


def test_the_outcome_is_five_sentences_at_most_and_tells_the_figures_of_the_table(played):
    loaded, record = played
    end = hot_wash(record, loaded)
    assert 1 <= len(end.outcome) <= 5
    said, rows = " ".join(end.outcome), {row.name: row.value for row in end.measures}
    assert rows["harm"] in said and rows["peak_tension"] in said
    for incident in loaded.scenario.incidents:
        assert Names(loaded).actor(incident.by) in said


@pytest.mark.parametrize("days, seeds", [(1, (2, 3, 4)), (7, (5, 8)), (30, (3, 4))])
def test_event_story_and_measure_count_the_same_days_to_a_text(days, seeds):
    incidents = [an_incident(victims={"EST": 0.7}, difficulty=0.2, publicness=1.0)]
    loaded = a_scenario(
        turns=40 if days == 1 else 8, days=days, incidents=incidents, participants=["group:nato", "RUS"]
    )
    counted = 0
    for seed in seeds:
        record = play(loaded, seed, trace=True, baseline=False).records[0]
        turns = tell(record, loaded)
        story = " ".join(words for turn in turns for words in turn.sentences)
        short = " ".join(words for turn in turns for words in (*turn.short, *hot_wash(record, loaded).outcome))
        due = {}
        for event in record.of_kind("consultation_called", "text_adopted"):
            if event.kind == "consultation_called":
                due[event.payload["format"]] = event.payload["due_day"]
                continue
            since = event.payload["days_since_incident"]
            assert event.day == since == max(due[event.payload["format"]], (event.turn - 1) * days)
            assert f"is adopted {count(since, 'day')} after the incident began" in story
            told = set(re.findall(r"(\w+ days?) after the incident began", short))
            assert told <= {
                count(event.payload["days_since_incident"], "day") for event in record.of_kind("text_adopted")
            }
        texts = [
            event for event in record.of_kind("text_adopted") if event.payload["rung"] not in ("silence", "concern")
        ]
        if texts:
            first = min(event.payload["days_since_incident"] for event in texts)
            assert first == record.measures["days_to_joint_text"]
            assert f"the first of solidarity or more came {figure(float(first), 'days')} after the incident" in short
            counted += 1
    assert counted
