"""How willing each actor is to join each response: the terms of the choice, and the company it expects.

Most terms are a property of the response times a property of the actor's situation, so that all of them together are
one product of two tables. Intentions are exchanged while consulting; decisions follow while responding.
"""

from functools import reduce

import numpy as np

from sim.rules.attribution import confidence
from sim.rules.choice import respond_to_company
from sim.rules.quantize import quantize

CELLS_AT_A_TIME = 2**16


def products(world, h):
    """The terms that are a property of the response times one of the situation.

    Returns
    -------
    list of (name, array (options of the incident,), array (R, A)); the terms' signed contributions are their products
    """
    inputs, state, params = world.inputs, world.state, world.inputs.params
    part = inputs.option_slices[h]
    suspect = inputs.incident_suspect[h]
    everywhere = np.ones_like(state.stake[h])
    third_party = (state.severity[h] == 0) & bool(inputs.has_demand[h])
    grave = state.perceived[h] - params.grave_from
    hurt = np.clip((state.perceived[h] - params.physical_from) / params.physical_span, 0, 1)
    measure = inputs.severity_driven[part]
    alike = np.ones_like(measure)
    return [
        ("practice", inputs.is_attribution[part], state.norm[:, None] * everywhere),
        ("practice", measure, params.practice_third_party * third_party),
        ("stake", inputs.benefit[part], params.b_stake * state.stake[h]),
        (
            "stake",
            inputs.is_attribution[part],
            params.b_bond * state.bond[h] + params.b_led * own_share(state.severity[h]),
        ),
        ("stake", measure * inputs.risk[part], params.b_severity * grave),
        ("stake", inputs.accuses[part], params.b_physical * inputs.is_physical[h] * hurt),
        ("stake", measure, params.b_physical_measures * inputs.is_physical[h] * hurt),
        ("need", inputs.is_support[part], params.b_need * need(world, h)),
        ("ask", alike, params.b_ask * state.asked[h][:, None] * everywhere),
        ("lead", inputs.accuses[part], -params.b_unled * unled(world, h)),
        (
            "publicness",
            inputs.is_attribution[part],
            -params.b_hidden * (1 - state.publicness[h][:, None]) * everywhere,
        ),
        ("stance", 1 - inputs.is_support[part], params.b_stance * inputs.stance[suspect] * everywhere),
        ("exposure", inputs.gravity[part], -params.b_exposure * world.exposed(suspect)),
        ("tension", inputs.risk[part], -params.b_tension * state.tension[:, None] * everywhere),
        ("cost", inputs.cost[part], -params.b_cost / np.maximum(state.capital, 0.1)),
        (
            "reach",
            inputs.is_military[part],
            -params.b_reach * float(inputs.incident_is_far[h]) * inputs.is_nato * everywhere,
        ),
    ]


def own_share(severity):
    """How hard each is hit itself, against whoever is hit worst: 0 to 1, like `severity` (..., A)."""
    worst = severity.max(axis=-1, keepdims=True)
    return quantize(severity / np.where(worst > 0, worst, 1.0))


def unled(world, h):
    """Who would accuse over the head of a victim that has not: (R, A), 0 or 1."""
    inputs, state = world.inputs, world.state
    part = inputs.option_slices[h]
    is_victim = state.severity[h] > 0
    named = (state.joined[part] & (inputs.is_attribution[part] > 0) & is_victim).any(axis=(0, 2))
    return ~named[:, None] & ~is_victim


def need(world, h):
    """How much more the helper is able to do than the worst hit victim: (R, A), -1 to 1."""
    inputs, severity = world.inputs, world.state.severity[h]
    worst = severity == severity.max(axis=-1, keepdims=True)
    able = (inputs.capability * worst).max(axis=-1, keepdims=True)
    return quantize(np.where(severity > 0, 0.0, inputs.capability - able))


def certainty(world, h):
    """What certainty about the culprit adds to responses that accuse, and what missing it takes: (options, R, A)."""
    inputs, params = world.inputs, world.inputs.params
    least = inputs.attribution_min[inputs.option_slices[h]][accusing(inputs, h)]
    beyond = np.minimum(confidence(world.state.belief[h]) - least, params.confidence_ceiling)
    return quantize(np.where(beyond > 0, params.b_confidence, params.b_doubt) * beyond)


