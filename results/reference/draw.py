"""Draws the charts that the README and the gallery show, with the words that stand for them: `make reference`."""

import tempfile
from pathlib import Path

from sim.engine import play
from sim.output.figures import charts_of, save
from sim.output.figures.style import WIDE
from sim.scenario import load

HERE = Path(__file__).parent
SCENARIO, SEED = "cyber_incident", 7
SHOWN = ("story", "joining")
DOTS = 800  # width of the picture: enough for a page, small enough to keep


def words_of(chart):
    """What a chart says, in words: when these are the same, the chart is."""
    return f"{chart.title}\n\n{chart.alt}\n\n{chart.caption}\n"


def drawn(folder):
    """The charts of the reference run, saved in a folder, tall and for a wall: list of Chart."""
    loaded = load(SCENARIO)
    record = play(loaded, SEED, trace=True).records[0]
    tall = [charts_of("run")[name].compose(record, loaded) for name in SHOWN]
    wide = [chart.compose(record, loaded, shape=WIDE) for chart in charts_of("run").values()]
    return [save(page, folder) for page in (*tall, *wide)]


def main():
    """Puts picture and words of each chart where the README finds them."""
    from keeping import shrunk

    place = HERE / SCENARIO
    place.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for chart in drawn(Path(folder)):
            shrunk(chart.png, place / chart.png.name, DOTS)
            (place / f"{chart.png.stem}.txt").write_text(words_of(chart), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
