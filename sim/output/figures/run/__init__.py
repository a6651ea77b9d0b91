"""Charts of one run, and what they read out of its record: incidents, consultations, responses, series by turn.

Everything here comes from events alone, and what a record does not hold comes out empty, never as an error.
"""

import math
from collections import Counter
from dataclasses import dataclass, field

from sim.output.figures.style import day_of
from sim.scenario.calendar import date_at, from_iso

BODIES = ("NATO", "EU")


@dataclass(frozen=True)
class Incident:
    """An incident as the record shows it: never who really did it."""

    id: str
    name: str
    victims: dict
    suspect: str | None
    turn: int


@dataclass(frozen=True)
class Draft:
    """One round's text and where the members stood."""

    round: int
    day: int
    text: float
    positions: dict


@dataclass(frozen=True)
class Break:
    """Silence broken in one round."""

    round: int
    by: tuple
    before: float
    after: float


@dataclass
class Consultation:
    """One consultation from call to text."""

    incident: str
    format: str
    caller: str | None = None
    members: tuple = ()
    day: int = 0
    turn: int = 0
    terms: dict = field(default_factory=dict)
    drafts: list = field(default_factory=list)
    breaks: list = field(default_factory=list)
    outcome: str = "open"  # open, adopted, failed
    text: float | None = None
    rung: str | None = None
    why: str = ""
    supporters: tuple = ()
    capability_share: float | None = None
    end_day: int | None = None

    @property
    def behind(self):
        """How many stand behind the text: '12 of 32'."""
        return f"{len(self.supporters)}{f' of {len(self.members)}' if self.members else ''}"

    @property
    def breakers(self):
        """Who broke silence and how often, most often first."""
        counts = Counter(code for one in self.breaks for code in one.by)
        return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


@dataclass(frozen=True)
class Joining:
    """One actor's response, and the day on which it is seen."""

    actor: str
    incident: str | None
    response: str
    acted_day: int | None
    probability: float | None
    terms: dict
    covered_by: str | None
    turn: int


def date_of(record, day):
    """The date of a day of the exercise, with its clock where that is told."""
    return date_at(from_iso(record.start), day)


def day_in(record, day):
    """A day of the exercise as it is said: with its year, where the exercise goes on into another."""
    first, last = record.calendar.whole_span
    return day_of(date_of(record, day), year=first.year != last.year)


def turn_of(record, day):
    """The turn that a day falls in, its last day with it."""
    return min(record.turns, record.calendar.turn_of_end(day))


def incidents_of(record):
    """The incidents, in the order in which they began."""
    found = {}
    for event in record.of_kind("incident_begins"):
        told = event.payload
        name, victims = told.get("name") or str(event.incident), told.get("victims") or {}
        found.setdefault(event.incident, Incident(event.incident, name, victims, told.get("suspect"), event.turn))
    return found


def incident_name(record, incident):
    """What an incident is called."""
    incidents = incidents_of(record)
    return incidents[incident].name if incident in incidents else str(incident or "").replace("_", " ")


def suspect_code(record, incident):
    """Whom an incident looks like; None where that is not known."""
    incidents = incidents_of(record)
    return incidents[incident].suspect if incident in incidents else None


def suspect_of(record, styles, incident):
    """Whom an incident looks like, in a sentence; "the suspect" where that is not known."""
    suspect = suspect_code(record, incident)
    return styles.actor(suspect) if suspect else "the suspect"


def actors_of(record):
    """Every state that believes or consults or acts, in a fixed order."""
    seen = set()
    for event in record.of_kind("assessment"):
        seen.update(event.payload.get("confidence") or {})
    for event in record.of_kind("text_proposed"):
        seen.update(event.payload.get("positions") or {})
    for event in record.of_kind("response_decided", "response_acts", "consultation_called"):
        if event.actor:
            seen.add(event.actor)
    return sorted(seen - set(BODIES))


