"""An exercise that was played, as its folder keeps it: the record, what people decided, and how it went turn by turn.

It is played again from what is kept, so that what each seat saw need not be. What the record shows of how it went,
expectations met or missed, ratings proposed, sentences drafted, names the numbers of the events that it rests on, and
people confirm it; where there is no evidence, it says so.
"""

import contextlib
import csv
import datetime
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import fmean
from typing import Any

from sim.errors import Diagnostic, InputError, did_you_mean
from sim.model.decisions import Answer, Decision
from sim.model.steps.control import Direction
from sim.output.narrative.decisions import option_words, question
from sim.output.narrative.injects import Entry, run_sheet
from sim.phrases import Names, capital, count, listed, sentence
from sim.policies.policy import Script
from sim.record import store
from sim.record.reading import check_digest, damaged, read_json
from sim.record.record import Record
from sim.scenario import Loaded
from sim.session import Session, read_input

POOR, GOOD = 0.34, 0.66  # scores of a principle that are worth a sentence
MET, PARTLY, MISSED, NOT_TRIED = "met", "partly", "missed", "not tried"
WORTH = {MET: 1.0, PARTLY: 0.5, MISSED: 0.0}
ACTS = ("consultation_called", "evidence_shared", "response_decided", "project_proposed", "project_ended",
        "question_answered")  # fmt: skip
RULE = (
    "What is expected is written in words, which no program weighs: what is proposed says whether those who received "
    "the inject acted, and people say whether what they did was what was expected. Met: in the turn of its release at "
    "least half of them called a consultation, shared evidence, broke silence, or decided on a response or a project; "
    "partly: some did; missed: nobody did. Where an inject asks a question, its answers in time count alone; where it "
    "sets a deadline, whether that was kept. Seats that people held are counted, and others only where they held none."
)


@dataclass(frozen=True)
class Played:
    """A run as its folder keeps it; rows are dicts of column to text."""

    folder: Path
    loaded: Loaded
    record: Record
    manifest: dict
    turns: tuple[Session, ...]  # as it stood at the end of each; none where the exercise does not play again as it was
    log: tuple[dict, ...]  # rows of all that people chose and control directed
    ratings: dict[str, tuple[str, str]]  # by people: objective to (rating, words)
    notes: tuple[dict, ...] = ()  # rows: who wrote what to whom
    moves: tuple[dict, ...] = ()  # rows: what seats did in their own words

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
        at_start = json.dumps({**json.loads(kept[0]), "until": 0}) if kept else ""
        try:
            again = Session.restore([at_start], loaded) if kept else _without_a_room(loaded, record, manifest, answers)
        except InputError:  # the scenario or the library has changed since
            return ()
    turns = tuple(_ends(again, inputs, record.turns))
    told = [event.to_dict() for event in turns[-1].events] if turns else []
    return turns if told == [event.to_dict() for event in record.events] else ()


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


# ------------------------------------------------------------------------------------------------------------- in words


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

    def is_about(event):
        named = {event.incident, event.payload.get("inject"), event.payload.get("project")}
        return about & named or not event.incident and subject == "next"

    here = record.in_turn(int(row["turn"]) if row.get("turn", "").isdigit() else -1)
    return tuple(event.seq for event in here if event.actor == row.get("seat") and is_about(event))


@dataclass(frozen=True)
class Finding:
    """A sentence drafted from evidence: what it is about, and the numbers of the events that it rests on."""

    is_strength: bool
    about: str
    said: str
    events: tuple[int, ...]

    @property
    def in_full(self) -> str:
        """The sentence with its evidence."""
        return f"Draft: {self.said} ({numbered(self.events)})" if self.events else f"Draft: {self.said}"


def numbered(events: tuple[int, ...], word: str = "event") -> str:
    """Numbers of events, the first six of them."""
    numbers = list(map(str, events))
    more = f" and {len(numbers) - 6} more" if len(numbers) > 6 else ""
    said = ", ".join(numbers[:6]) + more
    return f"{word}{'s' if len(numbers) > 1 else ''} {said}" if word and said else said


# ------------------------------------------------------------------------------------------------- what was expected


@dataclass(frozen=True)
class Expectation:
    """What control expected of an inject, and what the record shows of it."""

    entry: Entry
    state: str  # met, partly, missed or not tried, by `RULE`
    why: str
    events: tuple[int, ...] = ()  # numbers of the events that it rests on


