"""The crises of the record, played with several seeds: as they were, and with one thing changed.

A case is played with the coefficients as they are estimated without it, so that no pattern holds because its case was
seen. What was asked for once is kept. Rates are taken over the cells of which something is known: an actor in a case;
victims are left out unless they are the point.
"""

import datetime
import json
from dataclasses import fields
from functools import cache

import numpy as np

from sim.engine import initial_world, play, play_out
from sim.model.inputs import build_inputs
from sim.model.varying import Varied
from sim.rules.cooperation import BLOCKED
from sim.scenario import from_document, group_members, load_library
from sim.validation.backtest import coefficients_for
from sim.validation.cases import read_cases
from sim.validation.replay import INCIDENT, Played, Replay, document_of
from sim.validation.schema import KINDS, AttributionContext, Case, Severity

SPEAKING, NAMING, MEASURES = KINDS[:3]
BODIES = ("NATO", "EU")
FRONTLINE = ("EST", "LVA", "LTU", "POL")
PARTNERS = ("AUS", "JPN", "KOR", "NZL")
SEEDS = (3, 4, 5)
RUNS = 24  # of each case and seed
TOLD = 4  # of each case and seed, event by event
PRESSED = 256  # of each seed, where an adversary gives up or does not

LIBRARY = load_library()
UNTIL = datetime.date(2020, 6, 30)  # the figures of the patterns were counted over the cases decided by then
RECORD = {case.id: case for case in read_cases("cases_2007_2024").cases if case.decision_date <= UNTIL}
CYBER = [name for name, case in RECORD.items() if case.kind == "cyber"]
COERCION = [name for name, case in RECORD.items() if case.kind == "economic_coercion"]
PHYSICAL = [name for name, case in RECORD.items() if LIBRARY.codebook.kinds[case.kind].is_physical]

# An explosion of 2014 in a Czech depot, two dead, laid at Russia's door in April 2021 with little to be shown at first.
VRBETICE = Case(
    id="vrbetice-2021",
    name="Explosion in a depot at Vrbetice",
    kind="sabotage_or_assassination",
    start_date=datetime.date(2021, 4, 17),
    disclosure_date=datetime.date(2021, 4, 17),
    decision_date=datetime.date(2021, 4, 22),
    targets=["CZE"],
    primary_targets=["CZE"],
    adversary="RUS",
    severity=Severity(value=0.55),
    attribution_context=AttributionContext(publicness=0.7, certainty_at_time="medium"),
    actors={},
)
CASES = {**RECORD, VRBETICE.id: VRBETICE}


def year(case):
    """The year in which a case was decided."""
    return case.decision_date.year


def members(group, case):
    """Who belonged to a group of the library when a case became known."""
    return group_members(group, LIBRARY, case.disclosure_date)


def coded(name, severity=0.0):
    """A case, with its severity coded so much higher."""
    case = CASES[name]
    value = min(max(case.severity.value + severity, 0.0), 1.0)
    return case.model_copy(update={"severity": case.severity.model_copy(update={"value": value})})


def exercise_of(name, incident=None, behaviour=None, severity=0.0, **changes):
    """A case as an exercise, with fields of the scenario, of its incident, or coefficients changed."""
    case = coded(name, severity)
    document = document_of(case, LIBRARY)
    document["incidents"] = [{**document["incidents"][0], **(incident or {})}]
    document["behaviour"] = {**coefficients_for(name, LIBRARY)[0], **(behaviour or {})}
    return from_document({**document, **changes}, name=name, library=LIBRARY)


