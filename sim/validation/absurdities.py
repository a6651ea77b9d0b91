"""What cannot be, each a function of a run that tells in sentences where it is found: each should find nothing."""

from collections.abc import Callable, Iterator

import numpy as np

from sim.catalogue.ladder import RUNGS, edges_of
from sim.model.events import Event
from sim.model.inputs import formats_of
from sim.scenario.schema import Response
from sim.validation.counts import NAMING, SANCTIONS, Run, called_off

__all__ = ["ABSURD"]

COORDINATE = 2  # the mandate from which a format may speak as one
ABSURD: dict[str, Callable[[Run], Iterator[str]]] = {}


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
