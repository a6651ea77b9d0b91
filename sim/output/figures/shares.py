"""In what share of many runs: who joined which response, and which format was called first."""

from sim.output.figures import style
from sim.output.figures.actor_style import ActorStyle, draw_key, key_lines
from sim.output.figures.label_layout import spread
from sim.phrases import count, listed, percent

BAR = "#0072B2"


@style.styled
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
            f"{style.capital(styles.brief(response))} ({styles.incident(incident)}): most often "
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
        words = style.capital(styles.brief(response)) + (
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
    for code, spot in zip(named, spread([shares[code] for code in named], widths, 0, 1), strict=True):
        axes.text(
            spot, middle + 0.27, styles.short(code, 1.2, style.SMALL), ha="center", va="center", fontsize=style.SMALL
        )


# ------------------------------------------------------------------------------------------------------- formats


@style.styled
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
    row = 0.36
    body = sum(0.42 + len(rows) * row for rows in tables.values()) + 0.1
    page = style.open_page("formats", _formats_title(styles, tables), caption, body)
    top = body
    for incident, rows in tables.items():
        page.write(
            style.MARGIN,
            top - 0.26,
            style.capital(styles.incident(incident).removeprefix("the ")),
            style.HEAD,
            weight="bold",
        )
        _draw_formats(page, styles, rows, top - 0.42 - len(rows) * row, len(rows) * row)
        top -= 0.42 + len(rows) * row
    page.alt = "Formats called first. " + " ".join(
        _formats_told(styles, incident, rows) for incident, rows in tables.items()
    )
    return page


def _formats_told(styles, incident, rows):
    shares = [f"{_format(styles, key)} {percent(share)}" for share, key in rows]
    return f"{style.capital(styles.incident(incident))}: {listed(shares, 7)}."


def _format(styles, key):
    return style.capital(styles.format(key)) if key else "all others"


def _formats_title(styles, tables):
    told = [
        f"{styles.incident(incident)} goes to {styles.names.format(rows[0][1])} in {percent(rows[0][0])} of runs"
        for incident, rows in list(tables.items())[:2]
    ]
    return "; ".join(told) if len("; ".join(told)) <= 90 else told[0]


def _draw_formats(page, styles, rows, low, height):
    left = 2.3
    axes = page.axes(left, low, style.WIDTH - left - 0.8, height)
    style.bare(axes)
    axes.set_xlim(0, 1)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.barh(range(len(rows)), [1] * len(rows), height=0.62, color=style.WASH, linewidth=0)
    axes.barh(range(len(rows)), [share for share, _ in rows], height=0.62, color=BAR, linewidth=0)
    for at, (share, key) in enumerate(rows):
        axes.annotate(
            style.cut(_format(styles, key), left - 0.3),
            (0, at),
            xytext=(-6, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=style.LABEL,
            annotation_clip=False,
        )
        axes.annotate(
            percent(share),
            (1, at),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=style.LABEL,
            annotation_clip=False,
        )
