"""Who believes what, and who changed their mind."""

from sim.output.narrative.worth_saying import NAMED
from sim.phrases import count, listed, percent_range, sentence

BELIEFS = ((0.9, "nearly certain"), (0.7, "confident"), (0.4, "unsure"), (0.0, "doubtful"))
FIRM = ("nearly certain", "confident")
MANY = 4  # how many shifts of mind among those in doubt are worth a clause


def beliefs(turn):
    """Who believes what about each incident: in full at first and after a sea change, else who changed their mind."""
    for event in turn.of_kind("assessment"):
        confidence = event.payload["confidence"]
        now = {code: _belief(share) for code, share in confidence.items()}
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


def _belief(share):
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
