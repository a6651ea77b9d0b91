"""Pages that stand alone, each with its template beside it: of one run or many, of a sweep, of a back-test.

Here is what they share: how a template is filled, how charts stand in sections, how a manifest is told.
"""

import shlex
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sim.output.figures import Chart, ChartType
from sim.output.figures.saving import inner_svg, with_shared_letters
from sim.phrases import capital


def write_page(template: str, path: Path, **words: Any) -> Path:
    """Fills a template that lies beside this file, and writes it; returns its path."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    rooms = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    rooms.filters |= {"css": in_css, "drawing": _drawing}
    path = Path(path)
    path.write_text(with_shared_letters(rooms.get_template(template).render(**words)), encoding="utf-8", newline="\n")
    return path


def in_css(words: str) -> str:
    """Words as they may stand in a style sheet between quotation marks: everything but letters and digits is escaped.

    >>> print(in_css('A "B"'))
    A\\000020\\000022B\\000022
    """
    from markupsafe import Markup

    return Markup("".join(sign if sign.isascii() and sign.isalnum() else f"\\{ord(sign):06x}" for sign in words))


def _drawing(chart):
    """The drawing of a chart, as it stands in a page."""
    from markupsafe import Markup

    return Markup(inner_svg(chart.svg.read_text("utf-8")))


def sections_of(types: Iterable[ChartType], charts: Mapping[str, Chart]) -> Iterator[tuple[str, str, list[Chart]]]:
    """The sections of a page, one for each question that charts answer: its address, the question, the charts."""
    for one in types:
        answer = [chart for name, chart in charts.items() if name == one.name or name.startswith(f"{one.name}-")]
        yield one.anchor or one.name, one.question, answer


def facts_of(manifest):
    """What a manifest says, as (what, value) pairs in words; what is empty is left out.

    >>> list(facts_of({"command": ["oceans", "run", "my case"], "policies": {}, "releases": [3, 4]}))
    [('Command', "oceans run 'my case'"), ('Releases', '3, 4')]
    """
    for key, value in (manifest or {}).items():
        said = _in_words(key, value)
        if said:
            yield capital(str(key).replace("_", " ")), said


def _in_words(key, value):
    if isinstance(value, dict):
        return ", ".join(f"{name} {entry}" for name, entry in value.items() if entry not in (None, ""))
    if isinstance(value, (list, tuple)):
        return shlex.join(map(str, value)) if key == "command" else ", ".join(map(str, value))
    return "" if value is None else str(value)
