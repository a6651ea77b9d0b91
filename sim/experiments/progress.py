"""How a sweep is getting on: runs, rate, time left and failures, on standard error."""

import sys
import time

EVERY = 30  # seconds between lines, where nobody watches a terminal


class Progress:
    """A bar at a terminal; elsewhere, as in the log of a cluster's job, a line now and then.

    Parameters
    ----------
    runs : int, of all that is to be played; done : int, of what was there already
    stream : text stream; default: standard error

    >>> with Progress(100, stream=sys.stdout) as progress:
    ...     progress(100, failed=2)
    100 of 100 runs, 2 failed.
    """

    def __init__(self, runs, done=0, stream=None):
        self.runs, self.done, self.before, self.failed = runs, done, done, 0
        self.stream = stream or sys.stderr
        self.began = self.told = time.monotonic()
        self.bar = None

    def __enter__(self):
        self.began = self.told = time.monotonic()
        if getattr(self.stream, "isatty", bool)():
            from tqdm import tqdm

            self.bar = tqdm(
                total=self.runs, initial=self.done, unit=" runs", unit_scale=True, file=self.stream, mininterval=0.2,
                dynamic_ncols=True,
            )  # fmt: skip
        return self

    def __call__(self, runs, failed=0):
        """Notes that so many more runs are done, so many of them failed."""
        self.done += runs
        self.failed += failed
        if self.bar is not None:
            if failed:
                self.bar.set_postfix_str(f"{self.failed:,} failed", refresh=False)
            self.bar.update(runs)
        elif self.done >= self.runs or time.monotonic() - self.told >= EVERY:
            self.told = time.monotonic()
            print(self.line(), file=self.stream, flush=True)

    def line(self):
        """How it stands, as a sentence."""
        seconds = time.monotonic() - self.began
        rate = (self.done - self.before) / max(seconds, 1e-9)
        parts = [f"{self.done:,} of {self.runs:,} runs"]
        if seconds > 1:
            parts.append(f"{rate:,.0f} a second")
        if self.done < self.runs:
            parts.append(f"{_duration((self.runs - self.done) / max(rate, 1e-9))} left")
        if self.failed:
            parts.append(f"{self.failed:,} failed")
        return ", ".join(parts) + "."

    def __exit__(self, *_):
        if self.bar is not None:
            self.bar.close()


def _duration(seconds):
    minutes, seconds = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {seconds:02} s" if minutes else f"{seconds} s"
