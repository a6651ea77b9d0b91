"""What can be asked for at a terminal: the options of each command, each declared once.

A dataclass here says what its command does, which is the command's help; a field of it is an option or an argument with
its type, its default and its help. `taking` has a command called with them.
"""

import functools
import inspect
import sys
from collections.abc import Callable, Sequence
from dataclasses import MISSING, Field, dataclass, fields
from pathlib import Path
from typing import Annotated, get_args, get_origin

import typer

MOST_RUNS = 1_000_000  # what one machine holds of them at once
MOST_WORKERS = 1024
LARGEST_SEED = 2**32 - 1  # as far as every generator of random numbers goes


def _seed(words):
    return typer.Option(min=0, max=LARGEST_SEED, help=words)


def _policy(words):
    return typer.Option("--policy", metavar="WHO=NAME", help=words)


def _charts(words):
    return typer.Option("--charts/--no-charts", help=words)


AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Cases = Annotated[
    str, typer.Argument(metavar="CASES", help="Past cases: cases_2007_2024, or the path of a file like it.")
]
Full = Annotated[bool, typer.Option("--full", help="Tell all that happened; else a turn is told in few sentences.")]
Folder = Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the results go; a new folder is made in it.")]
Png = Annotated[bool, typer.Option("--png", help="Draw each chart as PNG, too, for slides.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print the results' folder and nothing else.")]
ReportToo = Annotated[bool, _charts("Draw the charts and write the report.")]
PageToo = Annotated[bool, _charts("Draw the charts and write the page.")]
Save = Annotated[bool, typer.Option("--save/--no-save", help="Keep the results.")]
Wide = Annotated[bool, typer.Option("--wide", help="Draw each chart a second time, 1920 × 1080 for a wall.")]
Workers = Annotated[int, typer.Option(min=1, max=MOST_WORKERS, metavar="W", help="Processes on this machine.")]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What every command here is asked with: the words at the terminal themselves."""

    command: Sequence[str] = ("oceans",)


@dataclass(frozen=True, kw_only=True)
class Answered(Asked):
    """How a command is to answer, which stands last among its options."""

    as_json: AsJson = False
    quiet: Quiet = False

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

    scenario: Annotated[str, typer.Argument(help="A scenario that ships (see below), or the path of a YAML file.")]
    seed: Annotated[int, _seed("Same scenario, same seed: same story.")] = 1
    runs: Annotated[
        int,
        typer.Option(min=1, max=MOST_RUNS, metavar="N", help="Play it N times with other draws and show the spread."),
    ] = 1
    seats: Annotated[
        Sequence[str],
        typer.Option("--seat", metavar="CODE", help="Sit in for this actor (EST, JPN, NATO ...). Repeatable."),
    ] = ()
    actions: Annotated[
        Sequence[Path],
        typer.Option(metavar="FILE", help="Give the answers that an earlier run kept in actions.jsonl. Repeatable."),
    ] = ()
    allow_changes: Annotated[
        bool, typer.Option("--allow-changes", help="Use --actions of another seed or scenario, leaving out misfits.")
    ] = False
    policies: Annotated[
        Sequence[str],
        _policy("How an actor, a group:NAME or all choose; module:Class is one of your own. Repeatable."),
    ] = ()
    releases: Annotated[
        Sequence[str],
        typer.Option(
            "--release",
            metavar="ID@TURN",
            help="Release this inject as that turn begins (turn 1 if none is said), before anybody is asked: what is "
            "kept in reserve (kind: contingency) is not released otherwise. Repeatable.",
        ),
    ] = ()
    workers: Workers = 1
    full: Full = False
    control: Annotated[
        bool,
        typer.Option(
            "--control",
            help="For control alone: what each inject is for, on what condition it comes and whether it came, turn by "
            "turn, and what served each objective.",
        ),
    ] = False
    out: Folder = Path("results")
    charts: ReportToo = True
    png: Png = False
    wide: Wide = False
    save: Save = True


@dataclass(frozen=True)
class ServeOptions(Asked):
    """Run an exercise with people in a room: control's desk, a page for each seat, and a shared screen.

    Everything stays on this machine; others join on your network once you name a --host.
    """

    scenario: Annotated[
        str | None, typer.Argument(help="A scenario that ships, or a YAML file. Not needed where --session goes on.")
    ] = None
    seed: Annotated[int, _seed("Of a new exercise: same scenario, seed and answers, same story.")] = 1
    host: Annotated[str, typer.Option(help="The address to serve on; 0.0.0.0 lets everybody on your network in.")] = (
        "127.0.0.1"
    )
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any that is free.")] = 8000
    session: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The file that keeps the exercise; one that is there goes on where it was."),
    ] = None
    policies: Annotated[
        Sequence[str],
        _policy("How an actor, a group:NAME or all choose; module:Class is one of your own. Repeatable."),
    ] = ()
    groups: Annotated[
        str | None,
        typer.Option(
            metavar="N|NAME,NAME", help="So many groups, or groups of these names, each in a room of its own."
        ),
    ] = None
    open_desk: Annotated[bool, typer.Option("--open/--no-open", help="Open control's desk in a browser.")] = False
    out: Folder = Path("results")


@dataclass(frozen=True)
class RehearseOptions(Asked):
    """Play an exercise through with bots in its seats, and say what the day will be like.

    It says which injects are never reached, which responses nobody can choose, and which stops take too long.
    """

    scenario: Annotated[str, typer.Argument(help="A scenario that ships, or the path of a YAML file.")]
    seats: Annotated[
        Sequence[str],
        typer.Option("--seat", metavar="CODE", help="A seat that people will hold; else all with a brief. Repeatable."),
    ] = ()
    plays: Annotated[int, typer.Option(min=1, max=1000, metavar="N", help="How often it is played.")] = 8
    minutes: Annotated[float, typer.Option(min=1, max=600, help="Minutes that a stop may take.")] = 20
    seed: Annotated[int, _seed("Of the first play.")] = 1


@dataclass(frozen=True)
class SweepOptions(Answered):
    """Play a scenario in many futures: uncertainties and levers, varied together.

    They are those of the scenario, and any other value by its path.
    """

    scenario: Annotated[
        str | None,
        typer.Argument(
            help="A scenario that ships, or a YAML file; or the folder of an exercise in a room, with --from-turn. Not "
            "needed with --resume or --extend."
        ),
    ] = None
    from_turn: Annotated[
        int | None,
        typer.Option(
            "--from-turn", min=0, metavar="T", help="Go on from the end of turn T of an exercise that people played."
        ),
    ] = None
    design: Annotated[
        str | None,
        typer.Option(
            metavar="lhs|sobol|grid|saltelli|morris|FILE",
            help="How points are laid out: lhs (Latin hypercube) and sobol (the sequence, which --extend goes on with) "
            "fill the space evenly, grid crosses all values; saltelli is for Sobol' indices, morris for ranking many "
            "factors with few runs; FILE: CSV, one row a point. [default: lhs]",
        ),
    ] = None
    points: Annotated[int | None, typer.Option(metavar="N", help="How many futures to try. [default: 1024]")] = None
    reps: Annotated[
        int | None,
        typer.Option(
            max=MOST_RUNS,
            metavar="K",
            help="How often each point is played. [default: 1; 10 where all points share their draws]",
        ),
    ] = None
    fixed: Annotated[
        Sequence[str], typer.Option("--set", metavar="PATH=VALUE", help="Hold this at a value. Repeatable.")
    ] = ()
    vary: Annotated[
        Sequence[str],
        typer.Option(
            metavar="PATH=RANGE", help="Vary this too: low:high, low:high:triangular (or normal), a,b,c. Repeatable."
        ),
    ] = ()
    levers: Annotated[
        Sequence[str],
        typer.Option(
            metavar="WHAT",
            help="crossed, or a number: that many settings, each in the same futures; none; names of those that vary; "
            "or one more, as in --vary. Repeatable.",
        ),
    ] = ()
    uncertainties: Annotated[
        Sequence[str], typer.Option(metavar="WHAT", help="none, or names of those that vary. Repeatable.")
    ] = ()
    crn: Annotated[
        bool | None,
        typer.Option(
            "--crn/--no-crn",
            help="Common random numbers: all points share their draws; else each future has its own. "
            "[default: only for grids and written designs, Saltelli and Morris]",
        ),
    ] = None
    policies: Annotated[
        Sequence[str],
        _policy("How an actor, a group:NAME or all choose in every run; module:Class is your own. Repeatable."),
    ] = ()
    measures: Annotated[
        Sequence[str],
        typer.Option(
            "--measure",
            metavar="NAME=MODULE:FUNCTION",
            help="A measure of your own: a function of the world, one number a run. Repeatable.",
        ),
    ] = ()
    keep: Annotated[
        Sequence[str],
        typer.Option(
            metavar="WHAT",
            help="Keep this of every run too: series (by turn), joined, confidence, position, spent (by actor); with "
            "commas, or repeated.",
        ),
    ] = ()
    seed: Annotated[int | None, _seed("Same scenario, design and seed: same bytes. [default: 1]")] = None
    workers: Annotated[int, typer.Option(max=MOST_WORKERS, metavar="W", help="Processes on this machine.")] = 1
    dask: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Play on a Dask cluster: tcp://host:8786.")] = None
    out: Folder = Path("results")
    resume: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Go on with this sweep; begin it here if DIR is new.")
    ] = None
    extend: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Go further with this sweep in a new folder: more --points of sobol, more --reps, more settings of "
            "--levers. Its runs are taken over; only new ones are played.",
        ),
    ] = None
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what it would cost, from some runs that are timed, and end.")
    ] = False
    yes: Annotated[
        bool, typer.Option("--yes", help="Begin without asking, however long it takes and however large it gets.")
    ] = False
    shard: Annotated[
        str | None, typer.Option(metavar="I/N", help="Play only part I of N (3/8); `oceans merge` joins them.")
    ] = None
    baseline: Annotated[
        bool | None,
        typer.Option(
            "--baseline/--no-baseline",
            help="Play each run without the cooperation portfolio too. [default: baseline]",
        ),
    ] = None
    until: Annotated[
        Sequence[str],
        typer.Option(
            metavar="WHAT",
            help="End early, once 'harm ±0.05' (a measure's mean is known as closely) or 'enough' (enough runs for "
            "every claim of the analysis) holds; decided on blocks in their order. Repeatable: all must hold.",
        ),
    ] = ()
    verify: Annotated[bool, typer.Option("--verify", help="With --resume: check every block again.")] = False
    csv: Annotated[
        bool, typer.Option("--csv", help="Write results.csv, a row for each run, even of more than 100,000 runs.")
    ] = False
    excel: Annotated[
        bool,
        typer.Option(
            "--excel",
            help="Write results_excel.csv too, with semicolons and decimal commas, as many countries read.",
        ),
    ] = False
    parquet: Annotated[bool, typer.Option("--parquet", help="Write Parquet files too.")] = False


@dataclass(frozen=True)
class MergeOptions(Asked):
    """Put the parts of one sweep, played on several machines, together."""

    folders: Annotated[Sequence[Path], typer.Argument(metavar="DIR...", help="Folders of `oceans sweep --shard I/N`.")]
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder of the whole; it must be new.")]
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the folder and nothing else.")] = False


@dataclass(frozen=True)
class CompareOptions(Answered):
    """Compare scenarios, values or policies run by run, with the same draws in each."""

    arms: Annotated[
        Sequence[str],
        typer.Argument(
            metavar="A B...",
            help="Scenarios, or folders of exercises that people played; A:path=value,path=value for A with other "
            "values (a lever's name does); :path=value for the first again. Each is compared with the first.",
        ),
    ]
    policies: Annotated[
        Sequence[str],
        _policy("One more arm: the first, with this policy in that seat; module:Class is your own. Repeatable."),
    ] = ()
    runs: Annotated[int, typer.Option(max=MOST_RUNS, metavar="N", help="Pairs of runs.")] = 400
    seed: Annotated[int, _seed("Run r of every arm has the same draws.")] = 1
    workers: Workers = 1
    out: Folder = Path("results")
    charts: Annotated[bool, _charts("Draw the charts.")] = True
    wide: Wide = False
    save: Save = True


@dataclass(frozen=True)
class AnalyseOptions(Answered):
    """Say what a sweep means: what drives each measure, where it fails, what to choose, and how far to trust it."""

    result: Annotated[Path, typer.Argument(metavar="RESULT", help="The folder of a sweep.")]
    partial: Annotated[
        bool, typer.Option("--partial", help="Take what there is of a sweep that is not finished, and say so.")
    ] = False
    measures: Annotated[
        Sequence[str],
        typer.Option(
            "--measure", metavar="NAME", help="What to look at; else what the scenario names first. Repeatable."
        ),
    ] = ()
    limits: Annotated[
        Sequence[str],
        typer.Option(
            "--limit",
            metavar="MEASURE=VALUE",
            help="Beyond this it is failure; else the worst quarter is. Repeatable.",
        ),
    ] = ()
    seed: Annotated[int, _seed("For resampling: same seed, same intervals.")] = 1
    out: Folder = Path("results")
    charts: PageToo = True
    wide: Wide = False


@dataclass(frozen=True)
class ReplayOptions(Answered):
    """Play one run of many again, with its whole story, and verify its digest."""

    result: Annotated[
        Path, typer.Argument(metavar="RESULT", help="The folder of a sweep, a run, or an exercise in a room.")
    ]
    index: Annotated[int, typer.Argument(metavar="INDEX", help="Which run, from 0.")] = 0
    full: Full = False
    out: Folder = Path("results")
    charts: ReportToo = True
    png: Png = False
    wide: Wide = False
    save: Save = True


@dataclass(frozen=True)
class BacktestOptions(Answered):
    """Play past cases and set what the model says of each actor beside what it did, and beside simple forecasts."""

    cases: Cases
    runs: Annotated[
        int, typer.Option("--seeds", "--runs", min=1, max=MOST_RUNS, metavar="N", help="Runs of each case.")
    ] = 48
    seed: Annotated[int, _seed("Same cases, same seed: same scores.")] = 3
    train: Annotated[
        str | None,
        typer.Option(metavar="CASES", help="What the benchmarks learn from; else the other cases of the same file."),
    ] = None
    with_victims: Annotated[bool, typer.Option("--with-victims", help="Score what the targets did, too.")] = False
    strict: Annotated[bool, typer.Option("--strict", help="Leave out cells of low confidence.")] = False
    in_sample: Annotated[
        bool, typer.Option("--in-sample", help="Take coefficients estimated from all cases, the one in hand included.")
    ] = False
    point_estimates: Annotated[
        bool,
        typer.Option(
            "--point-estimates",
            help="The most probable coefficients in every run; else drawn, as uncertain as they are.",
        ),
    ] = False
    workers: Workers = 1
    out: Folder = Path("results")
    charts: PageToo = True
    wide: Wide = False
    save: Save = True


@dataclass(frozen=True)
class CalibrationOptions(Asked):
    """Estimate coefficients of behaviour from past cases, and write the files that put them to use. Takes minutes."""

    cases: Cases
    runs: Annotated[
        int, typer.Option(min=1, max=MOST_RUNS, metavar="N", help="Runs of each case at every set of values.")
    ] = 16
    workers: Workers = 2
    coefficients: Annotated[
        str | None,
        typer.Option(metavar="A,B,...", help="Which; else all with a 'prior' in behaviour.yaml."),
    ] = None
    folds: Annotated[bool, typer.Option("--folds/--no-folds", help="Estimate again without each case.")] = True
    quick: Annotated[
        bool,
        typer.Option("--quick", help="Each case is left out by one step from the whole; two are checked in full."),
    ] = False
    slope_runs: Annotated[
        int | None,
        typer.Option(min=1, max=MOST_RUNS, metavar="N", help="Runs for slopes, if fewer will do."),
    ] = None
    out: Folder = Path("results")
    quiet: Quiet = False


@dataclass(frozen=True)
class VolumesOptions(Asked):
    """Count how much happens in scenarios over many seeds, and set it beside the record.

    It also counts what cannot be, such as a patrol at sea by a state without a coast, with an example of each.
    """

    scenarios: Annotated[
        Sequence[str],
        typer.Argument(
            metavar="SCENARIO...", help="Scenarios that ship, or paths of YAML files; left out: all that ship."
        ),
    ] = ()
    seeds: Annotated[
        int, typer.Option(min=1, max=MOST_RUNS, metavar="N", help="Runs of each scenario, each with the next seed.")
    ] = 60
    seed: Annotated[int, _seed("The first of them.")] = 1
    as_json: AsJson = False


@dataclass(frozen=True)
class MselOptions(Asked):
    """Write the run sheet of a scenario for Excel, or bring one back into its file.

    Sheets of other tools are understood by the names of their columns; a column that is none of them is kept.
    """

    source: Annotated[
        str,
        typer.Argument(
            metavar="SCENARIO|SHEET", help="A scenario, whose run sheet is written; or an .xlsx, .csv or .json file."
        ),
    ]
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE", help="Write the run sheet here: .xlsx, .csv or .json. Left out: print it."
        ),
    ] = None
    into: Annotated[
        str | None,
        typer.Option(
            "--into", metavar="FILE", help="Bring the sheet into this scenario's YAML file, which is changed."
        ),
    ] = None
    who: Annotated[
        Sequence[str],
        typer.Option("--who", metavar="NAME=CODE", help="Whom a name on the sheet means: 'SOC team=EST'. Repeatable."),
    ] = ()


@dataclass(frozen=True)
class PapersOptions(Asked):
    """Write what is printed: briefs, handbook and guides before an exercise; the after-action report after it."""

    source: Annotated[
        str,
        typer.Argument(
            metavar="SCENARIO|RESULT",
            help="A scenario, or a room's file, for the papers before; a run's folder, for those after.",
        ),
    ]
    whom: Annotated[
        Sequence[str],
        typer.Option(
            "--for", metavar="WHOM", help="Only these: all, control, evaluators, or a seat's code. Repeatable."
        ),
    ] = ()
    form: Annotated[
        str, typer.Option("--format", metavar="FORM", help="html, docx, or pdf (printed by a browser that is here).")
    ] = "html"
    address: Annotated[str, typer.Option("--address", metavar="URL", help="Where people join, for the poster.")] = ""
    code: Annotated[str, typer.Option("--code", metavar="CODE", help="The code to join with, for the poster.")] = ""
    out: Folder = Path("results")


@dataclass(frozen=True)
class ListOptions(Asked):
    """List what there is to choose from, one line each."""

    kind: Annotated[
        str | None,
        typer.Argument(
            help="scenarios, policies, measures, responses, formats, projects, groups, states, coefficients or cases; "
            "left out: these, with how many there are of each."
        ),
    ] = None
    as_json: AsJson = False


@dataclass(frozen=True)
class CheckOptions(Asked):
    """Check scenario files: every fault at once, with its place and what was probably meant."""

    files: Annotated[
        Sequence[str], typer.Argument(metavar="FILE...", help="YAML files, or names of scenarios that ship.")
    ]


@dataclass(frozen=True)
class NewOptions(Asked):
    """Write a scenario to start from, with every field explained."""

    name: Annotated[str, typer.Argument(help="Name of the new scenario: lower case letters, digits and underscores.")]
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where to write it.")] = Path(".")


@dataclass(frozen=True)
class SchemaOptions(Asked):
    """Print the JSON Schema of scenario files, for editors that complete and explain."""


# ------------------------------------------------------------------------------------------- from the terminal to them


def taking(options: type[Asked]) -> Callable:
    """Has a command that takes one of the above called with what was given at the terminal, as Typer reads it."""
    asked = [field for field in fields(options) if get_origin(field.type) is Annotated]
    asked.sort(key=lambda field: bool(field.kw_only))  # the command's own, then how it is to answer
    repeated = {field.name for field in asked if _is_repeated(field)}

    def decorated(command):
        @functools.wraps(command)
        def called(**given):
            kept = {name: tuple(value or ()) if name in repeated else value for name, value in given.items()}
            return command(options(**kept, command=("oceans", *sys.argv[1:])))

        called.__signature__ = inspect.Signature([_parameter(field) for field in asked])  # type: ignore[attr-defined]
        return called

    return decorated


def _is_repeated(field: Field) -> bool:
    return get_origin(get_args(field.type)[0]) is Sequence


def _parameter(field: Field) -> inspect.Parameter:
    """A field as a parameter of a command: what may be repeated comes as a list, or None where it is left out."""
    kind, about = get_args(field.type)
    default = inspect.Parameter.empty if field.default is MISSING else field.default
    if _is_repeated(field):
        kind = list[get_args(kind)[0]]  # type: ignore[misc]
        if default == ():
            kind, default = kind | None, None
    return inspect.Parameter(
        field.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, about]
    )
