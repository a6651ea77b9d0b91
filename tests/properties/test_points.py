"""Design points share a batch without changing a bit: put in directly, stacked, or arranged anew, a run is the same."""

import numpy as np
import pytest

from sim.engine import Points, play, play_points
from sim.model.varying import PointError, Varied
from sim.scenario import load, varied

PATHS = {
    "behaviour.b_peer": 0.5,  # read by the turns alone
    "behaviour.share_nato": 0.25,  # decides who tells whom
    "behaviour.tie_eu": 0.6,
    "behaviour.practice_attribution": -0.7,
    "behaviour.rung_naming": 0.55,  # one for a whole batch
    "behaviour.exposure_half": 4.0,  # arranged anew
    "behaviour.call_precision": 3.0,
    "behaviour.move_escalate": 1.5,
    "linkage": 0.9,
    "adversary_tie": 1.0,
    "incidents.baltic_wiper.difficulty": 0.3,
    "incidents.quiet_access.publicness": 0.4,
    "incidents.baltic_wiper.victims.EST": 0.7,
    "incidents.baltic_wiper.victims.LVA": 0.0,  # no victim any more: arranged anew
    "cooperation.coop_cyber.months_before": 3,
    "cooperation.coop_openness.turn": 2,
    "cooperation.coop_openness.veto_risk": 0.9,
    "cooperation.coop_cyber.full_months": 48.0,
    "cooperation.coop_cyber.cost_eur_m": 150.0,
    "cooperation_budget_eur_m": 5.0,
    "states.JPN.exposure.CHN.trade_pct_gdp": 15.0,  # of the library: its own and its bodies'
    "states.EST.gci": 20.0,
    "states.USA.gdp_usd_bn": 15000.0,  # the yardstick of everybody's
    "states.RUS.ideal_point.2024": -3.0,  # of an adversary: whoever looks at it
    "states.EST.defence_usd_bn": 0.0,  # no forces any more: arranged anew
    "actors.USA.cyber": 0.2,  # an actor's own
    "actors.EST.economy": 0.4,
    "actors.LVA.capital": 0.3,
    "actors.EST.stance.RUS": 0.1,
    "actors.JPN.exposure.CHN": 0.7,
    "actors.EST.policy": "silent",
    "capability": "equal",
}
QUICK = (  # one of each way in
    "behaviour.b_peer", "behaviour.share_nato", "behaviour.rung_naming", "behaviour.exposure_half", "linkage",
    "incidents.baltic_wiper.victims.EST", "incidents.baltic_wiper.victims.LVA", "cooperation.coop_openness.veto_risk",
    "states.JPN.exposure.CHN.trade_pct_gdp", "actors.USA.cyber", "actors.EST.policy", "capability",
)  # fmt: skip
RUNS = 4


@pytest.fixture(scope="module")
def crisis():
    return load("cyber_incident")


@pytest.fixture(scope="module")
def together(crisis):
    """One run of each variation, and two as written, in one call."""
    points = [{}, *({path: value} for path, value in PATHS.items()), {}]
    return points, play_points(Points(crisis), points, [4] * len(points), seed=3)


def same(one, other):
    return one == other or (np.isnan(one) and np.isnan(other))


@pytest.mark.parametrize(
    "path", [pytest.param(path, marks=[] if path in QUICK else pytest.mark.long) for path in PATHS]
)
def test_a_point_in_a_mixed_batch_is_the_run_of_the_varied_scenario(path, crisis, together):
    points, played = together
    place = points.index({path: PATHS[path]})
    alone = play(varied(crisis, points[place]), seed=3, first_run=4).outcomes
    for name, values in played.measures.items():
        assert same(values[place], alone.measures[name][0]), name
        assert same(played.baseline_measures[name][place], alone.baseline_measures[name][0]), name


@pytest.fixture(scope="module")
def many(crisis):
    """Some runs of each variation after as many as written: digests (variations and one, runs)."""
    points = [point for point in ({}, *({path: value} for path, value in PATHS.items())) for _ in range(RUNS)]
    played = play_points(Points(crisis), points, [*range(RUNS)] * (1 + len(PATHS)), seed=3)
    return played.digest.reshape(-1, RUNS)


QUIET = ("cooperation.coop_openness.turn", "states.EST.defence_usd_bn")  # in these few runs


@pytest.mark.parametrize("path", [path for path in PATHS if path not in QUIET])
def test_every_variation_changes_runs(path, many):
    """Not each of them: a little more or less of something need not turn anybody's choice in a given run."""
    assert (many[1 + list(PATHS).index(path)] != many[0]).any()


def test_the_same_point_has_the_same_digest(together):
    _, played = together
    assert played.digest[0] == played.digest[-1]


def test_a_point_that_does_not_fit_is_named(crisis):
    with pytest.raises(PointError) as fault:
        play_points(crisis, [{}, {"linkage": 0.4}, {"linkage": 3.0}], [0, 0, 0], seed=1)
    assert fault.value.index == 2
    assert "between 0 and 1" in fault.value.reason


@pytest.mark.parametrize(("severity", "is_far"), [(0.2, False), (0.0, True)])
def test_an_incident_that_spares_its_only_victim_of_nato_is_far(severity, is_far):
    [(inputs, _, _)] = Varied(load("smallest")).batches([{"incidents.registers.victims.EST": severity}])
    assert inputs.incident_is_far.tolist() == [is_far]
