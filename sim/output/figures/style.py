"""How every chart looks: sizes, colours, words that fit and do not touch, and the page.

A chart is drawn on a `Page`: a title that says what was found, the drawing, a caption with scenario, runs, seed and
units. A page has one of two shapes: `TALL`, narrow and as high as the drawing asks, for a phone or paper; and `WIDE`,
16:9 with larger type and fewer rows, for a wall. Which one is being drawn is said here, as Matplotlib says its own
settings, so that a chart is composed by one function: it asks for `width()`, for `room_for` its drawing, and picks
between two numbers by `by_shape`. Colours start from Okabe and Ito's palette, which colour-blind eyes can tell apart,
and never stand alone: each group also has a marker. Writing is saved as outlines, so an SVG looks the same everywhere.

Every chart is composed under `styled` and saved in `own_style`: Matplotlib's own defaults and `STYLE`, whatever the
user's matplotlibrc says, and his settings are as they were when it is done. Matplotlib is imported when the first page
is opened, since listing the charts should cost nothing.
"""

import contextlib
import dataclasses
import datetime
import functools
import importlib
import logging
import math
import os
import sys
import tempfile
import warnings
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.output.figures import fonts
from sim.output.figures.fonts import CAPTION, HEAD, LABEL, LEADING, SMALL, TITLE, legible, line_height, text_width, wrap
from sim.output.figures.fonts import cut as cut  # with the other words, for whoever composes a chart
from sim.phrases import MONTHS, capital

MUCH_LONGER = 5  # a turn that is so many times another is too much longer for one scale
DAYS_BY_THE_CLOCK = 4  # an axis of so many days has hours on it
MARGIN = 0.14  # inches

INK = "#1A1A1A"
MUTED = "#595959"
FAINT = "#D9D9D9"
WASH = "#F4F4F1"
PAPER = "#FFFFFF"
CALM = "#7A7A7A"

STYLE = {
    "font.family": [fonts.BASE], "font.size": LABEL,
    "text.color": INK, "text.parse_math": False, "text.hinting": "none",
    "axes.edgecolor": CALM, "axes.labelcolor": INK, "axes.labelsize": LABEL, "axes.linewidth": 0.8,
    "axes.spines.top": False, "axes.spines.right": False, "axes.axisbelow": True,
    "xtick.color": CALM, "xtick.labelcolor": INK, "xtick.labelsize": LABEL,
    "ytick.color": CALM, "ytick.labelcolor": INK, "ytick.labelsize": LABEL,
    "grid.color": FAINT, "grid.linewidth": 0.7, "hatch.linewidth": 0.8, "lines.solid_capstyle": "round",
    "svg.fonttype": "path", "svg.hashsalt": "two-oceans", "path.simplify": True,
}  # fmt: skip


@dataclass(frozen=True)
class Shape:
    """The sheet that a chart is drawn on. Type has the same points on all, so fewer inches make it larger."""

    end: str  # what the name of a file of this shape ends in
    width: float  # inches
    height: float | None  # inches; None: as many as the drawing asks for
    pixels: int  # width of a PNG
    titles: int  # lines of title there is room for
    captions: int  # and of caption

    @property
    def dpi(self):
        """Pixels an inch."""
        return self.pixels / self.width

    def larger(self):
        """The same sheet with more inches, on which everything is smaller."""
        return dataclasses.replace(self, width=self.width * STEP, height=self.height * STEP)


TALL = Shape("", 6.0, None, 1600, titles=4, captions=6)
WIDE = Shape(".wide", 8.0, 4.5, 1920, titles=3, captions=3)  # 1920 × 1080
STEP, LARGEST = 1.04, 40.0  # inches
_SHAPE = ContextVar("shape", default=TALL)


@dataclass
class Page:
    """A chart being drawn: a figure with bands for title and caption, measured in inches."""

    name: str
    title: str
    caption: str
    figure: object
    body: float
    top: float
    bottom: float
    shape: Shape = TALL
    alt: str = ""
    lacks: str = ""  # letters that no font has

    @property
    def height(self):
        """Height of the whole page, inches."""
        return self.top + self.body + self.bottom

    def axes(self, left, low, width, height):
        """Axes at a place in the drawing's band, inches from its lower left corner."""
        wide = self.shape.width
        place = left / wide, (self.bottom + low) / self.height, width / wide, height / self.height
        return self.figure.add_axes(place)

    def bare_axes(self, left, low, width, height, across, up):
        """Axes without frame or ticks, for lanes and matrices, with their limits: (left, right) and (bottom, top)."""
        axes = self.axes(left, low, width, height)
        axes.set(xticks=[], yticks=[], xlim=across, ylim=up)
        for spine in axes.spines.values():
            spine.set_visible(False)
        axes.patch.set_visible(False)
        return axes

    def write(self, left, low, text, size=LABEL, **more):
        """Words at a place in the drawing's band, inches from its lower left corner."""
        return self.figure.text(left / self.shape.width, (self.bottom + low) / self.height, text, fontsize=size, **more)


