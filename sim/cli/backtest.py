"""`oceans backtest`: what the model would have said about crises that happened, beside what was done."""

import datetime
import platform
import sys

from sim.cli.options import BacktestOptions
from sim.cli.run import Progress
from sim.cli.terminal import answer, drawn
from sim.phrases import count, listed
from sim.record import store

FORECASTS = {
    "Two Oceans": "model",
    "strong logistic": "strong logistic",
    "logistic": "logistic",
    "actor's own rate": "own rate",
    "overall rate": "overall rate",
    "nobody": "nobody",
}
MEASURES = (
    ("brier", "Brier score: 0 is perfect, 0.25 what “one half” earns every time"),
    ("log", "Log score: 0 is perfect; a confident error costs far more (no probability nearer to 0 or 1 than 0.0001)"),
    ("auc", "AUC: 1 is perfect, 0.5 is chance (leaving a case out puts the overall rate below that)"),
)
HEAD = "# The case {case} as an exercise for `oceans run`; coefficients {origin}. Written by `oceans backtest`.\n\n"
ORIGINS = {
    "without it": "as the other cases have them",
    "all cases": "as all cases have them, this one included",
    "from others": "as other cases have them",
    "as written": "as the library has them",
}
DIFFERENCES = {"better": "better than", "worse": "worse than", "cannot be told": "no clear difference from"}


def backtest_cases(options: BacktestOptions) -> int:
    """Plays the cases that were asked for, compares, and returns the exit code."""
    from sim.scenario import load_library
    from sim.validation.cases import read_cases

    started, library = datetime.datetime.now(), load_library()
    cases = read_cases(options.cases, library)
    train = read_cases(options.train, library) if options.train else None
    if not options.save:
        _answer(options, _played(options, cases, train, library), None, library)
        return 0
    with store.RunFolder(options.out, f"{cases.path.stem}-backtest", started) as folder:
        found = _played(options, cases, train, library)
        with store.advising(options.out):
            facts = _facts(options, found, train, library, started)
            write_tables(folder.aside, found, facts)
            write_exercises(folder.aside / "exercises", found, library, options.in_sample)
            if options.charts:
                _draw(found, library, facts, folder.aside, options.wide)
    _answer(options, found, folder.path, library)
    return 0


def _played(options, cases, train, library):
    from sim.validation.backtest import backtest

    coerced = [episode for episode in cases.outcomes if set(episode.targets) & set(library.states)]
    with Progress((len(cases.cases) + len(coerced)) * options.runs, sys.stderr) as progress:
        return backtest(
            cases, options.runs, options.seed, library=library, train=train, with_victims=options.with_victims,
            strict=options.strict, in_sample=options.in_sample, is_drawn=not options.point_estimates,
            workers=options.workers, progress=lambda case: progress(options.runs),
        )  # fmt: skip


def _draw(found, library, facts, folder, wide):
    from sim.output.figures.backtest import Past
    from sim.output.pages.backtest import write_report_of_backtest

    past = Past(found, library)
    charts = drawn("backtest", folder / "charts", past, wide=wide)
    write_report_of_backtest(past, charts, facts, folder / "backtest.html")


# ----------------------------------------------------------------------------------------------------------- manifest


def _facts(options, found, train, library, started):
    sources = list(found.estimated.values())
    return manifest_of(
        found.cases, library, options.command, started,
        seed=found.seed,
        runs=found.runs,
        options=found.options,
        train=_named(train) if train else None,
        coefficients={source: sources.count(source) for source in dict.fromkeys(sources)},
    )  # fmt: skip


def manifest_of(cases, library, command, started, **more):
    """What anyone needs to get the same from past cases again; `more` is whatever else shaped it."""
    from sim.model.events import plain
    from sim.scenario.library import digest_of, library_digest

    estimates = library.estimates.model_dump(mode="json", exclude_defaults=True)
    return plain(
        {
            "cases": _named(cases),
            "library": library_digest(library),
            "estimates": digest_of(estimates) if estimates else "none",
            **more,
            "command": list(command),
            "started": started.isoformat(timespec="seconds"),
            "versions": store.versions(),
            "platform": platform.platform(),
        }
    )


def _named(cases):
    return {"name": cases.path.stem, "title": cases.title, "digest": cases.digest}


# ------------------------------------------------------------------------------------------------------------- tables


def write_tables(folder, found, facts):
    """Writes every table of a back-test as CSV, and its manifest."""
    from sim.validation.backtest import tables_of

    store.write_json(folder / "manifest.json", facts)
    for name, table in tables_of(found).items():
        store.write_table(folder / f"{name}.csv", table.columns, table.values)


def write_exercises(folder, found, library, in_sample=False):
    """Writes every case as a scenario, with the most probable coefficients it was played with."""
    from sim.validation.backtest import coefficients_for
    from sim.validation.replay import written

    folder.mkdir()
    for case in found.cases.cases:
        behaviour, origin = coefficients_for(case.id, library, in_sample)
        path = folder / f"{case.id}.yaml"  # an id is fit for the name of a file
        text = HEAD.format(case=case.id, origin=ORIGINS[origin]) + written(case, library, behaviour)
        path.write_text(text, encoding="utf-8", newline="\n")


