"""The arms of a comparison, from what was named at the terminal or in Python.

An arm is a scenario, a scenario with some values changed, or a scenario with other policies in the seats.
"""

import re
from dataclasses import dataclass, field
from types import SimpleNamespace

from sim.errors import Diagnostic, InputError, refusal
from sim.experiments.phrases import label_of

VARIATION = re.compile(r"^(?P<scenario>.*?):(?P<changes>[^:/]*=.*)$")


@dataclass(frozen=True)
class Arm:
    """One side of a comparison.

    Parameters
    ----------
    name : str, as it was asked for; label : str, in words
    loaded : sim.scenario.Loaded, with the changes made
    changes : dict of path to value; policies : dict of code to name
    """

    name: str
    label: str
    loaded: object
    changes: dict = field(default_factory=dict)
    policies: dict = field(default_factory=dict)


def arms_of(given, policies=()):
    """Arms from what was named; InputError with everything wrong with them at once.

    Parameters
    ----------
    given : sequence of str: "A" (a shipped scenario or a file), "A:path=value,path=value" (the same with other values;
        a lever's or an uncertainty's name does for its path), ":path=value" (the first scenario again)
    policies : sequence of str "CODE=NAME" or "CODE=NAME,CODE=NAME": each is one more arm, the first scenario with these

    Returns
    -------
    list of Arm; a single scenario that declares cooperation is not compared with itself: name what to change

    >>> [arm.label for arm in arms_of(["smallest", ":linkage=0.9"])]
    ['smallest as written', 'concern for the other ocean at 0.9']
    """
    from sim.scenario import load

    faults, loaded, arms = [], {}, []
    for words in given:
        scenario, changes = _split(words)
        scenario = scenario or _split(given[0])[0]
        try:
            if scenario not in loaded:
                loaded[scenario] = load(scenario)
            arms.append(_arm(words, loaded[scenario], changes))
        except InputError as error:
            faults += error.faults
    if not faults:
        first = loaded[_split(given[0])[0]]
        if policies and len(arms) == 1 or not arms:
            arms = arms or [Arm(first.name, as_written(first), first)]
        for words in policies:
            arms += _seated(words, first, arms[0].changes, faults)
        if len(arms) < 2 and not faults:
            faults.append(Diagnostic("", 0, 0, _nothing_to_compare(given[0], first)))
    if faults:
        raise InputError(faults)
    return _distinct(arms)


def as_written(loaded):
    """A scenario without changes, in words."""
    return f"{loaded.name.replace('_', ' ')} as written"


def _split(words):
    found = VARIATION.match(words)
    if not found:
        return words, {}
    pairs = (pair.partition("=") for pair in found["changes"].split(","))
    return found["scenario"], {name.strip(): value.strip() for name, _, value in pairs}


def _arm(words, loaded, changes):
    if not changes:
        return Arm(words, as_written(loaded), loaded)
    from sim.scenario import varied

    named = {path_of(name, loaded): value for name, value in changes.items()}
    try:
        changed = varied(loaded, named)
    except InputError as error:
        raise InputError([Diagnostic("", 0, 0, f"{words}: {fault.message}") for fault in error.faults]) from None
    return Arm(words, _label(loaded, named), changed, named)


def path_of(name, loaded):
    """The path that a name means: a lever's or an uncertainty's own, else the name itself."""
    entry = loaded.scenario.levers.get(name) or loaded.scenario.uncertainties.get(name)
    return entry.path if entry else name


def _label(loaded, changes):
    names = {
        entry.path: name
        for kind in ("uncertainties", "levers")
        for name, entry in getattr(loaded.scenario, kind).items()
    }
    said = [
        f"{label_of(SimpleNamespace(name=names.get(path, path), path=path), loaded)} at {str(value).replace('_', ' ')}"
        for path, value in changes.items()
    ]
    return " and ".join(said)


def _seated(words, loaded, changes, faults):
    from sim.policies.seating import Assigned
    from sim.scenario import varied

    assigned = Assigned(words.split(","), loaded)
    faults += [Diagnostic("", 0, 0, fault) for fault in assigned.faults]
    if faults:
        return []
    said = [given.strip().split("=") for given in words.split(",")]
    label = " and ".join(f"{who} plays {name.replace('_', ' ')}" for who, name in said)
    changed = varied(loaded, changes) if changes else loaded
    return [Arm(f"--policy {words}", label, changed, changes, assigned.by_code)]


def _nothing_to_compare(words, loaded):
    lever, entry = next(iter(loaded.scenario.levers.items()), ("linkage", None))
    value = "0.8"
    if entry is not None:
        value = entry.choices[-1] if entry.choices else f"{entry.range[1]:g}"
    return (
        f"{words} alone has nothing to be compared with. Name a second scenario, a value to change "
        f"({words} :{lever}={value}), or a policy (--policy CODE=NAME)."
    )


def _distinct(arms):
    """Arms that differ in something; advice where two are the same."""
    seen = {}
    for arm in arms:
        key = (arm.loaded.digest, tuple(sorted(arm.policies.items())))
        if key in seen:
            said = f"{arm.name}: this is the same exercise as {seen[key]}, so nothing would differ. Change a value."
            raise refusal(said)
        seen[key] = arm.name
    return arms
