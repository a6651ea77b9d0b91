"""The hot wash: who really did it, what came of the run, and how it fared by the principles."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from sim.phrases import Names, count, goes_unsaid, in_words, listed, once_by_name, sentence
from sim.record.record import Principle, Record
from sim.scenario import Loaded

BETTER = {"higher": "more is better", "lower": "less is better"}
CONFIDENT = 0.7  # as likely, at least, as it is to those who are called confident
COUNTED = 3  # incidents over which the states that were confident are counted one by one
NOT_AT_ALL = "does not apply"


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

    `outcome` is what came of it in five sentences, `truth` who really did it and how each incident ended, `questions`
    are for discussion.
    """

    outcome: tuple[str, ...]
    truth: tuple[str, ...]
    measures: tuple[MeasureRow, ...]
    principles: tuple[Principle, ...]
    questions: tuple[str, ...]


def questions_of(loaded: Loaded, turn: int | None = None) -> tuple[str, ...]:
    """The questions for discussion, in words: those of a turn, or all, with when and for whom they are.

    >>> from sim.scenario import load
    >>> questions_of(load("smallest"), turn=1)
    ()
    """
    names, asked = Names(loaded), loaded.scenario.questions
    return tuple(_question(one, names, turn is None) for one in asked if turn in (None, one.turn))


def _question(one, names, says_when):
    when = [f"turn {one.turn}"] if says_when and one.turn else []
    whom = [] if "all" in one.to else [f"for {names.named(one.to)}"]
    said = ", ".join([*when, *whom])
    return f"{said[0].upper()}{said[1:]}: {one.text}" if said else one.text


def hot_wash(record: Record, loaded: Loaded) -> HotWash:
    """What is told when the exercise is over."""
    names = Names(loaded)
    truth = tuple(sentence(_truth(incident, record, names)) for incident in loaded.scenario.incidents)
    rows = tuple(measure_rows(record))
    return HotWash(outcome(record, loaded), truth, rows, tuple(record.scorecard), questions_of(loaded))


def outcome(record: Record, loaded: Loaded) -> tuple[str, ...]:
    """What came of a run in five sentences: who did it, who was suspected, what was said and done, how it ended."""
    names, figures = Names(loaded), {row.name: row.value for row in measure_rows(record)}
    started = {event.incident for event in record.of_kind("incident_begins")}
    begun = [incident for incident in loaded.scenario.incidents if incident.id in started]
    said = (
        _who_did_it(begun, names),
        _who_was_suspected(begun, record, names),
        _what_was_said(begun, record, names, figures),
        _what_was_done(record, names),
        _where_it_ended(begun, record, names, figures),
    )
    sentences = [sentence(words) for words in said if words]
    return tuple(once_by_name(sentences, names.incident(begun[0].id)) if len(begun) == 1 else sentences)


def _who_did_it(begun, names):
    if not begun:
        return "No incident began"
    done = _by(begun, names, lambda one: (one.by, one.cause))
    did = [f"{names.behind(by)} behind {incidents}{f' ({cause})' if cause else ''}" for (by, cause), incidents in done]
    wrong = _by([incident for incident in begun if _is_mistaken(incident)], names, lambda one: one.suspect)
    seemed = [f"{incidents} looked like the work of {names.actor(code)}" for code, incidents in wrong]
    return "; ".join(did) + (f", though {listed(seemed)}" if seemed else "")


def _by(incidents, names, key):
    """Incidents by something about them: pairs of that and of their names in a list."""
    by = {}
    for incident in incidents:
        by.setdefault(key(incident), []).append(names.incident(incident.id))
    return [(what, listed(those)) for what, those in by.items()]


def _is_mistaken(incident):
    """Whether an incident looks like somebody's work who has not done it."""
    return incident.suspect not in (None, incident.by)


def _who_was_suspected(begun, record, names):
    """How many were confident in the end, and of whom; most, few or none where there are many incidents."""
    last = {event.incident: event.payload["confidence"].values() for event in record.of_kind("assessment")}
    known = [incident for incident in begun if incident.id in last]

    def how_many(incident):
        sure, everybody = sum(share >= CONFIDENT for share in last[incident.id]), len(last[incident.id])
        exact = "all" if sure == everybody else in_words(sure, "none")
        roughly = "none" if not sure else "most" if sure > everybody / 2 else "few"
        return exact if len(known) <= COUNTED else roughly

    told = [
        (many, f"of {names.actor(suspect)} over {incidents}")
        for (many, suspect), incidents in _by(known, names, lambda one: (how_many(one), one.suspect or one.by))
    ]
    if not told:
        return ""
    (many, whom), *others = told
    everybody = count(len(last[known[0].id]), "state")
    first = f"in the end {many} {'' if many == 'all' else 'of '}{everybody} were confident {whom}"
    return "; ".join([first, *(" ".join(other) for other in others)])


