"""The state: what is true now in each run of a batch, as named arrays, and the world that holds it.

Axes are those of `ModelInputs`: a live exercise is a batch of one run, a sweep a batch of many. Every array has an axis
for runs, so that any rows can be taken out, repeated and played on.
"""

import copy
import hashlib
from dataclasses import dataclass, field, fields, replace
from functools import wraps
from typing import Any

import numpy as np

from sim.draws import Draws
from sim.model.inputs import ModelInputs
from sim.rules.attribution import confidence
from sim.rules.cooperation import NOT_BEGUN, RUNNING, maturity
from sim.rules.odds import log_odds
from sim.rules.quantize import quantize
from sim.rules.tempo import NEVER

IDLE, OPEN, ADOPTED, FAILED = 0, 1, 2, 3


# ------------------------------------------------------------------------------------------------- how one is declared


def array(axes, start=0.0, digest=None, kind=float):
    """One array of the state, declared: to add one is to write one line in `State`.

    Parameters
    ----------
    axes : str, one letter each; R runs, H incidents, O options, K kinds, T consultations, A actors, D adversaries,
        P projects, I injects, Q questions
    start : what it is before turn 1: a number, or a function of the inputs and the draws
    digest : its place among what the digest of a run is made of, or None. A digest says of a stored run that this is
        the same, so places stay what they are, wherever the lines of `State` stand: a new array takes the next one.
    kind : type of its numbers
    """
    return field(metadata={"axes": axes, "start": start, "digest": digest, "kind": kind})


def _attends_from(inputs, draws):
    return log_odds(draws.uniform("attends", 0, inputs.incidents, inputs.actors))


def _joins_from(inputs, draws):
    """What each asks of itself, and what all have in common on the day: states move together."""
    own = log_odds(draws.uniform("joins", 0, inputs.kind_names, inputs.actors))
    return own + inputs.params.case_effect * in_common(inputs, draws)


def in_common(inputs, draws):
    """What holds all back from a kind of response, or sends all forward, in a run: (K, R, 1), standard normal."""
    return draws.normal("case", 0, inputs.kind_names, ("",))


def _misjudged(inputs, draws):
    return draws.normal("gravity", 0, inputs.incidents, inputs.actors)


def _running_or_not(inputs, draws):
    return np.where(inputs.project_age >= 0, RUNNING, NOT_BEGUN)


# ------------------------------------------------------------------------------------------------- state


