"""What an onlooker reads into cooperation.

[Jervis1976] Jervis, Perception and Misperception in International Politics, Princeton University Press.
[Jervis1978] Jervis, Cooperation under the security dilemma, World Politics 30(2): 167-214.
"""

import numpy as np

from sim.rules.domain import Numbers, between

__all__ = ["perceived_threat"]


def perceived_threat(real: Numbers, bias: Numbers, transparency: Numbers, visibility: Numbers) -> Numbers:
    """The threat an onlooker sees: what there is, and what it suspects where it sees activity and not its purpose.

    `real + bias (1 - transparency) visibility`, at most 1. Done in the open, or not seen at all, it is taken for what
    it is. Source: reduced form after [Jervis1976], [Jervis1978]; the size of the bias is a judgement (0.2 to 0.6).

    Parameters
    ----------
    real : array (...), in [0, 1]
    bias : float or array (...), in [0, 1], of the onlooker
    transparency : array (...), in [0, 1]
    visibility : array (...), in [0, 1]

    Returns
    -------
    array (...), in [0, 1]

    Raises
    ------
    RangeError, if `bias` is a single number outside [0, 1]

    >>> perceived_threat(0.1, 0.4, np.array([0.0, 0.5, 1.0]), visibility=1.0).round(2)
    array([0.5, 0.3, 0.1])
    """
    between("bias", bias, 0.0, 1.0)
    return np.clip(real + bias * (1.0 - np.asarray(transparency)) * visibility, 0.0, 1.0)
