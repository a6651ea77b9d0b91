"""What is printed never ends what was begun: no encoding, no full disk, no stream that was never open."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.cli.streams import Lasting

ROOT = Path(__file__).parents[3]
SCENARIO = """
title: "Übung — 演習 ★ 🙂"
summary: The grid fails in Estonia … “again”.
start: 2025-03-03
turns: {count: 1, days: 30}
participants: [EST, LVA, USA, RUS]
incidents:
  - id: grid
    name: Angriff auf das “Netz” 電力
    issue: cyber
    by: RUS
    victims: {EST: 0.5}
    difficulty: 0.4
    publicness: 0.6
"""
TITLES = {"cp1252": "Übung — ?? * ?", "ascii": "Ubung - ?? * ?"}


@pytest.fixture
def scenario(tmp_path):
    """A scenario whose words no code page has, and that takes no time to play."""
    path = tmp_path / "small.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


def shell(line, **environment):
    """A line of shell, in which `oceans` is this one: what came of it, with its streams as bytes."""
    oceans = f'oceans() {{ "{sys.executable}" -m sim "$@"; }}; '
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(["bash", "-c", oceans + line], env=environment, capture_output=True, timeout=120)


def kept(folder):
    """How many runs lie in a folder, whole."""
    return len([path for path in folder.glob("*") if (path / "measures.csv").exists()])


# ---------------------------------------------------------------------------------------------------------- encodings


@pytest.mark.parametrize("encoding", TITLES)
def test_a_story_is_told_in_what_the_encoding_has(scenario, tmp_path, encoding):
    answer = shell(f"oceans run {scenario} --no-charts --out {tmp_path}/out", PYTHONIOENCODING=encoding)
    told = answer.stdout.decode(encoding)
    assert (answer.returncode, answer.stderr, kept(tmp_path / "out")) == (0, b"", 1)
    assert TITLES[encoding] in told.splitlines() and "How it fared by the principles" in told


def test_a_machine_without_a_language_is_told_the_story_too(scenario, tmp_path):
    none = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    answer = shell(f"oceans run {scenario} --no-charts --out {tmp_path}/out", **none)
    assert (answer.returncode, answer.stderr, kept(tmp_path / "out")) == (0, b"", 1)
    assert b"Turn 1 . 3 March to 1 April 2025" in answer.stdout and b"#####" in answer.stdout


@pytest.mark.parametrize("encoding", ["ascii", pytest.param("cp1252", marks=pytest.mark.long)])
def test_json_is_json_in_any_encoding(scenario, encoding):
    answer = shell(f"oceans run {scenario} --no-save --json", PYTHONIOENCODING=encoding)
    record = json.loads(answer.stdout.decode(encoding))
    begun = next(event for event in record["events"] if event["kind"] == "incident_begins")
    assert (answer.returncode, begun["payload"]["name"]) == (0, "Angriff auf das “Netz” 電力")


@pytest.mark.parametrize(
    "words, told",
    [
        ("–5 … ■■· ★ “café” Łódź Straße", b'-5 ... ##. * "cafe" Lodz Strasse'),
        ("日本 🙂", b"?? ?"),
        ("caf\udce9.yaml", b"caf\xe9.yaml"),  # the name of a file, in bytes that are no text
    ],
)
def test_what_an_encoding_lacks_has_something_to_read_in_its_stead(words, told):
    assert words.encode("ascii", "readable") == told


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437", "cp932", "utf-8", "utf-16"])
def test_what_json_escapes_comes_back(encoding):
    words = "–5 café 日本 🙂 \udce9"
    document = json.dumps(words, ensure_ascii=False).encode(encoding, "json").decode(encoding)
    assert json.loads(document) == words


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the name of a file is text")
def test_names_of_files_that_are_no_text_end_nothing(scenario, tmp_path):
    scenario.rename(tmp_path / "caf\udce9.yaml")
    answer = shell(f"oceans run {tmp_path}/caf$'\\xe9'.yaml --no-charts --quiet --out {tmp_path}/$'\\xff'")
    assert (answer.returncode, answer.stderr) == (0, b"")
    assert (Path(os.fsdecode(answer.stdout.strip())) / "record.json").exists()  # the path is the path, byte for byte


# -------------------------------------------------------------------------------------------------- streams that fail


@pytest.mark.parametrize("to, reason", [("> /dev/full", "No space left on device"), (">&-", "Bad file descriptor")])
def test_a_story_that_cannot_be_printed_is_kept_and_said_to_be_lost(scenario, tmp_path, to, reason):
    answer = shell(f"oceans run {scenario} --no-charts --out {tmp_path}/out {to}")
    assert (answer.returncode, kept(tmp_path / "out")) == (1, 1)
    assert answer.stderr.decode().startswith(
        f"standard output: error: cannot be written ({reason}). What was to be kept"
    )
    assert answer.stderr.count(b"\n") == 1


@pytest.mark.parametrize("words", ["schema", "--help"])
def test_no_command_shows_its_inside_over_a_full_disk(words):
    answer = shell(f"oceans {words} > /dev/full")
    assert answer.returncode == 1 and answer.stderr.startswith(b"standard output: error:")


def test_advice_that_nobody_can_read_leaves_its_exit_code():
    assert shell("oceans run nowhere <&- >&- 2>&-").returncode == 2


def test_a_seat_without_anybody_to_answer_is_left(scenario):
    for nobody in ("<&-", "< /dev/zero"):
        answer = shell(f"oceans run {scenario} --no-save --seat EST {nobody}")
        assert answer.returncode == 1
        assert answer.stderr == b"EST left the seat in turn 1. Nothing was kept, as you asked.\n"


def test_too_little_memory_is_said_in_a_sentence(monkeypatch):
    from typer.testing import CliRunner

    import sim.session
    from sim.__main__ import app

    def too_much(*_, **__):
        raise MemoryError

    monkeypatch.setattr(sim.session, "initial_world", too_much)
    answer = CliRunner().invoke(app, ["run", "smallest", "--no-save"])
    assert (answer.exit_code, answer.stderr.count("\n")) == (1, 1) and "not enough memory" in answer.stderr


def test_a_full_pipe_that_does_not_wait_is_waited_for():
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    end = Lasting(io.FileIO(writing, "w"))
    reader = subprocess.Popen(["wc", "-c"], stdin=reading, stdout=subprocess.PIPE)
    os.close(reading)
    file = io.BufferedWriter(end)
    file.write(b"x" * 1_000_000)
    file.flush()
    end.raw.close()
    assert (end.problem, int(reader.communicate()[0])) == (None, 1_000_000)
