"""The course of a run: beliefs, tension, pressure and harm turn by turn, and how far it kept each principle.

Of beliefs there is one panel for each incident. Named lines are the victims, the surest and the least sure, the one who
moved most, and those of the four partners who are there; the others are a band with their median. What stays at nothing
from beginning to end has no line.
"""

import math
import statistics

from sim.output.figures import chart, run, style
from sim.output.figures.actor_style import ActorStyle
from sim.output.figures.forest import Bar, Forest, Panel, Row
from sim.phrases import capital, count, in_words, listed, percent

HEAD, FOOT, LEFT = 0.4, 0.46, 0.36  # inches, of a panel
LIKELY = 0.5
SHADES = (1.0, 0.7, 0.45, 0.85, 0.58)  # of a colour that several share
DASHES = ("-", "--", "-.", (0, (1, 1)), (0, (5, 1, 1, 1, 1, 1)))
LINE_STYLES = ("-", "--", "-.", ":")
GREYS = ("#1A1A1A", "#7A7A7A", "#4D4D4D", "#999999")
NOTHING = 0.005
ALIKE = 0.02
MARK = {"markersize": 7, "markeredgecolor": style.INK, "markeredgewidth": 0.5}
KEPT, HALF = 0.67, 0.34
VERDICTS = ((KEPT, "kept", "#0072B2", None), (HALF, "partly", "#56B4E9", "///"), (0.0, "missed", "#E69F00", "xxx"))
PRINCIPLES_ROOM, PRINCIPLES_RIGHT = 3.0, 1.28  # inches
SCORES = {0: "0", 0.5: "0.5", 1: "1"}


def _panel(page, record, head, cell, right, last_day, top):
    """Axes in a cell of a grid, under a heading, with dates below and so many inches for labels at the right."""
    left, low, wide, tall = cell
    axes = page.axes(left + LEFT, low + FOOT, wide - LEFT - right, tall - HEAD - FOOT)
    axes.set_xlim(0, last_day)
    axes.set_ylim(0, top)
    axes.set_yticks([0, top / 2, top], [f"{tick:.2g}" for tick in (0, top / 2, top)])
    axes.tick_params(axis="y", labelsize=style.SMALL)
    axes.grid(axis="y")
    most = max(2, int((wide - LEFT - right) / 0.8))
    style.set_date_axis(axes, record.calendar, last_day, most)
    size = style.HEAD if wide > 3.5 else style.SMALL
    words = style.cut(head, wide - 0.1, size, bold=True)
    page.write(left, low + tall - HEAD + 0.14, words, size, weight="bold")
    return axes


# ------------------------------------------------------------------------------------------------------------- beliefs


