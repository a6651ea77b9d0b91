"""Estimates as files: the section `estimates` of the library, and `behaviour.yaml` with the estimated values put in.

text = as_yaml(estimates, cases, {"runs of each case": "16"})      # scenarios/library/estimates.yaml
text = behaviour_with(text, {"b_stake": 1.2})                      # scenarios/library/behaviour.yaml
"""

import re
import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import yaml
from numpy.typing import ArrayLike

from sim.errors import RangeError, did_you_mean

__all__ = ["as_yaml", "behaviour_with", "correlations_of", "rounded"]

DIGITS = 4  # of a value
DIGITS_OF_CORRELATION = 3  # after the point
WIDE = 118
HEAD = "# What past cases say of the coefficients of behaviour. Written by `oceans calibrate`; do not edit by hand.\n"
LINE = re.compile(r"^(?P<before>\s+(?P<name>\w+):\s*\{\s*value:\s*)(?P<value>[^,}\s]+)(?P<after>.*)$")
RANGE = re.compile(r"\brange:\s*\[\s*([^,\]]+?)\s*,\s*([^,\]]+?)\s*\]")


def as_yaml(estimates: Any, cases: Any, made: Mapping[str, Any] | None = None) -> str:
    """The section `estimates` of the library.

    Parameters
    ----------
    estimates : sim.validation.calibration.Estimates
    cases : Cases, that they were made from
    made : dict of str -> anything, how they were made

    Returns
    -------
    str, YAML; numbers with four digits that count, correlations with three after the point

    >>> from types import SimpleNamespace
    >>> prior = SimpleNamespace(names=("b_stake", "b_ask"))
    >>> found = SimpleNamespace(prior=prior, mean=[1.23456, 0.2], covariance=[[0.04, 0.01], [0.01, 0.01]], without={})
    >>> print(as_yaml(found, SimpleNamespace(path=SimpleNamespace(stem="mine"), digest="0f" * 32), {"runs": 4}))
    # What past cases say of the coefficients of behaviour. Written by `oceans calibrate`; do not edit by hand.
    <BLANKLINE>
    estimates:
      cases: "mine, 0f0f0f0f0f0f"
      coefficients: [b_stake, b_ask]
      mean: [1.235, 0.2]
      sd: [0.2, 0.1]
      correlation:
        - []
        - [0.5]
      made:
        runs: "4"
    <BLANKLINE>
    """
    sd, correlation = correlations_of(estimates.covariance)
    lines = [HEAD, "estimates:", f"  cases: {_quoted(f'{cases.path.stem}, {cases.digest[:12]}')}"]
    lines += _list("  coefficients: ", estimates.prior.names)
    lines += _list("  mean: ", map(rounded, estimates.mean))
    lines += _list("  sd: ", map(rounded, sd))
    lines.append("  correlation:")
    for row in range(len(sd)):
        lines += _list("    - ", [_short(value) for value in correlation[row, :row]])
    if estimates.without:
        lines.append("  without:")
        for case, values in estimates.without.items():
            lines += _list(f"    {_key(case)}: ", map(rounded, values))
    if made:
        lines.append("  made:")
        lines += [f"    {_key(name)}: {_quoted(str(value))}" for name, value in made.items()]
    return "\n".join(lines) + "\n"


def correlations_of(covariance: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Standard deviations and correlations of a covariance.

    Parameters
    ----------
    covariance : array (k, k), symmetric, positive on its diagonal

    Returns
    -------
    (array (k,), array (k, k) in [-1, 1])

    >>> sd, correlation = correlations_of([[4.0, 1.0], [1.0, 1.0]])
    >>> sd.tolist(), correlation[1, 0].item()
    ([2.0, 1.0], 0.5)
    """
    covariance = np.asarray(covariance, dtype=float)
    sd = np.sqrt(np.diag(covariance))
    return sd, np.clip(covariance / np.outer(sd, sd), -1, 1)


def behaviour_with(text: str, values: Mapping[str, float]) -> str:
    """A file of coefficients with other values; everything else, remarks and spaces too, stays to the letter.

    Parameters
    ----------
    text : str, of `scenarios/library/behaviour.yaml`
    values : dict of coefficient -> float; what lies outside the coefficient's `range` is brought to its end

    Returns
    -------
    str; RangeError when a coefficient is not in the text

    >>> behaviour_with("  b_ask: {value: 0.15, range: [0.0, 0.3], why: x}  # to be asked", {"b_ask": 0.123456})
    '  b_ask: {value: 0.1235, range: [0.0, 0.3], why: x}  # to be asked'
    """
    left = dict(values)
    lines = [_line_with(line, left) for line in text.splitlines(keepends=True)]
    if left:
        name = next(iter(left))
        known = [match["name"] for match in map(LINE.match, text.splitlines()) if match]
        raise RangeError(f"there is no line for the coefficient '{name}'. {did_you_mean(name, known)}")
    return "".join(lines)


def _line_with(line: str, left: dict[str, float]) -> str:
    """A line with its new value, which is then taken from those that are left."""
    ending = line[len(line.rstrip("\r\n")) :]
    found = LINE.match(line.removesuffix(ending))
    if not found or found["name"] not in left:
        return line
    value = rounded(left.pop(found["name"]))
    limits = RANGE.search(found["after"])
    if limits:
        low, high = limits.groups()
        value = low if float(value) < float(low) else high if float(value) > float(high) else value
    return f"{found['before']}{value}{found['after']}{ending}"


def rounded(value: float) -> str:
    """A number with four digits that count, and never with an exponent.

    >>> rounded(1.23456), rounded(0.000123456), rounded(-12345.6), rounded(6.0)
    ('1.235', '0.0001235', '-12350.0', '6.0')
    """
    return np.format_float_positional(float(f"{float(value):.{DIGITS}g}"), trim="0")


def _short(value: float) -> str:
    return np.format_float_positional(round(float(value), DIGITS_OF_CORRELATION) + 0.0, trim="0")


def _list(start: str, words: Iterable[str]) -> list[str]:
    """A list that begins on the line of its name and goes on below, indented."""
    return textwrap.wrap(
        f"{start}[{', '.join(words)}]", WIDE, subsequent_indent=" " * (len(start) - len(start.lstrip()) + 2),
        break_long_words=False, break_on_hyphens=False, drop_whitespace=True,
    )  # fmt: skip


def _key(words: str) -> str:
    return words if re.fullmatch(r"[A-Za-z][\w -]*\w", words) else _quoted(words)


def _quoted(words: str) -> str:
    return yaml.safe_dump(words, default_style='"', allow_unicode=True, width=float("inf")).strip()
