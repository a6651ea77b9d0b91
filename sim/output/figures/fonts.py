"""Which font draws a letter: the charts' own, else the first installed one that has it; and how much room words take.

Fonts are looked at only when a letter asks for one, one after another in an order that is the same every time: those
without serifs first, like the charts' own. A letter is always drawn from the first font that has it, whatever else
stands on the page, so the same words give the same bytes on a machine. Letters that no font has are drawn as boxes, and
`said_lacking` says which they are.
"""

import bisect
import contextlib
import functools
import itertools
import re
import unicodedata
import warnings
from array import array

BASE = "DejaVu Sans"
EMPTY = re.compile(r"last ?resort|blank|fallback|nonunicode", re.I)  # fonts that have a box for everything, or nothing
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Zs", "Zl", "Zp"}  # controls and blanks; and private use: every font its own
SELECTORS = ((0xFE00, 0xFE0F), (0xE0100, 0xE01EF))  # which form of the letter before them is meant
SANS = re.compile(r"sans|gothic|dotum|gulim|hei\b|meiryo|pingfang|hiragino kaku|malgun", re.I)
MATH = re.compile(r"^stix|^cm[a-z]+10$|math|symbol", re.I)  # with a letter here and there, as a sign
UPRIGHT, REGULAR, BOLD = "normal", 400, 700  # what charts are written in
NAMED = {"CJK": "Chinese characters", "HANGUL": "Korean"}
NAMED |= dict.fromkeys(("HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"), "Japanese kana")
MOST_SHOWN = 4
ILLEGIBLE = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
TITLE, HEAD, LABEL, SMALL, CAPTION = 15, 11.5, 10.5, 9.5, 8.5  # points
LEADING = 1.3 / 1.164  # between lines of one text, for `line_height`


def families_for(text, bold=False):
    """The font families that a text is written in: the charts' own, then others for what it lacks.

    >>> families_for("Türkiye, Ελλάδα, საქართველო")
    ('DejaVu Sans',)
    """
    if text.isascii():
        return (BASE,)
    wanted = {family_of(letter, bold) for letter in beyond_base(text, bold)} - {None}
    return (BASE, *(family for family in _families() if family in wanted)) if wanted else (BASE,)


def beyond_base(text, bold=False):
    """The letters of a text that the charts' own font lacks, each once, in order."""
    if text.isascii():
        return []
    seen = (letter for letter in dict.fromkeys(text) if not letter.isascii() and _is_seen(letter))
    return [letter for letter in seen if not _has(BASE, bold, letter)]


def _is_seen(letter):
    return unicodedata.category(letter) not in UNSEEN and not any(
        first <= ord(letter) <= last for first, last in SELECTORS
    )


@functools.cache
def family_of(letter, bold=False):
    """The first installed family that has a letter; None if none does."""
    return next((family for family in _families() if _has(family, bold, letter)), None)


def _has(family, bold, letter):
    codes, code = _codes(*_face(family, bold)), ord(letter)
    at = bisect.bisect_left(codes, code)
    return at < len(codes) and codes[at] == code


# ---------------------------------------------------------------------------------------------------- what is there


def _families():
    """Names of the installed families, in the order in which they are tried."""
    from matplotlib.font_manager import fontManager

    _notice_new_fonts()
    return _ordered(tuple(font.name for font in fontManager.ttflist))


@functools.cache
def _ordered(names):
    return sorted({name for name in names if not EMPTY.search(name)}, key=_fit)


def _fit(name):
    """How well a family goes with one without serifs, the least the best; then by name.

    Of families that differ in how a country writes Chinese characters, Japan's comes first, since it takes part most.
    """
    is_other = bool(re.search("mono|serif", name, re.I)) or not SANS.search(name)
    return bool(MATH.search(name)), not name.startswith("Noto Sans"), is_other, not name.endswith(" JP"), name


@functools.cache
def _notice_new_fonts():
    """Puts fonts installed since Matplotlib made its list onto it."""
    from matplotlib.font_manager import findSystemFonts, fontManager

    known = {str(font.fname) for font in fontManager.ttflist}
    for path in sorted(set(findSystemFonts()) - known):
        with contextlib.suppress(Exception):  # no font, or one of bitmaps: nothing can be written with it
            fontManager.addfont(path)


@functools.cache
def _face(family, bold):
    """The file that a family is written from, upright, and which of the fonts in it."""
    from matplotlib.font_manager import fontManager

    fonts = [font for font in fontManager.ttflist if font.name == family]
    font = min(fonts, key=functools.partial(_distance, BOLD if bold else REGULAR))
    return str(font.fname), getattr(font, "index", 0)  # Matplotlib before 3.11 reads a file's first font alone


