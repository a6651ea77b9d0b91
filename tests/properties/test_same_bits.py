"""A run is the same to the last bit: alone or in any batch, in any order, with or without a recorder."""

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from sim.engine import play, play_points
from sim.policies import Policy
from sim.record.record import Record
from sim.record.recorder import EventRecorder
from sim.scenario import load
from tests.builders import a_scenario
from tests.builders_of_sweeps import a_small_scenario
from tests.properties.invented import Written, differing, laws, played, row, run_numbers, scenarios, seeds

BATCHES = (1, 2, 3, 7, 33, 100, 256, 1000)
MEMBER_BY_MEMBER = "cyber_incident"  # NATO's 32 and the Union's 27 at one table, the four partners, three adversaries
LAST = 256


@laws(12)
@given(scenarios(), seeds)
def test_the_same_scenario_seed_and_run_leave_the_same_record(written, seed):
    one, other = (play(written.loaded, seed, trace=True).records[0].to_json() for _ in range(2))
    assert one == other


@laws(20)
@given(scenarios(), seeds, run_numbers)
def test_a_run_alone_is_its_row_of_a_batch(written, seed, numbers):
    together = played(written, seed, numbers).state
    for place, number in enumerate(numbers):
        assert differing(played(written, seed, [number]).state, row(together, place)) == []


@laws(15)
@given(scenarios(), seeds, run_numbers)
def test_the_order_of_runs_orders_the_rows_and_no_more(written, seed, numbers):
    together, backwards = played(written, seed, numbers).state, played(written, seed, numbers[::-1]).state
    assert differing(together.rows(np.arange(len(numbers))[::-1]), backwards) == []


@laws(15)
@given(scenarios(), seeds)
def test_a_recorder_changes_nothing(written, seed):
    seen, unseen = played(written, seed, [4], recorder=EventRecorder()), played(written, seed, [4])
    assert differing(seen.state, unseen.state) == []


@laws(12)
@given(scenarios(), seeds)
def test_a_record_goes_through_json_and_back(written, seed):
    record = play(written.loaded, seed, trace=True).records[0]
    assert Record.from_json(record.to_json()) == record
    assert Record.from_json(record.to_json()).to_json() == record.to_json()


@cache
def a_thousand_small_runs():
    return played(a_busy_exercise(), 5, range(1000)).state


def a_busy_exercise():
    """Small, with everything in it: two adversaries, a false flag, coercion, bodies with few members, cooperation."""
    grid = dict(
        id="grid",
        name="Grid",
        issue="cyber",
        by="RUS",
        victims={"EST": 0.7},
        difficulty=0.4,
        publicness=0.6,
        is_physical=True,
        may_widen_to=["LVA", "DEU"],
    )
    boycott = dict(
        id="boycott",
        name="Boycott",
        issue="coercion",
        by="CHN",
        victims={"DEU": 0.4, "JPN": 0.3},
        difficulty=0.1,
        publicness=0.9,
        demand={"text": "Recall the envoy."},
        turn=2,
    )
    leak = dict(
        id="leak",
        name="Leak",
        issue="fimi",
        by="CHN",
        suspect="RUS",
        victims={"GBR": 0.3},
        difficulty=0.6,
        publicness=0.4,
    )
    return Written(
        participants=["NATO", "EU", "JPN", "RUS", "CHN"],
        turns=4,
        incidents=[grid, boycott, leak],
        cooperation=[{"project": "coop_cyber", "months_before": 8}, {"project": "coop_exchange", "turn": 1}],
    )


@pytest.mark.parametrize("size", BATCHES)
def test_a_small_exercise_is_the_same_in_batches_of(size):
    start = 1000 - size
    assert (
        differing(
            played(a_busy_exercise(), 5, range(start, 1000)).state, a_thousand_small_runs().rows(np.arange(start, 1000))
        )
        == []
    )


@cache
def many_runs_member_by_member():
    return played(load(MEMBER_BY_MEMBER), 11, range(LAST), turns=4).state


@pytest.mark.parametrize("size", [size for size in BATCHES if size < LAST])
def test_bodies_played_member_by_member_are_the_same_in_batches_of(size):
    start = LAST - size
    alone = played(load(MEMBER_BY_MEMBER), 11, range(start, LAST), turns=4).state
    assert differing(alone, many_runs_member_by_member().rows(np.arange(start, LAST))) == []


