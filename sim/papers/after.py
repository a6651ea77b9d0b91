"""Papers after an exercise, from the folder that a run left: the report, the plan, notes for the talk, the data.

Nothing is invented: what is drafted here says so, and each sentence of it names the events that it rests on.
"""

import contextlib
import csv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.model.decisions import Answer, Decision
from sim.output.narrative.alignment import alignment, rounds_of, stances_of, title_of
from sim.output.narrative.decisions import label, question
from sim.output.narrative.hot_wash import hot_wash, measure_rows, questions_of
from sim.output.narrative.run_sheet import objectives_of, run_sheet
from sim.output.narrative.story import tell
from sim.papers.before import RATINGS, turn_periods
from sim.papers.content import Break, Grid, Heading, Items, Lines, Paper, Paragraph, Picture
from sim.papers.sheets import write_workbook
from sim.phrases import Names, capital, count, in_words, listed, sentence
from sim.policies.policy import Script
from sim.record import store
from sim.record.reading import check_digest, damaged, read_json
from sim.record.record import Record
from sim.scenario import Loaded
from sim.scenario.schema import Scenario

POOR, GOOD = 0.34, 0.66  # scores of a principle that are worth a sentence
CHARTS = ("story", "consultation", "joining", "scorecard")
NOT_KEPT = "not kept"
MOST_OPTIONS = 5  # that the report names


@dataclass(frozen=True)
class Played:
    """A run as its folder keeps it.

    folder : Path; loaded : the scenario; record : Record; manifest : dict; decisions : dicts of column to text, what
    people chose; ratings : objective to (rating, words)
    """

    folder: Path
    loaded: Loaded
    record: Record
    manifest: dict
    decisions: tuple[dict, ...]
    ratings: dict[str, tuple[str, str]]


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
        return f"Draft: {self.said} ({_numbers(self.events)})" if self.events else f"Draft: {self.said}"


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
    return Played(folder, loaded, record, manifest, _decisions(folder, loaded, record, manifest), _ratings(folder))


@contextlib.contextmanager
def _as_written(path):
    """What a file lacks, or has too much of, as advice."""
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise damaged(path, "damaged: it does not say what was written.", store.ANEW) from error


def _table(path):
    """The rows of a table by the names of its columns."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _ratings(folder):
    return {
        row["objective"]: (row.get("rating") or "", row.get("text") or "") for row in _table(folder / "ratings.csv")
    }


def _decisions(folder, loaded, record, manifest):
    """What people chose: the room's log where there is one, else their answers; with what they were asked."""
    rows = [row for row in _table(folder / "decisions.csv") if not row.get("left_because")]
    path = folder / "actions.jsonl"
    with _as_written(path):
        answers = [] if rows else [Answer.from_json(line) for line in _lines(path)]
    rows += [
        {"turn": str(one.turn), "seat": one.actor, "kind": one.kind, "subject": one.subject or "",
         "choice": ",".join(one.choice)}
        for one in answers
    ]  # fmt: skip
    seen, names = _asked_again(folder, loaded, record, manifest, answers) if rows else {}, Names(loaded)
    return tuple(_in_words(row, seen.get(_address(row)), names) for row in rows)


