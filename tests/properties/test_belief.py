"""Belief in the truth comes from evidence and nowhere else, and more of it never lowers mean confidence in it."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.rules.attribution import confidence
from sim.rules.quantize import quantize
from tests.properties.invented import ADVERSARIES, Written, laws, played, scenarios, seeds, severities, shares

MANY = range(400)
NO_CHANCE = 0.004  # by how much a mean over many runs may fall by chance, with the same draws in both


@laws(15)
@given(scenarios(injects=[]), seeds, st.sampled_from(ADVERSARIES))
def test_without_evidence_nobody_knows_who_did_it(written, seed, culprit):
    """Whoever it was, and whomever it looks like: with nothing to be seen, all believe what they believed before."""
    blind = written.but_behaviour(evidence_rate=0.0, evidence_overt=0.0)
    for truth in (
        blind.but_incidents(turn=1),
        blind.but_incidents(turn=1, by=culprit),
        blind.but_incidents(turn=1, by=culprit, suspect="RUS"),
    ):
        world = played(truth, seed)
        assert np.array_equal(
            world.state.belief, np.full_like(world.state.belief, quantize(world.inputs.params.prior_log_odds)[0, 0])
        )


@laws(15)
@given(scenarios(injects=[]), seeds)
def test_a_false_flag_mirrors_the_truth(written, seed):
    """The same draws speak for a guilty suspect; for an innocent one only the mean of the evidence changes sides."""
    true, false = written.but_incidents(by="RUS", suspect="RUS"), written.but_incidents(by="CHN", suspect="RUS")
    one, other = (played(case, seed, turns=1).state for case in (true, false))
    assert (one.evidence >= other.evidence).all()
    assert np.allclose(
        (one.evidence - other.evidence)[one.information > 0], 2 * one.information[one.information > 0], atol=4e-6
    )


@laws(15)
@given(scenarios(injects=[]), seeds, severities, shares, st.floats(0, 1), st.floats(-1, 1))
def test_gravity_ties_stance_and_exposure_move_no_evidence(written, seed, severity, linkage, exposure, stance):
    """What an actor sees of who did it does not depend on what it feels about it. Leaks count as seen."""
    quiet = written.but_behaviour(victim_shares=0.0, leak_per_member=0.0).but_incidents(may_widen_to=[])
    first = next(code for code in quiet.fields["participants"] if len(code) == 3)
    felt = quiet.but(
        linkage=linkage,
        incidents=[
            {**incident, "victims": dict.fromkeys(incident["victims"], severity)}
            for incident in quiet.fields["incidents"]
        ],
        actors={first: {"exposure": {"RUS": exposure}, "stance": {"CHN": stance}}},
    )
    one, other = played(quiet, seed).state, played(felt, seed).state
    assert np.array_equal(one.evidence, other.evidence)
    assert np.array_equal(one.belief, other.belief)


@laws(15)
@given(scenarios(injects=[], turns=(1, 2)), seeds, st.floats(-2, 2))
def test_an_inject_of_evidence_moves_belief_by_what_it_says(written, seed, by):
    incident = written.fields["incidents"][0]["id"]
    report = {
        "id": "report",
        "title": "A report",
        "turn": 1,
        "sender": "An agency",
        "to": ["all"],
        "channel": "brief",
        "text": "We know.",
        "effects": [{"on": "evidence", "incident": incident, "by": by}],
    }
    one, other = (
        played(case.but_incidents(turn=1), seed, turns=1) for case in (written, written.but(injects=[report]))
    )
    moved = (other.state.evidence + other.state.handed - one.state.evidence - one.state.handed)[0]
    assert np.allclose(moved, by, atol=1e-6)


# ------------------------------------------------------------------------------------------------- more is never worse


def mean_confidence(written):
    """Mean confidence in the truth of each state, over many runs."""
    world = played(written, 3, MANY)
    return confidence(world.state.belief[0]).mean(axis=0)[world.inputs.is_state]


def a_plain_incident(**changes):
    incident = dict(
        id="grid", name="Grid", issue="cyber", by="RUS", victims={"EST": 0.4}, difficulty=0.5, publicness=0.5, **changes
    )
    return Written(
        participants=["EST", "LVA", "DEU", "USA", "GBR", "AUS", "JPN", "KOR", "RUS"],
        turns=2,
        incidents=[incident],
        library=None,
    )


LADDERS = {
    "evidence_rate": [0.0, 0.3, 0.7, 1.4, 2.2],
    "share_five_eyes": [0.0, 0.3, 0.9],
    "share_treaty": [0.0, 0.3, 0.6],
    "share_nato": [0.0, 0.12, 0.4],
    "share_ip4": [0.0, 0.1, 0.3],
    "victim_shares": [0.0, 0.35, 0.8],
    "access_open": [0.05, 0.2, 0.5],
    "access_signals": [0.2, 0.6, 0.9],
}


@pytest.mark.parametrize("name", LADDERS)
def test_more_of_it_never_lowers_confidence_in_the_truth(name):
    values = [mean_confidence(a_plain_incident().but_behaviour(**{name: value})) for value in LADDERS[name]]
    for less, more in itertools.pairwise(values):
        assert (more >= less - NO_CHANCE).all(), (less.round(3), more.round(3))
    assert (values[-1] > values[0] + NO_CHANCE).any()


@pytest.mark.parametrize("name, ladder", [("difficulty", (0.9, 0.6, 0.3, 0.0)), ("publicness", (0.0, 0.4, 1.0))])
def test_a_plainer_or_better_known_incident_never_lowers_confidence_in_the_truth(name, ladder):
    values = [mean_confidence(a_plain_incident().but_incidents(**{name: value})) for value in ladder]
    for less, more in itertools.pairwise(values):
        assert (more >= less - NO_CHANCE).all(), (less.round(3), more.round(3))


def test_projects_that_share_information_never_lower_confidence_in_the_truth():
    portfolio = [{"project": "coop_info_exchange", "months_before": 60}, {"project": "coop_cyber", "months_before": 60}]
    baseline, with_projects = (
        mean_confidence(a_plain_incident()),
        mean_confidence(a_plain_incident().but(cooperation=portfolio)),
    )
    assert (with_projects >= baseline - NO_CHANCE).all()
    assert with_projects.mean() > baseline.mean()


def test_more_time_never_lowers_confidence_in_the_truth():
    values = [mean_confidence(a_plain_incident().but(turns=turns)) for turns in (1, 2, 4, 8)]
    for less, more in itertools.pairwise(values):
        assert (more >= less - NO_CHANCE).all()


def test_a_false_flag_convinces_nobody_for_long():
    """Evidence against the innocent suspect lowers the mean confidence that it did it."""
    flag = (
        a_plain_incident()
        .but_incidents(by="CHN", suspect="RUS")
        .but(participants=["EST", "LVA", "DEU", "USA", "GBR", "RUS", "CHN"])
    )
    early, late = mean_confidence(flag.but(turns=1)), mean_confidence(flag.but(turns=8))
    assert (late < early).all()
    assert (late < 0.45).all()


def test_means_are_over_enough_runs_for_the_tolerance():
    """The tolerance is no more than a fifth of what an added source is worth to the one who gets it."""
    less, more = (mean_confidence(a_plain_incident().but_behaviour(evidence_rate=rate)) for rate in (0.7, 1.4))
    assert NO_CHANCE < (more - less).max() / 5
