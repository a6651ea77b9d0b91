"""Adversary: each chooses its next move, watching the pressure, the tension, the openings and the other one."""

from dataclasses import dataclass

import numpy as np

from sim.rules.choice import choice_probabilities, first_of, largest, pick
from sim.turn.stops import seated
from sim.world.cooperation import effect_anywhere
from sim.world.decisions import Decision, Option
from sim.world.grid import on_grid
from sim.world.setting import of_rows

MOVES = ("persist", "stop", "escalate", "widen", "open_other_ocean", "divide", "exploit_narrative")
MOST_INTENSE = 1.5


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
    return [choose_move(world, d) for d in range(len(world.setting.adversaries))]


def choose_move(world, d):
    legal, weighed = legal_moves(world, d), weigh_moves(world, d)
    utility = np.where(legal, sum(weighed.values()), -np.inf)
    chances = choice_probabilities(utility, world.setting.each.adversary_precision)
    move = pick(chances, world.draws.uniform("move", world.turn, world.setting.adversaries)[:, d])
    return Choice(d, move, legal, weighed, utility, chances)


def make_moves(world, choices):
    """Carry out what the adversaries have chosen; nobody has seen the other's move."""
    for choice in choices:
        d, move = choice.adversary, choice.move
        world.state.move[d] = move
        targets = carry_out(world, d, move)
        if world.witness and move[0] >= 0:
            world.witness.adversary_move(world, d, move[0], targets[0], choice.weighed, choice.utility, choice.chances)


def moves_open(world, choices):
    """What each adversary in a seat may do next: list of (run, Decision)."""
    setting, opened = world.setting, []
    for choice in choices:
        code = setting.adversaries[choice.adversary]
        is_me = np.arange(len(setting.actors)) == setting.index[code]
        for run, _, _ in seated(world, np.broadcast_to(is_me, (world.runs, len(setting.actors)))):
            options = tuple(Option(name) for k, name in enumerate(MOVES) if choice.legal[k, run])
            opened.append((run, Decision("move", world.turn, code, "next", options, (MOVES[choice.move[run]],))))
    return opened


def apply_moves(world, choices, answers):
    """Put the answers of seats in place of the model's choice."""
    for run, code, _, (move,) in answers.all("move"):
        choices[world.setting.adversaries.index(code)].move[run] = MOVES.index(move)


def own_acts(world, d):
    """Acts of an adversary that go on: (H, R) bool."""
    return (world.setting.act_by == d)[:, None] & (world.state.intensity > 0)


def legal_moves(world, d):
    """What an adversary can do now: (moves, R) bool. Only one that has begun something can stop or escalate."""
    setting = world.setting
    mine = own_acts(world, d).any(axis=0)
    begun = bool((setting.act_begins[setting.act_by == d] <= world.turn).any())
    others = np.array([own_acts(world, e).any(axis=0) for e in range(len(setting.adversaries)) if e != d])
    crisis = others.any(axis=0) if others.size else np.zeros(world.runs, dtype=bool)
    legal = {
        "persist": np.ones(world.runs, dtype=bool),
        "stop": mine,
        "escalate": mine & (max_intensity(world, d) < MOST_INTENSE),
        "widen": mine & candidates(world, d).any(axis=-1),
        "open_other_ocean": crisis,
        "divide": mine | begun,
        "exploit_narrative": np.ones(world.runs, dtype=bool),
    }
    return np.array([legal[move] for move in MOVES])


def max_intensity(world, d):
    return (world.state.intensity * own_acts(world, d)).max(axis=0)


def candidates(world, d):
    """Who could be the next victim: (R, A) bool."""
    setting, state = world.setting, world.state
    open_now = own_acts(world, d)[..., None] & setting.next_victims[:, None, :] & (state.severity == 0)
    return open_now.any(axis=0)


def weigh_moves(world, d):
    """Gain, felt pressure, risk and opening of each move: dict of (moves, R)."""
    state, each, of_moves = world.state, world.setting.each, world.setting.of_moves
    doing = np.minimum((state.harm * own_acts(world, d)).sum(axis=0), 1)
    return {
        "gain": of_moves["move"] + each.feels_gain * of_moves["gain"] * doing,
        "pressure": -each.feels_pressure * of_moves["pressed"] * state.pressure[d],
        "risk": -each.feels_risk * of_moves["risk"] * state.tension,
        "opening": each.feels_opening * of_moves["opened"] * (opening(world, d) - each.opening_usual),
    }