def _what_was_said(begun, record, names, figures):
    adopted = record.of_kind("text_adopted")
    if not adopted:
        return "No text was adopted" if begun else ""
    best = max(adopted, key=lambda event: event.payload["text"])
    is_wrong = best.incident in [one.id for one in begun if _is_mistaken(one)] and best.payload["rung"] in (
        "naming",
        "measures",
    )
    days = record.measures.get("days_to_joint_text", math.nan)
    when = f"{figures.get('days_to_joint_text')} after the incident" if days else "on the day of the incident"
    came = "" if math.isnan(days) else f"; the first of solidarity or more came {when}"
    return (
        f"The strongest text, {names.text(best.payload['rung'], best.incident)} over {names.incident(best.incident)}"
        f"{', who had not done it,' if is_wrong else ','} came from {names.format(best.payload['format'])} with "
        f"{count(len(best.payload['supporters']), 'state')} behind it{came}"
    )


def _what_was_done(record, names):
    by_response = {}
    for event in record.of_kind("response_decided"):
        if not names.is_inaction(event.payload["response"]) and not names.is_body(event.actor):
            by_response.setdefault(event.payload["response"], set()).add(event.actor)
    if not by_response:
        return "Nobody responded"
    most = max(by_response, key=lambda key: len(by_response[key]))
    everybody = set().union(*by_response.values())
    many = "all" if by_response[most] == everybody else in_words(len(by_response[most]))
    acted = int(record.measures.get("joiners", 0))
    return (
        f"{count(len(everybody), 'state')} responded, {many} of them by {names.response(most)}, and "
        f"{in_words(acted, 'none')} did more than speak"
    )


def _where_it_ended(begun, record, names, figures):
    gave_in = list(dict.fromkeys(event.actor for event in record.of_kind("victim_concedes")))
    stopped = {event.incident for event in record.of_kind("incident_stops")}
    parts = [f"{names.actors(gave_in)} gave in"] if gave_in else []
    if begun:
        ended = f"{in_words(len(stopped), 'none')} of {count(len(begun), 'incident')} had ended"
        one = f"the incident {'ended' if stopped else 'was still going on at the end'}"
        parts.append(ended if len(begun) > 1 else one)
    told = (("harm", "the harm came to {}"), ("peak_tension", "tension rose to {} of 1 at its highest"))
    parts += [words.format(figures[name]) for name, words in told if name in figures]
    return listed(parts, len(parts))


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
    firm = sum(share >= CONFIDENT for share in confidence)
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
    return f"{end}, and {gave}" if incident.demand is not None else end


def measure_rows(record: Record, with_units: bool = True) -> Iterator[MeasureRow]:
    """The measures as they are printed, one after the other; a number without its unit stands in the row alone."""
    from sim.catalogue.measures import MEASURES, Measure

    baseline = record.baseline_measures or {}
    for name, value in record.measures.items():
        known = MEASURES.get(name) or Measure(name, name.replace("_", " "), "", None, "")
        unit = known.unit if with_units else ""
        other = figure(baseline[name], unit) if name in baseline else ""
        yield MeasureRow(name, known.label, figure(value, unit), other, known.unit, BETTER.get(known.better or "", ""))


def figure(value, unit=""):
    """A number with its unit, as short as it can be without misleading.

    >>> figure(0.348, "share"), figure(41.0, "days"), figure(1.0, "days"), figure(float("nan"), "days"), figure(1234.5)
    ('0.35', '41 days', '1 day', 'does not apply', '1,234')
    >>> figure(7.2, "EUR million")
    'EUR 7.20 million'
    """
    if math.isnan(value):
        return NOT_AT_ALL
    digits = 0 if value == int(value) or abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    number = f"{value:,.{digits}f}"
    if goes_unsaid(unit):
        return number
    if unit.startswith("EUR "):
        return f"EUR {number} {unit.removeprefix('EUR ')}"
    return f"{number} {unit.removesuffix('s') if number == '1' else unit}"
