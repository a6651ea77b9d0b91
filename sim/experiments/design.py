"""Laying out the points of a sweep: which values they take, how often each is played, and with which draws.

A future is one set of values of the uncertainties, with its draws; a setting is one set of values of the levers.
When settings are crossed with futures, each setting meets the same futures, so that settings can be compared.
What somebody asks for becomes a design: sampled, crossed, or read from what they wrote. Each way to sample fills a
table, one column for each factor, a piece at a time: a design of a million points takes no more memory than one column.
"""

import functools
import math
import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from sim.draws import slot_key
from sim.errors import InputError, did_you_mean, nearest, refusal
from sim.experiments.factors import ESTIMATED, Choice, Factor, choose_factors, entry_of, mixed
from sim.experiments.tables import read_table
from sim.scenario import Loaded
from sim.scenario.paths import find

METHODS = ("grid", "lhs", "sobol", "saltelli", "morris")
DEFAULT_POINTS = 1024
MOST_POINTS = 100_000_000
PIECE = 1 << 16  # rows filled at once
MORRIS_LEVELS = 4
OWN_DRAWS = ("lhs", "sobol")
REPLICATIONS = 10  # where points share their draws: what chance does is known from these alone
FILE, TABLE = "file", "table"
MOST_RUNS = 1_000_000_000
NOT_FOR_WRITTEN = "--{} does not go with a written design: its columns say what varies, its rows are the points."


