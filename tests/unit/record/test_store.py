"""Results are whole or not there, never overwritten, and load in one line."""

import csv
import datetime
import errno
import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.catalogue.measures import MEASURES
from sim.errors import InputError, OceansError
from sim.record import EVENT_KINDS, Event, Outcomes, Record, store
from sim.record.store import RunFolder, write_table
from tests.builders_record import a_loaded, a_record, outcomes

STARTED = datetime.datetime(2025, 3, 1, 9, 30)
ROOT = Path(__file__).parents[3]


def outcomes_of_one():
    """What many runs came to, of one run in two turns."""
    half = np.array([0.1 + 0.2])
    series = {"tension": np.array([[0.1], [1 / 3]]), "harm": np.array([[0.5], [1.0]])}
    return Outcomes("a", "A", "", 1, 1, {"harm": half, "held": np.array([np.nan])}, {"harm": half * 2}, series)


def test_two_runs_in_the_same_second_get_two_folders(tmp_path):
    for _ in range(3):
        with RunFolder(tmp_path, "smallest", STARTED) as folder:
            (folder.aside / "note").write_text("kept")
    names = sorted(path.name for path in tmp_path.iterdir())
    stem = "smallest-2025-03-01-093000"
    assert names == [stem, f"{stem}-2", f"{stem}-3"]


def test_a_folder_taken_in_between_is_not_overwritten(tmp_path):
    with RunFolder(tmp_path, "smallest", STARTED) as folder:
        (folder.aside / "note").write_text("second")
        first = tmp_path / "smallest-2025-03-01-093000"
        first.mkdir()
        (first / "note").write_text("first")
    assert (first / "note").read_text() == "first"
    assert folder.path.name.endswith("-2")


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_run_that_fails_leaves_nothing(tmp_path, failure):
    with pytest.raises(failure), RunFolder(tmp_path, "smallest") as folder:
        (folder.aside / "half").write_text("half")
        raise failure
    assert list(tmp_path.iterdir()) == []


def test_what_was_named_before_the_failure_stays(tmp_path):
    with pytest.raises(KeyboardInterrupt), RunFolder(tmp_path, "smallest", STARTED) as folder:
        (folder.aside / "actions.jsonl").write_text("{}")
        folder.show("unfinished")
        raise KeyboardInterrupt
    assert [path.name for path in tmp_path.iterdir()] == ["smallest-2025-03-01-093000-unfinished"]


def test_a_place_that_is_a_file_earns_advice(tmp_path):
    (tmp_path / "results").write_text("not a folder")
    with pytest.raises(InputError, match="file where a folder is needed.*--out"), RunFolder(tmp_path / "results", "a"):
        pass


@pytest.mark.parametrize(
    "number, kind, words",
    [
        (errno.EROFS, InputError, "nothing may be written here.*--no-save"),
        (errno.EACCES, InputError, "nothing may be written here.*--no-save"),
        (errno.ENOSPC, OceansError, "disk is full.*--out"),
        (errno.EIO, OceansError, "cannot be written"),
    ],
)
def test_a_disk_that_takes_nothing_earns_advice(tmp_path, monkeypatch, number, kind, words):
    def refuse(*_, **__):
        raise OSError(number, "refused")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(kind, match=words), RunFolder(tmp_path / "results", "a"):
        pass


def test_a_disk_that_fills_up_while_writing_leaves_nothing(tmp_path, monkeypatch):
    def fill_up(folder):
        (folder / "data_dictionary.md").write_text("half a li")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store, "write_dictionary", fill_up)
    with pytest.raises(OceansError, match="disk is full") as caught, RunFolder(tmp_path, "a") as folder:
        store.save(folder.aside, a_loaded(), outcomes_of_one())
    assert caught.value.exit_code == 1
    assert list(tmp_path.iterdir()) == []


def test_measures_load_in_one_line_and_keep_every_digit(tmp_path):
    store.write_measures(tmp_path / "measures.csv", outcomes_of_one())
    table = pd.read_csv(tmp_path / "measures.csv").set_index(["arm", "run"])
    assert table.loc[("played", 0), "harm"] == 0.1 + 0.2
    assert np.isnan(table.loc[("played", 0), "held"])


