"""Folders of results after something happened to them: told by every command that reads them, and nothing else done.

Each test damages a copy of one small sweep, or of one batch of runs, and asks the commands. What they answer names the
file and says what to do; the exit code is that of bad input; no byte is written but where results go.
"""

import json
import os
import shutil

import numpy as np
import pytest
from typer.testing import CliRunner

from sim.__main__ import app
from sim.experiments import load_result, sweep
from sim.experiments.manifest import plan_digest
from sim.record import store
from tests.builders_of_sweeps import a_sweep, files_of

BLOCK = "shards/000000.npy"


def oceans(*words):
    """Calls `oceans`."""
    return CliRunner().invoke(app, [str(word) for word in words])


def _made(tmp_path_factory, *words):
    out = tmp_path_factory.mktemp("made")
    done = oceans(*words, "--quiet", "--out", out)
    assert done.exit_code == 0, done.output
    return next(out.iterdir())


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    vary = ("--vary", "linkage=0.2:0.8", "--vary", "behaviour.b_peer=0.1,0.2")
    return _made(tmp_path_factory, "sweep", "smallest", "--points", 16, *vary)


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    return _made(tmp_path_factory, "run", "smallest", "--runs", 4, "--no-charts")


@pytest.fixture
def box(tmp_path):
    """A place to copy to, and a place for results far below it, so that nothing escapes unseen."""
    (tmp_path / "a" / "b" / "out").mkdir(parents=True)
    return tmp_path


def asked(box, folder, *commands):
    """What each command says of a folder; the code of each is that of bad input, and nothing was written."""
    out, before = box / "a" / "b" / "out", sorted(box.rglob("*"))
    words = {
        "analyse": ("analyse", folder, "--measure", "harm", "--no-charts", "--out", out),
        "replay": ("replay", folder, 3, "--no-charts", "--out", out),
        "merge": ("merge", folder, "--out", out / "merged"),
        "resume": ("sweep", "--resume", folder),
    }
    for command in commands:
        done = oceans(*words[command])
        assert isinstance(done.exception, SystemExit) and done.exit_code == 2, (command, done.output, done.exception)
        assert "Traceback" not in done.stderr and sorted(box.rglob("*")) == before
        yield " ".join(done.stderr.split())


def flipped(path, at):
    data = bytearray(path.read_bytes())
    data[int(at * (len(data) - 1))] ^= 1
    path.write_bytes(bytes(data))


def replaced(path, make):
    path.unlink()
    make(path)


DAMAGES = {
    "gone": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b""),
    "half": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"0"),
    "a byte at the start": lambda path: flipped(path, 0),
    "a byte in the head": lambda path: flipped(path, 0.02),
    "a byte in the middle": lambda path: flipped(path, 0.5),
    "a byte near the end": lambda path: flipped(path, 0.96),
    "zeros": lambda path: path.write_bytes(bytes(2000)),
    "null": lambda path: path.write_text("null"),
    "a list": lambda path: path.write_text("[]"),
    "nothing in it": lambda path: path.write_text("{}"),
    "deep": lambda path: path.write_text("[" * 100_000),
    "nested": lambda path: path.write_text('{"a":' * 900 + "1" + "}" * 900),
    "no number": lambda path: path.write_text('{"seed": NaN}'),
    "too many digits": lambda path: path.write_text('{"seed": ' + "9" * 6000 + "}"),
    "a key twice": lambda path: path.write_text('{"seed": 1, "seed": 2}'),
    "no text": lambda path: path.write_bytes(b'{"title": "\xff"}'),
    "a folder": lambda path: replaced(path, os.mkdir),
    "a link to itself": lambda path: replaced(path, lambda path: path.symlink_to(path.name)),
    "a link to what never ends": lambda path: replaced(path, lambda path: path.symlink_to("/dev/zero")),
    "a pipe": lambda path: replaced(path, os.mkfifo),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("file", ["manifest.json", "scenario.json", "points.npy", BLOCK])
def test_a_damaged_file_of_a_sweep_is_told_with_its_remedy(box, swept, file, damage):
    folder = shutil.copytree(swept, box / "swept")
    DAMAGES[damage](folder / file)
    for said in asked(box, folder, "analyse", "replay", "merge"):
        assert file in said or "blocks are gone" in said or "blocks are missing" in said
        assert "Put back" in said or "oceans sweep --resume" in said or "Name the folder" in said
    if file in ("manifest.json", "points.npy"):
        list(asked(box, folder, "resume"))


