"""The story of a run, in words that can be read aloud.

`Narrator` takes the events of one turn after the other and says what happened: who knew what, who called whom and why
there, which text passed and what it cost, who joined what and through whom, what the adversary made of it, and how
things stand. It says only what has happened and been seen; who really did it is told at the end, by `hot_wash`.

What did not change is not said again, lists are cut, and states that do the same in one turn share a sentence.
The passages are in `sim/output/narrative/`, one file a phase.
"""

import datetime
from dataclasses import dataclass

from sim.output.narrative import PASSAGES, headline, injects
from sim.output.narrative.hot_wash import HotWash, MeasureRow, figure, hot_wash
from sim.phrases import Names, day, period, sentence

__all__ = ["HotWash", "MeasureRow", "Narrator", "Turn", "hot_wash", "figure", "tell"]


@dataclass(frozen=True)
class Turn:
    """One turn as it is told.

    Parameters
    ----------
    number : int, from 1; 0 for what came before the exercise
    date : str, ISO date of its first day
    heading : str, the most telling thing that happened
    sentences : tuple of str
    period : str, its days in words
    """

    number: int
    date: str
    heading: str
    sentences: tuple[str, ...]
    period: str = ""


def tell(record, loaded):
    """The story of a run, turn by turn.

    Parameters
    ----------
    record : Record
    loaded : sim.scenario.Loaded, the scenario that was played

    Returns
    -------
    list of Turn; a turn before the first only if something happened in it
    """
    narrator = Narrator(loaded)
    numbers = sorted({event.turn for event in record.events})
    return [narrator.turn(number, record.in_turn(number)) for number in numbers]


class Narrator:
    """Tells one turn after the other, remembering what it has said.

    Parameters
    ----------
    loaded : sim.scenario.Loaded
    """

    def __init__(self, loaded):
        self.names = Names(loaded)
        self.start = loaded.scenario.start
        self.days_per_turn = loaded.scenario.turns.days
        self.beliefs = {}
        self.members = {}
        self.joined = {}
        self.decided_in = {}
        self.situation = None
        self.harm = {}
        self.moves = {}

    def turn(self, number, events):
        """One turn, told.

        Parameters
        ----------
        number : int, from 1; 0 for what came before the exercise
        events : sequence of Event, those of this turn in order

        Returns
        -------
        Turn
        """
        told = Told(number, events, self)
        first = self.first_day(number)
        last = first + datetime.timedelta(days=self.days_per_turn - 1)
        when = period(first, last) if number else "before the exercise"
        made = (sentence(words) for passage in PASSAGES for words in passage(told))
        sentences = (*injects(told), *made)
        heading = sentence(headline(told)).rstrip(".")
        self.harm, self.moves = told.harm, told.moves
        return Turn(number, first.isoformat(), heading, sentences, when)

    def first_day(self, number):
        """The date on which a turn begins."""
        return self.date(max(number - 1, 0) * self.days_per_turn)

    def date(self, day_number):
        """The date of a day of the exercise."""
        return self.start + datetime.timedelta(days=day_number)


class Told:
    """The events of one turn, at hand by kind, with the narrator's memory."""

    def __init__(self, number, events, narrator):
        self.number = number
        self.events = list(events)
        self.narrator = narrator
        self.names = narrator.names
        self.year = narrator.first_day(number).year

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

    def day(self, number):
        """A day of the exercise in words, with its year only where that is another than this turn's."""
        return day(self.narrator.date(number), self.year)

    def days(self, first, last):
        """A stretch of days in words."""
        return period(self.narrator.date(first), self.narrator.date(last), self.year)


def _what(event):
    return event.payload["move"], event.payload["target"]
