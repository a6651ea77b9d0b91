"""Names, not codes; and every phrase of the library stands in a sentence, said of one and of many."""

import re
from pathlib import Path

import pytest

import sim
from sim.phrases import Names, for_many, gist, percent, stopped
from sim.scenario import load, load_library, shipped

LIBRARY = load_library()


@pytest.fixture(scope="module")
def names():
    """What the smallest scenario's actors and formats are called."""
    return Names(load("smallest"))


@pytest.mark.parametrize("key", sorted(LIBRARY.responses))
def test_every_response_can_be_said_of_many(key):
    one = LIBRARY.responses[key].phrase
    many = for_many(one)
    verb, plural = (next(word for word in words.split() if not word.endswith("ly")) for words in (one, many))
    assert verb != plural and not re.search(r"[^s]s$", plural), many
    assert " its " not in many and "itself" not in many


@pytest.mark.parametrize("key", sorted(LIBRARY.formats))
def test_every_format_stands_in_a_sentence(key, names):
    assert re.match(r"(the|an|its|bilateral|NATO-EU|AUKUS)\b", names.format(key))


@pytest.mark.parametrize("code", sorted(LIBRARY.states))
def test_every_state_has_a_name_without_brackets(code, names):
    assert names.actor(code) != code and "(" not in names.actor(code)


@pytest.mark.parametrize("name", shipped())
def test_every_incident_of_the_shipped_scenarios_has_a_short_name(name):
    loaded = load(name)
    said = Names(loaded)
    for incident in loaded.scenario.incidents:
        assert said.incident(incident.id).startswith("the ") and len(said.incident(incident.id)) <= 40
        assert "_" not in said.incident(incident.id)


def test_what_the_library_does_not_know_is_said_as_it_is_written(names):
    assert names.actor("XAA") == "XAA"
    assert names.format("my_club") == "the my club"
    assert names.response("own_move") == "own move" and names.phrase("own_move") == "decides on own move"


def test_the_largest_economies_are_named_where_not_all_are(names):
    assert names.leading(["ALB", "MNE", "USA", "DEU", "ISL", "LVA"], 2) == "the United States, Germany and 4 others"


@pytest.mark.parametrize("share, words", [(0.0, "0"), (0.004, "under 1"), (0.996, "over 99"), (1.0, "100")])
def test_what_is_not_certain_is_not_said_to_be(share, words):
    assert percent(share) == f"{words}\N{NO-BREAK SPACE}%"


def test_a_gist_ends_at_a_sentence_and_not_at_a_number():
    assert gist("We note 1. that it rains; 2. that it pours. And more follows here.", 50).endswith("pours.")
    assert gist("word " * 100, 30).endswith(" …")


def test_what_has_an_end_gets_no_other():
    assert stopped("Was it?") == "Was it?" and stopped("It was") == "It was."


def test_months_have_the_same_names_on_every_machine():
    """Python's own change with the language that the machine, or a library, has been set to."""
    files = [path for path in Path(sim.__file__).parent.rglob("*.py") if "_scenarios" not in path.parts]
    assert [
        str(path) for path in files if re.search(r"%[aAbBcxX]\b|strftime|month_name", path.read_text("utf-8"))
    ] == []
