"""How a text was made: where the members stood, what the chair proposed, who broke silence and what it cost.

Each row is one draft. A mark is a member's position on the ladder from silence to measures; the black bar is the text.
Only those who matter for the text are named: the caller, those who broke silence, the furthest on either side.
"""

from sim.catalogue.ladder import RUNGS, edges_of
from sim.output.figures import chart, style
from sim.output.figures.actor_style import ActorStyle, draw_key, key_lines
from sim.output.figures.queries import consultations_of, date_of
from sim.phrases import capital, count, in_words, listed

NAME = "consultation"
TABLES, DRAFTS = 3, 4  # how many consultations, and drafts of each, there is room for
LEFT, RIGHT = 0.66, 0.14  # inches
ROW, HEAD, OUTCOME = 0.82, 0.34, 0.5  # inches
DOT = 0.085  # inches
BIN = 0.018


@chart("consultation", place=3)
def compose(record, loaded):
    """The page of how the texts were made."""
    styles = ActorStyle(loaded)
    tables = consultations_of(record)
    caption = style.caption_of(
        record,
        "position of a text, from 0 (silence) to 1 (measures)",
        note="A mark is a member, a black bar the text on the table",
    )
    shown = _shown(tables)
    if not shown:
        words = "Nobody called a consultation in this run." if not tables else "No text was put to a table in this run."
        return style.empty_page(NAME, _title_without_drafts(tables), caption, words)
    foot = _foot(styles, [one for one in tables if one not in shown])
    keys = key_lines(styles, {code for one in shown for draft in _drafts(one) for code in draft.positions})
    below = 0.1 + len(foot) * style.line_height(style.LABEL)
    above = 0.34 + len(keys) * style.line_height(style.SMALL)
    body = above + sum(_height(one) for one in shown) + below
    page = style.open_page(NAME, title_of(styles, tables), caption, body)
    draw_key(page, keys, body)
    top = body - above
    _draw_ladder(page, edges_of(loaded), below, top - below)
    for one in shown:
        _draw_table(page, record, styles, one, top)
        top -= _height(one)
    if foot:
        page.write(style.MARGIN, below - 0.06, "\n".join(foot), va="top", linespacing=style.LEADING)
    page.alt = alt_of(record, styles, tables)
    return page


def title_of(styles, tables):
    """What the strongest text was and who broke silence."""
    adopted = [one for one in tables if one.outcome == "adopted"]
    breakers = {}
    for one in tables:
        for code, times in one.breakers.items():
            breakers[code] = breakers.get(code, 0) + times
    if adopted:
        best = max(adopted, key=lambda one: one.text)
        said = f"{styles.names.format(best.format)} went furthest: {_rung(best.rung)}"
        said = said if len(adopted) > 1 else f"{styles.names.format(best.format)} agreed on {_rung(best.rung)}"
    else:
        said = "no consultation produced a text"
    if not breakers:
        return f"{said}; nobody broke silence"
    most = max(sorted(breakers), key=breakers.get)
    others = f", {count(len(breakers) - 1, 'other state').replace('no', '')} too" if len(breakers) > 1 else ""
    times = {1: "once", 2: "twice"}.get(breakers[most], f"{in_words(breakers[most])} times")
    return f"{said}; {styles.said(most)} broke silence {times}{others}"


def alt_of(record, styles, tables):
    """The consultations in words."""
    return " ".join(_told(record, styles, one) for one in tables[:8]) + (
        f" {capital(count(len(tables) - 8, 'more consultation'))}." if len(tables) > 8 else ""
    )


def _told(record, styles, one):
    caller = f" called by {styles.said(one.caller)}" if one.caller else ""
    told = [
        f"{capital(styles.names.format(one.format))} on {styles.incident(one.incident)},{caller} on "
        f"{style.day_of(date_of(record, one.day))}."
    ]
    if one.drafts:
        stands = one.drafts[0].positions
        furthest = sorted(stands, key=lambda code: (stands[code], code))
        told.append(f"First text {one.drafts[0].text:.2f}.")
        if furthest:
            told.append(
                f"Positions from {stands[furthest[0]]:.2f} ({styles.name(furthest[0])}) to "
                f"{stands[furthest[-1]]:.2f} ({styles.name(furthest[-1])})."
            )
    told += [
        f"{listed([styles.name(code) for code in broken.by], 3)} broke silence: "
        f"{broken.before:.2f} to {broken.after:.2f}."
        for broken in one.breaks
    ]
    return " ".join([*told, f"Outcome: {_outcome(one)}."])


