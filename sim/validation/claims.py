"""What a back-test says, one sentence a question: headlines of charts, and what the page says of each score.

Each function reads results of a `Backtest` and gives text without capital or full stop, but for `claims_of`, whose
sentences are whole.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.phrases import count, in_words, listed, percent
from sim.validation.backtest import BETTER, MODEL, WORSE, Backtest, verdict
from sim.validation.scores import Fifth

LOGISTIC = "strong logistic"  # the strongest of the simple forecasts: the one to beat
MOST_RUNS = 0.5  # a first answer that fewer runs saw is not compared with the record
TELLING = 0.75  # of the pairs of one that gave in and one that held out
FEW = 10  # acts, from which little can be learnt
SAID = {
    LOGISTIC: "the strong logistic regression",
    "logistic": "the logistic regression",
    "actor's own rate": "each actor's own rate",
    "overall rate": "the overall rate",
    "nobody": "“nobody does anything”",
}

# -------------------------------------------------------------------------------------------------------- scores


def scores(differences: pd.DataFrame, kinds: Mapping[str, Any]) -> str:
    """For which kinds of act, each with its entry in the codebook, the model is better than a regression, or worse."""
    rows = [row for row in differences.itertuples() if row.against == LOGISTIC and row.scope in kinds]
    found = {row.scope: verdict(row.brier_low, row.brier_high, cases=row.cases) for row in rows}
    groups = {which: [scope for scope in found if found[scope] == which] for which in (BETTER, WORSE)}
    told = [f"clearly {which} on {_kinds(kinds, names, len(found))}" for which, names in groups.items() if names]
    if not told:
        return "the model and the strong logistic regression cannot be told apart on any kind of act"
    rest = len(found) - sum(map(len, groups.values()))
    end = "; the rest is open" if rest else ""
    return f"against a strong regression the model is {' and '.join(told)}{end}"


def _kinds(kinds: Mapping[str, Any], scopes: Sequence[str], of: int) -> str:
    if len(scopes) == of > 2:
        return "every kind of act"
    return listed([kinds[scope].name if len(scopes) < 3 else kinds[scope].short for scope in scopes])


def claims_of(backtest: Backtest, kinds: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """For each kind of act, and all together, what the scores say in plain words.

    Yields
    ------
    (str, str), the scope and two or three sentences
    """
    ours = backtest.scores[backtest.scores.forecast == MODEL]
    for row in ours.to_dict("records"):
        if row["scope"] in kinds or row["scope"] == "all":
            gaps = backtest.differences[backtest.differences.scope == row["scope"]].to_dict("records")
            yield row["scope"], " ".join(filter(None, (_compared(gaps), _ranked(row), _events(row))))


def _compared(gaps: Sequence[Mapping[Any, Any]]) -> str:
    groups: dict[str, list[str]] = {BETTER: [], WORSE: [], "": []}
    for gap in gaps:
        which = verdict(gap["brier_low"], gap["brier_high"], cases=gap["cases"])
        groups[which if which in groups else ""].append(f"{SAID[gap['against']]} by {abs(gap['brier']):.3f}")
    names = {which: [words.rpartition(" by ")[0] for words in found] for which, found in groups.items()}
    told = [f"clearly {which} than {listed(groups[which])}" for which in (BETTER, WORSE) if groups[which]]
    if names[""]:
        told.append(f"no clear difference from {listed(names[''])}")
    return f"Brier score: {'; '.join(told)}." if told else ""


def _ranked(row: Mapping[Any, Any]) -> str:
    if row["auc"] != row["auc"]:
        return ""
    return (
        "Of two actors and cases, one where it was done and one where it was not, the model had the higher "
        f"probability for the first in {percent(row['auc'])} of pairs."
    )


def _events(row: Mapping[Any, Any]) -> str:
    return f"Only {count(row['events'], 'act')} in all: little can be learnt from that." if row["events"] < FEW else ""


def signed(value: float) -> str:
    """A difference of scores with its sign.

    >>> signed(-0.0312), signed(0.004)
    ('−0.031', '+0.004')
    """
    return f"{value:+.3f}".replace("-", "−")


# ------------------------------------------------------------------------------------------------- probabilities


def reliability(fifths: Sequence[Fifth]) -> str:
    """Whether the model's probabilities hold, or where they are furthest off."""
    judged = [fifth for fifth in fifths if fifth.is_reliable is not None]
    if not judged:
        return "too few cells to tell whether the model's probabilities can be taken at their word"
    off = [fifth for fifth in judged if not fifth.is_reliable]
    if not off:
        return "what the model calls likely was done about as often as it says"
    worst = max(off, key=lambda fifth: abs(fifth.rate - fifth.mean_p))
    rest = len(judged) - len(off)
    hold = f"{count(rest, 'other fifth')} of the scale hold{'s' * (rest == 1)} up"
    said = f"of {worst.n} cells that the model gave {percent(worst.mean_p)} on average, {percent(worst.rate)} were done"
    return f"{said}; {hold}" if rest else said


