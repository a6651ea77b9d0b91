"""How willing each actor is to join each response: the terms of the choice, and the company it expects.

Most terms are a property of the response times a property of the actor's situation, so that all of them together are
one product of two tables. Intentions are exchanged while consulting; decisions follow while responding.
"""

from functools import reduce

import numpy as np

from sim.rules.attribution import confidence
from sim.rules.choice import respond_to_company
from sim.rules.grid import on_grid

CELLS_AT_A_TIME = 2**16


def products(world, h):
    """The terms that are a property of the response times one of the situation.

    Returns
    -------
    list of (name, array (options of the act,), array (R, A)); the terms' signed contributions are their products
    """
    setting, state, beh = world.setting, world.state, world.setting.beh
    part = setting.option_slices[h]
    suspect = setting.act_suspect[h]
    everywhere = np.ones_like(state.stake[h])
    third_party = (state.severity[h] == 0) & bool(setting.has_demand[h])
    grave = state.perceived[h] - beh.grave_from
    hurt = np.clip((state.perceived[h] - beh.physical_from) / beh.physical_span, 0, 1)
    measure = setting.severity_driven[part]
    alike = np.ones_like(measure)
    return [
        ("practice", setting.names[part], state.norm[:, None] * everywhere),
        ("practice", measure, beh.practice_third_party * third_party),
        ("stake", setting.benefit[part], beh.b_stake * state.stake[h]),
        ("stake", setting.names[part], beh.b_bond * state.bond[h] + beh.b_led * own_share(state.severity[h])),
        ("stake", measure * setting.risk[part], beh.b_severity * grave),
        ("stake", setting.accuses[part], beh.b_physical * setting.is_physical[h] * hurt),
        ("stake", measure, beh.b_physical_measures * setting.is_physical[h] * hurt),
        ("need", setting.is_support[part], beh.b_need * need(world, h)),
        ("ask", alike, beh.b_ask * state.asked[h][:, None] * everywhere),
        ("lead", setting.accuses[part], -beh.b_unled * unled(world, h)),
        ("publicness", setting.names[part], -beh.b_hidden * (1 - state.publicness[h][:, None]) * everywhere),
        ("stance", 1 - setting.is_support[part], beh.b_stance * setting.stance[suspect] * everywhere),
        ("exposure", setting.gravity[part], -beh.b_exposure * world.exposed(suspect)),
        ("tension", setting.risk[part], -beh.b_tension * state.tension[:, None] * everywhere),
        ("cost", setting.cost[part], -beh.b_cost / np.maximum(state.capital, 0.1)),
        (
            "reach",
            setting.is_military[part],
            -beh.b_reach * float(setting.act_is_far[h]) * setting.is_nato * everywhere,
        ),
    ]


def own_share(severity):
    """How hard each is hit itself, against whoever is hit worst: 0 to 1, like `severity` (..., A)."""
    worst = severity.max(axis=-1, keepdims=True)
    return on_grid(severity / np.where(worst > 0, worst, 1.0))


def unled(world, h):
    """Who would accuse over the head of a victim that has not: (R, A), 0 or 1."""
    setting, state = world.setting, world.state
    part = setting.option_slices[h]
    is_victim = state.severity[h] > 0
    named = (state.joined[part] & (setting.names[part] > 0) & is_victim).any(axis=(0, 2))
    return ~named[:, None] & ~is_victim


def need(world, h):
    """How much more the helper is able to do than the worst hit victim: (R, A), -1 to 1."""
    setting, severity = world.setting, world.state.severity[h]
    worst = severity == severity.max(axis=-1, keepdims=True)
    able = (setting.capability * worst).max(axis=-1, keepdims=True)
    return on_grid(np.where(severity > 0, 0.0, setting.capability - able))


def certainty(world, h):
    """What certainty about the culprit adds to responses that accuse, and what missing it takes: (options, R, A)."""
    setting, beh = world.setting, world.setting.beh
    least = setting.attribution_min[setting.option_slices[h]][accusing(setting, h)]
    beyond = np.minimum(confidence(world.state.belief[h]) - least, beh.confidence_ceiling)
    return on_grid(np.where(beyond > 0, beh.b_confidence, beh.b_doubt) * beyond)


