"""One exercise with people in it: a fold over (scenario, seed, inputs).

Inputs are what seats answer and what control directs, in order, and nothing else is stored: undo drops the tail, a
branch is a prefix, a crash is a fold again. The session plays on by itself until somebody has to decide, and again once
everybody has. It knows no clock, no file and no words.

>>> from sim.session import Session
>>> session = Session("smallest", seed=1, people=["EST"])
>>> [decision.kind for decision in session.open_decisions("EST")]
['position']
>>> while not session.is_over:
...     for decision in session.open_decisions("EST"):
...         session.submit(decision, decision.default)
>>> session.record.to_json() == Session("smallest", seed=1).record.to_json()
True
"""

import copy
import json
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sim.draws import slot_key
from sim.engine import (
    Measures,
    Opening,
    baseline_inputs,
    baseline_outcome,
    gathered,
    initial_world,
    outcome_of,
    record_of,
    simulate_forward,
    unfinished_record,
)
from sim.errors import InputError, did_you_mean, refusal
from sim.model.decisions import Address, Answer, Choice, Decision, View, answer_to
from sim.model.events import Event
from sim.model.inputs import ModelInputs, build_inputs
from sim.model.steps import STEPS, begin_turn, is_over
from sim.model.steps.control import Direction, carry_out
from sim.model.steps.stops import Opened, asked
from sim.model.view import view
from sim.one_thread import one_blas_thread
from sim.policies import OWN
from sim.policies.members import Standard
from sim.policies.policy import Script
from sim.policies.seating import PolicyLike, check_places, fresh, policies_of, policy_from
from sim.record import store
from sim.record.reading import damaged
from sim.record.record import Outcomes, Record
from sim.record.recorder import EventRecorder
from sim.scenario import Loaded, load

NOBODY, MODEL, PERSON = "nobody", "model", "person"
CHANGED = "its options have changed since it was given."


@dataclass(frozen=True)
class Void:
    """An input that no longer fits: what it was, and why it was not taken."""

    input: Answer | Direction
    why: str


