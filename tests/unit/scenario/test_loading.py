"""A scenario is found, read, laid over what it extends, checked as a whole, and frozen; a new one is sound as it is."""

import json
import re
import shutil

import pytest

from sim.errors import InputError
from sim.scenario import (
    check_files,
    from_document,
    library,
    load,
    load_library,
    new_scenario,
    scenarios_folder,
    shipped,
    varied,
)
from sim.scenario.loading import template_text
from sim.scenario.reader import read_text
from tests.builders import A_BODY_OF_TEXT, a_document, a_file, a_library, a_scenario, an_incident, an_inject


def faults_of(action) -> list[str]:
    with pytest.raises(InputError) as caught:
        action()
    return [str(fault) for fault in caught.value.faults]


def loaded_text(folder, text, name="crisis.yaml"):
    return load(a_file(folder, text, name), a_library())


# ------------------------------------------------------------------------------------------------ finding


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_scenario_loads_by_name_and_by_path(name):
    by_name = load(name)
    assert by_name.name == name
    assert by_name.digest == load(scenarios_folder() / f"{name}.yaml").digest


def test_shipped_names_are_sorted_and_hold_the_smallest():
    assert shipped() == sorted(shipped())
    assert "smallest" in shipped()


@pytest.mark.parametrize("name", ["smalest", "", "no such thing", "a\0b", "x" * 500, "--help", "../smallest"])
def test_an_unknown_name_earns_advice(name):
    assert faults_of(lambda: load(name))


def test_a_name_that_was_nearly_right_is_suggested():
    assert "Did you mean 'smallest'?" in faults_of(lambda: load("smalest"))[0]


def test_paths_are_shown_as_they_were_given(tmp_path, monkeypatch):
    (tmp_path / "mine").mkdir()
    a_file(tmp_path / "mine", "title: x\n")
    monkeypatch.chdir(tmp_path)
    assert faults_of(lambda: load("./mine/crisis.yaml"))[0].startswith("./mine/crisis.yaml:1:1: error: ")


def test_a_file_of_past_cases_is_sent_where_it_is_played(tmp_path, monkeypatch):
    a_file(tmp_path, "cases: []\n")
    monkeypatch.chdir(tmp_path)
    (said,) = faults_of(lambda: load("crisis.yaml"))
    assert said.startswith("crisis.yaml:1:1: error: ") and "`oceans backtest crisis.yaml` plays the cases" in said


# ------------------------------------------------------------------------------------------------ what is loaded


def test_a_scenario_carries_document_library_and_digest(tmp_path):
    loaded = loaded_text(tmp_path, A_BODY_OF_TEXT)
    assert loaded.scenario.incidents[0].victims == {"EST": 0.5}
    assert loaded.document["start"] == "2024-03-04"
    assert json.loads(json.dumps(loaded.document)) == loaded.document
    assert len(loaded.digest) == 64
    assert loaded.path == tmp_path / "crisis.yaml"
    assert loaded == load(loaded.path, a_library())


@pytest.mark.parametrize("name", shipped())
def test_a_document_read_back_is_the_same_scenario(name):
    loaded = load(name)
    again = from_document(json.loads(json.dumps(loaded.document)), name)
    assert (again.scenario, again.digest, again.document) == (loaded.scenario, loaded.digest, loaded.document)


def test_the_digest_ignores_order_comments_and_ways_to_write_the_same(tmp_path):
    lines = A_BODY_OF_TEXT.splitlines()
    shuffled = (
        "\n".join(["# a remark", *lines[5:], *lines[:5]]).replace("0.4", "4e-1").replace("[EST, DEU", "['EST', DEU")
    )
    spelt_out = A_BODY_OF_TEXT + "linkage: 0.5\ninjects:\n"
    first = loaded_text(tmp_path, A_BODY_OF_TEXT)
    assert loaded_text(tmp_path, shuffled).digest == first.digest
    assert loaded_text(tmp_path, spelt_out).digest == first.digest


