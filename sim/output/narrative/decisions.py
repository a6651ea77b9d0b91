"""A decision in words: the question, its options, what it is about, and what came of it where futures parted."""

from sim.catalogue.measures import MEASURES
from sim.catalogue.moves import AT_LARGE, BY_NAME, MOVES
from sim.output.narrative.hot_wash import figure
from sim.phrases import count, day, listed, sentence, stopped
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


def turning_point(point, names):
    """What was chosen where a run's futures parted, and what would have come of the other choice: two sentences."""
    outcome = MEASURES[point.measure]
    did, otherwise = _choice(point, names)
    label = outcome.label[0].lower() + outcome.label[1:]
    had, was = figure(point.had_it_been, outcome.unit), figure(point.as_it_was)
    come = f"{label} would have come to {had}, not {was}, on average over {point.futures} futures"
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
