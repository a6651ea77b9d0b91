"""Charts of many runs: how series and measures spread, who joined what how often, and which format was called first.

In a spread the line or bar is the median; the middle half of the runs is dark, nine runs in ten are light.
"""

import numpy as np

from sim.experiments.phrases import measure
from sim.output.figures import chart, style
from sim.output.figures.actor_style import ActorStyle, draw_key, key_lines
from sim.output.figures.forest import BLUE, GREY, Bar, Forest, Panel, Row, Stretch, spread_of
from sim.phrases import capital, count, in_words, listed, percent

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
GAP, PANEL, HEAD, FOOT = 0.62, 1.3, 0.34, 0.5  # inches
MOST_MEASURES = 14
ROOM, RIGHT = 2.36, 1.5
FORMATS_ROOM, FORMATS_RIGHT = 2.3, 0.8
SHARE = "#0072B2"


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
    caption = style.caption_of(
        outcomes,
        "0 to 1 unless the panel says otherwise; time is exercise date",
        outcomes.runs,
        note=bands(outcomes.runs),
    )
    shown = {name: np.asarray(outcomes.series[name], dtype=float) for name in PANELS if name in outcomes.series}
    shown = {name: values for name, values in shown.items() if values.size and not np.isnan(values).all()}
    if not shown:
        return style.empty_page("fans", "No series were kept", caption, "These runs kept no series over time.")
    rows = -(-len(shown) // 2)
    body = rows * (HEAD + PANEL + 0.14) + FOOT
    page = style.open_page("fans", _fans_title(outcomes, shown), caption, body)
    wide = (style.WIDTH - 0.5 - GAP - style.MARGIN) / 2
    for at, (name, values) in enumerate(shown.items()):
        low = body - (at // 2 + 1) * (HEAD + PANEL + 0.14)
        is_last = at + 2 >= len(shown)
        _draw_fan(page, loaded, name, values, 0.5 + (at % 2) * (wide + GAP), low + 0.14, wide, is_last)
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


def _draw_fan(page, loaded, name, values, left, low, wide, is_last):
    head, top = PANELS[name]
    calendar = loaded.scenario.calendar
    days = list(calendar.edges[1 : len(values) + 1])
    page.write(left - 0.36, low + PANEL + 0.09, style.cut(head, wide + 0.36, style.LABEL, bold=True), weight="bold")
    axes = page.axes(left, low, wide, PANEL)
    bands = np.array([quantiles(row) for row in values]).T
    if len(days) == 1:
        days, bands = [0, days[0]], np.repeat(bands, 2, axis=1)
    if values.shape[1] > 1:
        axes.fill_between(days, bands[0], bands[4], color=BLUE[0], linewidth=0)
        axes.fill_between(days, bands[1], bands[3], color=BLUE[1], linewidth=0)
    axes.plot(days, bands[2], color=BLUE[2], linewidth=2.2)
    if top is None:
        top = _round_up(np.nanmax(values))
    axes.set_xlim(0, days[-1])
    axes.set_ylim(0, top)
    axes.set_yticks([0, top], ["0", f"{top:g}"])
    axes.grid(axis="y")
    style.set_date_axis(axes, calendar.start, days[-1], most=3)
    if not is_last:
        axes.set_xticklabels([])
    _write_end(axes, days[-1], bands[2][-1], top)


def _write_end(axes, day, value, top):
    """The median at the end, on a small paper of its own inside the panel."""
    if value == value:
        words = f"{value:.2f}" if top <= 2 else f"{value:.0f}"
        y = min(max(value, 0.1 * top), 0.86 * top)
        axes.annotate(
            words,
            (day, y),
            xytext=(-4, 5),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=style.LABEL,
            weight="bold",
            bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.85},
        )


def _round_up(value):
    """A round number not below the value.

    >>> _round_up(0.83), _round_up(34.0), _round_up(0.0)
    (1.0, 40.0, 1.0)
    """
    if not value > 0:
        return 1.0
    size = 10.0 ** np.floor(np.log10(value))
    return float(next(step * size for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if step * size >= value * 0.999999))


# ------------------------------------------------------------------------------------------------------------ measures


@chart("measures", place=2)
def compose_measures(outcomes, loaded):
    """What came of the runs, measure by measure, with and without the cooperation."""
    known = {name: _known(values) for name, values in outcomes.measures.items()}
    known = {name: values for name, values in known.items() if values.size}
    baseline = {name: _known(values) for name, values in (outcomes.baseline_measures or {}).items()}
    every, known = known, _telling(known, baseline)
    note = bands(outcomes.runs).replace("Line", "Bar")
    if len(every) > len(known):
        note += f". {capital(count(len(every) - len(known), 'other measure'))} moved less"
    caption = style.caption_of(outcomes, "0 to 1 unless named beside the row", outcomes.runs, note=note)
    if not known:
        return style.empty_page("measures", "No measures were kept", caption, "These runs kept no measures.")
    rows = [_measure_row(name, known[name], baseline.get(name, np.array([]))) for name in known]
    forest = Forest(rows, ROOM, RIGHT, 0.5)
    key = 0.36 if baseline else 0.1
    page = style.open_page("measures", _measures_title(outcomes, every, baseline), caption, forest.height + key)
    forest.draw(page, 0.04, [Panel(0, 1, ticks={})])
    if baseline:
        _write_key(page, forest.height + 0.14)
    page.alt = _measures_alt(outcomes, known, baseline)
    return page


def _measure_row(name, values, other):
    """A row with its own scale: the runs, and below them those without the cooperation."""
    low, high = np.quantile(np.concatenate([values, other]), (0.01, 0.99))
    low, high = (low - 0.5, high + 0.5) if high - low < 1e-9 else (low, high)

    def drawn(values, colours, down):
        return spread_of(np.clip((quantiles(values) - low) / (high - low), 0, 1), colours, 0.13, down)

    marks = [Stretch(0, 1, style.FAINT, 0.8, zorder=0)]
    marks += drawn(values, BLUE, -0.1 if other.size else 0)
    marks += drawn(other, GREY, 0.11) if other.size else ()
    unit = measure(name).unit
    words = _figure(np.median(values)) + ("" if _is_plain(unit) else f" {unit}")
    note = "\n".join(style.wrap(words, RIGHT - 0.24, style.LABEL, lines=2))
    return Row(measure(name).label, [marks], note, note_look={"weight": "bold"})


def _known(values):
    known = np.asarray(values, dtype=float)
    return known[np.isfinite(known)]


def _measures_title(outcomes, known, baseline):
    senses = {name: measure(name).better for name in known}
    if not baseline:
        return f"what {count(outcomes.runs, 'run')} of the exercise came to"
    if not any(senses.values()):
        return f"what {count(outcomes.runs, 'run')} came to, with and without the cooperation"
    better = worse = 0
    for name in known:
        if senses[name] and name in baseline and baseline[name].size:
            gain = float(np.median(known[name]) - np.median(baseline[name]))
            gain = gain if senses[name] == "higher" else -gain
            clear = 0.05 * _width(known[name], baseline[name])  # less than that is chance
            better, worse = better + (gain > clear), worse + (gain < -clear)
    return f"with the cooperation {count(better, 'measure')} clearly better, {in_words(worse)} worse than without"


def _measures_alt(outcomes, known, baseline):
    told = []
    for name, values in known.items():
        label, unit = measure(name).label, measure(name).unit
        low, _, middle, _, high = quantiles(values)
        other = (
            f", without cooperation {_figure(np.median(baseline[name]))}"
            if name in baseline and baseline[name].size
            else ""
        )
        named = f"{label} ({unit})" if unit else label
        span = f", nine in ten {_figure(low)} to {_figure(high)}" if outcomes.runs > 1 else ""
        told.append(f"{named}: median {_figure(middle)}{span}{other}.")
    return f"Distributions over {count(outcomes.runs, 'run')}. {' '.join(told)}"


def _figure(value):
    """A number as it is printed.

    >>> _figure(0.4567), _figure(3.0), _figure(123.4)
    ('0.46', '3', '123')
    """
    is_whole = abs(value - round(value)) < 1e-9 or abs(value) >= 10
    return f"{value:,.0f}" if is_whole else f"{value:.2f}"


def _is_plain(unit):
    """Whether a unit needs no word beside the number, since the caption gives it."""
    return not unit or "0 to 1" in unit or unit in ("share", "probability", "dimensionless")


def _width(mine, other):
    """The range that holds nine runs in ten, both arms together."""
    low, high = np.quantile(np.concatenate([mine, other]), (0.05, 0.95))
    return float(high - low)


def _telling(known, baseline):
    """The measures that get a row: those which the cooperation moved most, in the catalogue's order."""
    if len(known) <= MOST_MEASURES:
        return known
    compared = [name for name in known if name in baseline and baseline[name].size]

    def moved(name):
        mine, other = known[name], baseline[name]
        return abs(float(np.median(mine) - np.median(other))) / (_width(mine, other) + 1e-12)

    order = sorted(compared, key=lambda name: (-moved(name), name)) + [name for name in known if name not in compared]
    return {name: values for name, values in known.items() if name in order[:MOST_MEASURES]}


def _write_key(page, low):
    page.write(ROOM, low, "with cooperation", style.LABEL, color="#0072B2", weight="bold")
    shift = style.text_width("with cooperation", style.LABEL, bold=True) + 0.16
    page.write(ROOM + shift, low, "without", style.LABEL, color=style.MUTED, weight="bold")


# -------------------------------------------------------------------------------------------------------------- joined


@chart("joined", place=3)
def compose_joined(outcomes, loaded):
    """How often each actor joined each response."""
    styles = ActorStyle(loaded)
    rows = [
        (incident, response, shares)
        for incident, table in outcomes.joined.items()
        for response, shares in table.items()
        if not styles.names.is_inaction(response) and shares and max(shares.values()) > 0
    ]
    rows.sort(key=lambda row: (-sum(row[2].values()), row[0], row[1]))
    caption = style.caption_of(
        outcomes, "share of the runs in which an actor joined, percent", outcomes.runs, note="A mark is an actor"
    )
    if not rows:
        return style.empty_page(
            "joined", "Nobody responded in any run", caption, "No actor responded in any of these runs."
        )
    shown, height = _divided(rows), 0.92
    keys = key_lines(styles, {code for _, _, shares in shown for code in shares})
    above = len(keys) * style.line_height(style.SMALL) + 0.1
    body = len(shown) * height + 0.34 + above
    page = style.open_page("joined", _joined_title(styles, rows), caption, body)
    draw_key(page, keys, body)
    _draw_joined(page, styles, shown, height, body - above, several=len(outcomes.joined) > 1)
    page.alt = _joined_alt(styles, shown, outcomes)
    return page


def _divided(rows, most=7):
    """The responses that get a row: the three most joined, and those on which actors part most."""
    apart = sorted(rows[3:], key=lambda row: -sum(share * (1 - share) for share in row[2].values()))
    kept = [*rows[:3], *apart[: most - 3]]
    return [row for row in rows if any(row is other for other in kept)]


def _joined_title(styles, rows):
    _, response, shares = rows[0]
    order = sorted(shares, key=lambda code: (-shares[code], code))
    often = [code for code in order if shares[code] >= 0.5 and code not in ("NATO", "EU")]
    half = f"{count(len(often), 'state')} in at least half of the runs"
    return f"{styles.brief(response)}: {half}, {styles.said(order[0])} most often"


def _joined_alt(styles, rows, outcomes):
    told = []
    for incident, response, shares in rows:
        order = sorted(shares, key=lambda code: (-shares[code], code))
        told.append(
            f"{capital(styles.brief(response))} ({styles.incident(incident)}): most often "
            f"{listed([f'{styles.name(code)} {percent(shares[code])}' for code in order[:4]])}."
        )
    return f"Share of {count(outcomes.runs, 'run')} in which each actor joined. {' '.join(told)}"


def _draw_joined(page, styles, rows, height, top, several):
    wide = style.WIDTH - 2 * style.MARGIN - 0.2
    axes = page.axes(style.MARGIN + 0.1, 0.3, wide, top - 0.3)
    style.bare(axes)
    axes.set_xlim(0, 1)
    axes.set_ylim(len(rows) * height, 0)
    axes.set_xticks([0, 0.5, 1], ["0 %", "50 %", "100 % of runs"])
    axes.tick_params(axis="x", length=3)
    axes.get_xticklabels()[-1].set_ha("right")
    for at, (incident, response, shares) in enumerate(rows):
        middle = (at + 0.62) * height
        words = capital(styles.brief(response)) + (
            f": {styles.incident(incident).removeprefix('the ')}" if several else ""
        )
        axes.text(
            0,
            at * height + 0.1,
            style.cut(words, wide, style.LABEL, bold=True),
            va="center",
            weight="bold",
            fontsize=style.LABEL,
        )
        axes.axhspan(middle - 0.16, middle + 0.16, color=style.WASH, linewidth=0)
        _draw_strip(axes, styles, shares, middle, wide)


def _draw_strip(axes, styles, shares, middle, wide):
    bins = {}
    for code in sorted(shares):
        bins.setdefault(round(shares[code] / 0.018), []).append(code)
    for members in bins.values():
        tall = min(0.08, 0.36 / len(members))
        for level, code in enumerate(members):
            group = styles.group(code)
            axes.plot(
                [shares[code]],
                [middle + (level - (len(members) - 1) / 2) * tall],
                marker=group.marker,
                markersize=5.4,
                color=group.colour,
                markeredgecolor=style.INK,
                markeredgewidth=0.4,
                clip_on=False,
            )
    order = sorted(shares, key=lambda code: (shares[code], code))
    named = sorted({*order[-2:], *order[:1]}, key=lambda code: (shares[code], code))
    widths = [(style.text_width(styles.short(code, 1.2, style.SMALL), style.SMALL) + 0.12) / wide for code in named]
    for code, spot in zip(named, style.spread([shares[code] for code in named], widths, 0, 1), strict=True):
        axes.text(
            spot, middle + 0.27, styles.short(code, 1.2, style.SMALL), ha="center", va="center", fontsize=style.SMALL
        )


# ------------------------------------------------------------------------------------------------------------- formats


@chart("formats", place=4)
def compose_formats(outcomes, loaded):
    """Where consultations were called first."""
    styles = ActorStyle(loaded)
    tables = {
        incident: sorted(
            ((share, key) for key, share in table.items() if share > 0), key=lambda pair: (-pair[0], pair[1])
        )[:6]
        for incident, table in outcomes.formats.items()
    }
    tables = {incident: rows for incident, rows in tables.items() if rows}
    for incident, rows in tables.items():
        rest = [share for share in outcomes.formats[incident].values() if 0 < share < rows[-1][0]]
        if len(rows) == 6 and rest:
            rows.append((sum(rest), ""))
    caption = style.caption_of(
        outcomes, "share of the runs in which the format was called first, percent", outcomes.runs
    )
    if not tables:
        return style.empty_page(
            "formats",
            "No consultation was called in any run",
            caption,
            "Nobody called a consultation in any of these runs.",
        )
    forests = {
        incident: Forest([_format_row(styles, *row) for row in rows], FORMATS_ROOM, FORMATS_RIGHT, 0.36)
        for incident, rows in tables.items()
    }
    body = sum(0.42 + forest.height for forest in forests.values()) + 0.1
    page = style.open_page("formats", _formats_title(styles, tables), caption, body)
    top = body
    for incident, forest in forests.items():
        head = capital(styles.incident(incident).removeprefix("the "))
        page.write(style.MARGIN, top - 0.26, head, style.HEAD, weight="bold")
        top -= 0.42 + forest.height
        forest.draw(page, top, [Panel(0, 1, ticks={})])
    page.alt = "Formats called first. " + " ".join(
        _formats_told(styles, incident, rows) for incident, rows in tables.items()
    )
    return page


def _formats_told(styles, incident, rows):
    shares = [f"{_format(styles, key)} {percent(share)}" for share, key in rows]
    return f"{capital(styles.incident(incident))}: {listed(shares, 7)}."


def _format(styles, key):
    return capital(styles.format(key)) if key else "all others"


def _formats_title(styles, tables):
    told = [
        f"{styles.incident(incident)} goes to {styles.names.format(rows[0][1])} in {percent(rows[0][0])} of runs"
        for incident, rows in list(tables.items())[:2]
    ]
    return "; ".join(told) if len("; ".join(told)) <= 90 else told[0]


def _format_row(styles, share, key):
    tall = 0.223
    return Row(_format(styles, key), [[Bar(0, 1, style.WASH, tall), Bar(0, share, SHARE, tall)]], percent(share))
