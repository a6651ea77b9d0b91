"""`oceans run`: play a scenario, tell its story, keep what came of it.

One run is told turn by turn as it unfolds; many runs show their progress and then the spread of every measure.
"""

import contextlib
import datetime
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.commands.choices import Choices
from sim.commands.desk import Desk, remark_on
from sim.commands.spread import show_spread, summary
from sim.record import store
from sim.record.story import Teller, closing
from sim.record.words import Names
from sim.scenario import load
from sim.seats import SeatLeft


@dataclass(frozen=True)
class Order:
    """What was asked for at the terminal; see `oceans run --help`."""

    scenario: str
    seed: int = 1
    runs: int = 1
    seats: Sequence[str] = ()
    actions: Path | None = None
    policies: Sequence[str] = ()
    out: Path = Path("results")
    charts: bool = True
    save: bool = True
    as_json: bool = False
    quiet: bool = False
    command: Sequence[str] = ("oceans", "run")

    @property
    def is_silent(self):
        """Whether standard output is for one thing only."""
        return self.as_json or self.quiet


def run_scenario(order):
    """Plays what was ordered and returns the exit code."""
    loaded = load(order.scenario)
    choices = Choices(order, loaded)
    started = datetime.datetime.now()
    play_and_tell = _one if order.runs == 1 else _many
    with _folder(order, loaded, started) as folder:
        return play_and_tell(order, loaded, choices, folder, started)


@contextlib.contextmanager
def _folder(order, loaded, started):
    """The run's folder, or None when nothing is to be kept."""
    if not order.save:
        yield None
        return
    with store.RunFolder(order.out, loaded.name, started) as folder:
        yield folder


# ------------------------------------------------------------------------------------------------------------ one run


def _one(order, loaded, choices, folder, started):
    desk = Desk(sys.stderr if order.is_silent else sys.stdout, loaded.scenario.start, Names(loaded))
    with choices.written_to(folder), _leaving(order, loaded, choices, folder, started):
        result = _played(order, loaded, choices, desk)
    choices.check_all_asked()
    record = result.records[0]
    if not order.is_silent:
        desk.closing(closing(record, loaded), record.measures_without is not None)
    if folder is not None:
        _keep_one(order, loaded, choices, folder, started, result, record)
    _answer_one(order, folder, record, desk)
    return 0


def _played(order, loaded, choices, desk):
    """The run, told while it is played; to somebody in a seat only afterwards, for it tells what others think."""
    from sim.engine import play

    teller, told = Teller(loaded), []

    def on_turn(number, events):
        told.append(teller.turn(number, events))
        if not (order.is_silent or choices.has_person):
            desk.turn(told[-1])

    if not order.is_silent:
        desk.opening(loaded, order.seed)
    try:
        result = play(loaded, order.seed, trace=True, policies=choices.policies(desk), on_turn=on_turn)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(_interrupted(told, choices)) from None
    if choices.has_person and not order.is_silent:
        for turn in told:
            desk.turn(turn)
    return result


def _interrupted(told, choices):
    where = f"Interrupted in turn {len(told) + 1}."
    again = "Nothing was kept; the same command with the same seed tells the same story."
    return where if choices.has_person else f"{where} {again}"


@contextlib.contextmanager
def _leaving(order, loaded, choices, folder, started):
    """Whoever leaves a seat, by the door or the window, finds the choices made so far kept, and how to go on."""
    try:
        yield
    except (SeatLeft, KeyboardInterrupt) as left:
        if not choices.has_person:
            raise
        said = _kept_unfinished(order, loaded, choices, folder, started)
        if isinstance(left, KeyboardInterrupt):
            raise KeyboardInterrupt(f"{left} {said}") from None
        raise SeatLeft(f"{left} {said}") from None