def accusing(inputs, h):
    """Places, among the options of an incident, of those that accuse."""
    return np.flatnonzero(inputs.accuses[inputs.option_slices[h], 0, 0])


def base_utility(world, h, places=None):
    """Willingness to join responses to incident `h`, before company and texts.

    Parameters
    ----------
    world : World; h : int
    places : array of int, which options of the incident; None: all

    Returns
    -------
    array (options, R, A)
    """
    inputs = world.inputs
    part = inputs.option_slices[h]
    places = np.arange(part.stop - part.start) if places is None else places
    rows = products(world, h)
    of_response = quantize(np.array([response[places, 0, 0] for _, response, _ in rows]).T)
    of_situation = quantize(np.array([situation for _, _, situation in rows]))
    size = of_situation.shape[1:]
    summed = (of_response @ of_situation.reshape(len(rows), -1)).reshape(-1, *size)
    summed += inputs.practice[part][places]
    at = {place: row for row, place in enumerate(places)}
    for place, sure in zip(accusing(inputs, h), certainty(world, h), strict=True):
        if place in at:
            summed[at[place]] += sure
    return summed


def terms(world, h):
    """The same willingness term by term, for row 0: dict of name to array (options of the incident, A)."""
    inputs = world.inputs
    weighed = {"practice": inputs.practice[inputs.option_slices[h]][:, 0].copy()}
    for name, response, situation in products(world, h):
        term = quantize(response[:, :, 0]) * quantize(situation[0])
        weighed[name] = weighed.get(name, 0) + term
    weighed["confidence"] = np.zeros_like(weighed["practice"])
    weighed["confidence"][accusing(inputs, h)] = certainty(world, h)[:, 0]
    return weighed


def peer_term(world, h):
    """What expected company adds: from minus half to plus half of its weight. (options of the incident, R, A)."""
    pull = np.empty_like(world.base_utilities[h])
    for lines, block in blocks(world, h):
        pull[lines] = world.inputs.params.b_peer * (peer_participation(world, block) - 0.5)
    return pull


def text_term(world, h):
    """What an adopted text adds for those it covers: joining is cheap then."""
    inputs = world.inputs
    part = inputs.option_slices[h]
    return inputs.params.b_text * (world.state.covered[h] >= inputs.rung[part])


def blocks(world, h):
    """The options of an incident, a few at a time, so that what is worked out for them stays in the processor's cache.

    Yields
    ------
    lines : slice, their places among the options of the incident; block : slice, among all options
    """
    part = world.inputs.option_slices[h]
    few = max(1, CELLS_AT_A_TIME // world.state.capital.size)
    for first in range(part.start, part.stop, few):
        block = slice(first, min(first + few, part.stop))
        yield slice(block.start - part.start, block.stop - part.start), block


def peer_participation(world, block):
    """The share, by capability, expected to join each response in the most willing of an actor's clubs.

    Those who have joined count in full, the others with the probability they have let be known.

    Parameters
    ----------
    block : slice of the options

    Returns
    -------
    array (options of the block, R, A)
    """
    inputs, state = world.inputs, world.state
    expected = np.maximum(state.p_join[block], state.joined[block])
    by_club = inputs.peer_group @ expected.reshape(-1, expected.shape[-1]).T
    by_kind = np.array([reduce(np.maximum, by_club[list(peer_groups)]) for peer_groups in inputs.peer_group_kinds])
    return (by_kind.T @ inputs.is_of_kind).reshape(expected.shape)


def exchange_intentions(world, h):
    """As many rounds as fit in a turn: each hears what the others intend and adjusts part of the way."""
    inputs, state, params = world.inputs, world.state, world.inputs.params
    for lines, block in blocks(world, h):
        for _ in range(inputs.rounds):
            base, before = world.base_utilities[h][lines], state.p_join[block]
            answer = respond_to_company(
                base, params.b_peer, peer_participation(world, block), params.precision, before, params.damping
            )
            state.p_join[block] = quantize(answer * inputs.is_state)
