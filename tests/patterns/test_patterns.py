"""The twelve patterns that the model exists to explain, each against the record with a stated tolerance.

Rates are compared over the same cells of `history.yaml`: an actor in a crisis of which it is known whether it did a
thing or not, victims left out unless they are the point. Figures that are not in that record bring their own source. A
pattern that the model does not meet yet is marked as failing, with what was measured; the mark goes when it holds.
"""

from functools import cache

import numpy as np
import pytest
from scipy.stats import spearmanr

from sim.engine import begin, play, play_out
from sim.rules.coercion import p_concede
from sim.scenario import from_document, load_library
from sim.world.setting import arrange
from sim.world.state import BLOCKED
from tests.patterns.replay import (
    BODIES,
    FIVE_EYES,
    FRONTLINE,
    PARTNERS,
    Replay,
    crises,
    rates,
    replayed,
    scenario_of,
    year,
)

pytestmark = pytest.mark.long

SPEAKING, NAMING, MEASURES = "statement_of_concern", "public_attribution", "sanctions_or_expulsions"
CYBER = [name for name, crisis in crises().items() if crisis["kind"] == "cyber"]
COERCION = [name for name, crisis in crises().items() if crisis["kind"] == "economic_coercion"]


def not_yet(measured):
    """A pattern that the model does not meet yet."""
    return pytest.mark.xfail(strict=True, reason=measured)


def is_recent_cyber(crisis):
    return crisis["kind"] == "cyber" and year(crisis) >= 2017


# ----------------------------------------------------------------------------------------------- 1 who names a culprit


NAMERS = {
    "five eyes": (0.83, 0.15, lambda code: code in FIVE_EYES),
    "other allies": (0.10, 0.15, lambda code: code not in (*FIVE_EYES, *PARTNERS, *BODIES)),
    "JPN and KOR": (0.12, 0.15, lambda code: code in ("JPN", "KOR")),
}


@pytest.mark.parametrize(
    "group",
    [
        "five eyes",
        pytest.param("other allies", marks=not_yet("0.32 of chances since 2017, against 0.10 (0.16 in these cells)")),
        pytest.param("JPN and KOR", marks=not_yet("0.31 of chances since 2017, against 0.12 (0.14 in these cells)")),
    ],
)
def test_1_how_often_each_names_the_culprit_of_a_cyber_operation(group):
    """Since 2017: Five Eyes .83, other allies .10, Japan and Korea .12 of chances; within .15."""
    figure, tolerance, belongs = NAMERS[group]
    _, model, _ = rates(NAMING, lambda crisis, code: is_recent_cyber(crisis) and belongs(code))
    assert model == pytest.approx(figure, abs=tolerance)


@pytest.mark.parametrize("others", ["other allies", "JPN and KOR"])
def test_1_sharing_intelligence_decides_who_names_a_culprit(others):
    """The Five Eyes at least twice as often as anybody else, and by 40 points of 100."""
    five, rest = (
        rates(NAMING, lambda crisis, code, group=group: is_recent_cyber(crisis) and NAMERS[group][2](code))[1]
        for group in ("five eyes", others)
    )
    assert five > 2 * rest and five - rest > 0.4


# ----------------------------------------------------------------------------------------------------- 2 the frontline


@not_yet("0.42 of those that speak; of the known chances 0.53 against 1.00 in the record")
def test_2_frontline_states_name_russia_when_they_speak():
    """6 of 6 in the record; at least three in four of those that say anything at all."""
    named = spoke = 0
    for name in ("notpetya_2017", "opcw_2018", "skripal_2018", "geo_2019"):
        replay = replayed(name)
        places = [replay.setting.index[code] for code in FRONTLINE]
        named += replay.did(NAMING)[:, places].sum()
        spoke += (replay.did(NAMING) | replay.did(SPEAKING))[:, places].sum()
    assert named / spoke >= 0.75


def test_2_frontline_states_name_russia_more_often_than_other_allies():
    frontline, rest = (
        rates(
            NAMING,
            lambda crisis, code, among=among: crisis["adversary"] == "RUS" and year(crisis) >= 2017 and among(code),
        )[1]
        for among in (
            lambda code: code in FRONTLINE,
            lambda code: code not in (*FRONTLINE, *FIVE_EYES, *PARTNERS, *BODIES),
        )
    )
    assert frontline > rest


