"""What every chart keeps to, asked of all: two files, words that stand in for it, nothing covered, nothing cut off."""

import dataclasses
import importlib
import pkgutil
import xml.etree.ElementTree as ET

import pytest
from PIL import Image

import sim.output.figures
from sim.engine import play
from sim.output.figures import charts_of, draw_all, style
from sim.output.figures.saving import save
from sim.output.figures.style import TALL, WIDE
from sim.scenario import load, shipped
from tests.builders_record import a_loaded, a_quiet_record, a_record, an_empty_record, outcomes
from tests.misplaced import misplaced

SVG = "{http://www.w3.org/2000/svg}"
LONG_WORDS = "The Extraordinary Consultative Conference of Interoceanic Ministers " * 3


def _renamed(record):
    """The same record with an incident whose name would fill a page."""
    events = [
        dataclasses.replace(event, payload={**event.payload, "name": LONG_WORDS})
        if event.kind == "incident_begins"
        else event
        for event in record.events
    ]
    return dataclasses.replace(record, events=tuple(events))


def _without_series(record):
    """The same record with turns that end without a word about how things stand."""
    events = [dataclasses.replace(event, payload={}) if event.kind == "turn_ends" else event for event in record.events]
    return dataclasses.replace(record, events=tuple(events))


RECORDS = {
    "full": lambda: (a_record(), a_loaded()),
    "one incident": lambda: (a_record(incidents=1), a_loaded()),
    "three actors": lambda: (a_record(states=["EST", "HUN", "JPN"], incidents=1), a_loaded()),
    "sixty turns": lambda: (a_record(turns=60, days=7), a_loaded(turns=60, days=7)),
    "one turn": lambda: (a_record(turns=1, days=60, incidents=1), a_loaded(turns=1, days=60)),
    "quiet": lambda: (a_quiet_record(), a_loaded(turns=4)),
    "empty": lambda: (an_empty_record(), a_loaded()),
    "no series": lambda: (_without_series(a_record()), a_loaded()),
    "long words": lambda: (_renamed(a_record()), a_loaded(actors={"EST": {"name": LONG_WORDS}})),
}
MANY = {
    "full": lambda: (outcomes(), a_loaded()),
    "one run": lambda: (outcomes(runs=1, baseline=False), a_loaded()),
    "sixty turns": lambda: (outcomes(turns=60), a_loaded(turns=60, days=7)),
    "one turn": lambda: (outcomes(turns=1), a_loaded(turns=1)),
    "nothing kept": lambda: (
        dataclasses.replace(outcomes(), series={}, measures={}, baseline_measures=None, joined={}, formats={}),
        a_loaded(),
    ),
}
KINDS = {"run": RECORDS, "many": MANY}
CASES = [(kind, name, case) for kind, cases in KINDS.items() for name in charts_of(kind) for case in cases]
FULLEST = ("full", "sixty turns", "long words")


def _in(shape, kind, name, case):
    """One chart of one case in a shape; of wide ones the fullest do where long tests do not run."""
    is_long = shape == WIDE and case not in FULLEST
    told = f"{name}: {case}" + ("" if shape == TALL else ", wide")
    return pytest.param(kind, name, case, shape, id=told, marks=[pytest.mark.long] if is_long else [])


in_all_shapes = pytest.mark.parametrize(
    "kind, name, case, shape", [_in(shape, *one) for shape in (TALL, WIDE) for one in CASES]
)
all_wide = pytest.mark.parametrize("kind, name, case, shape", [_in(WIDE, *one) for one in CASES])
asked_of_all = pytest.mark.parametrize("kind, name, case", CASES, ids=[f"{name}: {case}" for _, name, case in CASES])
LEAST = 18  # pixels of 1080, the label on a wall


@pytest.fixture(scope="module")
def built():
    """Each record with its scenario, and each page, built once."""
    return {}


def _page(built, kind, name, case, shape=TALL):
    key = (kind, case)
    if key not in built:
        built[key] = KINDS[kind][case]()
    if (name, key, shape) not in built:
        built[name, key, shape] = charts_of(kind)[name].compose(*built[key], shape=shape)
    return built[name, key, shape], built[key]


@in_all_shapes
def test_no_words_cover_one_another_or_leave_the_page(built, kind, name, case, shape):
    page, _ = _page(built, kind, name, case, shape)
    assert misplaced(page) == []


@all_wide
def test_a_wide_chart_is_as_wide_as_a_wall_and_can_be_read_from_the_back(built, kind, name, case, shape):
    page, _ = _page(built, kind, name, case, shape)
    wide, tall = page.figure.get_size_inches()
    assert wide / tall == pytest.approx(16 / 9)
    assert style.LABEL / 72 / tall * 1080 >= LEAST
    assert page.alt and page.caption and page.title == _page(built, kind, name, case)[0].title


