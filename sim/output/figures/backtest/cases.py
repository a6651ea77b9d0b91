"""What was done in each case beside what the model expected: by whom, after how long, and who gave in to coercion."""

import dataclasses
import math

import numpy as np

from sim.experiments.estimate import wilson
from sim.output.figures import chart, style
from sim.output.figures.forest import Bar, Forest, Panel, Point, Row, Tick, exactly
from sim.phrases import capital, listed, percent
from sim.validation import claims
from sim.validation.cases import head_of
from sim.validation.claims import is_wrong, known_cells, right_answers
from sim.validation.schema import KINDS

FIRST = ("public_attribution", "sanctions_or_expulsions")
WIDE, CELL_WIDE, CELL_TALL = 2.03, 0.184, 0.235  # inches
GROUP_GAP, LEVEL_TALL, KIND_TALL = 0.08, 0.16, 0.27
MOST_ACTORS = 20  # side by side; more go into a second block
STEPS = ("#F1F4F7", "#C9DDEE", "#86B9DB", "#3A87C0", "#0B4F8F")
WRONG = "#E8590C"
FRAMED = {"markeredgecolor": style.FAINT, "markeredgewidth": 0.5}
MATRIX_NOTE = (
    "Dot: it did. Full square without a dot: it did not. Small square: not known, or the target itself, and not "
    "scored. Orange frame: the model was on the wrong side of one half"
)
ROOM, RIGHT, HEAD = 2.24, 0.92, 0.4
LIGHT, DARK, LINE, RECORD = "#BBD9EC", "#5FA8D3", "#084C7C", "#B45F06"
TICKS = {0: "0", 30: "1\nmonth", 91: "3\nmonths", 182: "6\nmonths", 365: "1\nyear", 730: "2\nyears", 1826: "5\nyears"}
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


# --------------------------------------------------------------------------------------------------------- who did what


def each_kind(past):
    """A chart for every kind of act, those of `FIRST` always, the others where something is known of them."""
    for kind in (*FIRST, *(kind for kind in KINDS if kind not in FIRST)):
        if kind in FIRST or (past.backtest.cells.kind == kind).any():
            yield f"-{kind}", (past, kind)


@chart("matrix", place=3, each=each_kind, question="Who was expected to do what?", anchor="who")
def compose_matrix(past, kind):
    """The matrix of one kind of act."""
    name = f"matrix-{kind.replace('_', '-')}"
    caption = past.caption("probability that the actor did it within the window, per cent", MATRIX_NOTE)
    known = known_cells(past.backtest, kind)
    blocks = _blocks(past.by_group())
    rows = past.by_kind()
    names = [_name_of(past, code) for block in blocks for _, codes in block for code in codes]
    levels = 1 + max(level for block in blocks for _, _, level in _headings(block))
    top = max(style.text_width(one, style.SMALL) for one in names) + 0.12
    above = top + 0.1 + levels * LEVEL_TALL
    tall = sum(KIND_TALL + len(ids) * CELL_TALL for _, ids in rows)
    title = right_answers(known, past.kind(kind), lambda case: past.label(case, 9))
    page = style.open_page(name, title, caption, len(blocks) * (above + tall + 0.12) + 0.36)
    for at, block in enumerate(blocks):
        low = (len(blocks) - 1 - at) * (above + tall + 0.12) + 0.06
        _draw(page, past, kind, known, block, rows, low, tall)
        _write_names(page, past, block, low + tall, top)
    _draw_key(page)
    page.alt = _matrix_alt(past, kind, known)
    return page


def _matrix_alt(past, kind, known):
    """Case by case: who did it, and whom the model expected."""
    told = []
    for _, ids in past.by_kind():
        for name in ids:
            here = {code: known[name, code] for code in past.cases[name].actors if (name, code) in known}
            if here:
                who = {code: f"{past.styles.actor(code)} ({percent(p)})" for code, (_, p) in here.items()}
                did = [who[code] for code, (done, _) in here.items() if done]
                expected = [who[code] for code, (done, p) in here.items() if not done and p > 0.5]
                words = f"did: {listed(did, 30)}" if did else "nobody known to have done it"
                also = f"; expected of, but not done by {listed(expected, 30)}" if expected else ""
                told.append(f"{past.name(name)}: {words}{also}; {len(here)} known.")
    start = f"{capital(past.kind(kind))}, case by case; in brackets the model's probability."
    return f"{start} {' '.join(told) or 'Nothing is known.'}"


