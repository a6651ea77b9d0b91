"""The room's server: pages for players, control and the shared screen, and the same seat for programs as JSON.

Whoever knows a link may do what its owner may, and nobody else; a link is an unguessable token in the address, so no
page of another site can act for anybody. Streams say only that there is something new; each page then asks for its own.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import uvicorn
from fastapi import Depends, FastAPI, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sim.errors import Diagnostic, InputError, refusal
from sim.letters import whole, without_hidden
from sim.live import pages
from sim.live.forms import (
    Form,
    Written,
    fields_of,
    form_of,
    name_of,
    number_of,
    one_of,
    sent_from,
    with_room,
    written_in,
    written_of,
)
from sim.live.futures import what_if
from sim.live.guard import Brake, Refused, address_of, guard
from sim.live.log import Person
from sim.live.room import EVERYBODY, MOST_LETTERS, Picture, Room, Sent
from sim.model.msel import Planned
from sim.model.steps.control import PLACES, QUANTITIES, Direction
from sim.output.narrative.injects import by_when
from sim.phrases import day
from sim.scenario.calendar import from_iso
from sim.session import Session

HERE = Path(__file__).parent / "pages"
VIEW_KEPT = "Your view is kept. Whoever speaks for the seat answers for all of you."
WAKES_EACH, LONGEST_WAIT = 0.3, 1.0  # seconds between two looks for something new, in a stream: at least, at most
SECONDS_TO_END = 3  # for what runs when the server is told to end
KEPT = {"Cache-Control": "max-age=600"}  # what is the same for everybody
DRAWN = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'"}
MOST_DRAWN = 8  # pictures for control that are kept until the server ends


def server_of(room: Room, address: str, control: str, screen: str, brake: Brake | None = None) -> FastAPI:
    """The application that serves a room.

    Parameters
    ----------
    room : Room
    address : str, under which others reach it, such as http://192.168.1.5:8000
    control, screen : str, the tokens of control's desk and of the shared screen
    brake : Brake on guessing the code; else one of its own
    """
    app = FastAPI(openapi_url=None)
    desk = Desk(room, address, control, screen, brake or Brake())
    app.state.desk = desk
    guard(app)
    serve_joining(app, lambda code: desk)
    serve_files(app)
    _serve_people(app, desk)
    _serve_control(app, desk)
    _serve_programs(app, desk)
    return app


class Desk:
    """What the routes share: the room, the templates, and what was said to whom since."""

    def __init__(self, room: Room, address: str, control: str, screen: str, brake: Brake) -> None:
        self.room, self.brake, self.bell = room, brake, Bell(room)
        self.links = {
            "join": f"{address}/",
            "control": f"{address}/control/{control}",
            "screen": f"{address}/screen/{screen}",
        }
        self.said: dict[int, list[str]] = {}
        self.drawn: dict[str, Picture] = {}
        self.templates = Environment(
            loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
            lstrip_blocks=True,
        )  # fmt: skip
        self.templates.globals.update(deadline=by_when, told=lambda date: day(from_iso(date)))

    def person(self, token: str, *roles: str) -> Person:
        """Whose link it is; Refused where it is nobody's, or of another role."""
        person = self.room.log.who(token)
        if person is None or person.role not in roles:
            raise Refused(404, "link/unknown", "This link is not good, or not any more. Join again with the code.")
        self.room.see(person)
        return person

    def join(self, request: Request, name: str, code: str) -> str:
        """The token of somebody new; Refused where an address has guessed too often, InputError for a wrong code."""
        self.brake.check(request)
        if not self.room.is_code(code):
            self.brake.note(address_of(request))
        return self.room.join(name, code)

    def page(self, template: str, status: int = 200, **words: Any) -> HTMLResponse:
        """A page, filled."""
        return HTMLResponse(self.templates.get_template(template).render(**words), status)

    def tell(self, person: Person, lines: list[str]) -> None:
        """Say something on somebody's next page."""
        self.said.setdefault(person.id, []).extend(lines)

    def told(self, person: Person) -> list[str]:
        """What is to be said to somebody, once."""
        return self.said.pop(person.id, [])

    def keep(self, picture: Picture) -> None:
        """Keep a picture for control, with the last few."""
        self.drawn[picture.key] = picture
        for key in list(self.drawn)[:-MOST_DRAWN]:
            del self.drawn[key]

    def doing(self, person: Person, deed: Callable[[], object]) -> None:
        """Do something for somebody; what speaks against it is said on the next page."""
        try:
            deed()
        except InputError as refused:
            self.tell(person, said_by(refused))


