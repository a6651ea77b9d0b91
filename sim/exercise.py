"""One exercise as a Mesa model: play it turn by turn, look at its actors, give them other policies, ask what if.

It is the engine that plays thousands of runs, with a batch of one: an exercise and `sim.play` of the same scenario,
seed and run number leave the same record, byte for byte.

A policy against the model's own rule, with the same draws:

>>> import sim
>>> class NeverFirst(sim.Policy):
...     '''Joins what it would have joined, but only under a text or after a third of its peers.'''
...     def choose(self, view, decision):
...         if decision.kind != "responses":
...             return decision.default
...         safe = {option.id for option in decision.options if option.covered or option.peer_participation > 1 / 3}
...         return [option for option in decision.default if option in safe]
>>> usual = sim.Exercise("smallest", seed=2).run()
>>> tried = sim.Exercise("smallest", seed=2, policies={"USA": NeverFirst()}).run()
>>> for name in ("harm", "joiners", "peak_tension"):
...     print(name, round(usual.measures[name], 2), round(tried.measures[name], 2))     # doctest: +ELLIPSIS
harm ...
joiners ...
peak_tension ...
"""

import copy
import os
from collections.abc import Iterable, Mapping
from numbers import Integral
from typing import Self

import mesa
from mesa.datacollection import DataCollector

from sim.agents import Actor, kind_of
from sim.catalogue.moves import NAMES
from sim.draws import slot_key
from sim.engine import Measures
from sim.errors import OceansError, did_you_mean, refusal
from sim.model.decisions import KINDS, Answer, Choice
from sim.model.events import Event
from sim.model.state import World
from sim.policies.members import Standard
from sim.policies.policy import Policy, Script
from sim.policies.seating import PolicyLike, check_places, policies_of
from sim.record.record import Record
from sim.scenario import Loaded
from sim.session import Session, in_order

MODEL_REPORTERS = {
    "tension": lambda exercise: float(exercise.world.state.tension[0]),
    "perceived_threat": lambda exercise: float(exercise.world.state.threat[0]),
    "standing": lambda exercise: float(exercise.world.standing()[0]),
    "readiness": lambda exercise: float(exercise.world.state.readiness[0]),
    "harm": lambda exercise: float(exercise.world.state.harm[:, 0].sum()),
    "pressure": lambda exercise: float(exercise.world.state.pressure[:, 0].max(initial=0.0)),
    "strongest_text": lambda exercise: float(exercise.world.state.covered[:, 0].max(initial=0.0)),
}
AGENT_REPORTERS = {
    "code": "code",
    "capital": "capital",
    "confidence": lambda actor: actor.confidence(),
    "stake": lambda actor: actor.stake(),
    "responses": lambda actor: len(actor.responses),
}
# Before 3.5 Mesa's batch_run reads its rows by `steps` and stops one short of it.
STOPS_ONE_SHORT = tuple(int(part) for part in mesa.__version__.split(".")[:2]) < (3, 5)


