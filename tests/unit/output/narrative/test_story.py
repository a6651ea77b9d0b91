"""The story says what happened, in words that can be read aloud, and no more than has been seen."""

import re

import pytest

from sim.engine import play
from sim.output.narrative.hot_wash import hot_wash
from sim.output.narrative.story import Narrator, tell
from sim.record import Event, Record
from tests.builders import a_scenario
from tests.builders import an_inject as a_planned_inject
from tests.builders_record import a_loaded, a_quiet_record, a_record, an_empty_record

CODE = re.compile(r"\b(?!NATO|WTO|NAC)[A-Z]{3}\b")


def an_event(kind, actor=None, incident="grid_wiper", turn=1, day=5, phase="consult", **payload):
    """An event of turn 1."""
    return Event(0, turn, day, "2025-03-08", phase, kind, actor, incident, payload)


def told(*events, turn=1, narrator=None):
    """What is said about some events, as one text."""
    return " ".join((narrator or Narrator(a_loaded())).turn(turn, events).sentences)


def decided(actor, response="public_attribution", covered_by=None, effect_day=30, terms=None, **more):
    """That an actor decides on a response."""
    payload = {"response": response, "probability": 0.5, "effect_day": effect_day, "covered_by": covered_by}
    return an_event("response_decided", actor, phase="respond", terms=terms or {}, **payload, **more)


def assessed(confidence, turn=2):
    """What states believe."""
    return an_event(
        "assessment", turn=turn, phase="assess", confidence=confidence, stake=dict.fromkeys(confidence, 0.2)
    )


def ends(tension=0.3, harm=0.5, readiness=0.9, turn=1):
    """How things stand at the end of a turn."""
    payload = {"tension": tension, "harm": {"grid_wiper": harm}, "readiness": readiness}
    return an_event("turn_ends", incident=None, turn=turn, phase="settle", **payload)


def moved(move, actor="RUS", target=None, turn=1, terms=None):
    """What an adversary does."""
    payload = {"move": move, "target": target, "probability": 0.3, "terms": terms or {}}
    return an_event("adversary_move", actor, None, turn=turn, phase="adversary", **payload)


def test_every_turn_is_told_with_a_heading_and_a_date():
    story = tell(a_record(turns=8), a_loaded(turns=8))
    assert [turn.number for turn in story] == list(range(1, 9))
    assert story[1].date == "2025-03-31" and story[1].period == "31 March to 27 April 2025"
    assert all(turn.heading and turn.sentences for turn in story)


def test_prose_has_names_and_no_codes():
    for turn in tell(a_record(), a_loaded()):
        for sentence in (turn.heading, *turn.sentences):
            assert not CODE.search(sentence), sentence
            assert "_" not in sentence and "nan" not in sentence.split() and "None" not in sentence, sentence


def test_sentences_begin_with_a_capital_and_end():
    for turn in tell(a_record(), a_loaded()):
        for sentence in turn.sentences:
            assert sentence[0].isupper() or sentence[0].isdigit(), sentence
            assert sentence.endswith((".", ".)", "?")) and ".." not in sentence, sentence


def test_nothing_is_said_twice_in_a_turn():
    for turn in tell(a_record(), a_loaded()):
        assert len(set(turn.sentences)) == len(turn.sentences)


def test_the_truth_changes_no_word_of_the_story():
    incidents = [
        {
            "id": "grid",
            "name": "Attack on the grid",
            "issue": "cyber",
            "by": by,
            "suspect": "RUS",
            "victims": {"EST": 1},
        }
        | {"difficulty": 0.5, "publicness": 0.5}
        for by in ("RUS", "CHN")
    ]
    record = a_record(incidents=1)
    stories = [tell(record, a_loaded(incidents=[incident])) for incident in incidents]
    assert stories[0] == stories[1]
    endings = [" ".join(hot_wash(record, a_loaded(incidents=[incident])).truth) for incident in incidents]
    assert "it was Russia all along" in endings[0]
    assert "it was not Russia but China" in endings[1]


def test_a_quiet_run_and_an_empty_one_are_told():
    assert tell(an_empty_record(), a_loaded()) == []
    assert tell(a_quiet_record(turns=4), a_loaded(turns=4))[3].sentences


def test_a_turn_in_which_nothing_happens_says_so():
    assert Narrator(a_loaded()).turn(1, []).heading == "A quiet turn"


