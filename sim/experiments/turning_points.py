"""The choices of a run after which its futures part: what would have come had one of them fallen otherwise.

Every choice that was open is there as data. For the weightiest, the run is played again up to its turn, with that one
answer another, and both ways are continued many times with the same new draws. Which choices matter is looked for on
one set of futures and measured on another, so that a choice does not win by the luck of the set it was chosen on.

In the literature: counterfactual impact, measured by one-shot deviations [Blackwell1965].

[Blackwell1965] Blackwell, Discounted dynamic programming, Annals of Mathematical Statistics 36(1): 226-235.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sim.draws import slot_key
from sim.engine import Measures, simulate_several
from sim.experiments.estimate import Estimate, holm, p_value, paired
from sim.model.decisions import Answer, Decision
from sim.model.state import World
from sim.policies.policy import ByRun, Script, Scripts
from sim.policies.seating import fresh, policies_of
from sim.session import Session, in_order

FUTURES = 48  # of each way a choice could have gone, in the search and again for the figures
MOST_OF_A_KIND = 3  # choices of a kind that are tried, those of the weightiest
OUTCOMES = ("harm", "held", "stopped", "peak_tension", "joint_share", "wrong_culprit", "retaliation")
Choice = tuple[Decision, tuple[str, ...], tuple[str, ...]]  # what was open, what was chosen, and what it is tried with
NOTICED = 0.05  # of an outcome
LEAST = 0.25  # of the spread between futures: what parts them by less is not worth a sentence


@dataclass(frozen=True)
class TurningPoint:
    """A choice that mattered: what was chosen, what it is compared with, and what that would have changed."""

    decision: Decision  # with all that was open
    chosen: tuple[str, ...]  # ids of options
    otherwise: tuple[str, ...]
    measure: str  # the outcome that it moved most
    as_it_was: float  # mean of that outcome over the futures of this way
    had_it_been: float  # and of the other
    change: Estimate  # of the outcome had it been `otherwise`, less what it comes to as it was
    futures: int  # pairs of futures behind it


def turning_points(session: Session, most: int = 3, futures: int = FUTURES) -> list[TurningPoint]:
    """The choices that mattered most to what came of an exercise that is over, those that mattered most first.

    So many at most, each way that is tried being continued in so many futures. There are none where no choice parts the
    futures clearly, or where what control directed in mid-turn made it another exercise.

    >>> found = turning_points(Session("smallest", seed=7))
    >>> all(point.change.is_clear() and point.chosen != point.otherwise for point in found)
    True
    """
    again = Rerun(session)
    if not again.is_same:
        return []
    search, measure = (slot_key("turning points", session.seed, session.run, k) for k in range(2))
    tried = candidates(again)
    parted = [
        (_most_moved(ways), one) for one, ways in zip(tried, again.both_ways(tried, search, futures), strict=True)
    ]
    parted.sort(key=lambda found: -found[0][1])
    foremost: dict[tuple[int, str], tuple[str, Choice]] = {}
    for (name, _), one in parted:
        foremost.setdefault((one[0].turn, one[0].subject.partition("/")[0]), (name, one))
    chosen = list(foremost.values())[: 2 * most]
    ways = again.both_ways([one for _, one in chosen], measure, futures)
    measured = [(name, one, both) for (name, one), both in zip(chosen, ways, strict=True)]
    holds = holm([p_value(had[name], was[name]) for name, _, (had, was) in measured])
    found = [
        (effect_size(had[name], was[name]), _point(one, name, had[name], was[name]))
        for (name, one, (had, was)), is_clear in zip(measured, holds, strict=True)
        if is_clear
    ]
    found.sort(key=lambda one: -one[0])
    return [point for size, point in found if size >= LEAST and _is_worth_saying(point)][:most]


def _is_worth_saying(point: TurningPoint) -> bool:
    """Whether the outcome itself changes by a part of it that a person would notice."""
    return point.change.is_clear() and abs(point.change.value) >= NOTICED * max(
        abs(point.as_it_was), abs(point.had_it_been)
    )


def _point(choice: Choice, name: str, had: np.ndarray, was: np.ndarray) -> TurningPoint:
    as_it_was, had_it_been = float(np.nanmean(was)), float(np.nanmean(had))
    return TurningPoint(*choice, name, as_it_was, had_it_been, paired(had, was), len(was))


def _most_moved(ways: tuple[Measures, Measures]) -> tuple[str, float]:
    had, was = ways
    sizes = {name: effect_size(had[name], was[name]) for name in OUTCOMES}
    return max(sizes.items(), key=lambda item: item[1])


def effect_size(one: np.ndarray, other: np.ndarray) -> float:
    """How far two sets of futures lie apart, in standard deviations of the futures; 0 where nothing can be told.

    Source: Cohen's d. Where neither varies but they differ, the distance counts as one.

    >>> effect_size(np.array([1.0, 3.0]), np.array([0.0, 2.0])).round(2)
    np.float64(1.0)
    """
    gap = one - other
    both = np.isfinite(gap)
    if not both.any() or not gap[both].any():
        return 0.0
    spread = np.sqrt((one[both].var() + other[both].var()) / 2)
    return abs(gap[both].mean()) / spread if spread else 1.0


# ------------------------------------------------------------------------------------------- what could have been else


def candidates(again: "Rerun") -> list[Choice]:
    """The choices worth trying: of each sort those of people first, then of the weightiest."""
    sorts: dict[str, list[Choice]] = {}
    for decision, chosen in again.decided:
        for sort, otherwise in alternatives(decision, chosen):
            sorts.setdefault(sort, []).append((decision, chosen, otherwise))
    return [one for found in sorts.values() for one in _weightiest(again, found)]


def alternatives(decision: Decision, chosen: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What could have been chosen otherwise, with the sort of choice that it is: pairs of (sort, ids).

    A move that was made could have been none; a meeting not called, responses not joined; a text broken or let pass.

    >>> from sim.model.decisions import Option
    >>> text = Decision("silence", 1, "JPN", "s", (Option("accept"), Option("break")), ("accept",), rung="naming")
    >>> list(alternatives(text, ("accept",)))
    [('let pass', ('break',))]
    """
    legal = {option.id for option in decision.options}
    match decision.kind:
        case "move" if chosen != ("persist",) and "persist" in legal:
            yield "move", ("persist",)
        case "call" | "responses" if chosen:
            yield decision.kind, ()
        case "silence" if chosen == ("break",):
            yield "broken", ("accept",)
        case "silence" if decision.rung in ("naming", "measures"):
            yield "let pass", ("break",)
        case "project" if chosen == ("support",):
            yield "project", ("block",)


