"""What happened: events, the record of a run, what it is judged by, where it is kept, and how it is told."""

from sim.model.events import EVENT_KINDS, Event
from sim.record.record import Outcomes, Principle, Record

__all__ = ["EVENT_KINDS", "Event", "Outcomes", "Principle", "Record"]
