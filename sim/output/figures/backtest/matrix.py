"""Who was expected to do what in which case, and who did: one square for each actor and case."""

import math

from sim.output.figures import chart, style
from sim.phrases import capital, listed, percent
from sim.validation.claims import is_wrong, known_cells, right_answers
from sim.validation.schema import KINDS

FIRST = ("public_attribution", "sanctions_or_expulsions")
NAME, CELL_WIDE, CELL_TALL = 2.03, 0.184, 0.235  # inches
GROUP_GAP, LEVEL_TALL, HEAD_TALL = 0.08, 0.16, 0.27
MOST_ACTORS = 20  # side by side; more go into a second block
STEPS = ("#F1F4F7", "#C9DDEE", "#86B9DB", "#3A87C0", "#0B4F8F")
WRONG = "#E8590C"
FRAMED = {"markeredgecolor": style.FAINT, "markeredgewidth": 0.5}
NOTE = (
    "Dot: it did. Full square without a dot: it did not. Small square: not known, or the target itself, and not "
    "scored. Orange frame: the model was on the wrong side of one half"
)


def each_kind(past):
    """A chart for every kind of act, those of `FIRST` always, the others where something is known of them."""
    for kind in (*FIRST, *(kind for kind in KINDS if kind not in FIRST)):
        if kind in FIRST or (past.backtest.cells.kind == kind).any():
            yield f"-{kind}", (past, kind)


@chart("matrix", place=3, each=each_kind, question="Who was expected to do what?", anchor="who")
def compose(past, kind):
    """The matrix of one kind of act."""
    name = f"matrix-{kind.replace('_', '-')}"
    caption = past.caption("probability that the actor did it within the window, per cent", NOTE)
    known = known_cells(past.backtest, kind)
    blocks = _blocks(past.by_group())
    rows = past.by_kind()
    names = [_label(past, code) for block in blocks for _, codes in block for code in codes]
    levels = 1 + max(level for block in blocks for _, _, level in _headings(block))
    top = max(style.text_width(one, style.SMALL) for one in names) + 0.12
    above = top + 0.1 + levels * LEVEL_TALL
    tall = sum(HEAD_TALL + len(ids) * CELL_TALL for _, ids in rows)
    title = right_answers(known, past.kind(kind), lambda case: past.label(case, 9))
    page = style.open_page(name, title, caption, len(blocks) * (above + tall + 0.12) + 0.36)
    for at, block in enumerate(blocks):
        low = (len(blocks) - 1 - at) * (above + tall + 0.12) + 0.06
        _draw(page, past, kind, known, block, rows, low, tall)
        _head(page, past, block, low + tall, top)
    _draw_key(page)
    page.alt = alt_of(past, kind, known)
    return page


def alt_of(past, kind, known):
    """Case by case: who did it, and whom the model expected."""
    told = []
    for _, ids in past.by_kind():
        for name in ids:
            here = {code: known[name, code] for code in past.cases[name].actors if (name, code) in known}
            if here:
                did = [f"{past.styles.said(code)} ({percent(p)})" for code, (done, p) in here.items() if done]
                expected = [
                    f"{past.styles.said(code)} ({percent(p)})"
                    for code, (done, p) in here.items()
                    if not done and p > 0.5
                ]
                words = f"did: {listed(did, 30)}" if did else "nobody known to have done it"
                also = f"; expected of, but not done by {listed(expected, 30)}" if expected else ""
                told.append(f"{past.name(name)}: {words}{also}; {len(here)} known.")
    start = f"{capital(past.kind(kind))}, case by case; in brackets the model's probability."
    return f"{start} {' '.join(told) or 'Nothing is known.'}"


# ------------------------------------------------------------------------------------------------------- drawing


def _blocks(groups):
    """Groups of actors as blocks that fit the page side by side; a group that does not fit is broken."""
    blocks, room = [[]], MOST_ACTORS
    for name, codes in groups:
        while codes:
            if room < min(2, len(codes)):
                blocks.append([])
                room = MOST_ACTORS
            blocks[-1].append((name, codes[:room]))
            codes, room = codes[room:], room - min(room, len(codes))
    return blocks


def _places(block):
    """The left edge of each actor's column, inches from the left of the squares."""
    places, at = {}, 0.0
    for _, codes in block:
        for code in codes:
            places[code] = at
            at += CELL_WIDE
        at += GROUP_GAP
    return places


def _label(past, code):
    return past.styles.short(code, 1.05, style.SMALL)


def _head(page, past, block, low, top):
    for code, at in _places(block).items():
        page.write(
            NAME + at + CELL_WIDE / 2, low + 0.04, _label(past, code), style.SMALL, rotation=90, ha="center",
            va="bottom",
        )  # fmt: skip
    for name, left, level in _headings(block):
        page.write(left, low + top + 0.03 + LEVEL_TALL * level, name, style.CAPTION, weight="bold")


