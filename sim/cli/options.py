"""What can be asked for at a terminal: the options of each command, each declared once.

A dataclass here says what its command does, which is the command's help; a field of it is an option or an argument with
its type, its default and its help. `taking` has a command called with them.
"""

import functools
import inspect
import sys
from collections.abc import Callable, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import typer

MOST_RUNS = 1_000_000  # what one machine holds of them at once
MOST_WORKERS = 1024
LARGEST_SEED = 2**32 - 1  # as far as every generator of random numbers goes


def _argument(words: str, metavar: str | None = None, default: Any = MISSING) -> Any:
    """A field that is given without its name: its help, what stands for it there, and what it is when left out."""
    return field(default=default, metadata={"about": functools.partial(typer.Argument, metavar=metavar, help=words)})


def _option(default: Any, words: str, metavar: str | None = None, *names: str, **limits: Any) -> Any:
    """A field that is an option: what it is when left out, its help, what stands for its value there, and its names.

    Without names it is called as its field is; `limits` are the `min` and `max` of a number.
    """
    about = functools.partial(typer.Option, metavar=metavar, help=words, **limits)
    return field(default=default, metadata={"about": about, "names": names})


def _flag(words: str, *names: str) -> Any:
    return _option(False, words, None, *names)


def _policy(words: str) -> Any:
    return _option((), words, "WHO=NAME", "--policy")


def _charts(words: str) -> Any:
    return _option(True, words, None, "--charts/--no-charts")


