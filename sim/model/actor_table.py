"""Who takes part, each actor's figures turned into numbers between 0 and 1, and the ties among the actors.

A figure that the library does not know falls back as each function says; `sim/ODD.md` repeats it.
"""

from dataclasses import dataclass, fields, replace
from functools import cache, cached_property

import numpy as np

from sim.rules.coercion import asymmetry, trade_exposure
from sim.rules.quantize import quantize
from sim.scenario import resolve_members
from sim.scenario.facts import group_members
from sim.scenario.library_schema import YARDSTICK

MOST_RANKED = 30
UNRANKED_CYBER = 0.0


@dataclass(frozen=True)
class ActorTable:
    """The actors' arrays, as `ModelInputs` describes them."""

    loaded: object
    norm_year: float
    actors: tuple
    adversaries: tuple
    bodies: tuple
    is_state: np.ndarray
    is_body: np.ndarray
    is_nato: np.ndarray
    is_eu: np.ndarray
    is_partner: np.ndarray
    body_members: np.ndarray
    speaks_alone: np.ndarray
    economy: np.ndarray
    cyber: np.ndarray
    military: np.ndarray
    capability: np.ndarray
    population: np.ndarray
    capital: np.ndarray
    capacity: np.ndarray
    habit_naming: np.ndarray
    exposure: np.ndarray
    stance_near: np.ndarray
    borders: np.ndarray
    other_ocean: np.ndarray

    @cached_property
    def place(self):
        """Place of each actor on the actors' axis."""
        return {code: k for k, code in enumerate(self.actors)}

    @cached_property
    def _is_adversary(self):
        return _among(self.actors, self.adversaries)

    @cached_property
    def _known(self):
        return {}

    def members(self, names):
        """Which actors a list of codes and groups means: (A,) bool. A body playing as one stands for its members."""
        key = tuple(names)
        if key not in self._known:
            self._known[key] = self._members(key)
            self._known[key].flags.writeable = False
        return self._known[key]

    def _members(self, names):
        named = [name for name in names if name != "any"]
        inside = _among(self.actors, resolve_members(named, self.loaded.library, self.loaded.scenario.first_day))
        taking_part = self.is_state | self._is_adversary
        if "any" in names:
            return taking_part
        for body in self.bodies:
            if self.is_state[self.place[body]] and f"group:{self.loaded.library.bodies[body].group}" in names:
                inside[self.place[body]] = True
        return inside & taking_part

    def holds(self, group, date):
        """Which actors belong to a group of the library on a day: (A,) bool."""
        return _holds(self.actors, self.loaded.library, group, date)

    def has(self, what, suspect, victims):
        """Which actors have what a response takes against a suspect: (A,) bool. `what` is one of `schema.Means`.

        Of an actor that the library does not know, a coast and relations are taken for granted.
        """
        known = [self.loaded.library.states.get(code) for code in self.actors]
        if what == "coast":
            return np.array([state is None or state.coast for state in known])
        if what == "relations":
            return np.array([state is None or suspect not in state.no_relations_with for state in known])
        if what == "harm":
            return _among(self.actors, victims)
        if what == "forces":
            return self.military[0] > 0
        return np.array([state.ncpi_rank is not None if state else False for state in known]) | (
            self.is_body & ~self.is_state
        )


ACTOR_ARRAYS = tuple(
    one.name for one in fields(ActorTable) if one.name not in ("loaded", "norm_year", "is_body", "habit_naming")
)


def actor_table_of(loaded, params):
    """The actors of a scenario; `params` is a namespace of coefficients, each an array of one number."""
    scenario, library = loaded.scenario, loaded.library
    actors = _actors(scenario, library)
    adversaries = tuple(code for code in actors if _role(code, loaded) == "adversary")
    bodies = tuple(code for code in actors if code in library.bodies)
    as_one = scenario.bodies_as == "one"
    is_body = np.array([code in bodies for code in actors])
    is_adversary = np.array([code in adversaries for code in actors])
    is_member = {
        body: _holds(actors, library, library.bodies[body].group, scenario.first_day) for body in library.bodies
    }
    return ActorTable(
        loaded=loaded,
        norm_year=_year(scenario.norm_date or scenario.first_day),
        actors=actors,
        adversaries=adversaries,
        bodies=bodies,
        is_state=~is_adversary & (as_one | ~is_body),
        is_body=is_body & (not as_one),
        is_nato=is_member.get("NATO", is_body) | (np.array(actors) == "NATO"),
        is_eu=is_member.get("EU", is_body) | (np.array(actors) == "EU"),
        is_partner=_in_some_group(loaded, actors, lambda group: group.is_the_four),
        body_members=np.array([is_member[body] & (not as_one) for body in bodies]).reshape(len(bodies), len(actors)),
        speaks_alone=np.array([library.bodies[body].speaks_alone for body in bodies], dtype=bool),
        population=_population(actors, loaded)[None],
        habit_naming=_in_some_group(loaded, actors, lambda group: group.names_culprits).astype(float)[None],
        **_figures(actors, adversaries, loaded, params),
    )


