"""Many runs: designs over what nobody knows and what we choose, played in blocks, and what they mean.

    import sim

    result = sim.sweep("cyber_incident", "lhs", points=1000)        # the same as sim.sweep.sweep(...)
    result.to_pandas()
    sim.sweep.load_result("results/...")

Importing this package is cheap: what plays and analyses is imported at first use.
"""

import sys
from importlib import import_module
from types import ModuleType

_HOMES = {
    "Design": "design",
    "Factor": "factors",
    "Result": "result",
    "analyse": "analysis",
    "choose_factors": "choosing",
    "discover": "discovery",
    "load_result": "result",
    "make_design": "planning",
    "merge": "merging",
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


class _Sweep(ModuleType):
    """The package itself can be called: `sim.sweep("smallest")`."""

    def __call__(self, *arguments, **options):
        return import_module(f"{__name__}.runner").sweep(*arguments, **options)


sys.modules[__name__].__class__ = _Sweep
