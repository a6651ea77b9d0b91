"""Where a turn waits for seats: a step that opens with decisions and closes with answers.

`open` reads the world and says what every seat may choose now and what the model's own rule would choose for it; it
changes nothing. `close` applies the answers and the model's choice for everybody else. A run in which nobody has a seat
opens nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.errors import refusal
from sim.model.decisions import Address, Answer, Answers, Choice, Decision, answer_to
from sim.model.state import World
from sim.model.view import view

Opened = Sequence[tuple[int, Decision]]  # what is open: the run, and what its seat may choose
NOBODY = Answers()


@dataclass(frozen=True)
class Step:
    """One step of a turn.

    name : str; close : callable (world) or, where it opens, (world, answers), which changes the world; open : callable
    (world) -> list of (run, Decision), or None where nobody has anything to decide.
    """

    name: str
    close: Callable
    open: Callable | None = None

    def decisions(self, world: World) -> Opened:
        """What is open to the seats that are taken: list of (run, Decision)."""
        return self.open(world) if self.open and world.seats else []

    def play(self, world: World) -> None:
        """Play the step, with the answers of whoever sits in a seat."""
        self.finish(world, asked(world, self.decisions(world)))

    def finish(self, world: World, answers: Answers) -> None:
        """Close the step with these answers."""
        if self.open:
            self.close(world, answers)
        else:
            self.close(world)
        world.step += 1


def seats_to_ask(world: World, kind: str, where: np.ndarray) -> Iterator[tuple[int, int, str]]:
    """The seats to ask: (run, actor's place, code) for every seat whose actor is marked in `where`.

    A policy is not asked where it keeps the model's own choice anyway, unless answers were written down before.

    Parameters
    ----------
    world : World
    kind : str, of the decision
    where : array (R, A) of bool

    Yields
    ------
    run : int; place : int; code : str
    """
    written = world.script.actors if world.script else ()
    seats = [(world.inputs.index[code], code, seat) for code, seat in world.seats.items()]
    taken, runs = where.T[[place for place, *_ in seats]].nonzero()
    for number, run in zip(taken.tolist(), runs.tolist(), strict=True):
        place, code, seat = seats[number]
        policy = seat.of(run)
        if (policy is not None and kind in policy.decides) or code in written:
            yield run, place, code


def asked(world: World, decisions: Opened, given: Mapping[Address, Answer] | None = None) -> Answers:
    """What those in the seats answer, in the order of the decisions; what was decided is kept with the world.

    Parameters
    ----------
    decisions : list of (run, Decision)
    given : dict of address to Answer, what people have answered already; or None

    Raises
    ------
    InputError
        with advice, when an answer is not legal
    """
    if not decisions:
        return NOBODY
    answers, seen, given = Answers(), {}, given or {}
    for run, decision in decisions:
        if decision.address in given:
            note(world, answers, run, decision, given[decision.address])
            continue
        own, policy = decision.default, world.seats[decision.actor].of(run)
        if policy is not None:
            if (run, decision.actor) not in seen:
                seen[run, decision.actor] = view(world, decision.actor, run, policy.sees)
            own = policy.choose(seen[run, decision.actor], decision)  # one that remembers is asked in any case
        written = world.script.of(run).take(decision) if world.script else None
        take(world, answers, run, decision, own if written is None else written)
    return answers


def take(world: World, answers: Answers, run: int, decision: Decision, choice: Choice) -> None:
    """Take note of what a seat has chosen; InputError with advice when it is not legal."""
    try:
        answer = answer_to(decision, choice)
    except ValueError as advice:
        raise refusal(str(advice)) from None
    note(world, answers, run, decision, answer)


def note(world: World, answers: Answers, run: int, decision: Decision, answer: Answer) -> None:
    """Take note of an answer that is known to be legal."""
    answers.add(run, answer)
    world.decided.setdefault(run, []).append((decision, answer))
