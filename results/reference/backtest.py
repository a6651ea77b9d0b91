"""Plays the past cases anew and keeps what the page beside it shows: `make backtest` (about a minute)."""

import tempfile
from pathlib import Path

from keeping import kept, made

HERE = Path(__file__).parent / "backtest"
ORDER = "backtest cases_2007_2024 --seeds 400 --seed 3 --workers 2".split()
TABLES = ("scores.csv", "differences.csv", "calibration.csv", "lags.csv", "first_answers.csv", "outcomes.csv")
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
    with tempfile.TemporaryDirectory() as folder:
        kept(made(folder, *ORDER), HERE, (*TABLES, "manifest.json"), CHARTS)


if __name__ == "__main__":
    main()
