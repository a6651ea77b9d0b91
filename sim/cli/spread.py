"""What many runs came to: medians and ranges of the measures, which texts' rooms were called, who joined what."""

import math

from sim.output.narrative.hot_wash import UNSAID, figure
from sim.phrases import Names, percent

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
MOST_RESPONSES = 8
MOST_ACTORS = 6
MOST_FORMATS = 6


def show_spread(ui, outcomes, loaded):
    """The spread of many runs, on a ui.

    Parameters
    ----------
    ui : sim.cli.terminal.TerminalUI
    outcomes : Outcomes
    loaded : sim.scenario.Loaded
    """
    names = Names(loaded)
    _show_measures(ui, outcomes)
    for incident in loaded.scenario.incidents:
        _show_formats(ui, incident.id, outcomes.formats.get(incident.id, {}), names)
        _show_joined(ui, incident.id, outcomes.joined.get(incident.id, {}), names)
    for inject, shares in outcomes.answers.items():
        _show_answers(ui, inject, shares, names)


def _show_measures(ui, outcomes):
    compared = outcomes.baseline_measures is not None
    baseline = [">Median without"] if compared else []
    table = ui.table("Measure", ">Median", ">Half of the runs", ">Nine in ten", *baseline)
    for name in outcomes.measures:
        low, lower, median, upper, high = outcomes.quantiles(name, LEVELS)
        other = [_figure(outcomes.quantiles(name, [0.5], baseline=True)[0])] if compared else []
        table.add_row(_label(name), _figure(median), _between(lower, upper), _between(low, high), *other)
    ui.show("What came of it" + (" (without: the same runs without the cooperation)" if compared else ""), table)


def _label(name):
    from sim.catalogue.measures import MEASURES

    measure = MEASURES.get(name)
    if measure is None:
        return name.replace("_", " ")
    return measure.label if measure.unit in UNSAID or "0 to 1" in measure.unit else f"{measure.label} ({measure.unit})"


def _figure(value):
    return "–" if math.isnan(value) else figure(value)


def _between(low, high):
    return "–" if math.isnan(low) else figure(low) if low == high else f"{figure(low)} to {figure(high)}"


def _show_formats(ui, incident, shares, names):
    table = ui.table("Format", ">Called first in")
    ranked = sorted(shares.items(), key=lambda item: -item[1])
    for key, share in ranked[:MOST_FORMATS]:
        table.add_row(names.format(key), percent(share))
    if ranked[MOST_FORMATS:]:
        rest = ranked[MOST_FORMATS:]
        others = "one other" if len(rest) == 1 else f"{len(rest)} others"
        table.add_row(others, percent(sum(share for _, share in rest)))
    ui.show(f"Where {names.incident(incident)} is taken", table)


def _show_joined(ui, incident, joined, names):
    table = ui.table("Response", ">Actors on average", "Most often")
    means = {key: sum(shares.values()) for key, shares in joined.items() if not names.is_inaction(key)}
    for key in sorted(means, key=lambda key: -means[key])[:MOST_RESPONSES]:
        most = sorted(joined[key].items(), key=lambda item: -item[1])[:MOST_ACTORS]
        who = [f"{code} {share:.0%}" for code, share in most if share > 0]
        if who:
            table.add_row(names.response(key), f"{means[key]:.1f}", ", ".join(who))
    ui.show(f"Who answers {names.incident(incident)}", table)


def _show_answers(ui, inject, shares, names):
    table = ui.table("Answer", "Chosen in")
    for option, by_actor in shares.items():
        who = sorted(by_actor.items(), key=lambda item: -item[1])[:MOST_ACTORS]
        table.add_row(names.answer(inject, option), ", ".join(f"{code} {share:.0%}" for code, share in who))
    ui.show(names.question(inject).text, table)


def summary(outcomes, path):
    """What many runs came to, as plain data.

    Parameters
    ----------
    outcomes : Outcomes
    path : path of the results, or None

    Returns
    -------
    dict; a quantile is null where the measure applies to no run
    """
    return {
        "scenario_name": outcomes.scenario_name,
        "title": outcomes.title,
        "digest": outcomes.digest,
        "seed": outcomes.seed,
        "runs": outcomes.runs,
        "levels": list(LEVELS),
        "measures": _quantiles(outcomes, outcomes.measures, False),
        "baseline_measures": _quantiles(outcomes, outcomes.baseline_measures, True)
        if outcomes.baseline_measures
        else None,
        "formats": _floats(outcomes.formats),
        "joined": _floats(outcomes.joined),
        **({"answers": _floats(outcomes.answers)} if outcomes.answers else {}),
        "results": str(path) if path else None,
    }


def _quantiles(outcomes, names, baseline):
    return {
        name: [None if math.isnan(value) else float(value) for value in outcomes.quantiles(name, LEVELS, baseline)]
        for name in names
    }


def _floats(shares):
    if isinstance(shares, dict):
        return {name: _floats(entry) for name, entry in shares.items()}
    return float(shares)
