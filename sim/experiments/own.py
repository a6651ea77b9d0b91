"""What a sweep has of one's own: measures and policies that are not of this program, and by what they are known again.

    def asked(world):
        "states that called a consultation, or were asked to one"
        return world.state.asked.sum(axis=0)

    asked.unit, asked.better = "incidents", "higher"
    sweep("smallest", measures={"asked": asked})

The plan holds a digest of the source of each, so that runs of one version and of the next are never put together.
"""

import re
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sim import own_code, policies
from sim.catalogue.measures import ABOUT_A_RUN, MEASURES, MeasureError, own_measure
from sim.errors import Diagnostic, InputError, refusal
from sim.experiments.blocks import NOT_MEASURES
from sim.experiments.factors import pairs_of
from sim.experiments.keep import COLUMNS
from sim.experiments.phrases import describe

NAME = r"^[a-z][a-z0-9_]*$"
TAKEN = {*NOT_MEASURES, *COLUMNS, *ABOUT_A_RUN}


@dataclass(frozen=True)
class Own:
    """Measures by name and policies by `module:Class`. Pickled, it carries their code to wherever it is unpickled."""

    measures: dict[str, Callable] = field(default_factory=dict)
    policies: dict[str, type] = field(default_factory=dict)

    def __reduce__(self):
        return Own._unpacked, (self._packed, *map(tuple, (self.measures, self.policies)))

    @cached_property
    def _packed(self) -> bytes:
        return own_code.packed(self.measures | self.policies)

    @staticmethod
    def _unpacked(data: bytes, measures: tuple[str, ...], names: tuple[str, ...]) -> "Own":
        import pickle

        code = pickle.loads(data)
        own = Own({name: code[name] for name in measures}, {name: code[name] for name in names})
        vars(own)["_packed"] = data  # who passes it on, as a scheduler does, need not find its modules
        return own

    def facts(self) -> dict:
        """As the manifest holds it."""
        measures = [(own_measure(name, read), read) for name, read in self.measures.items()]
        said = ("label", "unit", "better", "description")
        return {
            "measures": [
                {"name": one.name, **_known_by(read), **{word: getattr(one, word) for word in said}}
                for one, read in measures
            ],
            "policies": [{"name": name, **_known_by(policy)} for name, policy in self.policies.items()],
        }

    def at_hand(self) -> dict[str, Callable]:
        """The measures; this process knows the policies by their names from now on."""
        policies.OWN.update(self.policies)
        return self.measures


NOTHING_OWN = Own()


def _known_by(one: Any) -> dict:
    return {"from": own_code.words_for(one), "source": own_code.source_digest(one)}


def own_of(loaded, design, measures) -> Own:
    """What a new sweep has of one's own; InputError with every fault at once.

    Measures come by name, each a callable (world) -> array (R,) or "module:function"; as texts "name=module:function".
    """
    own = Own(measures_of(measures), {words: policies.policy_named(words) for words in _policies_in(loaded, design)})
    taken = [name for name in own.measures if any(name == factor.name for factor in design.factors)]
    if taken:
        raise refusal(f"--measure {taken[0]}: a factor of this sweep has this name. Give the measure another.")
    describe(own.facts())
    return own


def measures_of(given) -> dict[str, Callable]:
    """Measures of one's own by name; InputError with every fault at once."""
    faults: list[Diagnostic] = []
    found: dict[str, Callable] = {}
    for name, read in pairs_of(given):
        try:
            if name in found:
                raise refusal(f"--measure {name}: it is named twice. Keep one.")
            found[name] = _measure(name, read)
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return found


def _measure(name, read):
    said = f"--measure {name}"
    if read is None:
        raise refusal(f"{said}: write it as name=module:function, such as reach=mine:reach for reach in mine.py here.")
    if not re.match(NAME, name):
        raise refusal(
            f"{said}: a measure's name has lower case letters, digits and underscores, and begins with a letter."
        )
    if name in MEASURES or name in TAKEN:
        raise refusal(
            f"{said}: {'the catalogue has a measure' if name in MEASURES else 'a column'} of this name. Take another."
        )
    read = own_code.found(read) if isinstance(read, str) else read
    if not callable(read) or isinstance(read, type):
        raise refusal(f"{said}: a measure is a function of the world, and {read!r} is none.")
    if getattr(read, "better", None) not in (None, "higher", "lower"):
        raise refusal(f"{said}: {read.better!r}: which way is better is 'higher', 'lower' or None.")
    for about in ("label", "unit"):
        if not isinstance(getattr(read, about, ""), str) or "\n" in getattr(read, about, ""):
            raise refusal(f"{said}: its {about} is {getattr(read, about)!r}, and words on one line are wanted.")
    own_code.source_digest(read)
    return read


def _policies_in(loaded, design) -> list[str]:
    """The policies of one's own that a sweep's runs name, by `module:Class`."""
    varied = [choice for one in design.factors if one.path.endswith(".policy") for choice in one.choices or ()]
    written = [actor.policy for actor in loaded.scenario.actors.values() if actor.policy]
    return sorted({name for name in [*varied, *written] if ":" in name})


def own_again(path, facts, measures=None) -> Own:
    """What a sweep that is gone on with has of one's own, as it was then; InputError when it is another now.

    `path` is the sweep's folder, `facts` is `own` of its manifest; measures are as in `own_of`, where they are named
    again.
    """
    named, faults = measures_of(measures), []
    surplus = sorted({*named} - {one["name"] for one in facts["measures"]})
    if surplus:
        faults.append(f"this sweep was begun without the measure '{surplus[0]}': begin a new one without --resume.")
    own = Own()
    for one in facts["measures"]:
        own.measures[one["name"]] = named.get(one["name"]) or _found_again("measure", one)
    for one in facts["policies"]:
        found = policies.OWN.get(one["name"]) or _found_again("policy", one)
        own.policies[one["name"]] = policies.own_policy(one["name"], found)
    for one in facts["measures"] + facts["policies"]:
        if own_code.source_digest((own.measures | own.policies)[one["name"]]) != one["source"]:
            faults.append(
                f"{one['name']} ({one['from']}) has changed since this sweep began. Runs from before and after would "
                "not belong together. Put it back as it was, or begin a new sweep."
            )
    if faults:
        raise InputError([Diagnostic(str(path), 0, 0, fault) for fault in faults])
    return own


def _found_again(kind, one):
    if re.fullmatch(own_code.FORM, one["from"]) and not one["from"].startswith("__main__:"):
        return own_code.found(one["from"])
    again = f"measures={{'{one['name']}': ...}}" if kind == "measure" else f"the class {one['name'].split(':')[-1]}"
    raise refusal(
        f"this sweep has a {kind} of your own, {one['name']}, from {one['from']}: give {again} again to go on."
    )


@contextmanager
def advising_on_measures():
    """What goes wrong with a measure of one's own, as advice that names its line."""
    try:
        yield
    except MeasureError as error:
        if error.__cause__ is None:
            raise refusal(f"--measure {error.reason}") from None
        raise own_code.at_fault(error.__cause__, f"--measure {error.reason.partition(':')[0]}") from None
