"""`oceans backtest`, `calibrate` and `volumes`: the model held against what happened, and estimated from it."""

import datetime
import json
import platform
import sys
import time

from sim.cli.options import BacktestOptions, CalibrationOptions
from sim.cli.streams import print_json
from sim.cli.terminal import Progress, TerminalUI, answer, drawn
from sim.errors import did_you_mean, refusal
from sim.phrases import count, listed
from sim.record import store
from sim.scenario import load, load_library, shipped
from sim.scenario.library_schema import Library
from sim.validation.volumes import ABSURD, SetBeside, Tally, scenario_runs, set_beside, tally

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
AT_THE_END = 1e-6  # as near to the end of its range as makes no difference, in widths of the range
MOST_FORMATS = 8
HEADS = ("What is counted", ">Median", ">10 to 90 %", ">Held against it", ">The record", "Fits")

# ------------------------------------------------------------------------------------------------------------- backtest


def backtest_cases(options: BacktestOptions) -> int:
    """Plays the cases that were asked for, compares, and returns the exit code."""
    from sim.validation.cases import read_cases

    started, library = datetime.datetime.now(), load_library()
    cases = read_cases(options.cases, library)
    train = read_cases(options.train, library) if options.train else None
    if not options.save:
        _answer_backtest(options, _played(options, cases, train, library), None, library)
        return 0
    with store.RunFolder(options.out, f"{cases.path.stem}-backtest", started) as folder:
        found = _played(options, cases, train, library)
        with store.advising(options.out):
            facts = _facts(options, found, train, library, started)
            _write_tables(folder.aside, found, facts)
            _write_exercises(folder.aside / "exercises", found, library, options.in_sample)
            if options.charts:
                _draw(found, library, facts, folder.aside, options.wide)
    _answer_backtest(options, found, folder.path, library)
    return 0


def _played(options, cases, train, library):
    from sim.validation.backtest import backtest

    coerced = [episode for episode in cases.outcomes if set(episode.targets) & set(library.states)]
    with Progress((len(cases.cases) + len(coerced)) * options.runs) as progress:
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


def _facts(options, found, train, library, started):
    sources = list(found.estimated.values())
    return _manifest_of(
        found.cases, library, options.command, started,
        seed=found.seed,
        runs=found.runs,
        options=found.options,
        train=_named_file(train) if train else None,
        coefficients={source: sources.count(source) for source in dict.fromkeys(sources)},
    )  # fmt: skip


def _manifest_of(cases, library, command, started, **more):
    """What anyone needs to get the same from past cases again; `more` is whatever else shaped it."""
    from sim.model.events import plain
    from sim.scenario.library import digest_of, library_digest

    estimates = library.estimates.model_dump(mode="json", exclude_defaults=True)
    return plain(
        {
            "cases": _named_file(cases),
            "library": library_digest(library),
            "estimates": digest_of(estimates) if estimates else "none",
            **more,
            "command": list(command),
            "started": started.isoformat(timespec="seconds"),
            "versions": store.versions(),
            "platform": platform.platform(),
        }
    )


def _named_file(cases):
    return {"name": cases.path.stem, "title": cases.title, "digest": cases.digest}


def _write_tables(folder, found, facts):
    """Writes every table of a back-test as CSV, and its manifest."""
    from sim.validation.backtest import tables_of

    store.write_json(folder / "manifest.json", facts)
    for name, table in tables_of(found).items():
        store.write_table(folder / f"{name}.csv", table.columns, table.values)


def _write_exercises(folder, found, library, in_sample=False):
    """Writes every case as a scenario, with the most probable coefficients it was played with."""
    from sim.validation.backtest import coefficients_for
    from sim.validation.replay import written

    folder.mkdir()
    for case in found.cases.cases:
        behaviour, origin = coefficients_for(case.id, library, in_sample)
        path = folder / f"{case.id}.yaml"  # an id is fit for the name of a file
        text = HEAD.format(case=case.id, origin=ORIGINS[origin]) + written(case, library, behaviour)
        path.write_text(text, encoding="utf-8", newline="\n")


