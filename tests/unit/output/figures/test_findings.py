"""Titles say what was found, and what they say is so."""

import dataclasses

import numpy as np
from matplotlib.text import Text

from sim.engine import play
from sim.output.figures import many, style
from sim.output.figures.actor_style import ActorStyle
from sim.output.figures.run import consultation, course, joining, story
from sim.phrases import in_words
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
    record = a_record(turns=60, days=7)
    moments = story.moments_of(record, ActorStyle(loaded))
    shown = story.most_telling(moments, story.Layout(record), 9.0)
    assert {one.kind for one in moments} == {one.kind for one in shown}
    assert shown == sorted(shown, key=lambda one: (one.turn, one.day))
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
    page = course.compose_belief(a_record(incidents=1), a_loaded())
    last = a_record(incidents=1).of_kind("assessment")[-1]
    sure = sum(share >= 0.5 for share in last.payload["confidence"].values())
    assert f"At the end {sure} of 42 states think" in page.title


def test_of_several_incidents_belief_says_in_how_many_most_became_sure():
    record, page = a_record(), course.compose_belief(a_record(), a_loaded())
    ends = {event.incident: event.payload["confidence"].values() for event in record.of_kind("assessment")}
    most = sum(sum(end >= 0.5 for end in known) > len(known) / 2 for known in ends.values())
    assert f"in {'all two' if most == 2 else f'{in_words(most)} of two'} incidents" in page.title


def test_a_text_is_told_with_its_incident_whom_it_names_and_how_many_stand_behind_it():
    record, loaded = a_record(), a_loaded()
    told = [one.words for one in story.moments_of(record, ActorStyle(loaded)) if one.kind == "text"]
    for event in record.of_kind("text_adopted"):
        behind = f"{len(event.payload['supporters'])} of "
        names = {"naming": ": naming Russia, ", "measures": ": measures against Russia, "}
        says = names.get(event.payload["rung"], f": {event.payload['rung']}, ")
        says = says.replace("Russia", "China") if event.incident == "import_ban" else says
        assert any(says in words and behind in words for words in told), (event.payload, told)


def test_the_consultation_that_went_furthest_is_drawn():
    record, loaded = a_record(), a_loaded()
    best = max(record.of_kind("text_adopted"), key=lambda event: event.payload["text"])
    for shape in (style.TALL, style.WIDE):
        page = consultation.compose(record, loaded, shape=shape)
        words = [text.get_text() for text in page.figure.findobj(Text)]
        assert any(f"({best.payload['text']:.2f}), {len(best.payload['supporters'])} of " in one for one in words)


def test_where_texts_pass_by_votes_nobody_breaks_silence():
    loaded = a_loaded()
    for one in loaded.library.formats.values():
        object.__setattr__(one, "rule", "qmv")
    page = consultation.compose(a_record(incidents=1), loaded)
    assert "broke silence" not in page.title + page.alt and "Hungary objected" in page.title


def test_nobody_is_said_to_join_most_often_who_shares_that_place():
    found = outcomes()
    even = {incident: {response: dict.fromkeys(shares, 0.75) for response, shares in table.items()}
            for incident, table in found.joined.items()}  # fmt: skip
    page = many.compose_joined(dataclasses.replace(found, joined=even), a_loaded())
    assert "most often" not in page.title


def test_what_the_portfolio_itself_costs_is_not_counted_as_worse():
    found, dear = outcomes(), np.full(200, 40.0)
    costs = {"cooperation_cost": dear, "projects_failed": dear / 40}
    nothing = {name: 0 * values for name, values in costs.items()}
    more = dataclasses.replace(
        found, measures=found.measures | costs, baseline_measures=found.baseline_measures | nothing
    )
    assert many.compose_measures(more, a_loaded()).title == many.compose_measures(found, a_loaded()).title


def test_measures_without_a_difference_are_neither_better_nor_worse():
    found = outcomes()
    same = dataclasses.replace(found, baseline_measures=dict(found.measures))
    title = many.compose_measures(same, a_loaded()).title
    assert title == "With the cooperation no measures clearly better, none worse than without"


def test_what_stays_at_nothing_is_said_and_not_drawn():
    record = a_record()
    events = [
        dataclasses.replace(event, payload={**event.payload, "pressure": {**event.payload["pressure"], "CHN": 0.0}})
        if event.kind == "turn_ends"
        else event
        for event in record.events
    ]
    page = course.compose_pressure(dataclasses.replace(record, events=tuple(events)), a_loaded())
    assert "At zero throughout: China" in page.caption
    assert not any("China" in text.get_text() for text in page.figure.findobj(Text) if "At zero" not in text.get_text())


def test_pressure_names_the_adversary_that_felt_most():
    assert "pressure on Russia reached 1.00" in course.compose_pressure(a_record(), a_loaded()).title


def test_the_scorecard_counts_only_what_was_tested():
    assert course.scorecard_title(a_scorecard()).startswith("two of five principles kept")
    assert "not tested" in course.scorecard_alt(a_scorecard())


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
