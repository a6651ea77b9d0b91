"""What is counted, in a run made by hand of which every count is known; and what is held against the record."""

import typing
from dataclasses import replace

import pytest

from sim.model.events import Event
from sim.record.record import Record
from sim.scenario import from_document, load, load_library
from sim.scenario.library_schema import Counted, Volume
from sim.validation.cases import read_cases, shipped_cases
from sim.validation.volumes import (
    ABSURD,
    CASES,
    COUNTED,
    COUNTS,
    Run,
    recorded,
    scenario_runs,
    set_beside,
    tally,
    together,
)

TURNS, DAYS = 2, 30
SURE = {"EST": 0.9, "USA": 0.9, "GBR": 0.6, "AUT": 0.9, "HUN": 0.9, "UKR": 0.9, "DEU": 0.9}


def loaded(incident=None, **changes):
    """One cyber operation against Estonia, with the library that ships."""
    grid = {
        "id": "grid", "name": "Attack on the grid", "issue": "cyber", "by": "RUS", "victims": {"EST": 0.5},
        "difficulty": 0.4, "publicness": 0.5, **(incident or {}),
    }  # fmt: skip
    document = {
        "title": "Night in the grid",
        "summary": "Somebody switches off the lights in Estonia.",
        "start": "2025-03-03",
        "turns": {"count": TURNS, "days": DAYS},
        "participants": ["NATO", "AUT", "UKR", "JPN", "RUS", "CHN"],
        "incidents": [grid],
    }
    return from_document({**document, **changes}, name="night")


def begins():
    return ("incident_begins", None, {"name": "", "issue": "cyber", "victims": {"EST": 0.5}, "suspect": "RUS"})


def believes(**sure):
    return ("assessment", None, {"confidence": {**SURE, **sure}, "stake": {}})


def responds(actor, response, effect_day=10):
    return ("response_decided", actor, {"response": response, "effect_day": effect_day})


def calls(form, *members):
    return ("consultation_called", "EST", {"format": form, "members": list(members)})


def adopts(form, text, rung, days, *supporters):
    return (
        "text_adopted",
        None,
        {"format": form, "text": text, "rung": rung, "supporters": list(supporters), "days_since_incident": days},
    )


def proposes(attempt=1, **positions):
    return ("text_proposed", None, {"format": "nac_political", "round": attempt, "positions": positions})


def moves(actor, move, target=None):
    return ("adversary_move", actor, {"move": move, "target": target})


def stops():
    return ("incident_stops", None, {})


def a_run(*told, scenario=None, measures=None, known=None):
    """A run in which the grid is attacked, all are asked how sure they are, and then this happens, all in turn 1."""
    scenario = scenario or loaded()
    events = [
        Event(k, 1, 0, "2025-03-03", "inject", kind, actor, None if kind == "adversary_move" else "grid", payload)
        for k, (kind, actor, payload) in enumerate([begins(), believes(), *told])
    ]
    record = Record("night", "Night in the grid", "", 5, 0, "2025-03-03", TURNS, DAYS, events, measures or {})
    return Run(record, scenario, known)


def number(run, count):
    """What was counted: of the one incident, or of the run."""
    (found,) = COUNTS[count](run)
    return found.value


# ---------------------------------------------------------------------------------------------------- how much


def test_third_parties_are_the_coded_states_that_were_not_hit_and_act_before_the_end():
    run = a_run(
        responds("USA", "public_attribution"),
        responds("USA", "technical_advisory"),  # coded as naming as well
        responds("GBR", "public_attribution", effect_day=61),  # after the last day
        responds("EST", "public_attribution"),  # hit
        responds("AUT", "public_attribution"),  # not coded
        responds("NATO", "public_attribution"),  # a body
        responds("DEU", "expulsions"),
        responds("POL", "indictments", effect_day=60),
    )
    assert [number(run, count) for count in ("name", "sanction", "legal_step", "answers")] == [1, 1, 1, 3]
    assert (number(run, "responses"), number(run, "responses_to_one")) == (7, 7)
    assert number(run, "instruments") == pytest.approx(7 / 6)


def test_who_was_drawn_in_later_is_hit_too():
    scenario = loaded(incident={"may_widen_to": ["DEU"]})
    told = responds("DEU", "public_attribution"), moves("RUS", "widen", "DEU")
    assert number(a_run(*told, scenario=scenario), "name") == 0
    assert number(a_run(*told[:1], scenario=scenario), "name") == 1


