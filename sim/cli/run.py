"""`oceans run`: play a scenario, tell its story, keep what came of it.

One run is told turn by turn as it unfolds; many runs show their progress and then the spread of every measure.
"""

import contextlib
import datetime
import math
import sys
import time

from sim.cli.options import RunOptions
from sim.cli.people import People
from sim.cli.seat_assignments import SeatAssignments
from sim.cli.terminal import Progress, TerminalUI, answer, drawn
from sim.errors import Diagnostic, InputError, OceansError
from sim.output.narrative.hot_wash import figure, hot_wash
from sim.output.narrative.injects import notes_on_incidents, objectives_of, run_sheet
from sim.output.narrative.story import Narrator, tell
from sim.phrases import Names, goes_unsaid, percent
from sim.record import store
from sim.scenario import load, notes_on

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
MOST_RESPONSES = 8
MOST_ACTORS = 6
MOST_FORMATS = 6


def run_scenario(options: RunOptions) -> int:
    """Plays what was asked for and returns the exit code."""
    loaded = load(options.scenario)
    for words in notes_on(loaded):
        print(f"Note: {words}", file=sys.stderr)
    seats = SeatAssignments(options, loaded)
    started = datetime.datetime.now()
    play_and_tell = _one if options.runs == 1 else _many
    kept = store.RunFolder(options.out, loaded.name, started) if options.save else contextlib.nullcontext()
    with kept as folder:
        return play_and_tell(options, loaded, seats, folder, started)


# ------------------------------------------------------------------------------------------------------------ one run


def _one(options, loaded, seats, folder, started):
    scenario, stream = loaded.scenario, sys.stderr if options.is_silent else sys.stdout
    ui = TerminalUI(stream, scenario.calendar, Names(loaded), is_full=options.full)
    kept = KeptAnswers(folder, lambda: _manifest(options, loaded, seats, started, is_finished=False))
    with kept.whatever_happens(seats):
        session = _played(options, loaded, seats, ui, kept)
        record = session.record
        if not options.is_silent:
            ui.hot_wash(hot_wash(record, loaded), record.baseline_measures is not None)
            if options.control:
                ui.run_sheet(run_sheet(record, loaded), objectives_of(record, loaded))
        if folder is not None:
            facts = _manifest(options, loaded, seats, started, is_finished=True)
            keep_one(folder, loaded, record, session.outcomes, facts, options, session)
    path = folder.keep() if folder else None
    answer(options, path, record.to_json, lambda ui: None, "report.html", ui)
    return 0


def _played(options, loaded, seats, ui, kept):
    """The exercise, told while it is played; to somebody in a seat only afterwards, for it tells what others think."""
    if not options.is_silent:
        ui.opening(loaded, options.seed)
    play = _played_by_people if seats.people else _played_alone
    session = play(options, loaded, seats, ui, kept)
    for line in seats.files.missed() if seats.files else ():
        ui.advice(line.fault("left out: it was never asked.").message)
    return session


def _session(options, loaded, seats, **more):
    from sim.session import Session

    given = {"people": seats.people, "policies": seats.policies, "script": seats.files, "at_start": seats.at_start}
    return Session(loaded, options.seed, **given, **more)


def _played_alone(options, loaded, seats, ui, kept):
    session, narrator, told = _session(options, loaded, seats, until=0), Narrator(loaded), 0
    try:
        while not session.is_over:
            session.play_to(session.turn + 1)
            events, told = session.events[told:], len(session.events)
            if not options.is_silent and not options.control:
                ui.turn(narrator.turn(session.turn, events))
    except KeyboardInterrupt as stopped:
        again = "Nothing was kept; the same command with the same seed tells the same story."
        raise type(stopped)(f"Interrupted in turn {session.turn + 1}. {again}") from None
    if options.control and not options.is_silent:
        _tell_at_the_end(options, session.record, loaded, ui)
    if seats.files:
        seats.files.check_all_asked()
        kept.write([answer for _, answer in session.decided])
    return session


def _played_by_people(options, loaded, seats, ui, kept):
    session = _session(options, loaded, seats)
    given_by = {*seats.people, *(seats.files.actors if seats.files else ())}
    people = People(
        session,
        ui,
        {code: seats.brief(code) for code in seats.people},
        lambda answers: kept.write([answer for answer in answers if answer.actor in given_by]),
    )
    try:
        people.play(seats.files)
    except KeyboardInterrupt as stopped:
        raise type(stopped)(f"Interrupted in turn {people.session.turn}.") from None
    if not options.is_silent:
        _tell_at_the_end(options, people.session.record, loaded, ui)
    return people.session


