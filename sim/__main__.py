"""The command `oceans`: what can be asked for at a terminal, and how it answers.

Here are the commands with their options and help; their work lies in `sim/cli/` and is imported when it is called,
so that help comes at once. Exit codes: 0 done, 1 the work failed, 2 the input was wrong, 130 interrupted, 143 told to
end.
"""

import contextlib
import functools
import os
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup

from sim.cli.streams import lasting
from sim.errors import OceansError, Terminated
from sim.letters import visible
from sim.one_thread import ONE_THREAD

RENAMED = {"fit": "calibrate", "--central": "--point-estimates", "--luck": "--crn or --no-crn"}


@contextlib.contextmanager
def _shown_plainly():
    """What is wrong with how a command was called quotes it in letters that any terminal can show."""
    try:
        yield
    except Exception as error:
        if isinstance(getattr(error, "message", None), str):  # the parser's own errors, by whatever name
            error.message = visible(error.message)
            if getattr(error, "option_name", None) in RENAMED:
                error.message = _renamed(error.option_name)
                error.possibilities = []
        raise


def _renamed(word):
    """What an old word is now.

    >>> _renamed("fit")
    "'fit' is called calibrate now."
    """
    return f"'{word}' is called {RENAMED[word]} now."


class Commands(TyperGroup):
    """The commands, with errors of calling them that are safe to print."""

    def make_context(self, *arguments, **options):
        """Reads what stands before the command."""
        with _shown_plainly():
            return super().make_context(*arguments, **options)

    def invoke(self, ctx):
        """Reads what stands after it, and runs it."""
        with _shown_plainly():
            return super().invoke(ctx)

    def resolve_command(self, ctx, args):
        """Finds the command; an old name says what it is called now."""
        if args and args[0] in RENAMED:
            ctx.fail(_renamed(args[0]))
        return super().resolve_command(ctx, args)


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # styled help costs as much time as everything else together
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

MOST_RUNS = 1_000_000  # what one machine holds of them at once
MOST_WORKERS = 1024
LARGEST_SEED = 2**32 - 1  # as far as every generator of random numbers goes

Folder = Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the results go; a new folder is made in it.")]


def _version(is_asked: bool):
    if is_asked:
        from sim.record.store import versions

        print(f"oceans {versions()['two-oceans']}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is, and end.")
    ] = False,
):
    """Two Oceans: exercises for crises that cross the Atlantic and the Pacific."""


def answering(command):
    """A command that ends in advice and an exit code, never in a traceback."""

    @functools.wraps(command)
    def answered(*arguments, **options):
        try:
            code = command(*arguments, **options)
        except OceansError as error:
            print(error, file=sys.stderr)
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt as interrupt:
            print(f"\n{str(interrupt) or 'Interrupted.'}", file=sys.stderr)
            raise typer.Exit(getattr(interrupt, "exit_code", 130)) from None
        except (OSError, MemoryError, RecursionError, ImportError) as error:
            if isinstance(error, ImportError) and "map segment" not in str(error):
                raise  # a library is missing, not the memory for it
            print(_refused(error), file=sys.stderr)
            raise typer.Exit(1) from None
        raise typer.Exit(code or 0)

    return answered


def _refused(error):
    """What the machine refused, in a sentence: a file, memory, or one nesting more."""
    if isinstance(error, OSError):
        place = "" if error.filename is None else f"{error.filename}: "
        return f"{place}error: {error.strerror or error}."
    if isinstance(error, (MemoryError, ImportError)):
        return "error: there is not enough memory. Fewer runs, points or --workers at a time need less."
    return "error: what was read is nested too deeply."


