"""A path leads to one value, says what may stand there, and can be set without touching anything else."""

import numpy as np
import pytest

from sim.errors import InputError
from sim.scenario import from_document, load, set_path, shipped
from sim.scenario.paths import find, own_range, stands_alone
from tests.builders import a_library, a_scenario, an_inject

DOCUMENT = a_scenario(
    cooperation=[{"project": "coop_cyber", "months_before": 12}],
    ties=[{"between": ["EST", "JPN"], "strength": 0.2}],
    injects=[an_inject(effects=[{"on": "tension", "by": 0.1}])],
    own_formats={
        "hotline": {
            **a_library().formats["g7"].model_dump(mode="json", exclude_unset=True),
            "name": "Hotline",
        }
    },
).document


def resolved(path):
    return find(DOCUMENT, path, a_library()).value


def advice(path, value=None) -> str:
    with pytest.raises(InputError) as caught:
        resolved(path) if value is None else set_path(DOCUMENT, path, value, a_library())
    return str(caught.value)


@pytest.mark.parametrize(
    "path, value",
    [
        ("linkage", 0.5),
        ("turns.count", 3),
        ("start", "2024-03-04"),
        ("incidents.grid.difficulty", 0.4),
        ("incidents.grid.victims.EST", 0.5),
        ("incidents.grid.is_physical", False),
        ("incidents.grid.turns", None),
        ("actors.JPN.policy", None),
        ("actors.JPN.stance.CHN", None),
        ("cooperation.coop_cyber.months_before", 12),
        ("cooperation.coop_cyber.p_fail", 0.1),
        ("behaviour.precision", a_library().behaviour["precision"].value),
        ("ties.EST-JPN.strength", 0.2),
        ("ties.JPN-EST.strength", 0.2),
        ("injects.blackout.effects.1.by", 0.1),
        ("responses.public_attribution.lead_days.typical", 10),
        ("responses.public_attribution.accuses", True),
        ("states.JPN.exposure.CHN.trade_pct_gdp", 5),
        ("states.JPN.exposure.CHN.trade_pct_gdp.value", 5),
        ("states.JPN.ideal_point.2024", 1.2),
        ("states.JPN.ncpi_rank", None),
        ("formats.nac.reputation.cyber", 0.6),
        ("own_formats.hotline.days.typical", 5),
        ("own_formats.hotline.reputation.cyber", 0.6),
        ("groups.eu.members.GBR.until", "2020-01-31"),
    ],
)
def test_a_path_leads_to_its_value(path, value):
    assert resolved(path) == value


@pytest.mark.parametrize(
    "path, value",
    [
        ("linkage", 0.75),
        ("turns.count", 5),
        ("start", "2025-01-01"),
        ("capability", "equal"),
        ("incidents.grid.victims.EST", 0.25),
        ("incidents.grid.is_physical", True),
        ("actors.JPN.policy", "standard"),
        ("actors.JPN.stance.CHN", -0.5),
        ("cooperation.coop_cyber.months_before", 24),
        ("cooperation.coop_cyber.p_fail", 0.5),
        ("behaviour.precision", 4),
        ("ties.JPN-EST.strength", 0.9),
        ("injects.blackout.effects.1.by", -0.1),
        ("responses.public_attribution.lead_days.typical", 20),
        ("responses.public_attribution.accuses", False),
        ("states.JPN.exposure.CHN.trade_pct_gdp", 9),
        ("states.JPN.ncpi_rank", 9),
        ("own_formats.hotline.reputation.cyber", 0.7),
        ("groups.eu.members.GBR.until", "2021-01-31"),
    ],
)
def test_what_is_set_is_there_and_the_scenario_still_loads(path, value):
    changed = set_path(DOCUMENT, path, value, a_library())
    assert find(changed, path, a_library()).value == value
    assert DOCUMENT == a_document_again()
    loaded = from_document(changed, library=a_library())
    assert loaded.digest != from_document(DOCUMENT, library=a_library()).digest
    assert find(loaded.document, path, a_library()).value == value
    in_the_library = (
        find({}, path, loaded.library).value if path.split(".")[0] in ("states", "responses", "groups") else value
    )
    assert in_the_library == value


