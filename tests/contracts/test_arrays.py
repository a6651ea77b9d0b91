"""State, inputs and the cast hold nothing that the model does not read."""

import ast
from dataclasses import fields
from pathlib import Path

import pytest

from sim.model.actor_table import ACTOR_ARRAYS, ActorTable
from sim.model.inputs import ModelInputs
from sim.model.state import State

SIM = Path(__file__).parents[2] / "sim"
CALLED = {  # what the code calls each where it reads from it
    State: ("state", "_state", "self"),
    ModelInputs: ("inputs", "model_inputs", "self"),
    ActorTable: ("actor_table", "self"),
}


def _name(node):
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", None)


READ = {
    (_name(node.value), node.attr)
    for path in SIM.rglob("*.py")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
}


@pytest.mark.parametrize("holder", [State, ModelInputs, ActorTable])
def test_every_field_is_read_somewhere(holder):
    read = {field for called, field in READ if called in CALLED[holder]}
    handed_on = set(ACTOR_ARRAYS) if holder is ActorTable else set()
    unread = sorted({field.name for field in fields(holder)} - read - handed_on)
    assert not unread, f"nothing reads {', '.join(unread)} of {holder.__name__}"
