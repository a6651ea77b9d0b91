"""Charts of a sweep: of one measure after the other, then of all together.

How does it come out, what drives it, where does it fail, what to choose and when; which measures go together, and how
many runs are enough.
"""

import math

import numpy as np

from sim.experiments import claims
from sim.experiments.claims import named, other, span_of, telling_choices
from sim.experiments.phrases import axis_of, figure, label, measure, units_for, with_interval
from sim.output.figures import chart, forest, style
from sim.output.figures.forest import ZERO, Bar, Forest, Panel, Point, Row, Stretch, Words
from sim.phrases import capital, percent

ROOM = 2.3  # inches
OUTCOME_RIGHT = 0.62
DRIVERS_GAP, DRIVERS_RIGHT = 0.34, 0.2
FAIL, FAILURE_RIGHT, TRAJECTORY = "#D55E00", 1.42, 1.75
CHOICE_ROOM, CHOICE_GAP, CHOICE_RIGHT = 1.72, 0.28, 0.16
CHOICE_PANELS = (("Mean", "mean"), ("Worst tenth", "worst"), ("Good enough", "good"), ("Regret", "regret"))
FUTURES_ROOM, FUTURES_RIGHT = 2.75, 0.62
WHAT = dict.fromkeys(("total", "first", "total_all", "first_all"), "Share of spread")
WHAT |= {"mu_star": "Effect of the whole range", "delta": "Weight, 0 to 1"}
HOW = {
    "total": "Left: total Sobol index, the share of what factors explain that one causes alone and with others",
    "total_all": "Left: total Sobol index, the share of all variance that a factor causes alone and with others",
    "mu_star": "Left: Morris' mean absolute effect of moving the factor over its range",
    "first": "Left: share of what factors explain that goes with one alone; pale: no more than chance",
    "first_all": "Left: share of all variance between runs that goes with the factor alone; pale: no more than chance",
}
TOGETHER_ROOM, TOGETHER_RIGHT = 3.3, 0.62
MOST_DOTS = 1500
PANEL, HEAD, BESIDE = 1.0, 0.62, 0.75
COUNTS = (10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000)  # futures, on an axis
WORDS = {1: "they improve together", -1: "one improves at the expense of the other", 0: "no clear relation"}
COLOURS = {1: (forest.CLEAR, "o"), -1: (forest.AGAINST, "D"), 0: (forest.UNCLEAR, "s")}


def each_measure(analysis):
    """A chart for every measure that was looked at."""
    for finding in analysis.findings:
        yield f"-{finding.measure}", (analysis, finding)


def caption(sample, units, note=""):
    """What stands under a chart of a sweep."""
    played = f"{sample.runs:,} runs at {len(sample.x):,} design points"
    about = f"Scenario: {sample.scenario_name}, {played}, seed {sample.seed}"
    lines = "One draw of chance, so no 95 % intervals" if sample.is_one_draw else "Lines are 95 % intervals"
    return style.in_sentences(note, lines, f"Units: {units}", about)


# ------------------------------------------------------------------------------------------------------------- outcome


@chart("outcome", place=1, each=each_measure, question="How does it come out?")
def compose_outcome(analysis, finding):
    """The distributions of one measure."""
    sample = analysis.sample
    name = f"distributions-{finding.measure}"
    note = "Bar: median; dark: middle half of the runs; light: nine in ten; diamond: mean"
    words = caption(sample, units_for(finding.measure), note)
    if not finding.spread.runs:
        return style.empty_page(name, claims.outcome(finding), words, "The measure applies to none of these runs.")
    rows = list(_outcome_rows(finding))
    drawn = Forest([_outcome_row(row, span_of(finding)) for row in rows], ROOM, OUTCOME_RIGHT, 0.36, over_head=0.12)
    page = style.open_page(name, claims.outcome(finding), words, drawn.height + 0.62)
    known = [numbers[0] for _, numbers, _ in rows if numbers]
    low, high = min(one[0] for one in known), max(one[4] for one in known)
    gap = (high - low) * 0.03 or 0.5
    drawn.draw(page, 0.36, [Panel(low - gap, high + gap, most=5)])
    page.write(style.width() - OUTCOME_RIGHT + 0.08, drawn.height + 0.42, "mean", style.SMALL, color=style.MUTED)
    page.alt = outcome_alt(finding, rows)
    return page


