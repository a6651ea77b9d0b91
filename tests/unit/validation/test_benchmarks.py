"""The forecasts to beat: each knows all cases but the one it is about."""

import dataclasses
import datetime
import importlib.util
from types import SimpleNamespace

import numpy as np
import pytest

from sim.scenario import load_library
from sim.validation import benchmarks as room
from sim.validation.benchmarks import (
    FEATURES,
    FORECASTS,
    STRONG,
    Known,
    benchmarks,
    features_of,
    fitted,
    logistic,
    strong_features_of,
    strong_logistic,
    within_cyber,
)
from sim.validation.cases import Cells, cells_of, read_cases
from sim.validation.scores import scored

ACTORS = ("USA", "GBR", "FRA", "TUR", "NATO", "EU", "AUS", "JPN")
KINDS = ("public_attribution", "material_support")


def a_case(name="one", day="2018-02-15", kind="cyber", adversary="RUS", severity=0.5, publicness=1.0, certainty="high",
           groups=("NATO", "EU"), targets=("GBR",)):  # fmt: skip
    """What a benchmark reads of a case."""
    return SimpleNamespace(
        id=name,
        kind=kind,
        decision_date=day and datetime.date.fromisoformat(day),
        disclosure_date=datetime.date(2016, 5, 1),
        adversary=adversary,
        severity=SimpleNamespace(value=severity),
        attribution_context=SimpleNamespace(publicness=publicness, certainty_at_time=certainty),
        target_groups=groups,
        targets=targets,
        primary_targets=targets,
    )


def some_cases(*cases, **covariates):
    """Cases with figures of their own for some actors."""
    blank = dict.fromkeys(("five_eyes", "nato", "eu", "ip4", "export_share_china_pct_approx"))
    given = {code: SimpleNamespace(**{**blank, "ideal_point": {}, **own}) for code, own in covariates.items()}
    return SimpleNamespace(cases=cases, covariates=given)


def cells_for(cases, actors=ACTORS, kinds=KINDS, seed=0):
    """One cell for each case, actor and kind of act; who does what is chance, and likelier in grave cases."""
    ids = tuple(case.id for case in cases.cases)
    rows = [(at, actor, kind) for at in range(len(ids)) for actor in actors for kind in kinds]
    case, actor, kind = (np.array(column) for column in zip(*rows, strict=True))
    severity = np.array([one.severity.value or 0.5 for one in cases.cases])[case]
    return Cells(
        case=case,
        case_ids=ids,
        actor=actor,
        kind=kind,
        done=(np.random.default_rng(seed).uniform(size=len(case)) < severity).astype(float),
        is_own=np.zeros(len(case), dtype=bool),
        confidence=np.full(len(case), "high"),
        case_kind=np.array([one.kind for one in cases.cases])[case],
    )


def a_history(count=8, seed=0):
    """Cases of all sorts, and their cells."""
    rng = np.random.default_rng(seed)
    cases = some_cases(*[
        a_case(
            f"case-{number}",
            f"{2010 + number}-03-01",
            kind=("cyber", "economic_coercion", "armed_attack")[number % 3],
            adversary=("RUS", "CHN", "PRK")[number % 3],
            severity=float(rng.uniform(0.1, 0.9)),
            publicness=float(rng.uniform(0.2, 1)),
            certainty=("low", "medium", "high")[number % 3],
        )
        for number in range(count)
    ])  # fmt: skip
    return cases, cells_for(cases, seed=seed)


def changed(cells, **fields):
    return dataclasses.replace(cells, **fields)


def feature(name, cases, actors, **options):
    """One feature of each actor in the only case."""
    cells = cells_for(cases, actors=actors, kinds=KINDS[:1])
    return features_of(cells, cases, **options)[:, FEATURES.index(name)].tolist()


# ---------------------------------------------------------------------------------------------------- leave one out


def test_there_are_five_and_each_gives_every_cell_a_probability():
    cases, cells = a_history()
    found = benchmarks(cells, cases)
    assert (
        list(found) == list(FORECASTS) == ["overall rate", "actor's own rate", "logistic", "strong logistic", "nobody"]
    )
    for p in found.values():
        assert p.shape == cells.done.shape and ((p >= 0) & (p <= 1)).all()
    assert not found["nobody"].any()


