"""Plays the past cases anew and keeps what the page beside it shows: `make backtest` (about a minute)."""

import shutil
import tempfile
from pathlib import Path

from keeping import made, shrunk

HERE = Path(__file__).parent / "backtest"
ORDER = "backtest cases_2007_2020 --seeds 400 --seed 3 --workers 2".split()
TABLES = ("scores", "differences", "calibration", "lags", "first_answers", "outcomes")
CHARTS = {
    "scores": 700,
    "reliability": 700,
    "matrix-public-attribution": 900,
    "matrix-sanctions-or-expulsions": 900,
    "lags": 700,
    "conceding": 700,
}


def main():
    """Plays them, and puts tables, pictures and the manifest where the page finds them."""
    HERE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        found = made(folder, *ORDER)
        for name in (*(f"{table}.csv" for table in TABLES), "manifest.json"):
            shutil.copyfile(found / name, HERE / name)
        for name, dots in CHARTS.items():
            shrunk(found / "charts" / f"{name}.png", HERE / f"{name}.png", dots)


if __name__ == "__main__":
    main()