@chart("belief", place=4)
def compose_belief(record, loaded):
    """The page of beliefs."""
    styles = ActorStyle(loaded)
    found = {incident: run.beliefs_of(record, incident) for incident in run.incidents_of(record)}
    found = {incident: (days, lines) for incident, (days, lines) in found.items() if lines}
    columns, most, right, tall = _grid(len(found))
    units = "confidence is a probability, 0 to 1; time is exercise date"
    caption = style.caption_of(record, units, note=_note(record, found, most))
    if not found:
        words = "No state assessed an incident in this run."
        return style.empty_page("belief", "No incident was assessed", caption, words)
    title = _belief_title(record, styles, found)
    body = -(-len(found) // columns) * tall
    room = style.room_for(title, caption)
    page = style.open_page("belief", title, caption, max(body, room) if room < math.inf else body)
    for cell, (incident, (days, lines)) in zip(style.cells(len(found), columns, page.body), found.items(), strict=True):
        _draw_beliefs(page, record, styles, incident, days, lines, cell, right, most)
    page.alt = _belief_alt(record, styles, found)
    return page


def _grid(panels):
    """How many panels stand side by side, how many lines each names, the room for labels, and its height, inches."""
    if style.by_shape(panels <= 3, panels == 1):
        return 1, style.by_shape(9, 7), 1.5, style.by_shape(3.6, 2.9)
    columns = style.by_shape(2, panels if panels <= 3 else 2 if panels == 4 else 3)
    in_rows = panels > columns
    return columns, style.by_shape(5, 4 if in_rows else 5), 1.3, style.by_shape(2.5, 1.85 if in_rows else 2.2)


def _note(record, found, most):
    has_band = any(len(lines) > len(named_of(record, incident, lines, most)) for incident, (_, lines) in found.items())
    return "Band: all other states; its thick line is their median" if has_band else ""


def _belief_title(record, styles, found):
    """How many became sure of it, and who not; of several incidents, in how many most did, and in which fewest."""
    ends = {incident: _ends(lines) for incident, (_, lines) in found.items()}
    ends = {incident: known for incident, known in ends.items() if known}
    if not ends:
        return "no state said how sure it was about anything"
    sure = {incident: [code for code, end in known.items() if end >= LIKELY] for incident, known in ends.items()}
    if len(ends) == 1:
        ((incident, known),) = ends.items()
        return _title_of_one(styles, incident, known, sure[incident], run.suspect_of(record, styles, incident))
    shares = {incident: len(sure[incident]) / len(known) for incident, known in ends.items()}
    most = sum(share > LIKELY for share in shares.values())
    where = f"all {in_words(len(ends))}" if most == len(ends) else f"{in_words(most)} of {in_words(len(ends))}"
    said = f"at the end most states think that the suspect did it in {where} incidents"
    fewest = [incident for incident in shares if shares[incident] == min(shares.values())]
    if len(fewest) > 1 or min(shares.values()) == 1:
        return said
    how_many = f"{len(sure[fewest[0]])} of {len(ends[fewest[0]])}"
    return f"{said}; {styles.incident(fewest[0])} convinces fewest, {how_many}"


def _title_of_one(styles, incident, ends, sure, suspect):
    who = "every state" if len(sure) == len(ends) else f"{in_words(len(sure))} of {in_words(len(ends))} states"
    least = [code for code in sorted(ends) if ends[code] == min(ends.values())]
    doubts = len(least) == 1 and (len(sure) < len(ends) or ends[least[0]] < 0.6)
    rest = f"; {styles.actor(least[0])} doubted most" if doubts else ""
    thought = "thinks" if who == "every state" or len(sure) == 1 else "think"
    what = styles.incident(incident)
    return f"at the end {who} {thought} it more likely than not that {suspect} was behind {what}{rest}"


def _ends(lines):
    ends = {code: run.last_of(values) for code, values in lines.items()}
    return {code: end for code, end in ends.items() if end is not None}


def _belief_alt(record, styles, found):
    """Where confidence began and ended, act by act."""
    told = []
    for incident, (_, lines) in found.items():
        ends = _ends(lines)
        if not ends:
            continue
        order = sorted(ends, key=lambda code: (-ends[code], code))
        first = [run.last_of(values[::-1]) for code, values in lines.items() if code in ends]
        sure = [f"{styles.name(code)} {ends[code]:.2f}" for code in order]
        suspect, states = run.suspect_of(record, styles, incident), count(len(ends), "state")
        medians = f"{statistics.median(first):.2f} to {statistics.median(ends.values()):.2f}"
        words = f"{capital(styles.incident(incident))}: the median confidence in {suspect} goes from {medians}"
        least = f"Least sure: {listed(sure[3:][::-1][:3])}." if sure[3:] else ""
        told.append(f"{words} over {states}. Surest: {listed(sure[:3])}. {least}")
    return "Confidence by state over time. " + " ".join(told)


def named_of(record, incident, lines, most):
    """The states with a line of their own, at most so many, the most telling first; besides victims none that thinks as
    most do."""
    ends = _ends(lines)
    middle = statistics.median(ends.values()) if ends else 0.0
    order = sorted(ends, key=lambda code: (ends[code], code))
    moved = sorted(ends, key=lambda code: (-_moved(lines[code]), code))
    victims = [code for code in run.incidents_of(record)[incident].victims if code in ends][:2]
    far = [code for code in ("JPN", "KOR", "AUS", "NZL", "USA") if code in ends]
    apart = [*order[:1], *order[-1:], *moved[:1], *far, *order[-2:], *order[:2]]
    wanted = [*victims, *(code for code in apart if abs(ends[code] - middle) > ALIKE)]
    return list(ends) if len(ends) <= most else list(dict.fromkeys(wanted))[:most]


def _moved(values):
    known = [value for value in values if value == value]
    return abs(known[-1] - known[0]) if known else 0.0


def _draw_beliefs(page, record, styles, incident, days, lines, cell, right, most):
    case = capital(styles.case(incident))
    end = days[-1]
    last_day = max(end, record.calendar.begins(record.turns)) or record.calendar.length
    suspect = run.suspect_of(record, styles, incident)
    head = f"{case}: was it {suspect}?"
    head = head if style.text_width(head, style.SMALL, bold=True) < cell[2] - 0.1 else f"{case}: {suspect}?"
    axes = _panel(page, record, head, cell, right, last_day, 1)
    named = named_of(record, incident, lines, most)
    others = [lines[code] for code in lines if code not in named]
    labels = _draw_others(axes, days, others, "other" if named else "state")
    used = {}
    for code in named:
        group = styles.group(code)
        used[group.key] = used.get(group.key, -1) + 1
        dashes, shade = DASHES[used[group.key] % len(DASHES)], SHADES[used[group.key] % len(SHADES)]
        colour, last = style.darker(style.ink_of(group.colour, ratio=2.2), shade), run.last_of(lines[code])
        axes.plot(days, lines[code], color=colour, linewidth=2, linestyle=dashes, zorder=3)
        day = max(day for day, value in zip(days, lines[code], strict=True) if value == value)
        axes.plot(day, last, marker=group.marker, color=colour, linestyle="none", clip_on=False, zorder=4, **MARK)
        labels.append((last, f"{styles.short(code, right - 0.68)} {last:.2f}", colour))
    style.label_lines(axes, labels, right, style.by_shape(style.LABEL, style.SMALL), at=end)


def _draw_others(axes, days, values, noun):
    """The band of everybody else, and its label."""
    if not values:
        return []
    columns = [[value for value in column if value == value] for column in zip(*values, strict=True)]
    kept = [(day, column) for day, column in zip(days, columns, strict=True) if column]
    if not kept:
        return []
    days, columns = zip(*kept, strict=True)
    axes.fill_between(days, list(map(min, columns)), list(map(max, columns)), color="#E4E4E4", linewidth=0)
    middle = list(map(statistics.median, columns))
    axes.plot(days, middle, color="#8C8C8C", linewidth=3)
    if math.isnan(middle[-1]):
        return []
    return [(middle[-1], f"{count(len(values), noun)} {middle[-1]:.2f}", "#595959")]


# ------------------------------------------------------------------------------------------------------------ pressure


@chart("pressure", place=5)
def compose_pressure(record, loaded):
    """The page of tension, pressure and harm."""
    styles = ActorStyle(loaded)
    pressure = style.by_shape("Pressure on adversaries (ticks: responses)", "Pressure, and responses")
    every = {"Tension": _tension(record), pressure: _pressure(record, styles), "Harm being done": _harm(record, styles)}
    drawn, still = _that_move(every.items())
    panels = [(head, lines) for head, lines in drawn if lines]
    note = "Each point is the end of a turn" + (f". At zero throughout: {listed(still)}" if still else "")
    units = "tension, perceived threat and pressure 0 to 1; harm is severity summed over victims; time is exercise date"
    caption = style.caption_of(record, units, note=note)
    if not panels:
        return style.empty_page("pressure", "No turn was finished", caption, "No turn of this run came to its end.")
    title, columns = _pressure_title(record, styles), style.by_shape(1, len(panels))
    room = style.room_for(title, caption)
    page = style.open_page("pressure", title, caption, room if room < math.inf else len(panels) * 2.9)
    for cell, (head, lines) in zip(style.cells(len(panels), columns, page.body), panels, strict=True):
        _draw_lines(page, record, styles, head, lines, cell)
    page.alt = _pressure_alt(record, styles, panels)
    return page


def _that_move(panels):
    """Panels without the lines that stay at nothing, and the words of those lines."""
    kept, still = [], []
    for head, lines in panels:
        flat = [line for line in lines if (run.highest_of(line[1]) or 0.0) < NOTHING]
        kept.append((head, [line for line in lines if line not in flat]))
        still += [line[2] for line in flat]
    return kept, still


def _pressure_title(record, styles):
    """How hot it got, and what the pressure came to."""
    parts = list(filter(None, [run.tension_in_words(record)]))
    series = {code: run.series_of(record, "pressure", code)[1] for code in run.keys_of(record, "pressure")}
    felt = {code: highest for code, values in series.items() if (highest := run.highest_of(values)) is not None}
    if felt:
        most = max(sorted(felt), key=felt.get)
        some = f"pressure on {styles.actor(most)} reached {felt[most]:.2f}"
        parts.append(some if felt[most] >= 0.01 else "no adversary felt any pressure")
    _, harm = run.series_of(record, "harm")
    known = [value for value in harm if value == value]
    if known and max(known) > 0:
        change = known[-1] / max(known) - 1
        fell = "harm ended" if known[-1] < 0.005 else f"harm fell {percent(-change)} from its worst"
        parts.append("harm never fell" if change > -0.01 else fell)
    return "; ".join(parts) or "no turn was finished"


def _pressure_alt(record, styles, panels):
    """Start, peak and end of every line."""
    told = []
    for _, lines in panels:
        for days, values, words, *_ in lines:
            known = [(day, value) for day, value in zip(days, values, strict=True) if value == value]
            if known:
                day, top = max(known, key=lambda pair: pair[1])
                ends = f"{known[0][1]:.2f} at first, {top:.2f} at most ({run.day_in(record, day)})"
                told.append(f"{words}: {ends}, {known[-1][1]:.2f} at the end.")
    return f"Lines over {count(record.turns, 'turn')}. {' '.join(told)}"


def _tension(record):
    tension = *run.series_of(record, "tension"), "Tension", style.INK, "-", "o"
    threat = *run.series_of(record, "perceived_threat"), "Threat others see", "#7A7A7A", "--", "o"
    return [line for line in (tension, threat) if any(value == value for value in line[1])]


def _pressure(record, styles):
    lines = []
    for at, code in enumerate(run.keys_of(record, "pressure")[:5]):
        days, values = run.series_of(record, "pressure", code)
        lines.append((days, values, styles.name(code), styles.colour(code), LINE_STYLES[at % 4], styles.marker(code)))
    return lines


def _harm(record, styles):
    """The incidents that hurt most, a line each; what the others did is added up."""
    found = {incident: _while_it_lasts(record, incident) for incident in run.keys_of(record, "harm")}
    order = sorted(found, key=lambda incident: (-(run.highest_of(found[incident][1]) or 0.0), incident))
    named = order if len(order) <= len(LINE_STYLES) else order[: len(LINE_STYLES) - 1]
    lines = [(*found[incident], capital(styles.case(incident).removesuffix(" case"))) for incident in named]
    rest = [found[incident] for incident in order if incident not in named]
    if rest:
        every = zip(*(values for _, values in rest), strict=True)
        added = [sum(value for value in values if value == value) for values in every]
        lines.append((rest[0][0], added, count(len(rest), "other incident")))
    return [(*line, GREYS[at], LINE_STYLES[at], "soDv"[at]) for at, line in enumerate(lines)]


def _while_it_lasts(record, incident):
    """The harm of an incident, without a word of the turns before it, nor of those after it has ended."""
    days, values = run.series_of(record, "harm", incident)
    begun = run.incidents_of(record)[incident].turn if incident in run.incidents_of(record) else 0
    felt = [day for day, value in zip(days, values, strict=True) if value >= NOTHING]
    calendar = record.calendar
    first, over = calendar.begins(begun), max(felt, default=0)
    last = min((edge for edge in calendar.edges if edge > over), default=calendar.length)
    return days, [value if first < day <= last else math.nan for day, value in zip(days, values, strict=True)]


def _draw_lines(page, record, names, head, lines, cell):
    most = max(value for _, values, *_ in lines for value in values if value == value)
    top = 1 if head == "Tension" else style.round_up(max(most, 0.5))
    right = style.by_shape(1.6, 1.3)
    axes = _panel(page, record, head, cell, right, record.calendar.length, top)
    axes.set_ylim(0, top * 1.02)
    labels = []
    for days, values, words, colour, dashes, marker in lines:
        few = len([value for value in values if value == value]) <= 16
        colour_of = {"color": style.ink_of(colour, ratio=2.2), "marker": marker if few else None}
        axes.plot(days, values, linewidth=2.2, linestyle=dashes, clip_on=False, **MARK | colour_of | {"markersize": 6})
        last = run.last_of(values)
        if last is not None:
            end = max(day for day, value in zip(days, values, strict=True) if value == value)
            labels.append((last, f"{words} {last:.2f}", colour, end))
    style.label_lines(axes, labels, right, style.by_shape(style.LABEL, style.SMALL), at=days[-1])
    if head.startswith("Pressure"):
        _mark_responses(axes, record, names)


def _mark_responses(axes, record, names):
    """A tick on the time axis for every day on which a response took effect."""
    days = sorted({one.acted_day for one in run.joinings_of(record, names) if one.acted_day is not None})
    if days:
        axes.plot(days, [0.0] * len(days), linestyle="none", marker="|", markersize=9, color=style.CALM, clip_on=False)


# ----------------------------------------------------------------------------------------------------------- principles


@chart("scorecard", place=6)
def compose_scorecard(record, loaded):
    """The page of the principles."""
    principles = list(record.scorecard)
    units = f"score 0 (not at all) to 1 (fully): kept from {KEPT}, partly from {HALF}, else missed"
    caption = style.caption_of(record, units)
    if not principles:
        words = "This run was not judged by the principles."
        return style.empty_page("scorecard", "No principles were judged", caption, words)
    forest = Forest([_principle_row(one) for one in principles], PRINCIPLES_ROOM, PRINCIPLES_RIGHT, 0.44)
    page = style.open_page("scorecard", scorecard_title(principles), caption, forest.height + 0.42)
    forest.draw(page, 0.36, [Panel(0, 1, ticks=SCORES)])
    page.alt = scorecard_alt(principles)
    return page


def verdict(score):
    """A score in one word.

    >>> verdict(0.8), verdict(0.5), verdict(0.1), verdict(None)
    ('kept', 'partly', 'missed', 'not tested')
    """
    if score is None or score != score:
        return "not tested"
    return next(word for low, word, *_ in VERDICTS if score >= low)


def scorecard_title(principles):
    """How many principles were kept, and which least."""
    judged = [one for one in principles if verdict(one.score) != "not tested"]
    if not judged:
        return "none of the principles was put to the test"
    kept = [one for one in judged if verdict(one.score) == "kept"]
    least = min(judged, key=lambda one: one.score)
    said = f"{in_words(len(kept))} of {in_words(len(judged))} principles kept"
    return said if verdict(least.score) == "kept" else f"{said}; weakest: {_head_of(least.statement)}"


def _head_of(statement):
    head = statement.split(";")[0].split(":")[0].strip()
    return head[:1].lower() + head[1:] if not head[:2].isupper() and not head.startswith("NATO") else head


def scorecard_alt(principles):
    """Every principle with its score."""
    told = []
    for one in principles:
        score = "" if verdict(one.score) == "not tested" else f" ({one.score:.2f})"
        told.append(f"{one.statement.rstrip('.')}: {verdict(one.score)}{score}.")
    return f"Scores of {in_words(len(principles))} principles. {' '.join(told)}"


def _principle_row(one):
    word, whole = verdict(one.score), Bar(0, 1, style.WASH, 0.24)
    if word == "not tested":
        return Row(one.statement, [[whole]], word, note_look={"color": style.MUTED})
    _, _, colour, hatch = next(row for row in VERDICTS if row[1] == word)
    score = Bar(0, one.score, colour, 0.24, look={"hatch": hatch, "edgecolor": style.PAPER})
    look = {"weight": "bold" if word == "missed" else "normal"}
    return Row(one.statement, [[whole, score]], f"{word} {one.score:.2f}", note_look=look)
