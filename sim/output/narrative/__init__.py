"""The story of a run in words: turn by turn, decision by decision, and what is told when it is over."""