def _figures(actors, adversaries, loaded, params):
    """What library and scenario make of some actors: arrays by name, with these actors on the last axis."""

    def one(name):
        """A coefficient as a plain number; looked up alone, so that it can be told which of them were read."""
        return float(getattr(params, name)[0, 0])

    economy = np.array([_economy(code, loaded) for code in actors])
    cyber = np.array([_cyber(code, loaded) for code in actors])
    military = np.array([_military(code, loaded) for code in actors])
    capacity = one("capacity_floor") + (1 - one("capacity_floor")) * economy
    far = [[[_is_far(code, other, loaded) for code in actors]] for other in adversaries]
    return {
        "economy": quantize(economy)[None],
        "cyber": quantize(cyber)[None],
        "military": quantize(military)[None],
        "capability": quantize(_capability(loaded.scenario.capability, economy, cyber, military))[None],
        "capital": _capital(actors, loaded, one("capital_start") * capacity)[None],
        "capacity": quantize(capacity)[None],
        "exposure": _towards(_exposure, actors, adversaries, loaded, one),
        "stance_near": _towards(_stance, actors, adversaries, loaded, one),
        "borders": _towards(_borders, actors, adversaries, loaded),
        "other_ocean": np.array(far).astype(float),
    }


def figures_anew(table, codes, params):
    """The arrays of a table that the own figures of some of its actors move, as its scenario has them: dict by name."""
    anew = _figures(codes, table.adversaries, table.loaded, params)
    arrays = {name: getattr(table, name).copy() for name in anew}
    for name, values in anew.items():
        arrays[name][..., [table.place[code] for code in codes]] = values
    return {**arrays, "peer_group": peer_groups(table.loaded, replace(table, **arrays))}


def _actors(scenario, library):
    if scenario.bodies_as == "one":
        kept = [name for name in scenario.participants if name in library.bodies]
        rest = resolve_members(
            [name for name in scenario.participants if name not in library.bodies], library, scenario.first_day
        )
        inside = {code for body in kept for code in library.groups[library.bodies[body].group].members}
        return tuple([code for code in rest if code not in inside or code in scenario.participants] + kept)
    return tuple(resolve_members(scenario.participants, library, scenario.first_day))


def _own(code, loaded, name):
    """What the scenario itself says of an actor, in place of the library; None where it says nothing."""
    own = loaded.scenario.actors.get(code)
    return getattr(own, name) if own else None


def _role(code, loaded):
    known = loaded.library.states.get(code)
    return _own(code, loaded, "role") or (known.role if known else "other")


def _theatre(code, loaded):
    known = loaded.library.states.get(code) or loaded.library.bodies.get(code)
    return _own(code, loaded, "theatre") or (known.theatre if known else "elsewhere")


def _holds(actors, library, group, date):
    members = resolve_members([f"group:{group}"], library, date) if group in library.groups else ()
    return _among(actors, members)


def _in_some_group(loaded, actors, is_meant):
    """Which actors belong, on the first day, to a group of the library that is meant: (A,) bool."""
    named = [f"group:{name}" for name, group in loaded.library.groups.items() if is_meant(group)]
    return _among(actors, resolve_members(named, loaded.library, loaded.scenario.first_day))


def _among(actors, codes):
    """Which actors are among some codes: (A,) bool."""
    known = frozenset(codes)
    return np.array([code in known for code in actors], dtype=bool)


def _year(date):
    return date.year + (date.timetuple().tm_yday - 1) / 365.25


def _value(figure, default=None):
    return default if figure is None else figure.value


def _members_of_body(code, library):
    """States that are or were its members, whenever."""
    return [library.states[c] for c in library.groups[library.bodies[code].group].members if c in library.states]


def _members_at_first(code, loaded):
    """Codes of a body's members on the first day."""
    group = loaded.library.bodies[code].group
    return resolve_members([f"group:{group}"], loaded.library, loaded.scenario.first_day)


