"""Who joined what, when and in whose company: a matrix of actors and responses, incident by incident, gravest first.

The number in a mark is the turn in which the response was seen. A hollow mark is a response decided but not yet
visible. Rows are in order of each actor's first response.
"""

from collections import Counter

from sim.output.figures import chart, style
from sim.output.figures.actor_style import ActorStyle
from sim.output.figures.run import BODIES, actors_of, day_in, incidents_of, joinings_of, turn_of
from sim.phrases import capital, count, in_words, listed

NAME = "joining"
NEVER = 10**6  # days
ROW = 0.235  # inches
NUMBER = 9  # points, inside a mark
LEFT = 1.68  # inches for the names


@chart("joining", place=2)
def compose(record, loaded):
    """The page of who joined what."""
    styles = ActorStyle(loaded)
    joined = joinings_of(record, styles)
    note = "The number is the turn in which it was seen; hollow: decided, not yet visible"
    caption = style.caption_of(record, "turns of the exercise", note=note)
    if not joined:
        return style.empty_page(NAME, "Nobody responded", caption, "No actor decided on a response in this run.")
    columns, folded = _columns(styles, joined)
    victims = {code for incident in incidents_of(record).values() for code in incident.victims}
    always = victims | {"NATO", "EU", "AUS", "JPN", "KOR", "NZL"} if style.by_shape(tall=True, wide=False) else set()
    rows, rest = _rows(styles, joined, columns, always)
    idle = [code for code in actors_of(record) if code not in {one.actor for one in joined}]
    heads, upright = _heads(columns, styles, _step(columns))
    foot = _foot(styles, idle, folded)
    below = len(foot) * style.line_height(style.LABEL) + 0.1
    lines = len(rows) + bool(rest) + 1
    cases = _incident_heads(columns, styles)
    most = max((len(lines) for lines in cases.values()), default=0)
    top = _head_height(heads, upright) + 0.12 + (0.13 + most * style.line_height(style.SMALL) if cases else 0)
    page = style.open_page(NAME, title_of(record, styles, joined), caption, top + lines * ROW + below)
    _draw(page, record, styles, joined, columns, rows, rest, foot, below)
    _draw_heads(page, cases, columns, heads, upright, below + lines * ROW)
    page.alt = alt_of(record, styles, joined, columns, idle)
    return page


def title_of(record, styles, joined):
    """How many joined the gravest response, who was first, and how many the one that most joined."""
    groups = {}
    for one in sorted(joined, key=_day):
        groups.setdefault(one.response, {}).setdefault(one.actor, one)
    groups = {response: list(group.values()) for response, group in groups.items()}
    gravest = max(groups, key=lambda response: (styles.gravity(response), len(groups[response]), response))
    most = max(groups, key=lambda response: (len(groups[response]), response))
    said = f"{styles.brief(gravest)}: {_how_many(record, groups[gravest])}{_first(record, styles, groups[gravest])}"
    if len(groups[most]) > len(groups[gravest]):
        said = f"{said}; {styles.brief(most)}: {_how_many(record, groups[most])}"
    over = len({one.incident for one in joined})
    return f"{said}; over all {in_words(over)} incidents" if over > 1 else said


def _how_many(record, group):
    states, everybody = len({one.actor for one in group} - set(BODIES)), len(actors_of(record))
    if not states:
        return "no state"
    return f"{'all' if states == everybody else f'{in_words(states)} of'} {in_words(everybody)} states"


def _first(record, styles, group):
    seen = [one for one in group if one.acted_day is not None]
    if not seen:
        return ", not visible yet"
    day = min(one.acted_day for one in seen)
    first = sorted((styles.actor(one.actor) for one in seen if one.acted_day == day), key=lambda name: name.lower())
    if len(first) == len(group):
        who = listed(first) if len(first) < 4 else "at once"
    else:
        who = f"{listed(first, 2)} first" if len(first) <= 4 else f"{len(first)} of them at once"
    return f", {who} on {day_in(record, day)}"


