"""What speaks for and against joining a response, added up."""

from sim.errors import RangeError

__all__ = ["weigh"]


def weigh(terms):
    """The sum of the terms, added in the alphabetical order of their names.

    The order is fixed so that the sum has the same bits however the terms were collected.

    Parameters
    ----------
    terms : dict of name to array (...), signed contributions in utility; at least one

    Returns
    -------
    array (...), utility

    Raises
    ------
    RangeError, if there are no terms

    >>> weigh({"stake": 0.5, "exposure": -0.2})
    0.3
    """
    if not terms:
        raise RangeError("there are no terms to weigh; give at least one.")
    total = 0.0
    for name in sorted(terms):
        total = total + terms[name]
    return total
