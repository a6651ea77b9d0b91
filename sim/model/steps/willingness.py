"""How willing each actor is: to attend to an incident at all, and to join each kind of response to it.

Most terms are a property of the kind times a property of the actor's situation, so that all of them together are one
product of two tables. Intentions are exchanged while consulting; decisions follow while responding.
"""

import numpy as np

from sim.rules.choice import logistic, respond_to_company
from sim.rules.quantize import quantize


def attention(world, h):
    """Log-odds that each attends to incident `h` now, and does more than take note: (R, A)."""
    inputs, state, params = world.inputs, world.state, world.inputs.params
    cares = (
        params.attend_base
        + params.attend_stake * state.stake[h]
        + params.attend_bond * state.bond[h]
        + params.attend_ask * state.asked[h][:, None]
        + params.attend_text * (state.covered[h] > 0)
        + params.attend_capability * inputs.capability
    )
    return quantize(params.precision * cares)


def products(world, h):
    """The terms that are a property of the kind times one of the situation, but for those that calls move.

    Returns
    -------
    list of (name, array (kinds of the incident, 1, 1), array (R or 1, A or 1)); the terms' contributions are their
    products
    """
    inputs, state, params = world.inputs, world.state, world.inputs.params
    part = inputs.kind_slices[h]
    suspect = inputs.incident_suspect[h]
    third_party = (state.severity[h] == 0) & bool(inputs.has_demand[h])
    grave = state.perceived[h] - params.grave_from
    hurt = inputs.hurts_people[h] * state.perceived[h]
    typical, names, measure = inputs.typical, inputs.is_naming[part], inputs.severity_driven[part]
    support, accuses = inputs.is_support[part], inputs.kind_accuses[part]
    return [
        ("practice", names, growth_of_naming(world) * (1 - inputs.hurts_people[h])),
        ("practice", measure, params.practice_third_party * third_party),
        ("stake", typical.benefit[part], params.b_stake * state.stake[h]),
        ("stake", names, params.b_bond * state.bond[h] + params.b_led * own_share(state.severity[h])),
        ("stake", measure * typical.risk[part], params.b_severity * grave),
        ("stake", accuses, params.b_hurt * hurt),
        ("stake", measure, params.b_hurt_measures * hurt),
        ("need", support, params.b_need * need(world, h)),
        ("lead", accuses, -params.b_unled * unled(world, h)),
        ("publicness", names, -params.b_hidden * (1 - state.publicness[h][:, None])),
        ("stance", 1 - support, params.b_stance * inputs.stance[suspect]),
        ("exposure", typical.gravity[part], -params.b_exposure * world.exposed(suspect)),
        ("tension", typical.risk[part], -params.b_tension * state.tension[:, None]),
        ("reach", typical.is_military[part], -params.b_reach * float(inputs.incident_is_far[h]) * inputs.is_nato),
    ]


def products_of_calls(world, h, capital):
    """The terms, as in `products`, that calls of the same turn move: who calls asks for help, and pays for the call.

    Parameters
    ----------
    capital : array (R, A), what each has left
    """
    inputs, state, params = world.inputs, world.state, world.inputs.params
    part = inputs.kind_slices[h]
    return [
        ("ask", np.ones_like(inputs.is_support[part]), params.b_ask * state.asked[h][:, None]),
        ("cost", inputs.typical.cost[part], -params.b_cost * inputs.capacity / np.maximum(capital, 0.1)),
    ]


def growth_of_naming(world):
    """How usual naming a culprit has become, by the calendar and by what was seen in the exercise: (R, 1).

    Where people were hurt it has always been usual.
    """
    return world.state.norm[:, None] + world.inputs.practice_of_naming(world.years)


def own_share(severity):
    """How hard each is hit itself, against whoever is hit worst: 0 to 1, like `severity` (..., A)."""
    worst = severity.max(axis=-1, keepdims=True)
    return quantize(severity / np.where(worst > 0, worst, 1.0))


