"""What is said of a turn, passage by passage, in the order of play.

Each passage takes the events of one turn, with the narrator's memory, and yields what there is to say; often nothing.
Injects come first. They are somebody else's words, and keep their lines; all that follows is made into sentences.
"""

import math
from collections import Counter

from sim.catalogue.moves import BY_NAME
from sim.catalogue.responses import TERMS
from sim.output.narrative.injects import answers, deadlines, directions
from sim.phrases import count, lasting, listed, percent, percent_range, sentence, severity, stopped

NAMED = 4  # how many states a sentence names
WORTH_SAYING = 0.005  # a change in the state of things worth telling
CLEARLY = 0.1  # a difference in utility worth giving as a reason
BELIEFS = ((0.9, "nearly certain"), (0.7, "confident"), (0.4, "unsure"), (0.0, "doubtful"))
FIRM = ("nearly certain", "confident")
MANY = 4  # how many shifts of mind among those in doubt are worth a clause
WHY_FORMAT = {
    "mandate": "it may decide more",
    "reputation": "it is well placed for this",
    "coverage": "those who are needed sit there",
    "days": "it is quick",
    "veto": "it is hard to block",
    "duplication": "nobody else does that work",
}
MOVES_MANY = {term.name: term.moves for term in TERMS.values() if term.moves}
JOINT = 4  # how many shared responses a turn tells one by one
WHY_MOVE = {"gain": "there is more in it", "pressure": "it costs less", "risk": "it risks less",
            "opening": "disunity invites it"}  # fmt: skip
WHY_STOP = {"pressure": "the pressure tells", "risk": "going on has become too risky", "gain": "little is left to gain"}
MOST_PAID_BACK = 4  # named one by one
LEVELS = ((0.2, "low"), (0.4, "moderate"), (0.6, "high"), (0.8, "very high"), (math.inf, "extreme"))


def reasons(words, mine, theirs, most=2):
    """In what one option is ahead of another, the most telling first."""
    ahead = {name: mine.get(name, 0.0) - theirs.get(name, 0.0) for name in words}
    telling = sorted((name for name in ahead if ahead[name] > CLEARLY), key=lambda name: -ahead[name])
    return [words[name] for name in telling[:most]]


# --------------------------------------------------------------------------------------------------------- what is new


def presence(turn):
    """Who joins the exercise with this turn, and who has left it."""
    for event in turn.of_kind("actor_joins", "actor_leaves"):
        joins = "takes part from now on"
        leaves = "takes part no longer; what it has done stands"
        yield f"{turn.names.actor(event.actor)} {joins if event.kind == 'actor_joins' else leaves}"


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


# ------------------------------------------------------------------------------------------------------------- beliefs


def beliefs(turn):
    """Who believes what about each incident: in full at first and after a sea change, else who changed their mind."""
    for event in turn.of_kind("assessment"):
        confidence = event.payload["confidence"]
        now = {code: belief(share) for code, share in confidence.items()}
        before = turn.narrator.beliefs.get(event.incident)
        turn.narrator.beliefs[event.incident] = now
        question = f"Is {turn.names.suspect(event.incident)} behind {turn.names.incident(event.incident)}?"
        movers = [code for code in now if before is None or before.get(code) != now[code]]
        if before is None or len(movers) > len(now) / 2:
            yield f"{question} {_all_beliefs(confidence, now, turn.names)}"
        else:
            changes = list(_changes(confidence, movers, before, now, turn.names))
            if changes:
                yield f"{question} {sentence('; '.join(changes + _firm(now)))}"


def belief(share):
    """What a state that gives a suspect this probability is: 'confident'."""
    return next(word for limit, word in BELIEFS if share >= limit)


def _groups(codes, confidence, now):
    """Codes by what they believe, the firmest first."""
    firmest = sorted(codes, key=lambda code: -confidence[code])
    groups = {word: [code for code in firmest if now[code] == word] for _, word in BELIEFS}
    return {word: members for word, members in groups.items() if members}


def _all_beliefs(confidence, now, names):
    """Every group with its range; the firmest by name, the others too where they are few."""
    parts = []
    for place, (word, members) in enumerate(_groups(now, confidence, now).items()):
        all_alike = len(members) == len(now) > 2
        by_name = len(members) <= 2 or (place == 0 and not all_alike)
        who = names.actors(members, NAMED) if by_name else count(len(members), "state")
        verb = "is" if len(members) == 1 else "are"
        parts.append(f"{'all ' if all_alike else ''}{who} {verb} {word} ({_range(members, confidence)})")
    return sentence(listed(parts, len(parts)))


def _changes(confidence, movers, before, now, names):
    """Who became surer and who less so. Shifts among those in doubt count only where they are many."""
    words = [word for _, word in BELIEFS]
    firmer = [code for code in movers if words.index(now[code]) < words.index(before.get(code, "doubtful"))]
    softer = [code for code in movers if code not in firmer]
    for codes, verbs in ((firmer, ("becomes", "become")), (softer, ("is only", "are only"))):
        for word, members in _groups(codes, confidence, now).items():
            told = word in FIRM or any(before.get(code) in FIRM for code in members) or len(members) >= MANY
            if told:
                verb = verbs[0] if len(members) == 1 else verbs[1]
                again = " now" if codes is softer else ""
                yield f"{names.actors(members, NAMED)} {verb} {word}{again} ({_range(members, confidence)})"


