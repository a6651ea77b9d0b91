"""What a run is judged by, one function each: its label, its unit, which way is better, and how it is read off a world.

To add one: a function here. Its name is what YAML, charts and tables call it, its docstring what it means in a table.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.rules.cooperation import BLOCKED, BROKEN
from sim.rules.quantize import quantize
from sim.rules.tempo import NEVER

ABOUT_A_RUN = ("run", "point", "replication", "status")  # columns of a sweep's table, beside its factors and measures
OF_ONE = ("0 to 1", "ladder, 0 to 1", "probability", "share")  # units of what lies between nothing and all


@dataclass(frozen=True)
class Measure:
    """One number a run is judged by.

    better : "higher", "lower", or None where it is neither.
    may_be_missing : whether a run can say nothing about it, such as how sure those were who accused when nobody did.
    is_of_portfolio : whether it counts what the cooperation itself spends and delivers: without it there is nothing.
    read : what reads it off a world that has been played out: (R,), nan where a run says nothing; None where a table
        names a number that is no measure of the catalogue
    """

    name: str
    label: str
    unit: str
    better: str | None
    description: str
    may_be_missing: bool = False
    read: Callable | None = None
    is_of_portfolio: bool = False

    @property
    def limits(self) -> tuple[float, float]:
        """The lowest and the highest value that it can have, where it applies at all."""
        return (0.0, 1.0) if self.unit in OF_ONE else (0.0, math.inf)


MEASURES: dict[str, Measure] = {}


class MeasureError(Exception):
    """A measure of one's own that could not be read off a world: at which stage, and why."""

    stage = "measure"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def measured(world: Any, own: Mapping[str, Callable] | None = None) -> dict[str, np.ndarray]:
    """Every measure of a batch that has been played out, and those of one's `own`, which are read off a world likewise.

    Each is an array (R,), nan where it does not apply. MeasureError when one of one's own goes wrong.
    """
    found = {name: measure.read(world) for name, measure in MEASURES.items() if measure.read}
    return found | {name: _read_own(name, read, world) for name, read in (own or {}).items()}


def _read_own(name: str, read: Callable, world: Any) -> np.ndarray:
    try:
        values = np.asarray(read(world), dtype=float)
    except Exception as error:
        raise MeasureError(f"{name}: {type(error).__name__}: {error}") from error
    if values.shape != (world.runs,):
        raise MeasureError(
            f"{name}: it gives an array of shape {values.shape} for {world.runs} runs, and one number a run is wanted: "
            f"({world.runs},). Sum or average over all axes but that of the runs."
        )
    if np.isinf(values).any():
        raise MeasureError(f"{name}: it is infinite. Where a measure does not apply, give numpy.nan.")
    return values


def own_measure(name: str, read: Callable | None = None) -> Measure:
    """A measure of one's own: its docstring says what it means; it may have `label`, `unit` and `better` set on it.

    >>> def calls(world):
    ...     "consultations called"
    ...     return world.state.called
    >>> calls.better = "higher"
    >>> own_measure("calls", calls).label, own_measure("calls", calls).better
    ('Calls', 'higher')
    """
    words = name.replace("_", " ")
    label, unit = getattr(read, "label", words[:1].upper() + words[1:]), getattr(read, "unit", "")
    meaning = " ".join((read.__doc__ or "").split()) if read else ""
    return Measure(name, label, unit, getattr(read, "better", None), meaning, True, read)


def _measure(
    label: str, unit: str, better: str | None, may_be_missing: bool = False, is_of_portfolio: bool = False
) -> Callable[[Callable], Callable]:
    """Put the function below into the catalogue, in the order in which they are told."""

    def enter(read: Callable) -> Callable:
        name = read.__name__
        MEASURES[name] = Measure(name, label, unit, better, read.__doc__ or "", may_be_missing, read, is_of_portfolio)
        return read

    return enter


