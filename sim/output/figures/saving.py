"""Pages become files: an SVG that speaks to those who listen, and where it is wanted a PNG for slides.

In one page of HTML they share letters, styles and short names, each written once, so that the page stays small.
"""

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

GLYPH = re.compile(r'<path id="[\w-]+?-((?:[A-Za-z]+[\w-]*)-[0-9a-f]+)" d="([^"]*)" transform="(scale\([^"]*\))"/>\s*')
USE = re.compile(r'<use xlink:href="#([\w-]+)"(?: transform="translate\((-?[\d.]+) (-?[\d.]+)\)")?/>')
BLANK = re.compile(r'<path id="([\w-]+)" transform="scale\([^"]*\)"/>\s*')  # a space: nothing is drawn
SPARE = re.compile(r"<defs>\s*</defs>\s*|(?<=<g) id=\"[^\"]*\"(?=>)|(?<=>)\s+(?=<)")  # what nothing refers to
LINE = re.compile(r'(?<= d=")[^"]*')
STYLE = re.compile(r' style="([^"]*)"')
REFERRED = re.compile(r'(id="|url\(#|href="#)([\w-]+)')
AT_A_POINT = re.compile(r'<path d="M -?[\d.]+ -?[\d.]+\s*"[^>]*/>')  # a line that leads nowhere: nothing is drawn
DRAWING = re.compile(r"<svg.*?</svg>", re.DOTALL)


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


def draw(folder, name, compose, *about, png=True):
    """Composes a chart of something and saves it in a folder. A chart that fails is left out, and costs no other.

    `name` is what it is called when there is none; without `png` it is saved as SVG alone.
    """
    try:
        page = compose(*about)
        files = _files(page, png)
    except OceansError:
        raise
    except Exception as error:  # whatever it is: the run is done, and a picture of it is the least part
        return Chart(name, f"The chart “{name}” could not be drawn", _said(error), "", None, None)
    return _written(page, files, folder)


def save(page, folder):
    """Write the page as `<name>.svg` and `<name>.png`, a wide one as `<name>.wide.…`; the same page, the same bytes."""
    return _written(page, _files(page, png=True), folder)


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


def png_of(page):
    """The page as a PNG, its bytes."""
    pixels = io.BytesIO()
    with style.own_style(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        page.figure.savefig(
            pixels, format="png", backend="agg", dpi=page.shape.dpi, metadata={"Software": None},
            pil_kwargs={"compress_level": 3},
        )  # fmt: skip
    return pixels.getvalue()


def _files(page, png):
    """The page by kind of file, in memory: what fails here is the drawing, and what fails later is the disk."""
    return {"svg": svg_of(page).encode("utf-8")} | ({"png": png_of(page)} if png else {})


def _written(page, files, folder):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = {kind: folder / f"{page.name}{page.shape.end}.{kind}" for kind in files}
    for kind, path in paths.items():
        path.write_bytes(files[kind])
    return Chart(page.name, page.title, page.alt, page.caption, paths["svg"], paths.get("png"), page.lacks)


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


# -------------------------------------------------------------------------------------------------- many in one page


def with_shared_letters(page: str) -> str:
    """A page of HTML that looks the same, with every letter of its drawings kept once, at the head of its body.

    >>> drawn = '<defs><path id="a-Sans-41" d="M 0 0 \\nL 1 1" transform="scale(0.1)"/></defs>'
    >>> drawn += '<use xlink:href="#a-Sans-41" transform="translate(25.4 0)"/>'
    >>> print(with_shared_letters(f"<body><svg>{drawn}</svg>").splitlines()[1])
    <svg><use href="#l0" x="25"/></svg>
    >>> with_shared_letters('<svg><use xlink:href="#a-mark"/><g id="empty"/></svg>')
    '<svg><use xlink:href="#n0"/></svg>'
    """
    names: dict[tuple[str, str], str] = {}
    styles: dict[str, str] = {}
    shortened: dict[str, str] = {}
    known: dict[str, str] = {}

    def keep(found):
        outline = _close(found[2])
        name = names.setdefault((outline, found[3]), f"l{len(names)}")
        known[re.search(r'id="([^"]+)"', found[0])[1]] = name
        return ""

    def drop(found):
        known[found[1]] = ""
        return ""

    def use(found):
        if not known.get(found[1]):
            return "" if found[1] in known else found[0]
        moved = zip("xy", found.groups()[1:], strict=True)
        whole = [(axis, round(float(value))) for axis, value in moved if value]  # in hundredths of a letter's height
        at = "".join(f' {axis}="{value}"' for axis, value in whole if value)
        return f'<use href="#{known[found[1]]}"{at}/>'

    def drawing(found):
        drawn = SPARE.sub("", USE.sub(use, BLANK.sub(drop, GLYPH.sub(keep, found[0]))))
        return _with_short_names(
            _without_bare_groups(STYLE.sub(styled, LINE.sub(lambda line: _close(line[0]), AT_A_POINT.sub("", drawn)))),
            shortened,
        )

    def styled(found):
        return f' class="{styles.setdefault(found[1], f"s{len(styles)}")}"'

    page = DRAWING.sub(drawing, page)
    if not names:
        return page
    letters = "".join(
        f'<path id="{name}" d="{outline}" transform="{scale}"/>' for (outline, scale), name in names.items()
    )
    rules = "".join(f".{name}{{{style}}}" for style, name in styles.items())
    hidden = f'<svg style="position:absolute" width="0" height="0" aria-hidden="true"><style>{rules}</style>'
    hidden += f"<defs>{letters}</defs></svg>\n"
    return re.sub(r"(<body[^>]*>)", lambda body: body[0] + hidden, page, count=1)


def _close(line):
    """A line's points without the spaces that nothing needs."""
    return re.sub(r"\s+", " ", re.sub(r"\s*([A-Za-z])\s*", r"\1", line)).strip()


def _without_bare_groups(drawn):
    """A drawing without the groups that say nothing of what is in them."""
    is_bare = []

    def part(found):
        if found[0].endswith("/>"):
            return ""
        if found[0] != "</g>":
            is_bare.append(found[0] == "<g>")
        return "" if (is_bare.pop() if found[0] == "</g>" else is_bare[-1]) else found[0]

    return re.sub(r"<g(?: [^>]*)?/?>|</g>", part, drawn)


def _with_short_names(drawn, shortened):
    """A drawing whose clips and marks have names of few letters; those by which it speaks stay."""
    referred = set(re.findall(r"(?:url\(#|href=\"#)([\w-]+)", drawn))

    def short(found):
        name = found[2]
        if name not in referred or re.fullmatch(r"l\d+", name):
            return found[0]
        return found[1] + shortened.setdefault(name, f"n{len(shortened)}")

    return REFERRED.sub(short, drawn)
