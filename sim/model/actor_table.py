"""Who takes part, and each actor's figures turned into numbers between 0 and 1.

A figure that the library does not know falls back as each function says; `sim/ODD.md` repeats it.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.rules.coercion import asymmetry, trade_exposure
from sim.rules.quantize import quantize
from sim.scenario import resolve_members
from sim.scenario.library_schema import YARDSTICK

ACTOR_ARRAYS = (
    "actors",
    "adversaries",
    "bodies",
    "is_state",
    "is_nato",
    "is_eu",
    "is_partner",
    "body_members",
    "speaks_alone",
    "economy",
    "cyber",
    "military",
    "capability",
    "population",
    "capital",
    "capacity",
    "exposure",
    "stance_near",
    "borders",
    "other_ocean",
)
MOST_RANKED = 30
UNRANKED_CYBER = 0.0


@dataclass(frozen=True)
class ActorTable:
    """The actors' arrays, as `ModelInputs` describes them."""

    loaded: object
    date: object
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
    def _known(self):
        return {}

    def expanded(self, names):
        """Codes that a list of codes, groups and bodies stands for on the scenario's first day."""
        key = tuple(names)
        if key not in self._known:
            named = [name for name in names if name != "any"]
            self._known[key] = frozenset(resolve_members(named, self.loaded.library, self.date))
        return self._known[key]

    def members(self, names):
        """Which actors a list of codes and groups means: (A,) bool. A body playing as one stands for its members."""
        codes = self.expanded(names)
        inside = np.array([code in codes for code in self.actors])
        adversaries = np.array([code in self.adversaries for code in self.actors])
        if "any" in names:
            inside = inside | self.is_state | adversaries
        for body in self.bodies:
            if self.is_state[self.place[body]] and f"group:{self.loaded.library.bodies[body].group}" in names:
                inside[self.place[body]] = True
        return inside & (self.is_state | adversaries)

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
            return np.isin(self.actors, list(victims))
        if what == "forces":
            return self.military[0] > 0
        return np.array([state.ncpi_rank is not None if state else False for state in known]) | (
            self.is_body & ~self.is_state
        )


class Numbers:
    """Coefficients as plain numbers, looked up one by one.

    >>> from types import SimpleNamespace
    >>> Numbers(SimpleNamespace(b_peer=np.array([[0.5]])))["b_peer"]
    0.5
    """

    def __init__(self, params):
        self._beh = params

    def __getitem__(self, name):
        return float(getattr(self._beh, name)[0, 0])


def actor_table_of(loaded, params):
    """The actors of a scenario.

    Parameters
    ----------
    loaded : Loaded
    params : namespace of coefficients, each an array of one number

    Returns
    -------
    Cast
    """
    scenario, library = loaded.scenario, loaded.library
    one = Numbers(params)
    actors = _actors(scenario, library)
    adversaries = tuple(code for code in actors if _role(code, loaded) == "adversary")
    bodies = tuple(code for code in actors if code in library.bodies)
    as_one = scenario.bodies_as == "one"
    is_body = np.array([code in bodies for code in actors])
    is_adversary = np.array([code in adversaries for code in actors])
    is_member = {
        body: _holds(actors, library, library.bodies[body].group, scenario.first_day) for body in library.bodies
    }
    economy = np.array([_economy(code, loaded) for code in actors])
    cyber = np.array([_cyber(code, loaded) for code in actors])
    military = np.array([_military(code, loaded) for code in actors])
    capacity = one["capacity_floor"] + (1 - one["capacity_floor"]) * economy
    overrides = scenario.actors
    return ActorTable(
        loaded=loaded,
        date=scenario.first_day,
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
        economy=quantize(economy)[None],
        cyber=quantize(cyber)[None],
        military=quantize(military)[None],
        capability=quantize(_capability(scenario.capability, economy, cyber, military))[None],
        population=_population(actors, loaded)[None],
        capital=quantize(
            [
                overrides[c].capital
                if c in overrides and overrides[c].capital is not None
                else one["capital_start"] * carries
                for c, carries in zip(actors, capacity, strict=True)
            ]
        )[None],
        capacity=quantize(capacity)[None],
        habit_naming=_in_some_group(loaded, actors, lambda group: group.names_culprits).astype(float)[None],
        exposure=np.array([[[_exposure(code, other, loaded, one) for code in actors]] for other in adversaries]),
        stance_near=np.array([[[_stance(code, other, loaded, one) for code in actors]] for other in adversaries]),
        borders=np.array([[[_borders(code, other, loaded) for code in actors]] for other in adversaries]),
        other_ocean=np.array([[[_is_far(code, other, loaded) for code in actors]] for other in adversaries]).astype(
            float
        ),
    )


def _actors(scenario, library):
    if scenario.bodies_as == "one":
        kept = [name for name in scenario.participants if name in library.bodies]
        rest = resolve_members(
            [name for name in scenario.participants if name not in library.bodies], library, scenario.first_day
        )
        inside = {code for body in kept for code in library.groups[library.bodies[body].group].members}
        return tuple([code for code in rest if code not in inside or code in scenario.participants] + kept)
    return tuple(resolve_members(scenario.participants, library, scenario.first_day))


def _role(code, loaded):
    own = loaded.scenario.actors.get(code)
    if own and own.role:
        return own.role
    return loaded.library.states[code].role if code in loaded.library.states else "other"


