"""`oceans list` and `oceans --version`: what there is to choose from, and which version this is."""

import json

import pytest
from typer.testing import CliRunner

from sim.__main__ import app
from sim.cli.scenarios import KINDS, listed
from sim.policies import POLICIES
from sim.record.store import versions
from sim.scenario import shipped


def oceans(*words):
    """Calls `oceans` in one process."""
    return CliRunner().invoke(app, list(words))


def test_without_a_kind_every_kind_is_named_with_how_many_there_are():
    answer = oceans("list")
    rows = dict(line.split() for line in answer.stdout.splitlines())
    assert answer.exit_code == 0 and rows == {kind: str(len(listed(kind))) for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_listed_one_line_each_in_words(kind):
    answer = oceans("list", kind)
    rows = listed(kind)
    assert answer.exit_code == 0 and [line.split()[0] for line in answer.stdout.splitlines()] == list(rows)
    assert all(words.strip() and "\n" not in words for words in rows.values())
    assert json.loads(oceans("list", kind, "--json").stdout) == rows


def test_what_is_listed_is_what_can_be_named():
    assert list(listed("scenarios")) == shipped() and list(listed("policies")) == list(POLICIES)


def test_a_wrong_kind_earns_advice():
    answer = oceans("list", "polices")
    assert answer.exit_code == 2 and "Did you mean 'policies'?" in answer.stderr and answer.stdout == ""


def test_the_version_is_said():
    answer = oceans("--version")
    assert answer.exit_code == 0 and answer.stdout == f"oceans {versions()['two-oceans']}\n"
