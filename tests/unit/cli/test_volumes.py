"""`oceans volumes`: one table a scenario of how much happens, beside the record, in words or as JSON."""

import json

from typer.testing import CliRunner

from sim.__main__ import app
from sim.scenario import load_library
from sim.validation.volumes import ABSURD


def oceans(*words):
    """Calls `oceans` in one process."""
    return CliRunner().invoke(app, ["volumes", *words])


def test_a_scenario_is_set_beside_the_record_with_an_example_of_what_cannot_be(monkeypatch):
    monkeypatch.setitem(ABSURD, "sails_without_coast", lambda run: map(run.when, run.responses))
    answer = oceans("smallest", "--seeds", "2", "--seed", "7")
    assert answer.exit_code == 0
    for words in ("two seeds", "The record", "Where it is talked about", "each should be 0", "smallest, seed 7, turn"):
        assert words in answer.stdout


def test_the_same_comes_as_plain_data():
    answer = oceans("smallest", "--seeds", "2", "--json")
    (found,) = json.loads(answer.stdout)
    rows = {row["row"]: row for row in found["rows"]}
    assert (answer.exit_code, found["scenario_name"], found["seeds"]) == (0, "smallest", 2)
    assert set(rows) < set(load_library().volumes.rows)
    assert rows["works_on_its_own"]["fits"] == (rows["works_on_its_own"]["mean"] == 0)


def test_what_is_no_scenario_is_refused():
    answer = oceans("smalest")
    assert answer.exit_code == 2
    assert "Did you mean 'smallest'" in answer.stderr