@dataclass(frozen=True)
class Proposal:
    """A rating that the record suggests for an objective."""

    mark: str  # of the scale; empty where the record shows nothing
    why: str
    events: tuple[int, ...] = ()  # numbers of the events that it rests on
    score: float | None = None  # how far what was expected was met, 0 to 1

    @property
    def in_full(self) -> str:
        """The proposal with its evidence."""
        return f"{self.mark}. {self.why} ({numbered(self.events)})" if self.mark else self.why


def expectations_of(played: Played) -> list[Expectation]:
    """Every inject of which something is expected, in the order of the run sheet, with what the record shows."""
    judge = _Judge(played)
    return [judge.of(entry) for entry in run_sheet(played.record, played.loaded) if entry.expects]


def proposals_of(played: Played) -> dict[str, Proposal]:
    """A rating for each objective, by id: how far what was expected of the injects that serve it was met.

    All met gives the best mark of the scale, nothing the worst, what lies between one of those between.
    """
    expected, marks = expectations_of(played), list(played.loaded.scenario.ratings)
    return {
        objective.id: _proposed([one for one in expected if objective.id in one.entry.objectives], marks)
        for objective in played.loaded.scenario.objectives
    }


def _proposed(expected, marks):
    tried = [one for one in expected if one.state in WORTH]
    if not tried:
        return Proposal("", "The record shows nothing of it: no inject with an expectation that serves it came.")
    score = fmean(WORTH[one.state] for one in tried)
    counts = [f"{sum(one.state == state for one in tried)} {state}" for state in WORTH]
    why = f"Of {count(len(tried), 'expectation')} that serve it: {', '.join(counts)}"
    events = tuple(dict.fromkeys(number for one in tried for number in one.events))
    return Proposal(mark_for(score, marks), why, events, score)


def ratings_of(played: Played) -> list[dict]:
    """Each objective with the rating that is proposed and the one that people gave: rows of `ratings.csv`."""
    proposals = proposals_of(played)
    return [
        {
            "objective": one.id, "aim": one.text, "proposed": proposals[one.id].mark, "because": proposals[one.id].why,
            "events": "; ".join(map(str, proposals[one.id].events)),
            **dict(zip(("rating", "text"), played.ratings.get(one.id, ("", "")), strict=True)),
        }
        for one in played.loaded.scenario.objectives
    ]  # fmt: skip


def mark_for(score: float, marks: list[str]) -> str:
    """The mark for a score: the first for 1, the last for 0, those between in equal steps.

    >>> [mark_for(score, ["P", "S", "M", "U"]) for score in (1, 0.9, 0.5, 0.4, 0)]
    ['P', 'S', 'S', 'M', 'U']
    """
    between = marks[1:-1]
    if score in (0, 1) or not between:
        return marks[0] if score == 1 else marks[-1]
    return between[min(int((1 - score) * len(between) - 1e-9), len(between) - 1)]


class _Judge:
    """Judges what was done about injects, by `RULE`."""

    def __init__(self, played):
        self.record, self.names, self.held = played.record, Names(played.loaded), set(played.seats)
        self.adversaries = {incident.by for incident in played.loaded.scenario.incidents}
        self.released = {event.payload["inject"]: event for event in self.record.of_kind("inject_released")}

    @cached_property
    def acts(self):
        """The events that count as acts of somebody."""
        return [event for event in self.record.events if self._who(event)]

    def _who(self, event):
        if event.kind == "silence_broken":
            return set(event.payload["by"])
        idle = event.payload.get("given") == "no" or self.names.is_inaction(event.payload.get("response", ""))
        return {event.actor} if event.kind in ACTS and not idle else set()

    def of(self, entry):
        release = self.released.get(entry.inject)
        if release is None:
            return Expectation(entry, NOT_TRIED, f"it was not put to anybody ({entry.stood})")
        ended = [event for event in self.record.of_kind("deadline_ends") if event.payload["inject"] == entry.inject]
        if ended:
            kept = ended[-1].payload["outcome"] == "kept"
            return Expectation(entry, MET if kept else MISSED, f"its deadline was {'kept' if kept else 'passed'}",
                               (release.seq, ended[-1].seq))  # fmt: skip
        return self._by_acts(entry, release)

    def _by_acts(self, entry, release):
        asked = [event for event in self.record.of_kind("question_put") if event.payload["inject"] == entry.inject]
        to = [code for code in (asked or [release])[0].payload["to"] if code not in self.adversaries]
        to = [code for code in to if code in self.held] or to
        if not to:
            return Expectation(entry, NOT_TRIED, "nobody whose acts are on record received it", (release.seq,))
        here = [event for event in self.acts if self._is_about(event, entry, release, asked)]
        first = {code: event.seq for event in reversed(here) for code in self._who(event) & set(to)}
        state = MET if 2 * len(first) >= len(to) else PARTLY if first else MISSED
        deed, who = "answered" if asked else "acted", listed(map(self.names.actor, sorted(first)), 6)
        why = f"{len(first)} of {len(to)} who received it {deed}: {who}" if first else f"nobody who received it {deed}"
        return Expectation(entry, state, why, tuple(sorted({release.seq, *first.values()})))

    @staticmethod
    def _is_about(event, entry, release, asked):
        return event.payload.get("inject") == entry.inject if asked else event.turn == release.turn


