"""How a text was made: where the members stood, what the chair proposed, who objected and what it cost.

Each row is one draft. A mark is a member's position on the ladder from silence to measures, full if it stands behind
the text in the end; the black bar is the text. Only those who matter for it are named: the caller, those who broke
silence, the furthest on either side. The text that went furthest is always among those drawn.
"""

from collections import Counter
from itertools import groupby

from sim.catalogue.responses import RUNGS, edges_of
from sim.output.figures import chart, style
from sim.output.figures.actor_style import ActorStyle, draw_key, key_lines
from sim.output.figures.run import consultations_of, date_of, day_in, suspect_code
from sim.phrases import capital, count, in_words, listed

NAME = "consultation"
LEFT, RIGHT = 0.66, 0.14  # inches
ROW, HEAD, OUTCOME = 0.9, 0.34, 0.42  # inches
HALF = 0.27  # inches, of a bar
DOT = 0.085  # inches
BIN = 0.018
TIMES = {1: "once", 2: "twice"}


@chart("consultation", place=3)
def compose(record, loaded):
    """The page of how the texts were made."""
    styles = ActorStyle(loaded)
    tables = consultations_of(record)
    note = "A mark is a member, full if it stands behind the text in the end; a black bar is the text on the table"
    caption = style.caption_of(record, "position of a text, from 0 (silence) to 1 (measures)", note=note)
    shown = _shown(tables)
    if not shown:
        ends = "; ".join(f"{styles.forum(one.format)}: {_outcome(record, styles, one)}" for one in tables[:4])
        title, words = "Nobody called a consultation", "Nobody called a consultation in this run."
        if tables:
            title, words = "No consultation came to a text", f"No text was put to a table. {capital(ends)}."
        return style.empty_page(NAME, title, caption, words)
    foot = _foot(record, styles, [one for one in tables if one not in shown])
    keys = key_lines(styles.groups(code for one in shown for draft in _drafts(one) for code in draft.positions))
    below = 0.1 + len(foot) * style.line_height(style.LABEL)
    above = 0.34 + len(keys) * style.line_height(style.SMALL)
    body = above + sum(_height(one) for one in shown) + below
    page = style.open_page(NAME, title_of(record, styles, tables), caption, body)
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


def title_of(record, styles, tables):
    """What the strongest text was, how many stand behind it, and who objected."""
    adopted = [one for one in tables if one.outcome == "adopted"]
    if not adopted:
        return f"no consultation produced a text; {_objections(styles, tables)}"
    best = _furthest(tables)
    formats = dict.fromkeys(styles.format(one.format) for one in adopted if one.text == best.text)
    what = f"{styles.position(best.rung, suspect_code(record, best.incident))}, {best.behind} behind it"
    said = f"{listed(formats)} went furthest: {what}" if len(adopted) > 1 else f"{listed(formats)} agreed: {what}"
    return f"{said}; {_objections(styles, tables)}"


def _objections(styles, tables):
    """Who broke silence most often, or, where texts pass by votes, objected."""
    silent = [one for one in tables if styles.decides_by_silence(one.format)]
    for some, did in ((silent, "broke silence"), (tables, "objected")):
        breakers = Counter(code for one in some for broken in one.breaks for code in broken.by)
        if breakers:
            most = [code for code in sorted(breakers) if breakers[code] == max(breakers.values())]
            if len(most) > 3:
                return f"{in_words(len(breakers))} states {did}"
            times = TIMES.get(breakers[most[0]], f"{in_words(breakers[most[0]])} times")
            rest = len(breakers) - len(most)
            others = f", {count(rest, 'other state')} too" if rest else ""
            return f"{listed([styles.actor(code) for code in most])} {did} {times}{others}"
    return "nobody broke silence" if silent else "nobody objected"


def _furthest(tables):
    adopted = [one for one in tables if one.outcome == "adopted"]
    return max(adopted, key=lambda one: (one.text, len(one.supporters)), default=None)


def alt_of(record, styles, tables):
    """The consultations in words."""
    more = [f"{capital(count(len(tables) - 8, 'more consultation'))}."] if len(tables) > 8 else []
    return " ".join([*(_told(record, styles, one) for one in tables[:8]), *more])


