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

TEMPLATE = """\
# yaml-language-server: $schema=./scenario.schema.json
#
# {title}: an exercise. Change any word or number; what follows a '#' is a remark for you and is not read.
#
#   Is everything in order?   oceans check {name}.yaml
#   Play it                   oceans run {name}.yaml
#   Let an editor help        oceans schema > scenario.schema.json     once, in this folder: it completes and explains
#
# scenarios/README.md explains every field that there is; this file has those that most exercises need.

title: {title}
summary: >-                            # what everybody reads first
  The lights go out in Estonia. It looks like Russia, and nobody can prove it yet. Whom does Tallinn call, and who
  on two oceans will stand beside it?
start: 2026-03-02                      # the first day: year-month-day
turns: {{count: 4, days: 14}}            # four rounds of play, two weeks each


# WHO TAKES PART: countries by their three letters; NATO or EU stand for all their members

participants: [EST, LVA, DEU, GBR, USA, JPN, RUS]

actors:                                # what a player should know and want; nobody else reads it
  EST:
    brief: You were hit. You want company when you name the culprit, and help before the next storm.
  USA:
    brief: You believe Tallinn. You want allies to say so first, and you will not be hurried.
  JPN:
    brief: You rarely name a state alone. You would rather join others, and learn how it was done.


# WHAT REALLY HAPPENED: who did it stays hidden until the end

incidents:
  - id: grid                           # a short name, used further down
    name: Attack on the Estonian grid
    issue: cyber                       # or fimi (disinformation), coercion, infra (sabotage), space, military, edt
    by: RUS                            # who did it
    victims: {{EST: 0.5}}                # who is hurt, and how badly: 0.1 hardly, 0.5 seriously, 1 many dead
    difficulty: 0.5                    # how hard it is to tell who did it: 0 plain, 1 hopeless
    publicness: 0.6                    # how widely it is known: 0 secret, 1 on every front page


# WHAT YOU PUT ON THE TABLE, in order: one inject each

injects:
  - id: blackout
    title: The lights go out
    turn: 1
    sender: Estonian grid operator
    to: [EST, LVA]                     # countries, control (you and your team) or all
    channel: phone                     # brief, cable, email, phone, call, chat, in_person, media, social or radio
    text: A third of the country is without power. Our engineers are locked out of their own consoles.
    expects: Estonia asks for help, and says how sure it is.      # seen by control alone
    objectives: [share_early]

  - id: headline
    title: A headline names a culprit
    turn: 2
    sender: A newspaper
    to: [all]
    channel: media
    text: Unnamed officials say that the attack was traced to a military unit.
    effects:
      - {{on: publicness, incident: grid, by: 0.3}}                # now more people know

  - id: second_storm
    title: The cold comes
    turn: 3
    kind: contingency                  # held back until you release it
    sender: Weather service
    to: [EST, LVA]
    channel: email
    text: Minus twenty by Friday, for ten days.


# WHAT IT IS FOR

objectives:
  - {{id: share_early, text: Share evidence across both oceans before anybody asks for it}}

questions:                             # for the talk afterwards
  - Who would have acted sooner, and what held them back?
"""


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
    return TEMPLATE.format(name=name, title=name.replace("_", " ").capitalize())


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
