"""Papers after an exercise, from the folder that a run left: the report, the plan, notes for the talk, the data.

Nothing is invented: what is drafted here says so, and each sentence of it names the events that it rests on.
"""

from pathlib import Path

from sim.output.figures import charts_of
from sim.output.figures.saving import png_of
from sim.output.narrative import hot_wash
from sim.output.narrative.decisions import LABELS
from sim.output.narrative.injects import objectives_of
from sim.output.narrative.story import tell
from sim.papers.before import turn_periods
from sim.papers.paper import Break, Grid, Heading, Items, Lines, Paper, Paragraph, Picture
from sim.papers.played import (
    RULE,
    Played,
    events_of,
    expectations_of,
    findings_of,
    numbered,
    proposals_of,
    ratings_of,
    rows_of,
)
from sim.papers.sheets import write_table, write_workbook
from sim.phrases import Names, capital, count, in_words, listed, sentence

CHARTS = ("story", "consultation", "joining", "scorecard")
NOT_KEPT = "not kept"
CONFIRM = (
    "A rating is people's: ratings.csv beside this report, with 'rating' and 'text' filled in, goes into the run's "
    "folder; the papers written after that have it."
)
LADDER = f"What was open as the strongest text, each time: {listed(LABELS['position'].values())}."
MOST_OPTIONS = 5  # that the report names
DECIDED = ("Turn", "Seat", "Asked", "Options seen", "Chose", "The model", "Events", "Who", "Time taken")


# --------------------------------------------------------------------------------------------------------- the papers


def papers_after(played: Played) -> list[Paper]:
    """The after-action report, and the notes for the talk that comes before it."""
    return [after_action_report(played), hot_wash_notes(played)]


def after_action_report(played: Played) -> Paper:
    """What was played, what was decided by whom, what served each objective, and what to draw from it."""
    record, loaded = played.record, played.loaded
    told, findings = hot_wash.hot_wash(record, loaded), findings_of(played)
    measures = [(row.label, row.value, row.unit) for row in hot_wash.measure_rows(record, with_units=False)]
    draft = "A draft for people to finish: what is marked 'Draft' was written from the record alone."
    numbers = "The numbers in brackets above are those of events.jsonl, where each stands in full."
    blocks = [
        Paragraph(draft),
        Heading("In short"), Items(tuple(_in_short(played))),
        Heading("What was played"), Grid(("", ""), _facts(played), (25, 75)),
        Heading("Objectives"), *_objectives(played),
        Heading("What was expected"), *_expectations(played),
        Heading("Strengths"), _found([one for one in findings if one.is_strength]),
        Heading("Areas for improvement"), _found([one for one in findings if not one.is_strength]),
        Heading("What happened"), *(block for turn in tell(record, loaded) for block in _turn(turn, record)),
        Heading("Who really did it"), *(Paragraph(words) for words in told.truth),
        Heading("What people decided"), *_decided(played),
        *_alignment(played),
        Heading("What control changed"), *_overrides(record),
        *_charts(played),
        Heading("What it came to"), Grid(("Measure", "This run", "Unit"), measures, (60, 20, 20)),
        Heading("Events referred to"), Paragraph(numbers, "note"),
        Grid(("Number", "Turn", "Day", "What"), list(_events(findings, played)), (11, 9, 16, 64)),
    ]  # fmt: skip
    name, title, whom = "after_action_report", "After-action report", "for all, when control gives it out"
    note = "A made-up exercise: it says what was played, not what would happen."
    return Paper(name, title, whom, tuple(blocks), note)


def _in_short(played):
    record = played.record
    for turn in tell(record, played.loaded):
        if turn.number:
            yield f"Turn {turn.number}, {turn.period}: {turn.heading}."


def _facts(played):
    record, manifest = played.record, played.manifest
    names, periods = Names(played.loaded), turn_periods(played.loaded.scenario)
    sat = listed([names.actor(code) for code in played.seats], 40) or "nobody; the model played every seat"
    return [
        ("Exercise", played.loaded.scenario.title),
        ("Played", manifest["started"].replace("T", ", ")),
        ("In exercise time", f"{count(len(periods), 'turn')}, the first {periods[0]}, the last {periods[-1]}"),
        ("Seats with people", sat),
        ("Seed and digest", f"{record.seed}; {record.digest[:12]}"),
        ("Events on record", str(len(record.events))),
    ]


