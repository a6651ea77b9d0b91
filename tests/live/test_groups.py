"""Several groups on one scenario: each in its own room, and one control who starts, pauses and compares them."""

import pytest
from fastapi.testclient import TestClient

from sim.live.groups import ROLE, Groups
from sim.live.guard import Brake
from sim.live.server import server_of
from tests.builders_room import ADDRESS, Hall, words_of

NAMES = ("Red", "Blue")


class Side:
    """Two groups, and the page for control of both."""

    def __init__(self, at):
        self.at, brake = at, Brake()
        self.halls = [Hall(self._made(name), brake=brake, group=name) for name in NAMES]
        self.rooms = [hall.room for hall in self.halls]
        self.all = f"/all/{self.halls[0].log.admit('control of all', ROLE)}"
        self.browser = self.served([hall.browser.app for hall in self.halls], brake)

    def _made(self, name):
        folder = self.at / name
        folder.mkdir()
        return folder

    def served(self, apps, brake):
        return TestClient(Groups(apps, brake, self.at / "results"), follow_redirects=True)

    def turns(self):
        return [room.session.turn for room in self.rooms]


@pytest.fixture
def side(tmp_path):
    return Side(tmp_path)


def test_the_code_says_to_which_group_somebody_comes_and_the_page_says_it_again(side):
    for name, hall in zip(NAMES, side.halls, strict=True):
        page = side.browser.post("/join", data={"name": "Marta", "code": hall.room.code})
        assert page.status_code == 200 and f"A quiet morning in Tallinn: {name}" in page.text
        assert [person.name for person in hall.log.people()] == ["Marta"]
    token = side.browser.post("/api/join", json={"name": "bot", "code": side.rooms[1].code}).json()["token"]
    assert side.browser.get(f"/api/{token}").json()["title"].endswith("Blue")
    assert side.browser.post("/join", data={"name": "Eve", "code": "0000"}).status_code == 400


def test_groups_go_on_together_and_whoever_is_ahead_waits(side):
    red, blue = side.halls
    blue.join("Marta", "EST")
    side.browser.post(f"{side.all}/proceed")
    assert side.turns() == [1, 1] and red.room.session.is_between_turns and not blue.room.session.is_between_turns
    while not blue.room.session.is_between_turns:
        side.browser.post(f"{side.all}/proceed")
        assert side.turns() == [1, 1]
    side.browser.post(f"{side.all}/proceed")
    assert side.turns() == [2, 2]


def test_a_pause_stands_in_every_group_and_ends_in_every_group(side):
    red, blue = side.rooms
    red.pause("a phone rang")
    side.browser.post(f"{side.all}/pause", data={"reason": "coffee"})
    assert [room.clock()["why"] for room in side.rooms] == ["a phone rang", "coffee"]
    assert "Paused: coffee" in words_of(side.browser.get(side.all).text)
    side.browser.post(f"{side.all}/pause")
    side.browser.post(f"{side.all}/clock", data={"minutes": "5"})
    assert [room.clock()["left"] for room in side.rooms] == [300, 300]
    assert "is no number" in side.browser.post(f"{side.all}/clock", data={"minutes": "soon"}).text


def test_only_control_of_all_comes_to_the_page_of_all(side):
    red = side.halls[0]
    for link in (red.join("Marta", "EST"), red.control, red.screen, "/p/nobody"):
        token = link.rpartition("/")[2]
        assert side.browser.get(f"/all/{token}").status_code == 404
        assert side.browser.post(f"/all/{token}/proceed").status_code == 404
    foreign = side.browser.post(f"{side.all}/proceed", headers={"origin": "http://elsewhere.example"})
    assert foreign.status_code == 403 and side.turns() == [0, 0]
    assert side.browser.get(side.all.replace("/all/", "/control/")).status_code == 404
    assert side.browser.get(f"{side.all}/chart").status_code == 404


def test_groups_that_are_over_are_kept_and_drawn_beside_one_another(side):
    for hall in side.halls:
        hall.room.finish = lambda session, room: side.at / room.group
    assert "no group has come to the end yet" in side.browser.post(f"{side.all}/results").text
    while side.rooms[0].session.turn < 4:
        side.browser.post(f"{side.all}/proceed")
    assert "Beside one another" in side.browser.post(f"{side.all}/results").text
    assert side.browser.get(f"{side.all}/chart").headers["content-type"] == "image/png"
    assert [room.results() for room in side.rooms] == [side.at / name for name in NAMES]
    (folder,) = (side.at / "results").iterdir()
    rows = (folder / "groups.csv").read_text(encoding="utf-8").splitlines()
    assert [row.split(",")[0] for row in rows] == ["group", *NAMES]
    assert "over for every group" in side.browser.post(f"{side.all}/proceed").text


def test_a_server_of_groups_started_anew_is_where_it_was(side):
    side.browser.post(f"{side.all}/proceed")
    brake = Brake()
    anew = side.served([server_of(hall.again(), ADDRESS, "none", "none", brake) for hall in side.halls], brake)
    words = words_of(anew.get(side.all).text)
    assert words.count("Turn 1 of 4 is over") == 2 and all(name in words for name in NAMES)