def _outcome(one):
    if one.outcome == "adopted":
        return f"adopted, {_rung(one.rung)} ({one.text:.2f})"
    return f"no text: {one.why.rstrip('.') or 'it failed'}" if one.outcome == "failed" else "still open at the end"


def _rung(rung):
    return {"naming": "naming the culprit", "silence": "saying nothing"}.get(rung, rung)


def _title_without_drafts(tables):
    return "Nobody called a consultation" if not tables else "No consultation came to a text"


def _shown(tables):
    """The consultations with most to see: broken silence first, then the longest; back in order of time."""
    with_drafts = [one for one in tables if one.drafts]
    ranked = sorted(with_drafts, key=lambda one: (-len(one.breaks), -len(one.drafts), -len(one.members), one.day))
    formats = [one.format for one in ranked]
    ranked = sorted(
        ranked, key=lambda one: formats.index(one.format) != ranked.index(one)
    )  # each format once, then again
    kept = ranked[:TABLES]
    return [one for one in with_drafts if any(one is other for other in kept)]


def _drafts(one):
    """The drafts with a row: all, or the first ones and the last."""
    return one.drafts if len(one.drafts) <= DRAFTS else [*one.drafts[: DRAFTS - 1], one.drafts[-1]]


def _height(one):
    return HEAD + len(_drafts(one)) * ROW + OUTCOME


def _foot(styles, rest):
    if not rest:
        return []
    told = "; ".join(f"{styles.format(one.format)} {_outcome(one)}" for one in rest[:3])
    told += f"; and {count(len(rest) - 3, 'other')}" if len(rest) > 3 else ""
    return style.wrap(f"Also: {told}.", style.width() - 2 * style.MARGIN, style.LABEL, lines=3)


# ------------------------------------------------------------------------------------------------------- drawing


def _scale():
    return style.width() - LEFT - RIGHT


def _draw_ladder(page, edges, low, height):
    axes = page.axes(LEFT, low, _scale(), height)
    style.bare(axes)
    axes.set_xlim(0, 1)
    for at, (name, start, end) in enumerate(zip(RUNGS, edges, [*edges[1:], 1.0], strict=True)):
        if at % 2 == 0:
            axes.axvspan(start, end, color=style.WASH, linewidth=0)
        axes.annotate(
            name,
            ((start + end) / 2 if at else 0.0, 1),
            xycoords="axes fraction",
            xytext=(0, 4),
            textcoords="offset points",
            ha="center",
            fontsize=style.SMALL,
            weight="bold",
            color=style.MUTED,
        )


def _draw_table(page, record, styles, one, top):
    """One consultation: a line saying what it is, its drafts, its outcome."""
    drafts = _drafts(one)
    head = f"{capital(styles.format(one.format))} on {styles.incident(one.incident)}"
    page.write(
        style.MARGIN, top - 0.24, style.cut(head, style.width() - 0.4, style.HEAD, bold=True), style.HEAD, weight="bold"
    )
    height = len(drafts) * ROW + OUTCOME
    axes = page.axes(LEFT, top - HEAD - height, _scale(), height)
    style.bare(axes)
    axes.set_xlim(0, 1)
    axes.set_ylim(height, 0)
    breaks = {broken.round: broken for broken in one.breaks}
    for at, draft in enumerate(drafts):
        middle = (at + 0.5) * ROW
        is_new_day = at == 0 or draft.day != drafts[at - 1].day
        words = style.day_of(date_of(record, draft.day)) if is_new_day else f"draft {draft.round}"
        axes.text(
            -0.06 / _scale(),
            middle,
            words,
            ha="right",
            va="center",
            fontsize=style.SMALL,
            color=style.MUTED,
            clip_on=False,
        )
        _draw_draft(axes, styles, one, draft, breaks.get(draft.round), middle)
        axes.plot([draft.text] * 2, [middle - 0.3, middle + 0.3], color=style.INK, linewidth=3.2, solid_capstyle="butt")
        follows = drafts[at + 1].text if at + 1 < len(drafts) else one.text
        if follows is not None:
            axes.plot(
                [draft.text, follows], [middle + 0.3, middle + ROW - 0.3], color=style.INK, linewidth=1, linestyle=":"
            )
    _draw_outcome(axes, one, len(drafts) * ROW + OUTCOME / 2)


