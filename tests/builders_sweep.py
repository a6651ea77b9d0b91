"""Sweeps made up for tests: what `sim.experiments.load_result` gives, without playing a run.

`a_sweep(function)` samples factors, asks the function for each point's outcome and adds luck, run by run. Each point
has draws of its own, or all share them, replication by replication (`crn`). `a_sample(...)` is the same as analysis
reads it. Keywords show what a test cares about.
"""

from types import SimpleNamespace

import numpy as np

from sim.experiments.sample import sample_of
from tests.builders_record import a_loaded


def a_factor(name="tie", kind="uncertainty", low=0.0, high=1.0, choices=None, path=None):
    """Something that varies."""
    return SimpleNamespace(
        name=name, path=path or name, kind=kind, low=None if choices else low, high=None if choices else high,
        choices=choices, distribution="uniform",
    )  # fmt: skip


def a_sweep(outcome, factors, points=256, reps=1, luck=0.0, seed=1, x=None, baseline=None, status=None,
            crn=False):  # fmt: skip
    """A result: `outcome` takes the columns (dict of name to array) and gives dict of measure to array (points,)."""
    rng = np.random.default_rng(seed)
    columns = {factor.name: _column(factor, rng, points) for factor in factors} if x is None else x
    points = len(next(iter(columns.values())))
    point = np.repeat(np.arange(points), reps)
    replication = np.tile(np.arange(reps), points) if crn else np.arange(points * reps)
    noise = luck * rng.standard_normal(points * reps)
    measures = {name: np.asarray(values, float)[point] + noise for name, values in outcome(columns).items()}
    bare = (
        {name: np.asarray(values, float)[point] + noise for name, values in baseline(columns).items()}
        if baseline
        else None
    )
    names = list(columns)
    table = np.zeros(points, dtype=[(name, columns[name].dtype) for name in names])
    for name in names:
        table[name] = columns[name]
    runs = {
        "point": point, "replication": replication,
        "status": np.zeros(len(point), np.uint8) if status is None else status,
        "digest": np.arange(len(point), dtype=np.uint64),
    }  # fmt: skip
    return SimpleNamespace(
        design=SimpleNamespace(factors=tuple(factors), points=table, seed=seed), runs=runs, measures=measures,
        baseline_measures=bare, failures=(),
        manifest={"seed": seed, "command": ["oceans", "sweep", "smallest"]},
    )  # fmt: skip


def a_sample(outcome, factors, loaded=None, **more):
    """The same, as analysis reads it."""
    return sample_of(a_sweep(outcome, factors, **more), loaded or a_loaded())


def _column(factor, rng, points):
    if factor.choices:
        return rng.choice(np.array(factor.choices), points)
    return factor.low + (factor.high - factor.low) * (rng.permutation(points) + rng.random(points)) / points


def saltelli(factors, base=512, second=False, seed=1):
    """Columns in Saltelli's arrangement over the unit cube, stretched to each factor's range."""
    from scipy.stats import qmc

    count = len(factors)
    drawn = qmc.Sobol(2 * count, seed=seed).random(base)
    a, b = drawn[:, :count], drawn[:, count:]
    blocks = [a]
    for at in range(count):
        blocks.append(np.where(np.arange(count) == at, b, a))
    if second:
        for at in range(count):
            blocks.append(np.where(np.arange(count) == at, a, b))
    x = np.stack([*blocks, b], axis=1).reshape(-1, count)
    return {factor.name: factor.low + (factor.high - factor.low) * x[:, at] for at, factor in enumerate(factors)}


def trajectories(factors, count=20, seed=1):
    """Columns in Morris' arrangement, so many trajectories through each factor's range."""
    from SALib.sample import morris

    problem = {
        "num_vars": len(factors), "names": [factor.name for factor in factors],
        "bounds": [[factor.low, factor.high] for factor in factors],
    }  # fmt: skip
    x = morris.sample(problem, count, num_levels=4, seed=seed)
    return {factor.name: x[:, at] for at, factor in enumerate(factors)}
