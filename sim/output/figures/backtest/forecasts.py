"""How good the model's forecasts were, beside simple ones, and whether what was called likely happened that often."""

import math

from sim.experiments.estimate import Estimate
from sim.output.figures import chart, style
from sim.output.figures.forest import ZERO, Forest, Panel, Point, Row, Stretch, Words, exactly, write_key
from sim.phrases import SIGN, percent
from sim.validation import claims
from sim.validation.backtest import BETTER, MODEL, UNCLEAR, WORSE, fifths_of, verdict
from sim.validation.claims import LOGISTIC, signed
from sim.validation.scores import calibration_of

ROOM, GAP, RIGHT = 1.95, 0.3, 0.2
LANE, PAD = 0.15, 0.16
FORECASTS = (
    (MODEL, "#0072B2", "o"),
    (LOGISTIC, "#B45F06", "D"),
    ("logistic", "#8A6D00", "s"),
    ("actor's own rate", "#009E73", "^"),
    ("overall rate", "#A8548B", "v"),
    ("nobody", "#595959", "X"),
)
COLOURS = {BETTER: ("#0072B2", "^"), WORSE: ("#B45F06", "v"), UNCLEAR: ("#7A7A7A", "o")}
WIDEST = 0.3  # of the Brier score that is drawn; what lies beyond is written at the edge
WIDEST_GAP = 0.1  # of the difference; a longer interval ends in an arrow
CYBER = ("public_attribution, cyber", "sanctions_or_expulsions, cyber")
SCORES_NOTE = (
    "Brier score: mean squared distance of forecast and record, 0 perfect, 0.25 for always one half. Right: the "
    "model's less the strong logistic regression's on the same resamples of whole cases; ▲ clearly better, ▼ clearly "
    "worse, grey: cannot be told. Lines are 95 % intervals. Each benchmark is made without the case it is about"
)
COLUMNS = 2
LEFT, WIDE, BETWEEN, TALL = 0.62, 2.24, 0.66, 1.8  # inches
HEAD, FOOT = 0.36, 0.82
OURS, THEIRS = "#0072B2", "#B45F06"
SHIFT = 0.011  # so that two marks at one place can both be seen
SHOWN = ((MODEL, OURS, "o"), (LOGISTIC, THEIRS, "D"))
RELIABILITY_NOTE = (
    "Across: what was forecast; up: how often it was done; on the line both agree. A mark is a fifth of the scale, its "
    "line a 95 % interval from resampling whole cases (or of a share, where all cells came out alike). Full: the "
    "interval reaches the line; open: it does not; small: fewer than ten cells, or one case. Below: how many cells"
)
NOTHING = "nothing is known that could be scored"
WHY_NOTHING = "Every cell of these cases is unknown, or the target's own."


# -------------------------------------------------------------------------------------------------------------- scores


@chart("scores", place=1, question="How good were the forecasts?", anchor="good")
def compose_scores(past):
    """Brier scores of all forecasts, and the model against the strong logistic regression, scope by scope."""
    scores, differences = past.backtest.scores, past.backtest.differences
    units = "Brier score, 0 to 1, less is better; beside a name: cells done, of those known"
    caption = past.caption(units, SCORES_NOTE)
    scopes = [scope for scope in dict.fromkeys(scores.scope) if scope == "all" or scope in past.kinds or scope in CYBER]
    if not scopes:
        return style.empty_page("scores", NOTHING, caption, WHY_NOTHING)
    if style.by_shape(tall=False, wide=True):
        scopes = sorted(scopes, key=lambda scope: scope != "all")[:3]
    gaps = {scope: _gap(differences, scope) for scope in scopes}
    edge, most = _widest(scores, scopes), _widest_gap(gaps.values())
    rows = [_score_row(past, scope, scores[scores.scope == scope], gaps[scope], edge, most) for scope in scopes]
    forest = Forest(rows, ROOM, RIGHT, len(FORECASTS) * LANE + PAD, gap=GAP)
    page = style.open_page("scores", claims.scores(differences, past.kinds), caption, forest.height + 1.36)
    write_key(page, page.body - 0.16, FORECASTS)
    forest.draw(page, 0.3, [Panel(0, edge, head="Brier score: less is better", share=0.58),
                            Panel(-most, most, 3, lines=[ZERO], head="Less the strong one", share=0.42)])  # fmt: skip
    right = ROOM + 0.79 * (style.width() - ROOM - GAP - RIGHT) + GAP
    sides = ("← better", right - 0.08, "right", BETTER), ("worse →", right + 0.08, "left", WORSE)
    for words, at, side, kind in sides:
        page.write(at, forest.height + 0.62, words, style.SMALL, ha=side, color=style.ink_of(COLOURS[kind][0]))
    page.alt = " ".join(_scores_told(past, scope, scores, differences) for scope in scopes)
    return page


