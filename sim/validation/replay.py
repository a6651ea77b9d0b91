"""A past case as an exercise, as it was known on the day it came to light, and that played many times.

Everything that is turned into figures for the exercise comes from the case and from the library's codebook; what
anybody did about it is not looked at. Memberships, formats, laws and the practice of naming are those of that day.

A run says whether an actor did a thing. What is asked is how probable it was, so in every run the model's own
probability is taken in place of the throw of its dice: an actor attends, and joins a kind of response, when its log-
odds pass thresholds drawn once, hence the chance that it would ever have joined is the highest probability it
reached. What states have in common on the day is averaged over with it [Demidenko2013]. Averaged over runs this is
the same probability as the share of runs, with less noise [CasellaRobert1996].

[Demidenko2013] Demidenko, Mixed Models, Wiley 2013, ch. 7: the logistic of a normal mean.
[CasellaRobert1996] Casella and Robert, Rao-Blackwellisation of sampling schemes, Biometrika 83, 1996.
"""

import datetime
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import yaml
from numpy.typing import ArrayLike

from sim.engine import initial_world, play_out
from sim.model.inputs import ModelInputs, responses_of
from sim.model.state import State, World
from sim.model.steps.joining import acts_from
from sim.model.steps.respond import instruments, legal
from sim.model.steps.texts import chances_of_bodies, day_of_text
from sim.model.steps.willingness import attention
from sim.model.varying import Varied
from sim.phrases import SHORT_NAME, first_words
from sim.rules.attribution import confidence
from sim.rules.odds import logistic
from sim.rules.tempo import NEVER
from sim.scenario import Loaded, from_document, group_members, load_library
from sim.scenario.library_schema import Codebook, Library
from sim.validation.cases import codebook_of, head_of
from sim.validation.schema import KINDS, UNATTRIBUTED, Case

SEED = 3
BATCH = 384
DAYS_A_MONTH = 365.25 / 12
THE_REST = ("NATO", "EU", "AUS", "JPN", "KOR", "NZL", "RUS", "CHN")
INCIDENT = "act"  # an id is part of the address of every draw: coefficients were estimated with the draws of this one
SQUARED_SCALE = (16 * 3**0.5 / (15 * np.pi)) ** 2  # between a normal and a logistic distribution


# ---------------------------------------------------------------------------------------------------- as an exercise


def scenario_of(case: Case, library: Library) -> Loaded:
    """The exercise of a case, ready to be played; the library's codebook says how a case is read.

    >>> from sim.validation.cases import read_cases
    >>> scenario_of(read_cases("cases_2007_2024").cases[0], load_library()).scenario.incidents[0].victims
    {'EST': 0.4}
    """
    return from_document(document_of(case, library), name=case.id, library=library)


def window_of(case: Case, codebook: Codebook) -> int:
    """Days from the disclosure of a case within which an act counts as an answer to it, at most `longest_days`."""
    kind = codebook.kinds[case.kind]
    if kind.after == "episode" and case.outcome.coercion_months is not None:
        known = (_day_known(case) - case.start_date).days
        days = case.outcome.coercion_months * DAYS_A_MONTH - known + codebook.episode_after_days.value
    else:
        days = ((case.decision_date or _day_known(case)) - _day_known(case)).days + codebook.window_days.value
    return int(min(max(days, codebook.turn_days.value), codebook.longest_days.value))


def document_of(case: Case, library: Library) -> dict:
    """The scenario document of a case, as a scenario file would say it."""
    codebook = codebook_of(library)
    days = int(codebook.turn_days.value)
    return {
        "title": case.name,
        "summary": f"The case {case.id}, {case.name}, from the day it became known.",
        "start": _day_known(case).isoformat(),
        "turns": {"count": math.ceil(window_of(case, codebook) / days), "days": days},
        "participants": _participants(case, library),
        "responses": _responses(case, library),
        "incidents": [_incident(case, library)],
    }


def written(case: Case, library: Library, behaviour: dict[str, float]) -> str:
    """The exercise of a case as a YAML file that `oceans run` plays, with coefficients in place of the library's."""
    document = document_of(case, library) | ({"behaviour": behaviour} if behaviour else {})
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120, default_flow_style=None)


