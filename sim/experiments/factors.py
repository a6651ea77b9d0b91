"""What varies in a sweep: factors, the values that each takes, and which of them a sweep has.

A factor leads by a path to one value of the scenario or the library. Its values are drawn from a share of its
probability: 0 is the lowest value, 1 the highest, so that one design serves ranges and choices alike. A scenario
declares its uncertainties and levers; they are narrowed, held or added to by name or path. Each way to sample fills a
table, one column for each factor, a piece at a time: a design of a million points takes no more memory than one column.
"""

import contextlib
import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.draws import slot_key
from sim.errors import Diagnostic, InputError, did_you_mean, nearest, refusal
from sim.letters import is_number, whole
from sim.scenario.library_schema import Library
from sim.scenario.loading import unplayable, varied
from sim.scenario.paths import Place, find, fitted, own_range
from sim.scenario.wording import core

DISTRIBUTIONS = ("uniform", "triangular", "normal")
ESTIMATED = "estimated"  # drawn together with others, as past cases tell them
LEVELS = 3  # of a range in a grid
MORRIS_LEVELS = 4
PIECE = 1 << 16  # rows of a table that are filled at once
MOST_LEVELS = 1_000_000
LEVER_WORDS = ("sampled", "crossed", "none")
SMALLEST = 1e-9  # a share nearer to 0 or 1 would be infinitely far from the middle of a normal
EDGE = 2.0  # standard deviations between the middle of a normal factor and the ends of its range


@dataclass(frozen=True)
class Factor:
    """One thing that varies, or is held at a value of its own.

    A distribution is "uniform"; "triangular", with its peak at the value as written, or in the middle where that lies
    outside; "normal", whose range is the middle plus and minus two standard deviations, with nothing outside; or
    "estimated", drawn together with the other factors that are.

    >>> proof = Factor("proof", "incidents.grid.difficulty", "uncertainty", low=0.2, high=0.6)
    >>> proof.values(np.array([0.0, 0.25, 1.0]))
    array([0.2, 0.3, 0.6])
    >>> Factor("turn", "turns.count", "lever", low=1, high=3, is_whole=True).values(np.array([0, 0.5, 1]))
    array([1, 2, 3])
    """

    name: str  # as in the scenario; for one added by its path, the path
    path: str
    kind: str  # "uncertainty", "lever" or "set" (held at `choices[0]`)
    low: float | None = None
    high: float | None = None
    choices: tuple | None = None
    distribution: str = "uniform"
    peak: float | None = None  # of a triangular factor; the most probable value of an estimated one
    levels: int = LEVELS  # how many values of a range a grid takes
    is_whole: bool = False  # only whole numbers fit
    sd: float | None = None  # of an estimated factor
    # of an estimated factor: how much of each estimated factor's own draw it takes, of those before it and at last its
    # own, so that their values hang together as the estimates do
    mix: tuple[float, ...] | None = None

    @property
    def dtype(self) -> str:
        """The type of its column in the table of points."""
        if self.choices is None:
            return "<i8" if self.is_whole else "<f8"
        kinds = {type(choice) for choice in self.choices}
        if kinds == {bool}:
            return "?"
        if kinds == {int}:
            return "<i8"
        return "<f8" if kinds <= {int, float} else f"<U{max(len(str(choice)) for choice in self.choices)}"

    def values(self, shares: np.ndarray) -> np.ndarray:
        """The values at some shares of probability, each from 0 to 1; of an estimated factor its own draw, unmixed."""
        shares = np.asarray(shares, dtype=float)
        if self.distribution == ESTIMATED:
            from scipy.special import ndtri

            return ndtri(np.clip(shares, SMALLEST, 1 - SMALLEST))
        if self.choices is not None:
            places = np.minimum((shares * len(self.choices)).astype(np.int64), len(self.choices) - 1)
            return np.array(self.choices, dtype=self.dtype)[places]
        low, high = self._ends()
        if self.is_whole:
            count = int(high - low) + 1
            return int(low) + np.minimum((shares * count).astype(np.int64), count - 1)
        return np.clip(self._quantiles(shares, low, high), low, high)

    def _ends(self) -> tuple[float, float]:
        assert self.low is not None and self.high is not None, f"{self.name} is no range"
        return self.low, self.high

    def _quantiles(self, shares, low, high):
        width = high - low
        if self.distribution == "triangular":
            return _triangular(shares, low, high, self.peak)
        if self.distribution == "normal":
            from scipy.special import ndtr, ndtri

            inside = ndtr(-EDGE) + shares * (ndtr(EDGE) - ndtr(-EDGE))
            return low + width * (0.5 + ndtri(inside) / (2 * EDGE))
        return low + shares * width

    def grid(self) -> np.ndarray:
        """Its values in a grid: all choices, or levels evenly over the range."""
        if self.choices is not None:
            return np.array(self.choices, dtype=self.dtype)
        levels = np.linspace(*self._ends(), self.levels)
        return np.unique(np.rint(levels).astype(np.int64)) if self.is_whole else levels

    def to_dict(self) -> dict:
        """As the manifest holds it."""
        return {name: value for name, value in vars(self).items() if value is not None}

    @classmethod
    def from_dict(cls, data: dict) -> "Factor":
        """What `to_dict` described."""
        lists = {name: tuple(data[name]) for name in ("choices", "mix") if name in data}
        return cls(**{**data, **lists})


