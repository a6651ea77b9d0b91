"""The run sheet in Excel: out and back without a loss, what others call its columns, and what is told of faults."""

import datetime
import re

import openpyxl
import pytest

from sim.errors import InputError
from sim.papers.msel import bring, values_of, write_sheet
from sim.papers.sheets import moment_in
from sim.scenario import load, scenarios_folder, shipped
from sim.scenario.reader import read_text

QUICK = ("smallest", "summit_week")
START, LAST = datetime.date(2026, 1, 19), datetime.date(2026, 7, 5)


def a_copy(folder, name="smallest"):
    """A scenario that ships, as a file of one's own."""
    path = folder / f"{name}.yaml"
    path.write_text((scenarios_folder() / f"{name}.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    return path


def without_injects(text):
    """The text of a scenario without its injects, and without what of them varies."""
    lines, keys = text.splitlines(keepends=True), read_text(text, "").keys
    first = keys["injects"].line - 1
    after = [key.line - 1 for key in keys.values() if key.line - 1 > first]
    rest = "".join(lines[:first] + lines[min(after, default=len(lines)) :])
    return re.sub(r"(?m)^  \w+:\n    path: injects\.(?:.*\n)(?:    .*\n)*", "", rest)


def a_sheet(folder, *rows):
    path = folder / "sheet.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def written(sheet, path, **more):
    """The scenario as a sheet makes it, and what was said of it."""
    brought = bring(sheet, str(path), **more)
    path.write_text(brought.text, encoding="utf-8")
    return load(path).scenario, brought


@pytest.mark.parametrize("name", shipped())
def test_out_to_excel_and_back_is_the_same_scenario(name, tmp_path):
    path, sheet = a_copy(tmp_path, name), tmp_path / "sheet.xlsx"
    text = path.read_text(encoding="utf-8")
    write_sheet(load(path), sheet)
    assert bring(sheet, str(path)).text == text  # every byte, remarks and all


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in QUICK else pytest.mark.long) for name in shipped()]
)
def test_a_sheet_brings_every_inject_into_a_scenario_that_has_none(name, tmp_path):
    path, sheet = a_copy(tmp_path, name), tmp_path / "sheet.xlsx"
    whole = load(path)
    write_sheet(whole, sheet)
    path.write_text(without_injects(path.read_text(encoding="utf-8")), encoding="utf-8")
    again, _ = written(sheet, path)
    by_id = {inject.id: values_of(inject) for inject in again.injects}
    assert by_id == {inject.id: values_of(inject) for inject in whole.scenario.injects}
    varying = {
        name: one for name, one in whole.scenario.uncertainties.items() if not str(one.path).startswith("injects.")
    }
    left = {"injects": [], "uncertainties": varying}
    assert again.model_copy(update={"injects": []}) == whole.scenario.model_copy(update=left)


@pytest.mark.parametrize("ending", ["csv", "json"])
def test_other_forms_bring_back_the_same(ending, tmp_path):
    path, sheet = a_copy(tmp_path), tmp_path / f"sheet.{ending}"
    write_sheet(load(path), sheet)
    brought = bring(sheet, str(path))
    assert (brought.changed, brought.added, brought.absent) == ([], [], [])


def test_one_changed_cell_changes_its_lines_and_no_other(tmp_path):
    path, sheet = a_copy(tmp_path), tmp_path / "sheet.xlsx"
    write_sheet(load(path), sheet)
    book = openpyxl.load_workbook(sheet)
    book.active["D3"] = "A match in Riga"
    book.save(sheet)
    before = path.read_text(encoding="utf-8").splitlines()
    scenario, brought = written(sheet, path)
    after = path.read_text(encoding="utf-8").splitlines()
    assert brought.changed == ["samples"]
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    old, new = changed[0]
    assert len(changed) == 1 and "A match in Vilnius" in old
    assert '"A match in Riga"' in new and "# for the run sheet" in new


COLUMNS_OF_OTHERS = {
    "T3SF": (
        "#,Real Time,Date,Subject,From,Player,Script,Poll",
        "4,07:29 PM,Monday 9:30 AM,Logs,Cloud,Japan,Odd logs,A | B",
    ),
    "OpenAEV": (
        "inject_title,inject_depends_duration,inject_teams,inject_description,inject_enabled",
        "Logs,0,JPN,Odd logs,true",
    ),
    "Conducttr": ("Time;Service;From;To;Subject;Message;Mood", "D+0 H+3 M+45;Twitter;Cloud;JPN;Logs;Odd logs;angry"),
    "HSEEP": (
        "Event #,Event Time,Recipient Player(s),Responsible Controller,Event Description,Expected Player Action",
        "4,2025-10-06 09:30,Japan,Ana,Odd logs,Ask",
    ),
}


