"""Papers before and after an exercise: each for its readers, with the marking on each, and nothing invented."""

import csv
import dataclasses
import io
import json
import re
import shutil
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest
from typer.testing import CliRunner

from sim.__main__ import app
from sim.engine import play
from sim.errors import InputError, OceansError
from sim.papers.after import papers_after
from sim.papers.before import papers_before
from sim.papers.bundle import bundle
from sim.papers.paper import FORMATS, Paragraph, Picture, write_papers
from sim.papers.played import MET, MISSED, NOT_TRIED, Played, expectations_of, findings_of, proposals_of, read_played
from sim.scenario import from_document, load, shipped
from sim.session import Session

SECRET = "a secret of control"


def words_of(paper):
    """All that stands on a paper."""
    return json.dumps(dataclasses.asdict(paper)["blocks"], default=str, ensure_ascii=False) + paper.title


def pages(loaded, folder, *whom):
    """The bytes of the pages for somebody."""
    papers, _ = papers_before(loaded, whom)
    return [path.read_bytes() for path in write_papers(papers, loaded.scenario, folder, "html")]


def with_other_secrets(document, seat):
    """The same exercise with other truths, injects, notes, and briefs of other seats."""
    changed = json.loads(json.dumps(document))
    for incident in changed["incidents"]:
        incident |= {"suspect": incident.get("suspect", incident["by"]), "by": "CHN", "note": SECRET}
        incident |= {"difficulty": 0.9, "publicness": 0.1, "turn": 2, "name": SECRET}
    for inject in changed["injects"]:
        inject |= dict.fromkeys(("title", "text", "sender", "expects", "control_notes", "storyline"), SECRET)
        inject["columns"] = {"Weather": SECRET}
    for code, actor in changed["actors"].items():
        if code != seat and "brief" in actor:
            actor["brief"] = SECRET
    changed["questions"] = [SECRET]
    return changed


@pytest.mark.parametrize("whom", ["JPN", "EST", "all"])
def test_a_seat_s_papers_have_the_same_bytes_whatever_is_hidden_from_it(whom, tmp_path):
    document = load("smallest").document
    document = {**document, "participants": [*document["participants"], "CHN"]}
    one = from_document(document)
    other = from_document(with_other_secrets(document, whom))
    assert pages(one, tmp_path, whom) == pages(other, tmp_path, whom)
    assert SECRET.encode() in b"".join(pages(other, tmp_path, "control"))


def test_a_seat_that_comes_late_reads_when_it_takes_part():
    papers, _ = papers_before(load("summit_week"), ["NZL", "UKR", "KOR"])
    late, leaving, always = map(words_of, papers)
    assert "from turn 2 to turn 10" in late and "from turn 1 to turn 6" in leaving and "You take part" not in always


@pytest.mark.parametrize("name", shipped())
def test_control_s_handbook_has_every_word_of_every_inject(name):
    loaded = load(name)
    handbook = words_of(papers_before(loaded, ["control"])[0][0])
    for inject in loaded.scenario.injects:
        for said in (inject.title, inject.text.strip(), inject.expects, inject.control_notes, inject.sender):
            assert json.dumps(said or "", ensure_ascii=False)[1:-1] in handbook
    guide = words_of(papers_before(loaded, ["evaluators"])[0][0])
    assert all(objective.text in guide for objective in loaded.scenario.objectives)


def test_the_poster_has_a_qr_code_that_leads_in_with_the_code_or_a_place_for_it():
    (poster,) = [
        one for one in papers_before(load("smallest"), ["all"], "http://10.0.0.1:8000", "KELP")[0] if one.is_poster
    ]
    (drawn,) = [block for block in poster.blocks if isinstance(block, Picture)]
    assert drawn.alt == "QR code of http://10.0.0.1:8000/?code=KELP" and drawn.contents.startswith(b"\x89PNG")
    (bare,) = [one for one in papers_before(load("smallest"), ["all"])[0] if one.is_poster]
    assert [block.style for block in bare.blocks if isinstance(block, Paragraph)].count("frame") == 1