def test_2_frontline_states_do_not_name_china_as_bystanders():
    """0 of 11; at most one in ten."""
    record, model, _ = rates(NAMING, lambda crisis, code: crisis["adversary"] == "CHN" and code in FRONTLINE)
    assert record == 0 and model <= 0.1


def test_2_victims_do_name_china():
    """4 of 6 chances in the record; within .25."""
    record, model, _ = rates(
        NAMING, lambda crisis, code: crisis["adversary"] == "CHN" and code in crisis["primary"], with_victims=True
    )
    assert model == pytest.approx(record, abs=0.25)


# ------------------------------------------------------------------------------------------------------------ 3 bodies


@pytest.mark.parametrize("body", BODIES)
def test_3_bodies_show_concern_before_they_name_and_name_before_they_act(body):
    concern, naming, measures = (
        rates(kind, lambda crisis, code: code == body and year(crisis) >= 2014)[1]
        for kind in (SPEAKING, NAMING, MEASURES)
    )
    assert concern > naming >= measures


@not_yet("0.69 of chances since 2014, against 1.00")
def test_3_the_union_shows_solidarity_every_time():
    """7 of 7; at least .8."""
    assert rates(SPEAKING, lambda crisis, code: code == "EU" and year(crisis) >= 2014)[1] >= 0.8


@pytest.mark.parametrize("body", BODIES)
def test_3_a_body_names_less_often_than_its_leading_members(body):
    leading = FIVE_EYES[:2] if body == "NATO" else ("EST", "LTU")
    own = rates(NAMING, lambda crisis, code: code == body and year(crisis) >= 2017)[1]
    theirs = rates(NAMING, lambda crisis, code: code in leading and year(crisis) >= 2017)[1]
    assert own < theirs


# ---------------------------------------------------------------------------------------------------------- 4 severity


def over_severity(kind):
    """Correlation of severity with doing it, over cells since 2014: in the record and in the model."""
    rows = []
    for name, crisis in crises().items():
        if year(crisis) >= 2014:
            for key, value in (("did", 1.0), ("did_not", 0.0)):
                for code in set(crisis[key][kind]) - set(crisis["primary"]):
                    rows.append((crisis["severity"], value, replayed(name).share(kind, code)))
    severity, record, model = np.array(sorted(rows)).T
    return np.corrcoef(severity, record)[0, 1], np.corrcoef(severity, model)[0, 1]


def test_4_severity_drives_measures():
    """r = .59 (.31 over these cells); at least .3."""
    assert over_severity(MEASURES)[1] >= 0.3


@not_yet("r = 0.34")
def test_4_severity_does_not_drive_naming():
    """r = .03; within .2."""
    record, model = over_severity(NAMING)
    assert record == pytest.approx(0.03, abs=0.01)
    assert model == pytest.approx(0.03, abs=0.2)


def test_4_physical_harm_drives_measures():
    """Salisbury and flight MH17 against every cyber operation: at least ten times as often."""
    physical, cyber = (
        rates(MEASURES, lambda crisis, code, kinds=kinds: crisis["kind"] in kinds)[1]
        for kinds in (("armed_attack", "sabotage_or_assassination"), ("cyber",))
    )
    assert physical > 10 * cyber


# -------------------------------------------------------------------------------------------- 5 the practice of naming


def of_years(first, last):
    return rates(NAMING, lambda crisis, code: crisis["kind"] == "cyber" and first <= year(crisis) <= last)


def test_5_before_2017_hardly_anybody_named_a_state():
    """1 of 73; at most .08."""
    record, model, chances = of_years(2007, 2016)
    assert (round(record * chances), chances) == (1, 73)
    assert model <= 0.08


@not_yet("0.49 of chances, against 0.31")
def test_5_in_2017_to_2019_a_third_did():
    """23 of 74; within .1."""
    record, model, chances = of_years(2017, 2019)
    assert (round(record * chances), chances) == (23, 74)
    assert model == pytest.approx(record, abs=0.1)