def said_by(refused: InputError) -> list[str]:
    """What an error says, fault by fault."""
    return [fault.message for fault in refused.faults]


# ------------------------------------------------------------------------------------------- whoever comes in


def serve_joining(app: FastAPI, desk_of: Callable[[str], Desk]) -> None:
    """How people and programs come in: with the code, which says to which desk."""

    @app.get("/")
    def join(code: str = "") -> Response:
        return _join_page(desk_of(code), code)

    @app.post("/join")
    async def joins(request: Request) -> Response:
        form = await form_of(request)
        code = one_of(form, "code")
        desk = desk_of(code)
        try:
            token = await run_in_threadpool(desk.join, request, one_of(form, "name"), code)
        except Refused as refused:
            return _join_page(desk, code, refused.status, refused.why)
        except InputError as refused:
            return _join_page(desk, code, 400, *said_by(refused))
        return RedirectResponse(f"/p/{token}", 303)

    @app.post("/api/join")
    async def program_joins(request: Request) -> Response:
        given = await _json(request, '{"name": …, "code": …}', "name", "code")
        desk = desk_of(str(given["code"]))
        try:
            token = await run_in_threadpool(desk.join, request, without_hidden(str(given["name"])), str(given["code"]))
        except InputError as refused:
            raise Refused(400, "join/refused", " ".join(said_by(refused))) from None
        return JSONResponse({"token": token}, 201)


def _join_page(desk: Desk, code: str, status: int = 200, *said: str) -> Response:
    words = pages.frame(desk.room) | {"where": "Join the exercise", "dates": ""}
    return desk.page("join.html.j2", status, **words, code=code, said=said)


def serve_files(app: FastAPI) -> None:
    """The style and the script of every page."""

    @app.get("/static/{name}")
    def static(name: str) -> Response:
        if name not in ("room.css", "room.js"):
            raise Refused(404, "page/unknown", "There is no such page.")
        return FileResponse(HERE / name, headers=KEPT)


class Bell:
    """Wakes all who wait for something new in some rooms, a few times a second; it is rung from any thread."""

    def __init__(self, *rooms: Room) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._rings, self._is_rung = asyncio.Event(), False
        for room in rooms:
            room.listeners.append(self._ring)

    def _ring(self) -> None:
        if self._loop and not self._is_rung:
            self._is_rung = True
            with contextlib.suppress(RuntimeError):  # a loop that is closed has nobody to wake
                self._loop.call_soon_threadsafe(self._loop.call_later, WAKES_EACH, self._wake)

    def _wake(self) -> None:
        self._is_rung = False
        self._rings.set()
        self._rings = asyncio.Event()

    async def news(self) -> None:
        """Wait until there may be something new; a second at most, so that nobody waits for a server that ends."""
        self._loop = asyncio.get_running_loop()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._rings.wait(), LONGEST_WAIT)


async def stream_of(request: Request, number: Callable[[], int | None], bell: Bell) -> AsyncIterator[ServerSentEvent]:
    """Says that there is something new, by its number, to whoever may listen, while the server goes on."""
    told, is_ending = None, request.scope.get("is_ending", _never)
    while not is_ending():
        now = number()
        if now is None:
            return
        if now != told:
            told = now
            yield ServerSentEvent(data=told)
        await bell.news()


def _never() -> bool:
    return False


