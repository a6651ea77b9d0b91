"""No rule hangs on how a key is spelled: what the model does with an entry is said by the entry's fields.

The inputs are compared and not the runs: chance is drawn by address, and a name is part of an address.
"""

import json

import numpy as np
import pytest

from sim.model.inputs import build_inputs
from sim.scenario import from_document, load, load_library
from sim.scenario.schema import Library

LIBRARY = load_library()
SCENARIO = load("cooperation_portfolio")
MARKED = {
    "formats": [name for name, form in LIBRARY.formats.items() if form.for_the_four],
    "cooperation": [name for name, project in LIBRARY.cooperation.items() if project.is_guardrail or project.spends_on],
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
