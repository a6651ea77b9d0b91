"""The course of a run: who believed what and how surely; tension, pressure and harm; all turn by turn.

Of beliefs there is one panel for each incident. Named lines are the victims, the surest and the least sure, the one who
moved most, and those of the four partners who are there; the others are a band with their median.
"""

import math
import statistics

from sim.output.figures import chart, style
from sim.output.figures.actor_style import ActorStyle
from sim.output.figures.queries import (
    beliefs_of,
    date_of,
    highest_of,
    incidents_of,
    joinings_of,
    keys_of,
    last_of,
    length_in_days,
    peak_of,
    series_of,
    start_of,
)
from sim.phrases import capital, count, in_words, listed, percent

MOST_INCIDENTS, MOST_NAMED = 3, 9
HEAD, FOOT, LEFT = 0.5, 0.46, 0.5  # inches
BELIEF, BELIEF_RIGHT = 2.7, 1.62
PRESSURE, PRESSURE_HEAD, PRESSURE_RIGHT = 2.1, 0.46, 1.75
BELIEF_TALL = HEAD + BELIEF + FOOT
DASHES = ("-", "--", "-.", (0, (1, 1)), (0, (5, 1, 1, 1, 1, 1)))
LINE_STYLES = ("-", "--", "-.", ":")
GREYS = ("#1A1A1A", "#7A7A7A", "#4D4D4D", "#999999")
MARK = {"markersize": 7, "markeredgecolor": style.INK, "markeredgewidth": 0.5}


def _panel(page, record, head, low, tall, beside, last_day, top):
    """Axes under a heading, with dates below, so many inches left and right of them taken together."""
    axes = page.axes(LEFT, low, style.WIDTH - beside, tall)
    axes.set_xlim(0, last_day)
    axes.set_ylim(0, top)
    whole = top <= 1
    ticks = [0, top / 2, top] if not whole else [0, 0.5, 1]
    axes.set_yticks(ticks, ["0", "0.5", "1"] if whole else ["0", f"{top / 2:.2g}", f"{top:.2g}"])
    axes.grid(axis="y")
    style.set_date_axis(axes, start_of(record), last_day, most=4)
    page.write(
        style.MARGIN,
        low + tall + 0.15,
        style.cut(head, style.WIDTH - 0.3, style.HEAD, bold=True),
        style.HEAD,
        weight="bold",
    )
    return axes


# ------------------------------------------------------------------------------------------------------------- beliefs


@chart("belief", place=4)
def compose_belief(record, loaded):
    """The page of beliefs."""
    styles = ActorStyle(loaded)
    found = {incident: beliefs_of(record, incident) for incident in incidents_of(record)}
    found = {incident: (days, lines) for incident, (days, lines) in found.items() if lines}
    caption = style.caption_of(
        record,
        "confidence is a probability, 0 to 1; time is exercise date",
        note=_note(record, found),
    )
    if not found:
        return style.empty_page(
            "belief", "No incident was assessed", caption, "No state assessed an incident in this run."
        )
    shown = dict(list(found.items())[:MOST_INCIDENTS])
    body = len(shown) * BELIEF_TALL
    page = style.open_page("belief", _belief_title(record, styles, found), caption, body)
    for at, (incident, (days, lines)) in enumerate(shown.items()):
        _draw_beliefs(page, record, styles, incident, days, lines, body - (at + 1) * BELIEF_TALL)
    page.alt = _belief_alt(record, styles, found)
    return page


def _note(record, found):
    has_band = any(len(lines) > len(named_of(record, incident, lines)) for incident, (_, lines) in found.items())
    band = "Band: all other states; its thick line is their median" if has_band else ""
    left_out = (
        f"{count(len(found) - MOST_INCIDENTS, 'later incident')} not shown" if len(found) > MOST_INCIDENTS else ""
    )
    return "; ".join(part for part in (band, left_out) if part)


def _belief_title(record, styles, found):
    """How many became sure of it, and who not."""
    incident, (_, lines) = next(iter(found.items()))
    ends = {code: last_of(values) for code, values in lines.items()}
    ends = {code: end for code, end in ends.items() if end is not None}
    sure = [code for code, end in ends.items() if end >= 0.5]
    suspect = _suspect(record, styles, incident)
    if not ends:
        return f"no state said how sure it was about {styles.incident(incident)}"
    who = "every state" if len(sure) == len(ends) else f"{in_words(len(sure))} of {in_words(len(ends))} states"
    doubter = min(sorted(ends), key=ends.get)
    rest = f"; {styles.said(doubter)} doubted most" if len(sure) < len(ends) or ends[doubter] < 0.6 else ""
    thought = "thinks" if who == "every state" else "think" if len(sure) != 1 else "thinks"
    what = styles.incident(incident)
    return f"at the end {who} {thought} it more likely than not that {suspect} was behind {what}{rest}"


