"""What the tests of sweeps are made of: a scenario that takes no time, a stand-in for the engine, bytes to compare."""

from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from sim.draws import Draws
from sim.experiments import sweep
from sim.scenario import from_document

SMALL = """\
title: A small exercise
summary: The grid fails in Estonia.
start: 2025-03-03
turns: {count: 2, days: 30}
participants: [EST, LVA, USA, JPN, RUS]
incidents:
  - id: grid
    name: Attack on the grid
    issue: cyber
    by: RUS
    victims: {EST: 0.5}
    difficulty: 0.4
    publicness: 0.6
cooperation:
  - {project: coop_cyber, months_before: 12}
uncertainties:
  proof: {path: incidents.grid.difficulty, range: [0.2, 0.6], why: nobody knows}
  company: {path: behaviour.b_peer, why: the library's range}
levers:
  earlier: {path: cooperation.coop_cyber.months_before, choices: ['0', '12'], why: we choose}
"""
TIMED = ("log.jsonl",)


def a_small_scenario(**changes):
    """A scenario, loaded, that takes no time to play."""
    import yaml

    return from_document({**yaml.load(SMALL, yaml.BaseLoader), **changes}, "small")


def played_by_hash(study, points, replications):
    """A stand-in for the engine: numbers that depend on the point, the replication and the seed alone."""
    draws = Draws(study.seed, replications)
    shift = np.array([sum(value for value in point.values() if isinstance(value, float)) for point in points])
    measures = {name: draws.uniform(name, 0) + shift for name in study.measures}
    baseline = {name: values - 1 for name, values in measures.items()} if study.baseline else None
    return SimpleNamespace(measures=measures, baseline_measures=baseline, digest=draws.words("digest", 0))


def a_sweep(folder=None, scenario=None, **options):
    """A sweep of the small scenario by the stand-in, in blocks of ten runs."""
    plain = {"points": 35, "block_runs": 10, "play": played_by_hash, "progress": lambda runs, failed: None}
    return sweep(scenario or a_small_scenario(), resume=folder, **{**plain, **options})


def files_of(folder) -> dict:
    """Every file of a sweep's folder with a digest of its bytes, but for the log of when it was played."""
    files = sorted(path for path in Path(folder).rglob("*") if path.is_file() and path.name not in TIMED)
    return {path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files}
