"""Charts: what there is to draw of a run, of many, of a sweep, a comparison and a back-test; drawn, with their words.

A chart is a function that composes a `Page`, tall or wide, under `@chart`, which says what it is called and where among
the others it is best looked at. `MODULES` says where the charts of a kind live: in a module of this package, or in a
package all of whose modules are looked through. Nothing else lists them.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import groupby
from pathlib import Path
from types import ModuleType
from typing import Any

from sim.output.figures.saving import Chart, draw, save
from sim.output.figures.style import WIDE, Page, styled

__all__ = ["Chart", "ChartType", "chart", "charts_of", "draw_all", "drawings_of", "save"]

About = tuple[Any, ...]
MODULES = {  # by what charts are drawn from
    "run": "run",  # the record of a run
    "many": "many",  # the outcomes of many
    "comparison": "comparison",  # arms with the same draws
    "ahead": "comparison",  # ways on from where an exercise stands
    "groups": "comparison",  # groups that played one exercise
    "room": "comparison",  # an exercise that people played
    "sweep": "sweep",  # an analysis
    "backtest": "backtest",  # a `sim.output.figures.backtest.Past`
}


def once(*about: Any) -> Iterator[tuple[str, About]]:
    """A chart that is drawn once, from all there is."""
    yield "", about


@dataclass(frozen=True)
class ChartType:
    """A chart that can be drawn."""

    name: str  # what it is called
    place: float  # where it comes among the others of its kind
    compose: Callable[..., Page]  # from what it is drawn from
    # of what there is, chart by chart: the end of its name, what it is composed from
    each: Callable[..., Iterable[tuple[str, About]]] = once
    question: str = ""  # what it answers, for the page of a report
    anchor: str = ""  # what that question is called in an address; the name where it is empty
    kind: str = ""  # of `MODULES`; empty: as its module, or package, is called


def chart(name: str, place: float, **more: Any) -> Callable[[Callable[..., Page]], Callable[..., Page]]:
    """Declares a chart: see `ChartType` for what is said of it. It is composed in our own style."""

    def declare(compose):
        declared = styled(compose)
        declared.chart_type = ChartType(name, place, declared, **more)
        return declared

    return declare


@cache
def charts_of(kind: str) -> dict[str, ChartType]:
    """The charts of one kind by name, in the order in which they are best looked at.

    Parameters
    ----------
    kind : one of `MODULES`

    >>> list(charts_of("run"))
    ['story', 'joining', 'consultation', 'belief', 'pressure', 'scorecard']
    """
    functions = [found for module in _modules(f"{__name__}.{MODULES[kind]}") for found in vars(module).values()]
    found = {function.chart_type for function in functions if hasattr(function, "chart_type")}
    found = {one for one in found if (one.kind or MODULES[kind]) == kind}
    return {one.name: one for one in sorted(found, key=lambda one: one.place)}


def _modules(name: str) -> Iterator[ModuleType]:
    module = importlib.import_module(name)
    yield module
    for inner in pkgutil.iter_modules(getattr(module, "__path__", [])):
        yield importlib.import_module(f"{name}.{inner.name}")


def drawings_of(kind: str, *about: Any) -> Iterator[tuple[str, Callable[..., Page], About]]:
    """What is drawn from what there is, one after another: a name, what composes it, and from what."""
    for each, types in groupby(charts_of(kind).values(), key=lambda one: one.each):
        together = list(types)
        for end, these in each(*about):
            yield from ((one.name + end, one.compose, these) for one in together)


def draw_all(kind: str, folder: Path | str, *about: Any, wide: bool = False, png: bool = True) -> dict[str, Chart]:
    """Every chart of one kind, saved in a folder, in the order in which they are best looked at.

    Parameters
    ----------
    kind : as of `charts_of`
    about : what there is to draw, as `MODULES` says, and of a run, of many and of a room the scenario
    wide : whether each is drawn a second time for a wall, as `<name>.wide.svg` and `<name>.wide.png`
    png : whether each is drawn as PNG, too, and not as SVG alone
    """
    charts = {}
    for name, compose, these in drawings_of(kind, *about):
        charts[name] = draw(folder, name, compose, *these, png=png)
        if wide:
            charts[name] = replace(charts[name], wide=draw(folder, name, partial(compose, shape=WIDE), *these))
    return charts
