"""How willing each actor is: to attend to an incident at all, and to join each kind of response to it.

Most terms are a property of the kind times a property of the actor's situation, so that all of them together are one
product of two tables. Intentions are exchanged while consulting; decisions follow while responding.
"""

import numpy as np

from sim.rules.choice import respond_to_company
from sim.rules.odds import logistic
from sim.rules.quantize import highest, quantize

IN_CACHE = 2**16  # numbers of a table


def attention(world, where):
    """Log-odds that each attends to an incident now, and does more than take note: (R, A), or (H, R, A) for several."""
    inputs, state, params = world.inputs, world.state, world.inputs.params
    cares = (
        params.attend_base
        + params.attend_stake * state.stake[where]
        + params.attend_bond * state.bond[where]
        + params.attend_ask * state.asked[where][..., None]
        + params.attend_text * (state.covered[where] > 0)
        + params.attend_capability * inputs.capability
    )
    return quantize(params.precision * cares)


def products(world, where):
    """The terms that are a property of the kind times one of the situation, but for those that calls move.

    Parameters
    ----------
    where : slice of the incidents' axis, or array (H,) of int, of which incidents

    Returns
    -------
    list of (name, array (K, 1, 1), array that broadcasts to (H, R, A)); the terms' contributions are their products
    """
    inputs, state, params = world.inputs, world.state, world.inputs.params
    suspect, hurts, severity = inputs.incident_suspect[where], inputs.hurts_people[where], state.severity[where]
    third_party = (severity == 0) & inputs.has_demand[where][:, None, None]
    grave = state.perceived[where] - params.grave_from
    hurt = hurts * state.perceived[where]
    far = inputs.incident_is_far[where][:, None, None].astype(float)
    typical, names, measure = inputs.typical, inputs.is_naming, inputs.severity_driven
    support, accuses = inputs.is_support, inputs.kind_accuses
    return [
        ("practice", names, growth_of_naming(world) * (1 - hurts)),
        ("practice", measure, params.practice_third_party * third_party),
        ("stake", typical.benefit, params.b_stake * state.stake[where]),
        ("stake", names, params.b_bond * state.bond[where] + params.b_led * own_share(severity)),
        ("stake", measure * typical.risk, params.b_severity * grave),
        ("stake", accuses, params.b_hurt * hurt),
        ("stake", measure, params.b_hurt_measures * hurt),
        ("need", support, params.b_need * need(inputs, severity)),
        ("lead", accuses, -params.b_unled * unled(world, where)),
        ("publicness", names, -params.b_hidden * (1 - state.publicness[where][..., None])),
        ("stance", 1 - support, params.b_stance * inputs.stance[suspect]),
        ("exposure", typical.gravity, -params.b_exposure * world.exposed(suspect)),
        ("tension", typical.risk, -params.b_tension * state.tension[:, None]),
        ("reach", typical.is_military, -params.b_reach * far * inputs.is_nato),
    ]


def products_of_calls(world, h, capital):
    """The terms, as in `products`, that calls of the same turn move: who calls asks for help, and pays for the call.

    Parameters
    ----------
    h : int; capital : array (R, A), what each has left
    """
    inputs, params = world.inputs, world.inputs.params
    return [
        ("ask", np.ones_like(inputs.is_support), params.b_ask * world.state.asked[h][:, None]),
        ("cost", inputs.typical.cost, -params.b_cost * inputs.capacity / np.maximum(capital, 0.1)),
    ]


def growth_of_naming(world):
    """How usual naming a culprit has become, by the calendar and by what was seen in the exercise: (R, 1).

    Where people were hurt it has always been usual.
    """
    return world.state.norm[:, None] + world.inputs.practice_of_naming(world.years)


def own_share(severity):
    """How hard each is hit itself, against whoever is hit worst: 0 to 1, like `severity` (..., A)."""
    worst = highest(severity)[..., None]
    return quantize(severity / np.where(worst > 0, worst, 1.0))


def unled(world, where):
    """Who would accuse over the head of a victim that has not, in some incidents: (H, R, A), 0 or 1."""
    inputs, state = world.inputs, world.state
    is_victim = state.severity[where] > 0
    named = np.zeros(is_victim.shape[:2], dtype=bool)
    places = {h: place for place, h in enumerate(np.arange(len(inputs.incidents))[where].tolist())}
    for o in inputs.is_attribution[:, 0, 0].nonzero()[0]:
        if (place := places.get(inputs.option_incident[o])) is not None:
            named[place] |= (state.joined[o] & is_victim[place]).any(axis=-1)
    return ~named[..., None] & ~is_victim


