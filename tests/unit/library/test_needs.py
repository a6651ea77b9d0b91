"""A library that lacks what the model reads by name says so, once, where it should stand."""

import re

import pytest

from sim.scenario.library import library_files, read_library


def faults_with(tmp_path, file, pattern, instead):
    """The faults of the library that ships, with one thing in one file put otherwise."""
    given = []
    for path in library_files():
        text = path.read_text(encoding="utf-8")
        if path.name == file:
            text, count = re.subn(pattern, instead, text, flags=re.MULTILINE)
            assert count == 1
        (tmp_path / path.name).write_text(text, encoding="utf-8")
        given.append((tmp_path / path.name, path.name))
    return read_library(given)[1]


@pytest.mark.parametrize("name", ["round_days", "silence_days", "move_stop", "rung_naming", "practice_other", "calls"])
def test_a_coefficient_that_is_missing_is_said_once_at_its_file(tmp_path, name):
    faults = faults_with(tmp_path, "behaviour.yaml", rf"^  {name}: .*\n", "")
    assert [fault.file for fault in faults] == ["behaviour.yaml"]
    assert f"the model reads the coefficient '{name}'" in faults[0].message and faults[0].line


def test_a_misspelt_coefficient_is_said_once_with_what_was_meant(tmp_path):
    faults = faults_with(tmp_path, "behaviour.yaml", r"^  round_days:", "  round_dayz:")
    assert [fault.message for fault in faults] == [
        "nothing in the model reads the coefficient 'round_dayz'. Did you mean 'round_days', which is missing?"
    ]


def test_a_coefficient_that_nothing_reads_is_said(tmp_path):
    more = "  zeal: {value: 1, range: [0, 2], domain: weight, source: judgement, why: none}\n  calls:"
    faults = faults_with(tmp_path, "behaviour.yaml", r"^  calls:", more)
    assert ["'zeal'" in fault.message for fault in faults] == [True]


@pytest.mark.parametrize(
    "file, pattern, instead, said",
    [
        ("groups.yaml", r"^    is_the_four: true\n", "", "says 'is_the_four: yes'"),
        ("groups.yaml", r"^    names_culprits: true\n", "", "says 'names_culprits: yes'"),
        ("cooperation.yaml", r"^    is_guardrail: true\n", "", "says 'is_guardrail: yes'"),
        ("states.yaml", r"(^  USA:\n(?:    .*\n)*?)    defence_usd_bn:.*\n", r"\1", "it needs 'defence_usd_bn'"),
    ],
)
def test_what_rules_look_for_is_said_when_it_is_missing(tmp_path, file, pattern, instead, said):
    assert any(said in fault.message and fault.line for fault in faults_with(tmp_path, file, pattern, instead))
