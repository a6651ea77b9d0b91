"""Conditions of injects in words, for control."""

from sim.catalogue.moves import BY_NAME
from sim.model.conditions import parts_of
from sim.phrases import listed

BY_CONTROL_ALONE = "when control releases it"


def condition_in_words(when, names):
    """What an inject waits for, as the end of a sentence; empty where it waits for nothing but its turn.

    Parameters
    ----------
    when : sim.scenario.schema.When or None; names : sim.phrases.Names
    """
    if when is None:
        return ""
    asked = [part_in_words(part, names) for part in parts_of(when)]
    return listed([*asked, *([BY_CONTROL_ALONE] if when.control else [])], longest=len(asked) + 1)


def part_in_words(part, names):
    """One thing that a condition asks for: `while ...`, or `unless ...` where it must not be so."""
    said = SAID[part.kind](names, *part.what)
    if part.is_denied:
        return f"unless {said}"
    return f"{'while' if part.kind in ('going', 'tension_above') else 'once'} {said}"


def why_not(when, keys, names):
    """Why an inject was not released, by the keys in the record: what its condition asks for and was not so."""
    return listed([part_in_words(part, names) for part in parts_of(when) if part.key in keys])


def _act(names, by, deeds, incident):
    over = f" over {names.incident(incident)}" if incident else ""
    who = names.actor(by) if by else "somebody"
    if deeds and deeds[0] in BY_NAME:
        return f"{who} has chosen to {BY_NAME[deeds[0]].label}"
    return f"{who} has joined {' or '.join(map(names.response, deeds)) or 'a response'}{over}"


def _answer(names, by, option, inject):
    who = names.actor(by) if by else "somebody"
    return f"{who} has answered '{names.answer(inject, option)}' to {names.inject(inject)}"


def _any(names, *alternatives):
    said = [" and ".join(SAID[part.kind](names, *part.what) for part in parts) for parts in alternatives]
    return ", or ".join(said)


SAID = {
    "going": lambda names, incident: f"{names.incident(incident)} goes on",
    "stopped": lambda names, incident: f"{names.incident(incident)} is over",
    "text": lambda names, incident, rung: f"a text on {names.incident(incident)} stands at {rung} or above",
    "act": _act,
    "answer": _answer,
    "tension_above": lambda names, level: f"tension is above {level:g}",
    "any": _any,
}
