"""The figures that every exercise shares are complete, hang together, and say where they come from."""

import datetime

import pytest
from pydantic import BaseModel

from sim.scenario import load_library, resolve_members
from sim.scenario.library_schema import Figure

START_OF_2025 = datetime.date(2025, 1, 1)

# As collected from the publications, typed here a second time.
FIGURES = {
    "population of Estonia, millions": (lambda one: one.states["EST"].population_m, 1.37),
    "GDP of Japan, USD billion": (lambda one: one.states["JPN"].gdp_usd_bn, 4212.9),
    "defence expenditure of the United States, USD billion": (lambda one: one.states["USA"].defence_usd_bn, 967.707),
    "cybersecurity index of South Korea": (lambda one: one.states["KOR"].gci, 98.52),
    "cyber power rank of Australia": (lambda one: one.states["AUS"].ncpi_rank, 5),
    "ideal point of Hungary, 2024": (lambda one: one.states["HUN"].ideal_point[2024], 1.423),
    "ideal point of the United States, 2020": (lambda one: one.states["USA"].ideal_point[2020], 2.53),
    "trade of Czechia with China, percent of GDP": (lambda one: one.states["CZE"].exposure["CHN"].trade_pct_gdp, 14.71),
    "import share of China in Taiwan": (lambda one: one.states["TWN"].exposure["CHN"].import_share_pct, 21),
    "Swedes with an unfavourable view of China": (lambda one: one.states["SWE"].unfavourable["CHN"], 85),
    "government effectiveness of Albania": (lambda one: one.states["ALB"].government_effectiveness, -0.155),
    "GDP of India, USD billion": (lambda one: one.states["IND"].gdp_usd_bn, 3549.9),
    "population of Vietnam, millions": (lambda one: one.states["VNM"].population_m, 100.352),
    "defence expenditure of Singapore, USD billion": (lambda one: one.states["SGP"].defence_usd_bn, 13.201),
    "cybersecurity index of Kazakhstan": (lambda one: one.states["KAZ"].gci, 93.15),
    "ideal point of Israel, 2024": (lambda one: one.states["ISR"].ideal_point[2024], 2.152),
    "import share of Russia in India": (lambda one: one.states["IND"].exposure["RUS"].import_share_pct, 10),
    "Singaporeans with an unfavourable view of Russia": (lambda one: one.states["SGP"].unfavourable["RUS"], 70),
    "cost of a Tokyo office, EUR million": (lambda one: one.cooperation["coop_tokyo_office"].cost_eur_m, 1),
}


@pytest.fixture(scope="module")
def library():
    return load_library()


def entries(thing, path=""):
    """Every model below a thing, with the path to it."""
    if isinstance(thing, BaseModel):
        yield path, thing
        for name in type(thing).model_fields:
            yield from entries(getattr(thing, name), f"{path}.{name}")
    elif isinstance(thing, dict):
        for key, value in thing.items():
            yield from entries(value, f"{path}.{key}")
    elif isinstance(thing, (list, tuple)):
        for number, value in enumerate(thing):
            yield from entries(value, f"{path}[{number}]")


def figures(library):
    return [(path, entry) for path, entry in entries(library) if isinstance(entry, Figure)]


def members(library, group, date):
    return resolve_members([f"group:{group}"], library, date)


# ---------------------------------------------------------------------------------------------------- all are there


def test_every_state_has_what_its_like_have(library):
    for code, state in library.states.items():
        assert state.population_m and state.gdp_usd_bn, code
        assert state.cyber_incidents and state.government_effectiveness, code
        assert state.gci or code == "TWN", code
        assert state.defence_usd_bn or code in ("ISL", "PRK"), code
        assert {"CHN", "RUS"} - {code} <= set(state.exposure) or state.role == "adversary", code
    voting = {code for code, state in library.states.items() if state.ideal_point and state.es11_1}
    assert voting == set(library.states) - {"TWN"}


def test_states_with_role_other_belong_to_none_of_the_bodies_and_partners(library):
    others = {code for code, state in library.states.items() if state.role == "other"}
    assert {"SGP", "IND", "PHL", "VNM", "IDN", "MYS", "THA", "ISR", "ARE", "BRA", "ZAF", "KAZ"} <= others
    for name in ("nato", "eu", "ip4", "nato_ip4", "g7", "adversaries"):
        assert not others & set(library.groups[name].members), name


