"""Who is meant by a name on a day, and paths by which somebody or something takes part or does not.

| Path | On | Off |
|---|---|---|
| `cooperation.coop_space` | in the portfolio, as written or put to a decision in turn 1 | not in it |
| `formats.g7`, `responses.sanctions` | on the table | off the table |
| `formats.nac_art4.members.JPN` | has a seat in that format | has none |
| `participants.UKR` | takes part in the exercise | does not, nor as a member of a body |
"""

import copy
import datetime
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from typing import Literal

from sim.errors import InputError, did_you_mean, nearest, refusal
from sim.letters import plain_letters
from sim.scenario.reader import Node, entries_of, items_of, text_of
from sim.scenario.schema import Body, Format, Group, Library, Membership, Response, State

OnOff = Literal["on", "off"]
OWN = {"formats": "own_formats", "responses": "own_responses"}  # where a scenario has entries of its own
LONG_AGO = "1900-01-01"
LONGEST_CODE = 4


def belongs(membership: Membership, day: datetime.date) -> bool:
    """Whether a membership holds on a day; its first and last day count."""
    begun = membership.since is None or membership.since <= day
    ended = membership.until is not None and membership.until < day
    return begun and not ended


def group_members(group: str, library: Library, day: datetime.date) -> set[str]:
    """The codes that belong to a group on a day."""
    return {code for code, membership in library.groups[group].members.items() if belongs(membership, day)}


def resolve_members(names: Iterable[str], library: Library, date: datetime.date) -> tuple[str, ...]:
    """The codes that names stand for on a day.

    Parameters
    ----------
    names : codes; `group:<name>` for the members of a group; NATO or EU for the body and its members;
        `any` for every state
    library : Library
    date : datetime.date, the day whose memberships hold

    Returns
    -------
    tuple of codes, each once: states in the library's order, then codes it does not know as named, then bodies.
    InputError for a group or body that the library does not have.
    """
    meant: dict[str, None] = {}
    for name in names:
        meant.update(dict.fromkeys(_members(name, library, date)))
    states = [code for code in library.states if code in meant]
    own = [code for code in meant if code not in library.states and code not in library.bodies]
    bodies = [code for code in library.bodies if code in meant]
    return (*states, *own, *bodies)


def _members(name: str, library: Library, date: datetime.date) -> Iterable[str]:
    if name == "any":
        return library.states
    if name.startswith("group:"):
        return sorted(group_members(_known_group(name.removeprefix("group:"), library), library, date))
    if name in library.bodies:
        group = _known_group(library.bodies[name].group, library)
        return [*sorted(group_members(group, library, date)), name]
    return [name]


def _known_group(group: str, library: Library) -> str:
    if group not in library.groups:
        message = f"no group named '{group}'. {did_you_mean(group, library.groups)}"
        raise refusal(message)
    return group


def with_outputs(formats: dict[str, Format], responses: dict[str, Response]) -> dict[str, Format]:
    """Formats with the responses among their outputs that say that they are decided there."""
    added = {name: [key for key, own in responses.items() if name in own.decided_in] for name in formats}
    return {
        name: form.model_copy(update={"outputs": list(dict.fromkeys([*form.outputs, *added[name]]))})
        if added[name]
        else form
        for name, form in formats.items()
    }


# ------------------------------------------------------------------------------------------------------ names for codes


def codes_by_name(library: Library, own: Iterable[tuple[str, str | None]] = ()) -> dict[str, str]:
    """Each word that people write for an actor or a group, in bare letters, and the code that it stands for.

    `own` are the codes and names of the actors that a scenario names itself.
    """
    known: dict[str, State | Body] = {**library.bodies, **library.states}
    words = [(word, code) for code, name in own for word in (code, name)]
    words += [(word, code) for code, one in known.items() for word in (code, one.name, *getattr(one, "also", ()))]
    words += [(word, f"group:{name}") for name, group in library.groups.items() for word in (name, group.name)]
    words += [(one.adjective, code) for code, one in known.items()]
    codes: dict[str, str] = {}
    for word, code in words:
        codes.setdefault(bare_letters(word or code), code)
    return codes


def bare_letters(word: str) -> str:
    """Letters and digits alone: without accents, points, spaces, capitals and a leading article."""
    letters = unicodedata.normalize("NFKD", plain_letters(word[:80])).casefold().strip().removeprefix("the ")
    return "".join(letter for letter in letters if letter.isalnum())


