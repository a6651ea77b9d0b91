"""Design points share a batch without changing a bit: put in directly, stacked, or arranged anew, a run is the same."""

from dataclasses import fields

import numpy as np
import pytest

from sim.engine import Points, initial_world, play, play_points
from sim.model.inputs import build_inputs
from sim.model.steps import begin_turn
from sim.model.steps.consult import places_to_call
from sim.model.varying import ONE_FOR_ALL, PUT_IN, PointError, Varied
from sim.scenario import load, varied

PATHS = {
    "behaviour.b_peer": 0.5,  # read by the turns alone
    "behaviour.stake_any": 0.6,
    "behaviour.share_nato": 0.25,  # decides who tells whom
    "behaviour.tie_eu": 0.6,
    "behaviour.practice_attribution": -0.7,
    "behaviour.rung_naming": 0.55,  # one for a whole batch
    "behaviour.exposure_half": 4.0,  # of figures: these are worked out anew
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
    "formats.eu_cyber_toolbox.threshold": 0.7,  # that it has none so far
    "formats.nac_art4.reputation.cyber": 0.9,  # and so better placed than others
    "formats.nac_political.days.typical": 2.0,
    "formats.nac_political.days.max": 40.0,
    "formats.nac_art4.reluctance": 0.0,
    "responses.public_attribution.attribution_min": 0.3,
    "responses.public_attribution.escalation.risk": 4.5,
    "responses.public_attribution.lead_days.typical": 40.0,
    "responses.public_attribution.habit": 1.5,
    "responses.cyber_sanctions.pressure": 5,
    "responses.technical_advisory.signal": 0.5,
    "responses.threat_intel_sharing.resilience": 1.0,
    "responses.technical_advisory.cost": 4,  # the order of the options: arranged anew
    "states.JPN.exposure.CHN.trade_pct_gdp": 15.0,
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
    "formats.nac_art4.reputation.cyber", "responses.public_attribution.habit", "responses.technical_advisory.signal",
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


@pytest.mark.parametrize("path", [path for path in PATHS if path != "cooperation.coop_openness.turn"])
def test_every_variation_changes_runs(path, many):
    """Not each of them: a little more or less of something need not turn anybody's choice in a given run."""
    assert (many[1 + list(PATHS).index(path)] != many[0]).any()


def test_the_same_point_has_the_same_digest(together):
    _, played = together
    assert played.digest[0] == played.digest[-1]


def test_what_is_put_in_or_worked_out_anew_is_what_a_scenario_arranged_from_the_start_has(crisis):
    points_of, behaviour = Varied(crisis), crisis.library.behaviour
    points = [
        {"states.EST.gci": 20.0, "actors.EST.economy": 0.4},  # its own and its bodies'
        {"states.USA.gdp_usd_bn": 15000.0, "actors.JPN.stance.CHN": 0.2},  # the yardstick of everybody's
        {"states.RUS.ideal_point.2024": -3.0, "states.CHN.gdp_usd_bn": 9000.0},  # whoever looks at an adversary
        {"states.EST.defence_usd_bn": 0.0},  # no forces any more
        {"formats.nac_art4.reputation.cyber": 0.9, "formats.nac_art4.threshold": 0.2, "states.EST.gci": 20.0},
        {"formats.nac_art4.members.JPN": "on", "formats.nac_art4.threshold": 0.2},  # a format of the scenario's own
        {path: value for path, value in PATHS.items() if path.split(".")[0] in PUT_IN},
        {f"behaviour.{name}": 0.99 * behaviour[name].value for name in behaviour if name not in ONE_FOR_ALL},
    ]
    points += [{path: value} for path, value in PATHS.items() if path.split(".")[0] in ("formats", "responses")]
    for point in points:
        [(anew, _, _)] = points_of.batches([point])
        arranged = build_inputs(varied(crisis, point))
        for name in (*(field.name for field in fields(arranged)), "benefit", "best_placed", "consultation_misplaced"):
            if isinstance(getattr(arranged, name), np.ndarray):
                assert np.array_equal(getattr(anew, name), getattr(arranged, name)), (point, name)


def test_a_point_that_does_not_fit_is_named(crisis):
    with pytest.raises(PointError) as fault:
        play_points(crisis, [{}, {"linkage": 0.4}, {"linkage": 3.0}], [0, 0, 0], seed=1)
    assert fault.value.index == 2
    assert "from 0 to 1" in fault.value.reason


@pytest.mark.parametrize(("severity", "is_far"), [(0.2, False), (0.0, True)])
def test_an_incident_that_spares_its_only_victim_of_nato_is_far(severity, is_far):
    [(inputs, _, _)] = Varied(load("smallest")).batches([{"incidents.registers.victims.EST": severity}])
    assert inputs.incident_is_far.tolist() == [is_far]


def test_who_sits_in_other_runs_moves_nothing_without_cooperation(crisis):
    """Not even where a question costs capital after a seat was asked what it would join."""
    points, runs = [{"actors.EST.policy": "hawk"}, {"linkage": 0.8421153870989141}], [19, 19]
    together, alone = play_points(crisis, points, runs, seed=3), play_points(crisis, points[1:], runs[1:], seed=3)
    for name, values in alone.baseline_measures.items():
        assert same(together.baseline_measures[name][1], values[0]), name


def test_a_policy_goes_by_what_a_response_asks_for_at_its_own_point(crisis):
    hawks = {f"actors.{code}.policy": "hawk" for code in ("EST", "LVA", "LTU", "USA", "GBR", "DEU")}
    points = [{**hawks, "responses.public_attribution.attribution_min": least} for least in (0.95, 0.05)]
    played = play_points(crisis, np.repeat(points, 8).tolist(), [*range(8)] * 2, seed=3)
    for place, point in enumerate(points):
        alone = play(varied(crisis, point), seed=3, runs=8).outcomes.measures["harm"]
        assert np.array_equal(played.measures["harm"][8 * place : 8 * place + 8], alone)


def test_a_seat_is_told_what_a_call_costs_at_its_own_point(crisis):
    costs = [0.01, 0.03]
    [(inputs, _, _)] = Varied(crisis).batches([{"behaviour.consult_cost": cost} for cost in costs])
    world = initial_world(inputs, 1, [0, 0])
    begin_turn(world)
    told = [places_to_call(world, 0, run, inputs.index["EST"], np.array([0])) for run in (0, 1)]
    assert [option.cost for (option,) in told] == costs
