"""What is kept of an exercise in a room: a folder of results like any other, and who decided what."""

import csv

from sim.cli.options import ServeOptions
from sim.cli.serve import _keeper
from sim.session import Session
from tests.builders_room import Hall


def test_the_results_hold_who_decided_what_and_play_again_as_the_same_exercise(tmp_path):
    hall = Hall(tmp_path)
    hall.room.finish = _keeper(ServeOptions(scenario="smallest", out=tmp_path / "results"), hall.log)
    objective = hall.loaded.scenario.objectives[0].id
    hall.play({"EST": hall.join("Marta =1+1", "EST")})
    hall.browser.post(f"{hall.control}/rate", data={"objective": objective, "rating": "S", "text": "late, but clear"})
    hall.browser.post(f"{hall.control}/results")
    folder = hall.room.results()
    with (folder / "decisions.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["source"] == "person"]
    assert rows and all(row["seat"] == "EST" and row["is_model's"] == "true" for row in rows)
    assert 'S,"late, but clear"' in (folder / "ratings.csv").read_text(encoding="utf-8")
    again = Session.restore((folder / "session.jsonl").read_text(encoding="utf-8").splitlines())
    assert again.record.to_json() == hall.room.session.record.to_json()
    assert "What decided it" in (folder / "report.html").read_text(encoding="utf-8")
    assert (folder / "charts" / "story.wide.svg").exists()
    assert "People sat in one seat: Estonia." in (folder / "report.html").read_text(encoding="utf-8")
