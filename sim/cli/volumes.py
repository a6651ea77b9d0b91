"""`oceans volumes`: how much happens in a scenario, counted over many seeds and set beside the record."""

import json
import math

from sim.cli.streams import print_json
from sim.cli.terminal import TerminalUI
from sim.phrases import count
from sim.scenario import load, shipped
from sim.validation.volumes import ABSURD, SetBeside, Tally, scenario_runs, set_beside, tally

MOST_FORMATS = 8
HEADS = ("What is counted", ">Median", ">10 to 90 %", ">Held against it", ">The record", "Fits")


def show_volumes(options):
    """Counts each scenario and prints its tables, or all of them as one JSON document; the exit code."""
    found = []
    for name in options.scenarios or shipped():
        loaded = load(name)
        tallied = tally(loaded.name, scenario_runs(loaded, options.seeds, options.seed))
        rows = set_beside(tallied, loaded.library.volumes)
        if options.as_json:
            found.append(as_plain(tallied, rows))
        else:
            _show(TerminalUI(), loaded.scenario.title, tallied, rows)
    if options.as_json:
        print_json(json.dumps(found, ensure_ascii=False))
    return 0


def _show(ui, title, tallied, rows):
    played = count(tallied.runs, "seed")
    fit = sum(row.fits for row in rows)
    usual = ui.table(*HEADS)
    for row in rows:
        if row.row.counts not in ABSURD:
            usual.add_row(row.row.words, *row.cells)
    ui.show(f"{title}: {played}, {fit} of {len(rows)} rows fit", usual)
    formats = ui.table("Format", ">Consultations on one incident")
    for form, number in tallied.formats.most_common(MOST_FORMATS):
        formats.add_row(form, f"{number / tallied.incidents:.2f}")
    ui.show("Where it is talked about", formats)
    absurd = ui.table("What cannot be", ">A run", "For example")
    for row in rows:
        if row.row.counts in ABSURD:
            absurd.add_row(row.row.words, f"{row.mean:.2f}", next(iter(tallied.absurd[row.row.counts]), "none"))
    ui.show("What cannot be: each should be 0", absurd)


def as_plain(tallied: Tally, rows: list[SetBeside]) -> dict:
    """What was counted as plain data; null where a thing does not happen in so many runs."""
    return {
        "scenario_name": tallied.name,
        "seeds": tallied.runs,
        "rows": [_row(row, tallied) for row in rows],
        "formats": {form: number / tallied.incidents for form, number in tallied.formats.most_common()},
    }


def _row(row, tallied):
    figures = {name: getattr(row, name) for name in ("low", "median", "high", "mean", "spread", "figure")}
    return {
        "row": row.key,
        "words": row.row.words,
        "statistic": row.row.statistic,
        **{name: value if math.isfinite(value) else None for name, value in figures.items()},
        "record": [row.row.low, row.row.high],
        "tolerance": row.row.tolerance,
        "fits": row.fits,
        "examples": tallied.absurd.get(row.row.counts, [])[:3],
    }
