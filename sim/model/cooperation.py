"""What cooperation gives at a moment: each project works in the measure it has matured."""

import numpy as np

from sim.rules.cooperation import RUNNING, maturity
from sim.rules.quantize import quantize


def delivered(world):
    """How far each project delivers now: (P, R), 0 to 1; worked out anew only when a project has moved on."""
    inputs, state = world.inputs, world.state
    months, standing, share = world.delivered
    if months is not state.project_months or standing is not state.project_state:
        ripe = maturity(state.project_months, inputs.project_first, inputs.project_full)
        share = quantize(np.where(state.project_state == RUNNING, ripe, 0.0))
        world.delivered = state.project_months, state.project_state, share
    return share


def effect(world, name):
    """What all projects together add to one quantity of the model, for each incident: (H, R).

    Parameters
    ----------
    world : World
    name : str, one of the effects a project may have

    Returns
    -------
    array (H, R); zero when no project in the portfolio has this effect
    """
    inputs = world.inputs
    if name not in inputs.project_effects:
        return np.zeros((len(inputs.incidents), world.runs))
    amounts = quantize(inputs.project_effects[name]) * delivered(world)  # (P, R)
    works_on = inputs.project_issue[name]  # (P, H)
    return works_on.T @ amounts


def effect_anywhere(world, name):
    """As `effect`, for quantities that are no matter of one incident: (R,)."""
    inputs = world.inputs
    if name not in inputs.project_effects:
        return np.zeros(world.runs)
    return (quantize(inputs.project_effects[name]) * delivered(world)).sum(axis=0)