class Server(uvicorn.Server):
    """Serves an application; once it is told to end, streams end by themselves, and nobody complains of what is cut.

    >>> Server(FastAPI()).should_exit
    False
    """

    def __init__(self, app: FastAPI, **config: Any) -> None:
        async def served(scope: dict[str, Any], receive: Any, send: Any) -> None:
            await app({**scope, "is_ending": lambda: self.should_exit}, receive, send)

        super().__init__(
            uvicorn.Config(served, log_level="warning", timeout_graceful_shutdown=SECONDS_TO_END, **config)
        )

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End: what runs may come to its end, and at the second time no longer."""
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        super().handle_exit(sig, frame)


# ------------------------------------------------------------------------------------------- players, and the screen


def _serve_people(app: FastAPI, desk: Desk) -> None:
    room = desk.room

    @app.get("/p/{token}")
    def player(token: str) -> Response:
        person = desk.person(token, "player")
        with room.lock:
            return desk.page(
                "player.html.j2",
                **pages.person_page(room, person),
                said=desk.told(person),
                base=f"/p/{token}",
                past=f"/p/{token}/past",
                stream=token,
            )

    @app.get("/p/{token}/past")
    def past(token: str) -> Response:
        person, base = desk.person(token, "player"), f"/p/{token}"
        with room.lock:
            return desk.page("past.html.j2", **pages.past_page(room, person), base=base, back=base)

    @app.post("/p/{token}/{deed}")
    async def player_does(token: str, deed: str, request: Request) -> Response:
        person, form = desk.person(token, "player"), await form_of(request)
        seat = one_of(form, "seat")
        if deed not in PLAYER_DEEDS or (deed != "sit" and seat not in person.seats):
            raise Refused(404, "seat/not_yours", "That seat is not yours.")
        await run_in_threadpool(PLAYER_DEEDS[deed], desk, person, seat, form)
        if deed == "draft":
            return Response(status_code=204)
        return RedirectResponse(f"/p/{token}#seat-{seat}", 303)

    @app.get("/p/{token}/debrief/{name:path}")
    def debrief(token: str, name: str) -> Response:
        desk.person(token, "player", "screen")
        return _result(_opened(room), name)

    @app.get("/p/{token}/bundle/{seat}")
    def bundle(token: str, seat: str) -> Response:
        """What a seat saw, chose and was told, for whoever holds it to take away."""
        person, folder = desk.person(token, "player"), _opened(room)
        path = folder / "bundles" / f"{seat}.zip"
        if seat not in person.seats or not path.is_file():
            raise Refused(404, "page/unknown", "There is no such file.")
        return FileResponse(path, filename=path.name)

    @app.get("/p/{token}/attached/{name:path}")
    def attached(token: str, name: str) -> Response:
        person = desk.person(token, "player")
        with room.lock:
            reached = {one for seat in person.seats for one in pages.files_of(room, seat)}
        if name not in reached:
            raise Refused(404, "page/unknown", "There is no such file.")
        return _attached(room, name)

    @app.get("/screen/{token}")
    def screen(token: str) -> Response:
        desk.person(token, "screen")
        with room.lock:
            join = desk.links["join"]
            return desk.page(
                "screen.html.j2", **pages.screen_page(room), join=join, qr=_qr(desk), token=token, stream=token
            )

    @app.get("/screen/{token}/picture/{key}")
    def picture(token: str, key: str) -> Response:
        desk.person(token, "screen")
        return _svg(room.picture())

    def listener(token: str) -> Person:
        return desk.person(token, "player", "screen", "control")

    @app.get("/events/{token}", response_class=EventSourceResponse)
    async def events(
        token: str, request: Request, person: Annotated[Person, Depends(listener)]
    ) -> AsyncIterator[ServerSentEvent]:
        async for event in stream_of(request, news_for(room, person, token), desk.bell):
            yield event


def news_for(room: Room, person: Person, token: str) -> Callable[[], int | None]:
    """What says, whenever it is asked, how much is new to whoever has a link; None once the link is good no more."""
    known: tuple[Person | None, int] = person, room.news[EVERYBODY]

    def number() -> int | None:
        nonlocal known
        if room.news[EVERYBODY] != known[1]:  # somebody may have another seat by now, or none
            known = room.log.who(token), room.news[EVERYBODY]
        if known[0] is None:
            return None
        room.see(known[0])
        return room.news_for(known[0])

    return number


def _opened(room: Room) -> Path:
    """The folder of results, once the debrief is open."""
    if not room.settings()["debrief"]:
        raise Refused(404, "debrief/closed", "The debrief has not begun.")
    return _kept_in(room)


def _kept_in(room: Room) -> Path:
    folder = room.results()
    if folder is None:
        raise Refused(404, "debrief/closed", "The debrief has not begun.")
    return folder


def _result(folder: Path, name: str) -> Response:
    """A file of the results: the report or a chart."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file() or path.suffix not in (".html", ".svg", ".png"):
        raise Refused(404, "page/unknown", "There is no such page.")
    return FileResponse(path, headers=DRAWN)


