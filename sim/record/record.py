"""What one run left behind, what many runs did, and how a run did by the principles of the article: the scorecard.

`Record` is one run, event by event: it is enough to tell the story, draw the charts and write the report. `Outcomes` is
many runs as arrays, without their events: any of them can be played again, with its record, from seed and number.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sim.model.events import Event
from sim.scenario.calendar import Calendar, edges_of, from_iso

if TYPE_CHECKING:  # a record is read without it
    import numpy as np

JSON_FORMAT = 2
Measures = Mapping[str, float]  # by name; nan where one does not apply


@dataclass(frozen=True)
class Principle:
    """One of the principles for cooperation, and how a run did by it.

    `score` runs from 0 (not at all) to 1 (fully) and is None where the run says nothing about it.
    """

    key: str
    statement: str
    score: float | None
    evidence: str


@dataclass(frozen=True)
class Record:
    """One run: everything that happened, and what came of it.

    >>> record = Record("smallest", "The smallest", "0" * 64, 1, 0, "2025-03-01", 2, 30)
    >>> Record.from_json(record.to_json()) == record
    True
    """

    scenario_name: str
    title: str
    digest: str  # of the scenario's exact text
    seed: int
    run: int  # its number: with scenario and seed it gives the same run again
    start: str  # ISO date of the first day, with its clock where that is told
    turns: int
    days_per_turn: float | Sequence[float]  # a number, or one for each turn where they differ
    events: tuple[Event, ...] = ()  # in order
    measures: dict[str, float] = field(default_factory=dict)  # by name; nan where one does not apply
    baseline_measures: dict[str, float] | None = None  # those of the same run without the cooperation portfolio
    scorecard: list[Principle] = field(default_factory=list)

    def __post_init__(self) -> None:
        object.__setattr__(self, "events", tuple(self.events))
        if isinstance(self.days_per_turn, Sequence):
            object.__setattr__(self, "days_per_turn", tuple(self.days_per_turn))
        object.__setattr__(self, "scorecard", list(self.scorecard))
        object.__setattr__(self, "measures", _floats(self.measures))
        if self.baseline_measures is not None:
            object.__setattr__(self, "baseline_measures", _floats(self.baseline_measures))

    @property
    def calendar(self) -> Calendar:
        """When each turn began and ended."""
        return Calendar(from_iso(self.start), edges_of(self.turns, self.days_per_turn))

    def of_kind(self, *kinds: str) -> list[Event]:
        """The events of one kind or several, in order."""
        return [event for event in self.events if event.kind in kinds]

    @property
    def overrides(self) -> list[Event]:
        """What control changed while it was played: all that it directed but seating people."""
        return [event for event in self.of_kind("control_directs") if event.payload["value"] != '"person"']

    def in_turn(self, turn: int) -> list[Event]:
        """The events of one turn, in order."""
        return [event for event in self.events if event.turn == turn]

    def series(self, name: str, key: str | None = None) -> list:
        """What `turn_ends` says under `name`, turn by turn; for a table (pressure, harm, ...) give its key too.

        >>> Record("smallest", "The smallest", "", 1, 0, "2025-03-01", 2, 30).series("tension")
        []
        """
        values = [event.payload[name] for event in self.of_kind("turn_ends")]
        return values if key is None else [value.get(key) for value in values]

    def to_dict(self) -> dict[str, Any]:
        """The record as plain data."""
        said = {"format": JSON_FORMAT, **vars(self)}
        del said["events"]  # which come last
        said["measures"] = _numbers_out(self.measures)
        said["baseline_measures"] = None if self.baseline_measures is None else _numbers_out(self.baseline_measures)
        said["scorecard"] = [vars(principle) for principle in self.scorecard]
        return {**said, "events": [event.to_dict() for event in self.events]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Record":
        """The record that `to_dict` described."""
        data = dict(data)
        if data.pop("format", JSON_FORMAT) != JSON_FORMAT:
            raise ValueError("the record was written by another version of this program: use that one to read it")
        data["events"] = tuple(Event.from_dict(event) for event in data["events"])
        data["measures"] = _numbers_in(data["measures"])
        if data["baseline_measures"] is not None:
            data["baseline_measures"] = _numbers_in(data["baseline_measures"])
        data["scorecard"] = [Principle(**principle) for principle in data["scorecard"]]
        return cls(**data)

    def to_json(self) -> str:
        """JSON text; floats keep every digit, and what does not apply is null."""
        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> "Record":
        """The record that `to_json` wrote, exactly."""
        return cls.from_dict(json.loads(text))


@dataclass(frozen=True)
class Outcomes:
    """Many runs of one scenario: what came of each, as arrays with one entry a run."""

    scenario_name: str
    title: str
    digest: str
    seed: int
    runs: int
    measures: dict[str, "np.ndarray"] = field(default_factory=dict)  # by name, (runs,); nan where one does not apply
    baseline_measures: dict[str, "np.ndarray"] | None = None  # with the same draws, without the cooperation portfolio
    # by name, (turns, runs): tension, perceived_threat, standing, readiness, pressure, harm, strongest_text, joiners,
    # confidence
    series: dict[str, "np.ndarray"] = field(default_factory=dict)
    # by incident, response and actor, the share of runs in which it joined
    joined: dict[str, dict[str, dict[str, float]]] = field(default_factory=dict)
    # by incident and format, the share of runs that called it first
    formats: dict[str, dict[str, float]] = field(default_factory=dict)
    # by inject, option and actor, the share of runs in which it answered so
    answers: dict[str, dict[str, dict[str, float]]] = field(default_factory=dict)
    first_run: int = 0  # number of the first of these runs

    def quantiles(
        self, name: str, levels: Sequence[float] = (0.05, 0.25, 0.5, 0.75, 0.95), baseline: bool = False
    ) -> "np.ndarray":
        """Quantiles of a measure over the runs to which it applies; nan when there is none."""
        import numpy as np

        values = (self.baseline_measures or {} if baseline else self.measures)[name]
        known = np.asarray(values, dtype=float)
        known = known[~np.isnan(known)]
        return np.quantile(known, levels) if known.size else np.full(len(levels), np.nan)


def _floats(measures: Mapping[str, float]) -> dict[str, float]:
    """The measures as floats, with one `nan` for all so that records that agree are equal."""
    return {name: math.nan if math.isnan(value) else float(value) for name, value in measures.items()}


def _numbers_out(measures: Mapping[str, float]) -> dict[str, float | str | None]:
    return {name: _number_out(value) for name, value in measures.items()}


def _number_out(value: float) -> float | str | None:
    if math.isnan(value):
        return None
    return value if math.isfinite(value) else str(value)


def _numbers_in(measures: Mapping[str, float | str | None]) -> dict[str, float]:
    return {name: math.nan if value is None else float(value) for name, value in measures.items()}


# ------------------------------------------------------------------------------------------------- scorecard


def scorecard(measures: Measures, baseline: Measures | None = None) -> list[Principle]:
    """How a run did by the principles of the article; a score is None where the run says nothing about it.

    `baseline` has the measures of the same run without the cooperation portfolio.
    """
    return [
        _concrete(measures),
        _need(measures, baseline),
        _affordable(measures),
        _complementary(measures),
        _open(measures),
        _core_mission(measures),
    ]


def _known(*values: float | None) -> list[float]:
    return [value for value in values if value is not None and math.isfinite(value)]


def _score(*values: float | None) -> float | None:
    import numpy as np

    known = _known(*values)
    return float(np.clip(np.mean(known), 0, 1)) if known else None


def _concrete(m: Measures) -> Principle:
    failed, delivered_count = m["projects_failed"], m["projects_delivered"]
    share = delivered_count / (delivered_count + failed) if delivered_count + failed else None
    return Principle(
        "concrete",
        "Concrete and efficient first; no moonshots",
        _score(m["spending_delivered"], share),
        f"{delivered_count:.0f} projects deliver, {failed:.0f} failed or were blocked"
        + (
            f"; {m['spending_delivered']:.0%} of the spending is in projects that deliver"
            if _known(m["spending_delivered"])
            else ""
        ),
    )


def _need(m: Measures, baseline: Measures | None) -> Principle:
    statement = "Meet a need that would otherwise go unmet; better for all"
    if baseline is None:
        return Principle("need", statement, None, "no cooperation in this exercise to compare with")
    gains = []
    said = []
    for name, scale, label in (
        ("harm", None, "harm"),
        ("days_to_joint_text", 60, "days to the joint text"),
        ("confidence_at_decision", -0.2, "confidence"),
    ):
        one, other = m[name], baseline[name]
        if not (math.isfinite(one) and math.isfinite(other)):
            continue
        size = max(other, 0.1) * 0.2 if scale is None else scale
        gains.append(min(max((other - one) / size, 0), 1))  # no better than without it: no need met
        said.append(f"{label} {one:.2f} against {other:.2f} without")
    return Principle("need", statement, _score(*gains), "; ".join(said) or "nothing to compare")


def _affordable(m: Measures) -> Principle:
    cost = min(max(1 - m["cost"], 0), 1)
    space = None if not _known(m["space_share"]) else 1 - m["space_share"]
    evidence = (
        f"{m['cost']:.2f} of a year's political capital spent by the mean state; "
        f"EUR {m['cooperation_cost']:.1f} million on the portfolio"
    )
    if space is not None:
        evidence += f", {m['space_share']:.0%} of it on space"
    return Principle("affordable", "Sustainable with the resources there are", _score(cost, space), evidence)


def _complementary(m: Measures) -> Principle:
    duplicated = None if not _known(m["duplication"]) else 1 - m["duplication"]
    evidence = "nobody called a consultation"
    if _known(m["best_placed"]):
        evidence = (
            f"{m['best_placed']:.0%} of consultations in a best-placed format; "
            f"{m['duplication']:.0%} beside another that does the same"
        )
    return Principle(
        "complementary",
        "Complement other bodies; the best-placed format leads",
        _score(min(_known(m["best_placed"], duplicated), default=None)),
        evidence,
    )


def _open(m: Measures) -> Principle:
    outside = min(m["joiners_outside"] / 4, 1)
    return Principle(
        "open",
        "Shared values, openness to the like-minded and to the public",
        _score(m["standing"], m["transparency"], outside, 1 - m["narrative"]),
        f"standing {m['standing']:.2f}, transparency {m['transparency']:.2f}, "
        f"{m['joiners_outside']:.0f} states from outside the bodies did more than speak, "
        f"the adversary's narrative at {m['narrative']:.2f}",
    )


def _core_mission(m: Measures) -> Principle:
    return Principle(
        "core_mission",
        "NATO's core mission protected; no overreach, no misperception",
        _score(m["readiness"], 1 - m["overreach"], 1 - m["perceived_threat"]),
        f"readiness {m['readiness']:.2f}, overreach {m['overreach']:.2f}, "
        f"threat perceived by third parties {m['perceived_threat']:.2f}",
    )
