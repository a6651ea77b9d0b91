"""The story of a run on one page: what happened when, beside tension and harm. Time runs downward.

The most telling moments are written out; what there is no room for is counted. Responses come as the first of each
kind, with its company, and then as one line a turn.
"""

from dataclasses import dataclass
from itertools import pairwise

from sim.catalogue.ladder import RUNGS
from sim.catalogue.moves import BY_NAME
from sim.output.figures import chart, style
from sim.output.figures.actor_style import ActorStyle
from sim.output.figures.queries import (
    BODIES,
    actors_of,
    consultations_of,
    date_of,
    incidents_of,
    joinings_of,
    length_in_days,
    peak_of,
    series_of,
    start_of,
)
from sim.output.narrative.passages import reaches_players
from sim.phrases import capital, count, for_many, in_words, listed

NAME = "story"
ROOM = 7.4  # inches for the moments
HEADS = 0.5  # inches above them
TENSION, HARM, LEADERS, WHEN, WORDS = 0.74, 1.5, 2.1, 2.4, 2.92  # inches from the left
BAR = 0.56  # inches
GAP = 0.07  # inches between two moments
KINDS = ("text", "response", "news", "move", "project")


@dataclass(frozen=True)
class Moment:
    """Something worth a line: its day, its kind, how telling it is among its kind (1 most), its words and its mark."""

    day: int
    kind: str
    weight: int
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
    shown = most_telling(found)
    room = max(2.2, sum(_height(one) for one in shown))
    left_out = len(found) - len(shown)
    caption = style.caption_of(
        record,
        "tension 0 to 1; harm is severity (0 to 1) summed over victims; time is exercise date",
        note=capital(f"{count(left_out, 'smaller event')} not shown") if left_out else "",
    )
    page = style.open_page(NAME, title_of(record, styles), caption, HEADS + room + 0.1)
    _draw_bars(page, record, room)
    _draw_moments(page, record, shown, room)
    page.alt = alt_of(record, styles, shown, left_out)
    return page


def title_of(record, styles):
    """What the run came to, in one sentence."""
    states = actors_of(record)
    acted = {one.actor for one in joinings_of(record, styles.names)} - set(BODIES)
    who = f"{in_words(len(acted))} of {len(states)} states responded" if acted else "nobody responded"
    ended = sorted({styles.incident(event.incident) for event in record.of_kind("incident_stops")})
    gave_in = sorted({styles.said(event.actor) for event in record.of_kind("victim_concedes")})
    if gave_in:
        end = f"{listed(gave_in, 3)} gave in"
    elif ended:
        end = f"{listed(ended, 2)} stopped"
    else:
        end = "nothing stopped" if incidents_of(record) else "no incident began"
    days, tension = series_of(record, "tension")
    peak = peak_of(tension)
    height = f"; tension peaked at {tension[peak]:.2f} on {_said(record, days[peak])}" if peak is not None else ""
    return f"{who}, {end}{height}"


def alt_of(record, styles, shown, left_out):
    """The story in words, for those who listen."""
    told = [f"{style.day_of(date_of(record, one.day))}: {one.words.rstrip('.')}." for one in shown]
    days, tension = series_of(record, "tension")
    first = next((value for value in tension if value == value), None)
    course = f" Tension goes from {first:.2f} to {tension[-1]:.2f}." if first is not None else ""
    rest = f" {capital(count(left_out, 'smaller event'))} not shown." if left_out else ""
    return f"Timeline of the run, {count(record.turns, 'turn')}.{course} {' '.join(told)}{rest}".strip()


# ------------------------------------------------------------------------------------------------------- moments


def moments_of(record, styles):
    """Everything that could have a line, by day."""
    found = [
        *_acts(record),
        *_injects(record),
        *_consultations(record, styles),
        *_responses(record, styles),
        *_moves(record, styles),
        *_endings(record, styles),
        *_projects(record, styles),
    ]
    return sorted(found, key=lambda one: one.day)


def most_telling(moments):
    """As many moments as there is room for, back in order of time.

    How incidents begin and end comes first; then texts, responses, news, moves and projects take turns, each with its
    most telling moment and, among equals, from all over the run.
    """
    queues = {}
    for at in sorted(range(len(moments)), key=lambda at: (moments[at].weight, _scattered(at))):
        queues.setdefault(moments[at].kind, []).append(at)
    order = queues.pop("incident", [])
    turns = [queues[kind] for kind in KINDS if kind in queues]
    order += [queue[place] for place in range(len(moments)) for queue in turns if place < len(queue)]
    chosen, used = [], 0.0
    for at in order:
        if used + _height(moments[at]) > ROOM:
            break
        chosen.append(at)
        used += _height(moments[at])
    return [moments[at] for at in sorted(chosen)]


