"""What a sweep or a comparison says, one sentence a question: headlines of charts, findings on pages and terminals.

Each function reads a result of the analysis and gives text without capital or full stop. Numbers are as precise as the
spread of the runs asks for.
"""

import math
from collections.abc import Iterator, Sequence

from sim.experiments.analysis import Analysis, Finding, TradeOff
from sim.experiments.compare import Comparison
from sim.experiments.estimate import MATTERS, ONE_DRAW
from sim.experiments.phrases import figure, label, measure, unit_of
from sim.experiments.robustness import Robustness
from sim.experiments.sample import Sample
from sim.experiments.sensitivity import NOT_APART, SHARES
from sim.phrases import count, listed, percent, percent_range

CLOSE = 0.3  # a rank correlation below which a trade-off is none to choose by
NEARLY_ALL = 0.95  # of the variance
TOO_FEW_FUTURES = "too few futures to see the means settle"


def claims_of(analysis: Analysis, finding: Finding) -> dict[str, str]:
    """The claims about one measure, in the order of the questions: outcome, drivers, failure, choice, futures."""
    choices = telling_choices(finding)
    return {
        "outcome": outcome(finding),
        "drivers": drivers(analysis.sample, finding),
        "failure": failure(finding),
        "choice": choice_of(finding),
        "futures": futures(finding, choices[0])
        if choices
        else f"nothing was chosen differently, so nothing can be said of choices for {label(finding.measure)}",
    }


def overall_claims(analysis: Analysis) -> Iterator[str]:
    """The claims about all measures together: trade-offs, and whether there are enough runs."""
    found = [one for one in analysis.findings if one.convergence.futures and not one.spread.is_constant]
    yield trade_offs(analysis.trade_offs) if analysis.trade_offs else "no two measures were looked at"
    yield enough_runs(found) if found else TOO_FEW_FUTURES


# ---------------------------------------------------------------------------------------------------- one measure


def outcome(finding: Finding) -> str:
    """The mean, and what the cooperation makes of it."""
    span, about = span_of(finding), label(finding.measure)
    if not finding.spread.runs:
        return f"{about}: it applies to none of the runs"
    found = f"{about}: {figure(finding.spread.mean.value, span)}{unit_of(finding.measure)}"
    if finding.spread.is_constant:
        return f"{found}, the same in all runs"
    mean = f"{found} on average"
    if not math.isfinite(finding.spread.mean.low) and finding.spread.runs > 1:
        return f"{mean} in {ONE_DRAW}"
    if not finding.cooperation:
        low, high = finding.spread.quantiles[0], finding.spread.quantiles[-1]
        return f"{mean}, from {figure(low, span)} to {figure(high, span)} in nine runs of ten"
    gain = finding.cooperation.gain
    if not finding.cooperation.is_better():
        return f"{mean}, with or without the cooperation"
    which = "better" if finding.cooperation.best == 0 else "worse"
    if abs(gain.value) < MATTERS * span:
        return f"{mean}, hardly {which} than without the cooperation"
    return f"{mean}, {figure(abs(gain.value), span)} {which} than without the cooperation"


def drivers(sample: Sample, finding: Finding) -> str:
    """Which factors count, or that chance does."""
    found, about = finding.sensitivity, label(finding.measure)
    if finding.spread.is_constant:
        return f"{about} is the same in all runs, so nothing drives it"
    labels = {factor.name: factor.label for factor in sample.factors}
    real = [one for one in found.ranked() if found.is_real(one.factor)]
    if not real:
        return f"no factor clearly moves {about}{_of_chance(sample, found)}"
    most = [one for one in real if _matters(one, found, span_of(finding))][:2]
    if not most:
        return f"no factor moves {about} much, not even {labels[real[0].factor]}{_of_chance(sample, found)}"
    first, *second = [labels[one.factor] for one in most]
    chance = found.chance
    if not (math.isfinite(chance.low) and chance.low > 0.5):
        return f"{about} depends most on {listed([first, *second])}"
    of_rest = f" ({percent(most[0].estimate.value)})" if found.method in ("first", "total") else ""
    return f"{about}: {_said(chance)}; of the rest, most goes with {first}{of_rest}"


