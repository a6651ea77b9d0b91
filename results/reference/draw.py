"""Draws the charts that the README shows, with the words that stand for them: `make reference`."""

import tempfile
from pathlib import Path

from sim.engine import play
from sim.output.figures import charts_of, save
from sim.scenario import load

HERE = Path(__file__).parent
SCENARIO, SEED = "cyber_incident", 7
SHOWN = ("story", "joining")
DOTS = 800  # width of the picture: enough for a page, small enough to keep


def words_of(chart):
    """What a chart says, in words: when these are the same, the chart is."""
    return f"{chart.title}\n\n{chart.alt}\n\n{chart.caption}\n"


def drawn(folder):
    """The charts of the reference run, saved in a folder: list of Chart."""
    loaded = load(SCENARIO)
    record = play(loaded, SEED, trace=True).records[0]
    return [save(charts_of("run")[name].compose(record, loaded), folder) for name in SHOWN]


def main():
    """Puts picture and words of each chart where the README finds them."""
    from keeping import shrunk

    place = HERE / SCENARIO
    place.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for chart in drawn(Path(folder)):
            shrunk(chart.png, place / f"{chart.name}.png", DOTS)
            (place / f"{chart.name}.txt").write_text(words_of(chart), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