def _lines(path):
    """The lines of a file that say anything; none where there is no such file."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [line for line in text.splitlines() if line.strip()]


def _address(row):
    turn = row.get("turn") or ""
    return int(turn) if turn.isdigit() else 0, row.get("seat"), row.get("kind"), row.get("subject")


def _asked_again(folder, loaded, record, manifest, answers) -> dict[Any, Decision]:
    """The decisions that were answered, if the exercise plays again as it was; else none."""
    from sim.session import Session

    inputs = _lines(folder / "session.jsonl")
    if inputs:
        with _as_written(folder / "session.jsonl"):
            again = Session.restore(inputs, loaded)
    else:
        script = Script(answers, strict=False)
        again = Session(loaded, record.seed, policies=manifest.get("policies") or None, script=script)
        again.play_to(record.turns)
    if [event.to_dict() for event in again.events] != [event.to_dict() for event in record.events]:
        return {}
    return {decision.address: decision for decision, _ in again.decided}


def _in_words(row, decision, names):
    """A decision with its question, its options and what was chosen in words, as far as it is known what was asked."""
    if decision is None:
        return row
    words = {option.id: label(option, decision, names) for option in decision.options}
    return {
        **row,
        "asked": question(decision, names),
        "options": "; ".join(words.values()),
        "choice": "; ".join(words.get(one, one) for one in row["choice"].split(",") if one) or "nothing",
        "suggested": "; ".join(words.get(one, one) for one in decision.default) or "nothing",
    }


# --------------------------------------------------------------------------------------------------------- the papers


def papers_after(played: Played) -> list[Paper]:
    """The after-action report, and the notes for the talk that comes before it."""
    return [after_action_report(played), hot_wash_notes(played)]


def after_action_report(played: Played) -> Paper:
    """What was played, what was decided by whom, what served each objective, and what to draw from it."""
    record, loaded = played.record, played.loaded
    told, findings = hot_wash(record, loaded), findings_of(played)
    measures = [(row.label, row.value, row.unit) for row in measure_rows(record, with_units=False)]
    blocks = [
        Paragraph("A draft for people to finish: what is marked 'Draft' was written from the record alone."),
        Heading("In short"),
        Items(tuple(_in_short(played))),
        Heading("What was played"),
        Grid(("", ""), _facts(played), (25, 75)),
        Heading("Objectives"),
        *_objectives(played),
        Heading("Strengths"),
        _found([one for one in findings if one.is_strength]),
        Heading("Areas for improvement"),
        _found([one for one in findings if not one.is_strength]),
        Break(),
        Heading("What happened"),
        *(block for turn in tell(record, loaded) for block in _turn(turn, record)),
        Heading("Who really did it"),
        *(Paragraph(words) for words in told.truth),
        Heading("What people decided"),
        *_decided(played),
        *_alignment(played),
        Heading("What control changed"),
        *_overrides(record),
        *_charts(played),
        Heading("What it came to"),
        Grid(("Measure", "This run", "Unit"), measures, (60, 20, 20)),
        Heading("Events referred to"),
        Paragraph("The numbers in brackets above are those of events.jsonl, where each stands in full.", "note"),
        Grid(("Number", "Turn", "Day", "What"), list(_events(findings, played)), (11, 9, 16, 64)),
    ]
    return Paper(
        "after_action_report", "After-action report", "for all, when control gives it out", tuple(blocks),
        "A made-up exercise: it says what was played, not what would happen.",
    )  # fmt: skip


def _in_short(played):
    record = played.record
    for turn in tell(record, played.loaded):
        if turn.number:
            yield f"Turn {turn.number}, {turn.period}: {turn.heading}."


def _facts(played):
    record, manifest = played.record, played.manifest
    seats = sorted({row["seat"] for row in played.decisions if row.get("seat")} | set(manifest.get("seats") or ()))
    names, periods = Names(played.loaded), turn_periods(played.loaded.scenario)
    sat = listed([names.actor(code) for code in seats], 40) if seats else "nobody; the model played every seat"
    return [
        ("Exercise", played.loaded.scenario.title),
        ("Played", manifest["started"].replace("T", ", ")),
        ("In exercise time", f"{count(len(periods), 'turn')}, the first {periods[0]}, the last {periods[-1]}"),
        ("Seats with people", sat),
        ("Seed and digest", f"{record.seed}; {record.digest[:12]}"),
        ("Events on record", str(len(record.events))),
    ]


def _objectives(played):
    served = objectives_of(played.record, played.loaded)
    if not served:
        return [Paragraph("The scenario names no objectives.")]
    numbers = {event.payload["inject"]: event.seq for event in played.record.of_kind("inject_released")}
    rows = []
    for one in served:
        rating, words = played.ratings.get(one.id, ("", ""))
        rated = f"{rating}: {RATINGS.get(rating, '')}. {words}".strip() if rating else "Not rated"
        by = "; ".join(f"{entry.title} ({_where(entry, numbers)})" for entry in one.served_by) or "No inject serves it"
        rows.append((one.text, by, rated))
    scale = ", ".join(f"{letter} {words}" for letter, words in RATINGS.items())
    return [
        Grid(("Objective", "What served it", "Rating, by people"), rows, (32, 46, 22)),
        Paragraph(f"Ratings: {scale}.", "note"),
    ]


def _where(entry, numbers):
    return f"turn {entry.turn}, event {numbers[entry.inject]}" if entry.inject in numbers else entry.stood


def _found(findings):
    return Items(
        tuple(one.in_full for one in findings) or ("The record alone suggests none: ask those who were there.",)
    )


def _turn(turn, record):
    if not turn.number:
        return
    events = [event.seq for event in record.in_turn(turn.number)]
    yield Heading(f"Turn {turn.number}: {turn.heading}", 3)
    yield Paragraph(f"{turn.period}. Events {events[0]} to {events[-1]}." if events else turn.period, "note")
    yield Paragraph(" ".join(turn.short))


def _decided(played):
    if not played.decisions:
        return [Paragraph("No seat was held by a person, so no decision was theirs.")]
    telling = [row for row in played.decisions if row.get("choice") not in ("nothing", "") or _differs(row)]
    differing, rest = sum(map(_differs, played.decisions)), len(played.decisions) - len(telling)
    others = in_words(differing) if differing else "none"
    said = f"People took {count(len(played.decisions), 'decision')}, {others} of them other than the model's."
    said += f" In {rest} of them nothing was chosen, as by the model: they stand in decisions.xlsx." if rest else ""
    heads = ("Turn", "Seat", "Asked", "Options seen", "Chose", "The model", "Events")
    rows = [_decision(row, played, MOST_OPTIONS) for row in telling]
    return [Paragraph(said), Grid(heads, rows, (8, 10, 20, 22, 17, 13, 10))]


def _alignment(played):
    """Where the people in a seat, and the seats together, were of one mind; nothing where nobody said so in a room."""
    tables = [_table(played.folder / name) for name in ("decisions.csv", "views.csv")]
    rounds = rounds_of(stances_of(*tables), played.loaded)
    if rounds:
        yield Heading("Of one mind?")
        yield Paragraph(" ".join(alignment(rounds, played.loaded)))
    drawn = played.folder / "charts" / "alignment.png"
    if rounds and drawn.exists():
        yield Picture(drawn, title_of(rounds, played.loaded))


def _differs(row):
    return bool(row.get("suggested")) and row["suggested"] != row.get("choice")


def _decision(row, played, most):
    """A decision as a row: turn, seat, what was asked, options, choice with its reason, the model's, events."""
    names, options = Names(played.loaded), [one for one in row.get("options", "").split("; ") if one]
    because = f"Because: {row['rationale']}" if row.get("rationale") else ""
    return (
        row.get("turn", ""),
        capital(names.actor(row["seat"])) if row.get("seat") else "Control",
        row.get("asked") or f"{row.get('kind', '')} {row.get('subject', '')}".replace("_", " "),
        listed(options, most) if options else NOT_KEPT,
        " ".join(filter(None, [row.get("choice", ""), because])),
        ("the same" if not _differs(row) else row["suggested"]) if row.get("suggested") else NOT_KEPT,
        _numbers(events_of(row, played.record), ""),
    )