@dataclass(frozen=True)
class Design:
    """Every point of a sweep.

    Where levers are crossed, the settings of a future follow one another: point p is of future p // settings and of
    setting p % settings.
    """

    factors: tuple[Factor, ...]  # those that vary and those that are held (`kind` "set")
    points: np.ndarray  # (points,), a field for each factor that varies; may lie in a file
    method: str  # one of `METHODS`, "file" or "table"
    seed: int  # of the study: its sample and its draws
    replications: int  # how often each point is played
    futures: int
    crn: bool  # common random numbers: all points share draws, replication by replication; else each future has its own
    levers: str | int = "sampled"  # or "crossed", or how many settings of the levers meet every future
    notes: tuple[str, ...] = ()  # what somebody should know of this design

    @property
    def varying(self) -> tuple[Factor, ...]:
        """The factors that have a column."""
        return tuple(factor for factor in self.factors if factor.kind != "set")

    @property
    def held(self) -> dict:
        """Path to value of what is held."""
        return {factor.path: factor.choices[0] for factor in self.factors if factor.kind == "set" and factor.choices}

    @property
    def settings(self) -> int:
        """How many settings of the levers each future meets."""
        return len(self.points) // self.futures

    @property
    def runs(self) -> int:
        """How many runs there are."""
        return len(self.points) * self.replications

    def runs_of(self, indices: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """The points and the replication numbers of some runs.

        The numbers stay as they are in a larger design: of shared draws which it is, else with the future in it.
        """
        points, again = np.divmod(np.asarray(indices), self.replications)
        return points, again if self.crn else again * MOST_POINTS + points // self.settings

    def values(self, point: int) -> dict:
        """Path to value at a point, with what is held: what `sim.scenario.varied` takes."""
        row = self.points[point]
        return {**self.held, **{factor.path: row[factor.name].item() for factor in self.varying}}

    def to_dict(self) -> dict:
        """As the manifest holds it: all but the points."""
        return {
            "method": self.method, "points": len(self.points), "replications": self.replications,
            "futures": self.futures, "crn": self.crn, "levers": self.levers, "seed": self.seed,
            "factors": [factor.to_dict() for factor in self.factors],
        }  # fmt: skip

    def differing(self, other: "Design"):
        """In what another design is not this one, by the options that say it, one after the other."""
        options = {
            "method": "--design", "replications": "--reps", "crn": "--crn", "levers": "--levers", "seed": "--seed",
        }  # fmt: skip
        one, two = self.to_dict(), other.to_dict()
        yield from (option for name, option in options.items() if one[name] != two[name])
        if one["futures"] != two["futures"]:
            yield "--points"
        elif one["factors"] != two["factors"]:
            yield "what varies or is held"
        elif not np.array_equal(self.points, other.points):
            yield "the values of its points"

    @classmethod
    def from_dict(cls, data: dict, points) -> "Design":
        """What `to_dict` described, with its points."""
        known = {name: data[name] for name in ("method", "seed", "replications", "futures", "crn", "levers")}
        return cls(tuple(Factor.from_dict(factor) for factor in data["factors"]), points, **known)


# ----------------------------------------------------------------------------------------- from what is asked for


def make_design(
    loaded, design="lhs", points=None, reps=None, seed=1, fixed=None, vary=None, levers=None, uncertainties=None,
    crn=None, room=None, chosen=None,
):  # fmt: skip
    """The design of a sweep; InputError with every fault at once.

    Parameters
    ----------
    loaded : Loaded
    design : "grid", "lhs", "sobol", "saltelli" or "morris"; the path of a CSV file, a data frame, a dict of columns or
        a list of points; or a Design, taken as it is
    points : int, how many futures (points, where levers are sampled with the rest); default 1024
    reps : int, how often each is played; default 1 where each future has its own draws, else 10
    seed : int
    fixed, vary, levers, uncertainties : see `choose_factors`
    crn : bool, whether all points share their draws (common random numbers); None: all but those of "lhs" and "sobol"
    room : path of the file in which the points are laid out; None: in memory
    chosen : Choice, the factors in place of those that the four options would choose

    >>> from sim.scenario import load
    >>> design = make_design(load("smallest"), "grid", vary=["linkage=0.2:0.8:4"])
    >>> len(design.points), design.values(11)
    (12, {'incidents.registers.difficulty': 0.7, 'linkage': 0.8})
    """
    if isinstance(design, Design):
        others = {"fixed": fixed, "vary": vary, "levers": levers, "uncertainties": uncertainties}
        differ = [name for name, value in others.items() if value]
        differ += ["points"] * (points not in (None, design.futures, len(design.points)))
        differ += ["reps"] * (reps not in (None, design.replications)) + ["crn"] * (crn not in (None, design.crn))
        if differ:
            raise refusal(f"a finished design has its own {', '.join(differ)}: make it with them, or leave them out.")
        return design
    if reps is not None and reps < 1:
        raise refusal(f"--reps {reps}: each point is played at least once.")
    if crn not in (None, True, False):
        raise refusal(
            f"crn={crn!r}: True: all points share their draws; False: each future has its own; None: as designs ask."
        )
    written = _written(design)
    is_even = not written and design in OWN_DRAWS
    crn = not is_even if crn is None else bool(crn)
    reps = reps or (1 if is_even and not crn else REPLICATIONS)
    if reps == 1 and not crn and not written and design in ("saltelli", "morris"):
        raise refusal(
            f"--design {design} --no-crn --reps 1: with one draw of its own at each point, chance would be taken for "
            "what the factors do. Play each point more often (--reps 4), or with common draws (--crn --reps 10)."
        )
    if written:
        return _from_table(loaded, design, written, points, reps, seed, fixed, vary, levers, uncertainties, crn, room)
    chosen = chosen or choose_factors(loaded, fixed, vary, levers, uncertainties)
    if not chosen.varying:
        raise refusal("nothing varies. Name what does: --vary path=low:high, or --vary path=a,b,c.")
    return _sampled(chosen, design, points, reps, seed, crn, room)


def altered(design: Design, loaded: Loaded, asked: dict) -> Design:
    """What a design of the same scenario becomes by options as `make_design` takes them: what they do not say stays.

    >>> from sim.scenario import load
    >>> design = make_design(load("smallest"), "sobol", points=8)
    >>> len(altered(design, load("smallest"), {"points": 16}).points)
    16
    """
    is_written = design.method in (FILE, TABLE)
    if is_written and not {"design", "fixed"} & {*asked}:
        if surplus := [name for name in asked if name not in ("reps", "seed", "crn")]:
            raise refusal(NOT_FOR_WRITTEN.format(surplus[0]))
        said = {"replications": asked.get("reps"), "seed": asked.get("seed"), "crn": asked.get("crn")}
        return replace(design, **{name: value for name, value in said.items() if value is not None})
    layout: dict = {} if "design" in asked else {"design": design.method}
    if design.method == asked.get("design", design.method):
        layout |= {} if design.method == "grid" or is_written else {"points": design.futures}
        layout |= {"reps": design.replications, "crn": design.crn}
    chosen = None
    if not {"fixed", "vary", "levers", "uncertainties"} & {*asked} and not is_written:
        held = tuple(factor for factor in design.factors if factor.kind == "set")
        chosen = Choice(design.varying, held, design.levers)
    return make_design(loaded, **{**layout, "seed": design.seed, **asked}, chosen=chosen)


def _written(design):
    """How a design was written down, or "" when it is a method."""
    if not isinstance(design, str | os.PathLike):
        return TABLE
    if design in METHODS:
        return ""
    if Path(design).exists() or str(design).endswith((".csv", ".CSV", ".tsv", ".txt")) or os.sep in str(design):
        return FILE
    hint = did_you_mean(str(design), METHODS)
    raise refusal(f"--design {design}: no such design, and no such file. {hint} Or name a CSV file: one row a point.")


def _sampled(chosen, method, points, reps, seed, crn, room):
    crossed = chosen.levers != "sampled" and method != "grid"
    levers = tuple(factor for factor in chosen.varying if factor.kind == "lever" and crossed)
    others = tuple(factor for factor in chosen.varying if factor not in levers)
    if crossed and not levers:
        raise refusal(f"--levers {chosen.levers}: no lever varies. Name one: --levers path=a,b,c.")
    if method == "grid":
        others = tuple(sorted(others, key=lambda factor: factor.kind == "lever"))  # levers change fastest
    if crossed and method in ("saltelli", "morris"):
        raise refusal(f"--design {method} samples levers with the rest: leave out --levers {chosen.levers}.")
    futures = count_points(method, others, points)
    if crossed and not others:
        futures = points or 1
    count = 1
    if crossed:
        count = count_points("grid", levers, None) if chosen.levers == "crossed" else chosen.levers
    if futures * count > MOST_POINTS:
        raise refusal(f"{count:,} settings of the levers in {futures:,} futures are too many points.")
    settings = _settings(levers, chosen.levers, count, seed) if crossed else None
    rows = futures * count
    _check_size(rows, reps)
    table = _laid_out(room, (*levers, *others), rows)
    fill(table[::count], others, method, seed)
    for number in range(len(settings) if crossed else 0):
        for factor in levers:
            table[factor.name][number::count] = settings[factor.name][number]
        for factor in others if number else ():
            table[factor.name][number::count] = table[factor.name][::count]
    notes = (*_notes_on_size(method, futures), *_notes_on_draws(reps, crn))
    factors = (*levers, *others, *chosen.held)
    return Design(factors, table, method, seed, reps, futures, crn, chosen.levers, notes)


def _notes_on_size(method, points):
    if method == "sobol" and points & (points - 1):
        near = 1 << (points.bit_length() - 1)
        yield f"Sobol' points are balanced at powers of two: {near:,} or {2 * near:,} rather than {points:,}."


def _notes_on_draws(reps, crn):
    if crn and reps == 1:
        yield f"One draw of chance for all points: how far chance moves a result stays unknown (--reps {REPLICATIONS})."


def _check_size(rows, reps):
    if rows * reps > MOST_RUNS:
        raise refusal(
            f"{rows:,} points played {reps:,} times are more than {MOST_RUNS:,} runs: lower --points or --reps."
        )


def _settings(levers, how, count, seed):
    """The settings of the levers that meet every future: all combinations, or so many of them."""
    table = np.zeros(count, dtype=[(factor.name, factor.dtype) for factor in levers])
    fill(table, levers, "grid" if how == "crossed" else "lhs", seed)
    return table


def _laid_out(room, factors, rows):
    dtype = np.dtype([(factor.name, factor.dtype) for factor in factors])
    if room is None:
        return np.zeros(rows, dtype=dtype)
    return np.lib.format.open_memmap(room, mode="w+", dtype=dtype, shape=(rows,))


def _from_table(loaded, source, written, points, reps, seed, fixed, vary, levers, uncertainties, crn, room):
    not_for_files = {"points": points, "vary": vary, "levers": levers, "uncertainties": uncertainties}
    for option in [option for option, value in not_for_files.items() if value]:
        raise refusal(NOT_FOR_WRITTEN.format(option))
    held = choose_factors(loaded, fixed, uncertainties="none", levers="none").held
    factors, columns = read_table(
        source, loaded, functools.partial(_column_named, loaded=loaded, held={factor.path for factor in held})
    )
    rows = len(columns[factors[0].name])
    _check_size(rows, reps)
    table = _laid_out(room, factors, rows)
    for factor in factors:
        table[factor.name] = columns[factor.name]
    notes = tuple(_notes_on_draws(reps, crn))
    return Design((*factors, *held), table, written, seed, reps, len(table), crn, notes=notes)


def _column_named(word, loaded, held):
    """What the head of a column means: a factor's name, its place and its kind."""
    name, kind, entry = entry_of(word, loaded) or (word, "uncertainty", None)
    path = entry.path if entry else word
    try:
        place = find(loaded.document, path, loaded.library)
    except InputError as error:
        near = nearest(word, [*loaded.scenario.uncertainties, *loaded.scenario.levers])
        raise refusal(f"there is no '{word}'. Did you mean {near!r}?") if near else error from None
    if place.path in held:
        raise refusal(f"'{word}' is held by --set, and varies here. Keep one of them.")
    return name, replace(place, path=path), kind


# ------------------------------------------------------------------------------------------- where a design looks


def count_points(method, factors, points):
    """How many points a design by one of `METHODS` has; InputError when it makes no sense.

    A grid's follow from its levels; the designs of Saltelli and Morris take the most that their scheme allows within
    the number.
    """
    if method not in ("lhs", "sobol") and any(factor.distribution == ESTIMATED for factor in factors):
        raise refusal(f"--design {method}: estimates hang together and are drawn; use --design lhs or sobol.")
    if method == "grid":
        return _count_grid(factors, points)
    points = DEFAULT_POINTS if points is None else points
    if points < 1:
        raise refusal(f"--points {points}: a design needs at least one point.")
    if points > MOST_POINTS:
        raise refusal(f"--points {points:,} is more than {MOST_POINTS:,}.")
    if not factors:
        return 1
    block = {"saltelli": len(factors) + 2, "morris": len(factors) + 1}.get(method)
    if block is None:
        return points
    blocks = points // block
    if blocks < 1:
        raise refusal(f"--design {method} over these factors needs at least --points {block}.")
    return block * (1 << (blocks.bit_length() - 1) if method == "saltelli" else blocks)


def _count_grid(factors, points):
    count = math.prod(len(factor.grid()) for factor in factors)
    if points is not None:
        raise refusal(
            f"a grid has as many points as its levels make, here {count:,}: leave --points out, or give the number "
            "of levels, as in --vary linkage=0.2:0.8:5."
        )
    if count > MOST_POINTS:
        raise refusal(
            f"a grid over {len(factors)} factors has {count:,} points. Hold some (--set), take fewer values (--vary), "
            "or use --design lhs or sobol."
        )
    return count


def fill(table: np.ndarray, factors: Sequence[Factor], method: str, seed: int) -> None:
    """Fills the columns of a table, a structured array (points,), by one of `METHODS`.

    >>> table = np.zeros(4, dtype=[("a", "<f8")])
    >>> fill(table, [Factor("a", "linkage", "lever", low=0.0, high=1.0)], "grid", seed=1)
    Traceback (most recent call last):
    ValueError: the table has 4 rows, the design 3
    """
    ways = {"grid": _fill_grid, "lhs": _fill_lhs, "sobol": _fill_sobol}
    ways.get(method, _fill_by_salib)(table, factors, method, seed)
    _mix(table, [factor for factor in factors if factor.distribution == ESTIMATED])


def _mix(table, estimated):
    """Puts the values of estimated factors in the place of their own draws."""
    for first in range(0, len(table) if estimated else 0, PIECE):
        part = table[first : first + PIECE]
        values = mixed(estimated, [part[factor.name].copy() for factor in estimated])
        for factor, found in zip(estimated, values, strict=True):
            part[factor.name] = found


def _generator(seed, use):
    return np.random.default_rng([seed, slot_key("design", use)])


def _fill_grid(table, factors, method, seed):
    """Every combination; the first factor changes slowest."""
    grids = [factor.grid() for factor in factors]
    count = math.prod(len(grid) for grid in grids)
    if count != len(table):
        raise ValueError(f"the table has {len(table)} rows, the design {count}")
    for first in range(0, len(table), PIECE):
        rest = np.arange(first, min(first + PIECE, len(table)))
        for factor, grid in reversed(list(zip(factors, grids, strict=True))):
            rest, at = np.divmod(rest, len(grid))
            table[factor.name][first : first + PIECE] = grid[at]


def _fill_lhs(table, factors, method, seed):
    """Latin hypercube: each factor's values cut into as many slices as there are points, one point in each.

    A column depends on the seed and its own factor alone, so that adding a factor changes no other.
    """
    from scipy.stats import qmc

    for factor in factors:
        sampler = qmc.LatinHypercube(d=1, seed=_generator(seed, factor.name))
        table[factor.name] = factor.values(sampler.random(len(table))[:, 0])


def _fill_sobol(table, factors, method, seed):
    """Sobol' sequence, scrambled."""
    from scipy.stats import qmc

    if not factors:
        return
    sampler = qmc.Sobol(d=len(factors), scramble=True, seed=_generator(seed, "sobol"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a note says it
        for first in range(0, len(table), PIECE):
            shares = sampler.random(min(PIECE, len(table) - first))
            for column, factor in enumerate(factors):
                table[factor.name][first : first + PIECE] = factor.values(shares[:, column])


def _fill_by_salib(table, factors, method, seed):
    """The designs that Sobol' indices (Saltelli's) and elementary effects (Morris's) are computed from."""
    if not factors:
        return
    names = [factor.name for factor in factors]
    problem = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    word = slot_key("design", method, seed) % 2**32
    if method == "saltelli":
        from SALib.sample import sobol

        shares = sobol.sample(problem, len(table) // (len(names) + 2), calc_second_order=False, seed=word)
    else:
        from SALib.sample import morris

        shares = morris.sample(problem, len(table) // (len(names) + 1), num_levels=MORRIS_LEVELS, seed=word)
    for column, factor in enumerate(factors):
        table[factor.name] = factor.values(shares[:, column])