@app.command()
@answering
def run(
    scenario: Annotated[str, typer.Argument(help="A scenario that ships (see below), or the path of a YAML file.")],
    seed: Annotated[int, typer.Option(min=0, max=LARGEST_SEED, help="Same scenario, same seed: same story.")] = 1,
    runs: Annotated[
        int,
        typer.Option(min=1, max=MOST_RUNS, metavar="N", help="Play it N times with other draws and show the spread."),
    ] = 1,
    seat: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="Sit in for this actor (EST, JPN, NATO ...). Repeatable.")
    ] = None,
    actions: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Give the answers that an earlier run kept in actions.jsonl. Repeatable."),
    ] = None,
    allow_changes: Annotated[
        bool, typer.Option("--allow-changes", help="Use --actions of another seed or scenario, leaving out misfits.")
    ] = False,
    policy: Annotated[
        list[str] | None,
        typer.Option(metavar="WHO=NAME", help="How an actor, a group:NAME or all choose. Repeatable."),
    ] = None,
    release: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID@TURN",
            help="Release this inject as that turn begins (turn 1 if none is said), before anybody is asked: what is "
            "kept in reserve (kind: contingency) is not released otherwise. Repeatable.",
        ),
    ] = None,
    out: Folder = Path("results"),
    charts: Annotated[bool, typer.Option("--charts/--no-charts", help="Draw the charts and write the report.")] = True,
    save: Annotated[bool, typer.Option("--save/--no-save", help="Keep the results.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the results' folder and nothing else.")] = False,
):
    """Play an exercise and tell its story; or play it many times and show what comes of it.

    Scenarios that ship are listed by: oceans list scenarios
    """
    from sim.cli.run import RunOptions, run_scenario

    options = RunOptions(
        scenario=scenario,
        seed=seed,
        runs=runs,
        seats=tuple(seat or ()),
        actions=tuple(actions or ()),
        allow_changes=allow_changes,
        policies=tuple(policy or ()),
        releases=tuple(release or ()),
        out=out,
        charts=charts,
        save=save,
        as_json=as_json,
        quiet=quiet,
        command=("oceans", *sys.argv[1:]),
    )
    return run_scenario(options)


@app.command()
@answering
def sweep(
    scenario: Annotated[
        str | None, typer.Argument(help="A scenario that ships, or a YAML file. Not needed with --resume.")
    ] = None,
    design: Annotated[
        str, typer.Option(metavar="grid|lhs|sobol|FILE", help="How points are laid out; FILE: CSV, one row a point.")
    ] = "lhs",
    points: Annotated[int | None, typer.Option(metavar="N", help="How many futures to try. [default: 1024]")] = None,
    reps: Annotated[int, typer.Option(max=MOST_RUNS, metavar="K", help="How often each point is played.")] = 1,
    fixed: Annotated[
        list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Hold this at a value. Repeatable.")
    ] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH=RANGE", help="Vary this too: low:high, low:high:triangular (or normal), a,b,c. Repeatable."
        ),
    ] = None,
    levers: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WHAT",
            help="crossed, or a number: that many settings, each in the same futures; none; names of those that vary; "
            "or one more, as in --vary. Repeatable.",
        ),
    ] = None,
    uncertainties: Annotated[
        list[str] | None, typer.Option(metavar="WHAT", help="none, or names of those that vary. Repeatable.")
    ] = None,
    crn: Annotated[
        bool | None,
        typer.Option(
            "--crn/--no-crn",
            help="Common random numbers: all points share their draws; else each future has its own. "
            "[default: only for grids and written designs, Saltelli and Morris]",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=LARGEST_SEED, help="Same scenario, design and seed: same bytes.")] = 1,
    workers: Annotated[int, typer.Option(max=MOST_WORKERS, metavar="W", help="Processes on this machine.")] = 1,
    dask: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Play on a Dask cluster: tcp://host:8786.")
    ] = None,
    out: Folder = Path("results"),
    resume: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Go on with this sweep; begin it here if DIR is new.")
    ] = None,
    shard: Annotated[
        str | None, typer.Option(metavar="I/N", help="Play only part I of N (3/8); `oceans merge` joins them.")
    ] = None,
    baseline: Annotated[
        bool, typer.Option("--baseline/--no-baseline", help="Play each run without the cooperation portfolio too.")
    ] = True,
    verify: Annotated[bool, typer.Option("--verify", help="With --resume: check every block again.")] = False,
    parquet: Annotated[bool, typer.Option("--parquet", help="Write Parquet files too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the results' folder and nothing else.")] = False,
):
    """Play a scenario in many futures: uncertainties and levers, varied together.

    They are those of the scenario, and any other value by its path.
    """
    from sim.cli.sweep import SweepOptions, sweep_scenario

    options = SweepOptions(
        scenario=scenario,
        design=design,
        points=points,
        reps=reps,
        fixed=tuple(fixed or ()),
        vary=tuple(vary or ()),
        levers=tuple(levers or ()),
        uncertainties=tuple(uncertainties or ()),
        crn=crn,
        seed=seed,
        workers=workers,
        dask=dask,
        out=out,
        resume=resume,
        shard=shard,
        baseline=baseline,
        verify=verify,
        parquet=parquet,
        as_json=as_json,
        quiet=quiet,
        command=("oceans", *sys.argv[1:]),
    )
    return sweep_scenario(options)


