"""Files of past cases: what is read, what may be left out, and what a slip earns."""

import datetime
import re

import numpy as np
import pytest
import yaml

from sim.errors import InputError
from sim.scenario import check_files, load_library, scenarios_folder
from sim.scenario.library import library_digest
from sim.scenario.reader import read_text
from sim.validation.cases import (
    Cell,
    case_faults,
    cells_of,
    is_case_file,
    located,
    read_cases,
    shipped_cases,
    told,
)
from sim.validation.schema import KINDS

TEXT = """\
cases:
  - id: grid-2019
    name: "Night in the grid"
    kind: cyber
    start_date: 2019-03-01
    disclosure_date: 2019-03-04
    decision_date: 2019-04-01
    targets: [EST, PAK]
    primary_targets: [EST]
    adversary: RUS
    severity: {value: 0.4}
    attribution_context: {publicness: 0.9, certainty_at_time: low}
    actors:
      USA: {statement_of_concern: 1, public_attribution: 0, evidence: [general-high, absence-low, null, via-EU, hint-1]}
      EST: {statement_of_concern: 1, public_attribution: 1, is_target: true}
"""


def a_file(folder, text=TEXT, name="cases.yaml"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def the_cases(folder, *changes):
    """The cases of the text above with some words replaced by others."""
    return read_cases(a_file(folder, changed(*changes)))


def changed(*changes):
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def advice(folder, text, monkeypatch):
    """What a file earns: each fault as it is printed."""
    monkeypatch.chdir(folder)
    a_file(folder, text)
    with pytest.raises(InputError) as caught:
        read_cases("cases.yaml")
    return [str(fault) for fault in caught.value.faults]


@pytest.fixture(scope="module")
def history():
    return read_cases("cases_2007_2024")


# ---------------------------------------------------------------------------------------------------- what ships


def test_the_cases_that_ship_are_all_there(history):
    assert shipped_cases() == ["cases_2007_2024"]
    days = [case.decision_date for case in history.cases]
    assert (min(days).year, max(days).year) == (2007, 2024) and history.outcomes
    assert all(set(case.actors) == set(history.covariates) for case in history.cases)


def test_a_threat_may_be_known_before_it_is_carried_out(history):
    gas = next(case for case in history.cases if case.id == "gas-2022")
    assert gas.disclosure_date < gas.start_date


def test_every_kind_of_case_is_one_that_the_codebook_knows(history):
    assert {case.kind for case in history.cases} <= set(load_library().codebook.kinds)
    kinds = {case.id: case.kind for case in history.cases}
    assert (kinds["blr-migrants-2021"], kinds["balticconnector-2023"]) == ("migration", "infrastructure_sabotage")


def test_a_case_says_what_was_coded(history):
    salisbury = next(case for case in history.cases if case.id == "skripal-2018")
    assert (salisbury.kind, salisbury.adversary, salisbury.targets) == ("sabotage_or_assassination", "RUS", ["GBR"])
    assert salisbury.decision_date == datetime.date(2018, 3, 26)
    assert salisbury.severity.value == 0.55 and salisbury.attribution_context.certainty_at_time == "high"
    assert salisbury.cells["HUN", "sanctions_or_expulsions"].value == 1
    assert salisbury.victims == {"GBR"} and salisbury.outcome.target_conceded is None


def test_everybody_who_was_hit_in_the_cases_that_ship_can_be_played(history):
    known = {*load_library().states, *load_library().bodies}
    assert all(set(case.targets) <= known for case in history.cases)


def test_outcomes_and_figures_of_actors_are_read(history):
    japan, union = history.covariates["JPN"], history.covariates["EU"]
    assert japan.ip4 and not japan.nato and japan.ideal_point == {2020: 0.67, 2024: 0.8}
    assert japan.export_share_china_pct_approx == 22 and union.body and union.nato is None
    food = history.outcomes[-1]
    assert food.targets == ("EU", "USA", "AUS", "CAN", "NOR") and food.start == datetime.date(2014, 8, 1)
    assert (food.months, food.target_conceded) == (120, 0)


def test_the_shipped_file_is_what_other_readers_of_yaml_see(history):
    plain = yaml.safe_load((scenarios_folder() / "history" / "cases_2007_2024.yaml").read_text(encoding="utf-8"))
    assert plain["meta"]["fields"] == list(KINDS) and plain["meta"]["n_cases"] == len(plain["cases"])
    for case, written in zip(history.cases, plain["cases"], strict=True):
        cells = {(code, kind): row[kind] for code, row in written["actors"].items() for kind in KINDS}
        assert {key: cell.value for key, cell in case.cells.items()} == cells


def test_the_coded_kinds_are_those_of_the_codebook():
    assert tuple(load_library().codebook.responses) == KINDS


def test_a_name_a_path_and_check_find_the_same_file(history):
    assert read_cases(located("cases_2007_2024")).digest == history.digest
    others = [(is_case_file, case_faults)]
    assert check_files([located("cases_2007_2024"), "smallest"], others) == []


def test_the_digest_is_of_what_is_said_and_not_of_how(tmp_path):
    first = the_cases(tmp_path)
    assert the_cases(tmp_path, ("cases:\n", "# a remark\ncases:\n")).digest == first.digest
    assert the_cases(tmp_path, ("value: 0.4", "value: 0.5")).digest != first.digest


# ---------------------------------------------------------------------------------------------------- what is read


def test_a_cell_has_its_value_its_evidence_and_its_confidence(tmp_path):
    cells = the_cases(tmp_path).cases[0].cells
    assert cells["USA", "statement_of_concern"] == Cell(1, "general-high")
    assert cells["USA", "sanctions_or_expulsions"] == Cell(None, "null")
    assert [cells["USA", kind].confidence for kind in KINDS] == ["high", "low", None, None, None]
    assert cells["EST", "public_attribution"] == Cell(1, "untagged")


def test_confidence_of_the_row_stands_in_where_a_cell_has_no_tag(tmp_path):
    case = the_cases(tmp_path, ("is_target: true", "is_target: true, confidence: medium")).cases[0]
    assert case.cells["EST", "public_attribution"].confidence == "medium"


def test_cells_are_rows_of_what_is_known(tmp_path):
    cases = the_cases(tmp_path)
    cells = cells_of(cases)
    assert cells.case_ids == ("grid-2019",) and cells.case.tolist() == [0, 0] and len(cells) == 2
    assert cells.actor.tolist() == ["USA", "USA"] and cells.done.tolist() == [1, 0]
    assert cells.kind.tolist() == list(KINDS[:2]) and cells.case_kind.tolist() == ["cyber", "cyber"]
    assert cells.confidence.tolist() == ["high", "low"] and not cells.is_own.any()


def test_victims_own_acts_come_when_asked_and_strict_wants_confidence(tmp_path):
    cases = the_cases(tmp_path)
    cells = cells_of(cases, with_victims=True)
    assert cells.actor.tolist() == ["USA", "USA", "EST", "EST"] and cells.is_own.tolist() == [False, False, True, True]
    assert cells.confidence.tolist()[2:] == ["unknown", "unknown"]
    assert cells_of(cases, with_victims=True, strict=True).confidence.tolist() == ["high"]


def test_where_picks_rows_and_keeps_the_places_of_cases(history):
    cells = cells_of(history)
    naming = cells.where((cells.kind == "public_attribution") & (cells.case_kind == "cyber"))
    assert set(naming.kind) == {"public_attribution"} and naming.case_ids == cells.case_ids
    assert {history.cases[place].kind for place in naming.case} == {"cyber"}
    assert len(cells.where(np.zeros(len(cells), dtype=bool))) == 0


def test_evidence_follows_the_order_that_the_file_gives(tmp_path):
    fields = "meta: {fields: [public_attribution, statement_of_concern]}\n"
    text = fields + changed(("absence-low, null, via-EU, hint-1", "absence-low"))
    case = read_cases(a_file(tmp_path, text)).cases[0]
    assert case.cells["USA", "public_attribution"].evidence == "general-high"
    assert case.cells["USA", "statement_of_concern"].evidence == "absence-low"
    assert case.cells["USA", "material_support"] == Cell(None, "null")


# ------------------------------------------------------------------------------------------------ what may be left out


@pytest.mark.parametrize(
    "old, new",
    [
        ("    decision_date: 2019-04-01\n", "    decision_date: null\n"),
        ("    decision_date: 2019-04-01\n    targets", "    targets"),
        ("    disclosure_date: 2019-03-04\n", ""),
        ("    primary_targets: [EST]\n", ""),
        (", certainty_at_time: low", ""),
        ("    adversary: RUS\n", "    adversary: RUS\n    outcome: null\n    exposure: {}\n"),
        (
            "    adversary: RUS\n",
            "    adversary: RUS\n    outcome: {target_conceded: partial, coercion_months: null}\n",
        ),
        ("      EST: {statement_of_concern: 1, public_attribution: 1, is_target: true}\n", "      EST: null\n"),
        (
            "      EST: {statement_of_concern: 1, public_attribution: 1, is_target: true}\n",
            "      EST:\n      LVA: {}\n",
        ),
        ("start_date: 2019-03-01", 'start_date: "2019-03"'),
        ("cases:\n", "meta: null\nactor_covariates: null\nauxiliary_outcome_only_cases: []\ncases:\n"),
        ("cases:\n", "actor_covariates:\n  USA: {five_eyes: 1, unga_ideal_2020: null, note: x}\ncases:\n"),
        ("cases:\n", "meta: {title: Newer cases, compiled: last week, actors: [USA], reviewed_by: nobody}\ncases:\n"),
    ],
)
def test_what_is_not_known_may_be_left_out(tmp_path, old, new):
    (case,) = the_cases(tmp_path, (old, new)).cases
    assert None not in (case.start_date, case.disclosure_date, case.decision_date)
    assert "EST" in case.victims and cells_of(the_cases(tmp_path, (old, new))).done.tolist() == [1, 0]


def test_days_left_out_are_those_before_them(tmp_path):
    case = the_cases(tmp_path, ("    disclosure_date: 2019-03-04\n    decision_date: 2019-04-01\n", "")).cases[0]
    assert case.decision_date == case.disclosure_date == case.start_date == datetime.date(2019, 3, 1)


@pytest.mark.parametrize("adversary", ["CHN", "PRK", "IRN", "BLR", "UNATTRIBUTED"])
def test_every_adversary_of_the_library_and_nobody_in_particular_can_have_done_it(tmp_path, adversary):
    assert the_cases(tmp_path, ("RUS", adversary)).cases[0].adversary == adversary


@pytest.mark.parametrize(
    "word, kind",
    [
        ("migration", "migration"),
        ("instrumentalised_migration", "migration"),
        ("Weaponised migration", "migration"),
        ("sabotage", "sabotage_or_assassination"),
        ("undersea_sabotage", "infrastructure_sabotage"),
        ("fimi", "disinformation"),
        ("cyber-attack", "cyber"),
        ("airspace_violation", "airspace_violation"),
        ('"economic_coercion"', "economic_coercion"),
    ],
)
def test_kinds_of_case_go_by_several_words(tmp_path, word, kind):
    assert the_cases(tmp_path, ("kind: cyber", f"kind: {word}")).cases[0].kind == kind


@pytest.mark.parametrize(
    "old, new",
    [
        ("    adversary: RUS\n", "    adversary: RUS\n    adversary_note: says the press\n    trigger: none\n"),
        ("value: 0.4", "value: 0.4, basis: a night without power, confidence: low, eurepoc_weighted_intensity: 2"),
        ("is_target: true", "is_target: true, note: two statements"),
        ("    actors:\n", "    late_responses:\n      - {actor: USA, field: any, date: then}\n    actors:\n"),
        (
            "    actors:\n",
            "    sources: [a book, {title: a page, read: yes}]\n    other_responders: some\n    actors:\n",
        ),
        ("    actors:\n", "    cable_owner: a bank\n    actors:\n"),
    ],
)
def test_remarks_are_welcome(tmp_path, old, new):
    text = "meta: {codebook: {cable_owner: who owns it}}\n" + changed((old, new))
    assert read_cases(a_file(tmp_path, text)).cases


def test_another_file_needs_no_actor_of_the_first(tmp_path):
    changes = ("USA:", "LVA:"), ("[EST, PAK]", "[NGA, TWN]"), ("[EST]", "[NGA]"), ("EST:", "TWN:")
    assert the_cases(tmp_path, *changes).cases[0].targets == ["NGA", "TWN"]


@pytest.mark.parametrize("tag", ["dataset-medium", "presumed-absent", '"null"', "press-high"])
def test_a_tag_of_evidence_is_a_word_of_the_codebook_or_one_that_the_file_explains(tmp_path, tag):
    text = "meta: {codebook: {press: read in a paper}}\n" + changed(("absence-low", tag))
    assert read_cases(a_file(tmp_path, text)).cases[0].cells["USA", "public_attribution"].evidence == tag.strip('"')


def test_what_is_demanded_may_be_announced_before_it_begins(tmp_path):
    changes = ("kind: cyber", "kind: energy_cutoff"), ("2019-03-04", "2019-02-20"), ("2019-04-01", "2019-02-25")
    assert the_cases(tmp_path, *changes).cases[0].disclosure_date == datetime.date(2019, 2, 20)
    with pytest.raises(InputError, match="became known on 2018-02-20 when it began on 2019-03-01"):
        the_cases(tmp_path, *changes, ("2019-02-20", "2018-02-20"))


# ---------------------------------------------------------------------------------------------------- advice


@pytest.mark.parametrize(
    "old, new, said",
    [
        ("USA:", "USB:", "14:7: error: the library knows no actor 'USB'. Did you mean 'USA'?"),
        ("kind: cyber", "kind: cybr", "4:11: error: no kind of case 'cybr'. Did you mean 'cyber'?"),
        ("kind: cyber", "kind: zebra", "4:11: error: no kind of case 'zebra'. Allowed: cyber, economic_coercion,"),
        ("    severity:", "    severty:", "unknown field 'severty' in case 'grid-2019'. Did you mean 'severity'?"),
        ("    severity:", "    severty:", "2:5: error: missing field 'severity' in case 'grid-2019'."),
        ("    severity: {value: 0.4}\n", "", "2:5: error: missing field 'severity' in case 'grid-2019'."),
        ("value: 0.4", "value: 40%", "expected a number from 0 to 1 for 'value' of 'severity'"),
        (
            "    adversary: RUS\n",
            "    adversary: RUS\n    weather: bad\n",
            "unknown field 'weather' in case 'grid-2019'.",
        ),
        ("certainty_at_time", "certainty_at_tme", "unknown field 'certainty_at_tme'"),
        ("public_attribution: 0", "public_atribution: 0", "Did you mean 'public_attribution'?"),
        (
            "attribution: 0",
            "attribution: 2",
            "14:58: error: 'public_attribution' of actor 'USA' is 1 (it did), 0 (it did not) or null (not known), got",
        ),
        ("attribution: 0", "attribution: yes", "or null (not known), got 'yes'. Write 1."),
        ("attribution: 0", "attribution: [0]", "or null (not known), got something else."),
        (
            "start_date: 2019-03-01",
            "start_date: 2019-02-30",
            "expected a date such as 2026-03-01 for 'start_date' of case",
        ),
        ("start_date: 2019-03-01", "start_date: spring", "got 'spring'."),
        (
            "2019-03-04",
            "2018-03-04",
            "6:22: error: it cannot have been that it became known on 2018-03-04 when it began",
        ),
        (
            "2019-04-01",
            "2018-04-01",
            "7:20: error: it cannot have been that it was answered on 2018-04-01 when it began",
        ),
        (
            ", hint-1]",
            "]",
            "actor 'USA' has 4 tags of evidence for 5 kinds of act. One for each, in this order: statement",
        ),
        ("[EST, PAK]", "[PAK, NGA]", "8:14: error: the library knows none of those that were hit (PAK, NGA). Name at"),
        ("[EST, PAK]", "[est]", "8:15: error: there is no state or body 'est'. Did you mean 'EST'?"),
        ("[EST, PAK]", "[EST, ZZZ]", "8:20: error: there is no state or body 'ZZZ'. Targets have codes of three"),
        ("[EST, PAK]", "[EST, PAK, EST]", "8:25: error: 'EST' is listed twice."),
        ("primary_targets: [EST]", "primary_targets: [NOBODY]", "9:23: error: there is no state or body 'NOBODY'."),
        ("primary_targets: [EST]", "primary_targets: [LVA]", "'LVA' is not among the 'targets' of the case (EST, PAK)"),
        ("[EST, PAK]", "[PAK, LVA]", "15:72: error: 'EST' cannot be a target here: it is not among the 'targets'"),
        (
            "    adversary: RUS\n",
            "    adversary: RUS\n    target_groups: [NTAO]\n",
            "no group 'NTAO'. Did you mean 'nato'?",
        ),
        ("certainty_at_time: low", "certainty: high", "unknown field 'certainty' in 'attribution_context' of case"),
        ("certainty_at_time: low", "certainty: high", "Did you mean 'certainty_at_time'?"),
        ("value: 0.4", "value: 0.4, deaths: 0", "A remark is explained under 'meta: codebook:', by its name."),
        (
            "value: 0.4",
            "value: 0.4, confidence: hihg",
            "must be one of high, medium, low, got 'hihg'. Did you mean 'high'?",
        ),
        ("is_target: true", "confidence: hihg", "'confidence' of actor 'EST' must be one of high, medium, low"),
        ("general-high", "general-hihg", "14:72: error: no tag of evidence 'general-hihg', as for actor"),
        ("general-high", "general-hihg", "Did you mean 'general-high'?"),
        (
            "absence-low",
            '""',
            "no tag of evidence '', as for actor 'USA'. Allowed: documented, dataset, general, absence",
        ),
        ("    adversary: RUS\n", "    adversary: RUS\n    outcome: {conceded: 1}\n", "Did you mean 'target_conceded'?"),
        ("    adversary: RUS\n", "    adversary: RUS\n    outcome: {months: 1}\n", "Did you mean 'coercion_months'?"),
        ("    adversary: RUS\n", "    adversary: RUS\n    exposure: {share: 1}\n", "'share_hit_or_dependence'?"),
        ("    adversary: RUS\n", "    adversary: RUS\n    publicness: 1\n", "It belongs in 'attribution_context'."),
        (
            "    adversary: RUS\n",
            "    adversary: RUS\n    collective_response: {type: joint}\n",
            "must be one of collective",
        ),
        (
            "    adversary: RUS\n",
            "    adversary: RUS\n    outcome: {coercion_months: 1e9}\n",
            "a number from 0 to 1200",
        ),
        (
            "cases:\n",
            "meta: {feilds: [public_attribution]}\ncases:\n",
            "unknown field 'feilds' in 'meta'. Did you mean",
        ),
        (
            "cases:\n",
            "actor_covariates: {USB: {nato: 1}}\ncases:\n",
            "the library knows no actor 'USB'. Did you mean 'USA'?",
        ),
        (
            "cases:\n",
            "actor_covariates: {USA: {gdp: 1}}\ncases:\n",
            "unknown field 'gdp' in 'USA' of 'actor_covariates'.",
        ),
        ("cases:\n", "actor_covariates: {USA: {unga_ideal_2020: 250}}\ncases:\n", "a number from -10 to 10"),
        ("cases:\n", "actor_covariates: {USA: {unga_ideal_2200: 2}}\ncases:\n", "a whole number from 1946 to 2100"),
        (
            "cases:\n",
            "auxiliary_outcome_only_cases: [{id: x, target: EU/MDX, adversary: RUS, start: 2006}]\ncases:\n",
            "1:48: error: there is no state or body 'MDX'.",
        ),
        (
            "cases:\n",
            "auxiliary_outcome_only_cases: [{id: GRID-2019, target: EU, adversary: RUS, start: 2006}]\ncases:\n",
            "1:37: error: the id 'GRID-2019' is already used on line 3 but for capitals ('grid-2019').",
        ),
        ("2019-04-01", "2019-03-02", "it was answered on 2019-03-02 when it became known on 2019-03-04."),
        (
            "adversary: RUS",
            "adversary: RUSS",
            "10:16: error: the library knows no adversary 'RUSS'. Did you mean 'RUS'?",
        ),
        ("adversary: RUS", "adversary: unattributed", "Did you mean 'UNATTRIBUTED'?"),
        ("adversary: RUS", "adversary: FRA", "'FRA' is no adversary in the library. Allowed: RUS, CHN, PRK, IRN, BLR,"),
        (
            "certainty_at_time: low",
            "certainty_at_time: lo",
            "must be one of none, low, medium, high, got 'lo'. Did you",
        ),
        ("      EST:", "      USA:", "the key 'USA' is repeated: it is already on line 14. Keep one of the two."),
        (
            "cases:\n",
            "meta: {fields: [naming]}\ncases:\n",
            "1:17: error: no kind of act 'naming'. Allowed: statement_of",
        ),
        ("cases:\n", "case:\n", "1:1: error: unknown field 'case'. Did you mean 'cases'?"),
        ("cases:\n", "caveat: x\nresults: []\ncases:\n", "2:1: error: unknown field 'results'."),
    ],
)
def test_a_slip_earns_advice(tmp_path, monkeypatch, old, new, said):
    assert any(said in fault for fault in advice(tmp_path, changed((old, new)), monkeypatch))


def test_two_cases_need_two_ids(tmp_path, monkeypatch):
    (fault,) = advice(tmp_path, TEXT + TEXT.removeprefix("cases:\n"), monkeypatch)
    assert "16:9: error: the id 'grid-2019' is already used on line 2. Each case needs its own." in fault


@pytest.mark.parametrize(
    "written", ["=cmd|' /C calc'!A0", "../up", "a/b", "a b", "-1", "+x", "x\\ntitle: y", "é", "x" * 61, ""]
)
def test_an_id_is_a_name(tmp_path, monkeypatch, written):
    faults = advice(tmp_path, changed(("id: grid-2019", f'id: "{written}"')), monkeypatch)
    assert len(faults) == 1 and "cases.yaml:2:9: error:" in faults[0], faults
    assert "expected an id of up to 60 letters, digits, hyphens and underscores" in faults[0] or not written


def test_a_scenario_is_not_taken_for_cases(tmp_path, monkeypatch):
    text = (scenarios_folder() / "smallest.yaml").read_text(encoding="utf-8")
    (fault,) = advice(tmp_path, text, monkeypatch)
    assert "error: this is a scenario, to be played with `oceans run`. Past cases stand in a list under" in fault
    (fault,) = advice(tmp_path, "states: {}\n", monkeypatch)
    assert "this is a part of the library." in fault


@pytest.mark.parametrize(
    "text, said",
    [
        ("", "cases.yaml:1:1: error: the file is empty."),
        ("# nothing\n", "cases.yaml:1:1: error: the file is empty."),
        ("a: 1\n", "cases.yaml:1:1: error: there are no cases here. They stand in a list under 'cases:'"),
        ("cases: []\n", "the list for 'cases' is empty. It needs at least one entry."),
        ("cases:\n", "cases.yaml:1:1: error: expected a list"),
        ("cases: all\n", "expected a list"),
        ("cases: [all]\n", "cases.yaml:1:9: error: expected lines of 'key: value'"),
        ("cases: [{}]\n", "missing fields 'id', 'name', 'kind', 'start_date', 'targets', 'adversary', 'severity', "),
    ],
)
def test_a_file_without_cases_earns_advice(tmp_path, monkeypatch, text, said):
    (fault,) = advice(tmp_path, text, monkeypatch)
    assert said in fault


def test_a_file_or_name_that_is_not_there_earns_advice(tmp_path):
    with pytest.raises(InputError, match="there are no cases of this name.* Did you mean 'cases_2007_2024'"):
        read_cases("cases_2007_2021")
    with pytest.raises(InputError, match="there is no such file"):
        read_cases(tmp_path / "none.yaml")


ALL_AT_ONCE = """\
cases.yaml:4:11: error: no kind of case 'cybr'. Did you mean 'cyber'? Kinds are described in library/codebook.yaml.
    4 |     kind: cybr
      |           ^^^^
cases.yaml:5:17: error: expected a date such as 2026-03-01 for 'start_date' of case 'grid-2019', got '1 March'.
    5 |     start_date: 1 March
      |                 ^^^^^^^
cases.yaml:8:14: error: the library knows none of those that were hit (PAK). Name at least one by its code.
    8 |     targets: [PAK]
      |              ^^^^^
cases.yaml:9:23: error: 'EST' is not among the 'targets' of the case (PAK).
    9 |     primary_targets: [EST]
      |                       ^^^
cases.yaml:11:23: error: expected a number from 0 to 1 for 'value' of 'severity' of case 'grid-2019', got '4'.
   11 |     severity: {value: 4}
      |                       ^
cases.yaml:15:7: error: the library knows no actor 'ESTT'. Did you mean 'EST'?
   15 |       ESTT: {statement_of_concern: 2, public_attribution: 1, is_target: true}
      |       ^^^^
cases.yaml:15:36: error: 'statement_of_concern' of actor 'ESTT' is 1 (it did), 0 (it did not) or null (not known), got '2'.
   15 |       ESTT: {statement_of_concern: 2, public_attribution: 1, is_target: true}
      |                                    ^
cases.yaml:15:73: error: 'ESTT' cannot be a target here: it is not among the 'targets' of the case.
   15 |       ESTT: {statement_of_concern: 2, public_attribution: 1, is_target: true}
      |                                                                         ^^^^"""  # noqa: E501


def test_every_fault_is_told_at_once(tmp_path, monkeypatch):
    text = changed(
        ("kind: cyber", "kind: cybr"),
        ("start_date: 2019-03-01", "start_date: 1 March"),
        ("[EST, PAK]", "[PAK]"),
        ("value: 0.4", "value: 4"),
        ("EST: {statement_of_concern: 1", "ESTT: {statement_of_concern: 2"),
    )
    assert "\n".join(advice(tmp_path, text, monkeypatch)) == ALL_AT_ONCE


def test_advice_is_in_the_projects_own_words(tmp_path, monkeypatch):
    for text in (
        "cases: [[]]\n",
        "cases: [{actors: [1]}]\n",
        "cases: 3\nmeta: [x]\n",
        "cases: [{severity: 3, actors: {USA: 1}}]\n",
    ):
        said = "\n".join(advice(tmp_path, text, monkeypatch))
        assert not re.search("pydantic|Traceback|input_value|NoneType|<class", said)


def test_a_file_is_known_for_cases_by_its_first_keys():
    assert is_case_file(read_text(TEXT, "cases.yaml"))
    assert not is_case_file(read_text("title: Night\nacts: []\n", "scenario.yaml"))
    assert not is_case_file(read_text("states: {}\n", "library.yaml"))


# ---------------------------------------------------------------------------------------------------- the codebook


def test_the_codebook_of_the_library_holds_together():
    library = load_library()
    codebook = library.codebook
    assert {response.coded_as for response in library.responses.values()} - {None} == set(codebook.responses)
    assert {library.states[code].role for code in (codebook.unattributed.atlantic, codebook.unattributed.pacific)} == {
        "adversary"
    }
    difficulty = [codebook.difficulty[sure].value for sure in ("high", "medium", "low", "none")]
    assert difficulty == sorted(difficulty)
    low, high = codebook.difficulty["high"].value, codebook.difficulty["none"].value
    assert all(low / 2 <= kind.difficulty.value <= high for kind in codebook.kinds.values())
    assert (codebook.window_days.value, codebook.episode_after_days.value) == (365, 90)
    assert all(kind.after == "window" or kind.has_demand for kind in codebook.kinds.values())


@pytest.mark.parametrize(
    "text, said",
    [
        (
            "responses:\n  stamp: {coded_as: public_atribution}\n",
            "no coded kind of act 'public_atribution'. Did you mean 'public_attribution'?",
        ),
        ("codebook:\n  kinds:\n    a: {issue: cybr}\n", "'issue' of kind of case 'a' must be one of cyber, fimi,"),
        ("codebook:\n  unattributed: {atlantic: RUSS}\n", "expected a code"),
        ("codebook:\n  unattributed: {pacific: XAA}\n", "no state 'XAA'."),
        ("codebook:\n  window_days: {value: 0, source: judgement}\n", "a judgement needs a 'range'"),
        ("codebook:\n  window_days: {value: 0, source: judgement}\n", "expected a number from 1 to 3660"),
        ("codebook:\n  difficulty: {hi: 1}\n", "'hi' cannot be a key"),
        ("codebook:\n  kinds: {a: {also: [b]}, b: {}}\n", "'b' already means 'b'. A word means one kind of case."),
    ],
)
def test_a_slip_in_the_codebook_earns_advice(tmp_path, text, said):
    faults = check_files([a_file(tmp_path, text, "library.yaml")])
    assert any(said in str(fault) for fault in faults), "\n".join(map(str, faults))


def test_no_scenario_changes_the_codebook(tmp_path):
    text = "extends: smallest\nfigures: {codebook.window_days: 30}\n"
    (fault,) = check_files([a_file(tmp_path, text, "crisis.yaml")])
    assert "the path 'codebook.window_days' leads nowhere: the library has no 'codebook'." in fault.message


def test_what_a_run_depends_on_leaves_the_codebook_out():
    library = load_library()
    assert library_digest(library.model_copy(update={"codebook": None})) == library_digest(library)


# ------------------------------------------------------------------------------------------- what estimates are told


def test_a_known_cell_says_what_it_is_and_a_doubtful_one_weighs_less():
    codebook = load_library().codebook
    assert told(Cell(0, "absence-high"), "public_attribution", codebook) == (0.0, 1.0)
    value, weight = told(Cell(0, "documented-low"), "public_attribution", codebook)
    assert value == 0.0 and weight == codebook.weights["low"].value < 1


def test_a_tag_in_place_of_a_value_is_a_chance_and_most_tags_say_nothing():
    codebook = load_library().codebook
    kind = "public_attribution"
    chances = [told(Cell(None, tag), kind, codebook)[0] for tag in ("presumed-absent", "hint-0", "hint-1")]
    assert chances == sorted(chances) and 0 < chances[0] < 0.5 < chances[-1] < 1
    assert told(Cell(None, "null"), kind, codebook) is told(Cell(None, "via-EU"), kind, codebook) is None


def test_that_nothing_was_recorded_says_something_of_some_kinds_of_act_and_never_where_there_is_a_tag():
    codebook = load_library().codebook
    chance, weight = told(Cell(None, "null"), "statement_of_concern", codebook)
    assert (chance, weight) == (
        codebook.unrecorded["statement_of_concern"].value,
        codebook.weights["unrecorded"].value,
    )
    assert 0 < chance < 0.5 and weight < codebook.weights["soft"].value
    assert told(Cell(None, "via-EU"), "statement_of_concern", codebook) is None


def test_scores_hear_known_cells_alone(history):
    known = sum(cell.value is not None for case in history.cases for cell in case.cells.values())
    codebook = load_library().codebook
    said = sum(
        told(cell, kind, codebook) is not None for case in history.cases for (_, kind), cell in case.cells.items()
    )
    assert len(cells_of(history, with_victims=True)) == known < said
