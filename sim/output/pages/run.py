"""The report of a run: one page that reads on a phone, on paper and without a script.

`write_report` tells one run: what this was, the story, the charts, what was decided and why, the questions, control's
run sheet and objectives, the principles, the measures, and how to repeat it. `write_report_of_many` says what many runs
came to. Both are single files: charts stand in the page as SVG, nothing is fetched from elsewhere, and every word from
a scenario is escaped.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.catalogue.responses import TERMS
from sim.experiments.phrases import measure
from sim.output.figures import Chart
from sim.output.figures.actor_style import ActorStyle
from sim.output.figures.run import consultations_of, incident_name, joinings_of, suspect_of
from sim.output.figures.run.course import verdict
from sim.output.narrative.hot_wash import BETTER, figure, hot_wash, measure_rows, questions_of
from sim.output.narrative.injects import objectives_of, run_sheet
from sim.output.narrative.passages import WHY_FORMAT
from sim.output.narrative.story import tell
from sim.output.pages import facts_of, write_page
from sim.phrases import capital, count, day, listed, percent, turns_in_words
from sim.record.record import Outcomes, Record
from sim.scenario import Loaded

WORTH_SAYING = 0.05  # a contribution to willingness or utility worth a word
FOR_MANY = {"it is ": "they are ", "it sees ": "they see ", "it depends ": "they depend ", " for it ": " for them ",
            "held it back": "held them back"}  # fmt: skip
FOR_FORMAT = {**WHY_FORMAT, "mandate": "it may decide on this"}
AGAINST_FORMAT = {
    "mandate": "it may not decide on this",
    "reputation": "it is not well placed for this",
    "coverage": "those who are needed do not sit there",
    "days": "it is slow",
    "veto": "one member can block it",
    "duplication": "others do this work already",
}


@dataclass(frozen=True)
class Decision:
    """Everyone who decided on one response to one incident, and each one's reasons."""

    response: str
    incident: str
    who: str
    why: str
    each: tuple


@dataclass(frozen=True)
class Call:
    """One consultation: who called it where, how it ended, and what spoke for and against each format."""

    heading: str
    outcome: str
    why: str
    options: tuple


@dataclass(frozen=True)
class Option:
    """A format that was open to the caller."""

    name: str
    chance: str
    pros: str
    cons: str
    is_chosen: bool


BY_BODIES = "Decided by bodies, through their formats."
BESIDE = ("story", "belief", "consultation", "joining")  # charts that stand beside words of their own


def write_report(
    record: Record,
    loaded: Loaded,
    charts: Iterable[Chart],
    manifest: dict | None,
    path: Path,
    decided_by: Sequence[str] | None = None,
) -> Path:
    """Writes the report of one run, with the charts of it, and what decided it in sentences where that was looked for.

    The manifest is what anyone needs to repeat the run.
    """
    told = hot_wash(record, loaded)
    return write_page(
        "run.html.j2",
        path,
        title=record.title,
        scenario=loaded.scenario,
        facts=[f"Run {record.run} of the exercise, seed {record.seed}", *_when(loaded.scenario)],
        outcome=told.outcome,
        seats=_who_sat(record, manifest, loaded),
        decided_by=decided_by,
        drawings=_beside_words(list(charts)),
        story=tell(record, loaded),
        decisions=decisions_of(record, loaded),
        calls=calls_of(record, loaded),
        truth=told.truth,
        questions=told.questions,
        run_sheet=run_sheet(record, loaded),
        asked_in={turn: questions_of(loaded, turn) for turn in range(1, record.turns + 1)},
        objectives=objectives_of(record, loaded),
        principles=list(_principles(record)),
        measures=tuple(measure_rows(record, with_units=False)),
        has_other_arm=record.baseline_measures is not None,
        repeat=list(_repeat(record, manifest)),
    )


