"""A policy in a seat of a room, over the network.

    python -m sim.live.clients.policy ADDRESS CODE SEAT POLICY

What the policy leaves to the model is left open, and the model chooses once control goes on.
"""

import sys
from typing import Any

from sim.live.clients import Plain, Seat, play, run
from sim.model.decisions import Decision, Option
from sim.policies import policy_named
from sim.policies.policy import Policy


def decision_of(said: Plain) -> Decision:
    """A decision as the room says it. Where the model's choice is hidden, the first options stand in its place."""
    options = tuple(Option(**{name: one[name] for name in one if name != "label"}) for one in said["options"])
    default = tuple(said.get("default", [one.id for one in options[: said["least"]]]))
    names = ("kind", "turn", "actor", "subject", "least", "most", "rung", "text", "budget")
    return Decision(options=options, default=default, **{name: said[name] for name in names})


def chooses(policy: Policy) -> Any:
    """What `play` asks: the policy's answers to what is open, as far as it has its own."""

    def choose(seat: Seat, opened: list[Plain]) -> None:
        view, answers = seat.view(), []
        for said in opened:
            decision = decision_of(said)
            choice = policy.choose(view, decision)
            if choice is not decision.default or "default" in said:
                answers.append({"id": said["id"], "digest": said["digest"], "choice": list(choice)})
        for advice in seat.answer(answers, f"as {policy.name}") if answers else ():
            print(advice, file=sys.stderr)

    return choose


def sit(address: str, code: str, seat: str, name: str) -> None:
    """Plays a seat to the end."""
    policy = policy_named(name)()
    play(Seat(address, code, policy.name, seat), chooses(policy))


if __name__ == "__main__":
    sys.exit(run(__doc__, 4, sit))
