"""What drives a measure: how much each factor counts, and what the measure is where the factor is low and high."""

import math

from sim.experiments import claims
from sim.experiments.claims import span_of
from sim.experiments.phrases import figure, label, units_for, with_interval
from sim.output.figures import style
from sim.output.figures.forest import LEVER, UNKNOWN, Bar, Forest, Panel, Point, Row, Stretch, caption, ends_of

SHOWN = 8
ROOM, GAP, RIGHT = 2.3, 0.34, 0.2
WHAT = {
    "total": "Share of spread",
    "first": "Share of spread",
    "mu_star": "Effect of the whole range",
    "delta": "Weight, 0 to 1",
}
HOW = {
    "total": "Left: total Sobol index, the share of the variance that a factor causes alone and with others",
    "mu_star": "Left: Morris' mean absolute effect of moving the factor over its range",
    "first": "Left: share of the variance between futures that goes with the factor alone; pale: no more than chance",
}


@style.styled
def compose(analysis, finding):
    """The tornado of one measure."""
    sample, found = analysis.sample, finding.sensitivity
    ranked = found.ranked()[:SHOWN]
    name = f"tornado-{finding.measure}"
    note = (
        f"{HOW.get(found.method, '')}. Right: mean in the lowest third of the factor (open) and in the highest (full), "
        "or at the choices that give the least and the most"
    )
    words = caption(sample, units_for(finding.measure), note)
    if not ranked:
        why = f"Nothing to rank: {found.remarks[0] if found.remarks else 'no factor varies'}."
        return style.empty_page(name, f"nothing can be said of what drives {label(finding.measure)}", words, why)
    factors = {factor.name: factor for factor in sample.factors}
    rows = [_row(found, one, factors[one.factor]) for one in ranked]
    forest = Forest(rows, ROOM, RIGHT, 0.46, gap=GAP)
    page = style.open_page(name, claims.drivers(sample, finding), words, forest.height + 0.96)
    forest.draw(page, 0.62, list(_panels(found, ranked)))
    _draw_key(page)
    page.alt = alt_of(sample, finding)
    return page


def _panels(found, ranked):
    """The weights, with what chance alone would give; and the means, with that of all runs."""
    noise = [(ranked[0].noise, {"color": style.INK, "linewidth": 1.2, "linestyle": (0, (1, 2))})]
    means = [mean for one in ranked for mean in found.swing(one.factor).means]
    yield Panel(
        *_index_ends(ranked), most=3, head=WHAT.get(found.method, "Weight"),
        lines=noise if math.isfinite(ranked[0].noise) else (),
    )  # fmt: skip
    line = found.mean.value, {"color": style.CALM, "linewidth": 1}
    yield Panel(*ends_of(means), most=3, head="Mean: ○low ●high", lines=[line])


def _row(found, one, factor):
    is_real, is_lever = found.is_real(one.factor), factor.kind == "lever"
    colour = LEVER if is_lever else UNKNOWN
    marks = _index_marks(one, colour, is_real, is_lever), _swing_marks(found.swing(one.factor), colour)
    return Row(style.capital(factor.label), marks, look={"color": style.INK if is_real else style.MUTED})


def _index_marks(one, colour, is_real, is_lever):
    look = {"hatch": "///" if is_lever else None, "edgecolor": style.PAPER, "alpha": 1.0 if is_real else 0.4}
    yield Bar(0, one.estimate.value, colour, 0.2, look=look)
    yield Stretch(one.estimate.low, one.estimate.high, style.INK, 1.6)


def _swing_marks(swing, colour):
    if swing.means:
        first, last = swing.means[0], swing.means[-1]
        yield Stretch(first.value, last.value, colour, 1, zorder=2)
        yield Point(first, colour, size=6, width=1.6, fill=style.PAPER, down=-0.07)
        yield Point(last, colour, size=6, width=1.6, fill=colour, down=0.07)


def alt_of(sample, finding):
    """Every factor shown, in words."""
    found, span = finding.sensitivity, span_of(finding)
    labels = {factor.name: factor.label for factor in sample.factors}
    told = []
    for one in found.ranked()[:SHOWN]:
        swing = found.swing(one.factor)
        ends = ""
        if swing.means:
            low, high = figure(swing.means[0].value, span), figure(swing.means[-1].value, span)
            ends = f"; mean {low} at {swing.words[0]}, {high} at {swing.words[-1]}"
        weight = "" if found.is_real(one.factor) else " (no more than chance)"
        told.append(f"{style.capital(labels[one.factor])}: {with_interval(one.estimate, 1)}{weight}{ends}.")
    return f"What drives {label(finding.measure)}, the strongest first. {' '.join(told)}"


def _index_ends(ranked):
    low, high = ends_of([one.estimate for one in ranked])
    return min(0.0, max(low, -0.05 * high)), high


def _draw_key(page):
    page.write(style.MARGIN, 0.1, "■ uncertainty", style.LABEL, color=style.ink_of(UNKNOWN), weight="bold")
    shift = style.text_width("■ uncertainty", style.LABEL, bold=True) + 0.2
    page.write(style.MARGIN + shift, 0.1, "▨ lever", style.LABEL, color=style.ink_of(LEVER), weight="bold")
