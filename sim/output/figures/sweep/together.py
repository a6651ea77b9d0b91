"""Charts of all measures of a sweep together: which of them go together, and how many runs are enough."""

import numpy as np

from sim.experiments import claims
from sim.experiments.claims import span_of
from sim.experiments.phrases import axis_of, figure, label, measure, with_interval
from sim.output.figures import chart, style
from sim.output.figures.forest import (
    AGAINST,
    BLUE,
    CLEAR,
    UNCLEAR,
    ZERO,
    Forest,
    Panel,
    Point,
    Row,
    frame,
    heading,
    round_ticks,
    said,
)
from sim.output.figures.sweep import caption

ROOM, RIGHT = 3.3, 0.62  # inches
MOST_DOTS = 1500
PANEL, HEAD, BESIDE = 1.0, 0.62, 0.75
WORDS = {1: "they improve together", -1: "one improves at the expense of the other", 0: "no clear relation"}
COLOURS = {1: (CLEAR, "o"), -1: (AGAINST, "D"), 0: (UNCLEAR, "s")}


@chart("tradeoffs", place=6, question="Trade-offs", anchor="together")
def compose_tradeoffs(analysis):
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
    shown = sorted(pairs, key=lambda pair: (pair.helps or 9, -abs(pair.correlation.value)))[: style.by_shape(10, 3)]
    names = [f"{measure(pair.one).label} and {label(pair.other)}" for pair in shown]
    forest = Forest([_pair_row(*pair) for pair in zip(names, shown, strict=True)], ROOM, RIGHT, 0.42)
    page = style.open_page("tradeoffs", claims.trade_offs(pairs), words, _dots() + forest.height + 1.5)
    _draw_dots(page, telling, forest.height + 0.9)
    forest.draw(page, 0.3, [Panel(-1, 1, lines=[ZERO])])
    page.alt = "Rank correlations over the futures. " + " ".join(
        f"{name}: {with_interval(pair.correlation, 1)}, {WORDS[pair.helps]}."
        for name, pair in zip(names, shown, strict=True)
    )
    return page


def _dots():
    """Height of the dots' axes, inches."""
    return style.by_shape(2.5, 1.5)


def _draw_dots(page, pair, low):
    axes = page.axes(0.95, low, style.width() - 0.95 - 0.3, _dots())
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
        low + _dots() + 0.12,
        f"↑ {axis_of(pair.other)}{_good(pair.other)}",
        weight="bold",
    )
    page.write(
        style.width() - 0.3,
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


def _pair_row(words, pair):
    point = Point(pair.correlation, *COLOURS[pair.helps])
    return Row(words, [[point]], f"{pair.correlation.value:+.2f}".replace("-", "−"))


# --------------------------------------------------------------------------------------------------------- enough runs


@chart("settling", place=7, question="Enough runs?", anchor="enough")
def compose_settling(analysis):
    """The convergence of every measure that was looked at."""
    sample = analysis.sample
    found = [one for one in analysis.findings if one.convergence.futures and not one.spread.is_constant]
    words = caption(
        sample, "each measure in its own; across: futures counted in, on a logarithmic scale",
        "Line: mean so far; light: its 95 % interval; dotted: the last mean, a twentieth of the runs' range either way",
    )  # fmt: skip
    if not found:
        return style.empty_page(
            "settling",
            claims.TOO_FEW_FUTURES,
            words,
            "Too few futures have a value to say how many would be enough.",
        )
    body = len(found) * (PANEL + HEAD) + 0.42
    page = style.open_page("settling", claims.enough_runs(found), words, body)
    for number, finding in enumerate(found):
        _draw_means(page, finding, body - (number + 1) * (PANEL + HEAD) + 0.08)
    page.alt = " ".join(f"{measure(finding.measure).label}: {finding.convergence.sentence}." for finding in found)
    return page


def _draw_means(page, finding, low):
    converged, span = finding.convergence, span_of(finding)
    axes = page.axes(BESIDE, low, style.width() - 2 * BESIDE, PANEL)
    counts = np.array(converged.futures)
    means = np.array([[one.low, one.value, one.high] for one in converged.means]).T
    last = converged.means[-1].value
    half = max(np.nanmax(np.abs(means[:, len(counts) // 3 :] - last)), 1.3 * converged.tolerance) or 0.5
    axes.set_xscale("log")
    axes.fill_between(counts, means[0], means[2], color=BLUE[0], linewidth=0)
    axes.plot(counts, means[1], color=BLUE[2], linewidth=2)
    for side in (-1, 1):
        axes.axhline(last + side * converged.tolerance, color=style.INK, linewidth=1, linestyle=(0, (1, 2)))
    axes.set_xlim(counts[0], counts[-1])
    axes.set_ylim(last - half, last + half)
    ticks = [
        tick for tick in (10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000) if counts[0] <= tick <= counts[-1]
    ]
    axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    axes.set_xticks([], minor=True)
    levels = round_ticks(last - half, last + half, 3)
    axes.set_yticks(levels, said(levels))
    axes.tick_params(length=3, labelsize=style.SMALL)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.annotate(
        figure(last, span),
        (1, last),
        xycoords=("axes fraction", "data"),
        xytext=(6, 0),
        textcoords="offset points",
        va="center",
        weight="bold",
    )
    heading(page, style.MARGIN, low + PANEL + 0.12, axis_of(finding.measure), style.width() - 0.4)
