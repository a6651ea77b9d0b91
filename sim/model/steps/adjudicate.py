"""Settle: what has become effective is felt; victims hold out or give in; tension, standing and capital move on."""

import numpy as np

from sim.catalogue.moves import MOVES
from sim.model.state import delivered, effect, effect_anywhere
from sim.model.steps.adversary import sway_fades
from sim.model.steps.projects import ripen
from sim.rules.coercion import joint_pressure, p_concede, per_period, relief
from sim.rules.escalation import p_retaliate, perceived_threat, tension_step
from sim.rules.quantize import of_runs, quantize, select_runs, total_by

IS_HOSTILE = np.array([*(move.is_hostile for move in MOVES), False])  # the last stands for no move, which is -1


def adjudicate(world):
    """Feel what has become effective by the end of the turn, and close the turn."""
    felt = take_effect(world)
    share = quantize(shares(world, world.state.behind))
    ripen(world)
    feel_support(world, share)
    feel_pressure(world, share)
    paid_back = retaliate(world, felt)
    sway_fades(world)
    concede(world)
    end_incidents(world)
    tension(world, felt, paid_back)
    perceptions(world)
    load_core_mission(world)
    learn(world, felt)
    refill_capital(world)
    if world.series is not None:
        world.keep_series()
    if world.recorder:
        world.recorder.responses_act(world, felt)
        world.recorder.turn_ends(world)


def take_effect(world):
    """Let what is due by the end of the turn take effect: its options, runs and actors, (K,) each."""
    state = world.state
    waiting = np.flatnonzero(state.joined & ~state.in_effect)
    due = waiting[state.effect_day.ravel()[waiting] <= world.last_day]
    felt = np.unravel_index(due, state.joined.shape)
    state.in_effect[felt] = True
    state.behind += weight_of(world, felt)
    return felt


def weight_of(world, responses):
    """What those who take part in some responses weigh together, whether or not they still take part: (O, R)."""
    o, r, a = responses
    weight = world.inputs.everybody.weight_in_a_response
    return total_by(world.state.behind.shape, (o, r), weight[np.minimum(r, len(weight) - 1), a])


def shares(world, behind):
    """Share of all economies behind each response: (O, R), 0 to 1.

    Parameters
    ----------
    behind : array (O, R), what the actors behind each weigh together
    """
    everybody = (world.inputs.everybody.weight_in_a_response * world.inputs.is_state).sum(axis=-1)
    return np.minimum(behind / np.maximum(everybody, 1e-9), 1)


def feel_support(world, share):
    """Relief for victims from what others do, and from resilience built before; the harm that is left accumulates."""
    inputs, state, per_run = world.inputs, world.state, world.inputs.params_per_run
    built = np.clip(effect(world, "resilience"), 0, 0.9)
    relieved = np.clip(effect(world, "coercion_relief"), 0, 0.9)
    helps = quantize(inputs.resilience[..., 0] * share)
    support = np.zeros(state.relief.shape)
    for h, part in enumerate(inputs.option_slices):
        support[h] = helps[part].sum(axis=0)
    state.relief[:] = quantize(relief(support, per_run.relief_full))
    keeps = (1 - state.relief) * (1 - built) * (1 - relieved * inputs.has_demand[:, None])
    flow = (state.severity * ~state.conceded).sum(axis=-1) * state.intensity
    state.harm = quantize(flow * keeps)
    state.cumulative_harm = quantize(state.cumulative_harm + state.harm * world.months)


def feel_pressure(world, share):
    """Pressure on each adversary from the responses aimed at it; together they weigh more than one by one."""
    inputs, state, per_run = world.inputs, world.state, world.inputs.params_per_run
    together = joint_pressure(
        share,
        share >= per_run.pressure_large_from,
        state.in_effect[..., inputs.is_body].any(axis=-1),
        per_run.pressure_synergy,
        per_run.pressure_institution,
    )
    material = per_run.pressure_scale * inputs.pressure[..., 0] * together
    signalled = per_run.signal_share * inputs.signal[..., 0] * share
    at_ease = (1 - material) * (1 - signalled)
    for h, part in enumerate(inputs.option_slices):
        state.pressure_over[h] = 1 - np.multiply.reduce(at_ease[part], axis=0)
    state.pressure_over[:] = quantize(state.pressure_over)
    is_suspect = inputs.incident_suspect == np.arange(len(inputs.adversaries))[:, None]
    state.pressure[:] = quantize(1 - np.multiply.reduce(1 - is_suspect[..., None] * state.pressure_over, axis=1))


