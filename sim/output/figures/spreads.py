"""What many runs came to, measure by measure, with the cooperation and without.

Each row has its own scale: bar the median, dark the middle half of the runs, light nine in ten.
"""

import numpy as np

from sim.experiments.phrases import measure
from sim.output.figures import style
from sim.output.figures.fans import DARK, LIGHT, LINE, bands, quantiles
from sim.phrases import count

WITH, WITHOUT = (LIGHT, DARK, LINE), ("#E0E0E0", "#B3B3B3", "#4D4D4D")
SHOWN = 14


@style.styled
def compose(outcomes, loaded):
    """What came of the runs, measure by measure, with and without the cooperation."""
    known = {name: _known(values) for name, values in outcomes.measures.items()}
    known = {name: values for name, values in known.items() if values.size}
    baseline = {name: _known(values) for name, values in (outcomes.baseline_measures or {}).items()}
    every, known = known, _telling(known, baseline)
    note = bands(outcomes.runs).replace("Line", "Bar")
    if len(every) > len(known):
        note += f". {style.capital(count(len(every) - len(known), 'other measure'))} moved less"
    caption = style.caption_of(outcomes, "0 to 1 unless named beside the row", outcomes.runs, note=note)
    if not known:
        return style.empty_page("measures", "No measures were kept", caption, "These runs kept no measures.")
    labels = {name: _label(name) for name in known}
    room = 2.36
    lines = {
        name: style.wrap(label, room - style.MARGIN - 0.06, style.LABEL, lines=3)
        for name, (label, _, _) in labels.items()
    }
    heights = [max(0.5, len(lines[name]) * style.line_height(style.LABEL) + 0.14) for name in known]
    key = 0.36 if baseline else 0.1
    page = style.open_page("measures", _title(outcomes, every, baseline), caption, sum(heights) + key)
    _draw(page, known, baseline, labels, lines, heights, room, sum(heights))
    page.alt = _alt(outcomes, known, baseline, labels)
    return page


def _known(values):
    known = np.asarray(values, dtype=float)
    return known[np.isfinite(known)]


def _label(name):
    """A measure's label, unit and which way is better."""
    found = measure(name)
    return found.label, found.unit, found.better


def _title(outcomes, known, baseline):
    labels = {name: _label(name) for name in known}
    if not baseline:
        return f"what {count(outcomes.runs, 'run')} of the exercise came to"
    if not any(labels[name][2] for name in known):
        return f"what {count(outcomes.runs, 'run')} came to, with and without the cooperation"
    better = worse = 0
    for name in known:
        if labels[name][2] and name in baseline and baseline[name].size:
            gain = float(np.median(known[name]) - np.median(baseline[name]))
            gain = gain if labels[name][2] == "higher" else -gain
            clear = 0.05 * _width(known[name], baseline[name])  # less than that is chance
            better, worse = better + (gain > clear), worse + (gain < -clear)
    return f"with the cooperation {count(better, 'measure')} clearly better, {style.number(worse)} worse than without"


def _alt(outcomes, known, baseline, labels):
    told = []
    for name, values in known.items():
        label, unit, _ = labels[name]
        low, _, middle, _, high = quantiles(values)
        other = (
            f", without cooperation {_figure(np.median(baseline[name]))}"
            if name in baseline and baseline[name].size
            else ""
        )
        named = f"{label} ({unit})" if unit else label
        span = f", nine in ten {_figure(low)} to {_figure(high)}" if outcomes.runs > 1 else ""
        told.append(f"{named}: median {_figure(middle)}{span}{other}.")
    return f"Distributions over {count(outcomes.runs, 'run')}. {' '.join(told)}"


def _figure(value):
    """A number as it is printed.

    >>> _figure(0.4567), _figure(3.0), _figure(123.4)
    ('0.46', '3', '123')
    """
    is_whole = abs(value - round(value)) < 1e-9 or abs(value) >= 10
    return f"{value:,.0f}" if is_whole else f"{value:.2f}"


def _is_plain(unit):
    """Whether a unit needs no word beside the number, since the caption gives it."""
    return not unit or "0 to 1" in unit or unit in ("share", "probability", "dimensionless")


def _width(mine, other):
    """The range that holds nine runs in ten, both arms together."""
    low, high = np.quantile(np.concatenate([mine, other]), (0.05, 0.95))
    return float(high - low)


def _telling(known, baseline):
    """The measures that get a row: those which the cooperation moved most, in the catalogue's order."""
    if len(known) <= SHOWN:
        return known
    compared = [name for name in known if name in baseline and baseline[name].size]

    def moved(name):
        mine, other = known[name], baseline[name]
        return abs(float(np.median(mine) - np.median(other))) / (_width(mine, other) + 1e-12)

    order = sorted(compared, key=lambda name: (-moved(name), name)) + [name for name in known if name not in compared]
    return {name: values for name, values in known.items() if name in order[:SHOWN]}


def _draw(page, known, baseline, labels, lines, heights, room, total):
    right = 1.5
    axes = page.axes(room, 0.04, style.WIDTH - room - right, total)
    style.bare(axes)
    axes.set_xlim(0, 1)
    axes.set_ylim(total, 0)
    at = 0.0
    for name, height in zip(known, heights, strict=True):
        middle = at + height / 2
        other = baseline.get(name, np.array([]))
        both = np.concatenate([known[name], other])
        low, high = np.quantile(both, 0.01), np.quantile(both, 0.99)
        low, high = (low - 0.5, high + 0.5) if high - low < 1e-9 else (low, high)
        axes.plot([0, 1], [middle, middle], color=style.FAINT, linewidth=0.8, zorder=0)
        if other.size:
            _draw_range(axes, other, low, high, middle + 0.11, WITHOUT)
        _draw_range(axes, known[name], low, high, middle - (0.1 if other.size else 0), WITH)
        axes.annotate(
            "\n".join(lines[name]),
            (0, middle),
            xytext=(-6, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=style.LABEL,
            annotation_clip=False,
            linespacing=1.3 / 1.164,
        )
        unit = labels[name][1]
        words = _figure(np.median(known[name])) + ("" if _is_plain(unit) else f" {unit}")
        words = style.wrap(words, right - 0.24, style.LABEL, lines=2)
        axes.annotate(
            "\n".join(words),
            (1, middle),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=style.LABEL,
            annotation_clip=False,
            weight="bold",
        )
        at += height
    if baseline:
        _draw_key(page, room, total)


def _draw_range(axes, values, low, high, y, colours):
    places = np.clip((quantiles(values) - low) / (high - low), 0, 1)
    axes.barh([y], [places[4] - places[0]], left=[places[0]], height=0.13, color=colours[0], linewidth=0)
    axes.barh([y], [places[3] - places[1]], left=[places[1]], height=0.13, color=colours[1], linewidth=0)
    axes.plot([places[2]] * 2, [y - 0.085, y + 0.085], color=colours[2], linewidth=2.6, solid_capstyle="butt")


def _draw_key(page, room, total):
    page.write(room, total + 0.14, "with cooperation", style.LABEL, color="#0072B2", weight="bold")
    shift = style.text_width("with cooperation", style.LABEL, bold=True) + 0.16
    page.write(room + shift, total + 0.14, "without", style.LABEL, color=style.MUTED, weight="bold")
