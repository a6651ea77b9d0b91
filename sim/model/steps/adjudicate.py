"""Phase 6: what has become effective is felt; victims hold out or give in; tension, standing and capital move on."""

from functools import reduce

import numpy as np

from sim.catalogue.moves import MOVES
from sim.model.cooperation import delivered, effect, effect_anywhere
from sim.model.steps.projects import ripen
from sim.rules.choice import logistic
from sim.rules.coercion import joint_pressure, per_period
from sim.rules.escalation import tension_step
from sim.rules.grid import on_grid, total
from sim.rules.perception import perceived_threat
from sim.rules.totals import over_options


def settle(world):
    """Feel what has become effective by the end of the turn, and close the turn."""
    active = world.state.effect_day <= world.last_day
    share = shares(world, active)
    felt = newly(world)
    ripen(world)
    feel_support(world, active, share)
    feel_pressure(world, active, share)
    concede(world)
    end_acts(world)
    tension(world, felt)
    perceptions(world)
    load_core_mission(world)
    learn(world, felt)
    refill_capital(world)
    if world.series is not None:
        world.keep_series()
    if world.witness:
        world.witness.responses_act(world, felt)
        world.witness.turn_ends(world)


def newly(world):
    """Responses that become effective within this turn: (O, R, A) bool."""
    effect_day = world.state.effect_day
    return (effect_day <= world.last_day) & (effect_day > world.last_day - world.setting.days)


def weight_of(setting):
    """What each actor's part in a response weighs: a state by its economy, a body by its members' not acting alone."""
    bodies = np.array([setting.index[body] for body in setting.bodies], dtype=int)
    weight = setting.economy * setting.is_state
    weight = weight.copy()
    for place, members in zip(bodies, setting.body_members, strict=True):
        if members.any():
            weight[:, place] = setting.each.body_weight[0] * (setting.economy * members * setting.is_state).sum(axis=-1)
    return on_grid(weight)


def shares(world, active):
    """Share of all economies behind each response: (O, R), 0 to 1."""
    weight = weight_of(world.setting)
    everybody = (weight * world.setting.is_state).sum(axis=-1)
    return on_grid(np.minimum(behind(active, weight) / np.maximum(everybody, 1e-9), 1))


def behind(active, weight):
    """What the actors behind each response weigh together: (O, R)."""
    return (active.reshape(-1, active.shape[-1]) @ weight[0]).reshape(active.shape[:-1])


def feel_support(world, active, share):
    """Relief for victims from what others do, and from resilience built before; the harm that is left accumulates."""
    setting, state, each = world.setting, world.state, world.setting.each
    built = np.clip(effect(world, "resilience"), 0, 0.9)
    relieved = np.clip(effect(world, "coercion_relief"), 0, 0.9)
    for h, part in enumerate(setting.option_slices):
        support = over_options(on_grid(setting.resilience[part][..., 0] * share[part])) if share[part].size else 0.0
        state.relief[h] = on_grid(1 - np.exp(-each.relief_full * support))
    keeps = (1 - state.relief) * (1 - built) * (1 - relieved * setting.has_demand[:, None])
    flow = (state.severity * state.intensity[..., None] * ~state.conceded).sum(axis=-1)
    state.harm = on_grid(flow * keeps)
    state.harm_months = on_grid(state.harm_months + state.harm * world.months)


def feel_pressure(world, active, share):
    """Pressure on each adversary from the responses aimed at it; together they weigh more than one by one."""
    setting, state, each = world.setting, world.state, world.setting.each
    bodies = [setting.index[body] for body in setting.bodies]
    has_institution = active[..., bodies].any(axis=-1) if bodies else np.zeros(share.shape, dtype=bool)
    together = joint_pressure(
        share, share >= each.pressure_large_from, has_institution, each.pressure_synergy, each.pressure_institution
    )
    material = each.pressure_scale * setting.pressure[..., 0] * together
    signalled = each.signal_share * setting.signal[..., 0] * share
    for d in range(len(setting.adversaries)):
        aimed = setting.act_suspect[setting.option_act] == d
        felt = [(1 - material[o]) * (1 - signalled[o]) for o in np.flatnonzero(aimed)]
        state.pressure[d] = on_grid(1 - reduce(np.multiply, felt, np.ones(world.runs)))


