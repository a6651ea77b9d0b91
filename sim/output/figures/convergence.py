"""How many runs are enough: each measure's mean as more futures are counted in."""

import numpy as np

from sim.experiments import claims
from sim.experiments.claims import span_of
from sim.experiments.phrases import axis_of, figure, measure
from sim.output.figures import style
from sim.output.figures.fans import LIGHT, LINE
from sim.output.figures.forest import caption, heading, round_ticks, said

PANEL, HEAD = 1.0, 0.62
LEFT, RIGHT = 0.75, 0.75


@style.styled
def compose(analysis):
    """The convergence of every measure that was looked at."""
    sample = analysis.sample
    found = [finding for finding in analysis.findings if finding.convergence.futures]
    words = caption(
        sample, "each measure in its own; across: futures counted in, on a logarithmic scale",
        "Line: mean so far; light: its 95 % interval; dotted: the last mean, a twentieth of the runs' range either way",
    )  # fmt: skip
    if not found:
        return style.empty_page(
            "settling",
            claims.TOO_FEW_FUTURES,
            words,
            "Too few futures have a value to say how many would be enough.",
        )
    body = len(found) * (PANEL + HEAD) + 0.42
    page = style.open_page("settling", claims.enough_runs(found), words, body)
    for number, finding in enumerate(found):
        _draw(page, finding, body - (number + 1) * (PANEL + HEAD) + 0.08)
    page.alt = " ".join(f"{measure(finding.measure).label}: {finding.convergence.sentence}." for finding in found)
    return page


def _draw(page, finding, low):
    converged, span = finding.convergence, span_of(finding)
    axes = page.axes(LEFT, low, style.WIDTH - LEFT - RIGHT, PANEL)
    counts = np.array(converged.futures)
    means = np.array([[one.low, one.value, one.high] for one in converged.means]).T
    last = converged.means[-1].value
    half = max(np.nanmax(np.abs(means[:, len(counts) // 3 :] - last)), 1.3 * converged.tolerance) or 0.5
    axes.set_xscale("log")
    axes.fill_between(counts, means[0], means[2], color=LIGHT, linewidth=0)
    axes.plot(counts, means[1], color=LINE, linewidth=2)
    for side in (-1, 1):
        axes.axhline(last + side * converged.tolerance, color=style.INK, linewidth=1, linestyle=(0, (1, 2)))
    axes.set_xlim(counts[0], counts[-1])
    axes.set_ylim(last - half, last + half)
    ticks = [
        tick for tick in (10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000) if counts[0] <= tick <= counts[-1]
    ]
    axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    axes.set_xticks([], minor=True)
    levels = round_ticks(last - half, last + half, 3)
    axes.set_yticks(levels, said(levels))
    axes.tick_params(length=3, labelsize=style.SMALL)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.annotate(
        figure(last, span),
        (1, last),
        xycoords=("axes fraction", "data"),
        xytext=(6, 0),
        textcoords="offset points",
        va="center",
        weight="bold",
    )
    heading(page, style.MARGIN, low + PANEL + 0.12, axis_of(finding.measure), style.WIDTH - 0.4)
