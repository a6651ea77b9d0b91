"""Many design points in one batch: settings that differ from run to run, stacked along the runs' axis.

A design point changes values of the scenario or the library. Coefficients that only the turns read are put in place
directly, an actor's own figures in what is arranged already; anything else is arranged anew, once for each distinct
change. Points whose settings differ only in arrays that may vary by run share a batch; others get one of their own.
Either way a run comes out the same.
"""

from dataclasses import fields, replace
from types import SimpleNamespace

import numpy as np

from sim.model.inputs import ModelInputs, build_inputs, with_own_figures
from sim.rules.quantize import quantize
from sim.scenario.library import domain_of
from sim.scenario.loading import varied
from sim.scenario.paths import find, fitted, with_figures
from sim.scenario.schema import ActorOverride

RUNS_AXIS = {
    **dict.fromkeys(
        (
            "linkage",
            "adversary_tie",
            "budget",
            "economy",
            "cyber",
            "military",
            "capability",
            "capital",
            "capacity",
        ),
        0,
    ),
    **dict.fromkeys(
        (
            "exposure",
            "stance_near",
            "borders",
            "peer_group",
            "other_ocean",
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
NO_LIMITS, MONEY, MONTHS, SHARE = (-np.inf, np.inf), (0, 1e6), (0, 1200), (0, 1)  # of what is put in directly
DIRECT_OF_ACTS = ("difficulty", "publicness")
BUDGET = "cooperation_budget_eur_m"
FIGURES_OF_PROJECTS = {  # where what is said of a project stands
    "months_before": "project_age",
    "turn": "project_turn",
    "first_output_months": "project_first",
    "full_months": "project_full",
    "p_fail": "project_fail",
    "veto_risk": "project_veto",
    "cost_eur_m": "project_cost",
}
OWN_FIGURES = ("economy", "cyber", "military", "capital")  # of an actor
TOWARDS = ("exposure", "stance")  # its own figures towards an adversary
FIGURES_OF_STATES = ("gdp_usd_bn", "defence_usd_bn", "gci", "ncpi_rank", "ideal_point", "unfavourable", "exposure")
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
        self._arranged, self._places, self._spans = {}, {}, {}
        base, _ = self._arrange(())
        self._turns = {start.project: start.turn for start in loaded.scenario.cooperation}
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
        given = {path: value for path, value in point.items() if self._is_direct(path, value)}
        rest = tuple((path, value) for path, value in point.items() if path not in given)
        try:
            inputs, structure = self._arrange(rest)
            direct = {path: _fitting(inputs, path, value, *self._span(path)) for path, value in given.items()}
            return inputs, structure, direct
        except Exception as fault:
            raise PointError(place, "arrange", str(fault)) from fault

    def _is_direct(self, path, value):
        """Whether a value is put in directly; that there is no limit, or no harm to a victim at all, is arranged."""
        return self._span(path) is not None and value is not None and (value != 0 or ".victims." not in path)

    def _span(self, path):
        """The ends between which a value put in directly at a path has to lie; None where none is."""
        if path not in self._spans:
            self._spans[path] = self._span_of(*path.split("."))
        return self._spans[path]

    def _span_of(self, home, *rest):
        if home == "behaviour":
            domain = domain_of(self.loaded.library, rest[0])
            return (domain.limits if domain else NO_LIMITS) if rest[0] in self._direct else None
        if home == "cooperation":
            return self._span_of_project(*rest) if rest[0] in self._turns and len(rest) == 2 else None
        if home == BUDGET:
            return MONEY
        if home == "incidents" and rest[1:2] == ("victims",):
            return SHARE if self._is_hit(rest[0], rest[2]) else None
        return SHARE if home in DIRECT and not rest or home == "incidents" and rest[-1] in DIRECT_OF_ACTS else None

    def _span_of_project(self, project, what):
        if what == ("turn" if self._turns[project] is None else "months_before"):
            return None  # it begins to run, or is no longer put to a decision
        if what in ("turn", "months_before"):
            return (1, self.loaded.scenario.calendar.turns) if what == "turn" else MONTHS
        return self._place(f"cooperation.{project}.{what}").limits if what in FIGURES_OF_PROJECTS else None

    def _is_hit(self, incident, code):
        """Whether an incident as written hits an actor, so that how hard may differ from run to run."""
        written = next((one for one in self.loaded.scenario.incidents if one.id == incident), None)
        return written is not None and written.victims.get(code, 0) > 0

    def _arrange(self, changes):
        """What is arranged for some changes, and its structure."""
        if changes not in self._arranged:
            figures = tuple(change for change in changes if self._is_figure_of_an_actor(change[0]))
            self._arranged[changes] = figures and self._refigured(changes, figures) or self._arranged_anew(changes)
        return self._arranged[changes]

    def _arranged_anew(self, changes):
        inputs = build_inputs(self._change(varied(self.loaded, dict(changes)) if changes else self.loaded))
        return inputs, _structure(inputs)

    def _is_figure_of_an_actor(self, path):
        """Whether a path leads to a figure of an actor, its own or the library's, that moves arrays of actors alone."""
        match path.split("."):
            case ["states", _, what, *_]:
                return what in FIGURES_OF_STATES and self._place(path).value is not None
            case ["actors", _, what]:
                return what in OWN_FIGURES
            case ["actors", _, what, _]:
                return what in TOWARDS
        return False

    def _refigured(self, changes, figures):
        """What is arranged for the changes that are no figures, with these in it; None where more would change."""
        inputs, structure = self._arrange(tuple(change for change in changes if change not in figures))
        library, actors, changed = inputs.loaded.library, dict(inputs.loaded.scenario.actors), set()
        for path, value in figures:
            home, code, what, *other = path.split(".")
            changed.add((home, code, what))
            if home == "states":
                library = with_figures(library, {path: value})
                continue
            if code not in inputs.index or not set(other) <= set(inputs.adversaries):
                return None
            now, number = actors.get(code, ActorOverride()), fitted(self._place(path), value)
            figure = {**getattr(now, what), other[0]: number} if other else number
            actors[code] = now.model_copy(update={what: figure})
        scenario = inputs.loaded.scenario.model_copy(update={"actors": actors})
        refigured = with_own_figures(inputs, replace(inputs.loaded, scenario=scenario, library=library), changed)
        return refigured and (refigured, structure)

    def _place(self, path):
        if path not in self._places:
            self._places[path] = find(self.loaded.document, path, self.loaded.library)
        return self._places[path]


def _fitting(inputs, path, value, low, high):
    """A value to be put in directly as a number, refused where it does not fit."""
    number = float(value)
    if path.startswith("incidents."):
        _, incident, what, *code = path.split(".")
        inputs.incidents.index(incident)
        if what == "victims":
            inputs.actors.index(*code)
            number = float(quantize(number))
    elif path.endswith(".turn"):
        number = round(number)
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
        elif rest:
            name, at = _entry(inputs, home, *rest)
            if at is not None:
                changed[name] = _with_line(changed.get(name, getattr(inputs, name)), at, path, points)
        else:
            name = "budget" if home == BUDGET else home
            changed[name] = _column(getattr(inputs, name), path, points)
    return replace(inputs, params=SimpleNamespace(**{**vars(inputs.params), **coefficients}), **changed)


def _column(values, path, points):
    """The values (runs or 1, 1) with those of the points in their place; one for all runs where they agree."""
    given = np.array([[path in point] for point in points])
    column = np.where(given, np.array([[point.get(path, 0.0)] for point in points]), values)
    return column[:1] if (column == column[0]).all() else column


def _entry(inputs, home, name, what, *code):
    """The array in which something said of a project or an incident stands, and where; None if it is not there."""
    if home == "cooperation":
        return FIGURES_OF_PROJECTS[what], (inputs.projects.index(name),) if name in inputs.projects else None
    if what == "victims":
        return "severity", (inputs.incidents.index(name), ..., inputs.index[code[0]])
    return what, (inputs.incidents.index(name),)


def _with_line(lines, at, path, points):
    """Lines (n, runs or 1, ...) with those of the points in one place of them, or in one column of one."""
    column = _column(lines[at].reshape(-1, 1), path, points)
    runs = max(len(column), lines.shape[1])
    lines = np.repeat(lines, runs // lines.shape[1], axis=1)
    lines[at] = column.reshape(-1, *lines[at].shape[1:])
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
    clubs = (inputs.peer_group > 0).tobytes()
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
    return hash((tuple(alike), clubs, bonds, coefficients, msel, shapes, tuple(sorted(inputs.project_effects))))


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
    and field.name not in ("loaded", "params", "actor_table", "bonds", "project_effects", "msel", "of_all_turns")
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
    if all(value is first for value in values):
        return first
    together = np.concatenate(values, axis=axis)
    return first if (together == first).all() else np.take(together, which, axis=axis)
