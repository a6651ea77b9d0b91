"""The story of a run, in words that can be read aloud.

`Narrator` takes the events of one turn after the other and says what happened: who knew what, who called whom and why
there, which text passed and what it cost, who joined what and through whom, what the adversary made of it, and how
things stand. It says only what has happened and been seen; who really did it is told at the end, by `hot_wash`.

What did not change is not said again, lists are cut, and states that do the same in one turn share a sentence.
What is said of a turn is in `passages`, and what of it is said in short in `short_form`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sim.catalogue.moves import BY_NAME
from sim.catalogue.responses import RUNGS
from sim.model.events import Event
from sim.output.narrative.injects import injects, reaches_players
from sim.output.narrative.passages import PASSAGES, move_in_words
from sim.output.narrative.short_form import in_short
from sim.phrases import Names, count, day, listed, period, sentence
from sim.record.record import Record
from sim.scenario import Loaded


@dataclass(frozen=True)
class Turn:
    """One turn as it is told."""

    number: int  # from 1; 0 for what came before the exercise
    date: str  # ISO date of its first day
    heading: str  # the most telling thing that happened
    sentences: tuple[str, ...]  # all that there is to tell
    period: str = ""  # its days in words
    short: tuple[str, ...] = ()  # the same in few sentences


def tell(record: Record, loaded: Loaded) -> list[Turn]:
    """The story of a run, turn by turn; a turn before the first only if something happened in it."""
    narrator = Narrator(loaded)
    numbers = sorted({event.turn for event in record.events})
    return [narrator.turn(number, record.in_turn(number)) for number in numbers]


class Narrator:
    """Tells one turn of a scenario after the other, remembering what it has said."""

    def __init__(self, loaded):
        self.names = Names(loaded)
        self.calendar = loaded.scenario.calendar
        self.beliefs = {}
        self.members = {}
        self.joined = {}
        self.decided_in = {}
        self.situation = None
        self.harm = {}
        self.moves = {}
        self.begun = ()
        self.ended = ()
        self.strongest = {}
        self.said = {}

    def turn(self, number: int, events: Sequence[Event]) -> Turn:
        """One turn, told from its events in order; number 0 is what came before the exercise."""
        told = Told(number, events, self)
        first = self.calendar.first_day(number)
        when = period(*self.calendar.span(number)) if number else "before the exercise"
        short = in_short(told)
        made = (sentence(words) for passage in PASSAGES for words in passage(told))
        sentences = (*injects(told), *made)
        heading = sentence(headline(told)).rstrip(".")
        self.harm, self.moves, self.strongest = told.harm, told.moves, told.strongest
        self.begun, self.ended = told.begun, told.ended
        return Turn(number, first.isoformat(), heading, sentences, when, short)

    def date(self, day_number):
        """The date of a day of the exercise."""
        return self.calendar.date(day_number)


class Told:
    """The events of one turn, at hand by kind, with the narrator's memory."""

    def __init__(self, number, events, narrator):
        self.number = number
        self.events = list(events)
        self.narrator = narrator
        self.names = narrator.names
        self.year = narrator.calendar.first_day(number).year

    def of_kind(self, *kinds):
        """The turn's events of one kind or several."""
        return [event for event in self.events if event.kind in kinds]

    @property
    def decided(self):
        """The responses that somebody decided on."""
        decided = self.of_kind("response_decided")
        return [event for event in decided if not self.names.is_inaction(event.payload["response"])]

    @property
    def moves(self):
        """What each adversary does."""
        return {(event.actor, event.incident): _what(event) for event in self.of_kind("adversary_move")}

    @property
    def new_moves(self):
        """The adversaries' moves that are not the same again as in the turn before."""
        before = self.narrator.moves
        return [
            event
            for event in self.of_kind("adversary_move")
            if before.get((event.actor, event.incident)) != _what(event)
        ]

    @property
    def harm(self):
        """The harm that each incident does at the end of the turn."""
        return next((event.payload["harm"] for event in self.of_kind("turn_ends")), {})

    @property
    def worse(self):
        """The incidents that do more harm at the end of this turn than at the end of the one before."""
        before = self.narrator.harm
        return [incident for incident, harm in self.harm.items() if 0 < before.get(incident, 0) < harm]

    @property
    def states(self):
        """The codes of the states that assess what happens."""
        assessed = [event.payload["confidence"] for event in self.of_kind("assessment")]
        return list(dict.fromkeys(code for known in assessed or self.narrator.beliefs.values() for code in known))

    @property
    def begun(self):
        """The incidents that have begun by the end of the turn."""
        return (*self.narrator.begun, *(event.incident for event in self.of_kind("incident_begins")))

    @property
    def ended(self):
        """The incidents that have ended by the end of the turn."""
        return (*self.narrator.ended, *(event.incident for event in self.of_kind("incident_stops")))

    @property
    def going(self):
        """The incidents that go on at the end of the turn."""
        return [incident for incident in self.begun if incident not in self.ended]

    @property
    def strongest(self):
        """The strongest text adopted so far over each incident, by its place on the ladder."""
        so_far = dict(self.narrator.strongest)
        for event in self.of_kind("text_adopted"):
            so_far[event.incident] = max(so_far.get(event.incident, 0), RUNGS.index(event.payload["rung"]))
        return so_far

    @property
    def consulted(self):
        """Who sits at each consultation that has been called: incident and format to codes."""
        called = self.of_kind("consultation_called")
        new = {(event.incident, event.payload["format"]): event.payload["members"] for event in called}
        return {**self.narrator.members, **new}

    def members(self, event):
        """Who sits at the table of a text, as far as that is known."""
        return self.consulted.get((event.incident, event.payload["format"]), [])

    def day(self, number):
        """A day of the exercise in words, with its year only where that is another than this turn's."""
        return day(self.narrator.date(number), self.year)

    def days(self, first, last):
        """A stretch of days in words."""
        return period(self.narrator.date(first), self.narrator.date(last), self.year)


