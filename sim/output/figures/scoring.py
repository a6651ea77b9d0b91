"""How good the model's forecasts were, beside five simple ones, and how it compares with the best of them."""

import math

from sim.output.figures import style
from sim.output.figures.forest import frame, heading, whisker
from sim.validation import claims
from sim.validation.backtest import MODEL
from sim.validation.claims import LOGISTIC, signed
from sim.validation.tables import BETTER, UNCLEAR, WORSE, verdict

ROOM, GAP, RIGHT = 1.72, 0.3, 0.2
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
NOTE = (
    "Brier score: mean squared distance of forecast and record, 0 perfect, 0.25 for always one half. Right: the "
    "model's less the strong logistic regression's on the same resamples of whole cases; ▲ clearly better, ▼ clearly "
    "worse, grey: cannot be told. Lines are 95 % intervals. Each benchmark is made without the case it is about"
)


@style.styled
def compose(past):
    """Brier scores of all forecasts, and the model against the strong logistic regression, scope by scope."""
    scores, differences = past.backtest.scores, past.backtest.differences
    caption = past.caption("Brier score, 0 to 1, less is better", NOTE)
    scopes = [scope for scope in dict.fromkeys(scores.scope) if scope == "all" or scope in past.kinds or scope in CYBER]
    if not scopes:
        return style.empty_page(
            "scores",
            "nothing is known that could be scored",
            caption,
            "Every cell of these cases is unknown, or the target's own.",
        )
    each = len(FORECASTS) * LANE + PAD
    page = style.open_page("scores", claims.scores(differences, past.kinds), caption, len(scopes) * each + 1.36)
    _draw_key(page)
    _draw(page, past, scores, differences, scopes, each)
    page.alt = " ".join(_told(past, scope, scores, differences) for scope in scopes)
    return page


def _told(past, scope, scores, differences):
    rows = scores[scores.scope == scope]
    first = rows.iloc[0]
    each = [
        f"{row.forecast} {row.brier:.3f} ({row.brier_low:.3f} to {row.brier_high:.3f})" for row in rows.itertuples()
    ]
    gap = _gap(differences, scope)
    against = (
        f" Model less strong logistic {signed(gap.brier)} ({signed(gap.brier_low)} to {signed(gap.brier_high)})."
        if gap
        else ""
    )
    return f"{past.scope(scope)}, {first.n} cells, {first.events} done: {', '.join(each)}.{against}"


def _gap(differences, scope):
    rows = differences[(differences.scope == scope) & (differences.against == LOGISTIC)]
    return next(rows.itertuples(), None)


# ------------------------------------------------------------------------------------------------------- drawing


def _draw(page, past, scores, differences, scopes, each):
    total, wide = len(scopes) * each, (style.WIDTH - ROOM - GAP - RIGHT)
    left = page.axes(ROOM, 0.3, wide * 0.58, total)
    right = page.axes(ROOM + wide * 0.58 + GAP, 0.3, wide * 0.42, total)
    frame(left, 0, _widest(scores, scopes), total, most=4)
    gaps = [_gap(differences, scope) for scope in scopes]
    ends = [abs(end) for gap in gaps if gap for end in (gap.brier_low, gap.brier_high, gap.brier) if math.isfinite(end)]
    most = min(max(ends, default=0.01) * 1.12, WIDEST_GAP)
    frame(right, -most, most, total, most=3)
    right.axvline(0, color=style.INK, linewidth=1.2)
    for at, (scope, gap) in enumerate(zip(scopes, gaps, strict=True)):
        if at % 2 == 0:
            for axes in (left, right):
                axes.axhspan(at * each, (at + 1) * each, color=style.WASH, linewidth=0, zorder=-1)
        _name(page, past, scope, scores, 0.3 + total - at * each - each / 2)
        _draw_scores(left, scores[scores.scope == scope], at * each + PAD / 2)
        if gap and math.isfinite(gap.brier):
            _draw_gap(right, gap, (at + 0.5) * each)
    heading(page, ROOM, total + 0.42, "Brier score: less is better", wide * 0.58)
    heading(page, ROOM + wide * 0.58 + GAP, total + 0.58, "Model less strong logistic", wide * 0.42)
    middle = ROOM + wide * 0.79 + GAP
    page.write(middle - 0.08, total + 0.38, "← better", style.SMALL, ha="right", color=style.ink_of(COLOURS[BETTER][0]))
    page.write(middle + 0.08, total + 0.38, "worse →", style.SMALL, color=style.ink_of(COLOURS[WORSE][0]))


