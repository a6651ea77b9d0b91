"""Sessions for tests: every seat manned, people who take suggestions or follow a whim.

    everybody(loaded)                   codes of all seats in which somebody can sit
    play(session)                       people take every suggestion, to the end
    play(session, whim(3), answers=20)  their choices follow no rule but a number; the first twenty of them

What a whim chooses depends on the decision alone, so that it chooses the same in whatever order seats are asked.
"""

import zlib

import numpy as np

from sim.model.inputs import build_inputs
from tests.builders import a_scenario, an_incident, an_inject

MOST_INCIDENTS = 3
A_QUESTION = {
    "text": "Do you ask the neighbours for power?",
    "to": ["EST", "DEU"],
    "options": [{"id": "ask", "name": "Asks its neighbours"}, {"id": "wait", "name": "Waits"}],
    "turns": 2,
}


def a_crisis(**changes):
    """Two incidents in two oceans, projects to decide, injects to direct: every kind of decision falls due."""
    fields = {
        "turns": 3,
        "cooperation": [{"project": "coop_cyber", "turn": 2}, {"project": "coop_exchange", "months_before": 12}],
        "incidents": [
            an_incident(may_widen_to=["DEU"], publicness=0.9),
            an_incident("wine", by="CHN", victims={"JPN": 0.4}, issue="coercion", turn=2),
        ],
        "injects": [
            an_inject(question=A_QUESTION),
            an_inject("relief", turn=2, to=["EST"], effects=[{"on": "capital", "actor": "EST", "by": 0.2}]),
            an_inject("rumour", turn=3, to=["JPN"], effects=[{"on": "narrative", "by": 0.3}]),
        ],
    }
    return a_scenario(**{**fields, **changes})


def everybody(loaded):
    """Codes of all seats in which somebody can sit."""
    inputs = build_inputs(loaded)
    return tuple(code for code in inputs.actors if code not in inputs.bodies or inputs.is_state[inputs.index[code]])


def suggested(decision):
    """What the model's own rule would choose."""
    return decision.default


def whim(number):
    """Somebody whose choices follow no rule but a number, and never cost more than there is."""

    def choose(decision):
        chance = np.random.default_rng([number, zlib.crc32(decision.id.encode())])
        if not decision.many:
            return [decision.options[chance.integers(len(decision.options))].id]
        some = [option for option in decision.options if chance.random() < 0.3]
        left = np.inf if decision.budget is None else decision.budget / MOST_INCIDENTS
        within = [sum(option.cost or 0.0 for option in some[: k + 1]) <= left for k in range(len(some))]
        return [option.id for option, pays in zip(some, within, strict=True) if pays][: decision.most]

    return choose


def play(session, choose=suggested, answers=None):
    """Let people answer, each decision once, to the end or until so many answers have been given; the session."""
    given = 0
    while not session.is_over and given != answers:
        decision = session.open_decisions()[0]
        session.submit(decision, choose(decision))
        given += 1
    return session


def play_to(session, turn, step, choose=suggested):
    """Let people answer until a step of a turn waits for them, or the exercise is over; the session."""
    while not session.is_over and (session.turn, session.step) != (turn, step):
        decision = session.open_decisions()[0]
        session.submit(decision, choose(decision))
    return session


def open_to(session, seat, kind, subject=None):
    """The decision of a kind that is open to a seat; None where there is none."""
    fitting = [one for one in session.open_decisions(seat) if one.kind == kind and subject in (None, one.subject)]
    return fitting[0] if fitting else None