def _matters(one, found, span):
    """Whether a factor explains a share, or moves the mean by a part of the range, that is worth a headline."""
    is_share = one.method in SHARES and one.estimate.value >= MATTERS
    return is_share or abs(found.swing(one.factor).change.value) >= MATTERS * span


def _of_chance(sample, found):
    if found.chance.is_known:
        return f"; {_said(found.chance)}"
    return f"; {NOT_APART}" if sample.runs == len(sample.x) else ""


def _said(chance):
    """How much chance makes, with its interval; "nearly all" where no interval keeps it from being all."""
    low, high = percent(chance.low), percent(chance.high)
    if math.isfinite(chance.low) and low != high:
        how_much = f"{percent(chance.value)} ({percent_range([chance.low, chance.high])})"
    else:
        how_much = "nearly all" if chance.value > NEARLY_ALL else percent(chance.value)
    return f"chance makes {how_much} of the variance"


def failure(finding: Finding) -> str:
    """The rule in words, with how often it fails there and elsewhere; only one that holds in other futures."""
    found, about = finding.discovery, label(finding.measure)
    if finding.spread.is_constant:
        return f"{about} is the same in all runs, so it goes wrong nowhere more than elsewhere"
    if not found.is_headline:
        return f"no simple rule tells where {about} goes wrong"
    inside, everywhere = percent(found.box.density.value), percent(found.base.value)
    return f"{about} goes wrong in {inside} of the runs with {found.box.rule}, against {everywhere} of all"


def choice_of(finding: Finding) -> str:
    """Which choice is worth most."""
    about, span = label(finding.measure), span_of(finding)
    choices = [one for one in [finding.cooperation, *finding.levers] if one]
    clear = [one for one in choices if _is_better(finding, one)]
    if finding.spread.is_constant and not clear:
        return f"{about} is the same in all runs, whatever is chosen"
    if not clear:
        return f"no choice makes a clear difference to {about}"
    best = max(clear, key=lambda one: abs(one.gain.value))
    lower = measure(finding.measure).better == "lower"
    size = f"{figure(abs(best.gain.value), span)}{unit_of(finding.measure)} {'lower' if lower else 'higher'}"
    if abs(best.gain.value) < MATTERS * span:
        return f"no choice matters much to {about}: it is at most {size} {_than(best)}"
    return f"{about} is {size} {_than(best)}{_ties(best)}"


def _is_better(finding, choice):
    """Whether a choice is clearly worth it, all choices looked at together."""
    return choice.is_better(among=len(finding.levers) + bool(finding.cooperation))


def _ties(choice):
    """The settings that do as well as the best, as far as can be told."""
    tied = [choice.settings[place].words for place in choice.ties if place != choice.other]
    return f" ({choice.settings[choice.best].words} and {listed(tied)} tie)" if tied else ""


def _than(choice):
    if choice.lever == "cooperation":
        return "with the cooperation than without" if choice.best == 0 else "without the cooperation than with it"
    return f"with {choice.label} at {choice.settings[choice.best].words} than at {choice.settings[choice.other].words}"


def futures(finding: Finding, choice: Robustness) -> str:
    """Whether a choice holds in every kind of future."""
    about, cannot = label(finding.measure), f"which does better, {named(choice)} or {other(choice)}, cannot be told"
    is_better = _is_better(finding, choice)
    if finding.spread.is_constant and not choice.gain.value:
        return f"{about} is the same in every kind of future looked at"
    if choice.turning and not is_better:
        return f"{about}: whether {named(choice)} helps depends: it hurts at {choice.turning[0].words}"
    if choice.turning:
        return f"{about}: {named(choice)} helps on average, and hurts at {choice.turning[0].words}"
    if not is_better:
        return f"{about}: {cannot}"
    if abs(choice.gain.value) < MATTERS * span_of(finding):
        return f"{about}: {named(choice)} or {other(choice)}, it makes little difference on average"
    doubtful = [future for future in choice.futures if not future.gain.is_clear()]
    if doubtful:
        return f"{about}: {named(choice)} beats {other(choice)} on average, but not clearly at {doubtful[0].words}"
    return f"{about}: {named(choice)} beats {other(choice)} in every kind of future looked at"