def _told(record, styles, one):
    caller = f" called by {styles.actor(one.caller)}" if one.caller else ""
    where = f"{capital(styles.format(one.format))} on {styles.incident(one.incident)},{caller}"
    told = [f"{where} on {day_in(record, one.day)}."]
    if one.drafts:
        stands = one.drafts[0].positions
        furthest = sorted(stands, key=lambda code: (stands[code], code))
        ends = [f"{stands[code]:.2f} ({styles.name(code)})" for code in furthest]
        told.append(f"First text {one.drafts[0].text:.2f}.")
        told += [f"Positions from {ends[0]} to {ends[-1]}."] if ends else []
    for broken in one.breaks:
        who = listed([styles.name(code) for code in broken.by], 3)
        told.append(f"{who} {_did(styles, one)}: {broken.before:.2f} to {broken.after:.2f}.")
    return " ".join([*told, f"Outcome: {_outcome(record, styles, one)}."])


def _did(styles, one):
    return "broke silence" if styles.decides_by_silence(one.format) else "objected"


def _outcome(record, styles, one):
    if one.outcome == "adopted":
        position = styles.position(one.rung, suspect_code(record, one.incident))
        return f"{position} ({one.text:.2f}), {one.behind} behind it"
    return f"no text: {one.why.rstrip('.') or 'it failed'}" if one.outcome == "failed" else "still open at the end"


def _shown(tables):
    """The consultations with most to see: the furthest, broken silence, the longest; back in order of time."""
    with_drafts = [one for one in tables if one.drafts]
    best = _furthest(with_drafts)
    ranked = sorted(
        with_drafts, key=lambda one: (one is not best, -len(one.breaks), -len(one.drafts), -len(one.members), one.day)
    )
    first = {one.format: one for one in reversed(ranked)}
    ranked.sort(key=lambda one: first[one.format] is not one)  # each format once, then again
    kept = ranked[: style.by_shape(3, 1)]
    return [one for one in with_drafts if any(one is other for other in kept)]


def _drafts(one):
    """The drafts with a row: all, or the first ones and the last."""
    most = style.by_shape(4, 2)
    return one.drafts if len(one.drafts) <= most else [*one.drafts[: most - 1], one.drafts[-1]]


def _height(one):
    return HEAD + len(_drafts(one)) * ROW + OUTCOME


def _foot(record, styles, rest):
    if not rest:
        return []
    most = style.by_shape(3, 1)
    told = "; ".join(f"{styles.forum(one.format)}, {_outcome(record, styles, one)}" for one in rest[:most])
    told += f"; and {count(len(rest) - most, 'other')}" if len(rest) > most else ""
    return style.wrap(f"Also: {told}.", style.width() - 2 * style.MARGIN, style.LABEL, lines=style.by_shape(3, 1))


# ------------------------------------------------------------------------------------------------------- drawing


def _scale():
    return style.width() - LEFT - RIGHT


def _draw_ladder(page, edges, low, height):
    axes = page.bare_axes(LEFT, low, _scale(), height, (0, 1), (0, 1))
    for at, (name, start, end) in enumerate(zip(RUNGS, edges, [*edges[1:], 1.0], strict=True)):
        if at % 2 == 0:
            axes.axvspan(start, end, color=style.WASH, linewidth=0)
        look = {"ha": "center", "fontsize": style.SMALL, "weight": "bold", "color": style.MUTED}
        axes.text((start + end) / 2 if at else 0.0, 1 + 0.06 / height, name, **look)


