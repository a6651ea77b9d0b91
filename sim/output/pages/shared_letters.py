"""Charts in one page draw the same letters: each is kept once, so that the page stays small."""

import re

GLYPH = re.compile(r'<path id="[\w-]+?-((?:[A-Za-z]+[\w-]*)-[0-9a-f]+)" d="([^"]*)" transform="(scale\([^"]*\))"/>\s*')
USE = re.compile(r'<use xlink:href="#([\w-]+)"(?: transform="translate\((-?[\d.]+) (-?[\d.]+)\)")?/>')
BLANK = re.compile(r'<path id="([\w-]+)" transform="scale\([^"]*\)"/>\s*')  # a space: nothing is drawn
SPARE = re.compile(r"<defs>\s*</defs>\s*|(?<=<g) id=\"[^\"]*\"(?=>)|(?<=>)\s+(?=<)")  # what nothing refers to
DRAWING = re.compile(r"<svg.*?</svg>", re.DOTALL)


def with_shared_letters(page):
    """A page with every letter of its drawings kept once, at the head of its body.

    Parameters
    ----------
    page : str, HTML with drawings in it

    Returns
    -------
    str, which looks the same

    >>> drawn = '<defs><path id="a-Sans-41" d="M 0 0 \\nL 1 1" transform="scale(0.1)"/></defs>'
    >>> drawn += '<use xlink:href="#a-Sans-41" transform="translate(2.5 0)"/>'
    >>> print(with_shared_letters(f"<body><svg>{drawn}</svg>").splitlines()[1])
    <svg><use href="#l0" x="2.5"/></svg>
    """
    names: dict[tuple[str, str], str] = {}
    known: dict[str, str] = {}

    def keep(found):
        outline = re.sub(r"\s+", " ", re.sub(r"\s*([A-Zz])\s*", r"\1", found[2])).strip()
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
        at = "".join(f' {axis}="{value}"' for axis, value in moved if value not in (None, "0"))
        return f'<use href="#{known[found[1]]}"{at}/>'

    def drawing(found):
        return SPARE.sub("", USE.sub(use, BLANK.sub(drop, GLYPH.sub(keep, found[0]))))

    page = DRAWING.sub(drawing, page)
    if not names:
        return page
    letters = "".join(
        f'<path id="{name}" d="{outline}" transform="{scale}"/>' for (outline, scale), name in names.items()
    )
    hidden = f'<svg style="position:absolute" width="0" height="0" aria-hidden="true"><defs>{letters}</defs></svg>\n'
    return re.sub(r"(<body[^>]*>)", lambda body: body[0] + hidden, page, count=1)