# ----------------------------------------------------------------------------------------------------- own style


@contextlib.contextmanager
def own_style():
    """Matplotlib with its own defaults and `STYLE`; what the user or the host had set is back afterwards."""
    matplotlib = _matplotlib()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # settings that Matplotlib itself is about to give up
        defaults = {name: value for name, value in matplotlib.rcParamsDefault.items() if name != "backend"}
    log = logging.getLogger("matplotlib.font_manager")
    level = log.level
    with matplotlib.rc_context({**defaults, **STYLE}):
        log.setLevel(logging.ERROR)  # it tells of every font without a bold form that the other is taken
        try:
            yield
        finally:
            log.setLevel(level)


def styled(compose):
    """A function that composes a page, made to do so in our own style and with a font for every letter there is.

    It takes one more keyword, `shape`: `TALL` or `WIDE`.
    """

    @functools.wraps(compose)
    def compose_styled(*about, shape=TALL, **more):
        with own_style():
            page = _on_a_sheet_that_holds_it(shape, functools.partial(compose, *about, **more))
            _find_letters(page)
        return page

    return compose_styled


class _TooTall(Exception):
    """The drawing asks for more height than its sheet has."""


def _on_a_sheet_that_holds_it(shape, compose):
    while True:
        shaped = _SHAPE.set(shape)
        try:
            return compose()
        except _TooTall:
            shape = shape.larger()
        finally:
            _SHAPE.reset(shaped)


def width():
    """Width of the page that is being drawn, inches."""
    return _SHAPE.get().width


def by_shape(tall, wide):
    """The first on a tall page, the second on a wide one: how many rows there are, how wide a column is."""
    return tall if _SHAPE.get().height is None else wide


def room_for(title, caption):
    """How high a drawing under a title and above a caption can be, inches; without end on a tall page."""
    shape = _SHAPE.get()
    return math.inf if shape.height is None else shape.height - sum(_bands(title, caption)[2:])


def _bands(title, caption):
    """Title and caption as lines, and the height of their bands, inches."""
    shape = _SHAPE.get()
    titles = wrap(capital(title), shape.width - 2 * MARGIN, TITLE, bold=True, lines=shape.titles)
    captions = wrap(caption, shape.width - 2 * MARGIN, CAPTION, lines=shape.captions)
    return titles, captions, len(titles) * line_height(TITLE) + 0.2, len(captions) * line_height(CAPTION) + 0.22


def _find_letters(page):
    from matplotlib.text import Text

    lacking = {}
    for text in page.figure.findobj(Text):
        words, bold = legible(text.get_text()), text.get_weight() == "bold"
        if words != text.get_text():
            text.set_text(words)
        beyond = fonts.beyond_base(words, bold)
        if beyond:
            text.set_fontfamily(list(fonts.families_for(words, bold)))
            lacking |= dict.fromkeys(letter for letter in beyond if fonts.family_of(letter, bold) is None)
    page.lacks = "".join(lacking)


def _matplotlib():
    """Matplotlib, even where the user's own settings keep it from being imported."""
    try:
        return importlib.import_module("matplotlib")
    except ImportError:  # it is not there
        raise
    except Exception:  # MPLBACKEND names no backend, a matplotlibrc cannot be read, or asks for what is not there
        return _imported_without_settings()


def _imported_without_settings():
    for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
        del sys.modules[name]  # half of it was there
    backend = os.environ.pop("MPLBACKEND", None)
    try:
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
            Path("matplotlibrc").touch()  # the first place that Matplotlib looks at, and then at no other
            return importlib.import_module("matplotlib")
    finally:
        if backend is not None:
            os.environ["MPLBACKEND"] = backend


# ------------------------------------------------------------------------------------------------------- colours


