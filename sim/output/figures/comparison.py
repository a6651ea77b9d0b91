"""Charts that set one thing beside another.

Two arms with the same draws; ways on from where an exercise stands; groups that played it; what people made of it
beside what the model makes, and the people in it beside one another.
"""

import math
from dataclasses import dataclass

import numpy as np

from sim.catalogue.measures import MEASURES
from sim.experiments import claims
from sim.experiments.estimate import Estimate
from sim.experiments.phrases import figure as figure_of_many
from sim.experiments.phrases import label, measure, unit_of, units_for
from sim.experiments.turning_points import LEAST, OUTCOMES, effect_size
from sim.output.figures import chart, forest, style
from sim.output.figures.actor_style import Group, draw_key, key_lines
from sim.output.figures.forest import ZERO, Forest, Panel, Point, Row, exactly, note_of, spread_of
from sim.output.figures.many import PANELS, bands, draw_fan, finite, own_scale, quantiles
from sim.output.narrative import hot_wash
from sim.output.narrative.hot_wash import DIVIDED, ONE_MIND, ONE_VIEW, TOGETHER, WRONG, figure
from sim.phrases import Names, capital, count, in_words, listed
from sim.record.record import Outcomes

ROOM, RIGHT = 2.36, 1.42  # inches
OF_MEASURES = "across: share of the range that holds nine runs in ten; right: each measure's own"
OF_PRINCIPLES = "score, 0 (not at all) to 1 (fully)"
VERDICTS = {
    "better": (forest.CLEAR, "^"),
    "worse": (forest.AGAINST, "v"),
    "higher": (style.INK, "D"),
    "lower": (style.INK, "D"),
}
WAYS_ROOM, WAYS_RIGHT, WAYS_GAP = 1.7, 0.2, 0.24  # inches
LONGEST = 44  # letters of a way on, in a title
LOOKS = (("#0072B2", "o"), ("#D55E00", "s"), ("#009E73", "D"), ("#CC79A7", "^"),
         ("#56B4E9", "v"), ("#E69F00", "P"), ("#1A1A1A", "X"), ("#7A7A7A", "*"))  # fmt: skip
GROUPS_RIGHT = 1.6  # inches
OURS = {"color": "#D55E00", "linewidth": 3.2, "zorder": 5}
ALONE = {"color": style.INK, "linewidth": 1.6, "linestyle": (0, (4, 2)), "zorder": 4}
FANS = ("harm", "tension", "strongest_text")
MINDS = {
    ONE_MIND: Group("", ONE_MIND, "#0072B2", "o"),
    DIVIDED: Group("", DIVIDED, "#E69F00", "D"),
    WRONG: Group("", WRONG, "#D55E00", "X"),
    ONE_VIEW: Group("", ONE_VIEW, "#B3B3B3", "o"),
}
MINDS_ROOM, MINDS_RIGHT, MINDS_GAP = 1.5, 0.3, 0.3  # inches


# ----------------------------------------------------------------------------------------------------------------- arms


def each_arm(comparison):
    """A chart for every arm but the first."""
    for arm in range(1, len(comparison.arms)):
        yield f"-{arm}", (comparison, arm)


@chart("measures", place=1, each=each_arm)
def compose_measures(comparison, arm=1):
    """The differences of one arm from the first, measure by measure."""
    found = [one for one in comparison.of(arm) if _is_seen(one)]
    spreads = {one.name: one.change.value / one.size if one.size else 1.0 for one in found}
    same = len(comparison.of(arm)) - len(found)
    shown = sorted(found, key=lambda one: (not one.is_clear, -abs(one.change.value) / spreads[one.name]))
    shown = shown[: style.by_shape(14, 8)]
    shown = [one for one in found if one in shown]
    caption = _caption(comparison, arm, OF_MEASURES, more=len(found) - len(shown), same=same)
    page = _arm_page(comparison, arm, "paired", comparison.sentence(arm), caption, shown, spreads)
    about = f"{capital(_less(comparison, arm))}, over {comparison.runs:,} pairs of runs with the same draws."
    page.alt = " ".join([about, *map(_arm_told, shown)])
    return page


