"""What the measures are called, in what unit, and which way is better."""

from types import SimpleNamespace

from sim.catalogue.measures import MEASURES


def measure(name):
    """A measure's label, unit and better way; a measure nobody described is called by its key.

    >>> measure("days_on_the_moon").label
    'Days on the moon'
    """
    words = name.replace("_", " ")
    return MEASURES.get(name) or SimpleNamespace(label=words[:1].upper() + words[1:], unit="", better=None)
