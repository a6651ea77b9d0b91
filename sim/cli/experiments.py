"""`oceans sweep`, `merge`, `compare` and `analyse`: runs kept block by block, arms side by side, and what they mean."""

import datetime
import json
import os
import sys
from collections import Counter

import typer

from sim.cli.options import AnalyseOptions, CompareOptions, MergeOptions
from sim.cli.streams import print_json
from sim.cli.terminal import Progress, answer, drawn
from sim.errors import OceansError, refusal
from sim.letters import whole
from sim.record import store

LONGEST_NAME, LONGEST_LABEL = 14, 40  # of an arm, at the head of a column; of a row

# ------------------------------------------------------------------------------------------------------ sweep and merge


def sweep_scenario(options):
    """Plays the sweep that was asked for, with `SweepOptions`, and returns the exit code."""
    from sim.experiments.length import Cost
    from sim.experiments.result import TABLE, TABLE_WITH_COMMAS
    from sim.experiments.runner import sweep

    result = sweep(
        options.scenario, options.design, options.points, options.reps,
        fixed=options.fixed or None, vary=options.vary or None,
        levers=options.levers or None, uncertainties=options.uncertainties or None, crn=options.crn, seed=options.seed,
        policies=options.policies, measures=options.measures or None, keep=options.keep or None,
        workers=options.workers, dask=options.dask, out=options.out, resume=options.resume,
        shard=shard_of(options.shard),
        baseline=options.baseline, verify=any((options.verify, options.parquet, options.csv, options.excel)),
        say=_say, command=options.command, until=options.until or None,
        extend=options.extend, dry_run=options.dry_run, confirm=None if options.yes else _is_wanted,
        from_turn=options.from_turn,
    )  # fmt: skip
    if isinstance(result, Cost):
        print_json(json.dumps(result.to_dict())) if options.as_json else print(result)
        return 0
    if options.csv:
        result.to_csv(result.path / TABLE)
    if options.excel:
        result.to_csv(result.path / TABLE_WITH_COMMAS, with_commas=True)
    if options.parquet:
        _write_parquet(result)
    _answer_sweep(result, options.as_json, options.quiet)
    return 0


def _is_wanted(cost):
    """Whether somebody at the terminal wants a sweep that takes long or much room; refused where nobody can answer."""
    _say(str(cost))
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise refusal("nobody is here to be asked whether to begin. --yes begins it, --dry-run says this and ends.")
    return typer.confirm("Begin?", err=True)


def _write_parquet(result):
    from sim.record.reading import check_folder

    folder = result.path / "parquet"
    if os.path.lexists(folder):
        check_folder(folder)  # a link would lead out of the sweep's folder
    result.to_parquet(folder)


def merge_sweeps(options: MergeOptions) -> int:
    """Puts the parts of a sweep together and returns the exit code."""
    from sim.experiments.result import merge

    _answer_sweep(merge(list(options.folders), options.out), False, options.quiet)
    return 0


def shard_of(text):
    """(3, 8) of "3/8"; InputError when it is not of that form.

    >>> shard_of("3/8")
    (3, 8)
    """
    if text is None:
        return None
    number, slash, of = text.partition("/")
    part, parts = whole(number), whole(of)
    if slash and part is not None and parts is not None and 1 <= part <= parts:
        return part, parts
    message = f"--shard {text}: write which part of how many, such as 3/8: from 1/8 to 8/8."
    raise refusal(message)


def _say(text):
    print(text, file=sys.stderr, flush=True)


def _answer_sweep(result, as_json, quiet):
    if quiet:
        print(result.path)
        return
    if as_json:
        print_json(json.dumps(_summary_of(result), ensure_ascii=False))
        return
    for line in _played_in_words(result):
        print(line)


def _summary_of(result):
    manifest = result.manifest
    return {
        "folder": str(result.path), "scenario": manifest["scenario"], "plan": manifest["plan"], "runs": len(result),
        "of_runs": result.folder.runs, "failed": manifest.get("failed", 0), "design": manifest["design"],
    }  # fmt: skip


def _played_in_words(result):
    """What was played, in a few lines."""
    design, manifest = result.design, result.manifest
    yield f"{manifest['scenario']['title']}: {_runs_in_words(design, len(result))}."
    width = max((len(factor.name) for factor in design.factors), default=0)
    for factor in design.factors:
        yield f"  {factor.name:<{width}}  {factor.kind:<11}  {_range_of(factor)}"
    if manifest.get("failed"):
        yield f"{manifest['failed']:,} runs failed: {result.path}/failures.csv says where and why."
        reasons = Counter((failure["stage"], failure["reason"]) for failure in result.failures)
        for (stage, reason), count in reasons.most_common(3):
            yield f"  {count:,} x {stage}: {reason}"
    if not result.is_whole and not result.folder.shard:
        conditions = " and ".join(result.manifest["until"])
        yield f"Ended after {len(result):,} of {result.folder.runs:,} runs, since they tell enough: {conditions}."
    elif not result.is_whole:
        number, of = result.folder.shard
        yield f"This is part {number} of {of}; when all are there: oceans merge DIR... --out DIR"
    yield f"Everything is in {result.path}/"


