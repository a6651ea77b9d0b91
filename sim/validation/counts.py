"""What is counted in a run: who names, sanctions or goes to law, how far it goes, and what cannot be.

Everything is read off the events of a run. To count something else: a function here, its name in `Counted` of
`sim.scenario.schema`, and a row in `scenarios/library/volumes.yaml`. A function of what cannot be tells in sentences
where it is found, and each should find nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from sim.catalogue.responses import RUNGS, edges_of
from sim.model.events import Event
from sim.model.inputs import formats_of, responses_of
from sim.phrases import Names
from sim.record.record import Record
from sim.scenario import Loaded
from sim.scenario.calendar import from_iso
from sim.scenario.library_schema import Response, Volumes
from sim.scenario.schema import Incident
from sim.validation.schema import KINDS

NAMING, SANCTIONS, LEGAL = KINDS[1], KINDS[2], KINDS[4]
NOT_AT_ALL = float("inf")  # days to what does not happen
COORDINATE = 2  # the mandate from which a format may speak as one


# ---------------------------------------------------------------------------------------------------- a run


@dataclass(frozen=True)
class Run:
    """One run as it is counted."""

    record: Record  # with its events
    loaded: Loaded  # what was played
    # by kind of act, of whom the record of a past case knows; None: the coded states
    known: Mapping[str, frozenset[str]] | None = None
    volumes: Volumes = field(init=False)

    def __post_init__(self) -> None:
        if self.loaded.library.volumes is None:
            raise ValueError("the library has no section 'volumes'")
        object.__setattr__(self, "volumes", self.loaded.library.volumes)

    @cached_property
    def names(self) -> Names:
        """What actors, incidents, formats and responses are called."""
        return Names(self.loaded)

    @cached_property
    def incidents(self) -> dict[str, Incident]:
        """The incidents that began, by their ids."""
        begun = {event.incident for event in self.record.of_kind("incident_begins")}
        return {incident.id: incident for incident in self.loaded.scenario.incidents if incident.id in begun}

    @cached_property
    def last_day(self) -> float:
        """The day on which the exercise ends, counted from its first."""
        return self.record.calendar.length

    @cached_property
    def responses(self) -> list[Event]:
        """What states decided to do; bodies are left out."""
        return [event for event in self.record.of_kind("response_decided") if self.is_state(event.actor)]

    @cached_property
    def known_responses(self) -> dict[str, Response]:
        """The responses there are, by id."""
        return responses_of(self.loaded)

    def of(self, event: Event) -> Response:
        """The response that an event is about."""
        return self.known_responses[event.payload["response"]]

    def events(self, kind: str, incident: str, form: str | None = None) -> list[Event]:
        """The events of one kind over an incident, in one format or in any."""
        found = [event for event in self.record.of_kind(kind) if event.incident == incident]
        return [event for event in found if form is None or event.payload["format"] == form]

    def is_state(self, code: str | None) -> bool:
        """Whether it is no body."""
        return code not in self.loaded.library.bodies

    def victims(self, incident: str) -> set[str]:
        """Who was hit, at first and as it was widened."""
        written = self.incidents[incident]
        moves = [event for event in self.moves(written.by) if event.payload["move"] == "widen"]
        return {*written.victims} | {event.payload["target"] for event in moves} & {*written.may_widen_to}

    def moves(self, adversary: str) -> list[Event]:
        """What one adversary did."""
        return [event for event in self.record.of_kind("adversary_move") if event.actor == adversary]

    def did(self, incident: str, kind: str) -> set[str]:
        """The third parties among those counted that are seen to have done a kind of act before the end."""
        counted_for = self.volumes.coded if self.known is None else self.known.get(kind, ())
        seen = {
            event.actor or ""
            for event in self.responses
            if event.incident == incident and self.of(event).coded_as == kind
            if event.payload["effect_day"] <= self.last_day
        }
        return seen & {*counted_for} - self.victims(incident)

    def incident_of(self, event: Event) -> Incident:
        """The incident that an event is about."""
        return self.incidents[event.incident or ""]

    def suspect(self, event: Event) -> str:
        """Whom the incident that an event is about looks like."""
        written = self.incident_of(event)
        return written.suspect or written.by

    @cached_property
    def assessments(self) -> dict[tuple[int, str | None], dict[str, float]]:
        """How sure each state was of the suspect, by turn and incident."""
        return {
            (event.turn, event.incident): event.payload["confidence"] for event in self.record.of_kind("assessment")
        }

    def sureness(self, event: Event, code: str | None) -> float:
        """How sure a state was of the suspect when something was decided; 1 where nothing is known of that."""
        return self.assessments.get((event.turn, event.incident), {}).get(code or "", 1.0)

    def when(self, event: Event) -> str:
        """Where an example is found again."""
        return f"{self.record.scenario_name}, seed {self.record.seed}, turn {event.turn}"


# ---------------------------------------------------------------------------------------------------- what is counted


@dataclass(frozen=True)
class Count:
    """A number of one run, or of one incident in it, with what that was about and the year."""

    value: float
    year: int
    incident: str | None = None
    issue: str | None = None


COUNTS: dict[str, Callable[[Run], list[Count]]] = {}
ABSURD: dict[str, Callable[[Run], Iterator[str]]] = {}


def _a_run(count: Callable[[Run], float]) -> Callable[[Run], float]:
    """Counts a number once in a run."""
    COUNTS[count.__name__] = lambda run: [once_in(run, count(run))]
    return count


def _an_incident(count: Callable[[Run, str], float | None]) -> Callable[[Run, str], float | None]:
    """Counts a number for each incident of a run; None where there is nothing to count."""

    def of_each(run: Run) -> list[Count]:
        values = [(incident, count(run, incident)) for incident in run.incidents]
        return [
            Count(float(value), _year(run), incident, run.incidents[incident].issue)
            for incident, value in values
            if value is not None
        ]

    COUNTS[count.__name__] = of_each
    return count


def once_in(run: Run, value: float) -> Count:
    """A number of a run as a whole."""
    return Count(float(value), _year(run))


def _year(run: Run) -> int:
    return from_iso(run.record.start).year


@_a_run
def responses(run: Run) -> float:
    """Responses of all states in a run."""
    return len(run.responses)


@_an_incident
def responses_to_one(run: Run, incident: str) -> float:
    """Responses of all states to one incident."""
    return sum(event.incident == incident for event in run.responses)


@_an_incident
def name(run: Run, incident: str) -> float:
    """Third parties that name the culprit."""
    return len(run.did(incident, NAMING))


@_an_incident
def sanction(run: Run, incident: str) -> float:
    """Third parties that sanction or expel."""
    return len(run.did(incident, SANCTIONS))


@_an_incident
def legal_step(run: Run, incident: str) -> float:
    """Third parties that take a legal or trade step."""
    return len(run.did(incident, LEGAL))


@_an_incident
def answers(run: Run, incident: str) -> float:
    """Kinds of answer by third parties: a state that speaks and expels gives two."""
    return sum(len(run.did(incident, kind)) for kind in KINDS)


@_an_incident
def instruments(run: Run, incident: str) -> float | None:
    """Responses for each kind of answer that a state gives; None where nobody gives one."""
    coded = [
        (event.actor, kind)
        for event in run.responses
        if event.incident == incident and (kind := run.of(event).coded_as)
    ]
    return len(coded) / len(set(coded)) if coded else None


@_an_incident
def summon(run: Run, incident: str) -> float:
    """States that summon the ambassador, those that were hit among them."""
    asked = [event for event in run.responses if event.payload["response"] in run.volumes.summons]
    return len({event.actor for event in asked if event.incident == incident})


@_an_incident
def consultations(run: Run, incident: str) -> float:
    """Consultations called."""
    return len(run.events("consultation_called", incident))


@_an_incident
def article_4(run: Run, incident: str) -> float:
    """Consultations under Article 4."""
    return len(run.events("consultation_called", incident, run.volumes.article_4))


@_an_incident
def article_5(run: Run, incident: str) -> float:
    """Calls of Article 5."""
    return len(run.events("consultation_called", incident, run.volumes.article_5))


@_an_incident
def ministers(run: Run, incident: str) -> float:
    """Meetings of ministers of NATO and the four."""
    return len(run.events("consultation_called", incident, run.volumes.ministers))


@_an_incident
def texts(run: Run, incident: str) -> float:
    """Texts adopted."""
    return len(run.events("text_adopted", incident))


@_an_incident
def weaker_texts(run: Run, incident: str) -> float:
    """Texts weaker than one adopted before, by nobody but those who stand behind a stronger one already."""
    found = 0
    earlier: list[tuple[int, set[str]]] = []
    for event in run.events("text_adopted", incident):
        strength, behind = event.payload["text"], {*event.payload["supporters"]}
        stronger = [before for text, before in earlier if text > strength]
        found += bool(stronger) and behind <= set().union(*stronger)
        earlier.append((strength, behind))
    return found


@_an_incident
def days_to_joint_answer(run: Run, incident: str) -> float:
    """Days from the incident to the first joint text of solidarity or more."""
    least = RUNGS.index("solidarity")
    adopted = [event.payload for event in run.events("text_adopted", incident)]
    days = [text["days_since_incident"] for text in adopted if RUNGS.index(text["rung"]) >= least]
    return min(days, default=NOT_AT_ALL)


@_an_incident
def strongest_text(run: Run, incident: str) -> float:
    """The strongest text adopted: 0 silence to 1 measures."""
    return max((event.payload["text"] for event in run.events("text_adopted", incident)), default=0.0)


@_an_incident
def strongest_day(run: Run, incident: str) -> float:
    """Days from the incident to its strongest text."""
    adopted = [event.payload for event in run.events("text_adopted", incident)]
    return max(adopted, key=lambda text: text["text"])["days_since_incident"] if adopted else NOT_AT_ALL


@_an_incident
def stopped(run: Run, incident: str) -> float:
    """1 when its author called it off, else 0; one that was to end, or whose victims gave in, is not called off."""
    return float(bool(called_off(run, incident)))


def called_off(run: Run, incident: str) -> list[Event]:
    """The ends of an incident that came with its author's calling the campaign off."""
    calls = {event.turn for event in run.moves(run.incidents[incident].by) if event.payload["move"] == "stop"}
    return [event for event in run.events("incident_stops", incident) if event.turn in calls]


