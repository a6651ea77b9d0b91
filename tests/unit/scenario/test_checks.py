"""What must be accepted: the refusals are in `tests/messages/`."""

import pytest

from sim.errors import InputError
from sim.scenario import from_document, load_library, shipped
from tests.builders import a_library, a_scenario, an_incident, an_inject


@pytest.mark.parametrize(
    "changes",
    [
        {"participants": ["NATO", "EU", "group:ip4", "RUS", "CHN"]},
        {"participants": ["group:nato", "EST", "RUS"]},
        {"participants": ["NATO", "JPN", "RUS"], "bodies_as": "one", "incidents": [an_incident(victims={"NATO": 0.5})]},
        {"participants": ["NATO", "EST", "RUS"], "bodies_as": "one"},
        {"participants": ["EU", "EST", "RUS"], "start": "2020-01-31", "injects": [an_inject(to=["GBR"])]},
        {"injects": [an_inject(date="2024-03-04"), an_inject("last", date="2024-06-01")]},
        {"injects": [an_inject(to=["control"]), an_inject("b", to=["group:nato", "NATO"], turn=3)]},
        {
            "injects": [
                an_inject(effects=[{"on": "tension", "by": -0.2}, {"on": "evidence", "incident": "grid", "by": 1}])
            ]
        },
        {"injects": [an_inject(effects=[{"on": "exposure", "actor": "EST", "adversary": "CHN", "by": 0.1}])]},
        {"objectives": [{"id": "a", "text": "A"}], "injects": [an_inject(objectives=["a"])]},
        {
            "incident": {
                "turn": 3,
                "turns": 10,
                "suspect": "CHN",
                "may_widen_to": ["DEU"],
                "demand": {"text": "Go", "major": True},
            }
        },
        {"formats": ["nac"], "responses": ["sanctions", "joint_statement"]},
        {"formats": [], "responses": []},
        {"cooperation": [{"project": "coop_cyber", "months_before": 0.5}, {"project": "coop_exchange", "turn": 3}]},
        {"behaviour": {"precision": 3}, "figures": {"formats.nac.days.max": 400, "responses.sanctions.rung": "naming"}},
        {"figures": {"formats.nac.days.min": 400, "formats.nac.days.typical": 500, "formats.nac.days.max": 600}},
        {"levers": {"who": {"path": "actors.JPN.policy", "choices": ["standard"], "why": "ours"}}},
        {"uncertainties": {"a": {"path": "start", "choices": ["2024-01-01", "2025-01-01"], "why": "when"}}},
        {"start": "2100-12-31", "turns": {"count": 60, "days": 366}},
        {"start": "1950-01-01", "participants": ["EST", "RUS"]},
        {"measures": ["harm"], "norm_date": "2016-01-01", "cooperation_budget_eur_m": 0},
    ],
)
def test_sound_scenarios_are_accepted(changes):
    assert a_scenario(**changes)


def test_an_invented_adversary_can_act():
    invented = {"name": "Arcadia", "adjective": "Arcadian", "role": "adversary", "theatre": "pacific"}
    scenario = a_scenario(participants=["EST", "XAA"], actors={"XAA": invented}, incidents=[an_incident(by="XAA")])
    assert scenario.scenario.incidents[0].by == "XAA"


def test_a_format_of_ones_own_can_decide_a_response_of_ones_own():
    library = a_library()
    own = library.formats["g7"].model_dump(mode="json", exclude_unset=True) | {"outputs": ["note"]}
    note = library.responses["sanctions"].model_dump(mode="json", exclude_unset=True) | {"venues": ["hotline"]}
    scenario = a_scenario(
        own_formats={"hotline": own}, own_responses={"note": note}, formats=["hotline"], responses=["note"]
    )
    assert scenario.scenario.own_formats["hotline"].outputs == ["note"]


def test_a_response_may_say_itself_which_formats_can_decide_it():
    library = a_library()
    own = library.formats["g7"].model_dump(mode="json", exclude_unset=True)
    note = library.responses["sanctions"].model_dump(mode="json", exclude_unset=True)
    changes = {"own_formats": {"hotline": own | {"outputs": []}}, "own_responses": {"note": note}}
    changes["own_responses"]["note"]["decided_in"] = ["hotline", "nac"]
    loaded = a_scenario(**changes)
    assert loaded.scenario.own_formats["hotline"].outputs == ["note"]
    assert loaded.library.formats["nac"].outputs == [*library.formats["nac"].outputs, "note"]
    assert from_document(loaded.document, library=library).digest == loaded.digest
    changes["own_responses"]["note"]["decided_in"] = ["hotlines"]
    with pytest.raises(InputError, match="no format 'hotlines'. Did you mean 'hotline'?"):
        a_scenario(**changes)


@pytest.mark.parametrize(
    "figures",
    [
        {"formats.nac.days.min": 400},
        {"responses.sanctions.lead_days.max": 1},
        {"cooperation.coop_cyber.p_fail": -0.1},
        {"states.JPN.gci": 101},
        {"states.JPN.gci": 50, "states.JPN.gci.value": 60},
    ],
)
def test_figures_that_contradict_what_stands_beside_them_are_refused(figures):
    with pytest.raises(InputError):
        a_scenario(figures=figures)


def test_the_library_that_ships_is_sound():
    assert load_library().states
    assert len(shipped()) >= 8
