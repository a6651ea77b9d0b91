"""How much happens at all: what is counted over many runs, and the record beside it.

    found = tally("cyber_incident", scenario_runs(load("cyber_incident"), seeds=60))
    [(row.key, row.figure, row.fits) for row in set_beside(found, load_library().volumes)]

Everything is read off the events of a run. To count something else: a function here, its name in `Counted` of
`sim.scenario.schema`, and a row in `scenarios/library/volumes.yaml`. A function of what cannot be tells in sentences
where it is found, and each should find nothing.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from sim.catalogue.responses import RUNGS, edges_of
from sim.engine import play
from sim.model.events import Event
from sim.model.inputs import formats_of, responses_of
from sim.phrases import Names
from sim.record.record import Record
from sim.scenario import Loaded, from_document
from sim.scenario.calendar import from_iso
from sim.scenario.library_schema import Library, Volume, Volumes
from sim.scenario.schema import Incident, Response
from sim.validation.backtest import coefficients_for
from sim.validation.replay import document_of
from sim.validation.schema import KINDS, Case

NAMING, SANCTIONS, LEGAL = KINDS[1], KINDS[2], KINDS[4]
NOT_AT_ALL = float("inf")  # days to what does not happen
COORDINATE = 2  # the mandate from which a format may speak as one
CASES = "past_cases"
LOW, HIGH = 0.1, 0.9


# ---------------------------------------------------------------------------------------------------- a run


@dataclass(frozen=True)
class Run:
    """One run as it is counted."""

    record: Record  # with its events
    loaded: Loaded  # what was played
    # by kind of act, of whom the record of a past case knows; None: the coded states
    known: Mapping[str, frozenset[str]] | None = None

    @property
    def volumes(self) -> Volumes:
        """What the library says is counted."""
        assert self.loaded.library.volumes is not None
        return self.loaded.library.volumes

    @cached_property
    def names(self) -> Names:
        """What actors, incidents, formats and responses are called."""
        return Names(self.loaded)

    @cached_property
    def incidents(self) -> dict[str, Incident]:
        """The incidents that began, by their ids."""
        begun = {event.incident for event in self.record.of_kind("incident_begins")}
        return {incident.id: incident for incident in self.loaded.scenario.incidents if incident.id in begun}

    @cached_property
    def last_day(self) -> float:
        """The day on which the exercise ends, counted from its first."""
        return self.record.calendar.length

    @cached_property
    def responses(self) -> list[Event]:
        """What states decided to do; bodies are left out."""
        decided = self.record.of_kind("response_decided")
        return [event for event in decided if event.actor not in self.loaded.library.bodies]

    @cached_property
    def known_responses(self) -> dict[str, Response]:
        """The responses there are, by id."""
        return responses_of(self.loaded)

    def of(self, event: Event) -> Response:
        """The response that an event is about."""
        return self.known_responses[event.payload["response"]]

    def events(self, kind: str, incident: str, form: str | None = None) -> list[Event]:
        """The events of one kind over an incident, in one format or in any."""
        found = [event for event in self.record.of_kind(kind) if event.incident == incident]
        return [event for event in found if form is None or event.payload["format"] == form]

    def victims(self, incident: str) -> set[str]:
        """Who was hit, at first and as it was widened."""
        written = self.incidents[incident]
        moves = [event for event in self.moves(written.by) if event.payload["move"] == "widen"]
        return {*written.victims} | {event.payload["target"] for event in moves} & {*written.may_widen_to}

    def moves(self, adversary: str) -> list[Event]:
        """What one adversary did."""
        return [event for event in self.record.of_kind("adversary_move") if event.actor == adversary]

    def did(self, incident: str, kind: str) -> set[str]:
        """The third parties among those counted that are seen to have done a kind of act before the end."""
        counted_for = self.volumes.coded if self.known is None else self.known.get(kind, ())
        seen = {
            event.actor or ""
            for event in self.responses
            if event.incident == incident and self.of(event).coded_as == kind
            if event.payload["effect_day"] <= self.last_day
        }
        return seen & {*counted_for} - self.victims(incident)

    def incident_of(self, event: Event) -> Incident:
        """The incident that an event is about."""
        return self.incidents[event.incident or ""]

    @cached_property
    def assessments(self) -> dict[tuple[int, str | None], dict[str, float]]:
        """How sure each state was of the suspect, by turn and incident."""
        return {
            (event.turn, event.incident): event.payload["confidence"] for event in self.record.of_kind("assessment")
        }

    def sureness(self, event: Event, code: str | None) -> float:
        """How sure a state was of the suspect when something was decided; 1 where nothing is known of that."""
        return self.assessments.get((event.turn, event.incident), {}).get(code or "", 1.0)

    def when(self, event: Event) -> str:
        """Where an example is found again."""
        return f"{self.record.scenario_name}, seed {self.record.seed}, turn {event.turn}"


# ---------------------------------------------------------------------------------------------------- what is counted


@dataclass(frozen=True)
class Count:
    """A number of one run, or of one incident in it, with what that was about and the year."""

    value: float
    year: int
    incident: str | None = None
    issue: str | None = None


COUNTS: dict[str, Callable[[Run], list[Count]]] = {}
ABSURD: dict[str, Callable[[Run], Iterator[str]]] = {}


def _a_run(count: Callable[[Run], float]) -> Callable[[Run], float]:
    """Counts a number once in a run."""
    COUNTS[count.__name__] = lambda run: [_once_in(run, count(run))]
    return count


def _an_incident(count: Callable[[Run, str], float | None]) -> Callable[[Run, str], float | None]:
    """Counts a number for each incident of a run; None where there is nothing to count."""

    def of_each(run: Run) -> list[Count]:
        values = [(incident, count(run, incident)) for incident in run.incidents]
        return [
            Count(float(value), _year(run), incident, run.incidents[incident].issue)
            for incident, value in values
            if value is not None
        ]

    COUNTS[count.__name__] = of_each
    return count


def _once_in(run: Run, value: float) -> Count:
    """A number of a run as a whole."""
    return Count(float(value), _year(run))


def _year(run: Run) -> int:
    return from_iso(run.record.start).year


@_a_run
def responses(run: Run) -> float:
    """Responses of all states in a run."""
    return len(run.responses)


@_an_incident
def responses_to_one(run: Run, incident: str) -> float:
    """Responses of all states to one incident."""
    return sum(event.incident == incident for event in run.responses)


@_an_incident
def name(run: Run, incident: str) -> float:
    """Third parties that name the culprit."""
    return len(run.did(incident, NAMING))


@_an_incident
def sanction(run: Run, incident: str) -> float:
    """Third parties that sanction or expel."""
    return len(run.did(incident, SANCTIONS))


@_an_incident
def legal_step(run: Run, incident: str) -> float:
    """Third parties that take a legal or trade step."""
    return len(run.did(incident, LEGAL))


@_an_incident
def answers(run: Run, incident: str) -> float:
    """Kinds of answer by third parties: a state that speaks and expels gives two."""
    return sum(len(run.did(incident, kind)) for kind in KINDS)


@_an_incident
def instruments(run: Run, incident: str) -> float | None:
    """Responses for each kind of answer that a state gives; None where nobody gives one."""
    coded = [
        (event.actor, kind)
        for event in run.responses
        if event.incident == incident and (kind := run.of(event).coded_as)
    ]
    return len(coded) / len(set(coded)) if coded else None


@_an_incident
def summon(run: Run, incident: str) -> float:
    """States that summon the ambassador, those that were hit among them."""
    asked = [event for event in run.responses if event.payload["response"] in run.volumes.summons]
    return len({event.actor for event in asked if event.incident == incident})


@_an_incident
def consultations(run: Run, incident: str) -> float:
    """Consultations called."""
    return len(run.events("consultation_called", incident))


@_an_incident
def article_4(run: Run, incident: str) -> float:
    """Consultations under Article 4."""
    return len(run.events("consultation_called", incident, run.volumes.article_4))


@_an_incident
def article_5(run: Run, incident: str) -> float:
    """Calls of Article 5."""
    return len(run.events("consultation_called", incident, run.volumes.article_5))


@_an_incident
def ministers(run: Run, incident: str) -> float:
    """Meetings of ministers of NATO and the four."""
    return len(run.events("consultation_called", incident, run.volumes.ministers))


@_an_incident
def texts(run: Run, incident: str) -> float:
    """Texts adopted."""
    return len(run.events("text_adopted", incident))


@_an_incident
def weaker_texts(run: Run, incident: str) -> float:
    """Texts weaker than one adopted before, by nobody but those who stand behind a stronger one already."""
    found = 0
    earlier: list[tuple[int, set[str]]] = []
    for event in run.events("text_adopted", incident):
        strength, behind = event.payload["text"], {*event.payload["supporters"]}
        stronger = [before for text, before in earlier if text > strength]
        found += bool(stronger) and behind <= set().union(*stronger)
        earlier.append((strength, behind))
    return found


@_an_incident
def days_to_joint_answer(run: Run, incident: str) -> float:
    """Days from the incident to the first joint text of solidarity or more."""
    least = RUNGS.index("solidarity")
    adopted = [event.payload for event in run.events("text_adopted", incident)]
    days = (text["days_since_incident"] for text in adopted if RUNGS.index(text["rung"]) >= least)
    return min(days, default=NOT_AT_ALL)


@_an_incident
def strongest_text(run: Run, incident: str) -> float:
    """The strongest text adopted: 0 silence to 1 measures."""
    return max((event.payload["text"] for event in run.events("text_adopted", incident)), default=0.0)


@_an_incident
def strongest_day(run: Run, incident: str) -> float:
    """Days from the incident to its strongest text."""
    adopted = [event.payload for event in run.events("text_adopted", incident)]
    return max(adopted, key=lambda text: text["text"])["days_since_incident"] if adopted else NOT_AT_ALL


@_an_incident
def stopped(run: Run, incident: str) -> float:
    """1 when its author called it off, else 0; one that was to end, or whose victims gave in, is not called off."""
    return float(bool(_called_off(run, incident)))


def _called_off(run: Run, incident: str) -> list[Event]:
    """The ends of an incident that came with its author's calling the campaign off."""
    calls = {event.turn for event in run.moves(run.incidents[incident].by) if event.payload["move"] == "stop"}
    return [event for event in run.events("incident_stops", incident) if event.turn in calls]