@dataclass
class State:
    """All that changes, as it is now: every array is declared here and nowhere else."""

    attends_from: np.ndarray = array("HRA", _attends_from)  # log-odds from which each attends: part of its nature
    threshold: np.ndarray = array("KRA", _joins_from)  # log-odds from which each joins a kind: part of its nature
    severity_noise: np.ndarray = array("HRA", _misjudged)  # how others misjudge the gravity, drawn once
    evidence: np.ndarray = array("HRA", digest=1)  # own accumulated log-likelihood ratio that the suspect did it
    information: np.ndarray = array("HRA")  # what that evidence was expected to tell, in the same unit
    handed: np.ndarray = array("HRA")  # evidence from others besides what is shared anyway: handed over, or made public
    handed_weight: np.ndarray = array("HRA")  # how much of a source each of these counts for
    # log-odds, own evidence and what reached it
    belief: np.ndarray = array("HRA", lambda inputs, draws: inputs.params.prior_log_odds)
    stake: np.ndarray = array("HRA")
    bond: np.ndarray = array("HRA")  # how close the victim is, whatever the harm; 1 for the worst hit
    position: np.ndarray = array("HRA")  # text each wants, 0 to 1
    perceived: np.ndarray = array("HRA")  # severity as each sees it
    p_join: np.ndarray = array("KRA")  # probability of joining, as the last round of consultation left it
    severity: np.ndarray = array("HRA", lambda inputs, draws: inputs.severity)  # of each victim now
    intensity: np.ndarray = array("HR")  # 1 as begun, 0 not begun or stopped
    remembered: np.ndarray = array("HR")  # the intensity by which it is judged: fades slowly once an incident is over
    stopped: np.ndarray = array("HR", kind=bool)
    conceded: np.ndarray = array("HRA", kind=bool)
    publicness: np.ndarray = array("HR", lambda inputs, draws: inputs.publicness)
    difficulty: np.ndarray = array("HR", lambda inputs, draws: inputs.difficulty[..., 0])
    asked: np.ndarray = array("HR")  # 1 once a victim has called a consultation
    harm: np.ndarray = array("HR")  # flow now, summed over victims
    cumulative_harm: np.ndarray = array("HR", digest=7)
    relief: np.ndarray = array("HR")  # share of harm taken away
    consultation_state: np.ndarray = array("TR", kind=int)  # idle, open, adopted, failed
    consultation_due: np.ndarray = array("TR", NEVER, digest=5)  # day
    consultation_text: np.ndarray = array("TR", digest=6)  # text adopted, 0 to 1
    consultation_share: np.ndarray = array("TR")  # share of capability behind it
    consultation_called: np.ndarray = array("TR", NEVER)  # day first called
    first_consultation: np.ndarray = array("HR", -1, kind=int)  # the one called first, or -1
    covered: np.ndarray = array("HRA", digest=3)  # strongest adopted text that each may act under
    told_severity: np.ndarray = array("HR", -np.inf)  # of the worst hit, as it was when a text was last adopted
    told_confidence: np.ndarray = array("HR", -np.inf)  # of those with a stake, likewise
    days_to_text: np.ndarray = array("HR", NEVER)  # from the incident to the first joint text of solidarity or more
    accusations: np.ndarray = array("R")  # responses of states that say who did it
    accused_rightly: np.ndarray = array("R")  # of these, the probability each gave then to what was true, summed
    breaks: np.ndarray = array("R")  # silences broken
    joined: np.ndarray = array("ORA", kind=bool)  # decided
    decided_day: np.ndarray = array("ORA", NEVER)
    acted_on: np.ndarray = array("KRA", -np.inf)  # severity as each saw it when it last joined a response of a kind
    effect_day: np.ndarray = array("ORA", NEVER, digest=2)
    in_effect: np.ndarray = array("ORA", kind=bool)  # effective by the end of the last turn
    behind: np.ndarray = array("OR")  # what all that take part in a response in effect weigh together
    capital: np.ndarray = array("RA", lambda inputs, draws: inputs.capital, digest=4)
    income: np.ndarray = array("RA")  # capital received so far
    spent: np.ndarray = array("RA")  # capital spent so far
    added_exposure: np.ndarray = array("DRA")  # exposure added by courting and squeezing
    sway: np.ndarray = array(
        "DRA"
    )  # how far courting and squeezing have moved the text each wants, down from what it was
    retaliated: np.ndarray = array("DRA")  # how often each adversary has paid each back for what it did
    pressure: np.ndarray = array("DR", digest=9)
    pressure_over: np.ndarray = array("HR")  # the part of it that answers to each incident, on whoever is suspected
    move: np.ndarray = array("HR", -1, digest=10, kind=int)  # last move in each campaign, index into MOVES
    move_at_large: np.ndarray = array("DR", -1, digest=12, kind=int)  # the same of an adversary without a campaign
    moves_made: np.ndarray = array("DR", kind=int)  # all so far: the sum of 2 to the index of each
    tension: np.ndarray = array("R", lambda inputs, draws: inputs.params_per_run.tension_start, digest=8)
    peak_tension: np.ndarray = array("R", lambda inputs, draws: inputs.params_per_run.tension_start)
    linkage: np.ndarray = array("R", lambda inputs, draws: inputs.linkage[:, 0])
    threat: np.ndarray = array("R", lambda inputs, draws: inputs.params_per_run.threat_real)  # perceived threat
    narrative: np.ndarray = array("R")
    standing: np.ndarray = array("R", lambda inputs, draws: inputs.params_per_run.standing_start)
    transparency: np.ndarray = array("R", lambda inputs, draws: inputs.params_per_run.transparency_start)
    readiness: np.ndarray = array("R", 1.0)  # of the core mission
    overreach: np.ndarray = array("R")
    norm: np.ndarray = array("R")  # growth of the practice of naming in this exercise
    duplication: np.ndarray = array("R")  # consultations opened beside another that does the same
    called: np.ndarray = array("R")  # consultations
    called_best: np.ndarray = array("R")  # of these in a best-placed format
    project_state: np.ndarray = array("PR", _running_or_not, kind=int)
    # turn of its decision, or later; 0: it needs none
    project_due: np.ndarray = array("PR", lambda inputs, draws: inputs.project_turn)
    # months since it began
    project_months: np.ndarray = array("PR", lambda inputs, draws: np.maximum(inputs.project_age, 0), digest=11)
    project_spent: np.ndarray = array("PR")  # EUR million
    released: np.ndarray = array("IR", kind=bool)  # injects of the scenario, in the order of `ModelInputs.msel`
    chosen: np.ndarray = array("QRA", -1, kind=int)  # option by which each has answered a question, or -1

    @classmethod
    def first(cls, inputs, draws):
        """The state before turn 1.

        Parameters
        ----------
        inputs : ModelInputs
        draws : Draws; what is drawn once for a whole run is drawn here
        """
        long = _lengths(inputs, draws)
        return cls(**{item.name: _at_first(item, inputs, draws, long) for item in fields(cls)})

    def rows(self, places):
        """A state of only these rows, in this order; a row may be taken many times."""
        return self._each(lambda item, values: np.take(values, places, axis=_axis_of_runs(item)))

    def copy(self):
        """The same state once more: changing it leaves this one as it is."""
        return self._each(lambda item, values: values.copy())

    def digest(self):
        """A 64-bit digest of what each run came to: (R,) uint64. Two runs with one digest are the same run."""
        of_digest = [item for item in fields(self) if item.metadata["digest"] is not None]
        of_digest.sort(key=lambda item: item.metadata["digest"])
        parts = [np.moveaxis(getattr(self, item.name), _axis_of_runs(item), 0) for item in of_digest]
        runs = len(self.tension)
        rows = np.concatenate([np.ascontiguousarray(part).reshape(runs, -1).view(np.uint8) for part in parts], axis=1)
        sums = [hashlib.blake2b(row, digest_size=8).digest() for row in rows]
        return np.array([int.from_bytes(total, "little") for total in sums], dtype=np.uint64)

    def _each(self, change):
        return type(self)(**{item.name: change(item, getattr(self, item.name)) for item in fields(self)})