def _theatre(code, loaded):
    own = loaded.scenario.actors.get(code)
    if own and own.theatre:
        return own.theatre
    known = loaded.library.states.get(code) or loaded.library.bodies.get(code)
    return known.theatre if known else "elsewhere"


def theatres(loaded, actors):
    """Theatre of each actor, with the scenario's own in place of the library's."""
    return tuple(_theatre(code, loaded) for code in actors)


def _holds(actors, library, group, date):
    members = resolve_members([f"group:{group}"], library, date) if group in library.groups else ()
    return np.isin(actors, members)


def _in_some_group(loaded, actors, is_meant):
    """Which actors belong, on the first day, to a group of the library that is meant: (A,) bool."""
    named = [f"group:{name}" for name, group in loaded.library.groups.items() if is_meant(group)]
    return np.isin(actors, resolve_members(named, loaded.library, loaded.scenario.first_day))


def _year(date):
    return date.year + (date.timetuple().tm_yday - 1) / 365.25


def _value(figure, default=None):
    return default if figure is None else figure.value


def _members_of_body(code, library):
    return [library.states[c] for c in library.groups[library.bodies[code].group].members if c in library.states]


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
    own = loaded.scenario.actors.get(code)
    if own and own.economy is not None:
        return own.economy
    return min(1.0, (_gdp(code, loaded) / _gdp(YARDSTICK, loaded)) ** 0.5)


def _cyber(code, loaded):
    """Half the commitment index, half the power rank (unranked: none). A body: its best member's."""
    own = loaded.scenario.actors.get(code)
    if own and own.cyber is not None:
        return own.cyber
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
    own = loaded.scenario.actors.get(code)
    if own and own.military is not None:
        return own.military
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


def _population(actors, loaded):
    """Share of the EU's population, which a qualified majority counts: the scenario's own, or the library's."""
    states, own = loaded.library.states, loaded.scenario.actors
    given = {code: actor.eu_population_pct for code, actor in own.items() if actor.eu_population_pct is not None}
    known = {code: _value(states[code].qmv_population_share_pct, 0.0) for code in actors if code in states}
    return np.array([(known | given).get(code, 0.0) / 100 for code in actors])


def _exposure(code, other, loaded, one):
    """Exposure to an adversary: trade against GDP, tempered by who needs whom, and energy. Unknown trade: none."""
    own = loaded.scenario.actors.get(code)
    if own and other in own.exposure:
        return own.exposure[other]
    library = loaded.library
    if code == other:
        return 0.0
    if code in library.bodies:
        members = resolve_members([f"group:{library.bodies[code].group}"], library, loaded.scenario.first_day)
        weights = np.array([_gdp(member, loaded) for member in members])
        values = np.array([_exposure(member, other, loaded, one) for member in members])
        return float((weights * values).sum() / weights.sum())
    state = library.states.get(code)
    if state is None or other not in state.exposure:
        return 0.0
    figures = state.exposure[other]
    trade = _value(figures.trade_pct_gdp, 0.0)
    foe = library.states.get(other)
    if foe and foe.trade_fell_in and loaded.scenario.first_day.year >= foe.trade_fell_in:
        trade *= one["trade_rus_since_2022"]
    needs_it_more = float(asymmetry(_gdp(other, loaded), _gdp(code, loaded)))
    by_trade = trade_exposure(trade, one["exposure_half"]) * needs_it_more ** one["exposure_asymmetry"]
    return 1 - (1 - by_trade) * (1 - one["exposure_energy"] * _value(figures.energy, 0.0))


def _stance(code, other, loaded, one):
    """How far an actor sees an adversary of its own ocean as a threat: votes, past coercion, opinion."""
    own = loaded.scenario.actors.get(code)
    if own and other in own.stance:
        return own.stance[other]
    library = loaded.library
    if code == other:
        return -1.0
    if code in library.bodies:
        members = resolve_members([f"group:{library.bodies[code].group}"], library, loaded.scenario.first_day)
        return float(np.mean([_stance(member, other, loaded, one) for member in members]))
    state, foe = library.states.get(code), library.states.get(other)
    if state is None or foe is None:
        return 0.0
    stance = one["stance_distance"] * _distance(state, foe, loaded.scenario.first_day.year) / one["ideal_point_scale"]
    past = [e for e in state.episodes if e.by == other and e.start <= loaded.scenario.first_day.year]
    stance += one["stance_episode"] * min(len(past), 2)
    if other in state.unfavourable:
        stance += one["stance_opinion"] * (state.unfavourable[other].value / 100 - one["opinion_middle"])
    return stance


def _borders(code, other, loaded):
    """Whether a border with an adversary counts: 0 or 1, of a body the share of its members. Not where the scenario
    gives the stance itself."""
    own = loaded.scenario.actors.get(code)
    if own and other in own.stance:
        return 0.0
    library = loaded.library
    if code in library.bodies:
        members = resolve_members([f"group:{library.bodies[code].group}"], library, loaded.scenario.first_day)
        return float(np.mean([_borders(member, other, loaded) for member in members]))
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
    own = loaded.scenario.actors.get(code)
    if code == other or (own and other in own.stance):
        return False
    one, two = _theatre(code, loaded), _theatre(other, loaded)
    return not ("both" in (one, two) or one == two)
