"""Who believed what, and how surely: each state's confidence that the suspect did it, turn by turn.

One panel for each incident. Named lines are the victims, the surest and the least sure, the one who moved most, and
those of the four partners who are there; the others are a band with their median.
"""

import math
import statistics

from sim.output.figures import style
from sim.output.figures.actor_style import ActorStyle
from sim.output.figures.label_layout import label_lines
from sim.output.figures.queries import beliefs_of, incidents_of, length_in_days, start_of
from sim.phrases import count, listed

NAME = "belief"
PANELS, NAMED = 3, 9
PANEL, HEAD, FOOT = 2.7, 0.5, 0.46  # inches
LEFT, RIGHT = 0.5, 1.62  # inches
LINES = ("-", "--", "-.", (0, (1, 1)), (0, (5, 1, 1, 1, 1, 1)))


@style.styled
def compose(record, loaded):
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
        return style.empty_page(NAME, "No incident was assessed", caption, "No state assessed an incident in this run.")
    shown = dict(list(found.items())[:PANELS])
    body = len(shown) * (HEAD + PANEL + FOOT)
    page = style.open_page(NAME, title_of(record, styles, found), caption, body)
    for at, (incident, (days, lines)) in enumerate(shown.items()):
        _draw_panel(page, record, styles, incident, days, lines, body - (at + 1) * (HEAD + PANEL + FOOT))
    page.alt = alt_of(record, styles, found)
    return page


def _note(record, found):
    has_band = any(len(lines) > len(named_of(record, incident, lines)) for incident, (_, lines) in found.items())
    band = "Band: all other states; its thick line is their median" if has_band else ""
    left_out = f"{count(len(found) - PANELS, 'later incident')} not shown" if len(found) > PANELS else ""
    return "; ".join(part for part in (band, left_out) if part)


def title_of(record, styles, found):
    """How many became sure of it, and who not."""
    incident, (_, lines) = next(iter(found.items()))
    ends = {code: _last(values) for code, values in lines.items()}
    ends = {code: end for code, end in ends.items() if end is not None}
    sure = [code for code, end in ends.items() if end >= 0.5]
    suspect = _suspect(record, styles, incident)
    if not ends:
        return f"no state said how sure it was about {styles.incident(incident)}"
    who = "every state" if len(sure) == len(ends) else f"{style.number(len(sure))} of {style.number(len(ends))} states"
    doubter = min(sorted(ends), key=ends.get)
    rest = f"; {styles.said(doubter)} doubted most" if len(sure) < len(ends) or ends[doubter] < 0.6 else ""
    thought = "thinks" if who == "every state" else "think" if len(sure) != 1 else "thinks"
    what = styles.incident(incident)
    return f"at the end {who} {thought} it more likely than not that {suspect} was behind {what}{rest}"


def alt_of(record, styles, found):
    """Where confidence began and ended, act by act."""
    told = []
    for incident, (_, lines) in found.items():
        ends = {code: _last(values) for code, values in lines.items()}
        ends = {code: end for code, end in ends.items() if end is not None}
        if not ends:
            continue
        order = sorted(ends, key=lambda code: (-ends[code], code))
        low = order[3:][::-1][:3]
        first = [_last(values[::-1]) for code, values in lines.items() if code in ends]
        told.append(
            f"{style.capital(styles.incident(incident))}: "
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


def _last(values):
    return next((value for value in reversed(values) if value == value), None)


def named_of(record, incident, lines):
    """The states with a line of their own, most telling first."""
    ends = {code: _last(values) for code, values in lines.items()}
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
    return known if len(known) <= NAMED else list(dict.fromkeys(wanted))[:NAMED]


def _moved(values):
    known = [value for value in values if value == value]
    return abs(known[-1] - known[0]) if known else 0.0


def _draw_panel(page, record, styles, incident, days, lines, low):
    axes = page.axes(LEFT, low + FOOT, style.WIDTH - LEFT - RIGHT, PANEL)
    end = max(days[-1], 1)
    axes.set_xlim(0, max(end, length_in_days(record) - record.days_per_turn) or 1)
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 0.5, 1], ["0", "0.5", "1"])
    axes.grid(axis="y")
    style.set_date_axis(axes, start_of(record), axes.get_xlim()[1], most=4)
    words = (
        f"Confidence that it was {_suspect(record, styles, incident)}: {styles.incident(incident).removeprefix('the ')}"
    )
    page.write(
        style.MARGIN,
        low + FOOT + PANEL + 0.16,
        style.cut(words, style.WIDTH - 0.3, style.HEAD, bold=True),
        style.HEAD,
        weight="bold",
    )
    named = named_of(record, incident, lines)
    others = [code for code in lines if code not in named]
    labels = _draw_others(axes, days, [lines[code] for code in others])
    used = {}
    for code in named:
        group = styles.group(code)
        used[group.key] = used.get(group.key, -1) + 1
        dashes = LINES[used[group.key] % len(LINES)]
        axes.plot(
            days, lines[code], color=style.ink_of(group.colour, ratio=2.2), linewidth=2, linestyle=dashes, zorder=3
        )
        last = _last(lines[code])
        axes.plot(
            [days[_at_last(lines[code])]],
            [last],
            marker=group.marker,
            color=group.colour,
            markersize=7,
            markeredgecolor=style.INK,
            markeredgewidth=0.5,
            clip_on=False,
            zorder=4,
        )
        labels.append((last, f"{styles.short(code, 1.05)} {last:.2f}", group.colour))
    label_lines(axes, labels, RIGHT, at=end)


def _at_last(values):
    return max(at for at, value in enumerate(values) if value == value)


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
