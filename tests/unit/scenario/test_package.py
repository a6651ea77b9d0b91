"""The package says what it offers, and costs nothing until it is used."""

import subprocess
import sys

import sim.scenario


def test_public_names_are_sorted_and_there():
    assert sim.scenario.__all__ == sorted(sim.scenario.__all__)
    for name in sim.scenario.__all__:
        assert getattr(sim.scenario, name).__doc__, name
        assert name in dir(sim.scenario)


def test_a_name_that_is_not_offered_is_an_attribute_error():
    assert not hasattr(sim.scenario, "nothing_of_the_kind")


def test_importing_the_package_imports_nothing_heavy():
    code = "import sys, sim.scenario; print([name for name in ('pydantic', 'yaml', 'numpy') if name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_nothing_in_the_package_knows_the_rooms_that_come_after_it():
    code = "import sys, sim.scenario as s; s.load('smallest'); print([m for m in sys.modules if m.startswith('sim.')])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    rooms = {name.split(".")[1] for name in eval(answer.stdout)}
    assert rooms == {"catalogue", "errors", "lazy", "letters", "own_code", "rules", "scenario", "text_files"}