def test_5_norms_move():
    """Naming at least five times as usual from 2017 on."""
    assert of_years(2017, 2020)[1] > 5 * of_years(2007, 2016)[1]


# -------------------------------------------------------------------------------------------- 6 Salisbury and Vrbetice

# An explosion of 2014 in a Czech depot, two dead, laid at Russia's door in April 2021 with little to be shown at first.
VRBETICE = {
    "id": "vrbetice_2021",
    "name": "Explosion in a depot at Vrbetice",
    "kind": "sabotage_or_assassination",
    "adversary": "RUS",
    "start": "2021-04-17",
    "disclosed": "2021-04-17",
    "decided": "2021-04-22",
    "primary": ["CZE"],
    "also_hit": [],
    "severity": 0.55,
    "publicness": 0.7,
    "certainty": "medium",
}


@not_yet("16 states on average, against 28")
def test_6_a_victim_that_leads_and_asks_gets_many():
    """28 states expelled after Salisbury; within a third."""
    assert 28 * 2 / 3 <= replayed("skripal_2018").joiners(MEASURES).mean() <= 28 * 4 / 3


def test_6_a_victim_in_doubt_gets_few():
    """5 states expelled after Vrbetice; between one and ten on average, and well below half of Salisbury's."""
    few = Replay(VRBETICE).joiners(MEASURES).mean()
    assert 1 <= few <= 10
    assert few < replayed("skripal_2018").joiners(MEASURES).mean() / 2


@not_yet("0.17 of its neighbours expel somebody, against 0.19 of the larger ones further away")
def test_6_those_that_a_victim_in_doubt_gets_are_its_neighbours():
    """Slovakia and the three Baltic states, before larger allies further away that share no more intelligence."""
    replay = Replay(VRBETICE, runs=400)
    near, far = (
        np.mean([replay.share(MEASURES, code) for code in codes])
        for codes in (("SVK", "EST", "LVA", "LTU"), ("ESP", "ITA", "NLD", "DNK"))
    )
    assert near > far


def test_6_asking_matters():
    """The same crisis, with a victim that shares nothing: fewer name the culprit."""
    silent = Replay(crises()["skripal_2018"], behaviour={"victim_shares": 0.0, "b_ask": 0.0})
    assert silent.joiners(NAMING).mean() < replayed("skripal_2018").joiners(NAMING).mean()


# ---------------------------------------------------------------------------------------------------------- 7 exposure


SINGLE_SILENCES = [
    ("apt10_2018", "JPN"),
    ("apt10_2018", "HUN"),
    ("apt10_2018", "TUR"),
    ("notpetya_2017", "HUN"),
    ("notpetya_2017", "TUR"),
]


@pytest.mark.parametrize("name, code", SINGLE_SILENCES)
def test_7_exposure_explains_single_silences(name, code):
    """Free of its exposure, the one that kept silent would have named the culprit more often."""
    free = Replay(crises()[name], actors={code: {"exposure": {crises()[name]["adversary"]: 0.0}}})
    assert free.share(NAMING, code) > replayed(name).share(NAMING, code)


@not_yet("named in 0.90 of runs, and in 0.95 without exposure")
def test_7_australia_was_silent_in_2019():
    """It knew, and said nothing of China: in at most half of the runs, within a year."""
    assert replayed("aus_parl_2019").share(NAMING, "AUS") <= 0.5


@pytest.mark.parametrize("name", ["aus_parl_2019", "apt10_2018", "notpetya_2017", "skripal_2018"])
def test_7_exposure_does_not_explain_the_whole_order_of_states(name):
    """Rank correlation with naming, over all states but the victims: within .6 of none."""
    replay, crisis = replayed(name), crises()[name]
    states = [
        c
        for c in replay.setting.actors
        if replay.setting.is_state[replay.setting.index[c]] and c not in crisis["primary"]
    ]
    d = replay.setting.adversaries.index(crisis["adversary"])
    exposure = [replay.setting.exposure[d, 0, replay.setting.index[code]] for code in states]
    assert abs(spearmanr(exposure, [replay.share(NAMING, code) for code in states]).statistic) < 0.6