# ---------------------------------------------------------------------------------------------------- what cannot be


def _absurd(tell: Callable[[Run], Iterator[str]]) -> Callable[[Run], Iterator[str]]:
    """Puts the function below among what cannot be."""
    ABSURD[tell.__name__] = tell
    return tell


@_absurd
def sails_without_coast(run: Run) -> Iterator[str]:
    """A patrol or exercise at sea by a state without a coast."""
    states = run.loaded.library.states
    for event in run.responses:
        if event.payload["response"] in run.volumes.at_sea and event.actor in states and not states[event.actor].coast:
            yield _told(run, event)


@_absurd
def deals_without_relations(run: Run) -> Iterator[str]:
    """Summoning or expelling where there are no diplomatic relations."""
    states = run.loaded.library.states
    for event in run.responses:
        if event.payload["response"] in run.volumes.with_embassies and event.actor in states:
            incident = run.incident_of(event)
            suspect = incident.suspect or incident.by
            if suspect in states[event.actor].no_relations_with:
                yield f"{_told(run, event)}, with {run.names.actor(suspect)}"


@_absurd
def accuses_in_doubt(run: Run) -> Iterator[str]:
    """A response that accuses, by a state less sure than it asks for."""
    for event in run.responses:
        if (response := run.of(event)).accuses:
            sure = run.sureness(event, event.actor)
            if sure < response.attribution_min:
                yield f"{_told(run, event)}: {sure:.2f} sure, and {response.attribution_min:g} is asked for"


