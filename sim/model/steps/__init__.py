"""One turn of the game. Read this file to learn it; [ ] marks the steps that wait for seats.

1. **inject**          the turn's injects are released, and the incidents that begin now begin
2. **assess**          every actor gathers evidence, hears what reaches it, and judges who did it and what is at stake
3. **[consult]**       seats say what text they want and call consultations; intentions are exchanged
4. **texts**           consultations that fall due put a text on the table, and cases are opened
5. **[silence 1 to 3]** members accept the text or break silence; what is broken is softened and put again
6. **adopt**           texts that stand are adopted, with what follows from them
7. **[sheet]**         projects are agreed, responses joined, and adversaries move
8. **adjudicate**      what has become effective is felt: harm, pressure, tension, standing, cost; projects mature

Each step is a function of the world, in a file of its own. It works on every run of the batch at once and is the only
place where its rules are applied. A step that waits opens with decisions and closes with answers (`stops.py`).
"""

from functools import partial

from sim.model.steps.adjudicate import adjudicate
from sim.model.steps.assess import assess
from sim.model.steps.consult import close_consult, open_consult
from sim.model.steps.inject import inject
from sim.model.steps.sheet import close_sheet, open_sheet
from sim.model.steps.stops import Step
from sim.model.steps.texts import ROUNDS, adopt_texts, close_round, open_round, propose_texts
from sim.one_thread import one_blas_thread


def _round(attempt):
    def close(world, answers):
        close_round(world, attempt, answers)

    return Step(f"silence {attempt}", close, partial(open_round, attempt=attempt))


STEPS = (
    Step("inject", inject),
    Step("assess", assess),
    Step("consult", close_consult, open_consult),
    Step("texts", propose_texts),
    *(_round(attempt) for attempt in ROUNDS),
    Step("adopt", adopt_texts),
    Step("sheet", close_sheet, open_sheet),
    Step("adjudicate", adjudicate),
)

__all__ = ["STEPS", "Step", "begin_turn", "is_over", "play_turn"]


@one_blas_thread()
def play_turn(world):
    """Play the next turn of every run of the batch, or the rest of the one that has begun.

    Parameters
    ----------
    world : World, changed in place
    """
    begin_turn(world)
    while world.step < len(STEPS):
        STEPS[world.step].play(world)


def begin_turn(world):
    """Begin the next turn, unless one is under way."""
    if world.step == len(STEPS) or not world.turn:
        world.turn += 1
        world.step = 0
        world.inputs = world.inputs.in_turn(world.turn)


def is_over(world):
    """Whether the last turn has been played to its end."""
    return world.turn == world.inputs.turns and world.step == len(STEPS)