def test_the_arm_without_cooperation_has_its_own_rows(tmp_path):
    many = outcomes(runs=5)
    store.write_measures(tmp_path / "measures.csv", many)
    table = pd.read_csv(tmp_path / "measures.csv")
    assert table.groupby("arm").size().to_dict() == {"played": 5, "without_cooperation": 5}
    assert list(table.query("arm == 'played'")["run"]) == [0, 1, 2, 3, 4]


def test_a_measure_that_one_arm_lacks_is_an_empty_cell(tmp_path):
    store.write_measures(tmp_path / "measures.csv", outcomes_of_one())
    table = pd.read_csv(tmp_path / "measures.csv")
    assert table[table.arm == "without_cooperation"]["held"].isna().all()


def test_series_have_a_row_for_each_turn_and_run(tmp_path):
    many = outcomes(runs=5, turns=3)
    store.write_series(tmp_path / "series.csv", many)
    table = pd.read_csv(tmp_path / "series.csv")
    assert len(table) == 15
    assert table.query("turn == 2 and run == 4")["tension"].item() == many.series["tension"][1, 4]


def test_everything_about_one_run_is_kept_and_reads_back(tmp_path):
    record, loaded = a_record(turns=3), a_loaded(turns=3)
    facts = store.manifest(loaded, 7, 1, ["oceans", "run"], STARTED, seats=["EST"])
    store.save(tmp_path, loaded, outcomes(runs=1, turns=3), record, facts)
    assert Record.from_json((tmp_path / "record.json").read_text(encoding="utf-8")) == record
    lines = (tmp_path / "events.jsonl").read_text(encoding="utf-8").splitlines()
    assert tuple(map(Event.from_json, lines)) == record.events
    kept = json.loads((tmp_path / "manifest.json").read_text())
    assert kept["scenario"]["digest"] == loaded.digest and kept["seats"] == ["EST"]
    assert kept["versions"]["python"] and kept["versions"]["numpy"] == np.__version__


def test_many_runs_keep_who_joined_and_which_format_was_called(tmp_path):
    store.save(tmp_path, a_loaded(), outcomes(runs=3))
    assert pd.read_csv(tmp_path / "joined.csv")["share_of_runs"].between(0, 1).all()
    assert set(pd.read_csv(tmp_path / "formats.csv")["incident"]) == {"grid_wiper", "import_ban"}


def test_the_dictionary_explains_every_column_and_field(tmp_path):
    store.write_dictionary(tmp_path)
    table = pd.read_csv(tmp_path / "data_dictionary.csv", keep_default_na=False)
    explained = set(zip(table["file"], table["event"], table["field"], strict=True))
    assert {("measures.csv", "", name) for name in MEASURES} <= explained
    for kind, entry in EVENT_KINDS.items():
        assert {("events.jsonl", kind, field.name) for field in entry.fields} <= explained
    text = (tmp_path / "data_dictionary.md").read_text(encoding="utf-8")
    assert all(f"### {kind}\n" in text for kind in EVENT_KINDS)
    assert (table["meaning"] != "").all()


@pytest.mark.parametrize(
    "cell, written",
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("+1+1", "'+1+1"),
        ("-x", "'-x"),
        ("@x", "'@x"),
        ("\t=1", "'\t=1"),
        ("-0.5", "-0.5"),
        ("+2e3", "+2e3"),
        ("a=1", "a=1"),
        (-0.5, "-0.5"),
        (None, ""),
        (math.nan, ""),
    ],
)
def test_no_text_in_a_table_is_taken_for_a_formula(tmp_path, cell, written):
    write_table(tmp_path / "table.csv", ["a", "b"], [[cell, 1]])
    with open(tmp_path / "table.csv", newline="", encoding="utf-8") as file:
        assert list(csv.reader(file)) == [["a", "b"], [written, "1"]]


def test_every_table_is_written_by_the_one_who_knows_formulas():
    writers = [path.name for path in (ROOT / "sim").rglob("*.py") if "csv.writer(" in path.read_text("utf-8")]
    assert writers == ["store.py"]
