"""A sweep that ends when it has told enough: after the same block, whoever played how many by then."""

import random
from types import SimpleNamespace

import numpy as np
import pytest

from sim.errors import InputError
from sim.experiments import load_result
from sim.experiments.analysis import Settled
from sim.experiments.length import Until, Watch, is_checkpoint, until_of
from sim.experiments.sample import sample_of
from tests.builders_of_sweeps import a_small_scenario, a_sweep, files_of, played_by_hash

EARLY = {"points": 300, "levers": "none", "until": "harm ±0.1"}


@pytest.fixture(scope="module")
def ended(tmp_path_factory):
    return a_sweep(tmp_path_factory.mktemp("ended") / "sweep", **EARLY)


def half_of(part):
    sample = sample_of(part, a_small_scenario())
    (condition,) = until_of(part.manifest["until"], part.manifest["measures"])
    return condition.holds(part, a_small_scenario()), len(sample.point)


def test_it_ends_after_the_first_block_at_which_one_looks_and_the_condition_holds(ended):
    blocks = len(ended) // 10
    assert 10 < len(ended) < 300 and is_checkpoint(blocks) and ended.folder.is_finished
    part = load_result(ended.path)
    assert half_of(part) == (True, len(ended))
    before = [number for number in range(1, blocks) if is_checkpoint(number)][-1]
    assert not half_of(type(ended)(ended.folder, range(before)))[0]
    assert (ended.path / "results.csv").read_text().count("\n") == len(ended) + 1


def test_it_ends_there_however_many_were_played_and_in_whatever_order(tmp_path, ended):
    whole = a_sweep(tmp_path / "whole", points=300, levers="none")
    whole.folder.manifest["until"] = ended.folder.manifest["until"]
    for seed in range(3):
        order = random.Random(seed).sample(range(30), 30)
        watch = Watch(whole.folder, a_small_scenario(), order[:5])
        assert any(watch.add(number) for number in order[5:])
        assert watch.enough == list(range(len(ended) // 10))


def test_stopped_and_gone_on_with_it_ends_there_with_the_same_bytes(tmp_path, ended):
    def stopped(study, points, replications, played=[]):  # noqa: B006
        if len(played) == 3:
            raise KeyboardInterrupt
        played.append(points)
        return played_by_hash(study, points, replications)

    with pytest.raises(KeyboardInterrupt):
        a_sweep(tmp_path / "part", **EARLY, play=stopped)
    a_sweep(tmp_path / "part", points=None)
    assert files_of(tmp_path / "part") == files_of(ended.path)


@pytest.mark.parametrize(
    ("words", "said"),
    [("harm", "write 'harm ±0.05'"), ("hram ±1", "Did you mean 'harm'"), ("harm ±0", "write 'harm ±0.05'")],
)
def test_a_condition_that_cannot_be_read_is_advice(words, said):
    with pytest.raises(InputError, match=said):
        until_of(words, ["harm", "cost"])


def test_every_claim_of_the_analysis_has_to_have_enough_runs(ended, monkeypatch):
    def settled(*halves):
        claims = tuple(Settled("harm", "means", half, 0.1) for half in halves)
        return lambda part, loaded: SimpleNamespace(findings=(SimpleNamespace(settled=claims),))

    for halves, holds in (((0.05, 0.1, np.nan), True), ((0.05, 0.2), False), ((np.nan,), False)):
        monkeypatch.setattr("sim.experiments.analysis.analyse", settled(*halves))
        assert Until().holds(ended, a_small_scenario()) is holds
