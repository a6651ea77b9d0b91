"""Many design points in one batch: settings that differ from run to run, stacked along the runs' axis.

A design point changes values of the scenario or the library. What only the turns read is put in place directly, one
number a run; figures of actors are worked out anew in what is arranged already; all else is arranged anew, once for
each distinct change. Points whose settings differ only in arrays that may vary by run share a batch; others get one
of their own. Either way a run comes out the same.
"""

from dataclasses import fields, replace
from types import SimpleNamespace

import numpy as np

from sim.model.inputs import ModelInputs, build_inputs, with_own_figures
from sim.rules.quantize import quantize
from sim.scenario.loading import varied
from sim.scenario.paths import find, fitted, with_figures
from sim.scenario.schema import ActorOverride

RUNS_AXIS = {  # of the arrays that may differ from run to run
    **dict.fromkeys((
        "linkage", "adversary_tie", "budget", "economy", "cyber", "military", "capability", "capital", "capacity",
    ), 0),
    **dict.fromkeys((
        "exposure", "stance_near", "borders", "peer_group", "other_ocean", "incident_is_true", "severity",
        "difficulty", "publicness", "own_habit", "attribution_min", "pressure", "signal", "resilience", "risk",
        "lead_typical", "lead_max", "consultation_reputation", "consultation_threshold", "consultation_reluctance",
        "consultation_min", "consultation_typical", "consultation_max", "project_age", "project_turn", "project_first",
        "project_full", "project_fail", "project_veto", "project_cost", "question_weight",
    ), 1),
}  # fmt: skip
MOST_KEPT = 128  # arranged variations kept from one batch to the next
PUT_IN = {  # what is put in directly, by section: the array in which what is said there stands
    "incidents": {"difficulty": "difficulty", "publicness": "publicness", "victims": "severity"},
    "cooperation": {
        "months_before": "project_age",
        "turn": "project_turn",
        "first_output_months": "project_first",
        "full_months": "project_full",
        "p_fail": "project_fail",
        "veto_risk": "project_veto",
        "cost_eur_m": "project_cost",
    },
    "formats": {
        "days.max": "consultation_max",
        "days.min": "consultation_min",
        "days.typical": "consultation_typical",
        "reluctance": "consultation_reluctance",
        "reputation": "consultation_reputation",
        "threshold": "consultation_threshold",
    },
    "responses": {
        "attribution_min": "attribution_min",
        "escalation.risk": "risk",
        "habit": "own_habit",
        "lead_days.max": "lead_max",
        "lead_days.typical": "lead_typical",
        "pressure": "pressure",
        "resilience": "resilience",
        "signal": "signal",
    },
}
OF_FIVE = ("pressure", "resilience", "signal", "escalation.risk")  # said of a response on a scale that ends there
OWN_FIGURES = ("economy", "cyber", "military", "capital")  # of an actor
TOWARDS = ("exposure", "stance")  # its own figures towards an adversary
FIGURES_OF_STATES = ("gdp_usd_bn", "defence_usd_bn", "gci", "ncpi_rank", "ideal_point", "unfavourable", "exposure")
ONE_FOR_ALL = (
    "round_days", "calls", "rung_concern", "rung_solidarity", "rung_naming", "rung_measures", "body_weight",
)  # fmt: skip


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
        self._kept, self._figured, self._places = {}, {}, {}
        self._turns = {start.project: start.turn for start in loaded.scenario.cooperation}

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
        self._figured = {}  # soon worked out again
        if len(self._kept) > MOST_KEPT:
            self._kept = {}
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
        try:
            direct = {path: number for path in point if (number := self._number(path, point)) is not None}
            rest = {path: value for path, value in point.items() if path not in direct}
            figures = tuple((path, value) for path, value in rest.items() if self._is_figure(path))
            others = tuple(change for change in rest.items() if change not in figures)
            inputs, structure, coefficients = self._arranged(others)
            of_figures = coefficients & direct.keys()
            figures += tuple((path, direct.pop(path)) for path in point if path in of_figures)
            if figures:
                inputs, structure = self._refigured(others, figures)
            return inputs, structure, direct
        except Exception as fault:
            raise PointError(place, "arrange", str(fault)) from fault

    def _number(self, path, point):
        """The number that is put in directly for what a point has at a path; None where it is arranged."""
        if point[path] is None or not self._is_put_in(path) or "days." in path and not self._days_rise(path, point):
            return None
        number = float(fitted(self._place(path), point[path]))
        if ".victims." in path:
            return float(quantize(number)) or None  # no victim any more
        if path.endswith(".turn"):
            return number if number <= self.loaded.scenario.calendar.turns else None
        return number / 5 if path.startswith("responses.") and path.endswith(OF_FIVE) else number

    def _days_rise(self, path, point):
        """Whether days that a point puts in rise from the least over the typical to the most."""
        ends = [f"{path.rpartition('.')[0]}.{end}" for end in ("min", "typical", "max")]
        days = [fitted(self._place(end), point.get(end, self._place(end).value)) for end in ends]
        return days == sorted(days) and all(self._is_put_in(end) for end in ends if end in point)

    def _is_put_in(self, path):
        """Whether a number at a path is put in directly."""
        match path.removesuffix(".value").split("."):
            case ["linkage" | "adversary_tie" | "cooperation_budget_eur_m"]:
                return True
            case ["behaviour", name]:
                return name not in ONE_FOR_ALL
            case ["incidents", incident, "victims", code]:
                return self._is_hit(incident, code)
            case ["cooperation", project, "turn" | "months_before" as what]:
                return project in self._turns and (self._turns[project] is None) == (what == "months_before")
            case ["cooperation", project, what]:
                return project in self._turns and what in PUT_IN["cooperation"]
            case ["formats", _, "reputation", _]:
                return True
            case ["incidents" | "formats" | "responses" as section, _, *what]:
                return ".".join(what) in PUT_IN[section]
        return False

    def _is_hit(self, incident, code):
        """Whether an incident as written hits an actor, so that how hard may differ from run to run."""
        written = next((one for one in self.loaded.scenario.incidents if one.id == incident), None)
        return written is not None and written.victims.get(code, 0) > 0

    def _is_figure(self, path):
        """Whether what a path leads to moves figures of actors alone: their own, or the library's."""
        match path.split("."):
            case ["states", _, what, *_]:
                return what in FIGURES_OF_STATES and self._place(path).value is not None
            case ["actors", _, what, *towards]:
                return what in (TOWARDS if towards else OWN_FIGURES)
        return False

    def _arranged(self, changes):
        """What is arranged for some changes, its structure, and paths of the coefficients behind figures of actors."""
        if changes not in self._kept:
            inputs = build_inputs(self._change(varied(self.loaded, dict(changes)) if changes else self.loaded))
            coefficients = {f"behaviour.{name}" for name in inputs.actor_table.figures.coefficients}
            self._kept[changes] = inputs, _structure(inputs), coefficients
        return self._kept[changes]

    def _refigured(self, others, figures):
        """What is arranged with figures of actors besides, and its structure."""
        if (others, figures) not in self._figured:
            inputs, structure, _ = self._arranged(others)
            refigured = self._with_figures(inputs, figures)
            kept = (refigured, structure) if refigured else self._arranged(others + figures)[:2]
            self._figured[others, figures] = kept
        return self._figured[others, figures]

    def _with_figures(self, inputs, figures):
        """Inputs with other figures of actors; None where more would change."""
        scenario, library, params = inputs.loaded.scenario, inputs.loaded.library, dict(vars(inputs.params))
        for path, value in figures:
            number = fitted(self._place(path), value)
            home, code, *what = path.split(".")
            if home == "states":
                library = with_figures(library, {path: number})
            elif home == "behaviour":
                params[code] = np.full((1, 1), float(number))
            elif code in inputs.index and set(what[1:]) <= set(inputs.adversaries):
                now = scenario.actors.get(code, ActorOverride())
                figure = {**getattr(now, what[0]), what[1]: number} if what[1:] else number
                actors = {**scenario.actors, code: now.model_copy(update={what[0]: figure})}
                scenario = scenario.model_copy(update={"actors": actors})
            else:
                return None
        loaded = replace(inputs.loaded, scenario=scenario, library=library)
        changed = {tuple(path.split(".")[:3]) for path, _ in figures}  # as `Figures` names it
        return with_own_figures(inputs, loaded, SimpleNamespace(**params), changed)

    def _place(self, path):
        if path not in self._places:
            self._places[path] = find(self.loaded.document, path, self.loaded.library)
        return self._places[path]