def _axis_of_runs(item):
    return item.metadata["axes"].index("R")


def _at_first(item, inputs, draws, long):
    start = item.metadata["start"]
    value = start(inputs, draws) if callable(start) else start
    return np.full([long[axis] for axis in item.metadata["axes"]], value, item.metadata["kind"])


def _lengths(inputs, draws):
    along = {
        "R": draws,
        "H": inputs.incidents,
        "O": inputs.options,
        "K": inputs.kinds,
        "T": inputs.consultations,
        "A": inputs.actors,
        "D": inputs.adversaries,
        "P": inputs.projects,
        "I": inputs.msel,
        "Q": inputs.questions,
    }
    return {axis: len(entries) for axis, entries in along.items()}


# ------------------------------------------------------------------------------------------------- world


@dataclass
class World:
    """One batch of runs: the inputs, the state, the turn it is, the draws, and who sits in which seat.

    `draws` are those of what happens, `nature` those of what each actor is like, which stay in every continuation.
    `series` is what is charted turn by turn, or None where it is not kept.
    `seats` maps an actor's code to a policy that answers for it; every other actor is played by the model's own rule.
    `script` holds answers that were written down before and come first, or is None; `decided` what seats were asked and
    answered, by run.
    `recorder` turns what happens in row 0 into events, or is None; `watch` looks on as responses are weighed in every
    row, or is None. `base_utilities` keeps how willing each is to join before company and texts, from the consultation
    to the response of one turn, `delivered` how far the projects deliver and what comes of it, and `sure` how sure each
    is of the culprits, beside the arrays of the state that this was worked out from.
    """

    inputs: ModelInputs
    state: State
    draws: Draws
    nature: Draws
    turn: int = 0
    step: int = 0
    due: object = None
    plan: list = field(default_factory=list)
    seats: dict[str, Any] = field(default_factory=dict)
    script: Any = None
    recorder: Any = None
    series: dict | None = field(default_factory=dict)
    decided: dict[int, list] = field(default_factory=dict)
    base_utilities: dict = field(default_factory=dict)
    watch: object = None
    delivered: tuple = (None, None, None, {})
    sure: tuple = (None, None)

    @property
    def runs(self):
        return self.state.tension.shape[0]

    @property
    def day(self):
        """First day of the turn, counted from the start; before the first turn, the first day of all."""
        return self.inputs.calendar.begins(self.turn)

    @property
    def last_day(self):
        """Day on which the turn ends."""
        return self.inputs.calendar.ends(self.turn)

    @property
    def has_begun(self):
        """Which incidents have begun: (H,) bool."""
        return self.inputs.incident_begins <= self.turn

    @property
    def begun(self):
        """The incidents that have begun: list of their places."""
        return self.has_begun.nonzero()[0].tolist()

    @property
    def days(self):
        """Length of the turn in days."""
        return self.inputs.calendar.days(self.turn)

    @property
    def years(self):
        """Years since the exercise began, for what follows the calendar."""
        return self.day / 365.25

    @property
    def months(self):
        """Length of the turn in months of 30 days."""
        return self.days / 30

    def exposed(self, adversary):
        """Exposure to an adversary, with what its courting and squeezing has added: (R, A), 0 to 1."""
        exposure = self.inputs.exposure[adversary] + self.state.added_exposure[adversary]
        return np.clip(exposure, 0, 1, out=exposure)

    def confidence(self):
        """How sure each is of who did it: (H, R, A), 0 to 1; worked out anew only when beliefs have moved."""
        belief, sure = self.sure
        if belief is not self.state.belief:
            sure = confidence(self.state.belief)
            self.sure = self.state.belief, sure
        return sure

    def swayed(self, adversary):
        """How far the text that each wants has been courted or squeezed down by an adversary: (R, A), 0 to 1."""
        return self.state.sway[adversary]

    def transparency(self):
        """How open cooperation is now, with the projects that make it so: (R,), 0 to 1."""
        return np.clip(self.state.transparency + effect_anywhere(self, "transparency"), 0, 1)

    def openness(self):
        """How far cooperation is open to states beyond NATO and the four, through its projects: (R,), 0 to 1."""
        return quantize(np.clip(effect_anywhere(self, "openness"), 0, 1))

    def standing(self):
        """How third parties regard the cooperation now, with the projects that speak to them: (R,), 0 to 1."""
        return np.clip(self.state.standing + effect_anywhere(self, "standing"), 0, 1)

    def delivering(self):
        """How far each project of the portfolio delivers now: (P, R), 0 to 1."""
        return delivered(self)

    def keep_series(self):
        """Keep what is charted turn by turn: each name a list of arrays (R,), one a turn."""
        state, inputs = self.state, self.inputs
        weight = np.maximum(state.stake.sum(axis=0).sum(axis=-1), 1e-9)
        now = {
            "tension": state.tension,
            "perceived_threat": state.threat,
            "standing": self.standing(),
            "readiness": state.readiness,
            "pressure": state.pressure.max(axis=0, initial=0),
            "harm": state.harm.sum(axis=0),
            "strongest_text": state.covered.max(axis=0, initial=0).max(axis=-1),
            "joiners": (state.joined.any(axis=0) & inputs.everybody.is_state).sum(axis=-1).astype(float),
            "confidence": quantize(np.vecdot(quantize(self.confidence()), state.stake).sum(axis=0) / weight),
        }
        for name, values in now.items():
            self.series.setdefault(name, []).append(values.copy())

    def copy(self):
        """The same world once more, with all that is told and kept: it can be played on without touching this one."""
        recorder = copy.copy(self.recorder)
        if recorder:
            vars(recorder).update({name: copy.copy(value) for name, value in vars(recorder).items()})
        return replace(
            self,
            state=self.state.copy(),
            due=self.due and self.due.copy(),
            plan=list(self.plan),
            seats={code: policy.fresh() for code, policy in self.seats.items()},
            script=self.script and self.script.fresh(),
            recorder=recorder,
            series=self.series and {name: list(values) for name, values in self.series.items()},
            decided={run: list(entries) for run, entries in self.decided.items()},
            base_utilities=dict(self.base_utilities),
        )

    def twin(self, base_utilities=None):
        """The same world once more, told to nobody: what is tried out in it leaves this one as it is."""
        return replace(
            self,
            state=self.state.copy(),
            recorder=None,
            watch=None,
            series=None,
            base_utilities=base_utilities or {},
            decided={},
        )

    def ahead(self, draws, rows):
        """Some of its runs from here on with other draws: what could still come. A run may be taken many times.

        Parameters
        ----------
        draws : Draws, one row for each of `rows`
        rows : list of int, places of runs; where it waits for seats it is a batch of one
        """
        return replace(
            self,
            state=self.state.rows(rows),
            draws=draws,
            nature=self.nature.rows(rows),
            due=self.due and self.due.many_times(len(rows)),
            base_utilities={h: values[:, rows] for h, values in self.base_utilities.items()},
            plan=list(self.plan),
            script=self.script and self.script.fresh(),
            recorder=None,
            series=None,
            decided={},
        )


