"""A file named at the terminal is looked at before it is read, whatever it is for."""

import os

import pytest
from typer.testing import CliRunner

from sim.__main__ import app

NAMED = (
    ("run", "{}"),
    ("run", "smallest", "--no-save", "--actions", "{}"),
    ("sweep", "smallest", "--design", "{}"),
    ("compare", "smallest", "{}"),
    ("backtest", "{}"),
    ("backtest", "cases_2007_2024", "--train", "{}"),
    ("check", "{}"),
)


def a_folder(path):
    path.mkdir()
    return "this is a folder. Give the name of a "


def a_device(path):
    path.symlink_to(os.devnull)
    return "this is not an ordinary file. Save the text as a "


def a_film(path):
    path.touch()
    os.truncate(path, 300_000_000)
    return "the file has 300.0 MB; at most "


def another_encoding(path):
    path.write_bytes(b"title: caf\xe9\n")
    return "not UTF-8 text: byte 0xe9 at offset 10 (line 1)."


@pytest.mark.parametrize("made", [a_folder, a_device, a_film, another_encoding])
@pytest.mark.parametrize("words", NAMED, ids=" ".join)
def test_what_is_no_text_file_is_refused_with_advice(tmp_path, words, made):
    path = tmp_path / "named"
    advice = made(path)
    answer = CliRunner().invoke(app, [word.format(path) for word in words])
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert answer.stderr.startswith(str(path)) and f"error: {advice}" in answer.stderr
