"""Records, outcomes and scenarios made up for tests: the size and the shape of real ones, without playing a run.

`a_record()` is a full run with 40 states and bodies; `a_quiet_record()` one in which nothing happens; `outcomes()` many
runs; `a_loaded()` the scenario and library they belong to. Keywords show what a test cares about.
"""

import datetime
import random
from types import SimpleNamespace

import numpy as np

from sim.output.narrative.hot_wash import Stance
from sim.record import Event, Outcomes, Principle, Record
from sim.scenario.library_schema import Library
from sim.scenario.schema import Scenario

ALLIES = {
    "ALB": "Albania",
    "BEL": "Belgium",
    "BGR": "Bulgaria",
    "CAN": "Canada",
    "CZE": "Czechia",
    "DEU": "Germany",
    "DNK": "Denmark",
    "ESP": "Spain",
    "EST": "Estonia",
    "FIN": "Finland",
    "FRA": "France",
    "GBR": "United Kingdom",
    "GRC": "Greece",
    "HRV": "Croatia",
    "HUN": "Hungary",
    "ISL": "Iceland",
    "ITA": "Italy",
    "LTU": "Lithuania",
    "LUX": "Luxembourg",
    "LVA": "Latvia",
    "MKD": "North Macedonia",
    "MNE": "Montenegro",
    "NLD": "Netherlands",
    "NOR": "Norway",
    "POL": "Poland",
    "PRT": "Portugal",
    "ROU": "Romania",
    "SVK": "Slovakia",
    "SVN": "Slovenia",
    "SWE": "Sweden",
    "TUR": "Türkiye",
    "USA": "United States",
}
UNION_ONLY = {"AUT": "Austria", "CYP": "Cyprus", "IRL": "Ireland", "MLT": "Malta"}
PARTNERS = {"AUS": "Australia", "JPN": "Japan", "KOR": "South Korea", "NZL": "New Zealand"}
OTHERS = {"UKR": "Ukraine", "TWN": "Taiwan"}
ADVERSARIES = {"RUS": "Russia", "CHN": "China"}
NOT_IN_UNION = {"ALB", "CAN", "GBR", "ISL", "MKD", "MNE", "NOR", "TUR", "USA"}
UNION = [code for code in ALLIES if code not in NOT_IN_UNION] + list(UNION_ONLY)
SOFT = {"HUN": 0.12, "TUR": 0.2, "GRC": 0.3, "SVK": 0.28, "ITA": 0.4, "CYP": 0.3}
HARD = {"EST": 0.9, "LTU": 0.88, "LVA": 0.86, "POL": 0.82, "USA": 0.8, "GBR": 0.83, "CZE": 0.75}
RESPONSES = {
    "joint_statement": ("Joint statement of concern or solidarity", "joins a statement of solidarity"),
    "public_attribution": ("Public attribution to a state", "publicly names the culprit"),
    "demarche": ("Demarche or summoning the ambassador", "summons the ambassador"),
    "expulsions": ("Expulsion of diplomats or intelligence officers", "expels diplomats"),
    "cyber_sanctions": ("Targeted cyber sanctions (asset freeze, travel ban)", "imposes targeted sanctions"),
    "threat_intel_sharing": ("Rapid threat intelligence and indicator sharing", "shares threat intelligence"),
    "cyber_rapid_response_team": ("Cyber rapid response or hunt-forward team", "sends a response team"),
    "market_diversion_support": (
        "Emergency support to the coerced party (export credit, state aid, promotion)",
        "buys from the coerced party",
    ),
    "wto_case": ("WTO dispute", "brings a case to the WTO"),
    "military_posture": ("Military posture change (reinforcement, alert)", "reinforces"),
}
FORMATS = {
    "nac_political": "North Atlantic Council",
    "g7_leaders": "G7",
    "eu_cfsp": "EU Council",
    "nato_ip4_ambassadors": "NATO plus four",
    "five_eyes": "Five Eyes",
    "bilateral": "Capital to capital",
}
PROJECTS = {"coop_cyber": "Cyber together", "coop_tokyo_office": "Tokyo office"}
TERMS = "practice stake confidence peer text ask stance exposure tension cost reach".split()
MEASURES = {
    "cumulative_harm": 3.4,
    "days_to_first_response": 21.0,
    "days_to_joint_text": 63.0,
    "capability_share": 0.71,
    "strongest_text": 0.58,
    "confidence_at_decision": 0.77,
    "peak_tension": 0.63,
    "pressure": 0.41,
    "readiness": 0.88,
    "overreach": 0.21,
    "standing": 0.55,
    "transparency": 0.6,
    "cost": 14.2,
    "incidents_stopped": 1.0,
    "victims_held": float("nan"),
}