def estimated(library: Library, centre: Mapping[str, float] | None = None) -> list[Factor]:
    """The coefficients that past cases tell, as factors that are drawn together, in the order of the estimates.

    `centre` has values that are most probable in place of the estimates.
    """
    estimates, centre = library.estimates, centre or {}
    size = len(estimates.coefficients)
    below = np.array([[*row, *[0.0] * (size - len(row))] for row in estimates.correlation]).reshape(size, size)
    mix = np.linalg.cholesky(below + below.T + np.eye(size))
    rows = zip(estimates.coefficients, estimates.mean, estimates.sd, mix, strict=True)
    return [
        Factor(
            f"behaviour.{name}", f"behaviour.{name}", "uncertainty", *library.behaviour[name].range, None, ESTIMATED,
            float(centre.get(name, mean)), sd=sd, mix=tuple(weights[: k + 1].tolist()),
        )
        for k, (name, mean, sd, weights) in enumerate(rows)
    ]  # fmt: skip


def mixed(factors, draws) -> list[np.ndarray]:
    """The values of estimated factors from their own draws: they hang together as the estimates do, within the ranges.

    Factors come in the order of their estimates, with standard normal draws (n,) for each.

    >>> two = [Factor("a", "a", "uncertainty", -9, 9, None, "estimated", 1.0, sd=2.0, mix=(1.0,)),
    ...        Factor("b", "b", "uncertainty", -9, 9, None, "estimated", 0.0, sd=1.0, mix=(0.6, 0.8))]
    >>> [values.round(1).tolist() for values in mixed(two, [np.array([1.0, 0.0]), np.array([0.0, 1.0])])]
    [[3.0, 1.0], [0.6, 0.8]]
    """
    drawn = [sum(weight * own for weight, own in zip(factor.mix, draws, strict=False)) for factor in factors]
    return [
        np.clip(factor.peak + factor.sd * draw, factor.low, factor.high)
        for factor, draw in zip(factors, drawn, strict=True)
    ]


def _triangular(shares, low, high, peak):
    width, before = high - low, peak - low
    rising = low + np.sqrt(shares * width * before)
    falling = high - np.sqrt((1 - shares) * width * (high - peak))
    return np.where(shares * width < before, rising, falling)


# ------------------------------------------------------------------------------------------------------ which of them


@dataclass(frozen=True)
class Choice:
    """What varies, what is held, and how levers meet futures ("sampled", "crossed", or how many settings)."""

    varying: tuple[Factor, ...]
    held: tuple[Factor, ...]
    levers: str | int = "sampled"


