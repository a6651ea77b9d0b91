"""How policies come to their seats: those a scenario names, with those a caller gives in their place."""

from collections.abc import Iterable, Mapping

from sim.errors import Diagnostic, InputError, did_you_mean
from sim.model.decisions import Answer, Decision
from sim.model.inputs import ModelInputs
from sim.policies import policy_named
from sim.policies.policy import Policy
from sim.policies.scripted import Script
from sim.policies.standard import Standard
from sim.scenario.schema import Scenario

PolicyLike = Policy | type[Policy] | str  # itself, its class, or its name
Decided = Iterable[tuple[Decision, Answer]]

# ---------------------------------------------------------------------------------------------------- who sits where


def policies_of(inputs: ModelInputs, policies: Mapping[str, PolicyLike] | None = None) -> dict[str, Policy]:
    """Who chooses for whom: the policies the scenario names, with those given in their place.

    Parameters
    ----------
    inputs : ModelInputs
    policies : dict of code to a Policy, a class of policies, or the name of one; or None

    Returns
    -------
    dict of code to Policy, in the order of the actors; whoever is not in it follows the model's own rule

    Raises
    ------
    InputError
        with advice, for an unknown actor or policy, and for a body that is played member by member
    """
    chosen = {**written_in(inputs.loaded.scenario), **(policies or {})}
    check_places(inputs, chosen)
    return {code: policy_from(chosen[code]) for code in inputs.actors if code in chosen}


def written_in(scenario: Scenario) -> dict[str, str]:
    """The policies that a scenario names, by code, where they are not the model's own."""
    return {code: own.policy for code, own in scenario.actors.items() if own.policy not in (None, "standard")}


def policy_from(given: PolicyLike) -> Policy:
    """A policy from itself, from its class, or from its name.

    >>> policy_from("hawk").name
    'hawk'
    """
    if isinstance(given, str):
        return policy_named(given)()
    return given() if isinstance(given, type) else given


def check_places(inputs: ModelInputs, codes: Iterable[str]) -> None:
    """InputError for codes from which nobody can act."""
    faults = [Diagnostic("", 0, 0, fault) for code in codes if (fault := _place_fault(inputs, code))]
    if faults:
        raise InputError(faults)


def _place_fault(inputs: ModelInputs, code: str) -> str | None:
    if code not in inputs.index:
        return f"no actor '{code}' takes part. {did_you_mean(str(code), inputs.actors)}"
    if code in inputs.bodies and not inputs.is_state[inputs.index[code]]:
        return f"{code} is played member by member, so it has no seat of its own. Take a member's."
    return None


def fresh(seats: Mapping[str, Policy]) -> dict[str, Policy]:
    """The same seats for another run, or for a look ahead: policies that remember get a memory of their own.

    A seat that follows the model's own rule need not be asked.
    """
    return {code: policy.fresh() for code, policy in seats.items() if type(policy) is not Standard}


def overrides(decided: Decided) -> list[Answer]:
    """Answers that differ from what the model's own rule would have chosen, so that another arm can make them too.

    Parameters
    ----------
    decided : sequence of (Decision, Answer)
    """
    return [answer for decision, answer in decided if set(answer.choice) != set(decision.default)]


def seats_that_override(decided: Decided) -> tuple[dict[str, Policy], Script]:
    """Seats and a script that depart from the model's own rule as was decided, where the same decision is open again.

    Returns
    -------
    (dict of code to Policy, Script)
    """
    script = Script(overrides(decided), strict=False)
    return {code: Standard() for code in script.actors}, script
