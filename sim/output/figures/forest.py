"""The forest plot: rows with a label, marks in one panel or several beside one another, and a note.

A chart says what its rows are and which marks they carry (`Point`, `Bar`, `Stretch`, `Tick`, `Words`); a `Forest` gives
the rows their heights and draws them. The axes of other charts take their round ticks from here too.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.experiments.estimate import Estimate
from sim.output.figures import style

UNKNOWN, LEVER, CLEAR, AGAINST, UNCLEAR = "#0072B2", "#D55E00", "#0072B2", "#D55E00", "#7A7A7A"
BLUE = ("#C9DFF0", "#7FB2D9", "#00456B")  # a distribution: light, dark, and the line of its median
GREY = ("#E0E0E0", "#B3B3B3", "#4D4D4D")
SIGNS = {"o": "●", "D": "◆", "^": "▲", "v": "▼", "X": "✖", "s": "■"}  # of markers, in writing

# --------------------------------------------------------------------------------------------------------- marks


@dataclass(frozen=True)
class Point:
    """An estimate: a mark, and a line over its interval where that is known. Nothing where the estimate is not."""

    estimate: Any
    colour: str
    marker: str = "o"
    size: float = 7
    width: float = 2.4
    fill: str = ""  # inside the mark, where that is not the colour of its edge
    down: float = 0.0  # inches below the middle of the row

    def draw(self, axes, y):
        """Draws it in a row with its middle at y."""
        one, colour, y = self.estimate, self.colour, y + self.down
        if not math.isfinite(one.value):
            return
        if math.isfinite(one.low):
            axes.plot([one.low, one.high], [y, y], color=colour, linewidth=self.width, solid_capstyle="butt", zorder=3)
        edge = {"markeredgecolor": colour, "markeredgewidth": 1.5, "zorder": 5} if self.fill else {
            "markeredgecolor": style.PAPER, "zorder": 4,
        }  # fmt: skip
        look = {"marker": self.marker, "markersize": self.size, "color": self.fill or colour, "clip_on": False}
        axes.plot([one.value], [y], **look, **edge)


@dataclass(frozen=True)
class Bar:
    """A bar from one value to another."""

    low: float
    high: float
    colour: str
    tall: float = 0.16  # inches
    down: float = 0.0
    look: Mapping[str, Any] = field(default_factory=dict)

    def draw(self, axes, y):
        """Draws it in a row with its middle at y."""
        look = {"facecolor": self.colour, "linewidth": 0, "zorder": 2} | dict(self.look)
        axes.barh([y + self.down], [self.high - self.low], left=[self.low], height=self.tall, **look)


@dataclass(frozen=True)
class Stretch:
    """A line from one value to another."""

    low: float
    high: float
    colour: str
    width: float = 2.4
    zorder: float = 3

    def draw(self, axes, y):
        """Draws it in a row with its middle at y."""
        look = {"color": self.colour, "linewidth": self.width, "solid_capstyle": "butt", "zorder": self.zorder}
        axes.plot([self.low, self.high], [y, y], **look)


@dataclass(frozen=True)
class Tick:
    """A short line across the row, as for a median."""

    at: float
    colour: str
    half: float = 0.1  # inches
    down: float = 0.0

    def draw(self, axes, y):
        """Draws it in a row with its middle at y."""
        ends = [y + self.down - self.half, y + self.down + self.half]
        axes.plot([self.at] * 2, ends, color=self.colour, linewidth=2.6, solid_capstyle="butt", zorder=3)


@dataclass(frozen=True)
class Words:
    """A few small words in the row, below its middle."""

    at: float
    words: str
    down: float = 0.2  # inches
    side: str = "center"

    def draw(self, axes, y):
        """Draws it in a row with its middle at y."""
        look = {"va": "center", "fontsize": style.SMALL, "color": style.MUTED}
        axes.text(self.at, y + self.down, self.words, ha=self.side, **look)


def exactly(value):
    """An estimate without an interval."""
    return Estimate(value, math.nan, math.nan)


def spread_of(quantiles, colours, tall=0.16, down=0.0):
    """The marks of a distribution: light, dark, and a tick at the median.

    Parameters
    ----------
    quantiles : five numbers, 5, 25, 50, 75 and 95 %
    colours : light, dark, and that of the tick
    """
    light, dark, line = colours
    low, lower, middle, upper, high = quantiles
    return (
        Bar(low, high, light, tall, down),
        Bar(lower, upper, dark, tall, down),
        Tick(middle, line, tall / 2 + 0.02, down),
    )


# ---------------------------------------------------------------------------------------------------- the forest


@dataclass(frozen=True)
class Row:
    """A row: its label, its marks panel by panel, and a note at its end; a head has its label alone."""

    label: str
    marks: Sequence[Sequence[Any]] = ()
    note: str = ""
    is_head: bool = False
    look: Mapping[str, Any] = field(default_factory=dict)  # of the label
    note_look: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Panel:
    """One of the axes side by side: its limits, its ticks, the lines that all rows are read against, and its heading.

    Ticks are round numbers, at most so many, put into words together; or what is given, place by place, and no axis
    where that is empty.
    """

    low: float
    high: float
    most: int = 4
    in_words: Callable[[Sequence[float]], Sequence[str]] | None = None
    ticks: Mapping[float, str] | None = None
    lines: Sequence[tuple[float, Mapping[str, Any]]] = ()
    head: str = ""
    share: float = 1.0  # of the width, beside the other panels


ZERO = (0, {"color": style.INK, "linewidth": 1.2})  # the line of no difference


class Forest:
    """Rows with the heights that their labels ask for.

    Parameters
    ----------
    rows : sequence of Row
    room, right : float, inches for labels at the left and notes at the right
    least : float, the least height of a row, inches
    gap : float, inches between panels
    over_head : float, inches more for a head
    """

    def __init__(self, rows, room, right, least=0.34, gap=0.0, over_head=0.0):
        self.rows, self.room, self.right, self.gap, self.over_head = list(rows), room, right, gap, over_head
        self.lines, heights = rows_of([row.label for row in self.rows], room - style.MARGIN - 0.1, least)
        self.heights = [height + row.is_head * over_head for height, row in zip(heights, self.rows, strict=True)]
        self.height = sum(self.heights)

    def draw(self, page, low, panels):
        """Draws all panels, their lower edge so many inches above that of the page's body."""
        across = style.width() - self.room - self.right - self.gap * (len(panels) - 1)
        left = self.room
        for place, panel in enumerate(panels):
            wide = across * panel.share / sum(one.share for one in panels)
            axes = page.axes(left, low, wide, self.height)
            frame(axes, panel.low, panel.high, self.height, panel.most, panel.in_words, panel.ticks)
            for at, look in panel.lines:
                axes.axvline(at, **look)
            heading(page, left, low + self.height + 0.11, panel.head, wide + max(self.gap - 0.05, 0))
            for row, words, y in zip(self.rows, self.lines, middles(self.heights), strict=True):
                if row.is_head:
                    axes.axhspan(y - 0.19, y + 0.19, color=style.PAPER, linewidth=0, zorder=2)
                    continue
                for mark in row.marks[place]:
                    mark.draw(axes, y)
                if place == 0:
                    beside(axes, y, "\n".join(words), "left", **row.look)
                if place == len(panels) - 1 and row.note:
                    beside(axes, y, row.note, **row.note_look)
            left += wide + self.gap
        self._write_heads(page, low)

    def _write_heads(self, page, low):
        for row, y in zip(self.rows, middles(self.heights), strict=True):
            if row.is_head:
                words = style.cut(row.label, style.width() - 2 * style.MARGIN, bold=True)
                at = low + self.height - y - 0.4 * self.over_head
                look = {"weight": "bold", "va": "center", "zorder": 9} | dict(row.look)
                page.write(style.MARGIN, at, words, **look)


