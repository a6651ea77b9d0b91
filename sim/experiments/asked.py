"""What a sweep is asked to be, and the folder that comes of it: new, gone on with, or new with another's runs."""

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import Diagnostic, InputError, refusal
from sim.experiments.blocks import player, values_of
from sim.experiments.design import altered
from sim.experiments.extension import Before
from sim.experiments.factors import pairs_of
from sim.experiments.folder import (
    LOG,
    MANIFEST,
    POINTS,
    SCENARIO,
    SHARDS,
    SweepFolder,
    check_unchanged,
    make_folder,
    new_path,
    open_folder,
)
from sim.experiments.keep import kept_of
from sim.experiments.own import advising_on_measures, own_again
from sim.experiments.until import until_of
from sim.phrases import listed
from sim.policies import name_of
from sim.policies.seating import Assigned
from sim.record.store import SESSION
from sim.session import read_session


def scenario_asked_for(scenario, asked, resume):
    """The scenario, loaded; that of the sweep to extend where none is named; None where a folder keeps it."""
    if scenario is None and asked.earlier and not (resume and (Path(resume) / MANIFEST).exists()):
        return asked.earlier.scenario()
    if not isinstance(scenario, str | os.PathLike):
        return scenario
    if asked.opening:
        return read_session(Path(scenario))[0]
    from sim.scenario import load  # what is finished is answered without it, at once

    return load(scenario)


def opening_asked_for(scenario, from_turn):
    """Of an exercise with people how it went: its session's lines, and the last turn that is given; else None."""
    if not (isinstance(scenario, str | os.PathLike) and (Path(scenario) / SESSION).exists()):
        if from_turn is not None:
            raise refusal("--from-turn is for an exercise with people: name the folder of its results.")
        return None
    _, session = read_session(Path(scenario))
    if from_turn is None:
        turns = session.model_inputs.turns
        raise refusal(f"from which moment? --from-turn 0 to {turns - 1}: after that turn of the exercise.")
    session.opening(from_turn)
    return {"session": session.save(), "turn": from_turn}


def place_of(loaded, out, resume, shard):
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
    policies, measures, keep, until, shard, block_runs, baseline : see `sweep`
    opening : dict of `session`, its lines, and `turn`, of an exercise with people from which it goes on; or None
    earlier : SweepFolder, whose runs need not be played again; or None
    """

    layout: dict
    factors: dict
    policies: Any = None
    measures: Any = None
    keep: Any = None
    until: Any = None
    shard: tuple[int, int] | None = None
    block_runs: int | None = None
    baseline: bool | None = None
    earlier: SweepFolder | None = None
    opening: dict | None = None

    def design(self, loaded) -> dict:
        """What the design is made of, of what was said: the policies of seats are values that are held."""
        said = self.layout | self.factors
        if self.policies:
            said["fixed"] = [*pairs_of(said["fixed"]), *_held_policies(loaded, self.policies)]
        return {name: value for name, value in said.items() if value is not None}


def _held_policies(loaded, policies):
    named = [(who, name if isinstance(name, str) else name_of(name)) for who, name in pairs_of(policies)]
    assigned = Assigned([f"{who}={name}" for who, name in named], loaded)
    if assigned.faults:
        raise InputError([Diagnostic("", 0, 0, fault) for fault in assigned.faults])
    return [(f"actors.{code}.policy", name) for code, name in assigned.by_code.items()]


# ----------------------------------------------------------------------------------------------------------- anew


def begun(path, is_new, loaded, asked, play, say) -> SweepFolder:
    """A sweep in a folder in which nothing was begun; one that was made for it goes again if that fails."""
    if any(not name.startswith(".") and name not in (POINTS, SCENARIO, SHARDS, LOG) for name in os.listdir(path)):
        raise InputError([Diagnostic(str(path), 0, 0, "no sweep was begun here, and other things lie here.")])
    if asked.until and asked.shard:
        raise refusal(
            "--until looks at all blocks of a sweep in their order, and --shard plays some of them. Keep one."
        )
    try:
        if asked.earlier:
            check_unchanged(asked.earlier, loaded)
        facts = _like_earlier(loaded, asked) if asked.earlier else _facts(loaded, asked)
        folder = make_folder(path, loaded, asked.shard, asked.block_runs, **facts)
        for note in folder.design.notes:
            say(note)
        if folder.own.measures:
            _try_measures(folder, folder.study(loaded, play))
        if asked.earlier:
            take_over(folder, asked.earlier, loaded, say)
        return folder
    except BaseException:
        if is_new:
            shutil.rmtree(path, ignore_errors=True)
        raise


def _facts(loaded, asked):
    rest = {"measures": asked.measures, "keep": asked.keep, "until": asked.until, "opening": asked.opening}
    return {"baseline": asked.baseline is not False, **rest, **asked.design(loaded)}


def _like_earlier(loaded, asked):
    """The same of a sweep that goes further than an earlier one: what was not said stays as it was."""
    earlier = asked.earlier
    if asked.opening not in (None, earlier.manifest.get("opening")):
        raise refusal(f"{earlier.path} does not go on from that moment of that exercise, so none of its runs is taken.")
    own = own_again(earlier.path, earlier.manifest["own"], asked.measures)
    return {
        "design": altered(earlier.design, loaded, asked.design(loaded)),
        "baseline": earlier.manifest["baseline"] if asked.baseline is None else asked.baseline,
        "measures": own.measures,
        "opening": earlier.manifest.get("opening"),
        "keep": earlier.kept.words if asked.keep is None else asked.keep,
        "until": asked.until,
    }


def _try_measures(folder, study):
    """Reads measures of one's own off two runs; InputError with advice when one goes wrong."""
    with advising_on_measures():
        player(study)([values_of(folder.task(0))[0]] * 2, np.array([0, 1]))


