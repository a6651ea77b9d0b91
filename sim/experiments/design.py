"""Laying out the points of a sweep: which values they take, how often each is played, and with which draws.

A future is one set of values of the uncertainties, with its draws; a setting is one set of values of the levers.
When settings are crossed with futures, each setting meets the same futures, so that settings can be compared.
What somebody asks for becomes a design: sampled, crossed, or read from what they wrote: a CSV file, a data frame, or a
list of points. There the first row names a factor of the scenario, or a path, in each column; every other row is a
point. No cell is empty: what is left as it was written has no column.
"""

import math
import os
from array import array
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from sim.errors import Diagnostic, InputError, did_you_mean, nearest, refusal
from sim.experiments.factors import ESTIMATED, Choice, Factor, choose_factors, entry_of, fill
from sim.letters import is_number
from sim.record.reading import cells_of
from sim.scenario.loading import Loaded, unplayable
from sim.scenario.paths import find, fitted, wanted
from sim.scenario.wording import core
from sim.text_files import DESIGN, file_lines

METHODS = ("grid", "lhs", "sobol", "saltelli", "morris")
DEFAULT_POINTS = 1024
MOST_POINTS = 100_000_000
OWN_DRAWS = ("lhs", "sobol")
REPLICATIONS = 10  # where points share their draws: what chance does is known from these alone
FILE, TABLE = "file", "table"
MOST_RUNS = 1_000_000_000
MOST_FAULTS = 20


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
    others = {"fixed": fixed, "vary": vary, "levers": levers, "uncertainties": uncertainties}
    if isinstance(design, Design):
        return _as_it_is(design, points, reps, crn, others)
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
        surplus = {"points": points, **others, "fixed": None}
        _refuse_for_written([option for option, value in surplus.items() if value])
        held = choose_factors(loaded, fixed, uncertainties="none", levers="none").held
        return _from_table(loaded, design, written, held, reps, seed, crn, room)
    chosen = chosen or choose_factors(loaded, **others)
    if not chosen.varying:
        raise refusal("nothing varies. Name what does: --vary path=low:high, or --vary path=a,b,c.")
    return _sampled(chosen, design, points, reps, seed, crn, room)


def _as_it_is(design, points, reps, crn, others):
    differ = [name for name, value in others.items() if value]
    differ += ["points"] * (points not in (None, design.futures, len(design.points)))
    differ += ["reps"] * (reps not in (None, design.replications)) + ["crn"] * (crn not in (None, design.crn))
    if differ:
        raise refusal(f"a finished design has its own {', '.join(differ)}: make it with them, or leave them out.")
    return design


def _refuse_for_written(options):
    if options:
        said = "does not go with a written design: its columns say what varies, its rows are the points."
        raise refusal(f"--{options[0]} {said}")


def altered(design: Design, loaded: Loaded, asked: dict) -> Design:
    """What a design of the same scenario becomes by options as `make_design` takes them: what they do not say stays.

    >>> from sim.scenario import load
    >>> design = make_design(load("smallest"), "sobol", points=8)
    >>> len(altered(design, load("smallest"), {"points": 16}).points)
    16
    """
    is_written = design.method in (FILE, TABLE)
    if is_written and not {"design", "fixed"} & {*asked}:
        _refuse_for_written([name for name in asked if name not in ("reps", "seed", "crn")])
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
    futures = _count_points(method, others, points)
    if crossed and not others:
        futures = points or 1
    count = 1
    if crossed:
        count = _count_points("grid", levers, None) if chosen.levers == "crossed" else chosen.levers
    if futures * count > MOST_POINTS:
        raise refusal(f"{count:,} settings of the levers in {futures:,} futures are too many points.")
    settings = _settings(levers, chosen.levers, count, seed) if crossed else None
    table = _laid_out(room, (*levers, *others), futures * count, reps)
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


