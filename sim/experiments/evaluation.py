"""What designs come to in futures that stay the same: what a search for good designs asks for, a batch at a time.

An optimiser proposes designs and wants outcomes back, generation after generation. Every design meets the same futures
with the same draws, in this call and in the next: designs differ by what they choose and by nothing else, and one that
is asked for again comes out the same to the last bit. A generation is played at once.
"""

import os
from dataclasses import replace

import numpy as np

from sim.errors import refusal
from sim.experiments.design import Design, make_design
from sim.experiments.runner import sweep


def evaluate(
    scenario, designs, futures, reps=1, seed=1, *, fixed=None, vary=None, uncertainties=None, measures=None, workers=1,
    play=None,
):  # fmt: skip
    """Play each of some designs in the same futures.

    Parameters
    ----------
    scenario : name of a shipped one, path, or Loaded
    designs : data frame, dict of columns or list of points: a row for each design, a column for each lever or path that
        it sets; other levers stay as written. A policy has a path too: "actors.JPN.policy"
    futures : int, how many are drawn (Latin hypercube) over the uncertainties that no design sets; or the futures
        themselves, in the same forms as designs. Each has draws of its own
    reps : int, draws in each future
    seed : int, of the futures and of their draws
    fixed, vary, uncertainties : what is held and what futures vary; see `sim.experiments.choose_factors`
    measures, workers, play : functions of your own, processes, a stand-in for the engine; see `sim.sweep`

    Returns
    -------
    dict of measure to array (designs, futures, reps); nan where a measure does not apply, or the run failed

    >>> two = {"linkage": [0.2, 0.8]}
    >>> harm = evaluate("smallest", two, futures=4)["harm"]
    >>> harm.shape, bool((harm == evaluate("smallest", two, futures=4)["harm"]).all())
    ((2, 4, 1), True)
    """
    from sim.scenario import load

    loaded = load(scenario) if isinstance(scenario, str | os.PathLike) else scenario
    chosen = make_design(loaded, designs, reps=1, fixed=fixed)
    met = _futures(loaded, chosen, futures, reps, seed, vary, uncertainties)
    result = sweep(
        loaded, _crossed(chosen, met), measures=measures, workers=workers, baseline=False, play=play,
        progress=lambda runs, failed: None,
    )  # fmt: skip
    shape = len(met.points), len(chosen.points), reps
    return {name: values.reshape(shape).swapaxes(0, 1) for name, values in result.measures.items()}


def _futures(loaded, chosen, futures, reps, seed, vary, uncertainties):
    """The futures as a design of their own, each with its own draws."""
    if isinstance(futures, int | np.integer):
        return make_design(loaded, "lhs", int(futures), reps, seed, chosen.values(0), vary, "none", uncertainties)
    met = make_design(loaded, futures, None, reps, seed, None, vary, None, uncertainties, crn=False)
    set_by_designs = {factor.path for factor in chosen.factors}
    for factor in met.varying:
        if factor.path in set_by_designs:
            raise refusal(f"'{factor.name}' is set by the designs, and by the futures too. Keep one of them.")
    return met


def _crossed(chosen: Design, met: Design) -> Design:
    """Every design in every future."""
    table = np.zeros(len(chosen.points) * len(met.points), dtype=chosen.points.dtype.descr + met.points.dtype.descr)
    for factor in chosen.varying:
        table[factor.name] = np.tile(chosen.points[factor.name], len(met.points))
    for factor in met.varying:
        table[factor.name] = np.repeat(met.points[factor.name], len(chosen.points))
    return replace(met, factors=(*chosen.factors, *met.varying), points=table, method=chosen.method, levers="crossed")
