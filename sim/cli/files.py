"""`oceans check`, `new` and `schema`: files of scenarios, library and past cases, before anybody uses them."""

import contextlib
import json
import sys

from sim.cli.streams import print_json
from sim.errors import InputError, counted
from sim.letters import visible
from sim.model.inputs import turn_of
from sim.output.narrative.injects import condition_in_words
from sim.phrases import Names
from sim.scenario import check_files, json_schema, load, new_scenario, notes_on
from sim.validation.cases import case_faults, is_case_file, located, shipped_cases


def check_scenarios(files):
    """Checks files and returns the exit code: 0 when all are fine, 2 when one is not."""
    files = list(dict.fromkeys(files))
    cases = shipped_cases()
    paths = [located(file) if file in cases else file for file in files]
    faults = check_files(paths, others=[(is_case_file, case_faults)])
    for fault in faults:
        print(fault, file=sys.stderr)
    if faults:
        print(f"{counted(len(faults), 'fault')} in {counted(len(files), 'file')}.", file=sys.stderr)
        return 2
    for path, words in _notes(paths):
        print(f"{visible(path)}: note: {words}", file=sys.stderr)
    print("1 file is fine" if len(files) == 1 else f"{len(files)} files are fine")
    return 0


def _notes(paths):
    """(path, sentence) of what is worth knowing of those that are scenarios."""
    for path in paths:
        with contextlib.suppress(InputError):  # cases, or a part of the library
            loaded = load(path)
            yield from ((path, words) for words in (*notes_on(loaded), *_on_condition(loaded)))


def _on_condition(loaded):
    """A sentence on each inject that does not simply come in its turn."""
    names = Names(loaded)
    for inject in loaded.scenario.injects:
        words = condition_in_words(inject.when, names)
        if words:
            only = "" if words.startswith("unless") else "only "
            yield f"inject '{inject.id}' comes in turn {turn_of(inject, loaded.scenario)} {only}{words}."


def new_scenario_file(name, out):
    """Writes a scenario to start from and says what to do with it."""
    path = new_scenario(name, out)
    shown = visible(str(path))
    print(f"Written: {shown}\nEdit it, then: oceans check {shown} && oceans run {shown}")
    return 0


def print_schema():
    """Prints the JSON Schema of scenario files."""
    print_json(json.dumps(json_schema(), indent=2, ensure_ascii=False))
    return 0