def test_the_file_of_a_room_gives_the_poster_its_code(tmp_path):
    from sim.live.log import Log
    from sim.live.room import Room

    log = Log(tmp_path / "one.session")
    room = Room(load("smallest"), log)
    log.keep_fact("scenario", "smallest")
    given = ["papers", str(tmp_path / "one.session"), "--for", "all", "--out", str(tmp_path / "papers")]
    assert CliRunner().invoke(app, given).exit_code == 0
    (page,) = (tmp_path / "papers").glob("*/poster.html")
    assert f'<p class="code">{room.code}</p>' in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("form", ["html", "docx"])
def test_each_paper_has_the_marking_and_needs_nothing_else(form, tmp_path):
    loaded = load("smallest")
    papers, left_out = papers_before(loaded, address="http://10.0.0.1:8000", code="KELP-42")
    for path in write_papers(papers, loaded.scenario, tmp_path, form):
        if form == "html":
            text = path.read_text(encoding="utf-8")
            assert loaded.scenario.marking in text and not re.search(r'(?:src|href)="(?!#|data:)', text)
        else:
            section = docx.Document(path).sections[0]
            assert section.header.paragraphs[0].text == section.footer.paragraphs[0].text == loaded.scenario.marking
    assert {paper.name for paper in papers} >= {"situation_manual", "brief_EST", "brief_JPN", "poster"}
    assert left_out == ["LTU", "USA", "RUS"]


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """A run in which somebody sat for Estonia, from its folder."""
    out = tmp_path_factory.mktemp("results")
    given = ["run", "smallest", "--seat", "EST", "--quiet", "--no-charts", "--out", str(out)]
    assert CliRunner().invoke(app, given, input="\n" * 500).exit_code == 0
    return read_played(next(out.iterdir()))


def test_what_is_drafted_says_so_and_names_events_that_are_there(played):
    report = words_of(papers_after(played)[0])
    numbers = {event.seq for event in played.record.events}
    findings = findings_of(played)
    assert findings
    for one in findings:
        assert one.in_full.startswith("Draft: ") and json.dumps(one.in_full, ensure_ascii=False)[1:-1] in report
        assert set(one.events) <= numbers


def test_an_expectation_is_met_partly_or_missed_by_who_acted_of_those_who_received_it():
    loaded = load("cyber_incident")
    record = play(loaded, 7, trace=True).records[0]
    run = Played(Path("x"), loaded, record, {"seats": []}, (), (), {})
    by_number = {event.seq: event for event in record.events}
    for one in expectations_of(run):
        if "deadline" in one.why:
            ended = by_number[one.events[1]].payload
            assert (ended["inject"], one.state) == (one.entry.inject, MET if ended["outcome"] == "kept" else MISSED)
            continue
        release, acted = by_number.get(one.events[0] if one.events else None), one.events[1:]
        assert (one.state == NOT_TRIED) == (release is None) and (one.state == MISSED) == (bool(release) and not acted)
        if release and acted:
            receivers = {code for code in release.payload["to"] if code not in ("RUS", "CHN")}
            actors = {code for n in acted for code in by_number[n].payload.get("by", [by_number[n].actor])}
            assert actors <= receivers and {by_number[number].turn for number in acted} == {release.turn}
            assert (one.state == MET) == (2 * len(acted) >= len(receivers)) or "answered" in one.why
    proposals = proposals_of(run)
    assert {one.mark for one in proposals.values()} <= set(loaded.scenario.ratings)
    silent = proposals_of(dataclasses.replace(run, record=dataclasses.replace(record, events=())))
    assert {one.mark for one in silent.values()} == {""} and not any(one.events for one in silent.values())


