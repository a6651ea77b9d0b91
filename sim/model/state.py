"""The state: what is true now in each run of a batch, as named arrays, and the world that holds it.

Axes are those of `ModelInputs`: a live exercise is a batch of one run, a sweep a batch of many. Every array has an axis
for runs, so that any rows can be taken out, repeated and played on.
"""

import copy
import hashlib
from dataclasses import dataclass, field, fields, replace

import numpy as np

from sim.model.cooperation import NOT_BEGUN, RUNNING, effect_anywhere
from sim.rules.attribution import confidence
from sim.rules.choice import log_odds
from sim.rules.quantize import quantize

NEVER = 1e9  # a day that does not come
IDLE, OPEN, ADOPTED, FAILED = 0, 1, 2, 3


@dataclass
class State:
    """All that changes. R runs; other axes as in `ModelInputs`."""

    threshold: np.ndarray  # (O, R, A) log-odds of joining from which each joins: drawn once, part of what it is like
    severity_noise: np.ndarray  # (H, R, A) how others misjudge the gravity, drawn once
    evidence: np.ndarray  # (H, R, A) own accumulated log-likelihood ratio that the suspect did it
    information: np.ndarray  # (H, R, A) what that evidence was expected to tell, in the same unit
    handed: np.ndarray  # (H, R, A) evidence that others have handed over besides what is shared anyway
    handed_weight: np.ndarray  # (H, R, A) how much of a source each of these counts for
    belief: np.ndarray  # (H, R, A) log-odds, own evidence and what reached it
    stake: np.ndarray  # (H, R, A)
    bond: np.ndarray  # (H, R, A) how close the victim is, whatever the harm; 1 for the worst hit
    position: np.ndarray  # (H, R, A) text each wants, 0 to 1
    perceived: np.ndarray  # (H, R, A) severity as each sees it
    p_join: np.ndarray  # (O, R, A) probability of joining, as the last round of consultation left it
    severity: np.ndarray  # (H, R, A) of each victim now
    intensity: np.ndarray  # (H, R) 1 as begun, 0 not begun or stopped
    remembered: np.ndarray  # (H, R) the intensity by which it is judged: fades slowly once an incident is over
    stopped: np.ndarray  # (H, R) bool
    conceded: np.ndarray  # (H, R, A) bool
    publicness: np.ndarray  # (H, R)
    difficulty: np.ndarray  # (H, R)
    asked: np.ndarray  # (H, R) 1 once a victim has called a consultation
    harm: np.ndarray  # (H, R) flow now, summed over victims
    cumulative_harm: np.ndarray  # (H, R)
    relief: np.ndarray  # (H, R) share of harm taken away
    table_state: np.ndarray  # (T, R) idle, open, adopted, failed
    table_due: np.ndarray  # (T, R) day
    table_text: np.ndarray  # (T, R) text adopted, 0 to 1
    table_share: np.ndarray  # (T, R) share of capability behind it
    table_called: np.ndarray  # (T, R) day first called
    first_table: np.ndarray  # (H, R) the table called first, or -1
    covered: np.ndarray  # (H, R, A) strongest adopted text that each may act under
    days_to_text: np.ndarray  # (H, R) from the incident to the first joint text of solidarity or more
    breaks: np.ndarray  # (R,) silences broken
    joined: np.ndarray  # (O, R, A) bool, decided
    decided_day: np.ndarray  # (O, R, A)
    effect_day: np.ndarray  # (O, R, A)
    decision_confidence: np.ndarray  # (R,) sum of confidence at accusing decisions
    decision_count: np.ndarray  # (R,)
    capital: np.ndarray  # (R, A)
    income: np.ndarray  # (R, A) capital received so far
    spent: np.ndarray  # (R, A) capital spent so far
    added_exposure: np.ndarray  # (D, R, A) exposure added by courting and squeezing
    pressure: np.ndarray  # (D, R)
    move: np.ndarray  # (D, R) last move, index into MOVES
    tension: np.ndarray  # (R,)
    peak_tension: np.ndarray  # (R,)
    linkage: np.ndarray  # (R,)
    threat: np.ndarray  # (R,) perceived threat
    narrative: np.ndarray  # (R,)
    standing: np.ndarray  # (R,)
    transparency: np.ndarray  # (R,)
    readiness: np.ndarray  # (R,) of the core mission
    overreach: np.ndarray  # (R,)
    norm: np.ndarray  # (R,) growth of the practice of naming in this exercise
    duplication: np.ndarray  # (R,) consultations opened beside another that does the same
    called: np.ndarray  # (R,) consultations
    called_best: np.ndarray  # (R,) of these in a best-placed format
    project_state: np.ndarray  # (P, R)
    project_due: np.ndarray  # (P, R) turn from which it is put to a decision; 0: it needs none
    project_months: np.ndarray  # (P, R) months since it began
    project_spent: np.ndarray  # (P, R) EUR million

    def rows(self, places):
        """A state of only these rows, in this order; a row may be taken many times."""
        taken = {}
        for item in fields(self):
            value = getattr(self, item.name)
            axis = 0 if item.name in ROWS_FIRST else 1
            taken[item.name] = np.take(value, places, axis=axis)
        return State(**taken)

    def digest(self):
        """A 64-bit digest of what each run came to: (R,) uint64. Two runs with one digest are the same run."""
        parts = [np.moveaxis(getattr(self, name), 0 if name in ROWS_FIRST else 1, 0) for name in DIGESTED]
        runs = len(self.tension)
        rows = np.concatenate([np.ascontiguousarray(part).reshape(runs, -1).view(np.uint8) for part in parts], axis=1)
        sums = [hashlib.blake2b(row, digest_size=8).digest() for row in rows]
        return np.array([int.from_bytes(total, "little") for total in sums], dtype=np.uint64)

    def copy(self):
        return State(**{item.name: getattr(self, item.name).copy() for item in fields(self)})