def _distance(wanted, font):
    from matplotlib.font_manager import weight_dict

    weight = weight_dict.get(font.weight, font.weight)
    return font.style != UPRIGHT, font.stretch != UPRIGHT, abs(weight - wanted), str(font.fname)


@functools.cache
def _codes(path, index):
    """The code points in a font file, in order; none if it cannot be read."""
    from matplotlib.ft2font import FT2Font

    try:
        return array("L", sorted(FT2Font(path, **({"face_index": index} if index else {})).get_charmap()))
    except (OSError, RuntimeError):
        return array("L")


# ------------------------------------------------------------------------------------------------- what is not there


def said_lacking(letters):
    """Letters that no font has, in a sentence: by script, a few of each.

    >>> said_lacking("日本港年대")
    'Chinese characters (日, 本, 港, 年), Korean (대)'
    >>> said_lacking("🚨abcde")
    'emoji and signs (🚨), Latin (a, b, c, d and one more)'
    """
    scripts = {}
    for letter in dict.fromkeys(letters):
        scripts.setdefault(script_of(letter), []).append(letter)
    return ", ".join(f"{script} ({_few(found)})" for script, found in scripts.items())


def _few(letters):
    rest = len(letters) - MOST_SHOWN
    more = f" and {'one' if rest == 1 else rest} more" if rest > 0 else ""
    return ", ".join(letters[:MOST_SHOWN]) + more


def script_of(letter):
    """The script that a letter belongs to, in plain words.

    >>> [script_of(letter) for letter in "本のक🌊"]
    ['Chinese characters', 'Japanese kana', 'Devanagari', 'emoji and signs']
    """
    first = unicodedata.name(letter, "").partition(" ")[0]
    if first in NAMED:
        return NAMED[first]
    return first.capitalize() if first and unicodedata.category(letter)[0] in "LMN" else "emoji and signs"


# ---------------------------------------------------------------------------------------------- how much room it takes


@functools.cache
def _measurer():
    from matplotlib.backends.backend_agg import RendererAgg

    return RendererAgg(10, 10, 720)  # ten times finer than print, so that rounding does not count


@functools.cache
def _font(bold, families):
    from matplotlib.font_manager import FontProperties

    return FontProperties(family=families, weight="bold" if bold else "normal", size=10)


def legible(words):
    """Words without what can be neither drawn nor written in XML: control characters, and halves of letters.

    >>> legible("a\\x1b[2J b\\ud83d")
    'a[2J b'
    """
    return ILLEGIBLE.sub("", words)


@functools.lru_cache(maxsize=20_000)
def text_width(text, size=LABEL, bold=False):
    """Width of one line of text, inches."""
    text = legible(text)
    font = _font(bold, families_for(text, bold))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        width, _, _ = _measurer().get_text_width_height_descent(text, font, False)
    return width / 720 * size / 10


def line_height(size=LABEL):
    """Height of a line of text with its lead, inches."""
    return size * 1.3 / 72


def cut(text, width, size=LABEL, bold=False):
    """The text, shortened with an ellipsis to fit the width in inches."""
    if text_width(text, size, bold) <= width:
        return text
    kept = bisect.bisect_right(range(1, len(text)), width, key=lambda end: text_width(text[:end] + "…", size, bold))
    return text[:kept].rstrip(" ,;:(") + "…"


def wrap(text, width, size=LABEL, bold=False, lines=None):
    """The text as lines no wider than so many inches; what does not fit into `lines` ends in an ellipsis."""
    words = re.findall(r"[^ \t\n]+", str(text))  # a non-breaking space does not break
    found = []
    while words:
        count = _words_that_fit(words, width, size, bold)
        found.append(" ".join(words[:count]))
        words = words[count:]
    found = found or [""]
    if lines and len(found) > lines:
        found = [*found[: lines - 1], " ".join(found[lines - 1 :])]
    return [cut(one, width, size, bold) for one in found]


def _words_that_fit(words, width, size, bold):
    """How many of the words fit on a line, at least one: guessed from the width of each, then measured together."""
    widths = itertools.accumulate(text_width(word, size, bold) + text_width(" ", size) for word in words)
    count = max(1, sum(1 for _ in itertools.takewhile(lambda so_far: so_far <= width, widths)))
    while count < len(words) and text_width(" ".join(words[: count + 1]), size, bold) <= width:
        count += 1
    while count > 1 and text_width(" ".join(words[:count]), size, bold) > width:
        count -= 1
    return count
