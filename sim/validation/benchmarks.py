"""What there is to beat: five simple forecasts of who does what, each made without the case it is about.

| Forecast | In words |
|---|---|
| overall rate | everyone does this kind of act as often as it was done in the other cases |
| actor's own rate | each actor does it as often as it did itself in the other cases, drawn towards the overall rate |
| logistic | a logistic regression on 13 features of actor and case, one for each kind of act |
| strong logistic | one on 21 features and on who the actor is, with a ridge; it is told all that the model is told |
| nobody | nobody ever does anything |

Each is estimated anew for each case from the other cases alone (leave one case out), and so is everything it rests on,
such as the means and spreads by which features are put on one scale.

Within one kind of act the overall rate says the same of everybody in a case, and less where the case had many events,
as they are just what it is made without: its AUC there lies below one half by construction, and means nothing.
"""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import expit

from sim.one_thread import one_blas_thread
from sim.scenario import load_library
from sim.scenario.facts import group_members
from sim.scenario.library_schema import Library
from sim.validation.cases import Cases, Cells, codebook_of
from sim.validation.schema import UNATTRIBUTED, Case, group_name

FEATURES = (
    "five_eyes", "nato", "eu", "ip4", "in_target_group", "severity", "publicness", "certainty", "since_2017",
    "is_coercion", "is_physical", "ideal_distance", "china_exposure",
)  # fmt: skip
STRONG = (
    "five_eyes", "eu", "ip4", "is_nato", "is_union", "frontline", "reluctant", "by_russia", "by_china", "since_2017",
    "severity", "is_cyber", "is_coercion", "certainty", "publicness", "five_eyes_hit", "own_union_hit",
    "own_alliance_hit", "frontline_russia", "certainty_since_2017", "ideal_russia",
)  # fmt: skip
FRONTLINE = ("EST", "LTU", "LVA", "POL")
RELUCTANT = ("HUN", "TUR")
GROUPS = FEATURES[:4]
CERTAINTY = {"none": 0.0, "low": 1 / 3, "medium": 2 / 3, "high": 1.0}
OPENER = datetime.date(2017, 1, 1)  # from then on allies named culprits together
PRIOR = 0.5  # Jeffreys: half an event, half a cell without
SHRINKAGE = 1.0  # the overall rate weighs as much as one cell of the actor's own
RIDGE, RIDGE_OF_ACTORS = 1.0, 2.0  # what half the squares of its weights cost the strong regression
PENALTY = 1.0  # what the errors weigh against the squares of the weights; 1 is the usual default
PRECISION = 1e-9
MOST_STEPS = 100
Taught = tuple[Cells, Cases] | None  # other cells to learn from


# ---------------------------------------------------------------------------------------------------- the forecasts


@dataclass(frozen=True)
class Known:
    """What a forecast may know: cells of one kind of act, from other cases."""

    done: np.ndarray  # (n,), 0 or 1
    actor: np.ndarray  # (n,) of str
    features: np.ndarray  # (n, features), as `features_of` or `strong_features_of`; nan where not known


def overall_rate(known: Known, actor: np.ndarray, features: np.ndarray) -> np.ndarray:
    """Everyone does it as often as it was done. Half an event is added, and half a cell without (Jeffreys's prior).

    Like each of the forecasts, it gives the probability of every cell that is asked about, (m,).

    >>> known = Known(np.array([1.0, 0.0, 0.0]), np.array(["USA", "USA", "FRA"]), np.zeros((3, 13)))
    >>> overall_rate(known, np.array(["USA"]), np.zeros((1, 13))).tolist()
    [0.375]
    """
    return np.full(len(actor), (known.done.sum() + PRIOR) / (known.done.size + 2 * PRIOR))


def own_rate(known: Known, actor: np.ndarray, features: np.ndarray) -> np.ndarray:
    """Each does it as often as it did itself; the overall rate counts as one cell more, and alone for a newcomer.

    >>> known = Known(np.array([1.0, 0.0, 0.0]), np.array(["USA", "USA", "FRA"]), np.zeros((3, 13)))
    >>> own_rate(known, np.array(["USA", "FRA", "JPN"]), np.zeros((3, 13))).round(3).tolist()
    [0.458, 0.188, 0.375]
    """
    same = np.asarray(actor)[:, None] == np.asarray(known.actor)[None, :]
    return (same @ known.done + SHRINKAGE * overall_rate(known, actor, features)) / (same.sum(axis=1) + SHRINKAGE)


