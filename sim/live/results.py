"""What is kept of an exercise in a room beside what every run leaves: who decided what and why, and bundles for seats.

session.jsonl        what was put in, from which it is played again
decisions.csv        each answer and direction: who, when, on whose advice, what the model would have chosen, why, and
                     what came of it; what control went back on is marked
views.csv            what each of several people in a seat would have answered
moves.csv            what seats did in their own words, with control's ruling
ratings.csv          how control rated each objective
notes.csv            notes between seats and control
bundles/CODE.zip     for each seat that people held: what it saw and did, and nothing else
bundles/control.zip  all of the data
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.live.log import Kept
from sim.live.room import Room
from sim.model.decisions import Answer, Decision
from sim.output.narrative.decisions import option_words, question
from sim.papers.bundle import bundle
from sim.papers.played import events_of, read_played
from sim.phrases import Names, capital
from sim.record import store
from sim.record.record import Record

DECISIONS = ("number", "turn", "at", "seat", "person", "source", "kind", "subject", "asked", "options", "choice",
             "advice", "suggested", "is_model's", "is_override", "rationale", "sure", "came_of_it", "events",
             "left_because")  # fmt: skip
VIEWS = ("number", "turn", "at", "seat", "person", "kind", "subject", "choice", "rationale", "sure")
MOVES = ("number", "turn", "at", "seat", "person", "move", "effect", "reason")
RATED = ("objective", "rating", "text")
NOTED = ("turn", "at", "from", "to", "person", "text")


def write_session(folder: Path, room: Room) -> None:
    """Write all that is kept of an exercise that is over into the folder of its results."""
    lines = "".join(f"{line}\n" for line in room.session.save())
    (folder / store.SESSION).write_text(lines, encoding="utf-8", newline="\n")
    store.write_table(folder / "decisions.csv", DECISIONS, _values(DECISIONS, decisions_of(room)))
    store.write_table(folder / "ratings.csv", RATED, ((one, *said) for one, said in room.log.ratings().items()))
    store.write_table(folder / "views.csv", VIEWS, _values(VIEWS, (view.row for view in room.log.views())))
    store.write_table(folder / "moves.csv", MOVES, _moves(room))
    store.write_table(folder / "notes.csv", NOTED, _notes(room))
    played, bundles = read_played(folder), folder / "bundles"
    bundles.mkdir()
    for seat in played.seats if played.turns else ():
        (bundles / f"{seat}.zip").write_bytes(bundle(played, seat))
    (bundles / "control.zip").write_bytes(bundle(played))


# ------------------------------------------------------------------------------------------- who decided what


def decisions_of(room: Room) -> Iterator[dict[str, Any]]:
    """Each input in turn, as a row of `DECISIONS`."""
    asked = {decision.address: decision for decision, _ in room.session.decided}
    views = room.views()
    for kept in room.log.inputs(left=True):
        given = json.loads(kept.payload)
        if "direct" in given:
            yield kept.row | {"is_override": _yes(_changes(given))}
            continue
        answer = Answer.from_json(kept.payload)
        decision = None if kept.left_because else asked.get(answer.address)
        yield _of_answer(room, kept, answer, decision) | {
            "is_override": _yes(kept.source == "control"),
            "advice": _advice(views.get(answer.address, {}), kept.person),
        }


def _changes(given: Mapping[str, Any]) -> bool:
    """Whether what control directs changes the exercise: all does but going on and seating people."""
    return not (given["direct"] == "proceed" or (given["direct"], given["value"]) == ("seat", "person"))


def _of_answer(room: Room, kept: Kept, answer: Answer, decision: Decision | None) -> dict[str, Any]:
    """The row of an answer, with what was asked and what came of it where that is known."""
    row = kept.row
    if decision is None:
        return row
    events = events_of({name: str(row[name] or "") for name in ("turn", "seat", "subject")}, room.session.record)
    return row | {
        "asked": question(decision, room.names),
        "options": "; ".join(option_words(decision, room.names).values()),
        "came_of_it": came_of(answer, room.session.record, room.names),
        "events": " ".join(map(str, events)),
    }


def _yes(is_so: bool) -> str:
    return str(is_so).lower()


def _advice(views: Mapping[str, Kept], giver: str) -> str:
    """What the others who hold the seat would have answered, with their reasons."""
    return "; ".join(
        f"{person}: {view.row['choice']}" + (f" ({view.rationale})" if view.rationale else "")
        for person, view in views.items()
        if person != giver
    )


def came_of(answer: Answer, record: Record, names: Names) -> str:
    """What followed an answer, in a few words: the next text over its incident, or when its responses were seen."""
    about = (answer.subject or "").split("/")[0]
    if answer.kind in ("position", "call", "silence"):
        ended = [
            event
            for event in (*record.of_kind("text_adopted"), *record.of_kind("text_failed"))
            if event.incident == about and event.turn >= answer.turn
        ]
        if not ended:
            return "no text came of it"
        event = min(ended, key=lambda event: event.seq)
        where = capital(names.format(event.payload["format"]))
        if event.kind == "text_failed":
            return f"{where} ended without a text in turn {event.turn}"
        return f"{where} adopted {names.text(event.payload['rung'], about)} in turn {event.turn}"
    stopped = [event.turn for event in record.of_kind("incident_stops") if event.incident == about]
    if answer.kind in ("responses", "move", "share"):
        return f"it stopped in turn {stopped[-1]}" if stopped else "it was still going on at the end"
    return ""


def _values(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[list[Any]]:
    return ([row.get(name) for name in columns] for row in rows)


def _notes(room: Room) -> list[tuple[Any, ...]]:
    """Notes as rows of `NOTED`."""
    return [(one.turn, one.at, one.sender, one.receiver, one.person, one.text) for one in room.log.notes()]


def _moves(room: Room) -> Iterator[tuple[Any, ...]]:
    """What seats did in their own words, and what control made of it, as rows of `MOVES`."""
    for move, ruling in room.moves():
        effect = json.dumps(ruling["value"]["set"], ensure_ascii=False) if ruling and "set" in ruling["value"] else None
        reason = ruling["reason"] if ruling else None
        yield move.number, move.turn, move.at, move.seat, move.person, move.text, effect, reason
