"""Bad YAML beside the message it earns.

`NAME.yaml` is what somebody might write, `NAME.out` what `oceans check NAME.yaml` answers. Look here to see how the
advice reads, and to propose better wording. `whole.yaml` is sound: most of the others extend it and say only what is
wrong.

When wording changes on purpose: `python tests/messages/test_messages.py` writes every `.out` anew, and the change can
be read.
"""

import os
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.scenario import check_files
from sim.scenario.loading import load
from tests.builders import a_library

HERE = Path(__file__).parent
NAMES = sorted(path.stem for path in HERE.glob("*.yaml"))


def message(name: str) -> str:
    """What the file earns, with the small library of the tests."""
    if name.startswith("library_"):
        return "\n".join(map(str, check_files([f"{name}.yaml"]))) + "\n"
    try:
        load(f"{name}.yaml", a_library())
    except InputError as error:
        return f"{error}\n"
    return "nothing is wrong\n"


@pytest.mark.parametrize("name", NAMES)
def test_bad_yaml_earns_its_message(name, monkeypatch):
    monkeypatch.chdir(HERE)
    assert message(name) == (HERE / f"{name}.out").read_text(encoding="utf-8")


def test_every_message_has_its_file():
    assert sorted(path.stem for path in HERE.glob("*.out")) == NAMES
    assert len(NAMES) >= 40


def test_messages_are_advice_and_not_somebody_elses_words():
    for path in HERE.glob("*.out"):
        text = path.read_text(encoding="utf-8")
        for foreign in ("pydantic", "Traceback", "input_value", "valid string", "NoneType", "<class"):
            assert foreign not in text, f"{path.name} says {foreign!r}"


if __name__ == "__main__":
    os.chdir(HERE)
    for name in NAMES:
        (HERE / f"{name}.out").write_text(message(name), encoding="utf-8")
