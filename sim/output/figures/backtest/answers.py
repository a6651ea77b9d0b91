"""How long answers took, case by case, and who was thought likely to give in to coercion, beside the record."""

import dataclasses
import math

import numpy as np

from sim.experiments.estimate import Estimate, wilson
from sim.output.figures import chart, style
from sim.output.figures.forest import Bar, Forest, Panel, Point, Row, Tick
from sim.phrases import capital, listed, percent
from sim.validation import claims
from sim.validation.cases import head_of

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
LAGS_NOTE = (
    "Days from the day the case became known; early days are drawn wider. Pale: eight of ten acts or runs; dark: half "
    "of them; line: median. First answer together: in the model, the day on which two actors had done more than speak; "
    "in the record, ◆ given together, ◇ by one that led; grey: seen in fewer than half of the runs, and not compared"
)
CONCEDING_ROOM, CONCEDING_RIGHT, CONCEDING_ROW = 2.6, 0.62, 0.29
SHARES = {0: "0", 0.25: "25", 0.5: "50", 0.75: "75", 1: "100\N{NO-BREAK SPACE}%"}
OUTCOMES = (
    (1, "Gave in", "#B45F06", "s"),
    ("partial", "Gave in partly", "#8A6D00", "D"),
    (0, "Held out", "#0072B2", "o"),
)
CONCEDING_NOTE = (
    "Lines are 95 % intervals of the model's draws (Wilson), not of whether the model is right. Of most of these "
    "coercions only the outcome is known, so the model knows target, adversary, date and how long it went on, and "
    "takes the usual severity"
)


# ---------------------------------------------------------------------------------------------------------------- lags


@chart("lags", place=4, question="How long did answers take?", anchor="when")
def compose_lags(past):
    """Lags by kind of act above, first answers by case below."""
    kinds = past.backtest.lags[past.backtest.lags.acts > 0]
    answers = _ordered(past)
    caption = past.caption("days", LAGS_NOTE)
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
    page.alt = _lags_alt(past, kinds, answers)
    return page


def _ordered(past):
    rows = {row.case: row for row in past.backtest.first_answers.itertuples()}
    order = sorted(rows, key=lambda name: (past.when(name), name))
    return [rows[name] for name in order]


def ends_of(row):
    """The days of a case that are known: recorded, and both ends of the model's spread."""
    return [value for value in (row.recorded, row.low, row.high) if math.isfinite(value)]


def _lags_alt(past, kinds, answers):
    """Every row in words."""
    told = [
        f"{capital(past.kind(row.kind))}: median {row.q50:.0f} days, half between {row.q25:.0f} and "
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
    page.write(style.width() - RIGHT + 0.08, high, note, style.SMALL, color=style.MUTED)
    return style.MARGIN + style.text_width(words, style.HEAD, bold=True) + 0.25


def _kind_row(past, row):
    marks = [*_bar(row.q10, row.q90, LIGHT), *_bar(row.q25, row.q75, DARK), *_median(row.q50)]
    label = capital(past.kind(row.kind))
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


# ------------------------------------------------------------------------------------------------------------ coercion


@chart("conceding", place=5, question="Who gives in to coercion?", anchor="coercion")
def compose_conceding(past):
    """Each coercion with the model's probability, those that gave in first."""
    rows = past.backtest.outcomes
    units = "probability that the target gives in within the time played"
    caption = past.caption(units, CONCEDING_NOTE + _left_out(past))
    if not len(rows):
        return style.empty_page(
            "conceding",
            "no coercion whose outcome is known",
            caption,
            "None of these cases demanded anything of a target the library knows.",
        )
    groups = [(group, _rows_of(rows, group[0])) for group in OUTCOMES]
    groups = [(group, found) for group, found in groups if found]
    forest = Forest(_outcome_rows(past, groups), CONCEDING_ROOM, CONCEDING_RIGHT, CONCEDING_ROW)
    page = style.open_page("conceding", claims.coercion(rows), caption, forest.height + 0.42)
    forest.draw(page, 0.36, [Panel(-0.03, 1.03, ticks=SHARES)])
    page.alt = "The model's probability that the target gave in, and the record. " + " ".join(
        f"{words}: {listed([f'{_label(past, row)} {percent(row.chance)}' for row in found], 40)}."
        for (_, words, *_), found in groups
    )
    return page


def _rows_of(rows, conceded):
    found = [row for row in rows.itertuples() if row.conceded == conceded]
    return sorted(found, key=lambda row: -row.chance)


def _left_out(past):
    known = set(past.backtest.outcomes.case)
    lost = [
        name for name, episode in past.episodes.items() if episode.target_conceded is not None and name not in known
    ]
    return f". Left out, as the library does not know the target: {listed(lost)}" if lost else ""


def _label(past, row):
    case = past.cases.get(row.case)
    if case is not None:
        return f"{past.when(row.case).year} {head_of(case.name)}"
    codes = row.target.split(", ")
    name = past.styles.name(codes[0]) + (f", {len(codes) - 1} more" if len(codes) > 1 else "")
    return f"{past.when(row.case).year} {name}"


def _outcome_rows(past, groups):
    for (_, words, colour, marker), found in groups:
        yield Row(f"{words} ({len(found)})", is_head=True, look={"color": style.ink_of(colour), "size": style.HEAD})
        for row in found:
            likely = dataclasses.replace(wilson(row.chance, past.backtest.runs), value=row.chance)
            label = style.cut(_label(past, row), CONCEDING_ROOM - style.MARGIN - 0.12)
            yield Row(label, [[Point(likely, colour, marker, size=8, width=2)]], percent(row.chance))
