"""What a seat sees, in words: its own judgement and what everybody can read, as headings with lines below them."""

import datetime

from sim.phrases import Names, day, percent, sentence
from sim.scenario.calendar import date_at

LATEST = 8  # responses seen so far that are listed


def situation(view: dict, names: Names, start: datetime.date) -> list[tuple[str, list[str]]]:
    """A seat's view as headings with lines below them; a heading with nothing to say is left out.

    `view` is what `sim.model.view` gives, and `start` the first day of the exercise.
    """
    parts = (
        ("Where you stand", _standing(view)),
        ("What is going on", [_incident(incident, names) for incident in view.get("incidents", {}).items()]),
        ("Consultations you sit in", [_consultation(table, names, start) for table in view.get("consultations", [])]),
        ("Texts adopted", [_text(text, names) for text in view.get("texts", [])]),
        ("What you have decided", [_own(response, names, start) for response in view.get("own_responses", [])]),
        (
            "What others are seen to do",
            [_seen(response, names) for response in view.get("seen_responses", [])[-LATEST:]],
        ),
    )
    return [(heading, lines) for heading, lines in parts if lines]


def _standing(view):
    return [f"Political capital {view['capital']:.2f}; tension {view['tension']:.2f} (0 calm, 1 war)."]


def _incident(incident, names):
    key, seen = incident
    words = f"{names.incident(key)}, which looks like the work of {names.actor(seen['suspect'])}"
    if seen.get("is_mine"):
        words += ". It is yours"
    if "confidence" in seen:
        words += f". You give that {percent(seen['confidence'])}"
        words += f"; it is {_level(seen['gravity'])} and touches you {_touch(seen)}"
    return sentence(words if seen["goes_on"] else f"{words}. It is over")


def _level(gravity):
    return f"{gravity:.2f} grave (0 not at all, 1 mass casualties)"


def _touch(seen):
    return "as a victim" if seen["is_victim"] else f"to {percent(seen['stake'])}"


def _consultation(table, names, start):
    where = names.format(table["format"])
    return sentence(
        f"{names.incident(table['incident'])} is before {where}; its text is due by {_date(table['due_day'], start)}"
    )


def _text(text, names):
    what = names.text(text["rung"], text["incident"])
    return sentence(f"{names.format(text['format'])}, on {names.incident(text['incident'])}: {what}")


def _own(response, names, start):
    what = f"{names.response(response['response'])}, on {names.incident(response['incident'])}"
    return sentence(f"{what}; felt from {_date(response['acts_day'], start)}")


def _seen(response, names):
    what = f"{names.response(response['response'])}, on {names.incident(response['incident'])}"
    return sentence(f"{what}: {names.actors(response['by'])}")


def _date(number, start):
    return day(date_at(start, number))
