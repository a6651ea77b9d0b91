"""Responses: their kinds, the rungs of a text that covers one, what speaks for and against joining one.

One row for each thing that has a name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

# ------------------------------------------------------------------------------------------------- kinds
# What a foreign ministry decides on before it picks an instrument.


class ResponseKind(NamedTuple):
    """A kind of response. `practice`: the coefficient of how usual it is; `coded_as`: what past cases count it as."""

    practice: str
    coded_as: str | None = None
    is_naming: bool = False  # it answers to practice and evidence, not to how grave the incident is
    is_driven_by_severity: bool = False


RESPONSE_KINDS = {
    "words": ResponseKind("practice_statement", "statement_of_concern"),
    "naming": ResponseKind("practice_attribution", "public_attribution", is_naming=True),
    "measures": ResponseKind("practice_sanctions", "sanctions_or_expulsions", is_driven_by_severity=True),
    "support": ResponseKind("practice_support", "material_support"),
    "law": ResponseKind("practice_legal", "legal_trade_action"),
    "talks": ResponseKind("practice_talks"),
    "military": ResponseKind("practice_military", is_driven_by_severity=True),
    "cooperation": ResponseKind("practice_other"),
}


def kind_of(response: Any) -> str:
    """The kind of a response (Response): as it says itself, or else as past cases count it, or else cooperation.

    >>> from sim.scenario import load_library
    >>> kind_of(load_library().responses["expulsions"])
    'measures'
    """
    if response.kind:
        return response.kind
    coded = {kind.coded_as: name for name, kind in RESPONSE_KINDS.items() if kind.coded_as}
    return coded.get(response.coded_as or "", "cooperation")


# ------------------------------------------------------------------------------------------------- rungs
# The ladder of a text, from silence to measures.

RUNGS = ("silence", "concern", "solidarity", "naming", "measures")
SILENT_RULES = ("consensus", "unanimity")  # of a format: a text passes if nobody breaks silence


def edges_of(loaded: Any) -> list[float]:
    """Where each rung begins, from silence at 0: a scenario (Loaded) may move them.

    >>> from sim.scenario import load
    >>> edges_of(load("smallest"))
    [0.0, 0.1, 0.3, 0.5, 0.75]
    """
    library, own = loaded.library.behaviour, loaded.scenario.behaviour
    return [0.0, *(float(own.get(name, library[name].value)) for name in (f"rung_{rung}" for rung in RUNGS[1:]))]


def rung_of(text: float, edges: Sequence[float]) -> str:
    """The rung that a text of this strength stands on.

    >>> rung_of(0.62, [0.0, 0.1, 0.3, 0.5, 0.75])
    'naming'
    """
    return RUNGS[sum(text >= edge for edge in edges) - 1]


# ------------------------------------------------------------------------------------------------- terms
# What speaks for and against joining a response. To add one: a row here, and what it comes to in
# `sim/model/steps/willingness.py`, under its name.


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


TERMS = {
    term.name: term for term in (
        Term("practice", "habit, and what has become usual among states since",
             "it is used to doing so", "it is not used to doing so", "habit"),
        Term("stake", "what is at stake for it, and the benefit the response brings",
             "much was at stake for it", "little was at stake for it", "what is at stake for them"),
        Term("confidence", "belief in who did it, against what this response needs",
             "evidence was strong", "evidence was thin", "the evidence"),
        Term("peer", "how many of the others go along",
             "others were acting too", "few others were acting", "the company they are in"),
        Term("text", "a text already adopted that makes joining cheap",
             "a text was already adopted", "no text covered it", "the text already adopted"),
        Term("ask", "the victim asked",
             "the victim asked", "the victim had not asked", "the victim's request"),
        Term("need", "how much more it is able to do than the victim",
             "the victim needed its help", "the victim could help itself", "the victim's need"),
        Term("lead", "no victim has named a culprit yet (negative)",
             "the victim had named the culprit", "no victim had named a culprit"),
        Term("publicness", "the public does not know of it (negative)",
             "everybody knew", "the public did not know"),
        Term("stance", "how it sees the suspect",
             "it sees {suspect} as a threat", "it is on good terms with {suspect}", "how they see {suspect}"),
        Term("exposure", "what retaliation would cost it (negative)",
             "it depends little on {suspect}", "exposure to {suspect} held it back"),
        Term("tension", "the risk of adding to tension (negative)",
             "tension was low", "fear of adding to tension held it back"),
        Term("cost", "its price in political capital (negative)",
             "it was cheap", "the price held it back"),
        Term("reach", "an alliance seen acting far from its core mission (negative)",
             "it was close to the core mission", "acting far from the core mission held it back"),
    )
}  # fmt: skip
