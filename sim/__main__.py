"""The command `oceans`: what can be asked for at a terminal, and how it answers.

Here are the commands with their options and help; their work lies in `sim/commands/` and is imported when it is called,
so that help comes at once. Exit codes: 0 done, 1 the work failed, 2 the input was wrong, 130 interrupted.
"""

import functools
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.errors import OceansError

app = typer.Typer(
    help="Two Oceans: exercises for crises that cross the Atlantic and the Pacific.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # styled help costs as much time as everything else together
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Folder = Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the results go; a new folder is made in it.")]


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
            print(f"\n{interrupt or 'Interrupted.'}", file=sys.stderr)
            raise typer.Exit(130) from None
        except BrokenPipeError:  # whoever was reading has gone: nothing more to say, and nothing to say it to
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None
        raise typer.Exit(code or 0)

    return answered


@app.command()
@answering
def run(
    scenario: Annotated[str, typer.Argument(help="A scenario that ships (see below), or the path of a YAML file.")],
    seed: Annotated[int, typer.Option(min=0, help="Same scenario, same seed: same story.")] = 1,
    runs: Annotated[
        int, typer.Option(min=1, metavar="N", help="Play it N times with other luck and show the spread.")
    ] = 1,
    seat: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="Sit in for this actor (EST, JPN, NATO ...). Repeatable.")
    ] = None,
    actions: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Replay the choices that an earlier run kept in actions.jsonl.")
    ] = None,
    policy: Annotated[
        list[str] | None, typer.Option(metavar="CODE=NAME", help="How an actor chooses. Repeatable.")
    ] = None,
    out: Folder = Path("results"),
    charts: Annotated[bool, typer.Option("--charts/--no-charts", help="Draw the charts and write the report.")] = True,
    save: Annotated[bool, typer.Option("--save/--no-save", help="Keep the results.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the results' folder and nothing else.")] = False,
):
    """Play an exercise and tell its story; or play it many times and show what comes of it.

    Scenarios that ship are listed when the name is not found: oceans run ?
    """
    from sim.commands.run import Order, run_scenario

    order = Order(
        scenario=scenario,
        seed=seed,
        runs=runs,
        seats=tuple(seat or ()),
        actions=actions,
        policies=tuple(policy or ()),
        out=out,
        charts=charts,
        save=save,
        as_json=as_json,
        quiet=quiet,
        command=("oceans", *sys.argv[1:]),
    )
    return run_scenario(order)


@app.command()
@answering
def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="YAML files, or names of scenarios that ship.")],
):
    """Check scenario files: every fault at once, with its place and what was probably meant."""
    from sim.commands.files import check_scenarios

    return check_scenarios(files)


@app.command()
@answering
def new(
    name: Annotated[str, typer.Argument(help="Name of the new scenario: lower case letters, digits and underscores.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where to write it.")] = Path("."),
):
    """Write a scenario to start from, with every field explained."""
    from sim.commands.files import new_scenario_file

    return new_scenario_file(name, out)


@app.command()
@answering
def schema():
    """Print the JSON Schema of scenario files, for editors that complete and explain."""
    from sim.commands.files import print_schema

    return print_schema()


def main():
    """Entry point of `oceans`."""
    app(prog_name="oceans")


if __name__ == "__main__":
    main()