def _tell_at_the_end(options, record, loaded, ui):
    """The story of what has been played; for control, with what lies behind each inject."""
    sheet = run_sheet(record, loaded) if options.control else []
    for turn in tell(record, loaded):
        ui.turn(turn)
        if options.control:
            notes = notes_on_incidents(turn.number, record, loaded)
            ui.for_control([entry for entry in sheet if entry.turn == turn.number], notes)


class KeptAnswers:
    """The answers of people, on disk before the next decision and whatever happens then.

    `folder` is None where nothing is to be kept; `facts` gives the manifest of an exercise that is not finished.
    """

    def __init__(self, folder, facts):
        self.folder, self.facts, self.count = folder, facts, 0

    def write(self, answers):
        """Writes the answers given so far, all of them."""
        self.count = len(answers)
        if self.folder is None:
            return
        with store.advising(self.folder.out):
            if not self.folder.is_precious:
                self.folder.show("unfinished")
                self._write(store.MANIFEST, store.as_json(store.signed(self.facts())))
            self._write("actions.jsonl", "".join(f"{answer.to_json()}\n" for answer in answers))

    def _write(self, name, words):
        beside = self.folder.aside / f".{name}.part"
        beside.write_text(words, encoding="utf-8", newline="\n")
        beside.replace(self.folder.aside / name)

    @contextlib.contextmanager
    def whatever_happens(self, seats):
        """Whatever ends the exercise before its time, whoever has answered finds the answers kept, and how to go on."""
        try:
            yield
        except BaseException as ended:
            if not seats.people:
                raise
            said = self._how_to_go_on(seats)
            if isinstance(ended, InputError):
                raise InputError([*ended.faults, Diagnostic("", 0, 0, said)]) from None
            if isinstance(ended, (OceansError, KeyboardInterrupt)):
                raise type(ended)(f"{ended} {said}") from None
            ended.add_note(said)
            raise

    def _how_to_go_on(self, seats):
        if self.folder is None:
            return "Nothing was kept, as you asked."
        if not self.count:
            self.folder.is_precious = False  # an answer was given and taken back
            return "No choice had been made, so nothing was kept."
        return f"Your choices are kept. To go on from here:\n  {seats.resuming(self.folder.aside / 'actions.jsonl')}"


def _manifest(options, loaded, seats, started, **more):
    return store.manifest(
        loaded,
        options.seed,
        options.runs,
        list(options.command),
        started,
        seats=list(seats.people),
        policies=seats.policies,
        actions=[str(path) for path in options.actions],
        releases=list(options.releases),
        **more,
    )


def keep_one(folder, loaded, record, outcomes, facts, options, session=None):
    """Writes everything about one run into its folder, with charts and the report if the options ask for them.

    With the session that played it, what decided it is looked for.
    """
    store.save(folder.aside, loaded, outcomes, record, facts)
    if options.charts:
        from sim.output.pages.run import write_report

        _draw("run", write_report, record, loaded, folder, facts, options, session and _decided_by(session))


def _decided_by(session):
    from sim.experiments.turning_points import turning_points
    from sim.output.narrative.hot_wash import turning_point

    return [turning_point(point, Names(session.loaded)) for point in turning_points(session)]


def _draw(kind, write, played, loaded, folder, facts, options, *more):
    """Draws the charts of a run, or of many, and writes the report around them."""
    with store.advising(folder.out):
        charts = drawn(kind, folder.aside / "charts", played, loaded, wide=options.wide, png=options.png).values()
        write(played, loaded, charts, facts, folder.aside / "report.html", *more)


# ---------------------------------------------------------------------------------------------------------- many runs


def _many(options, loaded, seats, folder, started):
    from sim.engine import play

    began, progress = time.monotonic(), Progress(options.runs)
    try:
        with progress:
            result = play(
                loaded, options.seed, options.runs, policies=seats.policies, progress=progress, workers=options.workers
            )
    except KeyboardInterrupt as stopped:
        raise type(stopped)(
            f"Interrupted after {progress.done:,} of {options.runs:,} runs; nothing was kept. "
            "The same command gives the same runs."
        ) from None
    outcomes, seconds = result.outcomes, time.monotonic() - began
    if folder is not None:
        facts = _manifest(options, loaded, seats, started, seconds=round(seconds, 3))
        store.save(folder.aside, loaded, outcomes, manifest=facts)
        if options.charts:
            from sim.output.pages.run import write_report_of_many

            _draw("many", write_report_of_many, outcomes, loaded, folder, facts, options)
        folder.keep()
    path = folder.path if folder else None

    def told(ui):
        rate = f" in {seconds:.1f} s, {outcomes.runs / seconds:,.0f} runs a second" if seconds >= 0.1 else ""
        ui.say(loaded.scenario.title, "bold")
        ui.say(f"{outcomes.runs:,} runs from seed {options.seed}{rate}.", "dim")
        _show_spread(ui, outcomes, loaded)

    answer(options, path, lambda: _summary(outcomes, path), told, "report.html")
    return 0