def _runs_in_words(design, runs):
    points = f"{len(design.points):,} points"
    again = f", {design.replications:,} times each" if design.replications > 1 else ""
    settings = design.settings
    crossed = f" ({settings:,} settings of the levers in {design.futures:,} futures)" if settings > 1 else ""
    return f"{runs:,} runs at {points}{crossed}{again}, seed {design.seed}"


def _range_of(factor):
    if factor.kind == "set":
        return f"{factor.choices[0]}"
    if factor.choices is not None:
        return ", ".join(map(str, factor.choices))
    shape = "" if factor.distribution == "uniform" else f", {factor.distribution}"
    return f"{factor.low:g} to {factor.high:g}{shape}"


# -------------------------------------------------------------------------------------------------------------- compare


def compare_arms(options: CompareOptions) -> int:
    """Compares what was asked for and returns the exit code."""
    from sim.experiments.compare import arms_of, compare

    if options.runs < 2:
        raise refusal(f"--runs {options.runs}: an interval needs at least two pairs of runs.")
    arms, started = arms_of(options.arms, options.policies), datetime.datetime.now()
    progress = Progress(options.runs * len(arms))
    with progress:
        comparison = compare(arms, options.seed, options.runs, progress, options.workers)
    path = _keep_comparison(options, comparison, started) if options.save else None
    results = str(path) if path else None
    answer(
        options,
        path,
        lambda: {**_plain_comparison(comparison), "results": results},
        lambda ui: _tell_comparison(ui, comparison),
    )
    return 0


def _keep_comparison(options, comparison, started):
    first = comparison.arms[0].loaded
    with store.RunFolder(options.out, f"{first.name}-compared", started) as folder:
        facts = store.manifest(
            first, options.seed, options.runs, list(options.command), started,
            arms=[f"{arm.name} ({arm.loaded.digest})" for arm in comparison.arms],
        )  # fmt: skip
        with store.advising(options.out):
            rows = list(comparison.rows())
            store.write_json(folder.aside / "manifest.json", facts)
            store.write_json(folder.aside / "comparison.json", _plain_comparison(comparison), indent=None)
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


def _plain_comparison(comparison):
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


def _tell_comparison(ui, comparison):
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


# -------------------------------------------------------------------------------------------------------------- analyse


def analyse_result(options: AnalyseOptions) -> int:
    """Analyses what was asked for and returns the exit code."""
    from sim.experiments.analysis import analyse
    from sim.experiments.discovery import parse_limit
    from sim.experiments.result import load_result

    started = datetime.datetime.now()
    result = load_result(options.result, partial=options.partial)
    if not len(result):
        raise OceansError(f"{options.result}: error: nothing has been played yet.")
    loaded = result.folder.scenario()
    limits = dict(parse_limit(given, result.measures) for given in options.limits)
    names = [*options.measures, *(name for name in limits if options.measures and name not in options.measures)]
    analysis = analyse(result, names or list(limits) or None, limits, options.seed, loaded, _progress(options))
    with store.RunFolder(options.out, f"{loaded.name}-analysis", started) as folder:
        facts = store.manifest(
            loaded, analysis.sample.seed, analysis.sample.runs, list(options.command), started,
            sweep=str(options.result), plan=result.manifest["plan"], limits=limits, resampling_seed=options.seed,
        )  # fmt: skip
        with store.advising(options.out):
            _write_tables(folder.aside, analysis, facts)
            if options.charts:
                _draw(analysis, loaded, facts, folder.aside, options.wide)

    def document():
        return {"folder": str(folder.path), **analysis.to_dict()}

    answer(options, folder.path, document, lambda ui: _tell_analysis(ui, analysis), "analysis.html")
    return 0


def _progress(options):
    if options.is_silent or not sys.stderr.isatty():
        return None
    return lambda name: print(f"Looking at {name} ...", file=sys.stderr, flush=True)


def _draw(analysis, loaded, facts, folder, wide):
    from sim.output.pages.sweep import write_report_of_sweep

    charts = drawn("sweep", folder / "charts", analysis, wide=wide)
    write_report_of_sweep(analysis, loaded, charts, facts, folder / "analysis.html")


def _write_tables(folder, analysis, facts):
    """Writes everything that was found as CSV, and all of it as JSON."""
    store.write_json(folder / "manifest.json", facts)
    store.write_json(folder / "analysis.json", analysis.to_dict(), indent=None)
    for name, (columns, rows_of) in TABLES.items():
        store.write_table(folder / f"{name}.csv", columns, rows_of(analysis))


