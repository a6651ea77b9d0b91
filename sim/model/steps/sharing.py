"""Sharing: a seat hands its evidence on an incident to others whom it would not reach otherwise.

The model's own rule shares by tie and at the table (`sim.model.steps.assess`); handing over more is a choice of people.
"""

import numpy as np

from sim.model.decisions import Decision, Option
from sim.model.steps.assess import hand_over
from sim.model.steps.stops import seats_to_ask


def shares_open(world):
    """With whom each seat that knows something may share it: list of (run, Decision)."""
    inputs, state = world.inputs, world.state
    states = [Option(inputs.actors[place]) for place in np.flatnonzero(inputs.is_state)]
    others = {code: tuple(option for option in states if option.id != code) for code in world.seats}
    return [
        (run, Decision("share", world.turn, code, inputs.incidents[h], others[code], (), least=0, most=None))
        for h in np.flatnonzero(inputs.incident_begins <= world.turn)
        for run, _, code in seats_to_ask(world, "share", (state.information[h] > 0) & inputs.is_state)
    ]


def apply_shares(world, answers):
    """Hand over what seats share; it is weighed from the next turn on."""
    inputs = world.inputs
    for run, code, incident, choice in answers.all("share"):
        h, receivers = inputs.incidents.index(incident), [inputs.index[other] for other in choice]
        hand_over(world, run, h, inputs.index[code], receivers)
        if world.recorder and run == 0 and choice:
            world.recorder.evidence_shared(world, h, code, choice)
