"""A turn in few sentences, to be read aloud: the same facts as the passages tell in full, chosen and counted.

Each part takes the events of one turn and yields what there is to say with its weight. The heaviest are kept, and stand
in the order of the parts: what happened, what it means, who moved with whom, what did not happen that might have, and
where it leaves everybody. What is light is said only where there is little else.
"""

from dataclasses import dataclass, replace

from sim.catalogue.moves import BY_NAME
from sim.catalogue.responses import RUNGS
from sim.output.narrative import passages
from sim.output.narrative.injects import answered, deadlines, directions, reaches_players
from sim.phrases import count, for_many, in_words, listed, once_by_name, percent, sentence, severity, softly

MOST_SENTENCES, MOST_WORDS = 8, 140
WORDS, WORDS_A_STATE = 42, 6  # there is less to tell of few
FEWEST = 3  # sentences, as far as there is anything to say
LIGHT = 3  # what weighs less is said only where there is little else
ALWAYS, DECIDED = 100, 90  # in any case; before all else, while there is room
MOST_DECIDED = 185  # words with what is decided
NEWS, CALLS, TEXTS, STEPS, MOVES = 3, 3, 2, 2, 3  # told one by one
BY_NAME_AT_MOST = 3  # states that are named where nobody is left out
MANY = 20  # a step for each so many states is much
LARGEST = 8  # economies whose absence is told
HARDLY = 0.01  # a change in harm that has no number
PAUSE = 3  # turns until the same that did not happen is said again
AGAIN = 1.5  # what a second sentence of one part weighs less than its first
TENSION_WENT = {"up": " and rising", "down": " and falling", "as before": ", as before"}


@dataclass(frozen=True)
class Said:
    """A sentence that could be said of a turn: how telling it is, and what did not happen, where it is about that."""

    weight: float
    words: str
    missed: tuple = ()


def in_short(turn):
    """A turn, before its passages are told, in at most `MOST_SENTENCES` sentences."""
    said = [one for part in PARTS for one in _weighed(part(turn), turn)]
    missed = max((one for one in said if one.missed), key=lambda one: one.weight, default=None)
    kept, words, most = [], 0, min(MOST_WORDS, WORDS + WORDS_A_STATE * len(turn.states))
    for one in sorted(said, key=lambda one: -ALWAYS if one is missed else -one.weight):
        more = len(one.words.split())
        has_room = len(kept) < MOST_SENTENCES and words + more <= (MOST_DECIDED if one.weight >= DECIDED else most)
        is_worth_it = one.weight >= LIGHT or len(kept) < FEWEST
        if one.weight == ALWAYS or one is missed or (has_room and is_worth_it):
            kept.append(one)
            words += more
            turn.narrator.said[one.missed] = turn.number
    sentences = [sentence(one.words) for one in said if one in kept]
    return tuple(once_by_name(sentences, turn.names.incident(turn.begun[0])) if len(turn.begun) == 1 else sentences)


def _weighed(part, turn):
    """What a part has to say, its second sentence lighter than its first; not what was missed just before, too."""
    told = sorted(part, key=lambda one: -one.weight)
    told = [one for one in told if not one.missed or turn.number - turn.narrator.said.get(one.missed, -PAUSE) >= PAUSE]
    return [
        one if one.weight >= DECIDED else replace(one, weight=one.weight - place * AGAIN)
        for place, one in enumerate(told)
    ]


def some(codes, turn, leader=None):
    """States as they stand in a sentence: 'all 42 states', 'all but Hungary', 'Latvia and Poland', 'six states, led by
    Poland'. Who is not counted among the states that assess, like a body, comes by name at the end.

    Parameters
    ----------
    codes : sequence of actors' codes; turn : Told; leader : code of the one that came first, or None
    """
    names, everybody = turn.names, turn.states
    states, others = [code for code in codes if code in everybody], [code for code in codes if code not in everybody]
    left_out = [code for code in everybody if code not in states]
    if len(states) > BY_NAME_AT_MOST and len(left_out) < BY_NAME_AT_MOST:
        who = [f"all but {names.actors(left_out)}" if left_out else f"all {count(len(states), 'state')}"]
    elif len(states) <= BY_NAME_AT_MOST:
        who = [names.actor(code) for code in states]
    else:
        among = f"{names.leading(states, 1).split(' and ')[0]} among them"
        first = f"led by {names.actor(leader)}" if leader in states else among
        who = [f"{count(len(states), 'state')}, {first}," if not others else count(len(states), "state")]
    return listed([*who, *map(names.actor, others)])


# ------------------------------------------------------------------------------------------------------- what happened


