"""Events held against their dictionary: what in one is not as `EVENT_KINDS` says."""

from sim.model.events import EVENT_KINDS


def faults_of(event):
    """What in an event is not as `EVENT_KINDS` says, in sentences; empty when nothing is.

    >>> event = Event(0, 1, 0, "2025-03-01", "settle", "project_fails", payload={"project": "space", "share": 2.0})
    >>> faults_of(event)
    ["project_fails: 'share' is 2.0, outside 0 to 1"]
    """
    kind = EVENT_KINDS.get(event.kind)
    if kind is None:
        return [f"no kind of event is called '{event.kind}'; kinds: {', '.join(EVENT_KINDS)}"]
    faults = []
    if event.phase not in (kind.phase, kind.other_phase):
        faults.append(f"happens in phase {kind.phase}, not {event.phase}")
    if bool(kind.actor) != (event.actor is not None):
        faults.append("says who acts" if kind.actor else "has no actor")
    if kind.incident is not None and kind.incident != (event.incident is not None):
        faults.append("says which incident it is about" if kind.incident else "is about no incident")
    unknown = set(event.payload) - {entry.name for entry in kind.fields}
    faults += [f"has no field '{name}'" for name in sorted(unknown)]
    for entry in kind.fields:
        if entry.name not in event.payload:
            faults.append(f"lacks '{entry.name}'")
        else:
            faults += _value_faults(entry, event.payload[entry.name])
    return [f"{event.kind}: {fault}" for fault in faults]


def _value_faults(entry, value):
    if value is None:
        return [] if entry.optional else [f"'{entry.name}' is null"]
    if entry.type.startswith("table of "):
        return _table_faults(entry, value)
    if entry.type == "terms":
        return _terms_faults(entry, value)
    if entry.type.startswith("list of "):
        is_list = isinstance(value, list) and all(isinstance(item, str) for item in value)
        return [] if is_list else [f"'{entry.name}' is {value!r}, not a {entry.type}"]
    if entry.type in ("text", "code"):
        return _word_faults(entry, value)
    return _number_faults(entry, entry.type, value)


def _table_faults(entry, value):
    if not isinstance(value, dict):
        return [f"'{entry.name}' is {value!r}, not a table"]
    if entry.terms:
        return [fault for row in value.values() for fault in _terms_faults(entry, row)]
    of = entry.type.split()[2]
    return [fault for item in value.values() for fault in _number_faults(entry, of, item)]


def _terms_faults(entry, value):
    if not isinstance(value, dict):
        return [f"'{entry.name}' is {value!r}, not a table"]
    known = {term.name: term for term in entry.terms}
    faults = [f"'{entry.name}' has no term '{name}'" for name in value if name not in known]
    for name, item in value.items():
        if name in known:
            faults += _number_faults(known[name], "number", item)
    return faults


def _word_faults(entry, value):
    if not isinstance(value, str):
        return [f"'{entry.name}' is {value!r}, not {entry.type}"]
    if entry.choices and value not in entry.choices:
        return [f"'{entry.name}' is '{value}'; allowed: {entry.range}"]
    return []


def _number_faults(entry, of, value):
    allowed = int if of == "integer" else (int, float)
    if isinstance(value, bool) or not isinstance(value, allowed):
        return [f"'{entry.name}' is {value!r}, not {'a whole number' if of == 'integer' else 'a number'}"]
    too_low = entry.low is not None and value < entry.low
    too_high = entry.high is not None and value > entry.high
    return [f"'{entry.name}' is {value}, outside {entry.range}"] if too_low or too_high else []
