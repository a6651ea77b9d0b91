"""What a sweep gave: a row for each run, read from disk as it is asked for; parts of a sweep, put together.

result = load_result("results/cyber_incident-sweep-2026-01-19-093000")
result.measures["harm"]                 # a number for each run
table = result.to_pandas()              # a row for each run: its point, its factors, its measures
cube = result.to_xarray()               # arms x points x replications
experiments, outcomes = result.to_ema() # as the EMA Workbench has them
"""

import itertools
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np

from sim.catalogue.measures import ABOUT_A_RUN
from sim.errors import Diagnostic, InputError, OceansError, refusal
from sim.experiments.blocks import BASELINE, PLAYED, Damaged, columns_of, failures_of, shard_name
from sim.experiments.folder import (
    FAILURE,
    MANIFEST,
    PART,
    POINTS,
    SCENARIO,
    SHARDS,
    failed_runs,
    kept_or_advice,
    open_folder,
    sync_folder,
    write_aside,
    write_json_aside,
)
from sim.experiments.keep import COLUMNS
from sim.experiments.phrases import label_of, measure, unit_of_factor
from sim.record.store import ARMS, fill_table, signed, write_table

MOST_ROWS = 100_000  # of a table that is written unasked
TABLE, TABLE_WITH_COMMAS = "results.csv", "results_excel.csv"
FIRST_NAMED = 8  # of many blocks, or faults