@pytest.mark.parametrize("what", FIGURES)
def test_a_figure_is_the_published_one(library, what):
    find, value = FIGURES[what]
    assert find(library).value == value


def test_the_votes_on_aggression_against_ukraine_are_as_cast(library):
    votes = {code: state.es11_1 for code, state in library.states.items() if state.es11_1 != "yes"}
    against, abstained = ("RUS", "BLR", "PRK"), ("CHN", "IRN", "IND", "VNM", "ZAF", "KAZ")
    assert votes == {"TWN": None, **dict.fromkeys(against, "no"), **dict.fromkeys(abstained, "abstain")}


def test_population_shares_of_the_eu_add_up_to_a_hundred(library):
    shares = {code: state.qmv_population_share_pct for code, state in library.states.items()}
    known = {code: share.value for code, share in shares.items() if share}
    assert set(known) == set(members(library, "eu", START_OF_2025))
    assert sum(known.values()) == pytest.approx(100, abs=0.1)


# ------------------------------------------------------------------------------------------------- who belongs when


@pytest.mark.parametrize(
    "group, date, count",
    [
        ("nato", "2007-04-27", 26),
        ("nato", "2018-03-04", 29),
        ("nato", "2023-04-03", 30),
        ("nato", "2023-04-04", 31),
        ("nato", "2025-01-01", 32),
        ("eu", "2007-04-27", 27),
        ("eu", "2020-01-31", 28),
        ("eu", "2020-02-01", 27),
        ("eu", "2025-01-01", 27),
        ("g7", "2025-01-01", 7),
        ("five_eyes", "2025-01-01", 5),
        ("ip4", "2025-01-01", 4),
        ("nato_ip4", "2025-01-01", 36),
        ("nato_ip4", "2016-12-14", 0),
        ("combined_space_operations", "2025-01-01", 10),
    ],
)
def test_a_group_has_its_members_on_a_day(library, group, date, count):
    assert len(members(library, group, datetime.date.fromisoformat(date))) == count


def test_nato_and_the_eu_share_twenty_three_members(library):
    nato, eu = (set(members(library, group, START_OF_2025)) for group in ("nato", "eu"))
    assert len(nato & eu) == 23
    assert eu - nato == {"AUT", "CYP", "IRL", "MLT"}


def test_the_united_kingdom_was_in_the_eu_until_it_left(library):
    assert "GBR" in members(library, "eu", datetime.date(2019, 1, 1))
    assert "GBR" not in members(library, "eu", START_OF_2025)


def test_roles_agree_with_memberships(library):
    nato, ip4 = (set(members(library, group, START_OF_2025)) for group in ("nato", "ip4"))
    assert {code for code, state in library.states.items() if state.role == "ally"} == nato
    assert {code for code in ip4 if library.states[code].role == "partner"} == ip4
    adversaries = {code for code, state in library.states.items() if state.role == "adversary"}
    assert adversaries == set(library.groups["adversaries"].members)


# ------------------------------------------------------------------------------------------- names that are referred to


def test_every_source_exists(library):
    used = {entry.source for _, entry in entries(library) if hasattr(entry, "source")}
    used |= {key for _, entry in entries(library) for key in getattr(entry, "sources", [])}
    assert used <= set(library.sources)


def test_every_group_and_code_of_a_format_exists(library):
    known = {*library.states, *library.bodies, "any", *(f"group:{group}" for group in library.groups)}
    for key, form in library.formats.items():
        assert {*form.members, *(form.voters or [])} <= known, key


def test_groups_name_coefficients_that_exist(library):
    named = {name for group in library.groups.values() for name in (group.tie, group.sharing) if name}
    assert named <= set(library.behaviour)
    assert {name for name in library.behaviour if name.startswith("share_")} <= named


def test_every_response_is_decided_in_some_format(library):
    assert {output for form in library.formats.values() for output in form.outputs} == set(library.responses)
    assert all(response.venues is None for response in library.responses.values())


def test_projects_refer_to_formats_and_projects_that_exist(library):
    for key, project in library.cooperation.items():
        assert {*project.formats, *project.duplicates} <= set(library.formats), key
        assert set(project.depends_on) <= set(library.cooperation) - {key}, key
        assert set(project.positions) <= set(library.states), key