def test_ratings_are_in_the_scale_that_the_exercise_names_and_others_are_refused_row_by_row(room, tmp_path):
    folder = tmp_path / "run"
    shutil.copytree(room.folder, folder)
    document = {**room.loaded.document, "ratings": {"5": "as one would wish", "3": "so so", "1": "not at all"}}
    (folder / "scenario.json").write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(InputError, match=r"ratings.csv:2:1: error: 'S' is no mark of the scale: 5, 3, 1."):
        read_played(folder)
    (folder / "ratings.csv").write_text("objective,rating,text\ncompany,3,Late\ncompanion,5,\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"ratings.csv:3:1: error: no objective 'companion'. Did you mean 'company'"):
        read_played(folder)
    (folder / "ratings.csv").write_text("objective,rating,text\ncompany,3,Late\n", encoding="utf-8")
    assert "3: so so. Late" in words_of(papers_after(read_played(folder))[0])


def test_the_report_shows_each_choice_beside_the_options_and_the_model_s(played):
    assert {row["seat"] for row in played.decisions} == {"EST"}
    assert all(row["options"] and row["model"] for row in played.decisions)
    report = words_of(papers_after(played)[0])
    assert "Not rated yet" in report and "none of them other than the model's" in report


HEADS = "number,turn,at,seat,person,source,kind,subject,choice,rationale,sure,left_because"


def as_kept(played, folder, document, others_reason=""):
    """The folder of a room in which Estonia and Japan wanted the most each time, with the log of what they decided."""
    session = Session(from_document(document, played.loaded.name), seed=1, people=["EST", "JPN"])
    rows = [HEADS, "0,0,2026-01-01T09:00,,Control,control,proceed,,null,,,"]
    while not session.is_over:
        for decision in session.open_decisions():
            choice = [decision.options[-1].id] if decision.kind == "position" else decision.default
            session.submit(decision, choice)
            why = "Home expects it" if decision.actor == "EST" else others_reason
            said = ",".join(
                (decision.actor, "Marta", "person", decision.kind, decision.subject, f'"{",".join(choice)}"')
            )
            rows.append(f"{len(rows)},{decision.turn},2026-01-01T09:30,{said},{why},,")
    shutil.copytree(played.folder, folder)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    del manifest["files"], manifest["digest"]
    written = {
        "manifest.json": json.dumps(manifest), "scenario.json": json.dumps(document),
        "record.json": session.record.to_json(), "session.jsonl": "\n".join(session.save()),
        "ratings.csv": "objective,rating,text\ncompany,S,Late but together\n",
        "decisions.csv": "\n".join([*rows, rows[2] + "undone"]),
        "notes.csv": f"turn,at,from,to,person,text\n1,09:10,JPN,control,Kenji,Hm {others_reason}\n"
        "1,09:12,JPN,EST,Kenji,With you\n",
    }  # fmt: skip
    for name, text in written.items():
        (folder / name).write_text(text, encoding="utf-8")
    return read_played(folder)


@pytest.fixture(scope="module")
def room(played, tmp_path_factory):
    """What such a room kept."""
    return as_kept(played, tmp_path_factory.mktemp("one") / "room", played.loaded.document)


def test_a_room_s_log_is_read_with_reasons_ratings_and_what_was_asked(room):
    report = words_of(papers_after(room)[0])
    assert "Because: Home expects it" in report and "S: performed with some challenges. Late but together" in report
    assert "What is the strongest text you want" in report and "other than the model's" in report
    assert not any(row.get("left_because") for row in room.decisions)


def unpacked(packed):
    """The files of a bundle: name to bytes."""
    with zipfile.ZipFile(io.BytesIO(packed)) as bundled:
        return {name: bundled.read(name) for name in bundled.namelist()}


def rows_of(files, name):
    """A table of a bundle."""
    return list(csv.DictReader(io.StringIO(files[name].decode("utf-8"))))


def test_no_byte_of_a_seat_s_bundle_depends_on_what_is_hidden_from_it(played, room, tmp_path):
    document = json.loads(json.dumps(room.loaded.document))
    for inject in document["injects"]:
        inject |= {"expects": SECRET, "control_notes": SECRET, "columns": {"Weather": SECRET}}
    document["incidents"][0]["note"] = document["actors"]["JPN"]["brief"] = SECRET
    document["questions"], document["objectives"] = [SECRET], [{"id": "company", "text": SECRET}]
    other = as_kept(played, tmp_path / "room", document, others_reason=SECRET)
    assert SECRET.encode() in b"".join(unpacked(bundle(other)).values())
    assert bundle(other, "EST") == bundle(room, "EST")
    assert bundle(dataclasses.replace(room, record=dataclasses.replace(room.record, events=())), "EST") == bundle(
        room, "EST"
    )


def test_a_seat_s_bundle_has_what_reached_it_and_what_it_did_and_every_row_says_where_it_belongs(room):
    files = unpacked(bundle(room, "EST"))
    assert {row["title"] for row in rows_of(files, "injects.csv")} >= {"Registers down", "A match in Vilnius"}
    assert {row["rationale"] for row in rows_of(files, "decisions.csv")} == {"Home expects it"}
    assert [row["text"] for row in rows_of(files, "notes.csv")] == ["With you"]
    for name in ("injects.csv", "decisions.csv", "timeseries.csv"):
        for row in rows_of(files, name):
            assert (
                row["session"].startswith("smallest-2")
                and row["turn"]
                and row["exercise_time"]
                and row["seat"] == "EST"
            )
    assert {row["wall_time"] for row in rows_of(files, "injects.csv") if row["turn"] == "1"} == {"2026-01-01T09:00"}
    assert b"the model" not in b"".join(files.values())


def test_control_s_bundle_adds_what_it_alone_may_know_and_the_dictionary_names_every_column(room):
    files = unpacked(bundle(room))
    assert {"scenario.json", "session.jsonl", "events.jsonl"} <= set(files)
    assert {row["left_because"] for row in rows_of(files, "decisions.csv")} == {"", "undone"}
    assert any(row["event"] and row["expects"] for row in rows_of(files, "injects.csv"))
    assert rows_of(files, "ratings.csv")[0]["rating"] == "S"
    named = {(row["file"], row["field"]) for row in rows_of(files, "data_dictionary.csv")}
    for name in ("injects.csv", "decisions.csv", "timeseries.csv", "ratings.csv", "notes.csv"):
        assert {(name, column) for column in rows_of(files, name)[0]} <= named


@pytest.mark.parametrize("name", ["record.json", "actions.jsonl"])
def test_a_folder_that_was_damaged_is_refused_with_advice(name, played, tmp_path):
    folder = tmp_path / "damaged"
    shutil.copytree(played.folder, folder)
    (folder / name).write_text('{"turn": 1}\n', encoding="utf-8")
    with pytest.raises(InputError, match=f"{name}: error: damaged"):
        read_played(folder)


def test_a_run_s_folder_becomes_papers_a_plan_and_its_data(played, tmp_path):
    done = CliRunner().invoke(app, ["papers", str(played.folder), "--out", str(tmp_path), "--format", "docx"])
    assert done.exit_code == 0, done.output
    folder = next(tmp_path.iterdir())
    heads = [cell.value for cell in openpyxl.load_workbook(folder / "improvement_plan.xlsx").active[1]]
    assert {"Owner", "Done by", "Evidence: events"} <= set(heads)
    control, seat = (unpacked((folder / name).read_bytes()) for name in ("data.zip", "data_EST.zip"))
    assert {"README.txt", "events.jsonl", "data_dictionary.csv", "actions.jsonl"} <= set(control)
    assert {"README.txt", "your_exercise.html", "decisions.csv", "injects.csv"} <= set(seat)
    assert played.loaded.scenario.marking.encode() in seat["your_exercise.html"]
    assert (
        played.loaded.scenario.marking
        in docx.Document(folder / "after_action_report.docx").sections[0].header.paragraphs[0].text
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["smallest", "--format", "doc"], "--format doc: Did you mean 'docx'?"),
        (["smallest", "--for", "ESP"], "--for ESP: no such actor takes part."),
        (["smallest", "--for", "controls"], "Did you mean 'control'?"),
    ],
)
def test_what_cannot_be_printed_is_refused_with_advice(given, said, tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        app(["papers", *given, "--out", str(tmp_path)])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_without_a_browser_a_pdf_is_refused_with_another_way(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(OceansError, match="--format html"):
        write_papers(papers_before(load("smallest"))[0], load("smallest").scenario, tmp_path, FORMATS[-1])
