"""Who chooses for whom, and what control releases: all that was named at the terminal, checked together.

Among it are files of answers: one JSON line for each answer of a seat, as a run keeps them in `actions.jsonl`.
"""

import json
import shlex
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim.cli.options import RunOptions
from sim.errors import Diagnostic, InputError, did_you_mean, refusal
from sim.letters import whole
from sim.model.decisions import KINDS, Answer, legal_choice
from sim.model.inputs import turn_of
from sim.model.msel import ARMED, first_status
from sim.model.steps.control import Direction
from sim.policies.policy import Script
from sim.policies.seating import Assigned, participants_of, place_fault
from sim.record.store import read_manifest
from sim.scenario import Loaded
from sim.text_files import ACTIONS, file_lines

FIELDS = {"turn": int, "actor": str, "kind": str, "subject": str, "choice": list, "options": str}
OPTIONAL = {"options"}
CONSULT = {"position", "call"}  # open before any text lies under silence; all else stands on the sheet, after
SHEET = 9


class SeatAssignments:
    """What --seat, --policy, --release and --actions come to; InputError with everything wrong with them at once.

    `people` are the codes of the seats at the terminal, each once, `policies` names of policies by code, `at_start`
    what control directs as each turn begins, and `files` the answers given, or None.
    """

    def __init__(self, options: RunOptions, loaded: Loaded) -> None:
        self.options, self.loaded = options, loaded
        self.people = tuple(dict.fromkeys(options.seats))
        assigned = Assigned(options.policies, loaded)
        self.policies = assigned.by_code
        self.at_start, unreleased = _releases(options.releases, loaded.scenario)
        faults = [*self._seat_faults(), *assigned.faults, *unreleased, *self._run_faults()]
        if faults:
            raise refusal(*faults)
        self.files = None
        if options.actions:
            self.files = AnswerFiles(
                options.actions, loaded, participants_of(loaded), options.seed, options.allow_changes
            )

    def _seat_faults(self):
        for code in self.people:
            if fault := place_fault(code, self.loaded):
                yield f"--seat {code}: {fault}"
            elif code in self.policies and f"{code}={self.policies[code]}" in self.options.policies:
                yield f"--policy {code}={self.policies[code]}: somebody sits in this seat (--seat {code}). Keep one."

    def _run_faults(self):
        if self.options.runs > 1 and (self.people or self.options.actions):
            option = "--seat" if self.people else "--actions"
            yield f"{option}: people play one exercise at a time. Leave out --runs or {option}."
        if self.options.runs > 1 and self.options.releases:
            yield "--release: control runs one exercise at a time. Leave out --runs or --release."

    def brief(self, code):
        """What a seat should know and want; empty where the scenario does not say."""
        override = self.loaded.scenario.actors.get(code)
        return (override and override.brief) or ""

    def resuming(self, answers):
        """The command that goes on from kept answers."""
        words = ["oceans", "run", self.options.scenario, "--seed", str(self.options.seed)]
        for code in self.people:
            words += ["--seat", code]
        for given in self.options.policies:
            words += ["--policy", given]
        for given in self.options.releases:
            words += ["--release", given]
        return shlex.join([*words, "--actions", str(answers)])


def _releases(given, scenario):
    """What control releases, each given as `ID` (in turn 1) or `ID@TURN`: by turn the directions as it begins, as a
    `Session` takes them, and everything wrong with them."""
    at_start, faults, first = {}, [], {}
    for words in dict.fromkeys(given):
        name, _, written = words.partition("@")
        turn = whole(written) if "@" in words else 1
        fault = _release_fault(name, turn, scenario)
        if not fault and name in first:
            fault = f"it is released already (--release {first[name]}). Keep one."
        if fault:
            faults.append(f"--release {words}: {fault}")
            continue
        first[name] = words
        at_start[turn] = (*at_start.get(turn, ()), Direction("release", name))
    return at_start, faults


def _release_fault(name, turn, scenario):
    turns, injects = scenario.calendar.turns, {inject.id: inject for inject in scenario.injects}
    if name not in injects:
        return f"there is no inject '{name}'. {did_you_mean(name, injects)}".rstrip()
    if turn is None or not 1 <= turn <= turns:
        return f"write it as ID@TURN, with a turn from 1 to {turns}."
    planned = turn_of(injects[name], scenario)
    comes_by_itself = first_status(injects[name]) == ARMED and injects[name].when is None
    if comes_by_itself and planned < turn:
        return f"it comes by itself in turn {planned}. Give an earlier turn, or leave this out."
    return None


# -------------------------------------------------------------------------------------------------- files of answers


@dataclass(frozen=True)
class Line:
    """One answer and where it is written."""

    path: Path
    number: int
    source: str
    answer: Any = None  # the Answer, once it is known to be one

    def fault(self, message):
        """A fault in this line."""
        return Diagnostic(str(self.path), self.number, 1, message, self.source, len(self.source))