DIGESTED = (
    "evidence",
    "effect_day",
    "covered",
    "capital",
    "table_due",
    "table_text",
    "cumulative_harm",
    "tension",
    "pressure",
    "move",
    "project_months",
)
ROWS_FIRST = {
    "breaks",
    "decision_confidence",
    "decision_count",
    "capital",
    "income",
    "spent",
    "tension",
    "peak_tension",
    "linkage",
    "threat",
    "narrative",
    "standing",
    "transparency",
    "readiness",
    "overreach",
    "norm",
    "duplication",
    "called",
    "called_best",
}


@dataclass
class World:
    """One batch of runs: the setting, the state, the turn it is, the draws, and who sits in which seat.

    `draws` are those of what happens, `nature` those of what each actor is like, which stay in every continuation.
    `series` is what is charted turn by turn, or None where it is not kept.
    `seats` maps an actor's code to a policy that answers for it; every other actor is played by the model's own rule.
    `script` holds answers that were written down before and come first, or is None.
    `recorder` turns what happens in row 0 into events, or is None; `watch` looks on as responses are weighed in every
    row, or is None. `base_utilities` keeps how willing each is to join before company and texts, from the consultation
    to the response of one turn, `delivered` how far the projects deliver, beside the arrays of the state that this was
    worked out from.
    """

    setting: object
    state: State
    draws: object
    nature: object
    turn: int = 0
    step: int = 0
    due: object = None
    plan: list = field(default_factory=list)
    seats: dict = field(default_factory=dict)
    script: object = None
    recorder: object = None
    series: dict | None = field(default_factory=dict)
    decided: list = field(default_factory=list)
    base_utilities: dict = field(default_factory=dict)
    watch: object = None
    delivered: tuple = (None, None, None)

    @property
    def runs(self):
        return self.state.tension.shape[0]

    @property
    def day(self):
        """First day of the turn, counted from the start; before the first turn, the first day of all."""
        return max(self.turn - 1, 0) * self.setting.days

    @property
    def last_day(self):
        """Day on which the turn ends."""
        return self.turn * self.setting.days

    @property
    def months(self):
        """Length of a turn in months of 30 days."""
        return self.setting.days / 30

    def exposed(self, adversary):
        """Exposure to an adversary, with what its courting and squeezing has added: (R, A), 0 to 1."""
        return np.clip(self.setting.exposure[adversary] + self.state.added_exposure[adversary], 0, 1)

    def transparency(self):
        """How open cooperation is now, with the projects that make it so: (R,), 0 to 1."""
        return np.clip(self.state.transparency + effect_anywhere(self, "transparency"), 0, 1)

    def keep_series(self):
        """Keep what is charted turn by turn: each name a list of arrays (R,), one a turn."""
        state, setting = self.state, self.setting
        asked = state.stake * setting.is_state
        weight = np.maximum(asked.sum(axis=(0, -1)), 1e-9)
        now = {
            "tension": state.tension,
            "perceived_threat": state.threat,
            "standing": state.standing,
            "readiness": state.readiness,
            "pressure": state.pressure.max(axis=0) if len(state.pressure) else np.zeros(self.runs),
            "harm": state.harm.sum(axis=0),
            "strongest_text": state.covered.max(axis=(0, -1)),
            "joiners": (state.joined.any(axis=0)).sum(axis=-1).astype(float),
            "confidence": quantize((quantize(confidence(state.belief)) * asked).sum(axis=(0, -1)) / weight),
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
            decided=list(self.decided),
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
            decided=[],
        )

    def ahead(self, runs, draws):
        """A world of one run `runs` times over, from here on with other draws: what could still come."""
        again = np.zeros(runs, dtype=int)
        return replace(
            self,
            state=self.state.rows(again),
            draws=draws,
            nature=self.nature.rows([0] * runs),
            due=self.due and self.due.many_times(runs),
            base_utilities={h: values[:, again] for h, values in self.base_utilities.items()},
            plan=list(self.plan),
            script=self.script and self.script.fresh(),
            recorder=None,
            series=None,
            decided=[],
        )