def unled(world, h):
    """Who would accuse over the head of a victim that has not: (R, A), 0 or 1."""
    inputs, state = world.inputs, world.state
    is_victim = state.severity[h] > 0
    naming = np.flatnonzero((inputs.option_incident == h) & (inputs.is_attribution[:, 0, 0] > 0))
    named = (state.joined[naming] & is_victim).any(axis=(0, 2))
    return ~named[:, None] & ~is_victim


def need(world, h):
    """How much more the helper is able to do than the worst hit victim: (R, A), -1 to 1."""
    inputs, severity = world.inputs, world.state.severity[h]
    worst = severity == severity.max(axis=-1, keepdims=True)
    able = (inputs.capability * worst).max(axis=-1, keepdims=True)
    return quantize(np.where(severity > 0, 0.0, inputs.capability - able))


def certainty(world, h):
    """What certainty about the culprit adds to kinds that accuse, and what missing it takes: (kinds, R, A)."""
    inputs, params = world.inputs, world.inputs.params
    least = inputs.kind_asks[inputs.kind_slices[h]][accusing(inputs, h)]
    beyond = np.minimum(world.confidence()[h] - least, params.confidence_ceiling)
    return quantize(np.where(beyond > 0, params.b_confidence, params.b_doubt) * beyond)


def accusing(inputs, h):
    """Places, among the kinds of response to an incident, of those that accuse."""
    return np.flatnonzero(inputs.kind_accuses[inputs.kind_slices[h], 0, 0])


def lasting_utility(world, h):
    """The part of willingness to join each kind that stays while seats consult: (kinds, R, A)."""
    inputs = world.inputs
    part = inputs.kind_slices[h]
    utility = _summed(world, products(world, h))
    utility += inputs.practice[part] + inputs.most_usual(h, world.turn)
    for place, sure in zip(accusing(inputs, h), certainty(world, h), strict=True):
        utility[place] += sure
    return utility


def utility_of_calls(world, h, capital):
    """The rest of it, which calls move: (kinds, R, A). `capital` (R, A) is what each has left."""
    return _summed(world, products_of_calls(world, h, capital))


def _summed(world, rows):
    """The sum of products of kind and situation, exact on the grid: (kinds, R, A)."""
    of_kind = quantize(np.array([kind[:, 0, 0] for _, kind, _ in rows]).T)
    of_situation = np.empty((len(rows), *world.state.capital.shape))
    for row, (_, _, situation) in zip(of_situation, rows, strict=True):
        row[:] = quantize(situation)
    return (of_kind @ of_situation.reshape(len(rows), -1)).reshape(-1, *of_situation.shape[1:])


def terms(world, h, capital):
    """The same willingness term by term, for row 0: dict of name to array (kinds of the incident, A)."""
    inputs = world.inputs
    habit = inputs.practice[inputs.kind_slices[h]] + inputs.most_usual(h, world.turn)
    weighed = {"practice": habit[:, 0]}
    for name, kind, situation in products(world, h) + products_of_calls(world, h, capital):
        term = quantize(kind[:, 0]) * quantize(situation[0])
        weighed[name] = weighed.get(name, np.zeros_like(habit[:, 0])) + term
    weighed["confidence"] = np.zeros_like(weighed["practice"])
    weighed["confidence"][accusing(inputs, h)] = certainty(world, h)[:, 0]
    return weighed


def peer_term(world, h):
    """What expected company adds: from minus half to plus half of its weight. (kinds of the incident, R, A)."""
    return world.inputs.params.b_peer * (peer_participation(world, h) - 0.5)


def text_term(world, h):
    """What an adopted text adds for those it covers: joining is cheap then. (kinds of the incident, R, A)."""
    inputs = world.inputs
    return inputs.params.b_text * (world.state.covered[h] >= inputs.kind_rung[inputs.kind_slices[h]])


