"""How every chart looks: sizes, colours, words that fit and do not touch, and the page.

A chart is drawn on a `Page`: a title that says what was found, the drawing, a caption with scenario, runs, seed and
units. Pages are narrow with large type, so the same drawing serves a phone, a projector and paper. Colours start from
Okabe and Ito's palette, which colour-blind eyes can tell apart, and never stand alone: each group also has a marker.
Writing is saved as outlines, so an SVG looks the same on every machine.

Every chart is composed under `styled` and saved in `own_style`: Matplotlib's own defaults and `STYLE`, whatever the
user's matplotlibrc says, and his settings are as they were when it is done. Matplotlib is imported when the first page
is opened, since listing the charts should cost nothing.
"""

import contextlib
import datetime
import functools
import importlib
import logging
import math
import os
import re
import sys
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path

from sim.output.figures import fonts
from sim.phrases import MONTHS, capital
from sim.scenario.calendar import date_at

DAYS_BY_THE_CLOCK = 4  # an axis of so many days has hours on it
HOUR_STEPS, DAY_STEPS = (1, 2, 3, 6, 12), (1, 2, 7, 14, 28, 56, 91, 182, 365, 730, 1826, 3652)
WIDTH = 6.0  # inches
PNG_WIDTH = 1600  # pixels
MARGIN = 0.14  # inches
TITLE, HEAD, LABEL, SMALL, CAPTION = 15, 11.5, 10.5, 9.5, 8.5  # points
MATRIX = 9  # points: numbers inside marks
LEADING = 1.3 / 1.164  # between lines of one text, for `line_height`

ILLEGIBLE = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

INK = "#1A1A1A"
MUTED = "#595959"
FAINT = "#D9D9D9"
WASH = "#F4F4F1"
PAPER = "#FFFFFF"
CALM = "#7A7A7A"

STYLE = {
    "font.family": [fonts.BASE],
    "font.size": LABEL,
    "text.color": INK,
    "text.parse_math": False,
    "text.hinting": "none",
    "axes.edgecolor": CALM,
    "axes.labelcolor": INK,
    "axes.labelsize": LABEL,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "xtick.color": CALM,
    "ytick.color": CALM,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": LABEL,
    "ytick.labelsize": LABEL,
    "grid.color": FAINT,
    "grid.linewidth": 0.7,
    "hatch.linewidth": 0.8,
    "lines.solid_capstyle": "round",
    "svg.fonttype": "path",
    "svg.hashsalt": "two-oceans",
    "path.simplify": True,
}


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
    alt: str = ""
    lacks: str = ""  # letters that no font has

    @property
    def height(self):
        """Height of the whole page, inches."""
        return self.top + self.body + self.bottom

    def axes(self, left, low, width, height):
        """Axes at a place in the drawing's band, inches from its lower left corner."""
        return self.figure.add_axes(
            (left / WIDTH, (self.bottom + low) / self.height, width / WIDTH, height / self.height)
        )

    def write(self, left, low, text, size=LABEL, **more):
        """Words at a place in the drawing's band, inches from its lower left corner."""
        return self.figure.text(left / WIDTH, (self.bottom + low) / self.height, text, fontsize=size, **more)


# ----------------------------------------------------------------------------------------------------- own style


@contextlib.contextmanager
def own_style():
    """Matplotlib with its own defaults and `STYLE`; what the user or the host had set is back afterwards."""
    matplotlib = _matplotlib()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # settings that Matplotlib itself is about to give up
        defaults = {name: value for name, value in matplotlib.rcParamsDefault.items() if name != "backend"}
    with matplotlib.rc_context({**defaults, **STYLE}), _no_word_of_weights():
        yield


@contextlib.contextmanager
def _no_word_of_weights():
    """Matplotlib says of every font without a bold form that it takes the other; nobody can do anything about it."""
    log = logging.getLogger("matplotlib.font_manager")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(level)


def styled(compose):
    """A function that composes a page, made to do so in our own style and with a font for every letter there is."""

    @functools.wraps(compose)
    def compose_styled(*about, **more):
        with own_style():
            page = compose(*about, **more)
            _find_letters(page)
        return page

    return compose_styled


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


@functools.cache
def ink_of(colour, paper=PAPER, ratio=4.5):
    """The colour itself, darkened until words written in it can be read on paper (WCAG AA asks for 4.5).

    >>> contrast(ink_of("#F0E442"), "#FFFFFF") >= 4.5
    True
    """
    scale = 1.0
    while contrast(colour, paper) < ratio and scale > 0:
        scale -= 0.04
        colour = "#" + "".join(f"{max(0, round(int(colour[at : at + 2], 16) * 0.94)):02X}" for at in (1, 3, 5))
    return colour