def called(case: Case) -> str:
    """What a case is called in a sentence, after 'the'.

    >>> from sim.validation.cases import read_cases
    >>> [called(case) for case in read_cases("cases_2007_2024").cases[:2]]
    ['Estonia case', 'Sony Pictures destructive hack case']
    """
    head = head_of(case.name)
    if len(head.split()) > 2 and len(head) <= SHORT_NAME:
        return head
    return first_words(head, lambda said: len(f"{said} case") <= SHORT_NAME) + " case"


def _day_known(case: Case) -> datetime.date:
    return case.disclosure_date or case.start_date


def _responses(case: Case, library: Library) -> list[str]:
    """What can be done about such a case on the day on which it becomes known."""
    without, day = codebook_of(library).kinds[case.kind].without, _day_known(case)
    return [key for key, one in library.responses.items() if key not in without and not (one.since and one.since > day)]


def _incident(case: Case, library: Library) -> dict:
    codebook = codebook_of(library)
    kind = codebook.kinds[case.kind]
    known = case.attribution_context
    incident = {
        "id": INCIDENT,
        "name": called(case),
        "issue": kind.issue,
        "by": _culprit(case, library),
        "victims": _victims(case, library),
        "difficulty": _difficulty(case, codebook),
        "publicness": known.publicness,
        "is_physical": kind.is_physical,
        "hurts_people": kind.hurts_people,
    }
    if kind.has_demand:
        incident["demand"] = {"text": "What it wanted."}
    if kind.incident_days:
        incident["turns"] = max(1, round(kind.incident_days.value / codebook.turn_days.value))
    return incident


def _difficulty(case: Case, codebook: Codebook) -> float:
    """How hard it is to tell who did it: that nobody was named, and how sure they were not, is how the case ended."""
    if case.adversary == UNATTRIBUTED:
        return codebook.kinds[case.kind].difficulty.value
    if codebook.kinds[case.kind].overt_when_sure and case.attribution_context.certainty_at_time == "high":
        return 0.0
    return codebook.difficulty[case.attribution_context.certainty_at_time].value


def _culprit(case: Case, library: Library) -> str:
    """The hidden truth; where nobody was ever named, whom it looked like in the victim's ocean."""
    if case.adversary != UNATTRIBUTED:
        return case.adversary
    oceans = {library.states[code].theatre for code in _victims(case, library)}
    suspects = codebook_of(library).unattributed
    return suspects.pacific if oceans == {"pacific"} else suspects.atlantic


def _victims(case: Case, library: Library) -> dict[str, float]:
    """Severity by victim: in full for the primary targets, a part of it for those who were hit as well."""
    severity, part = case.severity.value, codebook_of(library).also_hit.value
    primary = [code for code in case.primary_targets or case.targets if code in library.states]
    also = [code for code in case.targets if code in library.states]
    if not also:
        bodies = [library.bodies[code].group for code in case.targets if code in library.bodies]
        also = sorted({code for group in bodies for code in group_members(group, library, _day_known(case))})
    return {**{code: severity * part for code in also}, **dict.fromkeys(primary, severity)}


def _participants(case: Case, library: Library) -> list[str]:
    """The two bodies with their members, the four partners, both adversaries, and whoever else the case names."""
    named = [_culprit(case, library), *_victims(case, library), *case.actors]
    members = {code for body in library.bodies.values() for code in library.groups[body.group].members}
    others = dict.fromkeys(code for code in named if code not in members and code not in THE_REST)
    return [*THE_REST, *others]


# ---------------------------------------------------------------------------------------------------- played


@dataclass(frozen=True)
class Played:
    """What came of a case in R runs."""

    actors: tuple[str, ...]  # the cast (A)
    chance: np.ndarray  # (R, K, A), that each actor did each kind of act, of `KINDS`, in the window
    day: np.ndarray  # (R, K, A), from the disclosure, on which it first did, or infinity
    confidence: np.ndarray  # (R, A), in the culprit, at the end
    stake: np.ndarray  # (R, A)
    conceded: np.ndarray  # (R,), whether a victim gave in
    called: dict[str, float]  # by format, the share of runs in which it was called

    def chance_of(self, actor: str, kind: str) -> float:
        """Mean probability of one cell; nan for an actor outside the cast."""
        if actor not in self.actors:
            return float("nan")
        return float(self.chance[:, KINDS.index(kind), self.actors.index(actor)].mean())


