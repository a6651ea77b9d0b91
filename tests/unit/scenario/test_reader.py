"""Every value arrives as the author wrote it, with its place; and no file can do harm."""

import os
import stat

import pytest

from sim.errors import InputError
from sim.scenario import reader
from sim.scenario.reader import read, read_text


def faults_of(text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_text(text, "crisis.yaml")
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize(
    "written", ["NO", "yes", "1e3", "1:30", "1.10", "007", "0x1F", "2026-03-01", ".inf", "1_000", "=", "12e03"]
)
def test_a_scalar_is_the_text_that_was_written(written):
    assert read_text(f"key: {written}", "a.yaml").plain() == {"key": written}


@pytest.mark.parametrize("written", ["", "~", "null", "Null", "NULL"])
def test_only_these_mean_nothing(written):
    assert read_text(f"key: {written}", "a.yaml").plain() == {"key": None}


@pytest.mark.parametrize("written", ['"null"', "'~'", '""'])
def test_quotes_keep_text_text(written):
    assert read_text(f"key: {written}", "a.yaml").plain() == {"key": written[1:-1]}


def test_keys_are_text_too():
    assert read_text("NO: 1\non: 2\n2024: 3\n~: 4", "a.yaml").plain() == {"NO": "1", "on": "2", "2024": "3", "": "4"}


def test_a_node_knows_its_place():
    root = read_text("first: 1\nsecond:\n  - {a: x, ü: [yy, z]}\n", "a.yaml")
    node = root.get("second").value[0].get("ü").value[1]
    assert (node.text, node.line, node.column, node.length) == ("z", 3, 20, 1)
    assert root.keys["second"].line == 2


def test_an_alias_is_the_entry_it_refers_to_and_merge_keys_take_over():
    root = read_text("a: &a {x: 1, y: 2}\nb: *a\nc: {<<: *a, y: 3}\nd: {<<: [*a, {z: 4}]}", "a.yaml")
    plain = root.plain()
    assert plain["b"] == {"x": "1", "y": "2"}
    assert plain["c"] == {"x": "1", "y": "3"}
    assert plain["d"] == {"x": "1", "y": "2", "z": "4"}


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_line_ends_of_any_machine_count_alike(line_end, tmp_path):
    path = tmp_path / "a.yaml"
    path.write_bytes(("\ufeffa: 1" + line_end + "b: [" + line_end + "c: 2").encode("utf-8"))
    with pytest.raises(InputError) as caught:
        read(path, "a.yaml")
    assert caught.value.faults[0].line in (2, 3)
    path.write_bytes(("\ufeffa: 1" + line_end + "b: 2" + line_end).encode("utf-8"))
    assert read(path).plain() == {"a": "1", "b": "2"}
    assert read(path).get("b").line == 2


def test_every_repeated_key_is_found_at_once():
    assert len(faults_of("a: 1\nb: {c: 1, c: 2}\na: 3")) == 2


def test_a_bomb_of_aliases_is_refused_quickly():
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    assert "more than 100000 values" in faults_of("\n".join(rows))[0]


def test_a_chain_of_aliases_cannot_nest_deeper_than_brackets_can():
    rows = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 60)]
    assert "levels deep" in faults_of("\n".join(rows))[0]


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "{a: " * 50_000, "- " * 50_000, "a:\n" + "".join(" " * n + "- \n" for n in range(900))]
)
def test_deep_nesting_is_advice_and_no_recursion(text):
    assert faults_of(text)


def test_many_values_are_refused():
    assert "more than 100000 values" in faults_of("a: [" + "x," * 150_000 + "]")[0]


@pytest.mark.parametrize(
    "text", ["a: !!python/object/apply:os.system [x]", "a: !!int 3", "!foo {a: 1}", "a: !include b.yaml", "a: ! b"]
)
def test_tags_are_refused(text):
    assert any("tag" in fault for fault in faults_of(text))


