"""From what somebody asks for to the design of a sweep: sampled, crossed, or read from what they wrote."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np

from sim.errors import InputError, nearest, refusal
from sim.experiments import sampling
from sim.experiments.design import Design
from sim.experiments.factor_selection import choose_factors
from sim.experiments.tables import read_table
from sim.scenario.paths import find

OWN_DRAWS = ("lhs", "sobol")
FILE, TABLE = "file", "table"
MOST_RUNS = 1_000_000_000


def make_design(
    loaded, design="lhs", points=None, reps=1, seed=1, fixed=None, vary=None, levers=None, uncertainties=None,
    crn=None, room=None,
):  # fmt: skip
    """The design of a sweep; InputError with every fault at once.

    Parameters
    ----------
    loaded : Loaded
    design : "grid", "lhs", "sobol", "saltelli" or "morris"; the path of a CSV file, a data frame, a dict of columns or
        a list of points; or a Design, taken as it is
    points : int, how many futures (points, where levers are sampled with the rest); default 1024
    reps : int, how often each is played
    seed : int
    fixed, vary, levers, uncertainties : see `choose_factors`
    crn : bool, whether all points share their draws (common random numbers); None: all but those of "lhs" and "sobol"
    room : path of the file in which the points are laid out; None: in memory

    >>> from sim.scenario import load
    >>> design = make_design(load("smallest"), "grid", vary=["linkage=0.2:0.8:4"])
    >>> len(design.points), design.values(11)
    (12, {'incidents.registers.difficulty': 0.7, 'linkage': 0.8})
    """
    if isinstance(design, Design):
        return design
    if reps < 1:
        raise refusal(f"--reps {reps}: each point is played at least once.")
    if crn not in (None, True, False):
        raise refusal(
            f"crn={crn!r}: True: all points share their draws; False: each future has its own; None: as designs ask."
        )
    written = _written(design)
    if written:
        return _from_table(loaded, design, written, points, reps, seed, fixed, vary, levers, uncertainties, crn, room)
    chosen = choose_factors(loaded, fixed, vary, levers, uncertainties)
    if not chosen.varying:
        raise refusal("nothing varies. Name what does: --vary path=low:high, or --vary path=a,b,c.")
    crn = design not in OWN_DRAWS if crn is None else bool(crn)
    return _sampled(chosen, design, points, reps, seed, crn, room)


def _written(design):
    """How a design was written down, or "" when it is a method."""
    if not isinstance(design, str | os.PathLike):
        return TABLE
    if design in sampling.METHODS:
        return ""
    if Path(design).exists() or str(design).endswith((".csv", ".CSV", ".tsv", ".txt")) or os.sep in str(design):
        return FILE
    sampling.check_method(design)
    return ""


def _sampled(chosen, method, points, reps, seed, crn, room):
    crossed = chosen.levers != "sampled" and method != "grid"
    levers = tuple(factor for factor in chosen.varying if factor.kind == "lever" and crossed)
    others = tuple(factor for factor in chosen.varying if factor not in levers)
    if crossed and not levers:
        raise refusal(f"--levers {chosen.levers}: no lever varies. Name one: --levers path=a,b,c.")
    if method == "grid":
        others = tuple(sorted(others, key=lambda factor: factor.kind != "lever"))  # levers change slowest
    if crossed and method in ("saltelli", "morris"):
        raise refusal(f"--design {method} samples levers with the rest: leave out --levers {chosen.levers}.")
    futures = sampling.count_points(method, others, points)
    if crossed and not others:
        futures = points or 1
    count = _count_settings(levers, chosen.levers) if crossed else 1
    if futures * count > sampling.MOST_POINTS:
        raise refusal(f"{count:,} settings of the levers in {futures:,} futures are too many points.")
    settings = _settings(levers, chosen.levers, count, seed) if crossed else None
    rows = futures * count
    _check_size(rows, reps)
    table = _laid_out(room, (*levers, *others), rows)
    sampling.fill(table[:futures], others, method, seed)
    for number in range(len(settings) if crossed else 0):
        part = slice(number * futures, (number + 1) * futures)
        for factor in levers:
            table[factor.name][part] = settings[factor.name][number]
        for factor in others if number else ():
            table[factor.name][part] = table[factor.name][:futures]
    notes = [sampling.note_on(method, futures)]
    if crn and reps == 1:
        notes.append("Every point is played once with the same draws; --reps 20 shows what chance does.")
    return Design(
        (*levers, *others, *chosen.held), table, method, seed, reps, futures, crn, chosen.levers,
        tuple(note for note in notes if note),
    )  # fmt: skip


def _check_size(rows, reps):
    if rows * reps > MOST_RUNS:
        raise refusal(
            f"{rows:,} points played {reps:,} times are more than {MOST_RUNS:,} runs: lower --points or --reps."
        )


def _count_settings(levers, how):
    return sampling.count_points("grid", levers, None) if how == "crossed" else how


def _settings(levers, how, count, seed):
    """The settings of the levers that meet every future: all combinations, or so many of them."""
    table = np.zeros(count, dtype=[(factor.name, factor.dtype) for factor in levers])
    sampling.fill(table, levers, "grid" if how == "crossed" else "lhs", seed)
    return table


def _laid_out(room, factors, rows):
    dtype = np.dtype([(factor.name, factor.dtype) for factor in factors])
    if room is None:
        return np.zeros(rows, dtype=dtype)
    return np.lib.format.open_memmap(room, mode="w+", dtype=dtype, shape=(rows,))


def _from_table(loaded, source, written, points, reps, seed, fixed, vary, levers, uncertainties, crn, room):
    not_for_files = {"points": points, "vary": vary, "levers": levers, "uncertainties": uncertainties}
    for option in [option for option, value in not_for_files.items() if value]:
        said = "its columns say what varies, its rows are the points"
        raise refusal(f"--{option} does not go with a written design: {said}.")
    held = choose_factors(loaded, fixed, uncertainties="none", levers="none").held
    factors, columns = read_table(source, loaded, _Chooser(loaded, {factor.path for factor in held}))
    rows = len(columns[factors[0].name])
    _check_size(rows, reps)
    table = _laid_out(room, factors, rows)
    for factor in factors:
        table[factor.name] = columns[factor.name]
    return Design((*factors, *held), table, written, seed, reps, len(table), crn is None or bool(crn))


class _Chooser:
    """What the head of a column means."""

    def __init__(self, loaded, held):
        self.loaded, self.held = loaded, held
        scenario = loaded.scenario
        self.entries = {"uncertainty": scenario.uncertainties, "lever": scenario.levers}

    def __call__(self, word):
        name, path, kind = self._named(word)
        try:
            place = find(self.loaded.document, path, self.loaded.library)
        except InputError as error:
            near = nearest(word, [name for entries in self.entries.values() for name in entries])
            raise refusal(f"there is no '{word}'. Did you mean {near!r}?") if near else error from None
        if place.path in self.held:
            raise refusal(f"'{word}' is held by --set, and varies here. Keep one of them.")
        return name, replace(place, path=path), kind

    def _named(self, word):
        for kind, entries in self.entries.items():
            for name, entry in entries.items():
                if word in (name, entry.path):
                    return name, entry.path, kind
        return word, word, "uncertainty"
