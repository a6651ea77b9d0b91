"""Many design points in one batch: settings that differ from run to run, stacked along the runs' axis.

A design point changes values of the scenario or the library. Coefficients that only the turns read are put in place
directly; anything else is arranged anew, once for each distinct change. Points whose settings differ only in arrays
that may vary by run share a batch; others get one of their own. Either way a run comes out the same.
"""

from dataclasses import fields, replace
from types import SimpleNamespace

import numpy as np

from sim.model.inputs import ModelInputs, build_inputs
from sim.scenario.library import domain_of
from sim.scenario.loading import varied

RUNS_AXIS = {
    **dict.fromkeys(("linkage", "adversary_tie", "budget", "capital", "cyber"), 0),
    **dict.fromkeys(
        (
            "exposure",
            "stance_near",
            "incident_is_true",
            "severity",
            "difficulty",
            "publicness",
            "own_habit",
            "attribution_min",
            "pressure",
            "signal",
            "resilience",
            "consultation_reputation",
            "project_age",
            "project_turn",
            "project_first",
            "project_full",
            "project_fail",
            "project_veto",
            "project_cost",
            "question_weight",
        ),
        1,
    ),
}
MOST_KEPT = 512  # arranged variations kept from one batch to the next
DIRECT = ("linkage", "adversary_tie")
LIMITS = {"behaviour": (-np.inf, np.inf), "cooperation": (0, 1200)}  # of what is put in directly; all else is a share
DIRECT_OF_ACTS = ("difficulty", "publicness")
ONE_FOR_ALL = ("round_days", "calls", "rung_concern", "rung_solidarity", "rung_naming", "rung_measures", "body_weight")


class PointError(Exception):
    """A design point that cannot be played: which of the points given, at which stage, and why."""

    def __init__(self, index, stage, reason):
        super().__init__(f"design point {index}, {stage}: {reason}")
        self.index, self.stage, self.reason = index, stage, reason

    def __reduce__(self):
        return type(self), (self.index, self.stage, self.reason)


class Varied:
    """The settings of one scenario's design points, each distinct change arranged once.

    Parameters
    ----------
    loaded : Loaded
    change : callable (Loaded) -> Loaded, applied to each variation, such as taking the cooperation away; or None
    """

    def __init__(self, loaded, change=None):
        self.loaded = loaded
        self._change = change or (lambda scenario: scenario)
        self._arranged = {}
        base, _ = self._arrange(())
        self._running = {start.project for start in loaded.scenario.cooperation if start.turn is None}
        read = Read(vars(base.params))
        build_inputs(self._change(loaded), read)
        self._direct = {name for name in vars(base.params) if name not in read.names and name not in ONE_FOR_ALL}

    def batches(self, points, first=0):
        """Inputs for these points: stacked ModelInputs, the places of its points in the order given, and the policies
        that each of them names.

        Parameters
        ----------
        points : sequence of dict path -> value
        first : int, place of the first of them among all points, for the error

        Raises
        ------
        PointError, for the first point whose values do not fit the scenario
        """
        if len(self._arranged) > MOST_KEPT:
            self._arranged = {(): self._arranged[()]}
        groups = {}
        for place, point in enumerate(points):
            inputs, structure, direct = self._setting(first + place, point)
            groups.setdefault(structure, []).append((place, inputs, direct))
        for group in groups.values():
            places, settings, direct = zip(*group, strict=True)
            policies = [inputs.loaded.scenario.policies for inputs in settings]
            yield put_in(stacked(settings), direct), np.array(places), policies

    def _setting(self, place, point):
        """What is arranged for a point, its structure, and the numbers still to be put in directly."""
        direct = {path: value for path, value in point.items() if self._is_direct(path)}
        rest = tuple((path, value) for path, value in point.items() if path not in direct)
        try:
            inputs, structure = self._arrange(rest)
            return inputs, structure, {path: _fitting(inputs, path, value) for path, value in direct.items()}
        except Exception as fault:
            raise PointError(place, "arrange", str(fault)) from fault

    def _is_direct(self, path):
        home, *rest = path.split(".")
        if home == "behaviour":
            return rest[0] in self._direct
        if home == "cooperation":
            return rest[1:] == ["months_before"] and rest[0] in self._running
        return path in DIRECT or (home == "incidents" and rest[-1] in DIRECT_OF_ACTS)

    def _arrange(self, changes):
        if changes not in self._arranged:
            loaded = varied(self.loaded, dict(changes)) if changes else self.loaded
            inputs = build_inputs(self._change(loaded))
            self._arranged[changes] = inputs, _structure(inputs)
        return self._arranged[changes]


def _fitting(inputs, path, value):
    """A value to be put in directly as a number, refused where it does not fit."""
    number = float(value)
    home, *rest = path.split(".")
    if home == "incidents":
        inputs.incidents.index(rest[0])
    domain = domain_of(inputs.loaded.library, rest[0]) if home == "behaviour" else None
    low, high = domain.limits if domain else LIMITS.get(home, (0, 1))
    if not low <= number <= high:
        raise ValueError(f"{path} must lie between {low:g} and {high:g}, not be {number:g}")
    return number


