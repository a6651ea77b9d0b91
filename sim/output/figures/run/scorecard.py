"""The principles for cooperation, and how far the run kept each."""

from sim.output.figures import chart, style
from sim.output.figures.forest import Bar, Forest, Panel, Row
from sim.phrases import in_words

NAME = "scorecard"
KEPT, HALF = 0.67, 0.34
WORDS = ((KEPT, "kept", "#0072B2", None), (HALF, "partly", "#56B4E9", "///"), (0.0, "missed", "#E69F00", "xxx"))
ROOM, RIGHT = 3.0, 1.28  # inches
TICKS = {0: "0", 0.5: "0.5", 1: "1"}


@chart(NAME, place=6)
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
    forest = Forest([_row(one) for one in principles], ROOM, RIGHT, 0.44)
    page = style.open_page(NAME, title_of(principles), caption, forest.height + 0.42)
    forest.draw(page, 0.36, [Panel(0, 1, ticks=TICKS)])
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
    said = f"{in_words(len(kept))} of {in_words(len(judged))} principles kept"
    return said if verdict(least.score) == "kept" else f"{said}; weakest: {_short(least.statement)}"


def _short(statement):
    head = statement.split(";")[0].split(":")[0].strip()
    return head[:1].lower() + head[1:] if not head[:2].isupper() and not head.startswith("NATO") else head


def alt_of(principles):
    """Every principle with its score."""
    told = [f"{one.statement.rstrip('.')}: {verdict(one.score)}{_score(one.score, ' ({:.2f})')}." for one in principles]
    return f"Scores of {in_words(len(principles))} principles. {' '.join(told)}"


def _score(score, form):
    return "" if verdict(score) == "not tested" else form.format(score)


def _row(one):
    word, whole = verdict(one.score), Bar(0, 1, style.WASH, 0.24)
    if word == "not tested":
        return Row(one.statement, [[whole]], word, note_look={"color": style.MUTED})
    _, _, colour, hatch = next(row for row in WORDS if row[1] == word)
    score = Bar(0, one.score, colour, 0.24, look={"hatch": hatch, "edgecolor": style.PAPER})
    look = {"weight": "bold" if word == "missed" else "normal"}
    return Row(one.statement, [[whole, score]], f"{word} {one.score:.2f}", note_look=look)