@pytest.mark.parametrize("left_out", [0, 3, 7])
def test_what_was_done_in_a_case_changes_none_of_its_own_forecasts_and_some_of_the_others(left_out):
    cases, cells = a_history()
    here = cells.case == left_out
    other = changed(cells, done=np.where(here, 1 - cells.done, cells.done))
    before, after = benchmarks(cells, cases), benchmarks(other, cases)
    for name in FORECASTS:
        assert np.array_equal(before[name][here], after[name][here]), name
        assert name == "nobody" or (before[name] != after[name])[~here].any(), name


def test_the_regression_is_put_on_one_scale_and_fitted_without_the_case_it_is_for():
    cases, cells = a_history()
    extreme = SimpleNamespace(**{**vars(cases.cases[2]), "severity": SimpleNamespace(value=50.0)})
    other = SimpleNamespace(cases=(*cases.cases[:2], extreme, *cases.cases[3:]), covariates=cases.covariates)
    before, after = benchmarks(cells, cases), benchmarks(cells, other)
    here, rest = ((cells.case == 2) == itself for itself in (True, False))
    kind = cells.kind == KINDS[0]
    line = fitted(features_of(cells.where(rest & kind), cases), cells.done[rest & kind])
    for found, given in ((before, cases), (after, other)):
        expected = line.forecast(features_of(cells.where(here & kind), given))
        assert found["logistic"][here & kind] == pytest.approx(expected, abs=1e-12)
    for name in ("overall rate", "actor's own rate"):
        assert np.array_equal(before[name], after[name])


def test_one_more_case_changes_what_is_forecast_of_the_others():
    cases, cells = a_history(8)
    fewer, _ = a_history(7)
    kept = cells.where(cells.case < 7)
    assert [case.id for case in fewer.cases] == [case.id for case in cases.cases[:7]]
    with_it, without = benchmarks(cells, cases), benchmarks(kept, cases)
    for name in FORECASTS:
        assert name == "nobody" or (with_it[name][cells.case < 7] != without[name]).any(), name


def test_the_order_of_cells_does_not_matter():
    cases, cells = a_history()
    order = np.random.default_rng(1).permutation(len(cells.case))
    before, after = benchmarks(cells, cases), benchmarks(cells.where(order), cases)
    for name in FORECASTS:
        assert before[name][order] == pytest.approx(after[name], abs=1e-7), name


def test_what_was_learnt_from_older_cases_is_used_for_new_ones():
    cases, cells = a_history(8)
    old, new = cells.where(cells.case < 6), cells.where(cells.case >= 6)
    found = benchmarks(new, cases, train=(old, cases))
    again = changed(new, done=1 - new.done)
    for name, p in benchmarks(again, cases, train=(old, cases)).items():
        assert np.array_equal(p, found[name]), name
    mask = old.kind == KINDS[0]
    assert found["overall rate"][new.kind == KINDS[0]] == pytest.approx((old.done[mask].sum() + 0.5) / (mask.sum() + 1))


def test_a_case_that_is_also_among_those_learnt_from_is_left_out():
    cases, cells = a_history(6)
    alone, taught = benchmarks(cells, cases), benchmarks(cells, cases, train=(cells, cases))
    for name in FORECASTS:
        assert np.array_equal(alone[name], taught[name]), name
    elsewhere = SimpleNamespace(cases=cases.cases[:3], covariates={})
    few = benchmarks(cells.where(cells.case < 3), elsewhere, train=(cells, cases))
    for name, p in alone.items():
        assert p[cells.case < 3] == pytest.approx(few[name], abs=1e-9), name


# ---------------------------------------------------------------------------------------------------- each of them


def test_the_rates_are_those_of_the_other_cases_with_half_an_event_added():
    cases, cells = a_history()
    found = benchmarks(cells, cases)
    here, rest = (cells.case == 4) & (cells.kind == KINDS[1]), (cells.case != 4) & (cells.kind == KINDS[1])
    rate = (cells.done[rest].sum() + 0.5) / (rest.sum() + 1)
    assert found["overall rate"][here] == pytest.approx(rate)
    own = rest & (cells.actor == "FRA")
    asked = here & (cells.actor == "FRA")
    assert found["actor's own rate"][asked] == pytest.approx((cells.done[own].sum() + rate) / (own.sum() + 1))


