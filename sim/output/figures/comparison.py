"""Two arms with the same draws: by how much each measure, and each principle, differs."""

import math

from sim.experiments import claims
from sim.experiments.estimate import Estimate
from sim.experiments.phrases import figure, unit_of
from sim.output.figures import chart, style
from sim.output.figures.forest import AGAINST, CLEAR, UNCLEAR, ZERO, Forest, Panel, Point, Row
from sim.phrases import capital, in_words

ROOM, RIGHT = 2.36, 1.42
MARKS = {"better": (CLEAR, "^"), "worse": (AGAINST, "v"), "higher": (style.INK, "D"), "lower": (style.INK, "D")}


def each_arm(comparison):
    """A chart for every arm but the first."""
    for arm in range(1, len(comparison.arms)):
        yield f"-{arm}", (comparison, arm)


@chart("measures", place=1, each=each_arm)
def compose(comparison, arm=1):
    """The differences of one arm from the first, measure by measure."""
    found = [one for one in comparison.of(arm) if _differs(one)]
    spreads = {one.name: one.change.value / one.size if one.size else 1.0 for one in found}
    same = len(comparison.of(arm)) - len(found)
    shown = sorted(found, key=lambda one: (not one.is_clear, -abs(one.change.value) / spreads[one.name]))
    shown = shown[: style.by_shape(14, 8)]
    shown = [one for one in found if one in shown]
    page = _page(
        comparison,
        arm,
        "paired" if arm == 1 else f"paired-{arm + 1}",
        comparison.sentence(arm),
        shown,
        spreads,
        len(found) - len(shown),
        same,
    )
    page.alt = (
        f"{capital(comparison.arms[arm].label)} less {comparison.arms[0].label}, over {comparison.runs:,} pairs "
        "of runs with the same draws. " + " ".join(_told(one) for one in shown)
    )
    return page


@chart("principles", place=2, each=each_arm)
def compose_principles(comparison, arm=1):
    """The differences in the scorecard of principles."""
    shown = [one for one in comparison.principles_of(arm) if _differs(one)]
    spreads = {one.name: 1.0 for one in shown}
    page = _page(
        comparison,
        arm,
        "principles" if arm == 1 else f"principles-{arm + 1}",
        claims.principles(comparison, arm),
        shown,
        spreads,
        0,
        0,
        units="score, 0 (not at all) to 1 (fully)",
    )
    page.alt = f"Scores of the principles, {comparison.arms[arm].label} less {comparison.arms[0].label}. " + " ".join(
        _told(one) for one in shown
    )
    return page


def _differs(one):
    """Whether there is a difference that can be seen in the number printed for it."""
    return one.change.is_known and one.p_same < 1 and any(digit in "123456789" for digit in _change(one).split()[0])


def _page(comparison, arm, name, title, shown, spreads, more, same, units=None):
    arms = comparison.arms
    note = "Mean of paired differences; ▲ better, ▼ worse, ◆ differs, grey: slight, or cannot be told"
    note += f". {capital(in_words(more))} other measures moved less" if more > 0 else ""
    note += f". {capital(in_words(same))} never differed" if same > 0 else ""
    units = units or "across: share of the range that holds nine runs in ten; right: each measure's own"
    scenarios = ", ".join(dict.fromkeys(one.loaded.name for one in (arms[0], arms[arm])))
    about = f"Scenario: {scenarios}, {comparison.runs:,} runs an arm, seed {comparison.seed}"
    lines = "Lines are 95 % intervals (Student's t over pairs)"
    caption = style.in_sentences(note, lines, f"Units: {units}", about)
    if not shown:
        return style.empty_page(name, title, caption, "The arms never differ in anything that is measured.")
    forest = Forest([_row(one, spreads[one.name]) for one in shown], ROOM, RIGHT, 0.42)
    more = f"Right of the line: more with {arms[arm].label}. Left: more with {arms[0].label}."
    texts = style.wrap(more, style.width() - 2 * style.MARGIN, style.LABEL, lines=3)
    page = style.open_page(name, title, caption, forest.height + 0.5 + len(texts) * style.line_height(style.LABEL))
    page.write(style.MARGIN, forest.height + 0.44, "\n".join(texts), linespacing=style.LEADING)
    scaled = [_scaled(one.change, spreads[one.name]) for one in shown]
    most = 1.12 * max(abs(end) for one in scaled for end in (one.value, one.low, one.high) if math.isfinite(end))
    is_score = set(spreads.values()) == {1.0}
    forest.draw(
        page, 0.34, [Panel(-most, most, lines=[ZERO], in_words=lambda at: [_tick(one, is_score) for one in at])]
    )
    return page


def _row(one, spread):
    colour, marker = MARKS.get(one.verdict, (UNCLEAR, "o"))
    look = {"color": style.INK if one.is_clear else style.MUTED}
    note = "\n".join(style.wrap(_change(one), RIGHT - 0.2, style.LABEL, lines=2))
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
    apart = max(abs(end) for end in (one.change.value, one.change.low, one.change.high) if math.isfinite(end)) * 2
    return f"{sign}{figure(one.change.value, apart)}{unit_of(one.name)}"


def _told(one):
    apart = max(abs(end) for end in (one.change.value, one.change.low, one.change.high) if math.isfinite(end)) * 2
    interval = f"{figure(one.change.low, apart)} to {figure(one.change.high, apart)}"
    return f"{one.label}: {_change(one)} ({interval}), {one.verdict}."