def put_in(inputs, points):
    """Inputs with numbers put in their place, one for each run: coefficients, and what the turns read as written.

    Parameters
    ----------
    inputs : ModelInputs, for all these runs
    points : sequence of dict path -> float, one for each run; what one leaves out stays as it is
    """
    coefficients, changed = {}, {}
    for path in dict.fromkeys(path for point in points for path in point):
        home, *rest = path.split(".")
        if home == "behaviour":
            coefficients[rest[0]] = _column(getattr(inputs.params, rest[0]), path, points)
        elif home == "cooperation":
            if rest[0] in inputs.projects:
                ages = changed.get("project_age", inputs.project_age)
                changed["project_age"] = _with_line(ages, inputs.projects.index(rest[0]), path, points)
        elif home == "incidents":
            lines = changed.get(rest[1], getattr(inputs, rest[1]))
            changed[rest[1]] = _with_line(lines, inputs.incidents.index(rest[0]), path, points)
        else:
            changed[home] = _column(getattr(inputs, home), path, points)
    return replace(inputs, params=SimpleNamespace(**{**vars(inputs.params), **coefficients}), **changed)


def _column(values, path, points):
    """The values (runs or 1, 1) with those of the points in their place; one for all runs where they agree."""
    given = np.array([[path in point] for point in points])
    column = np.where(given, np.array([[point.get(path, 0.0)] for point in points]), values)
    return column[:1] if (column == column[0]).all() else column


def _with_line(lines, place, path, points):
    """Lines (n, runs or 1, ...) with those of the points in one of them."""
    column = _column(lines[place].reshape(-1, 1), path, points).reshape(-1, *lines.shape[2:])
    runs = max(len(column), lines.shape[1])
    lines = np.repeat(lines, runs // lines.shape[1], axis=1)
    lines[place] = column
    return lines


class Read(SimpleNamespace):
    """Coefficients that remember which of them were read."""

    def __init__(self, values):
        super().__init__(**values)
        object.__setattr__(self, "names", set())

    def __getattribute__(self, name):
        if not name.startswith("_") and name != "names":
            object.__getattribute__(self, "names").add(name)
        return object.__getattribute__(self, name)


def _structure(inputs):
    """What settings must agree in to share a batch."""
    alike = [
        (name, value.shape, value.tobytes())
        if isinstance(value := getattr(inputs, name), np.ndarray)
        else (name, repr(value))
        for name in _FIXED
    ]
    bonds = (inputs.bonds.given.tobytes(), inputs.bonds.same_ocean.tobytes(), inputs.bonds.neighbours.tobytes())
    bonds += tuple(
        together.tobytes() for kinds in (inputs.bonds.tie, inputs.bonds.sharing) for together in kinds.values()
    )
    coefficients = tuple(float(getattr(inputs.params, name).flat[0]) for name in ONE_FOR_ALL)
    msel = repr(
        [
            (turn, planned.id, planned.kind, planned.when, planned.effects, *_followed(planned), reached)
            for turn, planned, reached in inputs.msel
        ]
    )
    shapes = tuple((name, getattr(inputs, name).shape) for name in RUNS_AXIS)
    return hash((tuple(alike), bonds, coefficients, msel, shapes, tuple(sorted(inputs.project_effects))))


def _followed(inject):
    """What follows from an inject later: its deadline, and its question without weights, which vary from run to run."""
    question = inject.question
    if question is None:
        return inject.deadline, None
    options = [option.model_copy(update={"weight": 0}) for option in question.options]
    return inject.deadline, question.model_copy(update={"options": options})


_FIXED = tuple(
    field.name
    for field in fields(ModelInputs)
    if field.name not in RUNS_AXIS
    and field.name not in ("loaded", "params", "bonds", "project_effects", "msel", "of_all_turns")
)


def stacked(settings):
    """One set of inputs for many runs: arrays that differ are joined along the runs' axis.

    Parameters
    ----------
    settings : sequence of ModelInputs of one structure, one for each run of a batch

    Returns
    -------
    ModelInputs
    """
    distinct = list({id(inputs): inputs for inputs in settings}.values())
    first = distinct[0]
    if len(distinct) == 1:
        return first
    places = {id(inputs): place for place, inputs in enumerate(distinct)}
    which = np.array([places[id(inputs)] for inputs in settings])
    changed = {
        name: _joined([getattr(inputs, name) for inputs in distinct], which, axis) for name, axis in RUNS_AXIS.items()
    }
    changed["params"] = SimpleNamespace(
        **{
            name: _joined([getattr(inputs.params, name) for inputs in distinct], which, 0)
            for name in vars(first.params)
        }
    )
    changed["project_effects"] = {
        name: _joined([inputs.project_effects[name] for inputs in distinct], which, 1) for name in first.project_effects
    }
    return replace(first, **changed)


def _joined(values, which, axis):
    """One array for all runs, where run r has the values of the inputs `which[r]`; the first's where all agree."""
    first = values[0]
    if all(np.array_equal(value, first) for value in values):
        return first
    return np.take(np.concatenate(values, axis=axis), which, axis=axis)
