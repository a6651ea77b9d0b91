"""Pages become files: an SVG that speaks to those who listen, and a PNG for slides."""

import io
import re
import warnings
from dataclasses import dataclass
from html import escape
from pathlib import Path

from sim.errors import OceansError
from sim.output.figures import style
from sim.output.figures.fonts import said_lacking

MOST_SAID = 300  # letters of an error


@dataclass(frozen=True)
class Chart:
    """A chart on disk, with the words that stand in for it; one that could not be drawn has no files, and says why."""

    name: str
    title: str
    alt: str
    caption: str
    svg: Path | None
    png: Path | None
    lacks: str = ""
    wide: "Chart | None" = None  # the same for a wall, where it was asked for

    @property
    def is_drawn(self):
        """Whether there is anything to look at."""
        return self.svg is not None

    @property
    def remark(self):
        """What a reader should know before looking at it: letters that are missing, or that all of it is."""
        if not self.is_drawn:
            return f"{self.title}: {self.alt}"
        boxes = "Drawn as boxes, for no font on the machine that drew it has them"
        return f"{boxes}: {said_lacking(self.lacks)}." if self.lacks else ""


def draw(folder, name, compose, *about):
    """Composes a chart of something and saves it. A chart that fails is left out, and costs no other.

    Parameters
    ----------
    folder : path; made if need be
    name : str, what the chart is called when there is none
    compose : function of what is drawn, that gives a `Page`
    about : what is drawn

    Returns
    -------
    Chart
    """
    try:
        page = compose(*about)
        files = _files(page)
    except OceansError:
        raise
    except Exception as error:  # whatever it is: the run is done, and a picture of it is the least part
        return Chart(name, f"The chart “{name}” could not be drawn", _said(error), "", None, None)
    return _written(page, files, folder)


def save(page, folder):
    """Write the page as `<name>.svg` and `<name>.png`, a wide one as `<name>.wide.…`; the same page, the same bytes."""
    return _written(page, _files(page), folder)


def remarks(charts):
    """What to say once about charts that were drawn: which of them failed and why, and which letters they lack."""
    charts = [shaped for chart in charts for shaped in (chart, chart.wide) if shaped]
    for chart in charts:
        if not chart.is_drawn:
            yield f"{chart.remark} Everything else is kept."
    lacking = "".join(chart.lacks for chart in charts)
    if lacking:
        yield (
            f"The charts show boxes for letters that no font on this machine has: {said_lacking(lacking)}. Where a "
            "font with them is installed (Noto has them for every script), the same command draws them."
        )


def _said(error):
    words = " ".join(str(error).split())[:MOST_SAID]
    words = "".join(letter if letter.isprintable() else "?" for letter in words)
    return f"{type(error).__name__}{f': {words}' if words else ''}."


def svg_of(page):
    """The page as an SVG, a text."""
    drawn = io.StringIO()
    with style.own_style(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a glyph that no font has is drawn as a box, and `remarks` says so
        page.figure.savefig(
            drawn, format="svg", backend="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
        )
    return speaking_svg(drawn.getvalue(), page)


def _files(page):
    """The page as SVG and as PNG, in memory: what fails here is the drawing, and what fails later is the disk."""
    svg, pixels = svg_of(page), io.BytesIO()
    with style.own_style(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        page.figure.savefig(
            pixels, format="png", backend="agg", dpi=page.shape.dpi, metadata={"Software": None},
            pil_kwargs={"compress_level": 3},
        )  # fmt: skip
    return svg.encode("utf-8"), pixels.getvalue()


def _written(page, files, folder):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{page.name}{page.shape.end}.{kind}" for kind in ("svg", "png")]
    for path, content in zip(paths, files, strict=True):
        path.write_bytes(content)
    return Chart(page.name, page.title, page.alt, page.caption, *paths, page.lacks)


def speaking_svg(drawn, page):
    """The SVG with its title and description for those who listen, and names that no other chart uses."""
    drawn, name = drawn[drawn.index("<svg") :], page.name + page.shape.end
    drawn = re.sub(r"<metadata>.*?</metadata>\s*", "", drawn, flags=re.S)
    drawn = re.sub(r'\bid="', f'id="{name}-', drawn)
    drawn = re.sub(r'href="#', f'href="#{name}-', drawn)
    drawn = re.sub(r"url\(#", f"url(#{name}-", drawn)
    drawn = re.sub(r"scale\([^)]*\)|(\d+\.\d{2})\d+", lambda found: found[1] or found[0], drawn)
    drawn = re.sub(r"<!--.*?-->\s*", "", drawn, flags=re.S)  # the written words repeat as comments
    head, rest = drawn.split(">", 1)
    bands = f'data-top="{page.top * 72:.1f}" data-bottom="{page.bottom * 72:.1f}"'
    words = f'role="img" aria-labelledby="{name}-name {name}-words" {bands}'
    names = f'<title id="{name}-name">{escape(style.legible(page.title))}</title>'
    described = f'<desc id="{name}-words">{escape(style.legible(page.alt))}</desc>'
    return f"{head} {words}>\n {names}\n {described}{rest}"


def inner_svg(text):
    """The drawing alone, for a page that writes the title and caption itself in letters that grow and wrap."""
    head, rest = text.split(">", 1)
    top, bottom = (float(re.search(rf'data-{side}="([\d.]+)"', head)[1]) for side in ("top", "bottom"))
    width, height = (float(value) for value in re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', head).groups())
    head = re.sub(r' (?:width|height)="[^"]*"', "", head)
    head = re.sub(r'viewBox="[^"]*"', f'viewBox="0 {top:.1f} {width:g} {height - top - bottom:.1f}"', head)
    return f"{head}>{rest}"