class Result:
    """A sweep on disk, whole or as far as it has been played.

    Attributes
    ----------
    design : Design, with `factors`, and `points`: a structured array, one row a point, mapped into memory
    measures, baseline_measures : Mapping of name to array (runs,), read when asked for; nan where a measure does not
        apply, or the run failed. `baseline_measures` is None when that arm was not played
    kept : Mapping of name to array (runs, ...), what was kept beside the measures; its axes are `folder.kept.axes`
    runs : structured array (runs,) of run, point, replication, status (0 played, 1 failed), digest
    failures : list of dict: run, point, replication, stage, reason
    manifest : dict
    """

    def __init__(self, folder, blocks=None):
        self.folder = folder
        self.path, self.manifest, self.design = folder.path, folder.manifest, folder.design
        self._blocks = folder.present() if blocks is None else sorted(blocks)
        self.measures = _Columns(self, "")
        self.baseline_measures = _Columns(self, BASELINE) if self.manifest["baseline"] else None
        self.kept = _Columns(self, "", folder.kept.names)

    def __len__(self):
        return sum(self.folder.runs_in(number) for number in self._blocks)

    def __repr__(self):
        part = "" if self.is_whole else f" of {self.folder.runs:,}"
        name, points = self.manifest["scenario"]["name"], len(self.design.points)
        return f"Result({name!r}, {len(self):,}{part} runs, {points:,} points)"

    def write_table(self):
        """Writes `results.csv` into the folder, if the sweep is over and a spreadsheet would read it in good time."""
        for _ in self.table() if self.folder.is_finished else ():
            pass
        return self

    def table(self):
        """Writes it block after block, and yields the number of each before: it has to be there when one goes on."""
        if not self.folder.shard and len(self) <= MOST_ROWS:
            yield from self._csv(self.path / TABLE)

    @property
    def is_whole(self) -> bool:
        """Whether every run of the sweep is here."""
        return len(self) == self.folder.runs

    def column(self, name: str) -> np.ndarray:
        """A column of the shards, over all runs: a measure, `baseline.` and a measure, `digest` or `status`."""
        parts = [self.folder.read(number)[name][0] for number in self._blocks]
        return np.concatenate(parts) if parts else np.zeros(0)

    def blocks(self):
        """Block by block: the indices of its runs, and its shard; for what does not fit into memory at once."""
        for number in self._blocks:
            yield self.folder.runs_of(number), self.folder.read(number)[0]

    @cached_property
    def runs(self) -> np.ndarray:
        """Which run is which."""
        parts = [self.folder.runs_of(number) for number in self._blocks]
        indices = np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)
        names = [("run", "<i8"), ("point", "<i8"), ("replication", "<i8"), ("status", "i1"), ("digest", "<u8")]
        table = np.zeros(len(indices), dtype=names)
        table["run"] = indices
        table["point"], table["replication"] = self.design.runs_of(indices)
        table["status"], table["digest"] = self.column("status"), self.column("digest")
        return table

    @cached_property
    def failures(self) -> list[dict]:
        """The runs that failed: where, at which stage, why."""
        failed = [entry for number in self._blocks for entry in failures_of(self.folder.read(number))]
        return [dict(zip(FAILURE, row, strict=True)) for row in failed_runs(failed, self.design)]

    def point_of(self, run: int) -> tuple[dict, int]:
        """Path to value at a run, with what is held, and the run's replication number: what replaying it takes."""
        points, replications = self.design.runs_of(np.array([run]))
        return self.design.values(int(points[0])), int(replications[0])

    def block_of(self, run: int):
        """The shard that holds a run, compared with its check, and the run's place in it; None if it is not there."""
        number, at = divmod(run, self.folder.size)
        if number not in self._blocks:
            return None
        try:
            return self.folder.read(number, whole=True)[0], at
        except Damaged as damage:
            raise _to_be_played_again(self.folder, damage.faults) from None

    def factors(self) -> dict[str, np.ndarray]:
        """The value of each factor in each run."""
        points = self.runs["point"]
        return {factor.name: np.asarray(self.design.points[factor.name])[points] for factor in self.design.varying}

    def to_pandas(self):
        """A data frame, one row a run: run, point, replication, status, factors, measures, `baseline.` measures."""
        import pandas

        about = {name: self.runs[name] for name in ABOUT_A_RUN}
        baseline = {BASELINE + name: values for name, values in (self.baseline_measures or {}).items()}
        return pandas.DataFrame({**about, **self.factors(), **self.measures, **baseline})

    def to_csv(self, path, with_commas=False):
        """The same as a CSV file, an empty cell for what does not apply; with decimal commas where they are wanted."""
        for _ in self._csv(Path(path), with_commas):
            pass

    def _csv(self, path, with_commas=False):
        """Writes it, as `table` does: aside, until all is there."""
        aside = path.with_name(f".{path.name}{PART}")
        names = [name for name, _, inner in self.folder.columns if not inner]
        columns = [*ABOUT_A_RUN, *(factor.name for factor in self.design.varying), *names]
        with kept_or_advice(path.parent):
            try:
                write_table(aside, columns, (), with_commas)
                for number in self._blocks:
                    yield number
                    with open(aside, "a", encoding="utf-8", newline="") as file:
                        rows = self._rows(number, names)
                        fill_table(file, next(rows), rows, with_commas)
                os.replace(aside, path)
            finally:
                aside.unlink(missing_ok=True)

    def _rows(self, number, names):
        shard = self.folder.read(number)[0]
        columns = [*self._about(self.folder.runs_of(number), shard).values(), *(shard[name] for name in names)]
        return zip(*(column.tolist() for column in columns), strict=True)

    def _about(self, indices, shard):
        """Which runs of a block are which, and their factors: dict of name to array."""
        points, replications = self.design.runs_of(indices)
        rows = self.design.points[points[0] : points[-1] + 1][points - points[0]]
        about = dict(zip(ABOUT_A_RUN, (indices, points, replications, shard["status"]), strict=True))
        return about | {factor.name: rows[factor.name] for factor in self.design.varying}

    def to_xarray(self):
        """A dataset: each measure over arm, point and replication, the factors along the points; all with their units.

        What was kept beside the measures lies along turn, actor, incident or response too.
        """
        xarray = _imported("xarray")
        if not self.is_whole:
            missing = self.folder.runs - len(self)
            raise OceansError(f"{self.path}: error: {missing:,} runs are missing; to_pandas() takes parts.")
        shape = (len(self.design.points), self.design.replications)
        prefixes = ["", BASELINE][: 1 + self.manifest["baseline"]]
        data = {}
        for name, _, inner in columns_of(self.manifest["measures"], self.folder.kept, baseline=False):
            about, named = COLUMNS.get(name), measure(name)
            units, said = (about.unit, about.description) if about else (named.unit, named.label)
            arms = [self.column(prefix + name).reshape(*shape, *inner) for prefix in prefixes]
            axes = ("arm", "point", "replication", *(about.axes if about else ()))
            data[name] = (axes, np.stack(arms), {"units": units, "long_name": said})
        factors = {factor.name: _along_points(factor, self.design.points) for factor in self.design.varying}
        coordinates = {"arm": list(ARMS[: len(prefixes)]), "point": np.arange(shape[0])}
        coordinates |= {"replication": np.arange(shape[1]), **{axis: list(at) for axis, at in self.folder.kept.axes}}
        return xarray.Dataset(data, {**factors, **coordinates}, {"scenario": self.manifest["scenario"]["name"]})

    def to_ema(self):
        """Experiments (data frame, text as categories) and outcomes (dict of arrays) of the runs played, for the EMA
        Workbench.
        """
        import pandas

        played = self.runs["status"] == PLAYED
        futures, settings = np.divmod(self.runs["point"], self.design.settings)
        names = {"scenario": futures, "policy": settings}
        experiments = pandas.DataFrame({**self.factors(), **names, "model": self.manifest["scenario"]["name"]})
        experiments = experiments.astype(dict.fromkeys(experiments.select_dtypes("str"), "category"))
        outcomes = {name: values[played] for name, values in self.measures.items()}
        return experiments[played].reset_index(drop=True), outcomes

    def _flat(self, name, values):
        """What was kept along axes, a column for each place: joined_by_actor[grid/sanctions, EST]."""
        along = COLUMNS[name.removeprefix(BASELINE)].axes
        labels = itertools.product(*(dict(self.folder.kept.axes)[axis] for axis in along))
        columns = values.reshape(len(values), -1).T
        return {f"{name}[{', '.join(map(str, at))}]": column for at, column in zip(labels, columns, strict=True)}

    def to_parquet(self, folder):
        """One Parquet file a block, with the columns of `to_pandas` and all that was kept, in a folder."""
        pyarrow, parquet = _imported("pyarrow", "parquet"), _imported("pyarrow.parquet", "parquet")
        with kept_or_advice(folder):
            folder.mkdir(parents=True, exist_ok=True)
            for indices, shard in self.blocks():
                columns = self._about(indices, shard)
                for name, _, inner in self.folder.columns:
                    columns |= self._flat(name, shard[name]) if inner else {name: shard[name]}
                table = pyarrow.table({name: np.ascontiguousarray(values) for name, values in columns.items()})
                sink = pyarrow.BufferOutputStream()
                parquet.write_table(table, sink)
                number = int(indices[0]) // self.folder.size
                write_aside(folder / f"{number:06}.parquet", sink.getvalue().to_pybytes())