# ------------------------------------------------------------------------------------------------- harm


@_measure("Harm to victims", "severity-months", "lower")
def harm(world: Any) -> np.ndarray:
    """severity borne by all victims, added up over months"""
    return world.state.cumulative_harm.sum(axis=0)


@_measure("Victims that held", "share", "higher", may_be_missing=True)
def held(world: Any) -> np.ndarray:
    """share of coerced victims that did not give in"""
    coerced = (world.state.severity > 0) & world.inputs.has_demand[:, None, None]
    count = coerced.sum(axis=(0, -1))
    gave_in = (world.state.conceded & coerced).sum(axis=(0, -1))
    return _where(count > 0, 1 - gave_in / np.maximum(count, 1))


# ------------------------------------------------------------------------------------------------- speed


@_measure("Days to the first response", "days", "lower", may_be_missing=True)
def days_to_first_response(world: Any) -> np.ndarray:
    """from the first incident to the first visible response by anybody"""
    inputs = world.inputs
    first_incident = inputs.incident_day.min(initial=NEVER)
    soonest = world.state.effect_day.min(axis=0, initial=NEVER).min(axis=-1)
    return _where(soonest <= inputs.calendar.length, soonest - first_incident)


@_measure("Days to the first joint text", "days", "lower", may_be_missing=True)
def days_to_joint_text(world: Any) -> np.ndarray:
    """from the incident to the first joint text of solidarity or more"""
    days = world.state.days_to_text.min(axis=0, initial=NEVER)
    return _where(days < NEVER, days)


# ------------------------------------------------------------------------------------------------- texts, responses


@_measure("Capability behind the joint text", "share", "higher")
def joint_share(world: Any) -> np.ndarray:
    """share of capability that stood behind the strongest text"""
    text = world.state.consultation_text
    strongest = text >= text.max(axis=0, initial=0.0)
    return np.where(strongest & (text > 0), world.state.consultation_share, 0.0).max(axis=0, initial=0.0)


@_measure("Strongest text reached", "ladder, 0 to 1", None)
def strongest_text(world: Any) -> np.ndarray:
    """0 silence, 0.1 concern, 0.3 solidarity, 0.5 naming, 0.75 measures"""
    return world.state.covered.max(axis=0, initial=0).max(axis=-1)


@_measure("Confidence at decision", "probability", "higher", may_be_missing=True)
def confidence_at_decision(world: Any) -> np.ndarray:
    """mean probability that those who accused gave, when they decided, to what was true"""
    state = world.state
    return _where(state.accusations > 0, state.accused_rightly / np.maximum(state.accusations, 1))


@_measure("What third parties know", "probability", "higher", may_be_missing=True)
def known_to_others(world: Any) -> np.ndarray:
    """mean probability that states give at the end to what is true, over incidents that did not hit them"""
    inputs, state = world.inputs, world.state
    sure = world.confidence()
    right = quantize(np.where(inputs.incident_is_true > 0, sure, 1 - sure))
    asks = world.has_begun[:, None, None] & (state.severity == 0) & inputs.is_state
    return _where(asks.any(axis=(0, -1)), (right * asks).sum(axis=(0, -1)) / np.maximum(asks.sum(axis=(0, -1)), 1))


@_measure("Wrong culprit named", "share", "lower")
def wrong_culprit(world: Any) -> np.ndarray:
    """share of incidents over which a joint text names a state that did not do it"""
    inputs, state = world.inputs, world.state
    named = (state.covered >= inputs.params.rung_naming).any(axis=-1) & (inputs.incident_is_true[..., 0] < 0)
    return _share_of_begun(named, world)


@_measure("States that did more than speak", "states", None)
def joiners(world: Any) -> np.ndarray:
    """states that joined a response beyond words"""
    return _acted(world).sum(axis=-1).astype(float)