def test_turn_by_turn_is_told_as_all_at_once():
    record, loaded = a_record(), a_loaded()
    narrator = Narrator(loaded)
    assert tell(record, loaded) == [narrator.turn(number, record.in_turn(number)) for number in range(1, 9)]


# ------------------------------------------------------------------------------------------------------------- injects


def an_inject(to, text="The lights go out. Nobody knows why.", title="Power fails"):
    """An inject to some recipients."""
    words = {"inject": "one", "title": title, "sender": "CERT Estonia", "channel": "cable", "text": text}
    return an_event("inject_released", incident=None, phase="inject", to=to, **words)


def test_an_inject_is_told_in_short_with_its_source():
    words = "Power fails. The lights go out. Nobody knows why. (Cable, 8 March: CERT Estonia, to all.)"
    assert told(an_inject(["all"])) == words
    assert "to Estonia and the United States.)" in told(an_inject(["EST", "USA"]))


@pytest.mark.parametrize("to", [["control"], []])
def test_what_is_for_control_alone_is_not_told(to):
    turn = Narrator(a_loaded()).turn(1, [an_inject(to)])
    assert turn.sentences == () and turn.heading == "A quiet turn"


@pytest.mark.parametrize(
    "to, words",
    [
        (["all"], "to all"),
        (["EU"], "to the EU's members"),
        (["group:eu", "EU", "JPN"], "to the EU's members and Japan"),
        (["NATO", "control", "JPN"], "to NATO's members, control and Japan"),
        (["group:ip4"], "to Australia, Japan, the Republic of Korea and New Zealand"),
        (["group:g7", "AUS"], "to the United States, Germany, Japan, the United Kingdom, France and 3 others"),
    ],
)
def test_it_is_said_who_got_an_inject_as_its_author_meant_it(to, words):
    loaded = a_scenario(
        participants=["NATO", "EU", "group:ip4", "RUS"], library=None, injects=[a_planned_inject(to=to)]
    )
    story = tell(play(loaded, 1, trace=True, baseline=False).records[0], loaded)
    assert story[0].sentences[0].endswith(f", {words}.)")


def test_an_inject_keeps_its_lines_and_its_heading_is_one():
    words = "For release:\n\n1. The  port is open.\n  - at night\n"
    assert told(an_inject(["EST"], words, title="Press\nrelease\n")) == (
        "Press release.\nFor release:\n\n1. The port is open.\n- at night\n(Cable, 8 March: CERT Estonia, to Estonia.)"
    )


def test_a_long_inject_is_cut_at_a_line_where_it_has_no_sentences():
    lines = told(an_inject(["all"], "- one more point of many\n" * 20)).split("\n")
    assert set(lines[1:-1]) == {"- one more point of many"} and 5 < len(lines) < 12


def test_a_long_inject_is_cut_at_a_sentence():
    assert told(an_inject(["all"], "One is here. " * 40)).count("One is here.") < 20


# ------------------------------------------------------------------------------------------------------------- beliefs


def test_beliefs_are_told_in_words_and_ranges():
    words = told(assessed({"USA": 0.95, "GBR": 0.91, "FRA": 0.8, "DEU": 0.2, "ITA": 0.3, "ESP": 0.1}))
    assert words.replace("\N{NO-BREAK SPACE}", " ") == (
        "Is Russia behind the attack on the Baltic grid? The United States and the United Kingdom are nearly certain "
        "(91 to 95 %), France is confident (80 %) and three states are doubtful (10 to 30 %)."
    )


def test_a_belief_that_did_not_change_is_not_told_again():
    narrator = Narrator(a_loaded())
    told(assessed({"USA": 0.95, "GBR": 0.91}), narrator=narrator)
    assert told(assessed({"USA": 0.96, "GBR": 0.92}), narrator=narrator) == ""


def test_only_those_who_changed_their_mind_are_named():
    narrator = Narrator(a_loaded())
    told(assessed({"USA": 0.95, "GBR": 0.5, "DEU": 0.2}), narrator=narrator)
    words = told(assessed({"USA": 0.95, "GBR": 0.8, "DEU": 0.2}), narrator=narrator)
    assert "The United Kingdom becomes confident" in words
    assert "Germany" not in words and "2 of 3 are now at least confident" in words


def test_states_that_lose_confidence_are_told_too():
    narrator = Narrator(a_loaded())
    told(assessed({"USA": 0.95, "GBR": 0.8, "DEU": 0.2}), narrator=narrator)
    assert "The United Kingdom is only unsure now" in told(
        assessed({"USA": 0.95, "GBR": 0.6, "DEU": 0.2}), narrator=narrator
    )


