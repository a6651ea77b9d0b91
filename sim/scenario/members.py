"""Who is meant by a name: a code, a group on a day, a body with its members."""

import datetime
from collections.abc import Iterable

from sim.errors import Fault, InputError, did_you_mean
from sim.scenario.schema import Library, Membership


def belongs(membership: Membership, day: datetime.date) -> bool:
    """Whether a membership holds on a day; its first and last day count."""
    begun = membership.since is None or membership.since <= day
    ended = membership.until is not None and membership.until < day
    return begun and not ended


def group_members(group: str, library: Library, day: datetime.date) -> set[str]:
    """The codes that belong to a group on a day."""
    return {code for code, membership in library.groups[group].members.items() if belongs(membership, day)}


def resolve_members(names: Iterable[str], library: Library, date: datetime.date) -> tuple[str, ...]:
    """The codes that names stand for on a day.

    Parameters
    ----------
    names : codes; `group:<name>` for the members of a group; NATO or EU for the body and its members;
        `any` for every state
    library : Library
    date : datetime.date, the day whose memberships hold

    Returns
    -------
    tuple of codes, each once: states in the library's order, then codes it does not know as named, then bodies.
    InputError for a group or body that the library does not have.
    """
    meant: dict[str, None] = {}
    for name in names:
        meant.update(dict.fromkeys(_members(name, library, date)))
    states = [code for code in library.states if code in meant]
    own = [code for code in meant if code not in library.states and code not in library.bodies]
    bodies = [code for code in library.bodies if code in meant]
    return (*states, *own, *bodies)


def _members(name: str, library: Library, date: datetime.date) -> Iterable[str]:
    if name == "any":
        return library.states
    if name.startswith("group:"):
        return sorted(group_members(_known_group(name.removeprefix("group:"), library), library, date))
    if name in library.bodies:
        group = _known_group(library.bodies[name].group, library)
        return [*sorted(group_members(group, library, date)), name]
    return [name]


def _known_group(group: str, library: Library) -> str:
    if group not in library.groups:
        message = f"no group named '{group}'. {did_you_mean(group, library.groups)}"
        raise InputError([Fault("", 0, 0, message)])
    return group
