"""Playing a sweep from its first block to its last, or from where it was stopped.

Every block is kept as soon as it is played, and its bytes depend on the plan alone. So a sweep that was killed goes on
where it was, and comes out as if nothing had happened. How it is getting on stands on standard error.
"""

import contextlib
import os
import shutil
import sys
import tempfile
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import Diagnostic, InputError, refusal
from sim.experiments import workers as ways
from sim.experiments.blocks import player, values_of
from sim.experiments.design import altered
from sim.experiments.factors import pairs_of
from sim.experiments.folder import (
    LOG,
    MANIFEST,
    POINTS,
    SCENARIO,
    SHARDS,
    alone,
    check_unchanged,
    kept_or_advice,
    make_folder,
    new_path,
    open_folder,
)
from sim.experiments.keep import kept_of
from sim.experiments.own import advising_on_measures, own_again
from sim.experiments.result import Result
from sim.phrases import listed
from sim.policies import name_of
from sim.policies.seating import Assigned
from sim.scenario import Loaded


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
    shard: tuple[int, int] | None = None,
    block_runs: int | None = None,
    baseline: bool | None = None,
    verify: bool = False,
    progress: Callable[[int, int], object] | None = None,
    say: Callable[[str], object] | None = None,
    command: Sequence[str] = (),
    play: Callable | None = None,
) -> Result:
    """Play a scenario at many points.

    Parameters
    ----------
    scenario : name of a shipped one, path, or Loaded; None goes on with what `resume` keeps
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
    shard : (number, of how many): play every so-manyth block only, to be merged later
    block_runs : int, runs in a block; default by the sweep's size
    baseline : bool, play each run a second time without the cooperation portfolio, if the scenario has one (default)
    verify : bool, when going on, read every block again and compare it with its check, even if all are there
    progress : callable (runs, failed), called after each block; default: a bar or lines on standard error
    say : callable (text), told what somebody should know; default: nobody
    command : how this was asked for, for the log
    play : a stand-in for the engine: callable (study, points, replications) -> Played

    Returns
    -------
    Result

    >>> result = sweep("smallest", "grid", vary={"linkage": (0.2, 0.8)}, reps=2, progress=lambda runs, failed: None)
    >>> len(result), result.to_pandas()["harm"].notna().all().item()
    (18, True)
    """
    say = say or (lambda text: None)
    if workers < 1:
        raise refusal(f"--workers {workers}: at least one process has to do the work.")
    loaded = _loaded(scenario)
    path, is_new, keeper = _place(loaded, out, resume, shard)
    asked = Asked(
        {"design": design, "points": points, "reps": reps, "seed": seed, "crn": crn},
        {"fixed": _with_policies(loaded, path, fixed, policies), "vary": vary, "levers": levers,
         "uncertainties": uncertainties},
        measures, keep, shard, block_runs, baseline,
    )  # fmt: skip
    folder = _opened(path, loaded, asked) if (path / MANIFEST).exists() else None
    if folder and folder.is_finished and not verify and len(folder.played(whole=False)) == len(folder.numbers()):
        say(f"Nothing is left to play: all {folder.runs_here:,} runs are there (--verify reads their every byte).")
        return Result(folder)
    with alone(path):
        if folder is None and (path / MANIFEST).exists():  # begun by another just now
            folder = _opened(path, loaded, asked)
        if folder:
            loaded = loaded or folder.scenario()
            check_unchanged(folder, loaded)
        else:
            folder = _begun(path, is_new, loaded, asked, play)
            for note in folder.design.notes:
                say(note)
        stopped = _play(folder, folder.study(loaded, play), workers, dask, progress, say, command)
    if stopped:
        raise stopped
    result = Result(folder)
    if keeper is not None:
        weakref.finalize(result, keeper.cleanup)
    return result


def _loaded(scenario):
    if not isinstance(scenario, str | os.PathLike):
        return scenario
    from sim.scenario import load  # what is finished is answered without it, at once

    return load(scenario)


def _place(loaded, out, resume, shard):
    """The sweep's folder, whether it is new, and what takes it away again if it is for this session only."""
    if resume is not None and (loaded is not None or (Path(resume) / MANIFEST).exists()):
        return Path(resume), not Path(resume).exists(), None
    if loaded is None:
        where = f" {resume}: no sweep was begun here." if resume else ""
        raise refusal(f"which scenario?{where} Name one, or the folder of a sweep to go on with.")
    if out is None:
        keeper = tempfile.TemporaryDirectory(prefix="oceans-sweep-", ignore_cleanup_errors=True)
        return Path(keeper.name), False, keeper
    return new_path(out, loaded.name, shard=shard), True, None