RUNG_EDGES = {"concern": 0.1, "solidarity": 0.3, "naming": 0.5, "measures": 0.75}


def a_library():
    """A library with the names of forty-odd states, some formats and some responses; its figures mean nothing."""
    roles = [(ALLIES, "ally"), (UNION_ONLY, "eu_member"), (PARTNERS, "partner"), (OTHERS, "other")]
    states = {
        code: {"name": name, "adjective": name, "role": role, "theatre": "atlantic"}
        for names, role in [*roles, (ADVERSARIES, "adversary")]
        for code, name in names.items()
    }
    days = {"min": 1, "typical": 10, "max": 60}
    formats = {
        key: {
            "name": short,
            "short": short,
            "kind": "alliance",
            "members": ["any"],
            "mandate": {"cyber": 3},
            "rule": "consensus",
            "days": days,
            "outputs": [],
            "sources": [],
        }
        for key, short in FORMATS.items()
    }
    responses = {
        key: {
            "name": name,
            "phrase": phrase,
            "category": "diplomatic",
            "rung": "concern",
            "users": ["state"],
            "issues": ["cyber"],
            "attribution_min": 0.5,
            "lead_days": days,
            "cost": 1,
            "pressure": 1,
            "signal": 1,
            "resilience": 1,
            "escalation": {"goldstein": 0, "risk": 0},
            "sources": [],
        }
        for key, (name, phrase) in RESPONSES.items()
    }
    responses["no_action"] = responses["demarche"] | {"name": "No visible action", "is_inaction": True}
    figure = {"value": 1, "source": "judgement"}
    cooperation = {
        key: {
            "name": short,
            "short": short,
            "article_role": "principle",
            "cost_eur_m": figure,
            "p_fail": figure,
            "first_output_months": figure,
            "full_months": figure,
            "formats": [],
            "veto_risk": figure,
            "sources": [],
        }
        for key, short in PROJECTS.items()
    }
    return Library.model_validate(
        {
            "states": states,
            "groups": {},
            "bodies": {},
            "formats": formats,
            "responses": responses,
            "cooperation": cooperation,
            "behaviour": {
                f"rung_{rung}": {"value": low, "source": "judgement", "why": "low", "range": [0, 1], "domain": "share"}
                for rung, low in RUNG_EDGES.items()
            },
            "sources": {},
        }
    )


def a_loaded(turns=8, days=28, title="Two theatres at once", **more):
    """What loading a scenario gives: the scenario, the library, its name and digest."""
    scenario = Scenario.model_validate(
        {
            "title": title,
            "summary": "A cyber attack on the grid in the Baltic and, weeks later, trade coercion in the Pacific.",
            "start": "2025-03-03",
            "turns": {"count": turns, "days": days},
            "participants": ["NATO", "EU", "AUS", "JPN", "KOR", "NZL", "RUS", "CHN"],
            "incidents": [
                {
                    "id": "grid_wiper",
                    "name": "Attack on the Baltic grid",
                    "issue": "cyber",
                    "by": "RUS",
                    "victims": {"EST": 0.6},
                    "difficulty": 0.5,
                    "publicness": 0.5,
                },
                {
                    "id": "import_ban",
                    "name": "Import ban on Australian goods",
                    "issue": "coercion",
                    "by": "CHN",
                    "victims": {"AUS": 0.4},
                    "turn": min(3, turns),
                    "difficulty": 0.1,
                    "publicness": 0.9,
                },
            ],
            "questions": ["Who should have spoken first?", "What would you have wanted to know earlier?"],
            **more,
        }
    )
    return SimpleNamespace(
        attached={},
        scenario=scenario,
        library=a_library(),
        document={},
        digest="3f" * 32,
        name="two_theatres",
        path=None,
    )


class _Log:
    """Events, numbered as they come."""

    def __init__(self, start, days):
        self.events, self.start, self.days = [], datetime.date.fromisoformat(start), days

    def add(self, turn, phase, kind, /, offset=0, actor=None, incident=None, **payload):
        day = (turn - 1) * self.days + offset
        date = (self.start + datetime.timedelta(days=day)).isoformat()
        self.events.append(Event(len(self.events), turn, day, date, phase, kind, actor, incident, payload))
        return day