@app.command()
@answering
def merge(
    folders: Annotated[list[Path], typer.Argument(metavar="DIR...", help="Folders of `oceans sweep --shard I/N`.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder of the whole; it must be new.")],
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the folder and nothing else.")] = False,
):
    """Put the parts of one sweep, played on several machines, together."""
    from sim.cli.sweep import merge_sweeps

    return merge_sweeps(folders, out, quiet)


@app.command()
@answering
def compare(
    arms: Annotated[
        list[str],
        typer.Argument(
            metavar="A B...",
            help="Scenarios; A:path=value,path=value for A with other values (a lever's name does); :path=value for "
            "the first again. Each is compared with the first.",
        ),
    ],
    policy: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE=NAME", help="One more arm: the first, with this policy in that seat. Repeatable."),
    ] = None,
    runs: Annotated[int, typer.Option(max=MOST_RUNS, metavar="N", help="Pairs of runs.")] = 400,
    seed: Annotated[int, typer.Option(min=0, max=LARGEST_SEED, help="Run r of every arm has the same draws.")] = 1,
    out: Folder = Path("results"),
    charts: Annotated[bool, typer.Option("--charts/--no-charts", help="Draw the charts.")] = True,
    save: Annotated[bool, typer.Option("--save/--no-save", help="Keep the results.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the results' folder and nothing else.")] = False,
):
    """Compare scenarios, values or policies run by run, with the same draws in each."""
    from sim.cli.compare import CompareOptions, compare_arms

    command = ("oceans", *sys.argv[1:])
    return compare_arms(
        CompareOptions(tuple(arms), tuple(policy or ()), runs, seed, out, charts, save, as_json, quiet, command)
    )


@app.command()
@answering
def analyse(
    result: Annotated[Path, typer.Argument(metavar="RESULT", help="The folder of a sweep.")],
    measure: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="What to look at; else what the scenario names first. Repeatable."),
    ] = None,
    limit: Annotated[
        list[str] | None,
        typer.Option(metavar="MEASURE=VALUE", help="Beyond this it is failure; else the worst quarter is. Repeatable."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=LARGEST_SEED, help="For resampling: same seed, same intervals.")] = 1,
    out: Folder = Path("results"),
    charts: Annotated[bool, typer.Option("--charts/--no-charts", help="Draw the charts and write the page.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the results' folder and nothing else.")] = False,
):
    """Say what a sweep means: what drives each measure, where it fails, what to choose, and how far to trust it."""
    from sim.cli.analyse import AnalyseOptions, analyse_result

    command = ("oceans", *sys.argv[1:])
    return analyse_result(
        AnalyseOptions(result, tuple(measure or ()), tuple(limit or ()), seed, out, charts, as_json, quiet, command)
    )


@app.command()
@answering
def replay(
    result: Annotated[Path, typer.Argument(metavar="RESULT", help="The folder of a sweep, or of `oceans run --runs`.")],
    index: Annotated[int, typer.Argument(metavar="INDEX", help="Which run, from 0.")],
    out: Folder = Path("results"),
    charts: Annotated[bool, typer.Option("--charts/--no-charts", help="Draw the charts and write the report.")] = True,
    save: Annotated[bool, typer.Option("--save/--no-save", help="Keep the results.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the results' folder and nothing else.")] = False,
):
    """Play one run of many again, with its whole story, and verify its digest."""
    from sim.cli.replay import ReplayOptions, replay_run

    command = ("oceans", *sys.argv[1:])
    return replay_run(ReplayOptions(result, index, out, charts, save, as_json, quiet, command))


