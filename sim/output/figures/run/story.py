"""The story of a run on one page: what happened in each turn, beside tension and harm. Time runs downward.

Every turn has a band as high as what is told of it. The most telling moments are written out; what there is no room for
is counted. Responses come as the first of each kind, gravest first, with its company, and then as one line a turn.
"""

from dataclasses import dataclass
from itertools import accumulate, pairwise

from sim.catalogue.moves import BY_NAME
from sim.catalogue.responses import RUNGS
from sim.output.figures import chart, run, style
from sim.output.figures.actor_style import ActorStyle
from sim.output.narrative.injects import directed, reaches_players
from sim.phrases import capital, count, for_many, in_words, listed, softly, stopped

NAME = "story"
HEADS = 0.5  # inches above the bands
BAR, BETWEEN = 0.56, 0.2  # inches
GAP = 0.07  # inches between two moments
LEAST = 3.2  # inches for the bands
THINNEST = 0.09  # inches, the band of a turn of which nothing is told
LONG_TURN = 28  # days: in one so long the month is enough
KINDS = ("control", "text", "ending", "response", "answer", "news", "move", "project")


@dataclass(frozen=True)
class Moment:
    """Something worth a line: its day and turn, its kind, how telling it is among its kind (least first), its words and
    its mark."""

    day: int
    turn: int
    kind: str
    weight: float
    words: str
    marker: str = "o"
    colour: str = style.INK
    is_bold: bool = False
    is_hollow: bool = False


@chart("story", place=1)
def compose(record, loaded):
    """The page that tells a run."""
    styles = ActorStyle(loaded)
    found = moments_of(record, styles)
    title, units = title_of(record, styles), "tension 0 to 1; harm is severity (0 to 1) summed over victims"
    lay = Layout(record)
    room = style.room_for(title, style.caption_of(record, units, note="some")) - HEADS - 0.1
    room = min(lay.most, max(room, LEAST))
    shown = most_telling(found, lay, room)
    left_out = len(found) - len(shown)
    note = capital(f"{count(left_out, 'smaller event')} not shown") if left_out else ""
    bands = lay.bands(shown, room)
    page = style.open_page(NAME, title, style.caption_of(record, units, note=note), HEADS + bands[-1] + 0.1)
    _draw_bars(page, record, lay, bands)
    _draw_moments(page, record, lay, shown, bands)
    page.alt = alt_of(record, styles, shown, left_out)
    return page


class Layout:
    """Where the columns of the page of a record stand, inches from its left, and how high its rows are."""

    def __init__(self, record):
        self.turns, self.most = record.turns, 7.6
        dates = max(style.text_width(_dated(record, day), style.SMALL) for day in record.calendar.edges) + 0.04
        self.tension = style.MARGIN + dates + 0.1
        self.harm = self.tension + BAR + BETWEEN
        self.marks = self.harm + BAR + 0.22
        self.when = self.marks + 0.14
        self.words = self.when + dates + 0.1

    def lines(self, one):
        """The words of a moment as lines."""
        most = style.by_shape(4, 2)
        return style.wrap(one.words, style.width() - style.MARGIN - self.words, style.LABEL, one.is_bold, lines=most)

    def height(self, one):
        """Height of a moment, inches."""
        return len(self.lines(one)) * style.line_height(style.LABEL) + GAP

    def bands(self, moments, room=0.0):
        """Where the band of each turn begins, inches from the top, and where the last ends."""
        told = [sum(self.height(one) for one in moments if one.turn == turn + 1) for turn in range(self.turns)]
        heights = [max(THINNEST, one + GAP if one else 0.0) for one in told]
        more = max(0.0, min(room, style.by_shape(2.2, room)) - sum(heights)) / self.turns
        return list(accumulate(heights, lambda edge, one: edge + one + more, initial=0.0))


