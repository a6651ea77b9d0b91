"""What the model would have said about crises that happened, beside what was done and what simpler forecasts say.

Each case is played from the day it became known with what was known then, and every cell (an actor, a kind of act, a
case) gets a probability. Coefficients that were estimated from these cases are taken as they come out without the case
in question, so no case tells on itself. What comes of it is read as tables and as plain data.
"""

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from sim.draws import Draws
from sim.experiments.factors import estimated, mixed
from sim.model.events import plain
from sim.processes import pool
from sim.scenario import load_library
from sim.scenario.library_schema import Library
from sim.validation.benchmarks import benchmarks, within_cyber
from sim.validation.cases import Cases, Cells, cells_of, codebook_of
from sim.validation.replay import Played, Replay
from sim.validation.schema import KINDS, AttributionContext, Case, Episode, Outcome, Severity
from sim.validation.scores import Fifth, calibration_of, scored

MODEL = "Two Oceans"
COERCION = "economic_coercion"
RUNS = 48
ACTS = (0.05, 0.5, 0.95)
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
BETTER, WORSE, UNCLEAR = "better", "worse", "cannot be told"
HALF = 0.5
FEWEST_CASES = 5
NOTHING = 0.0005  # a difference that no table shows is none
COLUMNS = {
    MODEL: "model", "overall rate": "overall_rate", "actor's own rate": "own_rate", "logistic": "logistic",
    "strong logistic": "strong_logistic", "nobody": "nobody",
}  # fmt: skip


@dataclass(frozen=True)
class Backtest:
    """A back-test: cells with their forecasts, and how good these were."""

    cases: Cases
    cells: Cells  # those that are scored (n)
    forecasts: dict[str, np.ndarray]  # by name, the probability of each cell; the model's own first, under `MODEL`
    played: dict[str, Played]  # by the case's id
    scores: pd.DataFrame  # as `sim.validation.scores.scored` has them
    differences: pd.DataFrame  # likewise: the model against each benchmark
    fifths: dict[str, list[Fifth]]  # the model's calibration, by scope
    acts: pd.DataFrame  # a row per case and kind of act: how many did it, as `acts_of`
    lags: pd.DataFrame  # a row per kind of act: days from the disclosure at some quantiles, as `lags_of`
    first_answers: pd.DataFrame  # a row per case: the first collective or lead response in days, and the model's
    outcomes: pd.DataFrame  # a row per coercion: what came of it, and the model's probability that the victim gave in
    # by the case's id, where its coefficients came from: "without it", "from others", "all cases" (itself among them),
    # or "as written" where nothing is estimated
    estimated: dict[str, str]
    runs: int
    seed: int
    options: dict[str, bool] = field(default_factory=dict)

    def chance(self, case: str, actor: str, kind: str) -> float:
        """The model's probability of one cell, scored or not; nan for an actor outside the cast."""
        return self.played[case].chance_of(actor, kind)


def backtest(
    cases: Cases,
    runs: int = RUNS,
    seed: int = 3,
    library: Library | None = None,
    train: Cases | None = None,
    with_victims: bool = False,
    strict: bool = False,
    in_sample: bool = False,
    is_drawn: bool = True,
    workers: int = 1,
    progress: Callable[[str], Any] | None = None,
) -> Backtest:
    """Play cases and compare what the model says with what was done.

    Parameters
    ----------
    runs : of each case
    library : None: the one that ships, with its estimates
    train : what the benchmarks learn from; None: the other cases of `cases`
    with_victims : score what primary targets did themselves as well
    strict : leave out cells of low confidence
    in_sample : take the estimates from all cases, also for a case they were made from
    is_drawn : draw the coefficients anew for every run, as uncertain as the estimates are; False: take the most
        probable values in every run
    workers : processes
    progress : called with a case's id, as each case has been played

    >>> from dataclasses import replace
    >>> from sim.validation.cases import read_cases
    >>> record = read_cases("cases_2007_2024")
    >>> one = backtest(replace(record, cases=record.cases[:3], outcomes=()), runs=1)
    >>> one.scores.query("scope == 'all'").forecast.tolist()
    ['Two Oceans', 'overall rate', "actor's own rate", 'logistic', 'strong logistic', 'nobody']
    """
    library = library or load_library()
    episodes = [as_case(episode, library) for episode in cases.outcomes if set(episode.targets) & set(library.states)]
    everything = [*cases.cases, *episodes]
    behaviour = {case.id: coefficients_for(case.id, library, in_sample) for case in everything}
    values: dict[str, Mapping] = {name: found for name, (found, _) in behaviour.items()}
    if is_drawn:
        values = {name: _drawn(library, centre, runs, seed) for name, centre in values.items()}
    played = _play_all(everything, runs, seed, values, library, workers, progress)
    cells = cells_of(cases, with_victims, strict)
    taught = (cells_of(train, with_victims, strict), train) if train else None
    forecasts = {MODEL: _chances(cells, played), **benchmarks(cells, cases, taught, library)}
    return Backtest(
        cases,
        cells,
        forecasts,
        played,
        *scored(cells, forecasts, MODEL, within_cyber(cells, cases, taught, library)),
        calibration_of(cells, forecasts[MODEL]),
        acts_of(cells, cases, played),
        lags_of({case.id: played[case.id] for case in cases.cases}),
        first_answers_of(cases, played),
        outcomes_of([case for case in everything if codebook_of(library).kinds[case.kind].has_demand], played),
        {case.id: behaviour[case.id][1] for case in cases.cases},
        runs,
        seed,
        {"with_victims": with_victims, "strict": strict, "in_sample": in_sample, "is_drawn": is_drawn},
    )