# ---------------------------------------------------------------------------------------------------- what cannot be


def _absurd(tell: Callable[[Run], Iterator[str]]) -> Callable[[Run], Iterator[str]]:
    """Puts the function below among what cannot be."""
    ABSURD[tell.__name__] = tell
    return tell


@_absurd
def sails_without_coast(run: Run) -> Iterator[str]:
    """A patrol or exercise at sea by a state without a coast."""
    states = run.loaded.library.states
    for event in run.responses:
        if event.payload["response"] in run.volumes.at_sea and event.actor in states and not states[event.actor].coast:
            yield _told(run, event)


@_absurd
def deals_without_relations(run: Run) -> Iterator[str]:
    """Summoning or expelling where there are no diplomatic relations."""
    states = run.loaded.library.states
    for event in run.responses:
        if event.payload["response"] in run.volumes.with_embassies and event.actor in states:
            suspect = run.suspect(event)
            if suspect in states[event.actor].no_relations_with:
                yield f"{_told(run, event)}, with {run.names.actor(suspect)}"


@_absurd
def accuses_in_doubt(run: Run) -> Iterator[str]:
    """A response that accuses, by a state less sure than it asks for."""
    for event in run.responses:
        if (response := run.of(event)).accuses:
            sure = run.sureness(event, event.actor)
            if sure < response.attribution_min:
                yield f"{_told(run, event)}: {sure:.2f} sure, and {response.attribution_min:g} is asked for"