def logistic(known: Known, actor: np.ndarray, features: np.ndarray) -> np.ndarray:
    """A logistic regression on the features; where nobody did it, or everybody, the overall rate."""
    if len(np.unique(known.done)) < 2:
        return overall_rate(known, actor, features)
    return fitted(known.features, known.done).forecast(features)


def strong_logistic(known: Known, actor: np.ndarray, features: np.ndarray) -> np.ndarray:
    """A logistic regression with a weight for each actor too; where nobody did it, or everybody, the overall rate.

    Its ridge is on the features as they stand, which all lie between 0 and about 1 or 2; what is not known stands at
    the mean of the other cases.
    """
    if len(np.unique(known.done)) < 2:
        return overall_rate(known, actor, features)
    everybody = np.unique(np.asarray(known.actor))
    centre, _ = _scales(known.features)
    learnt, asked = (
        np.column_stack(
            [np.where(np.isfinite(rows), rows, centre), np.asarray(who)[:, None] == everybody, np.ones(len(rows))]
        )
        for rows, who in ((known.features, known.actor), (features, actor))
    )
    ridge = np.concatenate([np.full(len(centre), RIDGE), np.full(len(everybody), RIDGE_OF_ACTORS), [0.0]])
    return expit(asked @ _best_weights(learnt, known.done, ridge, 1.0))


def nobody(known: Known, actor: np.ndarray, features: np.ndarray) -> np.ndarray:
    """Nobody does it: probability 0, which the log score brings up to its floor."""
    return np.zeros(len(actor))


FORECASTS = {
    "overall rate": overall_rate,
    "actor's own rate": own_rate,
    "logistic": logistic,
    "strong logistic": strong_logistic,
    "nobody": nobody,
}


def benchmarks(
    cells: Cells,
    cases: Cases,
    train: Taught = None,
    library: Library | None = None,
    names: Sequence[str] = tuple(FORECASTS),
) -> dict[str, np.ndarray]:
    """The forecasts of every cell, by name, each made without the case that the cell belongs to.

    `train` is what is learnt from in place of `cells`, where a case of the same id is left out; the library gives
    figures that the cases do not.

    >>> from sim.validation.cases import cells_of, read_cases
    >>> cases = read_cases("cases_2007_2024")
    >>> cells = cells_of(cases)
    >>> {name: len(p) == len(cells) for name, p in benchmarks(cells, cases).items()}
    {'overall rate': True, "actor's own rate": True, 'logistic': True, 'strong logistic': True, 'nobody': True}
    """
    library = library or load_library()
    known, known_cases = train or (cells, cases)
    kinds_of_features = {name: strong_features_of if name == "strong logistic" else features_of for name in names}
    features = {each: each(cells, cases, library) for each in set(kinds_of_features.values())}
    known_features = {each: each(known, known_cases, library) for each in features}
    case, known_case = _names_of(cells), _names_of(known)
    found = {name: np.full(len(case), np.nan) for name in names}
    for left_out in [*np.unique(known_case), None]:
        here = case == left_out if left_out is not None else ~np.isin(case, known_case)
        for kind in np.unique(cells.kind[here]):
            rest, asked = (known_case != left_out) & (known.kind == kind), here & (cells.kind == kind)
            done = np.asarray(known.done, dtype=float)[rest]
            for name, of in kinds_of_features.items():
                learnt = Known(done, known.actor[rest], known_features[of][rest])
                with one_blas_thread():
                    found[name][asked] = FORECASTS[name](learnt, cells.actor[asked], features[of][asked])
    return found


def within_cyber(
    cells: Cells, cases: Cases, train: Taught = None, library: Library | None = None
) -> dict[str, np.ndarray]:
    """The strong regression of cyber operations, learnt from other cyber operations alone; elsewhere nan."""
    known, known_cases = train or (cells, cases)
    here = cells.case_kind == "cyber"
    taught = known.where(known.case_kind == "cyber"), known_cases
    p = benchmarks(cells.where(here), cases, taught, library, ("strong logistic",))["strong logistic"]
    found = np.full(len(cells), np.nan)
    found[here] = p
    return {"strong logistic": found}


