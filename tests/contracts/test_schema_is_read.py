"""What can be written in YAML is read: a field that no code reads stands here, with the reason why it may.

Nothing that a facilitator writes may be ignored. A field counts as read when somewhere in `sim`, outside the schema,
its name is an attribute or a key. What remains is for people: where a figure comes from, and what is known beside it.
"""

import ast
import typing
from functools import cache
from pathlib import Path

import pytest
from pydantic import BaseModel

from sim.errors import InputError
from sim.scenario.library_schema import NOT_PLAYED, Library
from sim.scenario.schema import Scenario
from tests.builders import a_scenario

SIM = Path(__file__).parents[2] / "sim"
PROVENANCE = "where it comes from: for whoever doubts it"
FINDINGS = "what is known of it, in words: for whoever judges it or plays it"
FACT = "a sourced fact beside those that the model reads: for readers of the library"
FOR_PEOPLE = {
    "CoercionEpisode": {"trigger": FINDINGS, "approx": PROVENANCE},
    "Escalation": {"cameo": PROVENANCE, "goldstein": FACT},
    "Estimates": {"made": PROVENANCE},
    "Exposure": {"import_share_pct": FACT},
    "Figure": {"approx": PROVENANCE},
    "Format": {
        "base_rate": FINDINGS,
        "tempo": FINDINGS,
        **dict.fromkeys(("precedents", "sources", "approx"), PROVENANCE),
    },
    "Group": {"approx": PROVENANCE},
    "Body": {"budget_eur_m": FACT},
    "Library": {"sources": PROVENANCE},
    "Precedent": dict.fromkeys(("event", "trigger", "output", "lag_days", "approx"), PROVENANCE),
    "Project": {
        "is_moonshot": FACT,
        "article_role": FACT,
        "components": FACT,
        "maturity": FACT,
        "sources": PROVENANCE,
        "approx": PROVENANCE,
    },
    "Response": {
        **dict.fromkeys(("legal_basis", "cost_order", "effectiveness", "base_rate", "constraints"), FINDINGS),
        **dict.fromkeys(("precedents", "sources", "approx"), PROVENANCE),
    },
    "Scenario": {"sources": PROVENANCE},
    "Source": {"publisher": PROVENANCE},
    "State": dict.fromkeys(("population_m", "cyber_incidents", "es11_1", "government_effectiveness"), FACT),
}


def models_of(annotation, known=None):
    """Every model that an annotation holds, itself among them: dict of name to class."""
    known = {} if known is None else known
    if isinstance(annotation, type) and issubclass(annotation, BaseModel) and annotation.__name__ not in known:
        known[annotation.__name__] = annotation
        for field in annotation.model_fields.values():
            models_of(field.annotation, known)
    for part in typing.get_args(annotation):
        models_of(part, known)
    return known


MODELS = {**models_of(Scenario), **models_of(Library)}


LOOKS_ON = "absurdities.py"  # holds what was played against facts that the play does not know


@cache
def names_read(*besides):
    """Every name that the code reads as an attribute or a key; files of some names are left out."""
    paths = [path for path in SIM.rglob("*.py") if path.name not in ("schema.py", "library_schema.py", *besides)]
    return {name for path in paths for name in _names_in(path)}


@cache
def _names_in(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {name for node in ast.walk(tree) if (name := _read(node)) is not None}


def _read(node):
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript):
        return _text(node.slice)
    if isinstance(node, ast.Call):
        called = getattr(node.func, "attr", getattr(node.func, "id", None))
        place = {"get": 0, "getattr": 1, "state": 1}.get(called, len(node.args))
        return _text(node.args[place]) if place < len(node.args) else None
    return None


def _text(node):
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


@pytest.mark.parametrize("model", MODELS)
def test_every_field_is_read_or_says_why_not(model):
    unread = set(MODELS[model].model_fields) - names_read()
    assert unread == set(FOR_PEOPLE.get(model, {})), "read it, drop it, or say here for whom it is; strike what is read"


def test_a_fact_that_is_not_read_cannot_be_varied():
    facts = {(model, field) for model, fields in FOR_PEOPLE.items() for field, why in fields.items() if why == FACT}
    assert facts - {("Project", "article_role"), ("Project", "components")} <= {
        (model.__name__, field) for model, field in NOT_PLAYED
    }
    assert not {field for _, field in NOT_PLAYED} & names_read(LOOKS_ON), "strike what is read"


@pytest.mark.parametrize(
    "path", ["states.EST.population_m", "states.EST.population_m.value", "responses.sanctions.escalation.goldstein"]
)
def test_a_figure_that_would_change_nothing_is_refused(path):
    with pytest.raises(InputError, match="which the model does not read: another value would change nothing"):
        a_scenario(figures={path: 3})


def test_the_reasons_are_given_for_parts_of_the_schema():
    assert set(FOR_PEOPLE) <= set(MODELS)
