"""What stands on a paper, as plain data: headings, paragraphs, lists, tables, pictures, lines to write on."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Heading:
    """A heading; level 2 opens a section, 3 a part of one."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    """A paragraph. style : "", note, aloud (to be read out), secret (for control), code, address or
    frame (a place that is left for something)."""

    text: str
    style: str = ""


@dataclass(frozen=True)
class Items:
    """A list with bullets."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Grid:
    """A table. widths : of its columns, in parts of a hundred; is_form : its rows are to be written in."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]
    is_form: bool = False


@dataclass(frozen=True)
class Lines:
    """Empty lines to write on."""

    count: int = 4


@dataclass(frozen=True)
class Picture:
    """A picture: its PNG, or the path of it, what it shows in words, how wide it is in centimetres, and whether the
    words stand below it."""

    png: Path | bytes
    alt: str
    width: float = 17
    has_caption: bool = True

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
    """One paper.

    Parameters
    ----------
    name : str, of its file, without its ending
    title : str
    audience : str, whom it is for, in words: "for all", "for Estonia alone", "for control alone"
    blocks : tuple of the above
    note : str, a sentence below the title
    is_poster : bool, whether it hangs on a wall: large, and without a heading of its own
    """

    name: str
    title: str
    audience: str
    blocks: tuple
    note: str = "A made-up exercise: nobody here says what will happen."
    is_poster: bool = False