def alt_of(record, styles, joined, columns, idle):
    """The matrix in words: for each response who joined, in order."""
    several = len({one.incident for one in joined}) > 1
    told = []
    for incident, response in columns:
        group = [one for one in joined if (one.incident, one.response) == (incident, response)]
        group.sort(key=lambda one: (_day(one), one.actor))
        about = f" ({styles.incident(incident)})" if several and incident else ""
        order = listed([styles.name(one.actor) for one in group], 5)
        told.append(f"{capital(styles.response(response))}{about}: {count(len(group), 'actor')}, in order {order}.")
    rest = f" No visible response: {listed([styles.name(code) for code in idle], 6)}." if idle else ""
    return f"Matrix of actors and responses with the order of joining. {' '.join(told)}{rest}"


def _day(one):
    return one.acted_day if one.acted_day is not None else NEVER


def _columns(styles, joined):
    """The responses that get a column, by incident and the gravest first; how many had to be left out.

    Incidents take turns, each with its gravest response.
    """
    groups, queues = Counter((one.incident, one.response) for one in joined), {}
    for key in sorted(groups, key=lambda key: (-styles.gravity(key[1]), -groups[key], str(key))):
        queues.setdefault(key[0], []).append(key)
    incidents = [one for one in dict.fromkeys(one.incident for one in joined) if one in queues]
    order = [queues[one][at] for at in range(len(groups)) for one in incidents if at < len(queues[one])]
    kept = order[: style.by_shape(8, 6)]
    return [key for one in incidents for key in queues[one] if key in kept], len(groups) - len(kept)


def _rows(styles, joined, columns, always):
    """Actors with a row, in order of their first visible response; and the others, counted in one row.

    Those named always are there, and those who went furthest.
    """
    first, gravest = {}, {}
    for one in joined:
        if (one.incident, one.response) in columns:
            first[one.actor] = min(first.get(one.actor, NEVER), _day(one))
            gravest.setdefault(one.actor, []).append(styles.gravity(one.response))
    gravest = {code: (max(grades), sum(grades)) for code, grades in gravest.items()}
    order = sorted(first, key=lambda code: (first[code], -gravest[code][0], code))
    ranked = sorted(order, key=lambda code: (code in always, gravest[code]), reverse=True)
    named = ranked[: style.by_shape(24, 9)]
    return [code for code in order if code in named], [code for code in order if code not in named]


def _step(columns):
    return min(style.by_shape(0.72, 1.03), (style.width() - LEFT - style.MARGIN) / max(1, len(columns)))


def _heads(columns, styles, step):
    """The columns' heads as lines, and whether they must stand upright for want of width."""
    names = [capital(styles.brief(response)) for _, response in columns]
    is_said_above = bool(_incident_heads(columns, styles)) or len({incident for incident, _ in columns}) < 2
    fits = all(style.text_width(word, style.SMALL) <= step - 0.06 for name in names for word in name.split())
    if is_said_above and fits and all(len(style.wrap(name, step - 0.06, style.SMALL)) <= 4 for name in names):
        return [style.wrap(name, step - 0.06, style.SMALL) for name in names], False
    most = 3 if step > 0.52 and is_said_above else 2
    heads = [style.wrap(name, 1.35, style.SMALL, lines=most) for name in names]
    if not is_said_above:
        cases = [style.cut(f"– {styles.case(incident)}", 1.7, style.SMALL) for incident, _ in columns]
        heads = [[*head, case] for head, case in zip(heads, cases, strict=True)]
    return heads, True


def _incident_heads(columns, styles):
    """The head over each incident's columns as lines; none where there is one incident, or a head lacks room."""
    incidents, heads = [incident for incident, _ in columns], {}
    for one in dict.fromkeys(incidents) if len(set(incidents)) > 1 else ():
        words = capital(styles.case(one))
        heads[one] = style.wrap(words, incidents.count(one) * _step(columns) - 0.06, style.SMALL, bold=True)
        if len(heads[one]) > 2 or " ".join(heads[one]) != words:
            return {}
    return heads


def _head_height(heads, upright):
    if upright:
        return max(style.text_width(line, style.SMALL) for lines in heads for line in lines) + 0.04
    return max(len(lines) for lines in heads) * style.line_height(style.SMALL)


def _foot(styles, idle, folded):
    words = []
    if idle:
        who = listed([styles.name(code) for code in idle], 6)
        words.append(f"{capital(count(len(idle), 'state'))} did nothing visible: {who}.")
    if folded:
        words.append(f"{capital(count(folded, 'response'))} less grave not shown.")
    return style.wrap(" ".join(words), style.width() - 2 * style.MARGIN, style.LABEL, lines=3) if words else []