class Session:
    """An exercise that waits for people, and the inputs it came from.

    Parameters
    ----------
    scenario : str, path or Loaded
    seed : int, 0 or more; run : int
    people : codes of seats that wait for somebody; all others are played by policies or the model's own rule
    policies : dict of code to Policy, its class or its name, in place of what the scenario says
    inputs : sequence of Answer and Direction, taken in order; one that does not fit is void
    is_paced : bool, whether a stop stays open until control says `proceed`, though everybody has answered
    baseline : bool, whether the record compares with the same run without the cooperation portfolio
    until : int, last turn that it plays by itself, after which control's `proceed` begins the next; None: to the end
    script : Script or None, answers written down before, for seats that nobody holds
    at_start : dict of turn to sequence of Direction, what control directs as a turn begins, before all else

    Attributes
    ----------
    inputs : list of what was taken; void : list of Void
    people : set of codes whose seats wait for somebody now
    """

    def __init__(
        self,
        scenario: str | os.PathLike | Loaded,
        seed: int = 1,
        run: int = 0,
        people: Collection[str] = (),
        policies: Mapping[str, PolicyLike] | None = None,
        inputs: Iterable[Answer | Direction] = (),
        is_paced: bool = False,
        baseline: bool = True,
        until: int | None = None,
        script: Script | None = None,
        at_start: Mapping[int, Sequence[Direction]] | None = None,
    ) -> None:
        self.loaded = scenario if isinstance(scenario, Loaded) else load(scenario)
        self.seed, self.run, self.is_paced, self.compares = seed, run, is_paced, baseline
        self.until, self.script, self.at_start = until, script, dict(at_start or {})
        self.model_inputs = build_inputs(self.loaded)
        check_places(self.model_inputs, people)
        self.began_with: dict[str, Any] = {"people": tuple(people), "policies": dict(policies or {}), "until": until}
        self.people = set(people)
        self.inputs: list[Answer | Direction] = []
        self.void: list[Void] = []
        self.directed: list[tuple[int, int, Direction]] = []  # with the turn, and the step that was next
        self.pending: dict[Address, Answer] = {}  # answers at this stop, by what they answer
        self._opened: Opened = []  # what the step that is next has opened: (run, Decision)
        self._asked: dict[Address, Decision] = {}  # of these, what people are asked, by its address
        asked_too = {code: Standard() for code in (*people, *(script.actors if script else ()))}
        seats = asked_too | fresh(policies_of(self.model_inputs, policies)) | {code: Standard() for code in people}
        self.world = initial_world(
            self.model_inputs, seed, [run], in_order(seats, self.model_inputs), EventRecorder(), script
        )
        self._go_on()
        for given in inputs:
            self.take(given)

    # ------------------------------------------------------------------------------------------- where it stands

    @property
    def turn(self) -> int:
        """The turn that is being played, or the last."""
        return self.world.turn

    @property
    def step(self) -> str | None:
        """Name of the step that waits for somebody; None between turns and once the exercise is over."""
        return None if self.is_between_turns else STEPS[self.world.step].name

    @property
    def is_over(self) -> bool:
        """Whether the last turn has been played to its end."""
        return is_over(self.world)

    @property
    def is_between_turns(self) -> bool:
        """Whether a turn has been played to its end and the next has not begun."""
        return not self.turn or self.world.step == len(STEPS)

    @property
    def events(self) -> tuple[Event, ...]:
        """All that has happened so far: a tuple of Event."""
        return tuple(self.world.recorder.events)

    @property
    def decided(self) -> tuple[tuple[Decision, Answer], ...]:
        """What seats were asked and answered so far: a tuple of (Decision, Answer)."""
        return tuple(self.world.decided.get(0, ()))

    @property
    def answers(self) -> tuple[Answer, ...]:
        """All that seats have answered so far, at this stop too: a tuple of Answer, by which it can be played again."""
        return (*(answer for _, answer in self.decided), *self.pending.values())

    @property
    def asked(self) -> Mapping[Address, Decision]:
        """What people are asked at this stop, by address, answered or not."""
        return self._asked

    def open_decisions(self, seat: str | None = None) -> tuple[Decision, ...]:
        """What people may decide now, in all seats or in one, and have not yet answered: a tuple of Decision."""
        return tuple(
            decision
            for address, decision in self._asked.items()
            if seat in (None, decision.actor) and address not in self.pending
        )

    def view(self, seat: str) -> View:
        """What a seat can see now: plain data, with nothing in it that it cannot know; see `sim.model.view`."""
        check_places(self.model_inputs, [seat])
        return view(self.world, seat)

    @property
    def record(self) -> Record:
        """What happened so far, and, once the exercise is over, what came of it."""
        if not self.is_over:
            return unfinished_record(self.world, self.loaded, self.seed, self.run)
        return self._concluded[0]

    @property
    def outcomes(self) -> Outcomes:
        """What came of the exercise once it is over, as of many runs: Outcomes."""
        return self._concluded[1]

    @cached_property
    def _concluded(self) -> tuple[Record, Outcomes]:
        baseline = baseline_outcome(baseline_inputs(self.loaded), self.world) if self.compares else None
        part = outcome_of(self.world), baseline
        record = record_of(self.world, self.loaded, self.seed, self.run, *part)
        return record, gathered(self.loaded, self.model_inputs, self.seed, 1, self.run, [part])

    # ------------------------------------------------------------------------------------------- inputs

    def submit(self, decision: Decision, choice: Choice) -> None:
        """Answer a decision that is open; until the stop has closed, another answer may take its place.

        InputError, with advice, when the choice is not legal, costs more than there is, or is no longer open.
        """
        try:
            self._accept(self._fitting(answer_to(decision, choice)))
        except ValueError as advice:
            raise refusal(str(advice)) from None

    def direct(self, direction: Direction) -> None:
        """Do what control directs, at once, as `sim.model.steps.control` says; InputError where it cannot be done.

        Answers already given at this stop whose options it changes are void.
        """
        if self.is_over:
            raise refusal("the exercise is over: control can direct nothing more.")
        if direction.kind == "proceed":
            self._proceed()
            self.inputs.append(direction)
            return
        at = self.turn, self.world.step
        self._carry_out(direction)
        self.directed.append((*at, direction))
        self.inputs.append(direction)
        self._reopen()

    def _proceed(self) -> None:
        """Close the stop that is open, or begin the turn that waits for it."""
        if self._asked:
            self._close()
        else:
            self.until = self.turn + 1
        self._go_on()

    def _carry_out(self, direction: Direction) -> None:
        if direction.kind == "seat":
            self._hand_over(direction.target, direction.value)
        carry_out(self.world, direction)

    def take(self, given: Answer | Direction) -> None:
        """Take an answer or a direction as it was stored; one that does not fit is void and kept with the reason."""
        try:
            if isinstance(given, Direction):
                self.direct(given)
            else:
                self._accept(self._fitting(given))
        except InputError as advice:
            self.void.append(Void(given, "; ".join(fault.message for fault in advice.faults)))
        except ValueError as advice:
            self.void.append(Void(given, str(advice)))

    def _fitting(self, answer: Answer) -> Answer:
        """An answer, checked against what is open; ValueError with the reason when it cannot be taken now."""
        decision = self._asked.get(answer.address)
        if decision is None:
            about = f"{answer.kind} on {answer.subject}, turn {answer.turn}"
            raise ValueError(f"{answer.actor} is not asked this now ({about}).")
        if answer.options and answer.options != decision.digest:
            raise ValueError(f"{decision.id}: {CHANGED}")
        checked = answer_to(decision, answer.choice)
        self._check_means(decision, checked)
        return checked

    def _check_means(self, decision: Decision, answer: Answer) -> None:
        """ValueError where all that a seat joins at this stop costs more than it has."""
        if decision.budget is None or not answer.choice:
            return
        here = {given.address: given for given in self.pending.values() if given.actor == answer.actor}
        costs = {
            address: sum(option.cost or 0.0 for option in self._asked[address].options if option.id in given.choice)
            for address, given in (here | {answer.address: answer}).items()
            if address in self._asked and self._asked[address].budget is not None
        }
        own, total = costs[answer.address], sum(costs.values())
        if total > decision.budget:
            spoken_for = f", of which {total - own:.2f} is spoken for" if total > own else ""
            raise ValueError(f"this costs {own:.2f} of the {decision.budget:.2f} there is{spoken_for}. Choose less.")

    def _accept(self, answer: Answer) -> None:
        self.pending[answer.address] = answer
        self.inputs.append(answer)
        if len(self.pending) == len(self._asked):
            self._go_on()

    def _hand_over(self, code: str, to: Any) -> None:
        check_places(self.model_inputs, [code])
        if not isinstance(to, str):
            raise refusal(f"the seat of {code} goes to a person, to the model, to nobody, or to a policy by its name.")
        policy = {PERSON: "standard", MODEL: "standard", NOBODY: "silent"}.get(to, to)
        if ":" in policy and policy not in OWN:
            raise refusal(f"{policy} was not named when the exercise began, and no code is brought in from a page.")
        seats = self.world.seats | {code: policy_from(policy)}
        self.people = self.people | {code} if to == PERSON else self.people - {code}
        if to == MODEL:
            del seats[code]
        self.world.seats = in_order(seats, self.model_inputs)

    # ------------------------------------------------------------------------------------------- playing on

    @one_blas_thread()
    def _go_on(self) -> None:
        """Play until somebody has to decide, or to the end."""
        while not self.is_over and not (self.is_between_turns and self.turn == self.until):
            if not self._opened:
                self._begin_turn()
                self._open()
            if self._waits():
                return
            self._close()

    def _begin_turn(self) -> None:
        """Begin the next turn, with what control directs at its start, unless one is under way."""
        if self.is_between_turns:
            begin_turn(self.world)
            for direction in self.at_start.get(self.turn, ()):
                self._carry_out(direction)

    def _open(self) -> None:
        self._opened = STEPS[self.world.step].decisions(self.world)
        self._asked = {d.address: d for _, d in self._opened if d.actor in self.people}

    def _waits(self) -> bool:
        return len(self.pending) < len(self._asked) or (self.is_paced and bool(self._asked))

    def _close(self) -> None:
        """Close the step with what was answered; the model's own rule decides for whoever has not."""
        for address, decision in self._asked.items():
            if decision.otherwise and address not in self.pending:  # no answer is an answer here
                self.pending[address] = answer_to(decision, ())
        is_left = self._asked.keys() - self.pending.keys()
        decisions = [(run, decision) for run, decision in self._opened if decision.address not in is_left]
        answers = asked(self.world, decisions, self.pending)
        STEPS[self.world.step].finish(self.world, answers)
        self.pending, self._opened, self._asked = {}, [], {}

    def _reopen(self) -> None:
        """Open the step again after control has changed the world; answers that no longer fit are void."""
        if self.is_between_turns:
            return
        self._open()
        for address, answer in list(self.pending.items()):
            try:
                self._fitting(answer)
            except ValueError as why:
                self.void.append(Void(answer, str(why)))
                del self.pending[address]
        self._go_on()

    def play_to(self, turn: int) -> None:
        """Play on to the end of a turn, unless somebody has to decide before."""
        self.until = turn
        self._go_on()

    # ------------------------------------------------------------------------------------------- what if

    def twin(self) -> "Session":
        """The same session once more, from here: what happens in it leaves this one alone."""
        twin = copy.copy(self)
        twin.world, twin.people, twin.pending = self.world.copy(), set(self.people), dict(self.pending)
        twin.inputs, twin.void, twin.directed = list(self.inputs), list(self.void), list(self.directed)
        return twin

    def branch(self, before: int | None = None) -> "Session":
        """The same exercise again from the first inputs only: before input number `before`, or from all of them.

        >>> session = Session("smallest", seed=1, people=["EST"])
        >>> session.submit(session.open_decisions()[0], "measures")
        >>> len(session.branch(before=0).inputs), len(session.branch().inputs)
        (0, 1)
        """
        return Session(
            self.loaded, self.seed, self.run, inputs=self.inputs[:before], is_paced=self.is_paced,
            baseline=self.compares, script=self.script, at_start=self.at_start, **self.began_with,
        )  # fmt: skip

    def ahead(self, runs: int = 100, seed: int | None = None) -> Measures:
        """What could still come, in arrays (runs,): continuations with other draws from now on, nobody asked."""
        return simulate_forward(self.world, runs, self.seed_ahead if seed is None else seed)

    @property
    def seed_ahead(self) -> int:
        """The seed of what could still come from here."""
        return slot_key("ahead", self.seed, self.run, self.turn, self.world.step)

    def had_it_chosen(self, decision: Decision, choice: Choice) -> "Session":
        """The same exercise at the end of this turn, had a seat chosen this now; it leaves this one alone.

        Others are taken at what they have answered at this stop; from then on nobody is asked, and the model plays on.

        >>> session = Session("smallest", seed=1, people=["EST"])
        >>> other = session.had_it_chosen(session.open_decisions()[0], "measures")
        >>> other.is_between_turns, len(session.inputs)
        (True, 0)
        """
        other = self.twin()
        other.is_paced = True
        other.submit(decision, choice)
        other.people, other.until = set(), other.turn
        other._close()
        other._go_on()
        return other

    def opening(self, turn: int) -> Opening:
        """How it went up to the end of a turn, from which other futures go on; InputError where that is still to come.

        >>> session = Session("smallest", seed=1, people=["EST"], until=2)
        >>> session.opening(1)
        Traceback (most recent call last):
        ...
        sim.errors.InputError: error: this exercise has no turn 1 that is over. There are 0 to 0.
        """
        over = self.turn if self.is_between_turns else self.turn - 1
        if not 0 <= turn <= over:
            raise refusal(f"this exercise has no turn {turn} that is over. There are 0 to {over}.")
        answers = tuple(answer for _, answer in self.decided if answer.turn <= turn)
        directed = tuple(one for one in self.directed if one[0] <= turn and one[2].kind != "seat")
        return Opening(turn, self.seed, self.run, answers, directed, self.began_with["policies"])

    # ------------------------------------------------------------------------------------------- stored

    def save(self) -> list[str]:
        """All it takes to play it again: lines of JSON, the first of them what was played.

        >>> session = Session("smallest", seed=1, people=["EST"])
        >>> session.submit(session.open_decisions()[0], "measures")
        >>> again = Session.restore(session.save())
        >>> again.save() == session.save(), again.record.to_json() == session.record.to_json()
        (True, True)
        """
        policies = self.began_with["policies"].items()
        head = {
            "scenario": self.loaded.name,
            "digest": self.loaded.digest,
            "seed": self.seed,
            "run": self.run,
            "people": list(self.began_with["people"]),
            "policies": {code: getattr(policy, "name", policy) for code, policy in policies},
            "is_paced": self.is_paced,
            "until": self.began_with["until"],
            "at_start": {turn: [given.to_json() for given in directions] for turn, directions in self.at_start.items()},
        }
        return [json.dumps(head, ensure_ascii=False), *(given.to_json() for given in self.inputs)]

    @classmethod
    def restore(cls, lines: Iterable[str], scenario: str | os.PathLike | Loaded | None = None) -> "Session":
        """The session that `save` described; InputError when the scenario has changed since.

        One that does not ship is to be given: its path, or itself.
        """
        head, *inputs = lines
        head = json.loads(head)
        loaded = scenario if isinstance(scenario, Loaded) else load(scenario or head["scenario"])
        if loaded.digest != head["digest"]:
            raise refusal(f"'{head['scenario']}' has changed since this session was played.")
        at_start = {
            int(turn): [Direction.from_json(line) for line in lines] for turn, lines in head["at_start"].items()
        }
        began = {name: head[name] for name in ("seed", "run", "people", "policies", "is_paced")}
        return cls(
            loaded, inputs=[read_input(line) for line in inputs], until=head.get("until"), at_start=at_start, **began
        )


