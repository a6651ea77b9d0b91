"""Names that are misspelt where they are given rather than where they are used.

When several places use a name that is not there, and one much like it is given and used by nobody, the slip is where it
is given. Then that is said there, once, with the places that use the other.
"""

from collections import Counter
from collections.abc import Iterator

from sim.errors import Fault, in_words, nearest
from sim.scenario.reader import Node

FEWEST_USES = 2


def at_the_definition(faults: list[Fault], root: Node, definitions: dict[str, dict[str, Node]]) -> list[Fault]:
    """The faults, those of one misspelt definition as one, at the definition.

    Parameters
    ----------
    faults : list of Fault; those of a name that is not there have (section, name) as their cause
    root : Node, all that may use the names
    definitions : for each section, the names given in it, each with the node that gives it
    """
    uses: dict[tuple, list[Fault]] = {}
    for fault in faults:
        if fault.cause and fault.cause[0] in definitions:
            uses.setdefault(fault.cause, []).append(fault)
    often = {cause: places for cause, places in uses.items() if len(places) >= FEWEST_USES}
    said = _words_in(root) if often else Counter()
    for cause, places in often.items():
        given = {name: node for name, node in definitions[cause[0]].items() if said[name] <= 1}
        near = nearest(cause[1], given)
        if near is not None:
            faults = [fault for fault in faults if fault not in places]
            faults.append(_misspelt(near, given[near], cause[1], places))
    return faults


def _misspelt(given: str, node: Node, used: str, places: list[Fault]) -> Fault:
    lines: dict[str, list[int]] = {}
    for place in places:
        lines.setdefault(place.file, []).append(place.line)
    own = lines.pop(node.source.file, [])
    where = [f"line {own[0]}" if len(own) == 1 else f"lines {in_words(sorted(set(own)))}"] if own else []
    where += [f"{file}:{min(found)}" for file, found in lines.items()]
    return node.fault(
        f"'{given}' is used nowhere, and '{used}', which is not there, {len(places)} times "
        f"({in_words(where)}). Is '{used}' meant here?"
    )


def _words_in(root: Node) -> Counter:
    """How often each name stands in a document: as a key, a text, or a part of a path."""
    return Counter(word for text in _texts(root) for word in {text, *text.split(".")})


def _texts(node: Node) -> Iterator[str]:
    if node.is_mapping:
        yield from node.value
    if node.text is not None:
        yield node.text
    for entry in node.entries():
        yield from _texts(entry)