def ink_on(colour):
    """Black or white, whichever can be read on the colour.

    >>> ink_on("#F0E442"), ink_on("#0072B2")
    ('#1A1A1A', '#FFFFFF')
    """
    return INK if contrast(INK, colour) >= contrast(PAPER, colour) else PAPER


# --------------------------------------------------------------------------------------------------------- words


@functools.cache
def _measurer():
    from matplotlib.backends.backend_agg import RendererAgg

    return RendererAgg(10, 10, 720)  # ten times finer than print, so that rounding does not count


@functools.cache
def _font(bold, families):
    from matplotlib.font_manager import FontProperties

    return FontProperties(family=families, weight="bold" if bold else "normal", size=10)


def legible(words):
    """Words without what can be neither drawn nor written in XML: control characters, and halves of letters.

    >>> legible("a\\x1b[2J b\\ud83d")
    'a[2J b'
    """
    return ILLEGIBLE.sub("", words)


@functools.lru_cache(maxsize=20_000)
def text_width(text, size=LABEL, bold=False):
    """Width of one line of text, inches."""
    text = legible(text)
    font = _font(bold, fonts.families_for(text, bold))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        width, _, _ = _measurer().get_text_width_height_descent(text, font, False)
    return width / 720 * size / 10


def line_height(size=LABEL):
    """Height of a line of text with its lead, inches."""
    return size * 1.3 / 72


def cut(text, width, size=LABEL, bold=False):
    """The text, shortened with an ellipsis to fit the width in inches."""
    if text_width(text, size, bold) <= width:
        return text
    while text and text_width(text + "…", size, bold) > width:
        text = text[:-1]
    return text.rstrip(" ,;:(") + "…"