def code_meant(word: str, choices: Collection[str], codes: Mapping[str, str]) -> str | None:
    """The code among the choices that somebody means by a name, another code or a misspelt one; None when none is.

    >>> from sim.scenario.library import load_library
    >>> library = load_library()
    >>> codes = codes_by_name(library)
    >>> [code_meant(word, library.states, codes) for word in ("UK", "the U.S.", "Turkey", "Jpn", "Germny", "Atlantis")]
    ['GBR', 'USA', 'TUR', 'JPN', 'DEU', None]
    """
    known = {name: code for name, code in codes.items() if code in choices}
    bare = bare_letters(word)
    similar = nearest(bare, [name for name in known if len(name) > LONGEST_CODE]) if len(bare) > LONGEST_CODE else None
    return known.get(bare) or known.get(similar or "") or nearest(word, choices)


def which_code(word: str, choices: Collection[str], codes: Mapping[str, str]) -> str:
    """What was probably meant by a word that is no actor's code, as `did_you_mean` says it."""
    meant = code_meant(word, choices, codes)
    return f"Did you mean '{meant}'?" if meant else did_you_mean(word, choices)


def with_groups_of(root: Node, library: Library) -> Library:
    """A library whose groups have those members too whom a scenario puts into them, and with the scenario's own groups.

    What does not fit is left out here, and told where it stands.
    """
    added: dict[str, dict[str, Membership]] = {}
    for code, _, actor in items_of(root, "actors"):
        for entry in entries_of(actor, "member_of"):
            added.setdefault(entry.text or "", {})[code] = Membership.model_validate({})
    own = {
        name: {member.text or "": Membership.model_validate({}) for member in entries_of(group, "members")}
        for name, _, group in items_of(root, "groups")
        if name not in library.groups
    }
    if not added and not own:
        return library
    groups = {
        name: group.model_copy(update={"members": group.members | added[name]}) if name in added else group
        for name, group in library.groups.items()
    }
    named = {name: text_of(group, "name") or name for name, _, group in items_of(root, "groups")}
    groups |= {
        name: Group.model_construct(name=named[name], source="own", members=members) for name, members in own.items()
    }
    return library.model_copy(update={"groups": groups})


def role_in(groups: Iterable[str], library: Library) -> str | None:
    """The role of who belongs to these groups: NATO's members are allies; None where they say nothing of it."""
    of_body = {body.group: code for code, body in library.bodies.items()}
    bodies = {of_body.get(name) for name in groups}
    if "NATO" in bodies:
        return "ally"
    if "EU" in bodies:
        return "eu_member"
    return "partner" if any(name in library.groups and library.groups[name].is_the_four for name in groups) else None


# ------------------------------------------------------------------------------------------------------------ on or off


def presence(document: dict, segments: list[str], library: Library) -> str | None:
    """Whether what a path names is there, "on" or "off"; None when the path is not of this kind.

    >>> from sim.scenario import load
    >>> loaded = load("smallest")
    >>> presence(loaded.document, ["participants", "EST"], loaded.library)
    'on'
    """
    there = _is_there(document, segments, library)
    return None if there is None else "on" if there else "off"


def _is_there(document, segments, library):
    match segments:
        case ["cooperation", project] if project in library.cooperation:
            return any(_get(entry, "project") == project for entry in _list(document, "cooperation"))
        case ["formats" | "responses" as section, name] if name in _known(document, section, library):
            return document.get(section) is None or name in document[section]
        case ["formats", name, "members", code] if name in _known(document, "formats", library) and _is_code(code):
            return code in _meant(_members_of(document, name, library), document, library)
        case ["participants", code] if _is_known(code, document, library):
            return code in _meant(_list(document, "participants"), document, library)
    return None


