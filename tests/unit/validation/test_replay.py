"""A past case as an exercise: what is carried over, and what is not looked at; and that played many times."""

import datetime

import numpy as np
import pytest

from sim.model.inputs import build_inputs
from sim.scenario import load, load_library
from sim.validation.backtest import coefficients_for
from sim.validation.cases import read_cases
from sim.validation.replay import INCIDENT, Replay, called, document_of, scenario_of, window_of, written
from sim.validation.schema import KINDS

LIBRARY = load_library()
CASES = {case.id: case for case in read_cases("cases_2007_2024").cases}


def changed(name, **changes):
    return CASES[name].model_copy(update=changes)


@pytest.mark.parametrize("name", CASES)
def test_every_case_can_be_played(name):
    loaded = scenario_of(CASES[name], LIBRARY)
    assert loaded.scenario.first_day == CASES[name].disclosure_date
    assert set(CASES[name].actors) <= set(build_inputs(loaded).actors)


def test_primary_targets_are_hit_in_full_and_the_others_in_part():
    victims = document_of(CASES["wannacry-2017"], LIBRARY)["incidents"][0]["victims"]
    assert victims["GBR"] == 0.55
    assert victims["JPN"] == pytest.approx(0.55 * LIBRARY.codebook.also_hit.value)


def test_a_target_that_nobody_knows_is_left_out():
    targets = ["NLD", "AUS", "LKA"]
    case = changed("mh17-2014", targets=targets, primary_targets=targets)
    assert set(document_of(case, LIBRARY)["incidents"][0]["victims"]) == {"NLD", "AUS"}


def test_a_state_that_belongs_to_no_side_is_played_when_it_was_hit():
    document = document_of(CASES["mh17-2014"], LIBRARY)
    assert LIBRARY.states["MYS"].role == "other"
    assert document["incidents"][0]["victims"]["MYS"] == 0.8 and "MYS" in document["participants"]


def test_a_body_that_is_hit_means_its_members():
    case = changed("apt10-2018", targets=["EU"], primary_targets=["EU"])
    victims = document_of(case, LIBRARY)["incidents"][0]["victims"]
    assert {"DEU", "FRA", "GBR"} <= set(victims) and "USA" not in victims  # in 2017 the United Kingdom was a member


@pytest.mark.parametrize("targets, suspect", [(["EST"], "RUS"), (["JPN", "AUS"], "CHN"), (["JPN", "EST"], "RUS")])
def test_an_incident_of_nobody_looks_like_the_usual_suspect(targets, suspect):
    case = changed("opcw-2018", adversary="UNATTRIBUTED", targets=targets, primary_targets=targets)
    assert document_of(case, LIBRARY)["incidents"][0]["by"] == suspect


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.adversary == "RUS"][:4])
def test_that_nobody_was_named_is_not_told_to_the_model(name):
    """The exercise of a case that ended without a name is that of one of its kind: how it ended changes nothing."""
    sure, doubtful = (
        CASES[name].attribution_context.model_copy(update={"certainty_at_time": word}) for word in ("high", "none")
    )
    nobody = [
        document_of(changed(name, adversary="UNATTRIBUTED", attribution_context=context), LIBRARY)
        for context in (sure, doubtful)
    ]
    assert nobody[0] == nobody[1]
    named = document_of(CASES[name], LIBRARY)
    assert nobody[0]["responses"] == named["responses"]
    assert any(LIBRARY.responses[key].accuses for key in nobody[0]["responses"])
    kind = LIBRARY.codebook.kinds[CASES[name].kind]
    assert nobody[0]["incidents"][0] == named["incidents"][0] | {"difficulty": kind.difficulty.value}


def test_what_did_not_exist_on_the_day_is_not_on_the_table():
    early, late = (document_of(CASES[name], LIBRARY)["responses"] for name in ("est-2007", "albania-2022"))
    assert "coe_training_exercises" not in early and "coe_training_exercises" in late
    assert "nato_vcisc" not in late and "nato_vcisc" in LIBRARY.responses
    day = datetime.date(2024, 1, 1)
    assert "nato_vcisc" in document_of(changed("albania-2022", disclosure_date=day), LIBRARY)["responses"]


def test_estonia_could_call_no_format_and_use_no_law_of_later_years():
    inputs = build_inputs(scenario_of(CASES["est-2007"], LIBRARY))
    called = {form for _, form in inputs.consultations}
    assert "nac_political" in called
    assert not called & {"nato_coe", "eu_cyber_toolbox", "nato_cyber_support", "nato_ip4_ambassadors", "pesco_crrt"}
    last = inputs.allowed_in(inputs.turns)[inputs.options.index((INCIDENT, "cyber_sanctions"))]
    assert not last.any()


@pytest.mark.parametrize(
    "name, days",
    [
        ("opcw-2018", 365),  # answered on the day it was disclosed
        ("dnc-2016", 365 + 115),  # from the disclosure to a year after the decision
        ("can-2018", 728),  # 41 months and 90 days, and no case is played for longer than two years
        ("jpn-2010", 149),  # two months, less the day before it was disclosed, and 90 days
    ],
)
def test_until_when_an_answer_counts(name, days):
    assert window_of(CASES[name], LIBRARY.codebook) == pytest.approx(days, abs=1)


