"""Adversary: in each campaign it chooses its next move, watching pressure, tension, the openings and the other one."""

from dataclasses import dataclass

import numpy as np

from sim.catalogue.moves import MOVES, NAMES, Campaign, Campaigns
from sim.model.decisions import Decision, Option
from sim.model.inputs import NO_STATE
from sim.model.steps.assess import severity_now
from sim.model.steps.stops import seats_to_ask
from sim.rules.choice import choice_probabilities, pick
from sim.rules.quantize import highest, quantize, total


@dataclass
class Choice:
    """What an adversary does next in a campaign, or at large while it has none, and why. R runs; M moves.

    campaign : Campaign; move : (R,) place in `MOVES`, -1 where nothing is to decide; legal : (M, R) bool; weighed :
    dict of term to (M, R); utility, chances : (M, R)
    """

    campaign: Campaign
    move: np.ndarray
    legal: np.ndarray
    weighed: dict
    utility: np.ndarray
    chances: np.ndarray


def campaigns(inputs):
    """All that adversaries decide on: each incident of theirs in its order, then each adversary at large."""
    of_incidents = [Campaign(int(d), h) for h, d in enumerate(inputs.incident_by) if d != NO_STATE]
    return of_incidents + [Campaign(d) for d in range(len(inputs.adversaries))]


@dataclass
class Signs:
    """What every adversary sees of the same turn, whatever it decides on. H incidents, R runs.

    silence : (H, R), how far no common text has been adopted; discord : (H, R), how far apart members are; crisis :
    (H, R), how grave each incident is while it goes on; opacity : (R,), how little of the cooperation is in the open
    """

    silence: np.ndarray
    discord: np.ndarray
    crisis: np.ndarray
    opacity: np.ndarray

    @classmethod
    def of(cls, world):
        """The signs of this turn."""
        state = world.state
        return cls(
            silence=1 - highest(state.covered),
            discord=discord(world),
            crisis=np.minimum(severity_now(world), 1),
            opacity=1 - world.transparency(),
        )


def choose_moves(world):
    """What every adversary does next by the model's own rule, by logit over what is legal: list of Choice.

    A campaign in which no run has anything to decide is left out.
    """
    inputs, of_all = world.inputs, Campaigns(campaigns(world.inputs))
    is_open = of_all.are_open(world)
    some = is_open.any(axis=-1)
    if not some.any():
        return []
    open_ones = Campaigns(campaign for campaign, has in zip(of_all.each, some, strict=True) if has)
    legal = np.stack([move.legal(world, open_ones) for move in MOVES]) & is_open[some]
    weighed = weigh_moves(world, open_ones, Signs.of(world))
    utility = np.where(legal, sum(weighed.values()), -np.inf)
    chances = choice_probabilities(utility, inputs.params_per_run.adversary_precision)
    addresses = tuple(f"{inputs.adversaries[campaign.by]}/{campaign.named(inputs)}" for campaign in open_ones.each)
    moves = pick(chances, world.draws.uniform("move", world.turn, addresses).T)
    return [
        Choice(
            campaign, moves[c], legal[:, c], {name: term[:, c] for name, term in weighed.items()},
            utility[:, c], chances[:, c],
        )
        for c, campaign in enumerate(open_ones.each)
    ]  # fmt: skip


def make_moves(world, choices):
    """Carry out what the adversaries have chosen; nobody has seen the other's move."""
    state = world.state
    state.move[:] = state.move_at_large[:] = -1
    for choice in choices:
        campaign, move = choice.campaign, choice.move
        last = state.move_at_large[campaign.by] if campaign.incident is None else state.move[campaign.incident]
        last[:] = move
        state.moves_made[campaign.by] |= np.where(move >= 0, 1 << np.maximum(move, 0), 0)
        targets = carry_out(world, campaign, move)
        if world.recorder and move[0] >= 0:
            world.recorder.adversary_move(world, choice, move[0], targets[0])


def moves_open(world, choices):
    """What each adversary in a seat may do next, in each campaign: list of (run, Decision)."""
    inputs, opened = world.inputs, []
    for choice in choices:
        code = inputs.adversaries[choice.campaign.by]
        is_asked = (np.arange(len(inputs.actors)) == inputs.index[code]) & (choice.move >= 0)[:, None]
        for run, _, _ in seats_to_ask(world, "move", is_asked):
            options = tuple(Option(name) for k, name in enumerate(NAMES) if choice.legal[k, run])
            default = (NAMES[choice.move[run]],)
            decision = Decision("move", world.turn, code, choice.campaign.named(inputs), options, default)
            opened.append((run, decision))
    return opened