@pytest.mark.parametrize("shape", [TALL, WIDE], ids=["tall", "wide"])
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name == "cyber_incident" else pytest.mark.long) for name in shipped()]
)
def test_every_chart_of_every_scenario_that_ships_keeps_its_words_apart(name, shape):
    loaded = load(name)
    record = play(loaded, 1, trace=True).records[0]
    for chart, declared in charts_of("run").items():
        page = declared.compose(record, loaded, shape=shape)
        assert (chart, misplaced(page)) == (chart, [])


@asked_of_all
def test_every_chart_has_a_title_alternative_words_and_a_caption(built, kind, name, case):
    page, (about, _) = _page(built, kind, name, case)
    assert page.name == name
    assert page.title[0] == page.title[0].upper() and len(page.title.split()) >= 2
    assert len(page.alt.split()) >= 5
    assert f"seed {about.seed}" in page.caption
    assert about.scenario_name in page.caption
    assert "Units: " in page.caption
    assert "run" in page.caption
    assert not any(word in page.title + page.alt + page.caption for word in ("nan", "None", "{", "}"))


@pytest.fixture(scope="module", params=KINDS)
def drawn(request, tmp_path_factory):
    """Every chart of a full run, or of many, drawn and saved."""
    kind = request.param
    charts = draw_all(kind, tmp_path_factory.mktemp("charts"), *KINDS[kind]["full"](), wide=True)
    return list(charts.values()), kind


def _both(charts):
    return [shaped for chart in charts for shaped in (chart, chart.wide)]


def test_every_chart_makes_an_svg_that_parses_and_a_png_for_slides(drawn):
    charts, kind = drawn
    assert [chart.name for chart in charts] == list(charts_of(kind))
    for chart in _both(charts):
        root = ET.fromstring(chart.svg.read_text("utf-8"))
        assert root.tag == f"{SVG}svg"
        assert root.get("role") == "img"
        assert root.find(f"{SVG}title").text == chart.title
        assert root.find(f"{SVG}desc").text == chart.alt
        assert chart.svg.stat().st_size < 300_000
        assert root.findall(f".//{SVG}text") == [], "letters are outlines"
        assert root.findall(f".//{SVG}image") == []
    assert {Image.open(chart.png).width for chart in charts} == {1600}
    assert {Image.open(chart.wide.png).size for chart in charts} == {(1920, 1080)}
    assert all(chart.wide.svg.name == f"{chart.name}.wide.svg" for chart in charts)


def test_every_chart_is_composed_in_our_own_style_whatever_the_user_has_set():
    modules = [
        importlib.import_module(f"sim.output.figures.{found.name}")
        for found in pkgutil.walk_packages(sim.output.figures.__path__)
    ]
    composing = {f"{module.__name__}.{name}": found for module in modules for name, found in vars(module).items()
                 if name.startswith("compose")}  # fmt: skip
    kinds = (*KINDS, "sweep", "comparison", "backtest", "ahead", "room", "groups")
    declared = {one.compose for kind in kinds for one in charts_of(kind).values()}
    assert [name for name, compose in composing.items() if compose not in declared] == []


@pytest.mark.long  # that other settings give the same files too is asked each time
def test_the_same_run_gives_the_same_files(drawn, tmp_path):
    charts, kind = drawn
    about = KINDS[kind]["full"]()
    again = {name: save(one.compose(*about), tmp_path) for name, one in charts_of(kind).items()}
    for chart in charts:
        assert chart.svg.read_bytes() == again[chart.name].svg.read_bytes()
        assert chart.png.read_bytes() == again[chart.name].png.read_bytes()


def test_names_inside_one_svg_are_not_those_of_another(drawn):
    seen = set()
    for chart in _both(drawn[0]):
        names = [part.get("id") for part in ET.fromstring(chart.svg.read_text("utf-8")).iter() if part.get("id")]
        assert len(names) == len(set(names))
        assert not seen & set(names)
        seen |= set(names)


def test_no_chart_tells_who_really_did_it():
    """The culprit is in the scenario alone: changing it changes no chart."""
    record, loaded = a_record(), a_loaded()
    incidents = [
        incident.model_copy(update={"by": "CHN", "suspect": "RUS"}) for incident in loaded.scenario.incidents[:1]
    ]
    framed = a_loaded()
    framed.scenario = loaded.scenario.model_copy(update={"incidents": [*incidents, *loaded.scenario.incidents[1:]]})
    for declared in charts_of("run").values():
        one, other = declared.compose(record, loaded), declared.compose(record, framed)
        assert (one.title, one.alt, one.caption) == (other.title, other.alt, other.caption)