@chart("principles", place=2, each=each_arm)
def compose_principles(comparison, arm=1):
    """The differences in the scorecard of principles."""
    shown = [one for one in comparison.principles_of(arm) if _is_seen(one)]
    title, caption = claims.principles(comparison, arm), _caption(comparison, arm, OF_PRINCIPLES)
    page = _arm_page(comparison, arm, "principles", title, caption, shown, {one.name: 1.0 for one in shown})
    page.alt = " ".join([f"Scores of the principles, {_less(comparison, arm)}.", *map(_arm_told, shown)])
    return page


def _less(comparison, arm):
    return f"{comparison.arms[arm].label} less {comparison.arms[0].label}"


def _is_seen(one):
    """Whether there is a difference that can be seen in the number printed for it."""
    return one.change.is_known and one.p_same < 1 and any(digit in "123456789" for digit in _change(one).split()[0])


def _caption(comparison, arm, units, more=0, same=0):
    note = "Mean of paired differences; ▲ better, ▼ worse, ◆ differs, grey: slight, or cannot be told"
    note += f". {capital(in_words(more))} other measures moved less" if more > 0 else ""
    note += f". {capital(in_words(same))} never differed" if same > 0 else ""
    scenarios = ", ".join(dict.fromkeys(one.loaded.name for one in (comparison.arms[0], comparison.arms[arm])))
    about = f"Scenario: {scenarios}, {comparison.runs:,} runs an arm, seed {comparison.seed}"
    lines = "Lines are 95 % intervals (Student's t over pairs)"
    return style.in_sentences(note, lines, f"Units: {units}", about)


def _arm_page(comparison, arm, name, title, caption, shown, spreads):
    name = name if arm == 1 else f"{name}-{arm + 1}"
    if not shown:
        return style.empty_page(name, title, caption, "The arms never differ in anything that is measured.")
    drawn = Forest([_arm_row(one, spreads[one.name]) for one in shown], ROOM, RIGHT, 0.42)
    sides = f"Right of the line: more with {comparison.arms[arm].label}. Left: more with {comparison.arms[0].label}."
    texts = style.wrap(sides, style.width() - 2 * style.MARGIN, style.LABEL, lines=3)
    page = style.open_page(name, title, caption, drawn.height + 0.5 + len(texts) * style.line_height(style.LABEL))
    page.write(style.MARGIN, drawn.height + 0.44, "\n".join(texts), linespacing=style.LEADING)
    most = 1.12 * max(_furthest(_scaled(one.change, spreads[one.name])) for one in shown)
    is_score = set(spreads.values()) == {1.0}
    panel = Panel(-most, most, lines=[ZERO], in_words=lambda ticks: [_tick(one, is_score) for one in ticks])
    drawn.draw(page, 0.34, [panel])
    return page


def _furthest(change):
    """How far from nothing a change or an end of its interval is."""
    return max(abs(end) for end in (change.value, change.low, change.high) if math.isfinite(end))


def _arm_row(one, spread):
    colour, marker = VERDICTS.get(one.verdict, (forest.UNCLEAR, "o"))
    look = {"color": style.INK if one.is_clear else style.MUTED}
    note = note_of(_change(one), RIGHT - 0.2)
    point = Point(_scaled(one.change, spread), colour, marker, size=8)
    return Row(one.label, [[point]], note, look=look, note_look=look | {"weight": "bold" if one.is_clear else "normal"})


def _tick(value, is_score):
    """A tick: a score, or a share of the range of the runs.

    >>> _tick(0.25, False), _tick(-0.02, True), _tick(0.0, True)
    ('+25 %', '−0.02', '0')
    """
    words = f"{value:+.2f}" if is_score else f"{value * 100:+.0f} %"
    return words.replace("-", "−") if value else "0"


def _scaled(change, spread):
    return Estimate(change.value / spread, change.low / spread, change.high / spread)


def _change(one):
    sign = "+" if one.change.value > 0 else ""
    return f"{sign}{figure_of_many(one.change.value, 2 * _furthest(one.change))}{unit_of(one.name)}"


def _arm_told(one):
    low, high = (figure_of_many(end, 2 * _furthest(one.change)) for end in (one.change.low, one.change.high))
    return f"{one.label}: {_change(one)} ({low} to {high}), {one.verdict}."


