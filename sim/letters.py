"""Letters that hide, letters that look like others, and what counts as a number.

Text comes from files, names and options that anyone may have written. A letter that cannot be seen may move the
cursor, turn the reading order round or make two equal names differ; one that looks like another makes a name that
nobody finds. Here is decided once which letters those are, what they are called, and how they are shown.
"""

import re
import unicodedata
from collections.abc import Iterator

HIDDEN = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls, but for tab and line feed
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # turn the reading order round
    "\u200b-\u200d\u2060-\u2065\ufeff\xad\u180e"  # no width
    "\u2028\u2029"  # end a line in some programs and not in others
    "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufff0-\ufffb\u206a-\u206f"  # fillers and marks that show nothing
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0000-\U000e0fff"  # variants and tags
    "\ud800-\udfff\ufdd0-\ufdef"  # halves of letters, and what is no letter
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    + "\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"  # private use: each font shows its own
    "]"
)
CONTROLS = {
    0x00: "NULL", 0x07: "BELL", 0x08: "BACKSPACE", 0x0B: "VERTICAL TAB", 0x0C: "FORM FEED", 0x0D: "CARRIAGE RETURN",
    0x1B: "ESCAPE", 0x7F: "DELETE", 0x85: "NEXT LINE", 0x9B: "CONTROL SEQUENCE INTRODUCER",
}  # fmt: skip
JOINING = frozenset(
    "ARABIC SYRIAC NKO MANDAIC MONGOLIAN PHAGS-PA DEVANAGARI BENGALI GURMUKHI GUJARATI ORIYA TAMIL TELUGU KANNADA "
    "MALAYALAM SINHALA THAANA KHMER MYANMAR TIBETAN BALINESE JAVANESE SUNDANESE LEPCHA LIMBU CHAKMA GRANTHA "
    "TIRHUTA SIDDHAM MODI NEWA KHOJKI ADLAM ROHINGYA".split()
)
FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f")

# Letters of other scripts that are drawn like a Latin one, and punctuation that a keyboard or a word processor puts in
# place of YAML's own. Full-width forms are found by their Unicode decomposition.
LOOK_ALIKE = str.maketrans(
    "АВЕЅІЈКМНОРСТХУЗаеоѕіјрсухһԁԛԝк" "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧορνικαγ" "ıȷɡ" "‐‑‒–—−"
    "“”„‟«»″" "‘’‚‛′" "、。：" "\u00a0\u202f\u2007",
    "ABESIJKMHOPCTXY3aeosijpcyxhdqwk" "ABEZHIKMNOPTYXopvikay" "ijg" "------"
    '"""""""' "'''''" ",.:" "   ",
)  # fmt: skip


def hidden(text: str) -> Iterator[re.Match]:
    """The letters of a text that hide; joiners and variants are none where a script or an emoji needs them.

    >>> [match.start() for match in hidden("a\\x1bb\\u202ec")]
    [1, 3]
    >>> list(hidden("می\\u200cخواهم 👩\\u200d🚒 ❤\\ufe0f and a line\\nand\\ta tab"))
    []
    """
    flags = [(flag.start(), flag.end()) for flag in FLAG.finditer(text)] if "\U0001f3f4" in text else ()
    for match in HIDDEN.finditer(text):
        at = match.start()
        if not _is_needed(text, at) and not any(start < at < end for start, end in flags):
            yield match


def _is_needed(text: str, at: int) -> bool:
    letter, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    if letter == "\u200c":
        return _joins(before) and _joins(after)
    if letter == "\u200d":
        return _joins(before) or (_is_picture(before) and _is_picture(after))
    if "\ufe00" <= letter <= "\ufe0f" or "\U000e0100" <= letter <= "\U000e01ef":
        return before in "0123456789#*" and before != "" or before > "\x7f" and not HIDDEN.match(before)
    return "\u180b" <= letter <= "\u180f" and unicodedata.name(before or " ", "").startswith("MONGOLIAN LETTER")


def _joins(letter: str) -> bool:
    if not letter or unicodedata.category(letter)[0] not in "LM":
        return False
    return unicodedata.name(letter, "").partition(" ")[0] in JOINING


def _is_picture(letter: str) -> bool:
    if letter == "\ufe0f" or "\U0001f000" <= letter <= "\U0001faff":
        return True
    return bool(letter) and unicodedata.category(letter) == "So"


def visible(text: str) -> str:
    r"""A text that any terminal can show: what hides is written out.

    >>> print(visible("a\x1b[2Jb\u202ec"))
    a\x1b[2Jb\u202ec
    """
    if text.isascii() and text.isprintable():
        return text
    places = {match.start() for match in hidden(text)}
    return "".join(written(letter) if at in places else letter for at, letter in enumerate(text)) if places else text


def without_hidden(text: str) -> str:
    r"""A text without what hides in it.

    >>> without_hidden("Ma\x00rta\u202e\r\nof Tallinn")
    'Marta\nof Tallinn'
    """
    places = {match.start() for match in hidden(text)}
    return "".join(letter for at, letter in enumerate(text) if at not in places) if places else text


def written(letter: str) -> str:
    r"""A letter as an escape: `\x1b`, `\u202e`, `\U000e0041`."""
    code = ord(letter)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def named(letter: str) -> str:
    """A letter's Unicode name, or a plain one, and its code point.

    >>> named("\\x1b"), named("а")
    ('ESCAPE (U+001B)', 'CYRILLIC SMALL LETTER A (U+0430)')
    """
    code = ord(letter)
    name = CONTROLS.get(code) or unicodedata.name(letter, "") or _kind(letter)
    return f"{name} (U+{code:04X})"


def _kind(letter: str) -> str:
    kinds = {"Cc": "a control character", "Co": "a character of private use", "Cs": "half a character"}
    return kinds.get(unicodedata.category(letter), "a character without a name")


def plain_letters(text: str) -> str:
    """The text with the letters that it looks as if it were written with.

    >>> plain_letters("bilаteral， ２")
    'bilateral, 2'
    """
    if text.isascii():
        return text
    return "".join(map(_plain_letter, "".join(letter for letter in text if not HIDDEN.match(letter))))


def _plain_letter(letter: str) -> str:
    if letter.isascii():
        return letter
    same = unicodedata.normalize("NFKC", letter) if unicodedata.decomposition(letter).startswith("<") else letter
    return same if same.isascii() else letter.translate(LOOK_ALIKE)


def look_alikes(text: str) -> list[tuple[int, str, str]]:
    """(place, letter, what it looks like) of each letter that makes a text only look plain; none in other languages.

    >>> look_alikes("bilаteral"), look_alikes("Київ"), look_alikes("Türkiye")
    ([(3, 'а', 'a')], [], [])
    """
    if text.isascii() or not plain_letters(text).isascii():
        return []
    return [(at, letter, _plain_letter(letter)) for at, letter in enumerate(text) if not letter.isascii()]


# ------------------------------------------------------------------------------------------------ numbers

NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*", re.ASCII | re.IGNORECASE)
MOST_DIGITS = 15


def is_number(text: str) -> bool:
    """Whether a text is a number as people write it: digits, one point, an exponent; no `1_0`, no `²`, no `inf`.

    >>> [is_number(text) for text in ("0.5", "-3", "1e3", "1_0", "²", "nan", "0x2")]
    [True, True, True, False, False, False, False]
    """
    return NUMBER.fullmatch(text) is not None


def whole(text: str) -> int | None:
    """The whole number, 0 or more, that a text is; None when it is none, or one too long to be meant.

    >>> whole("12"), whole("²"), whole("-1"), whole("9" * 5000)
    (12, None, None, None)
    """
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else None
