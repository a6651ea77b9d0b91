"""The ladder of a text, from silence to measures: its rungs, where each begins in a scenario, what silence passes."""

from collections.abc import Sequence
from typing import get_args

from sim.scenario import Loaded
from sim.scenario.schema import Rung

RUNGS = get_args(Rung)
SILENT_RULES = ("consensus", "unanimity")  # of a format: a text passes if nobody breaks silence


def edges_of(loaded: Loaded) -> list[float]:
    """Where each rung begins, from silence at 0: a scenario may move them.

    >>> from sim.scenario import load
    >>> edges_of(load("smallest"))
    [0.0, 0.1, 0.3, 0.5, 0.75]
    """
    library, own = loaded.library.behaviour, loaded.scenario.behaviour
    return [0.0, *(float(own.get(name, library[name].value)) for name in (f"rung_{rung}" for rung in RUNGS[1:]))]


def rung_of(text: float, edges: Sequence[float]) -> str:
    """The rung that a text of this strength stands on.

    >>> rung_of(0.62, [0.0, 0.1, 0.3, 0.5, 0.75])
    'naming'
    """
    return RUNGS[sum(text >= edge for edge in edges) - 1]
