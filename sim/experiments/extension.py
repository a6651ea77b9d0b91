"""Going further with a sweep: which runs of a larger one were played before, and what came of them.

A run is known by its point, its replication number and the seed. Points of a Sobol' sequence, replications and settings
of levers nest: a larger design has all runs of a smaller one, which need not be played again. What comes of it has the
same bytes as if all had been played.
"""

from functools import lru_cache

import numpy as np

from sim.errors import Diagnostic, InputError
from sim.experiments.blocks import PLAYED
from sim.scenario.paths import find

SAME = {
    "seed": "--seed", "baseline": "the runs without cooperation", "measures": "measures", "own": "code of your own",
    "kept": "what is kept of each run", "opening": "the exercise they go on from",
}  # fmt: skip


class Before:
    """The runs of an earlier sweep, as a larger one finds them.

    Parameters
    ----------
    earlier : SweepFolder
    folder : SweepFolder, of the larger sweep; InputError when the runs of one would not be those of the other
    loaded : Loaded, the scenario of both
    """

    def __init__(self, earlier, folder, loaded):
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
            values = design.points[columns[path]][points] if path in columns else self._constant(design, path)
            rows[path] = values
        return rows.view(f"S{rows.dtype.itemsize}")

    def _columns(self):
        """Every path that varies in either sweep, with a type that holds the values of both."""
        kinds: dict[str, list] = {}
        for design in (self.earlier.design, self.folder.design):
            for factor in design.varying:
                kinds.setdefault(factor.path, []).append(np.dtype(factor.dtype))
        for path, types in kinds.items():
            for design in (self.earlier.design, self.folder.design):
                if path not in {factor.path for factor in design.varying}:
                    types.append(np.asarray(self._constant(design, path)).dtype)
        return [(path, np.result_type(*types)) for path, types in sorted(kinds.items())]

    def _constant(self, design, path):
        """The value of what does not vary in a sweep: what it is held at, or as the scenario has it."""
        value = design.held.get(path, find(self.loaded.document, path, self.loaded.library).value)
        return "standard" if value is None and path.endswith(".policy") else str(value) if value is None else value
