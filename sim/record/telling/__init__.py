"""How the story of a turn is told: one file for each phase, in the order of play, and the headline.

Each passage takes the events of one turn, with the teller's memory, and yields what there is to say; often nothing.
Injects come first. They are somebody else's words, and keep their lines; all that follows is made into sentences.
"""

from sim.record.telling.adversary import adversaries
from sim.record.telling.assess import beliefs
from sim.record.telling.consult import consultations, leaks, projects
from sim.record.telling.headline import headline
from sim.record.telling.inject import beginnings, directions, injects
from sim.record.telling.respond import effects, responses, shared_evidence
from sim.record.telling.settle import endings, situation

PASSAGES = (
    directions,
    beginnings,
    beliefs,
    consultations,
    leaks,
    projects,
    shared_evidence,
    responses,
    adversaries,
    effects,
    endings,
    situation,
)

__all__ = ["PASSAGES", "headline", "injects"]
