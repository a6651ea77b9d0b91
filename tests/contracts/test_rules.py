"""Rules are what the model calls: nothing stands in `sim/rules` that no step comes to."""

import ast
from pathlib import Path

SIM = Path(__file__).parents[2] / "sim"
RULES = SIM / "rules"


def rules():
    """Every public function of the rules: (room, name) to its tree."""
    return {
        (path.stem, node.name): node
        for path in sorted(RULES.glob("*.py"))
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    }


def imported(path):
    """What a file takes from the rules under each of its own names."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sim.rules."):
            for name in node.names:
                yield name.asname or name.name, (node.module.rsplit(".", 1)[1], name.name)


def names_in(tree):
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def called_from_outside():
    """Rules that a file outside of the rules takes and uses."""
    for path in SIM.rglob("*.py"):
        if RULES not in path.parents:
            used = names_in(ast.parse(path.read_text(encoding="utf-8")))
            yield from (rule for name, rule in imported(path) if name in used)


def called_in_the_end():
    """Those, and the rules that they rest on in their turn."""
    known, reached, ahead = rules(), set(), set(called_from_outside())
    while ahead:
        room, name = rule = ahead.pop()
        reached.add(rule)
        if rule not in known:  # a constant
            continue
        near = {other: (home, other) for home, other in known if home == room} | dict(imported(RULES / f"{room}.py"))
        ahead |= {near[used] for used in names_in(known[rule]) & set(near)} - reached
    return reached


def test_every_rule_is_called_by_the_model_or_by_a_rule_that_is():
    never = sorted(".".join(rule) for rule in set(rules()) - called_in_the_end())
    assert not never, f"nothing calls {', '.join(never)}: wire it in, or delete it with its tests"
