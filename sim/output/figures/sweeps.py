"""The charts for sweeps and comparisons, in the order in which they are best looked at.

`OF_A_MEASURE` compose a page from an analysis and one finding, `OF_ALL` from the analysis, `OF_ARMS` from a comparison
and the place of an arm.
"""

from sim.output.figures import boxes, convergence, distributions, paired, robustness, tornado, tradeoffs
from sim.output.figures.saving import draw

OF_A_MEASURE = (
    ("outcome", distributions.compose),
    ("drivers", tornado.compose),
    ("failure", boxes.compose),
    ("choice", robustness.compose),
    ("futures", robustness.compose_futures),
)
OF_ALL = (("tradeoffs", tradeoffs.compose), ("settling", convergence.compose))
OF_ARMS = (("measures", paired.compose), ("principles", paired.compose_principles))


def draw_analysis(analysis, folder):
    """Every chart of an analysis, saved.

    Parameters
    ----------
    analysis : sim.experiments.analysis.Analysis
    folder : path; made if need be

    Returns
    -------
    dict of measure to dict of question to Chart; under None, those of all measures together
    """
    drawn = {
        finding.measure: {
            name: draw(folder, f"{name}-{finding.measure}", compose, analysis, finding)
            for name, compose in OF_A_MEASURE
        }
        for finding in analysis.findings
    }
    return drawn | {None: {name: draw(folder, name, compose, analysis) for name, compose in OF_ALL}}


def draw_comparison(comparison, folder):
    """Every chart of a comparison, saved: a list of Chart."""
    return [
        draw(folder, f"{name}-{arm}", compose, comparison, arm)
        for arm in range(1, len(comparison.arms))
        for name, compose in OF_ARMS
    ]
