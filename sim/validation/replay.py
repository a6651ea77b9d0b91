"""A past case played many times: how likely each actor was to do what, while it still counted.

A run says whether an actor did a thing. What is asked is how probable it was, so in every run the model's own
probability is taken in place of the throw of its dice: an actor attends, and joins a kind of response, when its log-
odds pass thresholds drawn once, hence the chance that it would ever have joined is the highest probability it
reached. What states have in common on the day is averaged over with it [Demidenko2013]. Averaged over runs this is
the same probability as the share of runs, with less noise [CasellaRobert1996].

[Demidenko2013] Demidenko, Mixed Models, Wiley 2013, ch. 7: the logistic of a normal mean.
[CasellaRobert1996] Casella and Robert, Rao-Blackwellisation of sampling schemes, Biometrika 83, 1996.
"""

from dataclasses import dataclass

import numpy as np

from sim.engine import initial_world, play_out
from sim.model.inputs import responses_of
from sim.model.steps.joining import acts_from
from sim.model.steps.respond import instruments, legal
from sim.model.steps.texts import chance_of_body, day_of_text
from sim.model.steps.willingness import attention
from sim.model.varying import Varied
from sim.rules.attribution import confidence
from sim.rules.choice import logistic
from sim.rules.tempo import NEVER
from sim.scenario import load_library
from sim.validation.exercise import scenario_of, window_of
from sim.validation.schema import KINDS

__all__ = ["Played", "Replay"]

SEED = 3
BATCH = 384
SQUARED_SCALE = (16 * 3**0.5 / (15 * np.pi)) ** 2  # between a normal and a logistic distribution


@dataclass(frozen=True)
class Played:
    """What came of a case in R runs.

    Parameters
    ----------
    actors : tuple of str, the cast (A)
    chance : array (R, K, A), probability that each actor did each kind of act, of `KINDS`, in the window
    day : array (R, K, A), day from the disclosure on which it first did, or infinity
    confidence : array (R, A), in the culprit, at the end
    stake : array (R, A)
    conceded : array (R,), whether a victim gave in
    called : dict of format -> share of runs in which it was called
    """

    actors: tuple
    chance: np.ndarray
    day: np.ndarray
    confidence: np.ndarray
    stake: np.ndarray
    conceded: np.ndarray
    called: dict

    def chance_of(self, actor, kind):
        """Mean probability of one cell; nan for an actor outside the cast."""
        if actor not in self.actors:
            return float("nan")
        return float(self.chance[:, KINDS.index(kind), self.actors.index(actor)].mean())


class Replay:
    """A case as an exercise, arranged once and played as often as one likes.

    Parameters
    ----------
    case : Case, from `sim.validation.cases.read_cases`
    library : Library; None: the one that ships

    >>> from sim.validation.cases import read_cases
    >>> (skripal,) = [Replay(case) for case in read_cases("cases_2007_2024").cases if case.id == "skripal-2018"]
    >>> skripal.played(runs=4).chance_of("USA", "statement_of_concern") > 0.5
    True
    """

    def __init__(self, case, library=None):
        self.case = case
        self.library = library or load_library()
        self.window = window_of(case, self.library.codebook)
        self.varied = Varied(scenario_of(case, self.library))

    def played(self, runs=24, behaviour=None, seed=SEED):
        """Play the case, once or at several settings of the coefficients.

        Parameters
        ----------
        runs : int
        behaviour : dict coefficient -> value, or array (runs,) with one value a run; None: as the library has them
        seed : int

        Returns
        -------
        Played
        """
        values = {f"behaviour.{name}": np.broadcast_to(value, runs) for name, value in (behaviour or {}).items()}
        points = [{path: float(each[run]) for path, each in values.items()} for run in range(runs)]
        return self._played(points, np.arange(runs), seed)

    def chances(self, points, runs=24, seed=SEED):
        """Mean probability of every cell at some points, with the same draws at each.

        Parameters
        ----------
        points : sequence of dict coefficient -> value
        runs : int, of each point
        seed : int

        Returns
        -------
        array (points, K, A), and the actors (A) of the cast
        """
        paths = [{f"behaviour.{name}": float(value) for name, value in point.items()} for point in points]
        numbers = np.tile(np.arange(runs), len(points))
        played = self._played([path for path in paths for _ in range(runs)], numbers, seed)
        return played.chance.reshape(len(points), runs, *played.chance.shape[1:]).mean(axis=1), played.actors

    def _played(self, points, numbers, seed):
        parts, order = [], []
        for first in range(0, len(points), BATCH):
            for inputs, places in self.varied.batches(points[first : first + BATCH], first):
                world = initial_world(inputs, seed, numbers[first + places])
                world.watch = Odds(self.window)
                play_out(world)
                parts.append(self._measured(world))
                order.append(first + places)
        rows = np.argsort(np.concatenate(order))
        joined = {name: np.concatenate([part[name] for part in parts])[rows] for name in PER_RUN}
        called = {form: share for part in parts for form, share in part["called"].items()}
        return Played(parts[0]["actors"], called=called, **joined)

    def _measured(self, world):
        inputs, state = world.inputs, world.state
        known = responses_of(inputs.loaded)
        coded = np.array([known[response].coded_as or "" for _, response in inputs.options])
        chance = world.watch.chances(world)
        day = np.where(state.joined & (state.effect_day <= self.window), state.effect_day, np.inf)
        return {
            "actors": inputs.actors,
            "chance": of_acts(inputs, chance, coded),
            "day": np.stack([day[coded == kind].min(axis=0, initial=np.inf) for kind in KINDS], axis=1),
            "confidence": confidence(state.belief[0]),
            "stake": state.stake[0],
            "conceded": state.conceded[0].any(axis=-1),
            "called": {form: float(share) for (_, form), share in _called(inputs, state)},
        }