def _blocks(groups):
    """Groups of actors as blocks that fit the page side by side; a group that does not fit is broken."""
    blocks, room = [[]], MOST_ACTORS
    for name, codes in groups:
        while codes:
            if room < min(2, len(codes)):
                blocks.append([])
                room = MOST_ACTORS
            blocks[-1].append((name, codes[:room]))
            codes, room = codes[room:], room - min(room, len(codes))
    return blocks


def _places(block):
    """The left edge of each actor's column, inches from the left of the squares."""
    places, at = {}, 0.0
    for _, codes in block:
        for code in codes:
            places[code] = at
            at += CELL_WIDE
        at += GROUP_GAP
    return places


def _name_of(past, code):
    return past.styles.short(code, 1.05, style.SMALL)


def _write_names(page, past, block, low, top):
    for code, at in _places(block).items():
        look = {"rotation": 90, "ha": "center", "va": "bottom"}
        page.write(WIDE + at + CELL_WIDE / 2, low + 0.04, _name_of(past, code), style.SMALL, **look)
    for name, left, level in _headings(block):
        page.write(left, low + top + 0.03 + LEVEL_TALL * level, name, style.CAPTION, weight="bold")


def _headings(block):
    """Names of groups with their places: (name, left, level); one that would cover another stands a level higher."""
    places, ends, found = _places(block), [], []
    for name, codes in block:
        wide = style.text_width(name, style.CAPTION, bold=True)
        left = min(WIDE + places[codes[0]], style.width() - wide - 0.04)
        level = next((level for level, end in enumerate(ends) if left >= end + 0.06), len(ends))
        ends[level : level + 1] = [left + wide]
        found.append((name, left, level))
    return found


def _draw(page, past, kind, known, block, rows, low, tall):
    places = _places(block)
    wide = max(places.values()) + CELL_WIDE
    axes = page.bare_axes(WIDE, low, wide, tall, (0, wide), (tall, 0))
    y, squares, dots = 0.0, {}, {}
    for case_kind, ids in rows:
        y += KIND_TALL
        page.write(style.MARGIN, low + tall - y + 0.07, capital(past.case_kind(case_kind)), style.SMALL, weight="bold")
        for name in ids:
            label, middle = past.label(name, WIDE - style.MARGIN - 0.08), low + tall - y - CELL_TALL / 2
            page.write(WIDE - 0.07, middle, label, style.SMALL, ha="right", va="center_baseline")
            for code, x in places.items():
                p, answer = past.backtest.chance(name, code, kind), known.get((name, code))
                if math.isfinite(p):
                    middle = x + CELL_WIDE / 2, y + CELL_TALL / 2
                    look_of = step_of(p), answer is not None, answer is not None and is_wrong(*answer)
                    squares.setdefault(look_of, []).append(middle)
                    if answer and answer[0]:
                        dots.setdefault(style.ink_on(STEPS[step_of(p)]), []).append(middle)
            y += CELL_TALL
    _draw_squares(axes, squares)
    _draw_dots(axes, dots)


def step_of(p):
    """The fifth of the scale that a probability is in, 0 to 4.

    >>> [step_of(p) for p in (0.0, 0.19, 0.2, 1.0)]
    [0, 0, 1, 4]
    """
    return min(int(p * len(STEPS)), len(STEPS) - 1)