def _draw_outcome(axes, one, y):
    words = capital(_outcome(one))
    place = one.text if one.text is not None else 0.5
    if one.outcome == "adopted":
        axes.plot([place] * 2, [y - 0.14, y + 0.1], color=style.INK, linewidth=6, solid_capstyle="butt")
        half = style.text_width(words, style.LABEL, bold=True)
        right = place + (half + 0.12) / _scale() < 1
        axes.text(
            place + (0.1 if right else -0.1) / _scale(),
            y - 0.02,
            words,
            va="center",
            ha="left" if right else "right",
            fontsize=style.LABEL,
            weight="bold",
        )
    else:
        axes.text(
            0, y, style.cut(words, _scale(), style.LABEL, bold=True), va="center", fontsize=style.LABEL, weight="bold"
        )


def _draw_draft(axes, styles, one, draft, broken, middle):
    """Members as marks stacked where they stand, and names above and below."""
    stands = draft.positions
    bins = {}
    for code in sorted(stands, key=lambda code: (styles.group(code).key, code)):
        bins.setdefault(round(stands[code] / BIN), []).append(code)
    places = {}
    for members in bins.values():
        tall = min(DOT, 0.44 / max(1, len(members)))
        for level, code in enumerate(members):
            places[code] = middle + (level - (len(members) - 1) / 2) * tall
    for key in sorted({styles.group(code).key for code in stands}):
        codes = [code for code in places if styles.group(code).key == key]
        group = styles.group(codes[0])
        axes.scatter(
            [stands[code] for code in codes],
            [places[code] for code in codes],
            s=26,
            marker=group.marker,
            color=group.colour,
            edgecolors=style.INK,
            linewidths=0.4,
            zorder=3,
        )
    above = [code for code in (broken.by if broken else ()) if code in stands]
    _name_row(
        axes,
        styles,
        {code: (stands[code], places[code]) for code in above},
        middle - 0.33,
        bold=True,
        suffix=" broke silence",
    )
    if one.drafts and draft is one.drafts[0]:
        order = sorted(stands, key=lambda code: (stands[code], code))
        named = dict.fromkeys([*order[:1], *order[-1:], *([one.caller] if one.caller in stands else [])])
        named = [code for code in named if code not in above]
        _name_row(axes, styles, {code: (stands[code], places[code]) for code in named}, middle + 0.33, bold=False)


def _name_row(axes, styles, marks, y, bold, suffix=""):
    """Names in one row, pushed apart sideways, each with a hair line to its mark."""
    if not marks:
        return
    codes = sorted(marks, key=lambda code: marks[code])
    if bold and len(codes) > 3:
        codes = codes[:3]
    names = [styles.short(code, 1.1, style.SMALL) for code in codes]
    if suffix:
        names[-1] += suffix if len(marks) <= 3 else f" and {count(len(marks) - 3, 'other')}{suffix}"
    widths = [(style.text_width(name, style.SMALL, bold) + 0.14) / _scale() for name in names]
    if sum(widths) > 1:
        names = [*codes[:-1], codes[-1] + suffix]
        widths = [(style.text_width(name, style.SMALL, bold) + 0.14) / _scale() for name in names]
    spots = style.spread([marks[code][0] for code in codes], widths, -0.08, 1.02)
    for code, name, spot in zip(codes, names, spots, strict=True):
        x, level = marks[code]
        gap = 0.07 if y > level else -0.07
        axes.plot([x, spot], [level, y - gap], color=style.CALM, linewidth=0.5, zorder=2)
        axes.text(
            spot,
            y,
            name,
            ha="center",
            va="center",
            fontsize=style.SMALL,
            weight="bold" if bold else "normal",
            clip_on=False,
        )
