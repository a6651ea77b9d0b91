"""What each command of `oceans` does. The commands, with their options and help, are in `sim/__main__.py`."""