def _weightiest(again: "Rerun", found: list[Choice]) -> list[Choice]:
    """Those of a sort that are tried: at most one about each subject and turn."""
    found = sorted(found, key=lambda one: (one[0].address not in again.by_people, -again.weight[one[0].actor]))
    about: dict[tuple[int, str], Choice] = {}
    for one in found:
        about.setdefault((one[0].turn, one[0].subject), one)
    return list(about.values())[:MOST_OF_A_KIND]


class Rerun:
    """An exercise that is over, played again with every seat asked, so that all its choices lie open.

    Attributes
    ----------
    decided : list of (Decision, chosen), of everybody; weight : dict of code to capability
    by_people : set of addresses that people answered
    is_same : bool, whether it came to the same to the last bit
    """

    def __init__(self, session: Session) -> None:
        inputs = session.model_inputs
        self.policies = policies_of(inputs, session.began_with["policies"])
        self.given = [answer for _, answer in session.decided]
        self.by_people = {given.address for given in session.inputs if isinstance(given, Answer)}
        self._own_will = {d.actor for d, answer in session.decided if set(answer.choice) != set(d.default)}
        self.weight = dict(zip(inputs.actors, inputs.capability.mean(axis=0), strict=True))
        self._starts: dict[int, Session] = {}
        self._ends: dict[int, tuple[World, list[Answer | None]]] = {}
        states = [code for code in inputs.actors if code not in inputs.bodies]
        played = Session(
            session.loaded, session.seed, session.run, states, baseline=False, until=0,
            script=Script(self.given, strict=False), at_start=session.at_start,
        )  # fmt: skip
        played.people = set()  # all are asked, and nobody is waited for
        played.world.recorder = played.world.series = None  # nobody is told of it
        for turn in range(1, inputs.turns + 1):
            self._starts[turn] = played.twin()
            played.play_to(turn)
        self.decided = [(decision, answer.choice) for decision, answer in played.decided]
        self.is_same = bool((played.world.state.digest() == session.world.state.digest()).all())

    def both_ways(self, choices: Sequence[Choice], seed: int, futures: int) -> list[tuple[Measures, Measures]]:
        """What would have come of each choice, and what comes of it as it was: pairs of measures of (futures,)."""
        others = [Answer(*decision.address, otherwise) for decision, _, otherwise in choices]
        turns = sorted({other.turn for other in others})
        ways = {turn: [None, *(other for other in others if other.turn == turn)] for turn in turns}
        come = {turn: simulate_several(self._at_the_end(turn, ways[turn]), futures, seed) for turn in turns}
        found = {(turn, way): measures for turn in turns for way, measures in zip(ways[turn], come[turn], strict=True)}
        return [(found[other.turn, other], found[other.turn, None]) for other in others]

    def _at_the_end(self, turn: int, ways: list[Answer | None]) -> World:
        """The exercise at the end of a turn, a row for each answer that was another, and for None as it was.

        All that is tried of a turn is played at once, and looked on from again.
        """
        if not set(ways) <= set(self._ends.get(turn, (None, []))[1]):
            self._ends[turn] = self._played_to_the_end(turn, ways), ways
        world, played = self._ends[turn]
        rows = [played.index(way) for way in ways]
        return world.ahead(world.draws.rows(rows), rows)

    def _played_to_the_end(self, turn: int, ways: list[Answer | None]) -> World:
        """Whatever is not open any more in one of the ways is chosen there as the model would.

        Whoever decides as the model would need not be asked.
        """
        branch, rows = self._starts[turn].twin(), [0] * len(ways)
        world = branch.world = branch.world.ahead(branch.world.draws.rows(rows), rows)
        world.script = Scripts(Script([*self.given, *([way] if way else [])], strict=False) for way in ways)
        asked = {way.actor for way in ways if way} | self._own_will
        world.seats = {code: ByRun([seat] * len(ways)).fresh() for code, seat in world.seats.items() if code in asked}
        branch.play_to(turn)
        world.script, world.seats = None, in_order(fresh(self.policies, len(ways)), branch.model_inputs)
        return world