def test_in_a_past_case_those_count_of_which_it_is_known_what_they_did():
    told = responds("USA", "public_attribution"), responds("DEU", "public_attribution")
    assert number(a_run(*told, known={"public_attribution": frozenset({"USA"})}), "name") == 1


def test_those_that_were_hit_may_summon_an_ambassador_and_count_once():
    assert number(a_run(responds("EST", "demarche"), responds("DEU", "demarche")), "summon") == 2


def test_consultations_are_counted_by_format():
    run = a_run(calls("nac_art4"), calls("nac_art5", "EST"), calls("nato_ip4_ministers"), calls("nac_art4"))
    counts = ("consultations", "article_4", "article_5", "ministers")
    assert [number(run, count) for count in counts] == [4, 2, 1, 1]
    found = tally("night", [run])
    assert found.formats.most_common(1) == [("the NAC (Article 4)", 2)]


def test_a_weaker_text_that_adds_somebody_is_news():
    first = adopts("nac_political", 0.6, "naming", 20, "EST", "USA")
    assert number(a_run(first, adopts("g7_leaders", 0.4, "solidarity", 25, "USA")), "weaker_texts") == 1
    assert number(a_run(first, adopts("g7_leaders", 0.4, "solidarity", 25, "USA", "JPN")), "weaker_texts") == 0
    assert number(a_run(first, adopts("g7_leaders", 0.7, "naming", 25, "USA")), "weaker_texts") == 0


def test_concern_is_no_joint_answer_yet_and_what_does_not_come_is_later_than_any_day():
    concern, naming = adopts("g7_leaders", 0.2, "concern", 5, "USA"), adopts("nac_political", 0.6, "naming", 20, "USA")
    run = a_run(concern, naming)
    counts = ("texts", "days_to_joint_answer", "strongest_text", "strongest_day")
    assert [number(run, count) for count in counts] == [2, 20, 0.6, 20]
    assert [number(a_run(), count) for count in counts] == [0, float("inf"), 0, float("inf")]


def test_only_its_author_calls_an_incident_off():
    assert number(a_run(stops()), "stopped") == 0
    assert number(a_run(stops(), moves("CHN", "stop")), "stopped") == 0
    assert number(a_run(stops(), moves("RUS", "stop")), "stopped") == 1


# ---------------------------------------------------------------------------------------------------- what cannot be


PATROLS = {"incident": {"issue": "infra"}}


@pytest.mark.parametrize(
    ("absurd", "told", "scenario", "words"),
    [
        ("sails_without_coast", [responds("AUT", "infrastructure_patrols")], PATROLS, "Austria sends patrols"),
        ("deals_without_relations", [responds("UKR", "demarche")], {}, "Ukraine summons the ambassador, with Russia"),
        ("accuses_in_doubt", [responds("GBR", "public_attribution")], {}, "0.60 sure, and 0.75 is asked for"),
        ("wants_to_accuse_in_doubt", [believes(GBR=0.5), proposes(GBR=0.8)], {}, "GBR wants a text of 0.80"),
        ("called_without_mandate", [calls("eu_aci")], {}, "is called on"),
        ("called_without_mandate", [adopts("nato_itpp", 0.6, "naming", 5)], PATROLS, "adopts a text of naming"),
        ("felt_after_the_end", [responds("USA", "indictments", 61)], {}, "from day 61 of 60"),
        ("works_on_its_own", [moves("RUS", "divide", "RUS")], {}, "RUS works on itself"),
        ("works_on_its_own", [moves("RUS", "divide", "CHN")], {}, "RUS works on its friend"),
        ("works_on_its_own", [moves("RUS", "divide", "EST")], {}, "RUS works on its victim"),
        ("article_5_for_others", [calls("nac_art5", "USA", "DEU")], {}, "Article 5 over"),
        ("stopped_after_its_end", [stops(), stops()], {}, "ends once more"),
        ("accuses_itself", [adopts("g7_leaders", 0.6, "naming", 9, "RUS")], {}, "RUS stands behind a text of naming"),
        (
            "talks_and_presses",
            [responds("USA", "quiet_diplomacy"), responds("USA", "expulsions")],
            {},
            "the United States expels",
        ),
    ],
)
def test_what_cannot_be_is_told_with_its_place(absurd, told, scenario, words):
    run = a_run(*told, scenario=loaded(**scenario))
    (sentence,) = ABSURD[absurd](run)
    assert words in sentence
    assert sentence.startswith("night, seed 5, turn 1: ")
    assert [count.value for count in tally("night", [run]).counts[absurd]] == [1]