class Exercise(mesa.Model):
    """One exercise, played turn by turn.

    Parameters
    ----------
    scenario : str, path or Loaded: a scenario that ships, a file, or one already loaded
    seed : int, 0 or more; run : int, number of the run: with the scenario these two give the same exercise again
    policies : dict of code to Policy, or its class or name: who chooses for whom, in place of what the scenario says
    answers : sequence of Answer, given before, which are given again
    agent_classes : dict of code to a subclass of Actor
    baseline : bool, whether the record compares with the same run without the cooperation portfolio

    Attributes
    ----------
    turn : int, turns played; turns : int, turns in all; is_over : bool
    actors : dict of code to Actor; also `agents`, as in any Mesa model
    events, answers : tuples of Event and of Answer, so far
    session : Session, which plays it
    record : Record; what it is judged by is in it once the exercise is over
    datacollector : Mesa's, with one row a turn, and before them row 0: how things stood before the first

    >>> exercise = Exercise("smallest", seed=1)
    >>> exercise.step()
    >>> exercise.turn, exercise.actor("JPN").name, exercise.actor("JPN").role
    (1, 'Japan', 'partner')
    >>> sorted(actor.code for actor in exercise.agents.select(lambda actor: actor.is_ally))
    ['EST', 'LTU', 'USA']
    >>> exercise.run().is_over
    True
    """

    moves = NAMES
    own_rule = Standard()

    def __init__(
        self,
        scenario: str | os.PathLike | Loaded,
        seed: int = 1,
        run: int = 0,
        policies: Mapping[str, PolicyLike] | None = None,
        answers: Iterable[Answer] = (),
        agent_classes: Mapping[str, type[Actor]] | None = None,
        baseline: bool = True,
    ) -> None:
        super().__init__(rng=_for_mesa(seed))
        _keep_own_clock(self)
        self.session = Session(scenario, seed, run, baseline=baseline, until=0, script=Script(answers))
        inputs = self.world.inputs
        check_places(inputs, self.world.script.actors)
        self.actors = self._take_seats(policies_of(inputs, policies), dict(agent_classes or {}))
        self.take_seats()
        self.datacollector = DataCollector(model_reporters=dict(MODEL_REPORTERS), agent_reporters=dict(AGENT_REPORTERS))

    def _take_seats(self, policies: Mapping[str, Policy], classes: Mapping[str, type[Actor]]) -> dict[str, Actor]:
        inputs = self.world.inputs
        check_places(inputs, [code for code in classes if code not in inputs.bodies])
        kinds = {code: classes.get(code, kind_of(inputs, place)) for place, code in enumerate(inputs.actors)}
        actors = {code: kind(self, code) for code, kind in kinds.items()}
        for code, policy in policies.items():
            actors[code]._policy = policy.fresh()
        _let_go(self)
        return actors

    # ------------------------------------------------------------------------------------------- playing

    def step(self) -> None:
        """Play the next turn."""
        if self.is_over:
            raise OceansError(f"the exercise is over: it has {self.turns} turns.")
        if self.turn == 0:
            self._collect()
        self.session.play_to(self.turn + 1)
        self._collect()
        self.running = not self.is_over
        if self.is_over and STOPS_ONE_SHORT:
            self.steps += 1

    def _collect(self) -> None:
        """A row under the number of the turn, for model and agents alike, whatever Mesa counts."""
        self.steps, self.time = self.turn, float(self.turn)
        self.datacollector.collect(self)

    def run(self) -> Self:
        """Play to the end; returns the exercise."""
        while not self.is_over:
            self.step()
        return self

    def run_model(self) -> None:
        """Play to the end, as Mesa calls it."""
        self.run()

    @property
    def world(self) -> World:
        """The world that the session plays."""
        return self.session.world

    @property
    def loaded(self) -> Loaded:
        """The scenario."""
        return self.session.loaded

    @property
    def turn(self) -> int:
        """Turns played."""
        return self.world.turn

    @property
    def turns(self) -> int:
        """Turns in all."""
        return self.world.inputs.turns

    @property
    def is_over(self) -> bool:
        """Whether the last turn has been played."""
        return self.session.is_over

    # ------------------------------------------------------------------------------------------- looking

    def actor(self, code: str) -> Actor:
        """The actor of a code; InputError with what was probably meant."""
        if code not in self.actors:
            raise refusal(f"no actor '{code}' takes part. {did_you_mean(str(code), self.actors)}")
        return self.actors[code]

    @property
    def events(self) -> tuple[Event, ...]:
        """All that has happened so far: a tuple of Event."""
        return self.session.events

    @property
    def answers(self) -> tuple[Answer, ...]:
        """What the seats have answered so far: a tuple of Answer, from which the exercise can be played again."""
        return tuple(answer for _, answer in self.session.decided)

    @property
    def unasked(self) -> tuple[Answer, ...]:
        """Answers that were given beforehand and that no decision has called for so far: a tuple of Answer."""
        return tuple(self.world.script.unasked)

    @property
    def record(self) -> Record:
        """What happened, and, once the exercise is over, what came of it."""
        return self.session.record

    @property
    def measures(self) -> dict[str, float]:
        """What the exercise is judged by, once it is over: dict of name to number."""
        return self.record.measures

    # ------------------------------------------------------------------------------------------- what if

    def simulate_forward(self, runs: int = 100, seed: int | None = None) -> Measures:
        """What could still come: this exercise played on many times, with other draws from the next turn on.

        Policies go on in their seats; for people the model's own rule plays on. Without a `seed` it is one that is
        never the exercise's own. Each measure is an array (runs,).
        """
        return self.session.ahead(runs, seed)

    def branch(self) -> Self:
        """The same exercise once more, from here, with the same draws ahead; it leaves this one alone."""
        twin = _baseline_twin(self)
        twin.session, twin.datacollector = self.session.twin(), copy.deepcopy(self.datacollector)
        twin.actors = {code: _twin(actor, twin) for code, actor in self.actors.items()}
        _let_go(twin)
        twin.take_seats()
        return twin

    def with_choice(
        self, actor: str, kind: str, choice: Choice, subject: str | None = None, turn: int | None = None
    ) -> Self:
        """A branch in which an actor answers one question otherwise: step or run it and compare.

        Parameters
        ----------
        actor : str, code; kind : str, kind of question, see `sim.model.decisions.KINDS`
        choice : id or sequence of ids; subject : str, or None for every such question of that turn
        turn : int, or None for the next; whether it was asked, `unasked` tells

        >>> exercise = Exercise("smallest", seed=1)
        >>> other = exercise.with_choice("JPN", "responses", [], turn=1).run()
        >>> exercise.turn, other.unasked
        (0, ())
        """
        turn = self.turn + 1 if turn is None else turn
        if kind not in KINDS:
            raise refusal(f"nobody is asked for a '{kind}'. {did_you_mean(str(kind), KINDS)}")
        if not self.turn < turn <= self.turns:
            played = f"{self.turn} of {self.turns} are played"
            raise refusal(f"turn {turn} does not lie ahead: {played}.")
        twin = self.branch()
        choice = (choice,) if isinstance(choice, str) else tuple(choice)
        check_places(twin.world.inputs, [twin.actor(actor).code])
        twin.world.script = twin.world.script.also([Answer(turn, actor, kind, subject, choice)])
        twin.take_seats()
        return twin

    # ------------------------------------------------------------------------------------------- seats

    def policy_for(self, code: str, policy: PolicyLike | None) -> Policy | None:
        """A policy for an actor, from itself, its class or its name; InputError where nobody can act from."""
        return None if policy is None else policies_of(self.world.inputs, {code: policy})[code]

    def take_seats(self) -> None:
        """Let every actor that has a will of its own take its seat, to be asked; the model's rule plays the others."""
        taken = {
            code: actor for code, actor in self.actors.items() if actor.has_own_will or code in self.world.script.actors
        }
        self.world.seats = in_order(taken, self.world.inputs)


