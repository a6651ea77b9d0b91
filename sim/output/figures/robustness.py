"""What to choose: how each setting does across futures, and in which kinds of future the better one stays better."""

import math

from sim.output.figures import style
from sim.output.figures.intervals import (
    AGAINST,
    CLEAR,
    UNCLEAR,
    caption,
    ends_of,
    figure,
    frame,
    heading,
    label,
    middles,
    on_the_left,
    on_the_right,
    rows_of,
    span_of,
    unit_of,
    units_for,
    whisker,
    with_interval,
)  # fmt: skip
from sim.output.figures.units import measure
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
    page = style.open_page(name, title_of(finding), words, sum(heights) + 0.74)
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


def title_of(finding):
    """Which choice is worth most, and whether it holds."""
    about, span = label(finding.measure), span_of(finding)
    clear = [one for one in [finding.cooperation, *finding.levers] if one and one.gain.is_clear()]
    if not clear:
        return f"no choice makes a clear difference to {about}"
    best = max(clear, key=lambda one: abs(one.gain.value))
    lower = measure(finding.measure).better == "lower"
    size = f"{figure(abs(best.gain.value), span)}{unit_of(finding.measure)} {'lower' if lower else 'higher'}"
    return f"{about} is {size} {_than(best)}"


def _than(choice):
    if choice.lever == "cooperation":
        return "with the cooperation than without" if choice.best == 0 else "without the cooperation than with it"
    return f"with {choice.label} at {choice.settings[choice.best].words} than at {choice.settings[choice.other].words}"


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
    page = style.open_page(name, title_of_futures(finding, choices[0]), words, sum(heights) + 0.42)
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


def telling_choices(finding):
    """The choices that futures are shown for, the most telling first: the cooperation, and one lever.

    A choice that turns into a loss somewhere tells most, then one that is clear.
    """
    levers = [lever for lever in finding.levers if lever.futures]
    choices = [finding.cooperation] if finding.cooperation and finding.cooperation.futures else []
    return sorted([*choices, *sorted(levers, key=_telling)[:1]], key=_telling)


def _telling(choice):
    gains = [future.gain.value for future in choice.futures]
    return not choice.turning, not choice.gain.is_clear(), -abs(choice.gain.value), -max(gains)


def named(choice):
    """The better setting in words."""
    if choice.lever == "cooperation":
        return "playing with the cooperation" if choice.best == 0 else "playing without the cooperation"
    return f"{choice.label} at {choice.settings[choice.best].words}"


def other(choice):
    """The setting it is compared with."""
    if choice.lever == "cooperation":
        return "playing without it" if choice.best == 0 else "playing with it"
    return choice.settings[choice.other].words


def title_of_futures(finding, choice):
    """Whether the choice holds in every kind of future."""
    about = label(finding.measure)
    if choice.turning and not choice.gain.is_clear():
        return f"{about}: whether {named(choice)} beats {other(choice)} depends: it hurts at {choice.turning[0].words}"
    if choice.turning:
        return f"{about}: {named(choice)} helps on average, and hurts at {choice.turning[0].words}"
    doubtful = [future for future in choice.futures if not future.gain.is_clear()]
    if not choice.gain.is_clear():
        return f"{about}: whether {named(choice)} beats {other(choice)} cannot be told"
    if doubtful:
        return f"{about}: {named(choice)} beats {other(choice)} on average, but not clearly at {doubtful[0].words}"
    return f"{about}: {named(choice)} beats {other(choice)} in every kind of future looked at"