def _belief_alt(record, styles, found):
    """Where confidence began and ended, act by act."""
    told = []
    for incident, (_, lines) in found.items():
        ends = {code: last_of(values) for code, values in lines.items()}
        ends = {code: end for code, end in ends.items() if end is not None}
        if not ends:
            continue
        order = sorted(ends, key=lambda code: (-ends[code], code))
        low = order[3:][::-1][:3]
        first = [last_of(values[::-1]) for code, values in lines.items() if code in ends]
        told.append(
            f"{capital(styles.incident(incident))}: "
            f"the median confidence in {_suspect(record, styles, incident)} goes from "
            f"{statistics.median(first):.2f} to {statistics.median(ends.values()):.2f} "
            f"over {count(len(ends), 'state')}. "
            f"Surest: {listed([f'{styles.name(code)} {ends[code]:.2f}' for code in order[:3]])}. "
            + (f"Least sure: {listed([f'{styles.name(code)} {ends[code]:.2f}' for code in low])}." if low else "")
        )
    return "Confidence by state over time. " + " ".join(told)


def _suspect(record, styles, incident):
    suspect = incidents_of(record)[incident].suspect
    return styles.said(suspect) if suspect else "the suspect"


def named_of(record, incident, lines):
    """The states with a line of their own, most telling first."""
    ends = {code: last_of(values) for code, values in lines.items()}
    known = [code for code in lines if ends[code] is not None]
    order = sorted(known, key=lambda code: (ends[code], code))
    moved = sorted(known, key=lambda code: (-_moved(lines[code]), code))
    wanted = [
        *[code for code in incidents_of(record)[incident].victims if code in known][:2],
        *order[-2:],
        *order[:2],
        *[code for code in ("JPN", "KOR", "AUS", "NZL", "USA") if code in known],
        *moved[:1],
    ]
    return known if len(known) <= MOST_NAMED else list(dict.fromkeys(wanted))[:MOST_NAMED]


def _moved(values):
    known = [value for value in values if value == value]
    return abs(known[-1] - known[0]) if known else 0.0


def _draw_beliefs(page, record, styles, incident, days, lines, low):
    about = styles.incident(incident).removeprefix("the ")
    head = f"Confidence that it was {_suspect(record, styles, incident)}: {about}"
    end = days[-1]
    last_day = max(end, record.calendar.begins(record.turns)) or record.calendar.length
    axes = _panel(page, record, head, low + FOOT, BELIEF, LEFT + BELIEF_RIGHT, last_day, 1)
    named = named_of(record, incident, lines)
    labels = _draw_others(axes, days, [lines[code] for code in lines if code not in named])
    used = {}
    for code in named:
        group = styles.group(code)
        used[group.key] = used.get(group.key, -1) + 1
        dashes = DASHES[used[group.key] % len(DASHES)]
        colour, last = style.ink_of(group.colour, ratio=2.2), last_of(lines[code])
        axes.plot(days, lines[code], color=colour, linewidth=2, linestyle=dashes, zorder=3)
        day = max(day for day, value in zip(days, lines[code], strict=True) if value == value)
        axes.plot([day], [last], marker=group.marker, color=group.colour, clip_on=False, zorder=4, **MARK)
        labels.append((last, f"{styles.short(code, 1.05)} {last:.2f}", group.colour))
    style.label_lines(axes, labels, BELIEF_RIGHT, at=end)


def _draw_others(axes, days, values):
    """The band of everybody else, and its label."""
    if not values:
        return []
    columns = [[value for value in column if value == value] for column in zip(*values, strict=True)]
    kept = [(day, column) for day, column in zip(days, columns, strict=True) if column]
    if not kept:
        return []
    axes.fill_between(
        [day for day, _ in kept],
        [min(column) for _, column in kept],
        [max(column) for _, column in kept],
        color="#E4E4E4",
        linewidth=0,
    )
    middle = [statistics.median(column) for _, column in kept]
    axes.plot([day for day, _ in kept], middle, color="#8C8C8C", linewidth=3)
    if math.isnan(middle[-1]):
        return []
    return [(middle[-1], f"{count(len(values), 'other')} {middle[-1]:.2f}", "#595959")]


# ------------------------------------------------------------------------------------------------------------ pressure


@chart("pressure", place=5)
def compose_pressure(record, loaded):
    """The page of tension, pressure and harm."""
    styles = ActorStyle(loaded)
    caption = style.caption_of(
        record,
        "tension, perceived threat and pressure 0 to 1; harm is severity summed over victims; time is exercise date",
        note="Each point is the end of a turn",
    )
    panels = [
        ("Tension, 0 to 1", _tension(record)),
        ("Pressure on the adversaries, 0 to 1 (ticks: responses)", _pressure(record, styles)),
        ("Harm being done, severity summed over victims", _harm(record, styles)),
    ]
    panels = [(head, lines) for head, lines in panels if lines]
    if not panels:
        return style.empty_page("pressure", "No turn was finished", caption, "No turn of this run came to its end.")
    body = len(panels) * (PRESSURE_HEAD + PRESSURE) + FOOT
    page = style.open_page("pressure", _pressure_title(record, styles), caption, body)
    for at, (head, lines) in enumerate(panels):
        low = body - (at + 1) * (PRESSURE_HEAD + PRESSURE)
        _draw_lines(page, record, styles.names, head, lines, low, is_last=at == len(panels) - 1)
    page.alt = _pressure_alt(record, styles, panels)
    return page


