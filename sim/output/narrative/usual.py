"""How usual an outcome was, among many exercises that the model played from the same start: a few plain sentences."""

from collections.abc import Mapping

import numpy as np

from sim.experiments.phrases import figure, label, unit_of
from sim.phrases import sentence

USUAL = (0.05, 0.95)  # between these shares of the others
LESS = {
    "harm": "ended with less harm",
    "peak_tension": "stayed calmer",
    "strongest_text": "agreed on a weaker text at most",
}


def how_usual(ours: Mapping[str, float], many: Mapping[str, np.ndarray], alone: int | None) -> list[str]:
    """How many exercises played by the model ended with less harm, stayed calmer, and said less together than ours.

    Parameters
    ----------
    ours : measures of the exercise that people played
    many : the same of many that the model played from the same start: arrays (runs,)
    alone : place among them of the one with the same draws as ours, or None

    Returns
    -------
    list of str, sentences; the first is the one for a wall

    >>> how_usual({"harm": 1.0}, {"harm": np.array([0.5, 2.0, 3.0, 4.0])}, alone=3)[0]
    '1 of 4 played by the model ended with less harm: a usual outcome.'
    """
    known = [name for name in LESS if name in ours and name in many and np.isfinite(ours[name])]
    told = [sentence(f"{_how_many(ours[name], many[name])} {LESS[name]}") for name in known]
    if known:
        told[0] = f"{told[0].rstrip('.')}: {_verdict(ours[known[0]], many[known[0]])}."
    if alone is not None and "harm" in known:
        span = float(np.ptp(many["harm"]))
        was, had = (f"{figure(float(one), span)}" for one in (ours["harm"], many["harm"][alone]))
        ours_came = "as we did" if was == had else f"we came to {was}"
        words = f"with the same draws the model alone would have come to {had}{unit_of('harm')}, {ours_came}"
        told.append(sentence(f"{label('harm')}: {words}"))
    return told


def _how_many(ours: float, many: np.ndarray) -> str:
    fewer, known = int((many < ours).sum()), int(np.isfinite(many).sum())
    return f"{f'{fewer:,}' if fewer else 'none'} of {known:,} played by the model"


def _verdict(ours: float, many: np.ndarray) -> str:
    below, above = float((many < ours).mean()), float((many <= ours).mean())
    return "a usual outcome" if above >= USUAL[0] and below <= USUAL[1] else "a rare outcome"
