"""Charts in one page share letters, styles and short names, each written once, so that the page stays small."""

import re

GLYPH = re.compile(r'<path id="[\w-]+?-((?:[A-Za-z]+[\w-]*)-[0-9a-f]+)" d="([^"]*)" transform="(scale\([^"]*\))"/>\s*')
USE = re.compile(r'<use xlink:href="#([\w-]+)"(?: transform="translate\((-?[\d.]+) (-?[\d.]+)\)")?/>')
BLANK = re.compile(r'<path id="([\w-]+)" transform="scale\([^"]*\)"/>\s*')  # a space: nothing is drawn
SPARE = re.compile(r"<defs>\s*</defs>\s*|(?<=<g) id=\"[^\"]*\"(?=>)|(?<=>)\s+(?=<)")  # what nothing refers to
LINE = re.compile(r'(?<= d=")[^"]*')
STYLE = re.compile(r' style="([^"]*)"')
REFERRED = re.compile(r'(id="|url\(#|href="#)([\w-]+)')
AT_A_POINT = re.compile(r'<path d="M -?[\d.]+ -?[\d.]+\s*"[^>]*/>')  # a line that leads nowhere: nothing is drawn
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
        at = "".join(f' {axis}="{value}"' for axis, value in moved if value not in (None, "0"))
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