# -------------------------------------------------------------------------------------------------------------- ways on


@chart("what_if", place=1, kind="ahead")
def compose_what_if(ways, asked, record):
    """The ways on as rows, what comes of them as panels, each on its own scale.

    Parameters
    ----------
    ways : dict of what is done to its measures, dict of name to array (runs,)
    asked : str, the question that they answer, or empty
    record : Record, of the exercise so far
    """
    runs = max(values.size for measures in ways.values() for values in measures.values())
    note = f"{asked} {runs:,} continuations of each, with the same draws; nobody is asked any more. {bands(runs)}"
    shown = _telling(ways)[: style.by_shape(2, 3)]
    units = ", ".join(units_for(name) for name in shown) or "none"
    caption = style.caption_of(record, units, note=note.strip().replace("Line", "Bar"))
    if not shown:
        return style.empty_page("what_if", "Nothing more can come", caption, "The exercise is as good as over.")
    rows = [Row(capital(way), [_way_marks(measures, name) for name in shown]) for way, measures in ways.items()]
    drawn = Forest(rows, WAYS_ROOM, WAYS_RIGHT, style.by_shape(0.6, 0.75), WAYS_GAP)
    page = style.open_page("what_if", _what_if_title(ways), caption, drawn.height + 0.75)
    drawn.draw(page, 0.36, [_way_panel(ways, name) for name in shown])
    page.alt = " ".join(_way_told(way, measures, shown) for way, measures in ways.items())
    return page


def _what_if_title(ways):
    """What the choice changes most, and by how much; or that it hardly changes anything."""
    if len(ways) == 1:
        (measures,) = ways.values()
        low, _, middle, _, high = quantiles(measures["harm"])
        span = f"nine in ten lie between {figure(low)} and {figure(high)}"
        return f"{label('harm')} is likely to come to {figure(middle)}; {span}"
    name, gap = max(((name, _effect(ways, name)) for name in OUTCOMES), key=lambda pair: pair[1])
    if gap < LEAST:
        return "what is chosen here hardly changes how it ends"
    means = {way: float(finite(measures[name]).mean()) for way, measures in ways.items()}
    low, high = min(means, key=means.__getitem__), max(means, key=means.__getitem__)
    low, high = (f"{figure(means[way])} with “{_short_way(way)}”" for way in (low, high))
    return f"{label(name)} comes to {low}, to {high}, on average"


def _effect(ways, name):
    """How far the two ways on that differ most lie apart, in standard deviations of the futures."""
    values = [measures[name] for measures in ways.values()]
    return max(effect_size(one, other) for one in values for other in values)


def _telling(ways):
    """The outcomes that vary at all, those first in which the ways on differ most, or in their own order."""
    vary = [name for name in OUTCOMES if len(set(_of_all_ways(ways, name))) > 1]
    return sorted(vary, key=lambda name: -_effect(ways, name))


def _of_all_ways(ways, name):
    return np.concatenate([finite(measures[name]) for measures in ways.values()])


def _way_marks(measures, name):
    values = finite(measures[name])
    return spread_of(quantiles(values), forest.BLUE, 0.24) if values.size else ()


def _way_panel(ways, name):
    low, high = np.quantile(_of_all_ways(ways, name), (0.01, 0.99))
    gap = 0.04 * (high - low) or 0.5
    return Panel(low - gap, high + gap, head=MEASURES[name].label)


def _short_way(way):
    return way if len(way) <= LONGEST else f"{way[:LONGEST].rstrip()}…"


def _way_told(way, measures, shown):
    parts = []
    for name in shown:
        low, _, middle, _, high = (figure(one) for one in quantiles(measures[name]))
        parts.append(f"{label(name)} {middle}, nine in ten {low} to {high}")
    return f"{capital(way)}: {'; '.join(parts)}."


# --------------------------------------------------------------------------------------------------------------- groups


