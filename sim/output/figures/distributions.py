"""How a measure comes out: over all runs, without the cooperation, and at each setting of the levers."""

from sim.experiments import claims
from sim.experiments.claims import figure, label, span_of, units_for, with_interval
from sim.output.figures import style
from sim.output.figures.fans import DARK, LIGHT, LINE
from sim.output.figures.intervals import caption, frame, middles, on_the_left, on_the_right, rows_of

LEVERS = 4
ROOM, RIGHT = 2.3, 0.62
GREY = ("#E0E0E0", "#B3B3B3", "#4D4D4D")


@style.styled
def compose(analysis, finding):
    """The distributions of one measure."""
    sample = analysis.sample
    rows = list(_rows(finding))
    note = "Bar: median; dark: middle half of the runs; light: nine in ten; diamond: mean"
    words = caption(sample, units_for(finding.measure), note)
    if not finding.spread.runs:
        return style.empty_page(
            f"distributions-{finding.measure}",
            claims.outcome(finding),
            words,
            "The measure applies to none of these runs.",
        )
    lines, heights = rows_of([row[0] for row in rows], ROOM - style.MARGIN - 0.1, 0.36)
    heights = [height + (0.12 if row[2] == "head" else 0) for height, row in zip(heights, rows, strict=True)]
    page = style.open_page(f"distributions-{finding.measure}", claims.outcome(finding), words, sum(heights) + 0.62)
    _draw(page, rows, lines, heights, finding)
    page.alt = alt_of(finding, rows)
    return page


def _rows(finding):
    yield "All runs", (finding.spread.quantiles, finding.spread.mean), "blue"
    if finding.baseline:
        yield "The same runs without the cooperation", (finding.baseline.quantiles, finding.baseline.mean), "grey"
    for lever in finding.levers[:LEVERS]:
        yield style.capital(lever.label), None, "head"
        for inputs in lever.settings:
            yield inputs.words, (inputs.quantiles, inputs.mean), "blue"


def alt_of(finding, rows):
    """Every row in words."""
    span, lever, told = span_of(finding), "", []
    for words, numbers, kind in rows:
        if kind == "head":
            lever = f"{words}, "
            continue
        quantiles, mean = numbers
        told.append(
            f"{style.capital(lever + words)}: mean {with_interval(mean, span)}, median {figure(quantiles[2], span)}, "
            f"nine in ten {figure(quantiles[0], span)} to {figure(quantiles[4], span)}."
        )
    return f"Distributions of {label(finding.measure)}. {' '.join(told)}"


def _draw(page, rows, lines, heights, finding):
    total = sum(heights)
    axes = page.axes(ROOM, 0.36, style.WIDTH - ROOM - RIGHT, total)
    known = [numbers[0] for _, numbers, _ in rows if numbers]
    low, high = min(one[0] for one in known), max(one[4] for one in known)
    gap = (high - low) * 0.03 or 0.5
    frame(axes, low - gap, high + gap, total, most=5)
    span = span_of(finding)
    for (_, numbers, kind), words, y in zip(rows, lines, middles(heights), strict=True):
        if kind == "head":
            axes.axhspan(y - 0.16, y + 0.22, color=style.PAPER, linewidth=0, zorder=1)
            axes.text(
                -(ROOM - style.MARGIN) / (style.WIDTH - ROOM - RIGHT),
                y + 0.05,
                " ".join(words),
                transform=axes.get_yaxis_transform(),
                weight="bold",
                va="center",
                fontsize=style.LABEL,
                zorder=2,
            )
            continue
        on_the_left(axes, y, words)
        light, dark, line = (LIGHT, DARK, LINE) if kind == "blue" else GREY
        quantiles, mean = numbers
        axes.barh(
            [y], [quantiles[4] - quantiles[0]], left=[quantiles[0]], height=0.16, color=light, linewidth=0, zorder=2
        )
        axes.barh(
            [y], [quantiles[3] - quantiles[1]], left=[quantiles[1]], height=0.16, color=dark, linewidth=0, zorder=2
        )
        axes.plot([quantiles[2]] * 2, [y - 0.1, y + 0.1], color=line, linewidth=2.6, solid_capstyle="butt", zorder=3)
        axes.plot([mean.low, mean.high], [y, y], color=style.INK, linewidth=1.4, zorder=4)
        axes.plot([mean.value], [y], marker="D", markersize=5, color=style.INK, markeredgecolor=style.PAPER, zorder=5)
        on_the_right(axes, y, figure(mean.value, span), weight="bold")
    page.write(style.WIDTH - RIGHT + 0.08, total + 0.42, "mean", style.SMALL, color=style.MUTED)
