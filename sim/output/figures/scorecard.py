"""The principles for cooperation, and how far the run kept each."""

from sim.output.figures import style

NAME = "scorecard"
KEPT, HALF = 0.67, 0.34
WORDS = ((KEPT, "kept", "#0072B2", None), (HALF, "partly", "#56B4E9", "///"), (0.0, "missed", "#E69F00", "xxx"))
LABELS, BAR = 3.0, 1.72  # inches


@style.styled
def compose(record, loaded):
    """The page of the principles."""
    principles = list(record.scorecard)
    caption = style.caption_of(
        record, f"score 0 (not at all) to 1 (fully): kept from {KEPT}, partly from {HALF}, else missed"
    )
    if not principles:
        return style.empty_page(
            NAME, "No principles were judged", caption, "This run was not judged by the principles."
        )
    lines = [style.wrap(one.statement, LABELS - style.MARGIN - 0.1, style.LABEL, lines=3) for one in principles]
    heights = [max(0.44, len(one) * style.line_height(style.LABEL) + 0.16) for one in lines]
    page = style.open_page(NAME, title_of(principles), caption, sum(heights) + 0.34)
    _draw(page, principles, lines, heights)
    page.alt = alt_of(principles)
    return page


def verdict(score):
    """A score in one word.

    >>> verdict(0.8), verdict(0.5), verdict(0.1), verdict(None)
    ('kept', 'partly', 'missed', 'not tested')
    """
    if score is None or score != score:
        return "not tested"
    return next(word for low, word, *_ in WORDS if score >= low)


def title_of(principles):
    """How many principles were kept, and which least."""
    judged = [one for one in principles if verdict(one.score) != "not tested"]
    if not judged:
        return "none of the principles was put to the test"
    kept = [one for one in judged if verdict(one.score) == "kept"]
    least = min(judged, key=lambda one: one.score)
    said = f"{style.number(len(kept))} of {style.number(len(judged))} principles kept"
    return said if verdict(least.score) == "kept" else f"{said}; weakest: {_short(least.statement)}"


def _short(statement):
    head = statement.split(";")[0].split(":")[0].strip()
    return head[:1].lower() + head[1:] if not head[:2].isupper() and not head.startswith("NATO") else head


def alt_of(principles):
    """Every principle with its score."""
    told = [
        f"{one.statement.rstrip('.')}: {verdict(one.score)}"
        + (f" ({one.score:.2f})." if verdict(one.score) != "not tested" else ".")
        for one in principles
    ]
    return f"Scores of {style.number(len(principles))} principles. {' '.join(told)}"


def _draw(page, principles, lines, heights):
    total = sum(heights)
    axes = page.axes(LABELS, 0.06, BAR, total)
    style.bare(axes)
    axes.set_xlim(0, 1)
    axes.set_ylim(total, 0)
    for x, words in ((0, "0"), (0.5, "0.5"), (1, "1")):
        axes.text(x, -0.06, words, ha="center", va="bottom", fontsize=style.SMALL, color=style.MUTED)
        axes.plot([x, x], [0, total], color=style.FAINT, linewidth=0.8, zorder=0)
    at = 0.0
    for one, words, height in zip(principles, lines, heights, strict=True):
        middle = at + height / 2
        axes.text(
            -0.1 / BAR, middle, "\n".join(words), ha="right", va="center", fontsize=style.LABEL, linespacing=1.3 / 1.164
        )
        _draw_bar(axes, one.score, middle)
        at += height


def _draw_bar(axes, score, middle):
    word = verdict(score)
    axes.barh([middle], [1], height=0.24, color=style.WASH, linewidth=0)
    if word == "not tested":
        axes.text(1 + 0.08 / BAR, middle, word, va="center", fontsize=style.LABEL, color=style.MUTED)
        return
    _, _, colour, hatch = next(row for row in WORDS if row[1] == word)
    axes.barh([middle], [score], height=0.24, facecolor=colour, hatch=hatch, edgecolor=style.PAPER, linewidth=0)
    axes.text(
        1 + 0.08 / BAR,
        middle,
        f"{word} {score:.2f}",
        va="center",
        fontsize=style.LABEL,
        weight="bold" if word == "missed" else "normal",
    )
