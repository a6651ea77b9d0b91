"""Injects in words: what control does and what reaches the players; and control's run sheet.

The run sheet says what every inject was for and whether it was released, and what served each objective. It is for
control alone: what it says of an inject, no seat is shown.
"""

import json
from dataclasses import dataclass

from sim.catalogue.moves import BY_NAME
from sim.model.inputs import turn_of
from sim.model.msel import HELD, first_status, parts_of
from sim.phrases import Names, day, gist, listed, sentence, stopped
from sim.record.record import Record
from sim.scenario import Loaded, resolve_members
from sim.scenario.calendar import from_iso
from sim.scenario.schema import When

CHANNELS = {
    "brief": "Brief", "cable": "Cable", "email": "Email", "phone": "Phone", "call": "Call", "chat": "Message",
    "in_person": "In person", "media": "Media", "social": "Social media", "radio": "Radio",
}  # fmt: skip
ADDRESSEES = 5  # that are called by name

DIRECTIONS = {
    "release": "releases the inject {target}",
    "hold": "holds back the inject {target}",
    "skip": "drops the inject {target}",
    "edit": "rewrites the inject {target}",
    "write": "writes a new inject, {target}",
    "set": "sets {target} to {to}",
    "seat": "hands the seat of {actor} to {value}",
    "proceed": "goes on",
    "adjudicate": "adjudicates a move of {actor}, '{move}'",
}
BY_CONTROL_ALONE = "when control releases it"
BY_CONTROL = {"hold": "held by control", "skip": "dropped by control"}


# --------------------------------------------------------------------------------------------------------- in the story


def directions(turn):
    """What control changed, and why."""
    return (directed(event, turn.names) for event in turn.of_kind("control_directs"))


def directed(event, names):
    """What control did, and why, of an event `control_directs`."""
    value = json.loads(event.payload["value"])
    fields = value if isinstance(value, dict) else {}
    given = {
        "target": event.payload["target"].replace("_", " "),
        "to": fields.get("to", ""),
        "move": " ".join(fields.get("move", "").split()).rstrip("."),
        "actor": names.actor(event.payload["target"]),
        "value": {"nobody": "nobody", "model": "the model"}.get(str(value), f"a {value}"),
    }
    reason = f": {stopped(event.payload['reason'])}" if event.payload["reason"] else ""
    return f"Control {DIRECTIONS[event.payload['direction']].format(**given)}{reason}"


def injects(turn):
    """What reaches the players, in short and line by line; what is for control alone stays there."""
    for event in filter(reaches_players, turn.of_kind("inject_released")):
        inject, words = event.payload, gist(event.payload["text"])
        channel = f"{CHANNELS[inject['channel']]}{_of_day(event, turn)}"
        to = turn.names.recipients(inject["inject"], inject["to"], ADDRESSEES)
        source = f"({channel}: {' '.join(inject['sender'].split())}, to {to}.)"
        lines = sentence(inject["title"]), words, source, *_asks(inject, turn)
        yield ("\n" if "\n" in words else " ").join(lines)


def _asks(inject, turn):
    """What an inject asks, of whom."""
    for event in turn.of_kind("question_put"):
        if event.payload["inject"] == inject["inject"]:
            yield f"It asks {turn.names.actors(event.payload['to'])}: {sentence(event.payload['question'])}"

    for one in turn.names.attachments(inject["inject"]):
        yield enclosed(one.title, one.file, one.text)
    for event in turn.of_kind("deadline_set"):
        if event.payload["inject"] == inject["inject"]:
            yield by_when(event.payload["date"], event.payload["otherwise"])


def enclosed(title, file=None, text=None):
    """An attachment in a sentence: its title, and the file it is in or what it says."""
    return f"Attached: {title} (attachments/{file})." if file else f"Attached: {sentence(f'{title}: {text}')}"


def by_when(date, otherwise):
    """A deadline, and what follows otherwise, in a sentence."""
    return f"Deadline: {day(from_iso(date))}. Otherwise: {sentence(otherwise)}"


