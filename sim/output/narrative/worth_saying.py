"""What is worth saying: how many by name, how great a change, and why this and not another."""

NAMED = 4  # how many states a sentence names
WORTH_SAYING = 0.005  # a change in the state of things worth telling
CLEARLY = 0.1  # a difference in utility worth giving as a reason


def reasons(words, mine, theirs, most=2):
    """In what one option is ahead of another, the most telling first."""
    ahead = {name: mine.get(name, 0.0) - theirs.get(name, 0.0) for name in words}
    telling = sorted((name for name in ahead if ahead[name] > CLEARLY), key=lambda name: -ahead[name])
    return [words[name] for name in telling[:most]]