def test_responses_that_make_no_sense_for_a_kind_of_case_are_not_on_the_table():
    responses = document_of(CASES["skripal-2018"], LIBRARY)["responses"]
    assert "expulsions" in responses and "infrastructure_patrols" not in responses


def test_laws_memberships_and_the_practice_of_naming_are_those_of_the_day():
    early = build_inputs(scenario_of(CASES["notpetya-2017"], LIBRARY))
    day = datetime.date(2023, 6, 1)
    late = build_inputs(
        scenario_of(changed("notpetya-2017", start_date=day, disclosure_date=day, decision_date=day), LIBRARY)
    )
    listing = [inputs.options.index((INCIDENT, "cyber_sanctions")) for inputs in (early, late)]
    assert not early.allowed_in(early.turns)[listing[0], early.index["EU"]]
    assert late.allowed_in(1)[listing[1], late.index["EU"]]
    assert early.is_eu[early.index["GBR"]] and not late.is_eu[late.index["GBR"]]
    assert late.practice_of_naming(0).max() > early.practice_of_naming(0).max()


@pytest.mark.parametrize("name", CASES)
def test_a_case_written_down_is_the_exercise_that_is_played(name, tmp_path):
    """With the coefficients that were estimated without it, and no other difference."""
    behaviour, origin = coefficients_for(name, LIBRARY)
    path = tmp_path / f"{name}.yaml"
    path.write_text(written(CASES[name], LIBRARY, behaviour), "utf-8")
    read, played = load(path).scenario, scenario_of(CASES[name], LIBRARY).scenario
    assert (origin == "without it") == (name in LIBRARY.estimates.without) and set(read.behaviour) == set(behaviour)
    assert read.model_copy(update={"behaviour": played.behaviour}) == played


@pytest.mark.parametrize(
    "written_as, said",
    [
        ("Estonia: three weeks of DDoS", "Estonia case"),
        ("WannaCry ransomware worm", "WannaCry ransomware worm"),
        ("Downing of MH17 and the sanctions that followed", "Downing of MH17 case"),
        ("Parliament and parties hacked; attribution withheld", "Parliament and parties hacked"),
    ],
)
def test_a_case_has_a_name_that_a_sentence_can_carry(written_as, said):
    assert called(CASES["opcw-2018"].model_copy(update={"name": written_as})) == said


# ---------------------------------------------------------------------------------------------------- played many times


@pytest.fixture(scope="module")
def notpetya():
    return Replay(CASES["notpetya-2017"])


@pytest.fixture(scope="module")
def played(notpetya):
    return notpetya.played(runs=200)


def test_probabilities_are_probabilities(played):
    assert played.chance.shape == (200, len(KINDS), len(played.actors))
    assert (played.chance >= 0).all() and (played.chance <= 1).all()


@pytest.mark.parametrize("kind", KINDS)
def test_the_mean_probability_is_the_share_of_runs(played, kind):
    """Over all actors within four standard errors; the runs are those the probabilities come from."""
    k = KINDS.index(kind)
    done = np.isfinite(played.day[:, k]).astype(float)
    gap = (done - played.chance[:, k]).mean(axis=0)
    error = np.sqrt((done - played.chance[:, k]).var(axis=0) / len(done)) + 0.01
    assert (np.abs(gap) < 4 * error).all(), dict(zip(played.actors, gap.round(2), strict=True))


def test_a_body_counts_from_the_turn_in_which_it_could_still_act(played):
    """What the Union decides early takes longer than a turn to be felt, and counts all the same."""
    union, k = played.actors.index("EU"), KINDS.index("material_support")
    done = np.isfinite(played.day[:, k, union]).mean()
    assert done > 0.1 and played.chance_of("EU", "material_support") > 0.75 * done


def test_adversaries_answer_nothing(played):
    assert played.chance[:, :, [played.actors.index(code) for code in ("RUS", "CHN")]].max() == 0


def test_somebody_outside_the_cast_has_no_probability(played):
    assert np.isnan(played.chance_of("PRK", "public_attribution"))


def test_common_luck_at_every_set_of_coefficients(notpetya):
    """The same coefficients twice, beside others, give the same probabilities to the bit."""
    chances, _ = notpetya.chances([{"b_peer": 0.2}, {"b_peer": 0.5}, {"b_peer": 0.2}], runs=3)
    assert (chances[0] == chances[2]).all() and (chances[0] != chances[1]).any()


def test_one_value_a_run(notpetya):
    """Coefficients that differ from run to run are those of the run."""
    values = np.array([0.1, 0.9])
    both = notpetya.played(runs=2, behaviour={"b_stance": values})
    for run, value in enumerate(values):
        alone = notpetya.played(runs=2, behaviour={"b_stance": value})
        assert (alone.chance[run] == both.chance[run]).all()
