"""Designs are judged in futures that stay the same, so that they differ by what they choose and by nothing else."""

import numpy as np
import pytest

from sim.engine import play_points
from sim.errors import InputError
from sim.experiments import evaluate
from tests.builders_of_sweeps import a_small_scenario, played_by_hash

TWO = {"linkage": [0.25, 0.75], "earlier": ["0", "12"]}


def judged(designs, futures=3, **options):
    return evaluate(a_small_scenario(), designs, futures, play=played_by_hash, **options)["harm"]


def test_every_design_meets_the_same_futures_with_the_same_draws():
    harm = judged(TWO, reps=2)  # the stand-in adds to each draw the numbers of the point
    assert harm.shape == (2, 3, 2)
    assert harm[1] - harm[0] == pytest.approx(0.5 + 12)
    assert len(np.unique(harm[0])) == 6


def test_a_design_comes_out_the_same_alone_among_others_and_again():
    alone = judged({name: values[1:] for name, values in TWO.items()})
    assert np.array_equal(alone[0], judged(TWO)[1])
    assert np.array_equal(judged(TWO), judged(TWO))
    assert not np.array_equal(judged(TWO), judged(TWO, seed=2))


def test_what_comes_back_is_what_the_engine_plays():
    scenario, futures = a_small_scenario(), [{"proof": 0.3}, {"proof": 0.5}]
    points = [{"linkage": 0.75, "incidents.grid.difficulty": future["proof"]} for future in futures]
    played = play_points(scenario, points, [0, 1], seed=4, baseline=False)
    found = evaluate(scenario, {"linkage": [0.25, 0.75]}, futures, seed=4)
    assert found["harm"][1, :, 0].tolist() == played.measures["harm"].tolist()


def test_what_a_design_sets_does_not_vary_with_the_futures():
    apart = judged({"proof": [0.2, 0.6]}, futures=4)
    assert apart[1] - apart[0] == pytest.approx(0.4)
    with pytest.raises(InputError, match="set by the designs, and by the futures too"):
        judged({"proof": [0.2, 0.6]}, futures={"incidents.grid.difficulty": [0.3]})


def test_what_makes_no_sense_as_a_design_earns_advice():
    with pytest.raises(InputError, match="earlier"):
        judged({"earlyer": ["0"]})