@_measure("Joiners outside the bodies", "states", "higher")
def joiners_outside(world: Any) -> np.ndarray:
    """states in neither NATO nor the EU that did more than speak"""
    return (_acted(world) & ~world.inputs.is_nato & ~world.inputs.is_eu).sum(axis=-1).astype(float)


@_measure("Silences broken", "breaks", "lower")
def silences_broken(world: Any) -> np.ndarray:
    """times a member broke silence on a text"""
    return world.state.breaks.astype(float)


# ------------------------------------------------------------------------------------------------- cohesion


@_measure("Cohesion within NATO", "0 to 1", "higher", may_be_missing=True)
def cohesion_nato(world: Any) -> np.ndarray:
    """1 less twice the mean distance of allies' positions"""
    return _closeness(world, world.inputs.is_nato)


@_measure("Cohesion within the EU", "0 to 1", "higher", may_be_missing=True)
def cohesion_eu(world: Any) -> np.ndarray:
    """1 less twice the mean distance of members' positions"""
    return _closeness(world, world.inputs.is_eu)


@_measure("Cohesion across the oceans", "0 to 1", "higher", may_be_missing=True)
def cohesion_oceans(world: Any) -> np.ndarray:
    """1 less the distance between allies' and the four partners' mean positions"""
    inputs, wants = world.inputs, world.state.position[world.has_begun]
    allies, partners = inputs.is_nato & inputs.is_state, inputs.is_partner & inputs.is_state
    if not (len(wants) and allies.any() and partners.any()):
        return np.full(world.runs, np.nan)
    return 1 - np.abs(_mean(wants, allies) - _mean(wants, partners)).mean(axis=0)


# ------------------------------------------------------------------------------------------------- adversaries, cost


@_measure("Peak tension", "0 to 1", "lower")
def peak_tension(world: Any) -> np.ndarray:
    """highest tension in any turn"""
    return world.state.peak_tension


@_measure("Retaliation borne", "times", "lower")
def retaliation(world: Any) -> np.ndarray:
    """times that an adversary paid a state back for what it did"""
    return world.state.retaliated.sum(axis=(0, -1))


@_measure("Pressure on adversaries", "0 to 1", None)
def pressure(world: Any) -> np.ndarray:
    """pressure felt at the end by the adversary that feels most"""
    return world.state.pressure.max(axis=0, initial=0)


@_measure("Incidents that stopped", "share", "higher")
def stopped(world: Any) -> np.ndarray:
    """share of incidents that their author called off"""
    return _share_of_begun(world.state.stopped, world)


@_measure("Political capital spent", "capital a state", "lower")
def cost(world: Any) -> np.ndarray:
    """capital spent on consultations and responses, mean over states"""
    return _mean(quantize(world.state.spent), world.inputs.everybody.is_state)


# ------------------------------------------------------------------------------------------------- how it is seen


@_measure("Readiness for the core mission", "0 to 1", "higher")
def readiness(world: Any) -> np.ndarray:
    """at the end"""
    return world.state.readiness


@_measure("Overreach perceived", "0 to 1", "lower")
def overreach(world: Any) -> np.ndarray:
    """NATO speaking on matters far from its area"""
    return world.state.overreach


@_measure("Threat perceived by third parties", "0 to 1", "lower")
def perceived_threat(world: Any) -> np.ndarray:
    """at the end; the real part is a coefficient"""
    return world.state.threat


@_measure("Adversary narrative", "0 to 1", "lower")
def narrative(world: Any) -> np.ndarray:
    """how far the story of a bloc has taken hold"""
    return world.state.narrative


@_measure("Standing with third parties", "0 to 1", "higher")
def standing(world: Any) -> np.ndarray:
    """at the end, with the projects that raise it"""
    return world.standing()


@_measure("Transparency of cooperation", "0 to 1", "higher")
def transparency(world: Any) -> np.ndarray:
    """at the end, with the projects that raise it"""
    return world.transparency() + np.zeros(world.runs)


