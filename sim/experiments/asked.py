"""What a sweep is asked to be, and the folder that comes of it: new, gone on with, or new with another's runs.

A run is known by its point, its replication number and the seed. Points of a Sobol' sequence, replications and settings
of levers nest: a larger design has all runs of a smaller one, which need not be played again. What comes of it has the
same bytes as if all had been played.
"""

import os
import shutil
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from sim.catalogue.measures import MEASURES
from sim.errors import Diagnostic, InputError, refusal
from sim.experiments.blocks import PLAYED, player, values_of
from sim.experiments.design import altered
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
from sim.experiments.length import until_of
from sim.experiments.own import advising_on_measures, measures_of, own_again
from sim.phrases import listed
from sim.policies import name_of
from sim.policies.seating import Assigned
from sim.record.store import SESSION
from sim.scenario import Loaded, load
from sim.scenario.paths import find
from sim.session import read_session

SAME = {
    "seed": "--seed", "baseline": "the runs without cooperation", "measures": "measures", "own": "code of your own",
    "kept": "what is kept of each run", "opening": "the exercise they go on from",
}  # fmt: skip


def scenario_asked_for(scenario, asked, resume):
    """The scenario, loaded; that of the sweep to extend where none is named; None where a folder keeps it."""
    if scenario is None and asked.earlier and not (resume and (Path(resume) / MANIFEST).exists()):
        return asked.earlier.scenario()
    if not isinstance(scenario, str | os.PathLike):
        return scenario
    if asked.opening:
        return read_session(Path(scenario))[0]
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
    """What a sweep is asked to be, as `sweep` takes it; None is what was not said."""

    layout: dict  # design, points, reps, seed, crn
    factors: dict  # fixed, vary, levers, uncertainties
    policies: Any = None
    measures: Any = None
    keep: Any = None
    until: Any = None
    shard: tuple[int, int] | None = None
    block_runs: int | None = None
    baseline: bool | None = None
    earlier: SweepFolder | None = None  # whose runs need not be played again
    opening: dict | None = None  # `session`, its lines, and `turn`, of an exercise with people from which it goes on

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
        message = "--until looks at all blocks of a sweep in their order, and --shard plays some of them. Keep one."
        raise refusal(message)
    try:
        if asked.earlier:
            check_unchanged(asked.earlier, loaded)
        facts = _like_earlier(loaded, asked) if asked.earlier else _facts(loaded, asked)
        facts["until"] = [str(one) for one in until_of(asked.until, [*MEASURES, *facts["measures"]])]
        folder = make_folder(path, loaded, asked.shard, asked.block_runs, **facts)
        for note in folder.design.notes:
            say(note)
        if folder.own.measures:
            _try_measures(folder, folder.study(loaded, play))
        if asked.earlier:
            _take_over(folder, asked.earlier, loaded, say)
        return folder
    except BaseException:
        if is_new:
            shutil.rmtree(path, ignore_errors=True)
        raise


def _facts(loaded, asked):
    rest = {"measures": measures_of(asked.measures), "keep": asked.keep, "opening": asked.opening}
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
    }


def _try_measures(folder, study):
    """Reads measures of one's own off two runs; InputError with advice when one goes wrong."""
    with advising_on_measures():
        player(study)([values_of(folder.task(0))[0]] * 2, np.array([0, 1]))


def _take_over(folder, earlier, loaded, say):
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
    if asked.until:
        conditions = [str(one) for one in until_of(asked.until, folder.manifest["measures"])]
        if conditions != folder.manifest["until"]:
            yield "--until"
    if asked.opening not in (None, folder.manifest.get("opening")):
        yield "the moment from which it goes on"
    if asked.block_runs not in (None, folder.size):
        yield "the size of its blocks"
    if asked.baseline not in (None, folder.manifest["baseline"]) and loaded.scenario.cooperation:
        yield "the runs without cooperation"


# ---------------------------------------------------------------------------------------- further than an earlier sweep


class Before:
    """The runs of an earlier sweep of a scenario, as a larger one finds them, whose folder is the second.

    InputError when the runs of one would not be those of the other.
    """

    def __init__(self, earlier: SweepFolder, folder: SweepFolder, loaded: Loaded) -> None:
        self.earlier, self.folder, self.loaded = earlier, folder, loaded
        one, two = ({**part.manifest, "seed": part.design.seed} for part in (earlier, folder))
        differing = [words for name, words in SAME.items() if one.get(name) != two.get(name)]
        if differing:
            said = f"its runs are not those of the larger sweep: they differ in {', '.join(differing)}."
            raise InputError([Diagnostic(str(earlier.path), 0, 0, said)])
        there = sorted(earlier.played())
        runs = np.concatenate([self._runs_of(number) for number in there] or [np.zeros(0, int)])
        keys = self._keys(earlier.design, runs)
        order = np.argsort(keys, kind="stable")
        self._run, self._key = runs[order], keys[order]
        self._shard = lru_cache(maxsize=8)(lambda number: earlier.read(number, whole=True)[0])

    def _runs_of(self, number):
        status = self.earlier.read(number)["status"][0]
        return number * self.earlier.size + np.flatnonzero(status == PLAYED)

    def among(self, runs):
        """Which of some runs of the larger sweep were played before: their places, and which runs they were."""
        keys = self._keys(self.folder.design, runs)
        at = np.minimum(np.searchsorted(self._key, keys), max(len(self._key) - 1, 0))
        known = np.flatnonzero(self._key[at] == keys) if len(self._key) else np.zeros(0, int)
        return known, self._run[at[known]]

    def known(self, runs):
        """What came of those runs that were played before: their places among `runs`, and column by column the rest."""
        places, before = self.among(runs)
        numbers, within = np.divmod(before, self.earlier.size)
        table = {name: np.zeros((len(places), *shape), kind) for name, kind, shape in self.earlier.all_columns}
        for number in np.unique(numbers):
            here = numbers == number
            for name, values in table.items():
                values[here] = self._shard(int(number))[name][within[here]]
        return places, table

    def count(self) -> int:
        """How many runs of the larger sweep were played before."""
        blocks = map(self.folder.runs_of, self.folder.numbers())
        return sum(len(self.among(runs)[0]) for runs in blocks)

    # ------------------------------------------------------------------------------------------------ what a run is

    def _keys(self, design, runs):
        """Of each run its point and its replication number as bytes that compare and sort."""
        points, replications = design.runs_of(runs)
        rows = np.zeros(len(runs), dtype=[*self._columns(), ("replication", "<i8")])
        rows["replication"] = replications
        columns = {factor.path: factor.name for factor in design.varying}
        for path in rows.dtype.names[:-1]:
            rows[path] = design.points[columns[path]][points] if path in columns else self._constant(design, path)
        return rows.view(f"S{rows.dtype.itemsize}")

    def _columns(self):
        """Every path that varies in either sweep, with a type that holds the values of both."""
        designs = self.earlier.design, self.folder.design
        paths = sorted({factor.path for design in designs for factor in design.varying})
        return [(path, np.result_type(*(self._type_of(design, path) for design in designs))) for path in paths]

    def _type_of(self, design, path):
        types = {factor.path: np.dtype(factor.dtype) for factor in design.varying}
        return types[path] if path in types else np.asarray(self._constant(design, path)).dtype

    def _constant(self, design, path):
        """The value of what does not vary in a sweep: what it is held at, or as the scenario has it."""
        value = design.held.get(path, find(self.loaded.document, path, self.loaded.library).value)
        return "standard" if value is None and path.endswith(".policy") else str(value) if value is None else value