def _outcome_rows(finding):
    yield "All runs", (finding.spread.quantiles, finding.spread.mean), forest.BLUE
    if finding.baseline:
        yield "The same runs without the cooperation", (finding.baseline.quantiles, finding.baseline.mean), forest.GREY
    for lever in finding.levers[: style.by_shape(4, 1)]:
        yield capital(lever.label), None, None
        for inputs in lever.settings:
            yield inputs.words, (inputs.quantiles, inputs.mean), forest.BLUE


def _outcome_row(row, span):
    words, numbers, colours = row
    if not numbers:
        return Row(words, is_head=True)
    quantiles, mean = numbers
    marks = (*forest.spread_of(quantiles, colours), Point(mean, style.INK, "D", size=5, width=1.4))
    return Row(words, [marks], figure(mean.value, span), note_look={"weight": "bold"})


def outcome_alt(finding, rows):
    """Every row in words."""
    span, lever, told = span_of(finding), "", []
    for words, numbers, _ in rows:
        if not numbers:
            lever = f"{words}, "
            continue
        quantiles, mean = numbers
        told.append(
            f"{capital(lever + words)}: mean {with_interval(mean, span)}, median {figure(quantiles[2], span)}, "
            f"nine in ten {figure(quantiles[0], span)} to {figure(quantiles[4], span)}."
        )
    return f"Distributions of {label(finding.measure)}. {' '.join(told)}"


# ------------------------------------------------------------------------------------------------------------- drivers


@chart("drivers", place=2, each=each_measure, question="What drives it?")
def compose_drivers(analysis, finding):
    """The tornado of one measure."""
    sample, found = analysis.sample, finding.sensitivity
    ranked = found.ranked()[: style.by_shape(8, 5)]
    name = f"tornado-{finding.measure}"
    note = (
        f"{HOW.get(found.method, '')}. Right: mean in the lowest third of the factor (open) and in the highest (full), "
        "or at the choices that give the least and the most"
    )
    words = caption(sample, units_for(finding.measure), note)
    if not ranked:
        why = f"Nothing to rank: {found.remarks[0] if found.remarks else 'no factor varies'}."
        return style.empty_page(name, f"nothing can be said of what drives {label(finding.measure)}", words, why)
    factors = {factor.name: factor for factor in sample.factors}
    rows = [_driver_row(found, one, factors[one.factor]) for one in ranked]
    drawn = Forest(rows, ROOM, DRIVERS_RIGHT, 0.46, gap=DRIVERS_GAP)
    page = style.open_page(name, claims.drivers(sample, finding), words, drawn.height + 0.96)
    drawn.draw(page, 0.62, list(_driver_panels(found, ranked)))
    forest.write_key(page, 0.1, (("uncertainty", forest.UNKNOWN, "■"), ("lever", forest.LEVER, "▨")), gap=0.2)
    page.alt = drivers_alt(sample, finding)
    return page


def _driver_panels(found, ranked):
    """The weights, with what chance alone would give; and the means, with that of all runs."""
    noise = [(ranked[0].noise, {"color": style.INK, "linewidth": 1.2, "linestyle": (0, (1, 2))})]
    means = [mean for one in ranked for mean in found.swing(one.factor).means]
    lines = noise if math.isfinite(ranked[0].noise) and len({one.noise for one in ranked}) == 1 else ()
    yield Panel(*_index_ends(ranked), most=3, head=WHAT.get(found.method, "Weight"), lines=lines)
    line = found.mean.value, {"color": style.CALM, "linewidth": 1}
    yield Panel(*forest.ends_of(means), most=3, head="Mean: ○low ●high", lines=[line])