def coefficients_for(case: str, library: Library, in_sample: bool = False) -> tuple[dict[str, float], str]:
    """The coefficients a case, by its id, is played with, and where they come from, as `Backtest.estimated` says it."""
    estimates = library.estimates
    if not estimates.coefficients:
        return {}, "as written"
    if case in estimates.without and not in_sample:
        return dict(zip(estimates.coefficients, estimates.without[case], strict=True)), "without it"
    return {}, "from others" if estimates.without and case not in estimates.without else "all cases"


def _drawn(library: Library, centre: Mapping[str, float], runs: int, seed: int) -> dict[str, np.ndarray]:
    """Coefficients for every run, (runs,) each, drawn together around the most probable ones; none without estimates.

    `centre` has the most probable values; those left out are as in the library's estimates.
    """
    factors = estimated(library, centre)
    names = tuple(library.estimates.coefficients)
    draws = Draws(seed, range(runs)).normal("estimates", 0, names)
    return dict(zip(names, mixed(factors, draws.T), strict=True)) if names else {}


def as_case(episode: Episode, library: Library) -> Case:
    """A coercion of which only the outcome is known, as a case in which nothing is known of anybody's answer.

    Its severity is that of a usual episode, and everybody knew of it and who it was.
    """
    known = [code for code in episode.targets if code in library.states]
    usual = library.behaviour["concede_usual"].value
    return Case(
        id=episode.id,
        name=episode.measure or episode.id,
        kind=COERCION,
        start_date=episode.start,
        disclosure_date=episode.start,
        decision_date=episode.start,
        targets=known,
        primary_targets=known,
        adversary=episode.adversary,
        severity=Severity(value=usual),
        attribution_context=AttributionContext(publicness=1.0, certainty_at_time="high"),
        outcome=Outcome(target_conceded=episode.target_conceded, coercion_months=episode.months),
        actors={},
    )


def _play_all(
    cases: Sequence[Case], runs: int, seed: int, behaviour: Mapping[str, Mapping[str, ArrayLike]], library: Library,
    workers: int, progress: Callable[[str], Any] | None,
) -> dict[str, Played]:  # fmt: skip
    tell = progress or (lambda case: None)
    jobs = [(case, runs, seed, behaviour[case.id], library) for case in cases]
    played = {}
    with contextlib.nullcontext() if workers == 1 else pool(min(workers, len(jobs))) as processes:
        each = processes.map if processes else map
        for case, done in zip(cases, each(_play, *zip(*jobs, strict=True)), strict=True):
            played[case.id] = done
            tell(case.id)
    return played


def _play(case: Case, runs: int, seed: int, behaviour: Mapping[str, ArrayLike], library: Library) -> Played:
    return Replay(case, library).played(runs, behaviour, seed)


def _chances(cells: Cells, played: Mapping[str, Played]) -> np.ndarray:
    names = [cells.case_ids[place] for place in cells.case]
    rows = zip(names, cells.actor, cells.kind, strict=True)
    return np.array([played[name].chance_of(actor, kind) for name, actor, kind in rows])


