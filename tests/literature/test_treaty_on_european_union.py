"""Qualified majority: Treaty on European Union, Article 16(4).

Populations in millions, 2023: World Bank, SP.POP.TOTL. The Council uses its own yearly table, a little different.
"""

from itertools import combinations

import numpy as np
import pytest

from sim.rules.consultation import qualified_majority

POPULATION_M = {
    "AUT": 9.132, "BEL": 11.78, "BGR": 6.447, "CYP": 1.345, "CZE": 10.864, "DEU": 83.287, "DNK": 5.947,
    "ESP": 48.353, "EST": 1.37, "FIN": 5.584, "FRA": 68.372, "GRC": 10.407, "HRV": 3.86, "HUN": 9.592,
    "IRL": 5.312, "ITA": 58.984, "LTU": 2.872, "LUX": 0.666, "LVA": 1.884, "MLT": 0.553, "NLD": 17.877,
    "POL": 36.687, "PRT": 10.578, "ROU": 19.061, "SVK": 5.427, "SVN": 2.12, "SWE": 10.537,
}  # fmt: skip
MEMBERS = list(POPULATION_M)
POPULATION = np.array(list(POPULATION_M.values()))
EVERYBODY = np.full(27, True)
BY_SIZE = sorted(MEMBERS, key=POPULATION_M.get, reverse=True)


def carries_with(in_favour):
    return bool(qualified_majority(np.isin(MEMBERS, list(in_favour)), POPULATION, EVERYBODY))


def carries_against(against):
    return carries_with(set(MEMBERS) - set(against))


def share(members):
    return sum(POPULATION_M[member] for member in members) / POPULATION.sum()


def test_there_are_27_with_the_published_shares():
    assert len(MEMBERS) == 27
    assert {m: round(100 * share([m]), 2) for m in ("DEU", "FRA", "ITA", "ESP", "POL", "MLT")} == {
        "DEU": 18.55, "FRA": 15.23, "ITA": 13.14, "ESP": 10.77, "POL": 8.17, "MLT": 0.12,
    }  # fmt: skip


def test_fifteen_states_are_needed():
    assert share(BY_SIZE[:14]) > 0.85
    assert not carries_with(BY_SIZE[:14])
    assert carries_with(BY_SIZE[:15])


def test_many_small_states_are_not_enough():
    smallest = BY_SIZE[-20:]
    assert share(smallest) < 0.65
    assert not carries_with(smallest)


def test_the_three_largest_hold_more_than_35_per_cent_and_cannot_block():
    assert share(["DEU", "FRA", "ITA"]) > 0.35
    assert carries_against(["DEU", "FRA", "ITA"])


@pytest.mark.parametrize("fourth", [member for member in MEMBERS if member not in ("DEU", "FRA", "ITA")])
def test_with_any_fourth_member_they_block(fourth):
    assert not carries_against(["DEU", "FRA", "ITA", fourth])


def test_no_three_members_can_block():
    trios = list(combinations(range(27), 3))
    yes = np.full((len(trios), 27), True)
    yes[np.arange(len(trios))[:, None], np.array(trios)] = False
    assert len(trios) == 2925
    assert qualified_majority(yes, POPULATION, EVERYBODY).all()


def test_four_members_block_exactly_when_they_hold_more_than_35_per_cent():
    fours = list(combinations(range(27), 4))
    yes = np.full((len(fours), 27), True)
    yes[np.arange(len(fours))[:, None], np.array(fours)] = False
    against = np.array([POPULATION[list(four)].sum() for four in fours]) / POPULATION.sum()
    assert np.array_equal(qualified_majority(yes, POPULATION, EVERYBODY), against <= 0.35)


def test_spain_poland_romania_and_the_netherlands_are_too_few_people():
    assert carries_against(["ESP", "POL", "ROU", "NLD"])


def test_one_member_alone_cannot_stop_a_qualified_majority():
    assert carries_against(["HUN"])
