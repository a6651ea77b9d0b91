"""How a measure comes out: over all runs, without the cooperation, and at each setting of the levers."""

from sim.experiments import claims
from sim.experiments.claims import span_of
from sim.experiments.phrases import figure, label, units_for, with_interval
from sim.output.figures import style
from sim.output.figures.fans import DARK, LIGHT, LINE
from sim.output.figures.forest import Forest, Panel, Point, Row, caption, spread_of

LEVERS = 4
ROOM, RIGHT = 2.3, 0.62
BLUE, GREY = (LIGHT, DARK, LINE), ("#E0E0E0", "#B3B3B3", "#4D4D4D")


@style.styled
def compose(analysis, finding):
    """The distributions of one measure."""
    sample = analysis.sample
    name = f"distributions-{finding.measure}"
    note = "Bar: median; dark: middle half of the runs; light: nine in ten; diamond: mean"
    words = caption(sample, units_for(finding.measure), note)
    if not finding.spread.runs:
        return style.empty_page(name, claims.outcome(finding), words, "The measure applies to none of these runs.")
    rows = list(_rows(finding))
    forest = Forest([_drawn(row, span_of(finding)) for row in rows], ROOM, RIGHT, 0.36, over_head=0.12)
    page = style.open_page(name, claims.outcome(finding), words, forest.height + 0.62)
    known = [numbers[0] for _, numbers, _ in rows if numbers]
    low, high = min(one[0] for one in known), max(one[4] for one in known)
    gap = (high - low) * 0.03 or 0.5
    forest.draw(page, 0.36, [Panel(low - gap, high + gap, most=5)])
    page.write(style.WIDTH - RIGHT + 0.08, forest.height + 0.42, "mean", style.SMALL, color=style.MUTED)
    page.alt = alt_of(finding, rows)
    return page


def _rows(finding):
    yield "All runs", (finding.spread.quantiles, finding.spread.mean), BLUE
    if finding.baseline:
        yield "The same runs without the cooperation", (finding.baseline.quantiles, finding.baseline.mean), GREY
    for lever in finding.levers[:LEVERS]:
        yield style.capital(lever.label), None, None
        for inputs in lever.settings:
            yield inputs.words, (inputs.quantiles, inputs.mean), BLUE


def _drawn(row, span):
    words, numbers, colours = row
    if not numbers:
        return Row(words, is_head=True)
    quantiles, mean = numbers
    marks = (*spread_of(quantiles, colours), Point(mean, style.INK, "D", size=5, width=1.4))
    return Row(words, [marks], figure(mean.value, span), note_look={"weight": "bold"})


def alt_of(finding, rows):
    """Every row in words."""
    span, lever, told = span_of(finding), "", []
    for words, numbers, _ in rows:
        if not numbers:
            lever = f"{words}, "
            continue
        quantiles, mean = numbers
        told.append(
            f"{style.capital(lever + words)}: mean {with_interval(mean, span)}, median {figure(quantiles[2], span)}, "
            f"nine in ten {figure(quantiles[0], span)} to {figure(quantiles[4], span)}."
        )
    return f"Distributions of {label(finding.measure)}. {' '.join(told)}"
