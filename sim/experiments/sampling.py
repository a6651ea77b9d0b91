"""Where in the space of factors a design looks: grid, Latin hypercube, Sobol', and what two analyses ask for.

Each fills a table, one column for each factor, a piece at a time: a design of a million points takes no more memory
than one column of it.
"""

import math
import warnings

import numpy as np

from sim.errors import did_you_mean, refusal
from sim.experiments.factors import ESTIMATED, mixed

METHODS = ("grid", "lhs", "sobol", "saltelli", "morris")
DEFAULT_POINTS = 1024
MOST_POINTS = 100_000_000
PIECE = 1 << 16  # rows filled at once
MORRIS_LEVELS = 4


def check_method(method):
    """Whether a word is a way to design; InputError with advice when it is not."""
    if method not in METHODS:
        hint = did_you_mean(method, METHODS)
        message = f"--design {method}: no such design, and no such file. {hint} Or name a CSV file: one row a point."
        raise refusal(message)


def count_points(method, factors, points):
    """How many points a design has; InputError when it makes no sense.

    Parameters
    ----------
    method : one of `METHODS`
    factors : sequence of Factor
    points : int or None; a grid's follow from its levels, and the designs of Saltelli and Morris take the most that
        their scheme allows within the number
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
    if method == "saltelli":
        return _saltelli_base(len(factors), points) * (len(factors) + 2)
    if method == "morris":
        return _fitting(points // (len(factors) + 1), "morris", len(factors) + 1) * (len(factors) + 1)
    return points


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


def _saltelli_base(width, points):
    base = points // (width + 2)
    return 1 << (_fitting(base, "saltelli", width + 2).bit_length() - 1)


def _fitting(count, method, least):
    if count < 1:
        raise refusal(f"--design {method} over these factors needs at least --points {least}.")
    return count


def note_on(method, points):
    """What somebody should know of a design of this size, or None."""
    if method == "sobol" and points & (points - 1):
        near = 1 << (points.bit_length() - 1)
        return f"Sobol' points are balanced at powers of two: {near:,} or {2 * near:,} rather than {points:,}."
    return None


def fill(table, factors, method, seed):
    """Fills the columns of a table.

    Parameters
    ----------
    table : structured array (points,) with a field for each factor
    factors : sequence of Factor
    method : one of `METHODS`
    seed : int

    >>> from sim.experiments.factors import Factor
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
    from sim.draws import slot_key

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
        warnings.simplefilter("ignore", UserWarning)  # `note_on` says it
        for first in range(0, len(table), PIECE):
            shares = sampler.random(min(PIECE, len(table) - first))
            for column, factor in enumerate(factors):
                table[factor.name][first : first + PIECE] = factor.values(shares[:, column])


def _fill_by_salib(table, factors, method, seed):
    """The designs that Sobol' indices (Saltelli's) and elementary effects (Morris's) are computed from."""
    if not factors:
        return
    names = [factor.name for factor in factors]
    from sim.draws import slot_key

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