# ------------------------------------------------------------------------------------------------------------- answer


def _answer(options, found, path, library):
    from sim.validation.backtest import as_plain

    def document():
        return {"folder": str(path) if path else None, **as_plain(found)}

    begin = "backtest.html" if options.charts else ""
    answer(options, path, document, lambda ui: _tell(ui, found, library), begin)


def _tell(ui, found, library):
    """The scores as tables, and in sentences how the model compares."""
    cells, cases = found.cells, count(len(found.cases.cases), "case").capitalize()
    ui.say(found.cases.title, "bold")
    ui.say(
        f"{cases}, {count(found.runs, 'run')} of each, seed {found.seed}. "
        f"{len(cells):,} cells are known and scored: one actor, one kind of act, one case; {int(cells.done.sum()):,} "
        "of them were done.", "dim",
    )  # fmt: skip
    if not len(cells):
        ui.say("Nothing is known that could be scored: every cell is unknown, left out, or the target's own.")
        return
    ui.say(f"Coefficients: {_origins(found)}.", "dim")
    for measure, heading in MEASURES:
        ui.show(heading, _table(ui, found.scores, measure, library))
    ui.show("Per cent said → done, in fifths of the scale; ! where it does not hold", _fifths(ui, found, library))
    ui.show("How many acted: cases whose record lies within 90 % of the runs", _acts(ui, found, library))
    ui.say("\nIs the model better? (Brier score, 95 % intervals from resampling whole cases)", "bold")
    for scope in dict.fromkeys(found.differences.scope):
        rows = found.differences[found.differences.scope == scope].to_dict("records")
        ui.bullet(f"{_scope(scope, library)}: {_compared(rows)}.")
    ui.bullet("An interval says what else it could be with other such cases; with so few it is rather too narrow.")


def _origins(found):
    """Where the coefficients of the cases come from: of new cases none may have been estimated without them."""
    sources = list(found.estimated.values())
    told = [f"in {count(sources.count(source), 'case')} {ORIGINS[source]}" for source in dict.fromkeys(sources)]
    return listed(told)


def _fifths(ui, found, library):
    table = ui.table("Kind of act", *(f">{20 * at} to {20 * at + 20}" for at in range(5)))
    for scope, fifths in found.fifths.items():
        table.add_row(_scope(scope, library), *map(_fifth, fifths))
    return table


def _fifth(fifth):
    if not fifth.n:
        return "–"
    return f"{100 * fifth.mean_p:.0f} → {100 * fifth.rate:.0f}" + (" !" if fifth.is_reliable is False else "")


def _acts(ui, found, library):
    table = ui.table(
        "Kind of act", ">Within", ">Cases", ">Acts, record", ">Acts, runs", ">Runs too low", ">Runs too high"
    )
    for kind, rows in found.acts.groupby("kind", sort=False):
        low, high = int((rows.high < rows.recorded).sum()), int((rows.low > rows.recorded).sum())
        numbers = int(rows.holds.sum()), len(rows), int(rows.recorded.sum()), f"{rows['mean'].sum():.1f}", low, high
        table.add_row(_scope(kind, library), *map(str, numbers))
    return table


def _table(ui, scores, measure, library):
    table = ui.table("Kind of act", *(f">{name}" for name in FORECASTS.values()), ">Cells", ">Done")
    for scope in dict.fromkeys(scores.scope):
        rows = {row["forecast"]: row for row in scores[scores.scope == scope].to_dict("records")}
        numbers = [rows[name][measure] for name in FORECASTS]
        first = next(iter(rows.values()))
        shown = ["–" if number != number else f"{number:.3f}" for number in numbers]
        table.add_row(_scope(scope, library), *shown, f"{first['n']:,}", f"{first['events']:,}")
    return table


def _scope(scope, library):
    """A scope of scores, as it is read aloud."""
    kind, _, case_kind = scope.partition(", ")
    responses, kinds = library.codebook.responses, library.codebook.kinds
    name = responses[kind].name.split(" or solidarity")[0] if kind in responses else "all together"
    return name + (f", {kinds[case_kind].name.split()[0]}" if case_kind else "")


def _compared(rows):
    from sim.validation.backtest import verdict
    from sim.validation.claims import SAID

    groups = {which: [] for which in DIFFERENCES}
    for row in rows:
        low, high = (abs(row[f"brier_{end}"]) for end in ("low", "high"))
        which = verdict(row["brier_low"], row["brier_high"], cases=row["cases"])
        ends = f" by {abs(row['brier']):.3f} ({min(low, high):.3f} to {max(low, high):.3f})"
        groups[which].append(SAID[row["against"]] + (ends if which != "cannot be told" else ""))
    return "; ".join(f"{DIFFERENCES[which]} {listed(found)}" for which, found in groups.items() if found)
