"""What each command of `oceans` does. The commands are in `sim/__main__.py`, their options in `options.py`."""