def _gdp(code, loaded):
    """Gross domestic product, USD billion. A body: the sum over its members.

    Unknown: the median of allies, partners and adversaries, so that it stays when the library comes to know others.
    """
    library = loaded.library
    if code in library.bodies:
        return sum(_value(state.gdp_usd_bn, 0.0) for state in _members_of_body(code, library))
    state = library.states.get(code)
    if state is None or state.gdp_usd_bn is None:
        known = [s.gdp_usd_bn.value for s in library.states.values() if s.gdp_usd_bn and s.role != "other"]
        return float(np.median(known))
    return state.gdp_usd_bn.value


def _economy(code, loaded):
    """Square root of GDP over the largest economy's, at most 1."""
    own = _own(code, loaded, "economy")
    if own is not None:
        return own
    return min(1.0, (_gdp(code, loaded) / _gdp(YARDSTICK, loaded)) ** 0.5)


def _cyber(code, loaded):
    """Half the commitment index, half the power rank (unranked: none). A body: its best member's."""
    own = _own(code, loaded, "cyber")
    if own is not None:
        return own
    library = loaded.library
    if code in library.bodies:
        return max(_cyber_of(state) for state in _members_of_body(code, library))
    return _cyber_of(library.states[code]) if code in library.states else 0.3


def _cyber_of(state):
    commitment = _value(state.gci, 50.0) / 100
    power = UNRANKED_CYBER if state.ncpi_rank is None else 1 - (state.ncpi_rank.value - 1) / MOST_RANKED
    return (commitment + power) / 2


def _military(code, loaded):
    """Square root of defence expenditure over the largest spender's; unknown: none."""
    own = _own(code, loaded, "military")
    if own is not None:
        return own
    library = loaded.library
    largest = library.states[YARDSTICK].defence_usd_bn.value
    if code in library.bodies:
        spent = sum(_value(state.defence_usd_bn, 0.0) for state in _members_of_body(code, library))
    else:
        state = library.states.get(code)
        spent = _value(state.defence_usd_bn, 0.0) if state else 0.0
    return min(1.0, (spent / largest) ** 0.5)


def _capability(choice, economy, cyber, military):
    """What an actor weighs in a compromise, by the scenario's choice."""
    return {
        "gdp": economy**2,
        "defence": military**2,
        "gdp_cyber": economy * (0.25 + 0.75 * cyber),
        "equal": np.ones_like(economy),
    }[choice]


def _capital(actors, loaded, usual):
    """Political capital at the start: the scenario's own, or the usual."""
    own = [_own(code, loaded, "capital") for code in actors]
    return quantize([at_first if given is None else given for given, at_first in zip(own, usual, strict=True)])


def _population(actors, loaded):
    """Share of the EU's population, which a qualified majority counts: the scenario's own, or the library's."""
    states, own = loaded.library.states, loaded.scenario.actors
    given = {code: actor.eu_population_pct for code, actor in own.items() if actor.eu_population_pct is not None}
    known = {code: _value(states[code].qmv_population_share_pct, 0.0) for code in actors if code in states}
    return np.array([(known | given).get(code, 0.0) / 100 for code in actors])


def _towards(figure, actors, adversaries, *known):
    """A figure of each actor towards each adversary: (D, 1, A). A body's comes of its members', worked out once."""

    @cache
    def of(code, other):
        return figure(of, code, other, *known)

    return np.array([[[of(code, other) for code in actors]] for other in adversaries])


def _exposure(of, code, other, loaded, one):
    """Exposure to an adversary: trade against GDP, tempered by who needs whom, and energy. Unknown trade: none."""
    own, library = _own(code, loaded, "exposure") or {}, loaded.library
    if other in own:
        return own[other]
    if code == other:
        return 0.0
    if code in library.bodies:
        members = _members_at_first(code, loaded)
        weights = np.array([_gdp(member, loaded) for member in members])
        values = np.array([of(member, other) for member in members])
        return float((weights * values).sum() / weights.sum())
    state = library.states.get(code)
    if state is None or other not in state.exposure:
        return 0.0
    figures = state.exposure[other]
    trade = _value(figures.trade_pct_gdp, 0.0)
    foe = library.states.get(other)
    if foe and foe.trade_fell_in and loaded.scenario.first_day.year >= foe.trade_fell_in:
        trade *= one("trade_rus_since_2022")
    needs_it_more = float(asymmetry(_gdp(other, loaded), _gdp(code, loaded)))
    by_trade = trade_exposure(trade, one("exposure_half")) * needs_it_more ** one("exposure_asymmetry")
    return 1 - (1 - by_trade) * (1 - one("exposure_energy") * _value(figures.energy, 0.0))