def _always(turn):
    """What control changed, and who comes and goes."""
    for words in (*directions(turn), *passages.presence(turn)):
        yield Said(ALWAYS, words)


def _news(turn):
    """What reached the players, by its headings, and whom."""
    told = [event.payload for event in turn.of_kind("inject_released") if reaches_players(event)]
    by_reader = {}
    for inject in told[:NEWS]:
        by_reader.setdefault(_whom(inject, turn), []).append(_quoted(inject["title"]))
    items = [f"{listed(titles)}, to {whom}" for whom, titles in by_reader.items()]
    more = [f"{in_words(len(told) - NEWS)} more"] if len(told) > NEWS else []
    if told:
        opening = "Word comes" if turn.number % 2 else "There is news"
        yield Said(ALWAYS, f"{opening}: {_in_turn([*items, *more])}")
    else:
        yield Said(1, "No news comes in")


def _whom(inject, turn):
    is_for_all = turn.states and set(turn.states) <= set(inject["to"])
    return "all" if is_for_all else turn.names.recipients(inject["inject"], inject["to"], 0)


def _quoted(title):
    """A heading in quotation marks, on one line, with single marks inside."""
    return f"“{' '.join(title.split()).replace(chr(34), chr(39))}”"


def _in_turn(clauses):
    """Clauses that have commas of their own, as one sentence."""
    if len(clauses) < 3 and not any(sign in words for words in clauses for sign in ",;"):
        return " and ".join(clauses)
    return "; and ".join(["; ".join(clauses[:-1])] * (len(clauses) > 1) + clauses[-1:])


def _beginnings(turn):
    """Incidents that begin, whom they hit, whom they look like, and who is confident of that."""
    names = turn.names
    for event in turn.of_kind("incident_begins"):
        shares, incident = event.payload["victims"], names.incident(event.incident)
        hardest, *others = sorted(shares, key=lambda code: -shares[code])
        hit = f"{names.actor(hardest)} {severity(shares[hardest])}"
        also = names.actors(others) if len(others) < BY_NAME_AT_MOST else count(len(others), "other")
        hit = f"{hit}, and {also}; it" if others else f"{hit} and"
        opening = f"{incident} begins, {_quoted(event.payload['name'].rstrip('.'))}: it"
        opening = incident if names.is_short(event.incident) else opening
        yield Said(ALWAYS, f"{opening} hits {hit} looks like the work of {_suspect_at_first(event, turn)}")


def _suspect_at_first(event, turn):
    """Whom an incident looks like as it begins, and how many are confident of that."""
    suspect = turn.names.actor(event.payload["suspect"])
    for assessed in turn.of_kind("assessment"):
        if assessed.incident == event.incident:
            firm = _confident(assessed)
            sure = f"{some(firm, turn)} {_are(firm)} confident" if firm else "nobody is confident yet"
            return f"{suspect}, of which {sure}"
    return suspect


def _endings(turn):
    for event in turn.of_kind("victim_concedes"):
        yield Said(ALWAYS, f"{turn.names.actor(event.actor)} gives in to what is demanded of it")
    ended = [turn.names.incident(event.incident) for event in turn.of_kind("incident_stops")]
    if ended:
        yield Said(ALWAYS, f"That is the end of {listed(ended)}")


# ------------------------------------------------------------------------------------------------------ what it means


def _suspicions(turn):
    """Who is confident of whom, and who has changed sides."""
    new = {event.incident for event in turn.of_kind("incident_begins")}
    for event in turn.of_kind("assessment"):
        if event.incident in new or event.incident not in turn.going:
            continue
        confidence, firm = event.payload["confidence"], _confident(event)
        before = turn.narrator.beliefs.get(event.incident)
        is_it = f"{turn.names.suspect(event.incident)} is behind {turn.names.incident(event.incident)}"
        lost = [code for code in confidence if (before or {}).get(code) in passages.FIRM and code not in firm]
        if before is None or not firm and not lost:
            yield from _first_suspicion(event, firm, is_it, before, turn)
            continue
        gained = [code for code in firm if before.get(code) not in passages.FIRM]
        yield Said(*_changed_suspicion(gained, lost, firm, confidence, is_it, turn))


def _confident(event):
    """Who is confident, or more than that, of whom an incident looks like."""
    return [code for code, share in event.payload["confidence"].items() if passages.belief(share) in passages.FIRM]


