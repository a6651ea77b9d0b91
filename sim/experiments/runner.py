"""Playing a sweep from its first block to its last, or from where it was stopped.

Every block is kept as soon as it is played, and its bytes depend on the plan alone. So a sweep that was killed goes on
where it was, and comes out as if nothing had happened.
"""

import os
import shutil
import tempfile
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.errors import Diagnostic, InputError, refusal
from sim.experiments import workers as ways
from sim.experiments.folder import (
    MANIFEST,
    SHARDS,
    alone,
    check_unchanged,
    kept_or_advice,
    make_folder,
    new_path,
    open_folder,
)
from sim.experiments.progress import Progress
from sim.experiments.result import Result
from sim.scenario import Loaded


def sweep(
    scenario: str | os.PathLike | Loaded | None = None,
    design: Any = "lhs",
    points: int | None = None,
    reps: int = 1,
    *,
    fixed: Mapping[str, Any] | None = None,
    vary: Any = None,
    levers: Any = None,
    uncertainties: Any = None,
    seed: int = 1,
    crn: bool | None = None,
    workers: int = 1,
    dask: str | None = None,
    out: str | os.PathLike | None = None,
    resume: str | os.PathLike | None = None,
    shard: tuple[int, int] | None = None,
    block_runs: int | None = None,
    baseline: bool = True,
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
    design : "lhs", "sobol", "grid", "saltelli" or "morris"; a CSV file, data frame, dict of columns or list of points
    points : int, how many futures; default 1024. A grid's follow from its levels
    reps : int, how often each point is played
    fixed : dict of name or path to the value it is held at
    vary, levers, uncertainties : what varies; see `sim.experiments.choose_factors`
    seed : int, of the sample and of the draws
    crn : bool, common random numbers: all points share their draws (default for grids, written designs, Saltelli and
        Morris); False: each future has its own (default for "lhs" and "sobol")
    workers : int, processes on this machine
    dask : address of a Dask scheduler ("tcp://host:8786"), in place of processes
    out : folder in which the sweep's own is made; None keeps it as long as the result is in use
    resume : folder of a sweep to go on with; begun there if it is new and a scenario is given
    shard : (number, of how many): play every so-manyth block only, to be merged later
    block_runs : int, runs in a block; default by the sweep's size
    baseline : bool, play each run a second time without the cooperation portfolio, if the scenario has one
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
    asked = {
        "design": design, "points": points, "reps": reps, "seed": seed, "fixed": fixed, "vary": vary, "levers": levers,
        "uncertainties": uncertainties, "crn": crn,
    }  # fmt: skip
    say = say or (lambda text: None)
    if workers < 1:
        raise refusal(f"--workers {workers}: at least one process has to do the work.")
    loaded = _loaded(scenario)
    path, is_new, keeper = _place(loaded, out, resume, shard)
    folder = _opened(path, loaded, asked, shard) if (path / MANIFEST).exists() else None
    if folder and folder.is_finished and not verify and _all_there(folder):
        say(f"Nothing is left to play: all {_runs_of(folder):,} runs are there (--verify reads their every byte).")
        return Result(folder)
    with alone(path):
        if folder is None and (path / MANIFEST).exists():  # begun by another just now
            folder = _opened(path, loaded, asked, shard)
        if folder:
            loaded = loaded or _kept_scenario(folder)
            check_unchanged(folder, loaded)
        else:
            folder = _begun(path, is_new, loaded, asked, shard, block_runs, baseline)
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


def _begun(path, is_new, loaded, asked, shard, block_runs, baseline):
    """A sweep in a folder in which nothing was begun; one that was made for it goes again if that fails."""
    if any(not name.startswith(".") and name not in _OURS for name in os.listdir(path)):
        raise InputError([Diagnostic(str(path), 0, 0, "no sweep was begun here, and other things lie here.")])
    try:
        return make_folder(path, loaded, shard, block_runs, baseline, **asked)
    except BaseException:
        if is_new and not (path / MANIFEST).exists():
            shutil.rmtree(path, ignore_errors=True)
        raise


_OURS = ("points.npy", "scenario.json", "shards", "log.jsonl")


def _opened(resume, loaded, asked, shard):
    """The folder to go on with, if what was asked for now is what was asked for then."""
    folder = open_folder(resume)
    if shard is not None and tuple(shard) != (folder.shard or (1, 1)):
        of = f"shard {folder.shard[0]}/{folder.shard[1]}" if folder.shard else "the whole sweep"
        raise InputError([Diagnostic(str(resume), 0, 0, f"this folder is for {of}, not for {shard[0]}/{shard[1]}.")])
    if loaded is not None:
        check_unchanged(folder, loaded)
        if any(not _is_default(name, value) for name, value in asked.items()):
            _check_same_design(folder, loaded, asked)
    return folder


def _is_default(name, value):
    default = {"design": "lhs", "reps": 1, "seed": 1}.get(name)
    return value is None or isinstance(value, str | int) and value == default


def _check_same_design(folder, loaded, asked):
    with tempfile.TemporaryDirectory() as aside:
        size, baseline = folder.size, folder.manifest["baseline"]
        now = make_folder(aside, loaded, folder.shard, size, baseline, **asked).manifest
    before = folder.manifest
    if now["plan"] == before["plan"]:
        return
    names = [name for name in now["design"] if now["design"][name] != before["design"].get(name)]
    differing = ", ".join(names or [name for name in ("points", "blocks", "baseline") if now[name] != before[name]])
    message = (
        f"another sweep was begun here: it differs in {differing}. Leave the options of the design out to go on with "
        "it, or begin a new one without --resume."
    )
    raise InputError([Diagnostic(str(folder.path), 0, 0, message)])


def _all_there(folder):
    """Whether every block of a finished sweep is there, by its head: quick however many runs there are."""
    return len(folder.played(whole=False)) == len(folder.numbers())


def _kept_scenario(folder):
    return folder.scenario()


def _runs_of(folder):
    return sum(folder.runs_in(number) for number in folder.numbers())


def _play(folder, study, workers, dask, progress, say, command):
    """Plays what is left; if it was stopped, what to raise, which says how to go on; or None."""
    folder.tidy()
    with kept_or_advice(folder.path):
        (folder.path / SHARDS).mkdir(exist_ok=True)
    there = folder.played(warn=lambda damage: say(f"{damage} Its runs are played again."))
    left = [number for number in folder.numbers() if number not in there]
    done = sum(folder.runs_in(number) for number in there)
    if there and left:
        say(f"Going on in {folder.path}: {done:,} of {_runs_of(folder):,} runs are there.")
    began, failed = time.monotonic(), 0
    bar = Progress(_runs_of(folder), done) if progress is None else _Telling(progress)
    with ways.Stop(say) as stop:
        with bar:
            for block in _played(folder, study, left, stop, workers, dask) if left else ():
                failed += block.failed
                bar(block.runs, block.failed)
                done += block.runs
        if done == _runs_of(folder):
            folder.finish()
    seconds = round(time.monotonic() - began, 3)
    folder.note(command=list(command), workers=dask or workers, blocks=len(left), runs_there=done, seconds=seconds)
    if done < _runs_of(folder):
        return stop.kind(
            f"Stopped with {done:,} of {_runs_of(folder):,} runs, which are kept. To go on:\n"
            f"  oceans sweep --resume {folder.path}"
        )
    return None


class _Telling:
    """Somebody's own progress, used as a bar is."""

    def __init__(self, tell):
        self.tell = tell

    def __enter__(self):
        return self

    def __call__(self, runs, failed=0):
        self.tell(runs, failed)

    def __exit__(self, *_):
        pass


def _played(folder, study, left, stop, workers, dask):
    if dask:
        return ways.play_on_dask(folder, study, left, stop, dask)
    if workers > 1 and len(left) > 1:
        return ways.play_in_processes(folder, study, left, stop, min(workers, len(left)))
    return ways.play_here(folder, study, left, stop)
