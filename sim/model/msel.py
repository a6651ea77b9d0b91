"""The injects of an exercise in the order of their release: how each stands, and on what condition it is released."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.catalogue.moves import NAMES
from sim.model.state import World
from sim.scenario.schema import Inject, StateOfPlay, When

ARMED, HELD, WITHHELD, RELEASED, SKIPPED = "armed", "held", "withheld", "released", "skipped"


@dataclass(frozen=True)
class Planned:
    """One inject of the plan.

    It is `armed` where it waits for its turn, `held` where for control, `withheld` since its condition did not hold in
    its turn, `released` (of a batch: in some run at least), or `skipped`.
    """

    turn: int  # in which it is due, and once it is released, in which that was
    inject: Inject
    recipients: tuple  # codes
    status: str = ARMED
    by_control: bool = False  # whether control released it, whatever its condition says

    def becomes(self, status, turn=None, by_control=None):
        """The same inject as it stands now."""
        turn = self.turn if turn is None else turn
        return replace(self, status=status, turn=turn, by_control=self.by_control if by_control is None else by_control)

    def to_those(self, codes):
        """The same inject to those of its recipients alone who are there to receive it."""
        if codes.issuperset(self.recipients):
            return self
        return replace(self, recipients=tuple(code for code in self.recipients if code in codes))

    @property
    def condition(self):
        """What has to hold in its turn, or None where nothing has to."""
        return None if self.by_control else self.inject.when


def plan_of(inputs):
    """The plan before the first turn: what is kept in reserve waits for control."""
    return [Planned(turn, inject, recipients, first_status(inject)) for turn, inject, recipients in inputs.msel]


def ask_as_planned(world):
    """Let a world know of the questions that control has put into its plan, or changed there."""
    before, state = len(world.inputs.questions), world.state
    world.inputs = world.inputs.asking(world.plan).in_turn(max(world.turn, 1))
    unanswered = np.full((len(world.inputs.questions) - before, *state.chosen.shape[1:]), -1)
    state.chosen = np.concatenate([state.chosen, unanswered])


def first_status(inject):
    """How an inject stands as long as control says nothing: a contingency is never released by itself."""
    return HELD if inject.kind == "contingency" or (inject.when and inject.when.control) else ARMED


def as_played(plan):
    """A plan that releases by itself, at the start of a turn, what was released in that turn, and nothing else.

    A condition is asked again: what it depends on may have gone otherwise.
    """
    return [planned.becomes(ARMED if planned.status in (RELEASED, WITHHELD) else HELD) for planned in plan]


def was_released(world, place, run):
    """Whether the inject at a place of the plan is out in a run; one that control wrote has no place in `released`."""
    of_scenario = world.state.released
    return world.plan[place].status == RELEASED and (place >= len(of_scenario) or bool(of_scenario[place, run]))


# ------------------------------------------------------------------------------------------------- conditions


@dataclass(frozen=True)
class Part:
    """One thing that a condition asks for, and of what.

    `going` and `stopped` are of an incident, `text` of an incident and a rung, `act` of an actor or None, the responses
    or the move of which one is enough, and an incident or None, `answer` of an actor or None, an option and an inject,
    `tension_above` of a number, and `any` of alternatives, each a tuple of parts.

    >>> [part.key for part in parts_of(When(going=["blockade"], unless=StateOfPlay(tension_above=0.8)))]
    ['going blockade', 'unless tension_above 0.8']
    """

    kind: str
    what: tuple[Any, ...]
    is_denied: bool = False  # whether it must not be so

    @property
    def key(self) -> str:
        """What the record calls it."""
        named = [_named(one) for one in self.what if one not in (None, ())]
        if self.kind == "any":
            named = [" or ".join(named)]
        return " ".join([*(["unless"] if self.is_denied else []), self.kind, *named])


def _named(one: Any) -> str:
    if not isinstance(one, tuple):
        return str(one)
    return "|".join(one) if isinstance(one[0], str) else " and ".join(part.key for part in one)


def parts_of(when: When | None) -> list[Part]:
    """All that a condition asks for, in the order in which it is told; what control alone decides is none of it."""
    if when is None:
        return []
    return [*_parts(when, False), *(_parts(when.unless, True) if when.unless else [])]


def _parts(play: StateOfPlay, is_denied: bool) -> Iterator[Part]:
    yield from (Part("going", (name,), is_denied) for name in play.going)
    yield from (Part("stopped", (name,), is_denied) for name in play.stopped)
    if play.text:
        yield Part("text", (play.text.incident, play.text.rung), is_denied)
    if play.act:
        deeds = (play.act.move,) if play.act.move else play.act.responses
        yield Part("act", (play.act.by, deeds, play.act.incident), is_denied)
    if play.answer:
        yield Part("answer", (play.answer.by, play.answer.option, play.answer.inject), is_denied)
    if play.tension_above is not None:
        yield Part("tension_above", (play.tension_above,), is_denied)
    if play.any:
        yield Part("any", tuple(tuple(_parts(one, False)) for one in play.any), is_denied)


def is_met(world: World, part: Part) -> np.ndarray:
    """In which runs a part of a condition is as it asks: (R,) bool."""
    return SO[part.kind](world, *part.what) != part.is_denied


def all_met(world: World, when: When | None) -> np.ndarray:
    """In which runs a condition holds: (R,) bool; without one, in all."""
    met = np.ones(world.runs, dtype=bool)
    for part in parts_of(when):
        met &= is_met(world, part)
    return met


def unmet(world: World, when: When | None, run: int = 0) -> list[str]:
    """What keeps an inject back in a run: the keys of the parts of its condition that do not hold."""
    return [part.key for part in parts_of(when) if not is_met(world, part)[run]]


def _going(world: World, incident: str) -> np.ndarray:
    return world.state.intensity[world.inputs.incidents.index(incident)] > 0


def _stopped(world: World, incident: str) -> np.ndarray:
    h = world.inputs.incidents.index(incident)
    return np.logical_and(world.inputs.incident_begins[h] <= world.turn, world.state.intensity[h] == 0)


def _text(world: World, incident: str, rung: str) -> np.ndarray:
    reached = world.state.covered[world.inputs.incidents.index(incident)].max(axis=-1)
    least = getattr(world.inputs.params_per_run, f"rung_{rung}") if rung != "silence" else 0.0
    return np.logical_and(reached > 0, reached >= least)


def _act(world: World, by: str | None, deeds: tuple[str, ...], incident: str | None) -> np.ndarray:
    inputs, state = world.inputs, world.state
    if deeds and deeds[0] in NAMES:
        made = state.moves_made if by is None else state.moves_made[[inputs.adversaries.index(by)]]
        return np.logical_or.reduce(made >> NAMES.index(deeds[0]) & 1 == 1, axis=0)
    fits = [(not deeds or response in deeds) and incident in (None, over) for over, response in inputs.options]
    who = slice(None) if by is None else [inputs.index[by]]
    return np.logical_or.reduce(state.joined[np.array(fits, dtype=bool)][..., who], axis=(0, -1))


def _answer(world: World, by: str | None, option: str, inject: str) -> np.ndarray:
    inputs = world.inputs
    q, question = next(
        (q, asked.question)
        for q, place in enumerate(inputs.questions)
        for asked in [inputs.msel[place][1]]
        if asked.id == inject
    )
    who = slice(None) if by is None else [inputs.index[by]]
    k = [known.id for known in question.options].index(option)
    return np.logical_or.reduce(world.state.chosen[q][:, who] == k, axis=-1)


def _tension_above(world: World, level: float) -> np.ndarray:
    return world.state.tension > level


def _any(world: World, *alternatives: tuple[Part, ...]) -> np.ndarray:
    return np.logical_or.reduce(
        [np.logical_and.reduce([is_met(world, part) for part in parts]) for parts in alternatives]
    )


SO: dict[str, Callable[..., np.ndarray]] = {
    "going": _going,
    "stopped": _stopped,
    "text": _text,
    "act": _act,
    "answer": _answer,
    "tension_above": _tension_above,
    "any": _any,
}
