"""`oceans analyse`: what a sweep means, in words, tables, charts and a page."""

import datetime
import sys

from sim.cli.options import AnalyseOptions
from sim.cli.terminal import answer, drawn
from sim.errors import OceansError
from sim.record import store


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
            write_tables(folder.aside, analysis, facts)
            if options.charts:
                _draw(analysis, loaded, facts, folder.aside, options.wide)
    begin = "analysis.html" if options.charts else ""

    def document():
        return {"folder": str(folder.path), **analysis.to_dict()}

    answer(options, folder.path, document, lambda ui: _tell(ui, analysis), begin)
    return 0


def _progress(options):
    if options.is_silent or not sys.stderr.isatty():
        return None
    return lambda name: print(f"Looking at {name} ...", file=sys.stderr, flush=True)


def _draw(analysis, loaded, facts, folder, wide):
    from sim.output.pages.sweep import write_report_of_sweep

    charts = drawn("sweep", folder / "charts", analysis, wide=wide)
    write_report_of_sweep(analysis, loaded, charts, facts, folder / "analysis.html")


# --------------------------------------------------------------------------------------------------------- tables


def write_tables(folder, analysis, facts):
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


# --------------------------------------------------------------------------------------------------------- answer


SHOWN = {
    "first": "Of what factors explain", "total": "Of what factors explain", "first_all": "Of all variance",
    "total_all": "Of all variance",
}  # fmt: skip


def _tell(ui, analysis):
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
