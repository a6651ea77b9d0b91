"""What a seat can see: its own judgement, what was put to it, and what everybody can read in the press."""

import datetime
from collections.abc import Callable, Collection

import numpy as np

from sim.catalogue.responses import edges_of, rung_of
from sim.model.decisions import View
from sim.model.inputs import ModelInputs, last_day_of, turn_of
from sim.model.msel import Planned, was_released
from sim.model.state import ADOPTED, OPEN, World
from sim.scenario.calendar import in_iso, whole
from sim.scenario.schema import Attachment, Deadline


def view(world: World, actor: str, run: int = 0, parts: Collection[str] | None = None) -> View:
    """The world as one actor sees it: plain data, with nothing in it that the actor cannot know.

    Own beliefs, stakes, capital and commitments; consultations it sits in; texts adopted and responses that have become
    visible, by anybody. Never who really did it, what others believe or intend, nor what chance has drawn for anybody.

    Parameters
    ----------
    world : World
    actor : str, code
    run : int, row of the batch
    parts : which of its parts, beside actor, turn and day; None: all

    Returns
    -------
    dict, JSON plain
    """
    inputs, state = world.inputs, world.state
    place, here = inputs.index[actor], {"actor": actor, "turn": world.turn, "day": world.day}
    of_the_seat: dict[str, Callable[[], object]] = {
        "capital": lambda: round(float(state.capital[run, place]), 6),
        "tension": lambda: round(float(state.tension[run]), 6),
        "incidents": lambda: _incidents(world, place, run),
        "injects": lambda: _injects(world, actor, run),
        "consultations": lambda: _consultations(world, place, run),
        "texts": lambda: _texts(world, run),
        "pressure": lambda: round(float(state.pressure[inputs.adversaries.index(actor), run]), 6),
        "own_responses": lambda: _own(world, place, run),
        "seen_responses": lambda: _seen(world, run),
    }
    if actor not in inputs.adversaries:  # who is none feels no pressure
        del of_the_seat["pressure"]
    return here | {name: part() for name, part in of_the_seat.items() if parts is None or name in parts}


def _incidents(world: World, place: int, run: int) -> View:
    return {world.inputs.incidents[h]: _incident(world, h, place, run) for h in world.begun}


def _incident(world: World, h: int, place: int, run: int) -> View:
    inputs, state = world.inputs, world.state
    incident = inputs.loaded.scenario.incidents[h]
    own = {
        "name": incident.name,
        "issue": incident.issue,
        "suspect": inputs.adversaries[inputs.incident_suspect[h]],
        "goes_on": bool(state.intensity[h, run] > 0),
    }
    if inputs.is_state[place]:
        own["confidence"] = round(float(world.confidence()[h, run, place]), 6)
        own["gravity"] = round(float(state.perceived[h, run, place]), 6)
        own["stake"] = round(float(state.stake[h, run, place]), 6)
        own["is_victim"] = bool(state.severity[h, run, place] > 0)
    elif inputs.actors[place] == incident.by:
        own["is_mine"] = True
    return own


def _injects(world: World, actor: str, run: int) -> list[View]:
    return [told for told, planned in _released(world, run) if actor in planned.recipients]


def _released(world: World, run: int) -> list[tuple[View, Planned]]:
    """Injects that are out, as whoever gets them reads them."""
    inputs = world.inputs
    return [
        (
            {
                "turn": planned.turn,
                "title": inject.title,
                "from": inject.sender,
                "channel": inject.channel,
                "text": inject.text,
                **clock(world, planned),
                **_deadline(inject.deadline, inputs),
                **({"attachments": [attached(one) for one in inject.attachments]} if inject.attachments else {}),
            },
            planned,
        )
        for place, planned in enumerate(world.plan)
        for inject in [planned.inject]
        if was_released(world, place, run)
    ]


def attached(one: Attachment) -> View:
    """An attachment: its title, and its file or its text."""
    return one.model_dump(exclude_none=True)


def _deadline(deadline: Deadline | None, inputs: ModelInputs) -> View:
    """The last day of a deadline, and what is threatened; nothing where there is none."""
    return {"by": in_iso(last_day_of(deadline, inputs)), "otherwise": deadline.text} if deadline else {}


def clock(world: World, planned: Planned) -> View:
    """When an inject comes by the clock, as `date`: nothing for one that has none."""
    scenario = world.inputs.loaded.scenario
    moment = scenario.moment_of(planned.inject)
    if not isinstance(moment, datetime.datetime) or turn_of(planned.inject, scenario) != planned.turn:
        return {}
    return {"date": in_iso(moment)}


def _consultations(world: World, place: int, run: int) -> list[View]:
    inputs, state = world.inputs, world.state
    return [
        {"incident": incident, "format": form, "due_day": whole(state.consultation_due[t, run])}
        for t, (incident, form) in enumerate(inputs.consultations)
        if state.consultation_state[t, run] == OPEN and inputs.consultation_members[t, place]
    ]


def _texts(world: World, run: int) -> list[View]:
    inputs, state = world.inputs, world.state
    edges = edges_of(inputs.loaded)
    return [
        {
            "incident": incident,
            "format": form,
            "text": text,
            "rung": rung_of(text, edges),
            "day": whole(state.consultation_due[t, run]),
        }
        for t, (incident, form) in enumerate(inputs.consultations)
        for text in [round(float(state.consultation_text[t, run]), 6)]
        if state.consultation_state[t, run] == ADOPTED and text > 0
    ]


def _own(world: World, place: int, run: int) -> list[View]:
    inputs, state = world.inputs, world.state
    mine = np.flatnonzero(state.joined[:, run, place])
    return [
        {
            "incident": inputs.options[o][0],
            "response": inputs.options[o][1],
            "acts_day": whole(state.effect_day[o, run, place]),
        }
        for o in mine
    ]


def _seen(world: World, run: int) -> list[View]:
    """Responses that can be seen: those already in effect when the turn began, with the day from which each was."""
    inputs, day = world.inputs, world.state.effect_day[:, run]
    by: dict[int, dict[str, float]] = {}
    for o, place in zip(*np.nonzero(day <= world.day), strict=True):
        by.setdefault(int(o), {})[inputs.actors[place]] = whole(day[o, place])
    return [
        {
            "incident": inputs.options[o][0],
            "response": inputs.options[o][1],
            "by": list(since),
            "since": list(since.values()),
        }
        for o, since in by.items()
    ]


def public_view(world: World, run: int = 0) -> View:
    """What everybody can see: what was put to all, texts adopted and responses that have become visible."""
    inputs = world.inputs
    players = {code for code in inputs.actors if code not in inputs.bodies and code not in inputs.adversaries}
    return {
        "turn": world.turn,
        "day": world.day,
        "injects": [
            told
            for told, planned in _released(world, run)
            if players & inputs.here(max(planned.turn, 1)) <= set(planned.recipients)  # of those who were there then
        ],
        "texts": _texts(world, run),
        "seen_responses": _seen(world, run),
    }
