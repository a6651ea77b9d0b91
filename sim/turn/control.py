"""What control directs while an exercise is played: injects, quantities, seats. Every direction is in the record.

| kind      | target              | value                                                      |
|-----------|---------------------|------------------------------------------------------------|
| `release` | id of an inject     | -                                                          |
| `hold`    | id of an inject     | -                                                          |
| `skip`    | id of an inject     | -                                                          |
| `edit`    | id of an inject     | fields with their new values                               |
| `write`   | id of a new inject  | its fields; with a `turn` it is planned, else released now |
| `set`     | a quantity          | `{to: number}` and the incident, actor or adversary        |
| `seat`    | code of an actor    | person, model, nobody, or the name of a policy             |
| `proceed` | -                   | -                                                          |
"""

import json
from dataclasses import dataclass
from types import SimpleNamespace
from typing import get_args

from pydantic import ValidationError

from sim.errors import Fault, InputError, did_you_mean
from sim.record.events import DIRECTIONS as KINDS
from sim.scenario.schema import Inject, InjectEffect
from sim.turn.inject import change, release
from sim.world.msel import ARMED, HELD, RELEASED, SKIPPED, Planned
from sim.world.setting import recipients_of, turn_of

QUANTITIES = get_args(InjectEffect.model_fields["on"].annotation)
NEEDS = {
    "publicness": ("act",),
    "difficulty": ("act",),
    "severity": ("act",),
    "evidence": ("act",),
    "exposure": ("adversary", "actor"),
    "capital": ("actor",),
}


@dataclass(frozen=True)
class Direction:
    """One thing control does: its kind, what it is done to, with what, and why.

    >>> Direction("hold", "cable", reason="the table is not there yet").to_json()
    '{"direct": "hold", "target": "cable", "value": null, "reason": "the table is not there yet"}'
    """

    kind: str
    target: str = ""
    value: object = None
    reason: str = ""

    def to_json(self):
        """One line of a file of inputs."""
        line = {"direct": self.kind, "target": self.target, "value": self.value, "reason": self.reason}
        return json.dumps(line, ensure_ascii=False)

    @classmethod
    def from_json(cls, line):
        """The direction that a line says."""
        given = json.loads(line)
        return cls(given["direct"], given["target"], given["value"], given["reason"])


def carry_out(world, direction):
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
        raise _refusal(f"control cannot '{direction.kind}'. {did_you_mean(direction.kind, KINDS)}")
    if world.witness:
        world.witness.control_directs(world, direction)
    DEEDS.get(direction.kind, _nothing)(world, direction)


def _release(world, direction):
    place = _found(world, direction.target)
    _still_planned(world, place)
    release(world, place)


def _hold(world, direction):
    _stands(world, direction, HELD)


def _skip(world, direction):
    _stands(world, direction, SKIPPED)


def _stands(world, direction, status):
    place = _found(world, direction.target)
    _still_planned(world, place)
    world.plan[place] = world.plan[place].becomes(status)


def _edit(world, direction):
    place = _found(world, direction.target)
    _still_planned(world, place)
    before = world.plan[place].inject.model_dump(exclude_none=True)
    edited = _inject(world, {**before, **direction.value, "id": direction.target})
    turn = edited.turn if "turn" in direction.value else world.plan[place].turn
    world.plan[place] = Planned(turn, edited, _recipients(world, edited), world.plan[place].status)


def _write(world, direction):
    if direction.target in [planned.inject.id for planned in world.plan]:
        raise _refusal(f"there is an inject '{direction.target}' already. Edit it, or give another id.")
    fields = {"turn": world.turn, **direction.value, "id": direction.target}
    written = _inject(world, fields)
    turn = turn_of(written, world.setting.loaded.scenario)
    world.plan.append(Planned(turn, written, _recipients(world, written), ARMED))
    if turn <= world.turn:
        release(world, len(world.plan) - 1)


def _inject(world, fields):
    """The inject that these fields make; InputError with every fault at once."""
    try:
        inject = Inject.model_validate(fields)
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, wrong['loc']))}: {wrong['msg']}" for wrong in error.errors()]
        raise InputError([Fault("", 0, 0, f"inject '{fields['id']}': {fault}") for fault in faults]) from None
    for effect in inject.effects:
        _check_place(world, effect)
    unknown = [name for name in inject.to if not _is_recipient(world, name)]
    if unknown:
        raise _refusal(f"nobody is called '{unknown[0]}' here. {did_you_mean(unknown[0], world.setting.actors)}")
    return inject


def _recipients(world, inject):
    return recipients_of(inject, world.setting.loaded, world.setting.actors)


def _is_recipient(world, name):
    groups = world.setting.loaded.library.groups
    return name in ("all", "control", *world.setting.actors) or name.removeprefix("group:") in groups


def _set(world, direction):
    what = {"act": None, "actor": None, "adversary": None, **direction.value}
    if direction.target not in QUANTITIES:
        raise _refusal(f"there is no quantity '{direction.target}'. {did_you_mean(direction.target, QUANTITIES)}")
    where = SimpleNamespace(on=direction.target, **what)
    _check_place(world, where)
    if not isinstance(what.get("to"), (int, float)) or not -100 <= what["to"] <= 100:
        raise _refusal(f"set {direction.target}: `to` is a number, from -100 to 100.")
    change(world, where, what["to"])


def _check_place(world, what):
    setting = world.setting
    known = {"act": setting.acts, "actor": setting.actors, "adversary": setting.adversaries}
    for name in NEEDS.get(what.on, ()):
        if getattr(what, name) not in known[name]:
            given = getattr(what, name)
            raise _refusal(f"{what.on}: '{name}' is {given!r}. {did_you_mean(str(given), known[name])}")


def _nothing(world, direction):
    """A seat is handed over by whoever keeps the seats."""


DEEDS = {"release": _release, "hold": _hold, "skip": _skip, "edit": _edit, "write": _write, "set": _set}


def _found(world, name):
    ids = [planned.inject.id for planned in world.plan]
    if name not in ids:
        raise _refusal(f"there is no inject '{name}'. {did_you_mean(name, ids)}")
    return ids.index(name)


def _still_planned(world, place):
    planned = world.plan[place]
    if planned.status == RELEASED:
        raise _refusal(f"inject '{planned.inject.id}' was released in turn {planned.turn}.")


def _refusal(words):
    return InputError([Fault("", 0, 0, words)])
