"""`oceans schema` prints what editors need: a schema that accepts what ships and refuses what is wrong."""

import json
import re

import jsonschema
import pytest
import yaml

from sim.scenario import json_schema, scenarios_folder, shipped
from sim.scenario.loading import template_text
from sim.scenario.reader import read


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