# ----------------------------------------------------------------------------------------------------- 8 texts to join


TOLD = ("wannacry_2017", "apt10_2018", "mh17_2014", "skripal_2018", "can_2018", "notpetya_2017")


@cache
def told(name):
    """A dozen runs of a crisis, event by event."""
    return play(
        from_document(scenario_of(crises()[name]), library=load_library()), 3, runs=12, trace=True, without=False
    ).records


def share_through_texts(code):
    """The share of what a state did that came with a text it had a part in."""
    decided = [event for name in TOLD for record in told(name) for event in record.of_kind("response_decided")]
    return np.mean([event.payload["covered_by"] is not None for event in decided if event.actor == code])


@not_yet("0.11 of Japan's acts")
def test_8_japan_moves_through_texts_it_can_join():
    """About a quarter of its acts; .15 to .4."""
    assert 0.15 <= share_through_texts("JPN") <= 0.4


def test_8_japan_leans_on_texts_more_than_the_united_states():
    assert share_through_texts("JPN") > share_through_texts("USA")


# ----------------------------------------------------------------------------------------------------- 9 third parties


def test_9_no_third_party_sanctions_china_for_coercing_somebody_else():
    """0 of 134 (0 of 77 in these cells); at most one in a hundred."""
    record, model, _ = rates(MEASURES, lambda crisis, code: crisis["kind"] == "economic_coercion")
    assert record == 0 and model <= 0.01


@pytest.mark.parametrize("name", COERCION)
def test_9_what_third_parties_give_is_words(name):
    """At least one state besides the victim speaks in most runs."""
    replay = replayed(name)
    victims = [replay.setting.index[code] for code in replay.crisis["primary"]]
    speaking = (replay.did(SPEAKING) & replay.setting.is_state).sum(axis=-1) - replay.did(SPEAKING)[:, victims].sum(
        axis=-1
    )
    assert (speaking > 0).mean() > 0.5


# ------------------------------------------------------------------------------------------------------------- 10 lags


def test_10_naming_in_cyberspace_takes_months():
    """Median 123 to 158 days; 90 to 210."""
    days = np.concatenate([replayed(name).days(NAMING) for name in CYBER if year(crises()[name]) >= 2017])
    assert 90 <= np.median(days) <= 210


@not_yet("the last tenth takes 1.9 times the median, within a year of watching")
def test_10_the_lags_have_a_heavy_tail():
    """One in ten takes at least two and a half times the median (EuRepoC: quartiles 4 and 492 days around 158)."""
    days = np.concatenate([replayed(name).days(NAMING) for name in CYBER if year(crises()[name]) >= 2017])
    assert np.quantile(days, 0.9) >= 2.5 * np.median(days)


@not_yet("43 days to the expulsions after Salisbury, against 22")
def test_10_physical_harm_is_answered_within_days():
    """About 10 days from a full account, 22 from the attack on Salisbury: a median of at most 30."""
    assert np.median(replayed("skripal_2018").days(MEASURES)) <= 30


def test_10_physical_harm_is_answered_faster_than_cyber():
    cyber = np.concatenate([replayed(name).days(NAMING) for name in CYBER if year(crises()[name]) >= 2017])
    assert np.median(replayed("skripal_2018").days(NAMING)) < np.median(cyber) / 1.5


# --------------------------------------------------------------------------------------------------------- 11 coercion


def test_11_coercion_mostly_fails():
    """Full success in 2, partial in 7, none in 11 of 20: between .07 and .45 over two years."""
    gave_in = [
        Replay(crises()[name], turns={"count": 26, "days": 28}).state.conceded[0].any(axis=-1).mean()
        for name in COERCION
    ]
    assert 0.07 <= np.mean(gave_in) <= 0.45


