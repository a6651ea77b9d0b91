"""An analysis from samples to page: every part answers, also where there is nothing to say."""

import dataclasses
import json
import re
from types import SimpleNamespace

import numpy as np
import pytest

from sim.errors import InputError
from sim.experiments.analysis import analyse
from sim.experiments.claims import drivers
from sim.experiments.estimate import Estimate, convergence
from sim.experiments.sensitivity import chance_of, sensitivity
from sim.output.figures import draw_all, drawings_of
from sim.output.figures.style import WIDE
from sim.output.pages.sweep import write_report_of_sweep
from tests.builders_record import a_loaded
from tests.builders_sweep import a_factor, a_sample, a_sweep, saltelli
from tests.misplaced import misplaced

NO_BREAK = "\N{NO-BREAK SPACE}"
TIE, PROOF = a_factor("tie", path="adversary_tie"), a_factor("proof")
TURN = a_factor("turn", "lever", choices=("2", "6"))
HEAD = a_factor("head", "lever", low=0, high=36, path="cooperation.coop_cyber.months_before")


def _outcome(x):
    late = 2.0 * (x["turn"] == "6") if "turn" in x else 0.0
    wrong = (x["tie"] > 0.6) & (x["proof"] > 0.5)
    return {
        "harm": 4 + 6 * wrong + late,
        "standing": 0.9 - 0.3 * x["tie"],
        "held": np.where(x["proof"] > 0.1, 1.0, np.nan),
    }


def _without(x):
    return {name: values + (1.5 if name == "harm" else 0) for name, values in _outcome(x).items()}


SWEEPS = {
    "sampled": lambda: a_sweep(_outcome, [TIE, PROOF, TURN, HEAD], points=300, luck=0.5, baseline=_without),
    "replicated": lambda: a_sweep(_outcome, [TIE, PROOF, TURN], points=120, reps=3, luck=0.5),
    "one draw": lambda: a_sweep(_outcome, [TIE, PROOF, TURN], points=200, luck=0.5, baseline=_without, crn=True),
    "sobol": lambda: a_sweep(_outcome, [TIE, PROOF], x=saltelli([TIE, PROOF], 64)),
    "no levers": lambda: a_sweep(_outcome, [TIE, PROOF], points=200),
    "few": lambda: a_sweep(_outcome, [TIE, PROOF, TURN], points=6),
    "one point": lambda: a_sweep(_outcome, [TIE, PROOF, TURN], points=1, reps=20, luck=1.0),
    "constant": lambda: a_sweep(lambda x: {"harm": np.full(len(x["tie"]), 3.0)}, [TIE, PROOF], points=100),
    "never applies": lambda: a_sweep(lambda x: {"harm": np.full(len(x["tie"]), np.nan)}, [TIE, PROOF], points=100),
    "many failed": lambda: a_sweep(_outcome, [TIE, PROOF, TURN], points=200, status=np.arange(200) % 3 == 0),
}


TAKES_LONG = ("replicated", "one draw", "sobol", "many failed", "no levers")


@pytest.fixture(
    scope="module", params=[pytest.param(name, marks=pytest.mark.long if name in TAKES_LONG else ()) for name in SWEEPS]
)
def analysis(request):
    result = SWEEPS[request.param]()
    return analyse(
        result, [name for name in ("harm", "standing", "held") if name in result.measures], loaded=a_loaded()
    )


@pytest.fixture(scope="module")
def sampled():
    """The analysis of a sampled sweep by two measures."""
    return analyse(SWEEPS["sampled"](), ["harm", "standing"], loaded=a_loaded())


def test_every_chart_of_every_analysis_keeps_its_words_apart_and_says_something(analysis):
    pages = [compose(*about) for _, compose, about in drawings_of("sweep", analysis)]
    for page in pages:
        assert misplaced(page) == [], page.name
        assert len(page.title.split()) >= 4 and len(page.alt.split()) >= 5
        assert "seed 1" in page.caption and "Units: " in page.caption and "95 % intervals" in page.caption
        assert not re.search(r"\b(nan|None|inf)\b|[{}]", page.title + page.alt + page.caption), page.name
    assert len({page.name for page in pages}) == len(pages)


def _misplaced_when_wide(analysis):
    pages = [compose(*about, shape=WIDE) for _, compose, about in drawings_of("sweep", analysis)]
    found = {page.name: misplaced(page) for page in pages}
    return [(name, words) for name, words in found.items() if words]


def test_wide_charts_keep_their_words_apart_too(sampled):
    assert _misplaced_when_wide(sampled) == []


@pytest.mark.long
def test_wide_charts_of_every_analysis_do_too(analysis):
    assert _misplaced_when_wide(analysis) == []


def test_an_analysis_is_plain_json(analysis):
    text = json.dumps(analysis.to_dict(), allow_nan=False)
    assert json.loads(text)["runs"] == analysis.sample.runs


