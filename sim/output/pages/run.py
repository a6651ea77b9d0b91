"""The report of a run: one page that reads on a phone, on paper and without a script.

`write_report` tells one run: what this was, the story, the charts, what was decided and why, the questions, control's
run sheet and objectives, the principles, the measures, and how to repeat it. `write_report_of_many` says what many runs
came to. Both are single files: charts stand in the page as SVG, nothing is fetched from elsewhere, and every word from
a scenario is escaped.
"""

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.catalogue.responses import TERMS
from sim.experiments.phrases import measure
from sim.output.figures import Chart, ChartType
from sim.output.figures.actor_style import ActorStyle
from sim.output.figures.run import consultations_of, incident_name, incidents_of, joinings_of
from sim.output.figures.run.course import verdict
from sim.output.figures.saving import inner_svg, with_shared_letters
from sim.output.narrative.hot_wash import BETTER, figure, hot_wash, measure_rows, questions_of
from sim.output.narrative.injects import objectives_of, run_sheet
from sim.output.narrative.passages import WHY_FORMAT
from sim.output.narrative.story import tell
from sim.phrases import capital, count, day, listed, percent, turns_in_words
from sim.record.record import Outcomes, Record
from sim.scenario import Loaded

WORTH_SAYING = 0.05  # a contribution to willingness or utility worth a word
FOR_MANY = (
    ("it is ", "they are "),
    ("it sees ", "they see "),
    ("it depends ", "they depend "),
    (" for it ", " for them "),
    ("held it back", "held them back"),
)
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
class Drawing:
    """A chart in the page: its words, what to know before looking, and the SVG itself if it could be drawn."""

    name: str
    title: str
    alt: str
    caption: str
    remark: str
    svg: object


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
        facts=_facts(record, loaded),
        outcome=told.outcome,
        seats=_who_sat(record, manifest, loaded),
        decided_by=decided_by,
        drawings=_beside_words(drawings_of(charts)),
        story=tell(record, loaded),
        decisions=decisions_of(record, loaded),
        calls=calls_of(record, loaded),
        truth=told.truth,
        questions=told.questions,
        run_sheet=run_sheet(record, loaded),
        asked_in={turn: questions_of(loaded, turn) for turn in range(1, record.turns + 1)},
        objectives=objectives_of(record, loaded),
        principles=_principles(record),
        measures=tuple(measure_rows(record, with_units=False)),
        has_other_arm=record.baseline_measures is not None,
        repeat=list(_repeat(record, manifest)),
    )


def write_report_of_many(
    outcomes: Outcomes, loaded: Loaded, charts: Iterable[Chart], manifest: dict | None, path: Path
) -> Path:
    """Writes the report of many runs: their charts, and every measure's spread."""
    return write_page(
        "many.html.j2",
        path,
        title=outcomes.title,
        scenario=loaded.scenario,
        facts=[
            f"{capital(count(outcomes.runs, 'run'))} of the same exercise, alike in everything but chance",
            *_when(loaded.scenario),
        ],
        drawings=drawings_of(charts),
        spreads=_spreads(outcomes),
        has_other_arm=outcomes.baseline_measures is not None,
        questions=questions_of(loaded),
        repeat=list(_repeat(outcomes, manifest)),
    )


