"""Measures and policies of one's own in a sweep: told in all processes, known by their source, refused with advice."""

import pickle

import numpy as np
import pytest
from typer.testing import CliRunner

from sim.__main__ import app
from sim.engine import play
from sim.errors import InputError
from sim.experiments import load_result, sweep
from sim.experiments.phrases import measure
from sim.policies import policy_named
from tests.builders_of_sweeps import a_small_scenario, files_of
from tests.builders_processes import at_once

MINE = """
import numpy as np
import sim

LEAST = 0

def reach(world):
    "states that did anything at all"
    return _acted(world).sum(axis=-1)

def _acted(world):
    return (world.state.joined.any(axis=0) & world.inputs.is_state) * (LEAST + 1)

reach.unit, reach.better = "states", "higher"

def of_actors(world):
    return world.state.joined.any(axis=0)

def misspelt(world):
    return world.state.jointed

class Bold(sim.Policy):
    "Says yes."
    plays = ("member",)

    def choose(self, view, decision):
        return tuple(option.id for option in decision.options)[:1]

class Needy(sim.Policy):
    def __init__(self, what):
        self.what = what
"""
FORGETS_NOTHING = """
class Once(Bold):
    "Says yes the first three times that it is asked anything."
    memory = True
    asked = 0

    def choose(self, view, decision):
        self.asked += 1
        return super().choose(view, decision) if self.asked <= 3 else decision.default
"""
OWN = {"measures": ["reach=own_of_test:reach"], "policies": ["EST=own_of_test:Bold"]}


@pytest.fixture(autouse=True)
def mine(tmp_path, monkeypatch):
    """A folder with a module of one's own, as somebody at a terminal has it."""
    (tmp_path / "own_of_test.py").write_text(MINE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(__import__("sys").modules, "own_of_test", raising=False)
    return tmp_path / "own_of_test.py"


def played(folder=None, **options):
    quiet = {"points": 6, "block_runs": 3, "progress": lambda runs, failed: None}
    return sweep(a_small_scenario(), resume=folder, **{**quiet, **OWN, **options})


def test_what_is_ones_own_gives_the_same_bytes_in_other_processes_and_is_called_by_its_own_words(tmp_path, monkeypatch):
    here, there = played(tmp_path / "here"), played(tmp_path / "there", workers=2)
    assert files_of(here.path) == files_of(there.path)
    sent = pickle.dumps(here.folder.own)
    monkeypatch.delitem(__import__("sys").modules, "own_of_test")  # a scheduler passes it on, and knows no such module
    passed_on = pickle.loads(pickle.dumps(pickle.loads(sent)))
    assert [*passed_on.measures, *passed_on.policies] == ["reach", "own_of_test:Bold"]
    values = load_result(here.path).measures["reach"]
    assert np.isfinite(values).all() and (values >= here.measures["joiners"]).all()
    assert (measure("reach").label, measure("reach").unit, measure("reach").better) == ("Reach", "states", "higher")


def test_a_function_that_changed_with_what_it_uses_is_refused_when_a_sweep_is_gone_on_with(tmp_path, mine, monkeypatch):
    played(tmp_path / "one", points=1)
    sweep(resume=tmp_path / "one")  # found again by its name
    mine.write_text(MINE.replace("LEAST = 0", "LEAST = 1"))
    monkeypatch.delitem(__import__("sys").modules, "own_of_test")
    with pytest.raises(InputError, match=r"reach \(own_of_test:reach\) has changed since this sweep began"):
        sweep(resume=tmp_path / "one")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"measures": ["reach"]}, "write it as name=module:function"),
        ({"measures": ["reach=own_of_test:reech"]}, "Did you mean 'reach'?"),
        ({"measures": ["reach=own_of_tst:reach"]}, "Did you mean 'own_of_test'?"),
        ({"measures": ["reach=own_of_test.py:reach"]}, "Did you mean 'own_of_test:reach'?"),
        ({"measures": ["harm=own_of_test:reach"]}, "the catalogue has a measure of this name"),
        ({"measures": ["proof=own_of_test:reach"]}, "a factor of this sweep has this name"),
        ({"measures": {"most": max}}, "neither a function nor a class"),
        ({"measures": ["r=own_of_test:of_actors"]}, "one number a run is wanted"),
        ({"measures": ["r=own_of_test:misspelt"]}, r"own_of_test.py:20:5: error: --measure r: AttributeError"),
        ({"policies": ["EST=own_of_test:reach"]}, "a class that inherits from sim.Policy"),
        ({"policies": ["EST=own_of_test:Needy"]}, "cannot be made without arguments"),
        ({"policies": ["EST=hawk"], "fixed": ["actors.EST.policy=veto"]}, "Keep one of them"),
    ],
)
def test_what_cannot_be_used_is_advice_and_leaves_no_folder(tmp_path, asked, said):
    with pytest.raises(InputError, match=said):
        played(tmp_path / "sweep", **{"measures": None, "policies": None, **asked})
    assert not (tmp_path / "sweep").exists()


def test_runs_shared_out_among_processes_are_the_same_with_a_policy_of_ones_own(monkeypatch):
    """Whatever is gathered over runs too: who joined what, which formats were called, what seats answered."""
    monkeypatch.setattr("sim.processes.pool", at_once)
    options = {"runs": 5, "policies": {"EST": policy_named("own_of_test:Bold"), "RUS": "tit_for_tat"}}
    alone, apart = (play(a_small_scenario(), 3, workers=workers, **options) for workers in (1, 2))
    assert apart.answers == alone.answers and len(alone.answers)
    assert (apart.outcomes.joined, apart.outcomes.formats) == (alone.outcomes.joined, alone.outcomes.formats)
    for arm in ("measures", "baseline_measures", "series"):
        for name, values in getattr(alone.outcomes, arm).items():
            assert np.array_equal(getattr(apart.outcomes, arm)[name], values, equal_nan=True)


def test_a_run_with_ones_own_measure_and_policy_is_replayed_by_its_digest(tmp_path):
    played(tmp_path / "one", points=1)
    done = CliRunner().invoke(app, ["replay", str(tmp_path / "one"), "0", "--no-save"])
    assert done.exit_code == 0 and "It is the same run: the digest" in done.output, done.output


def test_a_policy_of_ones_own_that_remembers_has_a_memory_of_each_run(mine):
    """Else what it has seen in one run would count in the next of the same block."""
    mine.write_text(MINE + FORGETS_NOTHING)
    once = {"policies": ["EST=own_of_test:Once"], "baseline": False}
    together, apart = (played(block_runs=runs, **once).measures for runs in (6, 1))
    assert all(np.array_equal(together[name], apart[name], equal_nan=True) for name in apart)
