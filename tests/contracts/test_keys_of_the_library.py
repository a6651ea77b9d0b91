"""No rule hangs on how a key is spelled: what model and stories do with an entry is said by the entry's fields.

The inputs are compared and not the runs: chance is drawn by address, and a name is part of an address.
"""

import ast
import json
from pathlib import Path

import numpy as np
import pytest

from sim.model.inputs import build_inputs
from sim.phrases import Names
from sim.scenario import from_document, load, load_library
from sim.scenario.library_schema import Library

LIBRARY = load_library()
SCENARIO = load("cooperation_portfolio")
MARKED = {
    "formats": [name for name, form in LIBRARY.formats.items() if form.for_the_four],
    "cooperation": [name for name, project in LIBRARY.cooperation.items() if project.is_guardrail or project.spends_on],
    "responses": [name for name, response in LIBRARY.responses.items() if response.is_inaction],
    "groups": [name for name, group in LIBRARY.groups.items() if group.is_the_four or group.names_culprits],
}


def renamed(data, names):
    """Data in which these names are others, wherever they stand: as a key, as a reference, in a path."""
    text = json.dumps(data)
    for number, name in enumerate(names):
        for before, after in (('"', '"'), ("group:", '"'), (".", ".")):
            text = text.replace(f"{before}{name}{after}", f"{before}zz_{number}{after}")
    return json.loads(text)


def arrays(inputs):
    return {name: value for name, value in vars(inputs).items() if isinstance(value, np.ndarray)}


@pytest.mark.parametrize("section", MARKED)
def test_the_model_reads_the_same_whatever_the_entries_of_the_library_are_called(section):
    library = LIBRARY.model_dump(mode="json", exclude_unset=True)
    other = Library.model_validate(renamed(library, MARKED[section]))
    assert set(getattr(other, section)) != set(getattr(LIBRARY, section))
    ours = arrays(build_inputs(SCENARIO))
    theirs = arrays(build_inputs(from_document(renamed(SCENARIO.document, MARKED[section]), library=other)))
    assert set(ours) == set(theirs)
    assert [name for name in ours if not np.array_equal(ours[name], theirs[name])] == []


def test_what_is_no_response_is_known_by_its_field():
    (name,) = MARKED["responses"]
    library = Library.model_validate(renamed(LIBRARY.model_dump(mode="json", exclude_unset=True), [name]))
    theirs = Names(from_document(SCENARIO.document, library=library))
    assert Names(SCENARIO).is_inaction(name) and theirs.is_inaction("zz_0")
    assert not theirs.is_inaction(name) and not theirs.is_inaction("demarche")
    assert [str(path) for path in (Path(__file__).parents[2] / "sim").rglob("*.py") if name in _words_of(path)] == []


def _words_of(path):
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
