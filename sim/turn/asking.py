"""Putting a question to a seat: what is open, what the model's own rule would do, and the answer as data.

Where nobody sits but the model's own rule, nothing is asked and a phase keeps the choice it has made.
"""

from sim.errors import Fault, InputError
from sim.policies.policy import Action, Question, legal_answer
from sim.world.view import view


def seated(world, where):
    """The seats to ask: (run, actor's place, code) for every seat whose actor is marked in `where`.

    Parameters
    ----------
    world : World
    where : array (R, A) of bool

    Yields
    ------
    run : int; place : int; code : str
    """
    for code in world.seats:
        place = world.setting.index[code]
        for run in range(world.runs):
            if where[run, place]:
                yield run, place, code


def put(world, run, code, kind, subject, text, options, default, many=False, rung=None):
    """Ask one seat and return the ids it chose, checked to be legal.

    Parameters
    ----------
    run : int, row of the batch; code : str, the actor; kind, subject, text : see `Question`
    options : sequence of Option; default : sequence of ids; many : bool
    rung : str or None, where a text under silence stands

    Raises
    ------
    InputError
        with advice, when the answer is not legal
    """
    question = Question(kind, world.turn, code, subject, text, tuple(options), many, tuple(default), rung)
    answer = world.seats[code].choose(view(world, code, run), question)
    try:
        chosen = legal_answer(question, answer)
    except ValueError as fault:
        raise InputError([Fault("", 0, 0, str(fault))]) from None
    if run == 0:
        world.actions.append(Action(world.turn, code, kind, subject, chosen))
    return chosen
