"""What a batch of runs came to: every measure of the catalogue, read off a world that has been played out."""

import numpy as np

from sim.model.cooperation import BLOCKED, BROKEN, delivered
from sim.model.state import NEVER
from sim.rules.attribution import confidence
from sim.rules.quantize import quantize


def measured(world):
    """Every measure of a batch that has been played out.

    Parameters
    ----------
    world : World

    Returns
    -------
    dict of name to array (R,); nan where a measure does not apply
    """
    return {
        **_harm(world),
        **_speed(world),
        **_texts(world),
        **_cohesion(world),
        **_pressure(world),
        **_standing(world),
        **_cooperation(world),
        **_formats(world),
    }


def _harm(world):
    setting, state = world.setting, world.state
    coerced = (state.severity > 0) & setting.has_demand[:, None, None]
    count = coerced.sum(axis=(0, -1))
    gave_in = (state.conceded & coerced).sum(axis=(0, -1))
    return {
        "harm": state.cumulative_harm.sum(axis=0),
        "held": np.where(count > 0, 1 - gave_in / np.maximum(count, 1), np.nan),
    }


def _speed(world):
    setting, state = world.setting, world.state
    first_incident = (setting.incident_begins.min() - 1) * setting.days
    soonest = state.effect_day.min(axis=(0, -1)) if len(setting.options) else np.full(world.runs, NEVER)
    text = state.days_to_text.min(axis=0)
    end = setting.turns * setting.days
    return {
        "days_to_first_response": np.where(soonest <= end, soonest - first_incident, np.nan),
        "days_to_joint_text": np.where(text < NEVER, text, np.nan),
    }


def _texts(world):
    setting, state = world.setting, world.state
    accusing = np.flatnonzero(setting.accuses > 0)
    accused = state.joined[accusing] & setting.is_state
    sure = quantize(confidence(state.belief))[setting.option_incident[accusing]]
    count = accused.sum(axis=(0, -1))
    did = state.joined[setting.is_deed].any(axis=0) & setting.is_state
    strongest = state.table_text >= state.table_text.max(axis=0) if len(setting.tables) else np.zeros((1, world.runs))
    behind = np.where(strongest & (state.table_text > 0), state.table_share, 0.0) if len(setting.tables) else strongest
    return {
        "joint_share": behind.max(axis=0),
        "strongest_text": state.covered.max(axis=(0, -1)),
        "confidence_at_decision": np.where(
            count > 0, (sure * accused).sum(axis=(0, -1)) / np.maximum(count, 1), np.nan
        ),
        "joiners": did.sum(axis=-1).astype(float),
        "joiners_outside": (did & ~setting.is_nato & ~setting.is_eu).sum(axis=-1).astype(float),
        "silences_broken": state.breaks.astype(float),
    }


def _cohesion(world):
    setting, state = world.setting, world.state
    begun = setting.incident_begins <= world.turn
    wants = state.position[begun]
    allies = setting.is_nato & setting.is_state
    partners = setting.is_partner & setting.is_state
    both = allies.any() and partners.any()
    apart = np.abs(_mean(wants, allies) - _mean(wants, partners)).mean(axis=0) if both else np.full(world.runs, np.nan)
    return {
        "cohesion_nato": _closeness(wants, allies),
        "cohesion_eu": _closeness(wants, setting.is_eu & setting.is_state),
        "cohesion_oceans": 1 - apart,
    }


def _mean(values, who):
    return (values * who).sum(axis=-1) / max(who.sum(), 1)


def _closeness(wants, who):
    if who.sum() < 2:
        return np.full(wants.shape[1], np.nan)
    distance = quantize(np.abs(wants - _mean(wants, who)[..., None]))
    return quantize(1 - 2 * _mean(distance, who)).mean(axis=0)


def _pressure(world):
    state = world.state
    begun = world.setting.incident_begins <= world.turn
    return {
        "peak_tension": state.peak_tension,
        "pressure": state.pressure.max(axis=0),
        "stopped": state.stopped[begun].mean(axis=0),
        "cost": (quantize(state.spent) * world.setting.is_state).sum(axis=-1) / max(world.setting.is_state.sum(), 1),
    }


def _standing(world):
    state = world.state
    return {
        "readiness": state.readiness,
        "overreach": state.overreach,
        "perceived_threat": state.threat,
        "narrative": state.narrative,
        "standing": state.standing,
        "transparency": world.transparency() + np.zeros(world.runs),
    }


def _cooperation(world):
    setting, state = world.setting, world.state
    gives = delivered(world) > 0
    cost = state.project_spent.sum(axis=0)
    useful = (state.project_spent * gives).sum(axis=0)
    space = (state.project_spent * setting.project_space[:, None]).sum(axis=0)
    any_cost = np.maximum(cost, 1e-9)
    return {
        "cooperation_cost": cost,
        "projects_delivered": gives.sum(axis=0).astype(float),
        "projects_failed": np.isin(state.project_state, (BLOCKED, BROKEN)).sum(axis=0).astype(float),
        "spending_delivered": np.where(cost > 0, useful / any_cost, np.nan),
        "space_share": np.where(cost > 0, space / any_cost, np.nan),
    }


def _formats(world):
    state = world.state
    called = np.maximum(state.called, 1)
    return {
        "best_placed": np.where(state.called > 0, state.called_best / called, np.nan),
        "duplication": np.where(state.called > 0, state.duplication / called, np.nan),
    }
