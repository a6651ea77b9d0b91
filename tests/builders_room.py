"""A room for tests: one scenario, a log in a folder, and browsers that need no network."""

import re

from fastapi.testclient import TestClient

from sim.live.log import Log
from sim.live.room import Room
from sim.live.server import server_of
from sim.scenario import Loaded, load

ADDRESS = "http://testserver"


class Hall:
    """A room with its server, and links for whoever comes in."""

    def __init__(self, folder, scenario="smallest", seed=1, finish=None, brake=None, group=""):
        self.path = folder / "room.session"
        self.log = Log(self.path)
        self.log.keep_fact("group", group)
        self.loaded = scenario if isinstance(scenario, Loaded) else load(scenario)
        self.room = Room(self.loaded, self.log, seed, finish=finish)
        control, screen = self.log.admit("control", "control"), self.log.admit("screen", "screen")
        self.control, self.screen = f"/control/{control}", f"/screen/{screen}"
        self.browser = TestClient(server_of(self.room, ADDRESS, control, screen, brake), follow_redirects=True)

    def join(self, name, seat=None):
        """Somebody comes in with the code and, if said, sits down: the address of their page."""
        answer = self.browser.post("/join", data={"name": name, "code": self.room.code})
        assert answer.status_code == 200, answer.text
        link = answer.url.path
        if seat:
            self.browser.post(f"{link}/sit", data={"seat": seat})
        return link

    def page(self, link):
        """The text of a page."""
        answer = self.browser.get(link)
        assert answer.status_code == 200, answer.text
        return answer.text

    def proceed(self):
        """Control goes on: the next turn begins, or the stop closes."""
        return self.browser.post(f"{self.control}/proceed")

    def form(self, seat, **more):
        """What a browser sends from a seat's form when everything that can be is answered as the model would."""
        fields = {"seat": seat, **more}
        for decision in self.room.session.open_decisions(seat):
            fields[f"g:{decision.id}"] = decision.digest
            fields[f"d:{decision.id}"] = list(decision.default)
            if decision.many:
                fields.setdefault("many", []).append(decision.id)
        return fields

    def play(self, links, turns=None):
        """Play on, everybody answering as the model would, to the end of a turn or of the exercise."""
        session = self.room.session
        while not self.room.session.is_over and not (turns == session.turn and session.is_between_turns):
            for seat, link in links.items():
                if self.room.session.open_decisions(seat):
                    self.browser.post(f"{link}/send", data=self.form(seat))
            self.proceed()
            session = self.room.session

    def again(self):
        """The room as it is after the server has died and was started anew on the same file."""
        return Room(self.loaded, Log(self.path))


def words_of(page):
    """A page as somebody reads it: without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
