"""Whether what is written on a chart can be read: asked of every page that is composed in a test."""

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from sim.output.figures import style


def misplaced(page):
    """What is written and cannot be read: words that cover one another, words that run off the page.

    Returns
    -------
    list of tuple : the two words that share a place, or words and "off the page"
    """
    boxes, edge = _boxes(page), page.figure.bbox
    covered = [
        (boxes[i][0], boxes[j][0])
        for i in range(len(boxes))
        for j in range(i)
        if _shared(boxes[i][1], boxes[j][1]) > 1.0
    ]
    return covered + [
        (words, "off the page")
        for words, box in boxes
        if box.x0 < edge.x0 - 1 or box.x1 > edge.x1 + 1 or box.y0 < edge.y0 - 1 or box.y1 > edge.y1 + 1
    ]


def _boxes(page):
    """All that is written on the page, each with the room it takes."""
    with style.own_style():
        renderer = FigureCanvasAgg(page.figure).get_renderer()
        page.figure.draw_without_rendering()
        texts = [text for text in page.figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
        return [(text.get_text(), text.get_window_extent(renderer)) for text in texts]


def _shared(one, other):
    width = min(one.x1, other.x1) - max(one.x0, other.x0)
    height = min(one.y1, other.y1) - max(one.y0, other.y0)
    return min(width, height) if width > 0 and height > 0 else 0.0
