"""Whether what was called likely happened that often: the model and a regression, kind of act by kind of act."""

import math

from sim.output.figures import style
from sim.phrases import SIGN, percent
from sim.validation import claims
from sim.validation.backtest import MODEL
from sim.validation.claims import LOGISTIC
from sim.validation.scores import calibration_of
from sim.validation.tables import fifths_of

COLUMNS = 2
LEFT, WIDE, GAP, TALL = 0.62, 2.24, 0.66, 1.8  # inches
HEAD, FOOT = 0.36, 0.82
OURS, THEIRS = "#0072B2", "#B45F06"
SHIFT = 0.011  # so that two marks at one place can both be seen
SHOWN = ((MODEL, OURS, "o"), (LOGISTIC, THEIRS, "D"))
NOTE = (
    "Across: what was forecast; up: how often it was done; on the line both agree. A mark is a fifth of the scale, its "
    "line a 95 % interval from resampling whole cases (or of a share, where all cells came out alike). Full: the "
    "interval reaches the line; open: it does not; small: fewer than ten cells, or one case. Below: how many cells"
)


@style.styled
def compose(past):
    """Reliability for each kind of act and for all together."""
    ours = past.backtest.fifths
    theirs = calibration_of(past.backtest.cells, past.backtest.forecasts[LOGISTIC])
    caption = past.caption("probability and share, per cent; cells (one actor, one kind of act, one case)", NOTE)
    scopes = [scope for scope in ours if any(fifth.n for fifth in ours[scope])]
    if not scopes:
        return style.empty_page(
            "reliability",
            "nothing is known that could be scored",
            caption,
            "Every cell of these cases is unknown, or the target's own.",
        )
    rows = math.ceil(len(scopes) / COLUMNS)
    each = HEAD + TALL + FOOT
    page = style.open_page("reliability", claims.reliability(ours["all"]), caption, rows * each + 0.36)
    _draw_key(page, rows * each + 0.1)
    for at, scope in enumerate(scopes):
        left = LEFT + (at % COLUMNS) * (WIDE + GAP)
        low = (rows - 1 - at // COLUMNS) * each + FOOT
        _draw(page, left, low, past.scope(scope), (ours[scope], theirs[scope]))
    page.alt = " ".join(_told(past.scope(scope), ours[scope], theirs[scope]) for scope in scopes)
    return page


def _told(words, ours, theirs):
    parts = []
    for name, fifths in ((MODEL, ours), (LOGISTIC, theirs)):
        known = [
            f"forecast {percent(fifth.mean_p)}, done {percent(fifth.rate)} of {fifth.n}" for fifth in fifths if fifth.n
        ]
        good, judged = fifths_of(fifths)
        parts.append(f"{name}: {'; '.join(known)}; {good} of {judged} fifths with enough cells hold up")
    return f"{words}. {'. '.join(parts)}."


def _draw(page, left, low, words, both):
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
        for fifth in fifths:
            if fifth.n:
                middle = left + WIDE * ((fifth.low + fifth.high) / 2 + 0.03) / 1.06
                words = f"{fifth.n:,}"
                page.write(
                    middle, low - 0.38 - 0.17 * row, words, style.CAPTION, ha="center", color=style.ink_of(colour)
                )
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


def _draw_key(page, low):
    at = style.MARGIN
    for name, colour, sign in ((MODEL, OURS, "●"), (f"{LOGISTIC} regression", THEIRS, "◆")):
        words = f"{sign} {name}"
        page.write(at, low, words, style.LABEL, color=style.ink_of(colour), weight="bold")
        at += style.text_width(words, style.LABEL, bold=True) + 0.25
    page.write(at, low, "— as often as forecast", style.LABEL)