def put_in(inputs, points):
    """Inputs with numbers put in their place, one for each run: coefficients, and what the turns read as written.

    Parameters
    ----------
    inputs : ModelInputs, for all these runs
    points : sequence of dict path -> float, one for each run; what one leaves out stays as it is
    """
    params, changed = dict(vars(inputs.params)), {}
    for path in dict.fromkeys(path for point in points for path in point):
        home, *rest = path.split(".")
        if home == "behaviour":
            (params[rest[0]],) = _with_numbers(params[rest[0]][None], [0], path, points)
        elif rest:
            name = PUT_IN[home].get(".".join(rest[1:])) or PUT_IN[home][rest[1]]
            lines = changed.get(name, getattr(inputs, name))
            changed[name] = _with_numbers(lines, _places(inputs, home, *rest), path, points)
        else:
            name = "budget" if home == "cooperation_budget_eur_m" else home
            (changed[name],) = _with_numbers(getattr(inputs, name)[None], [0], path, points)
    return replace(inputs, params=SimpleNamespace(**params), **changed)


def _places(inputs, home, name, what, *rest):
    """Where something said of an incident, a project, a format or a response stands in its array; a scenario's own
    format or response stands in the place of the library's."""
    scenario = inputs.loaded.scenario
    if home == "cooperation":
        return [place for place, project in enumerate(inputs.projects) if project == name]
    if home == "incidents":
        h = inputs.incidents.index(name)
        return [(h, ..., inputs.index[rest[0]])] if what == "victims" else [h]
    if home == "responses":
        return [o for o, (_, key) in enumerate(inputs.options) if key == name and key not in scenario.own_responses]
    ready_for = inputs.loaded.library.formats[name].ready_for
    over = {
        one.id
        for one in scenario.incidents
        if (what != "reputation" or one.issue == rest[0]) and (what != "reluctance" or one.issue not in ready_for)
    }
    return [
        t
        for t, (incident, key) in enumerate(inputs.consultations)
        if key == name and key not in scenario.own_formats and incident in over
    ]


def _with_numbers(lines, places, path, points):
    """Lines (n, runs or 1, ...) with the points' numbers at a path in some places; one for all where they agree."""
    given = np.array([path in point for point in points])
    numbers = np.array([point[path] for point in points if path in point])
    agree = given.all() and (numbers == numbers[0]).all()
    lines = np.repeat(lines, 1 if agree else len(points) // lines.shape[1], axis=1)
    for place in places:
        lines[place].T[..., slice(None) if agree else given] = numbers[0] if agree else numbers
    return lines


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
    effects = tuple(sorted(inputs.project_effects))
    return hash((tuple(alike), clubs, bonds, coefficients, msel, shapes, effects))


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
