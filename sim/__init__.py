"""Two Oceans: exercises for crises that cross the Atlantic and the Pacific.

    import sim

    exercise = sim.Exercise("cyber_incident", seed=7).run()                     # one exercise, with agents to look at
    outcomes = sim.play(sim.load("cyber_incident"), seed=7, runs=200).outcomes    # many runs, as arrays

Importing this package is instant: a name brings what it needs when it is first used.
"""

from sim.lazy import names_from

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
__getattr__, __dir__ = names_from(__name__, _HOMES)
