"""A scenario to start from, and the schema in the form that editors read."""

import copy
import os
import re
from pathlib import Path

from sim.errors import Diagnostic, InputError
from sim.scenario.checks import MERGED_BY
from sim.scenario.loading import shipped
from sim.scenario.schema import Scenario

NAME = re.compile(r"[a-z][a-z0-9_]*")
LONGEST_NAME = 60
TEMPLATE = Path(__file__).with_name("template.yaml")


def new_scenario(name: str, folder: str | os.PathLike = ".") -> Path:
    """Write a scenario to start from, and give its path; InputError when the name will not do or the file is there."""
    name = _good_name(name.removesuffix(".yaml"))
    path = Path(folder) / f"{name}.yaml"
    try:
        with open(path, "x", encoding="utf-8", newline="\n") as new:
            new.write(template_text(name))
    except FileExistsError:
        raise InputError([Diagnostic(str(path), 0, 0, "there is already such a file. Choose another name.")]) from None
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or "not a folder"
        raise InputError([Diagnostic(str(path), 0, 0, f"a file cannot be written here ({reason}).")]) from None
    return path


def template_text(name: str) -> str:
    """The text of a scenario to start from, sound as it is.

    >>> "title: Baltic night" in template_text("baltic_night")
    True
    """
    title = name.replace("_", " ").capitalize()
    return TEMPLATE.read_text(encoding="utf-8").replace("{name}", name).replace("{title}", title)


def _good_name(name: str) -> str:
    better = re.sub("[^a-z0-9]+", "_", name.lower()).strip("_")[:LONGEST_NAME]
    hint = f" Try '{better}'." if NAME.fullmatch(better) else ""
    if not NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        message = f"a scenario's name is at most {LONGEST_NAME} lower case letters, digits and underscores.{hint}"
        raise InputError([Diagnostic(name or "''", 0, 0, message)])
    if name in shipped():
        raise InputError([Diagnostic(name, 0, 0, f"a scenario that ships has this name. Try 'my_{name}'.")])
    return name


# ------------------------------------------------------------------------------------------------ for editors


def json_schema() -> dict:
    """The schema of a scenario as JSON Schema (2020-12), so that an editor can complete, explain and check fields.

    A scenario that extends another may leave anything out, set anything to null and remove entries; it has its own,
    looser half of the schema.

    >>> json_schema()["$schema"]
    'https://json-schema.org/draft/2020-12/schema'
    """
    schema = Scenario.model_json_schema(ref_template="#/$defs/{model}")
    definitions = schema.pop("$defs")
    for name in ("Uncertainty", "Lever"):  # choices are text here and whatever the path asks for later
        definitions[name]["properties"]["choices"]["anyOf"][0]["items"] = {"type": ["string", "number", "boolean"]}
    definitions["Scenario"] = schema
    loose = {f"{name}OfAnExtension": _loose(part) for name, part in definitions.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Two Oceans scenario",
        "description": "One exercise. To use this in an editor with yaml-language-server, write it to a file with "
        "`oceans schema > scenario.schema.json` and begin the scenario with "
        "`# yaml-language-server: $schema=./scenario.schema.json`.",
        "type": "object",
        "if": {"required": ["extends"]},
        "then": {"$ref": "#/$defs/ScenarioOfAnExtension"},
        "else": {"$ref": "#/$defs/Scenario"},
        "$defs": {**definitions, **loose},
    }


def _loose(definition: dict) -> dict:
    """A definition with nothing required, null allowed everywhere, and `remove` where entries can be removed."""
    loose = _renamed(copy.deepcopy(definition))
    loose.pop("required", None)
    properties = loose.get("properties", {})
    for field, part in properties.items():
        properties[field] = {"anyOf": [part, {"type": "null"}], **_spoken(part)}
    if set(MERGED_BY.values()) & set(properties):
        properties["remove"] = {"type": "boolean", "description": "yes: take this entry of the extended scenario away"}
    return loose


def _spoken(part: dict) -> dict:
    return {key: part[key] for key in ("title", "description") if key in part}


def _renamed(part):
    """A definition that refers to the looser ones."""
    if isinstance(part, dict):
        return {key: f"{value}OfAnExtension" if key == "$ref" else _renamed(value) for key, value in part.items()}
    return [_renamed(item) for item in part] if isinstance(part, list) else part
