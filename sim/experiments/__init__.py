"""Many runs: designs over uncertainties and levers, played in blocks, and what they mean.

    import sim

    result = sim.sweep("cyber_incident", "lhs", points=1000)
    result.to_pandas()
    sim.load_result("results/...")

Importing this package is cheap: what plays and analyses is imported at first use.
"""

from importlib import import_module

_HOMES = {
    "Design": "design",
    "Factor": "factors",
    "Result": "result",
    "analyse": "analysis",
    "choose_factors": "factors",
    "discover": "discovery",
    "evaluate": "evaluation",
    "load_result": "result",
    "make_design": "design",
    "merge": "result",
    "regret": "robustness",
    "sweep": "runner",
}
__all__ = sorted(_HOMES)


def __getattr__(name):
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__():
    return sorted({*globals(), *__all__})