PER_RUN = ("chance", "day", "confidence", "stake", "conceded")


def _called(inputs, state):
    return zip(inputs.consultations, (state.consultation_called < NEVER).mean(axis=1), strict=True)


class Odds:
    """Looks on while responses are weighed, and adds up how likely each was to be taken up by a choice of one's own.

    Of each kind one threshold was drawn, so what a turn adds is by how much the probability goes beyond the highest so
    far; it counts for the instrument that would be picked then.
    """

    def __init__(self, window):
        self.window = window
        self.reached = None
        self.chance = None
        self.chosen = None

    def weighed(self, world, h, utility, can, picked):
        """Called once an incident and turn, before anybody joins."""
        inputs = world.inputs
        if self.reached is None:
            self.reached = np.zeros(world.state.threshold.shape)
            self.chance = np.zeros(world.state.joined.shape)
            self.chosen = np.zeros(world.state.joined.shape, dtype=bool)
        self.of_bodies(world, inputs.option_slices[h])
        part, kinds = inputs.option_slices[h], inputs.kind_slices[h]
        of_kind = logistic(attention(world, h)) * over_cases(inputs.params, inputs.params.precision * utility)
        taken = instruments(world, h, np.ones(utility.shape, dtype=bool), legal(world, h))
        o, r, a = np.nonzero(taken)
        options, k = part.start + o, inputs.option_kind[part.start + o]
        grown = np.maximum(of_kind[k - kinds.start, r, a] - self.reached[k, r, a], 0)
        self.reached[k, r, a] += grown
        in_time = np.ceil(acts_from(world, options, r, a)) <= self.window
        self.chance[options, r, a] += grown * in_time
        self.chosen[part] |= picked

    def of_bodies(self, world, part):
        """Keep the highest chance with which each body of members would take up each response in time."""
        inputs = world.inputs
        decided = np.maximum(inputs.calendar.halfway(world.turn), day_of_text(world)[inputs.option_incident[part]])
        in_time = np.ceil(decided + inputs.lead_min[part, :, 0]) <= self.window
        for b, place in places_of_bodies(inputs):
            highest = self.chance[part, :, place]
            self.chance[part, :, place] = np.maximum(highest, chance_of_body(world, b)[part] * in_time)

    def chances(self, world):
        """Probability of each response by each actor within a window of days: (O, R, A).

        What a text brought about is certain where it did so; it was nobody's own choice.
        """
        inputs, state = world.inputs, world.state
        by_text = state.joined & ~self.chosen & (state.effect_day <= self.window)
        for _, place in places_of_bodies(inputs):
            by_text[:, :, place] &= inputs.signatory[:, None]
        return np.where(by_text, 1.0, self.chance)


def places_of_bodies(inputs):
    """Which of the bodies have members here, and the places of those bodies among the actors: pairs of int."""
    return [(b, inputs.index[body]) for b, body in enumerate(inputs.bodies) if inputs.body_members[b].any()]


def of_acts(inputs, chance, coded):
    """Probability of each kind of act, of the probabilities of responses: (K, R, A).

    Parameters
    ----------
    chance : array (O, R, A); coded : array (O,) of str, the kind of act that each response is coded as, or ""
    """
    return np.stack([1 - np.prod(1 - _by_kind(inputs, chance, coded == kind), axis=0) for kind in KINDS], axis=1)


def _by_kind(inputs, chance, here):
    """Of some responses: those of a kind exclude one another for a state and not for a body, which decides on each."""
    is_state = np.broadcast_to(inputs.is_state, chance.shape[1:])
    of_kind = inputs.option_kind[here]
    for_state = [np.minimum(chance[here][of_kind == k].sum(axis=0), 1.0) for k in dict.fromkeys(of_kind)]
    for_state = np.reshape(for_state, (-1, *chance.shape[1:]))
    return np.concatenate([np.where(is_state, for_state, 0), np.where(is_state, 0, chance[here])])


def over_cases(params, log_odds):
    """The probability of log-odds, averaged over what states have in common on the day. Source: [Demidenko2013]."""
    return logistic(log_odds / np.sqrt(1 + SQUARED_SCALE * params.case_effect**2))
