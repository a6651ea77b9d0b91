"""Who joined what, in what order and in whose company: a matrix of actors and responses.

The number in a mark is the actor's place in the order for that response; those seen on the same day share a number. A
hollow mark is a response decided but not yet visible. Rows are in order of each actor's first response.
"""

from dataclasses import replace

from sim.output.figures import chart, style
from sim.output.figures.actor_style import ActorStyle
from sim.output.figures.queries import BODIES, actors_of, date_of, incidents_of, joinings_of
from sim.phrases import capital, count, in_words, listed

NAME = "joining"
ROWS, COLUMNS = 24, 8
ACTS = 2  # with more incidents than this, a response has one column for all of them
NEVER = 10**6  # days
ROW = 0.235  # inches
LEFT = 1.68  # inches for the names


@chart("joining", place=2)
def compose(record, loaded):
    """The page of who joined what."""
    styles = ActorStyle(loaded)
    joined = joinings_of(record, styles.names)
    if len({one.incident for one in joined}) > ACTS:
        joined = _merged(joined)
    caption = style.caption_of(
        record,
        "numbers are places in the order of joining (1 is first)",
        note="Same number: seen on the same day. Hollow: decided, not yet visible",
    )
    if not joined:
        return style.empty_page(NAME, "Nobody responded", caption, "No actor decided on a response in this run.")
    columns, folded = _columns(joined)
    victims = {code for incident in incidents_of(record).values() for code in incident.victims}
    rows, rest = _rows(joined, columns, victims | {"NATO", "EU", "AUS", "JPN", "KOR", "NZL"})
    idle = [code for code in actors_of(record) if code not in {one.actor for one in joined}]
    heads, upright = _heads(columns, styles, _step(columns))
    foot = _foot(styles, idle, folded)
    below = len(foot) * style.line_height(style.LABEL) + 0.1
    lines = len(rows) + bool(rest) + 1
    top = _head_height(heads, upright) + 0.12 + 0.3 * _has_incident_heads(columns)
    page = style.open_page(NAME, title_of(record, styles, joined), caption, top + lines * ROW + below)
    _draw(page, styles, joined, columns, rows, rest, foot, below)
    _draw_heads(page, styles, columns, heads, upright, below + lines * ROW)
    page.alt = alt_of(record, styles, joined, columns, idle)
    return page


def title_of(record, styles, joined):
    """How many joined the response most joined, and who was first."""
    (_, response), group = _most_joined(joined)
    states = {one.actor for one in group} - set(BODIES)
    everybody = len(actors_of(record))
    who = f"{in_words(len(states))} of {in_words(everybody)} states" if states else "no state"
    who = f"all {who.split(' of ')[1]}" if len(states) == everybody else who
    seen = [one for one in group if one.acted_day is not None]
    if not seen:
        return f"{styles.brief(response)}: {who}, not visible yet"
    day = min(one.acted_day for one in seen)
    first = sorted((styles.said(one.actor) for one in seen if one.acted_day == day), key=lambda name: name.lower())
    if len(first) > 4:
        return f"{styles.brief(response)}: {who}, {len(first)} of them at once on {style.day_of(date_of(record, day))}"
    return f"{styles.brief(response)}: {who}, {listed(first, 2)} first on {style.day_of(date_of(record, day))}"


def alt_of(record, styles, joined, columns, idle):
    """The matrix in words: for each response who joined, in order."""
    several = len({one.incident for one in joined}) > 1
    told = []
    for incident, response in columns:
        group = [one for one in joined if (one.incident, one.response) == (incident, response)]
        group.sort(key=lambda one: (one.order is None, one.order or 0, one.actor))
        about = f" ({styles.incident(incident)})" if several and incident else ""
        told.append(
            f"{capital(styles.response(response))}{about}: {len(group)} actors, in order "
            f"{listed([styles.name(one.actor) for one in group], 5)}."
        )
    rest = f" No visible response: {listed([styles.name(code) for code in idle], 6)}." if idle else ""
    return f"Matrix of actors and responses with the order of joining. {' '.join(told)}{rest}"


