"""How seats choose, one policy a file. A scenario names one under `actors: CODE: policy:`, the terminal by `--policy`.

`oceans list policies` says what each does. To add one: a class in a file of its own, which is found here. `policy.py`
is the interface, `seating.py` how policies come to their seats.
"""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from sim.errors import did_you_mean, refusal
from sim.policies.policy import Policy, Script

_BESIDE = ("policy", "seating")  # files of this room that hold no policy
_FIRST = (  # in lists: the model's own rule, members' policies, adversaries'; after them whatever else is found
    "standard", "hawk", "cautious", "follow_text", "free_rider", "silent", "veto",
    "tit_for_tat", "deterred", "opportunist",
)  # fmt: skip


def _found() -> Iterator[type[Policy]]:
    """The policies of this room, each from a file of its own."""
    for file in iter_modules(__path__):
        if file.name not in _BESIDE:
            for one in vars(import_module(f"{__name__}.{file.name}")).values():
                if isinstance(one, type) and issubclass(one, Policy) and one.__module__ == f"{__name__}.{file.name}":
                    yield one


_BY_NAME = {one.name: one for one in _found()}
POLICIES = {name: _BY_NAME[name] for name in dict.fromkeys([*_FIRST, *_BY_NAME])}
globals().update({one.__name__: one for one in POLICIES.values()})
__all__ = ["POLICIES", "Policy", "Script", "policy_named", *(one.__name__ for one in POLICIES.values())]


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
