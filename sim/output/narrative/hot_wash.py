"""The hot wash: who really did it, what came of the run, and how it fared by the principles.

With it: how usual that was, where people were of one mind, and where its futures parted.

Whether they were of one mind is told from what people answered to "What is the strongest text you want?", and from the
views of those who hold a seat together: both name the culprit, or nobody, and may say how sure they are.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.catalogue.measures import MEASURES, Measure
from sim.catalogue.moves import BY_NAME
from sim.catalogue.responses import RUNGS
from sim.experiments.phrases import figure as figure_of_many
from sim.experiments.phrases import label, unit_of
from sim.output.narrative.decisions import subject_of_text
from sim.phrases import Names, capital, count, goes_unsaid, in_words, listed, once_by_name, percent, sentence
from sim.record.record import Principle, Record
from sim.scenario import Loaded

BETTER = {"higher": "more is better", "lower": "less is better"}
CONFIDENT = 0.7  # as likely, at least, as it is to those who are called confident
COUNTED = 3  # incidents over which the states that were confident are counted one by one
NOT_AT_ALL = "does not apply"
USUAL = (0.05, 0.95)  # between these shares of the others
LESS = {"harm": "ended with less harm", "peak_tension": "stayed calmer",
        "strongest_text": "agreed on a weaker text at most"}  # fmt: skip
TOGETHER = "all seats"
NAMING = ("naming", "measures")  # rungs of a text that says who did it
SURE = 70  # per cent: from here on a view is a confident one
NEAR = 1  # rungs apart, at most, that are still one mind
ONE_MIND, DIVIDED, WRONG, ONE_VIEW = "of one mind", "divided", "confidently wrong", "one view"


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
    """What is told when the exercise is over: the truth, what came of it, and how the principles fared."""

    outcome: tuple[str, ...]  # what came of it in five sentences
    truth: tuple[str, ...]  # who really did it and how each incident ended
    measures: tuple[MeasureRow, ...]
    principles: tuple[Principle, ...]
    questions: tuple[str, ...]  # for discussion


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
    mistaken = [one.id for one in begun if _is_mistaken(one)]
    is_wrong = best.incident in mistaken and best.payload["rung"] in NAMING
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
    told = {"harm": "the harm came to {}", "peak_tension": "tension rose to {} of 1 at its highest"}
    parts += [words.format(figures[name]) for name, words in told.items() if name in figures]
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
    firm, everybody = sum(share >= CONFIDENT for share in confidence), count(len(confidence), "state")
    who = ("none", "one")[firm] if firm < 2 else str(firm)
    verb = "is" if firm < 2 else "are"
    return f"in the end {who} of {everybody} {verb} confident that it was {names.suspect(incident.id)}"


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


# ------------------------------------------------------------------------------------------------------------ how usual


def how_usual(ours: Mapping[str, float], many: Mapping[str, np.ndarray], alone: int | None) -> list[str]:
    """How many exercises played by the model ended with less harm, stayed calmer, and said less together than ours.

    Parameters
    ----------
    ours : measures of the exercise that people played
    many : the same of many that the model played from the same start: arrays (runs,)
    alone : place among them of the one with the same draws as ours, or None

    Returns
    -------
    list of str, sentences; the first is the one for a wall

    >>> how_usual({"harm": 1.0}, {"harm": np.array([0.5, 2.0, 3.0, 4.0])}, alone=3)[0]
    '1 of 4 played by the model ended with less harm: a usual outcome.'
    """
    known = [name for name in LESS if name in ours and name in many and np.isfinite(ours[name])]
    told = [sentence(f"{_how_many(ours[name], many[name])} {LESS[name]}") for name in known]
    if known:
        told[0] = f"{told[0].rstrip('.')}: {_verdict(ours[known[0]], many[known[0]])}."
    if alone is not None and "harm" in known:
        span = float(np.ptp(many["harm"]))
        was, had = (f"{figure_of_many(float(one), span)}" for one in (ours["harm"], many["harm"][alone]))
        ours_came = "as we did" if was == had else f"we came to {was}"
        words = f"with the same draws the model alone would have come to {had}{unit_of('harm')}, {ours_came}"
        told.append(sentence(f"{label('harm')}: {words}"))
    return told


def _how_many(ours: float, many: np.ndarray) -> str:
    fewer, known = int((many < ours).sum()), int(np.isfinite(many).sum())
    return f"{f'{fewer:,}' if fewer else 'none'} of {known:,} played by the model"


def _verdict(ours: float, many: np.ndarray) -> str:
    below, above = float((many < ours).mean()), float((many <= ours).mean())
    return "a usual outcome" if above >= USUAL[0] and below <= USUAL[1] else "a rare outcome"


# ---------------------------------------------------------------------------------------------------------- of one mind


@dataclass(frozen=True)
class Stance:
    """What somebody would say over an incident."""

    turn: int
    incident: str
    seat: str
    person: str
    rung: str
    sure: float | None  # per cent
    is_seats: bool  # whether the seat answered so


@dataclass(frozen=True)
class Round:
    """How one group stood on one incident in one turn."""

    turn: int
    incident: str
    who: str  # a seat, or `TOGETHER`
    mind: str
    views: int  # how many there were
    wrong: tuple[Stance, ...]  # those that were confidently wrong


def stances_of(decisions: Iterable[Mapping], views: Iterable[Mapping]) -> list[Stance]:
    """Positions as they stood at the end of each stop: rows of decisions.csv and of views.csv, the latest of each."""
    found: dict[tuple, Stance] = {}
    for rows, is_seats in ((decisions, True), (views, False)):
        for row in rows:
            if row["kind"] == "position" and row["choice"] in RUNGS and not row.get("left_because"):
                sure = float(row["sure"]) if row.get("sure") not in (None, "") else None
                who = row["seat"], row["person"]
                one = Stance(int(row["turn"]), row["subject"], *who, row["choice"], sure, is_seats)
                found[one.turn, one.incident, one.seat, is_seats or one.person] = one
    return list(found.values())


def rounds_of(stances: Sequence[Stance], loaded: Loaded) -> list[Round]:
    """How each seat's people stood, and the seats together, turn by turn and incident by incident.

    Whoever speaks for a seat and gave no view of their own counts with the seat's answer.

    >>> from sim.scenario import load
    >>> views = [Stance(1, "registers", "EST", who, "naming", 80, False) for who in ("Marta", "Juhan")]
    >>> [round.mind for round in rounds_of(views, load("smallest"))]
    ['of one mind']
    """
    mistaken = {one.id for one in loaded.scenario.incidents if one.suspect not in (None, one.by)}
    groups: dict[tuple[int, str, str], list[Stance]] = {}
    given = {(one.turn, one.incident, one.seat, one.person) for one in stances if not one.is_seats}
    for one in stances:
        if one.is_seats:
            groups.setdefault((one.turn, one.incident, TOGETHER), []).append(one)
        if not one.is_seats or (one.turn, one.incident, one.seat, one.person) not in given:
            groups.setdefault((one.turn, one.incident, one.seat), []).append(one)
    return [
        _round(turn, incident, who, group, incident in mistaken)
        for (turn, incident, who), group in sorted(groups.items(), key=lambda item: item[0])
        if who != TOGETHER or len(group) > 1
    ]


def _round(turn: int, incident: str, who: str, group: Sequence[Stance], is_mistaken: bool) -> Round:
    wrong = tuple(one for one in group if is_mistaken and one.rung in NAMING and (one.sure or 0) >= SURE)
    places = [RUNGS.index(one.rung) for one in group]
    if 2 * len(wrong) > len(group):
        mind = WRONG
    elif len(group) == 1:
        mind = ONE_VIEW
    else:
        mind = ONE_MIND if max(places) - min(places) <= NEAR else DIVIDED
    return Round(turn, incident, who, mind, len(group), wrong)


def alignment(rounds: Sequence[Round], loaded: Loaded) -> list[str]:
    """Two or three sentences: how often seats' people and the seats were of one mind, and where they were wrong."""
    names = Names(loaded)
    inside = [one for one in rounds if one.who != TOGETHER and one.views > 1]
    together = [one for one in rounds if one.who == TOGETHER]
    told = [_how_often("people who share a seat", inside, names), _how_often("the seats together", together, names)]
    told += [_where_wrong([one for one in rounds if one.mind == WRONG], names)] if rounds else []
    nothing = "Nobody said what they would say: there is nothing to compare."
    return [sentence(words) for words in told if words] or [nothing]