def _widest(scores, scopes):
    known = scores[scores.scope.isin(scopes) & (scores.forecast != "nobody")]
    return min(WIDEST, 1.08 * float(known.brier_high.max())) or WIDEST


def _name(page, past, scope, scores, middle):
    first = scores[scores.scope == scope].iloc[0]
    lines = style.wrap(past.scope(scope), ROOM - style.MARGIN - 0.1, style.LABEL, lines=3)
    high = middle + (len(lines) * style.line_height(style.LABEL) + style.line_height(style.CAPTION)) / 2
    for at, line in enumerate(lines):
        page.write(style.MARGIN, high - (at + 0.8) * style.line_height(style.LABEL), line, style.LABEL, weight="bold")
    low = high - len(lines) * style.line_height(style.LABEL) - 0.85 * style.line_height(style.CAPTION)
    words = f"{first.n:,} cell{'' if first.n == 1 else 's'}, {first.events:,} done"
    page.write(style.MARGIN, low, words, style.CAPTION, color=style.MUTED)


def _draw_scores(axes, rows, top):
    edge = axes.get_xlim()[1]
    by_name = {row.forecast: row for row in rows.itertuples()}
    for lane, (name, colour, marker) in enumerate(FORECASTS):
        row, y = by_name.get(name), top + (lane + 0.5) * LANE
        if row is None or not math.isfinite(row.brier):
            continue
        if row.brier > edge:
            axes.text(
                edge, y, f"{row.brier:.2f} →", ha="right", va="center_baseline", fontsize=style.CAPTION,
                color=style.ink_of(colour),
            )  # fmt: skip
            continue
        low, high = max(0, row.brier_low), min(edge, row.brier_high)
        axes.plot([low, high], [y, y], color=colour, linewidth=1.8, solid_capstyle="butt", zorder=3)
        axes.plot([row.brier], [y], marker=marker, markersize=7, color=colour, markeredgecolor=style.PAPER, zorder=4)


def _draw_gap(axes, gap, y):
    from types import SimpleNamespace

    colour, marker = COLOURS[verdict(gap.brier_low, gap.brier_high, cases=gap.cases)]
    edge = axes.get_xlim()[1]
    low, high = (min(max(end, -edge), edge) for end in (gap.brier_low, gap.brier_high))
    if abs(gap.brier) <= edge:
        whisker(axes, SimpleNamespace(value=gap.brier, low=low, high=high), y, colour, marker, size=9)
    else:
        axes.plot([low, high], [y, y], color=colour, linewidth=2.4, solid_capstyle="butt", zorder=3)
    for end, beyond, sign in ((-edge, gap.brier_low < -edge, "<"), (edge, gap.brier_high > edge, ">")):
        if beyond:
            axes.plot([end], [y], marker=sign, markersize=8, color=colour, zorder=4, clip_on=False)


def _draw_key(page):
    at, low = style.MARGIN, page.body - 0.16
    for name, colour, sign in zip(*zip(*FORECASTS, strict=True), strict=True):
        words = f"{SIGNS[sign]} {name}"
        wide = style.text_width(words, style.LABEL, bold=True)
        if at + wide > style.WIDTH - style.MARGIN:
            at, low = style.MARGIN, low - 0.22
        page.write(at, low, words, style.LABEL, color=style.ink_of(colour), weight="bold")
        at += wide + 0.22


SIGNS = {"o": "●", "D": "◆", "^": "▲", "v": "▼", "X": "✖", "s": "■"}