def a_document_again() -> dict:
    return from_document(DOCUMENT, library=a_library()).document


@pytest.mark.parametrize(
    "path, said",
    [
        ("", "Allowed: "),
        ("likage", "Did you mean 'linkage'?"),
        ("incidents", "Go on with one of: grid."),
        ("incidents.gird.difficulty", "Did you mean 'grid'?"),
        ("incidents.grid.dificulty", "Did you mean 'difficulty'?"),
        ("incidents.grid.victims.LVA", "Allowed: EST."),
        ("incidents.grid.difficulty.very", "nothing below it"),
        ("incidents.grid.demand", "Go on with one of: text, major."),
        ("incidents.0.difficulty", "Allowed: grid."),
        ("incidents..difficulty", "there is no ''"),
        ("behaviour.presicion", "Did you mean 'precision'?"),
        ("cooperation.coop_exchange.months_before", "is not in this scenario's 'cooperation'"),
        ("cooperation.coop_cyber.pfail", "Did you mean 'p_fail'?"),
        ("responses.public_atribution.cost", "Did you mean 'public_attribution'?"),
        ("states.JAP.gci", "Did you mean 'JPN'?"),
        ("states.JPN.episodes.1.start", "there is no '1'"),
        ("participants", "cannot be varied"),
        ("uncertainties.x.range", "cannot be varied"),
        ("sources.made_up.title", "cannot be varied"),
        ("formats.nac.members", "does not end at a single value"),
        ("__class__", "leads nowhere"),
        ("turns.__init__", "leads nowhere"),
    ],
)
def test_a_path_that_leads_nowhere_earns_advice(path, said):
    assert said in advice(path)


@pytest.mark.parametrize(
    "path, value",
    [
        ("linkage", 1.5),
        ("linkage", "high"),
        ("linkage", float("nan")),
        ("turns.count", float("inf")),
        ("turns.count", 0),
        ("capability", "wealth"),
        ("start", "soon"),
        ("incidents.grid.is_physical", "maybe"),
        ("responses.sanctions.cost", 6),
        ("linkage", [1]),
        ("linkage", {}),
    ],
)
def test_a_value_that_does_not_fit_earns_advice(path, value):
    assert "expected " in advice(path, value)


def test_numbers_of_numpy_are_numbers_and_whole_numbers_are_rounded():
    assert set_path(DOCUMENT, "linkage", np.float64(0.25), a_library())["linkage"] == 0.25
    assert set_path(DOCUMENT, "turns.count", np.float64(4.6), a_library())["turns"]["count"] == 5
    assert set_path(DOCUMENT, "turns.count", "4", a_library())["turns"]["count"] == 4


def test_the_librarys_own_range_is_known():
    library = a_library()
    assert own_range(find(DOCUMENT, "behaviour.precision", library), library) == library.behaviour["precision"].range
    assert own_range(find(DOCUMENT, "cooperation.coop_cyber.p_fail", library), library) == (0.05, 0.2)
    assert own_range(find(DOCUMENT, "linkage", library), library) is None
    assert own_range(find(DOCUMENT, "states.JPN.gci", library), library) is None


@pytest.mark.parametrize("name", shipped())
@pytest.mark.parametrize("end", [0, -1])
def test_what_stands_alone_of_what_varies_can_all_be_set_at_once(name, end):
    loaded = load(name)
    document = loaded.document
    for entry in [*loaded.scenario.uncertainties.values(), *loaded.scenario.levers.values()]:
        if stands_alone(find(document, entry.path, loaded.library)):  # the others are tried when the file is checked
            document = set_path(document, entry.path, (entry.choices or entry.range)[end])
    from_document(document, name)
