"""All the data of a played exercise in one file: for control everything, for a seat what it could see and no more.

A seat's file is made of that seat's views, of what it decided, and of what is said to all; of no event, no measure, no
digest, and no word for another seat or for control.
"""

import io
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sim.errors import OceansError, refusal
from sim.output.narrative.decisions import situation
from sim.output.narrative.injects import run_sheet
from sim.papers.paper import Grid, Heading, Items, Paper, Paragraph, write_papers
from sim.papers.played import Played, events_of, expectations_of, ratings_of
from sim.phrases import Names, capital, period
from sim.policies.seating import place_fault
from sim.record import store
from sim.scenario.calendar import in_iso

EVERY_ROW = {
    "session": "which exercise: the scenario, and when it was kept",
    "branch": "played, or left: control went back to before it",
    "turn": "turn, from 1",
    "exercise_time": "when, in the exercise's time; of a turn, the day on which it begins",
    "wall_time": "when, by the room's clock; empty where no such clock was kept",
    "seat": "code of the seat; empty: control, or nobody's alone",
}
TABLES = {
    "injects.csv": {
        "title": "what stands above it", "sender": "who speaks in it", "channel": "how it comes", "text": "its words",
        "by": "its deadline", "otherwise": "what follows if nothing is done by then",
    },
    "decisions.csv": {
        "person": "who sent it", "source": "person, control or program", "kind": "kind of decision",
        "about": "what it is about: an incident, a text, a project or an inject", "asked": "the question in words",
        "options": "the options in words", "choice": "ids of what was chosen", "chosen": "the same in words",
        "advice": "what others who held the seat would have chosen", "rationale": "the reason that was given",
        "sure": "how sure, in per cent", "taken": "how long it took since control last went on",
    },
    "timeseries.csv": {
        "quantity": "what was measured at the turn's end: see series.csv; for a seat, as it judges it itself",
        "about": "the incident that it is about", "value": "the number",
    },
    "notes.csv": {"from": "who wrote", "to": "to whom", "person": "their name", "text": "what was written"},
    "moves.csv": {
        "person": "who moved", "move": "what the seat did, in its own words", "effect": "what control made of it",
        "reason": "why",
    },
}  # fmt: skip
FOR_CONTROL = {
    "injects.csv": {
        "inject": "its id", "to": "who received it", "kind": "kind, and storyline", "stood": "how it stood at the end",
        "condition": "on what condition it comes", "expects": "what a good answer would be", "notes": "control's notes",
        "objectives": "ids of the objectives that it serves", "state": "whether what was expected was met, as proposed",
        "events": "numbers of the events that this rests on", "event": "number of the event of its release",
    },
    "decisions.csv": {
        "number": "number of the input", "model": "what the model would have done, in words",
        "suggested": "its ids", "is_override": "whether control changed something by it",
        "came_of_it": "what followed, in words", "left_because": "why control went back to before it",
        "events": "numbers of the events in which it can be seen",
    },
    "ratings.csv": {
        "objective": "its id", "aim": "the objective", "proposed": "the mark that the record suggests",
        "because": "how that comes about", "events": "numbers of the events that it rests on",
        "rating": "the mark that people gave", "text": "what they said of it",
    },
}  # fmt: skip
OF_A_VIEW = ("capital", "tension", "pressure")
OF_AN_INCIDENT = ("confidence", "gravity", "stake")
ANY_DAY = (1980, 1, 1, 0, 0, 0)  # so that the same exercise gives the same bytes
Row = Mapping[str, Any]


def bundle(played: Played, seat: str = "") -> bytes:
    """The data of an exercise as a zip file.

    Parameters
    ----------
    played : Played
    seat : code of the seat that it is for; empty: all of it, for control

    Returns
    -------
    bytes; InputError for a seat that nobody can take, OceansError where it is not known any more what a seat saw
    """
    if not seat:
        return _zipped(_of_control(played))
    if fault := place_fault(seat, played.loaded):
        raise refusal(f"{seat}: {fault}")
    if not played.turns:
        why = "this exercise does not play again as it was (the program or the library has changed since)"
        raise OceansError(f"{played.folder}: error: {why}, so what a seat saw in it is not known.")
    return _zipped(_of_seat(played, seat))


