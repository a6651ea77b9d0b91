"""Playing a sweep from its first block to its last, or from where it was stopped; and designs, a batch at a time.

Every block is kept as soon as it is played, and its bytes depend on the plan alone. So a sweep that was killed goes on
where it was, and comes out as if nothing had happened. How it is getting on stands on standard error.
"""

import contextlib
import os
import shutil
import sys
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import refusal
from sim.experiments import workers as ways
from sim.experiments.asked import Asked, begun, opened, opening_asked_for, place_of, scenario_asked_for
from sim.experiments.design import Design, make_design
from sim.experiments.folder import MANIFEST, SHARDS, alone, check_unchanged, kept_or_advice, open_folder
from sim.experiments.length import FEW, Cost, Watch, cost_of
from sim.experiments.result import Result
from sim.scenario import Loaded, load


def sweep(
    scenario: str | os.PathLike | Loaded | None = None,
    design: Any = None,
    points: int | None = None,
    reps: int | None = None,
    *,
    fixed: Mapping[str, Any] | None = None,
    vary: Any = None,
    levers: Any = None,
    uncertainties: Any = None,
    policies: Any = None,
    measures: Any = None,
    keep: Sequence[str] | str | None = None,
    seed: int | None = None,
    crn: bool | None = None,
    workers: int = 1,
    dask: str | None = None,
    out: str | os.PathLike | None = None,
    resume: str | os.PathLike | None = None,
    extend: str | os.PathLike | None = None,
    shard: tuple[int, int] | None = None,
    block_runs: int | None = None,
    baseline: bool | None = None,
    until: Sequence[str] | str | None = None,
    verify: bool = False,
    dry_run: bool = False,
    confirm: Callable[[Cost], bool] | None = None,
    progress: Callable[[int, int], object] | None = None,
    say: Callable[[str], object] | None = None,
    command: Sequence[str] = (),
    play: Callable | None = None,
    from_turn: int | None = None,
) -> Result | Cost:
    """Play a scenario at many points.

    Parameters
    ----------
    scenario : name of a shipped one, path, or Loaded; None goes on with what `resume` keeps; or the folder of an
        exercise with people in a room
    design : "lhs" (default), "sobol", "grid", "saltelli" or "morris"; a CSV file, data frame, dict of columns or list
        of points
    points : int, how many futures; default 1024. A grid's follow from its levels
    reps : int, how often each point is played; default 1 where each future has its own draws, else 10
    fixed : dict of name or path to the value it is held at
    vary, levers, uncertainties : what varies; see `sim.experiments.choose_factors`
    policies : dict of code, "group:NAME" or "all" to the name of a policy, a class of your own or its "module:Class":
        who chooses otherwise than the model's own rule in every run; texts: "EST=hawk"
    measures : dict of name to a function of your own (world) -> array (runs,), or its "module:function"; texts:
        "name=module:function". It may have `label`, `unit` and `better` ("higher", "lower") set on it
    keep : words of `sim.experiments.keep.WORDS`: "series" by turn, "joined", "confidence", "position" and "spent" by
        actor, of every run
    seed : int, of the sample and of the draws; default 1
    crn : bool, common random numbers: all points share their draws (default for grids, written designs, Saltelli and
        Morris); False: each future has its own (default for "lhs" and "sobol")
    workers : int, processes on this machine
    dask : address of a Dask scheduler ("tcp://host:8786"), in place of processes
    out : folder in which the sweep's own is made; None keeps it as long as the result is in use
    resume : folder of a sweep to go on with; begun there if it is new and a scenario is given
    extend : folder of a sweep to go further with, in a new one: its runs are taken over where they are runs of the new
        design, and what is not asked for stays as it was there (`points=` of "sobol", `reps=`, more settings of levers)
    shard : (number, of how many): play every so-manyth block only, to be merged later
    block_runs : int, runs in a block; default by the sweep's size
    baseline : bool, play each run a second time without the cooperation portfolio, if the scenario has one (default)
    until : texts "harm ±0.05" (half an interval of the mean), "enough" (enough runs for every claim of the analysis):
        when all hold after some blocks of the plan, the sweep ends; see `sim.experiments.length`
    verify : bool, when going on, read every block again and compare it with its check, even if all are there
    dry_run : bool, play no more than tells what the sweep would cost, and keep nothing
    confirm : callable (Cost) -> bool, asked before a new sweep that takes long or much room; default: nobody is asked
    progress : callable (runs, failed), called after each block; default: a bar or lines on standard error
    say : callable (text), told what somebody should know; default: nobody
    command : how this was asked for, for the log
    play : a stand-in for the engine: callable (study, points, replications) -> Played
    from_turn : int, of an exercise with people: the end of the turn from which all runs go on, as it was played up to
        there; what differs in a future differs from the first turn, chance from then on

    Returns
    -------
    Result; Cost where `dry_run`

    >>> result = sweep("smallest", "grid", vary={"linkage": (0.2, 0.8)}, reps=2, progress=lambda runs, failed: None)
    >>> len(result), result.to_pandas()["harm"].notna().all().item()
    (18, True)
    """
    say = say or (lambda text: None)
    if workers < 1:
        raise refusal(f"--workers {workers}: at least one process has to do the work.")
    asked = Asked(
        {"design": design, "points": points, "reps": reps, "seed": seed, "crn": crn},
        {"fixed": fixed, "vary": vary, "levers": levers, "uncertainties": uncertainties},
        policies, measures, keep, until, shard, block_runs, baseline, open_folder(extend) if extend else None,
        opening_asked_for(scenario, from_turn),
    )  # fmt: skip
    loaded = scenario_asked_for(scenario, asked, resume)
    if dry_run:
        out, resume = None, resume if resume and (Path(resume) / MANIFEST).exists() else None
    path, is_new, keeper = place_of(loaded, out, resume, shard)
    folder = opened(path, loaded, asked) if (path / MANIFEST).exists() else None
    if folder and folder.is_finished and not verify and len(folder.played(whole=False)) == len(folder.numbers()):
        say(f"Nothing is left to play: all {folder.runs_here:,} runs are there (--verify reads their every byte).")
        return Result(folder)
    with alone(path):
        if folder is None and (path / MANIFEST).exists():  # begun by another just now
            folder = opened(path, loaded, asked)
        if folder is None:
            folder = begun(path, is_new, loaded, asked, play, say)
            if confirm and not dry_run:
                _ask(confirm, folder, loaded, play, workers)
        else:
            loaded = loaded or folder.scenario()
            check_unchanged(folder, loaded)
        if dry_run:
            return cost_of(folder, folder.study(loaded, play), _left(folder), workers)
        stopped = _play(folder, loaded, folder.study(loaded, play), workers, dask, progress, say, command)
    if stopped:
        raise stopped
    result = Result(folder)
    if keeper is not None:
        weakref.finalize(result, keeper.cleanup)
    return result


