"""YAML in, a frozen scenario out.

    scenario = load("cyber_incident")      # a shipped name, or the path of a file
    scenario.scenario.title, scenario.digest

Importing this package is cheap: what reads and checks is imported at first use.
"""

from sim.lazy import names_from

_HOMES = {
    "Loaded": "loading",
    "check_files": "loading",
    "from_document": "loading",
    "group_members": "facts",
    "json_schema": "schema",
    "load": "loading",
    "load_library": "library",
    "new_scenario": "loading",
    "notes_on": "loading",
    "resolve_members": "facts",
    "scenarios_folder": "library",
    "set_path": "paths",
    "shipped": "loading",
    "varied": "loading",
}
__all__ = sorted(_HOMES)
__getattr__, __dir__ = names_from(__name__, _HOMES)
