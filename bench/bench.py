"""How fast Two Oceans is, in one table: `make bench`.

Every row is measured in a process of its own, so that its peak memory is its own; on a quiet machine with two cores
all of them take about eight minutes, and `--rows NAME ...` measures some. The rows:

- runs of `cyber_incident` a second of one core's time: one at a time through `Exercise`, then in batches through
  `sim.engine`; core time rather than the clock, so that what else the machine does matters little;
- the same at points where coefficients vary, beside points where a policy, a switch or an actor's own figure does, too;
- with `--before COMMIT` batches of 256, in turn with the engine as it was then;
- a hundred continuations from the middle of an exercise, as a what-if needs them;
- a session of `two_theatres` with a person in every seat: what a stop takes, how many a turn has, how long it takes to
  rebuild the exercise from its inputs alone, and a thousand continuations from its middle;
- two hundred people in the seats of a room of `two_theatres`, served on this machine: how long each waits for an answer
  to what it sends while a what-if is played beside the room and their pages listen, how large the pages become in a
  whole exercise, and how much the room grows with each thousand messages;
- sweeps of distinct design points: a long one in one process and in two, a shorter one beside the engine alone;
- the same experiments by a sweep, by the EMA Workbench (a function called once for each) and by Mesa's `batch_run`, as
  a user of each would write them; all three must come to the same numbers;
- how long `oceans --help` and a whole `oceans run cyber_incident` with its charts take.

The aims at the end are what a room full of people and a study on a laptop need; each is said to be met or not.
"""

import argparse
import contextlib
import gc
import inspect
import itertools
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass

SCENARIO = "cyber_incident"
SEED = 7
BATCHES = (1, 16, 64, 256, 1024)
BATCH = 256  # of what is compared
AT_LEAST_SECONDS = 2.0
AHEAD = 100
ROOM = "two_theatres"  # the largest scenario, for a session with a person in every seat
AHEAD_OF_ROOM = 1000
PEOPLE = 200  # in the seats of a room
AT_ONCE = 4  # of them send at the same moment
ROUNDS = 2
HELD_SECONDS = 20  # under load, once it is warm
REPEATS = 3
POINTS = 32768  # long enough that the start of a process, a second or so, counts for little
ALONE = 8192  # of the sweep beside the engine alone
PEERS = 8, 8  # values of one uncertainty, and runs of each, of the experiments that others play too
SWEEP = {"progress": lambda runs, failed: None}
ONE_CORE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

AIMS = {  # what is aimed at: (words, whether it is met)
    "batched": ("batches of 256 at least 25 times as fast as one at a time", lambda value: value >= 25),
    "two": ("two workers at least 1.8 times as fast as one", lambda value: value >= 1.8),
    "overhead": ("the sweep's own work at most 10 % of the runs' time", lambda value: value <= 0.10),
    "worker_memory": ("at most 300 MB a worker", lambda value: value <= 300),
    "ahead": (f"{AHEAD} continuations within 1 s", lambda value: value < 1),
    "policy": ("a policy that varies at least a third as fast as coefficients alone", lambda value: value >= 1 / 3),
    "switch": ("a project on or off at least half", lambda value: value >= 1 / 2),
    "figure": ("an actor's own figure at least half", lambda value: value >= 1 / 2),
    "library": ("what the library knows of a state at least a third", lambda value: value >= 1 / 3),
    "format": ("how well placed a format is at least half", lambda value: value >= 1 / 2),
    "response": ("what a response brings at least half", lambda value: value >= 1 / 2),
    "before": ("batches of 256 at least 2.5 times as fast as before", lambda value: value >= 2.5),
    "stop": ("a stop of a session within 0.05 s in the median", lambda value: value < 0.05),
    "slowest": ("the slowest stop of a session within 0.1 s", lambda value: value < 0.1),
    "rebuilt": ("a session rebuilt from its inputs within 1 s", lambda value: value < 1),
    "ahead_of_room": (
        f"{AHEAD_OF_ROOM} continuations from the middle of a session within 1 s",
        lambda value: value < 1,
    ),
    "peers": ("a sweep at least 10 times as fast as by others' runners", lambda value: value >= 10),
    "submit": ("in a room of 200, nineteen in twenty answers are taken within 0.1 s", lambda value: value < 0.1),
    "page": ("the largest page that 200 people, or their control, open under 60 kB", lambda value: value < 60),
    "growth": ("a room grows by less than 2 MB with a thousand messages", lambda value: value < 2),
    "help": ("help within 0.3 s", lambda value: value < 0.3),
    "run": ("a run with all its charts within 10 s", lambda value: value < 10),
}


