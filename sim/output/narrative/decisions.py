"""What a seat sees and decides, in words: each question with its options, and its view as headings with lines."""

import datetime

from sim.catalogue.moves import AT_LARGE, MOVES
from sim.phrases import Names, count, day, percent, sentence, stopped
from sim.scenario.calendar import date_at

QUESTIONS = {
    "position": "What is the strongest text you want over {incident}?",
    "call": "Where do you call a consultation over {incident}?",
    "share": "With whom do you share your evidence on {incident}?",
    "project": "Cooperation on {project} is put to a decision by consensus. Do you agree?",
    "cooperation": "Which cooperation do you propose for the next turn, or end?",
    "responses": "Which responses to {incident} do you join now?",
    "move": "What do you do next over {incident}?",
}
AT_LARGE_QUESTION = "What do you do next?"
LABELS = {
    "position": {
        "silence": "say nothing",
        "concern": "voice concern, naming nobody",
        "solidarity": "stand with the victim, naming nobody",
        "naming": "name who did it",
        "measures": "name who did it, and announce measures",
    },
    "silence": {"accept": "let it pass", "break": "break silence"},
    "project": {"support": "let it go ahead", "block": "block it"},
    "move": {move.name: move.label for move in MOVES},
}
LATEST = 8  # responses seen so far that are listed


def question(decision, names):
    """What a seat is asked, in a sentence.

    Parameters
    ----------
    decision : Decision; names : sim.phrases.Names
    """
    if decision.kind == "silence":
        incident, form, _ = subject_of_text(decision)
        where = f"{names.format(form)}, on {names.incident(incident)}"
        return f"{where}: the text stands at {decision.rung} ({decision.text:.2f} of 1). Do you let it pass?"
    if decision.kind == "question":
        return put(decision.asked or names.question(decision.subject))
    asked = AT_LARGE_QUESTION if decision.subject == AT_LARGE else QUESTIONS[decision.kind]
    if "{incident}" in asked:
        return asked.format(incident=names.incident(decision.subject))
    return asked.format(project=names.project(decision.subject)) if "{project}" in asked else asked


def put(question):
    """A question of the exercise's own, with what holds for whoever does not answer it now."""
    waits = [f"It stands for {count(question.turns, 'turn')} in all."] if question.turns > 1 else []
    counts = [option.name for option in question.options if option.id == question.otherwise]
    return " ".join([*waits, *(f"No answer in the end counts as: {stopped(name)}" for name in counts), question.text])


def subject_of_text(decision):
    """The incident, the format and the round that a decision on a text is about.

    >>> from sim.model.decisions import Decision
    >>> subject_of_text(Decision("silence", 2, "JPN", "grid/g7_leaders#1", (), ()))
    ('grid', 'g7_leaders', 1)
    """
    incident, _, rest = decision.subject.partition("/")
    form, _, attempt = rest.partition("#")
    return incident, form, int(attempt)


def option_words(decision, names):
    """The options of a decision in words, by id."""
    return {option.id: label(option, decision, names) for option in decision.options}


def chosen_words(decision, ids, names):
    """What was chosen of a decision, in words: `nothing` where it is none of the options."""
    words = option_words(decision, names)
    return ", ".join(words[one] for one in words if one in ids) or "nothing"


def label(option, decision, names):
    """An option in words."""
    if decision.kind == "call":
        where = names.format(option.id)
        return f"ask {names.actor(option.via)} to call {where}" if option.via else f"call {where}"
    if decision.kind == "responses":
        return names.response(option.id)
    if decision.kind == "question":
        of_control = {known.id: known.name for known in decision.asked.options} if decision.asked else {}
        return of_control.get(option.id) or names.answer(decision.subject, option.id)
    if decision.kind == "share":
        return names.actor(option.id)
    if decision.kind == "cooperation":
        deed, _, project = option.id.partition(":")
        return f"{deed} {names.project(project)}"
    return LABELS.get(decision.kind, {}).get(option.id, option.id)


def note(option):
    """What else a seat should know about an option: what it asks for, and whether a text covers it."""
    parts = []
    if option.confidence_min is not None:
        parts.append(f"usually asks for {option.confidence_min:.0%} confidence")
    if option.covered:
        parts.append("a text covers it")
    return "; ".join(parts)


def acts_from(option, start):
    """The day from which an option can be felt, in words; empty where there is none."""
    if option.acts_day is None:
        return ""
    return f"from {day(date_at(start, option.acts_day))}"


# --------------------------------------------------------------------------------------------------------- what it sees


def situation(view: dict, names: Names, start: datetime.date) -> list[tuple[str, list[str]]]:
    """A seat's view as headings with lines below them; a heading with nothing to say is left out.

    `view` is what `sim.model.view` gives, and `start` the first day of the exercise.
    """
    stand = f"Political capital {view['capital']:.2f}; tension {view['tension']:.2f} (0 calm, 1 war)."
    latest = view.get("seen_responses", [])[-LATEST:]
    parts = (
        ("Where you stand", [stand]),
        ("What is going on", [_incident(incident, names) for incident in view.get("incidents", {}).items()]),
        ("Consultations you sit in", [_consultation(table, names, start) for table in view.get("consultations", [])]),
        ("Texts adopted", [_text(text, names) for text in view.get("texts", [])]),
        ("What you have decided", [_own(response, names, start) for response in view.get("own_responses", [])]),
        ("What others are seen to do", [_seen(response, names) for response in latest]),
    )
    return [(heading, lines) for heading, lines in parts if lines]


def _incident(incident, names):
    key, seen = incident
    words = f"{names.incident(key)}, which looks like the work of {names.actor(seen['suspect'])}"
    if seen.get("is_mine"):
        words += ". It is yours"
    if "confidence" in seen:
        words += f". You give that {percent(seen['confidence'])}"
        touch = "as a victim" if seen["is_victim"] else f"to {percent(seen['stake'])}"
        words += f"; it is {seen['gravity']:.2f} grave (0 not at all, 1 mass casualties) and touches you {touch}"
    return sentence(words if seen["goes_on"] else f"{words}. It is over")


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
