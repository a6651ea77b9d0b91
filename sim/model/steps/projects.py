"""Cooperation projects: put to a decision, agreed or blocked, and in time delivered or not."""

import numpy as np

from sim.model.decisions import Decision, Option
from sim.model.steps.stops import seats_to_ask
from sim.rules.cooperation import BLOCKED, BROKEN, ENDED, NOT_BEGUN, RUNNING
from sim.rules.quantize import quantize


def decide_projects(world, answers):
    """Decide every project whose turn has come, once those it depends on run and the budget allows.

    Returns
    -------
    dict of project to who blocks it, (R, A) bool, and where it was put to a decision, (R,) bool
    """
    inputs, state = world.inputs, world.state
    decided = {}
    due = (state.project_state == NOT_BEGUN) & (state.project_due > 0) & (state.project_due <= world.turn)
    for p in np.flatnonzero(due.any(axis=-1)):
        name, running = inputs.projects[p], state.project_state == RUNNING
        ready = (running | (inputs.project_depends[p][:, None] == 0)).all(axis=0)
        put = due[p] & ready & affordable(world, p)
        if not put.any():
            continue
        blockers = blocked_by(world, p, put, answers)
        becomes = np.where(blockers.any(axis=-1), BLOCKED, RUNNING)
        state.project_state = state.project_state.copy()
        state.project_state[p, put] = becomes[put]
        decided[name] = blockers, put
        if world.recorder and put[0]:
            world.recorder.project_decided(world, name, blockers[0])
    return decided


def affordable(world, p):
    """Whether the yearly budget still pays for the project: (R,)."""
    inputs, state = world.inputs, world.state
    committed = ((state.project_state == RUNNING) * inputs.project_cost).sum(axis=0)
    return committed + inputs.project_cost[p] <= inputs.budget[:, 0]


def blocked_by(world, p, put, answers):
    """Who blocks: (R, A). Members' chances together make the project's veto risk, the known opponents' being larger."""
    inputs = world.inputs
    voters = (inputs.is_nato & inputs.is_state).astype(float)
    weight = voters * (inputs.params.project_reluctance + inputs.project_against[p])
    everybody = weight.sum(axis=-1, keepdims=True)
    blocks = np.zeros((world.runs, len(inputs.actors)), dtype=bool)
    if everybody.any():
        risk = inputs.project_veto[p] * guardrail(world)
        share = weight / np.where(everybody > 0, everybody, 1.0)  # nobody may be reluctant in some runs only
        chance = 1 - (1 - np.minimum(risk, 0.999))[:, None] ** share
        draw = world.draws.uniform(f"project {inputs.projects[p]}", 0, inputs.actors)
        blocks = (draw < chance) & (voters > 0) & put[:, None]
    for run, code, project, choice in answers.all("project"):
        if project == inputs.projects[p] and put[run]:
            blocks[run, inputs.index[code]] = choice == ("block",)
    return blocks


def guardrail(world):
    """Factor on veto risk while the guardrail for the core mission holds: (R,)."""
    inputs, state = world.inputs, world.state
    holds = (state.project_state[inputs.project_is_guardrail] == RUNNING).any(axis=0)
    return np.where(holds, inputs.params_per_run.project_guardrail, 1.0)


def projects_open(world, decided):
    """Whether each seat lets the projects go ahead that are put to a decision: list of (run, Decision).

    NATO's members decide by consensus, and nothing is done with the four partners against their will.

    Parameters
    ----------
    decided : what `decide_projects` gives where the model's own rule decides for everybody
    """
    options = Option("support"), Option("block")
    return [
        (run, Decision("project", world.turn, code, name, options, ("block" if blockers[run, place] else "support",)))
        for name, (blockers, put) in decided.items()
        for run, place, code in seats_to_ask(world, "project", put[:, None] & has_a_say(world.inputs))
    ]


def has_a_say(inputs):
    """Who has a say in what NATO and the four partners do together: (A,) bool."""
    return (inputs.is_nato | inputs.is_partner) & inputs.is_state


def cooperation_open(world):
    """Which projects each seat may propose for the next turn, and which it may end: list of (run, Decision).

    A project goes on by consensus, so that anybody who has a say may end it.
    """
    inputs, state = world.inputs, world.state
    opened = []
    for run, _, code in seats_to_ask(world, "cooperation", np.broadcast_to(has_a_say(inputs), state.capital.shape)):
        may = {"propose": may_be_proposed(world)[:, run], "end": state.project_state[:, run] == RUNNING}
        options = tuple(
            Option(f"{deed}:{inputs.projects[p]}") for deed, where in may.items() for p in np.flatnonzero(where)
        )
        if options:
            decision = Decision("cooperation", world.turn, code, "portfolio", options, (), least=0, most=None)
            opened.append((run, decision))
    return opened


def may_be_proposed(world):
    """Projects of the portfolio that wait for a later turn, or that were blocked or ended: (P, R) bool."""
    state = world.state
    waits = (state.project_state == NOT_BEGUN) & (state.project_due > world.turn + 1)
    return waits | np.isin(state.project_state, (BLOCKED, ENDED))


def apply_cooperation(world, answers):
    """Put what seats propose on the table of the next turn, and end what they end."""
    inputs, state = world.inputs, world.state
    standing = state.project_state.copy()
    for run, code, _, choice in answers.all("cooperation"):
        for deed, _, name in (item.partition(":") for item in choice):
            p = inputs.projects.index(name)
            if deed == "end":
                standing[p, run] = ENDED
            else:
                standing[p, run], state.project_due[p, run] = NOT_BEGUN, world.turn + 1
            if world.recorder and run == 0:
                world.recorder.cooperation_changes(world, code, name, deed)
    if answers.by_run:
        state.project_state = standing


def ripen(world):
    """Time passes for running projects; those that fail do so when their first output falls due."""
    inputs, state = world.inputs, world.state
    running = state.project_state == RUNNING
    state.project_spent += quantize(running * inputs.project_cost * (world.days / 365))
    before = state.project_months
    state.project_months = before + quantize(running * world.months)
    due = running & (before < inputs.project_first) & (state.project_months >= inputs.project_first)
    if due.any():
        draw = world.draws.uniform("delivers", 0, inputs.projects).T
        fails = due & (draw < inputs.project_fail) & (state.project_due > 0)
        state.project_state = np.where(fails, BROKEN, state.project_state)
        if world.recorder:
            world.recorder.projects_due(world, due[:, 0], fails[:, 0])