def test_a_newcomer_and_a_kind_of_act_never_seen_have_the_overall_rate():
    cases, cells = a_history()
    only_here = (cells.case == 0) | (cells.actor != "TUR")
    found = benchmarks(cells.where(only_here), cases)
    asked = (cells.where(only_here).case == 0) & (cells.where(only_here).actor == "TUR")
    assert np.array_equal(found["actor's own rate"][asked], found["overall rate"][asked])
    new_kind = changed(cells, kind=np.where(cells.case == 0, "expulsion", cells.kind))
    for name, p in benchmarks(new_kind, cases).items():
        assert (p[cells.case == 0] == (0 if name == "nobody" else 0.5)).all()


def test_where_nobody_ever_did_it_the_regression_gives_the_overall_rate():
    cases, cells = a_history()
    never = changed(cells, done=np.where(cells.kind == KINDS[1], 0.0, cells.done))
    found, mask = benchmarks(never, cases), cells.kind == KINDS[1]
    assert np.array_equal(found["logistic"][mask], found["overall rate"][mask])
    assert not np.array_equal(found["logistic"][~mask], found["overall rate"][~mask])


# ---------------------------------------------------------------------------------------------------- the regression


def test_the_regression_is_the_usual_ridge_with_a_free_constant():
    linear_model = pytest.importorskip("sklearn.linear_model")
    rng = np.random.default_rng(2)
    features = rng.normal(3, 2, (120, 13))
    done = (rng.uniform(size=120) < 1 / (1 + np.exp(3 - features[:, 0]))).astype(float)
    for penalty in (0.1, 1.0, 10.0):
        ours = fitted(features, done, penalty)
        scaled = (features - features.mean(axis=0)) / features.std(axis=0)
        theirs = linear_model.LogisticRegression(C=penalty, tol=1e-10, max_iter=10_000).fit(scaled, done)
        assert ours.weights == pytest.approx(theirs.coef_[0], abs=1e-5)
        assert ours.constant == pytest.approx(theirs.intercept_[0], abs=1e-5)


def test_at_its_best_the_regression_forecasts_as_many_events_as_there_were():
    rng = np.random.default_rng(3)
    features, done = rng.normal(size=(80, 4)), (rng.uniform(size=80) < 0.3).astype(float)
    assert fitted(features, done).forecast(features).sum() == pytest.approx(done.sum(), abs=1e-6)


def test_the_units_of_a_feature_do_not_matter():
    rng = np.random.default_rng(4)
    features, done = rng.normal(size=(60, 3)), (rng.uniform(size=60) < 0.4).astype(float)
    rescaled = features * [100, 1, 0.01] + [5, 0, -3]
    one, other = fitted(features, done).forecast(features), fitted(rescaled, done).forecast(rescaled)
    assert one == pytest.approx(other, abs=1e-6)


def test_what_is_not_known_stands_at_the_mean_and_what_never_differs_says_nothing():
    rng = np.random.default_rng(5)
    features, done = rng.normal(size=(60, 3)), (rng.uniform(size=60) < 0.4).astype(float)
    features[:, 1], features[:, 2], features[5, 0] = 7.0, np.nan, np.nan
    line = fitted(features, done)
    assert line.weights[1:] == pytest.approx([0, 0], abs=1e-8) and abs(line.weights[0]) > 0.001
    mean = np.nanmean(features[:, 0])
    assert line.forecast(np.array([[np.nan, 7, 1.0]])) == pytest.approx(line.forecast(np.array([[mean, 9, np.nan]])))


def test_a_perfect_sign_does_not_make_the_regression_certain():
    features, done = np.repeat([[0.0], [1.0]], 20, axis=0), np.repeat([0.0, 1.0], 20)
    p = logistic(Known(done, np.full(40, "USA"), features), np.array(["USA"] * 2), np.array([[0.0], [1.0]]))
    assert 0.005 < p[0] < 0.1 and p[0] == pytest.approx(1 - p[1], abs=1e-6)


# ---------------------------------------------------------------------------------------------------- features


def test_there_are_thirteen_features():
    cases, cells = a_history()
    assert len(FEATURES) == 13
    assert features_of(cells, cases).shape == (len(cells.case), 13)


