"""A server killed in the middle of things, again and again: what it said it had taken is there."""

import json
import os
import random
import re
import signal
import subprocess
import sys

import httpx2
import pytest

from sim.live.log import Log
from sim.live.room import Room, Sent
from sim.model.steps.control import Direction
from sim.scenario import load

SERVERS = 3  # killed, each a process of its own
MOMENTS = 100  # at which whoever writes is killed


def plays_on(path, told):
    """Bots answer and control goes on in the room that a file keeps; what was accepted is told, one line each."""
    room = Room(load("smallest"), Log(path))
    while not room.session.is_over:
        for person in room.log.people():
            for seat in person.seats:
                for decision in room.session.open_decisions(seat):
                    choice = [option.id for option in decision.options][: decision.least]
                    if not room.submit(seat, person, Sent({decision.id: choice}, {}), "program"):
                        os.write(told, f"{decision.id}\n".encode())
        room.direct(Direction("proceed"), "control")


def killed_after(path, accepted):
    """What a process said it had accepted, which was killed once it had said so often that it had; and how it ended."""
    listens, told = os.pipe()
    process = os.fork()
    if not process:
        os.close(listens)
        try:
            plays_on(path, told)
        finally:
            os._exit(0)
    os.close(told)
    with os.fdopen(listens) as said:
        lines = [line for line, _ in zip(said, range(accepted), strict=False)]
        os.kill(process, signal.SIGKILL)
        lines += said.readlines()
    os.waitpid(process, 0)
    return [line.strip() for line in lines if line.endswith("\n")]


def answers_in(log):
    """What is answered in a log, in order, by the name of what was asked."""
    given = [json.loads(one.payload) for one in log.inputs()]
    return [f"{one['turn']}/{one['actor']}/{one['kind']}/{one['subject']}" for one in given if "actor" in one]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is forked, which Windows cannot do")
@pytest.mark.parametrize("moments", [5, pytest.param(MOMENTS, marks=pytest.mark.long)])
def test_nothing_that_was_accepted_is_lost_at_whatever_moment_the_writer_is_killed(tmp_path, moments):
    draw, rounds = random.Random(7), 0
    path = tmp_path / "0.session"
    for moment in range(moments):
        if not path.exists():
            room = Room(load("smallest"), Log(path))
            for name, seat in (("Marta", "EST"), ("Kenji", "JPN")):
                room.sit(room.log.who(room.join(name, room.code)), seat)
            room.log.close()
            accepted = []
        accepted += killed_after(path, draw.randrange(4))
        log = Log(path)
        there = iter(answers_in(log))
        assert all(one in there for one in accepted), f"lost at moment {moment}"
        assert [person.seats for person in log.people()] == [("EST",), ("JPN",)]
        if moment % 5 == 4:
            room = Room(load("smallest"), log)
            assert not room.session.void and len(room.session.inputs) == len(log.inputs())
            rounds, path = rounds + 1, tmp_path / f"{rounds + 1}.session"
        log.close()
    assert rounds == moments // 5


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
    for kill in range(SERVERS):
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
