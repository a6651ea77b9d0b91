"""What is kept of an exercise in a room: a folder of results like any other, and who decided what."""

import csv
import io
import re
import signal
import subprocess
import sys
import zipfile

import httpx2
import pytest
from typer.testing import CliRunner

from sim.__main__ import app
from sim.cli.live import _keeper
from sim.cli.options import ReplayOptions, ServeOptions
from sim.cli.replay import replay_run
from sim.engine import play_points
from sim.errors import InputError
from sim.experiments.compare import arms_of, compare
from sim.experiments.runner import sweep
from sim.papers.after import after_action_report
from sim.papers.played import read_played
from tests.builders_room import Hall, words_of


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """An exercise that was played and kept: the room, the link of Estonia's seat, and the folder of results."""
    at = tmp_path_factory.mktemp("kept")
    hall = Hall(at)
    hall.room.finish = _keeper(ServeOptions(scenario="smallest", out=at / "results"))
    objective = hall.loaded.scenario.objectives[0].id
    link, beside = hall.join("Marta =1+1", "EST"), hall.join("Juhan", "EST")
    hall.proceed()
    view = hall.form("EST", rationale="we know it", sure="80")
    view[next(name for name in view if name.startswith("d:"))] = ["naming"]
    hall.browser.post(f"{beside}/send", data=view)
    hall.browser.post(f"{link}/move", data={"seat": "EST", "text": "We close the border"})
    hall.browser.post(f"{hall.control}/adjudicate", data={"number": "1", "reason": "It is closed already"})
    hall.browser.post(f"{hall.control}/set", data={"what": "tension", "to": "0.7", "reason": "a summit failed"})
    hall.browser.post(f"{hall.control}/note", data={"to": "JPN", "text": "For Tokyo alone."})
    hall.browser.post(f"{hall.control}/note", data={"to": "EST", "text": "For Tallinn alone."})
    hall.play({"EST": link})
    hall.browser.post(f"{hall.control}/rate", data={"objective": objective, "rating": "S", "text": "late, but clear"})
    hall.browser.post(f"{hall.control}/results")
    return hall, link, hall.room.results()


def rows_of(table):
    return list(csv.DictReader(io.StringIO(table)))


def test_the_results_hold_who_decided_what_why_and_what_came_of_it(kept):
    hall, _, folder = kept
    rows = rows_of((folder / "decisions.csv").read_text(encoding="utf-8"))
    known = {str(event.seq) for event in hall.room.session.events if event.actor == "EST"}
    own = [row for row in rows if row["source"] == "person"]
    assert own and all(row["seat"] == "EST" and row["is_model's"] == "true" for row in own)
    assert all(row["asked"] and row["options"] and row["came_of_it"] for row in own)
    assert all(event in known for row in own for event in row["events"].split())
    assert own[0]["advice"] == "Juhan: naming (we know it)"
    assert [row["kind"] for row in rows if row["is_override"] == "true"] == ["adjudicate", "set"]
    assert 'S,"late, but clear"' in (folder / "ratings.csv").read_text(encoding="utf-8")
    report = (folder / "report.html").read_text(encoding="utf-8")
    assert "What decided it" in report
    assert "People sat in one seat: Estonia." in report and "Control changed two things on the way." in report
    assert "Control sets tension to 0.7" in (folder / "charts" / "story.wide.svg").read_text(encoding="utf-8")


def test_what_was_played_in_a_room_is_replayed_and_shown_to_be_the_same(kept, tmp_path, capsys):
    hall, _, folder = kept
    assert replay_run(ReplayOptions(result=folder, charts=False, out=tmp_path)) == 0
    said = capsys.readouterr().out
    assert "It is the same run: all" in said and "a summit failed" in said
    (again,) = tmp_path.iterdir()
    assert (again / "record.json").read_bytes() == (folder / "record.json").read_bytes()


