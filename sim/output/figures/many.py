"""Charts of many runs: how series and measures spread, who joined what how often, and which format was called first.

In a spread the line or bar is the median; the middle half of the runs is dark, nine runs in ten are light.
"""

import math

import numpy as np

from sim.experiments.phrases import measure
from sim.output.figures import chart, style
from sim.output.figures.actor_style import ActorStyle, draw_key, key_lines
from sim.output.figures.forest import BLUE, GREY, Bar, Forest, Panel, Row, Stretch, Words, note_of, spread_of, write_key
from sim.phrases import capital, count, goes_unsaid, in_words, listed, percent

PANELS = {
    "tension": ("Tension", 1.0),
    "pressure": ("Pressure on adversaries", 1.0),
    "harm": ("Harm, severity", None),
    "confidence": ("Confidence in the suspect", 1.0),
    "strongest_text": ("Strongest text", 1.0),
    "joiners": ("States that responded", None),
    "standing": ("Standing", 1.0),
    "perceived_threat": ("Threat others see", 1.0),
    "readiness": ("Readiness for core mission", 1.0),
}
LEFT, RIGHT_OF_FAN, HEAD, FOOT = 0.3, 0.46, 0.3, 0.42  # inches
ROOM, RIGHT = 2.36, 1.5
FORMATS_ROOM, FORMATS_RIGHT = 2.3, 0.8
SHARE = "#0072B2"
BETTER = {"higher": "better →", "lower": "← better"}


def bands(runs):
    """How to read a fan, for captions; nothing where there is one run."""
    return "" if runs == 1 else "Line: median; dark: middle half of the runs; light: nine in ten"


def quantiles(values, levels=(0.05, 0.25, 0.5, 0.75, 0.95)):
    """Quantiles of what is known; nan where nothing is."""
    known = np.asarray(values, dtype=float)
    known = known[~np.isnan(known)]
    return np.quantile(known, levels) if known.size else np.full(len(levels), np.nan)


# -------------------------------------------------------------------------------------------------------------- series


