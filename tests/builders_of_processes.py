"""Commands in processes of their own, for tests of what becomes of them."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
PATIENCE = 120


def started(*words, module=("sim",), **options):
    """`oceans` in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    words = [sys.executable, "-m", *module, *map(str, words)]
    return subprocess.Popen(words, env=environment, cwd=ROOT, **{**pipes, **options})


def until(condition, process=None):
    """Waits for something to be so, or for the process to end."""
    began = time.monotonic()
    while not condition() and (process is None or process.poll() is None):
        assert time.monotonic() - began < PATIENCE, "waited too long"
        time.sleep(0.005)
