"""What a sweep keeps of each run beside its measures: outcomes by turn, by actor, by response, on axes with labels."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from sim.catalogue.measures import MeasureError
from sim.errors import Diagnostic, InputError, did_you_mean, refusal
from sim.model.inputs import build_inputs
from sim.record.store import SERIES
from sim.rules.attribution import confidence

AXES = ("turn", "actor", "incident", "response")


@dataclass(frozen=True)
class Column:
    """One thing that can be kept of a run."""

    word: str  # what it is asked for by, with others of its kind
    axes: tuple[str, ...]  # of `AXES`, after that of the runs
    unit: str
    description: str
    dtype: str  # as it is stored
    read: Callable  # of a world that has been played out: array (runs, ...)


def _by_turn(name, world):
    return np.stack(world.series[name], axis=-1)


def _turn_joined(world):
    turns = np.searchsorted(world.inputs.calendar.edges, world.state.decided_day, side="right")
    return np.moveaxis(np.where(world.state.joined, turns, 0), 1, 0)


UNITS = {"harm": "severity", "joiners": "states", "strongest_text": "ladder, 0 to 1", "confidence": "probability"}
COLUMNS = {
    **{
        f"{name}_by_turn": Column("series", ("turn",), UNITS.get(name, "0 to 1"), said, "<f8", partial(_by_turn, name))
        for name, said in SERIES.items()
    },
    "joined_by_actor": Column(
        "joined", ("response", "actor"), "turn", "turn in which it joined a response; 0: never", "<i2", _turn_joined
    ),
    "confidence_by_actor": Column(
        "confidence", ("incident", "actor"), "probability", "at the end, that the suspect did it", "<f8",
        lambda world: np.moveaxis(confidence(world.state.belief), 1, 0),
    ),
    "position_by_actor": Column(
        "position", ("incident", "actor"), "ladder, 0 to 1", "text that it wants at the end", "<f8",
        lambda world: np.moveaxis(world.state.position, 1, 0),
    ),
    "spent_by_actor": Column(
        "spent", ("actor",), "capital", "political capital spent", "<f8", lambda world: world.state.spent
    ),
}  # fmt: skip
WORDS = tuple(dict.fromkeys(column.word for column in COLUMNS.values()))


@dataclass(frozen=True)
class Kept:
    """What a sweep keeps: names of `COLUMNS`, and the labels along each axis."""

    names: tuple[str, ...] = ()
    axes: tuple[tuple[str, tuple], ...] = ()

    @property
    def columns(self) -> list[tuple[str, str, tuple[int, ...]]]:
        """Name, type and shape (without the runs) of each."""
        long = {axis: len(labels) for axis, labels in self.axes}
        return [(name, COLUMNS[name].dtype, tuple(long[axis] for axis in COLUMNS[name].axes)) for name in self.names]

    @property
    def words(self) -> tuple[str, ...]:
        """What it was asked for by."""
        return tuple(dict.fromkeys(COLUMNS[name].word for name in self.names))

    def readers(self) -> dict[str, Callable]:
        """What reads each off a world; MeasureError where a run has other actors, turns or responses."""
        return {name: partial(self._read, name) for name in self.names}

    def _read(self, name, world):
        own, axes = _labels(world.inputs), dict(self.axes)
        other = [axis for axis in COLUMNS[name].axes if own[axis] != axes[axis]]
        if other:
            raise MeasureError(f"{name}: the run has another number of {other[0]}s, or others.")
        return COLUMNS[name].read(world)

    def facts(self) -> dict:
        """As the manifest holds it."""
        return {"names": list(self.names), "axes": {axis: list(labels) for axis, labels in self.axes}}

    @classmethod
    def from_facts(cls, facts) -> "Kept":
        """What `facts` described."""
        return cls(tuple(facts["names"]), tuple((axis, tuple(labels)) for axis, labels in facts["axes"].items()))


def kept_of(loaded, design, words) -> Kept:
    """What a new sweep keeps, by some of `WORDS`, or one text with commas; InputError with advice.

    >>> from sim.experiments import make_design
    >>> from sim.scenario import load
    >>> kept_of(load("smallest"), make_design(load("smallest"), points=2), "joined").names
    ('joined_by_actor',)
    """
    asked = [part.strip() for word in ([words] if isinstance(words, str) else words or ()) for part in word.split(",")]
    unknown = [word for word in asked if word not in WORDS]
    if unknown:
        said = [f"--keep {word}: this is not kept. {did_you_mean(word, WORDS)}" for word in unknown]
        raise InputError([Diagnostic("", 0, 0, fault) for fault in said])
    names = tuple(name for name, column in COLUMNS.items() if column.word in asked)
    if not names:
        return Kept()
    used = [axis for axis in AXES if any(axis in COLUMNS[name].axes for name in names)]
    labels = _fixed_labels(loaded, design, used)
    return Kept(names, tuple((axis, labels[axis]) for axis in used))


def _fixed_labels(loaded, design, axes):
    """The labels along some axes, which are those of every point; InputError where a factor changes them."""
    from sim.scenario import varied

    def labels_at(values):
        return _labels(build_inputs(varied(loaded, {**design.held, **values})))

    labels = labels_at({})
    for factor in design.varying:
        for value in factor.choices or ((factor.low, factor.high) if factor.is_whole else ()):
            other = [axis for axis in axes if labels_at({factor.path: value})[axis] != labels[axis]]
            if other:
                raise refusal(
                    f"--keep: '{factor.name}' changes which {other[0]}s there are, and what is kept by {other[0]} "
                    "needs the same ones in every run. Hold it with --set, or keep less."
                )
    return labels


def _labels(inputs):
    return {
        "turn": tuple(range(1, inputs.turns + 1)),
        "actor": tuple(inputs.actors),
        "incident": tuple(inputs.incidents),
        "response": tuple(f"{incident}/{response}" for incident, response in inputs.options),
    }
