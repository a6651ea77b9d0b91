"""Pages become files: an SVG that speaks to those who listen, and a PNG for slides."""

import io
import re
import warnings
from dataclasses import dataclass
from html import escape
from pathlib import Path

from sim.charts.look import PNG_WIDTH, WIDTH, own_style

NAMELESS = {"Date": None, "Creator": None, "Format": None, "Type": None}


@dataclass(frozen=True)
class Chart:
    """A chart on disk, with the words that stand in for it."""

    name: str
    title: str
    alt: str
    caption: str
    svg: Path
    png: Path


def save(page, folder):
    """Write the page as `<name>.svg` and `<name>.png`; the same page gives the same bytes every time."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    svg, png = folder / f"{page.name}.svg", folder / f"{page.name}.png"
    with own_style(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a glyph that the font lacks is drawn as a box
        drawn = io.StringIO()
        page.figure.savefig(drawn, format="svg", backend="svg", metadata=NAMELESS)
        page.figure.savefig(
            png, format="png", backend="agg", dpi=PNG_WIDTH / WIDTH, metadata={"Software": None},
            pil_kwargs={"compress_level": 3},
        )  # fmt: skip
    svg.write_text(speaking_svg(drawn.getvalue(), page), encoding="utf-8")
    return Chart(page.name, page.title, page.alt, page.caption, svg, png)


def speaking_svg(drawn, page):
    """The SVG with its title and description for those who listen, and names that no other chart uses."""
    drawn = drawn[drawn.index("<svg") :]
    drawn = re.sub(r"<metadata>.*?</metadata>\s*", "", drawn, flags=re.S)
    drawn = re.sub(r'\bid="', f'id="{page.name}-', drawn)
    drawn = re.sub(r'href="#', f'href="#{page.name}-', drawn)
    drawn = re.sub(r"url\(#", f"url(#{page.name}-", drawn)
    drawn = re.sub(r"scale\([^)]*\)|(\d+\.\d{2})\d+", lambda found: found[1] or found[0], drawn)
    drawn = re.sub(r"<!--.*?-->\s*", "", drawn, flags=re.S)  # the written words repeat as comments
    head, rest = drawn.split(">", 1)
    bands = f'data-top="{page.top * 72:.1f}" data-bottom="{page.bottom * 72:.1f}"'
    words = f'role="img" aria-labelledby="{page.name}-name {page.name}-words" {bands}'
    names = f'<title id="{page.name}-name">{escape(page.title)}</title>'
    described = f'<desc id="{page.name}-words">{escape(page.alt)}</desc>'
    return f"{head} {words}>\n {names}\n {described}{rest}"


def inner_svg(text):
    """The drawing alone, for a page that writes the title and caption itself in letters that grow and wrap."""
    head, rest = text.split(">", 1)
    top, bottom = (float(re.search(rf'data-{side}="([\d.]+)"', head)[1]) for side in ("top", "bottom"))
    width, height = (float(value) for value in re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', head).groups())
    head = re.sub(r' (?:width|height)="[^"]*"', "", head)
    head = re.sub(r'viewBox="[^"]*"', f'viewBox="0 {top:.1f} {width:g} {height - top - bottom:.1f}"', head)
    return f"{head}>{rest}"
