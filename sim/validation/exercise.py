"""A past case as an exercise: what was done to whom, as it was known on the day it came to light.

Everything that is turned into figures here comes from the case and from the library's codebook; what anybody did about
it is not looked at. Memberships, formats, laws and the practice of naming are those of that day.
"""

import datetime
import math

import yaml

from sim.phrases import SHORT_NAME, first_words
from sim.scenario import Loaded, from_document, group_members
from sim.scenario.schema import Codebook, Library
from sim.validation.cases import head_of
from sim.validation.checks import codebook_of
from sim.validation.schema import UNATTRIBUTED, Case

__all__ = ["called", "document_of", "scenario_of", "window_of", "written"]

DAYS_A_MONTH = 365.25 / 12
THE_REST = ("NATO", "EU", "AUS", "JPN", "KOR", "NZL", "RUS", "CHN")
INCIDENT = "act"  # an id is part of the address of every draw: coefficients were estimated with the draws of this one


def scenario_of(case: Case, library: Library) -> Loaded:
    """The exercise of a case, ready to be played.

    Parameters
    ----------
    case : Case, from `sim.validation.cases.read_cases`
    library : Library, whose codebook says how a case is read

    Returns
    -------
    Loaded

    >>> from sim.validation.cases import read_cases
    >>> from sim.scenario import load_library
    >>> scenario_of(read_cases("cases_2007_2024").cases[0], load_library()).scenario.incidents[0].victims
    {'EST': 0.4}
    """
    return from_document(document_of(case, library), name=case.id, library=library)


def window_of(case: Case, codebook: Codebook) -> int:
    """Days from the disclosure of a case within which an incident counts as an answer to it.

    Parameters
    ----------
    case : Case
    codebook : Codebook

    Returns
    -------
    int, days, at most the codebook's `longest_days`
    """
    kind = codebook.kinds[case.kind]
    if kind.after == "episode" and case.outcome.coercion_months is not None:
        known = (_day_known(case) - case.start_date).days
        days = case.outcome.coercion_months * DAYS_A_MONTH - known + codebook.episode_after_days.value
    else:
        days = ((case.decision_date or _day_known(case)) - _day_known(case)).days + codebook.window_days.value
    return int(min(max(days, codebook.turn_days.value), codebook.longest_days.value))


def document_of(case: Case, library: Library) -> dict:
    """The scenario document of a case.

    Parameters
    ----------
    case : Case
    library : Library

    Returns
    -------
    dict, as a scenario file would say it
    """
    codebook = codebook_of(library)
    days = int(codebook.turn_days.value)
    return {
        "title": case.name,
        "summary": f"The case {case.id}, {case.name}, from the day it became known.",
        "start": _day_known(case).isoformat(),
        "turns": {"count": math.ceil(window_of(case, codebook) / days), "days": days},
        "participants": _participants(case, library),
        "responses": _responses(case, library),
        "incidents": [_incident(case, library)],
    }


def written(case: Case, library: Library, behaviour: dict[str, float]) -> str:
    """The exercise of a case as a file that `oceans run` plays.

    Parameters
    ----------
    case : Case
    library : Library
    behaviour : dict of coefficient -> value, in place of the library's

    Returns
    -------
    str, YAML
    """
    document = document_of(case, library) | ({"behaviour": behaviour} if behaviour else {})
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120, default_flow_style=None)


def called(case: Case) -> str:
    """What a case is called in a sentence, after 'the'.

    >>> from sim.validation.cases import read_cases
    >>> [called(case) for case in read_cases("cases_2007_2024").cases[:2]]
    ['Estonia case', 'Sony Pictures destructive hack case']
    """
    head = head_of(case.name)
    if len(head.split()) > 2 and len(head) <= SHORT_NAME:
        return head
    return first_words(head, lambda said: len(f"{said} case") <= SHORT_NAME) + " case"


def _day_known(case: Case) -> datetime.date:
    return case.disclosure_date or case.start_date


def _responses(case: Case, library: Library) -> list[str]:
    """What can be done about such a case on the day on which it becomes known."""
    without, day = codebook_of(library).kinds[case.kind].without, _day_known(case)
    return [key for key, one in library.responses.items() if key not in without and not (one.since and one.since > day)]


def _incident(case: Case, library: Library) -> dict:
    codebook = codebook_of(library)
    kind = codebook.kinds[case.kind]
    known = case.attribution_context
    incident = {
        "id": INCIDENT,
        "name": called(case),
        "issue": kind.issue,
        "by": _culprit(case, library),
        "victims": _victims(case, library),
        "difficulty": _difficulty(case, codebook),
        "publicness": known.publicness,
        "is_physical": kind.is_physical,
        "hurts_people": kind.hurts_people,
    }
    if kind.has_demand:
        incident["demand"] = {"text": "What it wanted."}
    if kind.incident_days:
        incident["turns"] = max(1, round(kind.incident_days.value / codebook.turn_days.value))
    return incident


def _difficulty(case: Case, codebook: Codebook) -> float:
    """How hard it is to tell who did it: that nobody was named, and how sure they were not, is how the case ended."""
    if case.adversary == UNATTRIBUTED:
        return codebook.kinds[case.kind].difficulty.value
    if codebook.kinds[case.kind].overt_when_sure and case.attribution_context.certainty_at_time == "high":
        return 0.0
    return codebook.difficulty[case.attribution_context.certainty_at_time].value


def _culprit(case: Case, library: Library) -> str:
    """The hidden truth; where nobody was ever named, whom it looked like in the victim's ocean."""
    if case.adversary != UNATTRIBUTED:
        return case.adversary
    oceans = {library.states[code].theatre for code in _victims(case, library)}
    suspects = codebook_of(library).unattributed
    return suspects.pacific if oceans == {"pacific"} else suspects.atlantic


def _victims(case: Case, library: Library) -> dict[str, float]:
    """Severity by victim: in full for the primary targets, a part of it for those who were hit as well."""
    severity, part = case.severity.value, codebook_of(library).also_hit.value
    primary = [code for code in case.primary_targets or case.targets if code in library.states]
    also = [code for code in case.targets if code in library.states]
    if not also:
        bodies = [library.bodies[code].group for code in case.targets if code in library.bodies]
        also = sorted({code for group in bodies for code in group_members(group, library, _day_known(case))})
    return {**{code: severity * part for code in also}, **dict.fromkeys(primary, severity)}


def _participants(case: Case, library: Library) -> list[str]:
    """The two bodies with their members, the four partners, both adversaries, and whoever else the case names."""
    named = [_culprit(case, library), *_victims(case, library), *case.actors]
    members = {code for body in library.bodies.values() for code in library.groups[body.group].members}
    others = dict.fromkeys(code for code in named if code not in members and code not in THE_REST)
    return [*THE_REST, *others]