def _headings(block):
    """Names of groups with their places: (name, left, level); one that would cover another stands a level higher."""
    places, ends, found = _places(block), [], []
    for name, codes in block:
        wide = style.text_width(name, style.CAPTION, bold=True)
        left = min(NAME + places[codes[0]], style.width() - wide - 0.04)
        level = next((level for level, end in enumerate(ends) if left >= end + 0.06), len(ends))
        ends[level : level + 1] = [left + wide]
        found.append((name, left, level))
    return found


def _draw(page, past, kind, known, block, rows, low, tall):
    places = _places(block)
    wide = max(places.values()) + CELL_WIDE
    axes = page.axes(NAME, low, wide, tall)
    style.bare(axes)
    axes.set_xlim(0, wide)
    axes.set_ylim(tall, 0)
    y, squares, dots = 0.0, {}, {}
    for case_kind, ids in rows:
        page.write(
            style.MARGIN, low + tall - y - HEAD_TALL + 0.07, capital(past.case_kind(case_kind)), style.SMALL,
            weight="bold",
        )  # fmt: skip
        y += HEAD_TALL
        for name in ids:
            page.write(
                NAME - 0.07, low + tall - y - CELL_TALL / 2, past.label(name, NAME - style.MARGIN - 0.08), style.SMALL,
                ha="right", va="center_baseline",
            )  # fmt: skip
            for code, x in places.items():
                p, answer = past.backtest.chance(name, code, kind), known.get((name, code))
                if math.isfinite(p):
                    middle = x + CELL_WIDE / 2, y + CELL_TALL / 2
                    look_of = step_of(p), answer is not None, answer is not None and is_wrong(*answer)
                    squares.setdefault(look_of, []).append(middle)
                    if answer and answer[0]:
                        dots.setdefault(style.ink_on(STEPS[step_of(p)]), []).append(middle)
            y += CELL_TALL
    _draw_squares(axes, squares)
    _draw_dots(axes, dots)


def step_of(p):
    """The fifth of the scale that a probability is in, 0 to 4.

    >>> [step_of(p) for p in (0.0, 0.19, 0.2, 1.0)]
    [0, 0, 1, 4]
    """
    return min(int(p * len(STEPS)), len(STEPS) - 1)


def _draw_squares(axes, squares):
    """All squares of one look at once: dict of (step, is_known, is_wrong) -> [(x, y)], middles in inches."""
    for (step, is_known, is_off), places in sorted(squares.items(), key=lambda item: item[0][2]):
        inset = 0.012 if is_known else 0.06
        half = CELL_WIDE / 2 - inset, CELL_TALL / 2 - inset
        edge = {"markeredgecolor": WRONG, "markeredgewidth": 2.2} if is_off else FRAMED
        x, y = zip(*places, strict=True)
        axes.plot(
            x, y, linestyle="", marker=_box(*half), markersize=2 * half[1] * 72, color=STEPS[step], zorder=2 + is_off,
            clip_on=False, **edge,
        )  # fmt: skip


def _draw_dots(axes, dots):
    """What was done: dict of colour -> [(x, y)]."""
    for colour, places in dots.items():
        x, y = zip(*places, strict=True)
        axes.plot(x, y, linestyle="", marker="o", markersize=6, color=colour, markeredgewidth=0, zorder=4)


def _box(wide, tall):
    from matplotlib.path import Path

    return Path([(-wide, -tall), (wide, -tall), (wide, tall), (-wide, tall), (-wide, -tall)], closed=True)


def _draw_key(page):
    low, at = page.body - 0.2, style.MARGIN
    page.write(at, low, "The model's probability", style.SMALL)
    at += style.text_width("The model's probability", style.SMALL) + 0.1
    axes = page.axes(at, low - 0.06, len(STEPS) * 0.42, 0.22)
    style.bare(axes)
    axes.set_xlim(0, len(STEPS))
    axes.set_ylim(0, 1)
    for step, colour in enumerate(STEPS):
        axes.barh([0.5], [1], left=[step], height=1, color=colour, edgecolor=style.FAINT, linewidth=0.5)
        words = f"{step * 20}–{step * 20 + 20}"
        axes.text(
            step + 0.5, 0.47, words, ha="center", va="center", fontsize=style.CAPTION - 1, color=style.ink_on(colour)
        )
    at += len(STEPS) * 0.42 + 0.06
    page.write(at, low, "%   ●  did it", style.SMALL)
    at += style.text_width("%   ●  did it", style.SMALL) + 0.2
    box = page.axes(at, low - 0.04, 0.17, 0.18)
    box.set_xticks([])
    box.set_yticks([])
    for spine in box.spines.values():
        spine.set(visible=True, color=WRONG, linewidth=2.2)
    page.write(at + 0.24, low, "wrong", style.SMALL, color=style.ink_of(WRONG), weight="bold")
