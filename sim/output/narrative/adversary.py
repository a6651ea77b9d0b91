"""What the adversaries do and why. Who is behind an incident is not said: it grows worse; adversaries court."""

from sim.catalogue.moves import BY_NAME
from sim.output.narrative.worth_saying import reasons
from sim.phrases import listed

WHY_MOVE = {
    "gain": "there is more in it",
    "pressure": "it costs less",
    "risk": "it risks less",
    "opening": "disunity invites it",
}


def adversaries(turn):
    """What the adversaries do, and why; what they did the turn before as well is not said again."""
    told = set()
    for event in turn.new_moves:
        move = move_in_words(event, turn)
        if move and move not in told:
            told.add(move)
            yield move + _why_move(event.payload)


def move_in_words(event, turn):
    """A move as it is seen; None for one that is told otherwise: an incident that goes on or ends."""
    move, names = BY_NAME[event.payload["move"]], turn.names
    if move.name == "escalate":
        return _worse(event, turn)
    target = names.actor(event.payload["target"]) if event.payload["target"] else "another state"
    return move.seen and move.seen.format(who=names.actor(event.actor), target=target)


def _worse(event, turn):
    """An escalation, by the incidents that now do more harm."""
    incidents = [event.incident] if event.incident else turn.worse
    return (
        f"Matters grow worse over {listed([turn.names.incident(incident) for incident in incidents])}"
        if incidents
        else "The stakes are raised"
    )


def _why_move(move):
    """Why this move: what it has over carrying on, or over the likeliest other one."""
    options = move["terms"]
    others = {key: terms for key, terms in options.items() if key != move["move"]}
    if not others or move["move"] not in options:
        return ""
    rival = "persist" if "persist" in others else max(others, key=lambda key: others[key].get("probability", 0.0))
    ahead = reasons(WHY_MOVE, options[move["move"]], others[rival])
    return f", since {listed(ahead)}" if ahead else ""