def a_record(
    turns=8, days=28, states=None, incidents=2, seed=7, consult=True, respond=True, title="Two theatres at once"
):
    """A run in which much happens: two incidents, consultations with broken silence, dozens of responses.

    Parameters
    ----------
    turns, days : int, how many turns and how long each is
    states : list of codes, who takes part; default: 32 allies, the rest of the EU, the four partners, two others
    acts : int, one or two incidents
    consult, respond : bool, whether anybody consults, whether anybody responds
    """
    chance = random.Random(seed)
    states = states or [*ALLIES, *UNION_ONLY, *PARTNERS, *OTHERS]
    log = _Log("2025-03-03", days)
    hostile = [
        ("grid_wiper", "Attack on the Baltic grid", "cyber", "EST" if "EST" in states else states[0], 0.6, "RUS", 1),
        (
            "import_ban",
            "Import ban on Australian goods",
            "coercion",
            "AUS" if "AUS" in states else states[-1],
            0.4,
            "CHN",
            min(3, turns),
        ),
    ][:incidents]
    belief = {(incident[0], code): chance.uniform(0.2, 0.45) for incident in hostile for code in states}
    joined, due, tension = {incident[0]: set() for incident in hostile}, [], 0.12
    strongest, cumulative_harm = {incident[0]: 0.0 for incident in hostile}, {incident[0]: 0.0 for incident in hostile}
    for turn in range(1, turns + 1):
        log.add(
            turn,
            "inject",
            "inject_released",
            inject=f"inject_{turn}",
            title=_headline(turn),
            sender="Wire service",
            to=["all"],
            channel="media",
            text="Reports are coming in.",
            kind="inject",
            storyline=None,
            objectives=[],
            expects=None,
            control_notes=None,
        )
        for name, words, issue, victim, severity, suspect, first in hostile:
            if turn == first:
                log.add(
                    turn,
                    "inject",
                    "incident_begins",
                    incident=name,
                    name=words,
                    issue=issue,
                    victims={victim: severity},
                    suspect=suspect,
                )
            if turn >= first:
                _assess(log, chance, turn, name, states, belief, hard={victim, *list(HARD)[:3]})
        for name, _, _, victim, _, _, first in hostile:
            if consult and turn in (first, first + 2):
                text = _consult(log, chance, turn, name, victim, states, turn != first)
                strongest[name] = max(strongest[name], text)
        for name, _, _, _, _, suspect, first in hostile:
            if respond and turn > first:
                _respond(log, chance, turn, name, suspect, states, belief, strongest, joined, due, turn - first)
        tension = min(0.9, max(0.05, tension + chance.uniform(-0.05, 0.13) - (0.15 if turn == turns else 0)))
        for name, *_, suspect, first in hostile:
            if turn >= first:
                _move(log, chance, turn, suspect, name)
        for entry in [one for one in due if one[0] <= turn * days]:
            due.remove(entry)
            log.add(
                turn, "settle", "response_acts", entry[0] - (turn - 1) * days, entry[1], entry[2], response=entry[3]
            )
        if turn == turns and respond:
            log.add(turn, "settle", "incident_stops", days - 1, incident=hostile[0][0])
        harm = {
            name: severity * (0.97 ** (turn - first))
            if turn >= first and not (turn == turns and name == "grid_wiper" and respond)
            else 0.0
            for name, _, _, _, severity, _, first in hostile
        }
        for name in harm:
            cumulative_harm[name] += harm[name] * days / 30
        log.add(
            turn,
            "settle",
            "turn_ends",
            days,
            tension=round(tension, 3),
            perceived_threat=round(0.2 + 0.04 * turn % 1, 3),
            standing=0.5,
            transparency=0.6,
            readiness=round(0.95 - 0.01 * min(turn, 40), 3),
            linkage=0.5,
            overreach=0.2,
            pressure={incident[5]: min(1, 0.02 + len(joined[incident[0]]) * 0.015) for incident in hostile},
            harm=harm,
            cumulative_harm=dict(cumulative_harm),
            capital={code: 1.0 for code in states},
            strongest_text=dict(strongest),
            joiners={name: len(who) for name, who in joined.items()},
        )
    return Record(
        "two_theatres",
        title,
        "3f" * 32,
        seed,
        0,
        "2025-03-03",
        turns,
        days,
        tuple(log.events),
        dict(MEASURES),
        {key: value * 0.8 for key, value in MEASURES.items()},
        a_scorecard(),
    )


def a_quiet_record(turns=4, title="Nothing happens"):
    """A run in which one incident begins and nobody does anything."""
    return a_record(turns=turns, incidents=1, consult=False, respond=False, states=["EST", "HUN", "JPN"], title=title)