def _settings(levers, how, count, seed):
    """The settings of the levers that meet every future: all combinations, or so many of them."""
    table = np.zeros(count, dtype=[(factor.name, factor.dtype) for factor in levers])
    fill(table, levers, "grid" if how == "crossed" else "lhs", seed)
    return table


def _laid_out(room, factors, rows, reps):
    """A table for so many points, in a file or in memory."""
    if rows * reps > MOST_RUNS:
        raise refusal(
            f"{rows:,} points played {reps:,} times are more than {MOST_RUNS:,} runs: lower --points or --reps."
        )
    dtype = np.dtype([(factor.name, factor.dtype) for factor in factors])
    if room is None:
        return np.zeros(rows, dtype=dtype)
    return np.lib.format.open_memmap(room, mode="w+", dtype=dtype, shape=(rows,))


def _from_table(loaded, source, written, held, reps, seed, crn, room):
    factors, columns = _read_table(source, loaded, {factor.path for factor in held})
    table = _laid_out(room, factors, len(columns[factors[0].name]), reps)
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


# -------------------------------------------------------------------------------------------- how many points


def _count_points(method, factors, points):
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


# ------------------------------------------------------------------------------------------ designs that somebody wrote


def _read_table(source, loaded, held):
    """The factors, and values by name, of a design that somebody wrote; InputError with file, line and advice.

    Its source is the path of a CSV file, a data frame, a dict of name to values, or a list of dicts of name to value.
    """
    table = _Table(source, loaded, held)
    table.read()
    if table.faults:
        raise InputError(table.faults)
    return [column.factor() for column in table.columns], {column.name: column.array() for column in table.columns}


