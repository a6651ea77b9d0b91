"""Charts of a run and of many runs, with their words.

`CHARTS` is what there is for one run, `FANS` for many. Each entry composes a `Page` from a record (or outcomes) and the
loaded scenario; `draw_all` and `draw_fans` compose and save all of them as SVG and PNG.
"""

from sim.output.figures import belief, consultation, fans, joining, pressure, scorecard, shares, spreads, story
from sim.output.figures.saving import Chart, draw, save

CHARTS = {
    "story": story.compose,
    "joining": joining.compose,
    "consultation": consultation.compose,
    "belief": belief.compose,
    "pressure": pressure.compose,
    "scorecard": scorecard.compose,
}
FANS = {
    "fans": fans.compose,
    "measures": spreads.compose,
    "joined": shares.compose_joined,
    "formats": shares.compose_formats,
}

__all__ = ["CHARTS", "FANS", "Chart", "draw_all", "draw_fans", "save"]


def draw_all(record, loaded, folder):
    """Every chart of one run, saved.

    Parameters
    ----------
    record : sim.record.Record
    loaded : sim.scenario.Loaded
    folder : path; made if need be

    Returns
    -------
    list of Chart, in the order in which they are best looked at
    """
    return [draw(folder, name, compose, record, loaded) for name, compose in CHARTS.items()]


def draw_fans(outcomes, loaded, folder):
    """Every chart of many runs, saved.

    Parameters
    ----------
    outcomes : sim.record.Outcomes
    loaded : sim.scenario.Loaded
    folder : path; made if need be

    Returns
    -------
    list of Chart, in the order in which they are best looked at
    """
    return [draw(folder, name, compose, outcomes, loaded) for name, compose in FANS.items()]