@pytest.mark.parametrize(
    "change",
    [{"title": "Other"}, {"linkage": 0.4}, {"incident": {"difficulty": 0.41}}, {"behaviour": {"precision": 3}}],
)
def test_the_digest_changes_with_the_scenario(change):
    assert a_scenario(**change).digest != a_scenario().digest


def test_the_digest_changes_with_the_library():
    assert a_scenario(library=load_library()).digest != a_scenario().digest


def test_a_scenario_reads_numbers_dates_and_yes_as_they_are_meant(tmp_path):
    text = A_BODY_OF_TEXT.replace("0.5}", "5e-1}") + "norm_date: 2020-02-29\nmarking: NO\n"
    scenario = loaded_text(tmp_path, text + "cooperation_budget_eur_m: 1e3\n").scenario
    assert scenario.cooperation_budget_eur_m == 1000
    assert scenario.norm_date.isoformat() == "2020-02-29"
    assert scenario.marking == "NO"
    assert loaded_text(tmp_path, A_BODY_OF_TEXT + "    is_physical: YES\n").scenario.incidents[0].is_physical is True


def test_figures_of_the_library_can_differ_here_and_only_here():
    changed = a_scenario(figures={"states.JPN.exposure.CHN.trade_pct_gdp": 12, "responses.sanctions.cost": 5})
    assert changed.library.states["JPN"].exposure["CHN"].trade_pct_gdp.value == 12
    assert changed.library.responses["sanctions"].cost == 5
    assert changed.library.states["DEU"] is a_library().states["DEU"]
    assert a_library().states["JPN"].exposure["CHN"].trade_pct_gdp.value == 5


def test_a_figure_that_nobody_knows_can_be_given():
    changed = a_scenario(figures={"states.JPN.ncpi_rank": 9})
    assert changed.library.states["JPN"].ncpi_rank.value == 9
    assert changed.library.states["JPN"].ncpi_rank.source == "judgement"


def test_an_uncertainty_without_range_takes_the_librarys():
    doubt = {"path": "behaviour.precision", "why": "unknown"}
    loaded = a_scenario(uncertainties={"doubt": doubt})
    assert loaded.scenario.uncertainties["doubt"].range == loaded.library.behaviour["precision"].range
    assert loaded.document["uncertainties"]["doubt"] == doubt


def test_faults_of_schema_and_of_sense_come_together_in_the_order_of_the_file(tmp_path):
    text = A_BODY_OF_TEXT.replace("by: RUS", "by: RSU").replace("0.4", "high").replace("DEU", "DUE") + "linkige: 1\n"
    lines = [
        fault.split(":")[1]
        for fault in faults_of(lambda: loaded_text(tmp_path, text))
        for fault in [fault.replace(str(tmp_path), "")]
    ]
    assert lines == ["5", "10", "12", "14"]


def test_a_varied_scenario_is_checked_and_leaves_the_first_as_it_was():
    first = a_scenario()
    second = varied(first, {"incidents.grid.difficulty": 0.9, "states.JPN.gci": 10, "behaviour.precision": 3})
    assert second.scenario.incidents[0].difficulty == 0.9
    assert second.library.states["JPN"].gci.value == 10
    assert second.scenario.behaviour == {"precision": 3}
    assert first.scenario.incidents[0].difficulty == 0.4
    assert varied(second, {"incidents.grid.difficulty": 0.4}).digest != first.digest
    assert varied(first, {}).digest == first.digest
    assert faults_of(lambda: varied(first, {"incidents.grid.difficulty": 2}))


# ------------------------------------------------------------------------------------------------ extending


def extended(folder, child: str, parent: str = A_BODY_OF_TEXT):
    a_file(folder, parent, "parent.yaml")
    return loaded_text(folder, "extends: parent.yaml\n" + child)


