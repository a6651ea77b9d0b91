"""Files of answers: one JSON line for each answer of a seat, as a run keeps them in `actions.jsonl`."""

import json
from dataclasses import dataclass
from pathlib import Path

from sim.errors import Diagnostic, InputError, did_you_mean
from sim.model.decisions import KINDS, Answer, legal_choice
from sim.policies.policy import Script
from sim.record.store import read_manifest
from sim.text_files import ACTIONS, file_lines

FIELDS = {"turn": int, "actor": str, "kind": str, "subject": str, "choice": list, "options": str}
OPTIONAL = {"options"}
CONSULT = {"position", "call"}  # open before any text lies under silence; all else stands on the sheet, after
SHEET = 9


@dataclass(frozen=True)
class Line:
    """One answer and where it is written."""

    path: Path
    number: int
    source: str
    answer: Answer | None = None

    def fault(self, message):
        """A fault in this line."""
        return Diagnostic(str(self.path), self.number, 1, message, self.source, len(self.source))


class AnswerFiles:
    """The answers of one file or several, each with its line.

    Parameters
    ----------
    paths : paths of files
    loaded : sim.scenario.Loaded
    participants : codes of who takes part
    seed : int, of the run they are given to
    is_lenient : bool, whether answers that no longer fit are left out rather than refused

    Raises
    ------
    InputError
        with every fault of every file at once
    """

    def __init__(self, paths, loaded, participants, seed, is_lenient=False):
        self.paths, self.is_lenient = tuple(paths), is_lenient
        faults, self.lines = [], []
        if not is_lenient:
            faults += [fault for path in self.paths for fault in _other_run(path, loaded, seed)]
        for path in self.paths:
            for line in _lines(path):
                messages = _faults(line.source, participants, loaded.scenario.calendar.turns)
                faults += [line.fault(message) for message in messages]
                if not messages:
                    self.lines.append(Line(line.path, line.number, line.source, Answer.from_json(line.source)))
        faults += self._given_twice()
        if faults:
            raise InputError(faults)
        self.script = FileScript(self.lines, strict=not is_lenient)

    @property
    def actors(self):
        """Whose answers there are."""
        return self.script.actors

    def _given_twice(self):
        first = {}
        for line in self.lines:
            earlier = first.setdefault(line.answer.address, line)
            if earlier is not line:
                yield line.fault(f"this is answered already in {earlier.path}, line {earlier.number}. Keep one.")

    def refuse(self, decision, why):
        """InputError with the line of what is answered to a decision; where misfits are left out, nothing."""
        if not self.is_lenient:
            raise InputError([self.script.lines[decision.address].fault(why)])

    def check_all_asked(self, open_now=(), people=()):
        """InputError for answers that no decision has called for.

        Parameters
        ----------
        open_now : decisions that people are asked now; answers to what lies ahead are left out. Empty: it is over
        people : codes of the seats in which they sit
        """
        late = self.missed(open_now, people)
        if late and not self.is_lenient:
            raise InputError([line.fault(_never_asked(line.answer)) for line in late])

    def missed(self, open_now=(), people=()):
        """Lines that no decision has called for, though what they answer has passed or is not open where it should."""
        unasked, now = set(self.script.unasked), {decision.address for decision in open_now}
        late = [line for line in self.lines if line.answer in unasked and line.answer.address not in now]
        if not open_now:
            return late
        here = _when(open_now[0])
        return [
            line
            for line in late
            if _when(line.answer) < here or (_when(line.answer) == here and line.answer.actor in people)
        ]


class FileScript(Script):
    """The same answers as a script; an answer that is not legal is refused with its line.

    Parameters
    ----------
    lines : sequence of Line; strict : bool, as in `Script`
    """

    def __init__(self, lines, strict=True):
        super().__init__([line.answer for line in lines], strict)
        self.lines = {line.answer.address: line for line in lines}

    def take(self, decision):
        """The ids that are written for a decision, or None; InputError with the line where they do not fit."""
        choice = super().take(decision)
        if choice is None or not self.strict:
            return choice
        line = self.lines[decision.address]
        if line.answer.options and line.answer.options != decision.digest:
            raise InputError([line.fault("what could be chosen has changed since this was answered.")])
        try:
            return legal_choice(decision, choice)
        except ValueError as advice:
            raise InputError([line.fault(str(advice))]) from None


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