def need(inputs, severity):
    """How much more the helper is able to do than the worst hit victim: -1 to 1, like `severity` (..., R, A)."""
    worst = severity == highest(severity)[..., None]
    able = highest(inputs.capability * worst)[..., None]
    return quantize(np.where(severity > 0, 0.0, inputs.capability - able))


def certainty(world, h):
    """What certainty about the culprit adds to kinds that accuse, and what missing it takes: (kinds, R, A)."""
    inputs, params = world.inputs, world.inputs.params
    least = inputs.kind_asks[inputs.kind_slices[h]][accusing(inputs, h)]
    beyond = np.minimum(world.confidence()[h] - least, params.confidence_ceiling)
    return quantize(params.b_confidence * np.maximum(beyond, 0) + params.b_doubt * np.minimum(beyond, 0))


def accusing(inputs, h):
    """Places, among the kinds of response to an incident, of those that accuse."""
    return inputs.kind_accuses[inputs.kind_slices[h], 0, 0].nonzero()[0]


def lasting_utility(world, incidents):
    """The part of willingness to join each kind that stays while seats consult.

    Parameters
    ----------
    incidents : list of int, in their order, of which incidents

    Returns
    -------
    dict of incident to array (kinds, R, A)
    """
    inputs, habit, where = world.inputs, world.inputs.habit(world.turn), side_by_side(incidents)
    weighed = products(world, where)
    by_run = [k for k, (_, kind, _) in enumerate(weighed) if kind.shape[1] > 1]
    of_kind = quantize(np.array([kind[:, 0, 0] for _, kind, _ in weighed]).T)
    of_kind[:, by_run] = 0
    of_situation = np.empty((len(weighed), *world.state.stake[where].shape))
    for row, (_, _, situation) in zip(of_situation, weighed, strict=True):
        quantize(situation, out=row)
    utilities = {}
    for place, h in enumerate(incidents):
        part, situation = inputs.kind_slices[h], of_situation[:, place]
        utility = (of_kind[part] @ situation.reshape(len(weighed), -1)).reshape(-1, *situation.shape[1:])
        utility += habit[part]
        for k in by_run:
            utility += quantize(weighed[k][1][part]) * situation[k]
        for k, sure in zip(accusing(inputs, h), certainty(world, h), strict=True):
            utility[k] += sure
        utilities[h] = utility
    return utilities


def side_by_side(places):
    """Places in their order, as a slice where none is left out between them, so that what they pick needs no copy."""
    run = range(places[0], places[-1] + 1)
    return slice(run.start, run.stop) if len(run) == len(places) else np.array(places, dtype=int)


def utility_of_calls(world, h, capital, kinds=slice(None)):
    """The rest of it, which calls move: (kinds, R, A), or of some of the kinds alone.

    Parameters
    ----------
    capital : array (R, A), what each has left; kinds : array of int, places among those of the incident
    """
    (_, _, asked), (_, cost, paying) = products_of_calls(world, h, capital)
    utility = quantize(cost[world.inputs.kind_slices[h]][kinds]) * quantize(paying)
    utility += quantize(asked)
    return utility


def terms(world, h, capital):
    """The same willingness term by term, for row 0: dict of name to array (kinds of the incident, A)."""
    inputs, part = world.inputs, world.inputs.kind_slices[h]
    habit = inputs.habit(world.turn)[part, 0]
    weighed = {"practice": habit}
    for name, kind, situation in products(world, np.array([h])) + products_of_calls(world, h, capital):
        term = quantize(kind[part, 0]) * quantize(situation[..., 0, :])
        weighed[name] = weighed.get(name, np.zeros_like(habit)) + term
    weighed["confidence"] = np.zeros_like(habit)
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
    inputs, part, kinds = world.inputs, world.inputs.option_slices[h], world.inputs.kind_slices[h]
    return joined_any(world, range(part.start, part.stop), inputs.option_kind - kinds.start, kinds.stop - kinds.start)