@cache
def stopped_under(codes, runs=400):
    """How often Russia calls off an attack in a year, when these states sanction it at once."""
    crisis = {**crises()["notpetya_2017"], "start": "2022-03-01", "disclosed": "2022-03-01"}
    world = begin(
        arrange(from_document(scenario_of(crisis, act={"turns": None}), library=load_library())), 4, range(runs)
    )
    setting, state = world.setting, world.state
    line = setting.options.index(("act", "cyber_sanctions"))
    for code in codes:
        state.joined[line, :, setting.index[code]], state.effect_day[line, :, setting.index[code]] = True, 0.0
    play_out(world)
    return state.stopped[0].mean()


TOGETHER = ("USA", "GBR", "DEU", "FRA", "CAN", "JPN", "ITA", "EU")


def test_11_several_senders_raise_the_success_of_pressure():
    assert stopped_under(TOGETHER) > stopped_under(("USA",)) >= stopped_under(())


@not_yet("called off in 0.36 of runs under one sender, 0.33 under none, and 0.54 under eight with the Union")
def test_11_pressure_by_several_succeeds_twice_as_often():
    """25 per cent alone and 56 per cent together (TIES): at least 20 points of 100 more, from at most 40."""
    alone, together = stopped_under(("USA",)), stopped_under(TOGETHER)
    assert together - alone >= 0.2 and alone <= 0.4


def test_11_the_rule_for_giving_in_has_the_record_of_sanctions():
    weights = {
        "base": -1.09,
        "several_weight": 1.34,
        "institution_weight": 0.0,
        "major_weight": 0.79,
        "severe_weight": 1.39,
        "support_weight": -0.5,
    }
    assert [round(float(p_concede(several, 0, 0, 0, 0.0, **weights)), 2) for several in (0, 1)] == [0.25, 0.56]


# --------------------------------------------------------------------------------------------------------- 12 one ally


def test_12_one_ally_can_stop_nato():
    """The Tokyo office, 2023: blocked in most runs, and France is who most often does."""
    document = scenario_of(
        crises()["skripal_2018"],
        turns={"count": 1, "days": 28},
        cooperation=[
            {"project": "coop_tokyo_office", "turn": 1},
            {"project": "coop_policy_consultation", "months_before": 12},
        ],
    )
    loaded = from_document(document, library=load_library())
    world = begin(arrange(loaded), 1, range(300))
    play_out(world)
    office = world.setting.projects.index("coop_tokyo_office")
    assert (world.state.project_state[office] == BLOCKED).mean() > 0.6
    told = [
        record.of_kind("project_decided")[0].payload["by"]
        for record in play(loaded, 1, runs=12, trace=True, without=False).records
    ]
    blockers = [code for by in told for code in by]
    assert max(set(blockers), key=blockers.count) == "FRA"


def test_12_texts_are_diluted_until_nobody_objects():
    """Where somebody breaks silence over a text too strong for it, what is adopted is weaker than what was proposed."""
    proposed, adopted = [], []
    for name in ("skripal_2018", "mh17_2014"):
        for record in told(name):
            for event in record.of_kind("silence_broken"):
                if event.payload["text_after"] < event.payload["text_before"] and event.payload["round"] == 1:
                    proposed.append(event.payload["text_before"])
                    adopted.append(last_text(record, event))
    assert len(proposed) > 20
    assert np.mean(adopted) < np.mean(proposed) - 0.05


def last_text(record, broken):
    """The text that a consultation ended with, 0 when it failed."""
    later = [
        e
        for e in record.of_kind("text_adopted", "text_failed")
        if e.seq > broken.seq and e.turn == broken.turn and e.payload["format"] == broken.payload["format"]
    ]
    return later[0].payload.get("text", 0.0)


def test_12_members_of_both_bodies_carry_one_position_into_both():
    compared = 0
    for record in told("skripal_2018"):
        by_turn = {}
        for event in record.of_kind("text_proposed"):
            for code, text in event.payload["positions"].items():
                by_turn.setdefault((event.turn, code), set()).add(text)
                compared += 1
        assert all(len(texts) == 1 for texts in by_turn.values())
    assert compared > 100


def test_the_record_is_read_as_it_was_written():
    """Sixteen crises; nobody both did and did not do a thing."""
    assert len(crises()) == 16
    for crisis in crises().values():
        for kind, who in crisis["did"].items():
            assert not set(who) & set(crisis["did_not"][kind]), (crisis["id"], kind)
