"""Who takes part, each actor's figures turned into numbers between 0 and 1, and the ties among the actors.

A figure that the library does not know falls back as each function says; `sim/ODD.md` repeats it.
"""

from dataclasses import dataclass, field, fields, replace
from functools import cached_property

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

    figures: "Figures"  # what these arrays were worked out by
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
    known_members: dict = field(default_factory=dict, repr=False)  # by a list of codes and groups

    @property
    def loaded(self):
        """The scenario, with its library."""
        return self.figures.loaded

    @cached_property
    def place(self):
        """Place of each actor on the actors' axis."""
        return {code: k for k, code in enumerate(self.actors)}

    @cached_property
    def _is_adversary(self):
        return _among(self.actors, self.adversaries)

    def members(self, names):
        """Which actors a list of codes and groups means: (A,) bool. A body playing as one stands for its members."""
        key = tuple(names)
        if key not in self.known_members:
            self.known_members[key] = self._members(key)
            self.known_members[key].flags.writeable = False
        return self.known_members[key]

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
    one.name
    for one in fields(ActorTable)
    if one.name not in ("figures", "norm_year", "is_body", "habit_naming", "known_members")
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
    figures = Figures(loaded, params)
    return ActorTable(
        figures=figures,
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
        **_figures(figures, actors, adversaries),
    )


class Figures:
    """Figures of actors, each worked out once: called with a function below, a code, and what else it takes.

    It keeps what each was worked out from, as ("states", code, field) of the library, ("actors", code, field) of the
    scenario, or ("behaviour", name), so that it is known which to work out anew when something else is said there.

    Parameters
    ----------
    loaded : Loaded
    params : namespace of coefficients, each an array of one number
    known : dict of what is worked out already, by call: the figure, and what it was worked out from
    """

    def __init__(self, loaded, params, known=()):
        self.loaded, self.params, self.known, self._read = loaded, params, dict(known), set()

    def __call__(self, *call):
        if call not in self.known:
            before, self._read = self._read, set()
            self.known[call] = call[0](self, *call[1:]), self._read
            self._read = before
        value, read = self.known[call]
        self._read |= read
        return value

    def state(self, code, name):
        """What the library knows of a state, or None."""
        self._read.add(("states", code, name))
        return getattr(self.loaded.library.states.get(code), name, None)

    def own(self, code, name):
        """What the scenario itself says of an actor, in place of the library; None where it says nothing."""
        self._read.add(("actors", code, name))
        return _own(code, self.loaded, name)

    def one(self, name):
        """A coefficient as a plain number; looked up alone, so that it can be told which of them were read."""
        self._read.add(("behaviour", name))
        return float(getattr(self.params, name)[0, 0])

    def anew(self, loaded, params, changed):
        """The same for a scenario in which something else is said, and the codes whose figures are to be worked out."""
        known = {call: kept for call, kept in self.known.items() if kept[1].isdisjoint(changed)}
        return Figures(loaded, params, known), {code for _, code, *_ in self.known.keys() - known.keys()}

    @property
    def coefficients(self):
        """Names of the coefficients that any was worked out from."""
        return {name for _, read in self.known.values() for home, name, *_ in read if home == "behaviour"}


def _figures(of, actors, adversaries):
    """What library and scenario make of some actors: arrays by name, with these actors on the last axis."""
    economy = np.array([of(_economy, code) for code in actors])
    cyber = np.array([of(_cyber, code) for code in actors])
    military = np.array([of(_military, code) for code in actors])
    return {
        "economy": quantize(economy)[None],
        "cyber": quantize(cyber)[None],
        "military": quantize(military)[None],
        "capability": quantize(_capability(of.loaded.scenario.capability, economy, cyber, military))[None],
        "capital": quantize([of(_capital, code) for code in actors])[None],
        "capacity": quantize([of(_capacity, code) for code in actors])[None],
        "exposure": _towards(of, _exposure, actors, adversaries),
        "stance_near": _towards(of, _stance, actors, adversaries),
        "borders": _towards(of, _borders, actors, adversaries),
        "other_ocean": _towards(of, _is_far, actors, adversaries),
    }