@_absurd
def wants_to_accuse_in_doubt(run: Run) -> Iterator[str]:
    """A position on a text, at its first reading, that names by a state less sure than any accusation asks for."""
    edge = edges_of(run.loaded)[RUNGS.index("naming")]
    for event in run.record.of_kind("text_proposed"):
        least, where = _least_asked_for(run, event), run.names.format(event.payload["format"])
        for code, position in event.payload["positions"].items() if event.payload["round"] == 1 else ():
            sure = run.sureness(event, code)
            if position >= edge and sure < least:
                yield f"{run.when(event)}: {code} wants a text of {position:.2f} in {where}, {sure:.2f} sure"


def _least_asked_for(run: Run, event: Event) -> float:
    """The least sureness that a response to an event's incident asks for which names its culprit."""
    issue = run.incident_of(event).issue
    asked = [
        response.attribution_min
        for response in run.known_responses.values()
        if response.accuses and response.coded_as == NAMING and issue in response.issues
    ]
    return min(asked, default=0.0)


@_absurd
def called_without_mandate(run: Run) -> Iterator[str]:
    """A format called for what it has no mandate for, or one that names a culprit and may only exchange information."""
    formats, naming = formats_of(run.loaded), RUNGS.index("naming")
    for event in run.record.of_kind("consultation_called", "text_adopted"):
        mandate = formats[event.payload["format"]].mandate.get(run.incident_of(event).issue, 0)
        is_call = event.kind == "consultation_called"
        if mandate == 0 if is_call else mandate < COORDINATE and RUNGS.index(event.payload["rung"]) >= naming:
            deed = "is called" if is_call else f"adopts a text of {event.payload['rung']}"
            where = run.names.format(event.payload["format"])
            yield f"{run.when(event)}: {where} {deed} on {run.names.incident(event.incident)}"