def retaliate(world, felt):
    """An adversary under pressure pays back whoever has just done something bold against it; how often: (R,).

    It costs those who are hit capital, leaves them more exposed, and is one more hostile act for tension to rise by.
    """
    inputs, state, per_run = world.inputs, world.state, world.inputs.params_per_run
    o, runs, actors = felt
    risk, against = quantize(of_runs(inputs.risk, o, runs)), inputs.incident_suspect[inputs.option_incident[o]]
    boldness = total_by(state.added_exposure.shape, (against, runs, actors), risk * inputs.is_state[actors])
    bold = np.flatnonzero(boldness > 0)
    d, r, a = np.unravel_index(bold, boldness.shape)
    chance = p_retaliate(boldness.ravel()[bold], state.pressure[d, r], select_runs(per_run.retaliate_rate, r))
    hit = world.draws.uniform_of("retaliate", world.turn, inputs.adversaries, inputs.actors, d, r, a) < chance
    d, r, a = d[hit], r[hit], a[hit]
    for adversary in sorted(set(d.tolist())):  # in turn: the next takes of what the one before has left
        pay_back(world, adversary, r[d == adversary], a[d == adversary])
    return np.bincount(r, minlength=world.runs)


def pay_back(world, d, r, a):
    """An adversary pays back some actors in some runs: arrays (K,) of int."""
    state, per_run = world.state, world.inputs.params_per_run
    price = np.minimum(select_runs(quantize(per_run.retaliate_capital), r), np.maximum(state.capital[r, a], 0))
    state.capital[r, a] = quantize(state.capital[r, a] - price)
    state.spent[r, a] = quantize(state.spent[r, a] + price)
    added = select_runs(quantize(per_run.retaliate_exposure), r)
    state.added_exposure[d, r, a] = quantize(state.added_exposure[d, r, a] + added)
    state.retaliated[d, r, a] += 1
    if world.recorder:
        world.recorder.adversary_retaliates(world, d, a[r == 0])


def concede(world):
    """A coerced victim gives in with the odds of the record, less with support, more with the harm it bears.

    Three things support it: relief from the harm, solidarity in a text that is adopted, and countermeasures that others
    take against whoever coerces it.
    """
    inputs, state, per_run = world.inputs, world.state, world.inputs.params_per_run
    is_pressed = (state.severity > 0) & ((state.intensity > 0) & inputs.has_demand[:, None])[..., None]
    cells = np.flatnonzero(is_pressed & ~state.conceded)
    if not cells.size:
        return
    h, r, a = np.unravel_index(cells, is_pressed.shape)

    def of(coefficient):
        return select_runs(coefficient, r)

    in_an_episode = p_concede(
        state.severity[h, r, a] * state.intensity[h, r],
        state.relief[h, r],
        inputs.demand_major[h, 0, 0],
        base=of(per_run.concede_base),
        harm_weight=of(per_run.concede_cost),
        usual=of(per_run.concede_usual),
        support_weight=of(per_run.concede_support),
        major_weight=of(per_run.concede_major),
        solidarity=np.minimum(state.covered[h, r].max(axis=-1) / of(per_run.rung_solidarity), 1),
        solidarity_weight=of(per_run.concede_solidarity),
        countered=state.pressure_over[h, r],
        counter_weight=of(per_run.concede_countered),
    )
    chance = per_period(in_an_episode, of(per_run.episode_days), world.days)
    gives_in = world.draws.uniform_of("concede", world.turn, inputs.incidents, inputs.actors, h, r, a) < chance
    h, r, a = h[gives_in], r[gives_in], a[gives_in]
    state.conceded[h, r, a] = True
    if world.recorder:
        world.recorder.victims_concede(world, h[r == 0], a[r == 0])