class Replay:
    """A case as an exercise, arranged once and played as often as one likes.

    >>> from sim.validation.cases import read_cases
    >>> (skripal,) = [Replay(case) for case in read_cases("cases_2007_2024").cases if case.id == "skripal-2018"]
    >>> skripal.played(runs=4).chance_of("USA", "statement_of_concern") > 0.5
    True
    """

    def __init__(self, case: Case, library: Library | None = None) -> None:
        self.case = case
        self.library = library or load_library()
        self.window = window_of(case, codebook_of(self.library))
        self.varied = Varied(scenario_of(case, self.library))

    def played(self, runs: int = 24, behaviour: Mapping[str, ArrayLike] | None = None, seed: int = SEED) -> Played:
        """Play the case, once or at several settings of the coefficients.

        `behaviour` has a value for each coefficient, or an array (runs,) with one value a run; None: as the library has
        them.
        """
        values = {f"behaviour.{name}": np.broadcast_to(value, runs) for name, value in (behaviour or {}).items()}
        points = [{path: float(each[run]) for path, each in values.items()} for run in range(runs)]
        return self._played(points, np.arange(runs), seed)

    def chances(
        self, points: Sequence[Mapping[str, float]], runs: int = 24, seed: int = SEED
    ) -> tuple[np.ndarray, tuple[str, ...]]:
        """Mean probability of every cell at some points, with the same draws at each, `runs` of them.

        Returns
        -------
        array (points, K, A), and the actors (A) of the cast
        """
        paths = [{f"behaviour.{name}": float(value) for name, value in point.items()} for point in points]
        numbers = np.tile(np.arange(runs), len(points))
        played = self._played([path for path in paths for _ in range(runs)], numbers, seed)
        return played.chance.reshape(len(points), runs, *played.chance.shape[1:]).mean(axis=1), played.actors

    def _played(self, points: Sequence[Mapping[str, float]], numbers: np.ndarray, seed: int) -> Played:
        parts, order = [], []
        for first in range(0, len(points), BATCH):
            for inputs, places, _ in self.varied.batches(points[first : first + BATCH], first):
                world = initial_world(inputs, seed, numbers[first + places])
                world.watch = odds = Odds(self.window, world.state)
                play_out(world)
                parts.append(self._measured(world, odds))
                order.append(first + places)
        rows = np.argsort(np.concatenate(order))
        joined = {name: np.concatenate([part[name] for part in parts])[rows] for name in PER_RUN}
        called = {form: share for part in parts for form, share in part["called"].items()}
        return Played(parts[0]["actors"], called=called, **joined)

    def _measured(self, world: World, odds: "Odds") -> dict[str, Any]:
        inputs, state = world.inputs, world.state
        known = responses_of(inputs.loaded)
        coded = np.array([known[response].coded_as or "" for _, response in inputs.options])
        chance = odds.chances(world)
        shares = (state.consultation_called < NEVER).mean(axis=1)
        day = np.where(state.joined & (state.effect_day <= self.window), state.effect_day, np.inf)
        return {
            "actors": inputs.actors,
            "chance": _of_acts(inputs, chance, coded),
            "day": np.stack([day[coded == kind].min(axis=0, initial=np.inf) for kind in KINDS], axis=1),
            "confidence": confidence(state.belief[0]),
            "stake": state.stake[0],
            "conceded": state.conceded[0].any(axis=-1),
            "called": {form: float(share) for (_, form), share in zip(inputs.consultations, shares, strict=True)},
        }


PER_RUN = ("chance", "day", "confidence", "stake", "conceded")