def _towards(of, figure, actors, adversaries):
    """A figure of each actor towards each adversary: (D, 1, A)."""
    return np.array([[[of(figure, code, other) for code in actors]] for other in adversaries], dtype=float)


def with_figures_anew(table, loaded, params, changed):
    """The table of a scenario that says something else of the figures of actors, as its library or coefficients may.

    Parameters
    ----------
    table : ActorTable
    loaded : Loaded
    params : namespace of coefficients
    changed : set of what is said otherwise, as `Figures` keeps it
    """
    figures, moved = table.figures.anew(loaded, params, changed)
    actors, arrays = [code for code in table.actors if code in moved], {}
    for name, values in _figures(figures, actors, table.adversaries).items():
        arrays[name] = getattr(table, name).copy()
        arrays[name][..., [table.place[code] for code in actors]] = values
    return replace(table, figures=figures, **arrays)


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


def _members_of_body(of, code):
    """Codes of the states that are or were its members, whenever."""
    library = of.loaded.library
    return [c for c in library.groups[library.bodies[code].group].members if c in library.states]


def _members_at_first(of, group):
    """Codes of a group's members on the first day."""
    return resolve_members([f"group:{group}"], of.loaded.library, of.loaded.scenario.first_day)


def _gdp(of, code):
    """Gross domestic product, USD billion. A body: the sum over its members.

    Unknown: the median of allies, partners and adversaries, so that it stays when the library comes to know others.
    """
    library = of.loaded.library
    if code in library.bodies:
        return sum(_value(of.state(member, "gdp_usd_bn"), 0.0) for member in _members_of_body(of, code))
    known = of.state(code, "gdp_usd_bn")
    if known is None:
        others = [of.state(other, "gdp_usd_bn") for other, state in library.states.items() if state.role != "other"]
        return float(np.median([figure.value for figure in others if figure]))
    return known.value


def _economy(of, code):
    """Square root of GDP over the largest economy's, at most 1."""
    own = of.own(code, "economy")
    if own is not None:
        return own
    return min(1.0, (of(_gdp, code) / of(_gdp, YARDSTICK)) ** 0.5)


def _cyber(of, code):
    """Half the commitment index, half the power rank (unranked: none). A body: its best member's."""
    own = of.own(code, "cyber")
    if own is not None:
        return own
    library = of.loaded.library
    if code in library.bodies:
        return max(of(_cyber_of, member) for member in _members_of_body(of, code))
    return of(_cyber_of, code) if code in library.states else 0.3


def _cyber_of(of, code):
    commitment, rank = _value(of.state(code, "gci"), 50.0) / 100, of.state(code, "ncpi_rank")
    power = UNRANKED_CYBER if rank is None else 1 - (rank.value - 1) / MOST_RANKED
    return (commitment + power) / 2


def _military(of, code):
    """Square root of defence expenditure over the largest spender's; unknown: none."""
    own = of.own(code, "military")
    if own is not None:
        return own
    spending = _members_of_body(of, code) if code in of.loaded.library.bodies else [code]
    spent = sum(_value(of.state(one, "defence_usd_bn"), 0.0) for one in spending)
    return min(1.0, (spent / of.state(YARDSTICK, "defence_usd_bn").value) ** 0.5)


def _capability(choice, economy, cyber, military):
    """What an actor weighs in a compromise, by the scenario's choice."""
    return {
        "gdp": economy**2,
        "defence": military**2,
        "gdp_cyber": economy * (0.25 + 0.75 * cyber),
        "equal": np.ones_like(economy),
    }[choice]


def _capacity(of, code):
    """How much a ministry can carry against the largest."""
    return of.one("capacity_floor") + (1 - of.one("capacity_floor")) * of(_economy, code)


def _capital(of, code):
    """Political capital at the start: the scenario's own, or what goes with its capacity."""
    own = of.own(code, "capital")
    return of.one("capital_start") * of(_capacity, code) if own is None else own


def _population(actors, loaded):
    """Share of the EU's population, which a qualified majority counts: the scenario's own, or the library's."""
    states, own = loaded.library.states, loaded.scenario.actors
    given = {code: actor.eu_population_pct for code, actor in own.items() if actor.eu_population_pct is not None}
    known = {code: _value(states[code].qmv_population_share_pct, 0.0) for code in actors if code in states}
    return np.array([(known | given).get(code, 0.0) / 100 for code in actors])