def _along_points(factor, points):
    return "point", np.array(points[factor.name]), {"units": unit_of_factor(factor), "long_name": label_of(factor)}


class _Columns(Mapping):
    """Columns of the shards by name, each read when it is asked for: the measures, or those that are named."""

    def __init__(self, result, prefix, names=None):
        self._result, self._prefix = result, prefix
        self._names = result.manifest["measures"] if names is None else names

    def __getitem__(self, name):
        if name not in self._names:
            raise KeyError(name)
        return self._result.column(self._prefix + name)

    def __iter__(self):
        return iter(self._names)

    def __len__(self):
        return len(self._names)


def load_result(path: str | os.PathLike, verify: bool = True, partial: bool = False) -> Result:
    """The result of a sweep, from its folder; InputError when this is no sweep, or damaged; OceansError: unfinished.

    Parameters
    ----------
    verify : read every block and compare it with its check; False looks at their heads alone, and is quick
    partial : take what there is of a sweep that is not finished
    """
    folder = open_folder(path)
    if not folder.is_finished and not partial:
        raise OceansError(
            f"{path}: error: this sweep is not finished. To go on: oceans sweep --resume {path}\nTo look at what there "
            f"is: oceans analyse {path} --partial"
        )
    faults = []
    there = folder.played(whole=verify, warn=lambda damage: faults.extend(damage.faults))
    gone = 0 if partial and not folder.is_finished else len(folder.numbers()) - len(there) - len(faults)
    if gone:
        faults.append(Diagnostic(str(path), 0, 0, f"{gone:,} of {len(folder.numbers()):,} blocks are gone."))
    if faults:
        raise _to_be_played_again(folder, faults)
    return Result(folder)


def _to_be_played_again(folder, faults):
    """Some of what is wrong with the blocks of a sweep, and what to do."""
    *first, last = faults[:FIRST_NAMED]
    more = f" And so are {len(faults) - FIRST_NAMED} more." if len(faults) > FIRST_NAMED else ""
    again = f"{last.message}{more} To play again what is damaged: oceans sweep --resume {folder.path} --verify"
    return InputError([*first, replace(last, message=again)])


