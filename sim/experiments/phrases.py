"""What is varied and what is measured, in words: names, units, numbers, and the conditions of a rule.

A factor is known by its path; the words come from the path and from what the scenario calls things, so that a rule
found by a machine reads like a sentence: difficulty of proving the Baltic wiper case above 0.6.
"""

import math
from collections.abc import Sequence

from sim.catalogue.measures import MEASURES, Measure, own_measure
from sim.experiments.estimate import Estimate
from sim.phrases import Names, goes_unsaid, listed

CAPITALS = {"nato": "NATO", "eu": "EU", "ip4": "the four partners", "g7": "G7", "wto": "WTO", "ix": "IX"}
SINGLE = {
    "linkage": "concern for the other ocean",
    "adversary_tie": "tie between the adversaries",
    "capability": "whose weight counts",
    "cooperation_budget_eur_m": "budget for cooperation",
    "norm_date": "date of the naming norm",
    "bodies_as": "bodies as members or as one",
}
WEIGHED = {
    "ask": "being asked",
    "hidden": "what is hidden",
    "led": "being hit worst",
    "peer": "company",
    "unled": "a victim's silence",
}
OF_AN_ACT = {
    "difficulty": "difficulty of proving {incident}",
    "publicness": "publicness of {incident}",
    "severity": "severity of {incident}",
}
OF_A_PROJECT = {
    "turn": "turn of decision on {project}",
    "months_before": "head start of {project}",
    "p_fail": "chance that {project} fails",
    "veto_risk": "chance of a veto on {project}",
    "cost_eur_m": "yearly cost of {project}",
    "first_output_months": "time to the first output of {project}",
    "full_months": "time to the full effect of {project}",
}

UNITS = {
    "months_before": "months",
    "first_output_months": "months",
    "full_months": "months",
    "cost_eur_m": "EUR million",
    "cooperation_budget_eur_m": "EUR million",
}


def unit_of_factor(factor):
    """The unit of a factor's values where it needs saying."""
    return UNITS.get(str(factor.path).split(".")[-1], "")


def label_of(factor, loaded=None):
    """A factor, by its `name` and `path`, as a noun phrase; a scenario has what incidents and states are called.

    >>> from types import SimpleNamespace
    >>> label_of(SimpleNamespace(name="fear_of_retaliation", path="behaviour.b_exposure"))
    'fear of retaliation'
    >>> label_of(SimpleNamespace(name="behaviour.b_hidden", path="behaviour.b_hidden"))
    'weight of what is hidden'
    """
    path = str(factor.path or factor.name)
    if path in SINGLE:
        return SINGLE[path]
    parts = path.split(".")
    said = _of_the_scenario(parts, Names(loaded)) if loaded is not None and len(parts) > 1 else None
    name = str(factor.name)
    return said or _plainly(name.split(".")[-1] if name == path else name)


def _of_the_scenario(parts, names):
    home, entry, *rest = parts
    if home == "incidents" and rest[:1] == ["victims"] and len(rest) == 2:
        return f"severity of {names.incident(entry)} for {names.actor(rest[1])}"
    if home == "incidents" and len(rest) == 1:
        return OF_AN_ACT.get(rest[0], f"{_plainly(rest[0])} of {{incident}}").format(incident=names.incident(entry))
    if home == "cooperation" and rest:
        words = OF_A_PROJECT.get(rest[0], f"{_plainly(' '.join(rest))} of {{project}}")
        return words.format(project=names.project(entry))
    if home in ("actors", "states") and rest:
        last = names.actor(rest[1]) if len(rest) > 1 and rest[1].isupper() else ""
        return f"{_plainly(rest[0])} of {names.actor(entry)}" + (f" to {last}" if last else "")
    if home == "ties" and rest:
        return f"{_plainly(rest[0])} of the tie {entry}"
    return None


def _plainly(name):
    if name.startswith("b_"):
        return f"weight of {WEIGHED.get(name[2:]) or _plainly(name[2:])}"
    return " ".join(CAPITALS.get(word, word) for word in name.replace("_", " ").split())


def why_of(factor, loaded):
    """The scenario's reason for varying it, or nothing."""
    scenario = loaded.scenario
    entry = scenario.uncertainties.get(factor.name) or scenario.levers.get(factor.name)
    return entry.why if entry else ""


def value_in_words(value, span=1.0):
    """A factor's value as precisely as its range asks for.

    >>> value_in_words(0.61234), value_in_words(17.3, span=36), value_in_words(0.00052, span=0.002)
    ('0.61', '17', '0.0005')
    >>> value_in_words(float("nan"))
    '–'
    """
    if span <= 0 or not math.isfinite(span):
        span = abs(value) or 1.0
    return _rounded(value, max(0, 2 - math.ceil(math.log10(span) - 1e-9)) if span < 10 else 0)