def title_of(record, styles):
    """What the run came to, in one sentence."""
    states = run.actors_of(record)
    acted = {one.actor for one in run.joinings_of(record, styles)} - set(run.BODIES)
    who = f"{in_words(len(acted))} of {len(states)} states responded" if acted else "nobody responded"
    ended = sorted({styles.incident(event.incident) for event in record.of_kind("incident_stops")})
    gave_in = sorted({styles.actor(event.actor) for event in record.of_kind("victim_concedes")})
    if gave_in:
        end = f"{listed(gave_in, 3)} gave in"
    elif ended:
        end = f"{listed(ended, 2)} stopped"
    else:
        end = "nothing stopped" if run.incidents_of(record) else "no incident began"
    return "; ".join(filter(None, [f"{who}, {end}", run.tension_in_words(record)]))


def _dated(record, day):
    """A day in the narrow columns: '3 Jun', or, where a turn is long and another year comes, 'Jun 2024'."""
    said = run.day_in(record, day)
    if said.count(" ") < 2 or record.calendar.has_clock:
        return said
    is_long = record.calendar.days(run.turn_of(record, day)) >= LONG_TURN
    return said.split(" ", 1)[1] if is_long else said.rsplit(" ", 1)[0]


def alt_of(record, styles, shown, left_out):
    """The story in words, for those who listen."""
    told = [f"{run.day_in(record, one.day)}: {one.words.rstrip('.')}." for one in shown]
    days, tension = run.series_of(record, "tension")
    first = next((value for value in tension if value == value), None)
    course = f" Tension goes from {first:.2f} to {tension[-1]:.2f}." if first is not None else ""
    rest = f" {capital(count(left_out, 'smaller event'))} not shown." if left_out else ""
    return f"Timeline of the run, {count(record.turns, 'turn')}.{course} {' '.join(told)}{rest}".strip()


# ------------------------------------------------------------------------------------------------------- moments


def moments_of(record, styles):
    """Everything that could have a line, by turn and day."""
    makers = (_acts, _injects, _consultations, _responses, _moves, _endings, _projects, _answers, _directions)
    found = [moment for make in makers for moment in make(record, styles)]
    return sorted(found, key=lambda one: (one.turn, one.day))


def most_telling(moments, lay, room):
    """As many moments as there is room for, back in order of time.

    How incidents begin comes first; then what control changed, texts, endings, responses, news, moves and projects take
    turns, each with its most telling moment and, among equals, from all over the run.
    """
    queues = {}
    for at in sorted(range(len(moments)), key=lambda at: (moments[at].weight, _scattered(at))):
        queues.setdefault(moments[at].kind, []).append(at)
    order = queues.pop("incident", [])
    turns = [queues[kind] for kind in KINDS if kind in queues]
    order += [queue[place] for place in range(len(moments)) for queue in turns if place < len(queue)]
    chosen = []
    for at in order:
        if lay.bands([moments[one] for one in (*chosen, at)])[-1] > room:
            break
        chosen.append(at)
    return [moments[at] for at in sorted(chosen)]


def _scattered(at):
    """A rank that takes places from all over the line before filling it in (van der Corput's sequence)."""
    return int(f"{at:012b}"[::-1], 2)


def _of(event, kind, words, marker, colour=style.INK, weight=1, **look):
    return Moment(event.day, event.turn, kind, weight, words, marker, colour, **look)


def _acts(record, styles):
    for event in record.of_kind("incident_begins"):
        is_enough = styles.is_short(event.incident) or style.by_shape(tall=False, wide=True)
        name = "" if is_enough else event.payload.get("name")
        words = f"{capital(styles.case(event.incident))} begins{f': {name}' if name else ''}"
        yield _of(event, "incident", words, "X", is_bold=True)


def _directions(record, styles):
    for event in record.overrides:
        yield _of(event, "control", directed(event, styles).rstrip("."), "P", is_bold=True)


def _injects(record, _):
    for event in filter(reaches_players, record.of_kind("inject_released")):
        yield _of(event, "news", f"News: {event.payload.get('title') or 'inject'}", "o", style.CALM, is_hollow=True)


