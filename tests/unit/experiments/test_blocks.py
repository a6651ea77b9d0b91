"""A block plays the same alone or among others; a run that raises becomes a row, and the rest go on."""

from types import SimpleNamespace

import numpy as np
import pytest

from sim.experiments import blocks, make_design
from sim.experiments.blocks import Study, block_size, run_block, task_of, values_of
from tests.builders_of_sweeps import a_small_scenario, played_by_hash

DESIGN = make_design(a_small_scenario(), "lhs", points=20, reps=3)


def a_study(**changes):
    facts = {
        "document": {}, "name": "small", "seed": 1, "baseline": True, "plan": "p" * 32, "code": "", "library": None,
        "measures": ("harm", "cost"), "play": played_by_hash,
    }  # fmt: skip
    return Study(**{**facts, **changes})


def record_of(data, tmp_path):
    path = tmp_path / f"{len(list(tmp_path.iterdir()))}.npy"
    path.write_bytes(data)
    return blocks.read_shard(path, whole=True)


def test_blocks_together_are_the_whole_whatever_their_size(tmp_path):
    def whole(size):
        records = [record_of(run_block(a_study(), task_of(DESIGN, n, size)), tmp_path) for n in range(-(-60 // size))]
        return np.concatenate([record["baseline.harm"][0] for record in records])

    assert (whole(60) == whole(7)).all() and (whole(60) == whole(1)).all()


def test_a_block_is_the_same_whichever_was_played_before():
    tasks = [task_of(DESIGN, number, 10) for number in range(6)]
    forwards = [run_block(a_study(), task) for task in tasks]
    assert forwards == [run_block(a_study(), task) for task in reversed(tasks)][::-1]


def test_a_task_carries_the_points_it_needs_and_no_more():
    task = task_of(DESIGN, 2, 10)
    assert task.first == 20 and len(task) == 10 and len(task.points) == 4
    assert values_of(task)[task.point_of[0]] == {**DESIGN.values(6)}


class Refusing:
    """Plays, but for some replications; says which one is to blame, or not."""

    def __init__(self, refused, says_which):
        self.refused, self.says_which, self.calls = refused, says_which, 0

    def __call__(self, points, replications):
        self.calls += 1
        bad = [place for place, number in enumerate(replications) if number in self.refused]
        if bad and self.says_which:
            error = ValueError("no")
            error.index, error.stage, error.reason = bad[0], "arrange", "does not fit\nhere"
            raise error
        if bad:
            raise ZeroDivisionError("by nothing")
        return played_by_hash(a_study(), points, replications)


@pytest.mark.parametrize("says_which", [True, False])
@pytest.mark.parametrize("refused", [{0}, {59}, {7, 8, 30}, set(range(60))])
def test_a_run_that_fails_is_a_row_and_the_rest_go_on(tmp_path, says_which, refused):
    play = Refusing(refused, says_which)
    once = make_design(a_small_scenario(), "lhs", points=60)
    record = record_of(run_block(a_study(), task_of(once, 0, 60), play), tmp_path)
    failures = blocks.failures_of(record)
    assert {run for run, *_ in failures} == refused == set(np.flatnonzero(record["status"][0]))
    stage, reason = ("arrange", "does not fit here") if says_which else ("play", "ZeroDivisionError: by nothing")
    assert {tuple(said) for _, *said in failures} == {(stage, reason)}
    assert np.isnan(record["harm"][0][sorted(refused)]).all()
    good = record_of(run_block(a_study(), task_of(once, 0, 60)), tmp_path)
    kept = [run for run in range(60) if run not in refused]
    assert (record["harm"][0][kept] == good["harm"][0][kept]).all()
    assert play.calls <= 2 * 60 + 2


def test_an_interrupt_is_no_failure():
    def interrupted(points, replications):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_block(a_study(), task_of(DESIGN, 0, 60), interrupted)


@pytest.mark.parametrize("runs, size", [(1, 256), (1000, 256), (50_000, 512), (10**6, 4096), (10**8, 16384)])
def test_blocks_grow_with_the_sweep(runs, size):
    assert block_size(runs) == size


# ------------------------------------------------------------------------------------------------------- shards


def a_shard(failures=()):
    status = np.isin(np.arange(5), [run for run, *_ in failures]).astype("i1")
    table = {"digest": np.arange(5, dtype="<u8"), "harm": np.arange(5.0), "status": status}
    return blocks.packed("p" * 32, 3, 15, table, list(failures))


def test_a_shard_reads_back_as_it_was_written(tmp_path):
    record = record_of(a_shard([(2, "play", "naïve\0")]), tmp_path)
    assert record["harm"][0].tolist() == [0, 1, 2, 3, 4]
    assert blocks.failures_of(record) == [(17, "play", "naïve\0")]
    assert set(record.dtype.names) - blocks.NOT_MEASURES == {"harm"}


@pytest.mark.parametrize("cut", [0, 1, 60, 200, -1, -20])
def test_half_a_shard_is_known_by_its_size(tmp_path, cut):
    path = tmp_path / "x.npy"
    path.write_bytes(a_shard()[:cut])
    with pytest.raises(blocks.Damaged, match="x.npy"):
        blocks.read_shard(path)


def test_any_changed_byte_is_known_by_the_check(tmp_path):
    data, path = a_shard(), tmp_path / "x.npy"
    for place in range(0, len(data), 7):
        changed = bytearray(data)
        changed[place] ^= 0x41
        path.write_bytes(changed)
        with pytest.raises(blocks.Damaged):
            blocks.read_shard(path, "p" * 32, 3, 15, 5, whole=True)


def test_a_shard_of_another_sweep_or_block_is_refused(tmp_path):
    path = tmp_path / "x.npy"
    path.write_bytes(a_shard())
    for wanted in (("q" * 32, 3), ("p" * 32, 4)):
        with pytest.raises(blocks.Damaged):
            blocks.read_shard(path, *wanted)


def test_the_stand_in_is_what_the_engine_gives():
    from sim.engine import play_points

    played = play_points(a_small_scenario(), [{}], [0], seed=1)
    fake = played_by_hash(SimpleNamespace(seed=1, measures=tuple(played.measures), baseline=True), [{}], [0])
    assert vars(fake).keys() == {"measures", "baseline_measures", "digest"}
    assert played.digest.dtype == fake.digest.dtype and set(played.baseline_measures) == set(fake.measures)
