"""What drives a measure: how much each factor counts, and what the measure is where the factor is low and high."""

import math

from sim.experiments import claims
from sim.experiments.claims import figure, label, span_of, units_for, with_interval
from sim.output.figures import style
from sim.output.figures.forest import (
    LEVER,
    UNKNOWN,
    caption,
    ends_of,
    frame,
    heading,
    middles,
    on_the_left,
    rows_of,
    whisker,
)

SHOWN = 8
ROOM, GAP = 2.3, 0.34
WHAT = {
    "total": "Share of spread",
    "first": "Share of spread",
    "mu_star": "Effect of the whole range",
    "delta": "Weight, 0 to 1",
}
HOW = {
    "total": "Left: total Sobol index, the share of the variance that a factor causes alone and with others",
    "mu_star": "Left: Morris' mean absolute effect of moving the factor over its range",
    "first": "Left: share of the variance between futures that goes with the factor alone; pale: no more than chance",
}


@style.styled
def compose(analysis, finding):
    """The tornado of one measure."""
    sample, found = analysis.sample, finding.sensitivity
    ranked = found.ranked()[:SHOWN]
    name = f"tornado-{finding.measure}"
    note = (
        f"{HOW.get(found.method, '')}. Right: mean in the lowest third of the factor (open) and in the highest (full), "
        "or at the choices that give the least and the most"
    )
    words = caption(sample, units_for(finding.measure), note)
    if not ranked:
        why = f"Nothing to rank: {found.remarks[0] if found.remarks else 'no factor varies'}."
        return style.empty_page(name, f"nothing can be said of what drives {label(finding.measure)}", words, why)
    factors = {factor.name: factor for factor in sample.factors}
    lines, heights = rows_of(
        [style.capital(factors[one.factor].label) for one in ranked], ROOM - style.MARGIN - 0.1, 0.46
    )
    title = claims.drivers(sample, finding)
    page = style.open_page(name, title, words, sum(heights) + 0.96)
    _draw(page, found, ranked, factors, lines, heights)
    page.alt = alt_of(sample, finding)
    return page


def alt_of(sample, finding):
    """Every factor shown, in words."""
    found, span = finding.sensitivity, span_of(finding)
    labels = {factor.name: factor.label for factor in sample.factors}
    told = []
    for one in found.ranked()[:SHOWN]:
        swing = found.swing(one.factor)
        ends = ""
        if swing.means:
            low, high = figure(swing.means[0].value, span), figure(swing.means[-1].value, span)
            ends = f"; mean {low} at {swing.words[0]}, {high} at {swing.words[-1]}"
        weight = "" if found.is_real(one.factor) else " (no more than chance)"
        told.append(f"{style.capital(labels[one.factor])}: {with_interval(one.estimate, 1)}{weight}{ends}.")
    return f"What drives {label(finding.measure)}, the strongest first. {' '.join(told)}"


def _draw(page, found, ranked, factors, lines, heights):
    total, wide = sum(heights), (style.WIDTH - ROOM - GAP - 0.2) / 2
    left = page.axes(ROOM, 0.62, wide, total)
    right = page.axes(ROOM + wide + GAP, 0.62, wide, total)
    frame(left, *_index_ends(ranked), total, most=3)
    swings = [found.swing(one.factor) for one in ranked]
    frame(right, *ends_of([mean for swing in swings for mean in swing.means]), total, most=3)
    right.axvline(found.mean.value, color=style.CALM, linewidth=1)
    if math.isfinite(ranked[0].noise):
        left.axvline(ranked[0].noise, color=style.INK, linewidth=1.2, linestyle=(0, (1, 2)))
    for one, swing, words, y in zip(ranked, swings, lines, middles(heights), strict=True):
        colour = LEVER if factors[one.factor].kind == "lever" else UNKNOWN
        _draw_index(left, one, y, colour, found.is_real(one.factor))
        on_the_left(left, y, words, color=style.INK if found.is_real(one.factor) else style.MUTED)
        _draw_swing(right, swing, y, colour)
    heading(page, ROOM, total + 0.72, WHAT.get(found.method, "Weight"), wide)
    heading(page, ROOM + wide + GAP, total + 0.72, "Mean: ○low ●high", wide)
    _draw_key(page)


def _index_ends(ranked):
    low, high = ends_of([one.estimate for one in ranked])
    return min(0.0, max(low, -0.05 * high)), high


def _draw_index(axes, one, y, colour, is_real):
    hatch = "///" if colour == LEVER else None
    alpha = 1.0 if is_real else 0.4
    axes.barh(
        [y],
        [one.estimate.value],
        height=0.2,
        facecolor=colour,
        hatch=hatch,
        edgecolor=style.PAPER,
        linewidth=0,
        alpha=alpha,
    )
    low = max(one.estimate.low, axes.get_xlim()[0])
    axes.plot([low, one.estimate.high], [y, y], color=style.INK, linewidth=1.6, solid_capstyle="butt", zorder=3)


def _draw_swing(axes, swing, y, colour):
    if not swing.means:
        return
    first, last = swing.means[0], swing.means[-1]
    axes.plot([first.value, last.value], [y, y], color=colour, linewidth=1, zorder=2)
    for estimate, up, fill in ((first, -0.07, style.PAPER), (last, 0.07, colour)):
        whisker(axes, estimate, y + up, colour, size=1, width=1.6)
        axes.plot(
            [estimate.value],
            [y + up],
            marker="o",
            markersize=6,
            color=fill,
            markeredgecolor=colour,
            markeredgewidth=1.5,
            zorder=5,
        )


def _draw_key(page):
    page.write(style.MARGIN, 0.1, "■ uncertainty", style.LABEL, color=style.ink_of(UNKNOWN), weight="bold")
    shift = style.text_width("■ uncertainty", style.LABEL, bold=True) + 0.2
    page.write(style.MARGIN + shift, 0.1, "▨ lever", style.LABEL, color=style.ink_of(LEVER), weight="bold")
