"""Where to consult, where positions meet, silence and qualified majority."""

import numpy as np
import pytest

from sim.errors import RangeError
from sim.rules.consultation import compromise, format_utility, p_break_silence, qualified_majority, softened, unopposed

WEIGHTS = dict(
    mandate_weight=1.0,
    coverage_weight=0.9,
    days_weight=0.3,
    veto_weight=0.7,
    duplication_weight=0.4,
    reputation_weight=1.1,
)
PLAIN = dict(mandate=2.0, coverage=0.5, days=30.0, p_veto=0.2, duplication=0.2, reputation=0.5)


@pytest.mark.parametrize(
    ("name", "more", "sign"),
    [
        ("mandate", 3.0, 1), ("coverage", 0.9, 1), ("reputation", 0.9, 1),
        ("days", 300.0, -1), ("p_veto", 0.9, -1), ("duplication", 0.9, -1),
    ],
)  # fmt: skip
def test_each_quality_pushes_its_way(name, more, sign):
    plain, _ = format_utility(**PLAIN, **WEIGHTS)
    changed, _ = format_utility(**{**PLAIN, name: more}, **WEIGHTS)
    assert np.sign(changed - plain) == sign


def test_the_terms_add_up_to_the_utility():
    utility, terms = format_utility(**PLAIN, **WEIGHTS)
    assert set(terms) == {"mandate", "coverage", "reputation", "days", "veto", "duplication"}
    assert sum(terms.values()) == pytest.approx(utility)
    assert terms["mandate"] == 0.5 and terms["days"] == pytest.approx(-0.3 * np.log(31))


def some_actors(runs=3, actors=9, seed=5):
    return np.random.default_rng(seed).random((3, runs, actors))


@pytest.mark.parametrize("runs", [1, 3])
def test_the_compromise_is_the_weighted_average(runs):
    position, capability, salience = some_actors(runs)
    for run in range(runs):
        expected = np.average(position[run], weights=capability[run] * salience[run])
        assert compromise(position, capability, salience)[run] == pytest.approx(expected)


def test_who_does_not_care_or_cannot_bring_anything_does_not_count():
    position = np.array([0.2, 0.4, 1.0, 1.0])
    assert compromise(position, np.array([1, 1, 0, 5]), np.array([0.5, 0.5, 1.0, 0.0])) == pytest.approx(0.3)


def test_where_nobody_counts_the_caller_says_what_that_means():
    nobody = np.array([[0.0, 0.0], [1.0, 1.0]])
    assert np.isnan(compromise(np.array([0.2, 0.8]), nobody, 1.0)).tolist() == [True, False]
    assert compromise(np.array([0.2, 0.8]), nobody, 1.0, otherwise=0.0).tolist() == [0.0, 0.5]


def test_equal_weights_may_be_given_once():
    assert compromise(np.array([0.0, 1.0, 0.5, 0.9]), 1.0, 0.5) == pytest.approx(0.6)


def test_relabelling_actors_moves_nothing():
    position, capability, salience = some_actors()
    order = np.random.default_rng(1).permutation(9)
    swapped = position[:, order], capability[:, order], salience[:, order]
    assert compromise(*swapped) == pytest.approx(compromise(position, capability, salience))


RULE = dict(hazard=0.01, steepness=6.0, weaker_weight=0.25, days=3.0)


def test_distance_and_salience_make_objections_likely():
    near, far = p_break_silence(0.8, np.array([0.6, 0.2]), 1.0, **RULE)
    assert near < far
    careless, careful = p_break_silence(0.8, 0.2, np.array([0.1, 0.9]), **RULE)
    assert careless < careful


def test_a_text_too_weak_is_easier_to_live_with():
    too_strong, too_weak = p_break_silence(0.5, np.array([0.2, 0.8]), 1.0, **RULE)
    assert too_weak < too_strong
    assert p_break_silence(0.5, 0.8, 1.0, **{**RULE, "weaker_weight": 1.0}) == pytest.approx(too_strong)