@chart("groups", place=1, kind="groups")
def compose_groups(outcomes, loaded, played):
    """The page on which groups are compared, measure by measure.

    Parameters
    ----------
    outcomes : Outcomes, of the model's own runs
    loaded : sim.scenario.Loaded
    played : dict of group to dict of measure to number; of each measure that may be shown
    """
    asked = list(next(iter(played.values())))
    shown = [name for name in asked if _tells_apart(outcomes, played, name)][: style.by_shape(10, 4)]
    note = f"Grey: {count(outcomes.runs, 'run')} in which the model plays every seat. {bands(outcomes.runs)}"
    if len(shown) < len(asked):
        note += f". {capital(count(len(asked) - len(shown), 'other measure'))} not shown"
    caption = style.caption_of(outcomes, "those beside each row; each row has its own scale", outcomes.runs, note=note)
    if not shown:
        return style.empty_page("groups", "Nothing to compare", caption, "Nothing that is measured came out otherwise.")
    looks = {group: Group(group, group, *LOOKS[place % len(LOOKS)]) for place, group in enumerate(played)}
    drawn = Forest(
        [_group_row(name, outcomes.measures[name], played, looks) for name in shown], ROOM, GROUPS_RIGHT, 0.6
    )
    page = _page_with_key("groups", _groups_title(shown, played), caption, drawn.height + 0.1, looks.values())
    drawn.draw(page, 0.04, [Panel(-0.02, 1.02, ticks={})])
    page.alt = f"What {count(len(played), 'group')} came to. " + " ".join(_group_told(name, played) for name in shown)
    return page


def _tells_apart(outcomes, played, name):
    """Whether a measure is known of the runs and of a group at least, and not one and the same number."""
    of_groups = [one[name] for one in played.values() if math.isfinite(one[name])]
    of_runs = [value for value in quantiles(outcomes.measures[name]) if math.isfinite(value)]
    return bool(of_groups and of_runs) and max(of_groups + of_runs) - min(of_groups + of_runs) > 1e-9


def _page_with_key(name, title, caption, body, groups):
    """A page with the key of groups above the drawing."""
    keys = key_lines(groups)
    page = style.open_page(name, title, caption, body + len(keys) * style.line_height(style.SMALL))
    draw_key(page, keys, page.body)
    return page


def _groups_title(shown, played):
    """In which of the measures the groups are furthest apart, as a share of the larger."""

    def gap(name):
        values = [one[name] for one in played.values() if math.isfinite(one[name])]
        return (max(values) - min(values)) / (max(map(abs, values)) or 1.0)

    apart = max(shown, key=gap)
    if gap(apart) < 1e-9:
        return f"{count(len(played), 'group')}, and all of them came to the same"
    label = measure(apart).label
    return f"{count(len(played), 'group')}: furthest apart in {label[:1].lower()}{label[1:]}"


def _group_row(name, values, played, looks):
    about, own = measure(name), {group: one[name] for group, one in played.items() if math.isfinite(one[name])}
    spread = quantiles(values)
    low, high = min(spread[0], *own.values()), max(spread[-1], *own.values())

    def scaled(value):
        return (value - low) / (high - low)

    marks = own_scale(name, figure(low), figure(high), 0.25)
    marks += spread_of([scaled(one) for one in spread], forest.GREY, 0.15)
    for place, group in enumerate(played):
        if group in own:
            down = (place - (len(played) - 1) / 2) * 0.09
            marks.append(Point(exactly(scaled(own[group])), looks[group].colour, looks[group].marker, 9, down=down))
    said = ", ".join(figure(own[group]) if group in own else "–" for group in played)
    unit = "" if not about.unit or about.unit == "dimensionless" else f", {about.unit}"
    return Row(f"{about.label}{unit}", [marks], note_of(said, GROUPS_RIGHT - 0.2))


def _group_told(name, played):
    known = [f"{group} {figure(one[name])}" for group, one in played.items() if math.isfinite(one[name])]
    return f"{capital(measure(name).label)}: {listed(known, len(LOOKS))}."


# ------------------------------------------------------------------------------------------- an exercise looked back on


