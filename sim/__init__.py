"""Two Oceans: exercises for crises that cross the Atlantic and the Pacific.

    import sim

    exercise = sim.Exercise("cyber_incident", seed=7).run()                     # one exercise, with agents to look at
    outcomes = sim.play(sim.load("cyber_incident"), seed=7, runs=200).outcomes    # many runs, as arrays

Importing this package is instant: a name brings what it needs when it is first used.
"""

from importlib import import_module

_HOMES = {
    "Actor": "world.agents",
    "Adversary": "world.agents",
    "Answer": "world.decisions",
    "Body": "world.agents",
    "Decision": "world.decisions",
    "Direction": "turn.control",
    "Event": "record.events",
    "Exercise": "exercise",
    "InputError": "errors",
    "MEASURES": "record.measures",
    "OceansError": "errors",
    "Option": "world.decisions",
    "Outcomes": "record.record",
    "POLICIES": "policies",
    "Policy": "policies.policy",
    "Record": "record.record",
    "Session": "session",
    "StateActor": "world.agents",
    "load": "scenario",
    "play": "engine",
    "policy_named": "policies",
    "shipped": "scenario",
}
__all__ = sorted([*_HOMES, "sweep"])


def __getattr__(name):
    if name == "sweep":  # a package that can be called as well
        return import_module(f"{__name__}.sweep")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *__all__})
