"""The most telling thing that happened in a turn, in few words."""

from collections import Counter

from sim.catalogue.moves import BY_NAME
from sim.output.narrative.adversary import move_in_words
from sim.output.narrative.inject import reaches_players
from sim.phrases import count, listed


def headline(turn):
    """The most telling thing that happened in a turn, in few words."""
    return next((words for find in HEADLINES for words in find(turn)), "A quiet turn")


def _headline_concession(turn):
    for event in turn.of_kind("victim_concedes"):
        yield f"{turn.names.actor(event.actor)} gives in"


def _headline_end(turn):
    for event in turn.of_kind("incident_stops"):
        yield f"An end to {turn.names.incident(event.incident)}"


def _headline_beginning(turn):
    begun = [turn.names.incident(event.incident) for event in turn.of_kind("incident_begins")]
    if begun:
        yield f"{'An incident begins' if len(begun) == 1 else 'Incidents begin'}: {listed(begun)}"


def _headline_text(turn):
    adopted = sorted(turn.of_kind("text_adopted"), key=lambda event: -event.payload["text"])
    for event in adopted:
        text = turn.names.text(event.payload["rung"], event.incident)
        yield f"Adopted by {turn.names.format(event.payload['format'])}: {text}"


def _headline_strong_text(turn):
    strong = any(event.payload["rung"] in ("naming", "measures") for event in turn.of_kind("text_adopted"))
    return _headline_text(turn) if strong else ()


def _headline_move(turn):
    for event in turn.new_moves:
        if BY_NAME[event.payload["move"]].is_hostile:
            yield move_in_words(event, turn)


def _headline_responses(turn):
    joined = Counter(event.payload["response"] for event in turn.decided)
    for key, number in joined.most_common(1):
        if number > 2:
            yield f"{count(number, 'state')} {turn.names.phrase(key, many=True)}"


def _headline_failure(turn):
    for event in turn.of_kind("text_failed"):
        yield f"No text passes in {turn.names.format(event.payload['format'])}"


def _headline_call(turn):
    for event in turn.of_kind("consultation_called"):
        yield f"{turn.names.actor(event.actor)} turns to {turn.names.format(event.payload['format'])}"


def _headline_inject(turn):
    for event in turn.of_kind("inject_released"):
        if reaches_players(event):
            yield event.payload["title"]


HEADLINES = (
    _headline_concession,
    _headline_beginning,
    _headline_end,
    _headline_strong_text,
    _headline_move,
    _headline_responses,
    _headline_text,
    _headline_failure,
    _headline_call,
    _headline_inject,
)
