"""What to choose: how each setting does across futures, and in which kinds of future the better one stays better."""

import math

import numpy as np

from sim.experiments import claims
from sim.experiments.claims import named, other, span_of, telling_choices
from sim.experiments.phrases import figure, label, measure, units_for, with_interval
from sim.output.figures import style
from sim.output.figures.forest import AGAINST, CLEAR, UNCLEAR, ZERO, Forest, Panel, Point, Row, caption, ends_of
from sim.phrases import percent

SETTINGS = 12
PANELS = (("Mean", "mean"), ("Worst tenth", "worst"), ("Good enough", "good"), ("Regret", "regret"))
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
    panels = [(head, key) for head, key in PANELS if key != "regret" or any(_known(choices, "regret"))]
    forest = Forest(_rows(choices, [key for _, key in panels]), ROOM, RIGHT, gap=GAP)
    page = style.open_page(name, claims.choice_of(finding), words, forest.height + 0.74)
    forest.draw(page, 0.36, [Panel(*ends_of(_known(choices, key), 0.1), most=2, head=head) for head, key in panels])
    page.alt = alt_of(finding, choices)
    return page


def _shown(choices):
    """The choices that get rows: as many whole ones as there is room for."""
    rows = np.cumsum([1 + len(lever.settings) for lever in choices])
    return [lever for lever, end in zip(choices, rows, strict=True) if lever is choices[0] or end - 1 <= SETTINGS]


def _known(choices, key):
    found = [getattr(inputs, key) for lever in _shown(choices) for inputs in lever.settings]
    return [estimate for estimate in found if estimate]


def _rows(choices, keys):
    for lever in _shown(choices):
        yield Row(style.capital(lever.label), is_head=True)
        for inputs in lever.settings:
            found = [getattr(inputs, key) for key in keys]
            yield Row(inputs.words, [[Point(one, CLEAR, size=6, width=2)] if one else [] for one in found])


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
    drawn = [_drawn(words, gain, span_of(finding)) for words, gain in rows]
    forest = Forest(drawn, FUTURES_ROOM, FUTURES_RIGHT, 0.38)
    page = style.open_page(name, claims.futures(finding, choices[0]), words, forest.height + 0.42)
    low, high = ends_of([gain for _, gain in rows if gain])
    edge = 0.02 * (high - low)
    forest.draw(page, 0.36, [Panel(min(low, -edge), max(high, edge), lines=[ZERO])])
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


def _drawn(words, gain, span):
    if gain is None:
        return Row(words, is_head=True)
    is_all = words == "All futures"
    look = {"weight": "bold" if is_all else "normal"}
    point = Point(gain, *_verdict(gain), size=9 if is_all else 7)
    return Row(words, [[point]], figure(gain.value, span), look=look, note_look=look)


def _verdict(gain):
    if not gain.is_clear():
        return UNCLEAR, "o"
    return (CLEAR, ">") if gain.value > 0 else (AGAINST, "<")
