"""What a user has told Matplotlib changes no chart, and a chart changes nothing that he has told it."""

import os
import subprocess
import sys
from pathlib import Path

import matplotlib
import pytest

from sim.output.figures import charts_of, draw_all, style
from sim.output.figures.run.course import compose_scorecard
from sim.output.figures.saving import save
from tests.builders_record import a_loaded, a_record, outcomes

ROOT = Path(__file__).parents[4]
DARK = {
    "text.usetex": True,
    "text.parse_math": True,
    "text.hinting": "force_autohint",
    "figure.facecolor": "black",
    "figure.dpi": 37,
    "figure.autolayout": True,
    "axes.facecolor": "black",
    "axes.grid": True,
    "axes.unicode_minus": False,
    "axes.spines.top": True,
    "font.family": ["serif"],
    "font.style": "italic",
    "font.size": 22,
    "lines.linewidth": 6,
    "path.sketch": (10, 100, 2),
    "savefig.bbox": "tight",
    "savefig.dpi": 33,
    "savefig.transparent": True,
    "svg.fonttype": "none",
    "svg.hashsalt": "mine",
    "timezone": "Asia/Tokyo",
    "xtick.direction": "in",
}
DARK_TEXT = "".join(f"{name}: {str(value).strip('[]()')}\n" for name, value in DARK.items() if name != "font.family")
UNKNOWN_KEYS = "no.such.key: 1\naxes.grid: perhaps\nno colon\n"
LANGUAGE = "axes.formatter.use_locale: True\n"  # one that is not there
FILES = {
    "dark, with unknown keys": (DARK_TEXT + UNKNOWN_KEYS + LANGUAGE).encode(),
    "not text": b"axes.facecolor: black\n# \xff\xfe\n",
}
DRAW = """
import sys
from sim.output.figures import charts_of, save
from tests.builders_record import a_loaded, a_record
save(charts_of("run")["scorecard"].compose(a_record(), a_loaded()), sys.argv[1])
"""


def _bytes_in(folder):
    return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}


@pytest.mark.parametrize("kind, about", [("run", a_record), pytest.param("many", outcomes, marks=pytest.mark.long)])
def test_charts_are_the_same_whatever_the_host_has_set_and_his_settings_stay(tmp_path, kind, about):
    draw_all(kind, tmp_path / "plain", about(), a_loaded())
    with matplotlib.rc_context(DARK):
        before = dict(matplotlib.rcParams)
        style.text_width.cache_clear()
        draw_all(kind, tmp_path / "dark", about(), a_loaded())
        assert dict(matplotlib.rcParams) == before
    style.text_width.cache_clear()
    plain = _bytes_in(tmp_path / "plain")
    assert len(plain) == 2 * len(charts_of(kind))
    assert _bytes_in(tmp_path / "dark") == plain


def test_a_chart_that_fails_leaves_the_hosts_settings_too():
    @style.styled
    def fail():
        raise ValueError

    before = dict(matplotlib.rcParams)
    with pytest.raises(ValueError):
        fail()
    assert dict(matplotlib.rcParams) == before


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """The chart that a user without settings gets."""
    folder = tmp_path_factory.mktemp("expected")
    save(compose_scorecard(a_record(), a_loaded()), folder)
    return _bytes_in(folder)


def _drawn_in(folder, **environment):
    """The same chart, drawn by a process of its own that stands in a folder."""
    world = {**os.environ, "PYTHONPATH": str(ROOT), "MPLCONFIGDIR": matplotlib.get_configdir(), **environment}
    done = subprocess.run(
        [sys.executable, "-c", DRAW, str(folder / "charts")], cwd=folder, env=world, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return _bytes_in(folder / "charts")


@pytest.mark.parametrize("content", FILES.values(), ids=list(FILES))
def test_a_matplotlibrc_in_the_working_folder_changes_nothing(tmp_path, expected, content):
    (tmp_path / "matplotlibrc").write_bytes(content)
    assert _drawn_in(tmp_path, LC_ALL="xx_XX.UTF-8") == expected


def test_a_backend_that_does_not_exist_changes_nothing(tmp_path, expected):
    assert _drawn_in(tmp_path, MPLBACKEND="bad") == expected