def write_report_of_many(
    outcomes: Outcomes, loaded: Loaded, charts: Iterable[Chart], manifest: dict | None, path: Path
) -> Path:
    """Writes the report of many runs: their charts, and every measure's spread."""
    runs = count(outcomes.runs, "run")
    return write_page(
        "many.html.j2",
        path,
        title=outcomes.title,
        scenario=loaded.scenario,
        facts=[f"{capital(runs)} of the same exercise, alike in everything but chance", *_when(loaded.scenario)],
        drawings=list(charts),
        spreads=list(_spreads(outcomes)),
        has_other_arm=outcomes.baseline_measures is not None,
        questions=questions_of(loaded),
        repeat=list(_repeat(outcomes, manifest)),
    )


# ---------------------------------------------------------------------------------------------------- what it was


def _when(scenario):
    first, last = scenario.calendar.whole_span
    yield f"{capital(turns_in_words(scenario))}: {day(first)} to {day(last)}, in exercise time"


def _who_sat(record, manifest, loaded):
    """Which seats people held, and how often control changed something, in a sentence or two."""
    changed = f" Control changed {count(len(record.overrides), 'thing')} on the way." if record.overrides else ""
    names, seats = ActorStyle(loaded), (manifest or {}).get("seats") or []
    if not seats:
        return f"Nobody sat in a seat: all were played by the model or by the policies named below.{changed}"
    held = listed([names.actor(code) for code in seats], 12)
    return f"People sat in {count(len(seats), 'seat')}: {held}. The others were played by the model.{changed}"


def _beside_words(charts):
    """Charts by the section in which they stand: their name, or `rest`, to a list."""
    beside = {name: [chart for chart in charts if chart.name == name] for name in BESIDE}
    return {**beside, "rest": [chart for chart in charts if chart.name not in BESIDE]}


# ------------------------------------------------------------------------------------------------- what and why


def decisions_of(record: Record, loaded: Loaded) -> list[Decision]:
    """What was decided and why, response by response, those most joined first."""
    styles = ActorStyle(loaded)
    groups: dict[tuple, list] = {}
    for one in joinings_of(record, styles):
        groups.setdefault((one.incident, one.response), []).append(one)
    order = sorted(groups, key=lambda key: (-len(groups[key]), str(key)))
    return [_decision(record, styles, incident, response, groups[incident, response]) for incident, response in order]


def _decision(record, styles, incident, response, group):
    suspect = suspect_of(record, styles, incident)
    states = [one for one in group if one.terms]
    names = [term for term in TERMS if any(term in one.terms for one in states)]
    mean = {term: sum(one.terms.get(term) or 0.0 for one in states) / len(states) for term in names} if states else {}
    alike: dict[str, list] = {}
    for one in group:
        alike.setdefault(_why(record, styles, one), []).append(f"{styles.actor(one.actor)} ({_how(one)})")
    each = tuple(f"{capital(listed(who, len(who)))}: {why}" for why, who in alike.items())
    what, over = capital(styles.response(response)), capital(incident_name(record, incident))
    who = f"{capital(listed([styles.actor(one.actor) for one in group], 8))}."
    why = f"Mostly because {reasons(mean, suspect, many=len(states) > 1)}." if mean else BY_BODIES
    return Decision(what, over, who, why, each)


def _how(one):
    """When somebody chose, when it was seen, and how likely it was."""
    parts = [f"turn {one.turn}", "not yet seen" if one.acted_day is None else f"seen on day {one.acted_day:g}"]
    return ", ".join(parts + ([f"chance {percent(one.probability)}"] if one.probability is not None else []))


def _why(record, styles, one):
    if not one.terms:
        through = f"through {styles.format(one.covered_by)}" if one.covered_by else "by its members"
        return f"decided {through}."
    return f"because {reasons(one.terms, suspect_of(record, styles, one.incident))}."


def reasons(terms, suspect, most=3, many=False):
    """The main terms of a choice in words, each with its sign, what spoke for it first; said of one actor or of many.

    >>> reasons({"text": 0.8, "confidence": 0.4, "exposure": -0.3, "cost": -0.01}, "China")
    'a text was already adopted (+), evidence was strong (+), exposure to China held it back (−)'
    """
    known = {name: terms.get(name) or 0.0 for name in TERMS}
    spoke_for, held_back = _for_and_against(known)
    words = [f"{TERMS[name].pro} (+)" for name in spoke_for[:most]]
    words += [f"{TERMS[name].con} (−)" for name in held_back[: most - 1]]
    said = ", ".join(words).format(suspect=suspect) or "nothing spoke strongly for or against it"
    for one, several in FOR_MANY.items() if many else ():
        said = said.replace(one, several)
    return said