def _pressure_title(record, styles):
    """How hot it got, and what the pressure came to."""
    days, tension = series_of(record, "tension")
    parts = []
    peak = peak_of(tension)
    if peak is not None:
        parts.append(f"tension peaked at {tension[peak]:.2f} on {style.day_of(date_of(record, days[peak]))}")
    felt = {code: highest_of(series_of(record, "pressure", code)[1]) for code in keys_of(record, "pressure")}
    felt = {code: value for code, value in felt.items() if value is not None}
    if felt:
        most = max(sorted(felt), key=felt.get)
        some = f"pressure on {styles.said(most)} reached {felt[most]:.2f}"
        parts.append(some if felt[most] >= 0.01 else "no adversary felt any pressure")
    _, harm = series_of(record, "harm")
    known = [value for value in harm if value == value]
    if known and max(known) > 0:
        change = known[-1] / max(known) - 1
        parts.append(
            "harm never fell"
            if change > -0.01
            else "harm ended"
            if known[-1] < 0.005
            else f"harm fell {percent(-change)} from its worst"
        )
    return "; ".join(parts) or "no turn was finished"


def _pressure_alt(record, styles, panels):
    """Start, peak and end of every line."""
    told = []
    for _, lines in panels:
        for days, values, words, *_ in lines:
            known = [(day, value) for day, value in zip(days, values, strict=True) if value == value]
            if known:
                day, top = max(known, key=lambda pair: pair[1])
                told.append(
                    f"{words}: {known[0][1]:.2f} at first, {top:.2f} at most "
                    f"({style.day_of(date_of(record, day))}), {known[-1][1]:.2f} at the end."
                )
    return f"Lines over {count(record.turns, 'turn')}. {' '.join(told)}"


def _tension(record):
    lines = []
    for name, words, colour, dashes in (
        ("tension", "Tension", style.INK, "-"),
        ("perceived_threat", "Threat others see", "#7A7A7A", "--"),
    ):
        days, values = series_of(record, name)
        if any(value == value for value in values):
            lines.append((days, values, words, colour, dashes, "o"))
    return lines


def _pressure(record, styles):
    lines = []
    for at, code in enumerate(keys_of(record, "pressure")[:5]):
        days, values = series_of(record, "pressure", code)
        lines.append((days, values, styles.name(code), styles.colour(code), LINE_STYLES[at % 4], styles.marker(code)))
    return lines


def _harm(record, styles):
    """The incidents that hurt most, a line each; what the others did is added up."""
    found = {incident: series_of(record, "harm", incident) for incident in keys_of(record, "harm")}
    order = sorted(found, key=lambda incident: (-(highest_of(found[incident][1]) or 0.0), incident))
    named = order if len(order) <= len(LINE_STYLES) else order[: len(LINE_STYLES) - 1]
    lines = [(*found[incident], capital(styles.incident(incident).removeprefix("the "))) for incident in named]
    rest = [found[incident] for incident in order if incident not in named]
    if rest:
        added = [
            sum(value for value in values if value == value)
            for values in zip(*(values for _, values in rest), strict=True)
        ]
        lines.append((rest[0][0], added, count(len(rest), "other incident")))
    return [(*line, GREYS[at], LINE_STYLES[at], "soDv"[at]) for at, line in enumerate(lines)]


def _draw_lines(page, record, names, head, lines, low, is_last):
    top = max([1.0, *(value for _, values, *_ in lines for value in values if value == value)])
    axes = _panel(page, record, head, low, PRESSURE, LEFT + PRESSURE_RIGHT, length_in_days(record), top)
    axes.set_ylim(0, top * 1.02)
    if not is_last:
        axes.set_xticklabels([])
    labels = []
    for days, values, words, colour, dashes, marker in lines:
        few = len([value for value in values if value == value]) <= 16
        colour_of = {"color": style.ink_of(colour, ratio=2.2), "marker": marker if few else None}
        axes.plot(days, values, linewidth=2.2, linestyle=dashes, clip_on=False, **MARK | colour_of | {"markersize": 6})
        last = last_of(values)
        if last is not None:
            labels.append((last, f"{words} {last:.2f}", colour))
    style.label_lines(axes, labels, PRESSURE_RIGHT, at=days[-1])
    if head.startswith("Pressure"):
        _mark_responses(axes, record, names)


def _mark_responses(axes, record, names):
    """A tick on the time axis for every day on which a response took effect."""
    days = sorted({one.acted_day for one in joinings_of(record, names) if one.acted_day is not None})
    if days:
        axes.plot(days, [0.0] * len(days), linestyle="none", marker="|", markersize=9, color=style.CALM, clip_on=False)
