"""Estimates on paper: a mark with its interval, rows with words on both sides, an axis with few ticks."""

import math

import numpy as np

from sim.output.figures import style

UNKNOWN, LEVER, CLEAR, AGAINST, UNCLEAR = "#0072B2", "#D55E00", "#0072B2", "#D55E00", "#7A7A7A"
LEADING = 1.3 / 1.164


def whisker(axes, estimate, y, colour, marker="o", size=7, width=2.4):
    """A mark at the estimate and a line over its interval."""
    if not math.isfinite(estimate.value):
        return
    if math.isfinite(estimate.low):
        axes.plot([estimate.low, estimate.high], [y, y], color=colour, linewidth=width, solid_capstyle="butt", zorder=3)
    axes.plot(
        [estimate.value], [y], marker=marker, markersize=size, color=colour, markeredgecolor=style.PAPER, zorder=4
    )


def rows_of(labels, room, least=0.34, size=style.LABEL, lines=3):
    """Labels as wrapped lines, and the height of each row, inches."""
    wrapped = [style.wrap(label, room, size, lines=lines) for label in labels]
    return wrapped, [max(least, len(one) * style.line_height(size) + 0.12) for one in wrapped]


def middles(heights):
    """Where the middle of each row is, inches from the top.

    >>> middles([1.0, 2.0])
    [0.5, 2.0]
    """
    ends = np.cumsum(heights)
    return [float(end - height / 2) for end, height in zip(ends, heights, strict=True)]


def on_the_left(axes, y, lines, size=style.LABEL, gap=6, **more):
    """Words to the left of a row."""
    axes.annotate(
        "\n".join(lines), (0, y), xycoords=("axes fraction", "data"), xytext=(-gap, 0), textcoords="offset points",
        ha="right", va="center", fontsize=size, annotation_clip=False, linespacing=LEADING, **more,
    )  # fmt: skip


def on_the_right(axes, y, words, size=style.LABEL, gap=6, **more):
    """Words to the right of a row."""
    axes.annotate(
        words, (1, y), xycoords=("axes fraction", "data"), xytext=(gap, 0), textcoords="offset points",
        va="center", fontsize=size, annotation_clip=False, linespacing=LEADING, **more,
    )  # fmt: skip


def heading(page, left, low, words, room):
    """A small bold heading over a panel, smaller where it must be."""
    size = style.LABEL if style.text_width(words, style.LABEL, bold=True) <= room else style.CAPTION
    page.write(left, low, style.cut(words, room, size, bold=True), size, weight="bold")


def frame(axes, low, high, height, most=4):
    """An axis from low to high with a few round ticks; rows from the top down, inches."""
    low, high = (low, high) if high > low else (low - 0.5, high + 0.5)
    axes.set_xlim(low, high)
    axes.set_ylim(height, 0)
    axes.set_yticks([])
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    ticks = _ticks_that_fit(axes, low, high, most)
    axes.set_xticks(ticks, said(ticks))
    axes.tick_params(axis="x", length=3, pad=3, labelsize=style.SMALL)
    for tick in ticks:
        axes.axvline(tick, color=style.FAINT, linewidth=0.7, zorder=0)
    labels = axes.get_xticklabels()
    if ticks and (ticks[-1] - low) / (high - low) > 0.93:
        labels[-1].set_ha("right")
    if ticks and (ticks[0] - low) / (high - low) < 0.07:
        labels[0].set_ha("left")


def _ticks_that_fit(axes, low, high, most):
    """As many round ticks as have room for their words."""
    inch = axes.get_position().width * style.WIDTH / (high - low)
    ticks = round_ticks(low, high, most)
    while len(ticks) > 1:
        room = (ticks[1] - ticks[0]) * inch
        if room >= 1.5 * max(style.text_width(words, style.SMALL) for words in said(ticks)) + 0.05:
            return ticks
        most -= 1
        ticks = round_ticks(low, high, most) if most else ticks[:1]
    return ticks


def round_ticks(low, high, most=4):
    """A few round numbers between two.

    >>> round_ticks(0.13, 0.92), round_ticks(-3.2, 12.0)
    ([0.2, 0.4, 0.6, 0.8], [0.0, 5.0, 10.0])
    """
    span = high - low
    if not span > 0 or not math.isfinite(span):
        return []
    size = 10.0 ** math.floor(math.log10(span / most))
    step = next(one * size for one in (1, 2, 2.5, 5, 10) if span / (one * size) <= most)
    first = math.ceil(low / step - 1e-9)
    return [round(number * step, 12) + 0.0 for number in range(first, math.floor(high / step + 1e-9) + 1)]


def ends_of(estimates, share=0.06):
    """Limits that hold all intervals with a margin; a span of one where all are the same."""
    values = [one for estimate in estimates for one in (estimate.low, estimate.value, estimate.high)]
    values = [one for one in values if math.isfinite(one)]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    gap = (high - low) * share or 0.5
    return low - gap, high + gap


def said(ticks):
    """Numbers as an axis shows them, all with as many digits as one of them needs.

    >>> said([0.0, 0.25, 0.5]), said([-5.0, 0.0, 5.0]), said([1000.0, 1500.0])
    (['0.00', '0.25', '0.50'], ['−5', '0', '5'], ['1,000', '1,500'])
    """
    digits = next((digits for digits in range(6) if all(abs(tick - round(tick, digits)) < 1e-9 for tick in ticks)), 6)
    return [f"{tick:,.{digits}f}".replace("-", "−") for tick in ticks]


def caption(sample, units, note=""):
    """What stands under a chart of a sweep."""
    played = f"{sample.runs:,} runs at {len(sample.x):,} design points"
    about = f"Scenario: {sample.scenario_name}, {played}, seed {sample.seed}"
    parts = [note, "Lines are 95 % intervals", f"Units: {units}", about]
    return " ".join(part.rstrip(". ") + "." for part in parts if part)