def _draw(page, record, styles, joined, columns, rows, rest, foot, below):
    step, lines = _step(columns), len(rows) + bool(rest) + 1
    across, up = (-0.5, len(columns) - 0.5), (lines - 0.5, -0.5)
    axes = page.bare_axes(LEFT, below, step * len(columns), lines * ROW, across, up)
    for at in range(0, lines - 1, 2):
        axes.axhspan(at - 0.5, at + 0.5, color=style.WASH, linewidth=0)
    _draw_names(axes, styles, rows, rest, step, lines)
    groups = [{one.actor: one for one in joined if (one.incident, one.response) == key} for key in columns]
    _draw_marks(axes, styles, groups, rows)
    for x, group in enumerate(groups):
        _draw_numbers(axes, record, styles, x, group, rows, rest, lines)
    if foot:
        page.write(style.MARGIN, below - 0.08, "\n".join(foot), va="top", linespacing=style.LEADING)


def _draw_names(axes, styles, rows, rest, step, lines):
    edge = -0.5 - 0.3 / step
    look = {"ha": "right", "va": "center_baseline", "fontsize": style.LABEL, "clip_on": False}
    for y, code in enumerate(rows):
        axes.text(edge, y, styles.short(code, LEFT - 0.42), **look)
        style.mark(axes, -0.5 - 0.14 / step, y, styles.marker(code), styles.colour(code))
    if rest:
        axes.text(edge, len(rows), count(len(rest), "other"), color=style.MUTED, **look)
    axes.text(edge, lines - 1, "in all", weight="bold", **look)
    axes.axhline(lines - 1.5, color=style.CALM, linewidth=0.8)


def _draw_marks(axes, styles, groups, rows):
    """A square for whoever joined, hollow until it can be seen, and a dot for whoever did not."""
    places = {}
    for x, group in enumerate(groups):
        for y, code in enumerate(rows):
            look = (styles.colour(code), group[code].acted_day is None) if code in group else None
            places.setdefault(look, []).append((x, y))
    for look, found in places.items():
        paint = {"marker": ".", "color": "#C4C4C4", "markersize": 3}
        if look:
            colour, is_hollow = look
            paint = {"color": style.PAPER if is_hollow else colour, "markeredgecolor": colour, "markeredgewidth": 1.4}
            paint |= {"marker": "s", "markersize": 14.5}
        axes.plot(*zip(*found, strict=True), linestyle="none", **paint)


def _draw_numbers(axes, record, styles, x, group, rows, rest, lines):
    look = {"ha": "center", "va": "center_baseline", "zorder": 3}
    for y, code in enumerate(rows):
        if code in group and group[code].acted_day is not None:
            paint = {"fontsize": NUMBER, "weight": "bold", "color": style.ink_on(styles.colour(code))}
            axes.text(x, y, str(turn_of(record, group[code].acted_day)), **paint, **look)
    if rest:
        more = sum(code in group for code in rest)
        axes.text(x, len(rows), f"+{more}" if more else "–", color=style.MUTED, fontsize=style.LABEL, **look)
    axes.text(x, lines - 1, str(len(group)), fontsize=style.LABEL, weight="bold", **look)


def _draw_heads(page, cases, columns, heads, upright, base):
    step = _step(columns)
    look = {"ha": "center", "va": "bottom", "linespacing": style.LEADING}
    look |= {"rotation": 90, "multialignment": "left"} if upright else {"multialignment": "center"}
    for x, lines in enumerate(heads):
        page.write(LEFT + step * (x + 0.5), base + 0.06, "\n".join(lines), style.SMALL, **look)
    level = base + _head_height(heads, upright) + 0.1
    for incident, words in cases.items():
        places = [x for x, key in enumerate(columns) if key[0] == incident]
        left, right = LEFT + step * places[0] + 0.04, LEFT + step * (places[-1] + 1) - 0.04
        look = {"ha": "center", "va": "bottom", "weight": "bold", "linespacing": style.LEADING}
        page.write((left + right) / 2, level + 0.06, "\n".join(words), style.SMALL, **look)
        page.figure.add_artist(_rule(page, left, right, level + 0.03))


def _rule(page, left, right, low):
    from matplotlib.lines import Line2D

    y = (page.bottom + low) / page.height
    return Line2D([left / style.width(), right / style.width()], [y, y], color=style.CALM, linewidth=1)
