"""What is kept of an exercise in a room: a folder of results like any other, and who decided what."""

import csv
import signal
import subprocess
import sys

import pytest

from sim.cli.options import ServeOptions
from sim.cli.serve import _keeper
from sim.papers.after import after_action_report, read_played
from sim.session import Session
from tests.builders_room import Hall, words_of


def test_the_results_hold_who_decided_what_and_play_again_as_the_same_exercise(tmp_path):
    hall = Hall(tmp_path)
    hall.room.finish = _keeper(ServeOptions(scenario="smallest", out=tmp_path / "results"), hall.log)
    objective = hall.loaded.scenario.objectives[0].id
    link, other = hall.join("Marta =1+1", "EST"), hall.join("Juhan", "EST")
    hall.proceed()
    hall.browser.post(f"{other}/view", data=hall.form("EST", sure="80"))
    hall.browser.post(f"{link}/move", data={"seat": "EST", "text": "We close the border"})
    hall.browser.post(f"{hall.control}/adjudicate", data={"number": "1", "reason": "It is closed already"})
    hall.play({"EST": link})
    hall.browser.post(f"{hall.control}/rate", data={"objective": objective, "rating": "S", "text": "late, but clear"})
    hall.browser.post(f"{hall.control}/results")
    folder = hall.room.results()
    with (folder / "decisions.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["source"] == "person"]
    assert rows and all(row["seat"] == "EST" and row["is_model's"] == "true" for row in rows)
    assert 'S,"late, but clear"' in (folder / "ratings.csv").read_text(encoding="utf-8")
    with (folder / "views.csv").open(encoding="utf-8", newline="") as file:
        (view,) = csv.DictReader(file)
    assert (view["person"], view["kind"], view["sure"]) == ("Juhan", "position", "80")
    assert "We close the border,,It is closed already" in (folder / "moves.csv").read_text(encoding="utf-8")
    usual, alignment = (folder / "charts" / f"{name}.wide.svg" for name in ("usual", "alignment"))
    assert "1,000 played by the model ended with less harm" in usual.read_text(encoding="utf-8")
    assert "People who share a seat were of one mind in the one round there was." in alignment.read_text(
        encoding="utf-8"
    )
    assert "played by the model ended with less harm" not in hall.page(hall.screen)
    hall.browser.post(f"{hall.control}/show", data={"debrief": "on", "chart": "usual.wide.svg"})
    for page in (hall.screen, hall.control):
        assert "1,000 played by the model ended with less harm" in words_of(hall.page(page))
        assert "People who share a seat were of one mind" in words_of(hall.page(page))
    assert "<svg" in hall.page(f"{hall.control}/debrief/charts/alignment.wide.svg")
    report = after_action_report(read_played(folder))
    assert "Of one mind?" in [getattr(block, "text", "") for block in report.blocks]
    again = Session.restore((folder / "session.jsonl").read_text(encoding="utf-8").splitlines())
    assert again.record.to_json() == hall.room.session.record.to_json()
    assert "What decided it" in (folder / "report.html").read_text(encoding="utf-8")
    assert (folder / "charts" / "story.wide.svg").exists()
    assert "People sat in one seat: Estonia." in (folder / "report.html").read_text(encoding="utf-8")


@pytest.fixture
def serve(tmp_path):
    """`oceans serve` in an empty folder: what it said and how it ended, and what lies there then."""

    def served(*words):
        command = [sys.executable, "-m", "sim", "serve", *map(str, words), "--port", "0"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", timeout=60)
        return done, sorted(path.name for path in (tmp_path / "results").glob("*"))

    return served


@pytest.mark.parametrize("words", [["nosuch"], ["broken.yaml"], ["smallest", "--policy", "EST=bold"], []])
def test_a_room_that_cannot_begin_gives_advice_and_leaves_nothing_behind(serve, tmp_path, words):
    (tmp_path / "broken.yaml").write_text("title: [x", encoding="utf-8")
    done, left = serve(*words)
    assert done.returncode == 2 and "error:" in done.stderr and "Traceback" not in done.stderr
    assert left == []


def test_a_file_that_is_no_rooms_is_told_and_left_as_it_is(serve, tmp_path):
    other, folder = tmp_path / "other.session", tmp_path / "folder.session"
    other.write_text("letters, and no more than letters, for a while", encoding="utf-8")
    folder.mkdir()
    for path in (other, folder):
        done, _ = serve("smallest", "--session", path)
        assert done.returncode == 2 and "is not the file of a room" in done.stderr and "Traceback" not in done.stderr
    assert other.read_text(encoding="utf-8").startswith("letters")


def test_an_exercise_goes_on_only_as_what_it_is(serve, tmp_path):
    Hall(tmp_path)
    done, _ = serve("cyber_incident", "--session", tmp_path / "room.session")
    assert done.returncode == 2 and "is of 'smallest', not of 'cyber_incident'" in done.stderr
    done, _ = serve("smallest", "--policy", "EST=hawk", "--session", tmp_path / "room.session")
    assert done.returncode == 2 and "--policy is for a new exercise" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="a process of its own group cannot be sent Ctrl-C there")
def test_ctrl_c_ends_the_server_and_says_how_to_go_on(tmp_path):
    command = [sys.executable, "-m", "sim", "serve", "smallest", "--port", "0", "--session", str(tmp_path / "one")]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8")
    while "Ctrl-C ends" not in server.stdout.readline():
        pass
    server.send_signal(signal.SIGINT)
    said, faults = server.communicate(timeout=60)
    assert server.returncode == 0 and "oceans serve --session" in said and "Traceback" not in faults