def _answer_backtest(options, found, path, library):
    from sim.validation.backtest import as_plain

    def document():
        return {"folder": str(path) if path else None, **as_plain(found)}

    answer(options, path, document, lambda ui: _tell_backtest(ui, found, library), "backtest.html")


def _tell_backtest(ui, found, library):
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
        ui.show(heading, _scores(ui, found.scores, measure, library))
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


def _scores(ui, scores, measure, library):
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


# ------------------------------------------------------------------------------------------------------------ calibrate


def calibrate_from(options: CalibrationOptions) -> int:
    """Estimates from the cases that were asked for and returns the exit code."""
    from sim.validation.calibration import calibrate
    from sim.validation.cases import read_cases

    started, library = datetime.datetime.now(), load_library()
    cases, names = read_cases(options.cases, library), _coefficients(options.coefficients, library)
    with store.RunFolder(options.out, f"{cases.path.stem}-calibrate", started) as folder:
        say = _say(options.quiet)
        say(_plan(options, cases, names))
        found = calibrate(
            cases, library, names, runs=options.runs, workers=options.workers, folds=options.folds, progress=say,
            quick=options.quick, slope_runs=options.slope_runs,
        )  # fmt: skip
        with store.advising(options.out):
            _keep_estimates(options, found, cases, library, started, folder.aside)
    if options.quiet:
        print(folder.path)
    else:
        _tell_calibration(TerminalUI(), found, folder.path)
    return 0


def _coefficients(written: str | None, library: Library) -> tuple[str, ...]:
    """The coefficients to be estimated, written with commas between; InputError with all that cannot be.

    Without a word they are all of which it is written what was believed before.
    """
    known = [name for name, parameter in library.behaviour.items() if parameter.prior]
    if written is None:
        return tuple(known)
    names = tuple(dict.fromkeys(word.strip() for word in written.split(",") if word.strip()))
    faults = [_coefficient_fault(name, known, library) for name in names if name not in known]
    if not names:
        faults = ["--coefficients: names at least one, such as b_stake,b_exposure."]
    if faults:
        raise refusal(*faults)
    return names


def _coefficient_fault(name, known, library):
    if name in library.behaviour:
        why = "behaviour.yaml does not say what was believed of it before ('prior'), so it cannot be estimated."
    else:
        why = f"there is no such coefficient. {did_you_mean(name, known)}"
    return f"--coefficients {name}: {why}"


def _plan(options, cases, names):
    again = ", then again without each case" if options.folds else ""
    return (
        f"Estimating {len(names)} coefficients from {len(cases.cases)} cases, {options.runs} runs of each at every set "
        f"of values: at most eight steps{again}. This takes minutes."
    )


def _say(quiet):
    """Tells what is done on standard error, with the time it took so far."""
    began = time.monotonic()

    def say(words):
        if not quiet:
            seconds = int(time.monotonic() - began)
            print(f"[{seconds // 60}:{seconds % 60:02}] {words}", file=sys.stderr, flush=True)

    return say


def _keep_estimates(options, found, cases, library, started, folder):
    from sim.scenario import scenarios_folder
    from sim.validation.calibration import as_yaml, behaviour_with

    made = {
        "runs of each case": options.runs,
        "runs for slopes": options.slope_runs or options.runs,
        "steps": len(found.steps),
        **({"without each case": _quickly(found)} if found.checked else {}),
        "log-likelihood": f"{found.log_likelihood:.2f}",
        "log posterior": f"{found.steps[-1]:.2f}" if found.steps else "",
        "day": f"{started:%Y-%m-%d}",
        "version": store.versions()["two-oceans"],
        "command": " ".join(map(str, options.command)),
    }
    facts = _manifest_of(
        cases, library, options.command, started,
        runs=options.runs, coefficients=list(found.prior.names), folds=options.folds, steps=list(found.steps),
        log_likelihood=found.log_likelihood,
    )  # fmt: skip
    before = (scenarios_folder() / "library" / "behaviour.yaml").read_text("utf-8")
    values = dict(zip(found.prior.names, map(float, found.mean), strict=True))
    (folder / "estimates.yaml").write_text(as_yaml(found, cases, made), encoding="utf-8", newline="\n")
    (folder / "behaviour.yaml").write_text(behaviour_with(before, values), encoding="utf-8", newline="\n")
    store.write_json(folder / "manifest.json", facts)


