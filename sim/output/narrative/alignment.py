"""Where the people in a seat, and the seats together, were of one mind, divided, or confidently wrong about who did it.

It is told when the exercise is over, from what people answered to "What is the strongest text you want?", and from the
views of those who hold a seat together: both name the culprit, or nobody, and may say how sure they are.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sim.catalogue.responses import RUNGS
from sim.phrases import Names, capital, count, in_words, listed, percent, sentence
from sim.scenario import Loaded

TOGETHER = "all seats"
NAMING = ("naming", "measures")  # rungs of a text that says who did it
SURE = 70  # per cent: from here on a view is a confident one
NEAR = 1  # rungs apart, at most, that are still one mind
ONE_MIND, DIVIDED, WRONG, ONE_VIEW = "of one mind", "divided", "confidently wrong", "one view"


@dataclass(frozen=True)
class Stance:
    """What somebody would say over an incident. sure : per cent, or None; is_seats : whether the seat answered so."""

    turn: int
    incident: str
    seat: str
    person: str
    rung: str
    sure: float | None
    is_seats: bool


@dataclass(frozen=True)
class Round:
    """How one group stood on one incident in one turn.

    who : a seat, or `TOGETHER`; views : how many there were; wrong : those that were confidently wrong
    """

    turn: int
    incident: str
    who: str
    mind: str
    views: int
    wrong: tuple[Stance, ...]


def stances_of(decisions: Iterable[Mapping], views: Iterable[Mapping]) -> list[Stance]:
    """Positions as they stood at the end of each stop: rows of decisions.csv and of views.csv, the latest of each."""
    found: dict[tuple, Stance] = {}
    for rows, is_seats in ((decisions, True), (views, False)):
        for row in rows:
            if row["kind"] == "position" and row["choice"] in RUNGS and not row.get("left_because"):
                sure = float(row["sure"]) if row.get("sure") not in (None, "") else None
                one = Stance(
                    int(row["turn"]), row["subject"], row["seat"], row["person"], row["choice"], sure, is_seats
                )
                found[one.turn, one.incident, one.seat, is_seats or one.person] = one
    return list(found.values())


def rounds_of(stances: Sequence[Stance], loaded: Loaded) -> list[Round]:
    """How each seat's people stood, and the seats together, turn by turn and incident by incident.

    Whoever speaks for a seat and gave no view of their own counts with the seat's answer.

    >>> from sim.scenario import load
    >>> views = [Stance(1, "registers", "EST", who, "naming", 80, False) for who in ("Marta", "Juhan")]
    >>> [round.mind for round in rounds_of(views, load("smallest"))]
    ['of one mind']
    """
    mistaken = {one.id for one in loaded.scenario.incidents if one.suspect not in (None, one.by)}
    groups: dict[tuple[int, str, str], list[Stance]] = {}
    given = {(one.turn, one.incident, one.seat, one.person) for one in stances if not one.is_seats}
    for one in stances:
        if one.is_seats:
            groups.setdefault((one.turn, one.incident, TOGETHER), []).append(one)
        if not one.is_seats or (one.turn, one.incident, one.seat, one.person) not in given:
            groups.setdefault((one.turn, one.incident, one.seat), []).append(one)
    return [
        _round(turn, incident, who, group, incident in mistaken)
        for (turn, incident, who), group in sorted(groups.items(), key=lambda item: item[0])
        if who != TOGETHER or len(group) > 1
    ]


def _round(turn: int, incident: str, who: str, group: Sequence[Stance], is_mistaken: bool) -> Round:
    wrong = tuple(one for one in group if is_mistaken and one.rung in NAMING and (one.sure or 0) >= SURE)
    places = [RUNGS.index(one.rung) for one in group]
    if 2 * len(wrong) > len(group):
        mind = WRONG
    elif len(group) == 1:
        mind = ONE_VIEW
    else:
        mind = ONE_MIND if max(places) - min(places) <= NEAR else DIVIDED
    return Round(turn, incident, who, mind, len(group), wrong)


def alignment(rounds: Sequence[Round], loaded: Loaded) -> list[str]:
    """Two or three sentences: how often seats' people and the seats were of one mind, and where they were wrong."""
    names = Names(loaded)
    inside = [one for one in rounds if one.who != TOGETHER and one.views > 1]
    together = [one for one in rounds if one.who == TOGETHER]
    told = [_how_often("people who share a seat", inside, names), _how_often("the seats together", together, names)]
    told += [_where_wrong([one for one in rounds if one.mind == WRONG], names)] if rounds else []
    return [sentence(words) for words in told if words] or [
        "Nobody said what they would say: there is nothing to compare."
    ]


def _how_often(who: str, rounds: Sequence[Round], names: Names) -> str:
    if not rounds:
        return ""
    if len(rounds) == 1:
        return f"{who} were {rounds[0].mind} in the one round there was"
    minds, every = Counter(one.mind for one in rounds), f" of {count(len(rounds), 'round')}"
    said = [f"{mind} in {in_words(minds[mind])}" for mind in (ONE_MIND, DIVIDED, WRONG) if minds[mind]]
    said[0] += every
    apart = Counter(one.who for one in rounds if one.mind == DIVIDED and one.who != TOGETHER).most_common(1)
    most = f"; most often divided in {names.actor(apart[0][0])}" if apart and minds[DIVIDED] > 1 else ""
    return f"{who} were {listed(said)}{most}"


def _where_wrong(rounds: Sequence[Round], names: Names) -> str:
    if not rounds:
        return "nobody was confidently wrong about who did it"
    most = max(rounds, key=lambda one: len(one.wrong))
    sure, suspect = percent(min(one.sure or 0 for one in most.wrong) / 100), names.suspect(most.incident)
    who = "seats" if most.who == TOGETHER else f"in {names.actor(most.who)}"
    return (
        f"in turn {most.turn} {in_words(len(most.wrong))} {who} would name {suspect} over "
        f"{names.incident(most.incident)}, at least {sure} sure; but it was not {suspect}"
    )


def title_of(rounds: Sequence[Round], loaded: Loaded) -> str:
    """The one sentence for a wall."""
    told = alignment(rounds, loaded)
    return capital(next((words for words in reversed(told) if "; but it was not" in words), told[0])).rstrip(".")