def _scattered(at):
    """A rank that takes places from all over the line before filling it in (van der Corput's sequence)."""
    return int(f"{at:012b}"[::-1], 2)


def _acts(record):
    for event in record.of_kind("incident_begins"):
        yield Moment(
            event.day, "incident", 1, f"Begins: {event.payload.get('name') or event.incident}", "X", is_bold=True
        )


def _injects(record):
    for event in filter(reaches_players, record.of_kind("inject_released")):
        yield Moment(
            event.day, "news", 1, f"News: {event.payload.get('title') or 'inject'}", "o", style.CALM, is_hollow=True
        )


def _consultations(record, styles):
    reached = {}
    for one in consultations_of(record):
        table = styles.format(one.format)
        if one.caller:
            yield Moment(
                one.day,
                "text",
                3,
                capital(f"{styles.said(one.caller)} calls {styles.names.format(one.format)}"),
                styles.marker(one.caller),
                styles.colour(one.caller),
            )
        if one.outcome == "adopted":
            words = _of_table(table, f"agrees on {_rung(one)} ({one.text:.2f})")
            if one.breakers:
                words += f" after {listed([styles.said(code) for code in one.breakers], 2)} broke silence"
            is_new = RUNGS.index(one.rung) > RUNGS.index(reached.get(one.incident, RUNGS[0]))
            reached[one.incident] = max(one.rung, reached.get(one.incident, RUNGS[0]), key=RUNGS.index)
            yield Moment(one.end_day, "text", 1 if is_new else 4, words, "s", is_bold=is_new)
        elif one.outcome == "failed":
            yield Moment(one.end_day, "text", 2, _of_table(table, "ends without a text"), "s", is_hollow=True)


def _of_table(table, does):
    """What a format does: 'NATO-IP4 ministers agree on solidarity'."""
    return f"{capital(table)} {for_many(does) if table.endswith('s') else does}"


def _rung(one):
    return {"naming": "naming the culprit", "silence": "saying nothing"}.get(one.rung, one.rung)


def _responses(record, styles):
    joined = joinings_of(record, styles.names)
    seen = sorted((one for one in joined if one.acted_day is not None), key=lambda one: one.acted_day)
    known, victims = set(), {code for incident in incidents_of(record).values() for code in incident.victims}
    turns = {}
    for one in seen:
        turns.setdefault((record.calendar.turn_of_end(one.acted_day), one.incident), []).append(one)
    for (_, incident), group in turns.items():
        new = list(dict.fromkeys(one.response for one in group if (incident, one.response) not in known))
        known.update((incident, response) for response in new)
        first = [one for one in group if one.response in new]
        if first:
            who = sorted({one.actor for one in first}, key=lambda code: (code not in victims, code))
            what = listed([styles.brief(response) for response in new], 2)
            words = f"{capital(listed([styles.said(code) for code in who], 2))}: first {what}"
            yield Moment(first[0].acted_day, "response", 1, words, styles.marker(who[0]), styles.colour(who[0]))
        more = [one for one in group if one.response not in new]
        if more:
            kinds = [one.response for one in more]
            most = styles.brief(max(sorted(set(kinds)), key=kinds.count))
            states = len({one.actor for one in more})
            words = f"{capital(in_words(states))} more {'joins' if states == 1 else 'join'}, mostly {most}"
            yield Moment(more[-1].acted_day, "response", 2, words, "o", style.FAINT)


def _moves(record, styles):
    for event in record.of_kind("adversary_move"):
        move = BY_NAME.get(event.payload.get("move"))
        words = move and move.short
        if words and event.actor:
            target = event.payload.get("target")
            said = words.format(who=styles.name(event.actor), target=styles.name(target) if target else "another")
            yield Moment(event.day, "move", 1, said, styles.marker(event.actor), styles.colour(event.actor))


def _endings(record, styles):
    for event in record.of_kind("victim_concedes"):
        yield Moment(
            event.day, "incident", 1, f"{styles.name(event.actor)} gives in", styles.marker(event.actor), is_bold=True
        )
    for event in record.of_kind("incident_stops"):
        yield Moment(
            event.day,
            "incident",
            1,
            f"{capital(styles.incident(event.incident))} stops",
            "X",
            is_bold=True,
            is_hollow=True,
        )


