"""The plan of a sweep's points: which values they take, how often each is played, and with which draws.

A future is one set of values of the uncertainties, with its draws; a setting is one set of values of the levers.
When settings are crossed with futures, each setting meets the same futures, so that settings can be compared.
"""

from dataclasses import dataclass

import numpy as np

from sim.experiments.factors import Factor


@dataclass(frozen=True)
class Design:
    """Every point of a sweep.

    Parameters
    ----------
    factors : tuple of Factor, those that vary and those that are held (`kind` "set")
    points : structured array (points,), a field for each factor that varies; may lie in a file
    method : "grid", "lhs", "sobol", "saltelli", "morris", "file" or "table"
    seed : int, of the study: its sample and its draws
    replications : int, how often each point is played
    futures : int; point p is of future p % futures and, where levers are crossed, of setting p // futures
    crn : bool, common random numbers: all points share their draws, replication by replication; else each future
        has its own
    levers : "sampled", "crossed" or how many settings of the levers meet every future
    notes : tuple of str, what somebody should know of this design
    """

    factors: tuple[Factor, ...]
    points: np.ndarray
    method: str
    seed: int
    replications: int
    futures: int
    crn: bool
    levers: str | int = "sampled"
    notes: tuple[str, ...] = ()

    @property
    def varying(self) -> tuple[Factor, ...]:
        """The factors that have a column."""
        return tuple(factor for factor in self.factors if factor.kind != "set")

    @property
    def held(self) -> dict:
        """Path to value of what is held."""
        return {factor.path: factor.choices[0] for factor in self.factors if factor.kind == "set"}

    @property
    def runs(self) -> int:
        """How many runs there are."""
        return len(self.points) * self.replications

    def runs_of(self, indices):
        """The points and the replication numbers of some runs.

        Parameters
        ----------
        indices : array of int, of runs

        Returns
        -------
        array of int, array of int
        """
        points, again = np.divmod(np.asarray(indices), self.replications)
        return points, again if self.crn else points % self.futures * self.replications + again

    def values(self, point: int) -> dict:
        """Path to value at a point, with what is held: what `sim.scenario.varied` takes."""
        row = self.points[point]
        return {**self.held, **{factor.path: row[factor.name].item() for factor in self.varying}}

    def to_dict(self) -> dict:
        """As the manifest holds it: all but the points."""
        return {
            "method": self.method, "points": len(self.points), "replications": self.replications,
            "futures": self.futures, "crn": self.crn, "levers": self.levers, "seed": self.seed,
            "factors": [factor.to_dict() for factor in self.factors],
        }  # fmt: skip

    @classmethod
    def from_dict(cls, data: dict, points) -> "Design":
        """What `to_dict` described, with its points."""
        known = {name: data[name] for name in ("method", "seed", "replications", "futures", "crn", "levers")}
        return cls(tuple(Factor.from_dict(factor) for factor in data["factors"]), points, **known)