# ---------------------------------------------------------------------------------------------- what cooperation gives


def delivered(world):
    """How far each project delivers now: (P, R), 0 to 1; worked out anew only when a project has moved on."""
    inputs, state = world.inputs, world.state
    months, standing, share, _ = world.delivered
    if months is not state.project_months or standing is not state.project_state:
        ripe = maturity(state.project_months, inputs.project_first, inputs.project_full)
        share = quantize(np.where(state.project_state == RUNNING, ripe, 0.0))
        world.delivered = state.project_months, state.project_state, share, {}
    return share


def _until_a_project_moves_on(effect):
    """A function (world, name) whose answers are kept as long as the projects deliver the same."""

    @wraps(effect)
    def kept(world, name):
        delivered(world)
        answers = world.delivered[-1]
        asked = effect.__name__, name  # its name, as a world goes to other processes
        if asked not in answers:
            answers[asked] = effect(world, name)
        return answers[asked]

    return kept


@_until_a_project_moves_on
def effect(world, name):
    """What all projects together add to one quantity of the model, for each incident: (H, R).

    Parameters
    ----------
    world : World
    name : str, one of the effects a project may have

    Returns
    -------
    array (H, R); zero when no project in the portfolio has this effect
    """
    inputs = world.inputs
    if name not in inputs.project_effects:
        return np.zeros((len(inputs.incidents), world.runs))
    amounts = quantize(inputs.project_effects[name]) * delivered(world)  # (P, R)
    works_on = inputs.project_issue[name]  # (P, H)
    return works_on.T @ amounts


@_until_a_project_moves_on
def effect_anywhere(world, name):
    """As `effect`, for quantities that are no matter of one incident: (R,)."""
    inputs = world.inputs
    if name not in inputs.project_effects:
        return np.zeros(world.runs)
    return (quantize(inputs.project_effects[name]) * delivered(world)).sum(axis=0)