def _imported(name, extra="analysis"):
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError:
        raise OceansError(f"this needs {name.split('.')[0]}: pip install 'two-oceans[{extra}]'.") from None


def merge(folders: Sequence[str | os.PathLike], out: str | os.PathLike) -> Result:
    """One sweep of the blocks of several folders, in one that is not there yet, with the bytes of one played at once.

    The folders are of one plan: `sweep(..., shard=(1, 3))`, `(2, 3)`, `(3, 3)`; they are left as they are. Each block
    is read and compared with its check. InputError when the folders are not of the same sweep, or blocks are missing,
    damaged or in disagreement.
    """
    parts, out = [open_folder(folder) for folder in folders], Path(out)
    if not parts:
        raise refusal("nothing to merge: name the folders of the parts.")
    _check_same_plan(parts)
    if out.exists():
        raise InputError([Diagnostic(str(out), 0, 0, "this is there already, and nothing is overwritten.")])
    sources = _sources(parts)
    with kept_or_advice(out.parent):
        out.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{out.name}-", suffix=PART, dir=out.parent))
        try:
            _fill(aside, parts[0], sources)
            aside.chmod(0o755)
            os.rename(aside, out)
            sync_folder(out.parent)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise
    return Result(open_folder(out)).write_table()


def _check_same_plan(parts):
    one = parts[0]
    words = {"code": "program", "points": "values of the points"}
    faults = []
    for other in (part for part in parts[1:] if part.plan != one.plan):
        keys = ("scenario", "code", "versions", "design", "points", "baseline", "blocks")
        differing = [words.get(key, key) for key in keys if one.manifest.get(key) != other.manifest.get(key)]
        said = f"this is not of the same sweep as {one.path}: it differs in {', '.join(differing) or 'format'}."
        faults.append(Diagnostic(str(other.path), 0, 0, said))
    if faults:
        raise InputError(faults)


def _sources(parts):
    """The file of each block; every block is there, sound, and the same wherever it is there twice."""
    count, found, wrong = parts[0].manifest["blocks"]["count"], {}, []
    for part in parts:
        for number in part.present():
            here = part.shard_path(number)
            try:
                check = bytes(part.read(number, whole=True)["check"][0])
            except Damaged as damage:
                again = f"{damage.faults[0].message} Play it again: oceans sweep --resume {part.path} --verify"
                wrong.append(Diagnostic(str(here), 0, 0, again))
                continue
            before = found.setdefault(number, (check, here))
            if before[0] != check:
                wrong.append(Diagnostic(str(here), 0, 0, f"differs from {before[1]}, though the plan is the same."))
    missing = [number for number in range(count) if number not in found]
    if missing and not wrong:
        wrong = [Diagnostic("", 0, 0, _missing(parts, missing, count))]
    if wrong:
        raise InputError(wrong)
    return {number: path for number, (_, path) in found.items()}


def _missing(parts, missing, count):
    lacking = [part for part in parts if len(part.present()) < len(part.numbers())]
    advice = [f"oceans sweep --resume {part.path}{' --verify' if part.is_finished else ''}" for part in lacking]
    of = {part.shard[1] for part in parts if part.shard}
    if not advice and len(of) == 1:
        (of,) = of
        absent = sorted({number % of + 1 for number in missing})
        advice = [f"the folder of shard {number}/{of} is not among these" for number in absent]
    return f"{len(missing)} of {count} blocks are missing ({_first_of(missing)}). " + "; ".join(advice)


def _first_of(numbers):
    more = len(numbers) - FIRST_NAMED
    return ", ".join(map(str, numbers[:FIRST_NAMED])) + (f" and {more} more" if more > 0 else "")


def _fill(aside, part, sources):
    part.document()  # which is checked as it is read
    (aside / SHARDS).mkdir()
    for name in (POINTS, SCENARIO):
        write_aside(aside / name, (part.path / name).read_bytes())
    for number, path in sorted(sources.items()):
        _copied(path, aside / SHARDS / shard_name(number))
    sync_folder(aside / SHARDS)
    begun = {name: value for name, value in part.manifest.items() if name not in ("failed", "shards")}
    manifest = signed({**begun, "shard": None, "finished": False})
    write_json_aside(aside / MANIFEST, manifest)
    open_folder(aside).finish()


def _copied(path, to):
    """The same file under another name where the disk allows it, else a copy."""
    try:
        os.link(path, to)
    except OSError:
        write_aside(to, path.read_bytes())
