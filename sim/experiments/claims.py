"""What a sweep or a comparison says, one sentence a question: headlines of charts, findings on pages and terminals.

Each function reads a result of the analysis and gives text without capital or full stop. Numbers are as precise as the
spread of the runs asks for.
"""

import math
from collections.abc import Iterator, Sequence

from sim.experiments.analysis import Analysis, Finding, TradeOff
from sim.experiments.compare import Comparison
from sim.experiments.estimate import ONE_DRAW
from sim.experiments.phrases import figure, label, measure, unit_of
from sim.experiments.robustness import Robustness
from sim.experiments.sample import Sample
from sim.phrases import count, listed, percent

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
    found = [finding for finding in analysis.findings if finding.convergence.futures]
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
    if not gain.is_clear():
        return f"{mean}, with or without the cooperation"
    which = "better" if finding.cooperation.best == 0 else "worse"
    return f"{mean}, {figure(abs(gain.value), span)} {which} than without the cooperation"


def drivers(sample: Sample, finding: Finding) -> str:
    """Which factors count, or that chance does."""
    found, about = finding.sensitivity, label(finding.measure)
    labels = {factor.name: factor.label for factor in sample.factors}
    real = [one for one in found.ranked() if found.is_real(one.factor)]
    if not real:
        return f"no factor clearly moves {about}: chance within a run makes the difference"
    most = listed([labels[one.factor] for one in real[:2]])
    chance = found.chance
    if math.isfinite(chance.value) and chance.low > 0.5:
        return f"{about}: chance makes {percent(chance.value)} of the spread; of the rest, most goes with {most}"
    return f"{about} depends most on {most}"


def failure(finding: Finding) -> str:
    """The rule in words, with how often it fails there and elsewhere."""
    found, about = finding.discovery, label(finding.measure)
    if not found.box or not found.box.limits:
        return f"no simple rule tells where {about} goes wrong"
    inside, everywhere = percent(found.box.density.value), percent(found.base.value)
    return f"{about} goes wrong in {inside} of the runs with {found.box.rule}, against {everywhere} of all"


def choice_of(finding: Finding) -> str:
    """Which choice is worth most."""
    about, span = label(finding.measure), span_of(finding)
    clear = [one for one in [finding.cooperation, *finding.levers] if one and one.gain.is_clear()]
    if not clear:
        return f"no choice makes a clear difference to {about}"
    best = max(clear, key=lambda one: abs(one.gain.value))
    lower = measure(finding.measure).better == "lower"
    size = f"{figure(abs(best.gain.value), span)}{unit_of(finding.measure)} {'lower' if lower else 'higher'}"
    return f"{about} is {size} {_than(best)}"


def _than(choice):
    if choice.lever == "cooperation":
        return "with the cooperation than without" if choice.best == 0 else "without the cooperation than with it"
    return f"with {choice.label} at {choice.settings[choice.best].words} than at {choice.settings[choice.other].words}"


def futures(finding: Finding, choice: Robustness) -> str:
    """Whether a choice holds in every kind of future."""
    about = label(finding.measure)
    if choice.turning and not choice.gain.is_clear():
        return f"{about}: whether {named(choice)} beats {other(choice)} depends: it hurts at {choice.turning[0].words}"
    if choice.turning:
        return f"{about}: {named(choice)} helps on average, and hurts at {choice.turning[0].words}"
    doubtful = [future for future in choice.futures if not future.gain.is_clear()]
    if not choice.gain.is_clear():
        return f"{about}: whether {named(choice)} beats {other(choice)} cannot be told"
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
    return not choice.turning, not choice.gain.is_clear(), -abs(choice.gain.value), -max(gains)


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
    against = [pair for pair in pairs if pair.helps < 0]
    if against:
        worst = max(against, key=lambda pair: abs(pair.correlation.value))
        return f"what is good for {label(worst.one)} tends to be bad for {label(worst.other)}"
    together = [pair for pair in pairs if pair.helps > 0]
    if together:
        best = max(together, key=lambda pair: abs(pair.correlation.value))
        return (
            f"no measure improves at the expense of another; {label(best.one)} and {label(best.other)} improve together"
        )
    return "the measures go their own ways: no trade-off shows"


def enough_runs(found: Sequence[Finding]) -> str:
    """Whether there are enough runs, for all measures or for which not."""
    short = [finding for finding in found if not finding.convergence.enough]
    if not short:
        most = max(finding.convergence.enough or 0 for finding in found)
        return f"enough runs: {most:,} futures would have done for every measure"
    return f"more runs are needed for {label(short[0].measure)}: {short[0].convergence.sentence}"


def principles(comparison: Comparison, arm: int = 1) -> str:
    """Which principles are better kept in an arm than in the first, and which less well."""
    clear = [one for one in comparison.principles_of(arm) if one.is_clear]
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