def _driver_row(found, one, factor):
    is_real, is_lever = found.is_real(one.factor), factor.kind == "lever"
    colour = forest.LEVER if is_lever else forest.UNKNOWN
    marks = _index_marks(one, colour, is_real, is_lever), _swing_marks(found.swing(one.factor), colour)
    return Row(capital(factor.label), marks, look={"color": style.INK if is_real else style.MUTED})


def _index_marks(one, colour, is_real, is_lever):
    look = {"hatch": "///" if is_lever else None, "edgecolor": style.PAPER, "alpha": 1.0 if is_real else 0.4}
    yield Bar(0, one.estimate.value, colour, 0.2, look=look)
    yield Stretch(one.estimate.low, one.estimate.high, style.INK, 1.6)


def _swing_marks(swing, colour):
    if swing.means:
        first, last = swing.means[0], swing.means[-1]
        yield Stretch(first.value, last.value, colour, 1, zorder=2)
        yield Point(first, colour, size=6, width=1.6, fill=style.PAPER, down=-0.07)
        yield Point(last, colour, size=6, width=1.6, fill=colour, down=0.07)


def drivers_alt(sample, finding):
    """Every factor shown, in words."""
    found, span = finding.sensitivity, span_of(finding)
    labels = {factor.name: factor.label for factor in sample.factors}
    told = []
    for one in found.ranked()[: style.by_shape(8, 5)]:
        swing = found.swing(one.factor)
        ends = ""
        if swing.means:
            low, high = figure(swing.means[0].value, span), figure(swing.means[-1].value, span)
            ends = f"; mean {low} at {swing.words[0]}, {high} at {swing.words[-1]}"
        weight = "" if found.is_real(one.factor) else " (no more than chance)"
        told.append(f"{capital(labels[one.factor])}: {with_interval(one.estimate, 1)}{weight}{ends}.")
    return f"What drives {label(finding.measure)}, the strongest first. {' '.join(told)}"


def _index_ends(ranked):
    low, high = forest.ends_of([one.estimate for one in ranked])
    return min(0.0, max(low, -0.05 * high)), high


# ------------------------------------------------------------------------------------------------------------- failure


@chart("failure", place=3, each=each_measure, question="Where does it go wrong?")
def compose_failure(analysis, finding):
    """The box of one measure."""
    sample, found = analysis.sample, finding.discovery
    where = "futures in which the rule was not found" if found.is_checked else "the runs in which the rule was found"
    note = f"Failure: {found.failure}. Coverage and density from {where}; {found.runs:,} runs in all"
    words = caption(sample, "each factor in its own unit; shares of runs", note)
    page_name = f"box-{finding.measure}"
    if not found.is_headline:
        why = f"No condition on the factors sets the {percent(found.base.value)} of failing runs clearly apart."
        why = f"{capital(found.remarks[0])}." if found.remarks else why
        return style.empty_page(page_name, claims.failure(finding), words, why)
    factors = {factor.name: factor for factor in sample.factors}
    limits = sorted(found.box.limits, key=lambda limit: limit.quasi_p)
    drawn = Forest([_limit_row(limit, factors[limit.factor]) for limit in limits], ROOM, FAILURE_RIGHT, 0.56)
    page = style.open_page(page_name, claims.failure(finding), words, drawn.height + TRAJECTORY + 1.2)
    drawn.draw(page, TRAJECTORY + 1.0, [Panel(0, 1, ticks={})])
    _draw_trajectory(page, found)
    page.alt = failure_alt(finding)
    return page


