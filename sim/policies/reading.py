"""What a policy reads out of its view and the decision: is it sure enough, can it pay, who acts against it."""

from collections.abc import Iterable

from sim.model.decisions import Decision, Option, View


def sure_enough(view: View, decision: Decision, option: Option) -> bool:
    """Whether the seat is as sure as states have been that used a response; one that accuses nobody needs no evidence.

    >>> from sim.model.decisions import Decision, Option
    >>> naming = Option("attribution", confidence_min=0.7)
    >>> decision = Decision("responses", 1, "EST", "grid", (naming,), (), least=0, most=None)
    >>> sure_enough({"incidents": {"grid": {"confidence": 0.8}}}, decision, naming)
    True
    >>> sure_enough({"incidents": {"grid": {"confidence": 0.6}}}, decision, naming)
    False
    """
    sure = view["incidents"][decision.subject].get("confidence", 0.0)
    return option.confidence_min is None or sure >= option.confidence_min


def paid_for(view: View, options: Iterable[Option]) -> list[str]:
    """The ids of some options that the seat's political capital pays for, the cheapest first.

    >>> from sim.model.decisions import Option
    >>> paid_for({"capital": 0.2}, [Option("sanctions", 0.2), Option("statement", 0.05)])
    ['statement']
    """
    left, paid = view["capital"], []
    for option in sorted(options, key=lambda option: option.cost or 0.0):
        if (option.cost or 0.0) <= left:
            left -= option.cost or 0.0
            paid.append(option.id)
    return paid


def seen_against(view: View) -> set[tuple[str, str, str]]:
    """What an adversary sees done about the incidents it is suspected of: a set of (incident, response, actor).

    >>> seen_against({"actor": "RUS", "incidents": {"grid": {"suspect": "RUS"}},
    ...     "seen_responses": [{"incident": "grid", "response": "sanctions", "by": ["EST"]}]})
    {('grid', 'sanctions', 'EST')}
    """
    suspected = {incident for incident, known in view["incidents"].items() if known["suspect"] == view["actor"]}
    return {
        (seen["incident"], seen["response"], actor)
        for seen in view["seen_responses"]
        if seen["incident"] in suspected
        for actor in seen["by"]
    }


def first_legal(decision: Decision, *wanted: str) -> tuple[str, ...]:
    """The first of some ids that is legal now; when none is, the model's default.

    >>> from sim.model.decisions import Decision, Option
    >>> legal = (Option("persist"), Option("stop"))
    >>> decision = Decision("move", 1, "RUS", "next", legal, ("persist",))
    >>> first_legal(decision, "escalate", "stop")
    ('stop',)
    """
    legal = {option.id for option in decision.options}
    return next(((option,) for option in wanted if option in legal), tuple(decision.default))
