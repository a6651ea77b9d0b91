"""What `import sim` offers, and what it costs."""

import subprocess
import sys

import pytest

import sim


@pytest.mark.parametrize("name", sim.__all__)
def test_every_public_name_is_there(name):
    assert getattr(sim, name) is not None


def test_public_names_are_sorted_and_listed():
    assert sim.__all__ == sorted(sim.__all__)
    assert set(sim.__all__) <= set(dir(sim))


def test_a_name_that_is_not_there_is_refused():
    with pytest.raises(AttributeError, match="no attribute 'Exercize'"):
        _ = sim.Exercize


def test_importing_it_brings_nothing_heavy():
    heavy = ("numpy", "mesa", "pandas", "pydantic", "yaml", "scipy")
    asked = f"import sim, sys; sys.exit(any(name in sys.modules for name in {heavy}))"
    assert subprocess.run([sys.executable, "-c", asked]).returncode == 0
