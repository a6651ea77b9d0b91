"""Invented states that belong to alliances, and groups that only one exercise has."""

import numpy as np
import pytest

from sim.engine import play
from sim.errors import InputError
from sim.model.inputs import build_inputs
from sim.phrases import Names
from sim.policies.seating import role_of
from sim.scenario import notes_on, varied
from tests.builders import a_scenario, an_inject

BALTIA = {"name": "Baltia", "adjective": "Baltian", "theatre": "atlantic", "economy": 0.05, "member_of": ["nato"]}
GROSLAND = {"name": "Grosland", "adjective": "Groslandic", "theatre": "atlantic", "role": "adversary"}


def baltia(**changes):
    return a_scenario(
        library=None,
        participants=["XAA", "USA", "FIN", "POL", "JPN", "XAB"],
        actors={"XAA": {**BALTIA, **changes}, "XAB": GROSLAND},
        incident={"by": "XAB", "issue": "military", "victims": {"XAA": 0.6}, "is_physical": True},
    )


def alone(**changes):
    """With Article 4 the only table there is."""
    return a_scenario(library=None, **{**baltia(**changes).document, "formats": ["nac_art4"]})


def seats(inputs, form):
    t = next(k for k, (_, name) in enumerate(inputs.consultations) if name == form)
    return {inputs.actors[k] for k in np.flatnonzero(inputs.consultation_voters[t])}


def test_an_invented_ally_sits_in_the_council_and_under_article_4_and_nobody_there_is_forgotten():
    inputs = build_inputs(baltia())
    assert seats(inputs, "nac_political") == seats(inputs, "nac_art4") == {"XAA", "USA", "FIN", "POL"}
    assert inputs.is_nato[inputs.index["XAA"]] and not inputs.is_partner[inputs.index["XAA"]]
    assert inputs.ties[0][inputs.index["XAA"], 0, inputs.index["USA"]] > 0


def test_article_4_is_called_over_what_is_done_to_an_invented_ally_and_not_to_an_outsider():
    inside, outside = (
        play(one, 1, runs=30).outcomes.formats["grid"] for one in (alone(), alone(member_of=[], role="other"))
    )
    assert inside["nac_art4"] > 0.5 and "nac_art4" not in outside


def test_a_membership_gives_the_role_that_goes_with_it():
    assert baltia().scenario.actors["XAA"].role == "ally"
    assert baltia(member_of=["eu"], eu_population_pct=0.4).scenario.actors["XAA"].role == "eu_member"
    with pytest.raises(InputError, match="has the role 'ally'"):
        baltia(role="other")


def test_an_invented_member_of_the_union_counts_with_its_people():
    inputs = build_inputs(baltia(member_of=["nato", "eu"], eu_population_pct=0.4))
    assert inputs.population[0, inputs.index["XAA"]] == 0.004
    with pytest.raises(InputError, match="eu_population_pct"):
        baltia(member_of=["nato", "eu"])


def test_an_ally_that_belongs_to_no_alliance_is_told():
    assert "member_of: [nato]" in " ".join(notes_on(baltia(member_of=[], role="ally")))
    assert notes_on(baltia()) == []


def test_a_body_that_takes_part_brings_whom_the_scenario_makes_its_member():
    written = {**baltia().document, "participants": ["NATO", "XAB"]}
    loaded = a_scenario(library=None, **written)
    assert "XAA" in build_inputs(loaded).actors
    assert role_of("XAA", loaded) == "member"


def test_a_group_of_its_own_stands_wherever_a_group_may():
    cell = {"blue_cell": {"name": "the blue cell", "members": ["EST", "USA"]}}
    loaded = a_scenario(groups=cell, injects=[an_inject(to=["group:blue_cell"])])
    ((_, inject, reached),) = build_inputs(loaded).msel
    assert set(reached) == {"EST", "USA"}
    assert Names(loaded).recipients(inject.id, reached) == "the blue cell"
    again = varied(loaded, {"participants.USA": "off"})
    assert again.scenario.groups["blue_cell"].members == ["EST"]


@pytest.mark.parametrize(
    "changes, said",
    [
        ({"groups": {"nato": {"name": "x", "members": ["EST"]}}}, "the library has a group 'nato' already"),
        ({"groups": {"cell": {"name": "x", "members": ["FRA"]}}}, "'FRA'"),
        ({"actors": {"JPN": {"member_of": ["natoo"]}}}, "Did you mean 'nato'"),
    ],
)
def test_a_group_that_cannot_be_is_told(changes, said):
    with pytest.raises(InputError, match=said):
        a_scenario(**changes)
