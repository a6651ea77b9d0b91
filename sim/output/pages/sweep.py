"""The page of an analysis: for each measure from the chart to the claim, and how far to trust it.

Written for somebody who reads politics and not statistics: every number has its interval, every method a sentence.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.experiments.analysis import Analysis
from sim.experiments.claims import named, other, span_of, telling_choices
from sim.experiments.phrases import figure, measure, unit_of, with_interval
from sim.output.figures import Chart, charts_of
from sim.output.figures.sweep import each_measure
from sim.output.pages import facts_of, sections_of, write_page
from sim.phrases import capital, count, listed, percent, percent_range
from sim.scenario import Loaded

MOST_ROWS = 12


@dataclass(frozen=True)
class Part:
    """One question about a measure: its chart, what follows from it, and how sure that is."""

    question: str
    drawing: object
    claim: str
    sure: str
    heads: tuple = ()
    rows: tuple = ()
    table: str = ""


def write_report_of_sweep(
    analysis: Analysis, loaded: Loaded, charts: Mapping[str, Chart], manifest: dict, path: Path
) -> Path:
    """Writes the page of an analysis, with charts as `draw_all` gives them and a manifest to repeat it by."""
    sample = analysis.sample
    types = charts_of("sweep").values()
    by_measure = [one for one in types if one.each is each_measure]
    sections = [(finding, list(_parts(analysis, finding, by_measure, charts))) for finding in analysis.findings]
    return write_page(
        "sweep.html.j2",
        path,
        title=sample.title,
        scenario=loaded.scenario,
        facts=list(_facts(sample)),
        remarks=analysis.remarks,
        factors=[_factor(factor) for factor in sample.factors],
        sections=[(finding.measure, measure(finding.measure), parts) for finding, parts in sections],
        together=list(sections_of((one for one in types if one not in by_measure), charts)),
        repeat=list(facts_of(manifest)),
    )


def _facts(sample):
    is_repeated = sample.runs > len(sample.x) * 1.5 and sample.replications <= sample.runs / len(sample.x) * 1.5
    again = f", each {count(sample.replications, 'time')}" if is_repeated else ""
    yield f"{sample.runs:,} runs at {count(len(sample.x), 'design point')}{again}, seed {sample.seed}"
    levers = sum(factor.kind == "lever" for factor in sample.factors)
    yield f"{capital(count(len(sample.factors) - levers, 'uncertainty'))} and {count(levers, 'lever')} varied together"


def _factor(factor):
    values = listed([choice.replace("_", " ") for choice in factor.choices]) if factor.choices else (
        f"{factor.said(factor.low)} to {factor.said(factor.high)}{f' {factor.unit}' if factor.unit else ''}"
    )  # fmt: skip
    kind = "lever" if factor.kind == "lever" else "uncertainty"
    return capital(factor.label), kind, values, factor.why, factor.path


def _parts(analysis, finding, types, charts):
    words = {"outcome": _outcome, "drivers": _drivers, "failure": _failure, "choice": _choice, "futures": _futures}
    for one in types:
        said = words[one.name](analysis, finding) if one.name in words else ("", "")
        yield Part(one.question, charts[f"{one.name}-{finding.measure}"], *said)


def _outcome(analysis, finding):
    span, spread = span_of(finding), finding.spread
    claim = (
        f"Over all futures the mean is {with_interval(spread.mean, span)}{unit_of(finding.measure)}; nine runs in ten "
        f"lie between {figure(spread.quantiles[0], span)} and {figure(spread.quantiles[4], span)}. "
        f"{_better(finding.measure)}"
    )
    if spread.share < 0.995:
        claim += f" It applies to {percent(spread.share)} of the runs, and only these are counted."
    if finding.cooperation:
        verb = "improves" if finding.cooperation.best == 0 else "worsens"
        gain = f"the cooperation {verb} it by {with_interval(finding.cooperation.gain, span)}"
        gain = gain if finding.cooperation.is_better() else "no clear difference"
        claim += f" Each run was also played without the cooperation, with the same draws: {gain}."
    if spread.is_constant:
        return f"It is {figure(spread.mean.value, span)}{unit_of(finding.measure)}, the same in all runs.", ""
    return claim, f"{capital(finding.convergence.sentence)}."


def _better(name):
    return {"higher": "More is better.", "lower": "Less is better."}.get(measure(name).better, "")


def _drivers(analysis, finding):
    found, labels = finding.sensitivity, {factor.name: factor.label for factor in analysis.sample.factors}
    real = [one for one in found.ranked() if found.is_real(one.factor)]
    if not real:
        claim = "No factor counts for clearly more than chance would give."
    else:
        told = [f"{labels[one.factor]} ({_swing(found.swing(one.factor), span_of(finding))})" for one in real[:3]]
        claim = f"What counts most: {listed(told)}."
    if found.chance.is_known:
        claim += (
            f" Chance within a future makes {percent(found.chance.value)} ({percent(found.chance.low)} to "
            f"{percent(found.chance.high)}) of the variance between runs; the factors, all together, make the rest."
        )
    heads = ("Factor", *(HEADS[method] for method in found.methods), "Change of the mean")
    rows = [
        (capital(labels[one.factor]), *(_index(found, one.factor, method) for method in found.methods),
         with_interval(found.swing(one.factor).change, span_of(finding)))
        for one in found.ranked()[:MOST_ROWS]
    ]  # fmt: skip
    sure = " ".join(f"{remark[:1].upper()}{remark[1:]}." for remark in found.remarks)
    sure = sure or f"{found.points:,} design points went into the indices."
    return claim, sure, heads, tuple(rows), "All indices, with intervals"


HEADS = {
    "total": "Sobol, total", "first": "First order", "total_all": "Sobol, total, of all variance",
    "first_all": "First order, of all variance", "mu_star": "Morris", "delta": "Delta", "pawn": "PAWN",
    "feature": "Feature score",
}  # fmt: skip


def _index(found, factor, method):
    index = next((one for one in found.by(method) if one.factor == factor), None)
    return "" if index is None else with_interval(index.estimate, 1)


def _swing(swing, span):
    if not swing.means:
        return "no value at its ends"
    first, last = (f"{figure(swing.means[at].value, span)} at {swing.words[at]}" for at in (0, -1))
    return f"{first}, {last}"


def _failure(analysis, finding):
    found = finding.discovery
    start = f"Failure here means {found.failure}; that is {shares(found.base)} of all runs. "
    if not found.is_headline:
        why = f"{capital(found.remarks[0])}." if found.remarks else "No condition on the factors holds up."
        return start + why, "A rule is given only where it holds in futures in which it was not found."
    box = found.box
    claim = start + (
        f"Under the rule “{box.rule}” it is {shares(box.density)} (density), and the rule holds "
        f"{shares(box.coverage)} of all failures (coverage). It describes {percent(box.mass)} of the runs."
    )
    sure = "Coverage and density were counted in futures other than those in which the rule was found. "
    sure += " ".join(
        f"“{capital(limit.words)}” came back in {percent(limit.comes_back)} of new draws." for limit in box.limits
    )
    heads = ("Rule", "Coverage", "Density", "Share of runs")
    steps = sorted({*range(0, len(found.trajectory), max(1, len(found.trajectory) // 8)), found.chosen})
    rows = [_box(found.trajectory[at], at == found.chosen) for at in steps]
    rows += [_box(leaf, False, "Tree (CART): ") for leaf in found.leaves[:3]]
    return claim, sure, heads, tuple(rows), "The way to the rule, from loose to strict, and a second opinion"


def shares(estimate):
    """A share and its interval, per cent.

    >>> from types import SimpleNamespace
    >>> shares(SimpleNamespace(value=0.25, low=0.22, high=0.281)).replace("\\N{NO-BREAK SPACE}", " ")
    '25 % (22 to 28 %)'
    """
    return f"{percent(estimate.value)} ({percent_range((estimate.low, estimate.high))})"


def _box(box, is_chosen, start=""):
    rule = capital(f"{start}{box.rule}{' (chosen)' if is_chosen else ''}")
    return rule, with_interval(box.coverage, 1), with_interval(box.density, 1), percent(box.mass)


def _choice(analysis, finding):
    span = span_of(finding)
    choices = [*([finding.cooperation] if finding.cooperation else []), *finding.levers]
    if not choices:
        return "No lever was varied.", ""
    clear = [one for one in choices if one.is_better(among=len(choices))]
    gains = {f"{named(one)} rather than {other(one)}": with_interval(one.gain, span) for one in clear[:4]}
    told = [f"{what} ({gain} better on average)" for what, gain in gains.items()]
    none = "No setting of any lever is clearly better on average than another."
    claim = f"Clearly worth it: {listed(told)}." if told else none
    doubtful = [one.label for one in choices if one not in clear]
    if told and doubtful:
        claim += f" No clear difference: {listed(doubtful)}."
    sure = (
        "Of several settings, two are chosen in some futures, and the gain is told from others. "
        "Regret compares settings in the same future; where a lever was sampled with the rest, no future was played "
        "with every setting, so there is none (sweep with --levers crossed)."
    )
    heads = ("Setting", "Mean", "Worst tenth from", "Good enough", "Regret, nine futures in ten under", "Best in")
    rows = [
        (f"{capital(one.label)}: {inputs.words}", with_interval(inputs.mean, span),
         with_interval(inputs.worst, span), shares(inputs.good),
         with_interval(inputs.regret, span) if inputs.regret else "",
         shares(inputs.best_in) if inputs.best_in else "")
        for one in choices for inputs in one.settings
    ]  # fmt: skip
    return claim, sure, heads, tuple(rows), "Every setting, with intervals"


def _futures(analysis, finding):
    claims = [_held(choice, span_of(finding)) for choice in telling_choices(finding)]
    if not claims:
        return "There is nothing to compare across futures.", ""
    sure = "An interval that reaches across zero means: in such futures it cannot be told which is better."
    return " ".join(claims), sure


def _held(choice, span):
    """Where a choice gains least and most, and where it loses."""
    least, most = choice.futures[0], choice.futures[-1]
    claim = (
        f"{capital(named(choice))} rather than {other(choice)} gains {with_interval(choice.gain, span)} over all "
        f"futures: least at {least.words} ({with_interval(least.gain, span)}), most at {most.words} "
        f"({with_interval(most.gain, span)})."
    )
    if choice.turning:
        claim += f" It turns into a loss at {listed([future.words for future in choice.turning])}."
    return claim