@app.command()
@answering
def backtest(
    cases: Annotated[
        str, typer.Argument(metavar="CASES", help="Past cases: cases_2007_2020, or the path of a file like it.")
    ],
    seeds: Annotated[
        int, typer.Option("--seeds", "--runs", min=1, max=MOST_RUNS, metavar="N", help="Runs of each case.")
    ] = 48,
    seed: Annotated[int, typer.Option(min=0, max=LARGEST_SEED, help="Same cases, same seed: same scores.")] = 3,
    train: Annotated[
        str | None,
        typer.Option(metavar="CASES", help="What the benchmarks learn from; else the other cases of the same file."),
    ] = None,
    with_victims: Annotated[bool, typer.Option("--with-victims", help="Score what the targets did, too.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Leave out cells of low confidence.")] = False,
    in_sample: Annotated[
        bool, typer.Option("--in-sample", help="Take coefficients estimated from all cases, the one in hand included.")
    ] = False,
    point_estimates: Annotated[
        bool,
        typer.Option(
            "--point-estimates",
            help="The most probable coefficients in every run; else drawn, as uncertain as they are.",
        ),
    ] = False,
    workers: Annotated[int, typer.Option(min=1, max=MOST_WORKERS, metavar="W", help="Processes on this machine.")] = 1,
    out: Folder = Path("results"),
    charts: Annotated[bool, typer.Option("--charts/--no-charts", help="Draw the charts and write the page.")] = True,
    save: Annotated[bool, typer.Option("--save/--no-save", help="Keep the results.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the results' folder and nothing else.")] = False,
):
    """Play past cases and set what the model says of each actor beside what it did, and beside simple forecasts."""
    from sim.cli.backtest import BacktestOptions, backtest_cases

    options = BacktestOptions(
        cases=cases,
        runs=seeds,
        seed=seed,
        train=train,
        with_victims=with_victims,
        strict=strict,
        in_sample=in_sample,
        point_estimates=point_estimates,
        workers=workers,
        out=out,
        charts=charts,
        save=save,
        as_json=as_json,
        quiet=quiet,
        command=("oceans", *sys.argv[1:]),
    )
    return backtest_cases(options)


@app.command()
@answering
def calibrate(
    cases: Annotated[
        str, typer.Argument(metavar="CASES", help="Past cases: cases_2007_2020, or the path of a file like it.")
    ],
    runs: Annotated[
        int, typer.Option(min=1, max=MOST_RUNS, metavar="N", help="Runs of each case at every set of values.")
    ] = 16,
    workers: Annotated[int, typer.Option(min=1, max=MOST_WORKERS, metavar="W", help="Processes on this machine.")] = 2,
    coefficients: Annotated[
        str | None,
        typer.Option(metavar="A,B,...", help="Which; else all with a 'prior' in behaviour.yaml."),
    ] = None,
    folds: Annotated[bool, typer.Option("--folds/--no-folds", help="Estimate again without each case.")] = True,
    out: Folder = Path("results"),
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the results' folder and nothing else.")] = False,
):
    """Estimate coefficients of behaviour from past cases, and write the files that put them to use. Takes minutes."""
    from sim.cli.calibrate import CalibrationOptions, calibrate_from

    command = ("oceans", *sys.argv[1:])
    return calibrate_from(CalibrationOptions(cases, runs, workers, coefficients, folds, out, quiet, command))


@app.command("list")
@answering
def list_(
    kind: Annotated[
        str | None,
        typer.Argument(
            help="scenarios, policies, measures, responses, formats, projects, groups, states, coefficients or cases; "
            "left out: these, with how many there are of each."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
):
    """List what there is to choose from, one line each."""
    from sim.cli.listing import list_kind

    return list_kind(kind, as_json)


@app.command()
@answering
def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="YAML files, or names of scenarios that ship.")],
):
    """Check scenario files: every fault at once, with its place and what was probably meant."""
    from sim.cli.files import check_scenarios

    return check_scenarios(files)


@app.command()
@answering
def new(
    name: Annotated[str, typer.Argument(help="Name of the new scenario: lower case letters, digits and underscores.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where to write it.")] = Path("."),
):
    """Write a scenario to start from, with every field explained."""
    from sim.cli.files import new_scenario_file

    return new_scenario_file(name, out)


@app.command()
@answering
def schema():
    """Print the JSON Schema of scenario files, for editors that complete and explain."""
    from sim.cli.files import print_schema

    return print_schema()


def _told_to_end(number, frame):
    """Ends as Ctrl-C does, so that nothing half-written stays; being told again would only disturb that."""
    signal.signal(number, signal.SIG_IGN)
    raise Terminated("Told to end.")


def main():
    """Entry point of `oceans`."""
    for name in ONE_THREAD:  # numpy reads them once; where memory is short its threads would not even begin
        os.environ.setdefault(name, "1")
    for name in ("SIGTERM", "SIGHUP"):  # Windows has no SIGHUP, and nohup ignores it
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _told_to_end)
    with lasting():
        app(prog_name="oceans")


if __name__ == "__main__":
    main()