@_absurd
def felt_after_the_end(run: Run) -> Iterator[str]:
    """A response whose effect falls after the end."""
    for event in run.responses:
        if event.payload["effect_day"] > run.last_day:
            yield f"{_told(run, event)}: from day {event.payload['effect_day']} of {run.last_day}"


@_absurd
def works_on_its_own(run: Run) -> Iterator[str]:
    """An adversary that courts or squeezes itself, its friend or its victim."""
    authors = {incident.by for incident in run.loaded.scenario.incidents}
    for event in run.record.of_kind("adversary_move"):
        target = event.payload["target"]
        if event.payload["move"] != "divide" or target is None:
            continue
        hit = {code for key, one in run.incidents.items() if one.by == event.actor for code in run.victims(key)}
        state = run.loaded.library.states.get(target)
        is_friend = target in authors or (state is not None and state.role == "adversary")
        if is_friend or target in hit:
            what = "itself" if target == event.actor else "its friend" if is_friend else "its victim"
            yield f"{run.when(event)}: {event.actor} works on {what}, {run.names.actor(target)}"


@_absurd
def article_5_for_others(run: Run) -> Iterator[str]:
    """Article 5 called over an act on others than allies."""
    for incident in run.incidents:
        for event in run.events("consultation_called", incident, run.volumes.article_5):
            if not run.victims(incident) & {*event.payload["members"]}:
                yield f"{run.when(event)}: Article 5 over {run.names.incident(incident)}"


@_absurd
def stopped_after_its_end(run: Run) -> Iterator[str]:
    """An incident that counts as stopped though it had ended: a second end, or one more in the run's measure."""
    off = 0
    for incident in run.incidents:
        off += bool(_called_off(run, incident))
        for event in run.events("incident_stops", incident)[1:]:
            yield f"{run.when(event)}: {run.names.incident(incident)} ends once more"
    measured = run.record.measures.get("stopped", float("nan")) * len(run.incidents)
    for _ in range(max(0, round(measured - off)) if np.isfinite(measured) else 0):
        yield f"{run.record.scenario_name}, seed {run.record.seed}: counted as stopped, and nobody called it off"


