"""What could still come: many continuations of one exercise, of each of several ways on, side by side."""

import numpy as np

from sim.catalogue.measures import MEASURES
from sim.experiments.phrases import label, units_for
from sim.experiments.turning_points import LEAST, OUTCOMES, effect_size
from sim.output.figures import chart, style
from sim.output.figures.forest import BLUE, Forest, Panel, Row, spread_of
from sim.output.figures.many import bands, finite, quantiles
from sim.output.narrative.hot_wash import figure
from sim.phrases import capital

ROOM, RIGHT, GAP = 1.7, 0.2, 0.24  # inches
LONGEST = 44  # letters of a way on, in a title


@chart("what_if", place=1)
def compose(ways, asked, record):
    """The ways on as rows, what comes of them as panels, each on its own scale.

    Parameters
    ----------
    ways : dict of what is done to its measures, dict of name to array (runs,)
    asked : str, the question that they answer, or empty
    record : Record, of the exercise so far
    """
    runs = max(values.size for measures in ways.values() for values in measures.values())
    note = f"{asked} {runs:,} continuations of each, with the same draws; nobody is asked any more. {bands(runs)}"
    shown = _shown(ways)[: style.by_shape(2, 3)]
    units = ", ".join(units_for(name) for name in shown) or "none"
    caption = style.caption_of(record, units, note=note.strip().replace("Line", "Bar"))
    if not shown:
        return style.empty_page("what_if", "Nothing more can come", caption, "The exercise is as good as over.")
    rows = [Row(capital(way), [_marks(measures, name) for name in shown]) for way, measures in ways.items()]
    forest = Forest(rows, ROOM, RIGHT, style.by_shape(0.6, 0.75), GAP)
    page = style.open_page("what_if", title_of(ways), caption, forest.height + 0.75)
    forest.draw(page, 0.36, [_panel(ways, name) for name in shown])
    page.alt = " ".join(_told(way, measures, shown) for way, measures in ways.items())
    return page


def title_of(ways):
    """What the choice changes most, and by how much; or that it hardly changes anything."""
    if len(ways) == 1:
        (measures,) = ways.values()
        low, _, middle, _, high = quantiles(measures["harm"])
        span = f"nine in ten lie between {figure(low)} and {figure(high)}"
        return f"{label('harm')} is likely to come to {figure(middle)}; {span}"
    name, gap = max(((name, _gap(ways, name)) for name in OUTCOMES), key=lambda pair: pair[1])
    if gap < LEAST:
        return "what is chosen here hardly changes how it ends"
    means = {way: float(finite(measures[name]).mean()) for way, measures in ways.items()}
    low, high = min(means, key=means.__getitem__), max(means, key=means.__getitem__)
    low, high = (f"{figure(means[way])} with “{_short(way)}”" for way in (low, high))
    return f"{label(name)} comes to {low}, to {high}, on average"


def _gap(ways, name):
    """How far the two ways on that differ most lie apart, in standard deviations of the futures."""
    values = [measures[name] for measures in ways.values()]
    return max(effect_size(one, other) for one in values for other in values)


def _shown(ways):
    """The outcomes that vary at all, those first in which the ways on differ most, or in their own order."""
    vary = [name for name in OUTCOMES if len(set(_every(ways, name))) > 1]
    return sorted(vary, key=lambda name: -_gap(ways, name))


def _every(ways, name):
    return np.concatenate([finite(measures[name]) for measures in ways.values()])


def _marks(measures, name):
    values = finite(measures[name])
    return spread_of(quantiles(values), BLUE, 0.24) if values.size else ()


def _panel(ways, name):
    low, high = np.quantile(_every(ways, name), (0.01, 0.99))
    gap = 0.04 * (high - low) or 0.5
    return Panel(low - gap, high + gap, head=MEASURES[name].label)


def _short(way):
    return way if len(way) <= LONGEST else f"{way[:LONGEST].rstrip()}…"


def _told(way, measures, shown):
    parts = []
    for name in shown:
        low, _, middle, _, high = (figure(one) for one in quantiles(measures[name]))
        parts.append(f"{label(name)} {middle}, nine in ten {low} to {high}")
    return f"{capital(way)}: {'; '.join(parts)}."
