"""The hot wash: who really did it, what came of the run, and how it fared by the principles."""

import math
from dataclasses import dataclass

from sim.phrases import Names, count, sentence

BETTER = {"higher": "more is better", "lower": "less is better"}
UNSAID = ("", "share", "probability", "dimensionless")  # units that a number between 0 and 1 does not need


@dataclass(frozen=True)
class MeasureRow:
    """A measure of a run, and beside it that of the same run without the cooperation, each number as it is printed."""

    name: str
    label: str
    value: str
    baseline: str
    unit: str
    better: str


@dataclass(frozen=True)
class HotWash:
    """What is told when the exercise is over: the truth, what came of it, and how the principles fared.

    Parameters
    ----------
    truth : tuple of str, who really did it and how each incident ended
    measures : tuple of MeasureRow
    principles : tuple of record.Principle
    questions : tuple of str, for discussion
    """

    truth: tuple[str, ...]
    measures: tuple[MeasureRow, ...]
    principles: tuple
    questions: tuple[str, ...]


def hot_wash(record, loaded):
    """What is told when the exercise is over.

    Parameters
    ----------
    record : Record
    loaded : sim.scenario.Loaded, the scenario that was played

    Returns
    -------
    HotWash
    """
    names = Names(loaded)
    truth = tuple(sentence(_truth(incident, record, names)) for incident in loaded.scenario.incidents)
    return HotWash(truth, tuple(measure_rows(record)), tuple(record.scorecard), tuple(loaded.scenario.questions))


def _truth(incident, record, names):
    suspect = incident.suspect or incident.by
    who = names.culprit(incident)
    who = f"{who} all along" if suspect == incident.by else f"not {names.actor(suspect)} but {who}"
    ends = (_belief_at_the_end(incident, record, names), _how_it_ended(incident, record, names))
    return " ".join(sentence(words) for words in (f"{names.incident(incident.id)}: it was {who}", *ends))


def _belief_at_the_end(incident, record, names):
    assessed = [event for event in record.of_kind("assessment") if event.incident == incident.id]
    if not assessed:
        return "nobody ever assessed it"
    confidence = list(assessed[-1].payload["confidence"].values())
    firm = sum(share >= 0.7 for share in confidence)
    who = ("none", "one")[firm] if firm < 2 else str(firm)
    all_states = count(len(confidence), "state")
    verb = "is" if firm < 2 else "are"
    return f"in the end {who} of {all_states} {verb} confident that it was {names.suspect(incident.id)}"


def _how_it_ended(incident, record, names):
    about = [event for event in record.events if event.incident == incident.id]
    gave_in = [event.actor for event in about if event.kind == "victim_concedes"]
    stopped = [event for event in about if event.kind == "incident_stops"]
    begun = any(event.kind == "incident_begins" for event in about)
    if not begun:
        return "it never began"
    end = f"it stopped in turn {stopped[-1].turn}" if stopped else "it was still going on at the end"
    gave = f"{names.actors(gave_in)} gave in" if gave_in else "no victim gave in"
    return f"{end}, and {gave}" if _has_demand(incident) else end


def _has_demand(incident):
    return incident.demand is not None


def measure_rows(record, with_units=True):
    """The measures as they are printed, one after the other.

    Parameters
    ----------
    record : Record
    with_units : bool, whether each number has its unit; else it stands in the row alone
    """
    from sim.catalogue.measures import MEASURES, Measure

    baseline = record.baseline_measures or {}
    for name, value in record.measures.items():
        known = MEASURES.get(name) or Measure(name, name.replace("_", " "), "", None, "")
        unit = known.unit if with_units else ""
        other = figure(baseline[name], unit) if name in baseline else ""
        yield MeasureRow(name, known.label, figure(value, unit), other, known.unit, BETTER.get(known.better, ""))


def figure(value, unit=""):
    """A number with its unit, as short as it can be without misleading.

    >>> figure(0.348, "share"), figure(41.0, "days"), figure(1.0, "days"), figure(float("nan"), "days"), figure(1234.5)
    ('0.35', '41 days', '1 day', 'does not apply', '1,234')
    >>> figure(7.2, "EUR million")
    'EUR 7.20 million'
    """
    if math.isnan(value):
        return "does not apply"
    digits = 0 if value == int(value) or abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    number = f"{value:,.{digits}f}"
    if unit in UNSAID or "0 to 1" in unit:
        return number
    if unit.startswith("EUR "):
        return f"EUR {number} {unit.removeprefix('EUR ')}"
    return f"{number} {unit.removesuffix('s') if number == '1' else unit}"