def _exposure(of, code, other):
    """Exposure to an adversary: trade against GDP, tempered by who needs whom, and energy. Unknown trade: none."""
    own, library = of.own(code, "exposure") or {}, of.loaded.library
    if other in own:
        return own[other]
    if code == other:
        return 0.0
    if code in library.bodies:
        members = of(_members_at_first, library.bodies[code].group)
        weights = np.array([of(_gdp, member) for member in members])
        values = np.array([of(_exposure, member, other) for member in members])
        return float((weights * values).sum() / weights.sum())
    figures = (of.state(code, "exposure") or {}).get(other)
    if figures is None:
        return 0.0
    trade, fell_in = _value(figures.trade_pct_gdp, 0.0), of.state(other, "trade_fell_in")
    if fell_in and of.loaded.scenario.first_day.year >= fell_in:
        trade *= of.one("trade_rus_since_2022")
    needs_it_more = float(asymmetry(of(_gdp, other), of(_gdp, code)))
    by_trade = trade_exposure(trade, of.one("exposure_half")) * needs_it_more ** of.one("exposure_asymmetry")
    return 1 - (1 - by_trade) * (1 - of.one("exposure_energy") * _value(figures.energy, 0.0))


def _stance(of, code, other):
    """How far an actor sees an adversary of its own ocean as a threat: votes, past coercion, opinion."""
    own, library, year = of.own(code, "stance") or {}, of.loaded.library, of.loaded.scenario.first_day.year
    if other in own:
        return own[other]
    if code == other:
        return -1.0
    if code in library.bodies:
        members = of(_members_at_first, library.bodies[code].group)
        return float(np.mean([of(_stance, member, other) for member in members]))
    if not {code, other} <= library.states.keys():
        return 0.0
    stance = of.one("stance_distance") * _distance(of, code, other, year) / of.one("ideal_point_scale")
    past = [e for e in of.state(code, "episodes") if e.by == other and e.start <= year]
    stance += of.one("stance_episode") * min(len(past), 2)
    unfavourable = of.state(code, "unfavourable").get(other)
    if unfavourable is not None:
        stance += of.one("stance_opinion") * (unfavourable.value / 100 - of.one("opinion_middle"))
    return stance


def _borders(of, code, other):
    """Whether a border with an adversary counts: 0 or 1, of a body the share of its members. Not where the scenario
    gives the stance itself."""
    library = of.loaded.library
    if other in (of.own(code, "stance") or {}):
        return 0.0
    if code in library.bodies:
        members = of(_members_at_first, library.bodies[code].group)
        return float(np.mean([of(_borders, member, other) for member in members]))
    return float(other in (of.state(code, "borders") or ()))


def _distance(of, code, other, year):
    """Distance of ideal points in the newest year not after the scenario's; unknown: the middle of the scale."""
    mine, theirs = of.state(code, "ideal_point") or {}, of.state(other, "ideal_point") or {}
    common = sorted(set(mine) & set(theirs))
    if not common:
        return 1.5
    usable = [y for y in common if y <= year] or common[:1]
    return abs(mine[usable[-1]].value - theirs[usable[-1]].value)


def _is_far(of, code, other):
    """Whether an adversary of the other ocean counts less; not where the scenario itself gives the stance."""
    if code == other or other in (of.own(code, "stance") or {}):
        return False
    one, two = _theatre(code, of.loaded), _theatre(other, of.loaded)
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


def peer_groups(actor_table):
    """Who looks to whom: (K, 1, A), members' weights by capability within each club, and within all who take part.

    Each row adds up to one and lies on the grid.
    """
    everybody = np.where(actor_table.is_state, actor_table.capability[0], 0.0)
    rows = [quantize(everybody / max(everybody.sum(), 1e-9))]
    for name, group in actor_table.loaded.library.groups.items():
        if group.is_club:
            inside = actor_table.members(actor_table.figures(_members_at_first, name))
            weights = np.where(inside, actor_table.capability[0], 0.0)
            if weights.sum() > 0:
                rows.append(quantize(weights / weights.sum()))
    return np.array(rows).reshape(-1, 1, len(actor_table.actors))