def has_joined(world, h):
    """Who has joined any response of each kind to incident `h`: (kinds, R, A) bool."""
    inputs, part = world.inputs, world.inputs.option_slices[h]
    kinds, joined = inputs.kind_slices[h], world.state.joined[part]
    done = np.zeros((kinds.stop - kinds.start, *joined.shape[1:]), dtype=bool)
    for kind, who in zip(inputs.option_kind[part] - kinds.start, joined, strict=True):
        done[kind] |= who
    return done


def peer_participation(world, h):
    """The share of the others, by capability, expected to join each kind of response in the most willing of its clubs.

    Those who have joined count in full, the others with the probability they have let be known, if they attend at all.

    Returns
    -------
    array (kinds of the incident, R, A)
    """
    return _in_clubs(world.inputs, expected_to_join(world, h))


def peer_participation_at(world, h, places):
    """The same for some of that table's entries alone: (N,), as is `places`, their places when it is laid out flat."""
    inputs, expected = world.inputs, expected_to_join(world, h)
    row, actor = np.divmod(places, expected.shape[-1])
    own, most = expected.ravel()[places], np.zeros(places.size)
    at = np.minimum(row % expected.shape[1], inputs.peer_group.shape[1] - 1), actor
    for weight, scale in zip(inputs.peer_group, inputs.company_scale, strict=True):
        of_club = _sum_over_club(expected, weight).ravel()[row]
        np.maximum(most, _of_others(of_club, weight[at], own, scale[at]), out=most)
    return most


def _sum_over_club(expected, weight):
    """The sum over a club, exact on the grid: (kinds, R), of a table (kinds, R, A) and weights (1 or R, A)."""
    return expected @ weight[0] if len(weight) == 1 else (expected * weight).sum(axis=-1)


def expected_to_join(world, h):
    """With what probability each joins a kind of response, as the others see it: (kinds of the incident, R, A)."""
    intention = world.state.p_join[world.inputs.kind_slices[h]]
    return quantize(np.maximum(intention * logistic(attention(world, h)), has_joined(world, h)))


def _in_clubs(inputs, expected):
    kinds, runs, actors = expected.shape
    own = np.ascontiguousarray(expected.reshape(-1, actors).T)  # neighbours of one club side by side
    if inputs.peer_group.shape[1] == 1:
        by_club = (inputs.peer_group[:, 0] @ own).reshape(len(inputs.peer_group), kinds, runs)
    else:
        by_club = np.stack([_sum_over_club(expected, weight) for weight in inputs.peer_group])
    most = np.zeros((actors, kinds * runs + 8))[:, :-8]  # lines a power of two apart push each other out of the cache
    own, most = own.reshape(actors, kinds, runs), most.reshape(actors, kinds, runs)
    for club, neighbours in inputs.neighbours:
        weight, scale = (of[club, :, neighbours].T[:, None] for of in (inputs.peer_group, inputs.company_scale))
        company = _of_others(by_club[club], weight, own[neighbours], scale)
        np.maximum(most[neighbours], company, out=most[neighbours])
    return np.ascontiguousarray(np.moveaxis(most, 0, -1))


def _of_others(of_club, weight, own, scale):
    """The mean over the others of a club, of the sum over all of it and one's own part in that."""
    of_others = weight * own
    np.subtract(of_club, of_others, out=of_others)
    of_others *= scale
    return of_others


def exchange_intentions(world, h):
    """As many rounds as fit in a turn: each hears what the others intend and adjusts part of the way."""
    inputs, state, params = world.inputs, world.state, world.inputs.params
    part = inputs.kind_slices[h]
    for _ in range(inputs.rounds(world.turn)):
        company = peer_participation(world, h)
        for k, intention in enumerate(state.p_join[part]):  # one kind at a time: its table stays in the cache
            answer = respond_to_company(
                world.base_utilities[h][k], params.b_peer, company[k], params.precision, intention, params.damping
            )
            intention[:] = quantize(answer * inputs.is_state)
