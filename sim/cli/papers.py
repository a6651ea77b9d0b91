"""`oceans papers`: what is printed before an exercise, and after it."""

import datetime
from pathlib import Path

from sim.cli.options import PapersOptions
from sim.errors import did_you_mean, refusal
from sim.letters import visible
from sim.papers.before import papers_before
from sim.papers.rendering import FORMATS, write_papers
from sim.record import store
from sim.scenario import load


def print_papers(options: PapersOptions) -> int:
    """Writes the papers into a new folder, and returns the exit code."""
    if options.form not in FORMATS:
        raise refusal(f"--format {options.form}: {did_you_mean(options.form, FORMATS)}")
    loaded = load(options.source)
    papers, left_out = papers_before(loaded, options.whom, options.address, options.code)
    path = _kept(
        options, f"{loaded.name}-papers", lambda folder: write_papers(papers, loaded.scenario, folder, options.form)
    )
    print(f"{visible(str(path))}/")
    for paper in papers:
        print(f"  {paper.name}.{options.form}  {paper.title}, {paper.audience}")
    if left_out:
        print(f"No brief of their own, so no paper: {', '.join(left_out)}. --for CODE writes one all the same.")
    return 0


def _kept(options, name, write):
    """A folder that is there when all of it is written."""
    with store.RunFolder(options.out, name, datetime.datetime.now()) as folder, store.advising(Path(options.out)):
        write(folder.aside)
        return folder.keep()
