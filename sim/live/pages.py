"""What each page of the room shows: plain data for the templates.

A seat's page is made of that seat's own view, its own decisions, and notes to it: nothing else reaches it. The shared
screen is made of what everybody can see. Control's desk alone knows the rest.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from types import SimpleNamespace
from typing import Any, get_args

import numpy as np

from sim.catalogue.measures import MEASURES
from sim.experiments.turning_points import OUTCOMES
from sim.live.futures import RUNS, WhatIf, options_of
from sim.live.log import Kept, Person
from sim.live.room import EVERYBODY, Room
from sim.model.decisions import Address, Answer, Decision, View
from sim.model.msel import RELEASED, Planned
from sim.model.steps.control import QUANTITIES
from sim.model.view import clock, public_view
from sim.output.figures import charts_of
from sim.output.figures.many import finite
from sim.output.narrative.decisions import acts_from, chosen_words, label, note, put, question, situation
from sim.output.narrative.hot_wash import alignment, figure, hot_wash, questions_of
from sim.output.narrative.injects import condition_in_words, directed
from sim.output.narrative.story import tell
from sim.phrases import Names, capital, day, period, sentence
from sim.scenario.calendar import Calendar
from sim.scenario.schema import Channel
from sim.session import Session

STEPS = {
    "consult": "Positions and calls",
    "silence 1": "Texts on the table",
    "silence 2": "Texts on the table, second round",
    "silence 3": "Texts on the table, last round",
    "sheet": "The decision sheet",
}
GROUPS = {
    "question": "The question put to you",
    "position": "Your position",
    "call": "Consultations you may call",
    "silence": "Texts on the table",
    "share": "Whom you let know",
    "responses": "What you do about it",
    "move": "Your next move",
    "project": "Cooperation put to a decision",
    "cooperation": "Cooperation you propose or end",
}
LAST_INPUTS = 12
NOTHING_SEEN: View = {"injects": [], "texts": [], "seen_responses": [], "day": 0}
HIDDEN_OF_DECISION = ("default", "otherwise")  # what the model would do


def frame(room: Room) -> dict[str, Any]:
    """What stands at the head of every page: title, turn and its days, what is being waited for, and the clock."""
    session, scenario = room.session, room.loaded.scenario
    turns = session.model_inputs.turns
    if session.is_over:
        where = "The exercise is over"
    elif not session.turn:
        where = "The exercise has not begun"
    elif session.is_between_turns:
        where = f"Turn {session.turn} of {turns} is over"
    else:
        where = f"Turn {session.turn} of {turns}: {STEPS.get(session.step or '', session.step)}"
    return {
        "title": f"{scenario.title}: {room.group}" if room.group else scenario.title,
        "marking": scenario.marking,
        "where": where,
        "dates": turn_dates(room, session.turn) if session.turn else "",
        "clock": room.clock(),
        "number": room.number,
        "is_over": session.is_over,
        "turn": session.turn,
        "stage": room.stage,
    }


def turn_dates(room: Room, turn: int) -> str:
    """The days of a turn, in words."""
    return period(*room.session.model_inputs.calendar.span(turn))


def person_page(room: Room, person: Person) -> dict[str, Any]:
    """The page of somebody with a link: the seats there are to take, and for each seat held what it sees."""
    return {
        **frame(room),
        "number": room.news_for(person),
        "person": person,
        "seats": [one for one in _seats_in_list(room) if room.takes_part[one["code"]][1] >= room.session.turn],
        "held": [seat_page(room, person, code) for code in person.seats],
        "results": room.results() is not None and room.settings()["debrief"],
    }


def _seats_in_list(room: Room) -> list[dict[str, Any]]:
    """The seats there are, and who sits in them."""
    people = room.log.people()
    return [
        {
            "code": code,
            "name": capital(room.names.actor(code)),
            "by": [person.name for person in people if code in person.seats],
            "when": _when(room, code),
        }
        for code in room.seats
    ]


def _when(room: Room, code: str) -> str:
    """In which turns a seat's actor takes part; empty: from the first to the last."""
    first, last = room.takes_part[code]
    begins = f"from turn {first} on" if first > 1 else ""
    ends = f"up to turn {last}" if last < room.session.model_inputs.turns else ""
    both = f"in turn {first}" if first == last else f"in turns {first} to {last}"
    return both if begins and ends else begins or ends


