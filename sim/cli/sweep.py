"""`oceans sweep` and `oceans merge`: many runs of a scenario, kept block by block; parts of a sweep put together."""

import json
import os
import sys
from collections import Counter

import typer

from sim.cli.streams import print_json
from sim.errors import refusal
from sim.letters import whole


def sweep_scenario(options):
    """Plays the sweep that was asked for, with `SweepOptions`, and returns the exit code."""
    from sim.experiments.length import Cost
    from sim.experiments.result import TABLE, TABLE_WITH_COMMAS
    from sim.experiments.runner import sweep

    result = sweep(
        options.scenario, options.design, options.points, options.reps,
        fixed=options.fixed or None, vary=options.vary or None,
        levers=options.levers or None, uncertainties=options.uncertainties or None, crn=options.crn, seed=options.seed,
        policies=options.policies, measures=options.measures or None, keep=options.keep or None,
        workers=options.workers, dask=options.dask, out=options.out, resume=options.resume,
        shard=shard_of(options.shard),
        baseline=options.baseline, verify=any((options.verify, options.parquet, options.csv, options.excel)),
        say=_say, command=options.command, until=options.until or None,
        extend=options.extend, dry_run=options.dry_run, confirm=None if options.yes else _is_wanted,
        from_turn=options.from_turn,
    )  # fmt: skip
    if isinstance(result, Cost):
        print_json(json.dumps(result.to_dict())) if options.as_json else print(result)
        return 0
    if options.csv:
        result.to_csv(result.path / TABLE)
    if options.excel:
        result.to_csv(result.path / TABLE_WITH_COMMAS, with_commas=True)
    if options.parquet:
        _write_parquet(result)
    _answer(result, options.as_json, options.quiet)
    return 0


def _is_wanted(cost):
    """Whether somebody at the terminal wants a sweep that takes long or much room; refused where nobody can answer."""
    _say(str(cost))
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise refusal("nobody is here to be asked whether to begin. --yes begins it, --dry-run says this and ends.")
    return typer.confirm("Begin?", err=True)


def _write_parquet(result):
    from sim.record.reading import check_folder

    folder = result.path / "parquet"
    if os.path.lexists(folder):
        check_folder(folder)  # a link would lead out of the sweep's folder
    result.to_parquet(folder)


def merge_sweeps(folders, out, quiet=False):
    """Puts the parts of a sweep together and returns the exit code."""
    from sim.experiments.result import merge

    _answer(merge(folders, out), False, quiet)
    return 0


def shard_of(text):
    """(3, 8) of "3/8"; InputError when it is not of that form.

    >>> shard_of("3/8")
    (3, 8)
    """
    if text is None:
        return None
    number, slash, of = text.partition("/")
    part, parts = whole(number), whole(of)
    if slash and part is not None and parts is not None and 1 <= part <= parts:
        return part, parts
    message = f"--shard {text}: write which part of how many, such as 3/8: from 1/8 to 8/8."
    raise refusal(message)


def _say(text):
    print(text, file=sys.stderr, flush=True)


def _answer(result, as_json, quiet):
    if quiet:
        print(result.path)
        return
    if as_json:
        print_json(json.dumps(_summary(result), ensure_ascii=False))
        return
    for line in _told(result):
        print(line)


def _summary(result):
    manifest = result.manifest
    return {
        "folder": str(result.path), "scenario": manifest["scenario"], "plan": manifest["plan"], "runs": len(result),
        "of_runs": result.folder.runs, "failed": manifest.get("failed", 0), "design": manifest["design"],
    }  # fmt: skip


def _told(result):
    """What was played, in a few lines."""
    design, manifest = result.design, result.manifest
    yield f"{manifest['scenario']['title']}: {_count(design, len(result))}."
    width = max((len(factor.name) for factor in design.factors), default=0)
    for factor in design.factors:
        yield f"  {factor.name:<{width}}  {factor.kind:<11}  {_spread(factor)}"
    if manifest.get("failed"):
        yield f"{manifest['failed']:,} runs failed: {result.path}/failures.csv says where and why."
        reasons = Counter((failure["stage"], failure["reason"]) for failure in result.failures)
        for (stage, reason), count in reasons.most_common(3):
            yield f"  {count:,} x {stage}: {reason}"
    if not result.is_whole and not result.folder.shard:
        conditions = " and ".join(result.manifest["until"])
        yield f"Ended after {len(result):,} of {result.folder.runs:,} runs, since they tell enough: {conditions}."
    elif not result.is_whole:
        number, of = result.folder.shard
        yield f"This is part {number} of {of}; when all are there: oceans merge DIR... --out DIR"
    yield f"Everything is in {result.path}/"


def _count(design, runs):
    points = f"{len(design.points):,} points"
    again = f", {design.replications:,} times each" if design.replications > 1 else ""
    settings = design.settings
    crossed = f" ({settings:,} settings of the levers in {design.futures:,} futures)" if settings > 1 else ""
    return f"{runs:,} runs at {points}{crossed}{again}, seed {design.seed}"


def _spread(factor):
    if factor.kind == "set":
        return f"{factor.choices[0]}"
    if factor.choices is not None:
        return ", ".join(map(str, factor.choices))
    shape = "" if factor.distribution == "uniform" else f", {factor.distribution}"
    return f"{factor.low:g} to {factor.high:g}{shape}"
