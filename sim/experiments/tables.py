"""Designs that somebody wrote: a CSV file, a data frame, or a list of points.

The first row names a factor of the scenario, or a path, in each column; every other row is a point. No cell is empty:
what is left as it was written has no column.
"""

import math
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import Diagnostic, InputError, did_you_mean, refusal
from sim.experiments.factors import Factor
from sim.letters import is_number
from sim.record.reading import cells_of
from sim.scenario.loading import Loaded, unplayable
from sim.scenario.paths import fitted, wanted
from sim.scenario.wording import core
from sim.text_files import DESIGN, file_lines

MOST_FAULTS = 20


def read_table(source: Any, loaded: Loaded, choose: Callable) -> tuple[list[Factor], dict[str, np.ndarray]]:
    """The factors, and values by name, of a design that somebody wrote; InputError with file, line and advice.

    Parameters
    ----------
    source : path of a CSV file, pandas.DataFrame, dict of name to values, or list of dicts of name to value
    choose : callable (word) -> (name, Place, kind); InputError when a word leads nowhere
    """
    table = _Table(source, loaded, choose)
    table.read()
    if table.faults:
        raise InputError(table.faults)
    return [column.factor() for column in table.columns], {column.name: column.array() for column in table.columns}


class _Table:
    def __init__(self, source, loaded, choose):
        self.loaded, self.choose = loaded, choose
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
                name, where, kind = self.choose(word)
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
