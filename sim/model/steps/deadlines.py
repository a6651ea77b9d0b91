"""Deadlines: what an inject threatens follows at the end of a turn, unless something has been done by then."""

import numpy as np

from sim.model.inputs import turn_of_deadline
from sim.model.msel import RELEASED, all_met, unmet
from sim.model.steps.inject import apply
from sim.scenario.schema import When


def judge_deadlines(world):
    """Judge every deadline that ends with this turn, where its inject is out; one that comes out late ends at once."""
    for place, (_, inject, _) in enumerate(world.inputs.msel):
        if inject.deadline and world.plan[place].status == RELEASED:
            ends = max(turn_of_deadline(inject.deadline, world.inputs.loaded.scenario), world.plan[place].turn)
            if ends == world.turn:
                _judge(world, inject, world.state.released[place])


def _judge(world, inject, is_out):
    condition = When(unless=inject.deadline.unless)
    passes = is_out & all_met(world, condition)
    for effect in inject.deadline.effects if passes.any() else ():
        apply(effect, world, np.flatnonzero(passes))
    if world.recorder and is_out[0]:
        world.recorder.deadline_ends(world, inject, bool(passes[0]), unmet(world, condition))
