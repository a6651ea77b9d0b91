"""Where words go so that none covers another: spreading labels, naming lines, and checking a finished page."""

import math

from sim.output.figures.style import LABEL, ink_of, line_height, own_style, wrap


def spread(wanted, sizes, low=-math.inf, high=math.inf):
    """Places for labels, as near as can be to where they are wanted, so that none covers another.

    The least total squared displacement that keeps the order (pool adjacent violators).

    Parameters
    ----------
    wanted : sequence of float, the middle each label would like
    sizes : sequence of float (or one float), the room each label needs along the axis
    low, high : float, the ends of the axis; if the labels need more room than there is, they start at low

    >>> spread([1.0, 1.1, 5.0], 1.0)
    [0.55, 1.55, 5.0]
    """
    wanted = [float(value) for value in wanted]
    if not wanted:
        return []
    sizes = [float(sizes)] * len(wanted) if isinstance(sizes, (int, float)) else [float(size) for size in sizes]
    order = sorted(range(len(wanted)), key=lambda at: (wanted[at], at))
    offsets, edge = [], 0.0
    for at in order:
        offsets.append(edge + sizes[at] / 2)
        edge += sizes[at]
    blocks = []
    for at, offset in zip(order, offsets, strict=True):
        blocks.append([wanted[at] - offset, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            mean, count = blocks.pop()
            blocks[-1] = [
                (blocks[-1][0] * blocks[-1][1] + mean * count) / (blocks[-1][1] + count),
                blocks[-1][1] + count,
            ]
    places, at = [0.0] * len(wanted), 0
    for mean, count in blocks:
        start = max(low, min(mean, high - edge))
        for _ in range(count):
            places[order[at]] = round(start + offsets[at], 9)
            at += 1
    return places


def overlaps(page):
    """Pairs of written words on the page that cover one another: there should be none."""
    boxes = _boxes(page)
    return [
        (boxes[i][0], boxes[j][0])
        for i in range(len(boxes))
        for j in range(i)
        if _shared(boxes[i][1], boxes[j][1]) > 1.0
    ]


def outside(page):
    """Written words that run off the page: there should be none."""
    edge = page.figure.bbox
    return [
        words
        for words, box in _boxes(page)
        if box.x0 < edge.x0 - 1 or box.x1 > edge.x1 + 1 or box.y0 < edge.y0 - 1 or box.y1 > edge.y1 + 1
    ]


def _boxes(page):
    """All that is written on the page, each with the room it takes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.text import Text

    with own_style():
        renderer = FigureCanvasAgg(page.figure).get_renderer()
        page.figure.draw_without_rendering()
        texts = [text for text in page.figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
        return [(text.get_text(), text.get_window_extent(renderer)) for text in texts]


def _shared(one, other):
    width = min(one.x1, other.x1) - max(one.x0, other.x0)
    height = min(one.y1, other.y1) - max(one.y0, other.y0)
    return min(width, height) if width > 0 and height > 0 else 0.0


def label_lines(axes, labels, room, size=LABEL, at=None):
    """Names at the right end of lines, pushed apart where they would touch, with a hair line back to the end.

    Parameters
    ----------
    axes : matplotlib axes, y limits already set
    labels : list of (y, words, colour)
    room : float, inches to the right of the axes that the words may take
    at : float, x of the lines' end; default: the axes' right limit
    """
    low, high = axes.get_ylim()
    figure = axes.get_figure()
    box = axes.get_position()
    tall = box.height * figure.get_size_inches()[1]
    wide = box.width * figure.get_size_inches()[0]
    per_inch = (high - low) / tall
    left, right = axes.get_xlim()
    end = right if at is None else at
    inch = (right - left) / wide
    labels = [(y, wrap(words, room - 0.2, size, lines=2), colour) for y, words, colour in labels]
    tall = [len(lines) * line_height(size) * per_inch for _, lines, _ in labels]
    places = spread([y for y, _, _ in labels], tall, low, high)
    for (y, lines, colour), place in zip(labels, places, strict=True):
        axes.plot(
            [end + 0.03 * inch, right + 0.14 * inch], [y, place], color=colour, linewidth=0.6, clip_on=False, alpha=0.7
        )
        axes.text(
            right + 0.18 * inch,
            place,
            "\n".join(lines),
            va="center",
            fontsize=size,
            color=ink_of(colour),
            linespacing=1.3 / 1.164,
        )