def _draw_squares(axes, squares):
    """All squares of one look at once: dict of (step, is_known, is_wrong) -> [(x, y)], middles in inches."""
    for (step, is_known, is_off), places in sorted(squares.items(), key=lambda item: item[0][2]):
        inset = 0.012 if is_known else 0.06
        half = CELL_WIDE / 2 - inset, CELL_TALL / 2 - inset
        edge = {"markeredgecolor": WRONG, "markeredgewidth": 2.2} if is_off else FRAMED
        x, y = zip(*places, strict=True)
        look = {"marker": _box(*half), "markersize": 2 * half[1] * 72, "color": STEPS[step], "zorder": 2 + is_off}
        axes.plot(x, y, linestyle="", clip_on=False, **look, **edge)


def _draw_dots(axes, dots):
    """What was done: dict of colour -> [(x, y)]."""
    for colour, places in dots.items():
        x, y = zip(*places, strict=True)
        axes.plot(x, y, linestyle="", marker="o", markersize=6, color=colour, markeredgewidth=0, zorder=4)


def _box(wide, tall):
    from matplotlib.path import Path

    return Path([(-wide, -tall), (wide, -tall), (wide, tall), (-wide, tall), (-wide, -tall)], closed=True)


def _draw_key(page):
    low, at = page.body - 0.2, style.MARGIN
    page.write(at, low, "The model's probability", style.SMALL)
    at += style.text_width("The model's probability", style.SMALL) + 0.1
    axes = page.bare_axes(at, low - 0.06, len(STEPS) * 0.42, 0.22, (0, len(STEPS)), (0, 1))
    for step, colour in enumerate(STEPS):
        axes.barh([0.5], [1], left=[step], height=1, color=colour, edgecolor=style.FAINT, linewidth=0.5)
        words = f"{step * 20}–{step * 20 + 20}"
        look = {"ha": "center", "va": "center", "fontsize": style.CAPTION - 1, "color": style.ink_on(colour)}
        axes.text(step + 0.5, 0.47, words, **look)
    at += len(STEPS) * 0.42 + 0.06
    page.write(at, low, "%   ●  did it", style.SMALL)
    at += style.text_width("%   ●  did it", style.SMALL) + 0.2
    box = page.axes(at, low - 0.04, 0.17, 0.18)
    box.set_xticks([])
    box.set_yticks([])
    for spine in box.spines.values():
        spine.set(visible=True, color=WRONG, linewidth=2.2)
    page.write(at + 0.24, low, "wrong", style.SMALL, color=style.ink_of(WRONG), weight="bold")


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
        span = f"the model's median {row.median:.0f} (eight of ten {row.low:.0f} to {row.high:.0f})"
        model = f"{span}, in {percent(row.share)} of runs"
        model = model if math.isfinite(row.median) else "none in any run of the model"
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
    for day, words in TICKS.items():
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
        fill = RECORD if is_full else style.PAPER
        marks.append(Point(exactly(scaled(row.recorded)), RECORD, marker, size=7.5, fill=fill))
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
        words = "None of these cases demanded anything of a target the library knows."
        return style.empty_page("conceding", "no coercion whose outcome is known", caption, words)
    groups = [(group, _rows_of(rows, group[0])) for group in OUTCOMES]
    groups = [(group, found) for group, found in groups if found]
    forest = Forest(_outcome_rows(past, groups), CONCEDING_ROOM, CONCEDING_RIGHT, CONCEDING_ROW)
    page = style.open_page("conceding", claims.coercion(rows), caption, forest.height + 0.42)
    forest.draw(page, 0.36, [Panel(-0.03, 1.03, ticks=SHARES)])
    told = ["The model's probability that the target gave in, and the record."]
    for (_, words, *_), found in groups:
        told.append(f"{words}: {listed([f'{_label(past, row)} {percent(row.chance)}' for row in found], 40)}.")
    page.alt = " ".join(told)
    return page


def _rows_of(rows, conceded):
    found = [row for row in rows.itertuples() if row.conceded == conceded]
    return sorted(found, key=lambda row: -row.chance)


def _left_out(past):
    coercions = {name for name, episode in past.episodes.items() if episode.target_conceded is not None}
    lost = [name for name in past.episodes if name in coercions - set(past.backtest.outcomes.case)]
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
