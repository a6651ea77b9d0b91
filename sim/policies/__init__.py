"""How seats choose, all policies. A scenario names one under `actors: CODE: policy:`, the terminal by `--policy`.

    standard        the model's own rule, as in every seat where nothing else is said
    hawk            joins everything it is sure enough of, and wants measures
    cautious        joins only what a text covers or most of its peers do; stops texts beyond solidarity
    follow_text     joins what a text covers, and nothing else
    free_rider      accepts every text and joins only what costs nothing much
    silent          does nothing and lets everything pass
    veto            breaks silence on every text above a rung
    tit_for_tat     an adversary that strikes harder when something new is done against it
    deterred        an adversary that stops once enough others act against it
    opportunist     an adversary that uses the absence of a common text

To add one: a class in a file of its own, and its line here. `policy.py` is the interface, `scripted.py` what was
written down before, `seating.py` how policies come to their seats.
"""

from sim.errors import did_you_mean, refusal
from sim.policies.cautious import Cautious
from sim.policies.deterred import Deterred
from sim.policies.follow_text import FollowText
from sim.policies.free_rider import FreeRider
from sim.policies.hawk import Hawk
from sim.policies.opportunist import Opportunist
from sim.policies.policy import Policy
from sim.policies.scripted import Script
from sim.policies.silent import Silent
from sim.policies.standard import Standard
from sim.policies.tit_for_tat import TitForTat
from sim.policies.veto import Veto

POLICY_CLASSES = (Standard, Hawk, Cautious, FollowText, FreeRider, Silent, Veto, TitForTat, Deterred, Opportunist)
POLICIES = {policy.name: policy for policy in POLICY_CLASSES}

__all__ = [
    "POLICIES",
    "Cautious",
    "Deterred",
    "FollowText",
    "FreeRider",
    "Hawk",
    "Opportunist",
    "Policy",
    "Script",
    "Silent",
    "Standard",
    "TitForTat",
    "Veto",
    "policy_named",
]


def policy_named(name: str) -> type[Policy]:
    """The class of the policy of this name; InputError with what was probably meant when there is none.

    >>> policy_named("hawk")().name
    'hawk'
    >>> policy_named("hauk")
    Traceback (most recent call last):
    ...
    sim.errors.InputError: error: no policy named 'hauk'. Did you mean 'hawk'?
    """
    if name not in POLICIES:
        raise refusal(f"no policy named '{name}'. {did_you_mean(str(name), POLICIES)}")
    return POLICIES[name]