def test_an_extension_says_only_what_differs(tmp_path):
    scenario = extended(tmp_path, "title: Day\nturns: {count: 9}\nincidents: [{id: grid, difficulty: 0.9}]\n").scenario
    assert (scenario.title, scenario.turns.count, scenario.turns.days) == ("Day", 9, 30)
    assert (scenario.incidents[0].difficulty, scenario.incidents[0].by) == (0.9, "RUS")
    assert scenario.extends is None


def test_lists_replace_and_entries_with_an_id_merge(tmp_path):
    second = "{id: second, name: S, issue: cyber, by: RUS, victims: {EST: 1}, difficulty: 0, publicness: 0}"
    child = f"participants: [EST, RUS]\nincidents: [{second}]\n"
    scenario = extended(tmp_path, child).scenario
    assert scenario.participants == ["EST", "RUS"]
    assert [incident.id for incident in scenario.incidents] == ["grid", "second"]


def test_null_takes_a_key_away_and_remove_an_entry(tmp_path):
    parent = A_BODY_OF_TEXT + "linkage: 0.9\nobjectives: [{id: a, text: A}, {id: b, text: B}]\n"
    scenario = extended(
        tmp_path, "linkage: null\nobjectives: [{id: a, remove: yes}, {id: c, text: C}]\n", parent
    ).scenario
    assert scenario.linkage == 0.5
    assert [objective.id for objective in scenario.objectives] == ["b", "c"]


def test_an_entry_is_changed_or_removed_but_named_once(tmp_path):
    parent = A_BODY_OF_TEXT + "objectives: [{id: a, text: A}]\n"
    child = "objectives: [{id: a, remove: yes}, {id: a, text: New}]\n"
    assert "already used" in faults_of(lambda: extended(tmp_path, child, parent))[0]


def test_a_scenario_that_ships_can_be_extended(tmp_path):
    loaded = load(a_file(tmp_path, "extends: smallest\ntitle: Mine\n"))
    assert loaded.scenario.title == "Mine"
    assert loaded.scenario.incidents == load("smallest").scenario.incidents


def test_grandparents_count_and_circles_do_not(tmp_path):
    a_file(tmp_path, A_BODY_OF_TEXT, "a.yaml")
    a_file(tmp_path, "extends: a.yaml\nlinkage: 0.1\n", "b.yaml")
    assert loaded_text(tmp_path, "extends: ./b.yaml\n").scenario.linkage == 0.1
    a_file(tmp_path, "extends: ./b.yaml\n", "a.yaml")
    assert "a circle has no beginning" in faults_of(lambda: loaded_text(tmp_path, "extends: b.yaml\n"))[0]


def test_a_fault_of_the_parent_is_shown_in_the_parent(tmp_path):
    fault = faults_of(lambda: extended(tmp_path, "title: Day\n", A_BODY_OF_TEXT.replace("0.4", "much")))[0]
    assert fault.startswith(f"{tmp_path}/parent.yaml:12:17: error: ")


def test_a_fault_of_the_parent_that_is_replaced_is_no_fault(tmp_path):
    extended(tmp_path, "incidents: [{id: grid, difficulty: 0.3}]\n", A_BODY_OF_TEXT.replace("0.4", "much"))


@pytest.mark.parametrize(
    "text",
    [
        "extends: [a]\n",
        "extends: {a: b}\n",
        "extends:\n",
        "extends: ''\n",
        "extends: .\n",
        "extends: /\n",
        "extends: crisis.yaml\n",
    ],
)
def test_nonsense_to_extend_earns_advice(tmp_path, text):
    assert faults_of(lambda: loaded_text(tmp_path, text))


def test_a_long_chain_is_refused(tmp_path):
    a_file(tmp_path, A_BODY_OF_TEXT, "s0.yaml")
    for number in range(1, 15):
        a_file(tmp_path, f"extends: s{number - 1}.yaml\n", f"s{number}.yaml")
    assert load(tmp_path / "s9.yaml", a_library())
    assert "more than 10" in faults_of(lambda: load(tmp_path / "s14.yaml", a_library()))[0]