def _of_control(played):
    inside = [path for path in sorted(played.folder.rglob("*")) if path.is_file() and not path.is_symlink()]
    named = {path.relative_to(played.folder): path for path in inside}
    files = {name.as_posix(): path.read_bytes() for name, path in named.items() if name.parts[0] != "bundles"}
    said = "It holds the truth and what was for control alone."
    rows = [*store.dictionary_rows(), *_dictionary("")]
    return {**files, **_tables(played, ""), **store.dictionary_files(rows), **_read_me(played, said)}


def _of_seat(played, seat):
    views = [session.view(seat) for session in played.turns]
    said = f"What {Names(played.loaded).actor(seat)} saw and did. Begin with your_exercise.html."
    attached = [one for inject in views[-1]["injects"] for one in inject.get("attachments", ())]
    files = {f"attachments/{one['file']}": _attachment(played, one["file"]) for one in attached if "file" in one}
    lines = "".join(store.as_json(view, indent=None) for view in views)
    return {
        **files, **_tables(played, seat), **store.dictionary_files(list(_dictionary(seat))), **_read_me(played, said),
        "views.jsonl": lines, "your_exercise.html": _page(your_exercise(played, seat), played),
    }  # fmt: skip


def _attachment(played, name):
    return played.loaded.attached.get(name) or (played.folder / "attachments" / name).read_bytes()


def _read_me(played, said):
    marking, title = played.loaded.scenario.marking, played.loaded.scenario.title
    more = "data_dictionary.md says what each column means. A made-up exercise: it says what was played, no more."
    return {"README.txt": f"{marking}\n\n{title}\n\n{said}\n{more}\n\n{marking}\n"}


def _page(paper, played):
    with tempfile.TemporaryDirectory() as aside:
        (path,) = write_papers([paper], played.loaded.scenario, Path(aside), "html")
        return path.read_bytes()


