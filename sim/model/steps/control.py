"""What control directs while an exercise is played: injects, quantities, seats. Every direction is in the record.

| kind      | target              | value                                                      |
|-----------|---------------------|------------------------------------------------------------|
| `release` | id of an inject     | -                                                          |
| `hold`    | id of an inject     | -                                                          |
| `skip`    | id of an inject     | -                                                          |
| `edit`    | id of an inject     | fields with their new values                               |
| `write`   | id of a new inject  | its fields; with a `turn` it is planned, else released now |
|           |                     | (a `contingency` waits until it is released, like any)     |
| `set`     | a quantity          | `{to: number}` and the incident, actor or adversary        |
| `seat`    | code of an actor    | person, model, nobody, or the name of a policy             |
| `proceed` | -                   | -                                                          |

`adjudicate` answers a move that a seat made in its own words: its target is the seat, its value `{number, move}`, the
move as it is kept, and, where it changes something, `set: {what, to, and its place}`, which is done as `set` does it.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from types import SimpleNamespace
from typing import Any, get_args

import numpy as np
from pydantic import ValidationError

from sim.catalogue.moves import NAMES
from sim.errors import Diagnostic, InputError, did_you_mean, refusal
from sim.model.events import DIRECTIONS as KINDS
from sim.model.inputs import recipients_of, turn_of
from sim.model.msel import (
    ARMED,
    HELD,
    RELEASED,
    SKIPPED,
    WITHHELD,
    Part,
    Planned,
    all_met,
    ask_as_planned,
    first_status,
    parts_of,
)
from sim.model.state import World
from sim.model.steps.inject import change, put, release
from sim.scenario.schema import Inject, InjectEffect, Question

Deed = Callable[[], object]  # what a direction does to the world, once it is known that it can be done
QUANTITIES = get_args(InjectEffect.model_fields["on"].annotation)
OF_THE_SCENARIO = ("attachments", "deadline")
PLACES = ("incident", "actor", "adversary")
NEEDS = {
    "publicness": ("incident",),
    "difficulty": ("incident",),
    "severity": ("incident",),
    "evidence": ("incident",),
    "exposure": ("adversary", "actor"),
    "capital": ("actor",),
}


@dataclass(frozen=True)
class Direction:
    """One thing control does: its kind, what it is done to, with what, and why.

    >>> Direction("hold", "cable", reason="the ships are not there yet").to_json()
    '{"direct": "hold", "target": "cable", "value": null, "reason": "the ships are not there yet"}'
    """

    kind: str
    target: str = ""
    value: object = None
    reason: str = ""

    def to_json(self) -> str:
        """One line of a file of inputs."""
        line = {"direct": self.kind, "target": self.target, "value": self.value, "reason": self.reason}
        return json.dumps(line, ensure_ascii=False)

    @classmethod
    def from_json(cls, line: str) -> "Direction":
        """The direction that a line says."""
        given = json.loads(line)
        return cls(given["direct"], given["target"], given["value"], given["reason"])


def carry_out(world: World, direction: Direction) -> None:
    """Do what control directs, and tell it.

    Parameters
    ----------
    world : World, a batch of one
    direction : Direction

    Raises
    ------
    InputError
        with advice
    """
    if direction.kind not in KINDS:
        raise refusal(f"control cannot '{direction.kind}'. {did_you_mean(direction.kind, KINDS)}")
    deed = DEEDS.get(direction.kind, _nothing)(world, direction)  # what is refused changes nothing and is not told
    if world.recorder:
        world.recorder.control_directs(world, direction)
    deed()


def _release(world: World, direction: Direction) -> Deed:
    return partial(release, world, _still_planned(world, direction.target), by_control=True)


def _hold(world: World, direction: Direction) -> Deed:
    return _put(world, _still_planned(world, direction.target), status=HELD)


def _skip(world: World, direction: Direction) -> Deed:
    return _put(world, _still_planned(world, direction.target), status=SKIPPED)


def _put(world: World, place: int, **changes: Any) -> Deed:
    return partial(world.plan.__setitem__, place, replace(world.plan[place], **changes))


def _edit(world: World, direction: Direction) -> Deed:
    place, fields = _still_planned(world, direction.target), _fields_of(direction)
    before = world.plan[place].inject.model_dump(exclude_none=True)
    is_moved = "turn" in fields or "date" in fields
    kept = {name: value for name, value in before.items() if not (is_moved and name in ("turn", "date"))}
    edited = _inject(world, {**kept, **fields, "id": direction.target}, is_moved)
    _refuse_of_the_scenario(world.plan[place].inject, edited)
    turn = _turn_ahead(world, edited) if is_moved else world.plan[place].turn
    was = world.plan[place].status
    status = first_status(edited) if {"kind", "when"} & set(fields) or (is_moved and was == WITHHELD) else was
    put_down = _put(world, place, turn=turn, inject=edited, recipients=_recipients(world, edited), status=status)

    def edit() -> None:
        put_down()
        ask_as_planned(world)

    return edit


def _write(world: World, direction: Direction) -> Deed:
    if direction.target in [planned.inject.id for planned in world.plan]:
        raise refusal(f"there is an inject '{direction.target}' already. Edit it, or give another id.")
    fields = _fields_of(direction)
    is_planned = "turn" in fields or "date" in fields
    now = {} if is_planned else {"turn": max(world.turn, 1)}
    written = _inject(world, {**now, **fields, "id": direction.target}, is_planned)
    _refuse_of_the_scenario(None, written)
    turn = _turn_ahead(world, written) if is_planned else max(world.turn, 1)
    planned = Planned(turn, written, _recipients(world, written), first_status(written))

    def write() -> None:
        world.plan.append(planned)
        ask_as_planned(world)
        if turn == world.turn and planned.status == ARMED:
            put(world, len(world.plan) - 1, all_met(world, planned.condition))

    return write


def _refuse_of_the_scenario(before: Inject | None, inject: Inject) -> None:
    """InputError where control gives an inject what only a scenario can."""
    for name in OF_THE_SCENARIO:
        if (getattr(inject, name) or None) != (getattr(before, name) or None if before else None):
            raise refusal(f"inject '{inject.id}': '{name}' comes with the scenario, and control cannot change it.")


def _fields_of(direction: Direction) -> dict[str, Any]:
    if not isinstance(direction.value, dict):
        raise refusal(f"{direction.kind} {direction.target}: `value` is a table of fields.")
    return direction.value


def _turn_ahead(world: World, inject: Inject) -> int:
    """The turn in which an inject is due, which has to lie ahead."""
    turn, last = turn_of(inject, world.inputs.loaded.scenario), world.inputs.turns
    if world.turn < turn <= last:
        return turn
    ahead = f"give a turn from {world.turn + 1} to {last}" if world.turn < last else "the last turn is being played"
    raise refusal(f"inject '{inject.id}': turn {turn} does not lie ahead: {ahead}, or release it now.")


def _inject(world: World, fields: dict[str, Any], is_ahead: bool) -> Inject:
    """The inject that these fields make, which lies ahead or is put now; InputError with every fault at once."""
    try:
        inject = Inject.model_validate(fields)
    except ValidationError as error:
        said = [f"{'.'.join(map(str, wrong['loc']))}: {wrong['msg']}" for wrong in error.errors()]
        raise InputError([Diagnostic("", 0, 0, f"inject '{fields['id']}': {fault}") for fault in said]) from None
    question = inject.question
    named = (*inject.to, *((question.to if question else None) or ()))
    unknown = _faults_of(*(partial(_check_recipient, world, name) for name in named))
    faults = unknown + _faults_of(
        *(partial(_check_place, world, effect) for effect in inject.effects),
        *(partial(_check_part, world, part) for part in parts_of(inject.when)),
        *([partial(_check_question, world, inject, question)] if question and not unknown else []),
        *([partial(_turn_ahead, world, inject)] if is_ahead else []),
    )
    if faults:
        raise InputError(faults)
    return inject


def _faults_of(*checks: Callable[[], object]) -> list[Diagnostic]:
    """What all of some checks find."""
    faults: list[Diagnostic] = []
    for check in checks:
        try:
            check()
        except InputError as refused:
            faults += refused.faults
    return faults


def _recipients(world: World, inject: Inject) -> tuple:
    return recipients_of(inject, world.inputs.loaded, world.inputs.actors)


def _check_recipient(world: World, name: str) -> None:
    groups = [f"group:{group}" for group in world.inputs.loaded.library.groups]
    if name not in ("all", "control", *world.inputs.actors, *groups):
        raise refusal(f"nobody is called '{name}' here. {did_you_mean(name, world.inputs.actors)}")


def _set(world: World, direction: Direction) -> Deed:
    if direction.target not in QUANTITIES:
        raise refusal(f"there is no quantity '{direction.target}'. {did_you_mean(direction.target, QUANTITIES)}")
    given = _fields_of(direction)
    unknown = [name for name in given if name not in (*PLACES, "to")]
    if unknown:
        raise refusal(f"set {direction.target}: unknown field '{unknown[0]}'. {did_you_mean(unknown[0], PLACES)}")
    to = given.get("to")
    if isinstance(to, bool) or not isinstance(to, (int, float)) or not -100 <= to <= 100:
        raise refusal(f"set {direction.target}: `to` is a number, from -100 to 100.")
    where = SimpleNamespace(on=direction.target, **{name: given.get(name) for name in PLACES})
    _check_place(world, where)
    return partial(change, world, where, to)


def _adjudicate(world: World, direction: Direction) -> Deed:
    """A move of a seat in its own words: what it changes, if anything."""
    known, given = world.inputs.actors, _fields_of(direction)
    if direction.target not in known:
        raise refusal(f"nobody is called '{direction.target}' here. {did_you_mean(direction.target, known)}")
    if "set" not in given:
        return _nothing(world, direction)
    effect = dict(_fields_of(replace(direction, value=given["set"])))
    return _set(world, Direction("set", effect.pop("what", ""), effect))


def _check_place(world: World, what: InjectEffect | SimpleNamespace) -> None:
    inputs = world.inputs
    known = dict(zip(PLACES, (inputs.incidents, inputs.actors, inputs.adversaries), strict=True))
    for name in PLACES:
        given = getattr(what, name)
        if given not in known[name] and (given is not None or name in NEEDS.get(what.on, ())):
            raise refusal(f"{what.on}: '{name}' is {given!r}. {did_you_mean(str(given), known[name])}")


def _check_part(world: World, part: Part) -> None:
    """A fault unless what a condition names is there."""
    inputs, named = world.inputs, part.what
    incident = named[0] if part.kind in ("going", "stopped", "text") else named[2] if part.kind == "act" else None
    for alternative in named if part.kind == "any" else ():
        for inner in alternative:
            _check_part(world, inner)
    if part.kind == "answer":
        _check_answer(world, *named)
    if incident is not None and incident not in inputs.incidents:
        raise refusal(f"when: no incident '{incident}'. {did_you_mean(incident, inputs.incidents)}")
    if part.kind == "act":
        who = inputs.adversaries if named[1] and named[1][0] in NAMES else inputs.actors
        if named[0] is not None and named[0] not in who:
            raise refusal(f"when: nobody is called '{named[0]}' here. {did_you_mean(named[0], who)}")
        known = (*NAMES, *dict.fromkeys(response for _, response in inputs.options))
        for deed in named[1]:
            if deed not in known:
                raise refusal(f"when: nothing is called '{deed}' here. {did_you_mean(deed, known)}")


def _check_question(world: World, inject: Inject, question: Question) -> None:
    """Faults unless a question can be answered, by somebody who receives it."""
    ids, wrong = [option.id for option in question.options], []
    if len(set(ids)) < len(ids):
        wrong.append("two options have one id. Each needs its own.")
    if question.otherwise is not None and question.otherwise not in ids:
        wrong.append(f"no option '{question.otherwise}'. {did_you_mean(question.otherwise, ids)}")
    if not any(option.weight for option in question.options):
        wrong.append("the model can choose none of the options: give one a weight above 0.")
    reached = np.isin(world.inputs.actors, _recipients(world, inject))
    if not (reached & world.inputs.everybody.who_is_asked(question)).any():
        wrong.append("nobody who receives it is to answer its question.")
    places = [
        effect.model_copy(update={"actor": effect.actor or world.inputs.actors[0]})
        if "actor" in NEEDS.get(effect.on, ())
        else effect
        for option in question.options
        for effect in option.effects
    ]
    faults = [Diagnostic("", 0, 0, f"inject '{inject.id}': {fault}") for fault in wrong]
    if faults := faults + _faults_of(*(partial(_check_place, world, effect) for effect in places)):
        raise InputError(faults)


def _check_answer(world: World, by: str | None, option: str, inject: str) -> None:
    inputs = world.inputs
    asked = {inputs.msel[place][1].id: inputs.msel[place][1].question for place in inputs.questions}
    if inject not in asked:
        raise refusal(f"when: no inject '{inject}' puts a question. {did_you_mean(inject, asked)}")
    ids = [known.id for known in asked[inject].options]
    if option not in ids:
        raise refusal(f"when: the question has no option '{option}'. {did_you_mean(option, ids)}")
    if by is not None and by not in inputs.actors:
        raise refusal(f"when: nobody is called '{by}' here. {did_you_mean(by, inputs.actors)}")


def _nothing(world: World, direction: Direction) -> Deed:
    """A seat is handed over by whoever keeps the seats."""
    return lambda: None


DEEDS = {
    "release": _release, "hold": _hold, "skip": _skip, "edit": _edit, "write": _write, "set": _set,
    "adjudicate": _adjudicate,
}  # fmt: skip


def _still_planned(world: World, name: str) -> int:
    """The place in the plan of an inject that has not been released."""
    ids = [planned.inject.id for planned in world.plan]
    if name not in ids:
        raise refusal(f"there is no inject '{name}'. {did_you_mean(name, ids)}")
    place = ids.index(name)
    if world.plan[place].status == RELEASED:
        raise refusal(f"inject '{name}' was released in turn {world.plan[place].turn}.")
    return place