@pytest.mark.parametrize("tool", COLUMNS_OF_OTHERS)
def test_columns_of_other_tools_are_understood_and_the_rest_is_kept(tool, tmp_path):
    path, sheet = a_copy(tmp_path), a_sheet(tmp_path, "EXERCISE NORTHERN TIDE", *COLUMNS_OF_OTHERS[tool])
    scenario, brought = written(sheet, path)
    inject = scenario.injects[-1]
    assert (inject.text, inject.to, brought.added) == ("Odd logs", ["JPN"], [inject.id])
    assert str(inject.date).startswith("2025-10-06")
    kept = {"T3SF": "Real Time", "OpenAEV": "inject_enabled", "Conducttr": "Mood", "HSEEP": "Responsible Controller"}[
        tool
    ]
    again = tmp_path / "again.xlsx"
    write_sheet(load(path), again)
    assert kept in [cell.value for cell in openpyxl.load_workbook(again).active[1]]
    assert inject.columns[kept] and not bring(again, str(path)).changed


def test_a_merged_cell_says_the_same_in_each_of_its_rows(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["#", "Turn", "From", "To", "Text"])
    for number in (1, 2):
        book.active.append([number, 1, "CERT", "Estonia", f"Report {number}"])
    book.active.merge_cells("D2:D3")
    book.save(tmp_path / "sheet.xlsx")
    scenario, brought = written(tmp_path / "sheet.xlsx", a_copy(tmp_path))
    assert [inject.to for inject in scenario.injects[-2:]] == [["EST"], ["EST"]]
    assert len(brought.notes) == 1 and "'Channel': 'brief' stands there now" in brought.notes[0]


def test_what_looks_like_a_formula_stays_text(tmp_path):
    path = a_copy(tmp_path)
    written(a_sheet(tmp_path, "#,Turn,To,Text", "1,1,EST,=1+1"), path)
    for ending in ("csv", "xlsx"):
        write_sheet(load(path), tmp_path / f"again.{ending}")
        assert bring(tmp_path / f"again.{ending}", str(path)).changed == []
    cells = openpyxl.load_workbook(tmp_path / "again.xlsx").active["J"]
    assert {cell.data_type for cell in cells} == {"s"}


def test_every_fault_is_told_by_row_and_column_at_once(tmp_path):
    rows = [
        "#,When to send,To,Text,Objective",
        "1,next week,EST,a,",
        "1,04/05/2026,,b,",
        "2,1 May 2030,Atlantis,c,none",
    ]
    with pytest.raises(InputError) as refused:
        bring(a_sheet(tmp_path, *rows), str(a_copy(tmp_path)))
    said = str(refused.value).replace(f"{tmp_path}/", "")
    assert "sheet.csv:2:2: error: in 'When to send': 'next week' is no time that is known here." in said
    assert "sheet.csv:3:2: error: in 'When to send': '04/05/2026' is 4 May or 5 April: write 2026-05-04" in said
    assert "sheet.csv:3:3: error: in 'To': nobody receives this" in said
    assert "sheet.csv:3:1: error: in '#': row 2 is '1' too" in said


def test_what_does_not_fit_the_scenario_is_told_by_row_and_column_too(tmp_path):
    rows = ["#,Date,To,Text,Objective", "1,2030-05-01,Atlantis,a,none", "2,2025-10-07,EST,b,none"]
    path = a_copy(tmp_path)
    with pytest.raises(InputError) as refused:
        bring(a_sheet(tmp_path, *rows), str(path))
    said = str(refused.value).replace(f"{tmp_path}/", "")
    assert "sheet.csv:2:2: error: in 'Date': 2030-05-01 is outside the exercise" in said
    assert "sheet.csv:2:3: error: in 'To': nobody goes by 'Atlantis'." in said
    assert "sheet.csv:2:5: error: in 'Objective': no objective 'none'. Allowed: company. Also on line 3." in said
    scenario, _ = written(a_sheet(tmp_path, "#,Date,To,Text", "1,2025-10-07,SOC team,a"), path, who={"SOC team": "EST"})
    assert scenario.injects[-1].to == ["EST"]