def _draw_table(page, record, styles, one, top):
    """One consultation: a line saying what it is, its drafts, its outcome."""
    drafts = _drafts(one)
    year = date_of(record, drafts[0].day).year
    head = f"{capital(styles.forum(one.format))} on {styles.incident(one.incident)}, {year}"
    head = style.cut(head, style.width() - 0.4, style.HEAD, bold=True)
    page.write(style.MARGIN, top - 0.24, head, style.HEAD, weight="bold")
    height = len(drafts) * ROW + OUTCOME
    axes = page.bare_axes(LEFT, top - HEAD - height, _scale(), height, (0, 1), (height, 0))
    breaks = {broken.round: broken for broken in one.breaks}
    for at, draft in enumerate(drafts):
        middle = (at + 0.5) * ROW
        is_new_day = at == 0 or draft.day != drafts[at - 1].day
        words = style.day_of(date_of(record, draft.day)) if is_new_day else f"draft {draft.round}"
        words = words.replace(", ", ",\n")  # the clock below the day
        look = {"ha": "right", "va": "center", "fontsize": style.SMALL, "color": style.MUTED, "clip_on": False}
        axes.text(-0.06 / _scale(), middle, words, **look)
        _draw_draft(axes, styles, one, draft, breaks.get(draft.round), middle)
        bar = {"color": style.INK, "linewidth": 3.2, "solid_capstyle": "butt"}
        axes.plot([draft.text] * 2, [middle - HALF, middle + HALF], **bar)
        follows = drafts[at + 1].text if at + 1 < len(drafts) else one.text
        if follows is not None:
            ends = [middle + HALF, middle + ROW - HALF]
            axes.plot([draft.text, follows], ends, color=style.INK, linewidth=1, linestyle=":")
    _draw_outcome(axes, one, capital(_outcome(record, styles, one)), len(drafts) * ROW + OUTCOME / 2)


def _draw_outcome(axes, one, words, y):
    look = {"va": "center", "fontsize": style.LABEL, "weight": "bold"}
    if one.outcome != "adopted":
        axes.text(0, y, style.cut(words, _scale(), style.LABEL, bold=True), **look)
        return
    axes.plot([one.text] * 2, [y - 0.14, y + 0.1], color=style.INK, linewidth=6, solid_capstyle="butt")
    is_right = one.text + (style.text_width(words, style.LABEL, bold=True) + 0.12) / _scale() < 1
    at = one.text + (0.1 if is_right else -0.1) / _scale()
    room = (1 - one.text if is_right else one.text) * _scale() + (0 if is_right else LEFT - style.MARGIN) - 0.1
    words = style.cut(words, room, style.LABEL, bold=True)
    axes.text(at, y - 0.02, words, ha="left" if is_right else "right", clip_on=False, **look)


def _draw_draft(axes, styles, one, draft, broken, middle):
    """Members as marks stacked where they stand, and names above and below."""
    stands = draft.positions
    order = sorted(stands, key=lambda code: (styles.group(code).key, code))
    places = style.stacked({code: stands[code] for code in order}, BIN, DOT, 2 * HALF - 0.1)
    looks = {code: (styles.group(code), one.outcome == "adopted" and code not in one.supporters) for code in order}
    for (group, is_hollow), codes in groupby(order, looks.get):  # in order, where they cover each other
        at = zip(*((stands[code], middle + places[code]) for code in codes), strict=True)
        style.mark(axes, *at, group.marker, group.colour, 5.2, is_hollow, zorder=3)
    paper = {"facecolor": style.PAPER, "edgecolor": "none", "alpha": 0.85, "pad": 0.6}
    look = {"scale": _scale(), "clear_of": [draft.text], "low": -0.08, "high": 1.02, "bbox": paper}
    against = [code for code in (broken.by if broken else ()) if code in stands]
    if against:
        marks = _named(styles, against, stands, places, middle, f" {_did(styles, one)}")
        style.name_marks(axes, marks, middle - HALF - 0.1, weight="bold", **look)
    if one.drafts and draft is one.drafts[0]:
        ends = sorted(stands, key=lambda code: (stands[code], code))
        named = dict.fromkeys([*ends[:1], *ends[-1:], *([one.caller] if one.caller in stands else [])])
        marks = _named(styles, [code for code in named if code not in against], stands, places, middle)
        style.name_marks(axes, marks, middle + HALF + 0.1, **look)


def _named(styles, codes, stands, places, middle, suffix=""):
    """The marks that get a name, at most three where something is said of them."""
    codes = sorted(codes, key=lambda code: (stands[code], code))
    shown = codes[:3] if suffix else codes
    names = [styles.short(code, 1.1, style.SMALL) for code in shown]
    if suffix:
        names[-1] += (f" and {count(len(codes) - 3, 'other')}" if len(codes) > 3 else "") + suffix
    if sum(style.text_width(name, style.SMALL, bool(suffix)) + 0.14 for name in names) > _scale():
        names = [*shown[:-1], shown[-1] + suffix]
    return [(stands[code], middle + places[code], name) for code, name in zip(shown, names, strict=True)]