class _Table:
    def __init__(self, source, loaded, held):
        self.loaded, self.held = loaded, held
        self.faults, self.columns = [], []
        is_file = isinstance(source, str | Path)
        self.file = str(source) if is_file else "design"
        self.rows = _lines_of_file(source) if is_file else _lines_of_data(source)

    def fault(self, line, column, message, text="", length=1):
        """Notes what is wrong, and where."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Diagnostic(self.file, line, column, message, text, length))

    def read(self):
        """Reads the first row, then every point."""
        first = next(self.rows, None)
        if first is None:
            self.fault(0, 0, "the design is empty. Its first row names a factor or a path in each column.")
            return
        self._read_heads(*first)
        if self.faults:
            return
        for number, text, row in self.rows:
            if len(self.faults) == MOST_FAULTS:
                return
            self._read_point(number, text, row)
        if not self.faults and not len(self.columns[0].values):
            self.fault(0, 0, "the design has no points: below the first row there is nothing.")
        for column in self.columns if not self.faults else ():
            self._try(column)

    def _try(self, column):
        """Notes what fits in its place and yet could not be played, of the ends and choices of a column."""
        for value, cell, where in column.known.values():
            why = unplayable(self.loaded, column.place, value)
            if why:
                self._at(where, cell, f"'{column.place.path}' cannot be {value}: {why}")

    def _at(self, where, cell, message):
        number, text, place = where
        self.fault(number, _column_of(text, place), message, text, max(len(str(cell).strip()), 1))

    def _read_heads(self, number, text, row):
        seen = {}
        for place, word in enumerate(row):
            word = str(word).strip().lstrip("\ufeff")
            at = _column_of(text, place)
            try:
                if not word:
                    raise refusal("a column has no name. Name a factor of the scenario, or a path.")
                name, where, kind = _column_named(word, self.loaded, self.held)
            except InputError as error:
                self.fault(number, at, error.faults[0].message, text, len(word))
                continue
            if where.path in seen:
                self.fault(number, at, f"'{word}' means the same as '{seen[where.path]}'.", text, len(word))
            seen[where.path] = word
            self.columns.append(_Column(name, where, kind))

    def _read_point(self, number, text, row):
        if len(row) != len(self.columns):
            self.fault(number, 1, f"{len(row)} values for {len(self.columns)} columns.", text, max(len(text), 1))
            return
        for place, (cell, column) in enumerate(zip(row, self.columns, strict=True)):
            message = column.add(cell, (number, text, place))
            if message:
                self._at((number, text, place), cell, message)


class _Column:
    """The values of one column, packed: a million points take eight megabytes.

    `known` holds the ends of a column of numbers, or the choices of any other: each as it would stand in the scenario,
    as it was written, and where first.
    """

    def __init__(self, name, place, kind):
        self.name, self.place, self.kind, self.known, self.index = name, place, kind, {}, {}
        self.is_whole = core(place.annotation)[0] is int
        self.values = array("d" if place.is_number else "q")

    def add(self, cell, where):
        """Takes a value; what is wrong with it, or None."""
        cell = cell.strip() if isinstance(cell, str) else cell
        if cell is None or cell == "":
            return f"this cell is empty. Expected {wanted(self.place)}; leave the column out to keep it as written."
        if not self.place.is_number:
            return self._add_text(cell, where)
        number = _number(cell)
        if not math.isfinite(number) or self.is_whole and not number.is_integer() or self._outside(number, cell, where):
            return f"expected {wanted(self.place)} for '{self.place.path}', got '{cell}'."
        self.values.append(number)
        return None

    def _outside(self, number, cell, where):
        """Whether the number does not fit; asked once for each new lowest and highest."""
        is_low = not self.known or number < self.known["low"][0]
        is_high = not self.known or number > self.known["high"][0]
        if not (is_low or is_high):
            return False
        try:
            end = fitted(self.place, number), cell, where
        except InputError:
            return True
        self.known |= ({"low": end} if is_low else {}) | ({"high": end} if is_high else {})
        return False

    def _add_text(self, cell, where):
        if cell not in self.known:
            try:
                self.known[cell] = fitted(self.place, cell), cell, where
            except InputError as error:
                return error.faults[0].message
            self.index[cell] = len(self.index)
        self.values.append(self.index[cell])
        return None

    def array(self):
        """The values as they would stand in the scenario."""
        numbers = np.frombuffer(self.values, dtype=self.values.typecode)
        if self.place.is_number:
            return numbers.astype(np.int64) if self.is_whole else numbers
        return np.array([value for value, *_ in self.known.values()])[numbers]

    def factor(self):
        """The factor that these values are of."""
        about = self.name, self.place.path, self.kind
        if not self.place.is_number:
            return Factor(*about, choices=tuple(dict.fromkeys(value for value, *_ in self.known.values())))
        number = int if self.is_whole else float
        return Factor(*about, number(min(self.values)), number(max(self.values)), is_whole=self.is_whole)


def _lines_of_file(path):
    """Line number, text and cells of each row of a CSV file; rows without anything are left out."""
    for number, text in enumerate(file_lines(path, DESIGN), start=1):
        if text.strip():
            yield number, text, cells_of(path, number, text)


def _lines_of_data(source):
    """Line number, no text, and cells of each row of a data frame, a dict of columns, or a list of points."""
    if hasattr(source, "columns"):
        source = {str(name): source[name].tolist() for name in source.columns}
    if isinstance(source, dict):
        names, rows = list(source), zip(*source.values(), strict=True)
    else:
        points = list(source)
        names = list(points[0]) if points else []
        rows = ([point.get(name) for name in names] for point in points)
        strange = next((n for n, point in enumerate(points, start=2) if set(point) != set(names)), None)
        if strange is not None:
            raise InputError(
                [Diagnostic("design", strange, 1, f"this point has other names. {did_you_mean('', names)}")]
            )
    if names:
        yield 1, "", names
    for number, row in enumerate(rows, start=2):
        yield number, "", list(row)


def _column_of(text, place):
    """The character at which a cell begins, from 1."""
    return 1 + sum(len(part) + 1 for part in text.split(",")[:place]) if '"' not in text else 1


def _number(cell):
    """A cell as a number; NaN when it is none, or a text that people would not read as one."""
    try:
        return math.nan if isinstance(cell, str) and not is_number(cell) else float(cell)
    except (TypeError, ValueError, OverflowError):
        return math.nan