def take_over(folder, earlier, loaded, say):
    """Has the runs of an earlier sweep taken over; InputError when the larger one has none of them."""
    folder.before = Before(earlier, folder, loaded)
    count = folder.before.count()
    if not count:
        said = (
            "no run of it is one of the larger sweep. More --points of sobol, more --reps and more settings of "
            "--levers go further with the same runs; lhs with more --points has others."
        )
        raise InputError([Diagnostic(str(earlier.path), 0, 0, said)])
    say(f"{count:,} of {folder.runs_here:,} runs are those of {earlier.path}.")


# ------------------------------------------------------------------------------------------------------- gone on with


def opened(resume, loaded, asked) -> SweepFolder:
    """The folder to go on with, if what was asked for now is what was asked for then."""
    folder = open_folder(resume)
    if asked.shard is not None and tuple(asked.shard) != (folder.shard or (1, 1)):
        of = f"shard {folder.shard[0]}/{folder.shard[1]}" if folder.shard else "the whole sweep"
        told = f"this folder is for {of}, not for {asked.shard[0]}/{asked.shard[1]}."
        raise InputError([Diagnostic(str(resume), 0, 0, told)])
    if loaded is not None:
        check_unchanged(folder, loaded)
    folder.own = own_again(folder.path, folder.manifest["own"], asked.measures)
    differing = list(_differing(folder, loaded or folder.scenario(), asked))
    if differing:
        message = (
            f"another sweep was begun here: it differs in {listed(differing)}. Leave the options of the design out to "
            "go on with it, or begin a new one: without --resume, and with --extend to go further with its runs."
        )
        raise InputError([Diagnostic(str(folder.path), 0, 0, message)])
    if asked.earlier:
        folder.before = Before(asked.earlier, folder, loaded or folder.scenario())
    return folder


def _differing(folder, loaded, asked):
    """In what the plan of a folder is not what is asked for now, in words."""
    design = asked.design(loaded)
    if design:
        yield from folder.design.differing(altered(folder.design, loaded, design))
    if asked.keep and kept_of(loaded, folder.design, asked.keep) != folder.kept:
        yield "--keep"
    if asked.until and until_of(asked.until, folder.manifest["measures"]) != folder.until:
        yield "--until"
    if asked.opening not in (None, folder.manifest.get("opening")):
        yield "the moment from which it goes on"
    if asked.block_runs not in (None, folder.size):
        yield "the size of its blocks"
    if asked.baseline not in (None, folder.manifest["baseline"]) and loaded.scenario.cooperation:
        yield "the runs without cooperation"
