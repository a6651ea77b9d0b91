"""How long answers took: days to each kind of act, and to the first answer together, case by case."""

import math

import numpy as np

from sim.output.figures import style
from sim.output.figures.forest import middles, on_the_left, on_the_right, rows_of
from sim.phrases import percent
from sim.validation import claims

ROOM, RIGHT, HEAD = 2.24, 0.92, 0.4
LIGHT, DARK, LINE, RECORD = "#BBD9EC", "#5FA8D3", "#084C7C", "#B45F06"
TICKS = (
    (0, "0"),
    (30, "1\nmonth"),
    (91, "3"),
    (182, "6\nmonths"),
    (365, "1\nyear"),
    (730, "2\nyears"),
    (1826, "5"),
)
SELDOM, SELDOM_LINE = "#E3E3E0", "#8C8C8C"
MOST_RUNS = 0.5  # a first answer that fewer runs saw is drawn in grey and not compared
MARKS = {"collective": ("D", True), "lead_state_only": ("D", False)}
NOTE = (
    "Days from the day the case became known; early days are drawn wider. Pale: eight of ten acts or runs; dark: half "
    "of them; line: median. First answer together: in the model, the day on which two actors had done more than speak; "
    "in the record, ◆ given together, ◇ by one that led; grey: seen in fewer than half of the runs, and not compared"
)


@style.styled
def compose(past):
    """Lags by kind of act above, first answers by case below."""
    kinds = past.backtest.lags[past.backtest.lags.acts > 0]
    answers = _ordered(past)
    caption = past.caption("days", NOTE)
    tops, upper = rows_of([style.capital(past.kind(kind)) for kind in kinds.kind], ROOM - style.MARGIN - 0.1, 0.32)
    names = [[past.label(row.case, ROOM - style.MARGIN - 0.1, style.LABEL)] for row in answers]
    lower = [0.3] * len(answers)
    page = style.open_page("lags", claims.first_answers(answers), caption, sum(upper) + sum(lower) + 2 * HEAD + 1.06)
    longest = max([365.0, *kinds.q90.tolist(), *(value for row in answers for value in ends_of(row))])
    _draw_kinds(page, kinds, tops, upper, longest, sum(lower) + HEAD + 1.02)
    _draw_answers(page, answers, names, lower, longest)
    page.alt = alt_of(past, kinds, answers)
    return page


def _ordered(past):
    rows = {row.case: row for row in past.backtest.first_answers.itertuples()}
    order = sorted(rows, key=lambda name: (past.when(name), name))
    return [rows[name] for name in order]


def ends_of(row):
    """The days of a case that are known: recorded, and both ends of the model's spread."""
    return [value for value in (row.recorded, row.low, row.high) if math.isfinite(value)]


def alt_of(past, kinds, answers):
    """Every row in words."""
    told = [
        f"{style.capital(past.kind(row.kind))}: median {row.q50:.0f} days, half between {row.q25:.0f} and "
        f"{row.q75:.0f}, eight of ten between {row.q10:.0f} and {row.q90:.0f}."
        for row in kinds.itertuples()
    ]
    for row in answers:
        recorded = f"recorded after {row.recorded:.0f} days" if math.isfinite(row.recorded) else "none recorded"
        model = (
            f"the model's median {row.median:.0f} (eight of ten {row.low:.0f} to {row.high:.0f}), in "
            f"{percent(row.share)} of runs"
            if math.isfinite(row.median)
            else "none in any run of the model"
        )
        told.append(f"{past.name(row.case)}: {recorded}; {model}.")
    return f"Days to each kind of act in the model, and to the first answer together. {' '.join(told)}"


# ------------------------------------------------------------------------------------------------------- drawing


def scaled(days):
    """Where a day stands on the axis: early days are drawn wider than late ones.

    >>> scaled(100.0)
    10.0
    """
    return float(np.sqrt(max(days, 0.0)))


def _frame(axes, longest, total):
    axes.set_xlim(-0.8, scaled(longest) * 1.06)
    axes.set_ylim(total, 0)
    axes.set_yticks([])
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    ticks = [(day, words) for day, words in TICKS if day <= longest]
    axes.set_xticks([scaled(day) for day, _ in ticks], [words for _, words in ticks])
    axes.tick_params(axis="x", length=3, pad=3, labelsize=style.SMALL)
    for day, _ in ticks:
        axes.axvline(scaled(day), color=style.FAINT, linewidth=0.7, zorder=0)


def _draw_kinds(page, kinds, lines, heights, longest, low):
    total = sum(heights)
    page.write(style.MARGIN, low + total + 0.12, "Each kind of act, in the model", style.HEAD, weight="bold")
    page.write(style.WIDTH - RIGHT + 0.08, low + total + 0.12, "median", style.SMALL, color=style.MUTED)
    if not total:
        return
    axes = page.axes(ROOM, low, style.WIDTH - ROOM - RIGHT, total)
    _frame(axes, longest, total)
    for row, words, y in zip(kinds.itertuples(), lines, middles(heights), strict=True):
        on_the_left(axes, y, words)
        _bar(axes, y, row.q10, row.q90, LIGHT)
        _bar(axes, y, row.q25, row.q75, DARK)
        _median(axes, y, row.q50)
        on_the_right(axes, y, f"{row.q50:.0f} days", weight="bold")


def _draw_answers(page, answers, names, heights, longest):
    total, low = sum(heights), 0.5
    page.write(style.MARGIN, low + total + 0.12, "First answer together", style.HEAD, weight="bold")
    at = style.MARGIN + style.text_width("First answer together", style.HEAD, bold=True) + 0.25
    page.write(at, low + total + 0.12, "◆ recorded", style.LABEL, color=style.ink_of(RECORD), weight="bold")
    page.write(style.WIDTH - RIGHT + 0.08, low + total + 0.12, "seen in", style.SMALL, color=style.MUTED)
    axes = page.axes(ROOM, low, style.WIDTH - ROOM - RIGHT, total)
    _frame(axes, longest, total)
    for row, words, y in zip(answers, names, middles(heights), strict=True):
        on_the_left(axes, y, words)
        if math.isfinite(row.median):
            bar, line = (LIGHT, LINE) if row.share >= MOST_RUNS else (SELDOM, SELDOM_LINE)
            _bar(axes, y, row.low, row.high, bar)
            _median(axes, y, row.median, line)
        if math.isfinite(row.recorded):
            marker, is_full = MARKS.get(row.type, MARKS["lead_state_only"])
            axes.plot(
                [scaled(row.recorded)], [y], marker=marker, markersize=7.5, color=RECORD if is_full else style.PAPER,
                markeredgecolor=RECORD, markeredgewidth=1.6, zorder=5, clip_on=False,
            )  # fmt: skip
        on_the_right(axes, y, percent(row.share))


def _bar(axes, y, low, high, colour):
    if math.isfinite(low) and math.isfinite(high):
        wide = max(scaled(high) - scaled(low), 0.12)
        axes.barh([y], [wide], left=[scaled(low)], height=0.16, color=colour, linewidth=0, zorder=2)


def _median(axes, y, day, colour=LINE):
    if math.isfinite(day):
        axes.plot([scaled(day)] * 2, [y - 0.1, y + 0.1], color=colour, linewidth=2.6, solid_capstyle="butt", zorder=3)