# ------------------------------------------------------------------------------------------------ files


def refused(path) -> str:
    with pytest.raises(InputError) as caught:
        read(path, "shown.yaml")
    assert all(fault.file == "shown.yaml" for fault in caught.value.faults)
    return str(caught.value)


def test_a_missing_file(tmp_path):
    assert "no such file" in refused(tmp_path / "nowhere.yaml")


def test_a_file_taken_for_a_folder(tmp_path):
    (tmp_path / "a").write_text("x")
    assert "part of its path is a file" in refused(tmp_path / "a" / "b.yaml")


def test_a_folder(tmp_path):
    assert "this is a folder" in refused(tmp_path)


def test_a_link_to_itself(tmp_path):
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    assert "leads back to itself" in refused(tmp_path / "loop.yaml")


def test_a_name_that_no_file_can_have(tmp_path):
    assert "too long" in refused(tmp_path / ("x" * 300))
    assert "cannot be the name" in refused("a\0b.yaml")


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.yaml")
    assert stat.S_ISFIFO(os.stat(tmp_path / "pipe.yaml").st_mode)
    assert "not an ordinary file" in refused(tmp_path / "pipe.yaml")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path):
    (tmp_path / "secret.yaml").write_text("a: 1")
    (tmp_path / "secret.yaml").chmod(0)
    assert "no permission" in refused(tmp_path / "secret.yaml")


def test_permission_is_explained_whoever_runs_this(tmp_path, monkeypatch):
    def deny(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(reader.os, "stat", deny)
    assert "no permission" in refused(tmp_path / "secret.yaml")


def test_a_huge_file_is_refused_unread(tmp_path):
    path = tmp_path / "huge.yaml"
    with open(path, "wb") as huge:
        huge.truncate(100_000_000)
    assert "100.0 MB" in refused(path)


@pytest.mark.parametrize(
    "data, said",
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\n\n# nothing\n", "empty"),
        (b"title: \xff\xfe", "offset 7 (line 1)"),
        (b"a: 1\nb: caf\xe9\n", "byte 0xe9 at offset 11 (line 2)"),
        (b"\xff\xfea\0:\0", "UTF-16"),
        (b"\xfe\xff\0a", "UTF-16"),
        (b"\x7fELF\x02\x01\x01\0\0\0", "not a text file"),
        (b"%PDF-1.7\nx", ""),
        (b"PK\x03\x04", ""),
        (b"a: \x1b[31m", "control character"),
    ],
)
def test_what_is_not_text_is_named(data, said, tmp_path):
    path = tmp_path / "a.yaml"
    path.write_bytes(data)
    assert said in refused(path)


# ---------------------------------------------------------------------------------------------------- letters that hide


@pytest.mark.parametrize(
    ("text", "where", "name"),
    [
        ('a: "x\\e]0;title\\a"', [6, 16], ["ESCAPE (U+001B)", "BELL (U+0007)"]),
        ('a: "日 \\u202e"', [7], ["RIGHT-TO-LEFT OVERRIDE (U+202E)"]),
        ('"a\\x1b": 1', [3], ["ESCAPE (U+001B)"]),
        ('a: ["\\N", "\\L", "\\r"]', [6, 12, 18], ["NEXT LINE", "LINE SEPARATOR", "CARRIAGE RETURN"]),
        ("a: wo\u200brd", [6], ["ZERO WIDTH SPACE (U+200B)"]),
        ("\u2060a: word", [1], ["WORD JOINER (U+2060)"]),
        ("a: wo\x1brd \x07", [6, 10], ["ESCAPE (U+001B)", "BELL (U+0007)"]),
        ("a: {b: 'x\ue000'}", [10], ["U+E000"]),
    ],
)
def test_a_letter_that_hides_is_named_where_it_stands(text, where, name):
    with pytest.raises(InputError) as caught:
        read_text(text, "crisis.yaml")
    assert [fault.column for fault in caught.value.faults] == where
    assert all(part in str(fault) for part, fault in zip(name, caught.value.faults, strict=True))
    assert str(caught.value).replace("\n", "").isprintable()


