"""The actors as Mesa agents: who they are, what is true of them now, and who chooses for them.

Agents own identity and choice; arrays own state. An agent stores no figure of its own: every attribute reads the first
row of the world's arrays, so that there is one truth and one implementation of every rule. What choosing takes
(policies, the names of the moves) an agent has from its model, the `Exercise`.

    Actor
      StateActor    a state that chooses for itself; or NATO or the EU where a scenario plays it as one
      Body          NATO or the EU where its members choose
      Adversary     a state that commits incidents
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import mesa
import numpy as np

from sim.catalogue.moves import AT_LARGE
from sim.errors import did_you_mean, refusal
from sim.model.decisions import Decision, View
from sim.model.inputs import ModelInputs
from sim.model.state import State
from sim.model.view import view
from sim.policies.policy import Policy
from sim.policies.seating import PolicyLike
from sim.rules.attribution import confidence
from sim.scenario import Loaded
from sim.scenario.facts import group_members


class Actor(mesa.Agent):
    """Any party to an exercise.

    Parameters
    ----------
    model : Exercise
    code : str, ISO 3166 alpha-3 in capitals, or NATO, or EU
    policy : Policy or None; None follows the model's own rule

    To try another rule, give an actor a policy (`actor.policy = Hawk()`); or subclass this class, answer `choose`, and
    pass it to `Exercise(agent_classes={"JPN": Japan})`.
    """

    kind = "actor"
    sees = Policy.sees

    def __init__(self, model: Any, code: str, policy: Policy | None = None) -> None:
        super().__init__(model)
        self.code = code
        self._policy = policy

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.code!r})"

    # ------------------------------------------------------------------------------------------- choosing

    @property
    def policy(self) -> Policy:
        """Who chooses. Set a Policy, its class or its name; None gives the seat back to the model's own rule."""
        return self._policy or self.model.own_rule

    @policy.setter
    def policy(self, policy: PolicyLike | None) -> None:
        self._policy = self.model.policy_for(self.code, policy)
        self.model.take_seats()

    @property
    def has_own_will(self) -> bool:
        """Whether it has to be asked: it has a policy, or a class that chooses differently."""
        return self._policy is not None or self.chooses_itself

    @property
    def chooses_itself(self) -> bool:
        """Whether its class answers `choose` in its own way."""
        return type(self).choose is not Actor.choose

    def choose(self, view: View, decision: Decision) -> Sequence[str]:
        """The ids it chooses among `decision.options`, out of what it can see (`sim.model.view`): what its policy says.

        Subclass to answer differently.
        """
        return self.policy.choose(view, decision)

    @property
    def decides(self) -> tuple[str, ...]:
        """The kinds of decision on which it is asked."""
        return Policy.decides if self.chooses_itself else self.policy.decides

    @property
    def memory(self) -> bool:
        """Whether whoever chooses for it remembers earlier turns."""
        return self.policy.memory

    def of(self, run: int) -> "Actor":
        """Who sits in its seat in a run: itself."""
        return self

    def fresh(self) -> Any:
        """What sits in its seat in a look ahead: a class that chooses in its own way, or its policy."""
        return self if self.chooses_itself else self.policy.fresh()

    def view(self) -> View:
        """What it can see now: plain data, with nothing in it that it cannot know."""
        return view(self.model.world, self.code)

    # ------------------------------------------------------------------------------------------- who it is

    @property
    def name(self) -> str:
        """Its name in full."""
        own = self._loaded.scenario.actors.get(self.code)
        return own.name if own and own.name else self._entry.name if self._entry else self.code

    @property
    def role(self) -> str:
        """ally, eu_member, partner, other or adversary, as scenario or library say; of NATO and the EU, body."""
        own = self._loaded.scenario.actors.get(self.code)
        if own and own.role:
            return own.role
        return "body" if self.code in self._loaded.library.bodies else getattr(self._entry, "role", "other")

    @property
    def memberships(self) -> tuple[str, ...]:
        """The groups it belongs to on the scenario's first day: a tuple of names such as nato, eu, g7, five_eyes."""
        library, start = self._loaded.library, self._loaded.scenario.first_day
        return tuple(name for name in library.groups if self.code in group_members(name, library, start))

    @property
    def is_ally(self) -> bool:
        """Whether it is a member of NATO, or NATO."""
        return bool(self._setting.is_nato[self.place])

    @property
    def is_eu_member(self) -> bool:
        """Whether it is a member of the EU, or the EU."""
        return bool(self._setting.is_eu[self.place])

    @property
    def is_partner(self) -> bool:
        """Whether it is one of the four partners: Australia, Japan, South Korea, New Zealand."""
        return bool(self._setting.is_partner[self.place])

    # ------------------------------------------------------------------------------------------- what is true of it

    @property
    def capital(self) -> float:
        """Political capital left; 1 is a year's."""
        return float(self._state.capital[0, self.place])

    @property
    def spent(self) -> float:
        """Political capital spent so far."""
        return float(self._state.spent[0, self.place])

    @property
    def responses(self) -> tuple[tuple[str, str], ...]:
        """What it has joined: a tuple of (incident, response)."""
        return tuple(self._setting.options[o] for o in np.flatnonzero(self._state.joined[:, 0, self.place]))

    def exposure(self, adversary: "str | Actor") -> float:
        """How far it depends on an adversary now, 0 to 1, with what was added by courting or squeezing it."""
        d = self._adversary(adversary)
        return float(
            np.clip(self._setting.exposure[d, 0, self.place] + self._state.added_exposure[d, 0, self.place], 0.0, 1.0)
        )

    def stance(self, adversary: "str | Actor") -> float:
        """How far it sees an adversary as a threat, -1 to 1."""
        return float(self._setting.stance[self._adversary(adversary), 0, self.place])

    def confidence(self, incident: str | None = None) -> float:
        """How sure it is who did it, 0 to 1; of no incident in particular, the highest. Only states judge: else nan."""
        return self._judged(confidence(self._state.belief[:, 0, self.place]), incident)

    def stake(self, incident: str | None = None) -> float:
        """What is at stake for it in an incident, 0 to 1; of none in particular, the highest. Only states: else nan."""
        return self._judged(self._state.stake[:, 0, self.place], incident)

    def gravity(self, incident: str | None = None) -> float:
        """How grave it sees an incident, 0 to 1; of none in particular, the gravest. Only states judge: else nan."""
        return self._judged(self._state.perceived[:, 0, self.place], incident)

    def position(self, incident: str) -> float:
        """The text it wants over an incident, 0 silence to 1 measures. Only states want one: else nan."""
        return self._judged(self._state.position[:, 0, self.place], incident)

    # ------------------------------------------------------------------------------------------- below

    @property
    def place(self) -> int:
        """Its place on the actors' axis of every array."""
        return self._setting.index[self.code]

    @property
    def _setting(self) -> ModelInputs:
        return self.model.world.inputs

    @property
    def _state(self) -> State:
        return self.model.world.state

    @property
    def _loaded(self) -> Loaded:
        return self._setting.loaded

    @property
    def _entry(self) -> Any:
        return self._loaded.library.states.get(self.code) or self._loaded.library.bodies.get(self.code)

    def _adversary(self, adversary: "str | Actor") -> int:
        return _found(getattr(adversary, "code", adversary), self._setting.adversaries, "adversary")

    def _judged(self, values: np.ndarray, incident: str | None) -> float:
        """One incident's value, or the highest over the incidents that have begun."""
        if incident is not None:
            value = values[_found(incident, self._setting.incidents, "incident")]
            return float(value) if self._setting.is_state[self.place] else math.nan
        begun = self._setting.incident_begins <= self.model.turn
        if not self._setting.is_state[self.place] or not begun.any():
            return math.nan
        return float(values[begun].max())