def _scores_told(past, scope, scores, differences):
    rows = scores[scores.scope == scope]
    first, gap = rows.iloc[0], _gap(differences, scope)
    told = [
        f"{one.forecast} {one.brier:.3f} ({one.brier_low:.3f} to {one.brier_high:.3f})" for one in rows.itertuples()
    ]
    words = f"{past.scope(scope)}, {first.n} cells, {first.events} done: {', '.join(told)}."
    if not gap:
        return words
    interval = f"{signed(gap.brier_low)} to {signed(gap.brier_high)}"
    return f"{words} Model less strong logistic {signed(gap.brier)} ({interval})."


def _gap(differences, scope):
    rows = differences[(differences.scope == scope) & (differences.against == LOGISTIC)]
    return next(rows.itertuples(), None)


def _widest(scores, scopes):
    known = scores[scores.scope.isin(scopes) & (scores.forecast != "nobody")]
    return min(WIDEST, 1.08 * float(known.brier_high.max())) or WIDEST


def _widest_gap(gaps):
    ends = [abs(end) for gap in gaps if gap for end in (gap.brier_low, gap.brier_high, gap.brier) if math.isfinite(end)]
    return min(max(ends, default=0.01) * 1.12, WIDEST_GAP)


def _score_row(past, scope, rows, gap, edge, most):
    """A scope: all forecasts one below another, and the model less the strong one."""
    first = next(rows.itertuples())
    marks = [*_score_marks(rows, edge)], [*_gap_marks(gap, most)] if gap and math.isfinite(gap.brier) else []
    return Row(f"{past.scope(scope)}: {first.events:,} of {first.n:,}", marks)


def _score_marks(rows, edge):
    by_name = {row.forecast: row for row in rows.itertuples()}
    for lane, (name, colour, marker) in enumerate(FORECASTS):
        row, down = by_name.get(name), (lane + 0.5 - len(FORECASTS) / 2) * LANE
        if row is None or not math.isfinite(row.brier):
            continue
        if row.brier > edge:
            yield Words(edge, f"{row.brier:.2f} →", down, "right")
        else:
            found = Estimate(row.brier, max(0, row.brier_low), min(edge, row.brier_high))
            yield Point(found, colour, marker, width=1.8, down=down)


def _gap_marks(gap, edge):
    colour, marker = COLOURS[verdict(gap.brier_low, gap.brier_high, cases=gap.cases)]
    low, high = (min(max(end, -edge), edge) for end in (gap.brier_low, gap.brier_high))
    if abs(gap.brier) <= edge:
        yield Point(Estimate(gap.brier, low, high), colour, marker, size=9)
    else:
        yield Stretch(low, high, colour)
    for end, is_beyond, sign in ((-edge, gap.brier_low < -edge, "<"), (edge, gap.brier_high > edge, ">")):
        if is_beyond:
            yield Point(exactly(end), colour, sign, size=8)


# --------------------------------------------------------------------------------------------------------- reliability


