"""The sheet: all that a seat decides at a turn's end, with one budget.

Questions that injects put, projects, responses, an adversary's move.
"""

from sim.model.steps.adversary import apply_moves, choose_moves, make_moves, moves_open
from sim.model.steps.deadlines import judge_deadlines
from sim.model.steps.projects import apply_cooperation, cooperation_open, decide_projects, projects_open
from sim.model.steps.questions import answer_questions, questions_open
from sim.model.steps.respond import apply_responses, choose_responses, join_responses, responses_open
from sim.model.steps.sharing import apply_shares, shares_open
from sim.model.steps.stops import NOBODY


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
    chosen = choose_responses(world)
    apply_responses(world, chosen, answers)
    join_responses(world, chosen)
    moves = choose_moves(world)
    apply_moves(world, moves, answers)
    make_moves(world, moves)
    judge_deadlines(world)
