"""Inject: the turn's injects are released and incidents begin.

What an inject threatens follows at the end of its deadline's turn, unless something has been done by then.
"""

import numpy as np

from sim.model.inputs import day_of_release, last_day_of, turn_of_deadline
from sim.model.msel import ARMED, RELEASED, WITHHELD, all_met, unmet, was_released
from sim.rules.quantize import quantize
from sim.scenario.schema import When

PER_RUN = ("tension", "linkage", "transparency", "standing", "narrative")
PER_ACT = ("publicness", "difficulty")


def inject(world):
    """Begin the incidents planned for this turn, and release the injects that are due and whose condition holds."""
    if world.recorder and world.turn > 1:
        before, now = world.inputs.takes_part[world.turn - 2 : world.turn]
        world.recorder.actors_change(world, joining=now & ~before, leaving=before & ~now)
    begin_incidents(world)
    for place, planned in enumerate(world.plan):
        if planned.status == ARMED and planned.turn == world.turn:
            put(world, place, all_met(world, planned.condition))


def begin_incidents(world):
    inputs, state = world.inputs, world.state
    for h in np.flatnonzero(inputs.incident_begins == world.turn):
        state.intensity[h] = 1.0
        if world.recorder:
            world.recorder.incident_begins(world, h)


def put(world, place, where):
    """Release an inject that is due in the runs marked in `where`, (R,), and withhold it in the others."""
    planned = world.plan[place]
    if where.any():
        _release_in(world, place, slice(None) if where.all() else np.flatnonzero(where), is_on_time=True)
    else:
        world.plan[place] = planned.becomes(WITHHELD)
    if world.recorder and not where[0]:
        world.recorder.inject_withheld(world, planned.inject, unmet(world, planned.condition))


def release(world, place, by_control=False):
    """Release the inject at a place of the plan, with its effects, in every run."""
    planned = world.plan[place]
    world.plan[place] = planned.becomes(planned.status, by_control=by_control or planned.by_control)
    _release_in(world, place, slice(None), planned.turn == world.turn and planned.status == ARMED)


def _release_in(world, place, rows, is_on_time):
    planned = world.plan[place].to_those(world.inputs.here(world.turn))
    world.plan[place] = planned.becomes(RELEASED, world.turn)
    if place < len(world.state.released):
        world.state.released[place, rows] = True
    for effect in planned.inject.effects:
        apply(effect, world, rows)
    if world.recorder and was_released(world, place, 0):
        scenario = world.inputs.loaded.scenario
        day = day_of_release(planned.inject, planned.turn, scenario) if is_on_time else world.day
        world.recorder.inject_released(world, planned.inject, planned.recipients, day)
        if planned.inject.question:
            decides = world.inputs.question_to[world.inputs.questions.index(place)]
            deciders = [world.inputs.actors[k] for k in np.flatnonzero(decides)]
            world.recorder.question_put(world, planned.inject, deciders, day)
        if planned.inject.deadline:
            last_day = last_day_of(planned.inject.deadline, world.inputs)
            world.recorder.deadline_set(world, planned.inject, last_day, day)


def apply(effect, world, rows=slice(None)):
    """Change the world as an inject's effect says, in some runs; shares stay between 0 and 1."""
    values, at = quantity(world, effect, rows)
    change(world, effect, values[at] + effect.by, rows)


def quantity(world, what, rows=slice(None)):
    """Where a quantity stands that an inject or control can change.

    Parameters
    ----------
    what : has `on`, `incident`, `actor` and `adversary`, as an inject's effect; rows : the runs in which, a slice or
        places

    Returns
    -------
    (array of the state, index into it)
    """
    inputs, state = world.inputs, world.state
    if what.on in PER_RUN:
        return getattr(state, what.on), rows
    if what.on in (*PER_ACT, "severity"):
        return getattr(state, what.on), (inputs.incidents.index(what.incident), rows)
    if what.on == "evidence":
        if what.actor is None:  # what all have read is no source of their own, and nobody tells it to anybody
            return state.handed, (inputs.incidents.index(what.incident), rows)
        return state.evidence, (inputs.incidents.index(what.incident), rows, inputs.index[what.actor])
    place = inputs.index[what.actor]
    if what.on == "exposure":
        return state.added_exposure, (inputs.adversaries.index(what.adversary), rows, place)
    return state.capital, (rows, place)


def change(world, what, to, rows=slice(None)):
    """Give a quantity a new value, within what it can be; only those who are hit are hit harder."""
    state = world.state
    values, at = quantity(world, what, rows)
    if what.on in (*PER_RUN, *PER_ACT, "severity"):
        to = np.clip(to, 0, 1)
    if what.on == "severity":
        to = np.where(values[at] > 0, to, values[at])
    if what.on == "capital":  # what is given counts as received, so that spent and left equal given
        state.income[at] += quantize(to - values[at])
    values[at] = quantize(to)


# ------------------------------------------------------------------------------------------------- deadlines


def judge_deadlines(world):
    """Judge every deadline that ends with this turn, where its inject is out; one that comes out late ends at once."""
    for place, (_, due, _) in enumerate(world.inputs.msel):
        if due.deadline and world.plan[place].status == RELEASED:
            ends = max(turn_of_deadline(due.deadline, world.inputs.loaded.scenario), world.plan[place].turn)
            if ends == world.turn:
                _judge(world, due, world.state.released[place])


def _judge(world, due, is_out):
    condition = When(unless=due.deadline.unless)
    passes = is_out & all_met(world, condition)
    for effect in due.deadline.effects if passes.any() else ():
        apply(effect, world, np.flatnonzero(passes))
    if world.recorder and is_out[0]:
        world.recorder.deadline_ends(world, due, bool(passes[0]), unmet(world, condition))