class Crises:
    """Every case, played with these seeds.

    Parameters
    ----------
    seeds : tuple of int
    severity : float, by how much more every case is coded as severe
    """

    def __init__(self, seeds=SEEDS, severity=0.0):
        self.seeds, self.severity = seeds, severity

    def played(self, name, **changes):
        """A case with fields of its exercise changed: Played, the runs of all seeds one after another."""
        key = json.dumps({**changes, "severity": self.severity}, sort_keys=True)
        parts = [_played(name, key, seed) for seed in self.seeds]
        joined = {
            one.name: np.concatenate([getattr(part, one.name) for part in parts])
            for one in fields(Played)
            if one.name not in ("actors", "called")
        }
        called = {form: np.mean([part.called[form] for part in parts]) for form in parts[0].called}
        return Played(parts[0].actors, called=called, **joined)

    def chance(self, name, kind, code, **changes):
        """The chance that one actor did one kind of thing."""
        return self.played(name, **changes).chance_of(code, kind)

    def chances(self, name, kind, codes=None, **changes):
        """The chance in every run that each of these did it, states only unless they are named: (R, codes)."""
        played = self.played(name, **changes)
        codes = [code for code in played.actors if code not in BODIES] if codes is None else codes
        return played.chance[:, KINDS.index(kind)][:, [played.actors.index(code) for code in codes]]

    def states(self, name, kind, **changes):
        """How many states did it, on average."""
        return self.chances(name, kind, **changes).sum(axis=-1).mean()

    def days(self, names, kind):
        """Days from the day it became known to each incident of a kind, over cases, actors and runs."""
        days = np.concatenate([self.played(name).day[:, KINDS.index(kind)].ravel() for name in names])
        return days[np.isfinite(days)]

    def cells(self, kind, wanted, with_victims=False):
        """What is known of one kind of act in wanted cases and actors: rows (case, what was done, the chance)."""
        return [
            (case, float(cell.value), self.chance(name, kind, code))
            for name, case in RECORD.items()
            for (code, coded), cell in case.cells.items()
            if coded == kind and cell.value is not None and wanted(case, code)
            if with_victims or code not in case.victims
        ]

    def rate(self, kind, wanted, with_victims=False):
        """How often it was done over the same cells: by the model, and in the record."""
        _, done, chance = zip(*self.cells(kind, wanted, with_victims), strict=True)
        return np.mean(chance), np.mean(done)

    def told(self, *names):
        """A few runs of each case, event by event: list of Record."""
        return [record for name in names for seed in self.seeds for record in _told(name, seed, self.severity)]

    def stopped(self, *senders):
        """How often Russia calls off a campaign in Ukraine within a year, under sanctions of these and nobody else."""
        return np.mean([_stopped(senders, seed, self.severity) for seed in self.seeds])

    def office(self):
        """The Tokyo office put to NATO: how often it is blocked, and how often each did so."""
        shares, by = zip(*[_office(seed, self.severity) for seed in self.seeds], strict=True)
        return np.mean(shares), [code for one in by for code in one]


# ---------------------------------------------------------------------------------------------------- playing


class Changed(Replay):
    """A case of which one thing was otherwise."""

    def __init__(self, name, changes):
        super().__init__(coded(name, changes["severity"]), LIBRARY)
        self.varied = Varied(exercise_of(name, **changes))


@cache
def _played(name, key, seed):
    return Changed(name, json.loads(key)).played(RUNS, seed=seed)


@cache
def _told(name, seed, severity):
    return play(exercise_of(name, severity=severity), seed, runs=TOLD, trace=True, baseline=False).records


@cache
def _stopped(senders, seed, severity):
    """The campaign of 2014 with no end of its own; sectoral sanctions at once, and nobody does anything else."""
    world = initial_world(
        build_inputs(
            exercise_of("mh17-2014", incident={"turns": None}, severity=severity, turns={"count": 13, "days": 28})
        ),
        seed,
        range(PRESSED),
    )
    inputs, state = world.inputs, world.state
    state.threshold[...] = np.inf
    line = inputs.options.index((INCIDENT, "sectoral_sanctions"))
    for code in senders:
        state.joined[line, :, inputs.index[code]], state.effect_day[line, :, inputs.index[code]] = True, 0.0
    play_out(world)
    return state.stopped[0].mean()


@cache
def _office(seed, severity):
    wanted = [
        {"project": "coop_tokyo_office", "turn": 1},
        {"project": "coop_policy_consultation", "months_before": 12},
    ]
    loaded = exercise_of("skripal-2018", severity=severity, turns={"count": 1, "days": 28}, cooperation=wanted)
    world = initial_world(build_inputs(loaded), seed, range(100))
    play_out(world)
    office = world.inputs.projects.index("coop_tokyo_office")
    told = play(loaded, seed, runs=TOLD, trace=True, baseline=False).records
    decided = [record.of_kind("project_decided")[0] for record in told]
    blockers = [code for one in decided for code in one.payload["by"]]
    return (world.state.project_state[office] == BLOCKED).mean(), blockers
