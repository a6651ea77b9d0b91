"""`scenarios/README.md` explains every field that the schema has, where a reader would look for it."""

import re

import pytest
from pydantic import BaseModel

from sim.scenario import from_document, library_schema, scenarios_folder, schema
from sim.scenario.reader import read_text
from sim.scenario.wording import fields_of

README = (scenarios_folder() / "README.md").read_text(encoding="utf-8")
HEADINGS = {
    "Scenario": "The exercise",
    "Turns": "Turns",
    "SomeTurns": "Turns",
    "OwnGroup": "Groups of your own",
    "Objective": "Objectives",
    "ActorOverride": "Actors",
    "Tie": "Ties",
    "Incident": "Incidents",
    "Demand": "Demand",
    "Inject": "Injects",
    "When": "Conditions",
    "StateOfPlay": "Conditions",
    "TextReached": "Conditions",
    "ActDone": "Conditions",
    "InjectEffect": "Inject effects",
    "Question": "Questions",
    "Deadline": "Deadlines",
    "Attachment": "Attachments",
    "Discussion": "Discussion",
    "QuestionOption": "Question options",
    "AnswerGiven": "Conditions",
    "CooperationStart": "Cooperation",
    "Uncertainty": "Uncertainties",
    "Lever": "Levers",
    "Format": "Formats",
    "Days": "Days",
    "Response": "Responses",
    "Escalation": "Escalation",
    "Precedent": "Precedents",
    "Library": "The library",
    "Figure": "Figures",
    "State": "States",
    "Exposure": "Exposure",
    "CoercionEpisode": "Episodes",
    "Group": "Groups",
    "Membership": "Membership",
    "Body": "Bodies",
    "Project": "Projects",
    "Position": "Positions",
    "Effect": "Project effects",
    "Parameter": "Coefficients",
    "Domain": "Domains",
    "Source": "Sources",
    "Codebook": "Codebook",
    "CodedResponse": "Coded kinds of act",
    "CaseKind": "Kinds of case",
    "Unattributed": "Unattributed",
    "Estimates": "Estimates",
    "Volume": "Rows of volumes",
    "Volumes": "Volumes",
}
MODELS = {
    name: model
    for name, model in {**vars(library_schema), **vars(schema)}.items()
    if isinstance(model, type) and issubclass(model, BaseModel) and model not in (BaseModel, library_schema.Entry)
}


def section(heading: str) -> str:
    """The text below a heading, up to the next heading."""
    found = re.search(rf"^##+ {re.escape(heading)}\n(.*?)(?=^##|\Z)", README, re.MULTILINE | re.DOTALL)
    assert found, f"scenarios/README.md has no heading '{heading}'"
    return found.group(1)


def test_every_part_of_the_schema_has_its_heading():
    assert set(MODELS) == set(HEADINGS)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_every_field_is_explained_under_its_heading(name):
    text = section(HEADINGS[name])
    missing = [field for field in fields_of(MODELS[name]) if f"`{field}`" not in text]
    assert not missing, f"scenarios/README.md, '{HEADINGS[name]}', does not explain {missing}"


@pytest.mark.parametrize("name", sorted(MODELS))
def test_no_field_is_explained_that_does_not_exist(name):
    rows = re.findall(r"^\| `(\w+)`", section(HEADINGS[name]), re.MULTILINE)
    assert [row for row in rows if row not in fields_of(MODELS[name])] == []


@pytest.mark.parametrize("name", ["Days", "Format", "Response"])
def test_a_format_or_response_of_ones_own_says_which_fields_it_needs(name):
    marked = re.findall(r"^\| `(\w+)` \(required\)", section(HEADINGS[name]), re.MULTILINE)
    assert set(marked) == {field for field, about in MODELS[name].model_fields.items() if about.is_required()}


def test_every_link_leads_to_a_heading():
    headings = {heading.lower().replace(" ", "-") for heading in re.findall(r"^##+ (.+)$", README, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([\w-]+)\)", README)) <= headings


def test_the_pieces_of_a_scenario_make_a_scenario():
    blocks = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    pieces = [block for block in blocks if "extends:" not in block and "yaml-language-server" not in block]
    whole = read_text("".join(pieces).replace("coop_tokyo_office", "coop_tokyo_office"), "README.md").plain()
    assert from_document(whole, "README.md").scenario.title == "Night in the grid"