def test_what_people_chose_is_compared_with_the_models_own_choices_with_other_draws(kept):
    hall, _, folder = kept
    as_written, as_played = compare(arms_of([str(folder)]), seed=hall.room.seed, runs=2).measures
    assert as_played["harm"][0] == hall.room.session.record.measures["harm"]  # its own draws: the exercise itself
    assert as_played["peak_tension"].min() > 0.6 > as_written["peak_tension"].max()  # what control set


def test_a_sweep_goes_on_from_any_moment_as_it_was_played_up_to_there(kept, tmp_path):
    hall, _, folder = kept
    asked = {"vary": {"linkage": (0.2, 0.8)}, "progress": lambda runs, failed: None, "reps": 2, "design": "grid"}
    over, early = (sweep(str(folder), from_turn=turn, out=tmp_path, **asked) for turn in (4, 1))
    session, harm = hall.room.session, [one.to_pandas()["harm"].to_numpy() for one in (over, early)]
    assert (harm[0][::2] == harm[0][1::2]).all(), "at the end nothing is left to chance"
    assert (harm[1][::2] != harm[1][1::2]).any(), "after the first turn much is"
    at_end = play_points(hall.loaded, [{}] * 3, [0, 1, 2], seed=5, opening=session.opening(4))
    assert set(at_end.measures["harm"]) == {session.record.measures["harm"]}
    alone = [
        play_points(hall.loaded, [{}] * 3, [0, 1, 2], 5, batch=size, opening=session.opening(1)) for size in (1, 3)
    ]
    assert (alone[0].digest == alone[1].digest).all()
    with pytest.raises(InputError, match="go on from turn 1 of an exercise with people"):
        replay_run(ReplayOptions(result=early.path, charts=False, out=tmp_path))
    assert (sweep(resume=early.path, verify=True).to_pandas()["harm"] == early.to_pandas()["harm"]).all()


@pytest.mark.parametrize("turn, said", [(None, "from which moment"), (9, "no turn 9 that is over")])
def test_a_sweep_of_an_exercise_says_which_moments_there_are(kept, turn, said):
    with pytest.raises(InputError, match=said):
        sweep(str(kept[2]), from_turn=turn)


def test_a_seat_takes_away_what_it_saw_and_nothing_else(kept):
    hall, link, folder = kept
    assert sorted(path.name for path in (folder / "bundles").iterdir()) == ["EST.zip", "control.zip"]
    hall.browser.post(f"{hall.control}/show")
    assert hall.browser.get(f"{link}/bundle/EST").status_code == 404  # the debrief has not begun
    hall.browser.post(f"{hall.control}/show", data={"debrief": "on"})
    given = hall.browser.get(f"{link}/bundle/EST").content
    assert hall.browser.get(f"{link}/bundle/control").status_code == 404
    with zipfile.ZipFile(io.BytesIO(given)) as bundle:
        words = {name: bundle.read(name).decode() for name in bundle.namelist()}
    everything = " ".join(words.values())
    assert "For Tallinn alone." in words["notes.csv"] and "For Tallinn alone." in words["your_exercise.html"]
    assert "For Tokyo alone." not in everything and "late, but clear" not in everything
    assert [row["seat"] for row in rows_of(words["decisions.csv"])] == ["EST"] * len(rows_of(words["decisions.csv"]))
    with zipfile.ZipFile(folder / "bundles" / "control.zip") as bundle:
        assert {"decisions.csv", "session.jsonl", "report.html"} <= set(bundle.namelist())


