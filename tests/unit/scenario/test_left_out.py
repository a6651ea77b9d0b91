"""What an extension leaves behind of actors that it leaves out: taken away, and told."""

import pytest

from sim.errors import InputError
from sim.scenario import load, notes_on
from tests.builders import a_library

PARENT = """\
title: Night in the grid
summary: Somebody switches off the lights in Estonia.
start: 2024-03-04
turns: {count: 3, days: 30}
participants: [EST, LVA, DEU, USA, JPN, RUS, CHN]
actors:
  JPN: {brief: You rarely name a state alone.}
  DEU: {stance: {CHN: 0.2}}
ties:
  - {between: [EST, JPN], strength: 0.2}
  - {between: [EST, DEU], strength: 0.2}
incidents:
  - {id: grid, name: The grid, issue: cyber, by: RUS, suspect: CHN, victims: {EST: 0.5, LVA: 0.2}, difficulty: 0.4,
     publicness: 0.5, may_widen_to: [LVA, DEU]}
  - {id: wine, name: Wine, issue: coercion, by: CHN, victims: {DEU: 0.3}, difficulty: 0.1, publicness: 0.9}
injects:
  - {id: flash, title: Flash, turn: 1, sender: X, to: [EST, JPN, "group:g7"], channel: cable, text: x,
     effects: [{on: publicness, incident: grid, by: 0.1}, {on: publicness, incident: wine, by: 0.1}]}
  - {id: tokyo, title: Tokyo, turn: 1, sender: X, to: [JPN], channel: cable, text: x}
  - {id: later, title: Later, turn: 2, sender: X, to: [all], channel: media, text: x, when: {going: [grid, wine]}}
  - {id: even, title: Even so, turn: 2, sender: X, to: [all], channel: media, text: x, when: {unless: {act: {by: JPN}}}}
uncertainties:
  proof: {path: incidents.grid.difficulty, range: [0.2, 0.7], why: nobody knows}
  taste: {path: incidents.wine.publicness, range: [0.2, 0.7], why: nobody knows}
"""


@pytest.fixture
def child(tmp_path):
    (tmp_path / "parent.yaml").write_text(PARENT, encoding="utf-8")

    def extended(text: str):
        path = tmp_path / "child.yaml"
        path.write_text("extends: ./parent.yaml\n" + text, encoding="utf-8")
        return load(path, a_library())

    return extended


def test_what_belongs_to_those_left_out_goes_with_them(child):
    scenario = child("participants: [EST, DEU, USA, RUS]").scenario
    assert list(scenario.actors) == ["DEU"] and scenario.actors["DEU"].stance == {"CHN": 0.2}
    assert [tie.between for tie in scenario.ties] == [("EST", "DEU")]
    (grid,) = scenario.incidents
    assert (grid.victims, grid.may_widen_to, grid.suspect) == ({"EST": 0.5}, ["DEU"], None)
    assert [inject.id for inject in scenario.injects] == ["flash", "even"]
    flash, even = scenario.injects
    assert flash.to == ["EST", "group:g7"] and [effect.incident for effect in flash.effects] == ["grid"]
    assert even.when is None
    assert list(scenario.uncertainties) == ["proof"]


def test_what_was_taken_away_is_told(child):
    (note,) = notes_on(child("participants: [EST, DEU, USA, RUS]"))
    for words in ("actor JPN", "tie EST-JPN", "incident wine", "injects tokyo and later", "uncertainty taste"):
        assert words in note
    assert "'to' of inject flash" in note and "'victims' of incident grid" in note


def test_nothing_is_taken_away_where_nobody_is_left_out(child):
    assert notes_on(child("title: Another night")) == []
    assert notes_on(child("participants: [EST, LVA, DEU, GBR, USA, JPN, RUS, CHN]")) == []


def test_what_a_file_says_itself_of_those_it_leaves_out_is_a_fault(child):
    with pytest.raises(InputError, match="'JPN' .an actor described here. takes no part"):
        child("participants: [EST, DEU, USA, RUS]\nactors: {JPN: {brief: x}}")


def test_an_exercise_may_lose_its_last_incident_and_it_is_told(child):
    loaded = child("participants: [USA, JPN]")
    assert loaded.scenario.incidents == []
    assert "incidents grid and wine" in " ".join(notes_on(loaded))
