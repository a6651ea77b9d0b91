"""Outcomes by turn and by actor in a sweep: those of the same run played alone, on axes with labels and units."""

import numpy as np
import pytest

from sim.engine import play
from sim.errors import InputError
from sim.experiments import load_result, sweep
from sim.scenario import varied
from tests.builders_of_sweeps import a_small_scenario

QUIET = {"progress": lambda runs, failed: None}


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kept") / "sweep"
    return sweep(a_small_scenario(), points=4, block_runs=3, keep="series,joined,spent", resume=folder, **QUIET)


def test_what_is_kept_of_a_run_is_what_it_comes_to_when_it_is_played_alone(kept):
    for run in range(4):
        point, replication = kept.point_of(run)
        alone = play(varied(a_small_scenario(), point), 1, first_run=replication).outcomes
        for name, values in alone.series.items():
            assert (kept.kept[f"{name}_by_turn"][run] == values[:, 0]).all()
        joined = {
            (f"{incident}/{response}", code)
            for incident, responses in alone.joined.items()
            for response, shares in responses.items()
            for code in shares
        }
        axes = dict(kept.folder.kept.axes)
        places = np.argwhere(kept.kept["joined_by_actor"][run] > 0)
        assert {(axes["response"][o], axes["actor"][k]) for o, k in places} == joined


def test_a_cube_of_it_has_axes_with_labels_and_units_in_both_arms(kept):
    pytest.importorskip("xarray", reason="needs the extra 'analysis'")
    cube = load_result(kept.path).to_xarray()
    assert cube.spent_by_actor.dims == ("arm", "point", "replication", "actor")
    assert cube.tension_by_turn.sizes["turn"] == 2 and cube.harm.attrs["units"] == "severity-months"
    states = cube.spent_by_actor.sel(arm="played").drop_sel(actor="RUS").mean("actor")
    assert np.allclose(states.values.ravel(), kept.measures["cost"], atol=1e-5) and cube.joined_by_actor.max() <= 2


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"keep": "joind"}, "--keep joind: this is not kept. Did you mean 'joined'"),
        ({"keep": "series", "vary": ["turns.count=2:3"]}, "changes which turns there are"),
    ],
)
def test_what_cannot_be_kept_is_advice(asked, said):
    with pytest.raises(InputError, match=said):
        sweep(a_small_scenario(), points=2, **asked, **QUIET)
