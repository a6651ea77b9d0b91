"""The crises of the record as scenarios, played many times, and shares of runs in which each did what.

A crisis begins where the matter could be answered: cyber operations on their first day (those found out years later on
the day they came to light), everything else on the day it became known. Its window is a year, as in the record.
"""

import datetime
from functools import cache
from pathlib import Path

import numpy as np
import yaml

from sim.engine import begin, play_out
from sim.scenario import from_document, load_library
from sim.world.setting import arrange

KINDS = (
    "statement_of_concern",
    "public_attribution",
    "sanctions_or_expulsions",
    "material_support",
    "legal_trade_action",
)
ISSUES = {
    "cyber": "cyber",
    "economic_coercion": "coercion",
    "armed_attack": "military",
    "sabotage_or_assassination": "infra",
}
DIFFICULTY = {"none": 0.9, "low": 0.75, "medium": 0.5, "high": 0.2}  # by how sure those who spoke said they were
FOUND_LATE = ("apt10_2018", "dnc_2016")
FIVE_EYES = ("USA", "GBR", "CAN", "AUS", "NZL")
PARTNERS = ("AUS", "JPN", "KOR", "NZL")
FRONTLINE = ("EST", "LVA", "LTU", "POL")
BODIES = ("NATO", "EU")
WINDOW = 364
RUNS = 100
SEED = 3


@cache
def crises():
    """The record, by id."""
    return {c["id"]: c for c in yaml.safe_load((Path(__file__).parent / "history.yaml").read_text(encoding="utf-8"))}


def scenario_of(crisis, **changes):
    """A crisis as a scenario document."""
    known = load_library().states
    hit = {code: crisis["severity"] for code in crisis["primary"] if code in known}
    hit.update({code: crisis["severity"] / 2 for code in crisis["also_hit"] if code in known and code not in hit})
    is_coercion = crisis["kind"] == "economic_coercion"
    from_start = crisis["kind"] == "cyber" and crisis["id"] not in FOUND_LATE
    act = {
        "id": "act",
        "name": crisis["name"],
        "issue": ISSUES[crisis["kind"]],
        "by": crisis["adversary"],
        "victims": hit,
        "difficulty": DIFFICULTY[crisis["certainty"]],
        "publicness": crisis["publicness"],
        "is_physical": crisis["kind"] in ("armed_attack", "sabotage_or_assassination"),
        **({"demand": {"text": "What it wants."}} if is_coercion else {"turns": 2}),
        **changes.pop("act", {}),
    }
    others = [code for code in (crisis["adversary"], *hit) if code not in ("RUS", "CHN")]
    members = {member for body in BODIES for member in load_library().groups[load_library().bodies[body].group].members}
    return {
        "title": crisis["name"],
        "summary": f"The crisis {crisis['id']} of the record.",
        "start": str(crisis["start"] if from_start else crisis["disclosed"]),
        "turns": {"count": 13, "days": 28},
        "participants": [
            *BODIES,
            *PARTNERS,
            "RUS",
            "CHN",
            *[code for code in others if code not in {*members, *PARTNERS}],
        ],
        "acts": [act],
        **changes,
    }


class Replay:
    """Many runs of one crisis."""

    def __init__(self, crisis, runs=RUNS, seed=SEED, **changes):
        self.crisis = crisis
        self.world = begin(
            arrange(from_document(scenario_of(crisis, **changes), library=load_library())), seed, range(runs)
        )
        play_out(self.world)
        self.setting, self.state = self.world.setting, self.world.state
        coded = {key: response.coded_as for key, response in load_library().responses.items()}
        self.kinds = np.array([coded[response] or "" for _, response in self.setting.options])
        self.seen = self.state.joined & (self.state.effect_day <= WINDOW)

    def did(self, kind):
        """Who did it in which run, within the window: (R, A) bool."""
        return self.seen[self.kinds == kind].any(axis=0)

    def share(self, kind, code):
        """The share of runs in which an actor did it."""
        return self.did(kind)[:, self.setting.index[code]].mean() if code in self.setting.index else 0.0

    def joiners(self, kind):
        """How many states did it in each run: (R,)."""
        return (self.did(kind) & self.setting.is_state).sum(axis=-1)

    def days(self, kind, codes=None):
        """Days from the beginning to each such act, of all runs."""
        places = [self.setting.index[code] for code in codes] if codes else slice(None)
        days = np.where(self.state.joined, self.state.effect_day, np.inf)[self.kinds == kind].min(axis=0)[:, places]
        return days[np.isfinite(days)]


@cache
def replayed(name):
    """A crisis of the record, replayed; kept for every test that asks."""
    return Replay(crises()[name])


def cells(kind, wanted=lambda crisis, code: True, with_victims=False):
    """What is known of one kind of act: rows (what was done, 0 or 1; share of runs in which the model does it)."""
    rows = []
    for name, crisis in crises().items():
        for key, value in (("did", 1.0), ("did_not", 0.0)):
            for code in crisis[key][kind]:
                if wanted(crisis, code) and (with_victims or code not in crisis["primary"]):
                    rows.append((value, replayed(name).share(kind, code)))
    return np.array(rows)


def rates(kind, wanted=lambda crisis, code: True, with_victims=False):
    """The rate in the record and in the model over the same cells, and how many cells there are."""
    rows = cells(kind, wanted, with_victims)
    return rows[:, 0].mean(), rows[:, 1].mean(), len(rows)


def year(crisis):
    decided = crisis["decided"]
    return (decided if isinstance(decided, datetime.date) else datetime.date.fromisoformat(decided)).year
