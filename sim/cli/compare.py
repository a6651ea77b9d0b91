"""`oceans compare`: arms beside one another with the same draws, as a table, charts, CSV and JSON."""

import datetime
import sys

from sim.cli.options import CompareOptions
from sim.cli.run import Progress
from sim.cli.terminal import answer, drawn
from sim.errors import refusal
from sim.record import store

LONGEST_NAME, LONGEST_LABEL = 14, 40  # of an arm, at the head of a column; of a row


def compare_arms(options: CompareOptions) -> int:
    """Compares what was asked for and returns the exit code."""
    from sim.experiments.compare import arms_of, compare

    if options.runs < 2:
        raise refusal(f"--runs {options.runs}: an interval needs at least two pairs of runs.")
    arms, started = arms_of(options.arms, options.policies), datetime.datetime.now()
    progress = Progress(options.runs * len(arms), sys.stderr)
    with progress:
        comparison = compare(arms, options.seed, options.runs, progress, options.workers)
    path = _keep(options, comparison, started) if options.save else None
    results = str(path) if path else None
    answer(options, path, lambda: {**_plain(comparison), "results": results}, lambda ui: _tell(ui, comparison))
    return 0


def _keep(options, comparison, started):
    first = comparison.arms[0].loaded
    with store.RunFolder(options.out, f"{first.name}-compared", started) as folder:
        facts = store.manifest(
            first, options.seed, options.runs, list(options.command), started,
            arms=[f"{arm.name} ({arm.loaded.digest})" for arm in comparison.arms],
        )  # fmt: skip
        with store.advising(options.out):
            rows = list(comparison.rows())
            store.write_json(folder.aside / "manifest.json", facts)
            store.write_json(folder.aside / "comparison.json", _plain(comparison), indent=None)
            store.write_table(folder.aside / "comparison.csv", list(rows[0]), [row.values() for row in rows])
            names = list(comparison.measures[0])
            store.write_table(folder.aside / "pairs.csv", ["run", "arm", *names], _pairs(comparison, names))
            if options.charts:
                drawn("comparison", folder.aside / "charts", comparison, wide=options.wide)
    return folder.path


def _pairs(comparison, names):
    for arm, measures in zip(comparison.arms, comparison.measures, strict=True):
        for run in range(comparison.runs):
            yield [run, arm.name, *(measures[name][run] for name in names)]


def _plain(comparison):
    return store.plain({
        "seed": comparison.seed,
        "runs": comparison.runs,
        "arms": [
            {"name": arm.name, "label": arm.label, "scenario": arm.loaded.name, "digest": arm.loaded.digest,
             "changes": arm.changes, "policies": arm.policies}
            for arm in comparison.arms
        ],
        "findings": [comparison.sentence(arm) for arm in range(1, len(comparison.arms))],
        "rows": list(comparison.rows()),
    })  # fmt: skip


# --------------------------------------------------------------------------------------------------------- answer


def _tell(ui, comparison):
    from sim.experiments.phrases import figure

    base = comparison.arms[0]
    ui.say(f"{comparison.runs:,} pairs of runs with the same draws, seed {comparison.seed}.", "dim")
    for arm in range(1, len(comparison.arms)):
        sentence = comparison.sentence(arm)
        ui.say(f"\n{sentence[:1].upper()}{sentence[1:]}.", "bold")
        for heading, found in (("Measure", comparison.of(arm)), ("Principle", comparison.principles_of(arm))):
            names = (f">{_short(one.name)}" for one in (base, comparison.arms[arm]))
            table = ui.table(f"={heading}", *names, ">Difference", ">Interval", "=")
            for one in found:
                if not one.change.is_known or one.p_same == 1:
                    continue
                span = max(abs(one.base), abs(one.value), 1e-4)
                apart = max(abs(one.change.low), abs(one.change.high), 1e-9) * 2
                ends = f"{figure(one.change.low, apart)} to {figure(one.change.high, apart)}"
                numbers = figure(one.base, span), figure(one.value, span), figure(one.change.value, apart), ends
                table.add_row(_label(one), *numbers, one.verdict if one.is_clear or one.p_same == 1 else "")
            ui.show("Measures" if heading == "Measure" else "Principles, scored 0 to 1", table)
            same = [one.label for one in found if one.p_same == 1]
            if same:
                ui.say(f"The same in every pair: {', '.join(same)}.", "dim")
    ui.say(
        "\nMean of paired differences, with 95 % intervals (Student's t over pairs). A word at the end of a row: the "
        "difference holds even when all rows are looked at together (Holm).", "dim",
    )  # fmt: skip


def _label(one):
    from sim.experiments.phrases import axis_of

    return _short(one.label if one.unit.startswith("score") else axis_of(one.name), LONGEST_LABEL)


def _short(words, most=LONGEST_NAME):
    words = words.removeprefix("--policy ")
    return words if len(words) <= most else f"{words[: most - 1]}…"