def view_from(room: Room, code: str) -> View:
    """What is seen from a seat: while its actor takes part its own view, else what everybody sees."""
    if not room.session.turn:
        return NOTHING_SEEN
    return room.session.view(code) if room.is_here(code) else public_view(room.session.world)


def seat_page(room: Room, person: Person, code: str) -> dict[str, Any]:
    """What somebody sees from a seat."""
    session, names = room.session, room.names
    view, is_here, turn = view_from(room, code), room.is_here(code), session.turn
    own = room.loaded.scenario.actors.get(code)
    start = room.session.model_inputs.calendar.start
    decisions = [_decision(room, one, names) for one in room.session.open_decisions(code)]
    speaks = room.speaks(person, code) or person.role == "control"
    answered = [
        _decision(room, one, names, session.pending[one.address].choice if speaks else ())
        for one in room.answered(code)
    ]
    return {
        "code": code,
        "name": capital(names.actor(code)),
        "brief": own.brief if own and own.brief else "",
        "when": _when(room, code),
        "is_here": is_here,
        "is_to_come": turn < room.takes_part[code][0],
        "new": [one for one in view["injects"] if max(one["turn"], 1) == turn],
        "before": [one for one in view["injects"] if max(one["turn"], 1) == turn - 1],
        "since": _since(view, session.model_inputs.calendar, names),
        "situation": situation(view, names, start) if turn and is_here else [],
        "groups": _grouped(decisions + answered),
        "is_sent": bool(answered) and not decisions,
        "draft": room.log.draft(code, person.id),
        "speaks": speaks,
        "speaker": next((one.name for one in room.holders(code)), ""),
        "team": [one.name for one in room.holders(code)],
        "views": _views_of_team(room, person, code),
        "notes": room.log.notes(code),
        "others": [(other, capital(names.actor(other))) for other in room.seats if other != code],
        "is_past": turn > 1 or any(answer.actor == code for _, answer in session.decided),
        "moves": _moves(room, code),
        "outcome": _outcome(room) if session.is_over and room.settings()["debrief"] else (),
    }


def past_page(room: Room, person: Person) -> dict[str, Any]:
    """What reached somebody's seats in earlier turns, and what they have decided, the latest first."""
    views = {code: room.session.view(code) if room.session.turn else {"injects": []} for code in person.seats}
    return {
        **frame(room),
        "held": [
            {
                "name": capital(room.names.actor(code)),
                "earlier": [one for one in reversed(view["injects"]) if one["turn"] < room.session.turn],
                "past": _past(room, code, room.names),
            }
            for code, view in views.items()
        ],
    }


def files_of(room: Room, code: str) -> set[str]:
    """The files attached to what has reached a seat."""
    injects = room.session.view(code)["injects"] if room.session.turn else []
    attached = [one.get("file") for inject in injects for one in inject.get("attachments", ())]
    return set(attached) & set(room.loaded.attached)


def _since(view: View, calendar: Calendar, names: Names) -> list[str]:
    """What became visible in the last turn: texts adopted and responses felt."""
    turn = calendar.turn_at(view["day"])
    last = calendar.begins(turn - 1) if turn > 1 else -1
    texts = [
        sentence(
            f"{names.format(text['format'])} agreed on {names.text(text['rung'], text['incident'])}, "
            f"over {names.incident(text['incident'])}"
        )
        for text in view["texts"]
        if text["day"] > last
    ]
    seen = []
    for one in view["seen_responses"]:
        new = [code for code, since in zip(one["by"], one["since"], strict=True) if since > last]
        if new and not names.is_inaction(one["response"]):
            who = names.actors(new)
            seen.append(sentence(f"{names.response(one['response'])}, on {names.incident(one['incident'])}: {who}"))
    return texts + seen


