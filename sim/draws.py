"""Chance by address: every random number is a pure function of where it is used.

A draw has an address: (seed, design point, replication) say which run, and a slot (turn, phase, use, actor, ...) says
where in the run. Two runs with the same key share their draws slot by slot, so the difference between two arms is the
choice and nothing else; adding an actor, a response or a turn moves no other draw.

The generator is a counter hash: two rounds of the finaliser of SplitMix64 [Steele2014] over the run's key and the
slot's key. It has no state, so a block of any shape is made in one call, and any part of it alone.

[Steele2014] Steele, Lea & Flood, Fast splittable pseudorandom number generators, OOPSLA 2014.
"""

import hashlib
from functools import lru_cache

import numpy as np
from scipy.special import ndtri

_GOLDEN, _FIRST, _SECOND, _30, _27, _31, _11 = (  # arrays without axes, which numpy makes of a number at every call
    np.array(word, dtype=np.uint64)
    for word in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 30, 27, 31, 11)
)
_STEP, _HALF_STEP, _BELOW_ONE = np.array(2.0**-53), np.array(2.0**-54), np.array(1 - 2.0**-53)
_IN_CACHE = 1 << 17  # words: a block of more is mixed line by line, each of which stays in the processor's cache


def _mixed(words):
    """The finaliser of SplitMix64, worked in place on a block of its own."""
    words += _GOLDEN  # arithmetic modulo 2**64: arrays of uint64 wrap silently, as the method asks
    words ^= words >> _30
    words *= _FIRST
    words ^= words >> _27
    words *= _SECOND
    words ^= words >> _31
    return words


def _inside(words):
    """Words, spent on it, as numbers strictly between 0 and 1; the very highest would be rounded to 1."""
    words >>= _11
    numbers = words.astype(float)
    numbers *= _STEP
    numbers += _HALF_STEP
    return np.minimum(numbers, _BELOW_ONE, out=numbers)


@lru_cache(maxsize=1 << 16)
def slot_key(*parts):
    """The key of a slot: a 64-bit hash of its names and numbers.

    >>> slot_key("assess", 3, "JPN") == slot_key("assess", 3, "JPN")
    True
    >>> slot_key("assess", 3, "JPN") == slot_key("assess", 3, "KOR")
    False
    """
    text = "\x1f".join(map(str, parts)).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little")


@lru_cache(maxsize=1 << 8)
def _name_keys(axis):
    return np.array([slot_key(name) for name in axis], dtype=np.uint64)


@lru_cache(maxsize=1 << 10)
def slot_keys(use, *axes):
    """Keys of a block of slots: one for each combination of the axes' names, shape (len(axis), ...).

    >>> slot_keys("evidence", ("attack",), ("EST", "JPN")).shape
    (1, 2)
    """
    keys = np.array(slot_key(use), dtype=np.uint64)
    for axis in axes:
        keys = _mixed(keys[..., None] ^ _name_keys(axis))
    keys.flags.writeable = False
    return keys


class Draws:
    """The draws of a batch of runs.

    Parameters
    ----------
    seed : int, the study's seed
    runs : sequence of int, the replication numbers of the batch
    points : sequence of int or None, the design point of each run; None leaves it out of the address, so that all
        design points share their draws (common random numbers)

    >>> one = Draws(seed=7, runs=[5]).uniform("evidence", 1, ("EST", "JPN"))
    >>> many = Draws(seed=7, runs=range(10)).uniform("evidence", 1, ("EST", "JPN"))
    >>> bool((one[0] == many[5]).all())
    True
    """

    def __init__(self, seed, runs, points=None):
        self.seed = int(seed)
        self.runs = tuple(int(run) for run in runs)
        self.points = None if points is None else tuple(points)
        keys = np.uint64(slot_key("seed", self.seed))
        for numbers in (self.runs,) if points is None else (self.points, self.runs):
            keys = _mixed(np.asarray(numbers, dtype=np.uint64) ^ keys)
        self._run_keys = keys

    def __len__(self):
        return len(self.runs)

    def rows(self, places):
        """The draws of only these rows, in this order; a row may be taken many times."""
        points = None if self.points is None else [self.points[place] for place in places]
        return Draws(self.seed, [self.runs[place] for place in places], points)

    def words(self, use, turn, *axes, rows=slice(None)):
        """64-bit words, shape (*leading axes, runs, last axis); with no axis, (runs,)."""
        keys, run_keys = slot_keys((use, turn), *axes), self._run_keys[rows]
        if keys.ndim == 0:
            return _mixed(_mixed(run_keys ^ keys))
        words = keys[..., None, :] ^ run_keys[:, None]
        for line in words if words.ndim > 2 and words.size > _IN_CACHE else [words]:
            _mixed(_mixed(line))
        return words

    def uniform(self, use, turn, *axes, rows=slice(None)):
        """Uniform draws strictly between 0 and 1, shape (*leading axes, runs, last axis).

        Parameters
        ----------
        use : str, what the draw is for
        turn : int, the turn, or 0 for what is drawn once for the whole exercise
        axes : tuples of names (incidents, responses, actors); the runs' axis goes before the last
        rows : array of int, the rows of the batch to draw for, if not for all
        """
        return _inside(self.words(use, turn, *axes, rows=rows))

    def uniform_at(self, use, turn, first, last, places, rows):
        """Some of the draws of `uniform(use, turn, first, last)`: given places on the first axis, in given rows.

        Parameters
        ----------
        places : array (K,) of int, places on the first axis; rows : array (K,) of int, rows of the batch

        Returns
        -------
        array (K, len(last)), the same bits as the whole block would have there
        """
        keys = slot_keys((use, turn), first, last)[places]
        words = _mixed(_mixed(keys ^ self._run_keys[rows][:, None]))
        return _inside(words)

    def uniform_of(self, use, turn, first, last, places, rows, columns):
        """Uniform draws of single slots of `uniform(use, turn, first, last)`: (K,)."""
        keys = slot_keys((use, turn), first, last)[places, columns]
        return _inside(_mixed(_mixed(keys ^ self._run_keys[rows])))

    def normal_of(self, use, turn, first, last, places, rows, columns):
        """Standard normal draws of single slots of `normal(use, turn, first, last)`: (K,)."""
        return ndtri(self.uniform_of(use, turn, first, last, places, rows, columns))

    def normal_at(self, use, turn, names, places, rows):
        """Standard normal draws for some names of an axis in some rows: (K,)."""
        return ndtri(self.uniform_of(use, turn, names, ("",), places, rows, 0))

    def normal(self, use, turn, *axes):
        """Standard normal draws, shape as `uniform`."""
        return ndtri(self.uniform(use, turn, *axes))
