"""Back-tests for tests: small files of cases, and a `Backtest` of invented probabilities, so that nothing is played."""

from functools import cache

import numpy as np

from sim.scenario import load_library
from sim.validation.backtest import MODEL, Backtest, acts_of, as_case, first_answers_of, lags_of, outcomes_of
from sim.validation.benchmarks import benchmarks
from sim.validation.cases import cells_of, read_cases
from sim.validation.replay import Played
from sim.validation.schema import KINDS
from sim.validation.scores import calibration_of, scored

SMALL = """\
meta: {title: Two small cases}
cases:
  - id: grid-2019
    name: "Estonia: a night in the grid"
    kind: cyber
    start_date: 2019-03-01
    disclosure_date: 2019-03-04
    decision_date: 2019-04-01
    targets: [EST]
    adversary: RUS
    severity: {value: 0.4}
    attribution_context: {publicness: 0.9, certainty_at_time: high}
    collective_response: {type: collective, days_from_disclosure: 28}
    actors:
      USA:
        statement_of_concern: 1
        public_attribution: 1
        sanctions_or_expulsions: 0
        evidence: [documented-high, documented-high, absence-low, null, null]
      LVA: {statement_of_concern: 1, public_attribution: 0, confidence: medium}
      NATO: {statement_of_concern: 1, public_attribution: 0}
      EST: {statement_of_concern: 1, public_attribution: 1, is_target: true}
  - id: timber-2021
    name: "Lithuania: timber held at the port"
    kind: economic_coercion
    start_date: 2021-05-01
    targets: [LTU]
    adversary: CHN
    severity: {value: 0.3}
    attribution_context: {publicness: 0.8, certainty_at_time: high}
    outcome: {target_conceded: 0, coercion_months: 2}
    actors:
      USA: {statement_of_concern: 1, public_attribution: 0, material_support: 1}
      JPN: {statement_of_concern: 0, public_attribution: 0, legal_trade_action: 0}
auxiliary_outcome_only_cases:
  - {id: wine-2006, target: MDA, adversary: RUS, start: 2006-03, measure: wine ban, months: 2, target_conceded: partial}
"""
UNKNOWN = """\
cases:
  - id: silent-2019
    name: "Nobody knows"
    kind: cyber
    start_date: 2019-03-01
    targets: [EST]
    adversary: RUS
    severity: {value: 0.2}
    attribution_context: {publicness: 0.1}
    actors:
      USA: {}
      EST: {statement_of_concern: 1, is_target: true}
"""


def a_case_file(folder, text=SMALL, name="small.yaml"):
    """A file of cases in a folder."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def a_crowd(cases=24, actors=27):
    """A file of many cases with many actors and long names."""
    codes = [code for code, state in load_library().states.items() if state.role != "adversary"][:actors]
    rows = "".join(
        f"      {code}: {{public_attribution: {at % 3 // 2}, sanctions_or_expulsions: 0}}\n"
        for at, code in enumerate(codes)
    )
    text = "cases:\n"
    for at in range(cases):
        text += (
            f"  - id: crisis-{at}\n"
            f'    name: "The extraordinary interruption of submarine telecommunications in the strait, number {at}"\n'
            f"    kind: {('cyber', 'migration', 'airspace_violation')[at % 3]}\n"
            f"    start_date: {2017 + at % 8}-0{1 + at % 9}-11\n"
            f"    targets: [POL]\n    adversary: BLR\n    severity: {{value: 0.3}}\n"
            f"    attribution_context: {{publicness: 0.9, certainty_at_time: high}}\n    actors:\n{rows}"
        )
    return text


@cache
def a_backtest(name_or_path="cases_2007_2024", runs=5, seed=3):
    """A back-test in which nothing was played: the model's probabilities are those of dice that lean to the record."""
    cases, library = read_cases(name_or_path), load_library()
    episodes = [as_case(one, library) for one in cases.outcomes if set(one.targets) & set(library.states)]
    everything = [*cases.cases, *episodes]
    dice = np.random.default_rng(seed)
    played = {case.id: _played(case, runs, dice) for case in everything}
    cells = cells_of(cases)
    chances = [
        played[cells.case_ids[case]].chance_of(actor, kind)
        for case, actor, kind in zip(cells.case, cells.actor, cells.kind, strict=True)
    ]
    forecasts = {MODEL: np.array(chances), **benchmarks(cells, cases, library=library)}
    return Backtest(
        cases,
        cells,
        forecasts,
        played,
        *scored(cells, forecasts, MODEL, draws=60),
        calibration_of(cells, forecasts[MODEL]),
        acts_of(cells, cases, played),
        lags_of({case.id: played[case.id] for case in cases.cases}),
        first_answers_of(cases, played),
        outcomes_of([case for case in everything if library.codebook.kinds[case.kind].has_demand], played),
        {case.id: "as written" for case in cases.cases},
        runs,
        seed,
        {"with_victims": False, "strict": False, "in_sample": False},
    )


def _played(case, runs, dice):
    actors = tuple(case.actors) or ("USA",)
    done = np.array([[case.cells[code, kind].value or 0 if case.actors else 0 for code in actors] for kind in KINDS])
    usual = 0.3 * done + dice.uniform(0, 0.6, (len(KINDS), len(actors)))
    chance = np.clip(usual + dice.uniform(-0.1, 0.1, (runs, len(KINDS), len(actors))), 0, 1)
    day = np.where(chance > 0.5, dice.integers(1, 300, chance.shape).astype(float), np.inf)
    people = dice.uniform(0, 1, (runs, len(actors)))
    return Played(actors, chance, day, people, people, dice.uniform(0, 1, runs) < 0.3, {})