def _first_suspicion(event, firm, is_it, before, turn):
    confidence = event.payload["confidence"]
    if firm:
        yield Said(8, f"{some(firm, turn)} {_are(firm)} confident that {is_it}")
        return
    doubtful = sum(passages.belief(share) == "doubtful" for share in confidence.values())
    how = "most doubt it" if doubtful > len(confidence) / 2 else "most are unsure"
    yield Said(8 if before is None else 2, f"Nobody is confident {'yet ' if turn.number else ''}that {is_it}; {how}")


def _changed_suspicion(gained, lost, firm, confidence, is_it, turn):
    """Weight and words of a change in who is confident."""
    shares = f"all {in_words(len(firm))}", f"{in_words(len(firm)) if firm else 'none'} of {in_words(len(confidence))}"
    now = f"{shares[len(firm) < len(confidence)]} now {_are(firm)}"
    weight = 4 + 5 * (len(gained) + len(lost)) / len(confidence)
    if gained:
        verb = "becomes" if len(gained) == 1 else "become"
        doubts = f", while {some(lost, turn)} no longer {_are(lost)}" if lost else ""
        tail = f"{doubts}; {now}" if len(gained) < len(firm) or lost else ""
        return weight, f"{some(gained, turn)} {verb} confident that {is_it}{tail}"
    if lost:
        return weight, f"{some(lost, turn)} {_are(lost)} no longer confident that {is_it}; {now}"
    return 2, f"{some(firm, turn)} {_are(firm)} confident, as before, that {is_it}"


def _are(codes):
    return "is" if len(codes) == 1 else "are"


# ------------------------------------------------------------------------------------------------- who moved with whom


def _calls(turn):
    names = turn.names
    calls = turn.of_kind("consultation_called")
    told = [
        f"{names.actor(event.actor)} takes {names.incident(event.incident)} to {names.format(event.payload['format'])}"
        for event in calls[:CALLS]
    ]
    if told:
        more = f"; {in_words(len(calls) - CALLS)} more {'is' if len(calls) == CALLS + 1 else 'are'} called"
        yield Said(5, "; ".join(told) + (more if len(calls) > CALLS else ""))
    elif not turn.of_kind("text_adopted", "text_failed"):
        yield Said(1, "Nobody calls a consultation, and no text is put forward")


def _texts(turn):
    """Each text that passes, the strongest first: over what, by whom, when, and with how many behind it."""
    names = turn.names
    adopted = sorted(turn.of_kind("text_adopted"), key=lambda event: -event.payload["text"])
    for place, event in enumerate(adopted[:TEXTS]):
        what, where = names.text(event.payload["rung"], event.incident), names.format(event.payload["format"])
        weight = 9 if RUNGS.index(event.payload["rung"]) >= RUNGS.index("solidarity") else 6
        weight = ALWAYS if place == 0 and event.payload["rung"] in ("naming", "measures") else weight
        over = f"{what} over {names.incident(event.incident)} is adopted by {where}, {passages.adopted_when(event)}"
        yield Said(weight, f"{over}, with {_behind(event, turn)} behind it")
    if adopted[TEXTS:]:
        where = [names.format(event.payload["format"]) for event in adopted[TEXTS:]]
        yield Said(4, f"{listed(where)} {'adopt' if len(where) > 1 else 'adopts'} weaker texts or the like")


def _behind(event, turn):
    supporters, names = event.payload["supporters"], turn.names
    missing = [code for code in turn.members(event) if code not in supporters]
    if missing and len(missing) < BY_NAME_AT_MOST:
        return f"all but {names.actors(missing)}"
    if missing:
        return f"{in_words(len(supporters))} of its {in_words(len(supporters) + len(missing))} members"
    return f"all {count(len(supporters), 'state')}" if len(supporters) > 2 else names.actors(supporters)


def _steps(turn):
    """What is joined, incident by incident: the most telling responses with how many, and by whom first."""
    by_incident = {}
    for event in turn.decided:
        by_incident.setdefault(event.incident, {}).setdefault(event.payload["response"], []).append(event)
    sizes = {incident: sum(map(len, joined.values())) for incident, joined in by_incident.items()}
    first, *others = sorted(sizes, key=lambda incident: -sizes[incident]) or [None]
    if first is None:
        yield Said(2, "Nobody takes a new step")
        return
    weight = ALWAYS if sizes[first] > len(turn.states) / MANY else 6
    yield Said(weight, _steps_over(first, by_incident[first], STEPS, turn))
    if others:
        yield Said(7, _in_turn([_steps_over(incident, by_incident[incident], 1, turn) for incident in others]))