def _projects(record, styles):
    for event in record.of_kind("project_decided", "project_fails"):
        agreed = event.payload.get("outcome") == "agreed"
        ended = "fails" if event.kind == "project_fails" else "is agreed" if agreed else "is blocked"
        yield Moment(
            event.day,
            "project",
            1,
            f"{capital(styles.project(event.payload.get('project') or ''))} {ended}",
            "D",
            style.CALM,
        )


# ------------------------------------------------------------------------------------------------------- drawing


def _lines(moment):
    return style.wrap(moment.words, style.WIDTH - style.MARGIN - WORDS, style.LABEL, moment.is_bold, lines=3)


def _height(moment):
    return len(_lines(moment)) * style.line_height(style.LABEL) + GAP


def _draw_bars(page, record, room):
    axes = _bars(page, record, "tension", TENSION, room, "Tension", 1.0, None)
    _, harm = series_of(record, "harm")
    _bars(page, record, "harm", HARM, room, "Harm", max([1.0, *(value for value in harm if value == value)]), "///")
    for day, words in style.date_ticks(start_of(record), length_in_days(record), most=max(2, min(9, int(room / 0.5)))):
        axes.annotate(
            words,
            (0, day),
            xytext=(-5, 0),
            textcoords="offset points",
            ha="right",
            va="top" if "\n" in words and day == 0 else "center",
            fontsize=style.SMALL,
            annotation_clip=False,
        )


def _bars(page, record, name, left, room, heading, top, hatch):
    axes = page.axes(left, 0.1, BAR, room)
    style.bare(axes)
    days, values = series_of(record, name)
    axes.set_xlim(0, top)
    axes.set_ylim(length_in_days(record), 0)
    axes.axvspan(0, top, color=style.WASH)
    widths = [value if value == value else 0 for value in values]
    spans = [after - before for before, after in pairwise([0, *days])]
    axes.barh(
        [day - span / 2 for day, span in zip(days, spans, strict=True)],
        widths,
        height=[span * 0.92 for span in spans],
        facecolor="#A6A6A6" if hatch else "#4D4D4D",
        edgecolor=style.PAPER,
        hatch=hatch,
        linewidth=0,
    )
    at = left / style.WIDTH
    base = (page.bottom + room + 0.1) / page.height
    page.figure.text(at, base + 0.24 / page.height, heading, fontsize=style.LABEL, weight="bold")
    page.figure.text(at, base + 0.06 / page.height, "0", fontsize=style.SMALL, color=style.MUTED)
    page.figure.text(
        (left + BAR) / style.WIDTH,
        base + 0.06 / page.height,
        f"{top:.2g}",
        fontsize=style.SMALL,
        color=style.MUTED,
        ha="right",
    )
    return axes


def _draw_moments(page, record, shown, room):
    axes = page.axes(LEADERS, 0.1, style.WIDTH - LEADERS, room)
    style.bare(axes)
    axes.set_xlim(0, style.WIDTH - LEADERS)
    axes.set_ylim(room, 0)
    page.write(WHEN, room + 0.34, "What happened", style.LABEL, weight="bold")
    if not shown:
        page.write(WORDS, room / 2, "Nothing happened.", style.HEAD, color=style.MUTED)
        return
    scale = room / length_in_days(record)
    wanted = [one.day * scale for one in shown]
    places = style.spread(wanted, [_height(one) for one in shown], 0, room)
    for one, want, place in zip(shown, wanted, places, strict=True):
        date = style.day_of(date_of(record, one.day))
        axes.plot([0, 0.05, 0.16], [want, want, place], color="#B3B3B3", linewidth=0.6, clip_on=False)
        axes.plot(
            [0.2],
            [place],
            marker=one.marker,
            markersize=7,
            color=style.PAPER if one.is_hollow else one.colour,
            markeredgecolor=one.colour if one.is_hollow else style.INK,
            markeredgewidth=1.2 if one.is_hollow else 0.5,
            clip_on=False,
        )
        axes.text(WHEN - LEADERS, place, date, va="center", fontsize=style.SMALL, color=style.MUTED)
        axes.text(
            WORDS - LEADERS,
            place,
            "\n".join(_lines(one)),
            va="center",
            fontsize=style.LABEL,
            linespacing=style.LEADING,
            weight="bold" if one.is_bold else "normal",
        )


def _said(record, day):
    date = date_of(record, day)
    return style.day_of(date)