def known_cells(backtest: Backtest, kind: str) -> dict[tuple[str, str], tuple[bool, float]]:
    """What is known, and scored, of one kind of act: dict of (case, actor) -> (done, the model's probability)."""
    cells, chances = backtest.cells, next(iter(backtest.forecasts.values()))
    rows = zip(cells.case, cells.actor, cells.done, chances, cells.kind, strict=True)
    return {(cells.case_ids[case], str(actor)): (done == 1, float(p)) for case, actor, done, p, k in rows if k == kind}


def is_wrong(done: bool, p: float) -> bool:
    """Whether a forecast was on the wrong side of one half.

    >>> is_wrong(True, 0.4), is_wrong(False, 0.4)
    (True, False)
    """
    return bool((p > 0.5) != bool(done))


def right_answers(known: Mapping[Any, tuple[bool, float]], kind: str, name_of: Callable[[str], str]) -> str:
    """How many forecasts of a kind of act were right, and in which case most were wrong.

    `known` is what `known_cells` gives, `kind` what the kind of act is called, and `name_of` what a case is, by its id.
    """
    if not known:
        return f"{kind}: nothing is known that could be scored"
    wrong = [case for (case, _), (done, p) in known.items() if is_wrong(done, p)]
    if not wrong:
        return f"{kind}: all {len(known)} known answers are on the right side of one half"
    quiet = sum(not done for done, _ in known.values())
    right = f"{len(known) - len(wrong)} of {len(known)} answers, “nobody does it” about {quiet}"
    start = f"{kind}: the model is right about {right}"
    most = max(dict.fromkeys(wrong), key=wrong.count)
    return f"{start}; most errors: {name_of(most)}" if wrong.count(most) > 2 else start


# ------------------------------------------------------------------------------------------- answers and coercion


def first_answers(answers: Sequence[Any]) -> str:
    """In how many cases, rows of `Backtest.first_answers`, the record lies within the model's spread; else to which
    side.
    """
    known = [row for row in answers if np.isfinite(row.recorded) and row.share >= MOST_RUNS]
    if not known:
        return "no first answer together is both recorded and foreseen"
    inside = sum(row.low <= row.recorded <= row.high for row in known)
    early = sum(row.high < row.recorded for row in known)
    late = len(known) - inside - early
    sides = [f"too fast in {in_words(early)}" if early else "", f"too slow in {in_words(late)}" if late else ""]
    told = " and ".join(filter(None, sides))
    held = f"{in_words(inside, 'none')} of {count(len(known), 'case')}"
    start = f"first answer together: the record is within the model's spread in {held}"
    return f"{start}; the model is {told}" if told else start


def coercion(rows: pd.DataFrame) -> str:
    """What the model gave targets that gave in, wholly or partly, and those that held out: `Backtest.outcomes`."""
    gave, held = rows.chance[rows.conceded != 0], rows.chance[rows.conceded == 0]
    if not len(gave) or not len(held):
        return f"{count(len(rows), 'coercion')}: the model gave {_mean(rows.chance)} on average to giving in"
    means = f"{_mean(gave)} for targets that did, at least partly, {_mean(held)} for those that held out"
    can = "can" if gave.mean() > held.mean() and is_telling(gave, held) else "cannot"
    return f"the model {can} tell who will give in: {means}"


def _mean(chances: pd.Series) -> str:
    return percent(float(chances.mean()))


def is_telling(gave: Sequence[float], held: Sequence[float]) -> bool:
    """Whether those that gave in mostly had the higher probability: in three pairs of four, ties counting half.

    >>> is_telling([0.5, 0.6], [0.1, 0.55]), is_telling([0.1], [0.1])
    (True, False)
    """
    one, other = np.asarray(gave), np.asarray(held)
    wins = np.greater.outer(one, other) + 0.5 * np.equal.outer(one, other)
    return bool(wins.mean() >= TELLING)