def _objectives(played):
    served, scale = objectives_of(played.record, played.loaded), played.loaded.scenario.ratings
    if not served:
        return [Paragraph("The scenario names no objectives.")]
    numbers = {event.payload["inject"]: event.seq for event in played.record.of_kind("inject_released")}
    proposals, rows = proposals_of(played), []
    for one in served:
        rating, words = played.ratings.get(one.id, ("", ""))
        rated = f"{rating}: {scale[rating]}. {words}".strip() if rating else f"Not rated yet. {words}".strip()
        by = "; ".join(f"{entry.title} ({_where(entry, numbers)})" for entry in one.served_by) or "No inject serves it"
        rows.append((one.text, by, proposals[one.id].in_full, rated))
    said = "; ".join(f"{mark} {words}" for mark, words in scale.items())
    heads = ("Objective", "What served it", "Proposed by the record", "Rating, by people")
    return [Grid(heads, rows, (25, 35, 22, 18)), Paragraph(f"Ratings: {said}. {CONFIRM}", "note")]


def _expectations(played):
    expected = expectations_of(played)
    if not expected:
        return [Paragraph("Nothing was written down as expected, so nothing is said of it.")]
    rows = []
    for one in expected:
        proposed = f"{capital(one.state)}. {sentence(one.why)}"
        rows.append((str(one.entry.turn), one.entry.title, one.entry.expects, proposed, numbered(one.events, ""), ""))
    heads = ("Turn", "Inject", "Expected", "Proposed", "Events", "By people")
    return [Paragraph(RULE, "note"), Grid(heads, rows, (7, 17, 27, 24, 12, 13))]


def _where(entry, numbers):
    return f"turn {entry.turn}, event {numbers[entry.inject]}" if entry.inject in numbers else entry.stood


def _found(findings):
    none = "The record alone suggests none: ask those who were there."
    return Items(tuple(one.in_full for one in findings) or (none,))


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
    differing = [row for row in played.decisions if _differs(row)]
    others = in_words(len(differing)) if differing else "none"
    said = f"People took {count(len(played.decisions), 'decision')}, {others} of them other than the model's."
    said += f" Those stand here; all stand in decisions.xlsx. {LADDER}" if differing else ""
    heads = ("Turn", "Seat", "Asked, and what was open", "Chose, and why", "The model", "Events")
    rows = [_in_brief(row, played) for row in differing]
    return [Paragraph(said), *([Grid(heads, rows, (6, 12, 35, 22, 16, 9))] if rows else [])]


def _in_brief(row, played):
    """A decision as a row of the report: whoever took it, when, out of what, why, the model's, events."""
    turn, seat, asked, options, chose, model, events, who, taken = _decision(row, played, MOST_OPTIONS)
    was_open = "" if row.get("kind") == "position" else f"Open: {options}"
    asked, who = ("\n".join(filter(None, lines)) for lines in ([asked, was_open], [seat, who, taken]))
    return turn, who, asked, chose, model, events


def _alignment(played):
    """Where the people in a seat, and the seats together, were of one mind; nothing where nobody said so in a room."""
    tables = [rows_of(played.folder / name) for name in ("decisions.csv", "views.csv")]
    rounds = hot_wash.rounds_of(hot_wash.stances_of(*tables), played.loaded)
    if rounds:
        yield Heading("Of one mind?")
        yield Paragraph(" ".join(hot_wash.alignment(rounds, played.loaded)))
    drawn = played.folder / "charts" / "alignment.png"
    if rounds and drawn.exists():
        yield Picture(drawn, hot_wash.title_of_alignment(rounds, played.loaded))


def _differs(row):
    return bool(row.get("model")) and row["model"] != row.get("chosen")