def _names_of(cells: Cells) -> np.ndarray:
    return np.array(cells.case_ids, dtype=object)[cells.case]


# ---------------------------------------------------------------------------------------------------- the regression


@dataclass(frozen=True)
class Logistic:
    """A logistic regression on features that were put on one scale."""

    weights: np.ndarray  # (features,), log-odds per standard deviation
    constant: float  # log-odds where all features are at their mean
    centre: np.ndarray  # (features,), the mean in what it was fitted to
    scale: np.ndarray  # (features,), and the standard deviation

    def forecast(self, features: np.ndarray) -> np.ndarray:
        """Probabilities (m,) for features (m, features); what is not known (nan) stands at its mean."""
        return expit(self.constant + _on_one_scale(features, self.centre, self.scale) @ self.weights)


def fitted(features: np.ndarray, done: np.ndarray, penalty: float = PENALTY) -> Logistic:
    """The logistic regression that fits best, with a ridge: large weights must pay for themselves.

    It minimises half the sum of squared weights plus `penalty` times the sum of negative log likelihoods; the constant
    is free. The smaller the penalty, often called C, the closer the weights keep to 0. Features (n, features), nan
    where not known, are first put on one scale; among `done` (n,) there must be both 0 and 1. Source: le Cessie and van
    Houwelingen, Applied Statistics 41, 1992.

    >>> line = fitted(np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([0.0, 0.0, 1.0, 1.0]))
    >>> line.forecast(np.array([[0.0], [1.5], [3.0]])).round(3).tolist()
    [0.22, 0.5, 0.78]
    """
    centre, scale = _scales(features)
    rows = np.column_stack([_on_one_scale(features, centre, scale), np.ones(len(done))])
    weights = _best_weights(rows, done, np.append(np.ones(len(centre)), 0.0), penalty)
    return Logistic(weights[:-1], float(weights[-1]), centre, scale)


def _best_weights(rows: np.ndarray, done: np.ndarray, ridge: np.ndarray, penalty: float) -> np.ndarray:
    """The weights of least loss, by Newton's steps: half their squares times `ridge`, and `penalty` times the negative
    log likelihood.
    """
    weights = np.zeros(len(ridge))
    for _ in range(MOST_STEPS):
        loss, slope = _loss(weights, rows, done, ridge, penalty)
        if np.abs(slope).max() < PRECISION:
            break
        p = expit(rows @ weights)
        step = np.linalg.solve(penalty * (rows.T * (p * (1 - p))) @ rows + np.diag(ridge), slope)
        while _loss(weights - step, rows, done, ridge, penalty)[0] > loss and np.abs(step).max() > PRECISION:
            step = step / 2
        weights = weights - step
    return weights


def _loss(
    weights: np.ndarray, rows: np.ndarray, done: np.ndarray, ridge: np.ndarray, penalty: float
) -> tuple[float, np.ndarray]:
    """What is minimised, and its slope."""
    odds = rows @ weights
    loss = penalty * (np.logaddexp(0, odds) - done * odds).sum() + 0.5 * (ridge * weights**2).sum()
    return loss, penalty * (expit(odds) - done) @ rows + ridge * weights