def _kept_unfinished(order, loaded, choices, folder, started):
    if folder is None:
        return "Nothing was kept, as you asked."
    if not choices.count:
        return "No choice had been made, so nothing was kept."
    with store.advising(order.out):
        facts = _manifest(order, loaded, choices, started, is_finished=False)
        (folder.aside / "manifest.json").write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", "utf-8")
    path = folder.keep("unfinished")
    return f"Your choices are kept. To go on from here:\n  {choices.resuming(path / 'actions.jsonl')}"


def _manifest(order, loaded, choices, started, **more):
    return store.manifest(
        loaded,
        order.seed,
        order.runs,
        list(order.command),
        started,
        seats=list(order.seats),
        policies=choices.named,
        actions=str(order.actions) if order.actions else None,
        **more,
    )


def _keep_one(order, loaded, choices, folder, started, result, record):
    facts = _manifest(order, loaded, choices, started, is_finished=True)
    store.save(folder.aside, loaded, result.outcomes, record, facts)
    if order.charts:
        from sim.charts import draw_all
        from sim.report import write_report

        _draw(draw_all, write_report, record, loaded, folder, facts)


def _draw(draw, write, played, loaded, folder, facts):
    """Draws the charts of a run, or of many, and writes the report around them."""
    with store.advising(folder.out):
        charts = remark_on(draw(played, loaded, folder.aside / "charts"))
        write(played, loaded, charts, facts, folder.aside / "report.html")


def _answer_one(order, folder, record, desk):
    path = folder.keep() if folder else None
    if order.as_json:
        print(record.to_json())
    elif order.quiet:
        print(path or "", end="\n" if path else "")
    elif path:
        desk.place(_where(order, path))


def _where(order, path):
    return f"Everything is in {path}/" + ("; begin with report.html" if order.charts else "")


# ---------------------------------------------------------------------------------------------------------- many runs


def _many(order, loaded, choices, folder, started):
    from sim.engine import play

    began, progress = time.monotonic(), Progress(order.runs, sys.stderr)
    try:
        with progress:
            result = play(loaded, order.seed, runs=order.runs, policies=choices.policies(None), progress=progress)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            f"Interrupted after {progress.done:,} of {order.runs:,} runs; nothing was kept. "
            "The same command gives the same runs."
        ) from None
    outcomes, seconds = result.outcomes, time.monotonic() - began
    if folder is not None:
        facts = _manifest(order, loaded, choices, started, seconds=round(seconds, 3))
        store.save(folder.aside, loaded, outcomes, manifest=facts)
        if order.charts:
            from sim.charts import draw_fans
            from sim.report import write_report_of_many

            _draw(draw_fans, write_report_of_many, outcomes, loaded, folder, facts)
        folder.keep()
    _answer_many(order, loaded, folder, outcomes, seconds)
    return 0


def _answer_many(order, loaded, folder, outcomes, seconds):
    path = folder.path if folder else None
    if order.as_json:
        print(json.dumps(summary(outcomes, path), ensure_ascii=False))
    elif order.quiet:
        print(path or "", end="\n" if path else "")
    else:
        desk = Desk(sys.stdout, loaded.scenario.start, Names(loaded))
        desk.say(loaded.scenario.title, "bold")
        rate = f" in {seconds:.1f} s, {outcomes.runs / seconds:,.0f} runs a second" if seconds >= 0.1 else ""
        desk.say(f"{outcomes.runs:,} runs from seed {order.seed}{rate}.", "dim")
        show_spread(desk, outcomes, loaded)
        if path:
            desk.place(_where(order, path))


class Progress:
    """Runs done, rate and time left, on standard error, where somebody is watching."""

    def __init__(self, runs, stream):
        self.done, self.runs, self.stream, self.bar = 0, runs, stream, None

    def __enter__(self):
        if self.stream.isatty():
            from tqdm import tqdm

            self.bar = tqdm(
                total=self.runs, unit=" runs", unit_scale=True, file=self.stream, leave=False, mininterval=0.2
            )
        return self

    def __call__(self, more):
        """Notes that so many more runs are done."""
        self.done += more
        if self.bar is not None:
            self.bar.update(more)

    def __exit__(self, *_):
        if self.bar is not None:
            self.bar.close()