def _ask(confirm, folder, loaded, play, workers):
    """Asks before a new sweep that takes long or much room; where it is not wanted, nothing is left of it."""
    try:
        if _left(folder) >= FEW:
            cost = cost_of(folder, folder.study(loaded, play), _left(folder), workers)
            if cost.is_large and not confirm(cost):
                raise refusal("not begun.")
    except BaseException:
        shutil.rmtree(folder.path, ignore_errors=True)
        raise


def _left(folder):
    """How many runs are still to be played."""
    there = sum(folder.runs_in(number) for number in folder.played(whole=False))
    return folder.runs_here - there - (folder.before.count() if folder.before else 0)


def _play(folder, loaded, study, workers, dask, progress, say, command):
    """Plays what is left; if it was stopped, what to raise, which says how to go on; or None."""
    folder.tidy()
    with kept_or_advice(folder.path):
        (folder.path / SHARDS).mkdir(exist_ok=True)
    there = folder.played(warn=lambda damage: say(f"{damage} Its runs are played again."))
    left = [number for number in folder.order() if number not in there]
    watch = Watch(folder, loaded, there)
    runs, done = folder.runs_here, sum(folder.runs_in(number) for number in there)
    if there and left:
        say(f"Going on in {folder.path}: {done:,} of {runs:,} runs are there.")
    began = time.monotonic()
    bar = Progress(runs, done) if progress is None else contextlib.nullcontext(progress)
    table = Result(folder, folder.numbers()).table()
    awaited = next(table, None)
    with ways.Stop(say) as stop:
        with bar as tell:
            for block in _played(folder, study, left, stop, workers, dask) if left and not watch.reached else ():
                tell(block.runs, block.failed)
                done += block.runs
                if watch.add(block.number):
                    stop.is_set = True
                while awaited in watch.there:  # while workers play others
                    awaited = next(table, None)
        if done == runs or watch.reached:
            folder.finish(watch.enough)
            if awaited is not None or watch.reached:
                Result(folder).write_table()
            done = runs = folder.runs_here
    seconds = round(time.monotonic() - began, 3)
    folder.note(command=list(command), workers=dask or workers, blocks=len(left), runs_there=done, seconds=seconds)
    if done == runs:
        return None
    again = f"oceans sweep --resume {folder.path}" + (
        f" --extend {folder.before.earlier.path}" if folder.before else ""
    )
    return stop.kind(f"Stopped with {done:,} of {runs:,} runs, which are kept. To go on:\n  {again}")


def _played(folder, study, left, stop, workers, dask):
    if dask:
        return ways.play_on_dask(folder, study, left, stop, dask)
    if workers > 1 and len(left) > 1:
        return ways.play_in_processes(folder, study, left, stop, min(workers, len(left)))
    return ways.play_here(folder, study, left, stop)


EVERY = 30  # seconds between lines, where nobody watches a terminal