def an_empty_record():
    """A record without a single event."""
    return Record("empty", "Empty", "00" * 32, 1, 0, "2025-03-03", 1, 30)


def a_scorecard():
    """The principles, one of them without a score."""
    return [
        Principle("concrete_first", "Concrete and efficient first; no moonshots", 0.82, "4 of 5 projects delivered."),
        Principle(
            "unmet_need", "Meet a need quickly that would otherwise go unmet", 0.64, "21 days against 34 without."
        ),
        Principle("sustainable", "Sustainable with the resources there are", 0.35, "14 of 20 units of capital spent."),
        Principle(
            "complement", "Complement other bodies, above all the EU", 0.5, "1 of 2 acts led by the best-placed."
        ),
        Principle("values", "Values, openness, the like-minded, transparency", None, "Not put to the test."),
        Principle("core_mission", "NATO's core mission protected; no overreach", 0.88, "Readiness 0.88 at the end."),
    ]


def outcomes(runs=200, turns=8, seed=7, baseline=True):
    """What many runs came to."""
    chance = np.random.default_rng(seed)
    walk = np.clip(0.2 + np.cumsum(chance.normal(0.03, 0.06, (turns, runs)), axis=0), 0, 1)
    series = {
        "tension": walk,
        "perceived_threat": np.clip(walk * 0.6, 0, 1),
        "standing": np.clip(1 - walk, 0, 1),
        "readiness": np.clip(0.95 - walk / 5, 0, 1),
        "pressure": np.clip(walk * 0.8, 0, 1),
        "harm": walk * 1.4,
        "strongest_text": np.clip(np.round(walk * 8) / 8, 0, 1),
        "joiners": np.floor(walk * 35),
        "confidence": np.clip(walk + 0.2, 0, 1),
    }
    measures = {
        key: np.full(runs, np.nan) if value != value else value * np.exp(chance.normal(0, 0.25, runs))
        for key, value in MEASURES.items()
    }
    states = [*ALLIES, *UNION_ONLY, *PARTNERS, *OTHERS, "NATO", "EU"]
    joined = {
        incident: {
            response: {
                code: float(np.clip(HARD.get(code, SOFT.get(code, 0.5)) - 0.08 * at + chance.normal(0, 0.1), 0, 1))
                for code in states
            }
            for at, response in enumerate(RESPONSES)
        }
        for incident in ("grid_wiper", "import_ban")
    }
    formats = {
        "grid_wiper": {"nac_political": 0.62, "five_eyes": 0.2, "eu_cfsp": 0.1, "g7_leaders": 0.05},
        "import_ban": {"g7_leaders": 0.7, "bilateral": 0.28},
    }
    lower = {key: value * 0.85 for key, value in measures.items()} if baseline else None
    return Outcomes(
        "two_theatres", "Two theatres at once", "3f" * 32, seed, runs, measures, lower, series, joined, formats
    )


def _headline(turn):
    return [
        "Power fails in Tallinn",
        "Forensic report points east",
        "Customs closes ports to wine and barley",
        "Leak from the Council",
        "Minister asks partners for help",
        "Exercise announced off Kaliningrad",
        "Editorial: an Asian NATO?",
        "Talks offered in Geneva",
    ][(turn - 1) % 8]


def _assess(log, chance, turn, incident, states, belief, hard):
    for code in states:
        pull = 0.16 if code in hard else 0.02 if code in SOFT else 0.07
        belief[incident, code] = min(0.98, max(0.03, belief[incident, code] + chance.uniform(-0.05, pull * 1.5)))
    log.add(
        turn,
        "assess",
        "assessment",
        0,
        incident=incident,
        confidence={code: round(belief[incident, code], 4) for code in states},
        stake={code: 0.2 for code in states},
    )