def acts_of(cells: Cells, cases: Cases, played: Mapping[str, Played]) -> pd.DataFrame:
    """How many did each kind of act in each case, over the cells that are scored: of the record, and in the runs.

    A run counts those who acted in it, by its own dice; that allies move together shows in how far the runs spread.

    A row per case and kind of act of which anything is known: case, kind, cells (how many), recorded, mean,
    low, median and high (5, 50 and 95 % of the runs), holds (whether the record lies from low to high).
    """
    rows = []
    for at, case in enumerate(cases.cases):
        for k, kind in enumerate(KINDS):
            here = (cells.case == at) & (cells.kind == kind)
            if not here.any():
                continue
            one = played[case.id]
            actors = [one.actors.index(code) for code in cells.actor[here]]
            acted = np.isfinite(one.day[:, k][:, actors]).sum(axis=1)
            low, middle, high = np.quantile(acted, ACTS, method="inverted_cdf").astype(int).tolist()
            recorded, mean = int(cells.done[here].sum()), float(acted.mean())
            holds = low <= recorded <= high
            rows.append((case.id, kind, int(here.sum()), recorded, mean, low, middle, high, holds))
    columns = ["case", "kind", "cells", "recorded", "mean", "low", "median", "high", "holds"]
    return pd.DataFrame(rows, columns=columns)


def lags_of(played: Mapping[str, Played]) -> pd.DataFrame:
    """Days from the disclosure to each kind of act, over every actor that did it, every run and every case.

    A row per kind of act: kind, acts (how many there were in all runs), q10, q25, q50, q75 and q90 in days.
    """
    rows = []
    for k, kind in enumerate(KINDS):
        days = np.concatenate([one.day[:, k].ravel() for one in played.values()])
        days = days[np.isfinite(days)]
        found = np.quantile(days, QUANTILES) if days.size else np.full(len(QUANTILES), np.nan)
        spread = {f"q{round(100 * share)}": value for share, value in zip(QUANTILES, found, strict=True)}
        rows.append({"kind": kind, "acts": days.size, **spread})
    return pd.DataFrame(rows)


def first_answers_of(cases: Cases, played: Mapping[str, Played]) -> pd.DataFrame:
    """Days to the first answer together: of the record, and to the day on which two actors had done more than speak.

    A row per case: case, recorded (days, nan where there was none), type ("collective", "lead_state_only" or
    "none"), low, median and high (the 10, 50 and 90 % quantiles over the runs that saw one, nan where none did), and
    share, how many did.
    """
    rows = []
    for case in cases.cases:
        second = np.sort(played[case.id].day[:, 1:].min(axis=1), axis=-1)[:, 1]
        seen = np.isfinite(second)
        spread = np.quantile(second[seen], (0.1, 0.5, 0.9)) if seen.any() else (np.nan,) * 3
        answer = case.collective_response
        recorded = np.nan if answer.days_from_disclosure is None else answer.days_from_disclosure
        rows.append((case.id, recorded, answer.type or "none", *spread, float(seen.mean())))
    return pd.DataFrame(rows, columns=["case", "recorded", "type", "low", "median", "high", "share"])


def outcomes_of(coercions: Sequence[Case], played: Mapping[str, Played]) -> pd.DataFrame:
    """Coercions, which are cases with a demand: whether the target gave in, and the model's probability that it does.

    A row per coercion: case, target, months, conceded (0, 1 or "partial") and chance.
    """
    ended = [(case, case.outcome) for case in coercions if case.outcome.target_conceded is not None]
    rows = [
        (case.id, ", ".join(case.primary_targets), outcome.coercion_months, outcome.target_conceded,
         float(played[case.id].conceded.mean()))
        for case, outcome in ended
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["case", "target", "months", "conceded", "chance"])


# ---------------------------------------------------------------------------------------------------- cells


def cells_table(backtest: Backtest) -> pd.DataFrame:
    """Every cell that was scored, with what each forecast said of it.

    A row per cell in the order of the file: case, case_kind, actor, kind, done (0 or 1), confidence, then
    the probability that each forecast gave, by the names of `COLUMNS`.
    """
    cells = backtest.cells
    table = {
        "case": [cells.case_ids[at] for at in cells.case],
        "case_kind": cells.case_kind,
        "actor": cells.actor,
        "kind": cells.kind,
        "done": cells.done.astype(int),
        "confidence": cells.confidence,
    }
    return pd.DataFrame(table | {COLUMNS.get(name, name): p for name, p in backtest.forecasts.items()})


# ---------------------------------------------------------------------------------------------------- calibration


