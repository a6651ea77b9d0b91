"""A room: one session, its log, and who may do what in it. It knows no page and no network.

State is the fold of the log's inputs. An input is tried on the session first, is then on disk, and only then is it
answered for; what could not be written is taken back. The exercise knows no wall clock: the room's clock is for people,
and nothing happens when it runs out.
"""

import hashlib
import itertools
import json
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sim.errors import refusal
from sim.live.log import Kept, Log, Move, Person
from sim.model.decisions import Address, Answer, Decision, answer_to
from sim.model.steps import STEPS
from sim.model.steps.control import Direction
from sim.output.narrative.hot_wash import Round, rounds_of, stances_of
from sim.phrases import Names
from sim.scenario import Loaded
from sim.session import PERSON, Session, read_input

LONGEST_CLOCK = 1440  # minutes
PRESENT_SECONDS = 20  # since a page was last asked for or heard from
MOST_LETTERS = 4000  # of a note, a move or a reason
NOT_OPEN = "This is not open any more"
CODE_LENGTH = 5
EVERYBODY, CONTROL = "all", "control"
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that is taken for another
Finish = Callable[[Session, "Room"], Path]


@dataclass(frozen=True)
class Picture:
    """A chart as an SVG, and the words that stand in for it."""

    svg: str
    title: str
    alt: str

    @property
    def key(self) -> str:
        """Letters and digits that stand for this picture and no other."""
        return hashlib.blake2b(self.svg.encode(), digest_size=8).hexdigest()


@dataclass(frozen=True)
class Sent:
    """What somebody sends from a seat: the choices by the id of each decision, why, and how sure they are.

    digests : by the id of each decision, what was open when it was answered; sure : per cent, or None
    """

    choices: Mapping[str, Sequence[str]]
    digests: Mapping[str, str]
    rationale: str = ""
    sure: int | None = None


