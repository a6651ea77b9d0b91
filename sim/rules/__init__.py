"""Arithmetic from the literature, one idea a file.

    choice          how likely an actor is to choose each option: logit, and the answer to company
    attribution     what evidence does to belief in a culprit, one observer alone and several together
    consultation    how well placed a format is, where positions meet, silence procedure and qualified majority
    coercion        exposure, pressure, relief, concession
    escalation      how tension builds and fades, and what an onlooker reads into cooperation
    tempo           how long things take
    cooperation     how far along a project is

Rules know numpy, `scipy.special` and nothing else of the project but its errors. They never draw: whatever is left to
chance comes in as a standard normal or a uniform number. Everything broadcasts over (..., runs, actors), with a reduced
axis leading where there is one, and no rule asks how many runs there are. A row has the same bits alone and in any
batch: rules are elementwise, and sums go through `quantize`. Values outside a rule's domain raise RangeError when they
are single numbers (a coefficient, a deadline); arrays are trusted, since the scenario's checks have seen what they are
made from and looking at each value again would cost more than the rule.
"""

from sim.rules import (
    attribution,
    choice,
    coercion,
    consultation,
    cooperation,
    escalation,
    tempo,
)

__all__ = [
    "attribution",
    "choice",
    "coercion",
    "consultation",
    "cooperation",
    "escalation",
    "tempo",
]
