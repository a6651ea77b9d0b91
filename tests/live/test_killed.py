"""A server killed in the middle of things, again and again: what it said it had taken is there."""

import json
import os
import re
import signal
import subprocess
import sys

import httpx2
import pytest

from sim.live.log import Log

KILLS = 10


class Served:
    """A server of its own process, and whoever is in the room."""

    def __init__(self, session):
        command = [sys.executable, "-m", "sim", "serve", "smallest", "--port", "0", "--session", str(session)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8")
        said = ""
        while "Ctrl-C ends" not in said:
            said += self.process.stdout.readline()
        self.control = re.search(r"(http\S+/control/\S+)", said)[1]
        self.address, self.code = self.control.split("/control")[0], re.search(r"code (\w+)", said)[1]
        self.browser = httpx2.Client(follow_redirects=True, timeout=60)

    def kill(self):
        """End it as a failing battery would."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_nothing_that_was_accepted_is_lost_and_everybody_is_where_they_were(tmp_path):
    session, links, accepted = tmp_path / "room.session", {}, []
    for kill in range(KILLS):
        served = Served(session)
        for name, seat in (("Marta", "EST"), ("Kenji", "JPN")):
            if seat not in links:
                joined = served.browser.post(f"{served.address}/join", data={"name": name, "code": served.code})
                links[seat] = joined.url.path
                served.browser.post(f"{served.address}{links[seat]}/sit", data={"seat": seat})
        for step in range(kill + 1):
            for seat, link in links.items():
                api = f"{served.address}{link.replace('/p/', '/api/')}/{seat}"
                opened = served.browser.get(f"{api}/decisions").json()["decisions"]
                answers = [{"id": one["id"], "choice": [one["options"][0]["id"]][: one["least"]]} for one in opened]
                taken = served.browser.post(f"{api}/answers", json={"answers": answers}).json()["taken"]
                accepted += [one["id"] for one in answers[:taken]]
            if step < kill:
                served.browser.post(f"{served.control}/proceed")
        served.kill()
    log = Log(session)
    kept = [json.loads(one.payload) for one in log.inputs()]
    found = [f"{one['turn']}/{one['actor']}/{one['kind']}/{one['subject']}" for one in kept if "actor" in one]
    assert accepted and found == accepted
    assert [person.seats for person in log.people()] == [("EST",), ("JPN",)]