def test_the_results_hold_views_and_moves_and_how_usual_it_was_and_show_it_in_the_debrief(kept):
    hall, _, folder = kept
    hall.browser.post(f"{hall.control}/show", data={})
    (view,) = rows_of((folder / "views.csv").read_text(encoding="utf-8"))
    assert (view["person"], view["kind"], view["sure"]) == ("Juhan", "position", "80")
    assert "We close the border,,It is closed already" in (folder / "moves.csv").read_text(encoding="utf-8")
    usual, alignment = (folder / "charts" / f"{name}.wide.svg" for name in ("usual", "alignment"))
    assert "1,000 played by the model ended with less harm" in usual.read_text(encoding="utf-8")
    assert "People who share a seat were of one mind in the one round there was." in alignment.read_text(
        encoding="utf-8"
    )
    hall.browser.post(f"{hall.control}/show", data={"chart": "usual.wide.svg"})
    assert "played by the model ended with less harm" not in hall.page(hall.screen)
    hall.browser.post(f"{hall.control}/show", data={"debrief": "on", "chart": "usual.wide.svg"})
    for page in (hall.screen, hall.control):
        assert "1,000 played by the model ended with less harm" in words_of(hall.page(page))
        assert "People who share a seat were of one mind" in words_of(hall.page(page))
    assert "<svg" in hall.page(f"{hall.control}/debrief/charts/alignment.wide.svg")
    report = after_action_report(read_played(folder))
    assert "Of one mind?" in [getattr(block, "text", "") for block in report.blocks]


@pytest.fixture
def serve(tmp_path, monkeypatch):
    """`oceans serve` in an empty folder: what it said and how it ended, and what lies there then."""
    monkeypatch.chdir(tmp_path)

    def served(*words):
        done = CliRunner().invoke(app, ["serve", *map(str, words), "--port", "0"])
        return done, sorted(path.name for path in (tmp_path / "results").glob("*"))

    return served


@pytest.mark.parametrize("words", [["nosuch"], ["broken.yaml"], ["smallest", "--groups", "Red,red"], []])
def test_a_room_that_cannot_begin_gives_advice_and_leaves_nothing_behind(serve, tmp_path, words):
    (tmp_path / "broken.yaml").write_text("title: [x", encoding="utf-8")
    done, left = serve(*words)
    assert done.exit_code == 2 and "error:" in done.stderr and "Traceback" not in done.stderr
    assert left == []


def test_a_file_that_is_no_rooms_is_told_and_left_as_it_is(serve, tmp_path):
    other, folder = tmp_path / "other.session", tmp_path / "folder.session"
    other.write_text("letters, and no more than letters, for a while", encoding="utf-8")
    folder.mkdir()
    for path in (other, folder):
        done, _ = serve("smallest", "--session", path)
        assert done.exit_code == 2 and "is not the file of a room" in done.stderr and "Traceback" not in done.stderr
    assert other.read_text(encoding="utf-8").startswith("letters")


def test_an_exercise_goes_on_only_as_what_it_is(serve, tmp_path):
    Hall(tmp_path)
    done, _ = serve("cyber_incident", "--session", tmp_path / "room.session")
    assert done.exit_code == 2 and "is of 'smallest', not of 'cyber_incident'" in done.stderr
    done, _ = serve("smallest", "--policy", "EST=hawk", "--session", tmp_path / "room.session")
    assert done.exit_code == 2 and "--policy is for a new exercise" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="a process of its own group cannot be sent Ctrl-C there")
@pytest.mark.parametrize("signals, code", [((signal.SIGINT, signal.SIGINT), 0), ((signal.SIGTERM,), 143)])
def test_a_server_that_is_told_to_end_ends_its_streams_and_says_how_to_go_on(tmp_path, signals, code):
    command = [sys.executable, "-m", "sim", "serve", "smallest", "--port", "0", "--session", str(tmp_path / "one")]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8")
    said = ""
    while "Ctrl-C ends" not in said:
        said += server.stdout.readline()
    stream = re.search(r"http\S+/control/\S+", said)[0].replace("/control/", "/events/")
    with httpx2.stream("GET", stream, timeout=60) as opened:
        next(opened.iter_lines())
        for one in signals:
            server.send_signal(one)
        said, faults = server.communicate(timeout=60)
    assert server.returncode == code and "oceans serve --session" in said
    assert faults.strip() in ("", "Told to end.")
