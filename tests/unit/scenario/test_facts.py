"""Names stand for codes: of a group on a day, of a body with its members, of every state."""

import datetime

import pytest

from sim.errors import InputError
from sim.scenario import load_library, resolve_members
from tests.builders import a_library

TODAY = datetime.date(2024, 3, 4)


def meant(names, day=TODAY):
    return resolve_members(names, a_library(), day)


def test_states_come_in_the_librarys_order_and_bodies_last():
    assert meant(["USA", "NATO", "EST"]) == ("DEU", "EST", "GBR", "LVA", "USA", "NATO")
    assert meant(["USA", "EST"]) == meant(["EST", "USA", "EST"]) == ("EST", "USA")


def test_a_group_is_its_members_without_a_body():
    assert meant(["group:nato"]) == ("DEU", "EST", "GBR", "LVA", "USA")


def test_membership_holds_from_its_first_day_to_its_last():
    assert "GBR" in meant(["EU"], datetime.date(2020, 1, 31))
    assert "GBR" not in meant(["EU"], datetime.date(2020, 2, 1))
    nato = load_library().groups["nato"].members
    assert nato["FIN"].since == datetime.date(2023, 4, 4)
    for day, member in ((datetime.date(2023, 4, 3), False), (datetime.date(2023, 4, 4), True)):
        assert ("FIN" in resolve_members(["NATO"], load_library(), day)) is member


def test_any_is_every_state_and_no_body():
    assert meant(["any"]) == tuple(a_library().states)


def test_an_invented_code_is_itself():
    assert meant(["XAA", "NATO", "EST"])[-2:] == ("XAA", "NATO")


def test_an_unknown_group_earns_advice():
    with pytest.raises(InputError, match="Did you mean 'nato'"):
        meant(["group:natto"])


def test_nobody_is_nobody():
    assert meant([]) == ()


def test_the_alliance_and_the_union_have_as_many_members_as_they_should():
    library = load_library()
    assert len(resolve_members(["group:nato"], library, datetime.date(2024, 12, 31))) == 32
    assert len(resolve_members(["group:eu"], library, datetime.date(2024, 12, 31))) == 27
