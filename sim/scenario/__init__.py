"""YAML in, a frozen scenario out.

    scenario = load("cyber_incident")      # a shipped name, or the path of a file
    scenario.scenario.title, scenario.digest

Importing this package is cheap: what reads and checks is imported at first use.
"""

from importlib import import_module

_HOMES = {
    "Loaded": "loading",
    "check_files": "loading",
    "from_document": "loading",
    "group_members": "members",
    "json_schema": "template",
    "load": "loading",
    "load_library": "library",
    "new_scenario": "template",
    "notes_on": "loading",
    "resolve_members": "members",
    "scenarios_folder": "library",
    "set_path": "paths",
    "shipped": "loading",
    "varied": "loading",
}
__all__ = sorted(_HOMES)


def __getattr__(name: str):
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