def _decision(row, played, most):
    """A decision as a row of `DECIDED`."""
    names, options = Names(played.loaded), [one for one in row.get("options", "").split("; ") if one]
    because = f"Because: {row['rationale']}" if row.get("rationale") else ""
    return (
        row.get("turn", ""),
        capital(names.actor(row["seat"])),
        row.get("asked") or f"{row.get('kind', '')} {row.get('subject', '')}".replace("_", " "),
        listed(options, most) if options else NOT_KEPT,
        "\n".join(filter(None, [capital(row.get("chosen", "")), because])),
        (capital(row["model"]) if _differs(row) else "The same") if row.get("model") else NOT_KEPT,
        numbered(events_of(row, played.record), ""),
        row.get("person", ""),
        row.get("taken", ""),
    )


def write_decisions(played: Played, path: Path) -> None:
    """Writes everything that people decided as a workbook, each with all the options that were seen."""
    rows = [_decision(row, played, len(row.get("options", ""))) for row in played.decisions]
    write_workbook(path, played.loaded.scenario.marking, [("Decisions", DECIDED, rows)])


def _overrides(record):
    told = ("direction", "target", "value", "reason")
    rows = [(str(event.turn), *(event.payload[name] for name in told), str(event.seq)) for event in record.overrides]
    if not rows:
        return [Paragraph("Nothing: the exercise ran as it was written.")]
    return [Grid(("Turn", "Did", "To", "Value", "Because", "Event"), rows, (8, 14, 22, 24, 22, 10))]


def _charts(played):
    found = {path.stem: path for path in sorted((played.folder / "charts").glob("*.svg"))}
    drawn = [found[name] for name in CHARTS if name in found]
    if drawn:
        yield Break()
        yield Heading("Charts")
    for path in drawn:
        alt = f"{capital(path.stem.replace('_', ' '))}: charts/{path.name} in the run's folder"
        yield Picture(_pixels(path, played), alt)


def _pixels(path, played):
    """The PNG of a chart that stands in a run's folder as SVG: the one beside it, or drawn now."""
    beside = path.with_suffix(".png")
    return beside if beside.exists() else png_of(charts_of("run")[path.stem].compose(played.record, played.loaded))


def _events(findings, played):
    wanted = {number for one in findings for number in one.events}
    names = Names(played.loaded)
    for event in played.record.events:
        if event.seq in wanted:
            about = f" over {names.incident(event.incident)}" if event.incident else ""
            who = f"{names.actor(event.actor)}: " if event.actor else ""
            said = capital(f"{who}{event.kind.replace('_', ' ')}{about}{_detail(event.payload, names)}")
            yield str(event.seq), str(event.turn), event.date, said


def _detail(payload, names):
    """What an event is about besides its incident: the response, the format, the inject's heading or the answer."""
    if "response" in payload:
        return f": {names.response(payload['response'])}"
    said = names.format(payload["format"]) if "format" in payload else payload.get("title") or payload.get("answer")
    return f": {said}" if said else ""


# ----------------------------------------------------------------------------------------------- notes, plan, data


def hot_wash_notes(played: Played) -> Paper:
    """What the talk right after the exercise goes through, with room to write."""
    questions = hot_wash.questions_of(played.loaded)
    blocks = [
        Paragraph("Twenty minutes while it is fresh. One writes; nobody defends."),
        *(block for asked in ("What happened that you did not expect?", "What went well?", "What did not?",
          "Who lacked what, and who had it?") for block in (Heading(asked, 3), Lines(3))),
        Heading("Asked by the scenario"),
        *(block for asked in questions for block in (Heading(asked, 3), Lines(2))),
        Heading("To be done"),
        Grid(("What", "Who", "By when"), [("", "", "")] * 6, (60, 22, 18), is_form=True),
    ]  # fmt: skip
    title, note = "Notes of the hot wash", "Right after the last turn."
    return Paper("hot_wash_notes", title, "for control and all", tuple(blocks), note)


def write_ratings(played: Played, path: Path) -> None:
    """Writes what is proposed for each objective as a table in which people put their own rating."""
    heads = ("objective", "aim", "proposed", "because", "events", "rating", "text")
    write_table(path, "Ratings", "", heads, [[row[name] for name in heads] for row in ratings_of(played)])


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
