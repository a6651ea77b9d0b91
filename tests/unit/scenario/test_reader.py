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
