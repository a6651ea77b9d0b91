"""Plays an exercise in the room, over the network as people do, and takes the pictures of it: `make screens`.

Two programs sit for Estonia and Japan, control goes on from its desk, and a browser looks at what each sees; at the end
come the papers. It needs Chromium and about two minutes.
"""

import contextlib
import re
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from pathlib import Path

from keeping import shrunk
from playwright.sync_api import sync_playwright

from sim.live.clients import Seat
from sim.papers.paper import browser_here

HERE = Path(__file__).parent / "room"
SCENARIO, SEED, PAUSE = "cyber_incident", "7", 3  # of the exercise, and the turn in which the pictures are taken
SEATS = {"EST": ("Marta", "We were hit; silence would cost us more."), "JPN": ("Kenji", "With others, or not at all.")}
DESK, PHONE, WALL, PAGE = (1280, 900), (390, 844), (1280, 720), (800, 1100)
WIDTHS = {"control": 700, "seat": 320, "screen": 700, "brief": 480, "report": 480}  # of the pictures, in dots


def command(*words):
    """How a command of this program is called."""
    return [sys.executable, "-u", "-m", "sim", *words]


@contextlib.contextmanager
def served(folder):
    """A room that is served: control's link, the screen's link, the address and the code."""
    words = command("serve", SCENARIO, "--seed", SEED, "--port", "0", "--out", str(folder))
    with subprocess.Popen(words, stdout=subprocess.PIPE, encoding="utf-8") as server:
        try:
            said = "".join(iter(server.stdout.readline, "\n"))
            yield [re.search(pattern, said)[1] for pattern in (
                r"desk +(\S+)", r"screen +(\S+)", r"join +(\S+)/ ", r"code (\S+)"
            )]  # fmt: skip
        finally:
            server.terminate()


def post(link, **form):
    """Sends a form, as control's desk does."""
    urllib.request.urlopen(link, urllib.parse.urlencode(form).encode()).close()


def chosen(decision):
    """What somebody bold chooses: the strongest text, the first response that it can pay, else the first option."""
    options = [option["id"] for option in decision["options"]]
    if decision["kind"] == "position":
        return options[-1:]
    if decision["kind"] == "responses":
        means = decision["budget"] or 0
        return [option["id"] for option in decision["options"] if 0 < (option["cost"] or 0) < means / 4][:1]
    return options[: max(decision["least"], 1 if decision["kind"] in ("call", "question") else 0)]


def answered(seat, why):
    """Answers everything that is open to a seat."""
    opened = seat.decisions()
    seat.answer([{"id": one["id"], "choice": chosen(one), "digest": one["digest"]} for one in opened], why)


def played(seats, control, until):
    """Plays on until a turn has begun and waits for people, or to the end."""
    stand = next(iter(seats.values())).stand()
    while not stand["is_over"] and not (stand["turn"] == until and any(seat.decisions() for seat in seats.values())):
        for code, seat in seats.items():
            answered(seat, SEATS[code][1])
        post(f"{control}/proceed")
        stand = next(iter(seats.values())).stand()


def papers(source, folder, *words):
    """The folder into which the papers of something are written."""
    said = subprocess.run(
        command("papers", str(source), "--out", str(folder), *words), check=True, capture_output=True, encoding="utf-8"
    ).stdout
    return Path(said.splitlines()[0])


def main():
    """Plays, looks and keeps the pictures."""
    HERE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as aside, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=browser_here(), args=["--no-sandbox"])

        def picture(name, address, size):
            page = browser.new_page(viewport=dict(zip(("width", "height"), size, strict=True)))
            page.goto(address)
            page.screenshot(path=f"{aside}/{name}.png")
            page.close()
            shrunk(f"{aside}/{name}.png", HERE / f"{name}.png", WIDTHS[name])

        with served(aside) as (control, screen, address, code):
            seats = {seat: Seat(address, code, name, seat) for seat, (name, _) in SEATS.items()}
            played(seats, control, PAUSE)
            picture("control", control, DESK)
            picture("seat", seats["EST"].own.replace("/api/", "/p/"), PHONE)
            picture("screen", screen, WALL)
            played(seats, control, None)
            post(f"{control}/results")
        (result,) = (path.parent for path in Path(aside).glob("*/manifest.json"))
        before = papers(SCENARIO, f"{aside}/before", "--for", "EST")
        picture("brief", f"file://{before.resolve()}/brief_EST.html", PAGE)
        after = papers(result, f"{aside}/after", "--for", "all")
        picture("report", f"file://{after.resolve()}/after_action_report.html", PAGE)
        browser.close()


if __name__ == "__main__":
    main()