def failure_alt(finding):
    """Rule, coverage, density, and how sure each condition is."""
    found = finding.discovery
    box, base = found.box, with_interval(found.base, 1)
    held, fail = with_interval(box.coverage, 1), with_interval(box.density, 1)
    told = [
        f"The rule: {box.rule}. It holds {held} of all failures (coverage), and of the runs in it {fail} fail "
        f"(density), against {base} of all; {percent(box.mass)} of the runs lie in it."
    ]
    told += [f"{capital(limit.words)}: came back in {percent(limit.comes_back)} of new draws." for limit in box.limits]
    return " ".join(told)


def _limit_row(limit, factor):
    marks = _choice_marks(limit, factor) if limit.choices is not None else _range_marks(limit, factor)
    words = limit.words.removeprefix(factor.label).strip().removeprefix("at ")
    note, look = forest.note_of(words, FAILURE_RIGHT - 0.24, bold=True), {"weight": "bold", "color": style.ink_of(FAIL)}
    return Row(capital(factor.label), [list(marks)], note, note_look=look)


def _range_marks(limit, factor):
    yield Bar(0, 1, style.FAINT, 0.18)
    yield Bar(*((value - factor.low) / factor.span for value in (limit.low, limit.high)), FAIL, 0.18)
    yield Words(0, factor.said(factor.low), side="left")
    yield Words(1, factor.said(factor.high), side="right")


def _choice_marks(limit, factor):
    wide = 1 / len(factor.choices)
    room = (style.width() - ROOM - FAILURE_RIGHT) * wide - 0.06
    for place, choice in enumerate(factor.choices):
        start, colour = place * wide, FAIL if choice in limit.choices else style.FAINT
        yield Bar(start, start + 0.94 * wide, colour, 0.18)
        yield Words(start + 0.47 * wide, style.cut(choice.replace("_", " "), room, style.SMALL))


def _draw_trajectory(page, found):
    axes = page.axes(0.62, 0.5, style.width() - 0.62 - 0.3, TRAJECTORY)
    forest.frame(axes, 0, 1.02, 1, most=5)
    axes.set_ylim(0, 1.04)
    axes.set_yticks([0, 0.5, 1], ["0 %", "50 %", "100 %"])
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0 %", "25 %", "50 %", "75 %", "100 %"])
    axes.get_xticklabels()[-1].set_ha("right")
    axes.tick_params(axis="y", length=3, labelsize=style.SMALL)
    axes.axhline(found.base.value, color=style.CALM, linewidth=1.2, linestyle=(0, (1, 2)))
    x, y = [box.coverage.value for box in found.trajectory], [box.density.value for box in found.trajectory]
    box, look = found.box, {"marker": "o", "markersize": 4.5, "markeredgecolor": style.PAPER, "alpha": 0.8}
    axes.plot(x, y, color=forest.UNKNOWN, linewidth=1, **look)
    axes.plot([box.coverage.low, box.coverage.high], [box.density.value] * 2, color=FAIL, linewidth=2)
    axes.plot([box.coverage.value] * 2, [box.density.low, box.density.high], color=FAIL, linewidth=2)
    look = {"marker": "D", "markersize": 9, "color": FAIL, "markeredgecolor": style.PAPER}
    axes.plot([box.coverage.value], [box.density.value], **look)
    words = "Share of the runs under the rule that fail; each dot is a stricter rule"
    forest.heading(page, style.MARGIN, TRAJECTORY + 0.6, words, style.width() - 0.3)
    page.write(style.width() - 0.3, 0.12, "share of all failures that the rule holds", style.LABEL, ha="right")
    is_above = found.base.value < 0.85
    look = {"va": "bottom" if is_above else "top", "fontsize": style.SMALL, "color": style.MUTED}
    axes.text(0.01, found.base.value + (0.03 if is_above else -0.03), "all runs", **look)


# -------------------------------------------------------------------------------------------------------------- choice


