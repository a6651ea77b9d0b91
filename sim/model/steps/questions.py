"""Questions: what an inject puts to those who are to decide it, answered, with what follows from each answer.

The model answers by lot, in the turn in which the question is put: each option is as likely as its weight beside the
others. A seat may also wait, as long as the question stands; once time is up, no answer counts as the question says.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from sim.model.decisions import Decision, Option
from sim.model.msel import RELEASED
from sim.model.steps.inject import apply
from sim.model.steps.stops import seats_to_ask
from sim.rules.choice import pick
from sim.scenario.schema import Inject, Question


class Standing(NamedTuple):
    """A question that has been put and may be answered now.

    place : its place among the questions; inject : the Inject that puts it, and its question; where : (R, A) bool, who
    may answer now; is_last : whether time is up with this turn
    """

    place: int
    inject: Inject
    question: Question
    where: np.ndarray
    is_last: bool

    @property
    def ids(self) -> list[str]:
        """The ids of its options."""
        return [option.id for option in self.question.options]


def questions_open(world):
    """What each seat is asked and has not yet answered: list of (run, Decision)."""
    return [
        (run, _decision(world, asked, code, own[run, place]))
        for asked in _standing(world)
        for own in [_by_lot(world, asked)]
        for run, place, code in seats_to_ask(world, "question", asked.where)
    ]


def _decision(world, asked, code, own):
    options, default = tuple(Option(name) for name in asked.ids), (asked.ids[own],) if own >= 0 else ()
    is_of_the_scenario = asked.inject in world.inputs.loaded.scenario.injects
    return Decision(
        "question", world.turn, code, asked.inject.id, options, default, least=0, otherwise=asked.question.otherwise,
        asked=None if is_of_the_scenario else asked.question,
    )  # fmt: skip


def answer_questions(world, answers):
    """Take the answers of seats and the model's for everybody else, and what follows from them."""
    for asked in _standing(world):
        chosen, is_silent = _by_lot(world, asked), np.zeros_like(asked.where)
        for run, place, code in seats_to_ask(world, "question", asked.where):
            choice = answers.of(run, code, "question", asked.inject.id)
            if choice == ():
                chosen[run, place] = _without_answer(asked, chosen[run, place])
                is_silent[run, place] = True
            elif choice:
                chosen[run, place] = asked.ids.index(choice[0])
        before = world.state.chosen[asked.place]
        world.state.chosen[asked.place] = np.where(chosen >= 0, chosen, before)
        _follow(world, asked.inject, chosen, is_silent)


def _standing(world) -> Iterator[Standing]:
    """The questions that somebody may answer now, in some run."""
    for q, place in enumerate(world.inputs.questions):
        planned = world.plan[place]
        question = planned.inject.question
        if question and planned.status == RELEASED and world.turn < (ends := planned.turn + question.turns):
            of_scenario = world.state.released
            is_out = of_scenario[place] if place < len(of_scenario) else np.ones(world.runs, dtype=bool)
            where = is_out[:, None] & world.inputs.question_to[q] & (world.state.chosen[q] < 0)
            is_last = world.turn + 1 >= min(ends, world.inputs.turns + 1)
            if where.any():
                yield Standing(q, planned.inject, question, where, is_last)


def _by_lot(world, asked):
    """The option that the model chooses for each who may answer, the same in every turn: (R, A) int.

    -1 for everybody else, and where none has any weight.
    """
    weights = np.moveaxis(world.inputs.question_weight[asked.place], -1, 0)[..., None]
    places = asked.where.any(axis=0).nonzero()[0]
    who = tuple(world.inputs.actors[place] for place in places)
    chosen = np.full(asked.where.shape, -1)
    chosen[:, places] = pick(weights, world.draws.uniform(f"question {asked.inject.id}", 0, who))
    return np.where(asked.where, chosen, -1)


def _without_answer(asked, own):
    """What counts where a seat gives no answer: nothing while there is time, then `otherwise`, or the model's own."""
    if not asked.is_last:
        return -1
    otherwise = asked.question.otherwise
    return asked.ids.index(otherwise) if otherwise else own


def _follow(world, inject, chosen, is_silent):
    """The effects of what each chose, in the order of the actors; what names no actor falls on whoever chose it."""
    for place in (chosen >= 0).any(axis=0).nonzero()[0]:
        code = world.inputs.actors[place]
        for k, option in enumerate(inject.question.options):
            rows = (chosen[:, place] == k).nonzero()[0]
            for effect in option.effects if rows.size else ():
                falls_on_it = effect.on in ("exposure", "capital") and effect.actor is None
                apply(effect.model_copy(update={"actor": code}) if falls_on_it else effect, world, rows)
        if world.recorder and chosen[0, place] >= 0:
            option = inject.question.options[chosen[0, place]]
            world.recorder.question_answered(world, inject, code, option, bool(is_silent[0, place]))
