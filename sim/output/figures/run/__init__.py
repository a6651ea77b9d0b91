"""Charts of one run."""
