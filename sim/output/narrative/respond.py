"""Who joins what and through whom, from when it is felt, and what was decided earlier and is felt now."""

from collections import Counter

from sim.catalogue.terms import TERMS
from sim.output.narrative.worth_saying import CLEARLY, NAMED
from sim.phrases import count, listed

MOVES_MANY = {term.name: term.moves for term in TERMS if term.moves}
JOINT = 4  # how many shared responses a turn tells one by one


def shared_evidence(turn):
    """Evidence that was handed over."""
    for event in turn.of_kind("evidence_shared"):
        to = turn.names.actors(event.payload["to"])
        yield f"{turn.names.actor(event.actor)} shares its evidence on {turn.names.incident(event.incident)} with {to}"


def responses(turn):
    """Who responds and how: whoever does the same thing shares a sentence."""
    decided = turn.decided
    for event in decided:
        turn.narrator.decided_in.setdefault((event.incident, event.payload["response"], event.actor), turn.number)
    several, told = len({event.incident for event in decided}) > 1, set()
    for incident in dict.fromkeys(event.incident for event in decided):
        about = [event for event in decided if event.incident == incident]
        opening = f"On {turn.names.incident(incident)}, " if several else ""
        for words in _responses_to(incident, about, turn, opening):
            yield opening + words if words in told else words  # the same may be done about two incidents
            told.add(words)


def _responses_to(incident, decided, turn, opening):
    by_response = {}
    for event in decided:
        by_response.setdefault(event.payload["response"], []).append(event)
    joint = {key: events for key, events in by_response.items() if len(events) > 1}
    alone = [event for key, events in by_response.items() if len(events) == 1 for event in events]
    telling = sorted(joint.items(), key=lambda item: -turn.names.weight(item[0]) * len(item[1]) ** 0.5)
    for place, (key, events) in enumerate(telling[:JOINT]):
        yield (opening if place == 0 else "") + _joint(incident, key, events, turn, is_first=place == 0)
    for key, events in telling[JOINT:]:
        _remember(incident, key, events, turn)
    if telling[JOINT:]:
        others = [f"{turn.names.response(key)} ({len(events)})" for key, events in telling[JOINT:]]
        yield f"Also, with the number of those who join: {listed(others)}"
    yield from _alone(alone, turn, "" if telling else opening)


def _remember(incident, key, events, turn):
    """Counts those who joined, and returns how many had joined before."""
    before = turn.narrator.joined.get((incident, key), 0)
    turn.narrator.joined[(incident, key)] = before + len(events)
    return before


def _joint(incident, key, events, turn, is_first):
    """Several actors, one response: who by itself, who through a text, which bodies, from when, and why."""
    names = turn.names
    ways = {}
    for event in events:
        ways.setdefault((names.is_body(event.actor), event.payload["covered_by"] or ""), []).append(event.actor)
    parts = []
    for (_, via), codes in sorted(ways.items()):
        when = _when(events, turn, is_first) if not parts else ""
        parts.append(_joiners(codes, via, "" if parts else key, names, when))
    before = _remember(incident, key, events, turn)
    if before:
        parts.append(f"{before + len(events)} in all")
    if is_first and len(events) > 2:
        parts += _why_they(events, incident, names)
    return "; ".join(parts)


def _joiners(codes, via, key, names, when):
    """Those who join by the same way: what they do, or, when that was just said, that they follow."""
    many = len(codes) > 1
    does = names.phrase(key, many=many) if key else ("follow" if many else "follows")
    through = f" through {names.format(via)}" if via else ""
    if len(codes) > 2:
        return f"{count(len(codes), 'state')} {does}{through}{when}: {names.leading(codes)}"
    return f"{names.leading(codes)} {does}{through}{when}"


def _when(events, turn, is_first):
    """From when their response is felt; said in full the first time, then in brackets."""
    days = [event.payload["effect_day"] for event in events]
    first, last = min(days), max(days)
    if not is_first:
        return f" ({turn.days(first, last)})"
    if first == last:
        return f", with effect from {turn.day(first)}"
    return f", with effect between {turn.day(first)} and {turn.day(last)}"


def _why_they(events, incident, names):
    totals = Counter()
    for event in events:
        totals.update({name: value for name, value in event.payload["terms"].items() if name in MOVES_MANY})
    telling = [name for name, value in totals.most_common(2) if value / len(events) > CLEARLY]
    words = [MOVES_MANY[name].format(suspect=names.suspect(incident)) for name in telling]
    return [f"what moves them is above all {listed(words)}"] if words else []


def _alone(events, turn, opening):
    """Responses that one actor alone takes, gathered by actor."""
    names, by_actor = turn.names, {}
    for event in events:
        _remember(event.incident, event.payload["response"], [event], turn)
        by_actor.setdefault((event.actor, event.payload["covered_by"]), []).append(event)
    told = []
    for (actor, via), own in by_actor.items():
        does = listed([names.phrase(event.payload["response"]) for event in own], 3)
        through = f", through {names.format(via)}," if via else ""
        days = [event.payload["effect_day"] for event in own]
        told.append(f"{names.actor(actor)}{through} {does} ({turn.days(min(days), max(days))})")
    if told:
        rest = [f"{count(len(told) - NAMED, 'actor')} more act alone"] if len(told) > NAMED + 1 else []
        yield opening + "; ".join(told[: len(told) if not rest else NAMED] + rest)


def effects(turn):
    """What was decided in an earlier turn and is seen now."""
    names, seen = turn.names, {}
    for event in turn.of_kind("response_acts"):
        key = event.payload["response"]
        since = turn.narrator.decided_in.get((event.incident, key, event.actor))
        if since is not None and since < turn.number:
            seen.setdefault(key, {})[event.actor] = None
    if seen:
        by_size = sorted(seen.items(), key=lambda item: -len(item[1]))
        parts = [f"{names.response(key)} by {names.leading(codes, 3)}" for key, codes in by_size[:NAMED]]
        rest = sum(len(codes) for _, codes in by_size[NAMED:])
        more = f"; and {count(rest, 'smaller step')}" if rest else ""
        yield f"What was decided earlier takes effect: {'; '.join(parts)}{more}"