def _decision(room: Room, decision: Decision, names: Names, chosen: Sequence[str] = ()) -> dict[str, Any]:
    """A decision as a form shows it."""
    start = room.session.model_inputs.calendar.start
    shows_model = room.settings()["shows_model"]
    options = [
        {
            "id": option.id,
            "label": capital(label(option, decision, names)),
            "cost": option.cost,
            "when": acts_from(option, start),
            "note": note(option),
            "is_chosen": option.id in chosen,
            "is_models": shows_model and option.id in decision.default,
        }
        for option in decision.options
    ]
    return {
        "id": decision.id,
        "digest": decision.digest,
        "kind": decision.kind,
        "question": question(decision, names),
        "options": options,
        "many": decision.many,
        "most": decision.most,
        "budget": decision.budget,
    }


def _grouped(decisions: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Decisions under the heading of their kind, in the order of the kinds."""
    groups = [(heading, [one for one in decisions if one["kind"] == kind]) for kind, heading in GROUPS.items()]
    return [(heading, found) for heading, found in groups if found]


def _views_of_team(room: Room, person: Person, code: str) -> dict[str, Any]:
    """What those who hold a seat with others would answer: how many said so, and what may be read of it now."""
    answered, views = room.session.pending, room.views()
    may_read = person.role == "control" or (room.speaks(person, code) and not room.is_sealed(code))
    due = [decision for address, decision in room.session.asked.items() if decision.actor == code and address in views]
    lines: dict[str, list[str]] = {}
    for decision in due:
        is_open = may_read or decision.address in answered
        for kept in views[decision.address].values() if is_open else ():
            lines.setdefault(_in_whose_view(kept), []).append(
                f"{question(decision, room.names)} {_chosen(decision, kept, room.names)}"
            )
    given = {name for decision in due for name in views[decision.address]}
    others = [holder.name for holder in room.holders(code) if holder.id != person.id]
    return {
        "is_sealed": room.is_sealed(code),
        "is_mine_in": person.name in given,
        "given": [name for name in others if name in given],
        "missing": [name for name in others if name not in given],
        "open": list(lines.items()),
    }


def _views_on(decision: Decision, views: Mapping[Address, Mapping[str, Kept]], names: Names) -> list[str]:
    """Who would answer what on a decision."""
    here = views.get(decision.address, {})
    return [f"{_in_whose_view(kept)}: {_chosen(decision, kept, names)}" for kept in here.values()]


def _in_whose_view(kept: Kept) -> str:
    """Who has a view, how sure, and why."""
    sure = f", {kept.sure} % sure" if kept.sure is not None else ""
    return f"{kept.person}{sure}" + (f" (“{kept.rationale}”)" if kept.rationale else "")


def _chosen(decision: Decision, kept: Kept, names: Names) -> str:
    return chosen_words(decision, json.loads(kept.payload)["choice"], names)


def _past(room: Room, code: str, names: Names) -> list[dict[str, Any]]:
    """What a seat has decided so far, the latest first, without what stayed as it is; and who had which view."""
    envelope, views = {kept.payload: kept for kept in room.history()}, room.views()
    return [
        {
            "turn": answer.turn,
            "asked": question(decision, names),
            "what": chosen_words(decision, answer.choice, names),
            "why": envelope[answer.to_json()].rationale,
            "views": _views_on(decision, views, names),
        }
        for decision, answer in reversed(room.session.decided)
        if answer.actor == code and answer.to_json() in envelope
        if answer.choice or any(json.loads(kept.payload)["choice"] for kept in views.get(decision.address, {}).values())
    ]


def _moves(room: Room, *seats: str) -> list[dict[str, Any]]:
    """Moves in seats' own words, the latest first, each with what control made of it."""
    return [
        {
            "number": move.number,
            "turn": move.turn,
            "seat": capital(room.names.actor(move.seat)),
            "person": move.person,
            "text": move.text,
            "is_ruled": ruling is not None,
            "has_effect": ruling is not None and "set" in ruling["value"],
            "reason": ruling["reason"] if ruling else "",
        }
        for move, ruling in reversed(room.moves(*seats))
    ]


def _outcome(room: Room) -> tuple[str, ...]:
    """What came of the exercise, for all: who did it, and how it ended."""
    return hot_wash(room.session.record, room.loaded).truth


# ---------------------------------------------------------------------------------------------------- for programs


def stand_of(room: Room, person: Person) -> dict[str, Any]:
    """Where the exercise stands, and what seats somebody holds or may take, for a program."""
    where, own = frame(room), room.loaded.scenario.actors
    return {
        "title": where["title"],
        "where": where["where"],
        "turn": where["turn"],
        "turns": room.session.model_inputs.turns,
        "is_over": where["is_over"],
        "is_paused": where["clock"]["stands"],
        "number": room.news_for(person),
        "held": [
            {"code": code, "brief": (own[code].brief or "") if code in own else "", "speaks": room.speaks(person, code)}
            for code in person.seats
        ],
        "seats": _seats_in_list(room),
    }


def decisions_of(room: Room, code: str) -> dict[str, Any]:
    """What a seat may decide now, for a program: in full, and in the words that people read."""
    session = room.session
    answered = [
        {"id": one.id, "choice": list(session.pending[one.address].choice), "may_change": True}
        for one in room.answered(code)
    ]
    opened = [_decision_in_full(room, one) for one in session.open_decisions(code)]
    return {"turn": session.turn, "is_over": session.is_over, "decisions": opened, "answered": answered}


def _decision_in_full(room: Room, decision: Decision) -> dict[str, Any]:
    """A decision with all that is known of its options; what the model would do only where control lets it be seen."""
    said = asdict(decision) | {"id": decision.id, "digest": decision.digest, "question": question(decision, room.names)}
    for option, words in zip(decision.options, said["options"], strict=True):
        words["label"] = label(option, decision, room.names)
    return said if room.settings()["shows_model"] else {k: said[k] for k in said if k not in HIDDEN_OF_DECISION}


# ---------------------------------------------------------------------------------------------------- shared screen


def screen_page(room: Room) -> dict[str, Any]:
    """What the shared screen shows: safe for all eyes."""
    session, names = room.session, room.names
    view = public_view(session.world) if session.turn else NOTHING_SEEN
    debrief = room.settings()["debrief"] and session.is_over
    return {
        **frame(room),
        "number": room.news[EVERYBODY],
        "summary": room.loaded.scenario.summary,
        "code": room.code,
        "injects": [one for one in reversed(view["injects"])][:4],
        "since": _since(view, session.model_inputs.calendar, names)[:8],
        "texts": [
            (
                capital(names.format(text["format"])),
                names.text(text["rung"], text["incident"]),
                names.incident(text["incident"]),
                day(session.model_inputs.calendar.date(text["day"])),
            )
            for text in sorted(view["texts"], key=lambda text: -text["day"])
        ][:6],
        "present": [(one["name"], one["by"]) for one in _seats_in_list(room) if one["by"]],
        "outcome": _outcome(room) if debrief else (),
        "chart": room.settings()["chart"] if debrief and room.results() else "",
        **_looked_back(room, bool(debrief)),
        "questions": questions_of(room.loaded) if debrief else [],
        "picture": room.picture(),
    }


def _looked_back(room: Room, is_open: bool) -> dict[str, list[str]]:
    """How usual the outcome was, and where people were of one mind: sentences, once it may be told."""
    return {
        "usual": room.log.fact("usual", []) if is_open else [],
        "alignment": alignment(room.rounds(), room.loaded) if is_open else [],
    }


# ---------------------------------------------------------------------------------------------------- control's desk


def control_page(room: Room) -> dict[str, Any]:
    """What control sees: everything."""
    session, names = room.session, room.names
    return {
        **frame(room),
        "sheet": [
            _planned(session, names, planned) for planned in sorted(session.world.plan, key=lambda one: one.turn)
        ],
        "seats": [_seat_at_desk(room, code, names) for code in room.seats],
        "waiting": [person for person in room.log.people() if not person.seats],
        "can_begin": session.is_between_turns and not session.is_over,
        "due": len(session.asked) - len(session.pending),
        "asked": len(session.asked),
        "events": _story(room),
        "discuss": questions_of(room.loaded, session.turn) if session.turn else [],
        "history": _inputs(room, LAST_INPUTS),
        "left": sum(kept.left_because is not None for kept in room.log.inputs(left=True)),
        "notes": room.log.notes()[::-1][:20],
        "moves": _moves(room),
        "answers": _answers(room),
        "incidents": _incidents(room),
        "adversaries": _adversaries(room),
        "objectives": [
            (one.id, one.text, *room.log.ratings().get(one.id, ("", ""))) for one in room.loaded.scenario.objectives
        ],
        "ratings": room.loaded.scenario.ratings,
        "settings": room.settings(),
        "picture": room.picture(),
        "results": room.results(),
        "charts": _charts(room),
        **_looked_back(room, session.is_over),
        "truth": [
            sentence(f"{names.incident(one.id)}: {names.culprit(one)}") for one in session.loaded.scenario.incidents
        ],
    }


def inject_page(room: Room, inject: str) -> dict[str, Any]:
    """An inject of the plan, or room for a new one, and whom and what it may concern."""
    session, names = room.session, room.names
    planned = next((one for one in session.world.plan if one.inject.id == inject), None)
    seats = [(code, capital(names.actor(code))) for code in room.seats]
    groups = dict.fromkeys(
        name
        for one in session.world.plan
        for name in (*one.inject.to, *((one.inject.question and one.inject.question.to) or ()))
        if name.startswith("group:")
    )
    return {
        **frame(room),
        "planned": _planned(session, names, planned) if planned else None,
        "is_closed": session.is_over or bool(planned and planned.status == RELEASED),
        "receivers": [("all", "All"), ("control", "Control"), *((one, names.named([one])) for one in groups), *seats],
        "actors": seats,
        "incidents": _incidents(room),
        "adversaries": _adversaries(room),
        "quantities": [(name, name) for name in QUANTITIES],
        "channels": [(name, name.replace("_", " ")) for name in get_args(Channel)],
    }


def _incidents(room: Room) -> list[tuple[str, str]]:
    return [(incident.id, incident.name) for incident in room.loaded.scenario.incidents]


def _adversaries(room: Room) -> list[tuple[str, str]]:
    return [(code, room.names.actor(code)) for code in room.session.model_inputs.adversaries]


def _charts(room: Room) -> list[str]:
    """Names of the charts for a wall, once the results are kept."""
    folder = room.results()
    drawn = [path.name.removesuffix(".wide.svg") for path in (folder / "charts").glob("*.wide.svg")] if folder else []
    return sorted(drawn, key=lambda name: (name not in charts_of("room"), name))


def _planned(session: Session, names: Names, planned: Planned) -> dict[str, Any]:
    inject = planned.inject
    return {
        "id": inject.id,
        "title": inject.title,
        "turn": planned.turn,
        **clock(session.world, planned),
        "status": planned.status,
        "to": _recipients(session, names, planned),
        "condition": condition_in_words(inject.when, names) if inject.when else "",
        "expects": inject.expects or "",
        "notes": inject.control_notes or "",
        "text": inject.text,
        "sender": inject.sender,
        "question": put(inject.question) if inject.question else "",
        "is_now": planned.turn == session.turn,
        "is_near": planned.turn in (session.turn, session.turn + 1),
    }


def _recipients(session: Session, names: Names, planned: Planned) -> str:
    """Whom an inject is for, as the scenario or, since, control has it."""
    to = planned.inject.to
    is_as_written = any(one.id == planned.inject.id and one.to == to for one in session.loaded.scenario.injects)
    return "all" if "all" in to else names.recipients(planned.inject.id if is_as_written else "", planned.recipients)


def _seat_at_desk(room: Room, code: str, names: Names) -> dict[str, Any]:
    people = room.holders(code)
    due = len(room.session.open_decisions(code))
    return {
        "code": code,
        "name": capital(names.actor(code)),
        "people": [(one.name, room.is_present(one)) for one in people],
        "is_held": code in room.session.people,
        "due": due,
        "answered": len(room.answered(code)),
    }


def _answers(room: Room) -> list[tuple[str, list[tuple[str, list[str]]]]]:
    """What is answered in this turn, question by question: each answer, and the seats that gave it.

    A seat in which somebody would do otherwise says how many.
    """
    session, names, views = room.session, room.names, room.views()
    given = {kept.payload for kept in room.history()}
    answers: list[tuple[Decision, Sequence[str] | None]] = [
        (decision, answer.choice)
        for decision, answer in session.decided
        if decision.turn == session.turn and answer.to_json() in given
    ]
    pending = session.pending
    answers += [(one, pending[at].choice if at in pending else None) for at, one in session.asked.items()]
    said: dict[str, dict[str, list[str]]] = {}
    for decision, choice in reversed(answers):
        held = [json.loads(kept.payload)["choice"] for kept in views.get(decision.address, {}).values()]
        if choice or held:
            what = "not yet" if choice is None else chosen_words(decision, choice, names)
            others = sum(set(view) != set(choice or ()) for view in held)
            seat = capital(names.actor(decision.actor)) + (f" ({others} of {len(held)} otherwise)" if others else "")
            said.setdefault(question(decision, names), {}).setdefault(what, []).append(seat)
    return [(asked, list(lines.items())) for asked, lines in said.items()]


def people_page(room: Room, links: dict[str, str]) -> dict[str, Any]:
    """Who has come in, where they sit, and how others do."""
    return {
        **frame(room),
        "links": links,
        "code": room.code,
        "people": [
            {
                "id": person.id,
                "name": person.name,
                "is_here": room.is_present(person),
                "seats": [capital(room.names.actor(seat)) for seat in person.seats],
            }
            for person in room.log.people()
        ],
    }


def _story(room: Room) -> list[str]:
    """The story of the turn so far, in short."""
    told = tell(room.session.record, room.loaded)
    return list(told[-1].short) if told else []


def _inputs(room: Room, last: int | None = None) -> list[dict[str, Any]]:
    """What was put in, in words, the latest first: all of it, or the last so many."""
    known = {decision.address: decision for decision, _ in room.session.decided} | dict(room.session.asked)
    return [_input(kept, known, room.names) for kept in reversed(room.history()[-last if last else 0 :])]


def _input(kept: Kept, known: Mapping[Address, Decision], names: Names) -> dict[str, Any]:
    given = json.loads(kept.payload)
    if "direct" in given:
        said = {"direction": given["direct"], **given, "value": json.dumps(given["value"]), "reason": ""}
        what = directed(SimpleNamespace(payload=said), names).removeprefix("Control ")
    else:
        decision = known.get(Answer.from_json(kept.payload).address)
        ids = given["choice"]
        chosen = chosen_words(decision, ids, names) if decision else ", ".join(ids) or "nothing"
        what = f"{names.actor(given['actor'])}, {given['kind']}: {chosen}"
    return {"number": kept.number, "turn": kept.turn, "at": kept.at[11:16], "person": kept.person, "what": what}


def what_if_page(room: Room, before: int | None, about: str, found: WhatIf | None) -> dict[str, Any]:
    """What could still come: the moments and questions to choose from, and what was found, as a table too."""
    names, session = room.names, room.moment(before)
    decision = next((one for one in session.asked.values() if one.id == about), None)
    return {
        "before": before,
        "about": about,
        "moments": _inputs(room),
        "questions": [
            (one.id, f"{capital(names.actor(one.actor))}: {question(one, names)}") for one in session.asked.values()
        ],
        "options": options_of(decision, names) if decision else [],
        "picture": found.picture if found else None,
        "asked": found.asked if found else "",
        "tables": [(capital(way), _come_to(measures)) for way, measures in found.ways.items()] if found else [],
        "runs": f"{RUNS:,} continuations",
    }


def _come_to(measures: Mapping[str, np.ndarray]) -> list[tuple[str, str, str, str, str]]:
    """For each outcome its median and nine runs in ten."""
    rows = []
    for name in OUTCOMES:
        values = finite(measures[name])
        if values.size:
            low, middle, high = (figure(float(one)) for one in np.quantile(values, [0.05, 0.5, 0.95]))
            rows.append((MEASURES[name].label, middle, low, high, MEASURES[name].unit))
    return rows
