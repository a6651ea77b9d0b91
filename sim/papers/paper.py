"""A paper: what stands on it, as plain data, and its file.

The file is a page for the browser, a document for Word, or a PDF that a browser prints.
"""

import base64
import io
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import OceansError
from sim.output.pages import write_page
from sim.scenario.schema import Scenario

FORMATS = ("html", "docx", "pdf")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge",
            "microsoft-edge")  # fmt: skip
LONGEST_PRINT = 120  # seconds
TEXT = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}p"
MARK, GREY = "8C1D18", "595959"


@dataclass(frozen=True)
class Heading:
    """A heading; level 2 opens a section, 3 a part of one."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    """A paragraph."""

    text: str
    style: str = ""  # note, aloud (to be read out), secret (for control), code, address, frame (a place that is left)


@dataclass(frozen=True)
class Items:
    """A list with bullets."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Grid:
    """A table."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]  # of its columns, in parts of a hundred
    is_form: bool = False  # its rows are to be written in


@dataclass(frozen=True)
class Lines:
    """Empty lines to write on."""

    count: int = 4


@dataclass(frozen=True)
class Picture:
    """A picture."""

    png: Path | bytes  # or the path of it
    alt: str  # what it shows in words
    width: float = 17  # centimetres
    has_caption: bool = True  # the words stand below it

    @property
    def contents(self) -> bytes:
        """The PNG."""
        return self.png if isinstance(self.png, bytes) else self.png.read_bytes()

    @property
    def png_data(self) -> str:
        """The picture as it stands in a page."""
        return "data:image/png;base64," + base64.b64encode(self.contents).decode("ascii")


@dataclass(frozen=True)
class Break:
    """A new page begins, with the heading that follows."""


@dataclass(frozen=True)
class Together:
    """Blocks that stay on one page, where they have room on one."""

    blocks: tuple


@dataclass(frozen=True)
class Paper:
    """One paper."""

    name: str  # of its file, without its ending
    title: str
    audience: str  # whom it is for, in words: "for all", "for Estonia alone", "for control alone"
    blocks: tuple  # of the above
    note: str = "A made-up exercise: nobody here says what will happen."  # a sentence below the title
    is_poster: bool = False  # whether it hangs on a wall: large, and without a heading of its own


# ---------------------------------------------------------------------------------------------------------------- files


def write_papers(papers: Iterable[Paper], scenario: Scenario, folder: Path, form: str) -> list[Path]:
    """Writes papers into a folder.

    Parameters
    ----------
    papers : iterable of Paper
    scenario : Scenario, whose marking stands on each page
    folder : Path
    form : one of `FORMATS`

    Returns
    -------
    list of Path, of the files written; OceansError with advice when a PDF is wanted and no browser can print it
    """
    browser = browser_here() if form == "pdf" else ""
    return [_written(paper, scenario, folder, form, browser) for paper in papers]


def _written(paper, scenario, folder, form, browser):
    path = folder / f"{paper.name}.{form}"
    if form == "docx":
        _document(paper, scenario).save(str(path))
    elif form == "html":
        _page(paper, scenario, path)
    else:
        with tempfile.TemporaryDirectory() as aside:
            page = Path(aside) / f"{paper.name}.html"
            _page(paper, scenario, page)
            _print(browser, page, path, aside)
    return path


def _page(paper, scenario, path):
    write_page("paper.html.j2", path, title=paper.title, scenario=scenario, paper=paper, facts=(), repeat=())


# ----------------------------------------------------------------------------------------------------------------- PDF


def browser_here() -> str:
    """A browser that prints to PDF, by its path; OceansError with advice where there is none."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise OceansError(
            "error: no browser that prints to PDF is found (Chromium, Chrome or Edge). Write --format html and print "
            "the pages from any browser, or --format docx and save them as PDF from Word or LibreOffice."
        )
    return found


