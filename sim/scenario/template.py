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
# {title}: an exercise for Two Oceans.
#
# Lines that start with '# ' explain. Lines that start with '#' alone are switched off: delete the '#' to use them.
# `oceans check {name}.yaml` tells what is wrong, with the line; `oceans run {name}.yaml` plays it.
# Every field is explained in scenarios/README.md. To let an editor complete and explain fields as you type, write the
# schema beside this file, `oceans schema > scenario.schema.json`, and make this the first line:
# "# yaml-language-server: $schema=./scenario.schema.json".

# What participants read first.
title: {title}
summary: Somebody switches off the lights in Estonia, and an ocean away a port stands still.

# Printed on every page.
marking: EXERCISE EXERCISE EXERCISE

# To say only what differs from another scenario, name it (a shipped name, or a file such as ./other.yaml).
#extends: smallest

# The first day of turn 1 (year-month-day), how many turns, and how many hours, days, months or years each.
start: 2026-03-02
turns:
  count: 4
  days: 14

# Who takes part: ISO codes in capitals; NATO or EU with all their members; group:<name> for the members of a group.
participants: [EST, LVA, DEU, GBR, USA, JPN, KOR, RUS, CHN]

# one: NATO and the EU each act as a single actor. members: member by member.
bodies_as: members

# What differs, here, from the library's figures for an actor. Leave out what does not.
actors:
  JPN:
    stance: {{CHN: 0.6}}                 # -1 friendly, 0 neutral, 1 sees it as the main threat
    exposure: {{CHN: 0.5}}               # 0 none, 1 could not do without it
    brief: Your public expects you to stand by partners, and your exporters hope that nobody notices.

# Groups of your own, named as group:<name> wherever a group of the library may stand.
groups:
  host_cell: {{name: the host's cell, members: [EST, LVA]}}

# How far two states count each other's trouble as their own, 0 to 1, where the library does not say it well.
ties:
  - {{between: [EST, JPN], strength: 0.2, why: a digital partnership}}

# Incidents and their hidden truth. Nobody but control sees `by` before the debrief.
incidents:
  - id: grid
    name: Attack on the Estonian grid
    issue: cyber                       # cyber fimi coercion edt space infra military consult learn
    by: RUS
    victims: {{EST: 0.5}}                # severity: 0.1 symbolic to 1 mass casualties
    turn: 1                            # the turn in which it begins
    difficulty: 0.5                    # how hard to tell who did it: 0 plain, 1 hopeless
    publicness: 0.6                    # how openly it is known at first
    is_physical: no                    # were people or things hurt, not only data, trade or opinion?
    may_widen_to: [LVA]                # who could be next
    note: The attackers sit in a front company. (For control only.)

# The injects, in order: one planned event each, put to named recipients. All of them are the MSEL.
injects:
  - id: blackout
    title: The lights go out
    turn: 1                            # or a day: `date: 2026-03-04`
    sender: Grid operator
    to: [EST]                          # codes, group:<name>, control or all
    channel: cable                     # brief cable media call chat
    text: A third of the country is without power. Our engineers are locked out of their own consoles.
    expects: Estonia asks its allies for help, and says how sure it is.
    objectives: [share_early]
  - id: headline
    title: A headline names a culprit
    turn: 2
    when: {{going: [grid]}}              # released only while the attack goes on
    storyline: blame
    kind: inject                       # inject information facilitation contingency
    sender: A newspaper
    to: [all]
    channel: media
    text: Unnamed officials say that the attack was traced to a military unit.
    effects:                           # what it changes
      - {{on: publicness, incident: grid, by: 0.3}}
    control_notes: Hold it back while the table still debates turn 1.

# Formats and responses on the table. Left out: all that fit the incidents.
#formats: [nac_art4, eu_cfsp, hotline]
#responses: [joint_statement, public_attribution, hotline_note]

# Formats and responses of your own are written like those in scenarios/library/formats.yaml and responses.yaml.
#own_formats:
#  hotline:
#    name: A hotline between capitals
#    short: Hotline
#    kind: bilateral
#    members: [EST, JPN]
#    mandate: {{cyber: 1}}
#    rule: bilateral
#    days: {{min: 0, typical: 1, max: 3}}
#    outputs: [hotline_note]
#    sources: [judgement]
#own_responses:
#  hotline_note:
#    name: Note over the hotline
#    phrase: passes a note over the hotline
#    category: diplomatic
#    rung: concern
#    users: [state]
#    venues: [hotline]                 # only members of these formats may use it
#    issues: [cyber]
#    attribution_min: 0
#    lead_days: {{min: 0, typical: 1, max: 3}}
#    cost: 1
#    pressure: 0
#    signal: 1
#    resilience: 0
#    escalation: {{goldstein: 0, risk: 0}}
#    sources: [judgement]

# Cooperation projects between NATO and the four partners: begun some months before, or put to a decision in a turn.
cooperation:
  - {{project: coop_cyber, months_before: 12}}
#cooperation_budget_eur_m: 40

# Coefficients of the model, and figures of the library, that differ here.
#behaviour: {{precision: 4}}
#figures: {{states.JPN.exposure.CHN.trade_pct_gdp: 5}}

# How actors are weighed: gdp defence gdp_cyber equal.
capability: gdp_cyber

# How far the other ocean counts as one's own, and how far one adversary's crisis is the other's chance; 0 to 1.
linkage: 0.5
adversary_tie: 0.5

# The date whose practice of naming culprits holds. Left out: the start.
#norm_date: 2026-03-02

# What the exercise is for, and what to discuss afterwards.
objectives:
  - {{id: share_early, text: Share evidence across both oceans before anybody asks for it}}
questions:
  - Who would have acted sooner, and what held them back?

# Uncertainties: a path in this file or the library, and what it may be. A sweep plays them all.
uncertainties:
  how_hard:
    path: incidents.grid.difficulty
    range: [0.3, 0.8]
    distribution: uniform              # uniform triangular normal
    why: front companies have been found in weeks, and never

# Levers: what we choose.
levers:
  cyber_cooperation:
    path: cooperation.coop_cyber.months_before
    choices: [0, 12, 36]
    why: the earlier it begins, the more evidence can be shared

# What we judge by. Left out: all measures.
#measures: [harm]

# What the story rests on.
sources:
  - Invented for the exercise.
"""


def new_scenario(name: str, folder: str | os.PathLike = ".") -> Path:
    """Write a scenario to start from; InputError when the name will not do or the file is already there.

    Parameters
    ----------
    name : lower case letters, digits and underscores; `.yaml` is added
    folder : where

    Returns
    -------
    Path of the new file
    """
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