def luminance(colour):
    """Relative luminance of a hexadecimal colour, 0 black to 1 white. Source: WCAG 2.2, relative luminance.

    >>> luminance("#FFFFFF")
    1.0
    """
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    """Contrast ratio of two colours, 1 to 21. Source: WCAG 2.2, contrast ratio.

    >>> round(contrast("#000000", "#FFFFFF"))
    21
    """
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def darker(colour, share):
    """A colour with so much of its light left, to tell apart those who share one.

    >>> darker("#56B4E9", 0.5)
    '#2B5A74'
    """
    return "#" + "".join(f"{round(int(colour[at : at + 2], 16) * share):02X}" for at in (1, 3, 5))


@functools.cache
def ink_of(colour, paper=PAPER, ratio=4.5):
    """The colour itself, darkened until words written in it can be read on paper (WCAG AA asks for 4.5).

    >>> contrast(ink_of("#F0E442"), "#FFFFFF") >= 4.5
    True
    """
    scale = 1.0
    while contrast(colour, paper) < ratio and scale > 0:
        scale -= 0.04
        colour = darker(colour, 0.94)
    return colour


def ink_on(colour):
    """Black or white, whichever can be read on the colour.

    >>> ink_on("#F0E442"), ink_on("#0072B2")
    ('#1A1A1A', '#FFFFFF')
    """
    return INK if contrast(INK, colour) >= contrast(PAPER, colour) else PAPER


# --------------------------------------------------------------------------------------------------------- words


def day_of(date, year=False):
    """A date as it is said.

    >>> import datetime
    >>> day_of(datetime.date(2024, 6, 3)), day_of(datetime.date(2024, 6, 3), year=True)
    ('3 Jun', '3 Jun 2024')
    >>> day_of(datetime.datetime(2024, 6, 3, 9, 30))
    '3 Jun, 09:30'
    """
    clock = f", {date:%H:%M}" if isinstance(date, datetime.datetime) else ""
    return f"{date.day} {MONTHS[date.month - 1][:3]}" + (f" {date.year}" if year else "") + clock


def caption_of(about, units, runs=1, note=""):
    """What stands under every chart of a record or of outcomes: how to read it, the unit of every axis, scenario, runs,
    seed.
    """
    which = f"run {about.run}" if runs == 1 and hasattr(about, "run") else f"{runs:,} run{'s' * (runs != 1)}"
    return in_sentences(note, f"Units: {units}", f"Scenario: {about.scenario_name}, {which}, seed {about.seed}")


def in_sentences(*parts):
    """What is not empty, each as a sentence.

    >>> in_sentences("Units: days", "", "Seed 7.")
    'Units: days. Seed 7.'
    """
    return " ".join(part.rstrip(". ") + "." for part in parts if part)


# --------------------------------------------------------------------------------------------------------- pages


def open_page(name, title, caption, body):
    """A page with its title and caption written, ready for a drawing `body` inches high; for a `@styled` function."""
    from matplotlib.figure import Figure

    shape, title = _SHAPE.get(), capital(title)
    titles, captions, top, bottom = _bands(title, caption)
    spare = 0.0 if shape.height is None else shape.height - top - body - bottom
    if spare < -1e-9 and shape.width < LARGEST:
        raise _TooTall
    top, bottom = top + spare / 2, bottom + spare / 2
    height = top + body + bottom
    figure = Figure(figsize=(shape.width, height), dpi=100, facecolor=PAPER)
    page = Page(name, title, caption, figure, body, top, bottom, shape)
    for at, line in enumerate(titles):  # one by one: in one block the lines would stand unevenly
        low = 1 - (0.1 + (at + 0.8) * line_height(TITLE)) / height
        figure.text(MARGIN / shape.width, low, line, va="baseline", weight="bold", fontsize=TITLE)
    look = {"va": "bottom", "fontsize": CAPTION, "color": MUTED, "linespacing": LEADING}
    figure.text(MARGIN / shape.width, 0.08 / height, "\n".join(captions), **look)
    return page


def empty_page(name, title, caption, words):
    """The page of a chart that has nothing to show: one plain sentence, in the drawing and for those who hear it."""
    page = open_page(name, title, caption, 1.4)
    lines = wrap(words, width() - 1.2, HEAD)
    page.write(width() / 2, page.body / 2, "\n".join(lines), HEAD, ha="center", va="center", color=MUTED)
    page.alt = words if words.startswith("Nothing") else f"Nothing to show: {words[:1].lower()}{words[1:]}"
    return page