class AnswerFiles(Script):
    """The answers of one file or several, each with its line; InputError with every fault of every file at once.

    They are given to a run with this seed and these participants. An answer that is not legal is refused with its line;
    where they are lenient, answers that no longer fit are left out instead.
    """

    def __init__(
        self, paths: Iterable[Path], loaded: Loaded, participants: Collection[str], seed: int, is_lenient: bool = False
    ) -> None:
        faults = [] if is_lenient else [fault for path in paths for fault in _other_run(path, loaded, seed)]
        self.lines = []
        for line in (line for path in paths for line in _lines(path)):
            wrong = _faults(line.source, participants, loaded.scenario.calendar.turns)
            faults += map(line.fault, wrong)
            if not wrong:
                self.lines.append(replace(line, answer=Answer.from_json(line.source)))
        faults += self._given_twice()
        if faults:
            raise InputError(faults)
        super().__init__([line.answer for line in self.lines], strict=not is_lenient)
        self.by_address = {line.answer.address: line for line in self.lines}

    def _given_twice(self):
        first = {}
        for line in self.lines:
            earlier = first.setdefault(line.answer.address, line)
            if earlier is not line:
                yield line.fault(f"this is answered already in {earlier.path}, line {earlier.number}. Keep one.")

    def take(self, decision):
        """The ids that are written for a decision, or None; InputError with the line where they do not fit."""
        choice = super().take(decision)
        if choice is None or not self.strict:
            return choice
        line = self.by_address[decision.address]
        if line.answer.options and line.answer.options != decision.digest:
            raise InputError([line.fault("what could be chosen has changed since this was answered.")])
        try:
            return legal_choice(decision, choice)
        except ValueError as advice:
            raise InputError([line.fault(str(advice))]) from None

    def refuse(self, decision, why):
        """InputError with the line of what is answered to a decision; where misfits are left out, nothing."""
        if self.strict:
            raise InputError([self.by_address[decision.address].fault(why)])

    def check_all_asked(self, open_now=(), people=()):
        """InputError for answers that no decision has called for.

        What lies ahead of the decisions that people, in these seats, are asked now is left out. With none open, it is
        over.
        """
        late = self.missed(open_now, people)
        if late and self.strict:
            raise InputError([line.fault(_never_asked(line.answer)) for line in late])

    def missed(self, open_now=(), people=()):
        """Lines that no decision has called for, though what they answer has passed or is not open where it should."""
        unasked, now = set(self.unasked), {decision.address for decision in open_now}
        late = [line for line in self.lines if line.answer in unasked and line.answer.address not in now]
        if not open_now:
            return late
        here = _when(open_now[0])
        return [
            line
            for line in late
            if _when(line.answer) < here or (_when(line.answer) == here and line.answer.actor in people)
        ]


def _other_run(path, loaded, seed):
    """Faults of a file that was kept by another run, as far as there is a sound manifest beside it to tell."""
    try:
        facts = read_manifest(Path(path).parent)
    except InputError:
        return
    differs = []
    if facts["seed"] != seed:
        differs.append(f"these answers were given under seed {facts['seed']}. Give --seed {facts['seed']}.")
    if facts["scenario"]["digest"] != loaded.digest:
        differs.append(f"'{loaded.name}' is not the scenario that they were given to, or was edited.")
    for words in differs:
        consent = "Or use them all the same, leaving out what no longer fits: --allow-changes."
        yield Diagnostic(str(path), 0, 0, f"{words} {consent}")


def _when(answer):
    return answer.turn, step_of(answer)


def step_of(answer):
    """Where in its turn what is answered is open, as a number that grows: for a text under silence, its round.

    >>> step_of(Answer(1, "JPN", "silence", "grid/nac#2", ("accept",)))
    2
    """
    if answer.kind == "silence":
        attempt = answer.subject.rpartition("#")[2]
        return int(attempt) if attempt in ("1", "2", "3") else 3
    return 0 if answer.kind in CONSULT else SHEET


def _never_asked(answer):
    asked = f"{answer.actor} is never asked this in turn {answer.turn} ({answer.kind}, {answer.subject})."
    return f"{asked} Give the scenario, the seed and the seats of the run that kept this file."


def _lines(path) -> list[Line]:
    return [
        Line(path, number, source) for number, source in enumerate(file_lines(path, ACTIONS), start=1) if source.strip()
    ]


def _faults(source, participants, turns):
    try:
        answer = json.loads(source)
    except (ValueError, RecursionError) as error:
        return [f"this is not JSON: {getattr(error, 'msg', error)}."]
    if not isinstance(answer, dict):
        return ["an answer is a table: turn, actor, kind, subject, choice."]
    faults = [f"unknown field '{name}'. {did_you_mean(name, FIELDS)}" for name in answer if name not in FIELDS]
    faults += [f"'{name}' is missing." for name in FIELDS if name not in answer and name not in OPTIONAL]
    for name, kind in FIELDS.items():
        if name in answer and (not isinstance(answer[name], kind) or isinstance(answer[name], bool)):
            faults.append(f"'{name}' is {json.dumps(answer[name])}, not {_kinds(kind)}.")
    return faults or _meaning_faults(answer, participants, turns)


def _kinds(kind):
    return {int: "a whole number", str: "text", list: "a list"}[kind]


def _meaning_faults(answer, participants, turns):
    faults = []
    if not 1 <= answer["turn"] <= turns:
        faults.append(f"there is no turn {answer['turn']}: the exercise has turns 1 to {turns}.")
    if answer["actor"] not in participants:
        faults.append(f"'{answer['actor']}' does not take part. {did_you_mean(answer['actor'], participants)}")
    if answer["kind"] not in KINDS:
        faults.append(f"nobody is asked for a '{answer['kind']}'. {did_you_mean(answer['kind'], KINDS)}")
    if not all(isinstance(item, str) for item in answer["choice"]):
        faults.append("'choice' is a list of option names.")
    return faults
