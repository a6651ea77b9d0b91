"""What each command of `oceans` does, in files named for the room that it opens.

The commands are in `sim/__main__.py`, their options and help in `options.py`.
"""