def concede(world):
    """A coerced victim gives in with the odds of the record, less with support, more with the harm it bears."""
    setting, state, beh = world.setting, world.state, world.setting.beh
    if not setting.has_demand.any():
        return
    bears = state.severity * state.intensity[..., None]
    odds = (
        beh.concede_base
        + beh.concede_cost * (bears - beh.concede_usual)
        + beh.concede_support * 2 * state.relief[..., None]
        + beh.concede_major * setting.demand_major
    )
    chance = per_period(logistic(odds), beh.episode_days, setting.days)
    luck = world.draws.uniform("concede", world.turn, setting.acts, setting.actors)
    gives_in = (luck < chance) & (bears > 0) & ~state.conceded & setting.has_demand[:, None, None]
    state.conceded |= gives_in
    if world.witness:
        world.witness.victims_concede(world, gives_in[:, 0])


def end_acts(world):
    """Acts that were to last only so long end; a coercer whose victims all gave in stops."""
    setting, state = world.setting, world.state
    over = (setting.act_ends <= world.turn)[:, None] & (state.intensity > 0)
    hit = state.severity > 0
    won = setting.has_demand[:, None] & (state.conceded | ~hit).all(axis=-1) & (state.intensity > 0)
    ended = over | won
    state.intensity = np.where(ended, 0.0, state.intensity)
    if world.witness:
        world.witness.acts_stopped(world, np.flatnonzero(ended[:, 0]))


def tension(world, felt):
    """Tension cools with time and rises with the risk of what is done, on both sides."""
    setting, state, each = world.setting, world.state, world.setting.each
    weight = weight_of(setting)
    everybody = np.maximum((weight * setting.is_state).sum(axis=-1), 1e-9)
    done = np.minimum(behind(felt, weight) / everybody, 1)
    own = each.tension_response * on_grid(setting.risk[..., 0] * done).sum(axis=0)
    theirs = each.tension_move * np.isin(state.move, [k for k, move in enumerate(MOVES) if move.is_hostile]).sum(axis=0)
    begun = (setting.act_begins == world.turn)[:, None] * state.severity.max(axis=-1)
    state.tension = on_grid(
        tension_step(
            state.tension, own + theirs + each.tension_act * begun.sum(axis=0), setting.days, each.tension_persistence
        )
    )
    state.peak_tension = np.maximum(state.peak_tension, state.tension)


def perceptions(world):
    """What third parties read into the cooperation: more where it is seen and not explained."""
    setting, state, each = world.setting, world.state, world.setting.each
    partnership = (state.table_called[setting.table_is_ip4] < 1e8).sum(axis=0) if setting.table_is_ip4.any() else 0
    state.narrative = on_grid(state.narrative * each.narrative_persistence**world.months)
    visible = delivered(world).sum(axis=0) / max(len(setting.projects), 1)
    visibility = np.clip(each.visible_projects * visible + each.visible_meeting * partnership + state.narrative, 0, 1)
    real = np.clip(each.threat_real + effect_anywhere(world, "perceived_threat"), 0, 1)
    state.threat = on_grid(perceived_threat(real, each.threat_bias, world.transparency(), visibility)) + np.zeros(
        world.runs
    )


def load_core_mission(world):
    """Readiness for the core mission: less what far-off responses, partnership and a second crisis draw on it."""
    setting, state, each = world.setting, world.state, world.setting.each
    far = np.flatnonzero((setting.is_military[:, 0, 0] > 0) & setting.act_is_far[setting.option_act])
    drawn = total(state.joined[far] * (setting.military * setting.is_nato)).sum(axis=0)
    oceans = ((state.intensity > 0) & setting.act_is_far[:, None]).any(axis=0)
    load = (
        np.maximum(effect_anywhere(world, "core_load"), 0)
        + each.core_load_response * np.minimum(drawn, 1)
        + each.core_load_crisis * oceans
        + each.core_load_overreach * state.overreach
    )
    state.readiness = on_grid(np.clip(1 - load, 0, 1)) + np.zeros(world.runs)


def learn(world, felt):
    """Each naming that is seen makes the next a little easier."""
    setting, state, each = world.setting, world.state, world.setting.each
    seen = felt[setting.names[:, 0, 0] > 0].sum(axis=0).sum(axis=-1)
    moved = each.norm_growth * np.minimum(seen / each.norm_crowd, 1)
    state.norm = on_grid(np.minimum(state.norm + moved, each.norm_most))


def refill_capital(world):
    """Attention comes back with time."""
    setting, state, beh = world.setting, world.state, world.setting.beh
    gained = on_grid(
        beh.capital_year * setting.days / 365 * (setting.is_state | np.isin(setting.actors, setting.bodies))
    )
    state.capital = on_grid(state.capital + gained)
    state.income = on_grid(state.income + gained)
