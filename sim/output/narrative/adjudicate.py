"""How incidents end, and how things stand."""

import math

from sim.output.narrative.worth_saying import WORTH_SAYING, reasons
from sim.phrases import listed

WHY_STOP = {"pressure": "the pressure tells", "risk": "going on has become too risky", "gain": "little is left to gain"}
MOST_PAID_BACK = 4  # named one by one
LEVELS = ((0.2, "low"), (0.4, "moderate"), (0.6, "high"), (0.8, "very high"), (math.inf, "extreme"))


def endings(turn):
    """Who is paid back, victims that give in, and incidents that end."""
    names = turn.names
    paid_back = {}
    for event in turn.of_kind("adversary_retaliates"):
        paid_back.setdefault(event.actor, []).append(names.actor(event.payload["target"]))
    for adversary, targets in paid_back.items():
        yield f"{names.actor(adversary)} pays back {listed(targets, MOST_PAID_BACK)} for acting against it"
    for event in turn.of_kind("victim_concedes"):
        yield f"{names.actor(event.actor)} gives in to what is demanded of it"
    for event in turn.of_kind("incident_stops"):
        yield f"That is the end of {names.incident(event.incident)}{_why_it_ends(event.incident, turn)}"


def _why_it_ends(incident, turn):
    """Why whoever did it calls it off; nothing when that cannot be said without saying who."""
    moves = [event for event in turn.of_kind("adversary_move") if event.payload["move"] == "stop"]
    moves = [event for event in moves if event.incident == incident] or (moves if len(moves) == 1 else [])
    for event in moves:
        options = event.payload["terms"]
        if {"stop", "persist"} <= set(options):
            ahead = reasons(WHY_STOP, options["stop"], options["persist"])
            return f": {listed(ahead)}" if ahead else ""
    return ""


def situation(turn):
    """One line at the end of the turn: tension, harm and readiness, and which way they went."""
    for event in turn.of_kind("turn_ends"):
        now = {"tension": event.payload["tension"], "harm": sum(event.payload["harm"].values())}
        now["readiness"] = event.payload["readiness"]
        before, turn.narrator.situation = turn.narrator.situation, now
        level = next(word for limit, word in LEVELS if now["tension"] < limit)
        parts = [f"{name} {value:.2f}{_direction(name, value, before)}" for name, value in now.items()]
        yield f"At the end of the turn tension is {level}: {', '.join(parts)}"


def _direction(name, value, before):
    if before is None:
        return ""
    change = value - before[name]
    if abs(change) < WORTH_SAYING:
        return " (as before)"
    return f" ({'up' if change > 0 else 'down'} from {before[name]:.2f})"