def consultations_of(record):
    """Every consultation, in the order in which they were called."""
    done, running = [], {}

    def current(event):
        key = (event.incident, event.payload.get("format"))
        if key not in running:
            running[key] = Consultation(event.incident, key[1] or "", day=event.day, turn=event.turn)
            done.append(running[key])
        return running[key]

    for event in record.events:
        told = event.payload
        if event.kind == "consultation_called":
            running.pop((event.incident, told.get("format")), None)
            one = current(event)
            one.caller, one.members = event.actor, tuple(told.get("members") or ())
            one.terms = told.get("terms") or {}
        elif event.kind == "text_proposed":
            one = current(event)
            round_, text = told.get("round") or len(one.drafts) + 1, told.get("text") or 0.0
            one.drafts.append(Draft(round_, event.day, text, told.get("positions") or {}))
        elif event.kind == "silence_broken":
            ends = told.get("text_before") or 0.0, told.get("text_after") or 0.0
            current(event).breaks.append(Break(told.get("round") or 1, tuple(told.get("by") or ()), *ends))
        elif event.kind in ("text_adopted", "text_failed"):
            _close(current(event), event)
            running.pop((event.incident, told.get("format")), None)
    return done


def _close(one, event):
    told = event.payload
    one.end_day = event.day
    if event.kind == "text_failed":
        one.outcome, one.why = "failed", told.get("why") or ""
        return
    one.outcome, one.text = "adopted", told.get("text") or 0.0
    one.rung = told["rung"]
    one.supporters = tuple(told.get("supporters") or ())
    one.capability_share = told.get("capability_share")


def joinings_of(record, names):
    """Every response, in the order in which they were decided; names tell a response from none."""
    seen, decided = {}, {}
    for event in record.of_kind("response_acts"):
        seen.setdefault(_address(event), event.day)
    for event in (*record.of_kind("response_decided"), *record.of_kind("response_acts")):
        decided.setdefault(_address(event), event)
    return [_joining(address, seen.get(address), event) for address, event in decided.items()
            if not names.is_inaction(address[2])]  # fmt: skip


def _address(event):
    return event.actor, event.incident, event.payload.get("response")


def _joining(address, acted_day, event):
    actor, incident, response = address
    told, terms = event.payload, event.payload.get("terms") or {}
    chance, via = told.get("probability"), told.get("covered_by")
    return Joining(actor, incident, response or "", acted_day, chance, terms, via, event.turn)


def series_of(record, name, key=None):
    """(days, values) of what `turn_ends` says under a name, each at the end of its turn; nan where it says nothing."""
    days, values, ends = [], [], record.calendar.edges
    for event in record.of_kind("turn_ends"):
        value = event.payload.get(name)
        if key is not None:
            value = (value or {}).get(key)
        elif isinstance(value, dict):
            value = sum(one for one in value.values() if one is not None)
        days.append(ends[event.turn])
        values.append(math.nan if value is None else float(value))
    return days, values


def keys_of(record, name):
    """The keys a table of `turn_ends` ever has, in order of appearance."""
    tables = [event.payload.get(name) for event in record.of_kind("turn_ends")]
    return list(dict.fromkeys(key for table in tables if isinstance(table, dict) for key in table))


def beliefs_of(record, incident):
    """(days, {actor: [confidence]}) at each assessment of an incident; nan where an actor is missing."""
    events = [event for event in record.of_kind("assessment") if event.incident == incident]
    tables = [event.payload.get("confidence") or {} for event in events]
    actors = sorted({code for table in tables for code in table})
    lines = {code: [math.nan if table.get(code) is None else float(table[code]) for table in tables] for code in actors}
    return [event.day for event in events], lines


def tension_in_words(record):
    """How high tension rose, and when; empty where nothing is known of it."""
    days, tension = series_of(record, "tension")
    highest = highest_of(tension)
    if highest is None:
        return ""
    at = tension.index(highest)
    if at == len(tension) - 1 > 0:
        return f"tension was highest at the end, {highest:.2f}"
    return f"tension peaked at {highest:.2f} on {day_in(record, days[at])}"


def highest_of(values):
    """The highest value of a series that may have gaps; None if there is none."""
    return max((value for value in values if value == value), default=None)


def last_of(values):
    """The last value of a series that may have gaps; None if there is none."""
    return next((value for value in reversed(values) if value == value), None)
