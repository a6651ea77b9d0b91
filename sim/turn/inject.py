"""Phase 1: the turn's injects are released and hostile acts begin."""

import numpy as np

from sim.world.grid import on_grid

PER_RUN = ("tension", "linkage", "transparency", "standing", "narrative")
PER_ACT = ("publicness", "difficulty")


def inject(world):
    """Release the injects planned for this turn, with their effects, and begin the acts planned for it."""
    begin_acts(world)
    scenario = world.setting.loaded.scenario
    for turn, planned, recipients in world.setting.msel:
        if turn != world.turn:
            continue
        for effect in planned.effects:
            apply(effect, world)
        if world.witness:
            day = (planned.date - scenario.start).days if planned.date else world.day
            world.witness.inject_released(world, planned, recipients, day)


def begin_acts(world):
    setting, state = world.setting, world.state
    for h in np.flatnonzero(setting.act_begins == world.turn):
        state.intensity[h] = 1.0
        if world.witness:
            world.witness.act_begins(world, h)


def apply(effect, world):
    """Change the world as an inject's effect says; shares stay between 0 and 1."""
    setting, state = world.setting, world.state
    if effect.on in PER_RUN:
        changed = getattr(state, effect.on) + effect.by
        setattr(state, effect.on, on_grid(np.clip(changed, 0, 1)))
    elif effect.on in PER_ACT:
        values = getattr(state, effect.on)
        act = setting.acts.index(effect.act)
        values[act] = on_grid(np.clip(values[act] + effect.by, 0, 1))
    elif effect.on == "severity":
        act = setting.acts.index(effect.act)
        hit = state.severity[act] > 0
        state.severity[act] = on_grid(np.clip(state.severity[act] + effect.by * hit, 0, 1))
    elif effect.on == "evidence":
        act = setting.acts.index(effect.act)
        who = slice(None) if effect.actor is None else setting.index[effect.actor]
        state.evidence[act, :, who] += on_grid(effect.by)
    elif effect.on == "exposure":
        state.squeeze[setting.adversaries.index(effect.adversary), :, setting.index[effect.actor]] += on_grid(effect.by)
    elif effect.on == "capital":
        place = setting.index[effect.actor]
        state.capital[:, place] += on_grid(effect.by)
        state.income[:, place] += on_grid(effect.by)