@_absurd
def accuses_itself(run: Run) -> Iterator[str]:
    """A state that names a culprit of its own act, alone or behind a text."""
    for event in run.responses:
        if run.of(event).accuses and event.actor == run.incident_of(event).by:
            yield _told(run, event)
    for event in run.record.of_kind("text_adopted"):
        author = run.incident_of(event).by
        if RUNGS.index(event.payload["rung"]) >= RUNGS.index("naming") and author in event.payload["supporters"]:
            yield f"{run.when(event)}: {author} stands behind a text of {event.payload['rung']} on its own act"


@_absurd
def talks_and_presses(run: Run) -> Iterator[str]:
    """A state that has taken up talks with an adversary and pressure on it over the same incident."""
    talking = {
        (event.actor, event.incident): event
        for event in run.responses
        if event.payload["response"] in run.volumes.talks
    }
    told = set()
    for event in run.responses:
        pair = event.actor, event.incident
        if pair in talking and pair not in told and _presses(run.of(event)):
            told.add(pair)
            talks = run.names.phrase(talking[pair].payload["response"])
            yield f"{_told(run, event)}, and {talks} (turn {talking[pair].turn})"


def _presses(response: Response) -> bool:
    """Whether a response puts pressure on the adversary."""
    return response.coded_as == SANCTIONS or (response.accuses and response.rung == "measures")


def _told(run: Run, event: Event) -> str:
    phrase = run.names.phrase(event.payload["response"])
    return f"{run.when(event)}: {run.names.actor(event.actor)} {phrase}"


# ---------------------------------------------------------------------------------------------------- many runs


COUNTED = (*COUNTS, *ABSURD)


def scenario_runs(loaded: Loaded, seeds: int, first: int = 1, known: Mapping | None = None) -> Iterator[Run]:
    """The runs of a scenario with seeds one after another: `oceans run SCENARIO --seed N` tells each of them."""
    for seed in range(first, first + seeds):
        yield Run(play(loaded, seed, trace=True, baseline=False).records[0], loaded, known)


def case_runs(case: Case, library: Library, seeds: int, first: int = 1) -> Iterator[Run]:
    """The runs of a past case, played with the coefficients as they are estimated without it."""
    document = {**document_of(case, library), "behaviour": coefficients_for(case.id, library)[0]}
    yield from scenario_runs(from_document(document, name=case.id, library=library), seeds, first, _known_of(case))


def _known_of(case: Case) -> dict[str, frozenset[str]]:
    """For each kind of act the codes of which the record knows whether they did it."""
    known = defaultdict(set)
    for (code, kind), cell in case.cells.items():
        if cell.value is not None:
            known[kind].add(code)
    return {kind: frozenset(codes) for kind, codes in known.items()}


def recorded(case: Case, kind: str, library: Library) -> tuple[int, int]:
    """How many third parties did a kind of act in a past case, and of how many it is known."""
    cells = [
        cell.value
        for (code, coded), cell in case.cells.items()
        if coded == kind and cell.value is not None and code not in case.victims and code not in library.bodies
    ]
    return sum(cells), len(cells)


@dataclass
class Tally:
    """What was counted over some runs."""

    name: str  # of the scenario, or `CASES` for past cases taken together
    runs: int = 0
    incidents: int = 0  # how many there were
    # each thing that is counted, of each run or incident
    counts: dict[str, list[Count]] = field(default_factory=lambda: {key: [] for key in COUNTED})
    absurd: dict[str, list[str]] = field(
        default_factory=lambda: {key: [] for key in ABSURD}
    )  # what cannot be, in words
    formats: Counter = field(default_factory=Counter)  # how often each was called

    def add(self, run: Run) -> None:
        """Count one run more."""
        self.runs += 1
        self.incidents += len(run.incidents)
        for key, count in COUNTS.items():
            self.counts[key] += count(run)
        for key, tell in ABSURD.items():
            told = list(tell(run))
            self.absurd[key] += told
            self.counts[key].append(_once_in(run, len(told)))
        called = run.record.of_kind("consultation_called")
        self.formats.update(run.names.format(event.payload["format"]) for event in called)