def choose_factors(loaded, fixed=None, vary=None, levers=None, uncertainties=None) -> Choice:
    """The factors of a sweep; InputError with every fault at once.

    Parameters
    ----------
    loaded : Loaded
    fixed : dict of name or path to value, or texts "linkage=0.4": held at that value
    vary : dict of name or path to range or choices, or texts: "linkage=0.2:0.8", "linkage=0.2:0.8:triangular",
        "linkage=0.2:0.8:5" (five levels in a grid), "capability=gdp,equal", "behaviour.b_peer" (the library's range),
        "behaviour=estimates" (all coefficients that past cases tell, drawn together)
    levers : texts: "sampled" with the uncertainties (the default), "crossed" (every combination of their values, each
        in the same futures), a number of settings, each in the same futures, "none"; names of the levers that vary,
        the others being left as written; levers added or narrowed, as in `vary`
    uncertainties : texts: "none", or names of those that vary

    >>> from sim.scenario import load
    >>> [factor.name for factor in choose_factors(load("smallest"), vary=["linkage=0.2:0.8"]).varying]
    ['proof', 'linkage']
    """
    return _Choosing(loaded).chosen(fixed, vary, levers, uncertainties)


class _Choosing:
    """Gathers factors and faults."""

    def __init__(self, loaded):
        self.loaded, self.faults = loaded, []
        self.said = {}  # by which option a factor was added or narrowed
        self.given = {}  # path to what was said of it
        self.factors = _declared(loaded)

    def chosen(self, fixed, vary, levers, uncertainties):
        mode, named, added = self._levers(levers)
        self._keep("lever", named)
        self._keep("uncertainty", self._names(uncertainties, "uncertainty"))
        for option, items in (("--vary", pairs_of(vary)), ("--levers", added)):
            for word, spec in items:
                self._vary(option, word, spec, "lever" if option == "--levers" else None)
        held = [self._held(word, value) for word, value in pairs_of(fixed)]
        for name, factor in self.factors.items():
            self._try(self.said.get(name, name), factor)
        if self.faults:
            raise InputError(self.faults)
        return Choice(tuple(self.factors.values()), tuple(held), mode)

    def _fault(self, message):
        self.faults.append(Diagnostic("", 0, 0, message))

    @contextlib.contextmanager
    def _noting(self, said):
        """Notes what is wrong with what was said, and goes on."""
        try:
            yield
        except InputError as error:
            self._fault(f"{said}: {error.faults[0].message}")

    # ---------------------------------------------------------------- which

    def _levers(self, words):
        mode, named, added = "sampled", None, []
        for word, spec in pairs_of(words):
            for part in [word] if spec is not None else word.split(","):
                part = part.strip()
                if spec is not None:
                    added.append((part, spec))
                elif whole(part):
                    mode = whole(part)
                elif part in ("sampled", "crossed"):
                    mode = part
                elif part == "none":
                    named = named or []
                else:
                    named = [*(named or []), *self._known(part, "lever")]
        return mode, named, added

    def _names(self, words, kind):
        if words is None:
            return None
        parts = [part.strip() for word, _ in pairs_of(words) for part in word.split(",")]
        return [name for part in parts if part != "none" for name in self._known(part, kind)]

    def _known(self, word, kind):
        of_kind = {name: factor for name, factor in self.factors.items() if factor.kind == kind}
        found = [name for name, factor in of_kind.items() if word in (name, factor.path)]
        if not found:
            allowed = [*of_kind, *(LEVER_WORDS if kind == "lever" else ("none",))]
            hint, option = did_you_mean(word, allowed), "--levers" if kind == "lever" else "--uncertainties"
            self._fault(f"{option} {word}: the scenario has no {kind} of this name. {hint}")
        return found

    def _keep(self, kind, names):
        if names is not None:
            self.factors = {name: one for name, one in self.factors.items() if one.kind != kind or name in names}

    # ---------------------------------------------------------------- with which values

    def _vary(self, option, word, spec, kind):
        if word == "behaviour":
            self._estimates(option, spec)
            return
        said = f"{option} {word}" + (f"={spec}" if isinstance(spec, str) else "")
        target = self._target(said, word)
        if target is None:
            return
        name, place, before = target
        self._once(place.path, said)
        with self._noting(said):
            self.factors[name], self.said[name] = _specified(name, place, before, spec, kind, self.loaded), said

    def _try(self, said, factor):
        """Notes which ends and choices do not fit, or could not be played."""
        place = find(self.loaded.document, factor.path, self.loaded.library)
        with self._noting(said):
            for value in factor.choices if factor.choices is not None else (factor.low, factor.high):
                value = fitted(place, value)
                why = unplayable(self.loaded, place, value)
                if why:
                    self._fault(f"{said}: '{factor.path}' cannot be {value}: {why}")

    def _once(self, path, said):
        """Notes what was said of a path before: of two orders one would be swallowed."""
        if path in self.given:
            self._fault(f"{said}: {self.given[path]} speaks of the same. Keep one of them.")
        self.given[path] = said

    def _estimates(self, option, spec):
        library = self.loaded.library
        if spec != "estimates":
            self._fault(f"{option} behaviour: write behaviour=estimates, or behaviour.NAME for one coefficient.")
        elif not library.estimates.coefficients:
            self._fault(f"{option} behaviour=estimates: the library has no estimates; `oceans calibrate` makes them.")
        else:
            joint = {factor.name: factor for factor in estimated(library, self.loaded.scenario.behaviour)}
            self.factors = {name: one for name, one in self.factors.items() if one.path not in joint} | joint

    def _held(self, word, value):
        said = f"--set {word}={value}"
        if value is None:
            self._fault(f"--set {word}: write it as path=value.")
            return None
        target = self._target(said, word)
        if target is None:
            return None
        name, place, _ = target
        self._once(place.path, said)
        self.factors.pop(name, None)
        with self._noting(said):
            held = Factor(name, place.path, "set", choices=(fitted(place, value),))
            varied(self.loaded, {held.path: held.choices[0]})
            return held
        return None

    def _target(self, said, word):
        """The factor or place that a word means: its name, where it leads, and what it was; None with a fault."""
        everything = {**_declared(self.loaded), **self.factors}
        for name, factor in everything.items():
            if word in (name, factor.path):
                return name, find(self.loaded.document, factor.path, self.loaded.library), factor
        try:
            return word, find(self.loaded.document, word, self.loaded.library), None
        except InputError as error:
            near = nearest(word, everything)
            advice = f"there is no such path. Did you mean {near!r}?" if near else error.faults[0].message
            self._fault(f"{said}: {advice}")
            return None