class Odds:
    """Looks on while responses are weighed, and adds up how likely each was to be taken up by a choice of one's own.

    Of each kind one threshold was drawn, so what a turn adds is by how much the probability goes beyond the highest so
    far; it counts for the instrument that would be picked then.
    """

    def __init__(self, window: int, state: State) -> None:
        self.window = window
        self.reached = np.zeros(state.threshold.shape)
        self.chance = np.zeros(state.joined.shape)
        self.chosen = np.zeros(state.joined.shape, dtype=bool)

    def weighed(self, world: World, utilities: Mapping[int, np.ndarray], picked: tuple[np.ndarray, ...]) -> None:
        """Called once a turn, before anybody joins."""
        inputs = world.inputs
        of_kind, is_weighed = np.zeros(self.reached.shape), np.zeros(self.reached.shape, dtype=bool)
        for h, utility in utilities.items():
            self.of_bodies(world, inputs.option_slices[h])
            part, log_odds = inputs.kind_slices[h], inputs.params.precision * utility
            of_kind[part] = logistic(attention(world, h)) * _over_cases(inputs.params, log_odds)
            is_weighed[part] = True
        options, r, a = instruments(world, is_weighed.reshape(-1).nonzero()[0], legal(world))
        k = inputs.option_kind[options]
        grown = np.maximum(of_kind[k, r, a] - self.reached[k, r, a], 0)
        self.reached[k, r, a] += grown
        in_time = np.ceil(acts_from(world, options, r, a)) <= self.window
        self.chance[options, r, a] += grown * in_time
        self.chosen[picked] = True

    def of_bodies(self, world: World, part: slice) -> None:
        """Keep the highest chance with which each body of members would take up each response in time."""
        inputs = world.inputs
        decided = np.maximum(inputs.calendar.halfway(world.turn), day_of_text(world)[inputs.option_incident[part]])
        in_time = np.ceil(decided + inputs.lead_min[part, :, 0]) <= self.window
        chances = chances_of_bodies(world)
        for b, place in _places_of_bodies(inputs):
            highest = self.chance[part, :, place]
            self.chance[part, :, place] = np.maximum(highest, chances[b, part] * in_time)

    def chances(self, world: World) -> np.ndarray:
        """Probability of each response by each actor within a window of days: (O, R, A).

        What a text brought about is certain where it did so; it was nobody's own choice.
        """
        inputs, state = world.inputs, world.state
        by_text = state.joined & ~self.chosen & (state.effect_day <= self.window)
        for _, place in _places_of_bodies(inputs):
            by_text[:, :, place] &= inputs.signatory[:, None]
        return np.where(by_text, 1.0, self.chance)


def _places_of_bodies(inputs: ModelInputs) -> list[tuple[int, int]]:
    """Which of the bodies have members here, and the places of those bodies among the actors: pairs of int."""
    return [(b, inputs.index[body]) for b, body in enumerate(inputs.bodies) if inputs.body_members[b].any()]


def _of_acts(inputs: ModelInputs, chance: np.ndarray, coded: np.ndarray) -> np.ndarray:
    """Probability of each kind of act, of the probabilities of responses: (K, R, A).

    Parameters
    ----------
    chance : array (O, R, A); coded : array (O,) of str, the kind of act that each response is coded as, or ""
    """
    return np.stack([1 - np.prod(1 - _by_kind(inputs, chance, coded == kind), axis=0) for kind in KINDS], axis=1)


def _by_kind(inputs: ModelInputs, chance: np.ndarray, here: np.ndarray) -> np.ndarray:
    """Of some responses: those of a kind exclude one another for a state and not for a body, which decides on each."""
    is_state = np.broadcast_to(inputs.is_state, chance.shape[1:])
    of_kind = inputs.option_kind[here]
    sums = [np.minimum(chance[here][of_kind == k].sum(axis=0), 1.0) for k in dict.fromkeys(of_kind)]
    for_state = np.reshape(sums, (-1, *chance.shape[1:]))
    return np.concatenate([np.where(is_state, for_state, 0), np.where(is_state, 0, chance[here])])


def _over_cases(params: Any, log_odds: np.ndarray) -> np.ndarray:
    """The probability of log-odds, averaged over what states have in common on the day. Source: [Demidenko2013]."""
    return np.asarray(logistic(log_odds / np.sqrt(1 + SQUARED_SCALE * params.case_effect**2)))