def _print(browser, page, path, aside):
    command = [browser, "--headless", "--disable-gpu", "--no-pdf-header-footer", f"--user-data-dir={aside}/profile"]
    if getattr(os, "geteuid", lambda: 1)() == 0:  # Chromium has no sandbox for root
        command.append("--no-sandbox")
    command += [f"--print-to-pdf={path.resolve()}", page.resolve().as_uri()]
    try:
        done = subprocess.run(command, capture_output=True, timeout=LONGEST_PRINT)
    except subprocess.TimeoutExpired:
        done = None
    if not path.exists():
        said = done.stderr.decode("utf-8", "replace").strip().splitlines() if done else []
        why = (said or ["no answer"])[-1]
        raise OceansError(f"{path}: error: {browser} could not print it ({why}). --format html works without it.")


# ---------------------------------------------------------------------------------------------------------------- Word


def _document(paper, scenario):
    import docx
    from docx.shared import Cm, Pt

    document = docx.Document()
    document.core_properties.title, document.core_properties.author = paper.title, "Two Oceans"
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Arial", Pt(20 if paper.is_poster else 10.5)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(2.2)
    for place in (section.header, section.footer):
        _marked(place.paragraphs[0], scenario.marking)
    _number(section.footer.add_paragraph())
    if not paper.is_poster:
        document.add_heading(paper.title, 0)
        document.add_paragraph(scenario.title).runs[0].bold = True
        _said(document.add_paragraph(), f"{paper.audience[:1].upper()}{paper.audience[1:]}. {paper.note}", "note")
    for block in paper.blocks:
        _add(document, block)
    return document


def _marked(paragraph, marking):
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import RGBColor

    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(marking)
    run.bold, run.font.color.rgb = True, RGBColor.from_string(MARK)


def _number(paragraph):
    """The number of the page, which Word fills in."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)


def _said(paragraph, text, style):
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm, Pt, RGBColor

    run = paragraph.add_run(text)
    if style == "note":
        run.font.color.rgb, run.font.size = RGBColor.from_string(GREY), Pt(9)
    elif style == "aloud":
        paragraph.paragraph_format.left_indent = Cm(0.8)
    elif style == "secret":
        run.bold = True
    elif style == "frame":
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Cm(3)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    elif style in ("code", "address"):
        run.bold, run.font.size = True, Pt(40 if style == "code" else 24)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _add(document: Any, block: Any) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm

    match block:
        case Heading(text, level):
            document.add_heading(text, level - 1)
        case Paragraph(text, style):
            _said(document.add_paragraph(), text, style)
        case Items(items):
            for item in items:
                document.add_paragraph(item, style="List Bullet")
        case Grid():
            _table(document, block)
        case Lines(count):
            for _ in range(count):
                document.add_paragraph("_" * 78)
        case Picture(_, alt, width, has_caption):
            drawn = document.add_picture(io.BytesIO(block.contents), width=Cm(width))
            document.paragraphs[-1].alignment = WD_ALIGN_PARAGRAPH.CENTER
            if drawn.height > Cm(21):
                drawn.width, drawn.height = round(drawn.width * Cm(21) / drawn.height), Cm(21)
            if has_caption:
                _said(document.add_paragraph(), alt, "note")
        case Together(blocks):
            before = len(document.element.body)
            for one in blocks:
                _add(document, one)
            _keep_together(document, before)
        case Break():
            document.add_page_break()


def _keep_together(document, before):
    """What was added to a document since it had so many parts stays on one page: each paragraph with the next."""
    from docx.text.paragraph import Paragraph as Words

    added = [found for part in document.element.body[before:] for found in part.iter(TEXT)]
    for found in added[:-1]:
        Words(found, document).paragraph_format.keep_with_next = True


def _table(document, grid):
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    has_heads = any(grid.columns)
    table = document.add_table(rows=0, cols=len(grid.columns), style="Table Grid")
    table.autofit = False
    for cells in ([grid.columns] if has_heads else []) + list(grid.rows):
        row = table.add_row()
        for cell, text, width in zip(row.cells, cells, grid.widths, strict=True):
            cell.width = Cm(17 * width / 100)
            run = cell.paragraphs[0].add_run(str(text))
            run.font.size, run.bold = Pt(9), cells is grid.columns or (not has_heads and text is cells[0])
        if cells is not grid.columns and (grid.is_form or not any(cells)):
            row.height = Cm(1)
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    if has_heads:
        heads = OxmlElement("w:tblHeader")
        heads.set(qn("w:val"), "true")
        table.rows[0]._tr.get_or_add_trPr().append(heads)
    document.add_paragraph()