def _scales(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of what is known of each feature; 0 and 1 where nothing is, or nothing differs."""
    is_known = np.isfinite(features)
    count = np.maximum(is_known.sum(axis=0), 1)
    centre = np.where(is_known, features, 0.0).sum(axis=0) / count
    spread = np.sqrt((np.where(is_known, features - centre, 0.0) ** 2).sum(axis=0) / count)
    return centre, np.where(spread > PRECISION, spread, 1.0)


def _on_one_scale(features: np.ndarray, centre: np.ndarray, scale: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(features), (features - centre) / scale, 0.0)


# ---------------------------------------------------------------------------------------------------- features


def features_of(cells: Cells, cases: Cases, library: Library | None = None) -> np.ndarray:
    """The features of each cell that the regression rests on: (n, 13), nan where a figure is not known.

    Memberships, ideal points and shares of exports are those of the cases' file where it gives them, and else the
    library's, memberships on the day of decision. A body stands in its own group, and elsewhere at the mean of its
    members on that day.

    | Feature | Meaning and range |
    |---|---|
    | five_eyes, nato, eu, ip4 | the actor belongs to it, 0 or 1 |
    | in_target_group | it belongs to a group that the case names as hit, 0 or 1 |
    | severity, publicness | of the act, 0 to 1 |
    | certainty | of who did it, at the time: none 0, low 1/3, medium 2/3, high 1 |
    | since_2017 | decided in 2017 or later, 0 or 1 |
    | is_coercion, is_physical | the kind of case, 0 or 1 |
    | ideal_distance | between actor and adversary in the UN General Assembly, from votes of the nearest year, >= 0 |
    | china_exposure | share of own goods exports that go to China, percent, if China is the adversary; else 0 |
    """
    return _rows(cells, cases, library, FEATURES, _of_both)


def strong_features_of(cells: Cells, cases: Cases, library: Library | None = None) -> np.ndarray:
    """The features of the strong regression, those with which a reader would begin: (n, 21), nan where not known.

    | Feature | Meaning and range |
    |---|---|
    | five_eyes, eu, ip4 | the actor is a state of it, 0 or 1 |
    | is_nato, is_union | it is NATO, or the EU, 0 or 1 |
    | frontline, reluctant | it is Poland or a Baltic state; Hungary or Türkiye, 0 or 1 |
    | by_russia, by_china | whose act it was, 0 or 1; not known where nobody was named |
    | since_2017, severity, certainty, publicness | as `features_of`; certainty is not known where nobody was named |
    | is_cyber, is_coercion | the kind of case, 0 or 1 |
    | five_eyes_hit | it belongs to the Five Eyes, and so does somebody who was hit, 0 or 1 |
    | own_union_hit, own_alliance_hit | it belongs to the EU, or NATO, or is it, and somebody of it was hit, 0 or 1 |
    | frontline_russia, certainty_since_2017, ideal_russia | products; ideal: the actor's own ideal point |
    """
    return _rows(cells, cases, library, STRONG, _strong)


def _rows(
    cells: Cells,
    cases: Cases,
    library: Library | None,
    names: Sequence[str],
    features: Callable[[str, Case, "_Figures"], dict[str, float]],
) -> np.ndarray:
    """Features by name of each cell's actor and case, worked out once for each pair: array (n, len(names))."""
    by_id = {case.id: case for case in cases.cases}
    figures = _Figures(cases, library or load_library())
    of = lru_cache(maxsize=None)(lambda actor, name: features(actor, by_id[name], figures))
    rows = [of(str(actor), name) for actor, name in zip(cells.actor, _names_of(cells), strict=True)]
    return np.array([[row[name] for name in names] for row in rows], dtype=float).reshape(len(rows), len(names))


def _of_both(actor: str, case: Case, figures: "_Figures") -> dict[str, float]:
    return {**_of_case(case, figures.library), **_of_actor(actor, case, figures)}


def _strong(actor: str, case: Case, figures: "_Figures") -> dict[str, float]:
    day, shared = _day_of(case), _of_case(case, figures.library)
    is_body = actor in figures.library.bodies
    mine = {group: figures.belongs(actor, group, day) for group in GROUPS}
    hit = [code for code in case.primary_targets or case.targets if code in figures.library.states]
    theirs = {group: any(figures.belongs(code, group, day) for code in hit) for group in GROUPS}
    is_named = case.adversary != UNATTRIBUTED
    russia, china = (float(case.adversary == code) if is_named else np.nan for code in ("RUS", "CHN"))
    found = {name: shared[name] for name in ("since_2017", "severity", "certainty", "publicness", "is_coercion")}
    return found | {
        **{group: mine[group] and not is_body for group in ("five_eyes", "eu", "ip4")},
        "is_nato": actor == "NATO",
        "is_union": actor == "EU",
        "frontline": actor in FRONTLINE,
        "reluctant": actor in RELUCTANT,
        "by_russia": russia,
        "by_china": china,
        "is_cyber": case.kind == "cyber",
        "five_eyes_hit": mine["five_eyes"] and theirs["five_eyes"],
        "own_union_hit": mine["eu"] and theirs["eu"],
        "own_alliance_hit": mine["nato"] and theirs["nato"],
        "frontline_russia": russia * (actor in FRONTLINE),
        "certainty_since_2017": found["certainty"] * found["since_2017"],
        "ideal_russia": russia * figures.ideal_point(actor, day),
    }


def _day_of(case: Case) -> datetime.date:
    """The day by which memberships and years are read: that of the decision, else of disclosure, else of the start."""
    return case.decision_date or case.disclosure_date or case.start_date


def _of_case(case: Case, library: Library) -> dict[str, float]:
    kind = codebook_of(library).kinds[case.kind]
    return {
        "severity": _number(case.severity.value),
        "publicness": _number(case.attribution_context.publicness),
        "certainty": _certainty(case),
        "since_2017": _day_of(case) >= OPENER,
        "is_coercion": kind.issue == "coercion",
        "is_physical": kind.is_physical,
    }


def _certainty(case: Case) -> float:
    """How sure those who spoke were; where nobody was named that is how it ended, and not known beforehand."""
    is_named = case.adversary != UNATTRIBUTED
    return CERTAINTY.get(case.attribution_context.certainty_at_time, np.nan) if is_named else np.nan


def _of_actor(actor: str, case: Case, figures: "_Figures") -> dict[str, float]:
    day, adversary = _day_of(case), case.adversary
    theirs = (figures.belongs(actor, group_name(group), day) for group in case.target_groups)
    return {group: figures.belongs(actor, group, day) for group in GROUPS} | {
        "in_target_group": any(theirs),
        "ideal_distance": abs(figures.ideal_point(actor, day) - figures.ideal_point(adversary, day)),
        "china_exposure": figures.exports_to_china(actor, day) if adversary == "CHN" else 0.0,
    }


def _number(value: float | None) -> float:
    return np.nan if value is None else float(value)


class _Figures:
    """Figures of actors: the cases' own first, then the library's."""

    def __init__(self, cases: Cases, library: Library) -> None:
        self.covariates = cases.covariates
        self.library = library

    def belongs(self, actor: str, group: str, day: datetime.date) -> bool:
        """Whether an actor belongs to a group; a body to its own group alone."""
        if actor in self.library.bodies:
            return self.library.bodies[actor].group == group
        given = getattr(self.covariates.get(actor), group, None) if group in GROUPS else None
        if given is not None:
            return bool(given)
        return group in self.library.groups and actor in group_members(group, self.library, day)

    def ideal_point(self, actor: str, day: datetime.date) -> float:
        return self._of_members(actor, day, self._own_ideal_point)

    def exports_to_china(self, actor: str, day: datetime.date) -> float:
        """Percent of own goods exports."""
        return self._of_members(actor, day, self._own_exports_to_china)

    def _of_members(self, actor: str, day: datetime.date, figure: Callable[[str, datetime.date], float]) -> float:
        """A state's figure; of a body, the mean of what is known of its members."""
        if actor not in self.library.bodies:
            return figure(actor, day)
        members = sorted(group_members(self.library.bodies[actor].group, self.library, day))
        known = [value for value in (figure(member, day) for member in members) if np.isfinite(value)]
        return float(np.mean(known)) if known else np.nan

    def _own_ideal_point(self, actor: str, day: datetime.date) -> float:
        points = getattr(self.covariates.get(actor), "ideal_point", None)
        if not points and actor in self.library.states:
            figures = self.library.states[actor].ideal_point or {}
            points = {year: figure.value for year, figure in figures.items()}
        return points[min(points, key=lambda year: (abs(year - day.year), year))] if points else np.nan

    def _own_exports_to_china(self, actor: str, day: datetime.date) -> float:
        given = getattr(self.covariates.get(actor), "export_share_china_pct_approx", None)
        if given is None and actor in self.library.states:
            exposure = self.library.states[actor].exposure.get("CHN")
            given = exposure and exposure.export_share_pct and exposure.export_share_pct.value
        return _number(given)