def _merged(joined):
    """The same responses whatever the incident: each actor's first of a kind, in a new order."""
    first = {}
    for one in joined:
        key, day = (one.actor, one.response), _day(one)
        if key not in first or day < _day(first[key]):
            first[key] = one
    days = {}
    for one in first.values():
        days.setdefault(one.response, []).append(_day(one))
    return [
        replace(
            one,
            incident=None,
            order=None if one.acted_day is None else 1 + sum(day < _day(one) for day in days[one.response]),
        )
        for one in first.values()
    ]


def _day(one):
    return one.acted_day if one.acted_day is not None else NEVER


def _most_joined(joined):
    groups = {}
    for one in joined:
        groups.setdefault((one.incident, one.response), []).append(one)
    return max(groups.items(), key=lambda pair: (len(pair[1]), str(pair[0])))


def _columns(joined):
    """The responses that get a column, by incident and then by the day they began; how many had to be left out."""
    groups = {}
    for one in joined:
        groups.setdefault((one.incident, one.response), []).append(one)
    kept = sorted(groups, key=lambda key: (-len(groups[key]), str(key)))[:COLUMNS]
    incidents = list(dict.fromkeys(one.incident for one in joined))

    def begun(key):
        return (incidents.index(key[0]), min(_day(one) for one in groups[key]), key[1])

    return sorted(kept, key=begun), len(groups) - len(kept)


def _rows(joined, columns, always):
    """Actors with a row, in order of their first visible response; and the others, counted in one row.

    Victims, bodies and the four partners always have a row: the question is about them.
    """
    first, size = {}, {}
    for one in joined:
        if (one.incident, one.response) in columns:
            first[one.actor] = min(first.get(one.actor, NEVER), _day(one))
            size[one.actor] = size.get(one.actor, 0) + 1
    order = sorted(first, key=lambda code: (first[code], -size[code], code))
    if len(order) <= ROWS:
        return order, []
    named = [code for code in order if code in always]
    named += [code for code in order if code not in always][: max(0, ROWS - len(named))]
    return [code for code in order if code in named], [code for code in order if code not in named]


def _step(columns):
    return min(0.72, (style.width() - LEFT - style.MARGIN) / max(1, len(columns)))


def _heads(columns, styles, step):
    """The columns' heads as lines, and whether they must stand upright for want of width."""
    names = [capital(styles.brief(response)) for _, response in columns]
    fits = all(style.text_width(word, style.SMALL) <= step - 0.06 for name in names for word in name.split())
    if fits and all(len(style.wrap(name, step - 0.06, style.SMALL)) <= 4 for name in names):
        return [style.wrap(name, step - 0.06, style.SMALL) for name in names], False
    return [style.wrap(name, 1.35, style.SMALL, lines=3 if step > 0.52 else 2) for name in names], True


def _has_incident_heads(columns):
    return len({incident for incident, _ in columns}) > 1


def _head_height(heads, upright):
    if upright:
        return max(style.text_width(line, style.SMALL) for lines in heads for line in lines) + 0.04
    return max(len(lines) for lines in heads) * style.line_height(style.SMALL)


def _foot(styles, idle, folded):
    words = []
    if idle:
        words.append(
            f"{capital(count(len(idle), 'state'))} did nothing visible: "
            f"{listed([styles.name(code) for code in idle], 6)}."
        )
    if folded:
        words.append(f"{capital(count(folded, 'response'))} with fewer takers not shown.")
    return style.wrap(" ".join(words), style.width() - 2 * style.MARGIN, style.LABEL, lines=3) if words else []