def _how_often(who: str, rounds: Sequence[Round], names: Names) -> str:
    if not rounds:
        return ""
    if len(rounds) == 1:
        return f"{who} were {rounds[0].mind} in the one round there was"
    minds, every = Counter(one.mind for one in rounds), f" of {count(len(rounds), 'round')}"
    said = [f"{mind} in {in_words(minds[mind])}" for mind in (ONE_MIND, DIVIDED, WRONG) if minds[mind]]
    said[0] += every
    apart = Counter(one.who for one in rounds if one.mind == DIVIDED and one.who != TOGETHER).most_common(1)
    most = f"; most often divided in {names.actor(apart[0][0])}" if apart and minds[DIVIDED] > 1 else ""
    return f"{who} were {listed(said)}{most}"


def _where_wrong(rounds: Sequence[Round], names: Names) -> str:
    if not rounds:
        return "nobody was confidently wrong about who did it"
    most = max(rounds, key=lambda one: len(one.wrong))
    sure, suspect = percent(min(one.sure or 0 for one in most.wrong) / 100), names.suspect(most.incident)
    who = "seats" if most.who == TOGETHER else f"in {names.actor(most.who)}"
    return (
        f"in turn {most.turn} {in_words(len(most.wrong))} {who} would name {suspect} over "
        f"{names.incident(most.incident)}, at least {sure} sure; but it was not {suspect}"
    )