@pytest.mark.parametrize(
    ("cell", "day", "clock"),
    [
        ("D+2 H+3 M+45", "2026-01-21", "03:45"),
        ("D+1 09:30", "2026-01-20", "09:30"),
        ("Day 1", "2026-01-19", None),
        ("Tuesday 9:30 AM", "2026-01-20", "09:30"),
        ("STARTEX+02:15", "2026-01-19", "02:15"),
        ("+90 min", "2026-01-19", "01:30"),
        ("191430ZJAN26", "2026-01-19", "14:30"),
        ("07.02.2026", "2026-02-07", None),
        ("13/02/2026 2 pm", "2026-02-13", "14:00"),
        ("02/04/2026", "2026-02-04", None),  # 2 April lies beyond the end
        ("7 March 2026", "2026-03-07", None),
        ("2026-02-03T14:00:00Z", "2026-02-03", "14:00"),
        ("07:29 PM", None, "19:29"),
        (datetime.timedelta(hours=26), "2026-01-20", "02:00"),
    ],
)
def test_times_are_read_as_people_write_them(cell, day, clock):
    last = datetime.date(2026, 3, 31)
    found = moment_in(cell, START, last)
    assert [part and str(part)[:length] for part, length in zip(found, (10, 5), strict=True)] == [day, clock]


@pytest.mark.parametrize("cell", ["25:00", "31/02/2026", "26/01/20", "D+x", "soon", "D-1", "13:00 PM", "2026-31-01"])
def test_what_is_no_time_is_refused_with_advice(cell):
    with pytest.raises(ValueError, match="known here|no time of day|no day of the calendar|four digits|no clock"):
        moment_in(cell, START, LAST)


def test_a_poll_becomes_a_question_with_its_answers(tmp_path):
    path = a_copy(tmp_path)
    heads = "#,Date,From,Player,Script,Poll"
    sheet = a_sheet(
        tmp_path, heads, "1,Monday 9:30 AM,Cloud,Estonia,Odd files. Do we isolate?,Isolate | Wait and watch"
    )
    scenario, _ = written(sheet, path)
    question = scenario.injects[-1].question
    assert question.text == "Do we isolate?"
    assert [(one.id, one.name) for one in question.options] == [
        ("isolate", "Isolate"),
        ("wait_and_watch", "Wait and watch"),
    ]
    assert not bring(sheet, str(path)).changed
    with pytest.raises(InputError, match="sheet.csv:2:6: error: in 'Poll': 'Isolate' leaves no choice"):
        bring(a_sheet(tmp_path, heads, "1,Monday 9:30 AM,Cloud,Estonia,Odd files?,Isolate"), str(path))


def test_a_sheet_as_people_leave_it_is_read(tmp_path):
    path, book = a_copy(tmp_path), openpyxl.Workbook()
    book.active.append(["Exercise KELP, version 3"])
    rows = (
        ["MSEL"], [], ["Serial", "DTG", "From", "To", "Inject"], ["PHASE 1"],
        ["S1", "06/10/2025 0800", "HQ", "EST", "One"], ["S2", 45937.4375, "HQ", "EST; LTU", "Two\r\nlines"], ["TOTAL"],
    )  # fmt: skip
    for row in rows:
        (book["MSEL"] if "MSEL" in book.sheetnames else book.create_sheet("MSEL")).append(row)
    book.save(tmp_path / "sheet.xlsx")
    scenario, brought = written(tmp_path / "sheet.xlsx", path)
    assert brought.added == ["s1", "s2"] and brought.notes[0].endswith("row 4 ('PHASE 1') and 7 ('TOTAL').")
    one, two = scenario.injects[-2:]
    assert (str(one.date), str(one.time), one.text) == ("2025-10-06", "08:00:00", "One")
    assert (str(two.date), str(two.time), two.text, two.to) == ("2025-10-07", "10:30:00", "Two\nlines", ["EST", "LTU"])
    assert not bring(tmp_path / "sheet.xlsx", str(path)).changed


def test_rows_beyond_the_most_that_are_read_are_refused_and_not_left_out(tmp_path):
    sheet = a_sheet(tmp_path, "Subject,Text,To,Turn", *(f"S{number},T,EST,1" for number in range(5001)))
    with pytest.raises(InputError, match="more than 5,000 rows"):
        bring(sheet, str(a_copy(tmp_path)))