def write_decisions(played: Played, path: Path) -> None:
    """Writes everything that people decided as a workbook, each with all the options that were seen."""
    heads = ("Turn", "Seat", "Asked", "Options seen", "Chose", "The model", "Events")
    rows = [_decision(row, played, len(row.get("options", ""))) for row in played.decisions]
    write_workbook(path, played.loaded.scenario.marking, [("Decisions", heads, rows)])


def events_of(row: dict[str, str], record: Record) -> tuple[int, ...]:
    """The events that an answer can be seen in: those of its seat in its turn, about what it was about."""
    about = row.get("subject", "").split("/")[0]
    return tuple(
        event.seq
        for event in record.in_turn(int(row["turn"]) if row.get("turn", "").isdigit() else -1)
        if event.actor == row.get("seat") and event.incident in (about, None) and (event.incident or about == "next")
    )


def _overrides(record):
    told = ("direction", "target", "value", "reason")
    rows = [
        (str(event.turn), *(event.payload[name] for name in told), str(event.seq))
        for event in record.of_kind("control_directs")
    ]
    if not rows:
        return [Paragraph("Nothing: the exercise ran as it was written.")]
    return [Grid(("Turn", "Did", "To", "Value", "Because", "Event"), rows, (8, 14, 22, 24, 22, 10))]


def _charts(played):
    found = {path.stem: path for path in sorted((played.folder / "charts").glob("*.png"))}
    drawn = [found[name] for name in CHARTS if name in found] or list(found.values())[:4]
    if drawn:
        yield Break()
        yield Heading("Charts")
    for path in drawn:
        yield Picture(path, f"{capital(path.stem.replace('_', ' '))}: charts/{path.name} in the run's folder")


def _events(findings, played):
    wanted = {number for one in findings for number in one.events}
    names = Names(played.loaded)
    for event in played.record.events:
        if event.seq in wanted:
            about = f" over {names.incident(event.incident)}" if event.incident else ""
            who = f"{names.actor(event.actor)}: " if event.actor else ""
            yield str(event.seq), str(event.turn), event.date, capital(f"{who}{event.kind.replace('_', ' ')}{about}")


