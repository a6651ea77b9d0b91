"""What the model would have said about crises that happened, beside what was done and what simpler forecasts say.

Each case is played from the day it became known with what was known then, and every cell (an actor, a kind of act, a
case) gets a probability. Coefficients that were estimated from these cases are taken as they come out without the case
in question, so no case tells on itself.
"""

import contextlib
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sim.draws import Draws
from sim.experiments.factors import estimated, mixed
from sim.processes import pool
from sim.scenario import load_library
from sim.validation.benchmarks import benchmarks, within_cyber
from sim.validation.cases import Cases, Cells, cells_of
from sim.validation.replay import Replay
from sim.validation.schema import KINDS, AttributionContext, Case, Outcome, Severity
from sim.validation.scores import calibration_of, differences_of, scores_of

__all__ = ["MODEL", "Backtest", "backtest"]

MODEL = "Two Oceans"
COERCION = "economic_coercion"
RUNS = 48
ACTS = (0.05, 0.5, 0.95)
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)


@dataclass(frozen=True)
class Backtest:
    """A back-test: cells with their forecasts, and how good these were.

    Parameters
    ----------
    cases : Cases
    cells : Cells, the cells that are scored (n)
    forecasts : dict of name -> array (n,), probability; the model's own first, under `MODEL`
    played : dict of case id -> Played
    scores : DataFrame, as `sim.validation.scores.scores_of`
    differences : DataFrame, as `sim.validation.scores.differences_of`: the model against each benchmark
    fifths : dict of scope -> list of Fifth, the model's calibration
    acts : DataFrame, a row per case and kind of act: how many did it, as `acts_of`
    lags : DataFrame, a row per kind of act: columns kind, cells, and days from the disclosure at some quantiles
    first_answers : DataFrame, a row per case: the first collective or lead response in days, and the model's
    outcomes : DataFrame, a row per coercion: what came of it, and the model's probability that the victim gave in
    estimated : dict of case id -> where the coefficients came from: "without it", "from others", "all cases" (itself
        among them), or "as written" where nothing is estimated
    runs, seed : int
    """

    cases: Cases
    cells: Cells
    forecasts: dict
    played: dict
    scores: pd.DataFrame
    differences: pd.DataFrame
    fifths: dict
    acts: pd.DataFrame
    lags: pd.DataFrame
    first_answers: pd.DataFrame
    outcomes: pd.DataFrame
    estimated: dict
    runs: int
    seed: int
    options: dict = field(default_factory=dict)

    def chance(self, case, actor, kind):
        """The model's probability of one cell, scored or not; nan for an actor outside the cast."""
        return self.played[case].chance_of(actor, kind)


def backtest(
    cases,
    runs=RUNS,
    seed=3,
    library=None,
    train=None,
    with_victims=False,
    strict=False,
    in_sample=False,
    is_drawn=True,
    workers=1,
    progress=None,
):
    """Play cases and compare what the model says with what was done.

    Parameters
    ----------
    cases : Cases, from `sim.validation.cases.read_cases`
    runs : int, of each case
    seed : int
    library : Library; None: the one that ships, with its estimates
    train : Cases, what the benchmarks learn from; None: the other cases of `cases`
    with_victims : bool, score what primary targets did themselves as well
    strict : bool, leave out cells of low confidence
    in_sample : bool, take the estimates from all cases, also for a case they were made from
    is_drawn : bool, draw the coefficients anew for every run, as uncertain as the estimates are; False: take the most
        probable values in every run
    workers : int, processes
    progress : callable (case id), called as each case has been played

    Returns
    -------
    Backtest

    >>> from sim.validation.cases import read_cases
    >>> one = backtest(read_cases("cases_2007_2024"), runs=1)
    >>> one.scores.query("scope == 'all'").forecast.tolist()
    ['Two Oceans', 'overall rate', "actor's own rate", 'logistic', 'strong logistic', 'nobody']
    """
    library = library or load_library()
    episodes = [as_case(episode, library) for episode in cases.outcomes if set(episode.targets) & set(library.states)]
    everything = [*cases.cases, *episodes]
    behaviour = {case.id: coefficients_for(case.id, library, in_sample) for case in everything}
    values = {name: found for name, (found, _) in behaviour.items()}
    if is_drawn:
        values = {name: drawn(library, centre, runs, seed) for name, centre in values.items()}
    played = _play_all(everything, runs, seed, values, library, workers, progress)
    cells = cells_of(cases, with_victims, strict)
    taught = (cells_of(train, with_victims, strict), train) if train else None
    forecasts = {MODEL: _chances(cells, played), **benchmarks(cells, cases, taught, library)}
    within = {"cyber": within_cyber(cells, cases, taught, library)}
    return Backtest(
        cases,
        cells,
        forecasts,
        played,
        scores_of(cells, forecasts, within=within),
        differences_of(cells, forecasts, MODEL, within=within),
        calibration_of(cells, forecasts[MODEL]),
        acts_of(cells, cases, played),
        lags_of({case.id: played[case.id] for case in cases.cases}),
        first_answers_of(cases, played),
        outcomes_of([case for case in everything if library.codebook.kinds[case.kind].has_demand], played),
        {case.id: behaviour[case.id][1] for case in cases.cases},
        runs,
        seed,
        {"with_victims": with_victims, "strict": strict, "in_sample": in_sample, "is_drawn": is_drawn},
    )


