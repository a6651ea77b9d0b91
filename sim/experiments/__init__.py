"""Many runs: designs over uncertainties and levers, played in blocks, and what they mean.

    import sim

    result = sim.sweep("cyber_incident", "lhs", points=1000)
    result.to_pandas()
    sim.load_result("results/...")

Importing this package is cheap: what plays and analyses is imported at first use.
"""

from sim.lazy import names_from

_HOMES = {
    "Design": "design",
    "Factor": "factors",
    "Result": "result",
    "analyse": "analysis",
    "choose_factors": "factors",
    "discover": "discovery",
    "evaluate": "runner",
    "load_result": "result",
    "make_design": "design",
    "merge": "result",
    "regret": "robustness",
    "sweep": "runner",
}
__all__ = sorted(_HOMES)
__getattr__, __dir__ = names_from(__name__, _HOMES)
