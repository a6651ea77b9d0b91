"""How policies come to their seats: those a scenario names, those a caller gives, and what a seat tells its holder.

policies_of     who chooses for whom: the scenario's own policies, with the caller's in their place
seats_of        the same, each policy in its seat, as the engine wants them
Seat            the place an actor acts from
"""

import copy

from sim.errors import Fault, InputError, did_you_mean
from sim.policies import policy_named
from sim.policies.policy import FROM_OUTSIDE, Action, Policy, legal_answer
from sim.policies.scripted import Scripted


class Seat(Policy):
    """The place an actor acts from: it holds whoever chooses.

    Answers that depart from the model's own rule are noted, so that the same departures can be made in another arm.

    Parameters
    ----------
    code : str, the actor
    policy : Policy, who chooses

    Attributes
    ----------
    departures : list of Action
    """

    def __init__(self, code, policy):
        self.code, self.policy = code, policy
        self.departures = []

    @property
    def name(self):
        """Name of the policy in the seat."""
        return self.policy.name

    @property
    def memory(self):
        """Whether the policy remembers earlier turns."""
        return self.policy.memory

    @property
    def draws(self):
        """Whether the policy draws at random."""
        return self.policy.draws

    def fresh(self):
        """The seat for another run: nothing noted, and a holder that remembers gets a memory of its own."""
        own_memory = self.memory and self.name not in FROM_OUTSIDE
        return Seat(self.code, copy.deepcopy(self.policy) if own_memory else self.policy)

    def unattended(self):
        """The seat as it goes on when nobody can be asked, or None: see `Policy.unattended`."""
        policy = self.policy.unattended()
        return policy and Seat(self.code, policy)

    def choose(self, view, question):
        """What the policy chooses, checked to be legal."""
        answer = self.policy.choose(view, question)
        try:
            chosen = legal_answer(question, answer)
        except ValueError as advice:
            raise InputError([Fault("", 0, 0, str(advice))]) from None
        if set(chosen) != set(question.default):
            self.departures.append(Action(question.turn, self.code, question.kind, question.subject, chosen))
        return chosen


# ---------------------------------------------------------------------------------------------------- who sits where


def policies_of(setting, policies=None):
    """Who chooses for whom: the policies the scenario names, with those given in their place.

    Parameters
    ----------
    setting : Setting
    policies : dict of code to a Policy, a class of policies, or the name of one; or None

    Returns
    -------
    dict of code to Policy, in the order of the actors; whoever is not in it follows the model's own rule

    Raises
    ------
    InputError
        with advice, for an unknown actor or policy, and for a body that is played member by member
    """
    chosen = {**written_in(setting.loaded.scenario), **(policies or {})}
    check_places(setting, chosen)
    return {code: policy_from(chosen[code]) for code in setting.actors if code in chosen}


def seats_of(setting, policies=None):
    """The seats that are taken: `policies_of`, each policy in its seat."""
    return {code: Seat(code, policy) for code, policy in policies_of(setting, policies).items()}


def written_in(scenario):
    """The policies that a scenario names, by code, where they are not the model's own."""
    return {code: own.policy for code, own in scenario.actors.items() if own.policy not in (None, "standard")}


def policy_from(given):
    """A policy from itself, from its class, or from its name.

    >>> policy_from("hawk").name
    'hawk'
    """
    if isinstance(given, str):
        return policy_named(given)()
    return given() if isinstance(given, type) else given


def check_places(setting, codes):
    """InputError for codes from which nobody can act."""
    faults = [Fault("", 0, 0, fault) for code in codes if (fault := _place_fault(setting, code))]
    if faults:
        raise InputError(faults)


def _place_fault(setting, code):
    if code not in setting.index:
        return f"no actor '{code}' takes part. {did_you_mean(str(code), setting.actors)}"
    if code in setting.bodies and not setting.is_state[setting.index[code]]:
        return f"{code} is played member by member, so it has no seat of its own. Take a member's."
    return None


def departed(seats):
    """Seats that depart from the model's own rule as these did, where the same question is put again."""
    return {code: Scripted(seat.departures, strict=False) for code, seat in seats.items() if seat.departures}


def unattended(seats):
    """The seats in which a policy goes on when nobody can be asked."""
    return {code: twin for code, seat in seats.items() if (twin := seat.unattended())}