def tally(name: str, runs: Iterable[Run]) -> Tally:
    """Everything that is counted, over runs that are looked at one by one."""
    found = Tally(name)
    for run in runs:
        found.add(run)
    return found


def together(name: str, tallies: Iterable[Tally]) -> Tally:
    """Several tallies as one, such as those of past cases."""
    whole = Tally(name)
    for part in tallies:
        whole.runs += part.runs
        whole.incidents += part.incidents
        whole.formats.update(part.formats)
        for key, found in part.counts.items():
            whole.counts[key] += found
        for key, told in part.absurd.items():
            whole.absurd[key] += told
    return whole


# ---------------------------------------------------------------------------------------------------- beside the record


@dataclass(frozen=True)
class SetBeside:
    """A row of the record with what was counted over runs and incidents; infinite where it does not happen.

    The spread is from `low` to `high` of each incident by itself, in the middle of the incidents. Past cases are taken
    together, since each has one incident and the record's spread is that of cases, too.
    """

    key: str
    row: Volume
    low: float  # the 10 % quantile
    median: float
    high: float  # the 90 % quantile
    mean: float
    spread: float

    @property
    def figure(self) -> float:
        """What is held against the record."""
        return float(getattr(self, self.row.statistic))

    @property
    def fits(self) -> bool:
        """Whether that lies within what the record says, or no further beyond than is allowed."""
        high = NOT_AT_ALL if self.row.high is None else self.row.high + self.row.tolerance
        return self.row.low - self.row.tolerance <= self.figure <= high

    @property
    def cells(self) -> tuple[str, str, str, str, str]:
        """Median, from 10 to 90 %, what is held against the record, the record, and whether it fits, in words."""
        row = self.row
        allowed = f" (± {row.tolerance:g})" if row.tolerance else ""
        record = f"{row.low:g}" if row.low == row.high else f"{row.low:g} to {row.high}"
        record = f"{row.low:g} or more" if row.high is None else record.removesuffix(".0")
        return (
            _shown(self.median),
            f"{_shown(self.low)} to {_shown(self.high)}",
            f"{STATISTICS[row.statistic]} {_shown(self.figure)}",
            record + allowed,
            "yes" if self.fits else "no",
        )


STATISTICS = {"median": "median", "low": "10 %", "high": "90 %", "spread": "spread", "mean": "mean"}


def _shown(figure: float) -> str:
    """A figure with as many digits as it bears.

    >>> _shown(0.126), _shown(129.4), _shown(float("inf"))
    ('0.13', '129', 'never')
    """
    return "never" if np.isinf(figure) else f"{figure:.0f}" if figure >= 10 else f"{figure:.2g}"


def set_beside(found: Tally, volumes: Volumes) -> list[SetBeside]:
    """The rows that hold for what was counted, each with its figures, in the order of the library."""
    rows = {
        key: [count for count in found.counts[row.counts] if _belongs(row, count)]
        for key, row in volumes.rows.items()
        if not row.scenarios or found.name in row.scenarios
    }
    return [_set_beside(key, volumes.rows[key], counts) for key, counts in rows.items() if counts]


def _set_beside(key: str, row: Volume, counts: list[Count]) -> SetBeside:
    by_incident = defaultdict(list)
    for count in counts:
        by_incident[count.incident].append(count.value)
    low, median, high = _quantiles([count.value for count in counts])
    spreads = [last - first if last > first else 0.0 for first, _, last in map(_quantiles, by_incident.values())]
    mean = sum(count.value for count in counts) / len(counts)
    return SetBeside(key, row, low, median, high, mean, _quantiles(spreads)[1])


def _quantiles(values: list[float]) -> list[float]:
    """The 10 %, 50 % and 90 % quantiles, each a value that occurs: some are infinite."""
    return [float(value) for value in np.quantile(values, (LOW, 0.5, HIGH), method="nearest")]


def _belongs(row: Volume, count: Count) -> bool:
    first, last = row.since or 0, row.until or datetime.MAXYEAR
    return (not row.of or count.issue in row.of) and first <= count.year <= last