@_absurd
def wants_to_accuse_in_doubt(run: Run) -> Iterator[str]:
    """A position on a text, at its first reading, that names by a state less sure than any accusation asks for."""
    edge = edges_of(run.loaded)[RUNGS.index("naming")]
    for event in run.record.of_kind("text_proposed"):
        least, where = _least_asked_for(run, event), run.names.format(event.payload["format"])
        for code, position in event.payload["positions"].items() if event.payload["round"] == 1 else ():
            sure = run.sureness(event, code)
            if position >= edge and sure < least:
                yield f"{run.when(event)}: {code} wants a text of {position:.2f} in {where}, {sure:.2f} sure"


def _least_asked_for(run: Run, event: Event) -> float:
    """The least sureness that a response to an event's incident asks for which names its culprit."""
    issue = run.incident_of(event).issue
    asked = [
        response.attribution_min
        for response in run.known_responses.values()
        if response.accuses and response.coded_as == NAMING and issue in response.issues
    ]
    return min(asked, default=0.0)


@_absurd
def called_without_mandate(run: Run) -> Iterator[str]:
    """A format called for what it has no mandate for, or one that names a culprit and may only exchange information."""
    formats, naming = formats_of(run.loaded), RUNGS.index("naming")
    for event in run.record.of_kind("consultation_called", "text_adopted"):
        mandate = formats[event.payload["format"]].mandate.get(run.incident_of(event).issue, 0)
        is_call = event.kind == "consultation_called"
        if mandate == 0 if is_call else mandate < COORDINATE and RUNGS.index(event.payload["rung"]) >= naming:
            deed = "is called" if is_call else f"adopts a text of {event.payload['rung']}"
            where = run.names.format(event.payload["format"])
            yield f"{run.when(event)}: {where} {deed} on {run.names.incident(event.incident)}"