# ----------------------------------------------------------------------------------------------- consultations, texts


def called(terms, form="g7_leaders"):
    """That Estonia takes the grid to a format."""
    payload = {"format": form, "members": ["USA", "FRA", "DEU"], "probability": 0.5, "due_day": 20, "terms": terms}
    return an_event("consultation_called", "EST", **payload)


def a_format(utility=0.5, **terms):
    """The terms of one format."""
    known = dict.fromkeys(("mandate", "reputation", "coverage", "days", "veto", "duplication"), 0.0)
    return {**known, **terms, "utility": utility, "probability": 0.5}


def proposed(text, rung):
    """A draft before the G7."""
    positions = {"USA": 0.9, "FRA": 0.6, "DEU": 0.2}
    return an_event(
        "text_proposed", format="g7_leaders", round=1, text=text, rung=rung, positions=positions, salience={}
    )


def a_break(by, before, rung_before, after, rung_after):
    """Silence is broken, and the text softened."""
    payload = {"text_before": before, "text_after": after, "rung_before": rung_before, "rung_after": rung_after}
    return an_event("silence_broken", format="g7_leaders", round=1, by=by, **payload)


def adopted(text, rung, supporters=("USA", "FRA", "DEU"), days=12):
    """A text that the G7 adopts."""
    payload = {"text": text, "rung": rung, "supporters": list(supporters), "capability_share": 0.7}
    return an_event("text_adopted", format="g7_leaders", days_since_incident=days, **payload)


def test_the_call_says_who_where_and_why_there():
    words = told(called({"g7_leaders": a_format(days=0.5), "eu_cfsp": a_format(days=-1.0)}))
    assert words == (
        "Estonia takes the attack on the Baltic grid to the G7 rather than to the EU Council: it is quick. "
        "Its text is due by 23 March."
    )


def test_a_call_that_surprises_says_what_was_to_be_expected():
    words = told(called({"g7_leaders": a_format(0.1), "eu_cfsp": a_format(0.9)}))
    assert "though the EU Council was more to be expected" in words


def test_the_only_format_open_is_called_so():
    assert "the G7, the only format open to it" in told(called({"g7_leaders": a_format()}))


def test_a_text_of_the_first_day_is_not_said_to_come_after_no_days():
    assert "is adopted by the G7 on the day the incident began, with" in told(adopted(0.6, "naming", days=0))


def test_a_broken_silence_says_what_it_cost_the_text():
    broken = a_break(["DEU"], 0.6, "naming", 0.4, "solidarity")
    words = told(proposed(0.6, "naming"), broken, adopted(0.4, "solidarity"))
    assert "Germany breaks silence, and what was a text that names Russia becomes a text of solidarity." in words
    assert "A text of solidarity is adopted twelve days after the incident began" in words


def test_a_break_that_moves_no_rung_is_told_as_wording():
    broken = a_break(["DEU", "FRA"], 0.6, "naming", 0.55, "naming")
    assert "Germany and France break silence, and the wording is softened." in told(proposed(0.6, "naming"), broken)


def test_an_adopted_text_says_who_stands_behind_it_and_who_does_not():
    events = [called({"g7_leaders": a_format()}), proposed(0.6, "naming")]
    assert "with all three states and" in told(*events, adopted(0.6, "naming"))
    assert "with 2 of 3 states (not Germany) and" in told(*events, adopted(0.6, "naming", ["USA", "FRA"]))


def test_a_leak_is_told():
    words = told(an_event("consultation_leaks", seats=30))
    assert words == "What was said in confidence on the attack on the Baltic grid leaks to the press."


def test_a_consultation_that_fails_says_why():
    failed = an_event("text_failed", format="g7_leaders", why="nothing was left that all could live with")
    assert "ends without a text: nothing was left that all could live with." in told(proposed(0.05, "silence"), failed)


# ----------------------------------------------------------------------------------------------------------- responses


def test_states_that_do_the_same_share_a_sentence():
    words = told(*(decided(code) for code in ("EST", "LVA", "LTU", "POL")))
    assert words == (
        "Four states publicly name the culprit, with effect from 2 April: Estonia, Latvia, Lithuania and Poland."
    )


def test_long_lists_are_cut():
    many = ["ALB", "BEL", "BGR", "CAN", "CZE", "DEU", "DNK", "ESP", "EST", "FIN"]
    assert "and 4 others" in told(*(decided(code) for code in many))


