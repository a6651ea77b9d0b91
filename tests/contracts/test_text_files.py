"""A text is UTF-8 and its lines end in one character, on every system: whoever opens a file for text says so.

Without `encoding` a file is read and written in what the system likes best, and without `newline` Windows puts a
carriage return before every end of a line, so that the same result has other bytes there.
"""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("sim", "results", "bench")
FILES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
NOT_TEXT = {"os", "Image"}  # what their `open` opens is no text
PROCESSES = {"run", "Popen", "check_output"}


def said(call, name, place=None):
    """What a call says of one of its arguments, by name or by place: the value, or True when it is worked out."""
    found = [word.value for word in call.keywords if word.arg == name]
    if not found and place is not None and len(call.args) > place:
        found = [call.args[place]]
    return found[0].value if found and isinstance(found[0], ast.Constant) else bool(found)


def unsaid(call):
    """What a call that opens a file or a stream for text leaves to the system."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    is_method = isinstance(call.func, ast.Attribute)
    if is_method and name == "read_text":
        return [] if said(call, "encoding", 0) else ["encoding"]
    if is_method and name == "write_text":
        return _missing(call, {"encoding": 1, "newline": 3})
    if name in ("open", "fdopen") and getattr(getattr(call.func, "value", None), "id", "") not in NOT_TEXT:
        mode = said(call, "mode", 0 if is_method else 1) or "r"
        if mode is True or "b" in mode:
            return []
        return _missing(call, {"encoding": None} if mode == "r" else {"encoding": None, "newline": None})
    if is_method and name in PROCESSES and (said(call, "text") or said(call, "universal_newlines")):
        return _missing(call, {"encoding": None})
    return []


def _missing(call, places):
    return [name for name, place in places.items() if said(call, name, place) is False]


def left_to_the_system(code):
    """Lines of a file with what they leave to the system."""
    calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    return [f"line {call.lineno}: {' and '.join(unsaid(call))}" for call in calls if unsaid(call)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_whoever_opens_a_text_says_its_encoding_and_how_its_lines_end(path):
    left = left_to_the_system(path.read_text(encoding="utf-8"))
    assert not left, f"{path.relative_to(ROOT)} leaves to the system: {'; '.join(left)}"


@pytest.mark.parametrize(
    ("code", "left"),
    [
        ("open(path)", ["encoding"]),
        ("open(path, 'w')", ["encoding and newline"]),
        ("open(path, 'a', encoding='utf-8')", ["newline"]),
        ("open(path, mode='x', encoding='utf-8', newline='')", []),
        ("open(path, 'rb')", []),
        ("path.open()", ["encoding"]),
        ("path.open('w', encoding='utf-8')", ["newline"]),
        ("path.read_text()", ["encoding"]),
        ("path.read_text('utf-8')", []),
        ("path.write_text(text, 'utf-8')", ["newline"]),
        ("path.write_text(text, encoding='utf-8', newline='')", []),
        ("subprocess.run(words, text=True)", ["encoding"]),
        ("subprocess.run(words, encoding='utf-8')", []),
        ("os.open(path, os.O_RDONLY)", []),
    ],
)
def test_it_sees_what_is_left_out(code, left):
    assert left_to_the_system(code) == [f"line 1: {what}" for what in left]