@dataclass(frozen=True)
class Asked:
    """What a sweep is asked to be; None is what was not said.

    Parameters
    ----------
    layout : dict of design, points, reps, seed, crn
    factors : dict of fixed, vary, levers, uncertainties
    measures, keep, shard, block_runs, baseline : see `sweep`
    """

    layout: dict
    factors: dict
    measures: Any = None
    keep: Any = None
    shard: tuple[int, int] | None = None
    block_runs: int | None = None
    baseline: bool | None = None

    @property
    def design(self) -> dict:
        """What the design is made of, of what was said."""
        return {name: value for name, value in (self.layout | self.factors).items() if value is not None}


def _with_policies(loaded, path, fixed, policies):
    """What is held, with the policies that were named for seats."""
    if not policies:
        return fixed
    loaded = loaded or open_folder(path).scenario()
    named = [(who, name if isinstance(name, str) else name_of(name)) for who, name in pairs_of(policies)]
    assigned = Assigned([f"{who}={name}" for who, name in named], loaded)
    if assigned.faults:
        raise InputError([Diagnostic("", 0, 0, fault) for fault in assigned.faults])
    return [*pairs_of(fixed), *((f"actors.{code}.policy", name) for code, name in assigned.by_code.items())]


def _begun(path, is_new, loaded, asked, play):
    """A sweep in a folder in which nothing was begun; one that was made for it goes again if that fails."""
    if any(not name.startswith(".") and name not in (POINTS, SCENARIO, SHARDS, LOG) for name in os.listdir(path)):
        raise InputError([Diagnostic(str(path), 0, 0, "no sweep was begun here, and other things lie here.")])
    try:
        folder = make_folder(
            path,
            loaded,
            asked.shard,
            asked.block_runs,
            asked.baseline is not False,
            asked.measures,
            asked.keep,
            **asked.design,
        )
        if folder.own.measures:
            try_measures(folder, folder.study(loaded, play))
        return folder
    except BaseException:
        if is_new:
            shutil.rmtree(path, ignore_errors=True)
        raise


def try_measures(folder, study):
    """Reads measures of one's own off two runs; InputError with advice when one goes wrong."""
    task = folder.task(0)
    with advising_on_measures():
        player(study)([values_of(task)[0]] * 2, np.array([0, 1]))


def _opened(resume, loaded, asked):
    """The folder to go on with, if what was asked for now is what was asked for then."""
    folder = open_folder(resume)
    if asked.shard is not None and tuple(asked.shard) != (folder.shard or (1, 1)):
        of = f"shard {folder.shard[0]}/{folder.shard[1]}" if folder.shard else "the whole sweep"
        told = f"this folder is for {of}, not for {asked.shard[0]}/{asked.shard[1]}."
        raise InputError([Diagnostic(str(resume), 0, 0, told)])
    if loaded is not None:
        check_unchanged(folder, loaded)
    folder.own = own_again(folder.path, folder.manifest["own"], asked.measures)
    differing = list(_differing(folder, loaded, asked))
    if differing:
        message = (
            f"another sweep was begun here: it differs in {listed(differing)}. Leave the options of the design out to "
            "go on with it, or begin a new one without --resume."
        )
        raise InputError([Diagnostic(str(folder.path), 0, 0, message)])
    return folder


def _differing(folder, loaded, asked):
    """In what the plan of a folder is not what is asked for now, in words."""
    manifest = folder.manifest
    if asked.design:
        yield from folder.design.differing(altered(folder.design, loaded or folder.scenario(), asked.design))
    if asked.keep and kept_of(loaded or folder.scenario(), folder.design, asked.keep) != folder.kept:
        yield "--keep"
    if asked.block_runs not in (None, folder.size):
        yield "the size of its blocks"
    if asked.baseline is not None and asked.baseline != manifest["baseline"]:
        has = bool((loaded or folder.scenario()).scenario.cooperation)
        if has or manifest["baseline"]:
            yield "the runs without cooperation"


def _play(folder, study, workers, dask, progress, say, command):
    """Plays what is left; if it was stopped, what to raise, which says how to go on; or None."""
    folder.tidy()
    with kept_or_advice(folder.path):
        (folder.path / SHARDS).mkdir(exist_ok=True)
    there = folder.played(warn=lambda damage: say(f"{damage} Its runs are played again."))
    left = [number for number in folder.numbers() if number not in there]
    runs, done = folder.runs_here, sum(folder.runs_in(number) for number in there)
    if there and left:
        say(f"Going on in {folder.path}: {done:,} of {runs:,} runs are there.")
    began = time.monotonic()
    bar = Progress(runs, done) if progress is None else contextlib.nullcontext(progress)
    with ways.Stop(say) as stop:
        with bar as tell:
            for block in _played(folder, study, left, stop, workers, dask) if left else ():
                tell(block.runs, block.failed)
                done += block.runs
        if done == runs:
            folder.finish()
    seconds = round(time.monotonic() - began, 3)
    folder.note(command=list(command), workers=dask or workers, blocks=len(left), runs_there=done, seconds=seconds)
    if done == runs:
        return None
    return stop.kind(
        f"Stopped with {done:,} of {runs:,} runs, which are kept. To go on:\n  oceans sweep --resume {folder.path}"
    )


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
