"""Who calls whom and why there, which text passes, who breaks silence and what it costs; and cooperation projects."""

from sim.output.narrative.worth_saying import CLEARLY, NAMED, WORTH_SAYING, reasons
from sim.phrases import count, listed, percent, sentence

WHY_FORMAT = {
    "mandate": "it may decide more",
    "reputation": "it is well placed for this",
    "coverage": "those who are needed sit there",
    "days": "it is quick",
    "veto": "it is hard to block",
    "duplication": "nobody else does that work",
}


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
    options = call["terms"]
    others = {key: terms for key, terms in options.items() if key != call["format"]}
    if not options or call["format"] not in options:
        return ""
    if not others:
        return ", the only format open to it"
    rival = max(others, key=lambda key: others[key].get("probability", 0.0))
    mine, theirs = options[call["format"]], others[rival]
    gains = reasons(WHY_FORMAT, mine, theirs)
    if mine.get("utility", 0) < theirs.get("utility", 0) - CLEARLY:
        though = f", though {names.format(rival)} was more to be expected"
        return f"{': ' + listed(gains) if gains else ''}{though}"
    if not gains:
        return f", with {names.format(rival)} nearly as good"
    return f" rather than to {names.format(rival)}: {listed(gains)}"


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
    days = end["days_since_incident"]
    since = f"{count(days, 'day')} after the incident began" if days else "on the day the incident began"
    by = "" if drafts else f" by {names.format(end['format'])}"
    return f"{text} is adopted{by} {since}, with {_behind(event, turn)} behind it"


def _behind(event, turn):
    supporters, members = (
        event.payload["supporters"],
        turn.narrator.members.get((event.incident, event.payload["format"])),
    )
    who = count(len(supporters), "state")
    if members and len(supporters) < len(members):
        missing = [code for code in members if code not in supporters]
        who = f"{len(supporters)} of {len(members)} states" + (
            f" (not {turn.names.actors(missing)})" if len(missing) <= NAMED else ""
        )
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