# ------------------------------------------------------------------------------------------------ checking files


def test_checking_files_reports_all_of_them(tmp_path):
    good, bad = a_file(tmp_path, A_BODY_OF_TEXT, "good.yaml"), a_file(tmp_path, "title: x\n", "bad.yaml")
    faults = check_files([bad, good, tmp_path / "nowhere.yaml", "smallest"])
    assert {fault.file for fault in faults} == {str(bad), str(tmp_path / "nowhere.yaml")}


def test_files_of_the_library_are_known_by_their_keys():
    assert check_files(sorted((scenarios_folder() / "library").glob("*.yaml"))) == []


def test_an_addition_to_the_library_is_checked_against_what_ships(tmp_path):
    entry = "visegrad:\n    name: Visegrád\n    source: general\n    members: {CZE: {}, HUN: {}, POL: {}, JPM: {}}\n"
    text = f"groups:\n  {entry}"
    faults = check_files([a_file(tmp_path, text, "more.yaml")])
    assert [fault.line for fault in faults] == [5]
    assert "Did you mean 'JPN'?" in faults[0].message


# ------------------------------------------------------------------------------------------------ the builder


def test_the_builder_shows_only_what_matters():
    loaded = a_scenario(turns=5, days=7, incident={"difficulty": 0.9}, injects=[an_inject(to=["EST"])], linkage=0.1)
    assert (loaded.scenario.turns.count, loaded.scenario.turns.days) == (5, 7)
    assert loaded.scenario.incidents[0].difficulty == 0.9
    assert loaded.scenario.injects[0].to == ["EST"]
    two = a_scenario(incidents=[an_incident(), an_incident("wine", by="CHN", victims={"JPN": 0.3}, issue="coercion")])
    assert [incident.id for incident in two.scenario.incidents] == ["grid", "wine"]
    assert "unknown field" in faults_of(lambda: a_scenario(linkige=1))[0]


def test_the_builders_text_is_the_builders_scenario():
    assert from_document(read_text(A_BODY_OF_TEXT, "a").plain(), library=a_library()).digest == a_scenario().digest


def test_the_builders_scenario_is_sound_with_the_library_that_ships():
    assert from_document(a_document()).scenario.title == "Night in the grid"


# ------------------------------------------------------------------------------------------------ whose lines are shown


@pytest.mark.parametrize(
    "content",
    [b"root:x:0:0:secret", b"name,secret\n1,2\n", b"\x7fELF\x00\xff secret", b"\xe9secret", b"secret: [\ntitle: x\n",
     b"apiVersion: v1\nkind: secret\npassword: secret\ntitle: x\n", b"- secret\n", b""],
)  # fmt: skip
def test_what_is_no_scenario_shows_none_of_its_lines(tmp_path, content):
    (tmp_path / "other").write_bytes(content)
    (fault,) = faults_of(lambda: loaded_text(tmp_path, "extends: ./other"))
    assert "crisis.yaml:1:10" in fault
    assert "it is no scenario" in fault
    assert "secret" not in fault


def test_a_slip_in_a_scenario_that_is_extended_is_shown_where_it_is(tmp_path):
    a_file(tmp_path, "title: x\nturns: {count: 1\nstart: 2025-01-01\n", "parent.yaml")
    (fault,) = faults_of(lambda: loaded_text(tmp_path, "extends: ./parent.yaml"))
    assert "parent.yaml:3:" in fault


def test_ones_own_faults_come_before_those_of_what_is_extended(tmp_path):
    a_file(tmp_path, A_BODY_OF_TEXT.replace("issue: cyber", "issue: cibr"), "a_parent.yaml")
    faults = faults_of(lambda: loaded_text(tmp_path, "extends: ./a_parent.yaml\nlinkage: 7", "z_child.yaml"))
    assert ["z_child.yaml:2:10" in faults[0], "a_parent.yaml" in faults[1]] == [True, True]


