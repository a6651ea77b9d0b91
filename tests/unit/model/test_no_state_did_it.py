"""An accident, a storm, an insider, criminals: incidents that no state did, while one may be suspected."""

import numpy as np
import pytest

from sim.catalogue.measures import measured
from sim.engine import play
from sim.errors import InputError
from sim.model.inputs import build_inputs
from sim.model.steps.adversary import campaigns
from sim.output.narrative.hot_wash import hot_wash
from sim.rules.attribution import confidence
from sim.scenario import varied
from tests.builders import a_scenario, an_incident, an_inject
from tests.properties.invented import played
from tests.unit.model.steps.worlds import a_world

ACCIDENT = {"by": "accident", "suspect": "RUS", "cause": "an anchor was dragged in the storm", "difficulty": 0.1}


def beliefs(runs=200, **incident):
    world = played(a_scenario(incident={**ACCIDENT, **incident}), 1, range(runs))
    state = world.state
    return confidence(state.belief[0])[:, world.inputs.index["EST"]].mean()


@pytest.mark.parametrize("by", ["accident", "storm", "insider", "criminals", "nobody"])
def test_evidence_leads_away_from_the_suspect_where_no_state_did_it(by):
    assert beliefs(by=by) < 0.4 < 0.6 < beliefs(by="RUS", cause=None)


def test_no_adversary_decides_over_what_no_state_did_and_it_is_no_others_crisis():
    inputs = build_inputs(a_scenario(incident=ACCIDENT))
    assert [campaign.incident for campaign in campaigns(inputs)] == [None, None]
    record = play(a_scenario(incident=ACCIDENT), 2, trace=True).records[0]
    assert {event.incident for event in record.of_kind("adversary_move")} <= {None}


def test_a_text_that_names_the_suspect_of_an_accident_names_a_wrong_culprit():
    world = a_world(1, incident=ACCIDENT)
    world.state.covered[0, 0, world.inputs.index["EST"]] = 0.7
    assert measured(world)["wrong_culprit"] == 1


def test_the_debrief_tells_what_it_was():
    loaded = a_scenario(incident=ACCIDENT)
    truth = hot_wash(play(loaded, 1, trace=True).records[0], loaded).truth[0]
    assert "it was not Russia but an accident: an anchor was dragged in the storm" in truth


def test_whether_anybody_did_it_can_be_what_nobody_knows():
    loaded = a_scenario(incident={"by": "RUS", "suspect": "RUS"})
    other = varied(loaded, {"incidents.grid.by": "accident"})
    assert float(build_inputs(other).incident_is_true.item()) == -1.0


def test_a_run_alone_is_its_row_of_a_batch_where_no_state_did_it():
    loaded = a_scenario(incidents=[an_incident(**ACCIDENT), an_incident("wine", by="CHN")])
    together = played(loaded, 5, range(4)).state
    alone = played(loaded, 5, [3]).state
    for name in ("belief", "tension", "effect_day", "move"):
        kept, own = getattr(together, name), getattr(alone, name)
        axis = 0 if name == "tension" else 1
        assert np.array_equal(np.take(kept, [3], axis=axis), own), name


@pytest.mark.parametrize("participants", [["EST", "DEU", "JPN", "RUS"], ["EST", "DEU", "JPN"]])
def test_an_exercise_may_have_no_incident_at_all(participants):
    portfolio = [{"project": "coop_cyber", "turn": 1}]
    loaded = a_scenario(participants=participants, incidents=[], injects=[an_inject()], cooperation=portfolio)
    result = play(loaded, 1, trace=True)
    kinds = {event.kind for event in result.records[0].events}
    assert {"inject_released", "project_decided", "turn_ends"} <= kinds
    assert not kinds & {"incident_begins", "assessment", "consultation_called", "response_decided"}
    assert hot_wash(result.records[0], loaded).truth == ()
    together, alone = (played(loaded, 5, runs).state for runs in ([0, 1, 2], [2]))
    assert together.tension[2:].tobytes() == alone.tension.tobytes()


@pytest.mark.parametrize(
    "incident, said",
    [
        ({"by": "storm"}, "needs a 'suspect', whom it looks like, such as"),
        ({"by": "nobody", "suspect": "RUS"}, "under 'cause'"),
        ({"by": "criminals", "suspect": "RUS", "demand": {"text": "Pay"}}, "goes into an inject"),
        ({"by": "accidnet", "suspect": "RUS"}, "Did you mean 'accident'"),
        ({"cause": "a storm"}, "give 'by: nobody'"),
    ],
)
def test_what_does_not_go_together_is_told(incident, said):
    with pytest.raises(InputError, match=said):
        a_scenario(incident=incident)
