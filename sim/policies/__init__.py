"""How seats choose. A scenario names a policy under `actors: CODE: policy:`, the terminal by `--policy`.

`oceans list policies` says what each does. To add one: a class in `members.py` or `adversaries.py`, which is found
here. `policy.py` is the interface, `seating.py` how policies come to their seats.
"""

from collections.abc import Iterator

from sim import own_code
from sim.errors import did_you_mean, refusal
from sim.policies import adversaries, members
from sim.policies.policy import Policy, Script

_FAMILIES = (members, adversaries)  # in lists too they stand in this order, and as they do in their file


def _found() -> Iterator[type[Policy]]:
    for family in _FAMILIES:
        for one in vars(family).values():
            if isinstance(one, type) and issubclass(one, Policy) and one.__module__ == family.__name__:
                yield one


POLICIES = {one.name: one for one in _found()}
OWN: dict[str, type[Policy]] = {}  # those of one's own that were named so far, by `module:Class`
globals().update({one.__name__: one for one in POLICIES.values()})
__all__ = ["OWN", "POLICIES", "Policy", "Script", "policy_named", *(one.__name__ for one in POLICIES.values())]


def policy_named(name: str) -> type[Policy]:
    """The class of the policy of this name, or at `module:Class`; InputError with advice when there is none.

    >>> policy_named("hawk")().name
    'hawk'
    >>> policy_named("hauk")
    Traceback (most recent call last):
    ...
    sim.errors.InputError: error: no policy named 'hauk'. Did you mean 'hawk'? Or one of your own: module:Class.
    """
    if name in POLICIES:
        return POLICIES[name]
    if ":" in str(name):
        return OWN.get(name) or own_policy(name, own_code.found(name))
    raise refusal(f"no policy named '{name}'. {did_you_mean(str(name), POLICIES)} Or one of your own: module:Class.")


def own_policy(words: str, found: object) -> type[Policy]:
    """A class of one's own as the policy at `module:Class`; InputError with advice when it is none."""
    if not (isinstance(found, type) and issubclass(found, Policy)):
        raise refusal(f"{words}: a policy is a class that inherits from sim.Policy, and this is none.")
    try:
        found()
    except Exception as error:
        raise own_code.at_fault(error, f"{words} cannot be made without arguments") from None
    OWN[words] = found
    return found


def name_of(policy: type[Policy]) -> str:
    """What a policy's class is called wherever policies are named: its name here, or `module:Class`."""
    if policy in POLICIES.values():
        return policy.name
    words = own_code.words_for(policy)
    own_policy(words, policy)
    return words