def joined_any(world, options, group_of, groups):
    """Who has joined any response of each group: (groups, R, A) bool.

    Parameters
    ----------
    options : iterable of int, places of the responses that are asked about
    group_of : array (O,) of int, the group of each response; groups : int, how many there are
    """
    joined = world.state.joined
    done = np.zeros((groups, *joined.shape[1:]), dtype=bool)
    for option in options:
        done[group_of[option]] |= joined[option]
    return done


def peer_participation(world, h):
    """The share of the others, by capability, expected to join each kind of response in the most willing of its clubs.

    Those who have joined count in full, the others with the probability they have let be known, if they attend at all.

    Returns
    -------
    array (kinds of the incident, R, A)
    """
    return _in_clubs(world.inputs, expected_to_join(world, h, attention(world, h)))


def peer_participation_at(world, h, places, attends):
    """The same for some of that table's entries alone: (N,), as is `places`, their places when it is laid out flat.

    Parameters
    ----------
    attends : array (R, A), `attention` to the incident
    """
    inputs, expected = world.inputs, expected_to_join(world, h, attends)
    row, at = places // expected.shape[-1], places % inputs.peer_group[0].size
    weight, scale = (
        of_clubs.reshape(len(of_clubs), -1).take(at, axis=1) for of_clubs in (inputs.peer_group, inputs.company_scale)
    )
    of_club = _sums_over_clubs(inputs, expected).take(row, axis=1)
    return _of_others(of_club, weight, expected.reshape(-1)[places], scale).max(axis=0, initial=0.0)


def _sums_over_clubs(inputs, expected):
    """The sum over each club, exact on the grid: (clubs, kinds x R), of a table (kinds, R, A)."""
    sums = inputs.peer_group.swapaxes(0, 1) @ expected.transpose(1, 2, 0)
    return np.moveaxis(sums, 0, -1).reshape(len(inputs.peer_group), -1)


def expected_to_join(world, h, attends):
    """With what probability each joins a kind of response, as the others see it: (kinds of the incident, R, A)."""
    intention = world.state.p_join[world.inputs.kind_slices[h]]
    return _expected(intention, logistic(attends), has_joined(world, h))


def _expected(intention, attends, joined):
    expected = intention * attends
    return quantize(np.maximum(expected, joined, out=expected), out=expected)


def _in_clubs(inputs, expected):
    """The company of each in the most willing of its clubs, of what is expected of each: (kinds, R, A) both."""
    own = np.ascontiguousarray(expected.transpose(2, 0, 1))  # neighbours of one club side by side
    if inputs.peer_group.shape[1] == 1:
        by_club = (inputs.peer_group[:, 0] @ own.reshape(len(own), -1)).reshape(-1, *own.shape[1:])
    else:
        by_club = _sums_over_clubs(inputs, expected).reshape(-1, *own.shape[1:])
    companies = (
        (members, _of_others(by_club[club], weight, own[members], scale))
        for club, members, weight, scale in inputs.neighbours
    )
    _, most = next(companies)  # everybody belongs to the first
    for members, company in companies:
        np.maximum(most[members], company, out=most[members])
    return np.ascontiguousarray(most.transpose(1, 2, 0))


def _of_others(of_club, weight, own, scale):
    """The mean over the others of a club, of the sum over all of it and one's own part in that."""
    of_others = weight * own
    np.subtract(of_club, of_others, out=of_others)
    of_others *= scale
    return of_others


def exchange_intentions(world, incidents):
    """As many rounds as fit in a turn: each hears what the others intend and adjusts part of the way."""
    inputs, state, params = world.inputs, world.state, world.inputs.params
    rounds = range(inputs.rounds(world.turn))
    many = max(IN_CACHE // state.capital.size, 1)  # kinds at a time: their tables stay in the processor's cache
    for h, attends in zip(incidents, logistic(attention(world, side_by_side(incidents))), strict=True):
        base, intentions, joined = world.base_utilities[h], state.p_join[inputs.kind_slices[h]], has_joined(world, h)
        for some in (slice(first, first + many) for first in range(0, len(base), many)):
            intention = intentions[some]
            for _ in rounds:
                company = _in_clubs(inputs, _expected(intention, attends, joined[some]))
                answer = respond_to_company(
                    base[some], params.b_peer, company, params.precision, intention, params.damping
                )
                answer *= inputs.is_state  # who has left intends nothing any more
                quantize(answer, out=intention)
