"""Sweeps the article's question anew and keeps what the page beside it shows: `make portfolio` (a few minutes)."""

import tempfile
from pathlib import Path

from keeping import DOTS, kept, made

HERE = Path(__file__).parent / "cooperation_portfolio"
SWEEP = "sweep cooperation_portfolio --points 2048 --reps 2 --seed 1".split()
MEASURES = ("harm", "perceived_threat", "readiness", "spending_delivered")
TABLES = ("spreads.csv", "indices.csv", "settings.csv", "settling.csv", "tradeoffs.csv")
CHARTS = ("tornado-harm", "tornado-perceived_threat", "tornado-readiness", "robustness-readiness", "tradeoffs")


def main():
    """Plays the sweep, analyses it, and puts tables, pictures and the plan where the page finds them."""
    with tempfile.TemporaryDirectory() as folder:
        sweep = made(folder, *SWEEP, "--workers", "2")
        named = [word for measure in MEASURES for word in ("--measure", measure)]
        analysis = made(folder, "analyse", str(sweep), *named)
        kept(analysis, HERE, TABLES, dict.fromkeys(CHARTS, DOTS))
        kept(sweep, HERE, ("manifest.json",), {})


if __name__ == "__main__":
    main()