def test_two_actors_in_one_entry_are_one_fault_and_both_take_part(tmp_path):
    (fault,) = check_files([a_file(tmp_path, "extends: smallest\nparticipants: [EST， LTU, USA, JPN, RUS]")])
    assert "Did you mean EST, LTU? Column 19 is FULLWIDTH COMMA (U+FF0C)" in fault.message


def test_an_actor_that_is_gone_is_one_fault_in_a_file(tmp_path):
    written = (scenarios_folder() / "smallest.yaml").read_text(encoding="utf-8")
    faults = check_files([a_file(tmp_path, written.replace("[EST, LTU, USA, JPN, RUS]", "[EST, USA, JPN, RUS]"))])
    assert [fault.message.count("Also on lines 29 and 37") for fault in faults] == [1]


def test_a_turn_is_taken_away_to_use_the_date(tmp_path):
    child = "extends: smallest\ninjects:\n  - {id: samples, date: 2025-11-20%s}"
    (fault,) = check_files([a_file(tmp_path, child % "")])
    assert "smallest gives `turn: 2`; write `turn: null` here to use 'date'" in fault.message
    assert check_files([a_file(tmp_path, child % ", turn: null")]) == []


# ------------------------------------------------------------------------------------------------ names misspelt


def test_a_misspelt_definition_is_told_where_it_is_given_with_its_uses_counted(tmp_path):
    text = (scenarios_folder() / "smallest.yaml").read_text(encoding="utf-8")
    (fault,) = check_files([a_file(tmp_path, text.replace("- id: registers ", "- id: regsters  "))])
    assert fault.line == 15
    assert "'registers', which is not there, 3 times (lines 40, 48 and 53)" in fault.message


def test_a_single_misspelt_use_is_told_where_it_is_used(tmp_path):
    text = (scenarios_folder() / "smallest.yaml").read_text(encoding="utf-8")
    (fault,) = check_files(
        [a_file(tmp_path, text.replace("incident: registers, by: 0.2", "incident: regsters, by: 0.2"))]
    )
    assert (fault.line, "Did you mean 'registers'?" in fault.message) == (40, True)


def test_plain_data_with_letters_that_hide_is_refused():
    document = load("smallest").document
    assert "ESCAPE (U+001B)" in faults_of(lambda: from_document({**document, "title": "a\x1b[2J"}))[0]
    assert "ESCAPE" in faults_of(lambda: varied(load("smallest"), {"actors.EST.brief": "\x1b[2J"}))[0]


# ------------------------------------------------------------------------------------------------ a broken library


@pytest.fixture
def own_library(tmp_path, monkeypatch):
    """A copy of scenarios and library that a test may break."""
    shutil.copytree(scenarios_folder(), tmp_path / "scenarios")
    monkeypatch.setattr(library, "scenarios_folder", lambda: tmp_path / "scenarios")
    load_library.cache_clear()
    yield tmp_path / "scenarios" / "library"
    load_library.cache_clear()


@pytest.mark.parametrize(
    ("file", "slip", "place"),
    [
        ("formats.yaml", ("\nformats:", "\nformats"), "formats.yaml"),
        ("formats.yaml", ("\nformats:", "\nformts:"), "unknown field 'formts'. Did you mean 'formats'?"),
        ("formats.yaml", ("\n  quad:", "\n  quda:"), "'quda' is used nowhere"),
        ("codebook.yaml", ("\ncodebook:", "\n codebook"), "codebook.yaml"),
        ("codebook.yaml", ("\ncodebook:", "\nsomething:"), "codebook.yaml:1:1: error: this file should hold"),
        ("states.yaml", ("\n  JPN:", "\n  JPM:"), "'JPM' is used nowhere"),
    ],
)
def test_a_broken_file_of_the_library_is_told_alone(own_library, file, slip, place):
    path = own_library / file
    path.write_text(path.read_text(encoding="utf-8").replace(*slip, 1), encoding="utf-8")
    faults = faults_of(load_library)
    assert len(faults) == (2 if slip[1] == "\nsomething:" else 1)
    assert place in "\n".join(faults)
    assert file in faults[0]
    assert check_files([path])