def _what(event):
    return event.payload["move"], event.payload["target"]


# ------------------------------------------------------------------------------------------------------------ headline


def headline(turn):
    """The most telling thing that happened in a turn, in few words."""
    return next((words for find in HEADLINES for words in find(turn)), "A quiet turn")


def _turns_of_fortune(turn):
    """What ends or begins, and texts that name somebody."""
    names = turn.names
    yield from (f"{names.actor(event.actor)} gives in" for event in turn.of_kind("victim_concedes"))
    begun = [names.incident(event.incident) for event in turn.of_kind("incident_begins")]
    if begun:
        yield f"{'An incident begins' if len(begun) == 1 else 'Incidents begin'}: {listed(begun)}"
    yield from (f"An end to {names.incident(event.incident)}" for event in turn.of_kind("incident_stops"))
    if any(event.payload["rung"] in ("naming", "measures") for event in turn.of_kind("text_adopted")):
        yield from _texts(turn)


def _texts(turn):
    """The texts that are adopted, the strongest first."""
    for event in sorted(turn.of_kind("text_adopted"), key=lambda event: -event.payload["text"]):
        text = turn.names.text(event.payload["rung"], event.incident)
        yield f"Adopted by {turn.names.format(event.payload['format'])}: {text}"


def _hostile_moves(turn):
    for event in turn.new_moves:
        if BY_NAME[event.payload["move"]].is_hostile:
            yield move_in_words(event, turn)


def _what_most_do(turn):
    for key, number in Counter(event.payload["response"] for event in turn.decided).most_common(1):
        if number > 2:
            yield f"{count(number, 'state')} {turn.names.phrase(key, many=True)}"


def _lesser_news(turn):
    """Texts that fail, consultations that are called, and what reaches the players."""
    names = turn.names
    for event in turn.of_kind("text_failed"):
        yield f"No text passes in {names.format(event.payload['format'])}"
    for event in turn.of_kind("consultation_called"):
        yield f"{names.actor(event.actor)} turns to {names.format(event.payload['format'])}"
    yield from (event.payload["title"] for event in turn.of_kind("inject_released") if reaches_players(event))


HEADLINES = (_turns_of_fortune, _hostile_moves, _what_most_do, _texts, _lesser_news)