def _attached(room: Room, name: str) -> Response:
    """A file that came with an inject."""
    return Response(room.loaded.attached[name], headers={"Content-Disposition": "attachment"})


def _svg(picture: Picture | None) -> Response:
    if picture is None:
        raise Refused(404, "page/unknown", "There is no such picture any more. Draw it again.")
    return Response(picture.svg, media_type="image/svg+xml", headers=DRAWN)


def _view(desk: Desk, person: Person, seat: str, form: Form) -> None:
    _draft(desk, person, seat, form)
    advice = desk.room.give_view(seat, person, sent_from(form))
    desk.tell(person, advice or [VIEW_KEPT])


def _send(desk: Desk, person: Person, seat: str, form: Form) -> None:
    if not desk.room.speaks(person, seat):
        return _view(desk, person, seat, form)
    advice = desk.room.submit(seat, person, sent_from(form))
    desk.tell(person, advice or ["Sent. Until control goes on you may change it."])
    _draft(desk, person, seat, form if advice else {})


def _draft(desk: Desk, person: Person, seat: str, form: Form) -> None:
    kept = {name.removeprefix("d:"): values for name, values in form.items() if name[:2] == "d:"}
    kept |= {name: [one_of(form, name)] for name in ("rationale", "sure") if name in form}
    desk.room.log.keep_draft(seat, person.id, kept)


def _note(desk: Desk, person: Person, seat: str, form: Form) -> None:
    receiver = one_of(form, "to")
    if receiver not in ("control", *desk.room.seats):
        return desk.tell(person, [f"There is nobody called '{receiver}' to write to."])
    desk.doing(person, lambda: desk.room.note(seat, receiver, one_of(form, "text"), person.name))


PLAYER_DEEDS: dict[str, Callable[[Desk, Person, str, Form], None]] = {
    "sit": lambda desk, person, seat, form: desk.doing(person, lambda: desk.room.sit(person, seat)),
    "leave": lambda desk, person, seat, form: desk.room.stand_up(person, seat),
    "send": _send,
    "view": _view,
    "draft": _draft,
    "note": _note,
    "move": lambda desk, person, seat, form: desk.doing(
        person, lambda: desk.room.move(seat, one_of(form, "text"), person)
    ),
}


# ------------------------------------------------------------------------------------------- control


