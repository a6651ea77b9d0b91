"""Some paths say whether a thing is there at all: a project, a format, a response, a seat, a participant."""

import pytest

from sim.engine import play
from sim.errors import InputError
from sim.scenario import from_document, load, set_path, varied
from sim.scenario.paths import find

LOADED = load("cyber_incident")
ABSENT = "cooperation.coop_space"


def switched(path, value, **more):
    return varied(LOADED, {path: value, **more})


@pytest.mark.parametrize(
    "path",
    [
        "cooperation.coop_cyber", "formats.nac_art4", "responses.public_attribution", "formats.nac_art4.members.FRA",
        "participants.UKR",
    ],
)  # fmt: skip
def test_what_is_there_can_be_switched_off_and_on_again(path):
    assert find(LOADED.document, path).value == "on"
    off = switched(path, "off")
    assert find(off.document, path).value == "off" and off.digest != LOADED.digest
    assert find(set_path(off.document, path, "on"), path).value == "on"
    assert play(off, seed=1).outcomes.measures["harm"].shape == (1,)


def test_what_is_on_already_changes_nothing():
    assert switched("cooperation.coop_cyber", True).document == LOADED.document


def test_a_project_that_is_not_there_is_put_to_a_decision():
    assert find(LOADED.document, ABSENT).value == "off"
    assert {"project": "coop_space", "turn": 1} in switched(ABSENT, "on").document["cooperation"]


def test_other_values_of_what_is_switched_may_be_set_either_way():
    months = {"cooperation.coop_cyber.months_before": 3}
    assert "coop_cyber" not in str(switched("cooperation.coop_cyber", "off", **months).document["cooperation"])
    assert "cyber_together" not in switched("cooperation.coop_cyber", "off").scenario.levers
    assert varied(LOADED, {f"{ABSENT}.turn": 3, ABSENT: "on"}).document["cooperation"][-1]["turn"] == 3


def test_a_member_of_a_body_leaves_it_with_the_exercise():
    from sim.scenario import resolve_members

    loaded = switched("participants.FRA", "off")
    codes = resolve_members(loaded.scenario.participants, loaded.library, loaded.scenario.first_day)
    assert "FRA" not in codes and "DEU" in codes and "NATO" in codes


def test_a_seat_is_given_to_somebody_who_had_none():
    path = "formats.nac_art4.members.JPN"
    assert find(LOADED.document, path).value == "off"
    assert "JPN" in switched(path, "on").scenario.own_formats["nac_art4"].members


@pytest.mark.parametrize(
    "path, value, said",
    [
        ("cooperation.coop_spce", "on", "Did you mean 'coop_space'?"),
        ("formats.nac_art44", "on", "Did you mean 'nac_art4'?"),
        ("participants.UKX", "off", "Did you mean 'UKR'?"),
        ("participants", "off", "cannot be varied"),
        ("formats.nac_art4", "maybe", "one of: on, off"),
        ("participants.KOR", "off", "takes no part"),
    ],
)
def test_what_leads_nowhere_earns_advice(path, value, said):
    with pytest.raises(InputError) as caught:
        switched(path, value)
    assert said in str(caught.value)


def test_an_empty_list_of_formats_is_none_of_them_and_one_can_be_added():
    document = {**LOADED.document, "formats": []}
    assert find(document, "formats.unilateral").value == "off"
    assert set_path(document, "formats.unilateral", "on")["formats"] == ["unilateral"]
    assert varied(from_document(document), {"formats.unilateral": "on"}).scenario.formats == ["unilateral"]
