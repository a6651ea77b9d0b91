"""The choices after which a run's futures parted, in sentences."""

from sim.catalogue.measures import MEASURES
from sim.catalogue.moves import BY_NAME
from sim.experiments.turning_points import TurningPoint
from sim.output.narrative.decisions import subject_of_text
from sim.output.narrative.hot_wash import figure
from sim.phrases import Names, listed, sentence


def told(point: TurningPoint, names: Names) -> str:
    """What was chosen, and what would have come of the other choice: two sentences."""
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