@chart("choice", place=4, each=each_measure, question="What can be chosen?")
def compose_choice(analysis, finding):
    """Every setting of every lever, and the cooperation: mean, worst tenth, good enough, regret."""
    sample, span = analysis.sample, span_of(finding)
    choices = [*([finding.cooperation] if finding.cooperation else []), *finding.levers]
    name = f"robustness-{finding.measure}"
    limit = choices[0].good_enough if choices else math.nan
    side = "or more" if measure(finding.measure).better != "lower" else "or less"
    note = (
        f"Worst tenth: nine runs in ten do better. Good enough: share of runs at {figure(limit, span)} {side}. Regret: "
        "how much worse than the best setting for the same future; nine futures in ten stay under it"
    )
    words = caption(sample, f"{units_for(finding.measure)}; good enough: share of runs", note)
    if not choices:
        title = f"nothing to choose: no lever was varied for {label(finding.measure)}"
        why = "This sweep varied no lever, and has no cooperation to leave out."
        return style.empty_page(name, title, words, why)
    panels = [(head, key) for head, key in CHOICE_PANELS if key != "regret" or any(_estimates(choices, "regret"))]
    drawn = Forest(_choice_rows(choices, [key for _, key in panels]), CHOICE_ROOM, CHOICE_RIGHT, gap=CHOICE_GAP)
    page = style.open_page(name, claims.choice_of(finding), words, drawn.height + 0.74)
    drawn.draw(
        page, 0.36, [Panel(*forest.ends_of(_estimates(choices, key), 0.1), most=2, head=head) for head, key in panels]
    )
    page.alt = choice_alt(finding, choices)
    return page


def _shown_choices(choices):
    """The choices that get rows: as many whole ones as there is room for."""
    rows = np.cumsum([1 + len(lever.settings) for lever in choices])
    room = style.by_shape(12, 6)
    return [one for one, end in zip(choices, rows, strict=True) if one is choices[0] or end - 1 <= room]


def _estimates(choices, key):
    found = [getattr(inputs, key) for lever in _shown_choices(choices) for inputs in lever.settings]
    return [estimate for estimate in found if estimate]


def _choice_rows(choices, keys):
    for lever in _shown_choices(choices):
        yield Row(capital(lever.label), is_head=True)
        for inputs in lever.settings:
            found = [getattr(inputs, key) for key in keys]
            yield Row(inputs.words, [[Point(one, forest.CLEAR, size=6, width=2)] if one else [] for one in found])


def choice_alt(finding, choices):
    """Every setting in words."""
    span, told = span_of(finding), []
    for lever in choices:
        for inputs in lever.settings:
            regret = with_interval(inputs.regret, span) if inputs.regret else ""
            under = f", regret under {regret} in nine futures of ten" if regret else ""
            told.append(
                f"{capital(lever.label)}, {inputs.words}: mean {with_interval(inputs.mean, span)}, worst tenth "
                f"from {with_interval(inputs.worst, span)}, good in {percent(inputs.good.value)} of runs{under}."
            )
    return f"{capital(label(finding.measure))} at each setting. {' '.join(told)}"


# ------------------------------------------------------------------------------------------------------------- futures


@chart("futures", place=5, each=each_measure, question="Does the choice hold in every kind of future?")
def compose_futures(analysis, finding):
    """What the cooperation, and the most telling lever, are worth in each kind of future."""
    sample, choices = analysis.sample, telling_choices(finding)[: style.by_shape(None, 1)]
    name = f"futures-{finding.measure}"
    note = (
        "Right of the line the first setting is better, left of it the second. Blue: clearly better; orange: clearly "
        "worse; grey: cannot be told. A kind of future is the lowest or the highest third of an uncertainty"
    )
    words = caption(sample, f"{units_for(finding.measure)}, gained", note)
    if not choices:
        title = f"nothing to compare across futures for {label(finding.measure)}"
        return style.empty_page(name, title, words, "This sweep varied no lever, or no uncertainty.")
    rows = [row for choice in choices for row in _future_gains(choice)]
    told = [_future_row(words, gain, span_of(finding)) for words, gain in rows]
    drawn = Forest(told, FUTURES_ROOM, FUTURES_RIGHT, 0.38)
    page = style.open_page(name, claims.futures(finding, choices[0]), words, drawn.height + 0.42)
    low, high = forest.ends_of([gain for _, gain in rows if gain])
    edge = 0.02 * (high - low)
    drawn.draw(page, 0.36, [Panel(min(low, -edge), max(high, edge), lines=[ZERO])])
    page.alt = " ".join(_futures_told(choice, span_of(finding)) for choice in choices)
    return page