def opening(world, d):
    """What invites an adversary: no common text, what is done in the dark, and the other's crisis: (R,), 0 to 1."""
    setting, state, each = world.setting, world.state, world.setting.each
    silence = 1 - np.where((setting.act_by == d)[:, None], state.covered.max(axis=-1), 0).max(axis=0)
    others = [own_acts(world, e).any(axis=0) for e in range(len(setting.adversaries)) if e != d]
    crisis = np.any(others, axis=0) if others else np.zeros(world.runs)
    return (
        each.opening_silence * silence
        + each.opening_opacity * (1 - transparency(world))
        + each.opening_crisis * setting.adversary_tie[:, 0] * crisis
    )


def transparency(world):
    """How open cooperation is now, with the projects that make it so: (R,)."""
    return np.clip(world.state.transparency + effect_anywhere(world, "transparency"), 0, 1)


def carry_out(world, d, move):
    """Carry out the move of each run; the place of its target, or -1."""
    targets = np.full(world.runs, -1)
    for k, name in enumerate(MOVES):
        rows = np.flatnonzero(move == k)
        if rows.size and name in DEEDS:
            hit = DEEDS[name](world, d, rows)
            if hit is not None:
                targets[rows] = hit
    return targets


def _stop(world, d, rows):
    state = world.state
    ended = np.zeros_like(state.stopped)
    ended[:, rows] = own_acts(world, d)[:, rows]
    state.stopped |= ended
    state.intensity = np.where(ended, 0.0, state.intensity)
    if world.witness:
        world.witness.acts_stopped(world, np.flatnonzero(ended[:, 0]))


def _escalate(world, d, rows):
    state = world.state
    mine = own_acts(world, d)[:, rows]
    step = of_rows(world.setting.each.escalate_step, rows)
    state.intensity[:, rows] = on_grid(
        np.where(mine, np.minimum(state.intensity[:, rows] + step, MOST_INTENSE), state.intensity[:, rows])
    )


def _widen(world, d, rows):
    setting, state = world.setting, world.state
    luck = world.draws.uniform("next victim", world.turn, (setting.adversaries[d],), setting.actors, rows=rows)[0]
    target = first_of(candidates(world, d)[rows].astype(float), luck)
    share = of_rows(setting.each.widen_share, rows)
    for h in np.flatnonzero(setting.act_by == d):
        hit = own_acts(world, d)[h, rows] & setting.next_victims[h, target] & (state.severity[h, rows, target] == 0)
        worst = state.severity[h, rows].max(axis=-1)
        state.severity[h, rows, target] = on_grid(np.where(hit, share * worst, state.severity[h, rows, target]))
    return target


def _open_other_ocean(world, d, rows):
    state, step = world.state, of_rows(world.setting.each.open_step, rows)
    state.linkage[rows] = on_grid(np.clip(state.linkage[rows] + step, 0, 1))
    for h in np.flatnonzero(world.setting.act_by != d):
        going = state.intensity[h, rows] > 0
        state.intensity[h, rows] = on_grid(
            np.where(going, np.minimum(state.intensity[h, rows] + step, MOST_INTENSE), 0.0)
        )


def _divide(world, d, rows):
    """The target is the member that depends most on the adversary and weighs most."""
    setting, state = world.setting, world.state
    worth = world.exposed(d)[rows] * (0.3 + setting.capability) * setting.is_state
    worth = worth * (state.squeeze[d][rows] < 0.5)
    target = largest(on_grid(worth), world.draws.uniform("divide", world.turn, setting.actors, rows=rows))
    state.squeeze[d, rows, target] = on_grid(state.squeeze[d, rows, target] + of_rows(setting.each.divide_step, rows))
    return target


def _exploit_narrative(world, d, rows):
    state = world.state
    step = of_rows(world.setting.each.narrative_step, rows) * (1 - transparency_of(world, rows))
    state.narrative[rows] = on_grid(np.clip(state.narrative[rows] + step, 0, 1))
    state.standing[rows] = on_grid(np.clip(state.standing[rows] - step / 2, 0, 1))


def transparency_of(world, rows):
    return np.broadcast_to(transparency(world), (world.runs,))[rows]


DEEDS = {
    "stop": _stop,
    "escalate": _escalate,
    "widen": _widen,
    "open_other_ocean": _open_other_ocean,
    "divide": _divide,
    "exploit_narrative": _exploit_narrative,
}