def telling_choices(finding: Finding) -> list[Robustness]:
    """The choices that futures are told for, the most telling first: the cooperation, and one lever.

    A choice that turns into a loss somewhere tells most, then one that is clear.
    """
    levers = [lever for lever in finding.levers if lever.futures]
    choices = [finding.cooperation] if finding.cooperation and finding.cooperation.futures else []
    return sorted([*choices, *sorted(levers, key=_telling)[:1]], key=_telling)


def _telling(choice):
    gains = [future.gain.value for future in choice.futures]
    return not choice.turning, not choice.is_better(), -abs(choice.gain.value), -max(gains)


def named(choice: Robustness) -> str:
    """The better setting in words."""
    if choice.lever == "cooperation":
        return "playing with the cooperation" if choice.best == 0 else "playing without the cooperation"
    return f"{choice.label} at {choice.settings[choice.best].words}"


def other(choice: Robustness) -> str:
    """The setting it is compared with."""
    if choice.lever == "cooperation":
        return "playing without it" if choice.best == 0 else "playing with it"
    return choice.settings[choice.other].words


# ------------------------------------------------------------------------------------- all measures, and comparisons


def trade_offs(pairs: Sequence[TradeOff]) -> str:
    """The strongest conflict between two measures, or that there is none."""
    close = [pair for pair in pairs if abs(pair.correlation.value) >= CLOSE]
    against = [pair for pair in close if pair.helps < 0]
    if against:
        worst = max(against, key=lambda pair: abs(pair.correlation.value))
        return f"what is good for {label(worst.one)} tends to be bad for {label(worst.other)}"
    together = [pair for pair in close if pair.helps > 0]
    if together:
        best = max(together, key=lambda pair: abs(pair.correlation.value))
        much = " much" if any(pair.helps < 0 for pair in pairs) else ""
        both = f"{label(best.one)} and {label(best.other)} improve together"
        return f"no measure improves{much} at the expense of another; {both}"
    if any(pair.helps for pair in pairs):
        return "the measures hardly go together: no trade-off is strong enough to choose by"
    return "the measures go their own ways: no trade-off shows"


def enough_runs(found: Sequence[Finding]) -> str:
    """For which claims there are enough runs, and for which not: means, shares of variance, rules, choices."""
    settled = [one for finding in found for one in finding.settled if one.is_known]
    short = [one for one in settled if not one.is_enough]
    lacking = list(dict.fromkeys(one.what for one in short))
    done = [what for what in dict.fromkeys(one.what for one in settled) if what not in lacking]
    enough = f"enough runs for {listed(done)}" if done else ""
    if not settled:
        return f"whether there are enough runs is not known: {found[0].convergence.sentence}"
    if not short:
        return f"{enough} of every measure"
    worst = max(short, key=lambda one: one.times)
    convergence = next(one.convergence for one in found if one.measure == worst.measure)
    what = (
        "replications (--reps)" if convergence.chance > 0.5 and convergence.replications > 1 else "futures (--points)"
    )
    more = f"{label(worst.measure)} would take about {worst.times:,.0f} times as many {what}"
    return (
        f"{enough}; not for {listed(lacking)}: {more}" if enough else f"more are needed for {listed(lacking)}: {more}"
    )


def principles(comparison: Comparison, arm: int = 1) -> str:
    """Which principles are better kept in an arm than in the first, and which less well."""
    clear = [one for one in comparison.principles_of(arm) if one.is_clear and not one.is_slight]
    if not clear:
        return "no principle is clearly better or worse kept"
    most = max(clear, key=lambda one: abs(one.change.value))
    gained, lost = (sum(one.direction == word for one in clear) for word in ("better", "worse"))
    head = most.label.split(";")[0].split(",")[0]
    head = head if head.startswith("NATO") else head[:1].lower() + head[1:]
    said = [
        f"{count(number, 'principle')} {word}"
        for number, word in ((gained, "better kept"), (lost, "kept less well"))
        if number
    ]
    return f"{' and '.join(said)}; most changed: {head}"


def span_of(finding: Finding) -> float:
    """The range that holds nine runs in ten of a finding's measure."""
    return (finding.spread.quantiles[-1] - finding.spread.quantiles[0]) or 1.0
