"""Joining a response: what it costs, when it acts, and that it is remembered."""

import numpy as np

from sim.rules.quantize import highest, of_runs, quantize, total_by
from sim.rules.tempo import days_drawn, pace

LONGEST = 2.0  # lead time, in multiples of the maximum


def join(world, options, runs, actors, covered_by_text=False, not_before=0):
    """Let actors join responses: they pay now, and the effect comes after the lead time.

    The lead time counts from the incident, but is never shorter than the shortest from now. Where a text has
    coordinated the response, only the shortest is needed.

    Parameters
    ----------
    options, runs, actors : arrays (K,) of int, who joins what in which run; what is joined already is left alone
    covered_by_text : bool
    not_before : int or array (K,), day before which nobody can have decided

    Returns
    -------
    tuple of three arrays like the arguments, what was newly joined
    """
    inputs, state = world.inputs, world.state
    new = (~state.joined[options, runs, actors]).nonzero()[0]
    o, r, a = options[new], runs[new], actors[new]
    if not o.size:
        return o, r, a
    decided = np.maximum(inputs.calendar.halfway(world.turn), np.broadcast_to(not_before, options.shape)[new])
    effective = decided + inputs.lead_min[o, 0, 0]
    if not covered_by_text:
        effective = np.maximum(effective, acts_from(world, o, r, a))
    state.joined[o, r, a] = True
    state.decided_day[o, r, a] = decided
    state.effect_day[o, r, a] = inputs.calendar.up(effective)
    paid = total_by(state.capital.shape, (r, a), of_runs(inputs.price, o, r))
    state.capital -= paid
    state.spent += paid
    remember_accusations(world, o, r, a)
    return o, r, a


def remember_accusations(world, options, runs, actors):
    """Keep how sure of what was true states are that now say who did it."""
    inputs, state = world.inputs, world.state
    says = ((inputs.accuses[options, 0, 0] > 0) & inputs.is_state[actors]).nonzero()[0]
    o, r, a = options[says], runs[says], actors[says]
    h = inputs.option_incident[o]
    sure = world.confidence()[h, r, a]
    is_true = of_runs(inputs.incident_is_true, h, r) > 0
    state.accusations += np.bincount(r, minlength=world.runs)
    state.accused_rightly += np.bincount(r, quantize(np.where(is_true, sure, 1 - sure)), world.runs)


def acts_in_time(world, options, runs, actors):
    """Whether a response of one's own would be felt before the exercise ends: (K,) bool.

    Days are drawn for those alone of whom neither the shortest nor the longest lead time tells.
    """
    inputs, end = world.inputs, world.inputs.calendar.length
    could = inputs.calendar.halfway(world.turn) + inputs.lead_min[:, 0, 0] <= end
    h, longest = inputs.option_incident, quantize(LONGEST * inputs.lead_max[..., 0])
    surely = inputs.incident_day[h][:, None] + longest * urgency(world)[h] <= end
    in_time = could[options]
    in_doubt = (in_time & ~surely[options, runs]).nonzero()[0]
    in_time[in_doubt] = acts_from(world, options[in_doubt], runs[in_doubt], actors[in_doubt]) <= end
    return in_time


def acts_from(world, options, runs, actors):
    """The day on which a response of one's own is first felt, counted from the incident: (K,)."""
    inputs = world.inputs
    h = inputs.option_incident[options]
    days = lead_days(world, options, runs, actors) * urgency(world)[h, runs]
    return inputs.incident_day[h] + days


def lead_days(world, options, runs, actors):
    """Days from the incident to the first effect at a usual pace: (K,). Drawn once for a run, as what each is like."""
    inputs = world.inputs
    draw = world.nature.normal_of("lead", 0, inputs.option_names, inputs.actors, options, runs, actors)
    usual = (inputs.lead_min, inputs.lead_typical, inputs.lead_max)
    return quantize(days_drawn(*(of_runs(days, options, runs) for days in usual), draw, longest=LONGEST))


def urgency(world):
    """Factor on days for each incident: (H, R), at most 1.5: grave and physical incidents are answered faster."""
    inputs, state, per_run = world.inputs, world.state, world.inputs.params_per_run
    worst = highest(state.severity)
    factor = pace(
        worst,
        inputs.is_physical[..., 0],
        severity_weight=per_run.tempo_severity,
        usual=per_run.tempo_from,
        physical_weight=per_run.tempo_physical,
    )
    return quantize(factor)
