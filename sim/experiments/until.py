"""When a sweep has told enough to end before its last block: conditions, as somebody writes them."""

import re
from dataclasses import dataclass

from sim.errors import did_you_mean, refusal
from sim.experiments.estimate import mean
from sim.experiments.sample import sample_of
from sim.letters import is_number

ENOUGH = "enough"


@dataclass(frozen=True)
class Until:
    """A condition: half an interval of a measure's mean is narrow enough; without a measure: enough runs for all."""

    measure: str | None = None
    half: float = 0.0

    def __str__(self):
        return f"{self.measure} ±{self.half:g}" if self.measure else ENOUGH

    def holds(self, part, loaded) -> bool:
        """Whether it holds in a part of a sweep."""
        if self.measure is None:
            from sim.experiments.analysis import analyse

            settled = [one for found in analyse(part, loaded=loaded).findings for one in found.settled if one.is_known]
            return bool(settled) and all(one.is_enough for one in settled)
        sample = sample_of(part, loaded)
        found = mean(sample.values(self.measure), sample.future, sample.replication)
        return bool((found.high - found.low) / 2 <= self.half)


def until_of(words, measures) -> tuple[Until, ...]:
    """Conditions as somebody writes them; InputError with advice.

    Parameters
    ----------
    words : texts "harm ±0.05" (or "harm +-0.05"), "enough"; one text; None: none
    measures : names of the sweep's measures

    >>> [str(one) for one in until_of(["harm +-0.05", "enough"], ["harm"])]
    ['harm ±0.05', 'enough']
    """
    return tuple(_condition(text.strip(), measures) for text in ([words] if isinstance(words, str) else words or ()))


def _condition(text, measures):
    if text == ENOUGH:
        return Until()
    name, _, half = (part.strip() for part in re.sub(r"\+/?-", "±", text).partition("±"))
    if not is_number(half) or not float(half) > 0:
        raise refusal(f"--until {text}: write 'harm ±0.05', half an interval that is narrow enough, or 'enough'.")
    if name not in measures:
        raise refusal(f"--until {text}: there is no measure '{name}'. {did_you_mean(name, measures)}")
    return Until(name, float(half))