def _futures_told(choice, span):
    gains = "; ".join(f"{words} {with_interval(gain, span)}" for words, gain in _future_gains(choice) if gain)
    return f"What {named(choice)} gains over {other(choice)}, by kind of future: {gains}."


def _future_gains(choice):
    """A heading, the gain over all futures, and the gain in each kind."""
    yield f"{capital(named(choice))} rather than {other(choice)}", None
    yield "All futures", choice.gain
    yield from ((capital(future.words), future.gain) for future in choice.futures)


def _future_row(words, gain, span):
    if gain is None:
        return Row(words, is_head=True)
    is_all = words == "All futures"
    look = {"weight": "bold" if is_all else "normal"}
    point = Point(gain, *_verdict(gain), size=9 if is_all else 7)
    return Row(words, [[point]], figure(gain.value, span), look=look, note_look=look)


def _verdict(gain):
    if not gain.is_clear():
        return forest.UNCLEAR, "o"
    return (forest.CLEAR, ">") if gain.value > 0 else (forest.AGAINST, "<")


# --------------------------------------------------------------------------------------------------------- together


@chart("tradeoffs", place=6, question="Trade-offs", anchor="together")
def compose_tradeoffs(analysis):
    """All pairs, and the most telling one dot by dot."""
    sample, pairs = analysis.sample, list(analysis.trade_offs)
    words = caption(
        sample, "rank correlation, −1 to 1; measures in their own units",
        "A dot is a design point. Blue: what is good for one is good for the other; orange: one at the expense of the "
        "other; grey: cannot be told",
    )  # fmt: skip
    if not pairs:
        why = "One measure was looked at, or none of them varies. Name two: --measure A --measure B."
        return style.empty_page("tradeoffs", "no two measures to set against one another", words, why)
    telling = next((pair for pair in pairs if pair.helps), pairs[0])
    shown = sorted(pairs, key=lambda pair: (pair.helps or 9, -abs(pair.correlation.value)))[: style.by_shape(10, 3)]
    names = [f"{measure(pair.one).label} and {label(pair.other)}" for pair in shown]
    drawn = Forest([_pair_row(*pair) for pair in zip(names, shown, strict=True)], TOGETHER_ROOM, TOGETHER_RIGHT, 0.42)
    page = style.open_page("tradeoffs", claims.trade_offs(pairs), words, _dots() + drawn.height + 1.5)
    _draw_dots(page, telling, drawn.height + 0.9)
    drawn.draw(page, 0.3, [Panel(-1, 1, lines=[ZERO])])
    pairs = zip(names, shown, strict=True)
    told = (f"{name}: {with_interval(pair.correlation, 1)}, {WORDS[pair.helps]}." for name, pair in pairs)
    page.alt = " ".join(["Rank correlations over the futures.", *told])
    return page


def _dots():
    """Height of the dots' axes, inches."""
    return style.by_shape(2.5, 1.5)