def coefficients_for(case, library, in_sample=False):
    """The coefficients a case is played with, and where they come from.

    Parameters
    ----------
    case : str, its id
    library : Library
    in_sample : bool

    Returns
    -------
    dict of coefficient -> value, and where they come from, as `Backtest.estimated`
    """
    estimates = library.estimates
    if not estimates.coefficients:
        return {}, "as written"
    if case in estimates.without and not in_sample:
        return dict(zip(estimates.coefficients, estimates.without[case], strict=True)), "without it"
    return {}, "from others" if estimates.without and case not in estimates.without else "all cases"


def drawn(library, centre, runs, seed):
    """Coefficients for every run, drawn together around the most probable ones.

    Parameters
    ----------
    library : Library, with its estimates
    centre : dict of coefficient -> value, most probable; those left out: as in the estimates
    runs, seed : int

    Returns
    -------
    dict of coefficient -> array (runs,); empty when the library has no estimates
    """
    factors = estimated(library, centre)
    names = tuple(library.estimates.coefficients)
    draws = Draws(seed, range(runs)).normal("estimates", 0, names)
    return dict(zip(names, mixed(factors, draws.T), strict=True)) if names else {}


def as_case(episode, library):
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


def _play_all(cases, runs, seed, behaviour, library, workers, progress):
    tell = progress or (lambda case: None)
    jobs = [(case, runs, seed, behaviour[case.id], library) for case in cases]
    played = {}
    with contextlib.nullcontext() if workers == 1 else pool(min(workers, len(jobs))) as processes:
        each = processes.map if processes else map
        for case, done in zip(cases, each(_play, *zip(*jobs, strict=True)), strict=True):
            played[case.id] = done
            tell(case.id)
    return played


def _play(case, runs, seed, behaviour, library):
    return Replay(case, library).played(runs, behaviour, seed)


def _chances(cells, played):
    names = [cells.case_ids[place] for place in cells.case]
    rows = zip(names, cells.actor, cells.kind, strict=True)
    return np.array([played[name].chance_of(actor, kind) for name, actor, kind in rows])


def acts_of(cells, cases, played):
    """How many did each kind of act in each case, over the cells that are scored: of the record, and in the runs.

    A run counts those who acted in it, by its own dice; that allies move together shows in how far the runs spread.

    Parameters
    ----------
    cells : Cells
    cases : Cases
    played : dict of case id -> Played

    Returns
    -------
    DataFrame, a row per case and kind of act of which anything is known: case, kind, cells (how many), recorded, mean,
    low, median and high (5, 50 and 95 % of the runs), holds (whether the record lies from low to high)
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
            low, middle, high = np.quantile(acted, ACTS, method="inverted_cdf")
            recorded = int(cells.done[here].sum())
            rows.append(
                {
                    "case": case.id,
                    "kind": kind,
                    "cells": int(here.sum()),
                    "recorded": recorded,
                    "mean": float(acted.mean()),
                    "low": int(low),
                    "median": int(middle),
                    "high": int(high),
                    "holds": bool(low <= recorded <= high),
                }
            )
    columns = ["case", "kind", "cells", "recorded", "mean", "low", "median", "high", "holds"]
    return pd.DataFrame(rows, columns=columns)


def lags_of(played):
    """Days from the disclosure to each kind of act, over every actor that did it, every run and every case.

    Returns
    -------
    DataFrame, a row per kind of act: kind, acts (how many there were in all runs), q10, q25, q50, q75 and q90 in days
    """
    rows = []
    for k, kind in enumerate(KINDS):
        days = np.concatenate([one.day[:, k].ravel() for one in played.values()])
        days = days[np.isfinite(days)]
        found = np.quantile(days, QUANTILES) if days.size else np.full(len(QUANTILES), np.nan)
        spread = {f"q{round(100 * share)}": value for share, value in zip(QUANTILES, found, strict=True)}
        rows.append({"kind": kind, "acts": days.size, **spread})
    return pd.DataFrame(rows)


def first_answers_of(cases, played):
    """Days to the first answer together: of the record, and to the day on which two actors had done more than speak.

    Returns
    -------
    DataFrame, a row per case: case, recorded (days, nan where there was none), type ("collective", "lead_state_only" or
    "none"), low, median and high (the 10, 50 and 90 % quantiles over the runs that saw one, nan where none did), and
    share, how many did
    """
    rows = []
    for case in cases.cases:
        second = np.sort(played[case.id].day[:, 1:].min(axis=1), axis=-1)[:, 1]
        seen = np.isfinite(second)
        low, middle, high = np.quantile(second[seen], (0.1, 0.5, 0.9)) if seen.any() else (np.nan,) * 3
        answer = case.collective_response
        rows.append(
            {
                "case": case.id,
                "recorded": np.nan if answer.days_from_disclosure is None else answer.days_from_disclosure,
                "type": answer.type or "none",
                "low": low,
                "median": middle,
                "high": high,
                "share": float(seen.mean()),
            }
        )
    return pd.DataFrame(rows)


def outcomes_of(coercions, played):
    """Coercions: whether the target gave in, and the model's probability that it does within the time played.

    Parameters
    ----------
    coercions : sequence of Case with a demand
    played : dict of case id -> Played

    Returns
    -------
    DataFrame, a row per coercion: case, target, months, conceded (0, 1 or "partial") and chance
    """
    rows = [
        {
            "case": case.id,
            "target": ", ".join(case.primary_targets),
            "months": case.outcome.coercion_months,
            "conceded": case.outcome.target_conceded,
            "chance": float(played[case.id].conceded.mean()),
        }
        for case in coercions
        if case.outcome.target_conceded is not None
    ]
    return pd.DataFrame(rows, columns=["case", "target", "months", "conceded", "chance"])
