"""What a room keeps, in one SQLite file: who came, what was put in, what was drafted, noted and rated.

Inputs are only ever added. Undo marks the tail as left, with its reason; nothing is deleted. A write is on disk before
anybody is told that it was taken.
"""

import datetime
import hashlib
import json
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import refusal

SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS people (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, token TEXT UNIQUE NOT NULL, since TEXT NOT NULL,
    is_revoked INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS seats (person INTEGER NOT NULL, seat TEXT NOT NULL, PRIMARY KEY (person, seat));
CREATE TABLE IF NOT EXISTS inputs (
    number INTEGER PRIMARY KEY, turn INTEGER NOT NULL, at TEXT NOT NULL, person TEXT NOT NULL, source TEXT NOT NULL,
    rationale TEXT NOT NULL, sure INTEGER, suggested TEXT NOT NULL, payload TEXT NOT NULL, left_because TEXT);
CREATE TABLE IF NOT EXISTS drafts (seat TEXT NOT NULL, person INTEGER NOT NULL, fields TEXT NOT NULL,
    PRIMARY KEY (seat, person));
CREATE TABLE IF NOT EXISTS notes (
    number INTEGER PRIMARY KEY, turn INTEGER NOT NULL, at TEXT NOT NULL, person TEXT NOT NULL, sender TEXT NOT NULL,
    receiver TEXT NOT NULL, text TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS moves (
    number INTEGER PRIMARY KEY, turn INTEGER NOT NULL, at TEXT NOT NULL, person TEXT NOT NULL, seat TEXT NOT NULL,
    text TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS ratings (objective TEXT PRIMARY KEY, rating TEXT NOT NULL, text TEXT NOT NULL);
"""


@dataclass(frozen=True)
class Person:
    """Somebody with a link. role : control, screen or player; seats : codes of those it holds, in the order it took."""

    id: int
    name: str
    role: str
    seats: tuple[str, ...]


@dataclass(frozen=True)
class Kept:
    """An input as it is kept: the answer or direction as a line of JSON, and its envelope.

    source : person, control or program; `view` for what one of several who hold a seat would answer, which is no input
    of the exercise; sure : per cent, how sure its giver was, or None; suggested : what the model's
    own rule would have chosen, ids with commas between; left_because : why control went back before it, or None
    """

    number: int
    turn: int
    at: str
    person: str
    source: str
    rationale: str
    sure: int | None
    suggested: str
    payload: str
    left_because: str | None = None

    @property
    def row(self) -> dict[str, Any]:
        """Who decided what when, why, and what the model would have done: a row of decisions.csv or views.csv."""
        given = json.loads(self.payload)
        is_answer = "direct" not in given
        choice = ",".join(given["choice"]) if is_answer else json.dumps(given["value"], ensure_ascii=False)
        same = str(set(self.suggested.split(",")) == set(choice.split(","))).lower() if is_answer else None
        return {
            "number": self.number, "turn": self.turn, "at": self.at, "seat": given.get("actor"), "person": self.person,
            "source": self.source, "kind": given.get("kind", given.get("direct")),
            "subject": given.get("subject", given.get("target")), "choice": choice, "suggested": self.suggested,
            "is_model's": same, "rationale": self.rationale, "sure": self.sure, "left_because": self.left_because,
        }  # fmt: skip


@dataclass(frozen=True)
class Move:
    """What a seat does in its own words, for control to adjudicate."""

    number: int
    turn: int
    at: str
    person: str
    seat: str
    text: str


@dataclass(frozen=True)
class Note:
    """A few words from one to another: `control`, `all`, or a seat's code."""

    number: int
    turn: int
    at: str
    person: str
    sender: str
    receiver: str
    text: str


class Log:
    """The file of a room; it is made where there is none. Several threads may use it.

    Parameters
    ----------
    path : path of the file; InputError where it is another's, or cannot be made
    """

    def __init__(self, path: str | Path) -> None:
        self._lock = threading.RLock()
        try:
            self._file = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._file.execute("PRAGMA journal_mode=WAL")
            self._file.execute("PRAGMA synchronous=FULL")
            self._file.executescript(SCHEMA)
        except sqlite3.Error as error:
            raise refusal(f"{path} is not the file of a room, or cannot be written ({error}).") from None

    @contextmanager
    def writing(self) -> Iterator[None]:
        """All of it is on disk at the end, or none of it."""
        with self._lock:
            self._file.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._file.execute("ROLLBACK")
                raise
            self._file.execute("COMMIT")

    def _rows(self, query: str, *values: object) -> list[tuple]:
        with self._lock:
            return self._file.execute(query, values).fetchall()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._file.close()

    # ------------------------------------------------------------------------------------------- facts

    def fact(self, name: str, otherwise: Any = None) -> Any:
        """A fact about the room, such as the code to join; `otherwise` where it is not kept."""
        rows = self._rows("SELECT value FROM facts WHERE name = ?", name)
        return json.loads(rows[0][0]) if rows else otherwise

    def keep_fact(self, name: str, value: Any) -> None:
        """Keep a fact, in place of what it was."""
        with self.writing():
            self._file.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, json.dumps(value)))

    # ------------------------------------------------------------------------------------------- people

    def admit(self, name: str, role: str) -> str:
        """Somebody new: returns the token of their link, of which only a digest is kept."""
        token = secrets.token_urlsafe(16)
        with self.writing():
            self._file.execute(
                "INSERT INTO people (name, role, token, since) VALUES (?, ?, ?, ?)", (name, role, _digest(token), now())
            )
        return token

    def who(self, token: str) -> Person | None:
        """Whose link it is; None where it is nobody's, or revoked."""
        return next(iter(self._people("token = ?", _digest(token))), None)

    def people(self, role: str = "player") -> list[Person]:
        """Everybody of a role whose link is good, in the order in which they came."""
        return self._people("role = ?", role)

    def holders(self, seat: str) -> list[Person]:
        """Everybody who holds a seat, in the order in which they came."""
        return self._people("id IN (SELECT person FROM seats WHERE seat = ?) AND role = 'player'", seat)

    def _people(self, where: str, *values: object) -> list[Person]:
        found = f"SELECT id FROM people WHERE {where} AND NOT is_revoked"
        held: dict[int, list[str]] = {}
        with self._lock:
            for person, seat in self._rows(f"SELECT * FROM seats WHERE person IN ({found}) ORDER BY rowid", *values):
                held.setdefault(person, []).append(seat)
            rows = self._rows(f"SELECT id, name, role FROM people WHERE id IN ({found}) ORDER BY id", *values)
        return [Person(number, name, role, tuple(held.get(number, ()))) for number, name, role in rows]

    def sit(self, person: int, seat: str) -> None:
        """Somebody takes a seat, alone or beside others."""
        with self.writing():
            self._file.execute("INSERT OR IGNORE INTO seats VALUES (?, ?)", (person, seat))

    def stand_up(self, person: int, seat: str) -> None:
        """Somebody leaves a seat."""
        with self.writing():
            self._file.execute("DELETE FROM seats WHERE person = ? AND seat = ?", (person, seat))

    def revoke(self, person: int) -> None:
        """A link is good no more, and its seats are free."""
        with self.writing():
            self._file.execute("UPDATE people SET is_revoked = 1 WHERE id = ?", (person,))
            self._file.execute("DELETE FROM seats WHERE person = ?", (person,))

    # ------------------------------------------------------------------------------------------- inputs

    def add(
        self, payload: str, turn: int, person: str, source: str, rationale: str = "", sure: int | None = None,
        suggested: str = "",
    ) -> None:  # fmt: skip
        """One more input."""
        with self.writing():
            self._file.execute(
                "INSERT INTO inputs (turn, at, person, source, rationale, sure, suggested, payload) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (turn, now(), person, source, rationale, sure, suggested, payload),
            )

    def inputs(self, left: bool = False) -> list[Kept]:
        """The inputs that stand, in order; with `left` those before which control went back too."""
        return self._kept("source <> 'view'" + ("" if left else " AND left_because IS NULL"))

    def views(self) -> list[Kept]:
        """What those who hold a seat would each answer, in order; somebody's later view replaces the earlier."""
        return self._kept("source = 'view' AND left_because IS NULL")

    def _kept(self, where: str) -> list[Kept]:
        return [Kept(*row) for row in self._rows(f"SELECT * FROM inputs WHERE {where} ORDER BY number")]

    def leave_from(self, number: int, because: str) -> None:
        """Go back before an input: it and all after it stand no more, and are kept with the reason."""
        with self.writing():
            self._file.execute(
                "UPDATE inputs SET left_because = ? WHERE number >= ? AND left_because IS NULL", (because, number)
            )

    # ------------------------------------------------------------------------------------------- words

    def draft(self, seat: str, person: int) -> dict[str, list[str]]:
        """What somebody has typed or ticked in a seat and not yet sent: field to values."""
        rows = self._rows("SELECT fields FROM drafts WHERE seat = ? AND person = ?", seat, person)
        return json.loads(rows[0][0]) if rows else {}

    def keep_draft(self, seat: str, person: int, fields: dict[str, list[str]]) -> None:
        """Keep what is typed, in place of what it was."""
        with self.writing():
            self._file.execute("INSERT OR REPLACE INTO drafts VALUES (?, ?, ?)", (seat, person, json.dumps(fields)))

    def note(self, turn: int, person: str, sender: str, receiver: str, text: str) -> None:
        """Keep a note."""
        with self.writing():
            self._file.execute(
                "INSERT INTO notes (turn, at, person, sender, receiver, text) VALUES (?, ?, ?, ?, ?, ?)",
                (turn, now(), person, sender, receiver, text),
            )

    def notes(self, *of: str) -> list[Note]:
        """Notes from or to any of these, or to all; all notes where none is named."""
        rows = [Note(*row) for row in self._rows("SELECT * FROM notes ORDER BY number")]
        return [note for note in rows if not of or note.receiver == "all" or {note.sender, note.receiver} & set(of)]

    def move(self, turn: int, person: str, seat: str, text: str) -> None:
        """Keep a move in a seat's own words."""
        with self.writing():
            self._file.execute(
                "INSERT INTO moves (turn, at, person, seat, text) VALUES (?, ?, ?, ?, ?)",
                (turn, now(), person, seat, text),
            )

    def moves(self) -> list[Move]:
        """All moves in seats' own words, in order."""
        return [Move(*row) for row in self._rows("SELECT * FROM moves ORDER BY number")]

    def rate(self, objective: str, rating: str, text: str) -> None:
        """Keep how an objective was met, in place of what was said before."""
        with self.writing():
            self._file.execute("INSERT OR REPLACE INTO ratings VALUES (?, ?, ?)", (objective, rating, text))

    def ratings(self) -> dict[str, tuple[str, str]]:
        """How objectives were met: id to (rating, words)."""
        return {objective: (rating, text) for objective, rating, text in self._rows("SELECT * FROM ratings")}


def now() -> str:
    """The wall's time, to the second."""
    return datetime.datetime.now().isoformat(timespec="seconds")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
