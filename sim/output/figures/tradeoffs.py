"""What goes together and what comes at the expense of what: pairs of measures over the futures."""

import numpy as np

from sim.experiments import claims
from sim.experiments.phrases import axis_of, label, measure, with_interval
from sim.output.figures import style
from sim.output.figures.forest import (
    AGAINST,
    CLEAR,
    UNCLEAR,
    ZERO,
    Forest,
    Panel,
    Point,
    Row,
    caption,
    frame,
    round_ticks,
    said,
)

ROOM, RIGHT = 3.3, 0.62
PLOT = 2.5
MOST_PAIRS, MOST_DOTS = 10, 1500


@style.styled
def compose(analysis):
    """All pairs, and the most telling one dot by dot."""
    sample, pairs = analysis.sample, list(analysis.trade_offs)
    words = caption(
        sample, "rank correlation, −1 to 1; measures in their own units",
        "A dot is a design point. Blue: what is good for one is good for the other; orange: one at the expense of the "
        "other; grey: cannot be told",
    )  # fmt: skip
    if not pairs:
        return style.empty_page(
            "tradeoffs",
            "no two measures to set against one another",
            words,
            "One measure was looked at, or none of them varies. Name two: --measure A --measure B.",
        )
    telling = next((pair for pair in pairs if pair.helps), pairs[0])
    shown = sorted(pairs, key=lambda pair: (pair.helps or 9, -abs(pair.correlation.value)))[:MOST_PAIRS]
    names = [f"{measure(pair.one).label} and {label(pair.other)}" for pair in shown]
    forest = Forest([_row(*pair) for pair in zip(names, shown, strict=True)], ROOM, RIGHT, 0.42)
    page = style.open_page("tradeoffs", claims.trade_offs(pairs), words, PLOT + forest.height + 1.5)
    _draw_dots(page, telling, forest.height + 0.9)
    forest.draw(page, 0.3, [Panel(-1, 1, lines=[ZERO])])
    page.alt = "Rank correlations over the futures. " + " ".join(
        f"{name}: {with_interval(pair.correlation, 1)}, {WORDS[pair.helps]}."
        for name, pair in zip(names, shown, strict=True)
    )
    return page


WORDS = {1: "they improve together", -1: "one improves at the expense of the other", 0: "no clear relation"}
COLOURS = {1: (CLEAR, "o"), -1: (AGAINST, "D"), 0: (UNCLEAR, "s")}


def _draw_dots(page, pair, low):
    axes = page.axes(0.95, low, style.WIDTH - 0.95 - 0.3, PLOT)
    x, y = pair.x, pair.y
    if len(x) > MOST_DOTS:
        at = np.random.default_rng(1).choice(len(x), MOST_DOTS, replace=False)
        x, y = x[at], y[at]
    colour, marker = COLOURS[pair.helps]
    axes.plot(x, y, linestyle="", marker=marker, markersize=4, color=colour, alpha=0.35, markeredgewidth=0)
    frame(axes, *_ends(x), 1, most=5)
    axes.set_ylim(*_ends(y))
    ticks = round_ticks(*_ends(y), 4)
    axes.set_yticks(ticks, said(ticks))
    axes.tick_params(axis="y", length=3, labelsize=style.SMALL)
    page.write(
        style.MARGIN,
        low + PLOT + 0.12,
        f"↑ {axis_of(pair.other)}{_good(pair.other)}",
        weight="bold",
    )
    page.write(
        style.WIDTH - 0.3,
        low - 0.46,
        f"{axis_of(pair.one)}{_good(pair.one)} →",
        ha="right",
        weight="bold",
    )


def _ends(values):
    gap = (values.max() - values.min()) * 0.04
    return float(values.min() - gap), float(values.max() + gap)


def _good(name):
    return {"higher": " (more is better)", "lower": " (less is better)"}.get(measure(name).better, "")


def _row(words, pair):
    point = Point(pair.correlation, *COLOURS[pair.helps])
    return Row(words, [[point]], f"{pair.correlation.value:+.2f}".replace("-", "−"))
