"""Programs in a seat: the room's interface as a client sees it, a policy that plays a seat, and a language model.

A program joins with the code and sits as anybody does. Its token is its link: `/p/TOKEN` shows the same seat as a page,
and control revokes it like any other. What it answers is an input like any other, so nothing is asked again when an
exercise is replayed. All that is sent and received is JSON:

| Request                           | Gives                                                                              |
|-----------------------------------|------------------------------------------------------------------------------------|
| `POST /api/join`                  | of `{"name", "code"}`, `{"token"}`                                                 |
| `GET /api/TOKEN`                  | `turn`, `where` it stands in words, `is_over`, `is_paused`, `held` seats with briefs, all `seats`; `number` grows whenever there is something new |
| `POST /api/TOKEN/sit`             | of `{"seat"}`, the same                                                            |
| `GET /api/TOKEN/SEAT/view`        | what the seat can see, as `sim.model.view` says                                    |
| `GET /api/TOKEN/SEAT/decisions`   | `decisions` that are open, as `sim.model.decisions.Decision` with `question` and `label` in words, and those `answered`, which may be answered otherwise until control goes on |
| `POST /api/TOKEN/SEAT/answers`    | of `{"answers": [{"id", "choice", "digest"}], "rationale"}`, how many were `taken`, and `advice` on each of the others (status 409) |

`default`, what the model would choose, is among a decision where control lets seats see it. What a program leaves out,
the model chooses once control goes on. A request that is refused gives `{"code", "why"}`: the code is stable, the
sentence is for people. Of several who hold a seat the first speaks; what others send is kept as their view (status 202).

    python -m sim.live.clients.policy http://127.0.0.1:8000 CODE EST hawk
    python -m sim.live.clients.language_model http://127.0.0.1:8000 CODE EST http://127.0.0.1:11434/v1 llama3.2
"""  # noqa: E501 the rows of a table

import json
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sim.errors import InputError

Plain = dict[str, Any]
LOOKS_EACH = 1.0  # seconds between two looks for something new


class Refusal(Exception):
    """What a server did not do, in its own words; code : the stable code, "" where it gave none."""

    def __init__(self, why: str, code: str = "") -> None:
        super().__init__(why)
        self.code = code


def exchange(address: str, given: Plain | None = None, headers: Mapping[str, str] | None = None) -> Plain:
    """What a server answers to a GET, or to a POST of something; Refusal where it refuses, or is not there."""
    body = None if given is None else json.dumps(given).encode()
    request = urllib.request.Request(address, body, {"Content-Type": "application/json", **(headers or {})})
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        try:
            said = json.load(error)
        except ValueError:
            said = {}
        if isinstance(said, dict) and "advice" in said:
            return said
        why = said.get("why") if isinstance(said, dict) else None
        raise Refusal(why or f"{address}: {error.code} {error.reason}", (why and said.get("code")) or "") from None
    except (OSError, ValueError) as error:
        raise Refusal(f"{address}: {getattr(error, 'reason', error)}") from None


class Seat:
    """A seat of a room, held by a program.

    Parameters
    ----------
    address : str, of the room, such as http://192.168.1.5:8000
    code : str, to join with; name : str, for others to see
    seat : str, code of an actor
    ask : callable (address, what is posted or None) -> what is answered
    """

    def __init__(
        self, address: str, code: str, name: str, seat: str, ask: Callable[[str, Plain | None], Plain] = exchange
    ) -> None:
        self._ask, self._room = ask, f"{address.rstrip('/')}/api"
        token = ask(f"{self._room}/join", {"name": name, "code": code})["token"]
        self.own = f"{self._room}/{token}"
        self._seat = f"{self.own}/{seat}"
        ask(f"{self.own}/sit", {"seat": seat})

    def stand(self) -> Plain:
        """Where the exercise stands."""
        return self._ask(self.own, None)

    def view(self) -> Plain:
        """What the seat can see."""
        return self._ask(f"{self._seat}/view", None)

    def decisions(self) -> list[Plain]:
        """What is open to it."""
        return self._ask(f"{self._seat}/decisions", None)["decisions"]

    def answer(self, answers: Sequence[Plain], rationale: str = "") -> list[str]:
        """Answer decisions: advice on each that was not taken."""
        return self._ask(f"{self._seat}/answers", {"answers": list(answers), "rationale": rationale})["advice"]


def play(seat: Seat, choose: Callable[[Seat, list[Plain]], None], wait: Callable[[float], object] = time.sleep) -> None:
    """Sit until the exercise is over; whatever opens is put to `choose` once, which answers it or leaves it.

    A room that cannot be reached is waited for: its server may be started anew.
    """
    seen: set[tuple[str, str]] = set()
    is_over = False
    while not is_over:
        try:
            is_over = seat.stand()["is_over"]
            new = [one for one in seat.decisions() if (one["id"], one["digest"]) not in seen]
            if new:
                seen |= {(one["id"], one["digest"]) for one in new}
                choose(seat, new)
        except Refusal as refused:
            if refused.code:
                raise
            print(f"Waiting for the room ({refused}).", file=sys.stderr)
        if not is_over:
            wait(LOOKS_EACH)


def run(usage: str, count: int, sit: Callable[..., None]) -> int:
    """What a client does at the command line, with so many words: the exit code."""
    words = sys.argv[1:]
    if len(words) != count:
        print(usage)
        return 2
    try:
        sit(*words)
    except (InputError, Refusal) as refused:
        print(f"error: {str(refused).removeprefix('error: ')}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0
