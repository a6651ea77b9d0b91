"""Whatever is done to a file, the answer is a scenario or advice; never another exception.

The mutations are seeded, so a failure names the scenario, the seed and the text that did it.
"""

import random
import string

import pytest

from sim.errors import InputError
from sim.scenario import check_files, from_document, load, scenarios_folder, shipped
from sim.scenario.reader import read_text
from tests.builders import A_BODY_OF_TEXT, a_library

JUNK = [
    None, "", " ", "x", "0", "-1", "1e999", "nan", "1_0", "٣", "NO", "2024-13-01", "9999-12-31", "EST", "group:",
    "group:nato", "NATO", "any", "control", "a.b.c", "." * 50, "é" * 300, "\u2028", "true", "~", [], {}, [[]], [{}],
    {"": ""}, {"id": []}, {"a": {"b": {"c": None}}}, [None, None], ["EST", "EST"], {"EST": "1"}, {"value": "x"},
    [["a", "b"], "c"], "9" * 5000,
]  # fmt: skip
SCRAPS = [
    "\t", ":", ": ", "- ", "[", "]", "{", "}", '"', "'", "|", ">", "&a ", "*a", "!x ", "#", "%", "@", "\n", "\r",
    "\x00",    "\x85", "\ufeff", "\U0001f600", "<<: ", "? ", "---\n", "...\n", "null", "0", "  ",
]  # fmt: skip


def mutated_text(text: str, luck: random.Random) -> str:
    """A text with one to four small accidents."""
    for _ in range(luck.randint(1, 4)):
        lines = text.split("\n")
        at, line = luck.randrange(len(text) + 1), luck.randrange(len(lines))
        match luck.randrange(8):
            case 0:
                text = text[:at] + luck.choice(SCRAPS) + text[at:]
            case 1:
                text = text[:at] + text[at + luck.randint(1, 30) :]
            case 2:
                text = text[:at]
            case 3:
                text = "\n".join(lines[:line] + lines[line + luck.randint(1, 3) :])
            case 4:
                text = "\n".join(lines[: line + 1] + lines[line:])
            case 5:
                lines[line] = luck.choice([" ", "  ", "    "]) + lines[line]
                text = "\n".join(lines)
            case 6:
                lines[line] = lines[line].lstrip()
                text = "\n".join(lines)
            case 7:
                words = lines[line].split(" ")
                words[luck.randrange(len(words))] = luck.choice([*string.ascii_letters, "0", "-5", "1e9", "EST", "yes"])
                lines[line] = " ".join(words)
                text = "\n".join(lines)
    return text


def mutated_data(data, luck: random.Random):
    """Plain data with junk in place of something, a key renamed or a piece left out."""
    if not isinstance(data, (dict, list)) or not data or luck.random() < 0.15:
        return luck.choice(JUNK)
    key = luck.choice(list(data)) if isinstance(data, dict) else luck.randrange(len(data))
    data = dict(data) if isinstance(data, dict) else list(data)
    match luck.randrange(12):
        case 0:
            del data[key]
        case 1 if isinstance(data, dict):
            data[luck.choice(["remove", "extends", "x", "", "EST", str(key) + "s", "between"])] = data.pop(key)
        case 2 if isinstance(data, list):
            data.append(data[key])
        case _:
            data[key] = mutated_data(data[key], luck)
    return data


def a_few_and_then_more(few, more):
    """A test that takes seeds is given the first few, and where long tests run the others too."""
    others = pytest.param(range(few, more), id="more", marks=pytest.mark.long)
    return pytest.mark.parametrize("seeds", [pytest.param(range(few), id="few"), others])


@a_few_and_then_more(4, 15)
@pytest.mark.parametrize("name", shipped())
def test_accidents_in_a_text_earn_advice(name, seeds, tmp_path):
    text = (scenarios_folder() / f"{name}.yaml").read_text(encoding="utf-8")
    for seed in seeds:
        broken = mutated_text(text, random.Random(f"{name} {seed}"))
        path = tmp_path / f"{seed}.yaml"
        path.write_bytes(broken.encode("utf-8", "surrogatepass"))
        for fault in check_files([path]):
            assert str(fault).startswith(str(path)), seed


@a_few_and_then_more(8, 25)
@pytest.mark.parametrize("name", shipped())
def test_junk_in_the_data_earns_advice(name, seeds):
    document = load(name).document
    for seed in seeds:
        broken = mutated_data(document, random.Random(f"{name} {seed}"))
        try:
            from_document(broken)
        except InputError as error:
            assert error.faults and all(fault.message.endswith((".", "?", ".]")) for fault in error.faults), seed


def test_every_single_piece_of_a_scenario_can_be_junk():
    document = load("smallest").document
    for field in document:
        for junk in JUNK:
            try:
                from_document({**document, field: junk}, library=a_library())
            except InputError as error:
                assert str(error)


def test_every_beginning_of_a_text_earns_advice(tmp_path):
    for end in range(0, len(A_BODY_OF_TEXT), 3):
        try:
            from_document(read_text(A_BODY_OF_TEXT[:end], "cut.yaml").plain(), library=a_library())
        except InputError as error:
            assert str(error)


def test_random_bytes_earn_advice(tmp_path):
    luck = random.Random(1)
    path = tmp_path / "noise.yaml"
    for _ in range(200):
        path.write_bytes(luck.randbytes(luck.randint(0, 300)))
        assert check_files([path])
