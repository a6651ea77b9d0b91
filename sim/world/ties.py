"""Ties: whose trouble counts as one's own, who shares evidence with whom, and who looks to whom before acting.

All three come from groups: a group of the library names the coefficients for its tie and its sharing.
"""

import numpy as np

from sim.scenario import resolve_members
from sim.world.actors import theatres
from sim.world.grid import on_grid


def ties(loaded, cast, beh):
    """How far a victim's trouble is another's own, within one ocean and across.

    The closest group that two belong to decides; neighbours of the same adversary stand closer by one reason more.

    Parameters
    ----------
    loaded : Loaded
    cast : Cast
    beh : namespace of coefficients

    Returns
    -------
    near, far : arrays (A victims, 1, A), 0 to 1; `far` counts only times the linkage of the two oceans
    """
    size = len(cast.actors)
    base, neighbour = float(beh.tie_base[0, 0]), float(beh.tie_neighbour[0, 0])
    bond = np.full((size, size), base)
    for group in loaded.library.groups.values():
        if group.tie:
            inside = cast.members(sorted(_codes(group, loaded)))
            together = np.outer(inside, inside)
            bond = np.where(together, np.maximum(bond, float(getattr(beh, group.tie)[0, 0])), bond)
    _add_neighbours(bond, loaded, cast, neighbour)
    for tie in loaded.scenario.ties:
        one, other = (cast.place[code] for code in tie.between)
        bond[one, other] = bond[other, one] = tie.strength
    bond[:, ~cast.is_state] = 0
    np.fill_diagonal(bond, 0)
    same = _same_ocean(theatres(loaded, cast.actors))
    return on_grid(np.where(same, bond, 0))[:, None, :], on_grid(np.where(same, 0, bond))[:, None, :]


def _codes(group, loaded):
    return {
        code for code, spell in group.members.items()
        if not (spell.since and spell.since > loaded.scenario.start) and not (spell.until and spell.until < loaded.scenario.start)
    }


def _add_neighbours(bond, loaded, cast, neighbour):
    """States that border the same adversary stand closer."""
    states = loaded.library.states
    for i, one in enumerate(cast.actors):
        for j, other in enumerate(cast.actors):
            if one in states and other in states and set(states[one].borders) & set(states[other].borders):
                bond[i, j] = 1 - (1 - bond[i, j]) * (1 - neighbour)


def _same_ocean(places):
    return np.array([[one == other or "both" in (one, other) or "elsewhere" in (one, other) for other in places] for one in places])


def sharing(loaded, cast, beh):
    """How much of its evidence each actor gets from each other: through the common group that shares most.

    Returns
    -------
    weight : array (1, A, A), 0 to 1, on the grid; no actor shares with itself
    partners : array (A, A), 1 between NATO's members and the four partners, where cooperation opens more
    """
    weight = np.zeros((len(cast.actors), len(cast.actors)))
    for group in loaded.library.groups.values():
        if group.sharing:
            inside = cast.members(sorted(_codes(group, loaded)))
            together = np.outer(inside, inside)
            weight = np.where(together, np.maximum(weight, float(getattr(beh, group.sharing)[0, 0])), weight)
    np.fill_diagonal(weight, 0)
    across = np.outer(cast.is_nato & cast.is_state, cast.is_partner)
    return on_grid(weight)[None], (across | across.T)[None].astype(float)


def clubs(loaded, cast):
    """Who looks to whom: (K, A), members' weights by capability within each club, and within all who take part.

    Each row adds up to one and lies on the grid.
    """
    everybody = np.where(cast.is_state, cast.capability[0], 0.0)
    rows = [on_grid(everybody / max(everybody.sum(), 1e-9))]
    for name, group in loaded.library.groups.items():
        if group.is_club:
            inside = cast.members(resolve_members([f"group:{name}"], loaded.library, loaded.scenario.start))
            weights = np.where(inside, cast.capability[0], 0.0)
            if weights.sum() > 0:
                rows.append(on_grid(weights / weights.sum()))
    return np.array(rows).reshape(-1, len(cast.actors))
