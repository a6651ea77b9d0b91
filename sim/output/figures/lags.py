"""How long answers took: days to each kind of act, and to the first answer together, case by case."""

import math

import numpy as np

from sim.experiments.estimate import Estimate
from sim.output.figures import style
from sim.output.figures.forest import Bar, Forest, Panel, Point, Row, Tick
from sim.phrases import percent
from sim.validation import claims

ROOM, RIGHT, HEAD = 2.24, 0.92, 0.4
LIGHT, DARK, LINE, RECORD = "#BBD9EC", "#5FA8D3", "#084C7C", "#B45F06"
TICKS = (
    (0, "0"),
    (30, "1\nmonth"),
    (91, "3\nmonths"),
    (182, "6\nmonths"),
    (365, "1\nyear"),
    (730, "2\nyears"),
    (1826, "5\nyears"),
)
TICK_GAP = 0.15  # of the axis, between two ticks with words
SELDOM, SELDOM_LINE = "#E3E3E0", "#8C8C8C"
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
    above = Forest([_kind_row(past, row) for row in kinds.itertuples()], ROOM, RIGHT, 0.32)
    below = Forest([_answer_row(past, row) for row in answers], ROOM, RIGHT, 0.3)
    title = claims.first_answers(answers)
    page = style.open_page("lags", title, caption, above.height + below.height + 2 * HEAD + 1.06)
    longest = max([365.0, *kinds.q90.tolist(), *(value for row in answers for value in ends_of(row))])
    panel = Panel(-0.8, scaled(longest) * 1.06, ticks=_ticks(longest))
    _head(page, above, below.height + HEAD + 1.02, "Each kind of act, in the model", "median")
    if above.rows:
        above.draw(page, below.height + HEAD + 1.02, [panel])
    at = _head(page, below, 0.5, "First answer together", "seen in")
    page.write(at, 0.62 + below.height, "◆ recorded", color=style.ink_of(RECORD), weight="bold")
    below.draw(page, 0.5, [panel])
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


def _ticks(longest):
    """Days that are written under the axis, those left out that would come too near the one before."""
    kept = {}
    for day, words in TICKS:
        if day <= longest and scaled(day) - max(kept, default=-math.inf) >= TICK_GAP * scaled(longest):
            kept[scaled(day)] = words
    return kept


def _head(page, forest, low, words, note):
    """The heading of a part, and that of its notes: where the first ends, inches."""
    high = low + forest.height + 0.12
    page.write(style.MARGIN, high, words, style.HEAD, weight="bold")
    page.write(style.WIDTH - RIGHT + 0.08, high, note, style.SMALL, color=style.MUTED)
    return style.MARGIN + style.text_width(words, style.HEAD, bold=True) + 0.25


def _kind_row(past, row):
    marks = [*_bar(row.q10, row.q90, LIGHT), *_bar(row.q25, row.q75, DARK), *_median(row.q50)]
    label = style.capital(past.kind(row.kind))
    return Row(label, [marks], f"{row.q50:.0f} days", note_look={"weight": "bold"})


def _answer_row(past, row):
    marks = []
    if math.isfinite(row.median):
        bar, line = (LIGHT, LINE) if row.share >= claims.MOST_RUNS else (SELDOM, SELDOM_LINE)
        marks += [*_bar(row.low, row.high, bar), *_median(row.median, line)]
    if math.isfinite(row.recorded):
        marker, is_full = MARKS.get(row.type, MARKS["lead_state_only"])
        day = Estimate(scaled(row.recorded), math.nan, math.nan)
        marks.append(Point(day, RECORD, marker, size=7.5, fill=RECORD if is_full else style.PAPER))
    return Row(past.label(row.case, ROOM - style.MARGIN - 0.1, style.LABEL), [marks], percent(row.share))


def _bar(low, high, colour):
    if math.isfinite(low) and math.isfinite(high):
        yield Bar(scaled(low), max(scaled(high), scaled(low) + 0.12), colour)


def _median(day, colour=LINE):
    if math.isfinite(day):
        yield Tick(scaled(day), colour)