def with_presence(document: dict, segments: list[str], there: bool, library: Library) -> dict:
    """A new document in which what a path names is there, or is not."""
    if (presence(document, segments, library) == "on") == there:
        return document
    changed = copy.deepcopy(document)
    match segments:
        case ["cooperation", project]:
            _set_project(changed, project, there)
        case ["formats" | "responses" as section, name]:
            listed = changed.get(section)  # an empty list is none of them; left out, it is all
            listed = list(_known(document, section, library)) if listed is None else listed
            changed[section] = [*listed, name] if there else [other for other in listed if other != name]
        case ["formats", name, _, code]:
            own = changed["own_formats"] = dict(changed.get("own_formats") or {})
            form = own.get(name) or library.formats[name].model_dump(mode="json", exclude_unset=True)
            own[name] = {**form, "members": _with(form["members"], code, there, document, library)}
        case [_, code]:
            names = _list(changed, "participants")
            changed["participants"] = _with(names, code, there, document, library)
            if not there:
                joined = _list(_get(document.get("actors"), code), "member_of")
                groups = [group for group in _groups_of_bodies(names, code, document, library) if group not in joined]
                _leave_bodies(changed, code, groups, library)
                _leave_story(changed, code)
    return changed


def _leave_bodies(document, code, groups, library):
    """Ends memberships on the day they began: it is as if they had never been."""
    for group in groups:
        since = library.groups[group].members[code].since
        figure = {f"groups.{group}.members.{code}.until": since.isoformat() if since else LONG_AGO}
        document["figures"] = {**(document.get("figures") or {}), **figure}


def _leave_story(document, code):
    """Takes somebody out of what a scenario says of its actors; whom an incident hits stays, and is a fault."""
    (document.get("actors") or {}).pop(code, None)
    for group in (document.get("groups") or {}).values():
        group["members"] = [other for other in _list(group, "members") if other != code]
    document["groups"] = {name: group for name, group in (document.get("groups") or {}).items() if group["members"]}
    document["ties"] = [tie for tie in _list(document, "ties") if code not in tie["between"]]
    for incident in _list(document, "incidents"):
        incident["may_widen_to"] = [other for other in _list(incident, "may_widen_to") if other != code]
    for question in _list(document, "questions"):
        if _get(question, "to"):
            question["to"] = [other for other in question["to"] if other != code] or ["control"]
    for inject in _list(document, "injects"):
        inject["to"] = [other for other in _list(inject, "to") if other != code] or ["control"]
        _leave_effects(inject, code)
        _leave_effects(inject.get("deadline") or {}, code)
        _leave_question(inject, code)


def _leave_effects(entry, code):
    if "effects" in entry:
        entry["effects"] = [effect for effect in _list(entry, "effects") if effect.get("actor") != code]


def _leave_question(inject, code):
    """A question that nobody is left to decide is not put."""
    question = inject.get("question") or {}
    for option in _list(question, "options"):
        _leave_effects(option, code)
    if question.get("to"):
        question["to"] = [other for other in question["to"] if other != code]
    if inject["to"] == ["control"] or question.get("to") == []:
        inject.pop("question", None)


def _set_project(document, project, there):
    portfolio = _list(document, "cooperation")
    kept = [entry for entry in portfolio if entry["project"] != project]
    document["cooperation"] = [*portfolio, {"project": project, "turn": 1}] if there else kept


def _with(names, code, there, document, library):
    """A list of names with one more, or one fewer: a group that it is in is written out without it."""
    if there:
        return [*names, code]
    kept = []
    for name in names:
        if name == code:
            continue
        if (name.startswith("group:") or name == "any") and code in _meant([name], document, library):
            kept += [other for other in _meant([name], document, library) if other != code and other not in kept]
        elif name not in kept:
            kept.append(name)
    return kept


def _groups_of_bodies(names, code, document, library):
    bodies = [library.bodies[name].group for name in names if name in library.bodies and name != code]
    return [group for group in bodies if code in group_members(group, library, _day(document))]


def _meant(names, document, library):
    try:
        return resolve_members([name for name in names if isinstance(name, str)], library, _day(document))
    except InputError:  # said where the name stands
        return ()


def _day(document):
    try:
        return datetime.date.fromisoformat(str(document.get("start"))[:10])
    except ValueError:
        return datetime.date.max


def _members_of(document, name, library):
    own = _get(document.get("own_formats"), name)
    return _list(own, "members") if own else library.formats[name].members


def _known(document, section, library):
    """The names of formats, or of responses: the library's and the scenario's own."""
    return {**getattr(library, section), **(document.get(OWN[section]) or {})}


def _is_known(code, document, library):
    own = document.get("actors") or {}
    return code in library.states or code in library.bodies or code in own or code in _list(document, "participants")


def _is_code(code):
    return code.isupper() and code.isalnum()


def _get(data, key):
    return data.get(key) if isinstance(data, dict) else None


def _list(data, key):
    found = _get(data, key)
    return found if isinstance(found, list) else []
