"""Two Oceans: exercises for crises that cross the Atlantic and the Pacific.

    import sim

    exercise = sim.Exercise("cyber_incident", seed=7).run()                     # one exercise, with agents to look at
    outcomes = sim.play(sim.load("cyber_incident"), seed=7, runs=200).outcomes    # many runs, as arrays

Importing this package is instant: a name brings what it needs when it is first used.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "Actor": "agents",
    "Adversary": "agents",
    "Answer": "model.decisions",
    "Body": "agents",
    "Decision": "model.decisions",
    "Direction": "model.steps.control",
    "Event": "model.events",
    "Exercise": "exercise",
    "InputError": "errors",
    "MEASURES": "catalogue.measures",
    "OceansError": "errors",
    "Option": "model.decisions",
    "Outcomes": "record.record",
    "POLICIES": "policies",
    "Policy": "policies.policy",
    "Record": "record.record",
    "Session": "session",
    "StateActor": "agents",
    "load": "scenario",
    "load_result": "experiments.result",
    "play": "engine",
    "policy_named": "policies",
    "shipped": "scenario",
    "sweep": "experiments.runner",
}
__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