def read_input(line: str) -> Answer | Direction:
    """The answer or direction that a line of JSON says.

    >>> read_input('{"direct": "hold", "target": "cable", "value": null, "reason": "not yet"}').kind
    'hold'
    """
    return Direction.from_json(line) if "direct" in json.loads(line) else Answer.from_json(line)


def in_order(seats: Mapping[str, Any], model_inputs: ModelInputs) -> dict[str, Any]:
    """Seats in the order of the actors."""
    unknown = [code for code in seats if code not in model_inputs.index]
    if unknown:
        raise refusal(f"no actor '{unknown[0]}' takes part. {did_you_mean(unknown[0], model_inputs.actors)}")
    return {code: seats[code] for code in model_inputs.actors if code in seats}


def read_session(folder: Path) -> tuple[Loaded, Session]:
    """The scenario and the session that a folder of results keeps, played again from what was put in.

    InputError, with advice, when it is not as it was written, or the library has changed since.
    """
    manifest, path = store.read_manifest(folder), folder / store.SESSION
    loaded = store.read_scenario(folder, manifest)
    if loaded.digest != manifest["scenario"]["digest"]:
        raise damaged(folder, "the library has changed since this was played. Put scenarios/library/ back as it was.")
    try:
        session = Session.restore(path.read_text(encoding="utf-8").splitlines(), loaded)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise damaged(path, "damaged: it does not say what was put in.", store.ANEW) from None
    if not session.is_over:
        raise damaged(path, "damaged: what was put in ends before the exercise does.", store.ANEW)
    return loaded, session
