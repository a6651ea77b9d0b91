"""The sheet: all that a seat decides at a turn's end, with one budget. Projects, responses, an adversary's move."""

from sim.turn.adversary import apply_moves, choose_moves, make_moves, moves_open
from sim.turn.projects import decide_projects, projects_open
from sim.turn.respond import apply_responses, choose_responses, join_responses, responses_open
from sim.turn.stops import NOBODY


def open_sheet(world):
    """Everything that is open to each seat now: list of (run, Decision)."""
    twin = world.twin(inclined=world.inclined)
    return (
        projects_open(world, decide_projects(twin, NOBODY))
        + responses_open(world, choose_responses(twin))
        + moves_open(world, choose_moves(twin))
    )


def close_sheet(world, answers):
    """Projects are agreed or blocked, responses joined, and the adversaries move."""
    decide_projects(world, answers)
    chosen = choose_responses(world)
    apply_responses(world, chosen, answers)
    join_responses(world, chosen)
    moves = choose_moves(world)
    apply_moves(world, moves, answers)
    make_moves(world, moves)