def test_the_cases_file_says_who_belongs_and_the_library_where_it_does_not():
    cases = some_cases(a_case(day="2018-02-15"), GBR={"eu": False, "nato": True})
    assert feature("eu", cases, ["GBR", "FRA", "USA"]) == [0, 1, 0]
    assert feature("five_eyes", cases, ["GBR", "FRA", "USA"]) == [1, 0, 1]
    assert feature("ip4", cases, ["AUS", "JPN", "TUR"]) == [1, 1, 0]


@pytest.mark.parametrize(("day", "is_member"), [("2019-12-01", 1), ("2020-02-01", 0)])
def test_the_library_knows_who_belonged_on_the_day(day, is_member):
    assert feature("eu", some_cases(a_case(day=day)), ["GBR"]) == [is_member]


def test_a_body_stands_in_its_own_group_alone():
    cases = some_cases(a_case(), NATO={"is_body": True}, EU={"is_body": True})
    assert feature("nato", cases, ["NATO", "EU"]) == [1, 0]
    assert feature("eu", cases, ["NATO", "EU"]) == [0, 1]
    assert feature("five_eyes", cases, ["NATO", "EU"]) == [0, 0]


@pytest.mark.parametrize(
    ("groups", "expected"),
    [(["NATO"], [1, 1, 0, 1]), (["EU"], [0, 0, 0, 0]), (["IP4"], [0, 0, 1, 0]), (["partner"], [0, 0, 0, 0]),
     (["Five Eyes"], [1, 0, 1, 0]), ([], [0, 0, 0, 0])],
)  # fmt: skip
def test_whose_group_was_hit_is_read_from_the_names_of_the_groups(groups, expected):
    assert feature("in_target_group", some_cases(a_case(groups=groups)), ["USA", "TUR", "AUS", "NATO"]) == expected


def test_a_case_is_described_by_its_gravity_openness_certainty_time_and_kind():
    names = ["severity", "publicness", "certainty", "since_2017", "is_coercion", "is_physical"]

    def described(**options):
        cases = some_cases(a_case(**options))
        return [feature(name, cases, ["USA"])[0] for name in names]

    assert described() == [0.5, 1, 1, 1, 0, 0]
    assert described(day="2016-12-31", certainty="low", kind="economic_coercion") == [0.5, 1, 1 / 3, 0, 1, 0]
    assert described(day="2017-01-01", certainty="none", kind="armed_attack") == [0.5, 1, 0, 1, 0, 1]
    assert described(day=None)[3] == 0  # no decision: the day of disclosure, in 2016
    unknown = described(severity=None, publicness=None, certainty=None)
    assert np.isnan(unknown[:3]).all() and np.isfinite(unknown[3:]).all()


def test_distance_is_measured_in_the_nearest_year_to_the_file_s_own_figure_first():
    library = load_library()
    russia = library.states["RUS"].ideal_point
    cases = some_cases(a_case(day="2021-06-01"), USA={"ideal_point": {2020: 2.5, 2024: 2.2}})
    mine, other = feature("ideal_distance", cases, ["USA", "FRA"])
    assert mine == pytest.approx(abs(2.5 - russia[2021].value))
    assert other == pytest.approx(abs(library.states["FRA"].ideal_point[2021].value - russia[2021].value))
    late = feature("ideal_distance", some_cases(a_case(day="2030-01-01")), ["FRA"])[0]
    newest = max(russia)
    assert late == pytest.approx(abs(library.states["FRA"].ideal_point[newest].value - russia[newest].value))


def test_a_body_is_as_far_from_the_adversary_as_the_mean_of_its_members():
    library, cases = load_library(), some_cases(a_case(day="2024-06-01", adversary="CHN"))
    allies = [code for code in library.groups["nato"].members if library.states[code].ideal_point]
    mean = np.mean([library.states[code].ideal_point[2024].value for code in allies])
    expected = abs(mean - library.states["CHN"].ideal_point[2024].value)
    assert feature("ideal_distance", cases, ["NATO"])[0] == pytest.approx(expected)


def test_exposure_to_china_counts_when_china_is_the_adversary():
    own = {"AUS": {"export_share_china_pct_approx": 40}}
    assert feature("china_exposure", some_cases(a_case(adversary="CHN"), **own), ["AUS"]) == [40]
    for adversary in ("RUS", "PRK", "UNATTRIBUTED"):
        assert feature("china_exposure", some_cases(a_case(adversary=adversary), **own), ["AUS"]) == [0]
    library = load_library().states["JPN"].exposure["CHN"].export_share_pct.value
    assert feature("china_exposure", some_cases(a_case(adversary="CHN"), **own), ["JPN"]) == [library]
    assert 0 < feature("china_exposure", some_cases(a_case(adversary="CHN"), **own), ["EU"])[0] < 20


