"""An exercise that was played, as its folder keeps it: the record, what people decided, and how it went turn by turn.

It is played again from what is kept, so that what each seat saw need not be.
"""

import contextlib
import csv
import datetime
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import Diagnostic, InputError, did_you_mean
from sim.model.decisions import Answer, Decision
from sim.model.steps.control import Direction
from sim.output.narrative.decisions import option_words, question
from sim.phrases import Names
from sim.policies.policy import Script
from sim.record import store
from sim.record.reading import check_digest, damaged, read_json
from sim.record.record import Record
from sim.scenario import Loaded
from sim.session import Session, read_input


@dataclass(frozen=True)
class Played:
    """A run as its folder keeps it.

    folder : Path; loaded : the scenario; record : Record; manifest : dict; turns : Session as it stood at the end of
    each turn, none where the exercise does not play again as it was; log : dicts of column to text, all that people
    chose and control directed; ratings : objective to (rating, words), by people; notes, moves : dicts of column
    to text, who wrote what to whom, and what seats did in their own words
    """

    folder: Path
    loaded: Loaded
    record: Record
    manifest: dict
    turns: tuple[Session, ...]
    log: tuple[dict, ...]
    ratings: dict[str, tuple[str, str]]
    notes: tuple[dict, ...] = ()
    moves: tuple[dict, ...] = ()

    @property
    def name(self) -> str:
        """Which exercise it was: the scenario's name, and when it was kept."""
        return f"{self.loaded.name}-{datetime.datetime.fromisoformat(self.manifest['started']):%Y-%m-%d-%H%M%S}"

    @property
    def decisions(self) -> list[dict]:
        """What people chose in their seats, without what control went back before."""
        return [row for row in self.log if row.get("seat") and not row.get("left_because")]

    @property
    def seats(self) -> list[str]:
        """Codes of the seats that people held."""
        return sorted({row["seat"] for row in self.decisions} | set(self.manifest.get("seats") or ()))


def is_result(path: Path) -> bool:
    """Whether a path is a run's folder."""
    return path.is_dir() and (path / store.MANIFEST).exists()


def read_played(folder: Path) -> Played:
    """A run of one exercise from its folder; InputError when it is no such folder, or not as it was written."""
    manifest = store.read_manifest(folder)
    path = folder / "record.json"
    if not path.exists():
        raise damaged(folder, "there is no record of one exercise here: papers after are of one run, not of many.")
    loaded = store.read_scenario(folder, manifest)
    check_digest(path, (manifest.get("files") or {}).get(path.name), store.ANEW)
    with _as_written(path):
        record = Record.from_dict(read_json(path, store.ANEW))
    answers = _answers(folder / "actions.jsonl")
    turns = _played_again(folder, loaded, record, manifest, answers)
    rows = rows_of(folder / "decisions.csv") or [_row(answer) for answer in answers]
    log, ratings = _timed(_in_words(rows, turns, loaded)), _ratings(folder / "ratings.csv", loaded.scenario)
    notes, moves = (tuple(rows_of(folder / name)) for name in ("notes.csv", "moves.csv"))
    return Played(folder, loaded, record, manifest, turns, tuple(log), ratings, notes, moves)


@contextlib.contextmanager
def _as_written(path):
    """What a file lacks, or has too much of, as advice."""
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise damaged(path, "damaged: it does not say what was written.", store.ANEW) from error


def rows_of(path: Path) -> list[dict]:
    """The rows of a table by the names of its columns; none where there is no such file."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _ratings(path, scenario):
    """What people rated, by objective; InputError, row by row, where it is no mark of the scale or no objective."""
    found, faults = {}, []
    known, marks = [one.id for one in scenario.objectives], list(scenario.ratings)
    for number, row in enumerate(rows_of(path), start=2):
        name, rating = (row.get("objective") or "").strip(), (row.get("rating") or "").strip()
        if name not in known:
            faults.append(Diagnostic(str(path), number, 1, f"no objective '{name}'. {did_you_mean(name, known)}"))
        elif rating and rating not in marks:
            faults.append(Diagnostic(str(path), number, 1, f"'{rating}' is no mark of the scale: {', '.join(marks)}."))
        found[name] = rating, (row.get("text") or "").strip()
    if faults:
        raise InputError(faults)
    return found


def _lines(path):
    """The lines of a file that say anything; none where there is no such file."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [line for line in text.splitlines() if line.strip()]