def entry_of(word, loaded):
    """The scenario's own uncertainty or lever of a name or path: its name, its kind and what it says; or None."""
    scenario = loaded.scenario
    for kind, entries in (("uncertainty", scenario.uncertainties), ("lever", scenario.levers)):
        for name, entry in entries.items():
            if word in (name, entry.path):
                return name, kind, entry
    return None


def pairs_of(items):
    """Pairs of word and what follows its "=" (None without one), from a mapping, a text, some texts or pairs."""
    if items is None:
        return []
    if isinstance(items, Mapping):
        return list(items.items())
    items = [items] if isinstance(items, str) else items
    return [item if isinstance(item, tuple) else _parted(str(item)) for item in items]


def _parted(text):
    word, equals, spec = text.partition("=")
    return word.strip(), spec.strip() if equals else None


def _declared(loaded):
    """The scenario's own uncertainties and levers, as factors by name."""
    kinds = (("uncertainty", loaded.scenario.uncertainties), ("lever", loaded.scenario.levers))
    return {name: _from_entry(name, kind, entry, loaded) for kind, entries in kinds for name, entry in entries.items()}


def _from_entry(name, kind, entry, loaded):
    place = find(loaded.document, entry.path, loaded.library)
    if entry.choices is not None:
        return Factor(name, entry.path, kind, choices=tuple(fitted(place, choice) for choice in entry.choices))
    return _range(name, place, kind, *entry.range, getattr(entry, "distribution", "uniform"))


def _range(name, place: Place, kind, low, high, distribution="uniform", levels=LEVELS):
    is_whole, now, peak = core(place.annotation)[0] is int, place.value, None
    if distribution == "triangular":
        peak = float(now) if isinstance(now, int | float) and low <= now <= high else (low + high) / 2
    return Factor(name, place.path, kind, low, high, None, distribution, peak, levels, is_whole)