def accusing(setting, h):
    """Places, among the options of an act, of those that accuse."""
    return np.flatnonzero(setting.accuses[setting.option_slices[h], 0, 0])


def inclination(world, h, places=None):
    """Willingness to join responses to act `h`, before company and texts.

    Parameters
    ----------
    world : World; h : int
    places : array of int, which options of the act; None: all

    Returns
    -------
    array (options, R, A)
    """
    setting = world.setting
    part = setting.option_slices[h]
    places = np.arange(part.stop - part.start) if places is None else places
    rows = products(world, h)
    of_response = on_grid(np.array([response[places, 0, 0] for _, response, _ in rows]).T)
    of_situation = on_grid(np.array([situation for _, _, situation in rows]))
    size = of_situation.shape[1:]
    summed = (of_response @ of_situation.reshape(len(rows), -1)).reshape(-1, *size)
    summed += setting.practice[part][places]
    at = {place: row for row, place in enumerate(places)}
    for place, sure in zip(accusing(setting, h), certainty(world, h), strict=True):
        if place in at:
            summed[at[place]] += sure
    return summed


def terms(world, h):
    """The same willingness term by term, for row 0: dict of name to array (options of the act, A)."""
    setting = world.setting
    weighed = {"practice": setting.practice[setting.option_slices[h]][:, 0].copy()}
    for name, response, situation in products(world, h):
        term = on_grid(response[:, :, 0]) * on_grid(situation[0])
        weighed[name] = weighed.get(name, 0) + term
    weighed["confidence"] = np.zeros_like(weighed["practice"])
    weighed["confidence"][accusing(setting, h)] = certainty(world, h)[:, 0]
    return weighed


def company_term(world, h):
    """What expected company adds: from minus half to plus half of its weight. (options of the act, R, A)."""
    pull = np.empty_like(world.inclined[h])
    for lines, block in blocks(world, h):
        pull[lines] = world.setting.beh.b_peer * (company(world, block) - 0.5)
    return pull


def text_term(world, h):
    """What an adopted text adds for those it covers: joining is cheap then."""
    setting = world.setting
    part = setting.option_slices[h]
    return setting.beh.b_text * (world.state.covered[h] >= setting.rung[part])


def blocks(world, h):
    """The options of an act, a few at a time, so that what is worked out for them stays in the processor's cache.

    Yields
    ------
    lines : slice, their places among the options of the act; block : slice, among all options
    """
    part = world.setting.option_slices[h]
    few = max(1, CELLS_AT_A_TIME // world.state.capital.size)
    for first in range(part.start, part.stop, few):
        block = slice(first, min(first + few, part.stop))
        yield slice(block.start - part.start, block.stop - part.start), block


def company(world, block):
    """The share, by capability, expected to join each response in the most willing of an actor's clubs.

    Those who have joined count in full, the others with the probability they have let be known.

    Parameters
    ----------
    block : slice of the options

    Returns
    -------
    array (options of the block, R, A)
    """
    setting, state = world.setting, world.state
    expected = np.maximum(state.willing[block], state.joined[block])
    by_club = setting.club @ expected.reshape(-1, expected.shape[-1]).T
    by_kind = np.array([reduce(np.maximum, by_club[list(clubs)]) for clubs in setting.club_kinds])
    return (by_kind.T @ setting.is_of_kind).reshape(expected.shape)


def exchange_intentions(world, h):
    """As many rounds as fit in a turn: each hears what the others intend and adjusts part of the way."""
    setting, state, beh = world.setting, world.state, world.setting.beh
    for lines, block in blocks(world, h):
        for _ in range(setting.rounds):
            base, before = world.inclined[h][lines], state.willing[block]
            answer = respond_to_company(base, beh.b_peer, company(world, block), beh.precision, before, beh.damping)
            state.willing[block] = on_grid(answer * setting.is_state)