def deadlines(turn):
    """Deadlines that end with the turn: kept, or passed with what follows."""
    for event in turn.of_kind("deadline_ends"):
        said, deadline = event.payload, f"The deadline of “{event.payload['title']}”"
        yield f"{deadline} is kept" if said["text"] is None else f"{deadline} passes: {stopped(said['text'])}"


def answers(turn):
    """What was chosen where injects put questions: those who chose the same share a clause."""
    for question, by_answer in answered(turn):
        clauses = [_clause(codes, *said, turn.names) for said, codes in by_answer.items()]
        yield f"Asked '{question}' {'; '.join(clauses)}"


def answered(turn):
    """The questions that are answered in a turn: what was asked, and who gave each answer, by its words and whether it
    was given at all: list of (text, dict of (answer, "yes" or "no") to codes)."""
    asked = {}
    for event in turn.of_kind("question_answered"):
        said = event.payload
        of_question = asked.setdefault((said["inject"], said["question"]), {})
        of_question.setdefault((said["answer"], said["given"]), []).append(event.actor)
    return [(question, by_answer) for (_, question), by_answer in asked.items()]


def _clause(codes, answer, given, names):
    chooses = "chooses" if given == "yes" else "gives no answer, which counts as"
    choose = "choose" if given == "yes" else "give no answer, which counts as"
    return f"{names.actors(codes)} {choose if len(codes) > 1 else chooses}: {answer}"


def _of_day(event, turn):
    """On which day, and at what time, where that is later than the turn begins."""
    return f", {turn.day(event.day)}" if event.day > turn.narrator.calendar.begins(turn.number) else ""


def reaches_players(event):
    """Whether an inject is for anybody but control."""
    return bool(set(event.payload["to"]) - {"control"})


# -------------------------------------------------------------------------------------------------------- the run sheet


@dataclass(frozen=True)
class Entry:
    """One inject on the run sheet, in words that are empty where nothing is said."""

    inject: str  # its id
    turn: int  # in which it was released, or was due
    when: str  # the day of its release; empty where it was not
    title: str
    to: str
    kind: str  # with its storyline
    expects: str
    notes: str
    condition: str  # on which it comes
    objectives: tuple[str, ...]  # ids
    stood: str  # at the end: released, released by control, held, not released and why ...


@dataclass(frozen=True)
class Served:
    """An objective, and the entries of the run sheet that serve it."""

    id: str
    text: str
    served_by: tuple[Entry, ...]


def run_sheet(record: Record, loaded: Loaded) -> list[Entry]:
    """Every inject of a run in the order of its release, with those that were not released where they were due.

    >>> from sim.engine import play
    >>> from sim.scenario import load
    >>> loaded = load("smallest")
    >>> [(entry.turn, entry.stood) for entry in run_sheet(play(loaded, 1, trace=True).records[0], loaded)]
    [(1, 'released'), (2, 'released'), (3, 'released')]
    """
    names, directed = Names(loaded), _directed(record)
    released = {event.payload["inject"]: event for event in record.of_kind("inject_released")}
    conditions = {inject.id: _condition(inject, names) for inject in loaded.scenario.injects}
    withheld = {event.payload["inject"]: event.payload["because"] for event in record.of_kind("inject_withheld")}
    sheet = [_released(event, names, directed, conditions) for event in released.values()]
    left = [inject for inject in loaded.scenario.injects if inject.id not in released]
    sheet += [_left(inject, names, directed, loaded, withheld.get(inject.id)) for inject in left]
    return sorted(sheet, key=lambda entry: entry.turn)


def objectives_of(record: Record, loaded: Loaded) -> list[Served]:
    """The objectives of a scenario, each with what served it."""
    sheet = run_sheet(record, loaded)
    return [
        Served(objective.id, objective.text, tuple(entry for entry in sheet if objective.id in entry.objectives))
        for objective in loaded.scenario.objectives
    ]


def notes_on_incidents(turn: int, record: Record, loaded: Loaded) -> list[tuple[str, str]]:
    """What control alone should know about the incidents that begin in a turn: each in words, and its note."""
    names, begun = Names(loaded), {event.incident for event in record.of_kind("incident_begins") if event.turn == turn}
    return [
        (names.incident(incident.id), incident.note)
        for incident in loaded.scenario.incidents
        if incident.note and incident.id in begun
    ]