def _for_mesa(seed: int) -> int:
    """A seed for Mesa's own generators, from which the engine never draws; any number will do for ours."""
    if not isinstance(seed, Integral):
        how = "From Mesa 3.4 on batch_run takes seeds as rng=[1, 2, 3], not among the parameters."
        raise refusal(f"seed is {seed!r}, and has to be a whole number. {how}")
    return slot_key("mesa", seed)


def _keep_own_clock(model: mesa.Model) -> None:
    """Turns are counted by the world. Mesa puts its own `step` before ours, which counts for itself, each version in
    another way, and one that was stopped by an error may never play again."""
    vars(model).pop("step", None)


def _let_go(model: mesa.Model) -> None:
    """Mesa 3.3 counts the agents of every model in one table, and that table would keep the model alive for good."""
    getattr(mesa.Agent, "_ids", {}).pop(model, None)


# ---------------------------------------------------------------------------------------------------- a branch


def _baseline_twin(exercise: Exercise) -> Exercise:
    """A twin with everything but the world and its actors, attributes of a subclass included."""
    twin = type(exercise).__new__(type(exercise))
    mesa.Model.__init__(twin, rng=_for_mesa(exercise.session.seed))
    _keep_own_clock(twin)
    twin.__dict__.update({name: value for name, value in vars(exercise).items() if name not in vars(twin)})
    twin.steps, twin.time, twin.running = exercise.steps, float(exercise.turn), exercise.running
    return twin


def _twin(actor: Actor, model: mesa.Model) -> Actor:
    """The same actor in another exercise, with what a subclass keeps, and a policy of its own."""
    twin = type(actor).__new__(type(actor))
    mesa.Agent.__init__(twin, model)
    twin.__dict__.update({name: copy.copy(value) for name, value in vars(actor).items() if name not in vars(twin)})
    twin._policy = actor._policy and actor._policy.fresh()
    return twin