def _serve_control(app: FastAPI, desk: Desk) -> None:
    room = desk.room

    @app.get("/control/{token}")
    def control(token: str) -> Response:
        person = desk.person(token, "control")
        with room.lock:
            words = pages.control_page(room)
        return desk.page(
            "control.html.j2", **words, said=desk.told(person), token=token, stream=token, quantities=QUANTITIES
        )

    @app.get("/control/{token}/people")
    def people(token: str) -> Response:
        person = desk.person(token, "control")
        with room.lock:
            words = pages.people_page(room, desk.links)
        qr = _qr(desk)
        return desk.page("people.html.j2", **words, said=desk.told(person), token=token, stream=token, qr=qr)

    @app.post("/control/{token}/write")
    @app.post("/control/{token}/edit")
    async def writes(token: str, request: Request) -> Response:
        person, form = desk.person(token, "control"), await form_of(request)
        inject = one_of(form, "inject")
        try:
            await run_in_threadpool(_write, desk, person, inject, form)
        except InputError as refused:
            before = written_of(_planned(room.session, inject) if inject else None)
            return _inject_page(desk, token, inject, written_in(form, before), 400, said_by(refused))
        return RedirectResponse(f"/control/{token}#sheet", 303)

    @app.post("/control/{token}/{deed}")
    async def directs(token: str, deed: str, request: Request) -> Response:
        person, form = desk.person(token, "control"), await form_of(request)
        if deed not in CONTROL_DEEDS:
            raise Refused(404, "deed/unknown", "Control can do no such thing.")
        await run_in_threadpool(desk.doing, person, lambda: CONTROL_DEEDS[deed](desk, person, form))
        back = one_of(form, "back")
        return RedirectResponse(f"/control/{token}" + ("/people" if back == "people" else f"#{back}"), 303)

    def as_seat(token: str, seat: str) -> Person:
        person = desk.person(token, "control")
        if seat not in room.seats:
            raise Refused(404, "seat/unknown", "There is no such seat.")
        return Person(person.id, "control", "control", (seat,))

    @app.get("/control/{token}/seat/{seat}")
    def look(token: str, seat: str) -> Response:
        """What a seat sees, for control: the seat's own page, with nothing of control's in it."""
        person, base = as_seat(token, seat), f"/control/{token}/as"
        with room.lock:
            words = pages.person_page(room, person)
        past, said = f"/control/{token}/seat/{seat}/past", desk.told(person)
        return desk.page("player.html.j2", **words, said=said, base=base, past=past, stream=token)

    @app.get("/control/{token}/seat/{seat}/past")
    def looks_back(token: str, seat: str) -> Response:
        person, base, back = as_seat(token, seat), f"/control/{token}/as", f"/control/{token}/seat/{seat}"
        with room.lock:
            return desk.page("past.html.j2", **pages.past_page(room, person), base=base, back=back)

    @app.get("/control/{token}/as/attached/{name:path}")
    def attached(token: str, name: str) -> Response:
        desk.person(token, "control")
        if name not in room.loaded.attached:
            raise Refused(404, "page/unknown", "There is no such file.")
        return _attached(room, name)

    @app.post("/control/{token}/as/{deed}")
    async def acts(token: str, deed: str, request: Request) -> Response:
        """Control answers for a seat; the log says that it was control."""
        person, form = desk.person(token, "control"), await form_of(request)
        seat = one_of(form, "seat")
        if deed == "send" and seat in room.seats:
            sent = sent_from(form)
            advice = await run_in_threadpool(room.submit, seat, person, sent, "control")
            desk.tell(person, advice or ["Sent, as control."])
        return RedirectResponse(f"/control/{token}/seat/{seat}", 303)

    @app.get("/control/{token}/inject")
    @app.get("/control/{token}/inject/{inject}")
    def inject(token: str, inject: str = "") -> Response:
        desk.person(token, "control")
        return _inject_page(desk, token, inject, written_of(_planned(room.session, inject) if inject else None))

    @app.get("/control/{token}/ahead")
    def ahead(
        token: str, before: str = "", about: str = "", choice: Annotated[tuple[str, ...], Query()] = (), play: str = ""
    ) -> Response:
        person = desk.person(token, "control")
        moment, found = whole(before), None
        try:
            if choice or play:
                found = what_if(room, moment, about, choice)
            words = pages.what_if_page(room, moment, about, found)
        except InputError as refused:
            words, said = pages.what_if_page(room, None, "", None), [fault.message for fault in refused.faults]
            desk.tell(person, said)
        if found:
            desk.keep(found.picture)
        return desk.page(
            "ahead.html.j2", **pages.frame(room), **words, choices=choice, said=desk.told(person), token=token
        )

    @app.get("/control/{token}/debrief/{name:path}")
    def kept(token: str, name: str) -> Response:
        desk.person(token, "control")
        return _result(_kept_in(room), name)

    @app.get("/control/{token}/picture/{key}")
    def drawn(token: str, key: str) -> Response:
        desk.person(token, "control")
        return _svg(desk.drawn.get(key))