# ------------------------------------------------------------------------------------------- measured in a process each


def one_at_a_time():
    """Runs a second through the exercise of Mesa agents, one after the other."""
    from sim.exercise import Exercise
    from sim.scenario import load

    loaded = load(SCENARIO)

    def play(first):
        assert Exercise(loaded, seed=SEED, run=first, baseline=False).run().measures
        return 1

    return {"runs_a_second": _rate(play)}


def batched(size):
    """Runs a second in batches of one size."""
    from sim.engine import play as play_batch
    from sim.scenario import load

    loaded = load(SCENARIO)

    def play(first):
        play_batch(loaded, SEED, runs=size, first_run=first, batch=size, baseline=False)
        return size

    return {"runs_a_second": _rate(play)}


ALSO = {  # what varies beside coefficients, by a number from 0 to 1
    "coefficients": lambda share: {},
    "policy": lambda share: {"actors.EST.policy": ("standard", "hawk", "cautious")[int(3 * share)]},
    "switch": lambda share: {"cooperation.coop_openness": ("on", "off")[int(2 * share)]},
    "figure": lambda share: {"actors.EST.cyber": share},
    "library": lambda share: {"states.EST.gci": 100 * share},
    "format": lambda share: {"formats.nac_art4.reputation.cyber": share},
    "response": lambda share: {"responses.cyber_sanctions.pressure": 5 * share},
}


def varied(*of):
    """Runs a second in batches at points of their own, by what varies there; all of `ALSO` unless some are named."""
    import numpy as np

    from sim.engine import Points, play_points
    from sim.scenario import load

    loaded, rates = load(SCENARIO), {}
    for kind in of or ALSO:
        points_of, drawn = Points(loaded), np.random.default_rng(SEED)

        def play(first, also=ALSO[kind], points_of=points_of, drawn=drawn):
            shares = drawn.random((BATCH, 3)).tolist()
            points = [{"linkage": one, "behaviour.b_peer": other, **also(third)} for one, other, third in shares]
            play_points(points_of, points, range(first, first + BATCH), SEED, baseline=False)
            return BATCH

        rates[kind] = _rate(play)
    return rates


def simulate_forward():
    """Seconds for many continuations of one exercise from its middle."""
    from sim.engine import initial_world, simulate_forward
    from sim.model.inputs import build_inputs
    from sim.model.steps import play_turn
    from sim.scenario import load

    inputs = build_inputs(load(SCENARIO))
    world = initial_world(inputs, SEED, [0])
    while world.turn < inputs.turns // 2:
        play_turn(world)
    return {"seconds": _seconds(lambda: simulate_forward(world, AHEAD, SEED))}


