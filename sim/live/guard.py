"""What is refused at the door of a room, before anybody does anything: and the headers that every answer carries."""

import time
import urllib.parse
from collections.abc import Callable

from fastapi import FastAPI, Request
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import HTMLResponse, JSONResponse, Response

from sim.letters import whole

LARGEST_BODY = 200_000  # bytes of a form
GUESSES, GUESSES_WITHIN = (
    200,
    60.0,
)  # wrong codes from one address, which a whole workshop may share, in so many seconds
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class Refused(Exception):
    """A request that cannot be answered: its status, a stable code, and a sentence."""

    def __init__(self, status: int, code: str, why: str) -> None:
        super().__init__(why)
        self.status, self.code, self.why = status, code, why


class Brake:
    """Slows down whoever guesses the code to join: after so many wrong ones from an address, no more for a while.

    Parameters
    ----------
    clock : callable () -> float, seconds

    >>> now = [0.0]
    >>> brake = Brake(lambda: now[0])
    >>> for _ in range(GUESSES):
    ...     brake.note("10.0.0.5")
    >>> brake.seconds_left("10.0.0.5"), brake.seconds_left("10.0.0.6")
    (60, 0)
    >>> now[0] = 61.0
    >>> brake.seconds_left("10.0.0.5")
    0
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wrong: dict[str, list[float]] = {}

    def note(self, address: str) -> None:
        """Take note of a wrong code, and forget those of long ago, whosever they are."""
        since = self._clock() - GUESSES_WITHIN
        recent = {who: [at for at in when if at > since] for who, when in self._wrong.items()}
        self._wrong = {who: when for who, when in recent.items() if when}
        self._wrong.setdefault(address, []).append(self._clock())

    def seconds_left(self, address: str) -> int:
        """How long an address has to wait before it may try again."""
        now = self._clock()
        recent = [at for at in self._wrong.get(address, ()) if at > now - GUESSES_WITHIN]
        return round(recent[-GUESSES] + GUESSES_WITHIN - now) if len(recent) >= GUESSES else 0

    def check(self, request: Request) -> None:
        """Refused where whoever asks has to wait."""
        left = self.seconds_left(address_of(request))
        if left:
            why = f"That was the wrong code many times. Please wait {left} seconds, and look at the shared screen."
            raise Refused(429, "code/too_many", why)


def address_of(request: Request) -> str:
    """The address that a request comes from."""
    return request.client.host if request.client else ""


def guard(app: FastAPI) -> None:
    """Every answer packed, with the headers that keep it safe; what comes from elsewhere or is too long is refused."""
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)

    @app.middleware("http")
    async def guarded(request: Request, call_next: Callable) -> Response:
        if request.method != "GET" and (refused := _is_foreign(request)):
            return JSONResponse({"code": refused, "why": "This was not sent from a page of this room."}, 403)
        length = whole(request.headers.get("content-length") or ("0" if request.method == "GET" else ""))
        if length is None or length > LARGEST_BODY:
            return JSONResponse({"code": "form/too_long", "why": "That is too much for one message."}, 413)
        response = await call_next(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    @app.exception_handler(Refused)
    async def refused(request: Request, why: Refused) -> Response:
        if request.url.path.startswith("/api/"):
            return JSONResponse({"code": why.code, "why": why.why}, why.status)
        return HTMLResponse(f"<!doctype html><title>No</title><p>{why.why}</p><p><a href='/'>Join</a></p>", why.status)


def _is_foreign(request: Request) -> str:
    """Why a posted form does not come from a page of this room; empty where it does."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return "form/cross_site"
    origin = request.headers.get("origin")
    if origin and origin != "null" and urllib.parse.urlsplit(origin).netloc != request.headers.get("host"):
        return "form/cross_site"
    return ""
