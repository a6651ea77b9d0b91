"""What to choose: how each setting does across futures, and in which kinds of future the better one stays better."""

import math

from sim.experiments import claims
from sim.experiments.claims import (
    figure,
    label,
    named,
    other,
    span_of,
    telling_choices,
    units_for,
    with_interval,
)
from sim.experiments.phrases import measure
from sim.output.figures import style
from sim.output.figures.intervals import (
    AGAINST,
    CLEAR,
    UNCLEAR,
    caption,
    ends_of,
    frame,
    heading,
    middles,
    on_the_left,
    on_the_right,
    rows_of,
    whisker,
)
from sim.phrases import percent

SETTINGS = 12
ROOM, GAP, RIGHT = 1.72, 0.28, 0.16
FUTURES_ROOM, FUTURES_RIGHT = 2.75, 0.62


@style.styled
def compose(analysis, finding):
    """Every setting of every lever, and the cooperation: mean, worst tenth, good enough, regret."""
    sample, span = analysis.sample, span_of(finding)
    choices = [*([finding.cooperation] if finding.cooperation else []), *finding.levers]
    name = f"robustness-{finding.measure}"
    limit = choices[0].good_enough if choices else math.nan
    side = "or more" if measure(finding.measure).better != "lower" else "or less"
    note = (
        f"Worst tenth: nine runs in ten do better. Good enough: share of runs at {figure(limit, span)} {side}. Regret: "
        "how much worse than the best setting for the same future; nine futures in ten stay under it"
    )
    words = caption(sample, f"{units_for(finding.measure)}; good enough: share of runs", note)
    if not choices:
        return style.empty_page(
            name,
            f"nothing to choose: no lever was varied for {label(finding.measure)}",
            words,
            "This sweep varied no lever, and has no cooperation to leave out.",
        )
    rows = _rows(choices)
    has_regret = any(inputs.regret for _, inputs in rows if inputs)
    lines, heights = rows_of([words for words, _ in rows], ROOM - style.MARGIN - 0.08, 0.34)
    page = style.open_page(name, claims.choice_of(finding), words, sum(heights) + 0.74)
    _draw_settings(page, rows, lines, heights, has_regret)
    page.alt = alt_of(finding, choices)
    return page


def _rows(choices):
    rows = []
    for lever in choices:
        if len(rows) + len(lever.settings) > SETTINGS and rows:
            break
        rows.append((style.capital(lever.label), None))
        rows += [(inputs.words, inputs) for inputs in lever.settings]
    return rows


def alt_of(finding, choices):
    """Every setting in words."""
    span, told = span_of(finding), []
    for lever in choices:
        for inputs in lever.settings:
            regret = (
                f", regret under {with_interval(inputs.regret, span)} in nine futures of ten" if inputs.regret else ""
            )
            told.append(
                f"{style.capital(lever.label)}, {inputs.words}: mean {with_interval(inputs.mean, span)}, worst tenth "
                f"from {with_interval(inputs.worst, span)}, good in {percent(inputs.good.value)} of runs{regret}."
            )
    return f"{style.capital(label(finding.measure))} at each setting. {' '.join(told)}"


def _draw_settings(page, rows, lines, heights, has_regret):
    panels = [("Mean", "mean"), ("Worst tenth", "worst"), ("Good enough", "good")] + (
        [("Regret", "regret")] if has_regret else []
    )
    total = sum(heights)
    wide = (style.WIDTH - ROOM - RIGHT - GAP * (len(panels) - 1)) / len(panels)
    for number, (head, key) in enumerate(panels):
        left = ROOM + number * (wide + GAP)
        axes = page.axes(left, 0.36, wide, total)
        found = [getattr(inputs, key) for _, inputs in rows if inputs and getattr(inputs, key)]
        frame(axes, *ends_of(found, 0.1), total, most=2)
        for (_, inputs), words, y in zip(rows, lines, middles(heights), strict=True):
            if inputs is None:
                axes.axhspan(y - 0.15, y + 0.15, color=style.PAPER, linewidth=0, zorder=1)
            elif getattr(inputs, key):
                whisker(axes, getattr(inputs, key), y, CLEAR, size=6, width=2)
            if number == 0:
                _write_row(page, axes, inputs, words, y, total)
        heading(page, left, total + 0.48, head, wide + GAP - 0.05)