def _steps_over(incident, joined, most, turn):
    telling = sorted(joined, key=lambda key: -turn.names.weight(key) * len(joined[key]) ** 0.5)
    does = [_step(incident, joined[key], turn, place == 0) for place, key in enumerate(telling[:most])]
    rest = sum(len(joined[key]) for key in telling[most:])
    more = [f"{count(rest, 'other step')} {'follows' if rest == 1 else 'follow'}"] if rest else []
    return f"over {turn.names.incident(incident)}, {_in_turn([*does, *more])}"


def _step(incident, events, turn, is_first):
    first = min(event.payload["effect_day"] for event in events)
    leaders = [event.actor for event in events if event.payload["effect_day"] == first]
    codes = [event.actor for event in events]
    leader = leaders[0] if len(leaders) == 1 else None
    states = sum(code in turn.states for code in codes)
    who = some(codes, turn, leader) if is_first or states <= BY_NAME_AT_MOST else count(states, "state")
    does = turn.names.phrase(events[0].payload["response"], many=len(codes) > 1)
    return f"{who} {does.replace('the culprit', turn.names.suspect(incident))}"


def _absent(turn):
    """Who of weight has done nothing yet over the incident that most have answered."""
    answers = {}
    deeds = [(event.incident, event.payload["response"], event.actor) for event in turn.decided]
    for incident, _, code in (*turn.narrator.decided_in, *deeds):
        answers.setdefault(incident, set()).add(code)
    for incident in sorted(answers, key=lambda incident: -len(answers[incident]))[:1]:
        largest = turn.names.largest(turn.states, LARGEST)
        absent = [code for code in largest if code not in answers[incident]]
        if 0 < len(absent) <= BY_NAME_AT_MOST and incident in turn.going:
            of = "" if len(turn.states) <= LARGEST else f"Of the {in_words(LARGEST)} largest economies "
            have = f"{turn.names.actors(absent)} {'has' if len(absent) == 1 else 'have'} joined nothing yet"
            yield Said(4, f"{of}{have} over {turn.names.incident(incident)}", ("absent", incident, *absent))


def _answers(turn):
    """What is decided where injects put questions, answer by answer: by whom, or by how many."""
    for _, by_answer in answered(turn):
        clauses = []
        for (answer, given), codes in by_answer.items():
            does = softly(answer.rstrip("."))
            silent = "" if given == "yes" else " for want of an answer"
            clauses.append(f"{some(codes, turn)} {for_many(does) if len(codes) > 1 else does}{silent}")
        yield Said(DECIDED, _in_turn(clauses))


def _deadlines(turn):
    for words, event in zip(deadlines(turn), turn.of_kind("deadline_ends"), strict=True):
        yield Said(DECIDED + 1 if event.payload["text"] else 7, words)


def _cooperation(turn):
    for words in passages.projects(turn):
        yield Said(4, words)


# -------------------------------------------------------------------------------------- what might have happened, too


def _failures(turn):
    """Texts that came to nothing, or to less, and on whom."""
    names = turn.names
    for event in turn.of_kind("text_failed"):
        on_whom = _on_whom(event, turn)
        where = names.format(event.payload["format"])
        failed = ("failed", event.incident, event.payload["format"], turn.number)
        yield Said(9, f"No text passes in {where} over {names.incident(event.incident)}: {on_whom}", failed)
    passed = {(event.incident, event.payload["format"]) for event in turn.of_kind("text_adopted")}
    for event in turn.of_kind("silence_broken"):
        before, after = event.payload["rung_before"], event.payload["rung_after"]
        if before != after and (event.incident, event.payload["format"]) in passed:
            by, does = names.actors(event.payload["by"], 2), "breaks" if len(event.payload["by"]) == 1 else "break"
            was, becomes = (names.text(rung, event.incident) for rung in (before, after))
            words = (
                f"In {names.format(event.payload['format'])} {by} {does} silence, and what was {was} becomes {becomes}"
            )
            yield Said(8.5, words, ("broken", event.incident, event.payload["format"], turn.number))


def _on_whom(event, turn):
    """Who stood against a text that failed: who broke silence last, else who wanted the least, else only why."""
    of_it = [
        other
        for other in turn.of_kind("text_proposed", "silence_broken")
        if (other.incident, other.payload["format"]) == (event.incident, event.payload["format"])
    ]
    broken = [other.payload["by"] for other in of_it if other.kind == "silence_broken"]
    if broken:
        return f"{turn.names.actors(broken[-1], 2)} {'breaks' if len(broken[-1]) == 1 else 'break'} silence"
    wanted = [other.payload["positions"] for other in of_it if other.kind == "text_proposed"]
    shy = f", {turn.names.actor(min(wanted[-1], key=wanted[-1].get))} least of all" if wanted and wanted[-1] else ""
    return f"{event.payload['why'].rstrip('.')}{shy}"


