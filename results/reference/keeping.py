"""What the scripts beside it share: results of a command, and pictures small enough to keep."""

import shutil
import subprocess
import sys
from pathlib import Path

DOTS = 700  # width of a picture: enough for a page


def made(folder, *words):
    """The folder of results that a command makes under `folder`."""
    command = [sys.executable, "-m", "sim", *words, "--quiet", "--out", "."]
    asked = subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, encoding="utf-8")
    named = asked.stdout.strip()
    return Path(folder, named)


def kept(found, here, files, charts):
    """Puts files of a folder of results, and its charts, each with its width, where a page finds them."""
    here.mkdir(exist_ok=True)
    for name in files:
        shutil.copyfile(found / name, here / name)
    for name, dots in charts.items():
        shrunk(found / "charts" / f"{name}.png", here / f"{name}.png", dots)


def shrunk(chart, path, dots):
    """Writes a chart again, no wider than `dots` and in few colours."""
    from PIL import Image

    picture = Image.open(chart).convert("RGB")
    height = round(picture.height * dots / picture.width)
    picture.resize((dots, height)).quantize(128).save(path, optimize=True)
    print(path)