# ------------------------------------------------------------------------------------------- the spread of many runs


def _show_spread(ui, outcomes, loaded):
    names = Names(loaded)
    _show_measures(ui, outcomes)
    for incident in loaded.scenario.incidents:
        _show_formats(ui, incident.id, outcomes.formats.get(incident.id, {}), names)
        _show_joined(ui, incident.id, outcomes.joined.get(incident.id, {}), names)
    for inject, shares in outcomes.answers.items():
        _show_answers(ui, inject, shares, names)


def _show_measures(ui, outcomes):
    compared = outcomes.baseline_measures is not None
    baseline = [">Median without"] if compared else []
    table = ui.table("Measure", ">Median", ">Half of the runs", ">Nine in ten", *baseline)
    for name in outcomes.measures:
        low, lower, median, upper, high = outcomes.quantiles(name, LEVELS)
        other = [_figure(outcomes.quantiles(name, [0.5], baseline=True)[0])] if compared else []
        table.add_row(_label(name), _figure(median), _between(lower, upper), _between(low, high), *other)
    ui.show("What came of it" + (" (without: the same runs without the cooperation)" if compared else ""), table)


def _label(name):
    from sim.catalogue.measures import MEASURES

    measure = MEASURES[name]
    return measure.label if goes_unsaid(measure.unit) else f"{measure.label} ({measure.unit})"


def _figure(value):
    return "–" if math.isnan(value) else figure(value)


def _between(low, high):
    return "–" if math.isnan(low) else figure(low) if low == high else f"{figure(low)} to {figure(high)}"


def _show_formats(ui, incident, shares, names):
    table = ui.table("Format", ">Called first in")
    ranked = sorted(shares.items(), key=lambda item: -item[1])
    for key, share in ranked[:MOST_FORMATS]:
        table.add_row(names.format(key), percent(share))
    if ranked[MOST_FORMATS:]:
        rest = ranked[MOST_FORMATS:]
        others = "one other" if len(rest) == 1 else f"{len(rest)} others"
        table.add_row(others, percent(sum(share for _, share in rest)))
    ui.show(f"Where {names.incident(incident)} is taken", table)


def _show_joined(ui, incident, joined, names):
    table = ui.table("Response", ">Actors on average", "Most often")
    means = {key: sum(shares.values()) for key, shares in joined.items() if not names.is_inaction(key)}
    for key in sorted(means, key=lambda key: -means[key])[:MOST_RESPONSES]:
        most = sorted(joined[key].items(), key=lambda item: -item[1])[:MOST_ACTORS]
        who = [f"{code} {share:.0%}" for code, share in most if share > 0]
        if who:
            table.add_row(names.response(key), f"{means[key]:.1f}", ", ".join(who))
    ui.show(f"Who answers {names.incident(incident)}", table)


def _show_answers(ui, inject, shares, names):
    table = ui.table("Answer", "Chosen in")
    for option, by_actor in shares.items():
        who = sorted(by_actor.items(), key=lambda item: -item[1])[:MOST_ACTORS]
        table.add_row(names.answer(inject, option), ", ".join(f"{code} {share:.0%}" for code, share in who))
    ui.show(names.question(inject).text, table)


def _summary(outcomes, path):
    """What many runs came to, as plain data; a quantile is null where the measure applies to no run."""
    without = outcomes.baseline_measures
    return store.plain({
        "scenario_name": outcomes.scenario_name,
        "title": outcomes.title,
        "digest": outcomes.digest,
        "seed": outcomes.seed,
        "runs": outcomes.runs,
        "levels": LEVELS,
        "measures": {name: outcomes.quantiles(name, LEVELS) for name in outcomes.measures},
        "baseline_measures": {name: outcomes.quantiles(name, LEVELS, True) for name in without} if without else None,
        "formats": outcomes.formats,
        "joined": outcomes.joined,
        **({"answers": outcomes.answers} if outcomes.answers else {}),
        "results": str(path) if path else None,
    })  # fmt: skip