def test_what_can_be_is_not_told():
    run = a_run(
        responds("EST", "infrastructure_patrols"),
        responds("EST", "demarche"),
        responds("USA", "public_attribution"),
        responds("USA", "quiet_diplomacy"),
        responds("DEU", "expulsions", 60),
        proposes(EST=0.8, GBR=0.3),
        proposes(2, GBR=0.8),
        calls("nac_art5", "EST"),
        adopts("nac_political", 0.6, "naming", 9, "EST"),
        moves("RUS", "divide", "HUN"),
        moves("RUS", "stop"),
        stops(),
        measures={"stopped": 1.0},
    )
    assert {key: list(tell(run)) for key, tell in ABSURD.items()} == {key: [] for key in ABSURD}


def test_a_measure_that_counts_more_as_stopped_than_were_called_off_is_told():
    assert len(list(ABSURD["stopped_after_its_end"](a_run(stops(), measures={"stopped": 1.0})))) == 1


# ---------------------------------------------------------------------------------------------------- beside the record


def a_row(**changes):
    row = {
        "words": "who names",
        "counts": "name",
        "low": 2,
        "high": 4,
        "source": "judgement",
        "why": "it is so",
        **changes,
    }
    return Volume.model_validate(row)


def beside(values, **changes):
    """A row with runs in which so many name the culprit."""
    found = tally("night", [a_run() for _ in values])
    found.counts["name"] = [
        replace(count, value=value) for count, value in zip(found.counts["name"], values, strict=True)
    ]
    volumes = load_library().volumes.model_copy(update={"rows": {"row": a_row(**changes)}})
    return set_beside(found, volumes)


@pytest.mark.parametrize(("statistic", "figure"), [("median", 3), ("low", 1), ("high", 9), ("spread", 8), ("mean", 4)])
def test_a_row_asks_for_one_figure_over_all_runs(statistic, figure):
    (row,) = beside([0, 1, 2, 2, 3, 3, 3, 4, 9, 9, 8], statistic=statistic)
    assert row.figure == figure


def test_a_row_fits_within_the_record_and_its_tolerance():
    fits = {value: beside([value], tolerance=1)[0].fits for value in (0, 1, 5, 6)}
    assert fits == {0: False, 1: True, 5: True, 6: False}
    assert beside([99], high=None)[0].fits


def test_what_never_happens_is_later_than_any_day_and_no_distance_from_itself():
    (row,) = beside([float("inf")] * 3, statistic="spread", low=0)
    assert row.figure == 0
    assert row.cells[0] == "never"


def test_a_row_holds_for_its_issues_years_and_scenarios_only():
    assert beside([3], of=["cyber"], since=2025, until=2025, scenarios=["night"])
    for other in ({"of": ["coercion"]}, {"since": 2026}, {"until": 2024}, {"scenarios": ["day"]}):
        assert beside([3], **other) == []


def test_tallies_are_put_together():
    whole = together(CASES, [tally("one", [a_run(responds("UKR", "demarche"))]), tally("other", [a_run()])])
    assert (whole.runs, whole.incidents, len(whole.counts["summon"])) == (2, 2, 2)
    assert len(whole.absurd["deals_without_relations"]) == 1


def test_every_count_has_a_name_in_the_schema_and_a_row():
    assert set(COUNTED) == set(typing.get_args(Counted))
    assert {row.counts for row in load_library().volumes.rows.values()} == set(COUNTED)


def test_a_real_run_is_counted_seed_by_seed():
    runs = list(scenario_runs(load("smallest"), seeds=2, first=4))
    assert [run.record.seed for run in runs] == [4, 5]
    assert set_beside(tally("smallest", runs), load_library().volumes)


def test_the_record_of_a_case_leaves_out_victims_and_bodies():
    case = next(case for name in shipped_cases() for case in read_cases(name).cases if case.id == "skripal-2018")
    assert recorded(case, "sanctions_or_expulsions", load_library()) == (13, 17)


def test_an_exercise_that_begins_at_a_clock_is_counted_too():
    by_the_hour = loaded(start="2025-03-03 06:00", turns={"count": 2, "hours": 6})
    assert tally("night", scenario_runs(by_the_hour, 1)).counts
