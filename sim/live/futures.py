"""Futures for control: many continuations from a moment, of what was chosen or of several choices side by side.

They are played and drawn in processes of their own, so that the room goes on answering meanwhile.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.engine import Measures, play, simulate_forward
from sim.errors import refusal
from sim.live.room import Picture, Room
from sim.model.decisions import Decision
from sim.model.state import World
from sim.output.figures import charts_of
from sim.output.figures.comparison import Debrief
from sim.output.figures.saving import svg_of
from sim.output.figures.style import WIDE
from sim.output.narrative.decisions import option_words, question
from sim.phrases import Names, capital
from sim.processes import pool
from sim.record.record import Record
from sim.session import Session

RUNS = 1000
MOST_WAYS = 4
NOTHING = "nothing"  # the choice of none of the options


@dataclass(frozen=True)
class WhatIf:
    """What could still come. asked : what is chosen, in words, or empty; ways : of each way on, its measures."""

    asked: str
    ways: Mapping[str, Measures]
    picture: Picture


def what_if(room: Room, before: int | None = None, about: str = "", choices: Sequence[str] = ()) -> WhatIf:
    """Many continuations from a moment, of each of several choices.

    Parameters
    ----------
    room : Room
    before : int, number of the input before which to go on from; None: from now
    about : str, id of a decision that is open at that moment; empty: as it stands
    choices : ids of its options, each of which is a way on; `nothing` is none of them

    Raises
    ------
    InputError
        with advice, where there is no such moment, decision or option
    """
    session, names = room.moment(before), room.names
    seed, worlds, asked = session.seed_ahead, {"as it stands": session.world}, ""
    if about and choices:
        decision = next((one for one in session.asked.values() if one.id == about), None)
        if decision is None:
            raise refusal("this is not asked at that moment. Pick a question that is.")
        if len(choices) > MOST_WAYS:
            raise refusal(f"pick up to {MOST_WAYS} choices: more cannot be told apart on a chart.")
        asked = f"{capital(names.actor(decision.actor))}: {question(decision, names)}"
        said = {NOTHING: NOTHING} | option_words(decision, names)
        worlds = {
            said.get(one, one): session.had_it_chosen(decision, [] if one == NOTHING else one).world for one in choices
        }
    return WhatIf(asked, *_played(worlds, asked, seed, session.record))


def _played(
    worlds: Mapping[str, World], asked: str, seed: int, record: Record
) -> tuple[Mapping[str, Measures], Picture]:
    """What comes of each world, and the chart of it."""
    with pool(min(len(worlds), os.cpu_count() or 1)) as workers:
        played = [workers.submit(simulate_forward, world, RUNS, seed) for world in worlds.values()]
        ways = {way: come.result() for way, come in zip(worlds, played, strict=True)}
        return ways, workers.submit(draw, "ahead", "what_if", ways, asked, record).result()


def look_back(room: Room, session: Session) -> Debrief:
    """What there is to look back on: an exercise that is over, and what the model makes of the same start."""
    with pool(1) as workers:
        played = workers.submit(play, room.loaded, room.seed, RUNS, policies=room.policies, baseline=False).result()
    return Debrief(session.outcomes, played.outcomes, tuple(room.rounds()))


def draw(kind: str, name: str, *about: Any) -> Picture:
    """A chart for a wall, in memory."""
    page = charts_of(kind)[name].compose(*about, shape=WIDE)
    return Picture(svg_of(page), page.title, page.alt)


def options_of(decision: Decision, names: Names) -> list[tuple[str, str]]:
    """The choices that a decision offers as ways on: (id, in words)."""
    none = [(NOTHING, "nothing of all this")] if decision.many else []
    return [*option_words(decision, names).items(), *none]
