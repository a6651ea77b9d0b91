"""Several groups on one scenario: each in a room of its own, and a page for control of all, who go on together.

One server answers for all rooms: a link's token says whose it is, and the code that somebody joins with says to which
group. Groups share a seed, so that chance deals them the same hand.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, RedirectResponse, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from sim.engine import play
from sim.errors import InputError, refusal
from sim.experiments.turning_points import OUTCOMES
from sim.live import pages
from sim.live.forms import Form, form_of, number_of, one_of
from sim.live.guard import Brake, Refused, guard
from sim.live.room import Room
from sim.live.server import Bell, Desk, said_by, serve_files, serve_joining, stream_of
from sim.model.view import public_view
from sim.output.figures import draw_all
from sim.record import store
from sim.record.record import Outcomes

ROLE = "groups"  # of whoever controls all of them
OF_A_ROOM = ("p", "control", "screen", "events", "api")  # what stands before a token
RUNS = 200  # of the model's own, beside which groups are drawn


@dataclass(frozen=True)
class Group:
    """A group: the application that serves its room, and the desk in it."""

    app: FastAPI

    @property
    def desk(self) -> Desk:
        """Its desk."""
        return self.app.state.desk

    @property
    def room(self) -> Room:
        """Its room."""
        return self.desk.room


class Groups:
    """The application that serves several groups.

    Parameters
    ----------
    apps : sequence of FastAPI, each as `server_of` makes it, of rooms of one scenario
    brake : Brake on guessing a code, the same as theirs
    out : Path, where the chart that compares them is kept
    """

    def __init__(self, apps: Sequence[FastAPI], brake: Brake, out: Path) -> None:
        self.groups = [Group(app) for app in apps]
        self.first, self.brake, self.out = self.groups[0], brake, out
        self.said: list[str] = []
        self.bell = Bell(*self.rooms)
        self.own = FastAPI(openapi_url=None)
        guard(self.own)
        serve_joining(self.own, self._desk_of)
        serve_files(self.own)
        _serve_control_of_all(self.own, self)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer for whichever group a link is of."""
        await self._app_of(scope.get("path", "").split("/"))(scope, receive, send)

    def _app_of(self, path: list[str]) -> FastAPI:
        if len(path) > 2 and path[1] in OF_A_ROOM:
            for group in self.groups:
                person = group.room.log.who(path[2])
                if person and person.role != ROLE:
                    return group.app
        return self.own

    def _desk_of(self, code: str) -> Desk:
        return next((group.desk for group in self.groups if group.room.is_code(code)), self.first.desk)

    @property
    def number(self) -> int:
        """One more whenever there is something new in a group."""
        return sum(group.room.number for group in self.groups)

    # ------------------------------------------------------------------------------------------- all together

    @property
    def stage(self) -> tuple[int, int] | None:
        """Where those stand who are furthest back and not yet over."""
        return min((room.stage for room in self.rooms if not room.session.is_over), default=None)

    def go_on(self, person: str, stage: str = "") -> None:
        """All groups that stand furthest back go on, from where they were seen; whoever is ahead waits for them."""
        furthest_back = self.stage
        if furthest_back is None:
            raise refusal("the exercise is over for every group.")
        if stage not in ("", str(furthest_back)):
            raise refusal("they have gone on meanwhile. Look where they stand before you go on again.")
        self.each(lambda room: room.go_on(person, stage) if room.stage == furthest_back else None)

    def pause(self, why: str) -> None:
        """Stop every clock that runs; or, where all stand, let them run on."""
        stand = [room.clock()["stands"] for room in self.rooms]
        self.each(lambda room: room.pause(why) if all(stand) or not room.clock()["stands"] else None)

    def set_clock(self, minutes: float) -> None:
        """So many minutes from now, for everybody."""
        self.each(lambda room: room.set_clock(minutes))

    def keep(self) -> None:
        """Keep the results of every group that has none yet, and draw them beside one another."""
        self.each(lambda room: room.results() or room.keep_results())
        self.draw()

    @property
    def rooms(self) -> list[Room]:
        """The rooms of the groups."""
        return [group.room for group in self.groups]

    def each(self, deed: Callable[[Room], object]) -> None:
        """Do something in every room that is not over; what speaks against it is said on the next page."""
        for room in self.rooms:
            try:
                deed(room)
            except InputError as refused:
                self.said += [f"{room.group}: {line}" for line in said_by(refused)]

    # ------------------------------------------------------------------------------------------- beside one another

    @cached_property
    def of_the_model(self) -> Outcomes:
        """What many runs come to in which the model plays every seat."""
        return play(self.first.room.loaded, self.first.room.seed, runs=RUNS, baseline=False).outcomes

    def draw(self) -> None:
        """Draw what the groups that are over came to, and keep it as a chart and a table."""
        over = {room.group: room.session.record.measures for room in self.rooms if room.session.is_over}
        if not over:
            raise refusal("no group has come to the end yet.")
        played = {group: {name: measures[name] for name in OUTCOMES} for group, measures in over.items()}
        loaded = self.first.room.loaded
        with store.RunFolder(self.out, f"{loaded.name}-groups") as folder:
            draw_all("groups", folder.aside / "charts", self.of_the_model, loaded, played, wide=True)
            rows = ([group, *measures.values()] for group, measures in over.items())
            store.write_table(folder.aside / "groups.csv", ["group", *next(iter(over.values()))], rows)
            path = folder.keep()
        self.first.room.log.keep_fact("groups", str(path))

    def drawn(self) -> Path | None:
        """The folder in which they are drawn beside one another, once they are."""
        kept = self.first.room.log.fact("groups")
        return Path(kept) if kept else None