def write_page(template, path, **words):
    """Fills a template that lies beside this file, and writes it; returns its path."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    rooms = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    rooms.filters["css"] = in_css
    path = Path(path)
    path.write_text(with_shared_letters(rooms.get_template(template).render(**words)), encoding="utf-8", newline="\n")
    return path


def in_css(words):
    """Words as they may stand in a style sheet between quotation marks: everything but letters and digits is escaped.

    >>> print(in_css('A "B"'))
    A\\000020\\000022B\\000022
    """
    from markupsafe import Markup

    return Markup("".join(sign if sign.isascii() and sign.isalnum() else f"\\{ord(sign):06x}" for sign in words))


# ---------------------------------------------------------------------------------------------------- what it was


def _facts(record, loaded):
    return [f"Run {record.run} of the exercise, seed {record.seed}", *_when(loaded.scenario)]


def _when(scenario):
    first, last = scenario.calendar.whole_span
    yield f"{capital(turns_in_words(scenario))}: {day(first)} to {day(last)}, in exercise time"


def _who_sat(record, manifest, loaded):
    """Which seats people held, and how often control changed something, in a sentence or two."""
    changed = f" Control changed {count(len(record.overrides), 'thing')} on the way." if record.overrides else ""
    return _seats_held(manifest, loaded) + changed


def _seats_held(manifest, loaded):
    names, seats = ActorStyle(loaded), (manifest or {}).get("seats") or []
    if not seats:
        return "Nobody sat in a seat: all were played by the model or by the policies named below."
    held = listed([names.said(code) for code in seats], 12)
    return f"People sat in {count(len(seats), 'seat')}: {held}. The others were played by the model."


def _beside_words(drawings):
    """Drawings by the section in which they stand: name of the chart, or `rest`, to a list."""
    beside = {name: [drawing for drawing in drawings if drawing.name == name] for name in BESIDE}
    return {**beside, "rest": [drawing for drawing in drawings if drawing.name not in BESIDE]}


def drawings_of(charts):
    """Charts on disk as they stand in a page."""
    return [Drawing(chart.name, chart.title, chart.alt, chart.caption, chart.remark, _inner(chart)) for chart in charts]


def sections_of(types: Iterable[ChartType], charts: Mapping[str, Chart]) -> Iterator[tuple[str, str, list]]:
    """The sections of a page, one for each question that charts answer: its address, the question, the drawings."""
    for one in types:
        names = [name for name in charts if name == one.name or name.startswith(f"{one.name}-")]
        yield one.anchor or one.name, one.question, drawings_of(charts[name] for name in names)


def _inner(chart):
    from markupsafe import Markup

    return Markup(inner_svg(chart.svg.read_text("utf-8"))) if chart.is_drawn else None


# ------------------------------------------------------------------------------------------------- what and why


def decisions_of(record: Record, loaded: Loaded) -> list[Decision]:
    """What was decided and why, response by response, those most joined first."""
    styles = ActorStyle(loaded)
    groups: dict[tuple, list] = {}
    for one in joinings_of(record, styles.names):
        groups.setdefault((one.incident, one.response), []).append(one)
    order = sorted(groups, key=lambda key: (-len(groups[key]), str(key)))
    return [_decision(record, styles, incident, response, groups[incident, response]) for incident, response in order]


def _decision(record, styles, incident, response, group):
    suspect = _suspect(record, styles, incident)
    states = [one for one in group if one.terms]
    names = [term for term in TERMS if any(term in one.terms for one in states)]
    mean = {term: sum(one.terms.get(term) or 0.0 for one in states) / len(states) for term in names} if states else {}
    alike: dict[str, list] = {}
    for one in group:
        alike.setdefault(_why(record, styles, one), []).append(f"{styles.said(one.actor)} ({_how(one)})")
    each = tuple(f"{capital(listed(who, len(who)))}: {why}" for why, who in alike.items())
    return Decision(
        capital(styles.response(response)),
        capital(incident_name(record, incident)),
        f"{capital(listed([styles.said(one.actor) for one in group], 8))}.",
        f"Mostly because {reasons(mean, suspect, many=len(states) > 1)}."
        if mean
        else "Decided by bodies, through their formats.",
        each,
    )


def _suspect(record, styles, incident):
    suspect = incidents_of(record)[incident].suspect if incident in incidents_of(record) else None
    return styles.said(suspect) if suspect else "the suspect"


def _how(one):
    """When somebody chose, when it was seen, and how likely it was."""
    parts = [f"turn {one.turn}", "not yet seen" if one.acted_day is None else f"seen on day {one.acted_day:g}"]
    return ", ".join(parts + ([f"chance {percent(one.probability)}"] if one.probability is not None else []))


def _why(record, styles, one):
    if not one.terms:
        return (
            f"decided through {styles.names.format(one.covered_by)}." if one.covered_by else "decided by its members."
        )
    return f"because {reasons(one.terms, _suspect(record, styles, one.incident))}."


def reasons(terms, suspect, most=3, many=False):
    """The main terms of a choice in words, each with its sign, what spoke for it first; said of one actor or of many.

    >>> reasons({"text": 0.8, "confidence": 0.4, "exposure": -0.3, "cost": -0.01}, "China")
    'a text was already adopted (+), evidence was strong (+), exposure to China held it back (−)'
    """
    known = {name: terms.get(name) or 0.0 for name in TERMS}
    spoke_for = sorted((name for name in known if known[name] >= WORTH_SAYING), key=lambda name: -known[name])[:most]
    held_back = sorted((name for name in known if known[name] <= -WORTH_SAYING), key=lambda name: known[name])[
        : most - 1
    ]
    words = [f"{TERMS[name].pro} (+)" for name in spoke_for] + [f"{TERMS[name].con} (−)" for name in held_back]
    said = ", ".join(words).format(suspect=suspect) or "nothing spoke strongly for or against it"
    for one, several in FOR_MANY if many else ():
        said = said.replace(one, several)
    return said


def calls_of(record: Record, loaded: Loaded) -> list[Call]:
    """Where each consultation was called, and why there."""
    styles = ActorStyle(loaded)
    return [_call(record, styles, one) for one in consultations_of(record)]


def _call(record, styles, one):
    caller = styles.said(one.caller) if one.caller else "Somebody"
    what, where = styles.incident(one.incident), styles.names.format(one.format)
    heading = f"{capital(caller)} took {what} to {where} in turn {one.turn}"
    chances = {key: terms.get("probability") or 0.0 for key, terms in one.terms.items()}
    order = sorted(chances, key=lambda key: (key != one.format, -chances[key], key))[:5]
    options = tuple(_option(styles, key, one.terms[key], chances[key], key == one.format) for key in order)
    chosen = next((option for option in options if option.is_chosen), None)
    why = f"Why there (chance {chosen.chance}): {chosen.pros} (+); {chosen.cons} (−)." if chosen else ""
    return Call(heading, _ending(styles, one), why, options)


def _option(styles, key, terms, chance, is_chosen):
    spoke_for = sorted(
        (name for name in FOR_FORMAT if (terms.get(name) or 0) >= WORTH_SAYING), key=lambda name: -terms[name]
    )
    against = sorted(
        (name for name in FOR_FORMAT if (terms.get(name) or 0) <= -WORTH_SAYING), key=lambda name: terms[name]
    )
    return Option(
        capital(styles.format(key)),
        percent(chance),
        ", ".join(FOR_FORMAT[name] for name in spoke_for) or "nothing much",
        ", ".join(AGAINST_FORMAT[name] for name in against) or "nothing much",
        is_chosen,
    )


def _ending(styles, one):
    broke = (
        f" {capital(listed([styles.said(code) for code in one.breakers], 4))} broke silence." if one.breakers else ""
    )
    if one.outcome == "adopted":
        share = (
            f" {percent(one.capability_share)} of all capability stands behind it."
            if one.capability_share is not None
            else ""
        )
        return f"Text adopted: {one.rung} ({one.text:.2f} on the scale from 0, silence, to 1, measures).{broke}{share}"
    if one.outcome == "failed":
        return f"No text: {one.why.rstrip('.') or 'it failed'}.{broke}"
    return f"Still open when the exercise ended.{broke}"


# ---------------------------------------------------------------------------------------------------- how it fared


def _principles(record):
    return [
        (
            one.statement,
            verdict(one.score),
            "" if verdict(one.score) == "not tested" else f"{one.score:.2f}",
            one.evidence,
        )
        for one in record.scorecard
    ]


def _spreads(outcomes):
    return [
        (
            measure(name).label,
            measure(name).unit,
            _spread(outcomes.quantiles(name)),
            _spread(outcomes.quantiles(name, baseline=True)) if name in (outcomes.baseline_measures or {}) else "",
            BETTER.get(measure(name).better, ""),
        )
        for name in outcomes.measures
    ]


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


def facts_of(manifest):
    """What a manifest says, as (what, value) pairs in words; what is empty is left out.

    >>> list(facts_of({"command": ["oceans", "run", "my case"], "policies": {}, "releases": [3, 4]}))
    [('Command', "oceans run 'my case'"), ('Releases', '3, 4')]
    """
    for key, value in (manifest or {}).items():
        said = _in_words(key, value)
        if said:
            yield capital(str(key).replace("_", " ")), said


def _in_words(key, value):
    if isinstance(value, dict):
        return ", ".join(f"{name} {entry}" for name, entry in value.items() if entry not in (None, ""))
    if isinstance(value, (list, tuple)):
        return shlex.join(map(str, value)) if key == "command" else ", ".join(map(str, value))
    return "" if value is None else str(value)