def _answers(path):
    with _as_written(path):
        return [Answer.from_json(line) for line in _lines(path)]


def _row(answer):
    """An answer as a row of a room's log."""
    return {"turn": str(answer.turn), "seat": answer.actor, "kind": answer.kind, "subject": answer.subject or "",
            "choice": ",".join(answer.choice)}  # fmt: skip


# ----------------------------------------------------------------------------------------------------- played again


def _played_again(folder, loaded, record, manifest, answers) -> tuple[Session, ...]:
    """The exercise at the end of each turn, if it plays again as it was; else none."""
    path = folder / store.SESSION
    kept = _lines(path)
    with _as_written(path):
        inputs = [read_input(line) for line in kept[1:]]
        try:
            again = _in_a_room(kept[0], loaded) if kept else _without_a_room(loaded, record, manifest, answers)
        except InputError:  # the scenario or the library has changed since
            return ()
    turns = tuple(_ends(again, inputs, record.turns))
    told = [event.to_dict() for event in turns[-1].events] if turns else []
    return turns if told == [event.to_dict() for event in record.events] else ()


def _in_a_room(head, loaded):
    return Session.restore([json.dumps({**json.loads(head), "until": 0})], loaded)


def _without_a_room(loaded, record, manifest, answers):
    at_start: dict[int, list[Direction]] = {}
    for words in manifest.get("releases") or ():
        name, _, turn = words.partition("@")
        at_start.setdefault(int(turn or 1), []).append(Direction("release", name))
    return Session(
        loaded, record.seed, record.run, policies=manifest.get("policies") or None, until=0, at_start=at_start,
        script=Script(answers, strict=False),
    )  # fmt: skip


def _ends(session: Session, inputs: Sequence[Answer | Direction], turns: int) -> Iterator[Session]:
    """The session at the end of each turn, as a twin, as far as the inputs go."""
    left = iter(inputs)
    for turn in range(1, turns + 1):
        if not session.is_paced:
            session.play_to(turn)
        while not (session.turn == turn and session.is_between_turns):
            given = next(left, None)
            if given is None:
                return
            session.take(given)
        yield session.twin()


# ------------------------------------------------------------------------------------------------------ in words


def _in_words(rows, turns, loaded):
    """Decisions with their questions, their options and what was chosen in words, as far as that is known."""
    seen: dict[Any, Decision] = {decision.address: decision for one in turns[-1:] for decision, _ in one.decided}
    names = Names(loaded)
    return [_said(row, seen.get(_address(row)), names) for row in rows]


def _timed(rows):
    """Rows with the time that each answer took, where a room's clock was kept: since control last went on."""
    opened = None
    for row in rows:
        at = datetime.datetime.fromisoformat(row["at"]) if row.get("at") else None
        taken = at - opened if at and opened and row.get("seat") else None
        yield row if taken is None else {**row, "taken": _duration(taken)}
        opened = at if row.get("kind") == "proceed" else opened


def _duration(taken):
    """A time in minutes, or in seconds where it is short.

    >>> _duration(datetime.timedelta(seconds=40)), _duration(datetime.timedelta(minutes=7, seconds=40))
    ('40 s', '8 min')
    """
    seconds = taken.total_seconds()
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def _address(row):
    turn = row.get("turn") or ""
    return int(turn) if turn.isdigit() else 0, row.get("seat"), row.get("kind"), row.get("subject")


def _said(row, decision, names):
    if decision is None:
        return {**row, "chosen": row.get("choice") or "nothing"}
    words = option_words(decision, names)
    return {
        **row,
        "asked": question(decision, names),
        "options": "; ".join(words.values()),
        "chosen": "; ".join(words.get(one, one) for one in row["choice"].split(",") if one) or "nothing",
        "model": "; ".join(words.get(one, one) for one in decision.default) or "nothing",
    }


def events_of(row: dict, record: Record) -> tuple[int, ...]:
    """Numbers of the events that an answer can be seen in: those of its seat in its turn, about what it was about."""
    subject = row.get("subject") or ""
    about = {subject, subject.split("/")[0]}
    return tuple(
        event.seq
        for event in record.in_turn(int(row["turn"]) if row.get("turn", "").isdigit() else -1)
        if event.actor == row.get("seat")
        and (
            about & {event.incident, event.payload.get("inject"), event.payload.get("project")}
            or not event.incident
            and subject == "next"
        )
    )
