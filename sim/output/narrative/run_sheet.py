"""Control's run sheet: every inject, what it was for, and whether it was released; and what served each objective.

It is for control alone: what it says of an inject, no seat is shown.
"""

from dataclasses import dataclass

from sim.catalogue.moves import BY_NAME
from sim.model.inputs import turn_of
from sim.model.msel import HELD, first_status, parts_of
from sim.phrases import Names, day, listed
from sim.record.record import Record
from sim.scenario import Loaded, resolve_members
from sim.scenario.calendar import from_iso
from sim.scenario.schema import When

BY_CONTROL_ALONE = "when control releases it"
BY_CONTROL = {"hold": "held by control", "skip": "dropped by control"}


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
    said = event.payload
    by_control = " by control" if directed.get(said["inject"]) in ("release", "write") else ""
    when, to = day(from_iso(event.date)), names.recipients(said["inject"], said["to"])
    return _entry(
        said["inject"], event.turn, when, to, said, f"released{by_control}", conditions.get(said["inject"], "")
    )


def _left(inject, names, directed, loaded, because):
    scenario, named = loaded.scenario, [name for name in inject.to if name not in ("all", "control")]
    reached = resolve_members(named, loaded.library, scenario.first_day)
    stood = "held" if first_status(inject) == HELD else "not released"
    if because:
        stood = f"not released: it comes only {why_not(inject.when, because, names)}"
    stood = BY_CONTROL.get(directed.get(inject.id), stood)
    to = names.recipients(inject.id, list(reached))
    return _entry(inject.id, turn_of(inject, scenario), "", to, inject.model_dump(), stood, _condition(inject, names))


def _condition(inject, names):
    """On what condition an inject comes, and what keeps the deadline that it sets."""
    said = condition_in_words(inject.when, names)
    if inject.deadline is None:
        return said
    kept = condition_in_words(When(unless=inject.deadline.unless), names)
    return f"{said}{'; ' if said else 'in its turn; '}its deadline passes {kept}"


def _entry(name, turn, when, to, said, stood, condition):
    kind = f"{said['kind']}, of {said['storyline'].replace('_', ' ')}" if said["storyline"] else said["kind"]
    return Entry(
        name,
        turn,
        when,
        said["title"],
        to,
        kind,
        said["expects"] or "",
        said["control_notes"] or "",
        condition,
        tuple(said["objectives"]),
        stood,
    )


# ---------------------------------------------------------------------------------------------------- conditions


def condition_in_words(when: When | None, names: Names) -> str:
    """What an inject waits for, as the end of a sentence; empty where it waits for nothing but its turn."""
    if when is None:
        return ""
    asked = [part_in_words(part, names) for part in parts_of(when)]
    return listed([*asked, *([BY_CONTROL_ALONE] if when.control else [])], longest=len(asked) + 1)


def part_in_words(part, names):
    """One thing that a condition asks for: `while ...`, or `unless ...` where it must not be so."""
    said = SAID[part.kind](names, *part.what)
    if part.is_denied:
        return f"unless {said}"
    return f"{'while' if part.kind in ('going', 'tension_above') else 'once'} {said}"


def why_not(when, keys, names):
    """Why an inject was not released, by the keys in the record: what its condition asks for and was not so."""
    return listed([part_in_words(part, names) for part in parts_of(when) if part.key in keys])


def _act(names, by, deeds, incident):
    over = f" over {names.incident(incident)}" if incident else ""
    who = names.actor(by) if by else "somebody"
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