def apply_moves(world, choices, answers):
    """Put the answers of seats in place of the model's choice."""
    inputs = world.inputs
    of_subject = {(inputs.adversaries[c.campaign.by], c.campaign.named(inputs)): c for c in choices}
    for run, code, subject, (move,) in answers.all("move"):
        of_subject[code, subject].move[run] = NAMES.index(move)


def weigh_moves(world, campaigns, signs):
    """Gain, felt pressure, risk and opening of each move in each campaign: dict of (M, C, R)."""
    state, per_run = world.state, world.inputs.params_per_run
    feels = {what: felt[:, None] for what, felt in world.inputs.of_moves.items()}
    doing = campaigns.of(np.minimum(state.harm, 1))
    tension = np.broadcast_to(state.tension, doing.shape)
    invited = opening(world.inputs, campaigns, signs) - per_run.opening_usual
    return {
        "gain": feels["move"] + per_run.feels_gain * feels["gain"] * doing,
        "pressure": -per_run.feels_pressure * feels["pressed"] * felt_pressure(world, campaigns),
        "risk": -per_run.feels_risk * feels["risk"] * tension,
        "opening": per_run.feels_opening * feels["opened"] * invited,
    }


def felt_pressure(world, campaigns):
    """What presses on an adversary in each campaign: what answers to it in full, the rest of what it feels in part.

    What answers to an incident presses on whoever is suspected of it, and so not on somebody who did it unseen. (C, R).
    """
    inputs, state = world.inputs, world.state
    is_suspect = inputs.incident_suspect == campaigns.by[:, None]
    is_other = np.arange(len(inputs.incidents)) != campaigns.incident[:, None]
    here = (is_suspect & ~is_other).any(axis=-1, keepdims=True) * campaigns.of(state.pressure_over)
    others = state.pressure_over * (is_suspect & is_other)[..., None]
    elsewhere = 1 - np.multiply.reduce(1 - others, axis=1)
    felt = 1 - (1 - here) * (1 - inputs.params_per_run.pressure_elsewhere * elsewhere)
    return np.where(campaigns.is_at_large, state.pressure[campaigns.by], felt)


def opening(inputs, campaigns, signs):
    """What invites an adversary in each campaign: no common text, disunity, opacity, the other one's crisis: (C, R).

    From 0 to 1.
    """
    per_run = inputs.params_per_run
    own = inputs.incident_by == campaigns.by[:, None]
    is_this = np.arange(len(inputs.incidents)) == campaigns.incident[:, None]
    over = np.where(campaigns.is_at_large, own, is_this)[..., None]
    anothers = (~own & (inputs.incident_by >= 0))[..., None]  # not what no state did
    crisis = quantize(np.where(anothers, signs.crisis, 0).max(axis=1, initial=0))
    return (
        per_run.opening_silence * np.where(over, signs.silence, 1).min(axis=1, initial=1)
        + per_run.opening_discord * np.where(over, signs.discord, 0).max(axis=1, initial=0)
        + per_run.opening_opacity * signs.opacity
        + per_run.opening_crisis * inputs.adversary_tie[:, 0] * crisis
    )


def discord(world):
    """How far apart members are over each incident: twice their mean distance, by capability, from the mean: (H, R)."""
    inputs, position = world.inputs, world.state.position
    weight = quantize(inputs.capability * inputs.can_be_courted)
    weight = quantize(weight / np.maximum(weight.sum(axis=-1, keepdims=True), 1e-9))
    mean = total(weight * position)
    return np.minimum(2 * total(weight * np.abs(position - mean[..., None])), 1)


def carry_out(world, campaign, chosen):
    """Carry out the move of each run; the place of its target, or -1."""
    targets = np.full(world.runs, -1)
    for k in sorted({*chosen.tolist()} - {-1}):
        rows = np.flatnonzero(chosen == k)
        hit = MOVES[k].carry_out(world, campaign, rows)
        if hit is not None:
            targets[rows] = hit
    return targets


def sway_fades(world):
    """What members were promised or threatened with is forgotten in time."""
    state, per_run = world.state, world.inputs.params_per_run
    state.sway = quantize(state.sway * (per_run.divide_persistence**world.months)[:, None])