def _firm(now):
    firm = sum(word in FIRM for word in now.values())
    return [f"{firm} of {len(now)} {'is' if firm == 1 else 'are'} now at least confident"] if firm else []


def _range(members, confidence):
    return percent_range(confidence[code] for code in members)


# ------------------------------------------------------------------------------------------ consultations and projects


def consultations(turn):
    """Every consultation of the turn, from the call to the text."""
    calls = {(event.incident, event.payload["format"]): event for event in turn.of_kind("consultation_called")}
    for event in calls.values():
        turn.narrator.members[(event.incident, event.payload["format"])] = event.payload["members"]
    about = turn.of_kind("consultation_called", "text_proposed", "silence_broken", "text_adopted", "text_failed")
    for key in dict.fromkeys((event.incident, event.payload["format"]) for event in about):
        drafting = _drafting([event for event in about if (event.incident, event.payload["format"]) == key], turn)
        if key in calls:
            yield _call(calls[key], turn)
            yield from drafting
        else:
            yield from (f"On {turn.names.incident(key[0])}, {words[:1].lower()}{words[1:]}" for words in drafting)


def _call(event, turn):
    names, call = turn.names, event.payload
    chosen = names.format(call["format"])
    opening = f"{names.actor(event.actor)} takes {names.incident(event.incident)} to {chosen}{_why_there(call, names)}"
    return f"{opening}. Its text is due by {turn.day(call['due_day'])}"


def _why_there(call, names):
    """Why this format: what it has over the likeliest other one."""
    options, rival = call["terms"], _rival(call)
    if call["format"] not in options:
        return ""
    if rival is None:
        return ", the only format open to it"
    gains = reasons(WHY_FORMAT, options[call["format"]], options[rival])
    if likelier_format(call):
        though = f", though {names.format(rival)} was more to be expected"
        return f"{': ' + listed(gains) if gains else ''}{though}"
    if not gains:
        return f", with {names.format(rival)} nearly as good"
    return f" rather than to {names.format(rival)}: {listed(gains)}"


def likelier_format(call):
    """The format that was more to be expected than the one that is called, or None."""
    options, rival = call["terms"], _rival(call)
    if rival is None or call["format"] not in options:
        return None
    return rival if options[call["format"]].get("utility", 0) < options[rival].get("utility", 0) - CLEARLY else None


def _rival(call):
    """The likeliest of the other formats, or None."""
    return _likeliest({key: terms for key, terms in call["terms"].items() if key != call["format"]})


def _likeliest(options):
    return max(options, key=lambda key: options[key].get("probability", 0.0), default=None)


def _drafting(events, turn):
    """A text's way from first draft to adoption, as one passage; nothing when nothing was drafted."""
    drafts = [event for event in events if event.kind == "text_proposed"]
    breaks = [event for event in events if event.kind == "silence_broken"]
    ends = [event for event in events if event.kind in ("text_adopted", "text_failed")]
    passage = []
    if drafts:
        passage.append(_draft(drafts[0], turn.names))
    passage += [_break(event, turn.names) for event in breaks]
    passage += [_end(event, drafts, turn) for event in ends]
    if passage:
        yield " ".join(sentence(words) for words in passage)


def _draft(event, names):
    draft = event.payload
    text = names.text(draft["rung"], event.incident)
    return f"the first draft before {names.format(draft['format'])} is {text}{_apart(draft, event.incident, names)}"


def _apart(draft, incident, names):
    """Who wants more and who wants less than the draft, when they are a rung or more apart."""
    positions = draft["positions"]
    if len(positions) < 2:
        return ""
    bold, shy = max(positions, key=positions.get), min(positions, key=positions.get)
    if positions[bold] - positions[shy] < 0.3:
        return ""
    return f"; {names.actor(bold)} wants the most and {names.actor(shy)} the least"


def _break(event, names):
    broken = event.payload
    breakers = names.actors(broken["by"])
    verb = "breaks" if len(broken["by"]) == 1 else "break"
    before, after = broken["rung_before"], broken["rung_after"]
    return f"{breakers} {verb} silence, {_what_it_cost(before, after, broken, event.incident, names)}"


def _what_it_cost(before, after, broken, incident, names):
    if before != after:
        return f"and what was {names.text(before, incident)} becomes {names.text(after, incident)}"
    change = broken["text_after"] - broken["text_before"]
    if abs(change) < WORTH_SAYING:
        return "without moving the text"
    return f"and the wording is {'softened' if change < 0 else 'sharpened'}"


def _end(event, drafts, turn):
    names, end = turn.names, event.payload
    if event.kind == "text_failed":
        return f"the consultation ends without a text: {end['why'].rstrip('.')}"
    unchanged = drafts and drafts[0].payload["rung"] == end["rung"]
    text = "it" if unchanged else names.text(end["rung"], event.incident)
    by = "" if drafts else f" by {names.format(end['format'])}"
    return f"{text} is adopted{by} {adopted_when(event)}, with {_behind(event, turn)} behind it"


