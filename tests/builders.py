"""Small scenarios and a small library for tests: each call says only what matters to the test.

    a_scenario()                                        one cyber act on Estonia, six states, three turns
    a_scenario(turns=5, linkage=0.9)                    the same, with other fields of the schema
    a_scenario(act={"difficulty": 0.9})                 its incident changed
    a_scenario(acts=[an_incident(), an_incident("wine", by="CHN", victims={"JPN": 0.3}, issue="coercion")])
    a_scenario(injects=[an_inject(to=["EST"])])
    a_scenario(participants=["NATO", "group:ip4", "RUS", "CHN"], library=None)    with the library that ships

Keywords are the fields of `sim.scenario.schema.Scenario`, as they would be written in YAML, plus a few short cuts:
`turns` may be a number, `days` is the length of a turn, `incident` changes the one incident. What they build has passed
every check, and a keyword that is not in the schema is refused with the same advice that a file would earn.

`a_library()` is eight states, NATO, the EU, five groups, four formats, five responses and two projects. Its figures
are made up and round, apart from the model's coefficients, which are those of `scenarios/library/behaviour.yaml`.
`A_BODY_OF_TEXT` and `a_document()` are the same scenario as YAML and as plain data.
"""

import copy
import datetime
from functools import cache
from pathlib import Path

from sim.scenario import Loaded, from_document, scenarios_folder
from sim.scenario.library_schema import Library
from sim.scenario.reader import read

SMALL = object()
COMMON = ["EST", "LVA", "DEU", "GBR", "USA"]


def a_scenario(library=SMALL, days: int = 30, incident: dict | None = None, **changes) -> Loaded:
    """A small scenario, loaded: everything checked, ready to be played. `library=None` takes the one that ships."""
    return from_document(
        a_document(days=days, incident=incident, **changes),
        name="small",
        library=a_library() if library is SMALL else library,
    )


def a_document(days: int = 30, incident: dict | None = None, **changes) -> dict:
    """The small scenario as plain data, with changes."""
    document = {
        "title": "Night in the grid",
        "summary": "Somebody switches off the lights in Estonia.",
        "start": "2024-03-04",
        "turns": {"count": 3, "days": days},
        "participants": ["EST", "DEU", "USA", "JPN", "RUS", "CHN"],
        "incidents": [an_incident(**(incident or {}))],
    }
    if isinstance(changes.get("turns"), int):
        changes["turns"] = {"count": changes["turns"], "days": days}
    return {**document, **copy.deepcopy(changes)}


def an_incident(id: str = "grid", **changes) -> dict:
    """An incident: Russia against Estonia's grid unless changed."""
    return {
        "id": id,
        "name": "Attack on the grid",
        "issue": "cyber",
        "by": "RUS",
        "victims": {"EST": 0.5},
        "difficulty": 0.4,
        "publicness": 0.5,
        **changes,
    }


def an_inject(id: str = "blackout", **changes) -> dict:
    """An inject to all in turn 1 unless changed."""
    return {
        "id": id,
        "title": "The lights go out",
        **({} if "date" in changes else {"turn": 1}),
        "sender": "Grid operator",
        "to": ["all"],
        "channel": "cable",
        "text": "A third of the country is without power.",
        **changes,
    }


@cache
def a_library() -> Library:
    """The small library."""
    return Library.model_validate({**a_library_document(), **_coefficients()})


def a_library_document() -> dict:
    """The small library as plain data, without the coefficients of the model."""
    return {
        "states": {code: _state(code, *facts) for code, facts in STATES.items()},
        "groups": {
            "nato": _group("North Atlantic Treaty Organisation", {code: {} for code in COMMON}),
            "eu": _group("European Union", {"EST": {}, "LVA": {}, "DEU": {}, "GBR": {"until": "2020-01-31"}}),
            "ip4": _group("Indo-Pacific partners", {"JPN": {}}, is_the_four=True),
            "g7": _group("Group of Seven", {code: {} for code in ("DEU", "GBR", "USA", "JPN")}),
            "five_eyes": _group("Five Eyes", {code: {} for code in ("GBR", "USA")}, names_culprits=True),
        },
        "bodies": {
            "NATO": {"name": "NATO", "adjective": "NATO", "group": "nato", "theatre": "atlantic", "source": "made_up"},
            "EU": {
                "name": "European Union",
                "adjective": "EU",
                "group": "eu",
                "theatre": "atlantic",
                "source": "made_up",
            },
        },
        "formats": {
            "nac": _format("North Atlantic Council", "alliance", ["NATO"], "consensus", (1, 7, 60), body="NATO"),
            "eu_council": _format("EU Council", "union", ["EU"], "unanimity", (2, 20, 120), body="EU"),
            "g7": _format("G7", "club", ["group:g7"], "consensus", (1, 5, 30)),
            "nato_ip4": _format(
                "NATO and the four partners",
                "partnership",
                ["NATO", "group:ip4"],
                "consensus",
                (5, 30, 90),
                for_the_four=True,
            ),
        },
        "responses": {
            "joint_statement": _response(
                "Joint statement", "joins a statement", "diplomatic", "solidarity", 0.0, 1, kind="words"
            ),
            "public_attribution": _response(
                "Attribution", "names the culprit", "attribution", "naming", 0.7, 2, kind="naming"
            ),
            "sanctions": _response("Sanctions", "imposes sanctions", "sanctions", "measures", 0.8, 3, kind="measures"),
            "response_team": _response(
                "Response team", "sends a team", "operational", "solidarity", 0.0, 2, kind="support"
            ),
            "trade_aid": _response("Trade aid", "buys what is refused", "trade", "solidarity", 0.0, 3, kind="support"),
        },
        "cooperation": {
            "coop_cyber": _project("Cyber defence together", "discriminability"),
            "coop_exchange": _project("Information exchange", "sharing"),
        },
        "sources": {"made_up": {"title": "Made up for tests"}, "judgement": {"title": "A judgement"}},
    }


