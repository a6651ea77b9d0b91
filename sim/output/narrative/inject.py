"""What reaches the players, and the incidents that begin."""

import json

from sim.phrases import gist, listed, sentence, severity, stopped

CHANNELS = {"brief": "Brief", "cable": "Cable", "media": "Media", "call": "Call", "chat": "Message"}
NAMED = 5  # addressees that are called by name


DIRECTIONS = {
    "release": "releases the inject {target}",
    "hold": "holds back the inject {target}",
    "skip": "drops the inject {target}",
    "edit": "rewrites the inject {target}",
    "write": "writes a new inject, {target}",
    "set": "sets {target} to {to}",
    "seat": "hands the seat of {actor} to {value}",
}


def directions(turn):
    """What control changed, and why."""
    for event in turn.of_kind("control_directs"):
        value = json.loads(event.payload["value"])
        given = {
            "target": event.payload["target"].replace("_", " "),
            "to": value.get("to") if isinstance(value, dict) else "",
            "actor": turn.names.actor(event.payload["target"]),
            "value": {"nobody": "nobody", "model": "the model"}.get(str(value), f"a {value}"),
        }
        reason = f": {stopped(event.payload['reason'])}" if event.payload["reason"] else ""
        yield f"Control {DIRECTIONS[event.payload['direction']].format(**given)}{reason}"


def injects(turn):
    """What reaches the players, in short and line by line; what is for control alone stays there."""
    for event in turn.of_kind("inject_released"):
        inject = event.payload
        if reaches_players(event):
            words = gist(inject["text"])
            to = turn.names.recipients(inject["inject"], inject["to"], NAMED)
            source = f"({CHANNELS[inject['channel']]}: {' '.join(inject['sender'].split())}, to {to}.)"
            yield ("\n" if "\n" in words else " ").join((sentence(inject["title"]), words, source))


def reaches_players(event):
    """Whether an inject is for anybody but control."""
    return bool(set(event.payload["to"]) - {"control"})


def beginnings(turn):
    """Incidents that begin, and on whom."""
    names = turn.names
    for event in turn.of_kind("incident_begins"):
        victims = sorted(event.payload["victims"].items(), key=lambda item: -item[1])
        by_severity = {}
        for code, share in victims:
            by_severity.setdefault(severity(share), []).append(code)
        hits = listed([f"{names.actors(codes)} {how}" for how, codes in by_severity.items()])
        suspicion = f"it looks like the work of {names.actor(event.payload['suspect'])}"
        opening = "An incident begins" if names.is_short(event.incident) else f"{names.incident(event.incident)} opens"
        yield f"{opening}: {stopped(event.payload['name'])} It hits {hits}; {suspicion}"