def fifths_of(fifths: Iterable[Fifth]) -> tuple[int, int]:
    """How many fifths hold up, and how many have enough cells to be judged.

    >>> from sim.validation.scores import calibration
    >>> fifths_of(calibration([0] * 10, [0.1] * 10))
    (1, 1)
    """
    judged = [fifth.is_reliable for fifth in fifths if fifth.is_reliable is not None]
    return sum(judged), len(judged)


def calibration_table(backtest: Backtest) -> pd.DataFrame:
    """The calibration of every forecast but "nobody", as rows.

    Its columns are scope, forecast, then the fields of `sim.validation.scores.Fifth`.
    """
    rows = [
        {"scope": scope, "forecast": name, **asdict(fifth)}
        for name in backtest.forecasts
        if name != "nobody"
        for scope, fifths in calibration_of(backtest.cells, backtest.forecasts[name]).items()
        for fifth in fifths
    ]
    return pd.DataFrame(rows)


# ---------------------------------------------------------------------------------------------------- what it comes to


def verdict(low: float, high: float, less_is_better: bool = True, cases: int | None = None) -> str:
    """Whether a difference is clear, by the ends of its interval: "better", "worse" or "cannot be told".

    Of fewer than five cases nothing can be told, since resampling whole cases says nothing then.

    >>> verdict(-0.03, -0.01), verdict(-0.03, 0.01), verdict(0.2, 0.4, less_is_better=False)
    ('better', 'cannot be told', 'better')
    >>> verdict(-0.03, -0.01, cases=2)
    'cannot be told'
    """
    if (cases is not None and cases < FEWEST_CASES) or max(abs(low), abs(high)) < NOTHING:
        return UNCLEAR
    if high < 0:
        return BETTER if less_is_better else WORSE
    if low > 0:
        return WORSE if less_is_better else BETTER
    return UNCLEAR


@dataclass(frozen=True)
class Miss:
    """Cells of one case and kind of act in which the model was wrong the same way."""

    case: str
    kind: str
    done: bool  # what these actors did
    actors: tuple  # of (code, the model's probability, confidence of the record), the worst first
    loss: float  # what they add to the sum of squared errors


def misses_of(backtest: Backtest, most: int = 10, limit: float = HALF) -> list[Miss]:
    """Where the model was most wrong, the costliest first: cells on the wrong side of a probability, by case and kind.

    `most` says how many groups of cells, and above `limit` an act was expected.
    """
    table = cells_table(backtest)
    wrong = table[(table.model > limit) != (table.done == 1)]
    groups = wrong.assign(off=(wrong.model - wrong.done).abs()).groupby(["case", "kind", "done"], sort=False)
    found = [Miss(case, kind, bool(done), *_missed(rows)) for (case, kind, done), rows in groups]
    return sorted(found, key=lambda miss: -miss.loss)[:most]


def _missed(rows: pd.DataFrame) -> tuple[tuple, float]:
    rows = rows.sort_values("off", ascending=False, kind="stable")
    return tuple(zip(rows.actor, rows.model, rows.confidence, strict=True)), float((rows.off**2).sum())


def where_it_was_done(backtest: Backtest, kind: str) -> list[tuple[str, int]]:
    """Each case in which a kind of act was done, and by how many actors, the most first."""
    cells = backtest.cells
    here = (cells.kind == kind) & (cells.done == 1)
    counts = np.bincount(cells.case[here], minlength=len(cells.case_ids))
    order = np.argsort(-counts, kind="stable")
    return [(cells.case_ids[at], int(counts[at])) for at in order if counts[at]]


# ---------------------------------------------------------------------------------------------------- plain data


def as_plain(backtest: Backtest) -> dict:
    """All of a back-test as lists, dicts, numbers and text; what is not known is None.

    The tables are lists of rows: scores, differences, calibration, cells, acts, lags, first_answers, outcomes.
    """
    return {
        "cases": backtest.cases.title,
        "digest": backtest.cases.digest,
        "runs": backtest.runs,
        "seed": backtest.seed,
        "options": backtest.options,
        "estimated": backtest.estimated,
        **{name: plain(table.to_dict("records")) for name, table in tables_of(backtest).items()},
    }


def tables_of(backtest: Backtest) -> dict[str, pd.DataFrame]:
    """Every table of a back-test by its name, which is also that of its file."""
    return {
        "scores": backtest.scores,
        "differences": backtest.differences,
        "calibration": calibration_table(backtest),
        "cells": cells_table(backtest),
        "acts": backtest.acts,
        "lags": backtest.lags,
        "first_answers": backtest.first_answers,
        "outcomes": backtest.outcomes,
    }