def _three(estimate):
    return (estimate.value, estimate.low, estimate.high) if estimate else ("", "", "")


def _spreads(analysis):
    for finding in analysis.findings:
        for spread in filter(None, (finding.spread, finding.baseline)):
            yield finding.measure, spread.words, spread.runs, *spread.quantiles, *_three(spread.mean)


def _indices(analysis):
    for finding in analysis.findings:
        for index in finding.sensitivity.indices:
            yield finding.measure, index.factor, index.method, *_three(index.estimate), index.noise


def _rules(analysis):
    for finding in analysis.findings:
        found = finding.discovery
        for method, boxes in (("prim", found.trajectory), ("cart", found.leaves)):
            for step, box in enumerate(boxes):
                chosen = method == "prim" and step == found.chosen
                measured = (*_three(box.coverage), *_three(box.density), box.mass, len(box.limits))
                yield finding.measure, method, step, chosen, box.rule, *measured


def _settings(analysis):
    for finding in analysis.findings:
        for lever in filter(None, (finding.cooperation, *finding.levers)):
            for one in lever.settings:
                regret = (one.most_regret.value, one.best_in.value) if one.most_regret else ("", "")
                numbers = (*_three(one.mean), *_three(one.worst), *_three(one.good), *_three(one.regret), *regret)
                yield finding.measure, lever.lever, one.words, one.runs, *numbers


def _futures(analysis):
    for finding in analysis.findings:
        for lever in filter(None, (finding.cooperation, *finding.levers)):
            yield finding.measure, lever.lever, "all futures", *_three(lever.gain)
            for future in lever.futures:
                yield finding.measure, lever.lever, future.words, *_three(future.gain)


def _tradeoffs(analysis):
    for pair in analysis.trade_offs:
        yield pair.one, pair.other, *_three(pair.correlation)


def _settled(analysis):
    for finding in analysis.findings:
        for futures, mean in zip(finding.convergence.futures, finding.convergence.means, strict=True):
            yield finding.measure, futures, *_three(mean)


TABLES = {
    "spreads": (("measure", "of", "runs", "q05", "q25", "q50", "q75", "q95", "mean", "low", "high"), _spreads),
    "indices": (("measure", "factor", "method", "value", "low", "high", "chance"), _indices),
    "rules": (
        ("measure", "method", "step", "is_chosen", "rule", "coverage", "coverage_low", "coverage_high", "density",
         "density_low", "density_high", "mass", "conditions"), _rules,
    ),
    "settings": (
        ("measure", "lever", "setting", "runs", "mean", "mean_low", "mean_high", "worst_tenth", "worst_low",
         "worst_high", "good", "good_low", "good_high", "regret", "regret_low", "regret_high", "most_regret",
         "best_in"), _settings,
    ),
    "futures": (("measure", "lever", "future", "gain", "low", "high"), _futures),
    "tradeoffs": (("measure", "other", "rank_correlation", "low", "high"), _tradeoffs),
    "settling": (("measure", "futures", "mean", "low", "high"), _settled),
}  # fmt: skip


SHOWN = {
    "first": "Of what factors explain", "total": "Of what factors explain", "first_all": "Of all variance",
    "total_all": "Of all variance",
}  # fmt: skip


def _tell_analysis(ui, analysis):
    """The findings in words, and what drives each measure."""
    from sim.experiments.claims import claims_of, overall_claims, span_of
    from sim.experiments.phrases import figure, measure, with_interval

    sample = analysis.sample
    labels = {factor.name: factor.label for factor in sample.factors}
    ui.say(sample.title, "bold")
    sure = "" if sample.is_one_draw else " Intervals hold at 95 %."
    ui.say(f"{sample.runs:,} runs at {len(sample.x):,} design points, seed {sample.seed}.{sure}", "dim")
    for finding in analysis.findings:
        ui.say(f"\n{measure(finding.measure).label}", "bold")
        for claim in claims_of(analysis, finding).values():
            ui.bullet(_sentence(claim))
        found, span = finding.sensitivity, span_of(finding)
        table = ui.table("Factor", f">{SHOWN.get(found.method, 'Effect')}", ">From", ">to")
        for one in found.ranked()[:5]:
            swing = found.swing(one.factor)
            ends = [f"{figure(swing.means[at].value, span)} at {swing.words[at]}" for at in (0, -1) if swing.means]
            table.add_row(labels[one.factor], with_interval(one.estimate, 1), *(ends or ["", ""]))
        ui.show("What drives it, the strongest first", table)
    ui.say("\nAll together", "bold")
    for claim in overall_claims(analysis):
        ui.bullet(_sentence(claim))
    for remark in analysis.remarks:
        ui.bullet(remark)


def _sentence(words):
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."
