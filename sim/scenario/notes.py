"""What is worth knowing of a scenario that is sound: it plays, and may not say what its author thinks."""

from collections.abc import Iterator

from sim.scenario.loading import Loaded
from sim.scenario.schema import Figure, Library

FAR_YEARS = 10  # a judgement: trade, budgets and alliances are other ones after ten years, and much the same after five


def notes_on(loaded: Loaded) -> list[str]:
    """Sentences for whoever checks or plays it; none for most scenarios.

    >>> from sim.scenario import load
    >>> notes_on(load("smallest"))
    []
    """
    year, years = loaded.scenario.start.year, sorted(set(_years(loaded.base)))
    if not years or years[0] - FAR_YEARS <= year <= years[-1] + FAR_YEARS:
        return []
    return [
        f"the exercise begins in {year}, and the library's figures are of {years[0]} to {years[-1]}: they are used "
        "as they stand. Write what was or will be otherwise under 'actors' or 'figures'."
    ]


def _years(library: Library) -> Iterator[int]:
    for state in library.states.values():
        for name in type(state).model_fields:
            figure = getattr(state, name)
            if isinstance(figure, Figure) and figure.year is not None:
                yield figure.year