def end_incidents(world):
    """Incidents that were to last only so long end; a coercer whose victims all gave in stops."""
    inputs, state = world.inputs, world.state
    over = (inputs.incident_ends <= world.turn)[:, None] & (state.intensity > 0)
    holds_out = ((state.severity > 0) & ~state.conceded).any(axis=-1)
    won = inputs.has_demand[:, None] & ~holds_out & (state.intensity > 0)
    ended = over | won
    state.intensity = np.where(ended, 0.0, state.intensity)
    if world.recorder:
        world.recorder.incidents_stopped(world, np.flatnonzero(ended[:, 0]))


def tension(world, felt, paid):
    """Tension cools with time, and rises with what is risked on both sides and with pressure while it lasts."""
    inputs, state, per_run = world.inputs, world.state, world.inputs.params_per_run
    own = per_run.tension_response * quantize(inputs.risk[..., 0] * shares(world, weight_of(world, felt))).sum(axis=0)
    theirs = per_run.tension_move * (IS_HOSTILE[state.move].sum(axis=0) + IS_HOSTILE[state.move_at_large].sum(axis=0))
    paid_back = per_run.tension_retaliation * paid
    pressed = per_run.tension_pressure * state.pressure.sum(axis=0) * world.months
    begun = state.severity[inputs.incident_begins == world.turn].max(axis=-1)
    state.tension = quantize(
        tension_step(
            state.tension,
            own + theirs + paid_back + pressed + per_run.tension_incident * begun.sum(axis=0),
            world.days,
            per_run.tension_persistence,
        )
    )
    state.peak_tension = np.maximum(state.peak_tension, state.tension)


def perceptions(world):
    """What third parties read into the cooperation: more where it is seen and not explained."""
    inputs, state, per_run = world.inputs, world.state, world.inputs.params_per_run
    partnership = (
        (state.consultation_called[inputs.consultation_is_ip4] < 1e8).sum(axis=0)
        if inputs.consultation_is_ip4.any()
        else 0
    )
    state.narrative = quantize(state.narrative * per_run.narrative_persistence**world.months)
    visible = delivered(world).sum(axis=0) / max(len(inputs.projects), 1)
    visibility = np.clip(
        per_run.visible_projects * visible + per_run.visible_meeting * partnership + state.narrative, 0, 1
    )
    real = np.clip(per_run.threat_real + effect_anywhere(world, "perceived_threat"), 0, 1)
    state.threat = quantize(perceived_threat(real, per_run.threat_bias, world.transparency(), visibility)) + np.zeros(
        world.runs
    )


def load_core_mission(world):
    """Readiness for the core mission: less what far-off responses, partnership and a second crisis draw on it."""
    inputs, state, per_run = world.inputs, world.state, world.inputs.params_per_run
    far = np.flatnonzero((inputs.is_military[:, 0, 0] > 0) & inputs.incident_is_far[inputs.option_incident])
    drawn = np.einsum("ora,ra->r", state.joined[far], quantize(inputs.military * inputs.is_nato))
    oceans = ((state.intensity > 0) & inputs.incident_is_far[:, None]).any(axis=0)
    load = (
        np.maximum(effect_anywhere(world, "core_load"), 0)
        + per_run.core_load_response * np.minimum(drawn, 1)
        + per_run.core_load_crisis * oceans
        + per_run.core_load_overreach * state.overreach
    )
    state.readiness = quantize(np.clip(1 - load, 0, 1)) + np.zeros(world.runs)


def learn(world, felt):
    """Each naming that is seen makes the next a little easier."""
    inputs, state, per_run = world.inputs, world.state, world.inputs.params_per_run
    o, r, _ = felt
    seen = np.bincount(r[inputs.is_attribution[o, 0, 0] > 0], minlength=world.runs)
    moved = per_run.norm_growth * np.minimum(seen / per_run.norm_crowd, 1)
    state.norm = quantize(np.minimum(state.norm + moved, per_run.norm_most))


def refill_capital(world):
    """Attention comes back with time."""
    inputs, state, params = world.inputs, world.state, world.inputs.params
    gained = quantize(params.capital_year * inputs.capacity * world.days / 365 * (inputs.is_state | inputs.is_body))
    state.capital = quantize(state.capital + gained)
    state.income = quantize(state.income + gained)
