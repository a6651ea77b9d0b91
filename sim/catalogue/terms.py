"""What speaks for and against joining a response, one row each: what it means, and how it is said of whoever it moved.

To add one: a row here, and what it comes to in `sim/model/steps/willingness.py`, under its name.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """One reason to join a response, or not to.

    name : what events and records call it
    meaning : in a table of what an event holds
    pro, con : why one joined, where it added to willingness and where it took from it
    moves : what moves many at once, in a story of a turn; None where it only ever holds back
    """

    name: str
    meaning: str
    pro: str
    con: str
    moves: str | None = None


TERMS = (
    Term(
        "practice",
        "habit, and what has become usual among states since",
        "it is used to doing so",
        "it is not used to doing so",
        "habit",
    ),
    Term(
        "stake",
        "what is at stake for it, and the benefit the response brings",
        "much was at stake for it",
        "little was at stake for it",
        "what is at stake for them",
    ),
    Term(
        "confidence",
        "belief in who did it, against what this response needs",
        "evidence was strong",
        "evidence was thin",
        "the evidence",
    ),
    Term(
        "peer",
        "how many of the others go along",
        "others were acting too",
        "few others were acting",
        "the company they are in",
    ),
    Term(
        "text",
        "a text already adopted that makes joining cheap",
        "a text was already adopted",
        "no text covered it",
        "the text already adopted",
    ),
    Term(
        "ask",
        "the victim asked",
        "the victim asked",
        "the victim had not asked",
        "the victim's request",
    ),
    Term(
        "need",
        "how much more it is able to do than the victim",
        "the victim needed its help",
        "the victim could help itself",
        "the victim's need",
    ),
    Term(
        "lead",
        "no victim has named a culprit yet (negative)",
        "the victim had named the culprit",
        "no victim had named a culprit",
    ),
    Term(
        "publicness",
        "the public does not know of it (negative)",
        "everybody knew",
        "the public did not know",
    ),
    Term(
        "stance",
        "how it sees the suspect",
        "it sees {suspect} as a threat",
        "it is on good terms with {suspect}",
        "how they see {suspect}",
    ),
    Term(
        "exposure",
        "what retaliation would cost it (negative)",
        "it depends little on {suspect}",
        "exposure to {suspect} held it back",
    ),
    Term(
        "tension",
        "the risk of adding to tension (negative)",
        "tension was low",
        "fear of adding to tension held it back",
    ),
    Term(
        "cost",
        "its price in political capital (negative)",
        "it was cheap",
        "the price held it back",
    ),
    Term(
        "reach",
        "an alliance seen acting far from its core mission (negative)",
        "it was close to the core mission",
        "acting far from the core mission held it back",
    ),
)
BY_NAME = {term.name: term for term in TERMS}