def _draw(page, styles, joined, columns, rows, rest, foot, below):
    step, lines = _step(columns), len(rows) + bool(rest) + 1
    axes = page.axes(LEFT, below, step * len(columns), lines * ROW)
    style.bare(axes)
    axes.set_xlim(-0.5, len(columns) - 0.5)
    axes.set_ylim(lines - 0.5, -0.5)
    for at in range(0, lines - 1, 2):
        axes.axhspan(at - 0.5, at + 0.5, color=style.WASH, linewidth=0)
    _draw_names(axes, styles, rows, rest, step, lines)
    for x, key in enumerate(columns):
        group = {one.actor: one for one in joined if (one.incident, one.response) == key}
        _draw_column(axes, styles, x, group, rows, rest, lines)
    if foot:
        page.write(style.MARGIN, below - 0.08, "\n".join(foot), va="top", linespacing=style.LEADING)


def _draw_names(axes, styles, rows, rest, step, lines):
    edge = -0.5 - 0.3 / step
    for y, code in enumerate(rows):
        name = styles.short(code, LEFT - 0.42)
        axes.text(edge, y, name, ha="right", va="center_baseline", fontsize=style.LABEL, clip_on=False)
        axes.plot(
            [-0.5 - 0.14 / step],
            [y],
            marker=styles.marker(code),
            color=styles.colour(code),
            markersize=7,
            markeredgecolor=style.INK,
            markeredgewidth=0.5,
            clip_on=False,
        )
    if rest:
        axes.text(
            edge,
            len(rows),
            count(len(rest), "other"),
            ha="right",
            va="center_baseline",
            fontsize=style.LABEL,
            clip_on=False,
            color=style.MUTED,
        )
    axes.text(
        edge, lines - 1, "in all", ha="right", va="center_baseline", fontsize=style.LABEL, weight="bold", clip_on=False
    )
    axes.axhline(lines - 1.5, color=style.CALM, linewidth=0.8)


def _draw_column(axes, styles, x, group, rows, rest, lines):
    for y, code in enumerate(rows):
        if code not in group:
            axes.plot([x], [y], marker=".", color="#C4C4C4", markersize=3)
            continue
        one, colour = group[code], styles.colour(code)
        seen = one.order is not None
        axes.plot(
            [x],
            [y],
            marker="s",
            markersize=14.5,
            color=colour if seen else style.PAPER,
            markeredgecolor=colour,
            markeredgewidth=1.4,
            zorder=2,
        )
        if seen:
            axes.text(
                x,
                y,
                str(one.order),
                ha="center",
                va="center_baseline",
                fontsize=style.MATRIX,
                weight="bold",
                color=style.ink_on(colour),
                zorder=3,
            )
    if rest:
        more = sum(code in group for code in rest)
        axes.text(
            x,
            len(rows),
            f"+{more}" if more else "–",
            ha="center",
            va="center_baseline",
            color=style.MUTED,
            fontsize=style.LABEL,
        )
    axes.text(x, lines - 1, str(len(group)), ha="center", va="center_baseline", fontsize=style.LABEL, weight="bold")


def _draw_heads(page, styles, columns, heads, upright, base):
    step = _step(columns)
    for x, lines in enumerate(heads):
        page.write(
            LEFT + step * (x + 0.5),
            base + 0.06,
            "\n".join(lines),
            style.SMALL,
            ha="center",
            va="bottom",
            linespacing=style.LEADING,
            rotation=90 if upright else 0,
            multialignment="left" if upright else "center",
        )
    if not _has_incident_heads(columns):
        return
    level = base + _head_height(heads, upright) + 0.1
    for incident in dict.fromkeys(incident for incident, _ in columns):
        places = [x for x, key in enumerate(columns) if key[0] == incident]
        left, right = LEFT + step * places[0] + 0.04, LEFT + step * (places[-1] + 1) - 0.04
        words = style.cut(
            capital(styles.incident(incident).removeprefix("the ")), right - left + 0.02, style.LABEL, bold=True
        )
        page.write((left + right) / 2, level + 0.06, words, style.LABEL, ha="center", va="bottom", weight="bold")
        page.figure.add_artist(_rule(page, left, right, level + 0.03))


def _rule(page, left, right, low):
    from matplotlib.lines import Line2D

    y = (page.bottom + low) / page.height
    return Line2D([left / style.width(), right / style.width()], [y, y], color=style.CALM, linewidth=1)
