"""`oceans replay`: any run of many, again with its whole story, and the proof that it is the same run.

A sweep keeps a digest of each run's whole final state; `oceans run --runs` keeps every measure to its last digit. What
is played again must give the same, or it is said what has changed. An exercise that people played in a room is played
again from what they put in.
"""

import datetime
import math
import os
import shlex
import sys
from dataclasses import dataclass, field

from sim.cli.options import ReplayOptions
from sim.cli.run import keep_one
from sim.cli.terminal import TerminalUI, answer
from sim.errors import OceansError
from sim.phrases import Names
from sim.record import store
from sim.record.reading import damaged, read_json
from sim.record.store import SESSION
from sim.session import read_session


@dataclass(frozen=True)
class KeptRun:
    """What was kept of a run: how to play it, and what to know it by."""

    loaded: object  # with the run's own values
    seed: int
    run: int  # its replication number
    about: dict  # for the manifest
    measures: dict  # by name, as they were kept
    digest: int | None = None  # of the whole final state
    point: dict = field(default_factory=dict)  # path to value, when there is a digest
    whole: object = None  # the scenario before the run's own values
    policies: dict = field(default_factory=dict)  # by code
    changed: tuple = ()  # what is not as it was then, in words
    session: object = None  # played again already, of an exercise with people in a room


def replay_run(options: ReplayOptions) -> int:
    """Replays the run that was asked for and returns the exit code."""
    from sim.output.narrative.hot_wash import hot_wash

    started = datetime.datetime.now()
    kept, stream = _kept(options), sys.stderr if options.is_silent else sys.stdout
    ui = TerminalUI(stream, kept.loaded.scenario.calendar, Names(kept.loaded), is_full=options.full)
    record, outcomes = _played(options, kept, ui)
    proof = _proven(options, kept, record)
    if not options.is_silent:
        ui.hot_wash(hot_wash(record, kept.loaded), record.baseline_measures is not None)
    path = _keep(options, kept, record, outcomes, proof, started) if options.save else None
    answer(options, path, record.to_json, lambda plain: plain.say(f"\n{proof}"), "report.html")
    return 0


def _played(options, kept, ui):
    from sim.engine import play
    from sim.output.narrative.story import Narrator, tell

    narrator, told = Narrator(kept.loaded), not options.is_silent

    def on_turn(number, events):
        ui.turn(narrator.turn(number, events))

    if told:
        ui.opening(kept.loaded, kept.seed)
        ui.say(f"Run {kept.run}: {_at(kept.point)}" if kept.point else f"Run {kept.run}.", "dim")
    if kept.session:
        for turn in tell(kept.session.record, kept.loaded) if told else ():
            ui.turn(turn)
        return kept.session.record, kept.session.outcomes
    how = {"trace": True, "policies": kept.policies or None, "on_turn": on_turn if told else None}
    result = play(kept.loaded, kept.seed, 1, kept.run, **how)
    return result.records[0], result.outcomes


def _at(point):
    return ", ".join(
        f"{path} {value:.4g}" if isinstance(value, float) else f"{path} {value}" for path, value in point.items()
    )


# ---------------------------------------------------------------------------------------------------------- proof


def _proven(options, kept, record):
    """A sentence saying by what it is the same run; OceansError when it is not."""
    differ = [name for name, value in kept.measures.items() if not _same(value, record.measures.get(name, math.nan))]
    known, now = f"all {len(kept.measures)} measures agree", kept.digest
    by, what = f"{known} to the last digit", f"{len(differ)} of {len(kept.measures)} measures differ"
    if kept.digest is not None:
        from sim.engine import play_points

        now = int(play_points(kept.whole, [kept.point], [kept.run], kept.seed, baseline=False).digest[0])
        by = f"the digest of its whole final state is {kept.digest:016x}, as it was then, and {known}"
        what = f"digest {kept.digest:016x} then, {now:016x} now"
    if now != kept.digest or differ:
        raise OceansError(_other(options, kept, what, differ))
    although = f" (although {' and '.join(kept.changed)})" if kept.changed else ""
    return f"It is the same run: {by}{although}."


def _same(one, other):
    return one == other or (math.isnan(one) and math.isnan(other))


def _other(options, kept, what, differ):
    unknown = "nothing that is known of, unless somebody changed manifest.json: please report this"
    why = " and ".join(kept.changed) or unknown
    which = f" First to differ: {', '.join(differ[:3])}." if differ else ""
    return (
        f"{options.result}: error: this is not the run that was kept ({what}), so its story would be another's.{which} "
        f"What has changed: {why}. Put it back as it was, or play anew."
    )


# ------------------------------------------------------------------------------------------------------- what was kept


def _kept(options):
    said = _manifest(options.result)
    if "design" in said or (options.result / "points.npy").exists():
        return _of_sweep(options)
    if "policies" in said or (options.result / "measures.csv").exists():
        return _of_runs(options)
    raise damaged(options.result, "no runs are kept here. Name the folder of a sweep, or of `oceans run`.")