class Room:
    """One exercise with people around it.

    Parameters
    ----------
    loaded : sim.scenario.Loaded
    log : Log, new or of an exercise that goes on
    seed : int, of a new one
    policies : dict of code to name of a policy, of a new one
    finish : callable (session, room) -> path, keeps the results once the exercise is over

    Attributes
    ----------
    listeners : callables, each called whenever there is something new to see
    number : int, one more whenever there is something new to see for control, who sees everything
    group : str, its name where several groups play beside one another; else ""
    """

    def __init__(
        self, loaded: Loaded, log: Log, seed: int = 1, policies: Mapping[str, str] | None = None,
        finish: Finish | None = None,
    ) -> None:  # fmt: skip
        self.loaded, self.log, self.finish, self.names = loaded, log, finish, Names(loaded)
        self.lock, self.listeners = threading.RLock(), list[Callable[[], None]]()
        self.number, self.news = 0, Counter[str]()  # of each seat, and of everybody
        self._seen: dict[int, float] = {}
        began = log.fact("began")
        if began is None:
            began = {"scenario": loaded.name, "digest": loaded.digest, "seed": seed, "policies": dict(policies or {})}
            log.keep_fact("began", began)
            log.keep_fact("code", "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH)))
        if began["scenario"] != loaded.name:
            raise refusal(f"this exercise is of '{began['scenario']}', not of '{loaded.name}'.")
        if began["digest"] != loaded.digest:
            raise refusal(f"'{loaded.name}' has changed since this exercise began. Put it back, or begin a new one.")
        self.seed, self.policies = began["seed"], began["policies"]
        self.group: str = log.fact("group", "")
        self.session = self._folded()

    def _folded(self, before: int | None = None) -> Session:
        """The session that follows from the inputs, or from those before one of them."""
        inputs = [read_input(kept.payload) for kept in self.log.inputs() if before is None or kept.number < before]
        return Session(
            self.loaded, self.seed, policies=self.policies, inputs=inputs, is_paced=True, until=0, baseline=False
        )

    @property
    def stage(self) -> tuple[int, int]:
        """Where the exercise stands, as numbers that grow: the turn, and the step in it."""
        return self.session.turn, len(STEPS) if self.session.is_between_turns else self.session.world.step

    # ------------------------------------------------------------------------------------------- who is here

    @property
    def code(self) -> str:
        """The short code to join with."""
        return self.log.fact("code", "")

    @cached_property
    def seats(self) -> list[str]:
        """Codes of the seats that somebody may take: actors with a brief first, then the others."""
        inputs, own = self.session.model_inputs, self.loaded.scenario.actors
        codes = [code for code in inputs.actors if code not in inputs.bodies or inputs.is_state[inputs.index[code]]]
        return sorted(codes, key=lambda code: not (code in own and own[code].brief))

    @cached_property
    def takes_part(self) -> dict[str, tuple[int, int]]:
        """The first and the last turn in which each seat's actor takes part."""
        inputs = self.session.model_inputs
        turns = {code: inputs.takes_part[:, inputs.index[code]].nonzero()[0] + 1 for code in self.seats}
        return {code: (int(own[0]), int(own[-1])) for code, own in turns.items()}

    def is_here(self, seat: str) -> bool:
        """Whether a seat's actor takes part now."""
        first, last = self.takes_part[seat]
        return first <= max(self.session.turn, 1) <= last

    def holders(self, seat: str) -> list[Person]:
        """Who holds a seat; the first speaks for it."""
        return self.log.holders(seat)

    def speaks(self, person: Person, seat: str) -> bool:
        """Whether somebody speaks for a seat; the others who hold it give their view."""
        held_by = self.holders(seat)
        return bool(held_by) and held_by[0].id == person.id

    def see(self, person: Person) -> None:
        """Take note that somebody's page is open."""
        self._seen[person.id] = time.monotonic()

    def news_for(self, person: Person) -> int:
        """A number that grows whenever there is something new for somebody to see, and says nothing of anybody else."""
        if person.role not in ("player", "screen"):
            return self.number
        return self.news[EVERYBODY] + sum(self.news[seat] for seat in person.seats)

    def is_present(self, person: Person) -> bool:
        """Whether somebody's page was heard from of late."""
        return time.monotonic() - self._seen.get(person.id, -1e9) < PRESENT_SECONDS

    def is_code(self, code: str) -> bool:
        """Whether it is the short code to join with, however it is written."""
        return code.strip().upper() == self.code

    def join(self, name: str, code: str) -> str:
        """Somebody new comes in with the short code: the token of their link."""
        if not self.is_code(code):
            raise refusal("that is not the code of this exercise. It stands on the shared screen.")
        if not name.strip():
            raise refusal("please give a name, so that others know who sits where.")
        with self._changing(CONTROL):
            return self.log.admit(self._told_apart(name.strip()[:60]), "player")

    def _told_apart(self, name: str) -> str:
        """The name, with a number where somebody has it already."""
        taken = {person.name for person in self.log.people()}
        return next(one for k in itertools.count(1) if (one := name if k == 1 else f"{name} ({k})") not in taken)

    def sit(self, person: Person, seat: str, by: str = "") -> None:
        """Somebody takes a seat, which from now on waits for its people."""
        if seat not in self.seats:
            raise refusal(f"there is no seat '{seat}' in this exercise.")
        if self.session.turn > self.takes_part[seat][1]:
            raise refusal(f"{self.names.actor(seat)} takes part no longer. Take another seat.")
        with self._changing():
            if not self.session.is_over and seat not in self.session.people:
                self._direct(Direction("seat", seat, PERSON, f"{person.name} sits down"), by or person.name)
            self.log.sit(person.id, seat)

    def stand_up(self, person: Person, seat: str) -> None:
        """Somebody leaves a seat; it goes on waiting for people until control hands it over."""
        with self._changing():
            self.log.stand_up(person.id, seat)
            self.news[EVERYBODY] += self.news[seat]  # what it has counted so far is not counted twice, nor lost

    def revoke(self, person_id: int) -> None:
        """Somebody's link is good no more."""
        with self._changing():
            self.log.revoke(person_id)

    # ------------------------------------------------------------------------------------------- what is put in

    def submit(self, seat: str, person: Person, sent: Sent, source: str = "person") -> list[str]:
        """Take what is sent from a seat, decision by decision.

        Returns
        -------
        list of str, advice on each that could not be taken; what could be is on disk
        """
        advice = []
        with self._changing(seat):
            opened = {decision.id: decision for decision in self.session.open_decisions(seat)}
            opened |= {decision.id: decision for decision in self.answered(seat)}
            for number, choice in sent.choices.items():
                refused = self._answer(opened.get(number), number, tuple(choice), person, sent, source)
                advice += [refused] if refused else []
        return advice

    def _answer(
        self, decision: Decision | None, number: str, choice: tuple[str, ...], person: Person, sent: Sent, source: str
    ) -> str | None:
        """Take one answer; or why it cannot be taken."""
        if decision is None:
            return f"{NOT_OPEN}: {number}. What you had chosen is kept in your draft."
        answer = Answer(*decision.address, choice, sent.digests.get(number, decision.digest))
        before, void = len(self.session.inputs), len(self.session.void)
        self.session.take(answer)
        if len(self.session.void) > void:
            return self.session.void[-1].why
        suggested = ",".join(decision.default)
        envelope = {"rationale": sent.rationale, "sure": sent.sure, "suggested": suggested}
        self._keep(self.session.inputs[before:], decision.turn, person.name, source, envelope)
        return None

    def answered(self, seat: str) -> list[Decision]:
        """What a seat has answered at this stop, and may still answer otherwise until control closes it."""
        return [
            decision
            for address, decision in self.session.asked.items()
            if decision.actor == seat and address in self.session.pending
        ]

    # ------------------------------------------------------------------------------------------- views, and moves

    def is_sealed(self, seat: str) -> bool:
        """Whether the scenario keeps the views in a seat from all others until the seat has answered."""
        own = self.loaded.scenario.actors.get(seat)
        return bool(own and own.sealed)

    def give_view(self, seat: str, person: Person, sent: Sent) -> list[str]:
        """Keep what one of several who hold a seat would answer; it decides nothing.

        Returns
        -------
        list of str, advice on each view that was not kept
        """
        with self._changing(seat):
            asked = {decision.id: decision for decision in self.session.asked.values() if decision.actor == seat}
            given = [
                self._view(asked.get(number), number, choice, person, sent) for number, choice in sent.choices.items()
            ]
        return [advice for advice in given if advice]

    def _view(
        self, decision: Decision | None, number: str, choice: Sequence[str], person: Person, sent: Sent
    ) -> str | None:
        if decision is None:
            return f"{NOT_OPEN}: {number}. What you had chosen is kept in your draft."
        if self.is_sealed(decision.actor) and decision.address in self.session.pending:
            return "The seat has answered: the views are open, and stand as they were given."
        try:
            view = answer_to(decision, choice)
        except ValueError as advice:
            return str(advice)
        self.log.add(view.to_json(), decision.turn, person.name, "view", sent.rationale, sent.sure)
        return None

    def views(self) -> dict[Address, dict[str, Kept]]:
        """What each of several who hold a seat would answer, or would have: by what it answers, and by name."""
        views: dict[Address, dict[str, Kept]] = {}
        for kept in self.log.views():
            views.setdefault(Answer.from_json(kept.payload).address, {})[kept.person] = kept
        return views

    def rounds(self) -> list[Round]:
        """How the people in each seat stood, and the seats together, as far as it was said."""
        stances = stances_of((kept.row for kept in self.log.inputs()), (kept.row for kept in self.log.views()))
        return rounds_of(stances, self.loaded)

    def move(self, seat: str, text: str, person: Person) -> None:
        """A seat does something in its own words, which control adjudicates; twice in a row it is once."""
        if not text.strip():
            raise refusal("say in a few words what you do.")
        said = self.session.turn, person.name, seat, text.strip()[:MOST_LETTERS]
        with self._changing(seat):
            if said not in [(move.turn, move.person, move.seat, move.text) for move in self.log.moves()[-1:]]:
                self.log.move(*said)

    def adjudicate(self, number: int, effect: Mapping[str, Any] | None, reason: str, person: str) -> None:
        """Control says what comes of a move: an effect as `set` has it, or none; and why, which the seat reads."""
        with self._changing():
            move = next((move for move, ruling in self.moves() if move.number == number and ruling is None), None)
            if move is None:
                raise refusal(f"there is no move {number} that waits for you.")
            if not reason.strip():
                raise refusal("say why: the seat reads it, and it stands in the record.")
            value = {"number": number, "move": move.text} | ({"set": effect} if effect else {})
            self._direct(Direction("adjudicate", move.seat, value, reason.strip()), person)

    def moves(self, *seats: str) -> list[tuple[Move, dict[str, Any] | None]]:
        """Moves in seats' own words, of some seats or of all, each with control's direction on it, or None."""
        moves = self.log.moves()
        if not moves:
            return []
        directed = [json.loads(kept.payload) for kept in self.log.inputs() if kept.source == "control"]
        rulings = {given["value"]["number"]: given for given in directed if given.get("direct") == "adjudicate"}
        return [(move, rulings.get(move.number)) for move in moves if not seats or move.seat in seats]

    def direct(self, direction: Direction, person: str) -> None:
        """Do what control directs; InputError where it cannot be done."""
        with self._changing():
            self._direct(direction, person)

    def _direct(self, direction: Direction, person: str) -> None:
        turn = self.session.turn
        self.session.direct(direction)
        self._keep([direction], turn, person, "control", {"rationale": direction.reason})

    def _keep(
        self, given: Sequence[Answer | Direction], turn: int, person: str, source: str, envelope: Mapping
    ) -> None:
        try:
            for one in given:
                self.log.add(one.to_json(), turn, person, source, **envelope)
        except Exception:
            self.session = self._folded()
            raise

    def go_on(self, person: str, stage: str = "") -> None:
        """Go on from where whoever asks for it saw the exercise stand, or from wherever it stands."""
        with self._changing():
            if stage not in ("", str(self.stage)):
                raise refusal("the exercise has gone on meanwhile. Look where it stands before you go on again.")
            self._direct(Direction("proceed"), person)

    def go_back(self, number: int, because: str) -> None:
        """Go back before an input; what followed is kept, and stands no more."""
        with self._changing():
            if number not in {kept.number for kept in self.log.inputs()}:
                raise refusal(f"there is no input {number} to go back before.")
            self.log.leave_from(number, because or "control went back")
            self.session = self._folded()

    # ------------------------------------------------------------------------------------------- the clock for people

    def set_clock(self, minutes: float) -> None:
        """So many minutes from now, for everybody to see; or from when a pause ends."""
        if not 0 <= minutes <= LONGEST_CLOCK:
            raise refusal(f"the clock runs for 0 to {LONGEST_CLOCK} minutes.")
        with self._changing():
            clock = self.log.fact("clock") or {"left": None, "why": ""}
            stands = clock["left"] is not None  # and goes on standing
            given = (
                {"ends": None, "left": 60 * minutes} if stands else {"ends": time.time() + 60 * minutes, "left": None}
            )
            self.log.keep_fact("clock", clock | given)

    def pause(self, why: str = "", stands: bool | None = None) -> None:
        """Stop the clock, or let it run on: while it stands everybody sees why.

        stands : whether it stood for whoever asks for it; where it does otherwise by now, nothing changes
        """
        with self._changing():
            clock = self.log.fact("clock") or {"ends": None, "left": None, "why": ""}
            if stands is not None and stands != (clock["left"] is not None):
                return
            if clock["left"] is None:
                left = max(clock["ends"] - time.time(), 0) if clock["ends"] else 0
                clock = {"ends": None, "left": left, "why": why or "control has paused the exercise"}
            else:
                clock = {"ends": time.time() + clock["left"] if clock["left"] else None, "left": None, "why": ""}
            self.log.keep_fact("clock", clock)

    def clock(self) -> dict[str, Any]:
        """The clock: seconds left or None, whether it stands, and why."""
        clock = self.log.fact("clock") or {"ends": None, "left": None, "why": ""}
        stands = clock["left"] is not None
        left = clock["left"] if stands else clock["ends"] and max(clock["ends"] - time.time(), 0)
        return {"left": None if left is None else round(left), "stands": stands, "why": clock["why"]}

    # ------------------------------------------------------------------------------------------- words and the end

    def note(self, sender: str, receiver: str, text: str, person: str) -> None:
        """Pass a note between seats, control, and all; twice in a row it is once."""
        if not text.strip():
            raise refusal("the note is empty.")
        said = self.session.turn, person, sender, receiver, text.strip()[:MOST_LETTERS]
        with self._changing(sender, receiver):
            last = self.log.notes()[-1:]
            if said not in [(one.turn, one.person, one.sender, one.receiver, one.text) for one in last]:
                self.log.note(*said)

    def rate(self, objective: str, rating: str, text: str) -> None:
        """Control rates how an objective was met."""
        with self._changing(CONTROL):
            self.log.rate(objective, rating, text)

    def settings(self) -> dict[str, Any]:
        """What control has set: whether seats see what the model would do, whether the debrief is open, the chart."""
        return {"shows_model": False, "debrief": False, "chart": ""} | (self.log.fact("settings") or {})

    def set(self, **settings: object) -> None:
        """Set what seats and the shared screen show."""
        with self._changing():
            self.log.keep_fact("settings", self.settings() | settings)

    def show_picture(self, picture: Picture | None) -> None:
        """Show a picture on the shared screen, or take the one off that is there."""
        with self._changing():
            self.log.keep_fact("picture", picture and asdict(picture))

    def picture(self) -> Picture | None:
        """The picture that control shows on the shared screen."""
        shown = self.log.fact("picture")
        return Picture(**shown) if shown else None

    def results(self) -> Path | None:
        """The folder of results, once control has asked for them."""
        folder = self.log.fact("results")
        return Path(folder) if folder else None

    def keep_results(self) -> Path:
        """Keep the results of the exercise, which is over."""
        if not self.session.is_over:
            raise refusal("the exercise is not over yet.")
        if self.finish is None:
            raise refusal("this room keeps no results.")
        path = self.finish(self.session, self)
        with self._changing():
            self.log.keep_fact("results", str(path))
        return path

    def moment(self, before: int | None = None) -> Session:
        """The exercise as it stands, or as it stood before an input: a session that nobody else plays in."""
        if before is None:
            with self.lock:
                return self.session.twin()
        if before not in {kept.number for kept in self.log.inputs()}:
            raise refusal(f"there is no input {before} to look from.")
        return self._folded(before)

    def history(self) -> list[Kept]:
        """All that was put in and stands, in order."""
        return self.log.inputs()

    @contextmanager
    def _changing(self, *whom: str) -> Iterator[None]:
        """Nobody else changes the room meanwhile; then there is something new to see, for some or for everybody."""
        with self.lock:
            try:
                yield
            finally:
                self.number += 1
                self.news.update(whom or (EVERYBODY,))
                for listener in self.listeners:
                    listener()
