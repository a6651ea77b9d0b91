"""Who is who on every chart: names, groups, colours and markers, the same everywhere.

An actor's colour is its group's. Allies share one, EU members outside the alliance another; each of the four partners,
each body and each of the two great adversaries has its own. The marker says the same once more for those who cannot
tell colours apart.
"""

import re
from dataclasses import dataclass

from sim.catalogue.responses import RUNGS, SILENT_RULES
from sim.output.figures.style import MARGIN, SMALL, line_height, mark, text_width, width
from sim.phrases import Names


@dataclass(frozen=True)
class Group:
    """What is drawn alike, such as some actors: its name, its colour, its marker (in matplotlib's alphabet)."""

    key: str
    name: str
    colour: str
    marker: str


GROUPS = {
    group.key: group
    for group in (
        Group("NATO", "NATO", "#0072B2", "s"),
        Group("EU", "EU", "#8A7A00", "s"),
        Group("ally", "NATO allies", "#56B4E9", "o"),
        Group("eu_member", "EU members outside NATO", "#F0E442", "D"),
        Group("AUS", "Australia", "#009E73", "^"),
        Group("JPN", "Japan", "#CC79A7", "v"),
        Group("KOR", "South Korea", "#E69F00", "<"),
        Group("NZL", "New Zealand", "#332288", ">"),
        Group("partner", "Other partners", "#7FBF9B", "p"),
        Group("RUS", "Russia", "#D55E00", "X"),
        Group("CHN", "China", "#882255", "P"),
        Group("adversary", "Other adversaries", "#8C4A1E", "X"),
        Group("other", "Others", "#8C8C8C", "h"),
    )
}

TEXTS = {"silence": "no position", "naming": "naming {suspect}", "measures": "measures against {suspect}"}
SHORTER = {"GBR": "UK", "KOR": "South Korea", "MKD": "N. Macedonia", "USA": "US"}
KNOWN_ROLES = {**dict.fromkeys(("RUS", "CHN"), "adversary"), **dict.fromkeys(("AUS", "JPN", "KOR", "NZL"), "partner")}


class ActorStyle(Names):
    """The looks of everybody in one scenario, and names on labels beside those that `Names` has for sentences."""

    def __init__(self, loaded):
        super().__init__(loaded)
        self.library, self.scenario = loaded.library, loaded.scenario

    def name(self, code):
        """What an actor is called, on a label."""
        return self.actor(code).removeprefix("the ")

    def short(self, code, room=1.3, size=10.5):
        """The name if it fits into so many inches, else a shorter one, else the code."""
        fits = (name for name in (self.name(code), SHORTER.get(code, code)) if text_width(name, size) <= room)
        return next(fits, code)

    def role(self, code):
        """ally, eu_member, partner, adversary or other."""
        override = self.scenario.actors.get(code)
        if override is not None and override.role:
            return override.role
        state = self.library.states.get(code)
        return state.role if state else KNOWN_ROLES.get(code, "other")

    def group(self, code):
        """How an actor is drawn."""
        role = self.role(code)
        own = code in GROUPS and (code in ("NATO", "EU") or KNOWN_ROLES.get(code) == role)
        return GROUPS[code if own else role]

    def groups(self, codes):
        """The groups of some actors, each once."""
        seen = {self.group(code).key for code in codes}
        return [group for group in GROUPS.values() if group.key in seen]

    def colour(self, code):
        """The actor's colour, for marks and areas."""
        return self.group(code).colour

    def marker(self, code):
        """The actor's marker."""
        return self.group(code).marker

    def brief(self, key):
        """What a response is called where there is little room: 'joint statement'."""
        return in_brief(self.response(key))

    def gravity(self, key):
        """How grave a response is: the place of its rung on the ladder, from 0."""
        entry = self._responses.get(key)
        return RUNGS.index(entry.rung) if entry else 0

    def decides_by_silence(self, key):
        """Whether a text passes in a format when nobody breaks silence, rather than by votes or by who comes along."""
        entry = self._formats.get(key)
        return entry is None or entry.rule in SILENT_RULES

    def position(self, rung, suspect):
        """What a text comes to, on a label: 'naming Russia'."""
        return TEXTS.get(rung, rung).format(suspect=self.actor(suspect) if suspect else "the culprit")

    def forum(self, key):
        """What a format is called, on a label."""
        return self.format(key).removeprefix("the ")

    def case(self, incident_id):
        """What an incident is called, on a label."""
        return self.incident(incident_id).removeprefix("the ")


def in_brief(name):
    """The head of a name: what comes before 'of', 'to', 'for', 'with' or a stop, if that says anything by itself.

    >>> in_brief("joint statement of concern or solidarity"), in_brief("expulsion of diplomats")
    ('joint statement', 'expulsion of diplomats')
    """
    for cut in re.finditer(r"[,:;(]| (?:of|to|for|with|on|by) ", name):
        if " " in name[: cut.start()].strip():
            return name[: cut.start()].strip()
    return name


def key_lines(groups):
    """Groups as lines of a key that fit the page: lists of (inches from the left, Group)."""
    lines, used = [[]], 0.0
    for group in groups:
        wide = text_width(group.name, SMALL) + 0.36
        if used + wide > width() - 2 * MARGIN:
            lines.append([])
            used = 0.0
        lines[-1].append((used, group))
        used += wide
    return lines


def draw_key(page, lines, top):
    """The key, its upper edge so many inches above the foot of the drawing."""
    axes = page.bare_axes(0, 0, width(), top, (0, width()), (0, top))
    for at, line in enumerate(lines):
        y = top - (at + 0.5) * line_height(SMALL)
        for x, group in line:
            mark(axes, MARGIN + x + 0.08, y, group.marker, group.colour)
            axes.text(MARGIN + x + 0.19, y, group.name, va="center", fontsize=SMALL)