# ------------------------------------------------------------------------------------------- drafted from evidence


def findings_of(played: Played) -> list[Finding]:
    """Strengths and areas for improvement as the record shows them."""
    every = (_of_objectives, _of_expectations, _of_texts, _of_incidents, _of_principles)
    return [finding for find in every for finding in find(played)]


def _of_texts(played) -> Iterator[Finding]:
    record, names = played.record, Names(played.loaded)
    for incident in played.loaded.scenario.incidents:
        about, kinds = names.incident(incident.id), ("text_adopted", "text_failed", "silence_broken")
        adopted, failed, broken = (
            [event for event in record.of_kind(kind) if event.incident == incident.id] for kind in kinds
        )
        if adopted:
            best = max(adopted, key=lambda event: event.payload["text"])
            first = min(event.payload["days_since_incident"] for event in adopted)
            where, what = names.format(best.payload["format"]), names.text(best.payload["rung"], incident.id)
            said = f"over {about}, {where} adopted {what}; the first text came after {count(round(first), 'day')}"
            yield Finding(True, about, sentence(said), tuple(event.seq for event in adopted))
        if failed:
            where = listed(dict.fromkeys(names.format(event.payload["format"]) for event in failed))
            said = f"over {about}, {where} ended without a text"
            yield Finding(False, about, sentence(said), tuple(event.seq for event in failed))
        if broken:
            by = listed(dict.fromkeys(names.actor(code) for event in broken for code in event.payload["by"]))
            said = f"silence over {about} was broken by {by}: what they lacked is worth asking"
            yield Finding(False, about, sentence(said), tuple(event.seq for event in broken))


def _of_incidents(played) -> Iterator[Finding]:
    record, names = played.record, Names(played.loaded)
    stopped = {event.incident: event for event in record.of_kind("incident_stops")}
    for event in record.of_kind("incident_begins"):
        about, end = names.incident(event.incident), stopped.get(event.incident)
        said = f"stopped in turn {end.turn}" if end else "was still going on at the end"
        yield Finding(end is not None, about, sentence(f"{about} {said}"), (event.seq, *([end.seq] if end else [])))


def _of_expectations(played) -> Iterator[Finding]:
    for one in expectations_of(played):
        about = f"'{one.entry.title}'"
        if one.state == NOT_TRIED:
            said = f"{about} was for: {one.entry.expects.rstrip('.')}. {capital(one.why)}, so that was not tried"
            yield Finding(False, "the run sheet", sentence(said), one.events)
        elif one.state == MISSED:
            said = f"after {about} it was expected: {one.entry.expects.rstrip('.')}. {capital(one.why)}"
            yield Finding(False, "expectations", sentence(said), one.events)


def _of_objectives(played) -> Iterator[Finding]:
    proposals = proposals_of(played)
    for objective in played.loaded.scenario.objectives:
        proposal = proposals[objective.id]
        if proposal.score is not None and proposal.score >= GOOD:
            said = sentence(f"{objective.text.rstrip('.')}: {proposal.why}")
            yield Finding(True, "objectives", said, proposal.events)


def _of_principles(played) -> Iterator[Finding]:
    for principle in played.record.scorecard:
        if principle.score is not None and not POOR < principle.score < GOOD:
            said = f"{principle.statement.rstrip('.')}: {principle.evidence}"
            yield Finding(principle.score >= GOOD, "the principles of cooperation", sentence(said), ())
