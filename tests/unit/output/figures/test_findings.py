"""Titles say what was found, and what they say is so."""

from sim.engine import play
from sim.output.figures import many
from sim.output.figures.actor_style import ActorStyle
from sim.output.figures.run import consultation, course, joining, scorecard, story
from tests.builders import a_scenario, an_inject
from tests.builders_record import a_loaded, a_quiet_record, a_record, a_scorecard, outcomes


def test_the_story_says_how_many_responded_and_how_it_ended():
    page = story.compose(a_record(), a_loaded())
    assert page.title.startswith("41 of 42 states responded")
    assert "stopped" in page.title and "tension peaked at 0.28 on 21 Jul" in page.title


def test_a_run_in_which_nobody_responds_says_so():
    record, loaded = a_quiet_record(), a_loaded(turns=4)
    assert story.compose(record, loaded).title.startswith("Nobody responded, nothing stopped")
    assert joining.compose(record, loaded).title == "Nobody responded"
    assert consultation.compose(record, loaded).title == "Nobody called a consultation"


def test_the_story_keeps_a_place_for_every_kind_of_moment():
    loaded = a_loaded(turns=60, days=7)
    moments = story.moments_of(a_record(turns=60, days=7), ActorStyle(loaded))
    shown = story.most_telling(moments)
    assert {one.kind for one in moments} == {one.kind for one in shown}
    assert shown == sorted(shown, key=lambda one: one.day)
    assert len(shown) < len(moments)


def test_what_is_for_control_alone_is_no_news():
    planned = [an_inject("told", title="A rumour"), an_inject("kept", title="A cue", to=["control"])]
    loaded = a_scenario(injects=planned)
    record = play(loaded, 1, trace=True, baseline=False).records[0]
    news = [one.words for one in story.moments_of(record, ActorStyle(loaded)) if one.kind == "news"]
    assert news == ["News: A rumour"]


def test_the_consultation_counts_who_broke_silence():
    page = consultation.compose(a_record(incidents=1), a_loaded())
    assert "Hungary broke silence four times, one other state too" in page.title
    assert "Hungary and Türkiye broke silence" in page.alt


def test_the_joining_chart_names_who_was_first():
    record, loaded = a_record(states=["EST", "HUN", "JPN"], incidents=1), a_loaded()
    page = joining.compose(record, loaded)
    assert page.title == "Public attribution: all three states, Estonia and Japan first on 11 Jun"


def test_belief_counts_those_who_think_it_likely():
    page = course.compose_belief(a_record(), a_loaded())
    last = [event for event in a_record().of_kind("assessment") if event.incident == "grid_wiper"][-1]
    sure = sum(share >= 0.5 for share in last.payload["confidence"].values())
    assert f"At the end {sure} of 42 states think" in page.title


def test_pressure_names_the_adversary_that_felt_most():
    assert "pressure on Russia reached 1.00" in course.compose_pressure(a_record(), a_loaded()).title


def test_the_scorecard_counts_only_what_was_tested():
    assert scorecard.title_of(a_scorecard()).startswith("two of five principles kept")
    assert "not tested" in scorecard.alt_of(a_scorecard())


def test_measures_say_in_how_many_ways_the_cooperation_helped():
    assert many.compose_measures(outcomes(), a_loaded()).title.startswith("With the cooperation ")
    assert many.compose_measures(outcomes(baseline=False), a_loaded()).title == "What 200 runs of the exercise came to"


def test_shares_name_the_format_called_most():
    assert "North Atlantic Council in 62\u00a0% of runs" in many.compose_formats(outcomes(), a_loaded()).title


def test_every_actor_keeps_its_colour_and_marker():
    styles = ActorStyle(a_loaded())
    assert (
        len({styles.colour(code) for code in ("AUS", "JPN", "KOR", "NZL", "NATO", "EU", "RUS", "CHN", "EST", "AUT")})
        == 10
    )
    assert styles.colour("EST") == styles.colour("USA")
    assert styles.marker("EST") != styles.marker("AUT")


def test_a_scenario_can_turn_a_partner_into_somebody_else():
    styles = ActorStyle(a_loaded(actors={"JPN": {"role": "other"}}))
    assert styles.group("JPN").key == "other"
