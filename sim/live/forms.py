"""What the forms of the room say: a seat's answers, and an inject that control writes, with or without a question."""

import itertools
import math
import urllib.parse
from collections.abc import Callable, Collection, Mapping
from typing import Any

from fastapi import Request

from sim.errors import refusal
from sim.letters import whole, without_hidden
from sim.live.room import MOST_LETTERS, Sent
from sim.model.msel import Planned
from sim.model.steps.control import PLACES

Form = Mapping[str, list[str]]
Written = dict[str, Any]  # an inject, or an option of its question, as a form has it: text, and lists
PLAIN = ("title", "text", "sender", "channel")
EFFECT = ("on", "by", *PLACES)
NO_QUESTION: Written = {"question": "", "decides": [], "turns": "1", "otherwise": "", "options": []}
EMPTY: Written = {"id": "", "name": "", "weight": "1", "effects": []}
ROWS, MORE_ROWS = 3, 1  # that a question has room for, and beyond those that are filled


async def form_of(request: Request) -> Form:
    """What a form sends: name to values."""
    return urllib.parse.parse_qs((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)


def one_of(form: Form, name: str) -> str:
    """The first value of a name, without letters that hide; empty where there is none."""
    return without_hidden(form.get(name, [""])[0])


def number_of(form: Form, name: str, of: Callable[[str], Any] = float) -> Any:
    """A number of a form, of a kind; InputError with advice where it is none."""
    try:
        return of(one_of(form, name))
    except ValueError:
        raise refusal(f"'{one_of(form, name)}' is no number ({name}).") from None


def sent_from(form: Form) -> Sent:
    """What a seat's form says: `d:<id>` the choices, `g:<id>` what was open, `many` those where none may be chosen.

    >>> sent_from({"d:1/JPN/position/grid": ["naming"], "g:1/JPN/position/grid": ["ab"], "sure": ["80"]}).choices
    {'1/JPN/position/grid': ['naming']}
    """
    choices = {name[2:]: [one for one in values if one] for name, values in form.items() if name.startswith("d:")}
    choices |= {number: [] for number in form.get("many", []) if number not in choices}
    sure = whole(one_of(form, "sure"))
    return Sent(
        choices,
        {name[2:]: values[0] for name, values in form.items() if name.startswith("g:")},
        one_of(form, "rationale").strip()[:MOST_LETTERS],
        sure if sure is not None and 0 <= sure <= 100 else None,
    )


# ------------------------------------------------------------------------------------------- an inject as it is written


def written_of(planned: Planned | None) -> Written:
    """An inject as its form shows it; an empty one where there is none yet."""
    if planned is None:
        return (
            dict.fromkeys(PLAIN, "")
            | {"sender": "Control", "channel": "media", "to": ["all"], "turn": ""}
            | NO_QUESTION
        )
    inject, asked = planned.inject, planned.inject.question
    written = {name: getattr(inject, name) for name in (*PLAIN, "to")} | {"turn": str(planned.turn)}
    if asked is None:
        return written | NO_QUESTION
    ids = [option.id for option in asked.options]
    options = [
        option.model_dump() | {"effects": [effect.model_dump(exclude_none=True) for effect in option.effects]}
        for option in asked.options
    ]
    otherwise = str(ids.index(asked.otherwise)) if asked.otherwise else ""
    return written | {
        "question": asked.text, "decides": asked.to or [], "turns": str(asked.turns), "otherwise": otherwise,
        "options": options,
    }  # fmt: skip


def written_in(form: Form, before: Written) -> Written:
    """An inject as a form has it; what the form does not name is as it was before."""
    plain = {name: one_of(form, name).strip() for name in (*PLAIN, "turn") if name in form}
    written = before | plain | {"to": form.get("to") or before["to"]}
    if "question" not in form:
        return written
    asked = {name: one_of(form, name).strip() for name in ("question", "turns", "otherwise")}
    options = [_option_in(form, k) for k in range(len(form)) if f"name-{k}" in form]
    return written | asked | {"decides": form.get("decides", []), "options": options}


def _option_in(form: Form, k: int) -> Written:
    """One option of a question as a form has it, with the effects of which anything is said."""
    columns = [form.get(f"{name}-{k}", []) for name in EFFECT]
    effects = [
        {name: said for name, value in zip(EFFECT, values, strict=True) if (said := without_hidden(value).strip())}
        for values in zip(*columns, strict=False)
    ]
    own = {name: one_of(form, f"{name}-{k}").strip() for name in ("id", "name", "weight")}
    return own | {"effects": [effect for effect in effects if effect]}


def with_room(written: Written) -> Written:
    """An inject as its form shows it, with room for further options, and for one more effect of each."""
    last = max((k for k, option in enumerate(written["options"]) if option["name"] or option["effects"]), default=-1)
    options = [*written["options"][: last + 1], *[EMPTY] * ROWS][: max(ROWS, last + 1 + MORE_ROWS)]
    return written | {"options": [option | {"effects": [*option["effects"], {}]} for option in options]}


def fields_of(written: Written, before: Written | None = None) -> tuple[dict[str, Any], list[str]]:
    """What control directs: the fields of an inject, or those that differ from what they were; and what is wrong.

    What is wrong has something harmless in its place, so that the rest can be looked at all the same.

    >>> fields, wrong = fields_of(written_of(None) | {"title": "News", "text": "From Riga.", "turn": "soon"})
    >>> fields["text"], wrong
    ('From Riga.', ["the turn: 'soon' is no number."])
    """
    wrong = [f"it needs a {name}." for name in PLAIN if not written[name]]
    fields = {name: written[name] or name for name in (*PLAIN, "to") if not before or written[name] != before[name]}
    if written["turn"] not in ("", before and before["turn"]):
        fields["turn"] = _number(written["turn"], "the turn", None, wrong, int)
    question = _question_of(written, wrong)
    if question != (before and _question_of(before, [])):
        fields["question"] = question
    return fields, wrong


def _question_of(written: Written, wrong: list[str]) -> dict[str, Any] | None:
    """The question that an inject puts; None where nothing is said of one."""
    taken = {option["id"] for option in written["options"]}
    free = (name for k in itertools.count(1) if (name := f"option_{k}") not in taken)
    options = {
        str(k): {"id": option["id"] or next(free)} | _option_of(option, f"option {k + 1}", wrong)
        for k, option in enumerate(written["options"])
        if option["name"] or option["effects"]
    }
    if not options and not written["question"]:
        return None
    otherwise = written["otherwise"]
    wrong += [] if written["question"] else ["the question: say what is asked."]
    wrong += [] if len(options) > 1 else ["the question: give two options or more."]
    wrong += [] if otherwise in ("", *options) else ["the question: the option that counts without an answer is empty."]
    question = {
        "text": written["question"] or "?",
        "options": list(options.values()) if len(options) > 1 else [{"id": one, "name": one} for one in "ab"],
        "turns": _number(written["turns"] or "1", "turns in which it may be answered", 1, wrong, int),
    }
    decides = {"to": written["decides"]} if written["decides"] else {}
    return question | decides | ({"otherwise": options[otherwise]["id"]} if otherwise in options else {})


def _option_of(written: Written, what: str, wrong: list[str]) -> dict[str, Any]:
    """One option of a question, without its id."""
    wrong += [] if written["name"] else [f"{what}: say what whoever chooses it does."]
    wrong += [f"{what}: say which quantity it changes." for effect in written["effects"] if not effect.get("on")]
    return {
        "name": written["name"] or "?",
        "weight": _number(written["weight"] or "1", f"{what}, how likely", 1, wrong),
        "effects": [
            effect | {"by": _number(effect.get("by", ""), f"{what}, by how much", 0, wrong)}
            for effect in written["effects"]
            if effect.get("on")
        ],
    }


def _number(given: object, what: str, otherwise: Any, wrong: list[str], of: Callable[[Any], Any] = float) -> Any:
    """A number as somebody wrote it; where it is none that is added to what is wrong, and the other stands for it."""
    try:
        number = of(given)
        if math.isfinite(number):
            return number
    except (ValueError, OverflowError):
        pass
    wrong.append(f"{what}: '{given}' is no number.")
    return otherwise


def name_of(title: str, known: Collection[str]) -> str:
    """A name for an inject that control writes, which no other has.

    >>> name_of("A call from Riga!", ["by_control_a_call_from_riga"])
    'by_control_a_call_from_riga1'
    """
    words = "".join(sign if sign.isascii() and sign.isalnum() else "_" for sign in title.lower()).strip("_")[:40]
    return next(name for k in itertools.count() if (name := f"by_control_{words}{k or ''}") not in known)
