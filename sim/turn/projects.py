"""Cooperation projects: put to a decision, agreed or blocked, and in time delivered or not."""

import numpy as np

from sim.policies.policy import Option
from sim.scenario.needs import GUARDRAIL
from sim.turn.asking import put, seated
from sim.world.grid import on_grid
from sim.world.state import BLOCKED, BROKEN, NOT_BEGUN, RUNNING


def decide_projects(world):
    """Decide every project whose turn has come, once those it depends on run and the budget allows."""
    setting, state = world.setting, world.state
    for p, name in enumerate(setting.projects):
        running = state.project_state == RUNNING
        ready = (running | (setting.project_depends[p][:, None] == 0)).all(axis=0)
        due = (setting.project_turn[p] > 0) & (setting.project_turn[p] <= world.turn)
        asked = (state.project_state[p] == NOT_BEGUN) & due & ready & affordable(world, p)
        if not asked.any():
            continue
        blockers = blocked_by(world, p, asked)
        blocked = blockers.any(axis=-1)
        decided = state.project_state.copy()
        decided[p, asked] = np.where(blocked, BLOCKED, RUNNING)[asked]
        state.project_state = decided
        if world.witness and asked[0]:
            world.witness.project_decided(world, name, blockers[0])


def affordable(world, p):
    """Whether the yearly budget still pays for the project: (R,)."""
    setting, state = world.setting, world.state
    committed = ((state.project_state == RUNNING) * setting.project_cost).sum(axis=0)
    return committed + setting.project_cost[p] <= setting.budget[:, 0]


def blocked_by(world, p, asked):
    """Who blocks: (R, A). Members' chances together make the project's veto risk, the known opponents' being larger."""
    setting = world.setting
    voters = (setting.is_nato & setting.is_state).astype(float)
    weight = voters * (setting.beh.project_reluctance + setting.project_against[p])
    everybody = weight.sum(axis=-1, keepdims=True)
    if not everybody.any():
        return np.zeros((world.runs, len(setting.actors)), dtype=bool)
    risk = setting.project_veto[p] * guardrail(world)
    share = weight / np.where(everybody > 0, everybody, 1.0)  # nobody may be reluctant in some runs and not in others
    chance = 1 - (1 - np.minimum(risk, 0.999))[:, None] ** share
    luck = world.draws.uniform(f"project {setting.projects[p]}", 0, setting.actors)
    blocks = (luck < chance) & (voters > 0) & asked[:, None]
    return ask_members(world, p, blocks, asked)


def guardrail(world):
    """Factor on veto risk while the guardrail for the core mission holds: (R,)."""
    setting, state = world.setting, world.state
    if GUARDRAIL not in setting.projects:
        return np.ones(world.runs)
    holds = state.project_state[setting.projects.index(GUARDRAIL)] == RUNNING
    return np.where(holds, setting.each.project_guardrail, 1.0)


def ask_members(world, p, blocks, asked):
    setting = world.setting
    if not world.seats:
        return blocks
    name = setting.loaded.library.cooperation[setting.projects[p]].name
    for run, place, code in seated(world, asked[:, None] & setting.is_nato & setting.is_state):
        answer = put(
            world,
            run,
            code,
            "project",
            setting.projects[p],
            f"'{name}' is put to a decision by consensus.",
            [Option("support", "let it go ahead"), Option("block", "block it")],
            ["block" if blocks[run, place] else "support"],
        )[0]
        blocks[run, place] = answer == "block"
    return blocks


def ripen(world):
    """Time passes for running projects; those that fail do so when their first output falls due."""
    setting, state = world.setting, world.state
    running = state.project_state == RUNNING
    state.project_spent += on_grid(running * setting.project_cost * (setting.days / 365))
    before = state.project_months
    state.project_months = before + on_grid(running * world.months)
    due = running & (before < setting.project_first) & (state.project_months >= setting.project_first)
    if setting.projects:
        luck = world.draws.uniform("delivers", 0, setting.projects).T
        fails = due & (luck < setting.project_fail) & (setting.project_turn > 0)
        state.project_state = np.where(fails, BROKEN, state.project_state)
        if world.witness:
            world.witness.projects_due(world, due[:, 0], fails[:, 0])