def _numbers(events, word="event"):
    numbers = list(map(str, events))
    more = f" and {len(numbers) - 6} more" if len(numbers) > 6 else ""
    said = ", ".join(numbers[:6]) + more
    return f"{word}{'s' if len(numbers) > 1 else ''} {said}" if word and said else said


# ------------------------------------------------------------------------------------------- drafted from evidence


def findings_of(played: Played) -> list[Finding]:
    """Strengths and areas for improvement as the record shows them."""
    return [*_of_texts(played), *_of_incidents(played), *_of_injects(played), *_of_principles(played)]


def _of_texts(played) -> Iterator[Finding]:
    record, names = played.record, Names(played.loaded)
    for incident in played.loaded.scenario.incidents:
        about = names.incident(incident.id)
        adopted = [event for event in record.of_kind("text_adopted") if event.incident == incident.id]
        failed = [event for event in record.of_kind("text_failed") if event.incident == incident.id]
        broken = [event for event in record.of_kind("silence_broken") if event.incident == incident.id]
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
        about = names.incident(event.incident)
        if event.incident in stopped:
            end = stopped[event.incident]
            said = f"{about} stopped in turn {end.turn}"
            yield Finding(True, about, sentence(said), (event.seq, end.seq))
        else:
            yield Finding(False, about, sentence(f"{about} was still going on at the end"), (event.seq,))


def _of_injects(played) -> Iterator[Finding]:
    left = [entry for entry in run_sheet(played.record, played.loaded) if not entry.stood.startswith("released")]
    withheld = {event.payload["inject"]: event.seq for event in played.record.of_kind("inject_withheld")}
    for entry in left:
        if entry.expects or entry.objectives:
            events = (withheld[entry.inject],) if entry.inject in withheld else ()
            said = f"'{entry.title}' was not put to anybody ({entry.stood}), so what it was for was not tried"
            yield Finding(False, "the run sheet", sentence(said), events)


def _of_principles(played) -> Iterator[Finding]:
    for principle in played.record.scorecard:
        if principle.score is not None and not POOR < principle.score < GOOD:
            said = f"{principle.statement.rstrip('.')}: {principle.evidence}"
            yield Finding(principle.score >= GOOD, "the principles of cooperation", sentence(said), ())


# ----------------------------------------------------------------------------------------------- notes, plan, data


def hot_wash_notes(played: Played) -> Paper:
    """What the talk right after the exercise goes through, with room to write."""
    questions = questions_of(played.loaded)
    blocks = [
        Paragraph("Twenty minutes while it is fresh. One writes; nobody defends."),
        *(block for asked in ("What happened that you did not expect?", "What went well?", "What did not?",
          "Who lacked what, and who had it?") for block in (Heading(asked, 3), Lines(3))),
        Heading("Asked by the scenario"),
        *(block for asked in questions for block in (Heading(asked, 3), Lines(2))),
        Heading("To be done"),
        Grid(("What", "Who", "By when"), [("", "", "")] * 6, (60, 22, 18), is_form=True),
    ]  # fmt: skip
    return Paper(
        "hot_wash_notes", "Notes of the hot wash", "for control and all", tuple(blocks), "Right after the last turn."
    )


def write_improvement_plan(played: Played, path: Path) -> None:
    """Writes what should be improved as a workbook in which people name who does what by when."""
    heads = ("Nr", "Concerns", "Area for improvement (draft)", "Evidence: events", "Recommendation", "Owner", "Start",
             "Done by", "State")  # fmt: skip
    improve = [one for one in findings_of(played) if not one.is_strength]
    rows = [
        (number, capital(one.about), one.said, ", ".join(map(str, one.events)), None, None, None, None, "open")
        for number, one in enumerate(improve, start=1)
    ]
    evidence = list(_events(improve, played))
    sheets = [("Improvement plan", heads, rows), ("Events", ("Number", "Turn", "Day", "What"), evidence)]
    write_workbook(path, played.loaded.scenario.marking, sheets, {"State": ("open", "begun", "done", "dropped")})


def write_bundle(folder: Path, scenario: Scenario, path: Path) -> None:
    """Writes the data of a run into one file, with the marking and what each file means; bundles of seats stay out."""
    inside = [one for one in sorted(folder.rglob("*")) if one.is_file() and not one.is_symlink()]
    kept = [one for one in inside if one.relative_to(folder).parts[0] != "bundles"]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        marking, title = scenario.marking, scenario.title
        said = "It holds the truth and what was for control alone. data_dictionary.md says what each column means."
        bundle.writestr("README.txt", f"{marking}\n\n{title}\n\n{said}\n\n{marking}\n")
        for one in kept:
            bundle.write(one, one.relative_to(folder))
