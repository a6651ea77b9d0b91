"""The command `oceans`: what can be asked for at a terminal, and how it answers.

Here are the commands; their help and options are in `sim/cli/options.py`. Their work lies in the other files of
`sim/cli/` and is imported when it is called, so that help comes at once. Exit codes: 0 done, 1 the work failed, 2
the input was wrong, 130 interrupted, 143 told to end.
"""

import contextlib
import functools
import gc
import importlib
import os
import signal
import sys
from typing import Annotated

import typer
from typer.core import TyperGroup

from sim.cli.options import (
    AnalyseOptions,
    BacktestOptions,
    CalibrationOptions,
    CheckOptions,
    CompareOptions,
    ListOptions,
    MergeOptions,
    MselOptions,
    NewOptions,
    PapersOptions,
    RehearseOptions,
    ReplayOptions,
    RunOptions,
    SchemaOptions,
    ServeOptions,
    SweepOptions,
    VolumesOptions,
    taking,
)
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
            exec("")  # else Python, which saw it pass through another `exec`, ends by the signal and not with the code
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


# -------------------------------------------------------------------------------------------------------- the commands


def _command(name, options, work):
    """Adds a command that takes such options, with what they say of themselves as its help; `work` is in `sim/cli/`."""
    module, _, function = work.partition(":")

    def command(given):
        return getattr(importlib.import_module(f"sim.cli.{module}"), function)(given)

    command.__doc__ = options.__doc__
    app.command(name)(taking(options)(answering(command)))


_command("run", RunOptions, "run:run_scenario")
_command("serve", ServeOptions, "live:serve_room")
_command("rehearse", RehearseOptions, "live:rehearse_scenario")
_command("sweep", SweepOptions, "experiments:sweep_scenario")
_command("merge", MergeOptions, "experiments:merge_sweeps")
_command("compare", CompareOptions, "experiments:compare_arms")
_command("analyse", AnalyseOptions, "experiments:analyse_result")
_command("replay", ReplayOptions, "replay:replay_run")
_command("backtest", BacktestOptions, "validation:backtest_cases")
_command("calibrate", CalibrationOptions, "validation:calibrate_from")
_command("volumes", VolumesOptions, "validation:show_volumes")
_command("msel", MselOptions, "papers:run_sheet")
_command("papers", PapersOptions, "papers:print_papers")
_command("list", ListOptions, "scenarios:list_kind")
_command("check", CheckOptions, "scenarios:check_scenarios")
_command("new", NewOptions, "scenarios:new_scenario_file")
_command("schema", SchemaOptions, "scenarios:print_schema")


def _heard(number: int, frame: object) -> None:
    """Nothing more: one signal has been heard, and `timeout` sends two."""


def _told_to_end(number, frame):
    """Ends as Ctrl-C does, so that nothing half-written stays; being told again would only disturb that."""
    signal.signal(number, _heard)  # not SIG_IGN: Python complains of a second signal that was on its way by then
    raise Terminated("Told to end.")


def main():
    """Entry point of `oceans`."""
    for name in ONE_THREAD:  # numpy reads them once; where memory is short its threads would not even begin
        os.environ.setdefault(name, "1")
    gc.set_threshold(50_000, 20, 20)  # what a command makes it mostly keeps: looked through for waste less often
    for name in ("SIGTERM", "SIGHUP"):  # Windows has no SIGHUP, and nohup ignores it
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _told_to_end)
    with lasting():
        app(prog_name="oceans")


if __name__ == "__main__":
    main()
