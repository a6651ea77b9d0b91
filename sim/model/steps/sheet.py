"""The sheet: all that a seat decides at a turn's end, with one budget.

Questions that injects put, evidence to hand to others, projects, responses, an adversary's move. The model's own rule
shares evidence by tie and at the table (`sim.model.steps.assess`); handing over more is a choice of people.
"""

import numpy as np

from sim.model.decisions import Decision, Option
from sim.model.steps.adversary import apply_moves, choose_moves, make_moves, moves_open
from sim.model.steps.assess import hand_over
from sim.model.steps.inject import judge_deadlines
from sim.model.steps.projects import apply_cooperation, cooperation_open, decide_projects, projects_open
from sim.model.steps.questions import answer_questions, questions_open
from sim.model.steps.respond import apply_responses, choose_responses, join_responses, responses_open
from sim.model.steps.stops import NOBODY, seats_to_ask


def open_sheet(world):
    """Everything that is open to each seat now: list of (run, Decision)."""
    twin = world.twin(base_utilities=world.base_utilities)
    return (
        questions_open(world)
        + shares_open(world)
        + projects_open(world, decide_projects(twin, NOBODY))
        + cooperation_open(world)
        + responses_open(world, choose_responses(twin))
        + moves_open(world, choose_moves(twin))
    )


def close_sheet(world, answers):
    """All that is decided is done: questions, evidence, projects, responses, moves; then the turn's deadlines end."""
    answer_questions(world, answers)
    apply_shares(world, answers)
    decide_projects(world, answers)
    apply_cooperation(world, answers)
    join_responses(world, apply_responses(world, choose_responses(world), answers))
    moves = choose_moves(world)
    apply_moves(world, moves, answers)
    make_moves(world, moves)
    judge_deadlines(world)


# ------------------------------------------------------------------------------------------------- evidence handed over


def shares_open(world):
    """With whom each seat that knows something may share it: list of (run, Decision)."""
    inputs, state = world.inputs, world.state
    states = [Option(inputs.actors[place]) for place in np.flatnonzero(inputs.is_state)]
    others = {code: tuple(option for option in states if option.id != code) for code in world.seats}
    return [
        (run, Decision("share", world.turn, code, inputs.incidents[h], others[code], (), least=0, most=None))
        for h in world.begun
        for run, _, code in seats_to_ask(world, "share", (state.information[h] > 0) & inputs.is_state)
    ]


def apply_shares(world, answers):
    """Hand over what seats share; it is weighed from the next turn on."""
    inputs = world.inputs
    for run, code, incident, choice in answers.all("share"):
        h, receivers = inputs.incidents.index(incident), [inputs.index[other] for other in choice]
        hand_over(world, run, h, inputs.index[code], receivers)
        if world.recorder and run == 0 and choice:
            world.recorder.evidence_shared(world, h, code, choice)