def _stance(of, code, other, loaded, one):
    """How far an actor sees an adversary of its own ocean as a threat: votes, past coercion, opinion."""
    own, library = _own(code, loaded, "stance") or {}, loaded.library
    if other in own:
        return own[other]
    if code == other:
        return -1.0
    if code in library.bodies:
        return float(np.mean([of(member, other) for member in _members_at_first(code, loaded)]))
    state, foe = library.states.get(code), library.states.get(other)
    if state is None or foe is None:
        return 0.0
    stance = one("stance_distance") * _distance(state, foe, loaded.scenario.first_day.year) / one("ideal_point_scale")
    past = [e for e in state.episodes if e.by == other and e.start <= loaded.scenario.first_day.year]
    stance += one("stance_episode") * min(len(past), 2)
    if other in state.unfavourable:
        stance += one("stance_opinion") * (state.unfavourable[other].value / 100 - one("opinion_middle"))
    return stance


def _borders(of, code, other, loaded):
    """Whether a border with an adversary counts: 0 or 1, of a body the share of its members. Not where the scenario
    gives the stance itself."""
    library = loaded.library
    if other in (_own(code, loaded, "stance") or {}):
        return 0.0
    if code in library.bodies:
        return float(np.mean([of(member, other) for member in _members_at_first(code, loaded)]))
    return float(code in library.states and other in library.states[code].borders)


def _distance(state, foe, year):
    """Distance of ideal points in the newest year not after the scenario's; unknown: the middle of the scale."""
    if not state.ideal_point or not foe.ideal_point:
        return 1.5
    common = sorted(set(state.ideal_point) & set(foe.ideal_point))
    if not common:
        return 1.5
    usable = [y for y in common if y <= year] or common[:1]
    return abs(state.ideal_point[usable[-1]].value - foe.ideal_point[usable[-1]].value)


def _is_far(code, other, loaded):
    """Whether an adversary of the other ocean counts less; not where the scenario itself gives the stance."""
    if code == other or other in (_own(code, loaded, "stance") or {}):
        return False
    one, two = _theatre(code, loaded), _theatre(other, loaded)
    return not ("both" in (one, two) or one == two)


# ------------------------------------------------------------------------------------------------- ties among them

# Whose trouble counts as one's own, who shares evidence with whom, and who looks to whom before acting. All three come
# from groups: a group of the library names the coefficients for its tie and its sharing. Who belongs together is
# arranged once (`bonds_of`); how strong a bond is follows from the coefficients, which may differ from run to run
# (`tied`, `shared`).


@dataclass(frozen=True)
class Bonds:
    """Who belongs together, and by which coefficient that counts: arrays (A, A) of bool but where it is said."""

    tie: dict  # such an array for each coefficient
    sharing: dict  # the same
    neighbours: np.ndarray  # states that border the same adversary
    given: np.ndarray  # a tie the scenario gives itself, else nan
    same_ocean: np.ndarray
    counts: np.ndarray  # (A,) of bool, who can be moved by another's trouble


def bonds_of(loaded, actor_table):
    """The bonds among the actors of a scenario on its first day."""
    tie, sharing, library = {}, {}, loaded.library
    for key, group in library.groups.items():
        named = [(name, kinds) for name, kinds in ((group.tie, tie), (group.sharing, sharing)) if name]
        inside = actor_table.members(sorted(group_members(key, library, loaded.scenario.first_day)) if named else ())
        for name, kinds in named:
            kinds[name] = kinds.get(name, False) | np.outer(inside, inside) & ~np.eye(len(inside), dtype=bool)
    return Bonds(
        tie,
        sharing,
        _neighbours(actor_table.actors, library),
        _given(loaded, actor_table),
        _same_ocean([_theatre(code, loaded) for code in actor_table.actors]),
        actor_table.is_state,
    )


def _neighbours(actors, library):
    borders = [set(library.states[code].borders) if code in library.states else set() for code in actors]
    return np.array([[bool(mine & theirs) for theirs in borders] for mine in borders])


def _given(loaded, actor_table):
    given = np.full((len(actor_table.actors), len(actor_table.actors)), np.nan)
    for tie in loaded.scenario.ties:
        one, other = (actor_table.place[code] for code in tie.between)
        given[one, other] = given[other, one] = tie.strength
    return given


def _same_ocean(places):
    places = np.array(places)
    is_in_any = (places == "both") | (places == "elsewhere")
    return (places[:, None] == places) | is_in_any[:, None] | is_in_any


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
    """Who looks to whom: (K, 1, A), members' weights by capability within each club, and within all who take part.

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
    return np.array(rows).reshape(-1, 1, len(actor_table.actors))