@pytest.mark.parametrize(
    "damage", ["gone", "half", "a byte in the middle", "nothing in it", "a link to itself", "a pipe"]
)
def test_a_damaged_block_is_played_again_where_that_is_asked(box, swept, damage):
    folder = shutil.copytree(swept, box / "swept")
    DAMAGES[damage](folder / BLOCK)
    sweep(resume=folder, verify=True, progress=lambda runs, failed: None)
    assert files_of(folder) == files_of(swept)


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("file", ["manifest.json", "scenario.json", "measures.csv"])
def test_a_damaged_file_of_a_batch_is_told_with_its_remedy(box, batch, file, damage):
    folder = shutil.copytree(batch, box / "batch")
    DAMAGES[damage](folder / file)
    for said in asked(box, folder, "replay"):
        assert file in said and ("play it anew" in said or "no folder of results" in said)


def edited(folder, at, value, is_signed):
    """Changes one entry of a manifest; `is_signed`: by somebody who knows how digests are made."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    *way, last = at.split(".")
    entry = manifest
    for step in way:
        entry = entry[int(step) if step.isdecimal() else step]
    entry[last] = value
    if is_signed:
        plan = {"plan": plan_digest(manifest)} if "plan" in manifest else {}
        manifest = store.signed({**manifest, **plan})
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


ESCAPES = ("../../escaped", "/tmp/escaped", "..", "", "a/b", "a\\b", "C:x", "x\x1b[2J", "x" * 4000)
CHANGES = [
    *(("scenario.name", name) for name in ESCAPES),
    *((at, None) for at in ("scenario", "scenario.digest", "design", "design.factors", "measures", "finished")),
    *((at, {}) for at in ("format", "design.seed", "shards", "points", "versions.numpy")),
    ("blocks.count", 10**9), ("blocks.size", 0), ("blocks.runs", -1), ("blocks.runs", 10**30), ("design.points", 10**9),
    ("design.seed", -1), ("design.replications", 2), ("design.futures", 5), ("design.crn", "none"), ("seed", 1),
    ("design.factors.0.low", 2), ("design.factors.0.name", "../x"), ("design.factors.0.levels", 1.5),
    ("design.factors.0.hihg", 1), ("scenario.title", "x\x1b]0;taken\x07"), ("measures", ["status"]), ("shard", [3, 2]),
    ("measures", ["harm", "harm"]), ("failed", 1), ("finished", "yes"), ("plan", 7),
]  # fmt: skip


@pytest.mark.parametrize("at, value", CHANGES, ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize("is_signed", [False, True])
def test_a_manifest_that_says_what_it_may_not_is_refused(box, swept, at, value, is_signed):
    folder = shutil.copytree(swept, box / "swept")
    edited(folder, at, value, is_signed and at != "plan" and at.split(".")[0] not in ("", "seed"))
    for said in asked(box, folder, "analyse", "replay", "merge", "resume"):
        assert "Put back a copy" in said


@pytest.mark.parametrize("name", ESCAPES)
def test_a_batch_of_a_name_that_leads_elsewhere_is_refused(box, batch, name):
    folder = shutil.copytree(batch, box / "batch")
    edited(folder, "scenario.name", name, is_signed=True)
    list(asked(box, folder, "replay"))


@pytest.mark.parametrize("is_extra", [True, False])
def test_an_unknown_key_of_a_manifest_is_told_with_its_line(box, batch, is_extra):
    folder = shutil.copytree(batch, box / "batch")
    path = folder / "manifest.json"
    path.write_text(
        path.read_text().replace('  "seed": 1', '  "seed": 1,\n  "sedes": 1' if is_extra else '  "sede": 1')
    )
    (said,) = asked(box, folder, "replay")
    assert "manifest.json:" in said and ("unknown field 'sedes'" in said or "missing field 'seed'" in said)


POINTS = {
    "of another type": lambda points: np.zeros(16),
    "more of them": lambda points: np.concatenate([points, points]),
    "in two rows": lambda points: np.stack([points, points]),
    "no number": lambda points: _with(points, np.nan),
    "outside the range": lambda points: _with(points, 7.0),
}


def _with(points, value):
    points = points.copy()
    points["linkage"][2] = value
    return points


@pytest.mark.parametrize("change", POINTS)
def test_points_that_a_factor_may_not_have_are_refused(box, swept, change):
    folder = shutil.copytree(swept, box / "swept")
    points = POINTS[change](np.load(folder / "points.npy"))
    np.save(folder / "points.npy", points)
    edited(folder, "points", store.file_digest(folder / "points.npy"), is_signed=True)
    for said in asked(box, folder, "analyse", "replay", "merge", "resume"):
        assert "points.npy" in said


@pytest.mark.parametrize(
    "at, value", [("seed", 2), ("platform", "another machine"), ("command", ["oceans", "run", "another"])]
)
def test_a_manifest_of_a_batch_that_says_something_else_is_refused(box, batch, at, value):
    folder = shutil.copytree(batch, box / "batch")
    edited(folder, at, value, is_signed=False)
    (said,) = asked(box, folder, "replay")
    assert "manifest.json: error: damaged or changed" in said and "play it anew" in said


def test_a_manifest_of_a_batch_may_be_laid_out_otherwise(box, batch):
    folder = shutil.copytree(batch, box / "batch")
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(dict(reversed(manifest.items()))))
    assert store.read_manifest(folder) == manifest


def test_runs_written_before_there_were_digests_are_read(box, batch):
    folder = shutil.copytree(batch, box / "replay")
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["files"], manifest["digest"]
    (folder / "manifest.json").write_text("\ufeff" + json.dumps(manifest))
    assert oceans("replay", folder, 3, "--no-save").exit_code == 0


UNSOUND = {
    "nested more than": '{"a":' * 900 + "1" + "}" * 900,
    "control characters": '{"title": "\\u001b]0;taken\\u0007"}',
    "is not a number": '{"title": 1e999}',
    "is there twice": '{"title": "one", "title": "two"}',
    "this is no sound scenario": '{"title": "one", "acts": {"of": "another kind"}}',
}


@pytest.mark.parametrize("words", UNSOUND)
def test_a_scenario_of_which_there_is_no_digest_is_read_with_care(box, batch, words):
    folder = shutil.copytree(batch, box / "batch")
    edited(folder, "files", {}, is_signed=True)
    (folder / "scenario.json").write_text(UNSOUND[words], encoding="utf-8")
    (said,) = asked(box, folder, "replay")
    assert "scenario.json" in said and words in said and "play it anew" in said


@pytest.mark.parametrize("link", ["shards", "parquet", "log.jsonl"])
def test_nothing_is_written_through_a_link_out_of_the_folder(box, swept, link):
    folder = shutil.copytree(swept, box / "swept")
    elsewhere = box / "elsewhere"
    shutil.rmtree(folder / "shards")
    if link == "log.jsonl":
        (folder / link).unlink()
        elsewhere.write_text("")
    else:
        elsewhere.mkdir()
    (folder / link).symlink_to(elsewhere)
    done = oceans("sweep", "--resume", folder, "--parquet")
    assert done.exit_code == (0 if link == "log.jsonl" else 2), done.output
    assert elsewhere.read_text() == "" if link == "log.jsonl" else not list(elsewhere.iterdir())


def test_a_scenario_whose_file_has_a_strange_name_gives_folders_that_stay_and_are_read(box):
    path = box / "..crisis: one.yaml"
    path.write_text("extends: smallest\n", encoding="utf-8")
    out = box / "a" / "b" / "out"
    for words in (("sweep", path, "--points", 4), ("run", path, "--runs", 2, "--no-charts")):
        assert oceans(*words, "--quiet", "--out", out).exit_code == 0
    assert {child.name for child in (box / "a" / "b").iterdir()} == {"out"} and len(list(out.iterdir())) == 2
    for folder in out.iterdir():
        assert oceans("replay", folder, 0, "--no-save").exit_code == 0


def test_no_file_is_renamed_while_it_is_mapped_into_memory(tmp_path, monkeypatch):
    import gc

    real, mapped = os.replace, []

    def watching(source, target):
        mapped.extend(
            one for one in gc.get_objects() if isinstance(one, np.memmap) and str(one.filename) == str(source)
        )
        real(source, target)

    monkeypatch.setattr(os, "replace", watching)
    a_sweep(tmp_path / "sweep")
    assert not mapped


def test_the_points_of_a_sweep_that_was_read_are_a_design_for_another(tmp_path):
    first = load_result(a_sweep(tmp_path / "one").path)
    assert (a_sweep(tmp_path / "two", design=first.design).runs == first.runs).all()
