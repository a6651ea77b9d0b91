"""Sweeps the article's question anew and keeps what the page beside it shows: `make portfolio` (a few minutes)."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent / "cooperation_portfolio"
SWEEP = "sweep cooperation_portfolio --points 2048 --reps 2 --seed 1".split()
MEASURES = ("harm", "perceived_threat", "readiness", "spending_delivered")
TABLES = ("spreads.csv", "indices.csv", "settings.csv", "settling.csv", "tradeoffs.csv")
CHARTS = ("tornado-harm", "tornado-perceived_threat", "tornado-readiness", "robustness-readiness", "tradeoffs")
DOTS = 700  # width of a picture: enough for a page, small enough to keep


def main():
    """Plays the sweep, analyses it, and puts tables, pictures and the plan where the page finds them."""
    with tempfile.TemporaryDirectory() as folder:
        sweep = _made(folder, *SWEEP, "--workers", "2")
        named = [word for measure in MEASURES for word in ("--measure", measure)]
        analysis = _made(folder, "analyse", str(sweep), *named)
        for name in TABLES:
            shutil.copyfile(analysis / name, HERE / name)
        shutil.copyfile(sweep / "manifest.json", HERE / "manifest.json")
        for name in CHARTS:
            _shrunk(analysis / "charts" / f"{name}.png", HERE / f"{name}.png")


def _made(folder, *words):
    """The folder of results that a command makes."""
    command = [sys.executable, "-m", "sim", *words, "--quiet", "--out", folder]
    return Path(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip())


def _shrunk(chart, path):
    from PIL import Image

    picture = Image.open(chart).convert("RGB")
    height = round(picture.height * DOTS / picture.width)
    picture.resize((DOTS, height)).quantize(128).save(path, optimize=True)
    print(path)


if __name__ == "__main__":
    main()
