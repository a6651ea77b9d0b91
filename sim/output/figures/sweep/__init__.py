"""Charts of a sweep: measure by measure, and of all measures together; and what stands under each."""

from sim.output.figures.style import in_sentences


def each_measure(analysis):
    """A chart for every measure that was looked at."""
    for finding in analysis.findings:
        yield f"-{finding.measure}", (analysis, finding)


def caption(sample, units, note=""):
    """What stands under a chart of a sweep."""
    played = f"{sample.runs:,} runs at {len(sample.x):,} design points"
    about = f"Scenario: {sample.scenario_name}, {played}, seed {sample.seed}"
    lines = "One draw of chance, so no 95 % intervals" if sample.is_one_draw else "Lines are 95 % intervals"
    return in_sentences(note, lines, f"Units: {units}", about)