def _for_and_against(terms):
    """Names of the terms that spoke clearly for a choice, and of those that spoke against it, the strongest first."""
    order = sorted(terms, key=lambda name: -abs(terms[name]))
    return ([name for name in order if terms[name] >= WORTH_SAYING],
            [name for name in order if terms[name] <= -WORTH_SAYING])  # fmt: skip


def calls_of(record: Record, loaded: Loaded) -> list[Call]:
    """Where each consultation was called, and why there."""
    styles = ActorStyle(loaded)
    return [_call(record, styles, one) for one in consultations_of(record)]


def _call(record, styles, one):
    caller = styles.actor(one.caller) if one.caller else "Somebody"
    what, where = styles.incident(one.incident), styles.format(one.format)
    heading = f"{capital(caller)} took {what} to {where} in turn {one.turn}"
    chances = {key: terms.get("probability") or 0.0 for key, terms in one.terms.items()}
    order = sorted(chances, key=lambda key: (key != one.format, -chances[key], key))[:5]
    options = tuple(_option(styles, key, one.terms[key], chances[key], key == one.format) for key in order)
    chosen = next((option for option in options if option.is_chosen), None)
    why = f"Why there (chance {chosen.chance}): {chosen.pros} (+); {chosen.cons} (−)." if chosen else ""
    return Call(heading, _ending(styles, one), why, options)


def _option(styles, key, terms, chance, is_chosen):
    spoke_for, against = _for_and_against({name: terms.get(name) or 0 for name in FOR_FORMAT})
    pros = ", ".join(FOR_FORMAT[name] for name in spoke_for) or "nothing much"
    cons = ", ".join(AGAINST_FORMAT[name] for name in against) or "nothing much"
    return Option(capital(styles.forum(key)), percent(chance), pros, cons, is_chosen)


def _ending(styles, one):
    who, share = capital(listed([styles.actor(code) for code in one.breakers], 4)), ""
    broke = f" {who} broke silence." if one.breakers else ""
    if one.outcome == "adopted":
        if one.capability_share is not None:
            share = f" {percent(one.capability_share)} of all capability stands behind it."
        return f"Text adopted: {one.rung} ({one.text:.2f} on the scale from 0, silence, to 1, measures).{broke}{share}"
    if one.outcome == "failed":
        return f"No text: {one.why.rstrip('.') or 'it failed'}.{broke}"
    return f"Still open when the exercise ended.{broke}"


# ---------------------------------------------------------------------------------------------------- how it fared


def _principles(record):
    for one in record.scorecard:
        word = verdict(one.score)
        yield one.statement, word, "" if word == "not tested" else f"{one.score:.2f}", one.evidence


def _spreads(outcomes):
    for name in outcomes.measures:
        about, has_other = measure(name), name in (outcomes.baseline_measures or {})
        other = _spread(outcomes.quantiles(name, baseline=True)) if has_other else ""
        yield about.label, about.unit, _spread(outcomes.quantiles(name)), other, BETTER.get(about.better, "")


def _spread(quantiles):
    low, _, middle, _, high = (float(value) for value in quantiles)
    return figure(middle) if middle != middle else f"{_short(middle)} ({_short(low)} to {_short(high)})"


def _short(value):
    return f"{value:.2f}" if abs(value) < 10 else f"{value:,.0f}"


# ---------------------------------------------------------------------------------------------------- how to repeat


def _repeat(about, manifest):
    """What anyone needs to repeat it, as (what, value) pairs: the record's own facts, then the manifest's."""
    command = {key: value for key, value in (manifest or {}).items() if key == "command"}
    known = {*command, "scenario", "seed", "runs", "run"}
    yield from facts_of(command)
    yield from (("Scenario", about.scenario_name), ("Digest of the scenario", about.digest), ("Seed", str(about.seed)))
    yield ("Run", str(about.run)) if hasattr(about, "run") else ("Runs", f"{about.runs:,}")
    yield from facts_of({key: value for key, value in (manifest or {}).items() if key not in known})
