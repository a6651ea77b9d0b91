"""Worlds for tests of single steps: a few states at one table, before anything has happened."""

import numpy as np

from sim.engine import initial_world
from sim.model.inputs import build_inputs
from sim.model.steps import STEPS
from sim.model.steps.adversary import choose_moves, make_moves
from sim.model.steps.inject import inject
from sim.model.steps.projects import decide_projects
from sim.model.steps.respond import choose_responses, join_responses
from sim.model.steps.stops import NOBODY
from sim.model.steps.texts import result
from sim.model.steps.willingness import lasting_utility, utility_of_calls
from tests.builders import a_library, a_scenario

SIZES = (1, 3)  # each step is asked with one run and with three
TO_A_TEXT = ("texts", "silence 1", "silence 2", "silence 3")


def a_world(runs=1, seed=1, turn=1, **changes):
    """A world of a small scenario in a turn, with the incidents of that turn begun and nothing else done."""
    world = initial_world(build_inputs(a_scenario(**changes)), seed, range(runs))
    world.turn = turn
    inject(world)
    return world


def a_format(rule="consensus", members=("DEU", "EST", "GBR", "USA"), **changes):
    """A format for cyber matters, as it is written."""
    return {
        "name": "Council",
        "short": "Council",
        "kind": "alliance",
        "members": list(members),
        "rule": rule,
        "mandate": {"cyber": 3},
        "days": {"min": 1, "typical": 2, "max": 3},
        "outputs": ["joint_statement", "public_attribution", "sanctions"],
        "sources": ["made_up"],
        **changes,
    }


def a_table(rule="consensus", runs=1, wants=0.6, seed=1, form=None, **changes):
    """A world with one table, open and due in this turn, whose members all want the same text."""
    form = {**a_format(rule), **(form or {})}
    members = [name for name in form["members"] if len(name) == 3]
    changes = {"participants": [*members, "RUS"], "own_formats": {"council": form}, "formats": ["council"], **changes}
    world = a_world(runs, seed, **changes)
    state = world.state
    state.consultation_state[:], state.consultation_due[:], state.consultation_called[:] = 1, world.day, 0
    state.position[:] = np.where(world.inputs.is_state, wants, 0.0)
    return world


def want(world, **texts):
    """Let some actors want other texts."""
    for code, text in texts.items():
        world.state.position[..., world.inputs.index[code]] = text


def option(world, response, incident=0):
    """The place of a response to an incident."""
    return world.inputs.options.index((world.inputs.incidents[incident], response))


def kind(world, name, incident=0):
    """The place of a kind of response among those to an incident."""
    part = world.inputs.kind_slices[incident]
    return world.inputs.kinds[part].index((world.inputs.incidents[incident], name))


def library_with(**responses):
    """The small library with some responses changed: name to the fields that differ."""
    library = a_library()
    changed = {name: library.responses[name].model_copy(update=fields) for name, fields in responses.items()}
    return library.model_copy(update={"responses": {**library.responses, **changed}})


# ------------------------------------------------------------------------------------------------- steps


def play(world, *names):
    """Play steps of a turn by their names, with nobody in a seat."""
    for step in STEPS:
        if step.name in names:
            step.finish(world, NOBODY)


def texts_of(world):
    """The texts that the consultations due now end in and who stands behind each: (K,), (K, A)."""
    play(world, *TO_A_TEXT)
    return result(world, world.due)


def conclude(world):
    """End the consultations that are due now, with what follows."""
    play(world, *TO_A_TEXT, "adopt")


def consult(world):
    """Positions, calls and texts, and the projects that are put to a decision."""
    play(world, "consult")
    conclude(world)
    decide_projects(world, NOBODY)


def respond(world):
    """Everybody joins by the model's own rule."""
    join_responses(world, choose_responses(world))


def move(world):
    """Every adversary makes its move by the model's own rule."""
    make_moves(world, choose_moves(world))


def base_utility(world, h):
    """Willingness to join each kind of response to incident `h`, before company and texts: (kinds, R, A)."""
    return lasting_utility(world, h) + utility_of_calls(world, h, world.state.capital)