# ------------------------------------------------------------------------------------------------ actors in full


IN_FULL = {
    "name": "Philippines",
    "adjective": "Philippine",
    "theatre": "pacific",
    "role": "other",
    "economy": 0.5,
    "cyber": 0.4,
    "military": 0.1,
    "exposure": {"CHN": 0.5},
    "stance": {"CHN": 0.6},
}


def with_the_philippines(**actor):
    participants = ["EST", "USA", "PHL", "RUS", "CHN"]
    return a_scenario(library=None, participants=participants, actors={"PHL": actor} if actor else {})


def test_a_state_described_in_full_takes_nothing_from_the_library():
    loaded = with_the_philippines(**IN_FULL)
    assert "PHL" not in loaded.library.states and "PHL" not in loaded.library.groups["wto"].members
    assert "PHL" in loaded.base.states


@pytest.mark.parametrize("left_out", IN_FULL)
def test_a_state_described_in_part_differs_from_the_library_in_that_part(left_out):
    loaded = with_the_philippines(**{key: value for key, value in IN_FULL.items() if key != left_out})
    assert loaded.library.states["PHL"].gci.value == 77.0 and "PHL" in loaded.library.groups["wto"].members


def test_a_state_of_the_library_that_is_merely_named_is_played_as_the_library_has_it():
    assert with_the_philippines().library is load_library()


# ------------------------------------------------------------------------------------------------ a new one


def test_a_new_scenario_is_sound(tmp_path):
    path = new_scenario("baltic_night", tmp_path)
    assert path == tmp_path / "baltic_night.yaml"
    assert check_files([path]) == []
    assert load(path).scenario.title == "Baltic night"


def test_a_new_scenario_has_all_that_a_facilitator_prepares(tmp_path):
    scenario = load(new_scenario("baltic_night", tmp_path)).scenario
    assert scenario.objectives and scenario.questions and any(actor.brief for actor in scenario.actors.values())
    assert {inject.kind for inject in scenario.injects} >= {"inject", "contingency"}


def test_a_new_scenario_begins_with_the_line_that_editors_look_for():
    assert template_text("crisis").startswith("# yaml-language-server: $schema=./scenario.schema.json\n")


def test_a_new_scenario_can_be_extended_from_what_ships(tmp_path):
    path = tmp_path / "child.yaml"
    path.write_text("extends: smallest\n")
    assert load(path).scenario.incidents


def test_nothing_is_overwritten(tmp_path):
    new_scenario("crisis", tmp_path)
    with pytest.raises(InputError, match="already such a file"):
        new_scenario("crisis.yaml", tmp_path)


@pytest.mark.parametrize(
    "name, said",
    [
        ("Baltic Night", "Try 'baltic_night'"),
        ("2nd", "lower case letters"),
        ("", "lower case letters"),
        ("../escape", "Try 'escape'"),
        ("a/b", "Try 'a_b'"),
        ("smallest", "Try 'my_smallest'"),
        ("x" * 100, "at most 60"),
        ("näher", "Try 'n_her'"),
        ("a\0b", "Try 'a_b'"),
    ],
)
def test_a_bad_name_earns_advice(name, said, tmp_path):
    with pytest.raises(InputError, match=re.escape(said)):
        new_scenario(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_earns_advice(tmp_path):
    with pytest.raises(InputError, match="cannot be written here"):
        new_scenario("crisis", tmp_path / "nowhere")


def test_what_was_kept_with_a_factor_called_as_a_measure_is_stays_readable():
    lever = {"path": "linkage", "range": [0.2, 0.8], "why": "ours"}
    kept = from_document(a_document(levers={"harm": lever}), library=a_library())
    assert [*kept.scenario.levers] == ["harm"]