_cases = functools.partial(_argument, "Past cases: cases_2007_2024, or the path of a file like it.", "CASES")
_full = functools.partial(_flag, "Tell all that happened; else a turn is told in few sentences.")
_json = functools.partial(_flag, "Print one JSON document and nothing else.", "--json")
_out = functools.partial(_option, Path("results"), "Where the results go; a new folder is made in it.", "DIR")
_png = functools.partial(_flag, "Draw each chart as PNG, too, for slides.")
_quiet = functools.partial(_flag, "Print the results' folder and nothing else.", "--quiet", "-q")
_runs = functools.partial(_option, metavar="N", max=MOST_RUNS)
_save = functools.partial(_option, True, "Keep the results.", None, "--save/--no-save")
_seed = functools.partial(_option, min=0, max=LARGEST_SEED)
_wide = functools.partial(_flag, "Draw each chart a second time, 1920 × 1080 for a wall.")
_workers = functools.partial(_option, words="Processes on this machine.", metavar="W", max=MOST_WORKERS)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What every command here is asked with: the words at the terminal themselves."""

    command: Sequence[str] = ("oceans",)


@dataclass(frozen=True, kw_only=True)
class Answered(Asked):
    """How a command is to answer, which stands last among its options."""

    as_json: bool = _json()
    quiet: bool = _quiet()

    def __post_init__(self):
        drawing = next((option for option in ("wide", "png") if getattr(self, option, False)), None)
        if drawing and not (self.charts and getattr(self, "save", True)):
            refused = "--no-save" if self.charts else "--no-charts"
            raise typer.BadParameter(f"--{drawing} draws charts, and {refused} keeps none. Leave one out.")

    @property
    def is_silent(self) -> bool:
        """Whether standard output is for one thing only."""
        return self.as_json or self.quiet


@dataclass(frozen=True)
class RunOptions(Answered):
    """Play an exercise and tell its story; or play it many times and show what comes of it.

    Scenarios that ship are listed by: oceans list scenarios
    """

    scenario: str = _argument("A scenario that ships (see below), or the path of a YAML file.")
    seed: int = _seed(1, "Same scenario, same seed: same story.")
    runs: int = _runs(1, "Play it N times with other draws and show the spread.", min=1)
    seats: Sequence[str] = _option((), "Sit in for this actor (EST, JPN, NATO ...). Repeatable.", "CODE", "--seat")
    actions: Sequence[Path] = _option(
        (), "Give the answers that an earlier run kept in actions.jsonl. Repeatable.", "FILE"
    )
    allow_changes: bool = _flag("Use --actions of another seed or scenario, leaving out misfits.")
    policies: Sequence[str] = _policy(
        "How an actor, a group:NAME or all choose; module:Class is one of your own. Repeatable."
    )
    releases: Sequence[str] = _option(
        (),
        "Release this inject as that turn begins (turn 1 if none is said), before anybody is asked: what is kept in "
        "reserve (kind: contingency) is not released otherwise. Repeatable.",
        "ID@TURN",
        "--release",
    )
    workers: int = _workers(1, min=1)
    full: bool = _full()
    control: bool = _flag(
        "For control alone: what each inject is for, on what condition it comes and whether it came, turn by turn, and "
        "what served each objective."
    )
    out: Path = _out()
    charts: bool = _charts("Draw the charts and write the report.")
    png: bool = _png()
    wide: bool = _wide()
    save: bool = _save()


@dataclass(frozen=True)
class ServeOptions(Asked):
    """Run an exercise with people in a room: control's desk, a page for each seat, and a shared screen.

    Everything stays on this machine; others join on your network once you name a --host.
    """

    scenario: str | None = _argument(
        "A scenario that ships, or a YAML file. Not needed where --session goes on.", default=None
    )
    seed: int = _seed(1, "Of a new exercise: same scenario, seed and answers, same story.")
    host: str = _option("127.0.0.1", "The address to serve on; 0.0.0.0 lets everybody on your network in.")
    port: int = _option(8000, "0: any that is free.", min=0, max=65535)
    session: Path | None = _option(
        None, "The file that keeps the exercise; one that is there goes on where it was.", "FILE"
    )
    policies: Sequence[str] = _policy(
        "How an actor, a group:NAME or all choose; module:Class is one of your own. Repeatable."
    )
    groups: str | None = _option(
        None, "So many groups, or groups of these names, each in a room of its own.", "N|NAME,NAME"
    )
    open_desk: bool = _option(False, "Open control's desk in a browser.", None, "--open/--no-open")
    out: Path = _out()


@dataclass(frozen=True)
class RehearseOptions(Asked):
    """Play an exercise through with bots in its seats, and say what the day will be like.

    It says which injects are never reached, which responses nobody can choose, and which stops take too long.
    """

    scenario: str = _argument("A scenario that ships, or the path of a YAML file.")
    seats: Sequence[str] = _option(
        (), "A seat that people will hold; else all with a brief. Repeatable.", "CODE", "--seat"
    )
    plays: int = _option(8, "How often it is played.", "N", min=1, max=1000)
    minutes: float = _option(20, "Minutes that a stop may take.", min=1, max=600)
    seed: int = _seed(1, "Of the first play.")


@dataclass(frozen=True)
class SweepOptions(Answered):
    """Play a scenario in many futures: uncertainties and levers, varied together.

    They are those of the scenario, and any other value by its path.
    """

    scenario: str | None = _argument(
        "A scenario that ships, or a YAML file; or the folder of an exercise in a room, with --from-turn. Not needed "
        "with --resume or --extend.",
        default=None,
    )
    from_turn: int | None = _option(None, "Go on from the end of turn T of an exercise that people played.", "T", min=0)
    design: str | None = _option(
        None,
        "How points are laid out: lhs (Latin hypercube) and sobol (the sequence, which --extend goes on with) fill the "
        "space evenly, grid crosses all values; saltelli is for Sobol' indices, morris for ranking many factors with "
        "few runs; FILE: CSV, one row a point. [default: lhs]",
        "lhs|sobol|grid|saltelli|morris|FILE",
    )
    points: int | None = _option(None, "How many futures to try. [default: 1024]", "N")
    reps: int | None = _option(
        None,
        "How often each point is played. [default: 1; 10 where all points share their draws]",
        "K",
        max=MOST_RUNS,
    )
    fixed: Sequence[str] = _option((), "Hold this at a value. Repeatable.", "PATH=VALUE", "--set")
    vary: Sequence[str] = _option(
        (), "Vary this too: low:high, low:high:triangular (or normal), a,b,c. Repeatable.", "PATH=RANGE"
    )
    levers: Sequence[str] = _option(
        (),
        "crossed, or a number: that many settings, each in the same futures; none; names of those that vary; or one "
        "more, as in --vary. Repeatable.",
        "WHAT",
    )
    uncertainties: Sequence[str] = _option((), "none, or names of those that vary. Repeatable.", "WHAT")
    crn: bool | None = _option(
        None,
        "Common random numbers: all points share their draws; else each future has its own. [default: only for grids "
        "and written designs, Saltelli and Morris]",
        None,
        "--crn/--no-crn",
    )
    policies: Sequence[str] = _policy(
        "How an actor, a group:NAME or all choose in every run; module:Class is your own. Repeatable."
    )
    measures: Sequence[str] = _option(
        (),
        "A measure of your own: a function of the world, one number a run. Repeatable.",
        "NAME=MODULE:FUNCTION",
        "--measure",
    )
    keep: Sequence[str] = _option(
        (),
        "Keep this of every run too: series (by turn), joined, confidence, position, spent (by actor); with commas, or "
        "repeated.",
        "WHAT",
    )
    seed: int | None = _seed(None, "Same scenario, design and seed: same bytes. [default: 1]")
    workers: int = _workers(1)
    dask: str | None = _option(None, "Play on a Dask cluster: tcp://host:8786.", "ADDRESS")
    out: Path = _out()
    resume: Path | None = _option(None, "Go on with this sweep; begin it here if DIR is new.", "DIR")
    extend: Path | None = _option(
        None,
        "Go further with this sweep in a new folder: more --points of sobol, more --reps, more settings of --levers. "
        "Its runs are taken over; only new ones are played.",
        "DIR",
    )
    dry_run: bool = _flag("Say what it would cost, from some runs that are timed, and end.")
    yes: bool = _flag("Begin without asking, however long it takes and however large it gets.")
    shard: str | None = _option(None, "Play only part I of N (3/8); `oceans merge` joins them.", "I/N")
    baseline: bool | None = _option(
        None,
        "Play each run without the cooperation portfolio too. [default: baseline]",
        None,
        "--baseline/--no-baseline",
    )
    until: Sequence[str] = _option(
        (),
        "End early, once 'harm ±0.05' (a measure's mean is known as closely) or 'enough' (enough runs for every claim "
        "of the analysis) holds; decided on blocks in their order. Repeatable: all must hold.",
        "WHAT",
    )
    verify: bool = _flag("With --resume: check every block again.")
    csv: bool = _flag("Write results.csv, a row for each run, even of more than 100,000 runs.")
    excel: bool = _flag("Write results_excel.csv too, with semicolons and decimal commas, as many countries read.")
    parquet: bool = _flag("Write Parquet files too.")


@dataclass(frozen=True)
class MergeOptions(Asked):
    """Put the parts of one sweep, played on several machines, together."""

    folders: Sequence[Path] = _argument("Folders of `oceans sweep --shard I/N`.", "DIR...")
    out: Path = _option(MISSING, "The folder of the whole; it must be new.", "DIR")
    quiet: bool = _flag("Print the folder and nothing else.", "--quiet", "-q")


@dataclass(frozen=True)
class CompareOptions(Answered):
    """Compare scenarios, values or policies run by run, with the same draws in each."""

    arms: Sequence[str] = _argument(
        "Scenarios, or folders of exercises that people played; A:path=value,path=value for A with other values (a "
        "lever's name does); :path=value for the first again. Each is compared with the first.",
        "A B...",
    )
    policies: Sequence[str] = _policy(
        "One more arm: the first, with this policy in that seat; module:Class is your own. Repeatable."
    )
    runs: int = _runs(400, "Pairs of runs.")
    seed: int = _seed(1, "Run r of every arm has the same draws.")
    workers: int = _workers(1, min=1)
    out: Path = _out()
    charts: bool = _charts("Draw the charts.")
    wide: bool = _wide()
    save: bool = _save()


@dataclass(frozen=True)
class AnalyseOptions(Answered):
    """Say what a sweep means: what drives each measure, where it fails, what to choose, and how far to trust it."""

    result: Path = _argument("The folder of a sweep.", "RESULT")
    partial: bool = _flag("Take what there is of a sweep that is not finished, and say so.")
    measures: Sequence[str] = _option(
        (), "What to look at; else what the scenario names first. Repeatable.", "NAME", "--measure"
    )
    limits: Sequence[str] = _option(
        (), "Beyond this it is failure; else the worst quarter is. Repeatable.", "MEASURE=VALUE", "--limit"
    )
    seed: int = _seed(1, "For resampling: same seed, same intervals.")
    out: Path = _out()
    charts: bool = _charts("Draw the charts and write the page.")
    wide: bool = _wide()


@dataclass(frozen=True)
class ReplayOptions(Answered):
    """Play one run of many again, with its whole story, and verify its digest."""

    result: Path = _argument("The folder of a sweep, a run, or an exercise in a room.", "RESULT")
    index: int = _argument("Which run, from 0.", "INDEX", 0)
    full: bool = _full()
    out: Path = _out()
    charts: bool = _charts("Draw the charts and write the report.")
    png: bool = _png()
    wide: bool = _wide()
    save: bool = _save()


@dataclass(frozen=True)
class BacktestOptions(Answered):
    """Play past cases and set what the model says of each actor beside what it did, and beside simple forecasts."""

    cases: str = _cases()
    runs: int = _option(48, "Runs of each case.", "N", "--seeds", "--runs", min=1, max=MOST_RUNS)
    seed: int = _seed(3, "Same cases, same seed: same scores.")
    train: str | None = _option(None, "What the benchmarks learn from; else the other cases of the same file.", "CASES")
    with_victims: bool = _flag("Score what the targets did, too.")
    strict: bool = _flag("Leave out cells of low confidence.")
    in_sample: bool = _flag("Take coefficients estimated from all cases, the one in hand included.")
    point_estimates: bool = _flag("The most probable coefficients in every run; else drawn, as uncertain as they are.")
    workers: int = _workers(1, min=1)
    out: Path = _out()
    charts: bool = _charts("Draw the charts and write the page.")
    wide: bool = _wide()
    save: bool = _save()


@dataclass(frozen=True)
class CalibrationOptions(Asked):
    """Estimate coefficients of behaviour from past cases, and write the files that put them to use. Takes minutes."""

    cases: str = _cases()
    runs: int = _runs(16, "Runs of each case at every set of values.", min=1)
    workers: int = _workers(2, min=1)
    coefficients: str | None = _option(None, "Which; else all with a 'prior' in behaviour.yaml.", "A,B,...")
    folds: bool = _option(True, "Estimate again without each case.", None, "--folds/--no-folds")
    quick: bool = _flag("Each case is left out by one step from the whole; two are checked in full.")
    slope_runs: int | None = _runs(None, "Runs for slopes, if fewer will do.", min=1)
    out: Path = _out()
    quiet: bool = _quiet()


@dataclass(frozen=True)
class VolumesOptions(Asked):
    """Count how much happens in scenarios over many seeds, and set it beside the record.

    It also counts what cannot be, such as a patrol at sea by a state without a coast, with an example of each.
    """

    scenarios: Sequence[str] = _argument(
        "Scenarios that ship, or paths of YAML files; left out: all that ship.", "SCENARIO...", ()
    )
    seeds: int = _runs(60, "Runs of each scenario, each with the next seed.", min=1)
    seed: int = _seed(1, "The first of them.")
    as_json: bool = _json()


@dataclass(frozen=True)
class MselOptions(Asked):
    """Write the run sheet of a scenario for Excel, or bring one back into its file.

    Sheets of other tools are understood by the names of their columns; a column that is none of them is kept.
    """

    source: str = _argument(
        "A scenario, whose run sheet is written; or an .xlsx, .csv or .json file.", "SCENARIO|SHEET"
    )
    out: Path | None = _option(None, "Write the run sheet here: .xlsx, .csv or .json. Left out: print it.", "FILE")
    into: str | None = _option(None, "Bring the sheet into this scenario's YAML file, which is changed.", "FILE")
    who: Sequence[str] = _option((), "Whom a name on the sheet means: 'SOC team=EST'. Repeatable.", "NAME=CODE")


@dataclass(frozen=True)
class PapersOptions(Asked):
    """Write what is printed: briefs, handbook and guides before an exercise; the after-action report after it."""

    source: str = _argument(
        "A scenario, or a room's file, for the papers before; a run's folder, for those after.", "SCENARIO|RESULT"
    )
    whom: Sequence[str] = _option(
        (), "Only these: all, control, evaluators, or a seat's code. Repeatable.", "WHOM", "--for"
    )
    form: str = _option("html", "html, docx, or pdf (printed by a browser that is here).", "FORM", "--format")
    address: str = _option("", "Where people join, for the poster.", "URL")
    code: str = _option("", "The code to join with, for the poster.", "CODE")
    out: Path = _out()


@dataclass(frozen=True)
class ListOptions(Asked):
    """List what there is to choose from, one line each."""

    kind: str | None = _argument(
        "scenarios, policies, measures, responses, formats, projects, groups, states, coefficients or cases; left out: "
        "these, with how many there are of each.",
        default=None,
    )
    as_json: bool = _json()


@dataclass(frozen=True)
class CheckOptions(Asked):
    """Check scenario files: every fault at once, with its place and what was probably meant."""

    files: Sequence[str] = _argument("YAML files, or names of scenarios that ship.", "FILE...")


@dataclass(frozen=True)
class NewOptions(Asked):
    """Write a scenario to start from, with every field explained."""

    name: str = _argument("Name of the new scenario: lower case letters, digits and underscores.")
    out: Path = _option(Path("."), "Where to write it.", "DIR")


@dataclass(frozen=True)
class SchemaOptions(Asked):
    """Print the JSON Schema of scenario files, for editors that complete and explain."""


# ------------------------------------------------------------------------------------------- from the terminal to them


def taking(options: type[Asked]) -> Callable:
    """Has a command that takes one of the above called with what was given at the terminal, as Typer reads it."""
    asked = [one for one in fields(options) if one.metadata]
    asked.sort(key=lambda one: bool(one.kw_only))  # the command's own, then how it is to answer
    repeated = {one.name for one in asked if _is_repeated(one)}

    def decorated(command):
        @functools.wraps(command)
        def called(**given):
            kept = {name: tuple(value or ()) if name in repeated else value for name, value in given.items()}
            return command(options(**kept, command=("oceans", *sys.argv[1:])))

        called.__signature__ = inspect.Signature([_parameter(one) for one in asked])  # type: ignore[attr-defined]
        return called

    return decorated


def _is_repeated(asked: Field) -> bool:
    return get_origin(asked.type) is Sequence


def _parameter(asked: Field) -> inspect.Parameter:
    """A field as a parameter of a command: what may be repeated comes as a list, or None where it is left out."""
    kind, names, about = asked.type, asked.metadata.get("names"), asked.metadata["about"]
    if names == ():
        names = (f"--{asked.name.replace('_', '-')}",)
    default = inspect.Parameter.empty if asked.default is MISSING else asked.default
    if _is_repeated(asked):
        kind = list[get_args(kind)[0]]  # type: ignore[misc]
        if default == ():
            kind, default = kind | None, None
    kind = Annotated[kind, about(*names or ())]
    return inspect.Parameter(asked.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
