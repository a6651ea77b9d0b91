"""The small exercises in `scenarios/exercises`: sound, played, and with nothing in a title that belongs in a field."""

import re

import pytest

from sim.engine import play
from sim.output.narrative.story import tell
from sim.scenario import check_files, load, scenarios_folder

FILES = sorted((scenarios_folder() / "exercises").glob("*.yaml"))
IN_A_TITLE = re.compile(
    r"\d\d?:\d\d|\bD ?\+ ?\d|\bday \d|\bturn \d|\(.*\)|\|", re.IGNORECASE
)  # a clock, a plan, a choice


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_exercise_is_sound_and_says_in_fields_what_it_says(file):
    assert [str(fault) for fault in check_files([file])] == []
    scenario = load(file).scenario
    assert not [inject.title for inject in scenario.injects if IN_A_TITLE.search(inject.title)]
    assert scenario.questions and scenario.sources
    assert any(inject.question for inject in scenario.injects)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_exercise_plays_and_its_story_tells_every_answer_and_what_comes_of_deadlines(file):
    loaded = load(file)
    record = play(loaded, seed=3, trace=True).records[0]
    told = {turn.number: " ".join(turn.short).lower() for turn in tell(record, loaded)}
    for event in record.of_kind("question_answered"):
        assert event.payload["answer"].split()[-1].lower().removesuffix("s") in told[event.turn], event
    for event in record.of_kind("deadline_ends"):
        assert not event.payload["text"] or event.payload["title"].lower() in told[event.turn], event