def first_state(setting, draws):
    """The state before turn 1.

    Parameters
    ----------
    setting : ModelInputs
    draws : Draws, of the runs: what is drawn once for a whole run is drawn here

    Returns
    -------
    State
    """
    runs = len(draws)
    h, o, t = len(setting.incidents), len(setting.options), len(setting.tables)
    a, d, p = len(setting.actors), len(setting.adversaries), len(setting.projects)
    per_run = setting.params_per_run

    def incidents(value=0.0):
        return np.full((h, runs), value)

    def rows(value=0.0):
        return np.zeros(runs) + value

    return State(
        threshold=log_odds(draws.uniform("joins", 0, setting.option_names, setting.actors)),
        severity_noise=draws.normal("gravity", 0, setting.incidents, setting.actors),
        evidence=np.zeros((h, runs, a)),
        information=np.zeros((h, runs, a)),
        handed=np.zeros((h, runs, a)),
        handed_weight=np.zeros((h, runs, a)),
        belief=np.zeros((h, runs, a)) + setting.params.prior_log_odds,
        stake=np.zeros((h, runs, a)),
        bond=np.zeros((h, runs, a)),
        position=np.zeros((h, runs, a)),
        perceived=np.zeros((h, runs, a)),
        p_join=np.zeros((o, runs, a)),
        severity=np.zeros((h, runs, a)) + setting.severity,
        intensity=incidents(),
        remembered=incidents(),
        stopped=np.zeros((h, runs), dtype=bool),
        conceded=np.zeros((h, runs, a), dtype=bool),
        publicness=incidents() + setting.publicness,
        difficulty=incidents() + setting.difficulty[..., 0],
        asked=incidents(),
        harm=incidents(),
        cumulative_harm=incidents(),
        relief=incidents(),
        table_state=np.zeros((t, runs), dtype=int),
        table_due=np.full((t, runs), NEVER),
        table_text=np.zeros((t, runs)),
        table_share=np.zeros((t, runs)),
        table_called=np.full((t, runs), NEVER),
        first_table=np.full((h, runs), -1),
        covered=np.zeros((h, runs, a)),
        days_to_text=incidents(NEVER),
        breaks=rows(),
        joined=np.zeros((o, runs, a), dtype=bool),
        decided_day=np.full((o, runs, a), NEVER),
        effect_day=np.full((o, runs, a), NEVER),
        decision_confidence=rows(),
        decision_count=rows(),
        capital=np.zeros((runs, a)) + setting.capital,
        income=np.zeros((runs, a)),
        spent=np.zeros((runs, a)),
        added_exposure=np.zeros((d, runs, a)),
        pressure=np.zeros((d, runs)),
        move=np.full((d, runs), -1),
        tension=rows(per_run.tension_start),
        peak_tension=rows(per_run.tension_start),
        linkage=rows(setting.linkage[:, 0]),
        threat=rows(per_run.threat_real),
        narrative=rows(),
        standing=rows(per_run.standing_start),
        transparency=rows(per_run.transparency_start),
        readiness=rows(1.0),
        overreach=rows(),
        norm=rows(),
        duplication=rows(),
        called=rows(),
        called_best=rows(),
        project_state=np.where(setting.project_age >= 0, RUNNING, NOT_BEGUN) + np.zeros((p, runs), dtype=int),
        project_due=setting.project_turn + np.zeros((p, runs)),
        project_months=np.maximum(setting.project_age, 0) + np.zeros((p, runs)),
        project_spent=np.zeros((p, runs)),
    )
