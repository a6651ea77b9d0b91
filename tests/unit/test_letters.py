"""Letters that hide, letters that look like others, and what is a number."""

import pytest

from sim.errors import Diagnostic, InputError, OceansError
from sim.letters import hidden, is_number, look_alikes, named, plain_letters, visible, whole

PLAIN = (
    "می\u200cخواهم",  # Persian
    "ක්\u200dෂ and क्\u200dष",  # Sinhala, Hindi
    "👩\u200d🚒 👨🏽\u200d⚕\ufe0f ❤\ufe0f\u200d🔥 1\ufe0f\u20e3 🏳\ufe0f\u200d🌈",
    "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",  # Scotland's flag
    "葛\U000e0100城",  # a variant of a letter in a name
    "Türkiye, 日本, الأردن, Việt Nam, 20\u00a0%, a tab\tand a line\nmore",
)
HIDING = (
    "\x00\x07\x08\x0b\x0c\r\x1b\x7f\x85\x9b\xad\u034f\u061c\u115f\u180e\u200b\u200e\u200f\u2028\u2029\u202a\u202e\u2060"
    "\u2066\u2069\u3164\ufeff\uffa0\ufff9\ufdd0\uffff\ue000\U000e0041\U0010ffff"
)


@pytest.mark.parametrize("text", PLAIN)
def test_what_a_script_or_an_emoji_needs_does_not_hide(text):
    assert not list(hidden(text))
    assert visible(text) == text


@pytest.mark.parametrize("letter", HIDING, ids=lambda letter: f"{ord(letter):x}")
def test_what_nobody_can_see_hides_and_is_shown_as_an_escape(letter):
    assert [found.start() for found in hidden(f"ab{letter}c")] == [2]
    assert visible(f"ab{letter}c").isprintable()
    assert f"U+{ord(letter):04X}" in named(letter)


@pytest.mark.parametrize(
    "text", ["a\u200db", "Kyiv\u200c", "a\ufe0f", "❤\ufe0f\ufe0e", "\u200cمی", "\U000e0067\U000e007f"]
)
def test_a_joiner_or_a_variant_that_joins_nothing_hides(text):
    assert list(hidden(text))


def test_a_flag_excuses_no_other_tags():
    assert len(list(hidden("\U0001f3f4\U000e0067\U000e007f and \U000e0067"))) == 1


def test_half_a_letter_is_shown():
    assert visible("a\udcffb") == "a\\udcffb"


def test_no_error_prints_a_letter_that_a_screen_obeys():
    assert str(OceansError("the folder a\x1b[2J is full\nof files")) == "the folder a\\x1b[2J is full\nof files"
    fault = Diagnostic("a\x1b\n.yaml", 1, 3, "no incident '\u202e'.", "ab\x1b[2Jc", 4)
    assert str(InputError([fault])).splitlines() == [
        "a\\x1b\\n.yaml:1:3: error: no incident '\\u202e'.",
        "    1 | ab\\x1b[2Jc",
        "      |   ^^^^^^^",
    ]


@pytest.mark.parametrize(
    ("text", "plain"),
    [("bilаteral", "bilateral"), ("ＥＳＴ", "EST"), ("Τοkyο", "Tokyo"), ("“a”", '"a"'), ("a\u00a0b", "a b")],
)
def test_letters_of_other_alphabets_are_read_as_what_they_look_like(text, plain):
    assert plain_letters(text) == plain
    assert look_alikes(text)


@pytest.mark.parametrize("text", ["Київ", "Αθήνα", "日本", "Türkiye", "plain"])
def test_words_of_other_languages_look_like_nothing_else(text):
    assert look_alikes(text) == []


@pytest.mark.parametrize("text", ["1_0", "²", "２", "nan", "inf", "0x2", "", "1e", "--1", "1,5"])
def test_what_python_might_read_as_a_number_is_none_here(text):
    assert not is_number(text)


@pytest.mark.parametrize("text", ["²", "２", "+1", "-1", " 1", "1_0", "", "1" * 20, "9" * 5000])
def test_a_whole_number_is_a_few_plain_digits(text):
    assert whole(text) is None
    assert whole("12") == 12