def _zipped(files: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name in sorted(files):
            packed.writestr(zipfile.ZipInfo(name, ANY_DAY), files[name], zipfile.ZIP_DEFLATED)
    return out.getvalue()


# -------------------------------------------------------------------------------------------------------- the tables


def _columns(file, seat):
    return EVERY_ROW | TABLES.get(file, {}) | ({} if seat else FOR_CONTROL.get(file, {}))


def _dictionary(seat):
    for file in MAKERS if not seat else TABLES:
        for column, meaning in _columns(file, seat).items():
            yield file, "", column, meaning, "integer" if column == "turn" else "text", "", ""
    if seat:
        yield "views.jsonl", "", "(each line)", "what the seat could see at a turn's end", "object", "", ""


def _tables(played, seat):
    """Tables of an exercise, or of what a seat may see of it: dict of file name to text."""
    files = {}
    for file in MAKERS if not seat else TABLES:
        columns, out = _columns(file, seat), io.StringIO(newline="")
        rows = [row | _place(played, row) for row in MAKERS[file](played, seat)]
        store.fill_table(out, columns, ([row.get(column) for column in columns] for row in rows))
        files[file] = out.getvalue()
    return files


def _place(played, row):
    """What every row repeats, as far as a row does not say it itself."""
    turn = int(row.get("turn") or 0)
    when = in_iso(played.loaded.scenario.calendar.span(turn)[0]) if turn else ""
    usual = {"session": played.name, "branch": "played", "exercise_time": when, "wall_time": _began(played, turn)}
    return {column: said for column, said in usual.items() if row.get(column) is None}


def _began(played, turn):
    """When a turn began by the room's clock: control's last word in the turn before to go on."""
    before = [row for row in played.log if row.get("turn") == str(turn - 1) and not row.get("left_because")]
    said = [row["at"] for row in before if row.get("kind") == "proceed"]
    return said[-1] if said else ""


def _injects(played, seat) -> Iterator[Row]:
    if seat:
        for one in played.turns[-1].view(seat)["injects"]:
            yield {**one, "sender": one["from"], "seat": seat, "exercise_time": one.get("date")}
        return
    released = {event.payload["inject"]: event for event in played.record.of_kind("inject_released")}
    shown = {
        one.entry.inject: {"state": one.state, "events": "; ".join(map(str, one.events))}
        for one in expectations_of(played)
    }
    written = {inject.id: inject.model_dump() for inject in played.loaded.scenario.injects}
    for entry in run_sheet(played.record, played.loaded):
        event = released.get(entry.inject)
        came = {"event": event.seq, "exercise_time": event.date} if event else {"wall_time": "", "exercise_time": ""}
        said = event.payload if event else written[entry.inject]
        yield {
            **vars(entry), **{name: said[name] for name in ("sender", "channel", "text")}, **came,
            "objectives": "; ".join(entry.objectives), **shown.get(entry.inject, {}),
        }  # fmt: skip


def _decisions(played, seat) -> Iterator[Row]:
    rows = [row for row in played.decisions if row["seat"] == seat] if seat else played.log
    for row in rows:
        left = row.get("left_because")
        yield {
            **row, "about": row.get("subject"), "wall_time": row.get("at"), "branch": "left" if left else "played",
            "events": "" if left or seat else "; ".join(map(str, events_of(row, played.record))),
        }  # fmt: skip


def _timeseries(played, seat) -> Iterator[Row]:
    if not seat:
        for event in played.record.of_kind("turn_ends"):
            for name, value in event.payload.items():
                if isinstance(value, (int, float)):
                    yield {"turn": event.turn, "quantity": name, "value": value}
    for code in [seat] if seat else played.seats:
        for session in played.turns:
            yield from _of_view(session.view(code), code)


def _of_view(view, seat):
    judged = [(name, None, view) for name in OF_A_VIEW]
    judged += [(name, incident, own) for incident, own in view["incidents"].items() for name in OF_AN_INCIDENT]
    for name, about, own in judged:
        if name in own:
            yield {"turn": view["turn"], "seat": seat, "quantity": name, "about": about, "value": own[name]}


def _notes(played, seat) -> Iterator[Row]:
    for row in played.notes:
        if not seat or seat in (row["from"], row["to"]) or row["to"] == "all":
            yield {**row, "seat": "" if row["from"] == "control" else row["from"], "wall_time": row.get("at")}


def _moves(played, seat) -> Iterator[Row]:
    for row in played.moves:
        if not seat or seat == row["seat"]:
            yield {**row, "wall_time": row.get("at")}


MAKERS = {
    "injects.csv": _injects, "decisions.csv": _decisions, "timeseries.csv": _timeseries, "notes.csv": _notes,
    "moves.csv": _moves, "ratings.csv": lambda played, seat: ratings_of(played),
}  # fmt: skip


# ---------------------------------------------------------------------------------------------------- one seat's page


def your_exercise(played: Played, seat: str) -> Paper:
    """What a seat saw and decided, turn by turn, for those who held it."""
    names, scenario = Names(played.loaded), played.loaded.scenario
    own = scenario.actors.get(seat)
    blocks: list[Any] = [Heading("Your brief"), Paragraph(own.brief, "aloud")] if own and own.brief else []
    for turn, session in enumerate(played.turns, start=1):
        heading = Heading(f"Turn {turn}: {period(*scenario.calendar.span(turn))}")
        blocks += [heading, *_turn_of(turn, session, played, seat)]
    title = f"Your exercise: {capital(names.actor(seat))}"
    note = "What reached you, what you did, and where it left you."
    return Paper("your_exercise", title, f"for {names.actor(seat)} alone", tuple(blocks), note)


def _turn_of(turn, session, played, seat):
    view, number = session.view(seat), str(turn)
    for inject in view["injects"]:
        if inject["turn"] == turn:
            yield Heading(inject["title"], 3)
            yield Paragraph(f"From {inject['from']}, by {inject['channel'].replace('_', ' ')}", "note")
            yield Paragraph(inject["text"].strip(), "aloud")
    decided = [
        (row.get("asked") or row["kind"], row["chosen"], row.get("rationale") or "")
        for row in _decisions(played, seat)
        if row["turn"] == number and row["chosen"] != "nothing"
    ]
    if decided:
        yield Heading("What you decided", 3)
        yield Grid(("Asked", "You chose", "Because"), decided, (40, 35, 25))
    notes = [(f"{row['from']} to {row['to']}", row["text"], row["turn"]) for row in _notes(played, seat)]
    ruled = [(f"{row['move']} ({row['reason'] or 'no ruling'})", row["turn"]) for row in _moves(played, seat)]
    moves = [("Your move", *move) for move in ruled]
    said = [(who, what) for who, what, when in (*notes, *moves) if when == number]
    if said:
        yield Heading("Notes and moves", 3)
        yield Grid(("Who", "What"), said, (25, 75))
    for heading, lines in situation(view, Names(played.loaded), played.loaded.scenario.calendar.start):
        yield Heading(heading, 3)
        yield Items(tuple(lines))
