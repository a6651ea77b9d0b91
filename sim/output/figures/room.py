"""Charts of an exercise that people played: how usual its outcome was, and where its people were of one mind."""

import math
from dataclasses import dataclass

import numpy as np

from sim.experiments.estimate import Estimate
from sim.output.figures import chart, style
from sim.output.figures.forest import Forest, Panel, Point, Row
from sim.output.figures.many import PANELS, bands, draw_fan
from sim.output.narrative.hot_wash import (
    DIVIDED,
    ONE_MIND,
    ONE_VIEW,
    TOGETHER,
    WRONG,
    alignment,
    how_usual,
    title_of_alignment,
)
from sim.phrases import Names, capital
from sim.record.record import Outcomes

OURS = {"color": "#D55E00", "linewidth": 3.2, "zorder": 5}
ALONE = {"color": style.INK, "linewidth": 1.6, "linestyle": (0, (4, 2)), "zorder": 4}
FANS = ("harm", "tension", "strongest_text")
MINDS = {
    ONE_MIND: ("#0072B2", "o"),
    DIVIDED: ("#E69F00", "D"),
    WRONG: ("#D55E00", "X"),
    ONE_VIEW: ("#B3B3B3", "o"),
}
ROOM, RIGHT, GAP, KEY = 1.5, 0.3, 0.3, 0.3  # inches


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
        return how_usual(ours, self.many.measures, self.alone)


@chart("usual", place=1)
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


@chart("alignment", place=2)
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
    who = [TOGETHER, *dict.fromkeys(one.who for one in sorted(rounds, key=lambda one: one.who) if one.who != TOGETHER)]
    rows = [_row(one, rounds, incidents, names) for one in who if any(round.who == one for round in rounds)]
    forest = Forest(rows, ROOM, RIGHT, style.by_shape(0.36, min(max(0.36, 2.2 / len(rows)), 0.6)), GAP)
    page = style.open_page("alignment", title_of_alignment(rounds, loaded), caption, forest.height + 0.8 + KEY)
    turns = loaded.scenario.calendar.turns
    ticks = {turn: str(turn) for turn in range(1, turns + 1, max(1, turns // 5))}
    panels = [Panel(0.5, turns + 0.5, ticks=ticks, head=capital(names.incident(one))) for one in incidents]
    forest.draw(page, 0.36, panels)
    _draw_key(page, {one.mind for one in rounds})
    page.alt = " ".join(alignment(rounds, loaded))
    return page


def _row(who, rounds, incidents, names):
    marks = [
        [
            Point(Estimate(one.turn, math.nan, math.nan), *MINDS[one.mind], size=5 if one.mind == ONE_VIEW else 10)
            for one in rounds
            if (one.who, one.incident) == (who, incident)
        ]
        for incident in incidents
    ]
    look = {"weight": "bold"} if who == TOGETHER else {}
    return Row("All seats together" if who == TOGETHER else capital(names.actor(who)), marks, look=look)


def _draw_key(page, minds):
    left, low = style.MARGIN, page.body - 0.2
    axes = page.axes(0, low - 0.1, style.width(), 0.2)
    style.bare(axes)
    axes.set_xlim(0, style.width())
    axes.set_ylim(0, 1)
    for mind, (colour, marker) in MINDS.items():
        if mind in minds:
            axes.plot([left + 0.08], [0.5], marker=marker, color=colour, markersize=8)
            page.write(left + 0.22, low, mind, style.SMALL, va="center")
            left += 0.45 + style.text_width(mind, style.SMALL)
