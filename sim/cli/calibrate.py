"""`oceans calibrate`: coefficients of behaviour estimated from past cases, and the files that put them to use."""

import datetime
import sys
import time

from sim.cli.backtest import manifest_of
from sim.cli.options import CalibrationOptions
from sim.cli.terminal import TerminalUI
from sim.errors import Diagnostic, InputError, did_you_mean
from sim.record import store
from sim.scenario.library_schema import Library

AT_THE_END = 1e-6  # as near to the end of its range as makes no difference, in widths of the range


def calibrate_from(options: CalibrationOptions) -> int:
    """Estimates from the cases that were asked for and returns the exit code."""
    from sim.scenario import load_library
    from sim.validation.calibration import calibrate
    from sim.validation.cases import read_cases

    started, library = datetime.datetime.now(), load_library()
    cases, names = read_cases(options.cases, library), named(options.coefficients, library)
    with store.RunFolder(options.out, f"{cases.path.stem}-calibrate", started) as folder:
        say = _say(options.quiet)
        say(_plan(options, cases, names))
        found = calibrate(
            cases, library, names, runs=options.runs, workers=options.workers, folds=options.folds, progress=say,
            quick=options.quick, slope_runs=options.slope_runs,
        )  # fmt: skip
        with store.advising(options.out):
            _keep(options, found, cases, library, started, folder.aside)
    if options.quiet:
        print(folder.path)
    else:
        _tell(TerminalUI(), found, folder.path)
    return 0


def named(written: str | None, library: Library) -> tuple[str, ...]:
    """The coefficients to be estimated, written with commas between; InputError with all that cannot be.

    Without a word they are all of which it is written what was believed before.
    """
    known = [name for name, parameter in library.behaviour.items() if parameter.prior]
    if written is None:
        return tuple(known)
    names = tuple(dict.fromkeys(word.strip() for word in written.split(",") if word.strip()))
    faults = [_fault(name, known, library) for name in names if name not in known]
    if not names:
        faults = [Diagnostic("", 0, 0, "--coefficients: names at least one, such as b_stake,b_exposure.")]
    if faults:
        raise InputError(faults)
    return names


def _fault(name, known, library):
    if name in library.behaviour:
        why = "behaviour.yaml does not say what was believed of it before ('prior'), so it cannot be estimated."
    else:
        why = f"there is no such coefficient. {did_you_mean(name, known)}"
    return Diagnostic("", 0, 0, f"--coefficients {name}: {why}")


# ----------------------------------------------------------------------------------------------------------- progress


def _plan(options, cases, names):
    again = ", then again without each case" if options.folds else ""
    return (
        f"Estimating {len(names)} coefficients from {len(cases.cases)} cases, {options.runs} runs of each at every set "
        f"of values: at most eight steps{again}. This takes minutes."
    )


def _say(quiet):
    """Tells what is done on standard error, with the time it took so far."""
    began = time.monotonic()

    def say(words):
        if not quiet:
            seconds = int(time.monotonic() - began)
            print(f"[{seconds // 60}:{seconds % 60:02}] {words}", file=sys.stderr, flush=True)

    return say


# -------------------------------------------------------------------------------------------------------------- files


def _keep(options, found, cases, library, started, folder):
    from sim.scenario import scenarios_folder
    from sim.validation.calibration import as_yaml, behaviour_with

    made = {
        "runs of each case": options.runs,
        "runs for slopes": options.slope_runs or options.runs,
        "steps": len(found.steps),
        **({"without each case": _quickly(found)} if found.checked else {}),
        "log-likelihood": f"{found.log_likelihood:.2f}",
        "log posterior": f"{found.steps[-1]:.2f}" if found.steps else "",
        "day": f"{started:%Y-%m-%d}",
        "version": store.versions()["two-oceans"],
        "command": " ".join(map(str, options.command)),
    }
    facts = manifest_of(
        cases, library, options.command, started,
        runs=options.runs, coefficients=list(found.prior.names), folds=options.folds, steps=list(found.steps),
        log_likelihood=found.log_likelihood,
    )  # fmt: skip
    before = (scenarios_folder() / "library" / "behaviour.yaml").read_text("utf-8")
    values = dict(zip(found.prior.names, map(float, found.mean), strict=True))
    (folder / "estimates.yaml").write_text(as_yaml(found, cases, made), encoding="utf-8", newline="\n")
    (folder / "behaviour.yaml").write_text(behaviour_with(before, values), encoding="utf-8", newline="\n")
    store.write_json(folder / "manifest.json", facts)


def _quickly(found):
    """How far the quick way of leaving cases out was from the long one, where it was checked."""
    checked = ", ".join(f"{far:.2f} without {name}" for name, far in found.checked.items())
    return f"by one step from all cases together; standard deviations from a search of its own: {checked}"


# ------------------------------------------------------------------------------------------------------------- answer


def _tell(ui, found, path):
    prior = found.prior
    sd = found.covariance.diagonal() ** 0.5
    table = ui.table("Coefficient", ">Before", ">After", "")
    for at, name in enumerate(prior.names):
        table.add_row(
            name,
            f"{prior.mean[at]:.3f} ± {prior.sd[at]:.3f}",
            f"{found.mean[at]:.3f} ± {sd[at]:.3f}",
            _remark(found.mean[at], prior.low[at], prior.high[at]),
        )
    ui.show("What was believed before the cases and after them: mean ± standard deviation", table)
    ui.say(f"\nLog-likelihood {found.log_likelihood:.1f} after {len(found.steps)} steps.", "dim")
    if found.without:
        ui.say(f"Estimated again without each of {len(found.without)} cases, for back-tests.", "dim")
    if found.checked:
        ui.say(f"Cases were left out {_quickly(found)}.", "dim")
    ui.say(
        f"\nTo use them, put estimates.yaml and behaviour.yaml in place of those in {_library()}/."
        + (" Back-tests then play each case with the values found without it." if found.without else "")
    )
    ui.place(f"Everything is in {path}/")


def _library():
    from sim.scenario import scenarios_folder
    from sim.scenario.library import shown_path

    return shown_path(scenarios_folder() / "library")


def _remark(value, low, high):
    gap = AT_THE_END * (high - low)
    if value <= low + gap:
        return "at the low end of its range"
    return "at the high end of its range" if value >= high - gap else ""
