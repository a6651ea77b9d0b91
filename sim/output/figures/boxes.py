"""Where it fails: the rule as stretches of each factor's range, and how pure and how complete the rule is."""

from sim.experiments import claims
from sim.experiments.phrases import with_interval
from sim.output.figures import style
from sim.output.figures.forest import UNKNOWN, caption, frame, heading, middles, on_the_left, rows_of
from sim.phrases import percent

ROOM, RIGHT = 2.3, 1.42
PLOT = 1.75
FAIL = "#D55E00"


@style.styled
def compose(analysis, finding):
    """The box of one measure."""
    sample, found = analysis.sample, finding.discovery
    where = "futures in which the rule was not found" if found.is_checked else "the runs in which the rule was found"
    note = f"Failure: {found.failure}. Coverage and density from {where}; {found.runs:,} runs in all"
    words = caption(sample, "each factor in its own unit; shares of runs", note)
    page_name = f"box-{finding.measure}"
    if not found.box or not found.box.limits:
        why = f"{style.capital(found.remarks[0])}." if found.remarks and not found.box else (
            f"No condition on the factors sets the {percent(found.base.value)} of failing runs clearly apart."
        )  # fmt: skip
        return style.empty_page(page_name, claims.failure(finding), words, why)
    factors = {factor.name: factor for factor in sample.factors}
    limits = sorted(found.box.limits, key=lambda limit: limit.quasi_p)
    lines, heights = rows_of(
        [style.capital(factors[limit.factor].label) for limit in limits], ROOM - style.MARGIN - 0.1, 0.56
    )
    page = style.open_page(page_name, claims.failure(finding), words, sum(heights) + PLOT + 1.2)
    _draw_rule(page, limits, factors, lines, heights)
    _draw_trajectory(page, found)
    page.alt = alt_of(finding)
    return page


def alt_of(finding):
    """Rule, coverage, density, and how sure each condition is."""
    found = finding.discovery
    told = [
        f"The rule: {found.box.rule}. It holds {with_interval(found.box.coverage, 1)} of all failures (coverage), and "
        f"of the runs in it {with_interval(found.box.density, 1)} fail (density), against "
        f"{with_interval(found.base, 1)} of all; {percent(found.box.mass)} of the runs lie in it."
    ]
    told += [
        f"{style.capital(limit.words)}: came back in {percent(limit.comes_back)} of new draws."
        for limit in found.box.limits
    ]
    return " ".join(told)


def _draw_rule(page, limits, factors, lines, heights):
    total = sum(heights)
    axes = page.axes(ROOM, PLOT + 1.0, style.WIDTH - ROOM - RIGHT, total)
    style.bare(axes)
    axes.set_xlim(0, 1)
    axes.set_ylim(total, 0)
    for limit, words, y in zip(limits, lines, middles(heights), strict=True):
        factor = factors[limit.factor]
        on_the_left(axes, y, words)
        axes.text(
            1.04,
            y,
            "\n".join(style.wrap(_said(limit, factor), RIGHT - 0.24, style.LABEL, bold=True, lines=2)),
            va="center",
            weight="bold",
            fontsize=style.LABEL,
            color=style.ink_of(FAIL),
        )
        if limit.choices is not None:
            _draw_choices(axes, limit, factor, y)
            continue
        axes.barh([y], [1], height=0.18, color=style.FAINT, linewidth=0)
        low, high = ((value - factor.low) / factor.span for value in (limit.low, limit.high))
        axes.barh([y], [high - low], left=[low], height=0.18, color=FAIL, linewidth=0)
        for at, value, side in ((0, factor.low, "left"), (1, factor.high, "right")):
            axes.text(at, y + 0.2, factor.said(value), ha=side, va="center", fontsize=style.SMALL, color=style.MUTED)


def _said(limit, factor):
    """A condition without the factor's name."""
    words = limit.words.removeprefix(factor.label).strip()
    return words.removeprefix("at ")


def _draw_choices(axes, limit, factor, y):
    count = len(factor.choices)
    for place, choice in enumerate(factor.choices):
        colour = FAIL if choice in limit.choices else style.FAINT
        axes.barh([y], [0.94 / count], left=[place / count], height=0.18, color=colour, linewidth=0, align="center")
        said = style.cut(choice.replace("_", " "), (style.WIDTH - ROOM - RIGHT) / count - 0.06, style.SMALL)
        axes.text(
            (place + 0.47) / count, y + 0.2, said, ha="center", va="center", fontsize=style.SMALL, color=style.MUTED
        )


def _draw_trajectory(page, found):
    axes = page.axes(0.62, 0.5, style.WIDTH - 0.62 - 0.3, PLOT)
    frame(axes, 0, 1.02, 1, most=5)
    axes.set_ylim(0, 1.04)
    axes.set_yticks([0, 0.5, 1], ["0 %", "50 %", "100 %"])
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0 %", "25 %", "50 %", "75 %", "100 %"])
    axes.get_xticklabels()[-1].set_ha("right")
    axes.tick_params(axis="y", length=3, labelsize=style.SMALL)
    axes.axhline(found.base.value, color=style.CALM, linewidth=1.2, linestyle=(0, (1, 2)))
    x, y = [box.coverage.value for box in found.trajectory], [box.density.value for box in found.trajectory]
    axes.plot(x, y, color=UNKNOWN, linewidth=1, marker="o", markersize=4.5, markeredgecolor=style.PAPER, alpha=0.8)
    box = found.box
    axes.plot([box.coverage.low, box.coverage.high], [box.density.value] * 2, color=FAIL, linewidth=2)
    axes.plot([box.coverage.value] * 2, [box.density.low, box.density.high], color=FAIL, linewidth=2)
    axes.plot(
        [box.coverage.value], [box.density.value], marker="D", markersize=9, color=FAIL, markeredgecolor=style.PAPER
    )
    heading(
        page,
        style.MARGIN,
        PLOT + 0.6,
        "Share of the runs under the rule that fail; each dot is a stricter rule",
        style.WIDTH - 0.3,
    )
    page.write(style.WIDTH - 0.3, 0.12, "share of all failures that the rule holds", style.LABEL, ha="right")
    up = found.base.value < 0.85
    axes.text(
        0.01,
        found.base.value + (0.03 if up else -0.03),
        "all runs",
        va="bottom" if up else "top",
        fontsize=style.SMALL,
        color=style.MUTED,
    )
