"""Did the story change? One readable transcript for each scenario, compared with the one that is kept."""

import difflib

import pytest

from sim.scenario import shipped
from tests.playthroughs.transcripts import HERE, REFRESH, file_of, transcript

SHOWN = 40


@pytest.mark.parametrize("name", shipped())
def test_the_story_is_the_one_that_is_kept(name):
    assert file_of(name).exists(), f"there is no transcript of {name} yet. Write it: {REFRESH}"
    kept, told = file_of(name).read_text(encoding="utf-8"), transcript(name)
    moved = list(difflib.unified_diff(kept.splitlines(), told.splitlines(), "kept", "told", lineterm="", n=1))
    advice = f"the story of {name} has changed. If that is right, say why and keep it: {REFRESH}"
    assert not moved, "\n".join([advice, *moved[:SHOWN]])


def test_every_transcript_belongs_to_a_scenario():
    assert {file.stem for file in HERE.glob("*.txt")} <= set(shipped())