def _consult(log, chance, turn, incident, victim, states, second):
    key = "g7_leaders" if incident == "import_ban" else "nato_ip4_ambassadors" if second else "nac_political"
    members = [code for code in states if code in ALLIES or (second and code in PARTNERS)] or list(states)
    if key == "g7_leaders":
        members = [code for code in ("CAN", "DEU", "FRA", "GBR", "ITA", "JPN", "USA") if code in states] or list(states)
    terms = {
        one: {
            "mandate": 0.75,
            "reputation": 0.6,
            "coverage": 0.8,
            "days": -1.1,
            "veto": -0.3,
            "duplication": -0.1,
            "utility": 0.65 - at / 10,
            "probability": round(0.4 - at * 0.1, 2),
        }
        for at, one in enumerate(("nac_political", "g7_leaders", "eu_cfsp"))
    }
    terms[key] = {**terms["nac_political"], "probability": 0.4}
    log.add(
        turn,
        "consult",
        "consultation_called",
        1,
        victim,
        incident,
        format=key,
        members=members,
        probability=0.4,
        due_day=(turn - 1) * log.days + 20,
        terms=terms,
    )
    positions = {
        code: round(min(1, max(0, HARD.get(code, SOFT.get(code, 0.55)) + chance.uniform(-0.08, 0.08))), 3)
        for code in members
    }
    text = round(sum(positions.values()) / len(positions) + 0.05, 3)
    for one in range(1, 4):
        salience = {code: 0.5 for code in members}
        log.add(
            turn,
            "consult",
            "text_proposed",
            2 + 4 * one,
            incident=incident,
            format=key,
            round=one,
            text=text,
            rung=_rung(text),
            positions=positions,
            salience=salience,
        )
        unhappy = [code for code in ("HUN", "TUR") if positions.get(code, 1) < text - 0.25]
        if one == 3 or not unhappy:
            break
        lower = round(text - 0.12, 3)
        log.add(
            turn,
            "consult",
            "silence_broken",
            4 + 4 * one,
            incident=incident,
            format=key,
            round=one,
            by=unhappy[: 3 - one],
            text_before=text,
            text_after=lower,
            rung_before=_rung(text),
            rung_after=_rung(lower),
        )
        text = lower
    log.add(
        turn,
        "consult",
        "text_adopted",
        20,
        incident=incident,
        format=key,
        text=text,
        rung=_rung(text),
        supporters=[code for code in members if positions[code] >= text - 0.3],
        capability_share=0.7,
        days_since_incident=(turn - 1) * log.days + 20,
    )
    return text


def _respond(log, chance, turn, incident, suspect, states, belief, strongest, joined, due, since):
    options = (
        list(RESPONSES)[:6] if incident == "grid_wiper" else ["joint_statement", "wto_case", "market_diversion_support"]
    )
    for at, response in enumerate(options):
        for code in states:
            keen = (
                HARD.get(code, SOFT.get(code, 0.5))
                - 0.09 * at
                + 0.04 * since
                - (0 if incident == "grid_wiper" else 0.2)
            )
            if (code, response) in joined[incident] or chance.random() > max(0, keen) * 0.35:
                continue
            joined[incident].add((code, response))
            effect = (turn - 1) * log.days + chance.choice((9, 16, 30, 44))
            terms = {name: round(chance.uniform(-0.5, 0.9), 3) for name in TERMS}
            terms.update(exposure=-abs(terms["exposure"]), tension=-0.1, cost=-0.2, reach=0.0)
            log.add(
                turn,
                "respond",
                "response_decided",
                3,
                code,
                incident,
                response=response,
                probability=0.4,
                effect_day=effect,
                terms=terms,
                covered_by="nac_political" if strongest[incident] > 0.4 else None,
            )
            due.append((effect, code, incident, response))
    if since == 3 and len(states) > 5:
        for body in ("NATO", "EU"):
            effect = (turn - 1) * log.days + 12
            log.add(
                turn,
                "respond",
                "response_decided",
                5,
                body,
                incident,
                response="joint_statement",
                probability=1.0,
                effect_day=effect,
                terms={},
                covered_by="nac_political",
            )
            due.append((effect, body, incident, "joint_statement"))
            joined[incident].add((body, "joint_statement"))


def _move(log, chance, turn, suspect, incident):
    move = chance.choice(("persist", "persist", "escalate", "divide", "exploit_narrative"))
    terms = {
        one: {"gain": 0.4, "pressure": -0.2, "risk": -0.1, "opening": 0.2, "utility": 0.3, "probability": 0.2}
        for one in ("stop", "persist", "escalate", "divide", "exploit_narrative")
    }
    log.add(
        turn,
        "adversary",
        "adversary_move",
        24,
        suspect,
        incident,
        move=move,
        target="HUN" if move == "divide" else None,
        probability=0.2,
        terms=terms,
    )


def _rung(text):
    return next((rung for rung, low in reversed(RUNG_EDGES.items()) if text >= low), "silence")


def stances(mistaken, rungs="naming solidarity measures", sure=(90, 80, 75), seats=("EST", "JPN", "USA"), turns=4):
    """What three people in each of some seats would say, turn by turn."""
    return [
        Stance(turn, mistaken, seat, who, rung, certain, who == "Ann")
        for turn in range(1, turns + 1)
        for seat in seats
        for who, rung, certain in zip(("Ann", "Bo", "Cy"), rungs.split(), sure, strict=True)
    ]