def adopted_when(event):
    """How long after the incident a text is adopted, in words."""
    days = event.payload["days_since_incident"]
    return f"{lasting(days)} after the incident began" if days else "on the day the incident began"


def _behind(event, turn):
    supporters, members = event.payload["supporters"], turn.members(event)
    who = count(len(supporters), "state")
    if members and len(supporters) < len(members):
        missing = [code for code in members if code not in supporters]
        without = f" (not {turn.names.actors(missing)})" if len(missing) <= NAMED else ""
        who = f"{len(supporters)} of {len(members)} states{without}"
    elif members:
        who = f"all {count(len(members), 'state')}" if len(members) > 2 else "both states"
    return f"{who} and {percent(event.payload['capability_share'])} of the capability at hand"


def leaks(turn):
    """What does not stay in the room."""
    incidents = [turn.names.incident(event.incident) for event in turn.of_kind("consultation_leaks")]
    if incidents:
        yield f"What was said in confidence on {listed(incidents)} leaks to the press"


def projects(turn):
    """Cooperation projects agreed, blocked, delivering and failing."""
    names = turn.names
    decided = turn.of_kind("project_decided")
    agreed = [names.project(event.payload["project"]) for event in decided if event.payload["outcome"] == "agreed"]
    if agreed:
        yield f"NATO and its partners agree on {listed(agreed)}"
    for event in decided:
        if event.payload["outcome"] == "blocked":
            by = names.actors(event.payload["by"]) or "One ally"
            verb = "block" if len(event.payload["by"]) > 1 else "blocks"
            yield f"{by} {verb} {names.project(event.payload['project'])}"
    for event in turn.of_kind("project_proposed", "project_ended"):
        verb = "proposes" if event.kind == "project_proposed" else "ends"
        yield f"{names.actor(event.actor)} {verb} {names.project(event.payload['project'])}"
    delivering = [_delivery(event, names) for event in turn.of_kind("project_delivers")]
    if delivering:
        yield f"Cooperation bears fruit: {listed(delivering)}"
    failed = [names.project(event.payload["project"]) for event in turn.of_kind("project_fails")]
    if failed:
        yield f"{listed(failed)} will not deliver"


def _delivery(event, names):
    share, name = event.payload["share"], names.project(event.payload["project"])
    return f"{name} delivers in full" if share >= 1 else f"{name} delivers {percent(share)} of what it promised"


# ----------------------------------------------------------------------------------------------------------- responses


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


# --------------------------------------------------------------------------------------------------------- adversaries


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
    incidents = listed(map(turn.names.incident, [event.incident] if event.incident else turn.worse))
    return f"matters grow worse over {incidents}" if incidents else "the stakes are raised"


def _why_move(move):
    """Why this move: what it has over carrying on, or over the likeliest other one."""
    options = move["terms"]
    others = {key: terms for key, terms in options.items() if key != move["move"]}
    if not others or move["move"] not in options:
        return ""
    rival = "persist" if "persist" in others else _likeliest(others)
    ahead = reasons(WHY_MOVE, options[move["move"]], options[rival])
    return f", since {listed(ahead)}" if ahead else ""


# ---------------------------------------------------------------------------------------------------- how things stand


def endings(turn):
    """Who is paid back, victims that give in, and incidents that end."""
    names = turn.names
    yield from retaliations(turn)
    for event in turn.of_kind("victim_concedes"):
        yield f"{names.actor(event.actor)} gives in to what is demanded of it"
    for event in turn.of_kind("incident_stops"):
        yield f"That is the end of {names.incident(event.incident)}{_why_it_ends(event.incident, turn)}"


def retaliations(turn, longest=MOST_PAID_BACK):
    """Who is paid back by whom, `longest` of them by name."""
    paid_back = {}
    for event in turn.of_kind("adversary_retaliates"):
        paid_back.setdefault(event.actor, []).append(turn.names.actor(event.payload["target"]))
    for adversary, targets in paid_back.items():
        yield f"{turn.names.actor(adversary)} pays back {listed(targets, longest)} for acting against it"


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
        parts = [f"{name} {value:.2f}{_direction(name, value, before)}" for name, value in now.items()]
        yield f"At the end of the turn tension is {tension_in_words(now['tension'])}: {', '.join(parts)}"


def tension_in_words(tension):
    """A level of tension as an adjective."""
    return next(word for limit, word in LEVELS if tension < limit)


def way(now, before):
    """Which way something went, by the two decimals that are told: 'up', 'down' or 'as before'."""
    change = round(now, 2) - round(before, 2)
    return "as before" if abs(change) < WORTH_SAYING else "up" if change > 0 else "down"


def _direction(name, value, before):
    if before is None:
        return ""
    went = way(value, before[name])
    return f" ({went})" if went == "as before" else f" ({went} from {before[name]:.2f})"


PASSAGES = (
    directions, presence, beginnings, beliefs, consultations, leaks, projects, answers, shared_evidence, responses,
    adversaries, deadlines, effects, endings, situation,
)  # fmt: skip
