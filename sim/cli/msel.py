"""`oceans msel`: the run sheet of a scenario as a table, and a table as the run sheet of a scenario."""

import sys
from pathlib import Path

from sim.cli.options import MselOptions
from sim.errors import OceansError, counted, did_you_mean, in_words, refusal
from sim.letters import visible
from sim.papers.msel import Brought, bring, is_sheet, sheet_of, write_sheet
from sim.papers.sheets import KINDS
from sim.record.store import advising, fill_table
from sim.scenario import load
from sim.scenario.loading import shipped


def run_sheet(options: MselOptions) -> int:
    """Writes the table, or what it makes of a scenario; the exit code."""
    if is_sheet(Path(options.source)):
        return _bring(options)
    if options.into is not None:
        said = f"'{options.source}' is no run sheet: an .xlsx, .csv or .json file goes into a scenario."
        raise refusal(said)
    loaded = load(options.source)
    if options.out is None:
        headings, rows = sheet_of(loaded)
        fill_table(sys.stdout, headings, rows)
        return 0
    if not is_sheet(options.out):
        raise refusal(f"'{options.out}' should end in .xlsx, .csv or .json. {did_you_mean(options.out.suffix, KINDS)}")
    with advising(options.out.parent, _unwritable):
        write_sheet(loaded, options.out)
    what = counted(len(loaded.scenario.injects), "inject")
    print(f"Written: {visible(str(options.out))}, {what}. Edit it, then bring it back:")
    print(f"  oceans msel {visible(str(options.out))} --into {visible(_own_file(loaded))}")
    return 0


def _own_file(loaded):
    return f"my_{loaded.name}.yaml" if loaded.name in shipped() else str(loaded.path)


def _unwritable(error):
    return f"cannot be written: {error.strerror or error}."


def _bring(options):
    if options.into is None:
        raise refusal(f"into which scenario? oceans msel {options.source} --into FILE.yaml (`oceans new` writes one).")
    if options.into in shipped():
        said = f"'{options.into}' ships with the program and stays as it is. Name a file of your own: `extends: "
        raise refusal(f"{said}{options.into}` in it takes everything over.")
    brought = bring(Path(options.source), options.into, dict(map(_pair, options.who)))
    for words in brought.notes:
        print(f"Note: {words}", file=sys.stderr)
    path = Path(options.into)
    if brought.changed or brought.added:
        try:
            aside = path.with_name(f".{path.name}.part")
            aside.write_text(brought.text, encoding="utf-8", newline="")
            aside.replace(path)
        except OSError as error:
            raise OceansError(f"{path}: error: {_unwritable(error)}") from error
    print(f"{visible(str(path))}: {_summary(brought)}.")
    if brought.absent:
        print(f"Not on the sheet, and left as they are: {visible(in_words(brought.absent))}.")
    return 0


def _pair(words):
    name, equals, code = words.rpartition("=")
    if not equals or not name.strip() or not code.strip():
        raise refusal(f"--who {words}: write NAME=CODE, such as --who 'SOC team=EST'.")
    return name.strip(), code.strip()


def _summary(brought: Brought) -> str:
    said = [
        f"{what} {counted(len(names), 'inject')} ({in_words(names)})"
        for what, names in (("changed", brought.changed), ("added", brought.added))
        if names
    ]
    return " and ".join(said) or "nothing differs, so nothing was written"