def _consultations(record, styles):
    reached, everybody = {}, max(1, len(run.actors_of(record)))
    for one in run.consultations_of(record):
        about = f" on {styles.incident(one.incident)}"
        if one.caller:
            words = capital(f"{styles.actor(one.caller)} calls {styles.format(one.format)}{about}")
            marker, colour = styles.marker(one.caller), styles.colour(one.caller)
            yield Moment(one.day, one.turn, "text", 3, words, marker, colour)
        if one.outcome == "open":
            continue
        table, turn = capital(styles.forum(one.format)) + about, run.turn_of(record, one.end_day)
        if one.outcome == "failed":
            yield Moment(one.end_day, turn, "text", 2, f"{table}: no text", "s", is_hollow=True)
            continue
        suspect = run.suspect_code(record, one.incident)
        words = f"{table}: {styles.position(one.rung, suspect)}, {one.behind} behind it"
        if one.breakers and styles.decides_by_silence(one.format):
            words += f", after {listed([styles.actor(code) for code in one.breakers], 2)} broke silence"
        rung = RUNGS.index(one.rung)
        is_new, reached[one.incident] = rung > reached.get(one.incident, 0), max(rung, reached.get(one.incident, 0))
        weight = (1 if is_new else 4) - rung / len(RUNGS) - len(one.supporters) / everybody
        yield Moment(one.end_day, turn, "text", weight, words, "s", is_bold=is_new)


def _responses(record, styles):
    joined = run.joinings_of(record, styles)
    seen = sorted((one for one in joined if one.acted_day is not None), key=lambda one: one.acted_day)
    incidents = run.incidents_of(record)
    known, victims = set(), {code for incident in incidents.values() for code in incident.victims}
    turns = {}
    for one in seen:
        turns.setdefault((run.turn_of(record, one.acted_day), one.incident), []).append(one)
    for (turn, incident), group in turns.items():
        about = f" on {styles.incident(incident)}" if len(incidents) > 1 and incident else ""
        kinds = {one.response for one in group if (incident, one.response) not in known}
        new = sorted(kinds, key=lambda response: (-styles.gravity(response), response))
        known.update((incident, response) for response in new)
        first = [one for one in group if one.response in new]
        if first:
            who = sorted({one.actor for one in first}, key=lambda code: (code not in victims, code))
            what = listed([styles.brief(response) for response in new], 2)
            words = f"{capital(listed([styles.actor(code) for code in who], 2))}{about}: first {what}"
            weight = 1 - styles.gravity(new[0]) / len(RUNGS)
            marker, colour = styles.marker(who[0]), styles.colour(who[0])
            yield Moment(first[0].acted_day, turn, "response", weight, words, marker, colour)
        more = [one for one in group if one.response not in new]
        if more:
            said = [one.response for one in more]
            most = styles.brief(max(sorted(set(said)), key=said.count))
            states = len({one.actor for one in more})
            words = f"{capital(in_words(states))} more {'joins' if states == 1 else 'join'}{about}, mostly {most}"
            yield Moment(more[-1].acted_day, turn, "response", 2, words, "o", style.FAINT)


def _moves(record, styles):
    for event in record.of_kind("adversary_move"):
        move = BY_NAME.get(event.payload.get("move"))
        words = move and move.short
        if words and event.actor:
            target = event.payload.get("target")
            said = words.format(who=styles.name(event.actor), target=styles.name(target) if target else "another")
            yield _of(event, "move", said, styles.marker(event.actor), styles.colour(event.actor))


def _endings(record, styles):
    for event in record.of_kind("victim_concedes"):
        about = f" on {styles.incident(event.incident)}" if event.incident else ""
        words = f"{styles.name(event.actor)} gives in{about}"
        yield _of(event, "ending", words, styles.marker(event.actor), is_bold=True)
    for event in record.of_kind("incident_stops"):
        words = f"{capital(styles.incident(event.incident))} stops"
        yield _of(event, "ending", words, "X", is_bold=True, is_hollow=True)


def _projects(record, styles):
    for event in record.of_kind("project_decided", "project_fails"):
        agreed = event.payload.get("outcome") == "agreed"
        ended = "fails" if event.kind == "project_fails" else "is agreed" if agreed else "is blocked"
        words = f"{capital(styles.project(event.payload.get('project') or ''))} {ended}"
        yield _of(event, "project", words, "D", style.CALM)


