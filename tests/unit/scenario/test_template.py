"""`oceans new` writes a file that is sound as it is, and `oceans schema` what editors need."""

import json
import re

import jsonschema
import pytest
import yaml

from sim.errors import InputError
from sim.scenario import check_files, json_schema, load, new_scenario, scenarios_folder, shipped
from sim.scenario.reader import read
from sim.scenario.template import template_text


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


# ------------------------------------------------------------------------------------------------ JSON Schema


class Plain(yaml.SafeLoader):
    """YAML as editors read it: dates and `on` are text."""


Plain.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in pairs if not tag.endswith((":timestamp", ":bool"))]
    for letter, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Plain.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false|yes|no)$"), list("tfyn"))


def findings(text: str) -> list[str]:
    validator = jsonschema.Draft202012Validator(json_schema())
    document = json.loads(json.dumps(yaml.load(text, Plain)))
    return [f"{list(error.absolute_path)}: {error.message}" for error in validator.iter_errors(document)]


def test_the_schema_is_a_schema_and_json():
    jsonschema.Draft202012Validator.check_schema(json_schema())
    assert json.loads(json.dumps(json_schema())) == json_schema()


@pytest.mark.parametrize("name", shipped())
def test_editors_accept_what_ships(name):
    assert findings((scenarios_folder() / f"{name}.yaml").read_text(encoding="utf-8")) == []


def test_editors_accept_a_new_scenario():
    assert findings(template_text("crisis")) == []


def test_editors_accept_an_extension_and_refuse_what_is_wrong():
    assert (
        findings(
            "extends: smallest\nincidents: [{id: registers, difficulty: 0.9, note: null}]\n"
            "injects: [{id: flash, remove: true}]"
        )
        == []
    )
    assert findings("extends: smallest\nlinkige: 1")
    assert findings("title: x")
    assert findings(template_text("crisis").replace("difficulty: 0.5", "difficulty: 5"))


def test_every_field_of_a_scenario_is_explained_to_editors():
    fields = json_schema()["$defs"]["Scenario"]["properties"]
    silent = [
        name
        for name, part in fields.items()
        if "description" not in part and "title" not in part and "$ref" not in part
    ]
    assert silent == []
    assert read(scenarios_folder() / "smallest.yaml").get("title")
