"""`oceans papers`: what is printed before an exercise, and after it."""

import datetime
from pathlib import Path

from sim.cli.options import PapersOptions
from sim.errors import did_you_mean, refusal
from sim.letters import visible
from sim.papers.after import is_result, papers_after, read_played, write_bundle, write_decisions, write_improvement_plan
from sim.papers.before import papers_before
from sim.papers.rendering import FORMATS, write_papers
from sim.record import store
from sim.scenario import load


def print_papers(options: PapersOptions) -> int:
    """Writes the papers into a new folder, and returns the exit code."""
    if options.form not in FORMATS:
        raise refusal(f"--format {options.form}: {did_you_mean(options.form, FORMATS)}")
    return _after(options) if is_result(Path(options.source)) else _before(options)


def _before(options):
    loaded = load(options.source)
    papers, left_out = papers_before(loaded, options.whom, options.address, options.code)
    _keep(options, loaded, papers)
    if left_out:
        print(f"No brief of their own, so no paper: {', '.join(left_out)}. --for CODE writes one all the same.")
    return 0


def _after(options):
    if options.whom:
        raise refusal("--for: the papers after an exercise are for all and for control; they are written together.")
    played = read_played(Path(options.source))

    def more(folder):
        write_improvement_plan(played, folder / "improvement_plan.xlsx")
        if played.decisions:
            write_decisions(played, folder / "decisions.xlsx")
        write_bundle(played.folder, played.loaded.scenario, folder / "data.zip")

    _keep(options, played.loaded, papers_after(played), more)
    print("  improvement_plan.xlsx  who does what by when, to be filled in")
    if played.decisions:
        print("  decisions.xlsx  all that people decided, with all the options that they saw")
    print("  data.zip  all data of the run, the truth among it: for control")
    return 0


def _keep(options, loaded, papers, more=lambda folder: None):
    """Writes papers, and what else goes with them, into a folder that is there when all of it is, and lists them."""
    name = f"{loaded.name}-papers"
    with store.RunFolder(options.out, name, datetime.datetime.now()) as folder, store.advising(Path(options.out)):
        write_papers(papers, loaded.scenario, folder.aside, options.form)
        more(folder.aside)
        path = folder.keep()
    print(f"{visible(str(path))}/")
    for paper in papers:
        print(f"  {paper.name}.{options.form}  {paper.title}, {paper.audience}")