def title_of_alignment(rounds: Sequence[Round], loaded: Loaded) -> str:
    """The one sentence for a wall."""
    told = alignment(rounds, loaded)
    return capital(next((words for words in reversed(told) if "; but it was not" in words), told[0])).rstrip(".")


# ------------------------------------------------------------------------------------------------------- turning points


def turning_point(point, names):
    """What was chosen where a run's futures parted, and what would have come of the other choice: two sentences."""
    outcome = MEASURES[point.measure]
    did, otherwise = _choice(point, names)
    named = outcome.label[0].lower() + outcome.label[1:]
    had, was = figure(point.had_it_been, outcome.unit), figure(point.as_it_was)
    come = f"{named} would have come to {had}, not {was}, on average over {point.futures} futures"
    return f"{sentence(f'in turn {point.decision.turn} {did}')} {sentence(f'had it {otherwise}, {come}')}"


def _choice(point, names):
    """What was done, and what would have been done instead."""
    decision, who = point.decision, names.actor(point.decision.actor)
    match decision.kind:
        case "silence":
            incident, form, _ = subject_of_text(decision)
            text = f"a text of {decision.rung} on {names.incident(incident)} in {names.format(form)}"
            if point.chosen == ("break",):
                return f"{who} broke silence over {text}", "let it pass"
            return f"{who} let pass {text}", "broken silence"
        case "call":
            where = listed([names.format(one) for one in point.chosen])
            return f"{who} called {where} over {names.incident(decision.subject)}", "not called"
        case "responses":
            what = listed([names.response(one) for one in point.chosen])
            return f"{who} chose {what} over {names.incident(decision.subject)}", "held back"
        case "project":
            return f"{who} agreed to {names.project(decision.subject)}", "blocked it"
        case _:
            what = BY_NAME[point.chosen[0]].label
            return f"{who} chose to {what}", "stayed its course"