# ------------------------------------------------------------------------------------------------- cooperation


@_measure("Spent on cooperation", "EUR million", "lower", is_of_portfolio=True)
def cooperation_cost(world: Any) -> np.ndarray:
    """spent on the portfolio during the exercise"""
    return world.state.project_spent.sum(axis=0)


@_measure("Projects that deliver", "projects", "higher", is_of_portfolio=True)
def projects_delivered(world: Any) -> np.ndarray:
    """with at least some output at the end"""
    return (world.delivering() > 0).sum(axis=0).astype(float)


@_measure("Projects failed or blocked", "projects", "lower", is_of_portfolio=True)
def projects_failed(world: Any) -> np.ndarray:
    """blocked by a member, or agreed and without output"""
    return np.isin(world.state.project_state, (BLOCKED, BROKEN)).sum(axis=0).astype(float)


@_measure("Spending that delivered", "share", "higher", may_be_missing=True, is_of_portfolio=True)
def spending_delivered(world: Any) -> np.ndarray:
    """share of the portfolio's cost in projects that deliver"""
    return _share_of_cost(world, world.delivering() > 0)


@_measure("Space in the spending", "share", None, may_be_missing=True, is_of_portfolio=True)
def space_share(world: Any) -> np.ndarray:
    """share of the portfolio's cost that goes to space"""
    return _share_of_cost(world, world.inputs.project_space[:, None])


# ------------------------------------------------------------------------------------------------- formats


@_measure("Led by the best-placed format", "share", "higher", may_be_missing=True)
def best_placed(world: Any) -> np.ndarray:
    """share of consultations opened in a best-placed format"""
    return _share_of_calls(world, world.state.called_best)


@_measure("Duplicated consultations", "share", "lower", may_be_missing=True)
def duplication(world: Any) -> np.ndarray:
    """share of consultations beside another that does the same"""
    return _share_of_calls(world, world.state.duplication)


@_measure("Meetings of NATO and the four", "meetings", None)
def partnership_meetings(world: Any) -> np.ndarray:
    """consultations in formats where NATO meets the four partners, at most one a format and incident"""
    called = world.state.consultation_called < NEVER
    return (called & world.inputs.consultation_is_ip4[:, None]).sum(axis=0).astype(float)


# ------------------------------------------------------------------------------------------------- what they ask


def _where(applies: np.ndarray, values: np.ndarray) -> np.ndarray:
    return np.where(applies, values, np.nan)


def _share_of_begun(marked: np.ndarray, world: Any) -> np.ndarray:
    """The share of the incidents that have begun that are marked, (H, R) bool; none where nothing has."""
    return marked[world.has_begun].sum(axis=0) / max(len(world.begun), 1)


def _acted(world: Any) -> np.ndarray:
    """Who did more than speak: (R, A) bool."""
    return world.state.joined[world.inputs.is_deed].any(axis=0) & world.inputs.everybody.is_state


def _mean(values: np.ndarray, who: np.ndarray) -> np.ndarray:
    return values @ who.astype(float) / max(who.sum(), 1)


def _closeness(world: Any, members: np.ndarray) -> np.ndarray:
    who, wants = members & world.inputs.is_state, world.state.position[world.has_begun]
    if who.sum() < 2 or not len(wants):
        return np.full(world.runs, np.nan)
    distance = quantize(np.abs(wants - _mean(wants, who)[..., None]))
    return quantize(1 - 2 * _mean(distance, who)).mean(axis=0)


def _share_of_cost(world: Any, part: np.ndarray) -> np.ndarray:
    spent = world.state.project_spent
    cost = spent.sum(axis=0)
    return _where(cost > 0, (spent * part).sum(axis=0) / np.maximum(cost, 1e-9))


def _share_of_calls(world: Any, part: np.ndarray) -> np.ndarray:
    called = world.state.called
    return _where(called > 0, part / np.maximum(called, 1))