def test_runs_can_be_split_over_any_number_of_batches():
    loaded = a_scenario(cooperation=[{"project": "coop_cyber", "months_before": 8}])
    whole = play(loaded, seed=3, runs=10).outcomes
    split = play(loaded, seed=3, runs=10, batch=3).outcomes
    for ours, theirs in (
        (whole.measures, split.measures),
        (whole.baseline_measures, split.baseline_measures),
        (whole.series, split.series),
    ):
        for name, values in ours.items():
            assert np.array_equal(values, theirs[name], equal_nan=True), name
    assert (whole.joined, whole.formats) == (split.joined, split.formats)


@pytest.mark.parametrize("also", [[], [{"actors.RUS.policy": "tit_for_tat"}]], ids=["", "with one who remembers"])
def test_runs_with_policies_in_their_seats_are_the_same_together_and_alone(also):
    loaded = a_scenario(cooperation=[{"project": "coop_cyber", "months_before": 8}])
    points = [{}, {"actors.EST.policy": "hawk"}, {"actors.EST.policy": "standard"}, {"behaviour.b_peer": 0.5}]
    points += [{"actors.EST.policy": "hawk", "actors.JPN.policy": "silent", "behaviour.b_peer": 0.5}, *also]
    together, alone = (play_points(loaded, points * 2, range(2 * len(points)), 3, batch=size) for size in (64, 1))
    assert (together.digest == alone.digest).all()
    for ours, theirs in ((together.measures, alone.measures), (together.baseline_measures, alone.baseline_measures)):
        for name, values in ours.items():
            assert np.array_equal(values, theirs[name], equal_nan=True), name


class FirstOfAll(Policy):
    """Takes the first of what is open, and so calls meetings that the model would not."""

    def choose(self, view, decision):
        return [option.id for option in decision.options[:1]]


def test_runs_with_a_policy_of_ones_own_are_the_same_together_and_alone():
    loaded, own = a_small_scenario(), {"EST": FirstOfAll(), "RUS": "tit_for_tat"}
    together, alone = (play(loaded, 3, runs=5, policies=own, batch=size) for size in (5, 1))
    assert together.answers == alone.answers
    for name, values in together.outcomes.measures.items():
        assert np.array_equal(values, alone.outcomes.measures[name], equal_nan=True), name


HERE = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])  # beyond the least that numpy asks for
OLDER = {  # processors by what they can do: the wider instructions they lack, and what OpenBLAS takes them for
    "AVX2": ([name for name in HERE if re.match("AVX512|X86_V4", name)], "Haswell"),
    "SSE": (HERE, "Nehalem"),
}
PLAYED = """
import sys
from tests.properties.test_same_bits import digests_of_many_worlds
sys.stdout.write(digests_of_many_worlds())
"""


def digests_of_many_worlds():
    """Digests and measures, in letters, of runs of two scenarios at settings of their own, with what varies in each."""
    drawn, said = np.random.default_rng(4), []
    for name in (MEMBER_BY_MEMBER, "economic_coercion"):
        loaded = load(name)
        spans = {entry.path: entry.range for entry in loaded.scenario.uncertainties.values() if entry.range}
        points = [{path: drawn.uniform(*span) for path, span in spans.items()} for _ in range(8)]
        came = play_points(loaded, points, range(8), 9)
        said += [came.digest.tobytes().hex(), *(values.tobytes().hex() for values in came.measures.values())]
    return "\n".join(said)


@cache
def digests_here():
    return digests_of_many_worlds()


@pytest.mark.parametrize("processor", [name for name, (lacks, _) in OLDER.items() if lacks])
def test_a_processor_with_narrower_instructions_plays_the_same_bits(processor):
    lacks, core = OLDER[processor]
    older = {"NPY_DISABLE_CPU_FEATURES": " ".join(lacks), "OPENBLAS_CORETYPE": core, "NUMBA_CPU_NAME": "generic"}
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", PLAYED], cwd=root, env={**os.environ, **older}, capture_output=True, text=True
    )
    assert done.stdout == digests_here(), done.stderr


def test_the_second_half_of_the_runs_begins_where_the_first_ends():
    loaded = a_scenario()
    whole = play(loaded, seed=3, runs=8).outcomes.measures
    halves = [play(loaded, seed=3, runs=4, first_run=first).outcomes.measures for first in (0, 4)]
    for name, values in whole.items():
        assert np.array_equal(values, np.concatenate([half[name] for half in halves]), equal_nan=True), name