def test_a_content_member_objects_at_the_base_hazard():
    assert p_break_silence(0.5, 0.5, 1.0, **RULE) == pytest.approx(1 - np.exp(-0.01 * 3))


def test_a_veto_player_alone_stops_a_text_as_often_as_its_hazard_says():
    p = p_break_silence(0.9, np.array([0.9, 0.1]), np.array([1.0, 0.5]), **{**RULE, "hazard": np.array([0.0, 0.02])})
    assert p[0] == 0.0
    assert p[1] == pytest.approx(1 - np.exp(-0.02 * np.exp(6.0 * 0.8 * 0.5) * 3.0))


def test_days_multiply_up():
    one = p_break_silence(0.7, 0.3, 0.8, **{**RULE, "days": 1.0})
    assert 1 - (1 - one) ** 3 == pytest.approx(p_break_silence(0.7, 0.3, 0.8, **RULE))
    assert p_break_silence(0.7, 0.3, 0.8, **{**RULE, "days": 0.0}) == 0.0


@pytest.mark.parametrize("name", ["hazard", "steepness", "weaker_weight", "days"])
def test_numbers_below_zero_are_refused(name):
    with pytest.raises(RangeError, match=name):
        p_break_silence(0.7, 0.3, 0.8, **{**RULE, name: -0.1})


def test_an_objection_moves_the_text_towards_the_objector():
    assert softened(0.8, 0.2, 0.5) == pytest.approx(0.5)
    assert softened(0.8, 0.2, 0.0) == 0.8
    assert softened(0.2, 0.8, 0.25) == pytest.approx(0.35)
    with pytest.raises(RangeError, match="shift"):
        softened(0.8, 0.2, 1.5)


def test_what_nobody_opposes_is_the_softest_members_position():
    position = np.array([[0.4, 0.1, 0.9]])
    assert unopposed(0.6, position, np.array([[True, True, True]])) == 0.1
    assert unopposed(0.6, position, np.array([[True, False, True]])) == 0.4
    assert unopposed(0.3, position, np.array([[True, False, True]])) == 0.3
    assert unopposed(0.6, position, np.array([[False, False, False]])) == 0.6


def a_vote(ayes, population):
    members = np.full(len(population), True)
    yes = np.array([place in ayes for place in range(len(population))])
    return bool(qualified_majority(yes, np.array(population, dtype=float), members))


def test_states_alone_do_not_carry_against_the_people():
    assert not a_vote(range(6), [1, 1, 1, 1, 1, 1, 90, 90, 90, 90])


def test_people_alone_do_not_carry_against_the_states():
    assert not a_vote([0, 1], [90, 90, 1, 1, 1, 1, 1])


def test_three_large_ones_cannot_block_on_population():
    assert a_vote(range(7), [1, 1, 1, 1, 1, 1, 1, 90, 90, 90])


def test_a_few_who_did_not_block_do_not_carry_without_the_states():
    assert not a_vote([0], [10, 1, 1])
    assert not a_vote([], [10, 1, 1])


def test_a_threshold_met_exactly_is_met():
    assert a_vote(range(11), [65 / 11] * 11 + [35 / 9] * 9)
    assert not a_vote(range(11), [64.9 / 11] * 11 + [35.1 / 9] * 9)
    assert not a_vote(range(10), [90] * 10 + [1] * 10)


def test_only_members_vote_and_are_counted():
    population = np.array([50.0, 30.0, 20.0, 500.0])
    members = np.array([True, True, True, False])
    yes = np.array([[True, True, False, False], [False, False, True, True], [True, True, False, True]])
    carried = qualified_majority(yes, population, members)
    assert carried.tolist() == [True, False, True]


def test_without_members_nothing_carries():
    nobody = np.zeros(3, dtype=bool)
    assert not qualified_majority(nobody, np.ones(3), nobody)