def note_of(words, room, bold=False):
    """Words as a note of at most two lines."""
    return "\n".join(style.wrap(words, room, style.LABEL, bold=bold, lines=2))


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


def beside(axes, y, words, side="right", **more):
    """Words on the left or the right of a row."""
    place, gap, towards = (0, -6, "right") if side == "left" else (1, 6, "left")
    look = {"ha": towards, "va": "center", "fontsize": style.LABEL, "linespacing": style.LEADING, **more}
    at = {"xycoords": ("axes fraction", "data"), "xytext": (gap, 0), "textcoords": "offset points"}
    axes.annotate(words, (place, y), **at, annotation_clip=False, **look)


def heading(page, left, low, words, room):
    """A small bold heading over a panel, smaller where it must be."""
    size = style.LABEL if style.text_width(words, style.LABEL, bold=True) <= room else style.CAPTION
    page.write(left, low, style.cut(words, room, size, bold=True), size, weight="bold")


def write_key(page, low, named, left=style.MARGIN, gap=0.22):
    """Names in their colours, each with its sign, in lines from so many inches up; gives the place where the last ends.

    Parameters
    ----------
    named : (name, colour, sign or the marker that it stands for), one after another
    left, gap : float, inches
    """
    at = left
    for name, colour, marker in named:
        words = f"{SIGNS.get(marker, marker)} {name}".strip()
        wide = style.text_width(words, style.LABEL, bold=True)
        if at + wide > style.width() - style.MARGIN:
            at, low = left, low - 0.22
        page.write(at, low, words, style.LABEL, color=style.ink_of(colour), weight="bold")
        at += wide + gap
    return at, low


def frame(axes, low, high, height, most=4, in_words=None, places=None):
    """An axis from low to high with a few round ticks, or those given; rows from the top down, inches."""
    low, high = (low, high) if high > low else (low - 0.5, high + 0.5)
    axes.set_xlim(low, high)
    axes.set_ylim(height, 0)
    axes.set_yticks([])
    for side in ("left", "right", "top", "bottom"):
        axes.spines[side].set_visible(side == "bottom" and places != {})
    ticks = _ticks_that_fit(axes, low, high, most) if places is None else list(places)
    axes.set_xticks(ticks, (in_words or said)(ticks) if places is None else list(places.values()))
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
    inch = axes.get_position().width * style.width() / (high - low)
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