def _inject_page(
    desk: Desk, token: str, inject: str, written: Written, status: int = 200, said: Sequence[str] = ()
) -> Response:
    """The form of an inject, new or planned, as it is written so far."""
    with desk.room.lock:
        words = pages.inject_page(desk.room, inject)
    return desk.page(
        "inject.html.j2", status, **words, inject=inject, written=with_room(written), said=said, token=token,
    )  # fmt: skip


def _direct(desk: Desk, person: Person, form: Form, kind: str, target: str = "", value: object = None) -> None:
    desk.room.direct(Direction(kind, target, value, one_of(form, "reason")), person.name)


def _inject(kind: str) -> Callable[[Desk, Person, Form], object]:
    return lambda desk, person, form: _direct(desk, person, form, kind, one_of(form, "inject"))


def _write(desk: Desk, person: Person, inject: str, form: Form) -> None:
    """Write a new inject, or change one; InputError with every fault at once, of which none changes anything."""
    session = desk.room.session
    before = written_of(_planned(session, inject)) if inject else None
    fields, wrong = fields_of(written_in(form, before or written_of(None)), before)
    if not inject and "question" in fields and session.is_between_turns:
        fields.setdefault("turn", session.turn + 1)  # nobody could answer in a turn that is over
    name = inject or name_of(fields["title"], [planned.inject.id for planned in session.world.plan])
    direction = Direction("edit" if inject else "write", name, fields, one_of(form, "reason"))
    if not wrong:
        return desk.room.direct(direction, person.name)
    try:
        desk.room.moment().direct(direction)
    except InputError as refused:
        wrong += said_by(refused)
    raise InputError([Diagnostic("", 0, 0, fault) for fault in wrong])


def _planned(session: Session, inject: str) -> Planned:
    """An inject of the plan; Refused where there is none."""
    planned = next((one for one in session.world.plan if one.inject.id == inject), None)
    if planned is None:
        raise Refused(404, "page/unknown", "There is no such inject.")
    return planned


def _value(desk: Desk, person: Person, form: Form) -> None:
    _direct(desk, person, form, "set", one_of(form, "what"), _effect(form))


def _effect(form: Form) -> dict[str, Any]:
    value: dict[str, Any] = {"to": number_of(form, "to")}
    return value | {place: one_of(form, place) for place in PLACES if one_of(form, place)}


def _adjudicate(desk: Desk, person: Person, form: Form) -> None:
    what = one_of(form, "what")
    if not what and one_of(form, "to"):
        raise refusal("say which quantity this is, or leave the number out.")
    effect = {"what": what, **_effect(form)} if what else None
    desk.room.adjudicate(number_of(form, "number", int), effect, one_of(form, "reason"), person.name)


CONTROL_DEEDS: dict[str, Callable[[Desk, Person, Form], object]] = {
    "proceed": lambda desk, person, form: desk.room.go_on(person.name, one_of(form, "stage")),
    "release": _inject("release"),
    "hold": _inject("hold"),
    "skip": _inject("skip"),
    "set": _value,
    "adjudicate": _adjudicate,
    "hand": lambda desk, person, form: _direct(
        desk, person, form, "seat", one_of(form, "seat"), one_of(form, "to_whom")
    ),
    "seat": lambda desk, person, form: _seat(desk, person, form),
    "revoke": lambda desk, person, form: desk.room.revoke(number_of(form, "person", int)),
    "back": lambda desk, person, form: desk.room.go_back(number_of(form, "number", int), one_of(form, "reason")),
    "clock": lambda desk, person, form: desk.room.set_clock(number_of(form, "minutes")),
    "pause": lambda desk, person, form: desk.room.pause(
        one_of(form, "reason"), {"True": True, "False": False}.get(one_of(form, "stands"))
    ),
    "note": lambda desk, person, form: desk.room.note(
        "control", one_of(form, "to") or "all", one_of(form, "text"), person.name
    ),
    "rate": lambda desk, person, form: desk.room.rate(
        one_of(form, "objective"), one_of(form, "rating"), one_of(form, "text")
    ),
    "show": lambda desk, person, form: desk.room.set(
        shows_model="shows_model" in form, debrief="debrief" in form, chart=one_of(form, "chart")
    ),
    "picture": lambda desk, person, form: desk.room.show_picture(desk.drawn.get(one_of(form, "key"))),
    "results": lambda desk, person, form: desk.room.keep_results(),
}


