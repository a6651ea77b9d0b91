"""Ties: whose trouble counts as one's own, who shares evidence with whom, and who looks to whom before acting.

All three come from groups: a group of the library names the coefficients for its tie and its sharing. Who belongs
together is arranged once (`bonds_of`); how strong a bond is follows from the coefficients, which may differ from run to
run (`tied`, `shared`).
"""

from dataclasses import dataclass

import numpy as np

from sim.model.actor_table import theatres
from sim.rules.quantize import quantize
from sim.scenario import resolve_members


@dataclass(frozen=True)
class Bonds:
    """Who belongs together, and by which coefficient that counts.

    tie : dict of coefficient to array (A, A) of bool; sharing : the same
    neighbours : array (A, A) of bool, states that border the same adversary
    given : array (A, A), a tie the scenario gives itself, else nan
    same_ocean : array (A, A) of bool
    counts : array (A,) of bool, who can be moved by another's trouble
    """

    tie: dict
    sharing: dict
    neighbours: np.ndarray
    given: np.ndarray
    same_ocean: np.ndarray
    counts: np.ndarray


def bonds_of(loaded, actor_table):
    """The bonds among the actors of a scenario on its first day."""
    tie, sharing = {}, {}
    for group in loaded.library.groups.values():
        inside = actor_table.members(sorted(_codes(group, loaded)))
        together = np.outer(inside, inside) & ~np.eye(len(inside), dtype=bool)
        for name, kinds in ((group.tie, tie), (group.sharing, sharing)):
            if name:
                kinds[name] = kinds.get(name, False) | together
    return Bonds(
        tie,
        sharing,
        _neighbours(loaded, actor_table),
        _given(loaded, actor_table),
        _same_ocean(theatres(loaded, actor_table.actors)),
        actor_table.is_state,
    )


def _codes(group, loaded):
    day = loaded.scenario.first_day
    return {
        code
        for code, spell in group.members.items()
        if not (spell.since and spell.since > day) and not (spell.until and spell.until < day)
    }


def _neighbours(loaded, actor_table):
    borders = [
        set(loaded.library.states[code].borders) if code in loaded.library.states else set()
        for code in actor_table.actors
    ]
    return np.array([[bool(mine & theirs) for theirs in borders] for mine in borders])


def _given(loaded, actor_table):
    given = np.full((len(actor_table.actors), len(actor_table.actors)), np.nan)
    for tie in loaded.scenario.ties:
        one, other = (actor_table.place[code] for code in tie.between)
        given[one, other] = given[other, one] = tie.strength
    return given


def _same_ocean(places):
    return np.array(
        [[one == other or "both" in (one, other) or "elsewhere" in (one, other) for other in places] for one in places]
    )


def tied(bonds, params):
    """How far a victim's trouble is another's own, within one ocean and across.

    The closest group that two belong to decides; neighbours of the same adversary stand closer by one reason more.

    Parameters
    ----------
    bonds : Bonds
    params : namespace of coefficients, each (1 or runs, 1)

    Returns
    -------
    near, far : arrays (A victims, 1 or runs, A), 0 to 1, on the grid; `far` counts only times the linkage of the oceans
    """
    bond = params.tie_base + np.zeros((len(bonds.counts), 1, len(bonds.counts)))
    for name, together in bonds.tie.items():
        bond = np.maximum(bond, getattr(params, name) * together[:, None, :])
    bond = np.where(bonds.neighbours[:, None, :], 1 - (1 - bond) * (1 - params.tie_neighbour), bond)
    bond = np.where(np.isnan(bonds.given)[:, None, :], bond, np.nan_to_num(bonds.given)[:, None, :])
    bond = quantize(bond * (bonds.counts & ~np.eye(len(bonds.counts), dtype=bool))[:, None, :])
    same = bonds.same_ocean[:, None, :]
    return np.where(same, bond, 0.0), np.where(same, 0.0, bond)


def shared(bonds, params):
    """How much of its evidence each actor gives each other: by the common group that shares most.

    Returns
    -------
    array (1 or runs, A, A), 0 to 1, on the grid; no actor shares with itself
    """
    weight = np.zeros((1, len(bonds.counts), len(bonds.counts)))
    for name, together in bonds.sharing.items():
        weight = np.maximum(weight, getattr(params, name)[:, :, None] * together)
    return quantize(weight)


def partners(actor_table):
    """Between whom cooperation opens more: NATO's members and the four partners. (1, A, A), 0 or 1."""
    across = np.outer(actor_table.is_nato & actor_table.is_state, actor_table.is_partner)
    return (across | across.T)[None].astype(float)


def guests(actor_table):
    """Between whom openness opens as much: members of the partnership, and states outside it. (1, A, A), 0 or 1."""
    inside = (actor_table.is_nato | actor_table.is_partner) & actor_table.is_state
    across = np.outer(inside, actor_table.is_state & ~inside)
    return (across | across.T)[None].astype(float)


def peer_groups(loaded, actor_table):
    """Who looks to whom: (K, A), members' weights by capability within each club, and within all who take part.

    Each row adds up to one and lies on the grid.
    """
    everybody = np.where(actor_table.is_state, actor_table.capability[0], 0.0)
    rows = [quantize(everybody / max(everybody.sum(), 1e-9))]
    for name, group in loaded.library.groups.items():
        if group.is_club:
            inside = actor_table.members(resolve_members([f"group:{name}"], loaded.library, loaded.scenario.first_day))
            weights = np.where(inside, actor_table.capability[0], 0.0)
            if weights.sum() > 0:
                rows.append(quantize(weights / weights.sum()))
    return np.array(rows).reshape(-1, len(actor_table.actors))