def _draw_dots(page, pair, low):
    axes = page.axes(0.95, low, style.width() - 0.95 - 0.3, _dots())
    x, y = pair.x, pair.y
    if len(x) > MOST_DOTS:
        at = np.random.default_rng(1).choice(len(x), MOST_DOTS, replace=False)
        x, y = x[at], y[at]
    colour, marker = COLOURS[pair.helps]
    axes.plot(x, y, linestyle="", marker=marker, markersize=4, color=colour, alpha=0.35, markeredgewidth=0)
    forest.frame(axes, *_ends(x), 1, most=5)
    axes.set_ylim(*_ends(y))
    ticks = forest.round_ticks(*_ends(y), 4)
    axes.set_yticks(ticks, forest.said(ticks))
    axes.tick_params(axis="y", length=3, labelsize=style.SMALL)
    page.write(style.MARGIN, low + _dots() + 0.12, f"↑ {_named_axis(pair.other)}", weight="bold")
    page.write(style.width() - 0.3, low - 0.46, f"{_named_axis(pair.one)} →", ha="right", weight="bold")


def _ends(values):
    gap = (values.max() - values.min()) * 0.04
    return float(values.min() - gap), float(values.max() + gap)


def _named_axis(name):
    """A measure on an axis, and which way it is better."""
    better = {"higher": " (more is better)", "lower": " (less is better)"}
    return axis_of(name) + better.get(measure(name).better, "")


def _pair_row(words, pair):
    point = Point(pair.correlation, *COLOURS[pair.helps])
    return Row(words, [[point]], f"{pair.correlation.value:+.2f}".replace("-", "−"))


# --------------------------------------------------------------------------------------------------------- enough runs


@chart("settling", place=7, question="Enough runs?", anchor="enough")
def compose_settling(analysis):
    """The convergence of every measure that was looked at."""
    sample = analysis.sample
    found = [one for one in analysis.findings if one.convergence.futures and not one.spread.is_constant]
    words = caption(
        sample, "each measure in its own; across: futures counted in, on a logarithmic scale",
        "Line: mean so far; light: its 95 % interval; dotted: the last mean, a twentieth of the runs' range either way",
    )  # fmt: skip
    if not found:
        why = "Too few futures have a value to say how many would be enough."
        return style.empty_page("settling", claims.TOO_FEW_FUTURES, words, why)
    body = len(found) * (PANEL + HEAD) + 0.42
    page = style.open_page("settling", claims.enough_runs(found), words, body)
    for number, finding in enumerate(found):
        _draw_means(page, finding, body - (number + 1) * (PANEL + HEAD) + 0.08)
    page.alt = " ".join(f"{measure(finding.measure).label}: {finding.convergence.sentence}." for finding in found)
    return page


def _draw_means(page, finding, low):
    converged, span = finding.convergence, span_of(finding)
    axes = page.axes(BESIDE, low, style.width() - 2 * BESIDE, PANEL)
    counts = np.array(converged.futures)
    means = np.array([[one.low, one.value, one.high] for one in converged.means]).T
    last = converged.means[-1].value
    half = max(np.nanmax(np.abs(means[:, len(counts) // 3 :] - last)), 1.3 * converged.tolerance) or 0.5
    axes.set_xscale("log")
    axes.fill_between(counts, means[0], means[2], color=forest.BLUE[0], linewidth=0)
    axes.plot(counts, means[1], color=forest.BLUE[2], linewidth=2)
    for side in (-1, 1):
        axes.axhline(last + side * converged.tolerance, color=style.INK, linewidth=1, linestyle=(0, (1, 2)))
    axes.set_xlim(counts[0], counts[-1])
    axes.set_ylim(last - half, last + half)
    ticks = [tick for tick in COUNTS if counts[0] <= tick <= counts[-1]]
    axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    axes.set_xticks([], minor=True)
    levels = forest.round_ticks(last - half, last + half, 3)
    axes.set_yticks(levels, forest.said(levels))
    axes.tick_params(length=3, labelsize=style.SMALL)
    forest.beside(axes, last, figure(last, span), weight="bold")
    forest.heading(page, style.MARGIN, low + PANEL + 0.12, axis_of(finding.measure), style.width() - 0.4)