def manned():
    """A session with a person in every seat, who each choose what the model would have chosen."""
    from sim.scenario import load
    from sim.session import Session

    loaded = load(ROOM)
    inputs = Session(loaded, SEED).model_inputs
    everybody = [code for code in inputs.actors if code not in inputs.bodies]
    session, stops, middle = Session(loaded, SEED, people=everybody), [], None
    while not session.is_over:
        began = time.perf_counter()
        for decision in session.open_decisions():
            session.submit(decision, decision.default)
        stops.append(time.perf_counter() - began)
        if middle is None and session.turn > inputs.turns // 2:
            middle = session.branch()
    return {
        "seats": len(everybody),
        "answers": len(session.inputs),
        "stops_a_turn": len(stops) / inputs.turns,
        "median_stop": sorted(stops)[len(stops) // 2],
        "slowest_stop": max(stops),
        "rebuilt": _seconds(session.branch),
        "ahead": _seconds(lambda: middle.ahead(AHEAD_OF_ROOM), 1),
    }


def seated():
    """A room with people in all its seats, whose pages listen, and who send while a what-if is played."""
    from concurrent.futures import ThreadPoolExecutor
    from pathlib import Path

    from sim.live.futures import what_if
    from sim.live.log import Log
    from sim.live.room import Room
    from sim.model.steps.control import Direction
    from sim.scenario import load

    with tempfile.TemporaryDirectory() as folder:
        room = Room(load(ROOM), Log(Path(folder) / "room.session"), SEED)
        tokens = [room.join(f"person {number}", room.code) for number in range(PEOPLE)]
        for number, token in enumerate(tokens):
            room.sit(room.log.who(token), room.seats[number % len(room.seats)])
        control, screen = room.log.admit("control", "control"), room.log.admit("screen", "screen")
        with _served(room, control, screen) as address, ThreadPoolExecutor(AT_ONCE + 1) as clients:
            streams = [urllib.request.urlopen(f"{address}/events/{token}") for token in tokens]
            room.direct(Direction("proceed"), "control")
            ahead = clients.submit(what_if, room)
            waits = list(clients.map(lambda token: _sends(address, room, token), tokens * ROUNDS))
            ahead.result()
            sent, grown = _held(lambda: clients.map(lambda token: _sends(address, room, token), tokens))
            pages, desks = _heaviest(address, room, tokens[: len(room.seats) : 3], screen, control)
            for stream in streams:
                stream.close()
        room.log.close()
    waits.sort()
    return {
        "people": PEOPLE, "seats": len(room.seats), "p50": waits[len(waits) // 2], "p95": waits[len(waits) * 19 // 20],
        "page_kb": pages / 1000, "desk_kb": desks / 1000, "sent": sent, "growth_mb": 1000 * grown / sent,
    }  # fmt: skip


def _held(round_of_messages):
    """How many messages a room takes while it is held under load, and by how many megabytes it grows meanwhile."""
    list(round_of_messages())
    gc.collect()
    before, began, sent = _memory(), time.perf_counter(), 0
    while time.perf_counter() - began < HELD_SECONDS:
        sent += len(list(round_of_messages()))
    gc.collect()
    return sent, _memory() - before


def _heaviest(address, room, tokens, screen, control):
    """The largest page of a seat or the screen, and of control, in a whole exercise: in bytes."""
    from sim.live.room import Sent
    from sim.model.steps.control import Direction

    pages, desks = [], []
    while not room.session.is_over:
        if room.session.step != "sheet":  # what weighs most
            room.direct(Direction("proceed"), "control")
            continue
        pages += [
            len(_fetched(f"{address}/{link}")) for link in (*(f"p/{token}" for token in tokens), f"screen/{screen}")
        ]
        desks += [len(_fetched(f"{address}/control/{control}{page}")) for page in ("", "/people", "/inject")]
        for token in tokens:
            person = room.log.who(token)
            opened = room.session.open_decisions(person.seats[0])
            room.submit(person.seats[0], person, Sent({one.id: one.default for one in opened}, {}))
        room.direct(Direction("proceed"), "control")
    return max(pages), max(desks)


@contextlib.contextmanager
def _served(room, control, screen):
    """A room on this machine: its address, for as long as it is served."""
    from sim.live.server import Server, server_of

    server = Server(server_of(room, "", control, screen), port=0)
    listening = server.config.bind_socket()
    listening.listen()  # whoever comes before it serves waits a moment, and is not refused
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def _sends(address, room, token):
    """Seconds that somebody waits until what it sends is taken."""
    (seat,) = room.log.who(token).seats
    opened = [one for one in list(room.session.asked.values()) if one.actor == seat]
    given = [{"id": one.id, "digest": one.digest, "choice": list(one.default)} for one in opened]
    began = time.perf_counter()
    _fetched(f"{address}/api/{token}/{seat}/answers", json.dumps({"answers": given}).encode())
    return time.perf_counter() - began


def _fetched(address, body=None):
    with urllib.request.urlopen(address, body) as answer:
        return answer.read()


def _memory():
    """The memory of this process now, in megabytes."""
    import psutil

    return psutil.Process().memory_info().rss / 1024**2


def swept():
    """Runs a second of a sweep in one process and in two, and the most memory that one of them took."""
    rates = _in_turn({workers: lambda n=workers: _sweep(POINTS, n) for workers in (1, 2)}, POINTS)
    peaks = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {"one": rates[1], "two": rates[2], "worker_mb": max(peaks)}


def points_alone():
    """Runs a second of a shorter sweep in one process, and of the engine alone at the same points."""
    from sim.engine import Points, play_points
    from sim.scenario import load

    result, loaded = _sweep(ALONE, 1), load(SCENARIO)
    points, replications = zip(*[result.point_of(run) for run in range(ALONE)], strict=True)
    works = {
        "swept": lambda: _sweep(ALONE, 1),
        "alone": lambda: play_points(Points(loaded), list(points), list(replications), 1, baseline=False),
    }
    return _in_turn(works, ALONE, REPEATS)


def peers():
    """Core seconds that the same experiments take by a sweep and by others' runners, once each of them is warm."""
    seconds, came_out = {}, {}
    for name, work in {"sweep": _by_a_sweep, "workbench": _by_the_workbench, "mesa": _by_mesa}.items():
        work(2, 1)
        began = time.process_time()
        came_out[name] = work(*PEERS)
        seconds[name] = time.process_time() - began
    assert came_out["sweep"] == came_out["workbench"] == came_out["mesa"], "they played different experiments"
    return {**seconds, "runs": len(came_out["sweep"])}


def _linkages(values):
    return [0.2 + 0.6 * place / (values - 1) for place in range(values)]


def _by_a_sweep(values, runs):
    import sim

    points = {"linkage": _linkages(values)}
    result = sim.sweep(SCENARIO, points, reps=runs, seed=SEED, baseline=False, progress=SWEEP["progress"])
    return sorted(result.measures["standing"])


def _by_the_workbench(values, runs):
    import warnings

    import sim
    from sim.scenario import varied

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what else it could use
        import ema_workbench as ema
    loaded = sim.load(SCENARIO)

    def exercise(linkage, run):
        played = sim.play(varied(loaded, {"linkage": linkage}), SEED, first_run=run, baseline=False)
        return {"standing": played.outcomes.measures["standing"][0]}

    model = ema.Model("exercise", function=exercise)
    model.uncertainties = [ema.RealParameter("linkage", 0, 1), ema.IntegerParameter("run", 0, runs)]
    model.outcomes = [ema.ScalarOutcome("standing")]
    scenarios = [ema.Scenario(linkage=linkage, run=run) for linkage in _linkages(values) for run in range(runs)]
    _, outcomes = ema.perform_experiments(model, scenarios)
    return sorted(outcomes["standing"])


def _by_mesa(values, runs):
    from mesa.batchrunner import batch_run

    import sim
    from sim.scenario import varied

    loaded = sim.load(SCENARIO)
    scenarios = [varied(loaded, {"linkage": linkage}) for linkage in _linkages(values)]
    parameters, options = {"scenario": scenarios, "run": range(runs), "baseline": False}, {"display_progress": False}
    if "rng" in inspect.signature(batch_run).parameters:
        options["rng"] = [SEED]  # as Mesa has it from 3.4 on
    else:
        parameters["seed"] = SEED
    rows = batch_run(sim.Exercise, parameters, **options)  # one for each actor of each run
    return sorted({row["RunId"]: row["standing"] for row in rows}.values())


def _sweep(points, workers):
    import sim

    return sim.sweep(SCENARIO, points=points, workers=workers, baseline=False, **SWEEP)


def _in_turn(works, runs, times=2):
    """Runs a second of each of some works, one after the other and the fastest of a few times: what else the machine
    does changes by the minute."""
    seconds = [{name: _seconds(work, 1) for name, work in works.items()} for _ in range(times)]
    return {name: runs / min(one[name] for one in seconds) for name in works}


def _rate(play):
    """Runs a second in the fastest of some plays, once warmed up: others on the machine only ever slow it down."""
    best, first, until = 0.0, play(0), time.process_time() + AT_LEAST_SECONDS
    for number in itertools.count(1):
        began = time.process_time()
        done = play(first)
        best, first = max(best, done / (time.process_time() - began)), first + done
        if number >= REPEATS and time.process_time() > until:
            return best


def _seconds(work, repeats=REPEATS):
    """The fastest of a few times."""
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


MEASURED = {
    "one": one_at_a_time,
    "batched": batched,
    "varied": varied,
    "ahead": simulate_forward,
    "manned": manned,
    "seated": seated,
    "swept": swept,
    "points": points_alone,
    "peers": peers,
}


# ------------------------------------------------------------------------------------------- and put side by side


def measured(row, *arguments, of=None):
    """What a row of the table came to, with its peak memory in megabytes; `of`: a folder with another engine."""
    command = [sys.executable, __file__, "--row", row, *map(str, arguments)]
    home = {"PYTHONPATH": of} if of else {}
    done = subprocess.run(command, capture_output=True, encoding="utf-8", env={**os.environ, **ONE_CORE, **home})
    if done.returncode:
        raise SystemExit(f"{row} {arguments}: it could not be measured.\n{done.stderr}")
    return json.loads(done.stdout)


def times_as_fast_as(commit):
    """How many times as fast batches are as at a commit: the fastest of either, measured in turn."""
    with tempfile.TemporaryDirectory() as folder:
        kept = subprocess.run(["git", "archive", commit, "sim", "scenarios"], check=True, capture_output=True).stdout
        subprocess.run(["tar", "-x", "-C", folder], check=True, input=kept)
        rates = [[measured("batched", BATCH, of=of)["runs_a_second"] for of in (None, folder)] for _ in range(REPEATS)]
    now, before = (max(of_one) for of_one in zip(*rates, strict=True))
    return now / before


def command_seconds(*words):
    """Seconds that a command takes, the fastest of a few times, with its results thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        out = ["--out", folder] if words[0] == "run" else []
        command = [sys.executable, "-m", "sim", *words, *out]
        return _seconds(lambda: subprocess.run(command, check=True, capture_output=True))


@dataclass(frozen=True)
class Row:
    """A part of the table: what is compared, how it is measured, what is said of it, and what it comes to for `AIMS`.

    `said` and `values` take what was found, and all that was found before, by row.
    """

    about: str
    measure: Callable[[], dict]
    said: Callable[[dict, dict], str]
    values: Callable[[dict, dict], dict] = lambda found, others: {}


def _speed(label, row, others):
    times = f"{row['runs_a_second'] / others['one']['runs_a_second']:>8.1f}" if "one" in others else f"{'':>8}"
    return f"{label:<28}{row['runs_a_second']:>14,.1f}{times}{row['memory_mb']:>11.0f} MB"


def _said_of_batches(found, others):
    return "\n".join(_speed(f"in batches of {size}", found[size], others) for size in BATCHES)


def _said_of_what_varies(found, others):
    usual = found["coefficients"]
    shares = (f"with {words} {found[kind] / usual:.2f} times that" for kind, words in BESIDE.items())
    return (
        f"points of their own, {BATCH} at once: {usual:.0f} runs a second where coefficients vary; {', '.join(shares)}"
    )


def _said_of_a_session(room, others):
    return (
        f"a session of {ROOM}, {room['seats']} seats: {room['answers']:,} answers, {room['stops_a_turn']:.1f} stops a "
        f"turn, {1000 * room['median_stop']:.0f} ms a stop, {1000 * room['slowest_stop']:.0f} the slowest; rebuilt in "
        f"{room['rebuilt']:.1f} s;\n{AHEAD_OF_ROOM:,} continuations from its middle in {room['ahead']:.1f} s; "
        f"{room['memory_mb']:.0f} MB"
    )


def _said_of_a_room(hall, others):
    return (
        f"a room of {hall['people']} people in {hall['seats']} seats, beside a what-if: {1000 * hall['p50']:.0f} ms "
        f"until an answer is taken, {1000 * hall['p95']:.0f} at most for nineteen in twenty;\n"
        f"pages up to {hall['page_kb']:.0f} kB, control's desk {hall['desk_kb']:.0f} kB; "
        f"{hall['memory_mb']:.0f} MB, "
        f"{hall['growth_mb']:+.1f} MB with each thousand of {hall['sent']:,} messages"
    )


def _said_of_peers(found, others):
    ratios = _beside_peers(found)
    return (
        f"the same {found['runs']} experiments: {found['runs'] / found['sweep']:.0f} a second by a sweep, "
        f"{ratios['workbench']:.1f} times as fast as by the EMA Workbench and {ratios['mesa']:.1f} times as by Mesa's "
        "batch_run"
    )


def _beside_peers(found):
    return {name: found[name] / found["sweep"] for name in ("workbench", "mesa")}


BESIDE = {
    "policy": "a policy in a seat",
    "switch": "a project on or off",
    "figure": "an actor's own figure",
    "library": "what the library knows of a state",
    "format": "how well placed a format is",
    "response": "what a response brings",
}
ROWS = {
    "one": Row(
        "runs one at a time, through Exercise",
        lambda: measured("one"),
        lambda found, others: _speed("one at a time, Exercise", found, {"one": found}),
    ),
    "batched": Row(
        f"batches of {BATCHES[0]} to {BATCHES[-1]:,} beside one at a time",
        lambda: {size: measured("batched", size) for size in BATCHES},
        _said_of_batches,
        lambda found, others: (
            {"batched": found[BATCH]["runs_a_second"] / others["one"]["runs_a_second"]} if "one" in others else {}
        ),
    ),
    "varied": Row(
        "points where coefficients vary beside those where something else does, too",
        lambda: measured("varied"),
        _said_of_what_varies,
        lambda found, others: {kind: found[kind] / found["coefficients"] for kind in BESIDE},
    ),
    "ahead": Row(
        "continuations of one exercise",
        lambda: measured("ahead"),
        lambda found, others: (
            f"{AHEAD} continuations from the middle: {found['seconds']:.2f} s, {found['memory_mb']:.0f} MB"
        ),
        lambda found, others: {"ahead": found["seconds"]},
    ),
    "manned": Row(
        "a session with a person in every seat",
        lambda: measured("manned"),
        _said_of_a_session,
        lambda found, others: {
            "stop": found["median_stop"],
            "slowest": found["slowest_stop"],
            "rebuilt": found["rebuilt"],
            "ahead_of_room": found["ahead"],
        },
    ),
    "seated": Row(
        f"a room of {PEOPLE} people",
        lambda: measured("seated"),
        _said_of_a_room,
        lambda found, others: {
            "submit": found["p95"],
            "page": max(found["page_kb"], found["desk_kb"]),
            "growth": found["growth_mb"],
        },
    ),
    "swept": Row(
        f"a sweep of {POINTS:,} points in one process and in two",
        lambda: measured("swept"),
        lambda found, others: (
            f"a sweep of {POINTS:,} points: {found['one']:.0f} runs a second in one process and {found['two']:.0f} in "
            f"two, {found['worker_mb']:.0f} MB a process"
        ),
        lambda found, others: {"two": found["two"] / found["one"], "worker_memory": found["worker_mb"]},
    ),
    "points": Row(
        f"a sweep of {ALONE:,} points beside the engine alone",
        lambda: measured("points"),
        lambda found, others: (
            f"a sweep of {ALONE:,} points: {found['swept']:.0f} runs a second, by the engine alone {found['alone']:.0f}"
        ),
        lambda found, others: {"overhead": found["alone"] / found["swept"] - 1},
    ),
    "peers": Row(
        "the same experiments by a sweep, the EMA Workbench and Mesa's batch_run",
        lambda: measured("peers"),
        _said_of_peers,
        lambda found, others: {"peers": min(_beside_peers(found).values())},
    ),
    "help": Row(
        "oceans --help",
        lambda: {"seconds": command_seconds("--help")},
        lambda found, others: f"oceans --help: {found['seconds']:.2f} s",
        lambda found, others: {"help": found["seconds"]},
    ),
    "run": Row(
        f"oceans run {SCENARIO}, with charts and report",
        lambda: {"seconds": command_seconds("run", SCENARIO, "--seed", str(SEED), "--quiet")},
        lambda found, others: f"oceans run {SCENARIO}, with charts and report: {found['seconds']:.1f} s",
        lambda found, others: {"run": found["seconds"]},
    ),
}


def table(names=(), before=None):
    """Measures the rows named, or all, prints each as it comes, and says which aims are met.

    `before` is a commit to compare with. What is being measured, and since when, stands on standard error.
    """
    rows = {name: ROWS[name] for name in names or ROWS}
    if before:
        rows["before"] = Row(
            f"batches of {BATCH}, in turn with {before}",
            lambda: {"times": times_as_fast_as(before)},
            lambda found, others: f"batches of {BATCH}: {found['times']:.2f} times as fast as at {before}",
            lambda found, others: {"before": found["times"]},
        )
    print(f"{SCENARIO}, seed {SEED}, one core\n\n{'':<28}{'runs a second':>14}{'times':>8}{'peak memory':>14}")
    began, found, values = time.monotonic(), {}, {}
    for number, (name, row) in enumerate(rows.items(), start=1):
        now = time.monotonic() - began
        print(f"[{now:4.0f} s, {number} of {len(rows)}] {name}: {row.about} ...", file=sys.stderr, flush=True)
        found[name] = row.measure()
        values |= row.values(found[name], found)
        print(row.said(found[name], found), flush=True)
    print(f"\n{time.monotonic() - began:.0f} s in all\n")
    for name, (words, is_met) in AIMS.items():
        if name in values:
            print(f"{'met    ' if is_met(values[name]) else 'NOT MET'}  {words}: {values[name]:.2f}")


def main():
    """The table; or one row of it as JSON, for the table."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--before", metavar="COMMIT", help="say how many times as fast as at a commit")
    options.add_argument(
        "--rows", nargs="+", choices=ROWS, default=(), metavar="NAME", help=f"{', '.join(ROWS)}; or all"
    )
    options.add_argument("--row", nargs="+", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.row is None:
        table(given.rows, given.before)
        return
    row, *arguments = given.row
    found = MEASURED[row](*(int(one) if one.isdigit() else one for one in arguments))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)
    print(json.dumps({**found, "memory_mb": peak}))


if __name__ == "__main__":
    main()