def _answers(record, styles):
    """What is decided where injects put questions, and the deadlines that pass."""
    alike = {}
    for event in record.of_kind("question_answered"):
        alike.setdefault((event.payload["inject"], event.payload["option"], event.turn), []).append(event)
    for events in alike.values():
        codes, does = [event.actor for event in events], softly(events[0].payload["answer"].rstrip("."))
        who = capital(listed([styles.actor(code) for code in codes], 2))
        words = f"{who} {for_many(does) if len(codes) > 1 else does}"
        yield _of(events[0], "answer", words, styles.marker(codes[0]), styles.colour(codes[0]))
    for event in record.of_kind("deadline_ends"):
        if event.payload["text"]:
            yield _of(event, "answer", f"Deadline passes: {stopped(event.payload['text'])}", "D", style.CALM)


# ------------------------------------------------------------------------------------------------------- drawing


def _draw_bars(page, record, lay, bands):
    top = bands[-1]
    _bars(page, record, "tension", lay.tension, bands, "Tension", 1.0, None)
    _, harm = run.series_of(record, "harm")
    most = max([1.0, *(value for value in harm if value == value)])
    _bars(page, record, "harm", lay.harm, bands, "Harm", most, "///")
    last = -1.0
    for at, day in zip(bands, record.calendar.edges, strict=True):
        if at - last >= 0.2 and (at == 0 or top - at >= 0.2 or day == record.calendar.edges[-1]):
            last = at
            low = 0.1 + top - at
            page.write(lay.tension - 0.08, low, _dated(record, day), style.SMALL, ha="right", va="center_baseline")


def _bars(page, record, name, left, bands, heading, top, hatch):
    axes = page.bare_axes(left, 0.1, BAR, bands[-1], (0, top), (bands[-1], 0))
    axes.axvspan(0, top, color=style.WASH)
    _, values = run.series_of(record, name)
    look = {"facecolor": "#A6A6A6" if hatch else "#4D4D4D", "edgecolor": style.PAPER, "hatch": hatch, "linewidth": 0}
    for (start, end), value in zip(pairwise(bands), values, strict=False):
        inset = min(0.02, (end - start) / 10)
        wide = value if value == value else 0
        axes.barh([start + inset], [wide], height=end - start - 2 * inset, align="edge", **look)
    base = bands[-1] + 0.1
    page.write(left, base + 0.24, heading, style.LABEL, weight="bold")
    page.write(left, base + 0.06, "0", style.SMALL, color=style.MUTED)
    page.write(left + BAR, base + 0.06, f"{top:.2g}", style.SMALL, color=style.MUTED, ha="right")


def _draw_moments(page, record, lay, shown, bands):
    room, left, right = bands[-1], lay.harm + BAR, style.width()
    axes = page.bare_axes(left, 0.1, right - lay.harm - BAR, room, (left, right), (room, 0))
    for edge in bands:
        axes.axhline(edge, color=style.FAINT, linewidth=0.7, zorder=0)
    page.write(lay.when, room + 0.34, f"What happened, from {run.date_of(record, 0).year}", style.LABEL, weight="bold")
    if not shown:
        page.write(lay.words, room / 2, "Nothing happened.", style.HEAD, color=style.MUTED)
    for turn, (start, end) in enumerate(pairwise(bands), 1):
        here = [one for one in shown if one.turn == turn]
        y = (start + end - sum(lay.height(one) for one in here)) / 2
        for one in here:
            _draw_moment(axes, record, lay, one, y + lay.height(one) / 2)
            y += lay.height(one)


def _draw_moment(axes, record, lay, one, y):
    style.mark(axes, lay.marks, y, one.marker, one.colour, is_hollow=one.is_hollow)
    look = {"va": "center", "linespacing": style.LEADING}
    axes.text(lay.when, y, _dated(record, one.day), fontsize=style.SMALL, color=style.MUTED, **look)
    weight = "bold" if one.is_bold else "normal"
    axes.text(lay.words, y, "\n".join(lay.lines(one)), fontsize=style.LABEL, weight=weight, **look)
