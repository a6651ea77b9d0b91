"""The kinds of response: what a foreign ministry decides on before it picks an instrument."""

from typing import NamedTuple, Protocol


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


class Coded(Protocol):
    """What a response says of its kind, itself or by what past cases count it as."""

    @property
    def kind(self) -> str | None: ...

    @property
    def coded_as(self) -> str | None: ...


def kind_of(response: Coded) -> str:
    """The kind of a response: as it says itself, or else as past cases count it, or else cooperation.

    >>> from sim.scenario import load_library
    >>> kind_of(load_library().responses["expulsions"])
    'measures'
    """
    if response.kind:
        return response.kind
    coded = {kind.coded_as: name for name, kind in RESPONSE_KINDS.items() if kind.coded_as}
    return coded.get(response.coded_as or "", "cooperation")