class StateActor(Actor):
    """A state that chooses for itself; or a body where a scenario plays it as one."""

    kind = "state"


class Body(Actor):
    """NATO or the EU where its members choose: instruments of its own, and no will beyond theirs."""

    kind = "body"

    @property
    def members(self) -> tuple[Actor, ...]:
        """Its members among the actors: a tuple of Actor."""
        row = self._setting.bodies.index(self.code)
        return tuple(self.model.actor(self._setting.actors[k]) for k in np.flatnonzero(self._setting.body_members[row]))


class Adversary(Actor):
    """A state that commits incidents, bears pressure and chooses what next."""

    kind = "adversary"

    @property
    def last_moves(self) -> dict[str, str]:
        """What it did last: by campaign that goes on, or under `next` if none does."""
        inputs, d = self._setting, self._adversary(self.code)
        chosen = {inputs.incidents[h]: self._state.move[h, 0] for h in np.flatnonzero(inputs.incident_by == d)}
        chosen[AT_LARGE] = self._state.move_at_large[d, 0]
        return {name: self.model.moves[int(last)] for name, last in chosen.items() if last >= 0}

    @property
    def pressure(self) -> float:
        """The pressure it feels, 0 to 1."""
        return float(self._state.pressure[self._adversary(self.code), 0])


def kind_of(inputs: ModelInputs, place: int) -> type[Actor]:
    """The class of the agent at a place of the actors' axis."""
    if inputs.actors[place] in inputs.adversaries:
        return Adversary
    return StateActor if inputs.is_state[place] else Body


def _found(name: str, known: Iterable[str], what: str) -> int:
    """The place of a name; InputError with advice when it is not known."""
    if name not in known:
        raise refusal(f"no {what} '{name}' in this exercise. {did_you_mean(str(name), known)}")
    return list(known).index(name)
