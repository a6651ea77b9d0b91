"""The page of a back-test: what was asked, how good the forecasts were, where they were wrong, how far to trust them.

Written for somebody who knows the cases and not the statistics: every score has its interval and a sentence.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

from sim.output.figures import Chart, charts_of
from sim.output.figures.backtest import Past
from sim.output.pages import facts_of, sections_of, write_page
from sim.phrases import capital, count, listed, percent
from sim.validation.backtest import MODEL, Miss, misses_of, verdict, where_it_was_done
from sim.validation.claims import LOGISTIC, claims_of, signed
from sim.validation.scores import FLOOR

MARKING = "BACK-TEST: PAST CASES FROM PUBLIC SOURCES"
SUMMARY = (
    "Crises that happened, played again from the day they became known with what was known then: how probable the "
    "model thought it that each actor would do what, beside what it did."
)
BENCHMARKS = (LOGISTIC, "logistic", "actor's own rate", "overall rate", "nobody")
MADE = {
    "without it": "the coefficients were estimated without the case in question",
    "from others": "the coefficients were estimated from other cases",
    "all cases": "the coefficients were estimated from all cases, the one in question among them",
    "as written": "the coefficients were written down by people who knew these cases, and estimated from nothing",
}
FAMOUS = "much was done about them. Of crises that nobody answered, few are here."
FEW_CASES = (
    "what allies do about one act hangs together, so intervals resample whole cases, and with so few they are rather "
    "too narrow than too wide."
)
NOT_IN_TIME = (
    "That tests whether a forecast carries over to a case it was not shown, not whether it would have been right at "
    "the time."
)
A_CELL = (
    "from each run the chance that the actor would have done it within the window, averaged over runs; not the share "
    "of runs in which it did, which says the same with more noise"
)
EACH_BENCHMARK = (
    "overall rate: as often as in the other cases; actor's own rate: as often as it did itself there; logistic: a "
    "regression on 13 features of actor and case; nobody: never. Each is made without the case it is about"
)
KNOWN_THEN = "Severity, publicness and certainty of each case were graded by people who knew how it ended."
CONCENTRATED = 0.6  # the share of acts in two cases from which a score says more of these two than of the kind of act
FEW = 5
MOST_NAMED = 8


@dataclass(frozen=True)
class Row:
    """How the forecasts did in one scope, as it is printed: scores with intervals, and a sentence."""

    label: str
    cells: str
    scores: tuple
    against: str
    is_whole: bool


def write_report_of_backtest(past: Past, charts: Mapping[str, Chart], manifest: dict, path: Path) -> Path:
    """Writes the page of a back-test, with charts as `draw_all` gives them and a manifest to repeat it by."""
    backtest = past.backtest
    return write_page(
        "backtest.html.j2",
        path,
        title=f"Against history: {backtest.cases.title}",
        scenario=SimpleNamespace(marking=MARKING, summary=SUMMARY),
        facts=list(_facts(past)),
        kinds=[(capital(kind.name), kind.counts) for kind in past.kinds.values()],
        cases=[(past.name(name), capital(past.case_kind(kind))) for kind, ids in past.by_kind() for name in ids],
        sections=list(sections_of(charts_of("backtest").values(), charts)),
        forecasts=[MODEL, *BENCHMARKS],
        brier=rows_of(past, "brier"),
        others=[
            (f"Log score (probabilities no nearer to 0 or 1 than {FLOOR:g})", rows_of(past, "log")),
            ("AUC", rows_of(past, "auc")),
        ],
        claims=[(past.scope(scope), words) for scope, words in claims_of(backtest, past.kinds)],
        misses=[told(past, miss) for miss in misses_of(backtest)],
        trust=list(trust_of(past, ((manifest or {}).get("train") or {}).get("title"))),
        made=list(made_of(past)),
        repeat=list(facts_of(manifest)),
    )


def _facts(past):
    backtest = past.backtest
    cells = backtest.cells
    when = sorted(map(past.when, past.cases))
    first, last = when[0].year, when[-1].year
    years = f"{first}" if first == last else f"{first} to {last}"
    runs = f"each played {count(backtest.runs, 'time')}, seed {backtest.seed}"
    yield f"{capital(count(len(past.cases), 'case'))} of {years}, {runs}"
    known = f"{len(cells):,} cells are known and scored: one actor, one kind of act, one case"
    yield f"{known}; in {int(cells.done.sum()):,} of them the actor did it"


# ---------------------------------------------------------------------------------------------------- how good


def rows_of(past: Past, measure: str) -> list[Row]:
    """One score ("brier", "log" or "auc") of every forecast, scope by scope, as it is printed."""
    scores, differences = past.backtest.scores, past.backtest.differences
    found = []
    for scope in dict.fromkeys(scores.scope):
        rows = {row["forecast"]: row for row in scores[scores.scope == scope].to_dict("records")}
        gaps = differences[(differences.scope == scope) & (differences.against == LOGISTIC)].to_dict("records")
        first = next(iter(rows.values()))
        numbers = tuple(_number(rows.get(name), measure) for name in (MODEL, *BENCHMARKS))
        against = _against(gaps[0], measure) if gaps else ""
        cells = f"{first['n']:,}, {first['events']:,} done, {first['cases']} cases"
        found.append(Row(past.scope(scope), cells, numbers, against, "," not in scope))
    return found


def _number(row, measure):
    if row is None or row[measure] != row[measure]:
        return "–"
    ends = row[f"{measure}_low"], row[f"{measure}_high"]
    return f"{row[measure]:.3f} ({ends[0]:.3f} to {ends[1]:.3f})"


def _against(gap, measure):
    value, low, high = (gap[f"{measure}{end}"] for end in ("", "_low", "_high"))
    if value != value:
        return "–"
    which = verdict(low, high, measure != "auc", gap["cases"])
    return f"{which}: {signed(value)} ({signed(low)} to {signed(high)})"


# ---------------------------------------------------------------------------------------------------- where wrong


def told(past: Past, miss: Miss) -> tuple[str, str]:
    """A group of cells in which the model was wrong, as a heading and a sentence."""
    names = [f"{past.styles.actor(code)} ({percent(p)})" for code, p, _ in miss.actors]
    who, many = listed(names, MOST_NAMED), len(names) > 1
    if miss.done:
        they = "All of them did it" if many else "It did it"
        words = f"The model thought it unlikely of {who}. {they}."
    else:
        they = "None of them did" if many else "It did not"
        words = f"The model expected it of {who}. {they}, as far as the record says."
    unsure = [past.styles.actor(code) for code, _, confidence in miss.actors if confidence in ("low", "unknown")]
    if unsure:
        words += f" The record is unsure about {listed(unsure, MOST_NAMED)}."
    return f"{past.name(miss.case)}, {past.kind(miss.kind)}", words


# ---------------------------------------------------------------------------------------------------- how far to trust


def trust_of(past: Past, taught: str | None = None) -> Iterator[tuple[str, str]]:
    """What speaks for caution, each as a head and a sentence, with the figures of these cases.

    `taught` is the title of the cases that the benchmarks learnt from; None: the other cases here.
    """
    backtest = past.backtest
    cases = count(len(past.cases), "case")
    yield "Famous cases", f"These {cases} are known because {FAMOUS}"
    yield "Silence", _silence(past)
    actors = count(len(set(backtest.cells.actor.tolist())), "actor")
    yield "Few actors, few cases", f"{capital(actors)} in {cases}: {FEW_CASES}"
    for kind in past.kinds:
        words = _concentrated(past, kind)
        if words:
            yield capital(past.kind(kind)), words
    yield "Where the coefficients come from", _coefficients(backtest)
    learnt = "Each case is judged by what was learnt from all others, later ones among them."
    learnt = f"The benchmarks learnt from {taught}, whenever those cases were." if taught else learnt
    yield "No forecast in time", f"{learnt} {NOT_IN_TIME}"
    yield "What was known then", KNOWN_THEN


def _silence(past):
    cells = [cell for case in past.cases.values() for cell in case.cells.values() if cell.value == 0]
    inferred = sum(cell.evidence.startswith("absence") for cell in cells)
    unknown = sum(cell.value is None for case in past.cases.values() for cell in case.cells.values())
    words = f"{unknown:,} cells are not known and are left out."
    if inferred:
        noes = f"Of {len(cells):,} noes {inferred:,} are inferred"
        words += f" {noes}: nothing was found where it would have been reported."
    return f"{words} What a capital said behind closed doors is in no record."


def _concentrated(past, kind):
    found = where_it_was_done(past.backtest, kind)
    total, most = sum(number for _, number in found), found[:2]
    held = sum(number for _, number in most)
    if total < FEW or len(found) < 3 or held < CONCENTRATED * total:
        return ""
    names = listed([past.name(name) for name, _ in most])
    return f"Two cases hold {held} of {total}: {names}. The score says more about these two than about the kind of act."


def _coefficients(backtest):
    counts = Counter(backtest.estimated.values())
    told = [f"in {count(number, 'case')} {MADE.get(source, source)}" for source, number in counts.items()]
    words = f"{capital(listed(told))}."
    if set(counts) & {"all cases", "as written"}:
        words += " So the model has seen what it is tested on, and the benchmarks have not."
    return words


# ---------------------------------------------------------------------------------------------------- how it was made


def made_of(past):
    """What was played and scored, as (what, value)."""
    backtest, options = past.backtest, past.backtest.options
    yield "Runs of each case", f"{backtest.runs:,}, seed {backtest.seed}"
    yield "Cells of the targets themselves", "scored as well" if options.get("with_victims") else "left out"
    yield "Cells of low confidence", "left out" if options.get("strict") else "scored as well"
    if set(backtest.estimated.values()) - {"as written"}:
        drawn, fixed = "drawn anew for every run, as uncertain as they are", "the most probable ones in every run"
        yield "Coefficients", drawn if options.get("is_drawn", True) else fixed
    yield "A cell's probability", A_CELL
    yield "Benchmarks", EACH_BENCHMARK