@dataclass(frozen=True)
class Debrief:
    """What there is to look back on. ours : the exercise as people played it; many : as the model did from its start;
    rounds : how people stood, as `sim.output.narrative.hot_wash` has it.
    """

    ours: Outcomes
    many: Outcomes
    rounds: tuple = ()

    @property
    def alone(self):
        """Place among the many of the run with the same draws as ours, or None."""
        place = self.ours.first_run - self.many.first_run
        return place if self.ours.seed == self.many.seed and 0 <= place < self.many.runs else None

    def how_usual(self):
        """How usual our outcome was, in sentences."""
        ours = {name: float(values[0]) for name, values in self.ours.measures.items()}
        return hot_wash.how_usual(ours, self.many.measures, self.alone)


@chart("usual", place=1, kind="room")
def compose_usual(debrief, loaded):
    """Our path on the fans of what the model made of the same start, and the model's own path with our draws."""
    many, ours = debrief.many, debrief.ours
    told = debrief.how_usual() or ["our path beside what the model made of the same start"]
    note = f"Orange: ours; dashed: the model alone with the same draws; blue: the model, {bands(many.runs).lower()}"
    caption = style.caption_of(many, "harm in severity, the others 0 to 1; time is exercise date", many.runs, note=note)
    shown = [name for name in FANS if name in many.series and name in ours.series]
    columns = style.by_shape(1, 3)
    body = -(-len(shown) // columns) * 2.0
    page = style.open_page("usual", told[0].rstrip("."), caption, min(max(style.room_for(told[0], caption), body), 12))
    for name, cell in zip(shown, style.cells(len(shown), columns, page.body), strict=True):
        values = np.asarray(many.series[name], dtype=float)
        paths = [(np.asarray(ours.series[name], dtype=float)[:, 0], "ours", OURS)]
        paths += [(values[:, debrief.alone], "model", ALONE)] if debrief.alone is not None else []
        draw_fan(page, loaded, name, values, cell, paths)
    heads = ", ".join(PANELS[name][0].lower() for name in shown)
    page.alt = f"{' '.join(told)} Our path on the fans of {heads}."
    return page


@chart("alignment", place=2, kind="room")
def compose_alignment(debrief, loaded):
    """How each seat's people stood, and the seats together: a mark for each turn, a panel for each incident."""
    names, rounds = Names(loaded), debrief.rounds
    note = "A mark is a turn: those of one mind are at most one rung of the text apart; the confidently wrong name, at "
    note += "least 70 % sure, somebody who has not done it"
    caption = style.caption_of(debrief.ours, "turns", note=note)
    if not rounds:
        words = "No seat with people said what it would say."
        return style.empty_page("alignment", "There is nothing to compare", caption, words)
    counted = [one.incident for one in rounds]
    incidents = sorted(set(counted), key=lambda one: (-counted.count(one), one))[: style.by_shape(2, 4)]
    who = sorted({one.who for one in rounds}, key=lambda one: (one != TOGETHER, one))
    rows = [_minds_row(one, rounds, incidents, names) for one in who]
    drawn = Forest(rows, MINDS_ROOM, MINDS_RIGHT, style.by_shape(0.36, min(max(0.36, 2.2 / len(rows)), 0.6)), MINDS_GAP)
    minds = [group for mind, group in MINDS.items() if mind in {one.mind for one in rounds}]
    title = hot_wash.title_of_alignment(rounds, loaded)
    page = _page_with_key("alignment", title, caption, drawn.height + 0.8, minds)
    turns = loaded.scenario.calendar.turns
    ticks = {turn: str(turn) for turn in range(1, turns + 1, max(1, turns // 5))}
    panels = [Panel(0.5, turns + 0.5, ticks=ticks, head=capital(names.incident(one))) for one in incidents]
    drawn.draw(page, 0.36, panels)
    page.alt = " ".join(hot_wash.alignment(rounds, loaded))
    return page


def _minds_row(who, rounds, incidents, names):
    own = [one for one in rounds if one.who == who]
    marks = [[_mind(one) for one in own if one.incident == incident] for incident in incidents]
    look = {"weight": "bold"} if who == TOGETHER else {}
    return Row("All seats together" if who == TOGETHER else capital(names.actor(who)), marks, look=look)


def _mind(one):
    look = MINDS[one.mind]
    return Point(exactly(one.turn), look.colour, look.marker, size=5 if one.mind == ONE_VIEW else 10)