def test_who_follows_through_a_text_is_told_apart():
    words = told(decided("EST"), decided("LVA"), decided("JPN", covered_by="g7_leaders"))
    assert "Estonia and Latvia publicly name the culprit" in words
    assert "Japan follows through the G7" in words


def test_what_moves_many_is_told_once():
    reasons = {"confidence": 0.8, "peer": 0.4, "cost": -0.9}
    words = told(*(decided(code, terms=reasons) for code in ("EST", "LVA", "LTU")))
    assert "what moves them is above all the evidence and the company they are in" in words


def test_later_joiners_are_counted_with_the_earlier():
    narrator = Narrator(a_loaded())
    told(decided("EST"), decided("LVA"), narrator=narrator)
    assert "4 in all" in told(decided("LTU", turn=2), decided("POL", turn=2), turn=2, narrator=narrator)


def test_one_actor_with_several_responses_gets_one_clause():
    words = told(decided("EST"), decided("EST", "demarche"))
    assert words == "Estonia publicly names the culprit and summons the ambassador (2 April)."


def test_doing_nothing_is_not_told():
    assert told(decided("EST", "no_action")) == ""


def test_an_effect_is_told_when_it_comes_in_a_later_turn_only():
    narrator = Narrator(a_loaded())
    incidents = an_event("response_acts", "EST", phase="settle", response="demarche")
    assert "takes effect" not in told(decided("EST", "demarche"), incidents, narrator=narrator)
    later = told(
        an_event("response_acts", "EST", turn=2, phase="settle", response="demarche"), turn=2, narrator=narrator
    )
    assert later == "What was decided earlier takes effect: demarche or summoning the ambassador by Estonia."


# --------------------------------------------------------------------------------------------- adversaries and the end


def test_a_move_is_told_with_its_reason_and_not_again():
    narrator = Narrator(a_loaded())
    terms = {"persist": {"gain": 0.1, "opening": 0.0}, "divide": {"gain": 0.1, "opening": 0.6}}
    words = told(moved("divide", target="HUN", terms=terms), narrator=narrator)
    assert words == "Russia courts and squeezes Hungary, since disunity invites it."
    assert told(moved("divide", target="HUN", turn=2), turn=2, narrator=narrator) == ""


@pytest.mark.parametrize("move", ["stop", "persist", "escalate", "widen"])
def test_a_move_with_the_incident_does_not_say_whose_it_is(move):
    assert "Russia" not in told(moved(move, target="LVA" if move == "widen" else None))


def test_an_escalation_is_told_over_the_incidents_that_grow_worse():
    narrator = Narrator(a_loaded())
    told(ends(harm=0.5), narrator=narrator)
    assert "Matters grow worse over the attack on the Baltic grid." in told(
        moved("escalate", turn=2), ends(harm=0.7, turn=2), turn=2, narrator=narrator
    )


def test_the_end_of_a_turn_is_one_line_with_directions():
    narrator = Narrator(a_loaded())
    told(ends(), narrator=narrator)
    words = told(ends(tension=0.45, harm=0.5, readiness=0.8, turn=2), turn=2, narrator=narrator)
    assert words == (
        "At the end of the turn tension is high: tension 0.45 (up from 0.30), harm 0.50 (as before), "
        "readiness 0.80 (down from 0.90)."
    )


def test_projects_are_told_by_their_names():
    yes = an_event("project_decided", incident=None, project="coop_cyber", outcome="agreed", by=[])
    no = an_event("project_decided", incident=None, project="coop_tokyo_office", outcome="blocked", by=["FRA"])
    assert told(yes, no) == "NATO and its partners agree on cyber together. France blocks Tokyo office."


def test_the_closing_has_measures_principles_and_questions():
    record, loaded = a_record(), a_loaded()
    end = hot_wash(record, loaded)
    assert len(end.truth) == 2 and len(end.questions) == 2
    assert {row.name for row in end.measures} == set(record.measures)
    assert all(row.baseline for row in end.measures)
    assert [principle.key for principle in end.principles] == [principle.key for principle in record.scorecard]
    assert next(row.value for row in end.measures if row.name == "victims_held") == "does not apply"


def test_a_run_without_another_arm_has_no_second_column():
    record = Record("a", "A", "", 1, 0, "2025-03-03", 1, 30, measures={"harm": 1.0})
    assert [row.baseline for row in hot_wash(record, a_loaded()).measures] == [""]