def test_one_kind_of_hidden_letter_is_told_once_with_all_its_lines():
    assert faults_of('a: "\\e"\nb: [c\u200b, "\\e"]\n\nd: "\\e\\e"') == [
        "crisis.yaml:1:5: error: ESCAPE (U+001B) stands here: a control character, which a screen obeys rather than "
        'shows. Delete it. Also on lines 2 and 4.\n    1 | a: "\\e"\n      |     ^^',
        "crisis.yaml:2:6: error: ZERO WIDTH SPACE (U+200B) stands here and cannot be seen. Delete it."
        '\n    2 | b: [c\\u200b, "\\e"]\n      |      ^^^^^^',
    ]


@pytest.mark.parametrize(
    "text", ["می\u200cخواهم", "👩\u200d🚒", '"a\\tb\\nc"', "日本、東京", '"\\U0001F469\\u200D\\U0001F692"']
)
def test_what_a_language_needs_is_no_fault(text):
    assert read_text(f"a: {text}", "a.yaml").plain()


def test_remarks_may_hold_anything_that_yaml_can_read():
    assert read_text("a: 1  # \u202e", "a.yaml").plain() == {"a": "1"}


def test_plain_data_is_held_to_the_same():
    with pytest.raises(InputError, match="ESCAPE"):
        reader.nodes_of({"a": ["b", {"c\x1b": 1}]}, reader.SourceText("scenario", ""))


# ---------------------------------------------------------------------------------------------------- where the slip is


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ("- id: a\n  text:>-\n    words\n    more\n  to: b", 2, 3, "a space is missing after 'text:'"),
        ("turn:2\nby: x", 1, 1, "a space is missing after 'turn:'"),
        ("a: 1\nto:[x]\nb: 2", 2, 1, "a space is missing after 'to:'"),
        ("a:\n  -id: x\n   name: y", 2, 3, "a space is missing after '-'"),
        ("a: 1\ntitle The end\nb: 2", 2, 1, "Is 'title: ' meant?"),
        ("a: 1\ntitle： x\nb: 2", 2, 6, "FULLWIDTH COLON (U+FF1A) stands here, where ':' is meant"),
        ("a: [b， c\nd: 1", 1, 6, "FULLWIDTH COMMA (U+FF0C) stands here, where ',' is meant"),
        ("turn:\u00a02\nb: 1", 1, 6, "NO-BREAK SPACE (U+00A0) stands here, where a space is meant"),
        ("a:\n  – id: x\n    b: y", 2, 3, "EN DASH (U+2013) stands here, where '-' is meant"),
        ("a: “b: c”\nd: 1", 1, 4, "LEFT DOUBLE QUOTATION MARK (U+201C) stands here, where '\"' is meant"),
        ("a: 1\nb\u200b: 1\nc:\u200b 2\nd: 1", 2, 2, "ZERO WIDTH SPACE"),
    ],
)
def test_a_parser_stops_late_and_the_slip_is_named(text, line, column, said):
    with pytest.raises(InputError) as caught:
        read_text(text, "crisis.yaml")
    fault = caught.value.faults[0]
    assert (fault.line, fault.column) == (line, column)
    assert said in fault.message


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("id: b", "'id', 'title' and 'turn' stand a second time in the entry that begins on line 2. Is '- ' missing"),
        ("# - id: b", "'title' and 'turn' stand a second time in the entry that begins on line 2. Is a line such as"),
    ],
)
def test_an_entry_that_was_not_begun_is_one_fault(entry, said):
    begun = "injects:\n  - id: a\n    title: a\n    turn: 1\n"
    (fault,) = faults_of(f"{begun}    {entry}\n    title: b\n    turn: 2")
    assert said in fault
