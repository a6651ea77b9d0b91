"""Writes one readable transcript for each scenario that ships: `make playthroughs`.

A transcript is the story of one run with what came of it. When a change to the model moves one, its lines show what
moved in the story, and whoever makes the change says what in the world makes that right.
"""

import textwrap
from pathlib import Path

from sim.engine import play
from sim.output.narrative.hot_wash import hot_wash
from sim.output.narrative.story import tell
from sim.scenario import load, shipped

HERE = Path(__file__).parent
SEED = 7
WIDTH = 110
REFRESH = "make playthroughs"


def file_of(name):
    """Where the transcript of a scenario is kept."""
    return HERE / f"{name}.txt"


def transcript(name):
    """The story of a scenario under the one seed, as text."""
    loaded = load(name)
    record = play(loaded, SEED, trace=True).records[0]
    story, end = tell(record, loaded), hot_wash(record, loaded)
    return "\n".join([_opening(loaded.scenario), _short(story, end), *map(_turn, story), _hot_wash(end)])


def _opening(scenario):
    return f"{scenario.title}\n{'=' * len(scenario.title)}\n{scenario.marking}\nSeed {SEED}\n"


def _short(story, end):
    """The whole story in short, in one place."""
    turns = [f"{_title(turn)}: {turn.heading}\n{_wrapped(' '.join(turn.short))}\n" for turn in story]
    return "\n".join(["In short", "--------", *turns, _wrapped(" ".join(end.outcome)), ""])


def _title(turn):
    return f"Turn {turn.number}, {turn.period}" if turn.number else turn.period.capitalize()


def _turn(turn):
    title = _title(turn)
    return "\n".join([title, "-" * len(title), _wrapped(turn.heading), *map(_bullet, turn.sentences), ""])


def _hot_wash(hot_wash):
    rows = [_columns(row.label, row.value, row.baseline or "") for row in hot_wash.measures]
    principles = [
        f"  {'-' if principle.score is None else format(principle.score, '.2f'):>5}  {principle.statement}"
        for principle in hot_wash.principles
    ]
    return "\n".join([
        "What was behind it", *map(_bullet, hot_wash.truth), "",
        _columns("What came of it", "this run", "without the cooperation"), *rows, "",
        "By the principles", *principles, "",
    ])  # fmt: skip


def _columns(label, value, baseline):
    return f"  {label:<36} {value:>24} {baseline:>24}".rstrip()


def _wrapped(words):
    return textwrap.fill(words, WIDTH, break_long_words=False, break_on_hyphens=False)


def _bullet(words):
    return textwrap.fill(
        words, WIDTH, initial_indent="  * ", subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
    )


def main():
    """Writes all of them and says which have changed."""
    for name in shipped():
        told, file = transcript(name), file_of(name)
        before = file.read_text(encoding="utf-8") if file.exists() else None
        file.write_text(told, encoding="utf-8", newline="\n")
        print(f"{file.relative_to(HERE.parents[1])}: {'as before' if told == before else 'written'}")


if __name__ == "__main__":
    main()