# ------------------------------------------------------------------------------------------- the page of control of all


def _serve_control_of_all(app: FastAPI, groups: Groups) -> None:
    first = groups.first

    def check(token: str) -> None:
        first.desk.person(token, ROLE)

    @app.get("/all/{token}")
    def page(token: str) -> Response:
        check(token)
        said, groups.said = list(dict.fromkeys(groups.said)), []
        scenario = first.room.loaded.scenario
        words = {
            "title": scenario.title,
            "marking": scenario.marking,
            "where": "All groups",
            "dates": "",
            "clock": None,
            "stage": groups.stage,
        }
        return first.desk.page(
            "groups.html.j2", **words, number=groups.number,
            groups=[_row(one) for one in groups.groups], said=said, token=token, stream=token, drawn=groups.drawn(),
            join=first.desk.links["join"],
        )  # fmt: skip

    @app.post("/all/{token}/{deed}")
    async def directs(token: str, deed: str, request: Request) -> Response:
        check(token)
        form = await form_of(request)
        if deed not in DEEDS:
            raise Refused(404, "deed/unknown", "Control can do no such thing.")
        try:
            await run_in_threadpool(DEEDS[deed], groups, form)
        except InputError as refused:
            groups.said += said_by(refused)
        return RedirectResponse(f"/all/{token}", 303)

    @app.get("/all/{token}/chart")
    def chart(token: str) -> Response:
        check(token)
        folder = groups.drawn()
        if folder is None:
            raise Refused(404, "page/unknown", "The groups have not been drawn yet.")
        return FileResponse(folder / "charts" / "groups.wide.png")

    @app.get("/events/{token}", response_class=EventSourceResponse, dependencies=[Depends(check)])
    async def events(request: Request) -> AsyncIterator[ServerSentEvent]:
        async for event in stream_of(request, lambda: groups.number, groups.bell):
            yield event


DEEDS: dict[str, Callable[[Groups, Form], object]] = {
    "proceed": lambda groups, form: groups.go_on("control of all", one_of(form, "stage")),
    "pause": lambda groups, form: groups.pause(one_of(form, "reason")),
    "clock": lambda groups, form: groups.set_clock(number_of(form, "minutes")),
    "results": lambda groups, form: groups.keep(),
}


def _row(group: Group) -> dict[str, Any]:
    """A group as its row shows it."""
    room = group.room
    with room.lock:
        session, where = room.session, pages.frame(room)
        seen = public_view(session.world) if session.turn else {"texts": [], "seen_responses": []}
        return {
            "name": room.group,
            "where": where["where"],
            "clock": where["clock"],
            "asked": len(session.asked),
            "answered": len(session.pending),
            "people": [(one.name, room.is_present(one)) for one in room.log.people()],
            "code": room.code,
            "desk": group.desk.links["control"],
            "screen": group.desk.links["screen"],
            "texts": len(seen["texts"]),
            "seen": len(seen["seen_responses"]),
            "results": room.results(),
        }
