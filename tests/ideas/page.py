"""What the article's ideas change, and what each cast does: two tables in `sim/ODD.md`.

`make ideas` and `make casts` measure everything anew and write a table; what stood there before is replaced.
"""

import sys
from collections.abc import Iterator, Mapping

import numpy as np

from sim.catalogue.measures import MEASURES
from sim.experiments.estimate import Estimate
from sim.phrases import sentence
from tests import odd_page
from tests.ideas import casts
from tests.ideas.ideas import AS_IT_SHOULD, IDEAS, RUNS, SEED, Effect, Idea, effects

HEADS = ("Idea", "Scenario", "Measure", "Should be", "Without", "With", "Effect", "95 %", "Runs", "As it should")
CAST_HEADS = ("Scenario", "Cast", *(MEASURES[name].label for name in casts.MEASURES))
WORKERS = 2


def idea_rows(idea: Idea, found: tuple[Effect, ...]) -> Iterator[tuple[str, ...]]:
    """The rows of one idea, as `HEADS`; its name stands in the first."""
    for k, effect in enumerate(found):
        name = f"{sentence(idea.part)} {idea.name}: {idea.compared}" if k == 0 else ""
        yield (
            name,
            f"`{idea.scenario}`" if k == 0 else "",
            MEASURES[effect.measure].label,
            effect.should,
            shown(effect.without),
            shown(effect.with_it),
            signed(effect.difference.value),
            f"{signed(effect.difference.low)} to {signed(effect.difference.high)}",
            str(effect.pairs),
            effect.verdict,
        )


def idea_lines(found: Mapping[str, tuple[Effect, ...]]) -> list[str]:
    """The block of ideas, as it stands in the page."""
    rows = [row for idea in IDEAS for row in idea_rows(idea, found[idea.name])]
    works = sum(any(effect.verdict == AS_IT_SHOULD for effect in found[idea.name]) for idea in IDEAS)
    told = f"{works} of {len(IDEAS)} ideas move at least one measure as they should; {RUNS} runs each, seed {SEED}."
    return [told, "", *odd_page.table(HEADS, rows)]


def cast_lines(outcomes: casts.Outcomes) -> list[str]:
    """The block of casts, as it stands in the page: means, and how far they lie from the model's own rule."""
    rows = [
        (
            f"`{scenario}`" if cast == casts.CASTS[0] else "",
            f"`{cast}`",
            *(_cast_cell(outcomes, scenario, cast, measure) for measure in casts.MEASURES),
        )
        for scenario, cast in outcomes
    ]
    told = f"{RUNS} runs each, seed {SEED}; in brackets, the difference from `standard` with its 95 % interval."
    return [told, "", *odd_page.table(CAST_HEADS, rows)]


def _cast_cell(outcomes, scenario, cast, measure):
    values = outcomes[scenario, cast][measure]
    if not np.isfinite(values).any():
        return ""
    mean = shown(float(np.nanmean(values)))
    if cast == casts.OWN_RULE:
        return mean
    apart = casts.from_own_rule(outcomes, scenario, cast, measure)
    return f"{mean} ({signed(apart.value)}{_give_or_take(apart)})"


def _give_or_take(estimate: Estimate) -> str:
    """Half the interval; nothing where no run differs, of which there is no interval."""
    half = (estimate.high - estimate.low) / 2
    return f" ± {shown(half)}" if np.isfinite(half) else ""


def shown(figure: float) -> str:
    """A figure with as many digits as it bears.

    >>> shown(0.1264), shown(12.94), shown(float("nan"))
    ('0.126', '12.9', '')
    """
    if not np.isfinite(figure):
        return ""
    return f"{figure:.3f}" if abs(figure) < 2 else f"{figure:.3g}"


def signed(figure: float) -> str:
    """A difference, with its sign.

    >>> signed(0.0213), signed(-3.25)
    ('+0.021', '-3.25')
    """
    return f"{'-' if figure < 0 else '+'}{shown(abs(figure))}" if np.isfinite(figure) else ""


def main(asked: str) -> None:
    """Measures the ideas or the casts and writes their table into the page."""
    if asked == "casts":
        lines = cast_lines(casts.played(WORKERS))
    else:
        found = {}
        for idea in IDEAS:
            found[idea.name] = effects(idea.name)
            for row in idea_rows(idea, found[idea.name]):
                print(" | ".join(row), flush=True)
        lines = idea_lines(found)
    odd_page.write(asked, lines)


if __name__ == "__main__":
    main(sys.argv[1])
