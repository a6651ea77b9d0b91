"""Fans: how the series of many runs spread over time.

A fan shows the median (line), the middle half of the runs (dark) and nine runs in ten (light).
"""

import numpy as np

from sim.output.figures import style
from sim.phrases import count

PANELS = {
    "tension": ("Tension", 1.0),
    "pressure": ("Pressure on adversaries", 1.0),
    "harm": ("Harm, severity", None),
    "confidence": ("Confidence in the suspect", 1.0),
    "strongest_text": ("Strongest text", 1.0),
    "joiners": ("States that responded", None),
    "standing": ("Standing", 1.0),
    "perceived_threat": ("Threat others see", 1.0),
    "readiness": ("Readiness for core mission", 1.0),
}
LIGHT, DARK, LINE = "#C9DFF0", "#7FB2D9", "#00456B"
GAP, PANEL, HEAD, FOOT = 0.62, 1.3, 0.34, 0.5  # inches


@style.styled
def compose(outcomes, loaded):
    """Fans of the series, small multiples on one time axis."""
    caption = style.caption_of(
        outcomes,
        "0 to 1 unless the panel says otherwise; time is exercise date",
        outcomes.runs,
        note=bands(outcomes.runs),
    )
    shown = {name: np.asarray(outcomes.series[name], dtype=float) for name in PANELS if name in outcomes.series}
    shown = {name: values for name, values in shown.items() if values.size and not np.isnan(values).all()}
    if not shown:
        return style.empty_page("fans", "No series were kept", caption, "These runs kept no series over time.")
    rows = -(-len(shown) // 2)
    body = rows * (HEAD + PANEL + 0.14) + FOOT
    page = style.open_page("fans", _fans_title(outcomes, shown), caption, body)
    wide = (style.WIDTH - 0.5 - GAP - style.MARGIN) / 2
    for at, (name, values) in enumerate(shown.items()):
        low = body - (at // 2 + 1) * (HEAD + PANEL + 0.14)
        is_last = at + 2 >= len(shown)
        _draw_fan(page, loaded, name, values, 0.5 + (at % 2) * (wide + GAP), low + 0.14, wide, is_last)
    page.alt = _fans_alt(outcomes, shown)
    return page


def _fans_title(outcomes, shown):
    if "tension" not in shown:
        return f"{outcomes.runs:,} runs of the same exercise"
    low, _, middle, _, high = quantiles(shown["tension"].max(axis=0))
    if outcomes.runs == 1:
        return f"in this one run tension peaks at {middle:.2f}"
    return f"tension peaks between {low:.2f} and {high:.2f} in nine runs of ten, most often near {middle:.2f}"


def _fans_alt(outcomes, shown):
    told = []
    for name, values in shown.items():
        low, _, middle, _, high = quantiles(values[-1])
        span = f" (nine in ten between {low:.2f} and {high:.2f})" if outcomes.runs > 1 else ""
        told.append(f"{PANELS[name][0]} ends at {middle:.2f}{span}.")
    return f"Fans over {count(outcomes.runs, 'run')}. {' '.join(told)}"


def _draw_fan(page, loaded, name, values, left, low, wide, is_last):
    head, top = PANELS[name]
    start, step = loaded.scenario.start, loaded.scenario.turns.days
    days = [(turn + 1) * step for turn in range(len(values))]
    page.write(left - 0.36, low + PANEL + 0.09, style.cut(head, wide + 0.36, style.LABEL, bold=True), weight="bold")
    axes = page.axes(left, low, wide, PANEL)
    bands = np.array([quantiles(row) for row in values]).T
    if len(days) == 1:
        days, bands = [0, days[0]], np.repeat(bands, 2, axis=1)
    if values.shape[1] > 1:
        axes.fill_between(days, bands[0], bands[4], color=LIGHT, linewidth=0)
        axes.fill_between(days, bands[1], bands[3], color=DARK, linewidth=0)
    axes.plot(days, bands[2], color=LINE, linewidth=2.2)
    if top is None:
        top = _round_up(np.nanmax(values))
    axes.set_xlim(0, days[-1])
    axes.set_ylim(0, top)
    axes.set_yticks([0, top], ["0", f"{top:g}"])
    axes.grid(axis="y")
    style.set_date_axis(axes, start, days[-1], most=3)
    if not is_last:
        axes.set_xticklabels([])
    _write_end(axes, days[-1], bands[2][-1], top)


def _write_end(axes, day, value, top):
    """The median at the end, on a small paper of its own inside the panel."""
    if value == value:
        words = f"{value:.2f}" if top <= 2 else f"{value:.0f}"
        y = min(max(value, 0.1 * top), 0.86 * top)
        axes.annotate(
            words,
            (day, y),
            xytext=(-4, 5),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=style.LABEL,
            weight="bold",
            bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.85},
        )


def _round_up(value):
    """A round number not below the value.

    >>> _round_up(0.83), _round_up(34.0), _round_up(0.0)
    (1.0, 40.0, 1.0)
    """
    if not value > 0:
        return 1.0
    size = 10.0 ** np.floor(np.log10(value))
    return float(next(step * size for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if step * size >= value * 0.999999))


def bands(runs):
    """How to read a fan, for captions; nothing where there is one run."""
    return "" if runs == 1 else "Line: median; dark: middle half of the runs; light: nine in ten"


def quantiles(values, levels=(0.05, 0.25, 0.5, 0.75, 0.95)):
    """Quantiles of what is known; nan where nothing is."""
    known = np.asarray(values, dtype=float)
    known = known[~np.isnan(known)]
    return np.quantile(known, levels) if known.size else np.full(len(levels), np.nan)