def test_borders_and_exposures_are_to_adversaries(library):
    adversaries = set(library.groups["adversaries"].members)
    for code, state in library.states.items():
        assert {*state.borders, *state.exposure, *state.unfavourable} <= adversaries - {code}, code
        assert {episode.by for episode in state.episodes} <= adversaries, code


def test_states_without_a_coast_are_those_on_no_sea(library):
    inland = {code for code, state in library.states.items() if not state.coast}
    assert inland == {"AUT", "CZE", "HUN", "LUX", "MKD", "SVK", "CHE", "MDA", "KAZ", "BLR"}


def test_relations_are_broken_with_adversaries(library):
    adversaries = set(library.groups["adversaries"].members)
    broken = {code: set(state.no_relations_with) for code, state in library.states.items() if state.no_relations_with}
    assert all(codes <= adversaries and code not in adversaries for code, codes in broken.items())
    assert broken["UKR"] == {"RUS", "PRK"} and broken["GEO"] == {"RUS"} and broken["USA"] == {"PRK", "IRN"}
    assert broken["TWN"] == adversaries


def test_some_format_that_decides_a_response_has_a_mandate_for_each_of_its_issues(library):
    unserved = {
        (key, issue)
        for key, response in library.responses.items()
        for issue in response.issues
        if not any(form.mandate[issue] for form in library.formats.values() if key in form.outputs)
    }
    assert unserved == set()


# ------------------------------------------------------------------------------------------------ figures are honest


def test_every_judgement_has_a_range_and_a_reason(library):
    bare = [path for path, one in figures(library) if one.source == "judgement" and not (one.range and one.why)]
    assert bare == []


def test_every_figure_lies_within_its_own_range(library):
    ranged = [(path, one) for path, one in figures(library) if one.range]
    outside = [path for path, one in ranged if not one.range[0] <= one.value <= one.range[1]]
    assert ranged and outside == []


def test_probabilities_reputations_and_dependences_lie_between_zero_and_one(library):
    shares = [figure for form in library.formats.values() for figure in form.reputation.values()]
    shares += [figure for project in library.cooperation.values() for figure in (project.p_fail, project.veto_risk)]
    shares += [one.energy for state in library.states.values() for one in state.exposure.values() if one.energy]
    assert all(0 <= figure.range[0] and figure.range[1] <= 1 for figure in shares)


def test_a_format_has_a_reputation_exactly_where_it_has_a_mandate(library):
    for key, form in library.formats.items():
        assert set(form.reputation) == {issue for issue, mandate in form.mandate.items() if mandate}, key


@pytest.mark.parametrize(
    "issue, best",
    [
        ("cyber", "adhoc_attribution"),
        ("coercion", "eu_aci"),
        ("fimi", "g7_rrm"),
        ("edt", "nato_ip4_ministers"),
        ("space", "cspo"),
        ("infra", "nac_political"),
        ("military", "nac_art4"),
        ("consult", "nato_ip4_ambassadors"),
        ("learn", "nato_coe"),
    ],
)
def test_each_issue_has_one_best_placed_format(library, issue, best):
    values = {key: form.reputation[issue].value for key, form in library.formats.items() if issue in form.reputation}
    first, second = sorted(values.values())[:-3:-1]
    assert max(values, key=values.get) == best
    assert first > second


def test_a_precedent_took_the_days_between_its_dates(library):
    dated = [one for _, one in entries(library.formats) if getattr(one, "trigger", None) and hasattr(one, "lag_days")]
    assert len(dated) == 37
    for one in dated:
        lag = datetime.date.fromisoformat(one.output) - datetime.date.fromisoformat(one.trigger)
        assert lag.days == one.lag_days, one.event


def test_a_project_works_once_on_each_quantity(library):
    for key, project in library.cooperation.items():
        works_on = [effect.on for effect in project.effects]
        assert len(works_on) == len(set(works_on)), key


def test_moonshots_fail_most(library):
    fails = {key: project.p_fail.value for key, project in library.cooperation.items()}
    moonshots = [key for key, project in library.cooperation.items() if project.is_moonshot]
    assert moonshots == ["coop_space"]
    assert max(fails, key=fails.get) in moonshots