def condition(factor, low: float, high: float) -> str:
    """That a factor, with its `label`, `unit`, `low` and `high`, lies within limits: one condition of a rule.

    >>> from types import SimpleNamespace
    >>> tie = SimpleNamespace(label="China tie", unit="", low=0, high=1)
    >>> condition(tie, 0.6, 1), condition(tie, 0.2, 0.6)
    ('China tie above 0.60', 'China tie between 0.20 and 0.60')
    """
    span = factor.high - factor.low
    slack, unit = 1e-9 * span, f" {factor.unit}" if factor.unit else ""
    least, most = (value_in_words(limit, span) for limit in (low, high))
    over, under = low > factor.low + slack, high < factor.high - slack
    if over and under:
        return f"{factor.label} between {least} and {most}{unit}"
    return f"{factor.label} {f'above {least}' if over else f'below {most}'}{unit}"


def choices_left(factor, allowed: Sequence[str]) -> str:
    """That a factor, with its `label`, has one of some choices.

    >>> from types import SimpleNamespace
    >>> choices_left(SimpleNamespace(label="whose weight counts"), ("gdp", "equal"))
    'whose weight counts at gdp or equal'
    """
    return f"{factor.label} at {listed([one.replace('_', ' ') for one in allowed]).replace(' and ', ' or ')}"


# ------------------------------------------------------------------------------------------------ measures and numbers


_OWN: dict[str, Measure] = {}  # of the sweeps that were begun or opened here


def describe(facts: dict) -> None:
    """Has measures of one's own, as a manifest holds them, called what they were called when their sweep began."""
    for one in facts["measures"]:
        words = {key: one[key] for key in ("name", "label", "unit", "better", "description")}
        _OWN[one["name"]] = Measure(**words, may_be_missing=True)


def measure(name: str) -> Measure:
    """A measure's label, unit and better way; one that nobody described is called by its key.

    >>> measure("days_on_the_moon").label
    'Days on the moon'
    """
    return MEASURES.get(name) or _OWN.get(name) or own_measure(name)


def softly(label):
    """A label as it stands inside a sentence.

    >>> softly("Harm to victims"), softly("NATO's share")
    ('harm to victims', "NATO's share")
    """
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def label(name: str) -> str:
    """A measure's label as it stands inside a sentence.

    >>> label("harm")
    'harm to victims'
    """
    return softly(measure(name).label)


def unit_of(name: str) -> str:
    """A measure's unit where it needs saying.

    >>> unit_of("harm"), unit_of("joint_share")
    (' severity-months', '')
    """
    unit, words = measure(name).unit, measure(name).label.lower()
    is_said = goes_unsaid(unit) or unit.split()[0] in words.split()
    return "" if is_said else f" {unit}"


def axis_of(name: str) -> str:
    """A measure as it stands at an axis.

    >>> axis_of("harm"), axis_of("days_to_joint_text")
    ('Harm to victims, severity-months', 'Days to the first joint text')
    """
    return measure(name).label + (f",{unit_of(name)}" if unit_of(name) else "")


def units_for(name: str) -> str:
    """A measure and its unit, for captions.

    >>> units_for("harm"), units_for("joint_share")
    ('harm to victims in severity-months', 'capability behind the joint text, share')
    """
    unit = measure(name).unit
    return f"{label(name)} in{unit_of(name)}" if unit_of(name) else f"{label(name)}{f', {unit}' if unit else ''}"


def figure(value: float, span: float) -> str:
    """A number in a sentence, as precise as the spread of the runs asks for.

    >>> figure(7.3717, 8.2), figure(0.82463, 0.2), figure(30.43, 25), figure(-0.9, 8)
    ('7.4', '0.82', '30', '−0.9')
    """
    return _rounded(value, 0 if span >= 15 else 1 if span >= 2 else 2 if span >= 0.05 else 3 if span >= 0.005 else 4)


def _rounded(value, digits):
    if not math.isfinite(value):
        return "–"
    words = f"{value:,.{digits}f}"
    return words.removeprefix("-") if not float(words.replace(",", "")) else words.replace("-", "−")


def with_interval(estimate: Estimate, span: float) -> str:
    """An estimate and its interval in words.

    >>> with_interval(Estimate(1.6154, 1.5, 1.73), 8)
    '1.6 (1.5 to 1.7)'
    """
    words = figure(estimate.value, span)
    if not math.isfinite(estimate.low):
        return words
    return f"{words} ({figure(estimate.low, span)} to {figure(estimate.high, span)})"