def _quickly(found):
    """How far the quick way of leaving cases out was from the long one, where it was checked."""
    checked = ", ".join(f"{far:.2f} without {name}" for name, far in found.checked.items())
    return f"by one step from all cases together; standard deviations from a search of its own: {checked}"


def _tell_calibration(ui, found, path):
    prior = found.prior
    sd = found.covariance.diagonal() ** 0.5
    table = ui.table("Coefficient", ">Before", ">After", "")
    for at, name in enumerate(prior.names):
        table.add_row(
            name,
            f"{prior.mean[at]:.3f} ± {prior.sd[at]:.3f}",
            f"{found.mean[at]:.3f} ± {sd[at]:.3f}",
            _remark(found.mean[at], prior.low[at], prior.high[at]),
        )
    ui.show("What was believed before the cases and after them: mean ± standard deviation", table)
    ui.say(f"\nLog-likelihood {found.log_likelihood:.1f} after {len(found.steps)} steps.", "dim")
    if found.without:
        ui.say(f"Estimated again without each of {len(found.without)} cases, for back-tests.", "dim")
    if found.checked:
        ui.say(f"Cases were left out {_quickly(found)}.", "dim")
    ui.say(
        f"\nTo use them, put estimates.yaml and behaviour.yaml in place of those in {_library()}/."
        + (" Back-tests then play each case with the values found without it." if found.without else "")
    )
    ui.place(f"Everything is in {path}/")


def _library():
    from sim.scenario import scenarios_folder
    from sim.scenario.library import shown_path

    return shown_path(scenarios_folder() / "library")


def _remark(value, low, high):
    gap = AT_THE_END * (high - low)
    if value <= low + gap:
        return "at the low end of its range"
    return "at the high end of its range" if value >= high - gap else ""


# -------------------------------------------------------------------------------------------------------------- volumes


def show_volumes(options):
    """Counts each scenario and prints its tables, or all of them as one JSON document; the exit code."""
    found = []
    for name in options.scenarios or shipped():
        loaded = load(name)
        tallied = tally(loaded.name, scenario_runs(loaded, options.seeds, options.seed))
        rows = set_beside(tallied, loaded.library.volumes)
        if options.as_json:
            found.append(_plain_volumes(tallied, rows))
        else:
            _show_volumes(TerminalUI(), loaded.scenario.title, tallied, rows)
    if options.as_json:
        print_json(json.dumps(found, ensure_ascii=False))
    return 0


def _show_volumes(ui, title, tallied, rows):
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


def _plain_volumes(tallied: Tally, rows: list[SetBeside]) -> dict:
    """What was counted as plain data; null where a thing does not happen in so many runs."""
    return store.plain({
        "scenario_name": tallied.name,
        "seeds": tallied.runs,
        "rows": [_plain_row(row, tallied) for row in rows],
        "formats": {form: number / tallied.incidents for form, number in tallied.formats.most_common()},
    })  # fmt: skip


def _plain_row(row, tallied):
    return {
        "row": row.key,
        "words": row.row.words,
        "statistic": row.row.statistic,
        **{name: getattr(row, name) for name in ("low", "median", "high", "mean", "spread", "figure")},
        "record": [row.row.low, row.row.high],
        "tolerance": row.row.tolerance,
        "fits": row.fits,
        "examples": tallied.absurd.get(row.row.counts, [])[:3],
    }