def date_ticks(calendar, days, most=5):
    """Places on the time axis, where turns begin: (day, words) pairs; the year, or by the clock the day, once each.

    >>> import datetime
    >>> from sim.scenario.calendar import calendar_of
    >>> date_ticks(calendar_of(datetime.date(2024, 5, 1), [(4, "days", 7)]), 28, most=3)
    [(0, '1 May\\n2024'), (14, '15 May'), (28, '29 May')]
    >>> date_ticks(calendar_of(datetime.date(2024, 5, 1), [(3, "days", 28)]), 84, most=3)
    [(0, '1 May\\n2024'), (56, '26 Jun')]
    >>> date_ticks(calendar_of(datetime.datetime(2024, 5, 1, 6), [(3, "hours", 6)]), 0.75, most=4)
    [(0, '06:00\\n1 May'), (0.25, '12:00'), (0.5, '18:00'), (0.75, '00:00\\n2 May')]
    """
    is_by_the_clock = calendar.has_clock and days <= DAYS_BY_THE_CLOCK
    place, _ = along_axis(calendar, days) or (float, float)
    least, ticks, said = place(days) / max(1, most - 1), [], None
    for day in calendar.edges:
        if day > days or ticks and place(day) - place(ticks[-1][0]) < least - 1e-6:
            continue
        date = calendar.date(day)
        date = date if is_by_the_clock or not calendar.has_clock else date.date()
        words, more = (f"{date:%H:%M}", day_of(date.date())) if is_by_the_clock else (day_of(date), str(date.year))
        ticks.append((day, words + (f"\n{more}" if more != said else "")))
        said = more
    return ticks


def along_axis(calendar, days):
    """How far along the time axis a day stands, and back, where turns differ much in length: each gets the same room,
    so that an hour is not lost beside a month. Two functions of days or arrays of them; None where time simply goes on.

    >>> import datetime
    >>> from sim.scenario.calendar import calendar_of
    >>> place, day = along_axis(calendar_of(datetime.date(2024, 5, 1), [(2, "days", 1), (1, "days", 98)]), 100)
    >>> round(float(place(1)), 3), round(float(day(place(2))), 3)
    (33.333, 2.0)
    """
    edges = np.array([edge for edge in calendar.edges if edge <= days])
    lengths = np.diff(edges)
    if len(lengths) < 2 or lengths.max() < MUCH_LONGER * lengths.min():
        return None
    places = np.linspace(0, edges[-1], len(edges))
    return (lambda day: _beyond(day, edges, places)), (lambda place: _beyond(place, places, edges))


def _beyond(values, known, to):
    """Values interpolated, and beside what is known left as they are: labels stand there."""
    values = np.asarray(values, dtype=float)
    return np.where((values < known[0]) | (values > known[-1]), values, np.interp(values, known, to))


def set_date_axis(axes, calendar, days, most=5):
    """Dates under the axes."""
    if uneven := along_axis(calendar, days):
        axes.set_xscale("function", functions=uneven)
    ticks = date_ticks(calendar, days, most)
    axes.set_xticks([day for day, _ in ticks], [words for _, words in ticks])
    axes.tick_params(axis="x", length=3, pad=5, labelsize=SMALL)
    if ticks and ticks[-1][0] > 0.9 * days:
        axes.get_xticklabels()[-1].set_ha("right")


def round_up(value):
    """A round number not below the value.

    >>> round_up(0.83), round_up(34.0), round_up(0.0)
    (1.0, 40.0, 1.0)
    """
    if not value > 0:
        return 1.0
    size = 10.0 ** math.floor(math.log10(value))
    return next(step * size for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if step * size >= value * 0.999999)