class Progress:
    """A bar at a terminal; elsewhere, as in the log of a cluster's job, a line now and then.

    Parameters
    ----------
    runs : int, of all that is to be played; done : int, of what was there already
    stream : text stream; default: standard error

    >>> with Progress(100, stream=sys.stdout) as progress:
    ...     progress(100, failed=2)
    100 of 100 runs, 2 failed.
    """

    def __init__(self, runs, done=0, stream=None):
        self.runs, self.done, self.before, self.failed = runs, done, done, 0
        self.stream = stream or sys.stderr
        self.began = self.told = time.monotonic()
        self.bar = None

    def __enter__(self):
        self.began = self.told = time.monotonic()
        if getattr(self.stream, "isatty", bool)():
            from tqdm import tqdm

            self.bar = tqdm(
                total=self.runs, initial=self.done, unit=" runs", unit_scale=True, file=self.stream, mininterval=0.2,
                dynamic_ncols=True,
            )  # fmt: skip
        return self

    def __call__(self, runs, failed=0):
        """Notes that so many more runs are done, so many of them failed."""
        self.done += runs
        self.failed += failed
        if self.bar is not None:
            if failed:
                self.bar.set_postfix_str(f"{self.failed:,} failed", refresh=False)
            self.bar.update(runs)
        elif self.done >= self.runs or time.monotonic() - self.told >= EVERY:
            self.told = time.monotonic()
            print(self.line(), file=self.stream, flush=True)

    def line(self):
        """How it stands, as a sentence."""
        seconds = time.monotonic() - self.began
        rate = (self.done - self.before) / max(seconds, 1e-9)
        parts = [f"{self.done:,} of {self.runs:,} runs"]
        if seconds > 1:
            parts.append(f"{rate:,.0f} a second")
        if self.done < self.runs:
            parts.append(f"{_duration((self.runs - self.done) / max(rate, 1e-9))} left")
        if self.failed:
            parts.append(f"{self.failed:,} failed")
        return ", ".join(parts) + "."

    def __exit__(self, *_):
        if self.bar is not None:
            self.bar.close()


def _duration(seconds):
    minutes, seconds = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {seconds:02} s" if minutes else f"{seconds} s"


# --------------------------------------------------------------------------------------------------- a batch of designs


def evaluate(
    scenario, designs, futures, reps=1, seed=1, *, fixed=None, vary=None, uncertainties=None, measures=None, workers=1,
    play=None,
):  # fmt: skip
    """Play each of some designs in the same futures, at once: what a search for good designs asks for.

    An optimiser proposes designs and wants outcomes back, generation after generation. Every design meets the same
    futures with the same draws, in this call and in the next: designs differ by what they choose and by nothing else,
    and one that is asked for again comes out the same to the last bit.

    Parameters
    ----------
    scenario : name of a shipped one, path, or Loaded
    designs : data frame, dict of columns or list of points: a row for each design, a column for each lever or path that
        it sets; other levers stay as written. A policy has a path too: "actors.JPN.policy"
    futures : int, how many are drawn (Latin hypercube) over the uncertainties that no design sets; or the futures
        themselves, in the same forms as designs. Each has draws of its own
    reps : int, draws in each future
    seed : int, of the futures and of their draws
    fixed, vary, uncertainties : what is held and what futures vary; see `sim.experiments.choose_factors`
    measures, workers, play : functions of your own, processes, a stand-in for the engine; see `sim.sweep`

    Returns
    -------
    dict of measure to array (designs, futures, reps); nan where a measure does not apply, or the run failed

    >>> two = {"linkage": [0.2, 0.8]}
    >>> harm = evaluate("smallest", two, futures=4)["harm"]
    >>> harm.shape, bool((harm == evaluate("smallest", two, futures=4)["harm"]).all())
    ((2, 4, 1), True)
    """
    loaded = load(scenario) if isinstance(scenario, str | os.PathLike) else scenario
    chosen = make_design(loaded, designs, reps=1, fixed=fixed)
    met = _futures(loaded, chosen, futures, reps, seed, vary, uncertainties)
    result = sweep(
        loaded, _crossed(chosen, met), measures=measures, workers=workers, baseline=False, play=play,
        progress=lambda runs, failed: None,
    )  # fmt: skip
    shape = len(met.points), len(chosen.points), reps
    return {name: values.reshape(shape).swapaxes(0, 1) for name, values in result.measures.items()}


def _futures(loaded, chosen, futures, reps, seed, vary, uncertainties):
    """The futures as a design of their own, each with its own draws."""
    if isinstance(futures, int | np.integer):
        return make_design(loaded, "lhs", int(futures), reps, seed, chosen.values(0), vary, "none", uncertainties)
    met = make_design(loaded, futures, None, reps, seed, None, vary, None, uncertainties, crn=False)
    set_by_designs = {factor.path for factor in chosen.factors}
    for factor in met.varying:
        if factor.path in set_by_designs:
            raise refusal(f"'{factor.name}' is set by the designs, and by the futures too. Keep one of them.")
    return met


def _crossed(chosen: Design, met: Design) -> Design:
    """Every design in every future."""
    table = np.zeros(len(chosen.points) * len(met.points), dtype=chosen.points.dtype.descr + met.points.dtype.descr)
    for factor in chosen.varying:
        table[factor.name] = np.tile(chosen.points[factor.name], len(met.points))
    for factor in met.varying:
        table[factor.name] = np.repeat(met.points[factor.name], len(chosen.points))
    return replace(met, factors=(*chosen.factors, *met.varying), points=table, method=chosen.method, levers="crossed")
