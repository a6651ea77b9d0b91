"""How the story of a turn is told: one file for each phase, in the order of play, and the headline.

Each passage takes the events of one turn, with the narrator's memory, and yields what there is to say; often nothing.
Injects come first. They are somebody else's words, and keep their lines; all that follows is made into sentences.
"""

from sim.output.narrative.adjudicate import endings, situation
from sim.output.narrative.adversary import adversaries
from sim.output.narrative.assess import beliefs
from sim.output.narrative.consult import consultations, leaks, projects
from sim.output.narrative.headline import headline
from sim.output.narrative.inject import beginnings, directions, injects
from sim.output.narrative.respond import effects, responses, shared_evidence

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