def _unsaid(turn):
    """A culprit whom most are sure of and no text names; an incident that nobody takes anywhere; rooms passed over."""
    names = turn.names
    unnamed = [event.incident for event in turn.of_kind("assessment") if _is_unnamed(event, turn)]
    if unnamed:
        by_suspect = {}
        for incident in unnamed:
            by_suspect.setdefault(names.suspect(incident), []).append(names.incident(incident))
        whom = [f"{suspect} over {' or '.join(incidents)}" for suspect, incidents in by_suspect.items()]
        yield Said(6, f"Though most states are confident, no text names {' or '.join(whom)}", ("unnamed", *unnamed))
    taken = {incident for incident, _ in turn.consulted}
    uncalled = [incident for incident in turn.going if incident not in taken]
    if uncalled:
        yield Said(4, f"Nobody takes {listed(map(names.incident, uncalled))} to any format", ("uncalled", *uncalled))
    for event in turn.of_kind("consultation_called"):
        rival = passages.likelier_format(event.payload)
        if rival and (event.incident, rival) not in turn.consulted:
            place = f"{names.format(rival)}, the likelier place for {names.incident(event.incident)}"
            yield Said(3, f"{place}, is not called", ("room", rival))


def _is_unnamed(event, turn):
    """Whether most states are confident who did it, while no text has named anybody over it."""
    firm = len(_confident(event))
    is_named = turn.strongest.get(event.incident, 0) >= RUNGS.index("naming")
    return event.incident in turn.going and not is_named and firm > len(event.payload["confidence"]) / 2


def _moves(turn):
    """What is seen of the adversaries, and of whom nothing is."""
    names = turn.names
    told = [*passages.retaliations(turn, 1), *dict.fromkeys(_together(turn))]
    if told:
        yield Said(6, _in_turn(told[:MOVES]))
    acts = [event for event in turn.of_kind("adversary_move") if event.payload["move"] not in ("persist", "stop")]
    signed = [event for event in acts if "{who}" in (BY_NAME[event.payload["move"]].seen or "")]
    seen = {event.actor for event in [*signed, *turn.of_kind("adversary_retaliates")]}
    still = [code for code in dict.fromkeys(map(names.suspect_code, turn.going)) if code and code not in seen]
    if still and len(signed) == len(acts):  # who did what nobody signed is not known
        verb = "makes" if len(still) == 1 else "make"
        yield Said(3, f"{names.actors(still)} {verb} no move that anybody sees", ("still", *still))


def _together(turn):
    """New moves as they are seen; those who do the same share a clause."""
    alike = {}
    for event in turn.new_moves:
        alike.setdefault((event.payload["move"], event.payload["target"]), []).append(event)
    for events in alike.values():
        words = passages.move_in_words(events[0], turn)
        actors, who = list(dict.fromkeys(event.actor for event in events)), turn.names.actor(events[0].actor)
        if len(actors) > 1 and words and words.startswith(who):
            yield f"{turn.names.actors(actors)} {for_many(words.removeprefix(who).strip())}"
        else:
            yield from filter(None, (passages.move_in_words(event, turn) for event in events))


# --------------------------------------------------------------------------------------------------- where it leaves us


def _situation(turn):
    """Tension and harm, which way they went, and what goes on."""
    for event in turn.of_kind("turn_ends"):
        before, tension = turn.narrator.situation, event.payload["tension"]
        went = TENSION_WENT[passages.way(tension, before["tension"])] if before else ""
        parts = [f"tension is {passages.tension_in_words(tension)}{went} ({tension:.2f} of 1)"]
        harm = sum(event.payload["harm"].values())
        if before and round(before["harm"], 2) > 0 and harm > 0:
            parts.append(f"harm is {_harm(harm, before['harm'])}")
        if len(turn.begun) != 1 or not turn.going:
            going = count(len(turn.going), "incident") if turn.going else "no incident"
            parts.append(f"{going} {'go' if len(turn.going) > 1 else 'goes'} on")
        yield Said(ALWAYS, "; ".join([parts[0], *filter(None, [listed(parts[1:])])]))


def _harm(now, before):
    """Which way the harm went, and by how much, in the numbers that are told in full."""
    went, change = passages.way(now, before), abs(round(now, 2) / round(before, 2) - 1)
    if went == "as before":
        return went
    return f"{went} by {percent(change)}" if change >= HARDLY else f"hardly {went}"


PARTS = (
    _always, _news, _beginnings, _suspicions, _calls, _failures, _texts, _steps, _absent, _cooperation, _answers,
    _deadlines, _unsaid, _moves, _endings, _situation,
)  # fmt: skip