@_absurd
def felt_after_the_end(run: Run) -> Iterator[str]:
    """A response whose effect falls after the end."""
    for event in run.responses:
        if event.payload["effect_day"] > run.last_day:
            yield f"{_told(run, event)}: from day {event.payload['effect_day']} of {run.last_day}"


@_absurd
def works_on_its_own(run: Run) -> Iterator[str]:
    """An adversary that courts or squeezes itself, its friend or its victim."""
    authors = {incident.by for incident in run.loaded.scenario.incidents}
    for event in run.record.of_kind("adversary_move"):
        target = event.payload["target"]
        if event.payload["move"] != "divide" or target is None:
            continue
        hit = {code for key, one in run.incidents.items() if one.by == event.actor for code in run.victims(key)}
        state = run.loaded.library.states.get(target)
        is_friend = target in authors or (state is not None and state.role == "adversary")
        if is_friend or target in hit:
            what = "itself" if target == event.actor else "its friend" if is_friend else "its victim"
            yield f"{run.when(event)}: {event.actor} works on {what}, {run.names.actor(target)}"


@_absurd
def article_5_for_others(run: Run) -> Iterator[str]:
    """Article 5 called over an act on others than allies."""
    for incident in run.incidents:
        for event in run.events("consultation_called", incident, run.volumes.article_5):
            if not run.victims(incident) & {*event.payload["members"]}:
                yield f"{run.when(event)}: Article 5 over {run.names.incident(incident)}"


@_absurd
def stopped_after_its_end(run: Run) -> Iterator[str]:
    """An incident that counts as stopped though it had ended: a second end, or one more in the run's measure."""
    off = 0
    for incident in run.incidents:
        off += bool(called_off(run, incident))
        for event in run.events("incident_stops", incident)[1:]:
            yield f"{run.when(event)}: {run.names.incident(incident)} ends once more"
    measured = run.record.measures.get("stopped", float("nan")) * len(run.incidents)
    for _ in range(max(0, round(measured - off)) if np.isfinite(measured) else 0):
        yield f"{run.record.scenario_name}, seed {run.record.seed}: counted as stopped, and nobody called it off"


@_absurd
def accuses_itself(run: Run) -> Iterator[str]:
    """A state that names a culprit of its own act, alone or behind a text."""
    for event in run.responses:
        if run.of(event).accuses and event.actor == run.incident_of(event).by:
            yield _told(run, event)
    for event in run.record.of_kind("text_adopted"):
        author = run.incident_of(event).by
        if RUNGS.index(event.payload["rung"]) >= RUNGS.index("naming") and author in event.payload["supporters"]:
            yield f"{run.when(event)}: {author} stands behind a text of {event.payload['rung']} on its own act"


@_absurd
def talks_and_presses(run: Run) -> Iterator[str]:
    """A state that has taken up talks with an adversary and pressure on it over the same incident."""
    talking = {
        (event.actor, event.incident): event
        for event in run.responses
        if event.payload["response"] in run.volumes.talks
    }
    told = set()
    for event in run.responses:
        pair = event.actor, event.incident
        if pair in talking and pair not in told and _presses(run.of(event)):
            told.add(pair)
            talks = run.names.phrase(talking[pair].payload["response"])
            yield f"{_told(run, event)}, and {talks} (turn {talking[pair].turn})"


def _presses(response: Response) -> bool:
    """Whether a response puts pressure on the adversary."""
    return response.coded_as == SANCTIONS or (response.accuses and response.rung == "measures")


def _told(run: Run, event: Event) -> str:
    phrase = run.names.phrase(event.payload["response"])
    return f"{run.when(event)}: {run.names.actor(event.actor)} {phrase}"