def _directed(record):
    """The last that control directed about each inject."""
    return {event.payload["target"]: event.payload["direction"] for event in record.of_kind("control_directs")}


def _released(event, names, directed, conditions):
    said, when = event.payload, day(from_iso(event.date))
    by_control = " by control" if directed.get(said["inject"]) in ("release", "write") else ""
    to, condition = names.recipients(said["inject"], said["to"]), conditions.get(said["inject"], "")
    return _entry(said["inject"], event.turn, when, to, said, condition, f"released{by_control}")


def _left(inject, names, directed, loaded, because):
    scenario, named = loaded.scenario, [name for name in inject.to if name not in ("all", "control")]
    reached = resolve_members(named, loaded.library, scenario.first_day)
    stood = "held" if first_status(inject) == HELD else "not released"
    if because:
        stood = f"not released: it comes only {_why_not(inject.when, because, names)}"
    stood = BY_CONTROL.get(directed.get(inject.id), stood)
    to = names.recipients(inject.id, list(reached))
    return _entry(inject.id, turn_of(inject, scenario), "", to, inject.model_dump(), _condition(inject, names), stood)


def _condition(inject, names):
    """On what condition an inject comes, and what keeps the deadline that it sets."""
    said = condition_in_words(inject.when, names)
    if inject.deadline is None:
        return said
    kept = condition_in_words(When(unless=inject.deadline.unless), names)
    return f"{said}{'; ' if said else 'in its turn; '}its deadline passes {kept}"


def _entry(name, turn, when, to, said, condition, stood):
    kind = f"{said['kind']}, of {said['storyline'].replace('_', ' ')}" if said["storyline"] else said["kind"]
    expects, notes, aims = said["expects"] or "", said["control_notes"] or "", tuple(said["objectives"])
    return Entry(name, turn, when, said["title"], to, kind, expects, notes, condition, aims, stood)


# ---------------------------------------------------------------------------------------------------- conditions


def condition_in_words(when: When | None, names: Names) -> str:
    """What an inject waits for, as the end of a sentence; empty where it waits for nothing but its turn."""
    if when is None:
        return ""
    asked = [_part_in_words(part, names) for part in parts_of(when)]
    return listed([*asked, *([BY_CONTROL_ALONE] if when.control else [])], longest=len(asked) + 1)


def _part_in_words(part, names):
    """One thing that a condition asks for: `while ...`, or `unless ...` where it must not be so."""
    said = SAID[part.kind](names, *part.what)
    if part.is_denied:
        return f"unless {said}"
    return f"{'while' if part.kind in ('going', 'tension_above') else 'once'} {said}"


def _why_not(when, keys, names):
    """Why an inject was not released, by the keys in the record: what its condition asks for and was not so."""
    return listed([_part_in_words(part, names) for part in parts_of(when) if part.key in keys])


def _act(names, by, deeds, incident):
    who, over = names.actor(by) if by else "somebody", f" over {names.incident(incident)}" if incident else ""
    if deeds and deeds[0] in BY_NAME:
        return f"{who} has chosen to {BY_NAME[deeds[0]].label}"
    return f"{who} has joined {' or '.join(map(names.response, deeds)) or 'a response'}{over}"


def _answer(names, by, option, inject):
    who = names.actor(by) if by else "somebody"
    return f"{who} has answered '{names.answer(inject, option)}' to {names.inject(inject)}"


def _any(names, *alternatives):
    said = [" and ".join(SAID[part.kind](names, *part.what) for part in parts) for parts in alternatives]
    return ", or ".join(said)


SAID = {
    "going": lambda names, incident: f"{names.incident(incident)} goes on",
    "stopped": lambda names, incident: f"{names.incident(incident)} is over",
    "text": lambda names, incident, rung: f"a text on {names.incident(incident)} stands at {rung} or above",
    "act": _act,
    "answer": _answer,
    "tension_above": lambda names, level: f"tension is above {level:g}",
    "any": _any,
}