def _seat(desk: Desk, control: Person, form: Form) -> None:
    """Control gives somebody a seat."""
    number = one_of(form, "person")
    person = next((one for one in desk.room.log.people() if str(one.id) == number), None)
    if person:
        desk.room.sit(person, one_of(form, "seat"), control.name)


def _qr(desk: Desk) -> str:
    """What a phone reads to join: the address, and the code."""
    import segno
    from markupsafe import Markup

    return Markup(segno.make(f"{desk.links['join']}?code={desk.room.code}").svg_inline(border=2, omitsize=True))


# ------------------------------------------------------------------------------------------- programs


def _serve_programs(app: FastAPI, desk: Desk) -> None:
    """The same seat for a program: what it sees, what is open, an answer; `sim.live.clients` says how it is used."""
    room = desk.room

    def seated(token: str, seat: str) -> Person:
        person = desk.person(token, "player")
        if seat not in person.seats:
            raise Refused(403, "seat/not_yours", "That seat is not yours.")
        return person

    @app.get("/api/{token}")
    def stands(token: str) -> Response:
        person = desk.person(token, "player")
        with room.lock:
            return JSONResponse(pages.stand_of(room, person))

    @app.post("/api/{token}/sit")
    async def sits(token: str, request: Request) -> Response:
        person = desk.person(token, "player")
        given = await _json(request, '{"seat": …}', "seat")
        try:
            await run_in_threadpool(room.sit, person, str(given["seat"]))
        except InputError as refused:
            raise Refused(400, "seat/unknown", " ".join(said_by(refused))) from None
        return stands(token)

    @app.get("/api/{token}/{seat}/view")
    def view(token: str, seat: str) -> Response:
        seated(token, seat)
        with room.lock:
            return JSONResponse(pages.view_from(room, seat) if room.session.turn else {})

    @app.get("/api/{token}/{seat}/decisions")
    def decisions(token: str, seat: str) -> Response:
        seated(token, seat)
        with room.lock:
            return JSONResponse(pages.decisions_of(room, seat))

    @app.post("/api/{token}/{seat}/answers")
    async def answers(token: str, seat: str, request: Request) -> Response:
        person = seated(token, seat)
        given = await _json(request, ANSWERS, "answers")
        try:
            sent = Sent(
                {one["id"]: _listed(one["choice"]) for one in given["answers"]},
                {one["id"]: one["digest"] for one in given["answers"] if "digest" in one},
                without_hidden(str(given.get("rationale", "")))[:MOST_LETTERS],
            )
        except (KeyError, TypeError, AttributeError):
            raise Refused(400, "answer/unreadable", f"Expected {ANSWERS}.") from None
        if not room.speaks(person, seat):
            refused = await run_in_threadpool(room.give_view, seat, person, sent)
            return JSONResponse({"taken": 0, "advice": refused or [VIEW_KEPT]}, 202)
        advice = await run_in_threadpool(room.submit, seat, person, sent, "program")
        return JSONResponse({"taken": len(sent.choices) - len(advice), "advice": advice}, 200 if not advice else 409)


def _listed(choice: Any) -> list[str]:
    return [choice] if isinstance(choice, str) else [str(one) for one in choice]


ANSWERS = '{"answers": [{"id": …, "choice": […], "digest": …}], "rationale": …}'


async def _json(request: Request, shape: str, *names: str) -> dict[str, Any]:
    """What a program sends: an object with these names; Refused, with what it should be, where it is not."""
    try:
        given = await request.json()
        json.dumps(given, ensure_ascii=False).encode()  # half a letter cannot be kept, nor said again
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict) or not all(name in given for name in names):
        raise Refused(400, f"{'answer' if 'answers' in names else 'message'}/unreadable", f"Expected {shape}.")
    return given