def wrap(text, width, size=LABEL, bold=False, lines=None):
    """The text as lines no wider than so many inches; what does not fit into `lines` ends in an ellipsis."""
    found, line = [], ""
    for word in filter(None, re.split(r"[ \t\n]+", str(text))):  # a non-breaking space does not break
        longer = f"{line} {word}".strip()
        if line and text_width(longer, size, bold) > width:
            found.append(line)
            line = word
        else:
            line = longer
    found.append(line)
    if lines and len(found) > lines:
        found = [*found[: lines - 1], " ".join(found[lines - 1 :])]
    return [cut(one, width, size, bold) for one in found]


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
    """What stands under every chart: scenario, runs, seed, units.

    Parameters
    ----------
    about : Record or Outcomes
    units : str, the unit of every axis
    runs : int, how many runs the chart shows
    note : str, how to read it
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

    title = capital(title)
    titles = wrap(title, WIDTH - 2 * MARGIN, TITLE, bold=True, lines=4)
    captions = wrap(caption, WIDTH - 2 * MARGIN, CAPTION, lines=5)
    top = len(titles) * line_height(TITLE) + 0.2
    bottom = len(captions) * line_height(CAPTION) + 0.22
    height = top + body + bottom
    page = Page(name, title, caption, Figure(figsize=(WIDTH, height), dpi=100, facecolor=PAPER), body, top, bottom)
    for at, line in enumerate(titles):  # one by one: in one block the lines would stand unevenly
        page.figure.text(
            MARGIN / WIDTH,
            1 - (0.1 + (at + 0.8) * line_height(TITLE)) / height,
            line,
            va="baseline",
            weight="bold",
            fontsize=TITLE,
        )
    page.figure.text(
        MARGIN / WIDTH,
        0.08 / height,
        "\n".join(captions),
        va="bottom",
        fontsize=CAPTION,
        color=MUTED,
        linespacing=LEADING,
    )
    return page


def empty_page(name, title, caption, words):
    """The page of a chart that has nothing to show: one plain sentence, in the drawing and for those who hear it."""
    page = open_page(name, title, caption, 1.4)
    lines = wrap(words, WIDTH - 1.2, HEAD)
    page.write(WIDTH / 2, page.body / 2, "\n".join(lines), HEAD, ha="center", va="center", color=MUTED)
    page.alt = words if words.startswith("Nothing") else f"Nothing to show: {words[:1].lower()}{words[1:]}"
    return page


def bare(axes):
    """Axes without frame or ticks, for lanes and matrices."""
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.patch.set_visible(False)


def date_ticks(start, days, most=5):
    """A few round places on the time axis: (day, words) pairs, the year said once.

    >>> import datetime
    >>> date_ticks(datetime.date(2024, 5, 1), 28, most=3)
    [(0, '1 May\\n2024'), (14, '15 May'), (28, '29 May')]
    >>> date_ticks(datetime.datetime(2024, 5, 1, 6), 0.75, most=4)
    [(0.0, '06:00\\n1 May'), (0.25, '12:00'), (0.5, '18:00'), (0.75, '00:00\\n2 May')]
    """
    has_clock = isinstance(start, datetime.datetime) and days <= DAYS_BY_THE_CLOCK
    start = start if has_clock or not isinstance(start, datetime.datetime) else start.date()
    step = days / max(1, most - 1) if has_clock else max(1, math.ceil(days / max(1, most - 1)))
    steps = (*(hours / 24 for hours in HOUR_STEPS), *DAY_STEPS) if has_clock else DAY_STEPS
    step = next((round_step for round_step in steps if round_step >= step * 0.9), step)
    ticks, said = [], None
    for k in range(int(days / step + 0.001) + 1):
        date = date_at(start, k * step)
        words, more = (f"{date:%H:%M}", day_of(date.date())) if has_clock else (day_of(date), str(date.year))
        ticks.append((k * step, words + (f"\n{more}" if more != said else "")))
        said = more
    return ticks


def set_date_axis(axes, start, days, most=5):
    """Dates under the axes."""
    ticks = date_ticks(start, days, most)
    axes.set_xticks([day for day, _ in ticks], [words for _, words in ticks])
    axes.tick_params(axis="x", length=3, pad=5)
    if ticks and ticks[-1][0] > 0.9 * days:
        axes.get_xticklabels()[-1].set_ha("right")


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
        blocks.append([wanted[at] - offset, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            mean, count = blocks.pop()
            blocks[-1] = [
                (blocks[-1][0] * blocks[-1][1] + mean * count) / (blocks[-1][1] + count),
                blocks[-1][1] + count,
            ]
    places, at = [0.0] * len(wanted), 0
    for mean, count in blocks:
        start = max(low, min(mean, high - edge))
        for _ in range(count):
            places[order[at]] = round(start + offsets[at], 9)
            at += 1
    return places


def label_lines(axes, labels, room, size=LABEL, at=None):
    """Names at the right end of lines, pushed apart where they would touch, with a hair line back to the end.

    Parameters
    ----------
    axes : matplotlib axes, y limits already set
    labels : list of (y, words, colour)
    room : float, inches to the right of the axes that the words may take
    at : float, x of the lines' end; default: the axes' right limit
    """
    low, high = axes.get_ylim()
    figure = axes.get_figure()
    box = axes.get_position()
    tall = box.height * figure.get_size_inches()[1]
    wide = box.width * figure.get_size_inches()[0]
    per_inch = (high - low) / tall
    left, right = axes.get_xlim()
    end = right if at is None else at
    inch = (right - left) / wide
    labels = [(y, wrap(words, room - 0.2, size, lines=2), colour) for y, words, colour in labels]
    tall = [len(lines) * line_height(size) * per_inch for _, lines, _ in labels]
    places = spread([y for y, _, _ in labels], tall, low, high)
    for (y, lines, colour), place in zip(labels, places, strict=True):
        axes.plot(
            [end + 0.03 * inch, right + 0.14 * inch], [y, place], color=colour, linewidth=0.6, clip_on=False, alpha=0.7
        )
        axes.text(
            right + 0.18 * inch,
            place,
            "\n".join(lines),
            va="center",
            fontsize=size,
            color=ink_of(colour),
            linespacing=LEADING,
        )


# -------------------------------------------------------------------------------------------------------------- checks


def overlaps(page):
    """Pairs of written words on the page that cover one another: there should be none."""
    boxes = _boxes(page)
    return [
        (boxes[i][0], boxes[j][0])
        for i in range(len(boxes))
        for j in range(i)
        if _shared(boxes[i][1], boxes[j][1]) > 1.0
    ]


def outside(page):
    """Written words that run off the page: there should be none."""
    edge = page.figure.bbox
    return [
        words
        for words, box in _boxes(page)
        if box.x0 < edge.x0 - 1 or box.x1 > edge.x1 + 1 or box.y0 < edge.y0 - 1 or box.y1 > edge.y1 + 1
    ]


def _boxes(page):
    """All that is written on the page, each with the room it takes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.text import Text

    with own_style():
        renderer = FigureCanvasAgg(page.figure).get_renderer()
        page.figure.draw_without_rendering()
        texts = [text for text in page.figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
        return [(text.get_text(), text.get_window_extent(renderer)) for text in texts]


def _shared(one, other):
    width = min(one.x1, other.x1) - max(one.x0, other.x0)
    height = min(one.y1, other.y1) - max(one.y0, other.y0)
    return min(width, height) if width > 0 and height > 0 else 0.0
