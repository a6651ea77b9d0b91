"""One turn of the game. Read this file to learn it.

1. **inject**     the turn's injects are released, and the hostile acts that begin now begin
2. **assess**     every actor gathers evidence, hears what reaches it, and judges who did it and what is at stake
3. **consult**    victims call consultations where they are best placed; intentions are exchanged; texts pass or fail
4. **respond**    every actor joins the responses it is willing, allowed and able to join
5. **adversary**  each adversary chooses its next move
6. **settle**     what has become effective is felt: harm, pressure, tension, standing, cost; projects mature

Each phase is a function of the world, in a file of its own. It works on every run of the batch at once and is the only
place where its rules are applied.
"""

from sim.one_thread import one_blas_thread
from sim.turn.adversary import adversary
from sim.turn.assess import assess
from sim.turn.consult import consult
from sim.turn.inject import inject
from sim.turn.respond import respond
from sim.turn.settle import settle

PHASES = (inject, assess, consult, respond, adversary, settle)

__all__ = ["PHASES", "play_turn"]


@one_blas_thread()
def play_turn(world):
    """Play the next turn of every run of the batch.

    Parameters
    ----------
    world : World, changed in place
    """
    world.turn += 1
    for phase in PHASES:
        phase(world)