def _manifest(folder):
    """What a manifest of any kind says, unchecked: enough to tell whose reader is to read it."""
    path = folder / store.MANIFEST
    if not os.path.lexists(path):
        no_folder = (
            f"this is no folder of results: it has no {store.MANIFEST}. Name the folder of a sweep, or of a run."
        )
        raise damaged(folder, no_folder if folder.exists() else "there is no such folder.")
    said = read_json(path, store.ANEW)
    return said if isinstance(said, dict) else {}


def _of_sweep(options):
    from sim.catalogue.measures import MEASURES
    from sim.experiments.folder import code_digest
    from sim.experiments.result import load_result
    from sim.scenario import varied

    result = load_result(options.result, verify=False, partial=True)
    if result.manifest.get("opening"):
        turn = result.manifest["opening"]["turn"]
        raise damaged(
            options.result,
            f"its runs go on from turn {turn} of an exercise with people, and are not told one by one. `oceans replay` "
            "tells the exercise itself, from the folder of its results.",
        )
    if not 0 <= options.index < result.folder.runs:
        raise _no_run(options, result.folder.runs)
    found = result.block_of(options.index)  # the block that holds it, and its place there; no other is read
    if found is None:
        said = f"run {options.index:,} has not been played yet: oceans sweep --resume {options.result}"
        raise OceansError(f"{options.result}: error: {said}")
    shard, at = found
    if shard["status"][at] != 0:
        failure = next(one for one in result.failures if one["run"] == options.index)
        said = f"run {options.index:,} failed in the sweep, at {failure['stage']}: {failure['reason']}"
        raise OceansError(f"{options.result}: error: {said}")
    whole = _unchanged(options, result.folder.scenario(), result.manifest)
    point, run = result.point_of(options.index)
    changed = ["the program has changed since"] if result.manifest["code"] != code_digest() else []
    digest = int(shard["digest"][at])
    about = {
        "sweep": str(options.result), "plan": result.manifest["plan"], "index": options.index,
        "replication": run,
        "values": point, "digest": f"{digest:016x}",
    }  # fmt: skip
    measures = {name: float(shard[name][at]) for name in result.measures if name in MEASURES}  # not one's own
    return KeptRun(
        varied(whole, point), result.design.seed, run, about, measures, digest, point, whole, changed=tuple(changed),
    )  # fmt: skip


def _unchanged(options, loaded, manifest):
    """The scenario as it was kept; InputError when the library has changed since."""
    then = manifest["scenario"]
    if loaded.digest != then["digest"]:
        what = "the library has" if manifest.get("files") else "the library, or scenario.json here, has"
        message = (
            f"{what} changed since {then['name']} was played ({then['digest'][:12]} then, "
            f"{loaded.digest[:12]} now), so the run would be another. "
            "Put scenarios/library/ back as it was, or play anew."
        )
        raise damaged(options.result, message)
    return loaded


def _of_runs(options):
    manifest = store.read_manifest(options.result)
    if (options.result / SESSION).exists():
        return _of_session(options)
    is_of_people, released = bool(manifest.get("seats") or manifest.get("actions")), manifest.get("releases") or []
    if is_of_people or released:
        again = ["oceans", "run", manifest["scenario"]["name"], "--seed", str(manifest["seed"])]
        for who, policy in (manifest.get("policies") or {}).items():
            again += ["--policy", f"{who}={policy}"]
        for inject in released:
            again += ["--release", inject]
        again += ["--actions", str(options.result / "actions.jsonl")] if is_of_people else []
        who = "people played this run" if is_of_people else "control released injects in this run"
        raise damaged(options.result, f"{who}; this plays it again: {shlex.join(again)}")
    loaded = _unchanged(options, store.read_scenario(options.result, manifest), manifest)
    kept = store.read_measures(options.result, manifest)
    if options.index not in kept:
        raise _no_run(options, len(kept))
    before, now = manifest["versions"], store.versions()
    changed = [
        f"{name} is {now[name]} now and was {was} then" for name, was in before.items() if now.get(name, was) != was
    ]
    return KeptRun(
        loaded, manifest["seed"], options.index, {"runs": str(options.result), "index": options.index},
        kept[options.index], policies=manifest.get("policies") or {}, changed=tuple(changed),
    )  # fmt: skip


def _of_session(options):
    """An exercise with people in a room, from what they put in."""
    loaded, session = read_session(options.result)
    kept = store.read_measures(options.result, store.read_manifest(options.result))
    if options.index not in kept:
        raise _no_run(options, len(kept))
    about = {"session": str(options.result), "inputs": len(session.inputs)}
    return KeptRun(loaded, session.seed, session.run, about, kept[options.index], session=session)


def _no_run(options, runs):
    return damaged(options.result, f"there is no run {options.index}. There are {runs:,}: 0 to {runs - 1}.")


# ----------------------------------------------------------------------------------------------------------- keeping


def _keep(options, kept, record, outcomes, proof, started):
    with store.RunFolder(options.out, f"{kept.loaded.name}-replayed", started) as folder:
        facts = store.manifest(
            kept.loaded, kept.seed, 1, list(options.command), started, run=kept.run, replayed=kept.about, proof=proof,
            policies=kept.policies,
        )  # fmt: skip
        keep_one(folder, kept.loaded, record, outcomes, facts, options)
    return folder.path
