"""Several groups that played one exercise, beside one another and beside what the model's own runs come to."""

import math

from sim.experiments.estimate import Estimate
from sim.experiments.phrases import measure
from sim.output.figures import chart, style
from sim.output.figures.forest import GREY, Forest, Panel, Point, Row, Stretch, Words, spread_of
from sim.output.figures.many import BETTER, bands, quantiles
from sim.output.narrative.hot_wash import figure
from sim.phrases import capital, count, listed

NAME = "groups"
LOOKS = (("#0072B2", "o"), ("#D55E00", "s"), ("#009E73", "D"), ("#CC79A7", "^"),
         ("#56B4E9", "v"), ("#E69F00", "P"), ("#1A1A1A", "X"), ("#7A7A7A", "*"))  # fmt: skip
ROOM, RIGHT, KEY = 2.36, 1.6, 0.42  # inches
MOST = len(LOOKS)  # groups that can be told apart


@chart(NAME, place=1)
def compose(outcomes, loaded, played):
    """The page on which groups are compared, measure by measure.

    Parameters
    ----------
    outcomes : Outcomes, of the model's own runs
    loaded : sim.scenario.Loaded
    played : dict of group to dict of measure to number; of each measure that may be shown
    """
    asked = list(next(iter(played.values())))
    shown = [name for name in asked if _differs(outcomes, played, name)][: style.by_shape(10, 4)]
    note = f"Grey: {count(outcomes.runs, 'run')} in which the model plays every seat. {bands(outcomes.runs)}"
    if len(shown) < len(asked):
        note += f". {capital(count(len(asked) - len(shown), 'other measure'))} not shown"
    caption = style.caption_of(outcomes, "those beside each row; each row has its own scale", outcomes.runs, note=note)
    if not shown:
        return style.empty_page(NAME, "Nothing to compare", caption, "Nothing that is measured came out otherwise.")
    forest = Forest([_row(name, outcomes.measures[name], played) for name in shown], ROOM, RIGHT, 0.6)
    page = style.open_page(NAME, title_of(shown, played), caption, forest.height + KEY)
    _draw_key(page, list(played), forest.height + KEY - 0.16)
    forest.draw(page, 0.04, [Panel(-0.02, 1.02, ticks={})])
    page.alt = f"What {count(len(played), 'group')} came to. " + " ".join(_told(name, played) for name in shown)
    return page


def _differs(outcomes, played, name):
    """Whether a measure is known of the runs and of a group at least, and not one and the same number."""
    of_groups = [one[name] for one in played.values() if math.isfinite(one[name])]
    of_runs = [value for value in quantiles(outcomes.measures[name]) if math.isfinite(value)]
    return bool(of_groups and of_runs) and max(of_groups + of_runs) - min(of_groups + of_runs) > 1e-9


def title_of(shown, played):
    """In which of the measures the groups are furthest apart, as a share of the larger."""

    def gap(name):
        values = [one[name] for one in played.values() if math.isfinite(one[name])]
        return (max(values) - min(values)) / (max(map(abs, values)) or 1.0)

    apart = max(shown, key=gap)
    if gap(apart) < 1e-9:
        return f"{count(len(played), 'group')}, and all of them came to the same"
    label = measure(apart).label
    return f"{count(len(played), 'group')}: furthest apart in {label[:1].lower()}{label[1:]}"


def _row(name, values, played):
    about, own = measure(name), {group: one[name] for group, one in played.items() if math.isfinite(one[name])}
    spread = quantiles(values)
    low, high = min(spread[0], *own.values()), max(spread[-1], *own.values())

    def scaled(value):
        return (value - low) / (high - low)

    marks = [Stretch(0, 1, style.FAINT, 0.8, zorder=0), *spread_of([scaled(one) for one in spread], GREY, 0.15)]
    marks += [Words(0, figure(low), 0.25, "left"), Words(1, figure(high), 0.25, "right")]
    marks += [Words(0.5, BETTER[about.better], 0.25)] if about.better else []
    for place, group in enumerate(played):
        if group in own:
            colour, marker = LOOKS[place % MOST]
            down = (place - (len(played) - 1) / 2) * 0.09
            marks.append(Point(Estimate(scaled(own[group]), math.nan, math.nan), colour, marker, 9, down=down))
    said = ", ".join(figure(own[group]) if group in own else "–" for group in played)
    note = "\n".join(style.wrap(said, RIGHT - 0.2, style.LABEL, lines=2))
    unit = "" if not about.unit or about.unit == "dimensionless" else f", {about.unit}"
    return Row(f"{about.label}{unit}", [marks], note)


def _draw_key(page, groups, low):
    axes = page.axes(0, low - 0.12, style.width(), 0.24)
    axes.set_xlim(0, style.width())
    axes.set_ylim(0, 0.24)
    style.bare(axes)
    left = style.MARGIN + 0.1
    for place, group in enumerate(groups):
        colour, marker = LOOKS[place % MOST]
        words = style.cut(group, (style.width() - 0.4) / len(groups) - 0.5, bold=True)
        axes.plot([left], [0.12], marker=marker, markersize=9, color=colour)
        page.write(left + 0.16, low, words, weight="bold", va="center")
        left += 0.5 + style.text_width(words, style.LABEL, bold=True)


def _told(name, played):
    known = [f"{group} {figure(one[name])}" for group, one in played.items() if math.isfinite(one[name])]
    return f"{capital(measure(name).label)}: {listed(known, MOST)}."
