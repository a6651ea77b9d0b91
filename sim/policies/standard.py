"""The model's own rule."""

from sim.policies.policy import Policy


class Standard(Policy):
    """Does what the model expects of such an actor: willing with its stake, its certainty and the company it has.

    In the literature: quantal response [McKelvey1995] to thresholds that differ from actor to actor [Granovetter1978].
    Memory: none. Draws: no; the draws are the run's own.

    [McKelvey1995] McKelvey & Palfrey, Quantal response equilibria for normal form games, Games and Economic Behavior
        10(1): 6-38.
    [Granovetter1978] Granovetter, Threshold models of collective behavior, American Journal of Sociology 83(6).
    """

    name = "standard"
