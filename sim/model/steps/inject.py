"""Inject: the turn's injects are released and incidents begin."""

import numpy as np

from sim.model.msel import ARMED, RELEASED
from sim.rules.quantize import quantize

PER_RUN = ("tension", "linkage", "transparency", "standing", "narrative")
PER_ACT = ("publicness", "difficulty")


def inject(world):
    """Begin the incidents planned for this turn, and release the injects that are due."""
    begin_incidents(world)
    for place, planned in enumerate(world.plan):
        if planned.status == ARMED and planned.turn == world.turn:
            release(world, place)


def begin_incidents(world):
    inputs, state = world.inputs, world.state
    for h in np.flatnonzero(inputs.incident_begins == world.turn):
        state.intensity[h] = 1.0
        if world.recorder:
            world.recorder.incident_begins(world, h)


def release(world, place):
    """Release the inject at a place of the plan, with its effects."""
    planned = world.plan[place]
    world.plan[place] = planned.becomes(RELEASED, world.turn)
    for effect in planned.inject.effects:
        apply(effect, world)
    if world.recorder:
        date = planned.inject.date
        is_on_time = date and planned.turn == world.turn and planned.status == ARMED
        day = (date - world.inputs.start).days if is_on_time else world.day
        world.recorder.inject_released(world, planned.inject, planned.recipients, day)


def apply(effect, world):
    """Change the world as an inject's effect says; shares stay between 0 and 1."""
    values, at = quantity(world, effect)
    change(world, effect, values[at] + effect.by)


def quantity(world, what):
    """Where a quantity stands that an inject or control can change.

    Parameters
    ----------
    what : has `on`, `incident`, `actor` and `adversary`, as an inject's effect

    Returns
    -------
    (array of the state, index into it)
    """
    inputs, state = world.inputs, world.state
    if what.on in PER_RUN:
        return getattr(state, what.on), slice(None)
    if what.on in (*PER_ACT, "severity"):
        return getattr(state, what.on), inputs.incidents.index(what.incident)
    if what.on == "evidence":
        who = slice(None) if what.actor is None else inputs.index[what.actor]
        return state.evidence, (inputs.incidents.index(what.incident), slice(None), who)
    place = inputs.index[what.actor]
    if what.on == "exposure":
        return state.added_exposure, (inputs.adversaries.index(what.adversary), slice(None), place)
    return state.capital, (slice(None), place)


def change(world, what, to):
    """Give a quantity a new value, within what it can be; only those who are hit are hit harder."""
    state = world.state
    values, at = quantity(world, what)
    if what.on in (*PER_RUN, *PER_ACT, "severity"):
        to = np.clip(to, 0, 1)
    if what.on == "severity":
        to = np.where(values[at] > 0, to, values[at])
    if what.on == "capital":  # what is given counts as received, so that spent and left equal given
        state.income[at] += quantize(to - values[at])
    values[at] = quantize(to)