def _write_row(page, axes, inputs, words, y, total):
    if inputs is None:
        room = style.WIDTH - 2 * style.MARGIN
        page.write(
            style.MARGIN,
            0.36 + total - y,
            style.cut(" ".join(words), room, bold=True),
            weight="bold",
            va="center",
            zorder=9,
        )
    else:
        on_the_left(axes, y, words)


# --------------------------------------------------------------------------------------------------------- futures


@style.styled
def compose_futures(analysis, finding):
    """What the cooperation, and the most telling lever, are worth in each kind of future."""
    sample, choices = analysis.sample, telling_choices(finding)
    name = f"futures-{finding.measure}"
    note = (
        "Right of the line the first setting is better, left of it the second. Blue: clearly better; orange: clearly "
        "worse; grey: cannot be told. A kind of future is the lowest or the highest third of an uncertainty"
    )
    words = caption(sample, f"{units_for(finding.measure)}, gained", note)
    if not choices:
        return style.empty_page(
            name,
            f"nothing to compare across futures for {label(finding.measure)}",
            words,
            "This sweep varied no lever, or no uncertainty.",
        )
    rows = [row for choice in choices for row in _future_rows(choice)]
    lines, heights = rows_of([row[0] for row in rows], FUTURES_ROOM - style.MARGIN - 0.1, 0.38)
    page = style.open_page(name, claims.futures(finding, choices[0]), words, sum(heights) + 0.42)
    _draw_futures(page, rows, lines, heights, span_of(finding))
    page.alt = " ".join(
        f"What {named(choice)} gains over {other(choice)}, by kind of future: "
        + "; ".join(f"{words} {with_interval(gain, span_of(finding))}" for words, gain in _future_rows(choice) if gain)
        + "."
        for choice in choices
    )
    return page


def _future_rows(choice):
    """A heading, the gain over all futures, and the gain in each kind."""
    yield f"{style.capital(named(choice))} rather than {other(choice)}", None
    yield "All futures", choice.gain
    yield from ((style.capital(future.words), future.gain) for future in choice.futures)


def _draw_futures(page, rows, lines, heights, span):
    total, wide = sum(heights), style.WIDTH - FUTURES_ROOM - FUTURES_RIGHT
    axes = page.axes(FUTURES_ROOM, 0.36, wide, total)
    low, high = ends_of([gain for _, gain in rows if gain])
    frame(axes, min(low, -0.02 * (high - low)), max(high, 0.02 * (high - low)), total, most=4)
    axes.axvline(0, color=style.INK, linewidth=1.2)
    for (words, gain), one, y in zip(rows, lines, middles(heights), strict=True):
        if gain is None:
            axes.axhspan(y - 0.19, y + 0.19, color=style.PAPER, linewidth=0, zorder=2)
            room = style.WIDTH - 2 * style.MARGIN
            words = style.cut(words, room, bold=True)
            page.write(style.MARGIN, 0.36 + total - y, words, weight="bold", va="center", zorder=9)
            continue
        is_all = words == "All futures"
        colour, marker = _verdict(gain)
        whisker(axes, gain, y, colour, marker, size=9 if is_all else 7)
        on_the_left(axes, y, one, weight="bold" if is_all else "normal")
        on_the_right(axes, y, figure(gain.value, span), weight="bold" if is_all else "normal")


def _verdict(gain):
    if not gain.is_clear():
        return UNCLEAR, "o"
    return (CLEAR, ">") if gain.value > 0 else (AGAINST, "<")