def cells(count, columns, body):
    """The cells of a grid of small panels, in the order of reading: (left, low, wide, tall), inches."""
    wide, tall = (width() - 2 * MARGIN) / columns, body / -(-count // columns)
    return [(MARGIN + at % columns * wide, body - (at // columns + 1) * tall, wide, tall) for at in range(count)]


# -------------------------------------------------------------------------------------------------------------- labels


def spread(wanted, sizes, low=-math.inf, high=math.inf):
    """Places for labels, as near as can be to where they are wanted, so that none covers another.

    The least total squared displacement that keeps the order (pool adjacent violators).

    Parameters
    ----------
    wanted : sequence of float, the middle each label would like
    sizes : sequence of float (or one float), the room each label needs along the axis
    low, high : float, the ends of the axis; if the labels need more room than there is, they start at low

    >>> spread([1.0, 1.1, 5.0], 1.0)
    [0.55, 1.55, 5.0]
    """
    wanted = [float(value) for value in wanted]
    if not wanted:
        return []
    sizes = [float(sizes)] * len(wanted) if isinstance(sizes, (int, float)) else [float(size) for size in sizes]
    order = sorted(range(len(wanted)), key=lambda at: (wanted[at], at))
    offsets, edge = [], 0.0
    for at in order:
        offsets.append(edge + sizes[at] / 2)
        edge += sizes[at]
    blocks = []
    for at, offset in zip(order, offsets, strict=True):
        blocks.append((wanted[at] - offset, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            mean, count = blocks.pop()
            before, fewer = blocks.pop()
            blocks.append(((before * fewer + mean * count) / (fewer + count), fewer + count))
    places, at = [0.0] * len(wanted), 0
    for mean, count in blocks:
        start = max(low, min(mean, high - edge))
        for _ in range(count):
            places[order[at]] = round(start + offsets[at], 9)
            at += 1
    return places


def mark(axes, x, y, marker, colour, size=7, is_hollow=False, **more):
    """A mark, or at lists of places several: full with a dark edge, or hollow with an edge of its colour."""
    look = {"color": PAPER, "markeredgecolor": colour, "markeredgewidth": 1.2} if is_hollow else {
        "color": colour, "markeredgecolor": INK, "markeredgewidth": 0.5,
    }  # fmt: skip
    axes.plot(x, y, marker=marker, markersize=size, linestyle="none", clip_on=False, **look, **more)


def stacked(values, step, tall, most):
    """How far above or below its lane each mark stands, so that marks of nearly the same value do not cover each other.

    Values within a `step` are the same, and stack in the order of their keys; a mark is so `tall`, a whole stack at
    `most`.
    """
    bins, places = {}, {}
    for key, value in values.items():
        bins.setdefault(round(value / step), []).append(key)
    for keys in bins.values():
        each = min(tall, most / len(keys))
        places |= {key: (level - (len(keys) - 1) / 2) * each for level, key in enumerate(keys)}
    return places


def name_marks(axes, marks, y, scale, clear_of=(), low=0.0, high=1.0, **look):
    """Names in one row, pushed apart sideways and off what they must not cover, each with a hair line to its mark.

    Parameters
    ----------
    axes : matplotlib axes, 0 to 1 across
    marks : list of (x, y, words)
    y : float, where the row is
    scale : float, width of the axes, inches
    clear_of : sequence of x, lines that cross the row
    """
    bold, marks = look.get("weight") == "bold", sorted(marks)
    wanted = [x for x, _, _ in marks] + list(clear_of)
    sizes = [(text_width(words, SMALL, bold) + 0.14) / scale for _, _, words in marks] + [0.3 / scale] * len(clear_of)
    for (x, level, words), spot in zip(marks, spread(wanted, sizes, low, high), strict=False):
        near = y - 0.07 if y > level else y + 0.07
        axes.plot([x, spot], [level, near], color=CALM, linewidth=0.5, zorder=2)
        axes.text(spot, y, words, ha="center", va="center", fontsize=SMALL, clip_on=False, **look)


def label_lines(axes, labels, room, size=LABEL, at=None):
    """Names at the right end of lines, pushed apart where they would touch, with a hair line back to the end.

    Parameters
    ----------
    axes : matplotlib axes, y limits already set
    labels : list of (y, words, colour), and of a line that ends before the others its last x
    room : float, inches to the right of the axes that the words may take
    at : float, x of the lines' end; default: the axes' right limit
    """
    box, (wide, tall) = axes.get_position(), axes.get_figure().get_size_inches()
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    inch, per_inch = (right - left) / (box.width * wide), (high - low) / (box.height * tall)
    end = right if at is None else at
    labels = [(y, wrap(words, room - 0.2, size, lines=2), *more) for y, words, *more in labels]
    tall = [len(lines) * line_height(size) * per_inch for _, lines, *_ in labels]
    places = spread([y for y, *_ in labels], tall, low, high)
    for (y, lines, colour, *last), place in zip(labels, places, strict=True):
        ends = [(last[0] if last else end) + 0.03 * inch, right + 0.14 * inch]
        axes.plot(ends, [y, place], color=colour, linewidth=0.6, clip_on=False, alpha=0.7)
        look = {"va": "center", "fontsize": size, "color": ink_of(colour), "linespacing": LEADING}
        axes.text(right + 0.18 * inch, place, "\n".join(lines), **look)