@chart("fans", place=1)
def compose_fans(outcomes, loaded):
    """Fans of the series, small multiples on one time axis."""
    units = "0 to 1 unless the panel says otherwise; time is exercise date"
    caption = style.caption_of(outcomes, units, outcomes.runs, note=bands(outcomes.runs))
    shown = {name: np.asarray(outcomes.series[name], dtype=float) for name in PANELS if name in outcomes.series}
    shown = {name: values for name, values in shown.items() if values.size and not np.isnan(values).all()}
    shown = dict(list(shown.items())[: style.by_shape(9, 6)])
    if not shown:
        return style.empty_page("fans", "No series were kept", caption, "These runs kept no series over time.")
    title, columns = _fans_title(outcomes, shown), style.by_shape(2, 3)
    rows = -(-len(shown) // columns)
    room = style.room_for(title, caption)
    body = rows * style.by_shape(2.0, 1.35)
    page = style.open_page("fans", title, caption, body if room == math.inf else max(room, body))
    for cell, (name, values) in zip(style.cells(len(shown), columns, page.body), shown.items(), strict=True):
        draw_fan(page, loaded, name, values, cell)
    page.alt = _fans_alt(outcomes, shown)
    return page


def _fans_title(outcomes, shown):
    if "tension" not in shown:
        return f"{outcomes.runs:,} runs of the same exercise"
    low, _, middle, _, high = quantiles(shown["tension"].max(axis=0))
    if outcomes.runs == 1:
        return f"in this one run tension peaks at {middle:.2f}"
    return f"tension peaks between {low:.2f} and {high:.2f} in nine runs of ten, most often near {middle:.2f}"


def _fans_alt(outcomes, shown):
    told = []
    for name, values in shown.items():
        low, _, middle, _, high = quantiles(values[-1])
        span = f" (nine in ten between {low:.2f} and {high:.2f})" if outcomes.runs > 1 else ""
        told.append(f"{PANELS[name][0]} ends at {middle:.2f}{span}.")
    return f"Fans over {count(outcomes.runs, 'run')}. {' '.join(told)}"


def draw_fan(page, loaded, name, values, cell, paths=()):
    """One fan in a cell, and over it the paths of single runs: (values by turn, a short name, its look)."""
    head, top = PANELS[name]
    calendar = loaded.scenario.calendar
    days = list(calendar.edges[1 : len(values) + 1])
    left, low, wide, tall = cell
    words = style.cut(head, wide - 0.1, style.LABEL, bold=True)
    page.write(left, low + tall - HEAD + 0.1, words, weight="bold")
    right = RIGHT_OF_FAN + (0.24 if paths else 0)
    axes = page.axes(left + LEFT, low + FOOT, wide - LEFT - right, tall - HEAD - FOOT)
    bands = np.array([quantiles(row) for row in values]).T
    if len(days) == 1:
        days, bands = [0, days[0]], np.repeat(bands, 2, axis=1)
        paths = [(np.repeat(path, 2), *more) for path, *more in paths]
    if values.shape[1] > 1:
        axes.fill_between(days, bands[0], bands[4], color=BLUE[0], linewidth=0)
        axes.fill_between(days, bands[1], bands[3], color=BLUE[1], linewidth=0)
    axes.plot(days, bands[2], color=BLUE[2], linewidth=2.2)
    for path, _, look in paths:
        axes.plot(days, path, **look)
    if top is None:
        top = style.round_up(max(np.nanmax(one) for one in (values, *(path for path, *_ in paths))))
    axes.set_xlim(0, days[-1])
    axes.set_ylim(0, top)
    axes.set_yticks([0, top], ["0", f"{top:g}"])
    axes.tick_params(axis="y", labelsize=style.SMALL)
    axes.grid(axis="y")
    style.set_date_axis(axes, calendar, days[-1], most=max(2, int((wide - LEFT - right) / 0.8)))
    ends = [(path[-1], name, look["color"]) for path, name, look in paths if path[-1] == path[-1]]
    if bands[2][-1] == bands[2][-1] and not paths:
        end = f"{bands[2][-1]:.2f}" if top <= 2 else f"{bands[2][-1]:.0f}"
        ends = [(bands[2][-1], end, BLUE[2])]
    style.label_lines(axes, ends, right + 0.1, at=days[-1])


# ------------------------------------------------------------------------------------------------------------ measures


@chart("measures", place=2)
def compose_measures(outcomes, loaded):
    """What came of the runs, measure by measure, with and without the cooperation."""
    known = {name: finite(values) for name, values in outcomes.measures.items()}
    known = {name: values for name, values in known.items() if values.size}
    baseline = {name: finite(values) for name, values in (outcomes.baseline_measures or {}).items()}
    every, known = known, _telling(known, baseline)
    note = bands(outcomes.runs).replace("Line", "Bar")
    if len(every) > len(known):
        note += f". {capital(count(len(every) - len(known), 'other measure'))} not shown"
    caption = style.caption_of(outcomes, "0 to 1 unless named beside the row", outcomes.runs, note=note)
    if not known:
        return style.empty_page("measures", "No measures were kept", caption, "These runs kept no measures.")
    rows = [_measure_row(name, known[name], baseline.get(name, np.array([]))) for name in known]
    forest = Forest(rows, ROOM, RIGHT, 0.6)
    key = 0.36 if baseline else 0.1
    page = style.open_page("measures", _measures_title(outcomes, every, baseline), caption, forest.height + key)
    forest.draw(page, 0.04, [Panel(0, 1, ticks={})])
    if baseline:
        arms = ("with cooperation", SHARE, ""), ("without", style.MUTED, "")
        write_key(page, forest.height + 0.14, arms, ROOM, gap=0.16)
    page.alt = _measures_alt(outcomes, known, baseline)
    return page


def _measure_row(name, values, other):
    """A row with its own scale: the runs, and below them those without the cooperation."""
    low, high = np.quantile(np.concatenate([values, other]), (0.01, 0.99))
    low, high = (low - 0.5, high + 0.5) if high - low < 1e-9 else (low, high)

    def drawn(values, colours, down):
        return spread_of(np.clip((quantiles(values) - low) / (high - low), 0, 1), colours, 0.13, down)

    marks = own_scale(name, _figure(low), _figure(high), 0.22)
    marks += drawn(values, BLUE, -0.16 if other.size else -0.06)
    marks += drawn(other, GREY, 0.04) if other.size else ()
    unit = measure(name).unit
    words = _figure(np.median(values)) + ("" if goes_unsaid(unit) else f" {unit}")
    return Row(measure(name).label, [marks], note_of(words, RIGHT - 0.24), note_look={"weight": "bold"})


def own_scale(name, low, high, down):
    """The scale of a row that has its own: its ends in words, so many inches below it, and which way is better."""
    better = measure(name).better
    ends = Words(0, low, down, "left"), Words(1, high, down, "right")
    return [Stretch(0, 1, style.FAINT, 0.8, zorder=0), *ends, *([Words(0.5, BETTER[better], down)] if better else [])]


def finite(values):
    """What is known of values: those that are finite."""
    values = np.asarray(values, dtype=float)
    return values[np.isfinite(values)]


def _measures_title(outcomes, known, baseline):
    senses = {name: measure(name).better for name in known}
    if not baseline:
        return f"what {count(outcomes.runs, 'run')} of the exercise came to"
    if not any(senses.values()):
        return f"what {count(outcomes.runs, 'run')} came to, with and without the cooperation"
    better = worse = 0
    for name in known:
        if senses[name] and not measure(name).is_of_portfolio and name in baseline and baseline[name].size:
            gain = float(np.median(known[name]) - np.median(baseline[name]))
            gain = gain if senses[name] == "higher" else -gain
            clear = 0.05 * _width(known[name], baseline[name])  # less than that is chance
            better, worse = better + (gain > clear), worse + (gain < -clear)
    loss = in_words(worse, "none")
    return f"with the cooperation {count(better, 'measure')} clearly better, {loss} worse than without"


def _measures_alt(outcomes, known, baseline):
    told = []
    for name, values in known.items():
        unit, other = measure(name).unit, baseline.get(name, np.array([]))
        low, _, middle, _, high = map(_figure, quantiles(values))
        span = f", nine in ten {low} to {high}" if outcomes.runs > 1 else ""
        without = f", without cooperation {_figure(np.median(other))}" if other.size else ""
        told.append(f"{measure(name).label}{f' ({unit})' if unit else ''}: median {middle}{span}{without}.")
    return f"Distributions over {count(outcomes.runs, 'run')}. {' '.join(told)}"


def _figure(value):
    """A number as it is printed.

    >>> _figure(0.4567), _figure(3.0), _figure(123.4)
    ('0.46', '3', '123')
    """
    is_whole = abs(value - round(value)) < 1e-9 or abs(value) >= 10
    return f"{value:,.0f}" if is_whole else f"{value:.2f}"


def _width(mine, other):
    """The range that holds nine runs in ten, both arms together."""
    low, high = np.quantile(np.concatenate([mine, other]), (0.05, 0.95))
    return float(high - low)


def _telling(known, baseline):
    """The measures that get a row: those which the cooperation moved most, in the catalogue's order."""
    most = style.by_shape(14, 5)
    if len(known) <= most:
        return known
    compared = [name for name in known if name in baseline and baseline[name].size]
    compared = [name for name in compared if not measure(name).is_of_portfolio]

    def moved(name):
        mine, other = known[name], baseline[name]
        return abs(float(np.median(mine) - np.median(other))) / (_width(mine, other) + 1e-12)

    order = sorted(compared, key=lambda name: (-moved(name), name)) + [name for name in known if name not in compared]
    return {name: values for name, values in known.items() if name in order[:most]}


# -------------------------------------------------------------------------------------------------------------- joined


@chart("joined", place=3)
def compose_joined(outcomes, loaded):
    """How often each actor joined each response."""
    styles = ActorStyle(loaded)
    every = [(incident, *row) for incident, table in outcomes.joined.items() for row in table.items()]
    rows = [row for row in every if not styles.is_inaction(row[1]) and max(row[2].values(), default=0) > 0]
    rows.sort(key=lambda row: (-sum(row[2].values()), row[0], row[1]))
    units = "share of the runs in which an actor joined, percent"
    caption = style.caption_of(outcomes, units, outcomes.runs, note="A mark is an actor")
    if not rows:
        words = "No actor responded in any of these runs."
        return style.empty_page("joined", "Nobody responded in any run", caption, words)
    shown, height = _shown(styles, rows), 0.92
    keys = key_lines(styles.groups(code for _, _, shares in shown for code in shares))
    above = len(keys) * style.line_height(style.SMALL) + 0.1
    body = len(shown) * height + 0.34 + above
    page = style.open_page("joined", _joined_title(styles, shown), caption, body)
    draw_key(page, keys, body)
    _draw_joined(page, styles, shown, height, body - above, several=len(outcomes.joined) > 1)
    page.alt = _joined_alt(styles, shown, outcomes)
    return page


def _shown(styles, rows):
    """The responses that get a row, the gravest first: the gravest that somebody joins in one run of four at least, the
    most joined, and those on which actors part most."""
    real = [row for row in rows if max(row[2].values()) >= 0.25] or rows
    most = style.by_shape(7, 3)
    grave = sorted(real, key=lambda row: -styles.gravity(row[1]))[: most - most // 3]
    apart = sorted(rows[1:], key=lambda row: -sum(share * (1 - share) for share in row[2].values()))
    kept = []
    for row in (*grave, rows[0], *apart):
        if len(kept) < most and not any(row is other for other in kept):
            kept.append(row)
    return sorted(kept, key=lambda row: -styles.gravity(row[1]))


def _joined_title(styles, rows):
    """The gravest response shown: in how many states it is usual, and whose it is most often, if that is one."""
    incident, response, shares = rows[0]
    states = {code: share for code, share in shares.items() if code not in ("NATO", "EU")}
    often = [code for code, share in states.items() if share >= 0.5]
    top = [code for code, share in states.items() if share == max(states.values())]
    most = f"{styles.actor(top[0])} most often, in {percent(states[top[0]])} of runs; " if len(top) == 1 else ""
    half = f"{count(len(often), 'state')} in at least half of {'them' if most else 'the runs'}"
    return f"{styles.brief(response)} on {styles.incident(incident)}: {most}{half}"


def _joined_alt(styles, rows, outcomes):
    told = []
    for incident, response, shares in rows:
        order = sorted(shares, key=lambda code: (-shares[code], code))
        most = listed([f"{styles.name(code)} {percent(shares[code])}" for code in order[:4]])
        told.append(f"{capital(styles.brief(response))} ({styles.incident(incident)}): most often {most}.")
    return f"Share of {count(outcomes.runs, 'run')} in which each actor joined. {' '.join(told)}"


def _draw_joined(page, styles, rows, height, top, several):
    wide = style.width() - 2 * style.MARGIN - 0.2
    axes = page.bare_axes(style.MARGIN + 0.1, 0.3, wide, top - 0.3, (0, 1), (len(rows) * height, 0))
    axes.set_xticks([0, 0.5, 1], ["0 %", "50 %", "100 % of runs"])
    axes.tick_params(axis="x", length=3)
    axes.get_xticklabels()[-1].set_ha("right")
    for at, (incident, response, shares) in enumerate(rows):
        middle = (at + 0.54) * height
        words = capital(styles.brief(response)) + (f": {styles.case(incident)}" if several else "")
        look = {"va": "center", "weight": "bold", "fontsize": style.LABEL}
        axes.text(0, at * height + 0.1, style.cut(words, wide, style.LABEL, bold=True), **look)
        axes.axhspan(middle - 0.16, middle + 0.16, color=style.WASH, linewidth=0)
        _draw_strip(axes, styles, shares, middle, wide)


def _draw_strip(axes, styles, shares, middle, wide):
    places = style.stacked({code: shares[code] for code in sorted(shares)}, 0.018, 0.08, 0.36)
    for code, down in places.items():
        style.mark(axes, shares[code], middle + down, styles.marker(code), styles.colour(code), 5.4)
    order = sorted(shares, key=lambda code: (shares[code], code))
    alike = list(shares.values())
    named = [code for code in dict.fromkeys([order[0], *order[-2:]]) if alike.count(shares[code]) <= 2]
    marks = [(shares[code], middle + places[code], styles.short(code, 1.2, style.SMALL)) for code in named]
    style.name_marks(axes, marks, middle + 0.29, wide)


# ------------------------------------------------------------------------------------------------------------- formats


@chart("formats", place=4)
def compose_formats(outcomes, loaded):
    """Where consultations were called first."""
    styles = ActorStyle(loaded)
    tables = {incident: _first_called(table) for incident, table in outcomes.formats.items()}
    tables = {incident: rows for incident, rows in tables.items() if rows}
    units = "share of the runs in which the format was called first, percent"
    caption = style.caption_of(outcomes, units, outcomes.runs)
    if not tables:
        words = "Nobody called a consultation in any of these runs."
        return style.empty_page("formats", "No consultation was called in any run", caption, words)
    forests = {
        incident: Forest([_format_row(styles, *row) for row in rows], FORMATS_ROOM, FORMATS_RIGHT, 0.36)
        for incident, rows in tables.items()
    }
    body = sum(0.42 + forest.height for forest in forests.values()) + 0.1
    page = style.open_page("formats", _formats_title(styles, tables), caption, body)
    top = body
    for incident, forest in forests.items():
        head = capital(styles.case(incident))
        page.write(style.MARGIN, top - 0.26, head, style.HEAD, weight="bold")
        top -= 0.42 + forest.height
        forest.draw(page, top, [Panel(0, 1, ticks={})])
    told = (_formats_told(styles, incident, rows) for incident, rows in tables.items())
    page.alt = " ".join(["Formats called first.", *told])
    return page


def _first_called(shares):
    """The formats called first most often, and what the others come to: (share, key); of the others no key."""
    most = style.by_shape(6, 3)
    called = [(share, key) for key, share in shares.items() if share > 0]
    rows = sorted(called, key=lambda pair: (-pair[0], pair[1]))[:most]
    rest = sum(share for share in shares.values() if rows and 0 < share < rows[-1][0])
    return [*rows, (rest, "")] if len(rows) == most and rest else rows


def _formats_told(styles, incident, rows):
    shares = [f"{_format(styles, key)} {percent(share)}" for share, key in rows]
    return f"{capital(styles.incident(incident))}: {listed(shares, 7)}."


def _format(styles, key):
    return capital(styles.forum(key)) if key else "all others"


def _formats_title(styles, tables):
    told = [
        f"{styles.incident(incident)} goes to {styles.format(rows[0][1])} in {percent(rows[0][0])} of runs"
        for incident, rows in list(tables.items())[:2]
    ]
    return "; ".join(told) if len("; ".join(told)) <= 90 else told[0]


def _format_row(styles, share, key):
    tall = 0.223
    return Row(_format(styles, key), [[Bar(0, 1, style.WASH, tall), Bar(0, share, SHARE, tall)]], percent(share))