STATES = {
    "DEU": ("Germany", "German", "ally", "atlantic", 83, 4500),
    "EST": ("Estonia", "Estonian", "ally", "atlantic", 1.4, 40),
    "GBR": ("United Kingdom", "British", "ally", "atlantic", 67, 3300),
    "LVA": ("Latvia", "Latvian", "ally", "atlantic", 1.9, 45),
    "USA": ("United States", "American", "ally", "both", 335, 27000),
    "JPN": ("Japan", "Japanese", "partner", "pacific", 125, 4200),
    "CHN": ("China", "Chinese", "adversary", "pacific", 1410, 18000),
    "RUS": ("Russia", "Russian", "adversary", "atlantic", 144, 2000),
}
ALSO = {"GBR": ["UK", "Great Britain"], "USA": ["US", "America"]}


def _figure(value) -> dict:
    return {"value": value, "year": 2023, "source": "made_up"}


def _judgement(value, low, high) -> dict:
    return {"value": value, "source": "judgement", "range": [low, high], "why": "made up for tests"}


def _state(code, name, adjective, role, theatre, population, gdp) -> dict:
    state = {
        "name": name,
        "also": ALSO.get(code, []),
        "adjective": adjective,
        "role": role,
        "theatre": theatre,
        "population_m": _figure(population),
        "gdp_usd_bn": _figure(gdp),
        "defence_usd_bn": _figure(gdp * 0.02),
        "gci": _figure(95),
    }
    if role != "adversary":
        state["exposure"] = {"CHN": {"trade_pct_gdp": _figure(5)}, "RUS": {"trade_pct_gdp": _figure(2)}}
        state["unfavourable"] = {"CHN": _figure(70), "RUS": _figure(85)}
        state["ideal_point"] = {"2024": _figure(1.2)}
    else:
        state["ideal_point"] = {"2024": _figure(-1.0)}
    if code == "RUS":
        state["trade_fell_in"] = 2022
    if code in ("EST", "LVA"):
        state["borders"] = ["RUS"]
        state["qmv_population_share_pct"] = _figure(0.4)
    if code == "DEU":
        state["qmv_population_share_pct"] = _figure(18.6)
    return state


def _group(name, members, **more) -> dict:
    return {"name": name, "source": "made_up", "members": members, **more}


def _format(name, kind, members, rule, days, **more) -> dict:
    issues = ("cyber", "fimi", "coercion", "edt", "space", "infra", "military", "consult", "learn")
    return {
        "name": name,
        "short": name,
        "kind": kind,
        "members": members,
        "mandate": dict.fromkeys(issues, 3),
        "reputation": {issue: _judgement(0.6, 0.4, 0.8) for issue in issues},
        "rule": rule,
        "days": dict(zip(("min", "typical", "max"), days, strict=True)),
        "outputs": ["joint_statement", "public_attribution", "sanctions"],
        "sources": ["made_up"],
        **more,
    }


def _response(name, phrase, category, rung, attribution_min, cost, kind) -> dict:
    return {
        "name": name,
        "phrase": phrase,
        "category": category,
        "kind": kind,
        "rung": rung,
        "users": ["state", "EU", "NATO"],
        "issues": ["cyber", "fimi", "coercion", "infra", "military"],
        "attribution_min": attribution_min,
        "lead_days": {"min": 1, "typical": 10, "max": 60},
        "cost": cost,
        "pressure": cost - 1,
        "signal": 3,
        "resilience": 1 if attribution_min else 2,
        "escalation": {"goldstein": -2 if attribution_min else 2, "risk": cost - 1},
        "accuses": attribution_min > 0,
        "sources": ["made_up"],
    }


def _project(name, on) -> dict:
    return {
        "name": name,
        "short": name,
        "article_role": "named_area",
        "cost_eur_m": _judgement(10, 5, 20),
        "first_output_months": _judgement(6, 3, 12),
        "full_months": _judgement(24, 12, 48),
        "p_fail": _judgement(0.1, 0.05, 0.2),
        "formats": ["nato_ip4"],
        "veto_risk": _judgement(0.05, 0.01, 0.1),
        "effects": [{"on": on, "amount": _judgement(0.1, 0.05, 0.2)}],
        "sources": ["made_up"],
    }


def _coefficients() -> dict:
    return read(scenarios_folder() / "library" / "behaviour.yaml").plain()


A_DAY = datetime.date(2024, 3, 4)
A_BODY_OF_TEXT = """\
title: Night in the grid
summary: Somebody switches off the lights in Estonia.
start: 2024-03-04
turns: {count: 3, days: 30}
participants: [EST, DEU, USA, JPN, RUS, CHN]
incidents:
  - id: grid
    name: Attack on the grid
    issue: cyber
    by: RUS
    victims: {EST: 0.5}
    difficulty: 0.4
    publicness: 0.5
"""


def a_file(folder: Path, text: str = A_BODY_OF_TEXT, name: str = "crisis.yaml") -> Path:
    """A file with some YAML in a folder."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