@chart("reliability", place=2, question="Can its probabilities be taken at their word?", anchor="word")
def compose_reliability(past):
    """Reliability for each kind of act and for all together."""
    ours = past.backtest.fifths
    theirs = calibration_of(past.backtest.cells, past.backtest.forecasts[LOGISTIC])
    units = "probability and share, per cent; cells (one actor, one kind of act, one case)"
    caption = past.caption(units, RELIABILITY_NOTE)
    scopes = [scope for scope in ours if any(fifth.n for fifth in ours[scope])]
    if not scopes:
        return style.empty_page("reliability", NOTHING, caption, WHY_NOTHING)
    rows = math.ceil(len(scopes) / COLUMNS)
    each = HEAD + TALL + FOOT
    page = style.open_page("reliability", claims.reliability(ours["all"]), caption, rows * each + 0.36)
    named = [(MODEL, OURS, "o"), (f"{LOGISTIC} regression", THEIRS, "D")]
    at, low = write_key(page, rows * each + 0.1, named, gap=0.25)
    page.write(at, low, "— as often as forecast", style.LABEL)
    for at, scope in enumerate(scopes):
        left = LEFT + (at % COLUMNS) * (WIDE + BETWEEN)
        low = (rows - 1 - at // COLUMNS) * each + FOOT
        _draw_fifths(page, left, low, past.scope(scope), (ours[scope], theirs[scope]))
    page.alt = " ".join(_fifths_told(past.scope(scope), ours[scope], theirs[scope]) for scope in scopes)
    return page


def _fifths_told(words, ours, theirs):
    parts = []
    for name, fifths in ((MODEL, ours), (LOGISTIC, theirs)):
        known = [f"forecast {percent(one.mean_p)}, done {percent(one.rate)} of {one.n}" for one in fifths if one.n]
        good, judged = fifths_of(fifths)
        parts.append(f"{name}: {'; '.join(known)}; {good} of {judged} fifths with enough cells hold up")
    return f"{words}. {'. '.join(parts)}."


def _draw_fifths(page, left, low, words, both):
    cells = sum(fifth.n for fifth in both[0])
    fits = style.text_width(words, style.LABEL, bold=True) <= WIDE + 0.2
    page.write(left, low + TALL + 0.1, words if fits else words.split(" or ")[0], style.LABEL, weight="bold")
    axes = page.axes(left, low, WIDE, TALL)
    axes.set_xlim(-0.03, 1.03)
    axes.set_ylim(-0.05, 1.05)
    for edge in (0, 0.2, 0.4, 0.6, 0.8, 1):
        axes.axvline(edge, color=style.FAINT, linewidth=0.7, zorder=0)
    axes.plot([0, 1], [0, 1], color=style.INK, linewidth=1.1, zorder=1)
    axes.set_xticks([0, 0.2, 0.4, 0.6, 0.8, 1], ["0", "20", "40", "60", "80", f"100{SIGN}"])
    axes.set_yticks([0, 0.5, 1], ["0", "50", f"100{SIGN}"])
    axes.tick_params(length=3, pad=3, labelsize=style.SMALL)
    for (_, colour, marker), fifths, shift in zip(SHOWN, both, (-SHIFT, SHIFT), strict=True):
        for fifth in fifths:
            _draw_mark(axes, fifth, colour, marker, shift)
    for row, ((_, colour, _), fifths) in enumerate(zip(SHOWN, both, strict=True)):
        look = {"size": style.CAPTION, "ha": "center", "color": style.ink_of(colour)}
        for fifth in (one for one in fifths if one.n):
            middle = left + WIDE * ((fifth.low + fifth.high) / 2 + 0.03) / 1.06
            page.write(middle, low - 0.38 - 0.17 * row, f"{fifth.n:,}", **look)
    page.write(left - 0.08, low - 0.38, "cells" if cells else "", style.CAPTION, ha="right", color=style.MUTED)


def _draw_mark(axes, fifth, colour, marker, shift):
    if not fifth.n:
        return
    x, (low, high) = fifth.mean_p + shift, interval_of(fifth)
    is_judged = fifth.is_reliable is not None
    if math.isfinite(low):
        width, alpha = (1.8, 1.0) if is_judged else (0.9, 0.5)
        axes.plot([x, x], [low, high], color=colour, linewidth=width, alpha=alpha, zorder=2)
    axes.plot(
        [x], [fifth.rate], marker=marker, markersize=7.5 if is_judged else 4, zorder=3 + is_judged,
        color=style.PAPER if fifth.is_reliable is False else colour, markeredgecolor=colour,
        markeredgewidth=1.8 if fifth.is_reliable is False else 0.6,
    )  # fmt: skip


def interval_of(fifth):
    """The interval that decides whether a fifth is reliable, around its rate: it reaches the line where it is."""
    if fifth.rate in (0, 1):
        return fifth.rate_low, fifth.rate_high
    return max(0.0, fifth.mean_p + fifth.gap_low), min(1.0, fifth.mean_p + fifth.gap_high)
