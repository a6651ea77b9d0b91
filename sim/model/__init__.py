"""The world of an exercise: what does not change (inputs), what does (state), and what a turn does to it (steps)."""