def _specified(name, place, before, spec, kind, loaded):
    """A factor as somebody asked for it; InputError when it makes no sense."""
    kind = kind or (before.kind if before else "uncertainty")
    distribution = before.distribution if before else "uniform"
    if spec is None or spec == "":
        if before is not None:
            return before
        span = own_range(place, loaded.library)
        if span is None:
            raise refusal("the library has no range for it. Write one: path=low:high, or choices: path=a,b,c.")
        return _range(name, place, kind, *span)
    low, high, more = _ends(spec)
    if low is not None:
        return _ranged(name, place, kind, low, high, more, distribution)
    listed = [part.strip() for part in spec.split(",")] if isinstance(spec, str) else spec
    choices = tuple(fitted(place, choice) for choice in listed)
    if len(set(choices)) < len(choices):
        raise refusal("a choice is listed twice.")
    if len(choices) < 2:
        raise refusal("one value does not vary. Write low:high or a,b,c; or hold it with --set.")
    return Factor(name, place.path, kind, choices=choices)


def _ranged(name, place, kind, low, high, more, distribution):
    if not place.is_number:
        raise refusal(f"a range needs a number, and '{place.path}' holds none. Write choices: path=a,b,c.")
    if not (math.isfinite(low) and math.isfinite(high)):
        raise refusal("the ends of a range are numbers.")
    if low >= high:
        raise refusal(f"the range is empty: {low:g} is not below {high:g}.")
    levels = LEVELS
    if more is not None and 2 <= (whole(more) or 0) <= MOST_LEVELS:
        levels = whole(more)
    elif more is not None and more in DISTRIBUTIONS:
        distribution = more
    elif more is not None:
        hint = did_you_mean(more, DISTRIBUTIONS)
        levels = f"a number of levels (2 to {MOST_LEVELS:,}) for a grid"
        raise refusal(f"after the range comes a distribution, or {levels}. {hint}")
    factor = _range(name, place, kind, low, high, distribution, levels)
    if factor.is_whole and not (float(low).is_integer() and float(high).is_integer()):
        raise refusal("only whole numbers fit here.")
    return factor


def _ends(spec):
    """Low, high and what follows, of "0.2:0.8:5" or of a pair of numbers; None, None, None of anything else."""
    if isinstance(spec, str):
        parts = [part.strip() for part in spec.split(":")]
        if len(parts) in (2, 3) and all(map(_is_end, parts[:2])):
            return float(parts[0]), float(parts[1]), parts[2] if len(parts) == 3 else None
    elif isinstance(spec, tuple) and len(spec) in (2, 3) and all(isinstance(end, int | float) for end in spec[:2]):
        return float(spec[0]), float(spec[1]), str(spec[2]) if len(spec) == 3 else None
    return None, None, None


def _is_end(text):
    return is_number(text) or text.lower().lstrip("+-") in ("nan", "inf", "infinity")


# ------------------------------------------------------------------------------------ values laid out in a table


def fill(table: np.ndarray, factors: Sequence[Factor], method: str, seed: int) -> None:
    """Fills the columns of a table, a structured array (points,), by "grid", "lhs", "sobol", "saltelli" or "morris".

    >>> table = np.zeros(3, dtype=[("a", "<f8")])
    >>> fill(table, [Factor("a", "linkage", "lever", low=0.0, high=1.0)], "grid", seed=1)
    >>> table["a"].tolist()
    [0.0, 0.5, 1.0]
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
    for first in range(0, len(table), PIECE):
        rest = np.arange(first, min(first + PIECE, len(table)))
        for factor, grid in reversed(list(zip(factors, grids, strict=True))):
            rest, at = np.divmod(rest, len(grid))
            table[factor.name][first : first + PIECE] = grid[at]


def _fill_lhs(table, factors, method, seed):
    """Latin hypercube: each factor's values cut into as many slices as there are points, one point in each.

    A column depends on the seed and its own factor alone, so that adding a factor changes no other. The draws are those
    of SciPy's `LatinHypercube`, which takes longer to import than a thousand runs to play.
    """
    for factor in factors:
        (generator,) = _generator(seed, factor.name).spawn(1)
        inside, slices = generator.random(len(table)), np.arange(1, len(table) + 1)
        generator.shuffle(slices)
        table[factor.name] = factor.values((slices - inside) / len(table))


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