@pytest.fixture(scope="module")
def page(sampled, tmp_path_factory):
    """The page of a sampled sweep."""
    folder = tmp_path_factory.mktemp("page")
    charts = draw_all("sweep", folder / "charts", sampled)
    return write_report_of_sweep(
        sampled, a_loaded(), charts, {"command": ["oceans", "analyse"]}, folder / "analysis.html"
    )


def test_the_page_stands_alone_and_leads_from_chart_to_claim(page):
    text = page.read_text("utf-8")
    assert not re.search(r'(?:src|href)="(?!#)', text.split("</style>")[1].replace('xlink:href="#', 'href="#'))
    assert "<script" not in text and "url(http" not in text
    assert text.count('role="img"') == 12 and text.count("This chart in words") == 12
    for words in ("What drives it?", "coverage", "regret", "How to read this", "uncertainty", "lever"):
        assert words in text
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert all(target in ids for target in re.findall(r'<a href="#([^"]+)"', text))


def test_a_measure_that_does_not_exist_earns_advice():
    with pytest.raises(InputError, match="Did you mean 'harm'"):
        analyse(SWEEPS["few"](), ["ham"], loaded=a_loaded())


def test_runs_that_failed_are_left_out_and_counted():
    analysis = analyse(SWEEPS["many failed"](), ["harm"], loaded=a_loaded())
    assert analysis.sample.failed == 67 and analysis.sample.runs == 133
    assert "67 runs could not be played" in analysis.remarks[0]


def test_the_same_seed_gives_the_same_analysis():
    one, other = (analyse(SWEEPS["sampled"](), ["harm"], seed=5, loaded=a_loaded()).to_dict() for _ in range(2))
    assert one == other


def test_chance_is_told_from_what_the_factors_do():
    sample = a_sample(_outcome, [TIE, PROOF], points=300, reps=2, luck=0.0)
    assert chance_of(sample, "harm").value == pytest.approx(0, abs=1e-9)
    noisy = a_sample(lambda x: {"harm": 0 * x["tie"]}, [TIE, PROOF], points=300, reps=2, luck=1.0)
    assert 0.9 < chance_of(noisy, "harm").value <= chance_of(noisy, "harm").high <= 1
    assert not chance_of(a_sample(_outcome, [TIE, PROOF], points=5), "harm").is_known


def test_a_headline_says_what_chance_makes_with_its_interval_or_nearly_all():
    def said(chance):
        sample = a_sample(lambda x: {"harm": 0 * x["tie"]}, [TIE], points=300, reps=2, luck=1.0)
        found = dataclasses.replace(sensitivity(sample, "harm", forests=False), chance=Estimate(*chance))
        a_spread = SimpleNamespace(is_constant=False, quantiles=(0.0, 1.0))
        words = drivers(sample, SimpleNamespace(measure="harm", sensitivity=found, spread=a_spread))
        return words.replace(NO_BREAK, " ").partition("; ")[2]

    assert said((1.0, 0.93, 1.0)) == "chance makes 100 % (93 to 100 %) of the variance"
    assert said((1.0, np.nan, np.nan)) == said((1.0, 1.0, 1.0)) == "chance makes nearly all of the variance"
    assert said((0.4, np.nan, np.nan)) == "chance makes 40 % of the variance"


def test_more_futures_settle_a_mean_and_a_sentence_says_when():
    found = convergence(a_sample(_outcome, [TIE, PROOF], points=2000), "harm")
    assert found.enough and 50 < found.enough < 1500
    assert "were enough" in found.sentence
    few = convergence(a_sample(_outcome, [TIE, PROOF], points=60), "harm")
    assert few.enough is None and 150 < few.needed < 3000 and "not yet enough" in few.sentence


def test_chance_that_all_futures_share_is_not_settled_by_more_futures():
    rng = np.random.default_rng(1)
    draws = rng.normal(size=3)
    sweep = a_sweep(lambda x: {"harm": 0.1 * x["tie"]}, [TIE, PROOF], points=300, reps=3, crn=True)
    sweep.measures["harm"] = sweep.measures["harm"] + draws[sweep.runs["replication"]]
    from sim.experiments.sample import sample_of

    assert "too few replications" in convergence(sample_of(sweep, a_loaded()), "harm").sentence


def test_how_far_apart_draws_are_numbered_changes_nothing():
    near, far = (a_sweep(lambda x: {"harm": x["tie"]}, [a_factor("tie")], points=64, reps=2, luck=1.0) for _ in "ab")
    far.runs["replication"] = far.runs["replication"] * 10**12
    found = [analyse(one, ["harm"], loaded=a_loaded()).of("harm") for one in (near, far)]
    assert repr(found[0].spread) == repr(found[1].spread)
    assert repr(found[0].sensitivity) == repr(found[1].sensitivity)
