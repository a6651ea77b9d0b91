"""Coercion: how likely the model thought it that the target would give in, beside what came of it."""

import dataclasses

from sim.experiments.estimate import wilson
from sim.output.figures import style
from sim.output.figures.forest import Forest, Panel, Point, Row
from sim.phrases import listed, percent
from sim.validation import claims
from sim.validation.cases import head_of

ROOM, RIGHT, ROW = 2.6, 0.62, 0.29
TICKS = {0: "0", 0.25: "25", 0.5: "50", 0.75: "75", 1: "100\N{NO-BREAK SPACE}%"}
GROUPS = (
    (1, "Gave in", "#B45F06", "s"),
    ("partial", "Gave in partly", "#8A6D00", "D"),
    (0, "Held out", "#0072B2", "o"),
)
NOTE = (
    "Lines are 95 % intervals of the model's draws (Wilson), not of whether the model is right. Of most of these "
    "coercions only the outcome is known, so the model knows target, adversary, date and how long it went on, and "
    "takes the usual severity"
)


@style.styled
def compose(past):
    """Each coercion with the model's probability, those that gave in first."""
    rows = past.backtest.outcomes
    caption = past.caption("probability that the target gives in within the time played", NOTE + _left_out(past))
    if not len(rows):
        return style.empty_page(
            "conceding",
            "no coercion whose outcome is known",
            caption,
            "None of these cases demanded anything of a target the library knows.",
        )
    groups = [(group, _rows_of(rows, group[0])) for group in GROUPS]
    groups = [(group, found) for group, found in groups if found]
    forest = Forest(_drawn(past, groups), ROOM, RIGHT, ROW)
    page = style.open_page("conceding", claims.coercion(rows), caption, forest.height + 0.42)
    forest.draw(page, 0.36, [Panel(-0.03, 1.03, ticks=TICKS)])
    page.alt = "The model's probability that the target gave in, and the record. " + " ".join(
        f"{words}: {listed([f'{_label(past, row)} {percent(row.chance)}' for row in found], 40)}."
        for (_, words, *_), found in groups
    )
    return page


def _rows_of(rows, conceded):
    found = [row for row in rows.itertuples() if row.conceded == conceded]
    return sorted(found, key=lambda row: -row.chance)


def _left_out(past):
    known = set(past.backtest.outcomes.case)
    lost = [
        name for name, episode in past.episodes.items() if episode.target_conceded is not None and name not in known
    ]
    return f". Left out, as the library does not know the target: {listed(lost)}" if lost else ""


def _label(past, row):
    case = past.cases.get(row.case)
    if case is not None:
        return f"{past.when(row.case).year} {head_of(case.name)}"
    codes = row.target.split(", ")
    name = past.styles.name(codes[0]) + (f", {len(codes) - 1} more" if len(codes) > 1 else "")
    return f"{past.when(row.case).year} {name}"


def _drawn(past, groups):
    for (_, words, colour, marker), found in groups:
        yield Row(f"{words} ({len(found)})", is_head=True, look={"color": style.ink_of(colour), "size": style.HEAD})
        for row in found:
            likely = dataclasses.replace(wilson(row.chance, past.backtest.runs), value=row.chance)
            label = style.cut(_label(past, row), ROOM - style.MARGIN - 0.12)
            yield Row(label, [[Point(likely, colour, marker, size=8, width=2)]], percent(row.chance))
