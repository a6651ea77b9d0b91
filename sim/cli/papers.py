"""`oceans papers` and `msel`: what is printed before and after an exercise; its run sheet as a table, and back."""

import datetime
import sys
from pathlib import Path

from sim.cli.options import MselOptions, PapersOptions
from sim.errors import OceansError, counted, did_you_mean, in_words, refusal
from sim.letters import visible
from sim.papers.after import papers_after, write_decisions, write_improvement_plan, write_ratings
from sim.papers.before import ALL, CONTROL, papers_before
from sim.papers.bundle import bundle
from sim.papers.msel import Brought, bring, is_sheet, sheet_of, write_sheet
from sim.papers.paper import FORMATS, write_papers
from sim.papers.played import is_result, read_played
from sim.papers.sheets import KINDS
from sim.record import store
from sim.scenario import load
from sim.scenario.loading import shipped

# --------------------------------------------------------------------------------------------------------------- papers


def print_papers(options: PapersOptions) -> int:
    """Writes the papers into a new folder, and returns the exit code."""
    if options.form not in FORMATS:
        raise refusal(f"--format {options.form}: {did_you_mean(options.form, FORMATS)}")
    source, code = _of_session(Path(options.source)) if options.source.endswith(".session") else (options.source, "")
    return _after(options, Path(source)) if is_result(Path(source)) else _before(options, source, options.code or code)


def _of_session(path):
    """What the file of a room leads to: its results once they are kept, before that its scenario and its code."""
    from sim.live.log import Log

    if not path.exists():
        raise refusal(f"there is no session at {path}.")
    log = Log(path)
    scenario = log.fact("results") or log.fact("scenario")
    if scenario is None:
        raise refusal(f"{path} does not say which scenario it is of. Name the scenario, and its --code.")
    return scenario, log.fact("code", "")


def _before(options, source, code):
    loaded = load(source)
    papers, left_out = papers_before(loaded, options.whom, options.address.rstrip("/"), code)
    _write(options, loaded, papers)
    if left_out:
        print(f"No brief of their own, so no paper: {', '.join(left_out)}. --for CODE writes one all the same.")
    return 0


def _after(options, folder):
    played = read_played(folder)
    whom = options.whom or (ALL, CONTROL, *(played.seats if played.turns else ()))
    data = {_data_of(one): bundle(played, "" if one == CONTROL else one) for one in whom if one != ALL}
    has_all = ALL in whom

    def more(folder):
        for name, packed in data.items():
            (folder / name).write_bytes(packed)
        if has_all:
            write_improvement_plan(played, folder / "improvement_plan.xlsx")
            write_ratings(played, folder / "ratings.csv")
        if has_all and played.decisions:
            write_decisions(played, folder / "decisions.xlsx")

    _write(options, played.loaded, papers_after(played) if has_all else [], more)
    if has_all:
        print("  improvement_plan.xlsx  who does what by when, to be filled in")
        print("  ratings.csv  what the record suggests for each objective; filled in, it goes into the run's folder")
    if has_all and played.decisions:
        print("  decisions.xlsx  all that people decided, with all the options that they saw")
    for one in whom:
        if one != ALL:
            about = (
                "all data, the truth among it, for control alone"
                if one == CONTROL
                else f"what {one} saw and did, for it alone"
            )
            print(f"  {_data_of(one)}  {about}")
    return 0


def _data_of(whom):
    return "data.zip" if whom == CONTROL else f"data_{whom}.zip"


def _write(options, loaded, papers, more=lambda folder: None):
    """Writes papers, and what else goes with them, into a folder that is there when all of it is, and lists them."""
    name = f"{loaded.name}-papers"
    with store.RunFolder(options.out, name, datetime.datetime.now()) as folder, store.advising(Path(options.out)):
        write_papers(papers, loaded.scenario, folder.aside, options.form)
        more(folder.aside)
        path = folder.keep()
    print(f"{visible(str(path))}/")
    for paper in papers:
        print(f"  {paper.name}.{options.form}  {paper.title}, {paper.audience}")


# ----------------------------------------------------------------------------------------------------------------- msel


def run_sheet(options: MselOptions) -> int:
    """Writes the table, or what it makes of a scenario; the exit code."""
    if is_sheet(Path(options.source)):
        return _bring(options)
    if options.into is not None:
        said = f"'{options.source}' is no run sheet: an .xlsx, .csv or .json file goes into a scenario."
        raise refusal(said)
    loaded = load(options.source)
    if options.out is None:
        headings, rows = sheet_of(loaded)
        store.fill_table(sys.stdout, headings, rows)
        return 0
    if not is_sheet(options.out):
        raise refusal(f"'{options.out}' should end in .xlsx, .csv or .json. {did_you_mean(options.out.suffix, KINDS)}")
    with store.advising(options.out.parent, _unwritable):
        write_sheet(loaded, options.out)
    what = counted(len(loaded.scenario.injects), "inject")
    print(f"Written: {visible(str(options.out))}, {what}. Edit it, then bring it back:")
    print(f"  oceans msel {visible(str(options.out))} --into {visible(_own_file(loaded))}")
    return 0


def _own_file(loaded):
    return f"my_{loaded.name}.yaml" if loaded.name in shipped() else str(loaded.path)


def _unwritable(error):
    return f"cannot be written: {error.strerror or error}."


def _bring(options):
    if options.into is None:
        raise refusal(f"into which scenario? oceans msel {options.source} --into FILE.yaml (`oceans new` writes one).")
    if options.into in shipped():
        said = f"'{options.into}' ships with the program and stays as it is. Name a file of your own: `extends: "
        raise refusal(f"{said}{options.into}` in it takes everything over.")
    brought = bring(Path(options.source), options.into, dict(map(_pair, options.who)))
    for words in brought.notes:
        print(f"Note: {words}", file=sys.stderr)
    path = Path(options.into)
    if brought.changed or brought.added:
        try:
            aside = path.with_name(f".{path.name}.part")
            aside.write_text(brought.text, encoding="utf-8", newline="")
            aside.replace(path)
        except OSError as error:
            raise OceansError(f"{path}: error: {_unwritable(error)}") from error
    print(f"{visible(str(path))}: {_summary(brought)}.")
    if brought.absent:
        print(f"Not on the sheet, and left as they are: {visible(in_words(brought.absent))}.")
    return 0


def _pair(words):
    name, equals, code = words.rpartition("=")
    if not equals or not name.strip() or not code.strip():
        raise refusal(f"--who {words}: write NAME=CODE, such as --who 'SOC team=EST'.")
    return name.strip(), code.strip()


def _summary(brought: Brought) -> str:
    said = [
        f"{what} {counted(len(names), 'inject')} ({in_words(names)})"
        for what, names in (("changed", brought.changed), ("added", brought.added))
        if names
    ]
    return " and ".join(said) or "nothing differs, so nothing was written"
