"""A rehearsal: bots in every seat play an exercise through many times, and say what the day would look like.

Some answer as the model would, some with any legal answer; control releases what waits for it, or does not. What no
play reached, what nobody could ever choose, and which steps ask for more than their minutes hold is told before the
day. How long people take is a judgement: see `MINUTES`.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sim.draws import slot_key
from sim.model.decisions import Decision
from sim.model.msel import HELD, RELEASED
from sim.model.steps.control import Direction
from sim.model.view import View
from sim.scenario import Loaded
from sim.session import Session

MINUTES = {"word": 1 / 200, "decision": 0.5, "option": 0.05, "talk": 4.0}  # judgements: reading aloud takes as long


@dataclass
class Rehearsal:
    """What plays of an exercise came to.

    plays : int; released : inject -> plays in which it was released; open_to : (incident, response) -> stops at which
    somebody might have joined it; minutes : (turn, step) -> for each play, what the slowest seat needs; due : the same,
    decisions of the busiest seat; never : responses of the scenario that were never open to a seat
    """

    plays: int = 0
    released: Counter = field(default_factory=Counter)
    open_to: Counter = field(default_factory=Counter)
    minutes: dict[tuple[int, str], list[float]] = field(default_factory=lambda: defaultdict(list))
    due: dict[tuple[int, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    never: tuple[tuple[str, str], ...] = ()

    def day(self) -> float:
        """Minutes that all stops take together, as they do on average."""
        return sum(sum(minutes) for minutes in self.minutes.values()) / max(self.plays, 1)

    def longest(self) -> list[tuple[tuple[int, str], float]]:
        """Turn and step of each stop with its minutes on average over the plays that reach it, the longest first."""
        mean = {stop: sum(minutes) / len(minutes) for stop, minutes in self.minutes.items()}
        return sorted(mean.items(), key=lambda item: (-item[1], item[0]))


def rehearse(loaded: Loaded, seats: Sequence[str], plays: int = 8, seed: int = 1) -> Rehearsal:
    """Play an exercise with bots in its seats.

    Parameters
    ----------
    loaded : sim.scenario.Loaded
    seats : codes of the seats that people will hold
    plays : int, how often; every second has bots that answer anything legal, every other pair a control that releases
        what waits for it
    seed : int, of the first

    Returns
    -------
    Rehearsal

    >>> from sim.scenario import load
    >>> found = rehearse(load("smallest"), ["EST", "JPN"], plays=2)
    >>> found.plays, found.day() > 5
    (2, True)
    """
    found = Rehearsal()
    for play in range(plays):
        session = Session(loaded, seed + play, people=seats, is_paced=True, until=0, baseline=False)
        _play(session, found, is_bold=play % 2 == 1, releases=play % 4 < 2)
        found.plays += 1
        for planned in session.world.plan:
            found.released[planned.inject.id] += planned.status == RELEASED
    options = session.model_inputs.options
    found.never = tuple(option for option in options if not found.open_to[option])
    return found


def _play(session: Session, found: Rehearsal, is_bold: bool, releases: bool) -> None:
    read: dict[str, int] = {}
    while not session.is_over:
        if session.is_between_turns and releases:
            _release_due(session)
        _note_stop(session, found, read)
        for decision in session.open_decisions():
            session.submit(decision, _anything(session, decision) if is_bold else decision.default)
        session.direct(Direction("proceed"))


def _release_due(session: Session) -> None:
    """Control releases what waits for it and is due in the turn to come."""
    for planned in session.world.plan:
        if planned.status == HELD and planned.turn == session.turn + 1:
            session.direct(Direction("release", planned.inject.id, None, "rehearsed"))


def _anything(session: Session, decision: Decision) -> tuple[str, ...]:
    """A legal answer, drawn at random by its address: with several allowed, at most one, and what it costs is there."""
    payable = [option.id for option in decision.options if (option.cost or 0.0) <= (decision.budget or 0.0) / 4]
    if decision.budget is None:
        payable = [option.id for option in decision.options]
    if not payable:
        return () if decision.many else decision.default
    draw = slot_key("rehearse", session.seed, *decision.address)
    return (payable[draw % len(payable)],)


def _note_stop(session: Session, found: Rehearsal, read: dict[str, int]) -> None:
    """Take note of what a stop asks of each seat, and how long the slowest takes."""
    opened = session.open_decisions()
    if not opened:
        return
    stop = (session.turn, session.step or "")
    takes, due = [], []
    for seat in sorted({decision.actor for decision in opened}):
        mine = [decision for decision in opened if decision.actor == seat]
        takes.append(_minutes(session.view(seat), mine, read, seat))
        due.append(len(mine))
    for decision in opened:
        if decision.kind == "responses":
            found.open_to.update((decision.subject, option.id) for option in decision.options)
    found.minutes[stop].append(max(takes) + MINUTES["talk"])
    found.due[stop].append(max(due))


def _minutes(view: View, decisions: Sequence[Decision], read: dict[str, int], seat: str) -> float:
    injects = view["injects"]
    words = sum(len(inject["text"].split()) for inject in injects[read.get(seat, 0) :])
    read[seat] = len(injects)
    options = sum(len(decision.options) for decision in decisions)
    return words * MINUTES["word"] + len(decisions) * MINUTES["decision"] + options * MINUTES["option"]
