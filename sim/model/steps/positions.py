"""Positions: what text each actor wants on the ladder from silence to measures, and how much it cares."""

import numpy as np

from sim.catalogue.responses import RUNGS, rung_of
from sim.model.decisions import Decision, Option
from sim.model.steps.stops import seats_to_ask
from sim.model.steps.willingness import lasting_utility, side_by_side, utility_of_calls
from sim.rules.odds import logistic
from sim.rules.quantize import quantize

JUST = 1e-3  # of the ladder


def take_positions(world, incidents):
    """The text each actor wants over each incident: more with stake, threat and certainty, less with exposure.

    Parameters
    ----------
    incidents : list of int, in their order

    Returns
    -------
    dict of incident to array (kinds, R, A), what `lasting_utility` gives, which positions rest on
    """
    inputs, state, params = world.inputs, world.state, world.inputs.params
    where, lasting = side_by_side(incidents), lasting_utility(world, incidents)
    suspect = inputs.incident_suspect[where]
    wants = (
        params.position_base
        + params.position_bond * state.bond[where]
        + params.position_stance * inputs.stance[suspect]
        + params.position_hurt * inputs.hurts_people[where]
        - params.position_exposure * world.exposed(suspect)
        - world.swayed(suspect)
    )
    doubt = params.position_doubt * (1 - world.confidence()[where])
    wants = np.clip(wants, 0, 1) * (1 - doubt)
    for h, text in zip(incidents, wants, strict=True):
        np.minimum(text, as_far_as_oneself(world, h, lasting[h]), out=text)
        text[:, inputs.index[inputs.adversaries[inputs.incident_suspect[h]]]] = 0
    state.position[where] = quantize(wants)
    return lasting


def as_far_as_oneself(world, h, lasting):
    """The strongest text that an actor can want: solidarity is free, and from there on as far as it would go alone.

    Nobody asks for a text that names a culprit, or carries measures, when it is unlikely to do either by itself, or not
    as sure as naming asks for. (R, A), 0 to 1.

    Parameters
    ----------
    lasting : array (kinds, R, A), of willingness to join each kind alone, what calls do not move
    """
    inputs, params = world.inputs, world.inputs.params
    part = inputs.kind_slices[h]
    beyond = (inputs.is_naming[part] + inputs.severity_driven[part])[:, 0, 0].nonzero()[0]
    if not beyond.size:
        return 1.0
    utility = utility_of_calls(world, h, world.state.capital, beyond)
    for most, one in zip(utility, beyond, strict=True):
        most += lasting[one]
    alone = logistic(params.precision * utility.max(axis=0))
    as_willing = 1 - params.position_own * (1 - params.rung_solidarity) * (1 - alone)
    if not inputs.is_naming[part].any():
        return as_willing
    is_sure = world.confidence()[h] >= inputs.naming_asks[h]
    return np.where(is_sure, as_willing, np.minimum(as_willing, just_below(params.rung_naming)))


def just_below(rung):
    """The strongest text that still stands below a rung."""
    return rung - JUST


def salience(world, where=slice(None)):
    """How much each actor cares: (H, R, A), or, for one incident, (R, A); 0 to 1."""
    inputs, state, params = world.inputs, world.state, world.inputs.params
    exposure = world.exposed(inputs.incident_suspect[where])
    cares = params.salience_base + params.salience_stake * state.stake[where] + params.salience_exposure * exposure
    return quantize(np.clip(cares, 0, 1))


def positions_open(world, begun):
    """What every seat may want a text to say over each incident: list of (run, Decision)."""
    inputs, state = world.inputs, world.state
    edges = rung_edges(inputs)
    options = tuple(Option(rung) for rung in RUNGS)
    return [
        (run, Decision("position", world.turn, code, inputs.incidents[h], options, (rung_of(own, edges),)))
        for h in begun
        for run, place, code in seats_to_ask(
            world, "position", np.broadcast_to(inputs.is_state, state.position[h].shape)
        )
        for own in [state.position[h, run, place]]
    ]


def apply_positions(world, answers):
    """Take the texts that seats want; the middle of a rung stands for it, unless they want what they wanted anyway."""
    inputs, state = world.inputs, world.state
    edges = rung_edges(inputs)
    middle = [(low + high) / 2 for low, high in zip(edges, [*edges[1:], 1.0], strict=True)]
    for run, code, incident, (rung,) in answers.all("position"):
        at = inputs.incidents.index(incident), run, inputs.index[code]
        if rung != rung_of(state.position[at], edges):
            state.position[at] = quantize(middle[RUNGS.index(rung)])


def rung_edges(inputs):
    """Where each rung of the ladder begins, from silence at 0."""
    return [0.0, *(float(getattr(inputs.params, f"rung_{rung}").flat[0]) for rung in RUNGS[1:])]
