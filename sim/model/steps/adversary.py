"""Adversary: each chooses its next move, watching the pressure, the tension, the openings and the other one."""

from dataclasses import dataclass

import numpy as np

from sim.catalogue.moves import MOVES, NAMES, others_act, own_incidents
from sim.model.decisions import Decision, Option
from sim.model.steps.stops import seats_to_ask
from sim.rules.choice import choice_probabilities, pick


@dataclass
class Choice:
    """What one adversary does next, and why. R runs; M moves.

    adversary : place; move : (R,) place in `MOVES`; legal : (M, R) bool; weighed : dict of term to (M, R); utility,
    chances : (M, R)
    """

    adversary: int
    move: np.ndarray
    legal: np.ndarray
    weighed: dict
    utility: np.ndarray
    chances: np.ndarray


def choose_moves(world):
    """What every adversary does next by the model's own rule, by logit over what is legal: list of Choice."""
    return [choose_move(world, d) for d in range(len(world.inputs.adversaries))]


def choose_move(world, d):
    legal, weighed = np.array([move.legal(world, d) for move in MOVES]), weigh_moves(world, d)
    utility = np.where(legal, sum(weighed.values()), -np.inf)
    chances = choice_probabilities(utility, world.inputs.params_per_run.adversary_precision)
    move = pick(chances, world.draws.uniform("move", world.turn, world.inputs.adversaries)[:, d])
    return Choice(d, move, legal, weighed, utility, chances)


def make_moves(world, choices):
    """Carry out what the adversaries have chosen; nobody has seen the other's move."""
    for choice in choices:
        d, move = choice.adversary, choice.move
        world.state.move[d] = move
        targets = carry_out(world, d, move)
        if world.recorder and move[0] >= 0:
            world.recorder.adversary_move(world, d, move[0], targets[0], choice.weighed, choice.utility, choice.chances)


def moves_open(world, choices):
    """What each adversary in a seat may do next: list of (run, Decision)."""
    inputs, opened = world.inputs, []
    for choice in choices:
        code = inputs.adversaries[choice.adversary]
        is_me = np.arange(len(inputs.actors)) == inputs.index[code]
        for run, _, _ in seats_to_ask(world, np.broadcast_to(is_me, (world.runs, len(inputs.actors)))):
            options = tuple(Option(name) for k, name in enumerate(NAMES) if choice.legal[k, run])
            opened.append((run, Decision("move", world.turn, code, "next", options, (NAMES[choice.move[run]],))))
    return opened


def apply_moves(world, choices, answers):
    """Put the answers of seats in place of the model's choice."""
    for run, code, _, (move,) in answers.all("move"):
        choices[world.inputs.adversaries.index(code)].move[run] = NAMES.index(move)


def weigh_moves(world, d):
    """Gain, felt pressure, risk and opening of each move: dict of (moves, R)."""
    state, per_run, of_moves = world.state, world.inputs.params_per_run, world.inputs.of_moves
    doing = np.minimum((state.harm * own_incidents(world, d)).sum(axis=0), 1)
    return {
        "gain": of_moves["move"] + per_run.feels_gain * of_moves["gain"] * doing,
        "pressure": -per_run.feels_pressure * of_moves["pressed"] * state.pressure[d],
        "risk": -per_run.feels_risk * of_moves["risk"] * state.tension,
        "opening": per_run.feels_opening * of_moves["opened"] * (opening(world, d) - per_run.opening_usual),
    }


def opening(world, d):
    """What invites an adversary: no common text, what is done in the dark, and the other's crisis: (R,), 0 to 1."""
    inputs, state, per_run = world.inputs, world.state, world.inputs.params_per_run
    silence = 1 - np.where((inputs.incident_by == d)[:, None], state.covered.max(axis=-1), 0).max(axis=0)
    return (
        per_run.opening_silence * silence
        + per_run.opening_opacity * (1 - world.transparency())
        + per_run.opening_crisis * inputs.adversary_tie[:, 0] * others_act(world, d)
    )


def carry_out(world, d, chosen):
    """Carry out the move of each run; the place of its target, or -1."""
    targets = np.full(world.runs, -1)
    for k, move in enumerate(MOVES):
        rows = np.flatnonzero(chosen == k)
        hit = move.carry_out(world, d, rows) if rows.size else None
        if hit is not None:
            targets[rows] = hit
    return targets
