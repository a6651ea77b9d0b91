"""How well placed a format is for consulting on an incident.

[Busch2007] Busch, Overlapping institutions, forum shopping, and dispute settlement in international trade, Int.
Organization 61(4): 735-761.
[AlterMeunier2009] Alter & Meunier, The politics of international regime complexity, Perspectives on Politics 7(1):
13-24.
[JupilleMattliSnidal2013] Jupille, Mattli & Snidal, Institutional Choice and Global Commerce, Cambridge University
Press.
"""

import numpy as np

from sim.rules.domain import Numbers

__all__ = ["FULL_MANDATE", "format_utility"]

FULL_MANDATE = 4
"""The top of the mandate scale: 0 none, 1 exchange, 2 coordinate, 3 decide politically, 4 bind."""


def format_utility(
    mandate: Numbers,
    coverage: Numbers,
    days: Numbers,
    p_veto: Numbers,
    duplication: Numbers,
    reputation: Numbers,
    *,
    mandate_weight: float,
    coverage_weight: float,
    days_weight: float,
    veto_weight: float,
    duplication_weight: float,
    reputation_weight: float,
) -> tuple[Numbers, dict[str, Numbers]]:
    """What speaks for a format: its mandate, who sits there and its name; against it delay, vetoes and overlap.

    `mandate/4 + coverage + reputation - ln(1 + days) - p_veto - duplication`, each with its weight. The form follows
    the literature on choosing among overlapping institutions; no weights have been published, so they are judgements to
    vary. Source: [Busch2007], [AlterMeunier2009], [JupilleMattliSnidal2013].

    Parameters
    ----------
    mandate : array (formats, ...), 0 to 4, for the incident's issue
    coverage : array (formats, ...), share of the capability needed that sits there, in [0, 1]
    days : array (formats, ...), expected days to a decision, >= 0
    p_veto : array (formats, ...), probability that somebody blocks
    duplication : array (formats, ...), share of the work that others do already, in [0, 1]
    reputation : array (formats, ...), for this kind of act, in [0, 1]
    mandate_weight, coverage_weight, veto_weight, duplication_weight, reputation_weight : float, utility from 0 to 1 of
        each, >= 0
    days_weight : float, utility per unit of ln(1 + days), >= 0

    Returns
    -------
    tuple of array (formats, ...), utility, and dict of name to array (formats, ...), the signed terms it is the sum of

    >>> weights = dict(mandate_weight=1.0, coverage_weight=1.0, days_weight=0.2,
    ...                veto_weight=1.0, duplication_weight=0.5, reputation_weight=1.0)
    >>> utility, terms = format_utility(np.array([3.0, 4.0]), 0.5, np.array([2.0, 700.0]), 0.1, 0.0, 0.5, **weights)
    >>> utility.round(2), terms["days"].round(2)
    (array([1.43, 0.59]), array([-0.22, -1.31]))
    """
    terms = {
        "mandate": mandate_weight * (mandate / FULL_MANDATE),
        "coverage": coverage_weight * coverage,
        "reputation": reputation_weight * reputation,
        "days": -days_weight * np.log1p(days),
        "veto": -veto_weight * p_veto,
        "duplication": -duplication_weight * duplication,
    }
    gains = terms["mandate"] + terms["coverage"] + terms["reputation"]
    return gains + terms["days"] + terms["veto"] + terms["duplication"], terms