@pytest.mark.parametrize("adversary", ["BLR", "IRN", "UNATTRIBUTED"])
def test_other_adversaries_and_none_at_all_are_forecast_too(adversary):
    cases, _ = a_history()
    cases = SimpleNamespace(cases=(*cases.cases, a_case("new", "2021-11-08", adversary=adversary)), covariates={})
    cells = cells_for(cases)
    distances = features_of(cells, cases)[cells.case == 8][:, FEATURES.index("ideal_distance")]
    assert np.isnan(distances).all() == (adversary == "UNATTRIBUTED")
    for p in benchmarks(cells, cases).values():
        assert np.isfinite(p).all()


def test_on_the_cases_that_ship_the_strong_regression_is_the_one_to_beat():
    cases = read_cases("cases_2007_2024")
    cells = cells_of(cases)
    table, _ = scored(cells, benchmarks(cells, cases), "logistic", within_cyber(cells, cases), draws=100)
    table = table.set_index(["scope", "forecast"])
    for scope in ("public_attribution", "public_attribution, cyber", "statement_of_concern"):
        assert table.brier[scope].idxmin() == "strong logistic", scope
    assert table.brier["public_attribution", "strong logistic"] == pytest.approx(0.11, abs=0.01)
    assert table.brier["public_attribution, cyber", "strong logistic"] == pytest.approx(0.09, abs=0.01)
    assert table.brier["all", "strong logistic"] < table.brier["all", "actor's own rate"]


# ---------------------------------------------------------------------------------------------------- the strong one


def strong(name, cases, actors):
    """One feature of the strong regression, of each actor in the only case."""
    cells = cells_for(cases, actors=actors, kinds=KINDS[:1])
    return strong_features_of(cells, cases)[:, STRONG.index(name)].tolist()


def test_the_strong_regression_knows_who_was_hit_and_who_did_it():
    cases = some_cases(a_case(adversary="RUS", targets=["GBR"]))
    actors = ["USA", "EST", "NATO", "EU", "JPN"]
    assert strong("by_russia", cases, actors) == [1] * 5 and strong("by_china", cases, actors) == [0] * 5
    assert strong("five_eyes_hit", cases, actors) == [1, 0, 0, 0, 0]
    assert strong("own_alliance_hit", cases, actors) == [1, 1, 1, 0, 0]
    assert strong("frontline_russia", cases, actors) == [0, 1, 0, 0, 0]
    assert strong("is_nato", cases, actors) == [0, 0, 1, 0, 0] and strong("is_union", cases, actors) == [0, 0, 0, 1, 0]


def test_that_nobody_was_named_is_told_to_no_regression():
    cases = some_cases(a_case(adversary="UNATTRIBUTED", certainty="low"))
    for name in ("by_russia", "by_china", "certainty", "certainty_since_2017", "frontline_russia", "ideal_russia"):
        assert np.isnan(strong(name, cases, ["USA"])).all(), name
    assert np.isnan(feature("certainty", cases, ["USA"])).all()


def test_an_actor_that_is_unlike_its_features_gets_a_weight_of_its_own():
    same, actor = np.zeros((40, 2)), np.repeat(["USA", "FRA"], 20)
    known = Known(np.repeat([1.0, 0.0], 20), actor, same)
    often, seldom, new = strong_logistic(known, np.array(["USA", "FRA", "JPN"]), same[:3])
    assert often > 0.8 and seldom < 0.2 and new == pytest.approx(0.5, abs=0.01)


def test_within_cyber_nothing_is_learnt_from_other_cases():
    cases, cells = a_history()
    other = changed(cells, done=np.where(cells.case_kind == "cyber", cells.done, 1 - cells.done))
    before, after = (within_cyber(one, cases)["strong logistic"] for one in (cells, other))
    here = cells.case_kind == "cyber"
    assert np.array_equal(before[here], after[here]) and np.isnan(before[~here]).all()


def test_the_benchmarks_stand_on_base_dependencies_alone():
    source = importlib.util.find_spec(room.__name__).loader.get_source(room.__name__)
    assert "sklearn" not in source
