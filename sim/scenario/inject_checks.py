"""Whether injects can be played as they are written: when, to whom, on what condition, with what effect and question.

Each check reads nodes, and passes over in silence what the schema has already refused.
"""

import datetime
import os
from collections.abc import Iterator
from pathlib import Path, PurePath, PureWindowsPath

from pydantic import BaseModel

from sim.catalogue.moves import NAMES as MOVES
from sim.errors import Diagnostic, did_you_mean, nearest
from sim.scenario.calendar import in_numbers, moment_in, moment_of, time_in
from sim.scenario.facts import Facts, elsewhere, known_names, not_both, repeated, unless_known, unless_known_group
from sim.scenario.hints import which_code
from sim.scenario.reader import Node, keys_of, number_of, whole_of
from sim.scenario.schema import StateOfPlay, When
from sim.scenario.wording import fields_of, start_of

TO_EVERYBODY_OR_CONTROL = {
    **dict.fromkeys(("all", "everyone", "everybody", "players", "allplayers", "allparticipants"), "all"),
    **dict.fromkeys(("control", "whitecell", "excon", "exercisecontrol", "facilitator", "moderator"), "control"),
}  # in bare letters
WHOLE = 1  # most of what an inject changes lies between 0 and 1, so that much moves it from one end to the other
EFFECT_LIMITS = {"capital": 5, "evidence": 20}  # the most that an actor has; log-odds, one in half a billion
NEEDS_ACT = ("publicness", "evidence", "severity", "difficulty")
NEEDS_ACTOR = ("exposure", "capital")
LARGEST_ATTACHMENT = 10 * 10**6  # bytes


def check_injects(facts: Facts) -> Iterator[Diagnostic]:
    for inject in facts.root.entries_of("injects"):
        yield from _when(inject, facts)
        yield from _recipients(inject, facts)
        for objective in inject.entries_of("objectives"):
            yield from unless_known(objective, "objectives", facts.root.ids_of("objectives", "id"))
        for effect in inject.entries_of("effects"):
            yield from _effect(effect, facts)
        if when := inject.mapping_of("when"):
            yield from _condition(when, facts)
        for attachment in inject.entries_of("attachments"):
            yield from _attachment(attachment)
        if question := inject.mapping_of("question"):
            yield from _question(question, inject, facts)
        if deadline := inject.mapping_of("deadline"):
            yield from _deadline(deadline, inject, facts)


def _attachment(attachment: Node) -> Iterator[Diagnostic]:
    """An attachment is a file that lies beside the scenario, or words; data that was in no file is not looked for."""
    has_file, has_text = attachment.is_given("file"), attachment.is_given("text")
    if has_file and has_text:
        yield not_both(attachment, "file", "text", "an attachment is a 'file' or a 'text', not both.")
    elif not has_file and not has_text and attachment.is_mapping:
        yield start_of(attachment).fault("an attachment needs a 'file' that lies beside the scenario, or a 'text'.")
    node = attachment.get("file")
    if node is None or node.text is None or not node.text.strip() or not node.source.text:
        return
    path, folder = beside_scenario(node), PurePath(node.source.file).parent
    if path is None:
        yield node.fault(
            f"'{node.text}' leads out of the scenario's folder: put the file there, and name it from there."
        )
    elif not os.path.isfile(path):
        here = [other.name for other in path.parent.glob("*") if other.is_file()]
        near = nearest(path.name, here)
        hint = f" Did you mean '{near}'?" if near else ""
        yield node.fault(f"there is no file '{node.text}' in {folder}.{hint}")
    elif not os.access(path, os.R_OK):
        yield node.fault(f"'{node.text}' must not be read by whoever plays this. Change its permissions.")
    elif path.stat().st_size > LARGEST_ATTACHMENT:
        yield node.fault(f"'{node.text}' is larger than {LARGEST_ATTACHMENT // 10**6} MB.")


def beside_scenario(node: Node) -> Path | None:
    """The path of a file named in a scenario, from the folder of the file that names it; None where it leads out."""
    folder, named = Path(node.source.file).parent, PureWindowsPath(node.text or "")  # which knows both kinds of path
    if named.drive or named.root or ".." in named.parts:
        return None
    path = folder.joinpath(*named.parts)
    return path if path.resolve().is_relative_to(folder.resolve()) else None


def _deadline(deadline: Node, inject: Node, facts: Facts) -> Iterator[Diagnostic]:
    """A deadline: that it falls within the exercise and not before its inject, and that something keeps it."""
    yield from _when(deadline, facts, f"the deadline of inject '{inject.text_of('id')}'", "ends")
    ends, begins = turn_meant(deadline, facts, is_end=True), turn_meant(inject, facts)
    if ends is not None and begins is not None and ends < begins:
        at = next(field for field in ("turn", "date", "time") if deadline.is_given(field))
        yield deadline[at].fault(f"the deadline ends before its inject is released, in turn {begins}.")
    if unless := deadline.mapping_of("unless"):
        if not keys_of(unless):
            yield start_of(unless).fault(f"a deadline names what keeps it: one of {_one_field_of(StateOfPlay)}.")
        yield from _state_of_play(unless, facts)
    for effect in deadline.entries_of("effects"):
        yield from _effect(effect, facts)


def _moment_given(entry: Node) -> tuple[int | None, datetime.date | None, datetime.time | None]:
    """The turn, the date and the time of an entry, as far as they can be read."""
    date, time = moment_in(entry.text_of("date") or ""), time_in(entry.text_of("time") or "")
    return whole_of(entry.get("turn")), date, time


def turn_meant(entry: Node, facts: Facts, is_end: bool = False) -> int | None:
    """The turn of an entry that has a turn, a date or a time, or by whose end that is past; None: not to be read."""
    turn, date, time = _moment_given(entry)
    if turn is not None or facts.calendar is None or isinstance(date, datetime.datetime) and time is not None:
        return turn
    moment = moment_of(facts.calendar, turn, date, time)
    if moment is None:
        return None
    return facts.calendar.turn_past(moment) if is_end else facts.calendar.turn_at(facts.calendar.day_of(moment))


def _question(question: Node, inject: Node, facts: Facts) -> Iterator[Diagnostic]:
    """A question: that somebody can answer it, and that its options can be told apart and chosen."""
    options = question.entries_of("options")
    yield from repeated(options, "id", "options")
    for option in options:
        for effect in option.entries_of("effects"):
            yield from _effect(effect, facts, falls_on_chooser=True)
    if options and all(number_of(option.get("weight")) == 0 for option in options):
        yield question.keys["options"].fault(
            "the model needs an option that it can choose: give one a 'weight' above 0."
        )
    if question.is_given("otherwise"):
        yield from _known_option(question["otherwise"], question.ids_of("options", "id"))
    reached = actors_reached(inject, facts)
    for entry in question.entries_of("to"):
        yield from _decides(entry, reached, facts)
    can_answer = [code for code in reached if facts.plays_for_itself(code) and facts.role(code) != "adversary"]
    goes_to = inject.get("to")
    is_read = goes_to is not None and goes_to.is_list
    if not question.is_given("to") and facts.cast and is_read and not can_answer:
        yield question.keys.get("text", start_of(question)).fault(
            "nobody can answer this: the inject goes to no state. Add one to its 'to'."
        )


def _known_option(node: Node, options: list[str]) -> Iterator[Diagnostic]:
    if node.text is not None and node.text not in options:
        yield node.fault(f"the question has no option '{node.text}'. {did_you_mean(node.text, options)}")


def actors_reached(inject: Node, facts: Facts) -> list[str]:
    """The actors that an inject reaches, as far as they take part."""
    names = [entry.text for entry in inject.entries_of("to")]
    meant = {code for name in names for code in facts.meant(name)}
    return [code for code in facts.cast if "all" in names or code in meant]


def _decides(entry: Node, reached: list[str], facts: Facts) -> Iterator[Diagnostic]:
    """A fault unless somebody who is meant to answer a question reads the inject that puts it."""
    name = entry.text
    if name is None:
        return
    if name in ("all", "control"):
        yield entry.fault(f"'{name}' decides nothing: name who does, or leave 'to' out for all states that receive it.")
    elif name.startswith("group:") and name.removeprefix("group:") not in facts.library.groups:
        yield from unless_known_group(entry, facts.library.groups)
    elif not name.startswith("group:") and name not in facts.cast:
        yield from facts.must_take_part(entry, "who decides")
    elif not any(code in reached and facts.plays_for_itself(code) for code in facts.meant(name)):
        yield entry.fault(f"'{name}' is to decide this and does not receive it. Add it to the inject's 'to'.")


def _condition(when: Node, facts: Facts) -> Iterator[Diagnostic]:
    """What an inject waits for: that it names something, and what is there."""
    if not keys_of(when):
        yield start_of(when).fault(f"a condition names something: {_one_field_of(When)}.")
    yield from _state_of_play(when, facts)
    if unless := when.mapping_of("unless"):
        yield from _state_of_play(unless, facts)


def _one_field_of(model: type[BaseModel]) -> str:
    *names, last = map(repr, fields_of(model))
    return f"{', '.join(names)} or {last}"


def _state_of_play(play: Node, facts: Facts) -> Iterator[Diagnostic]:
    """What is to be so: that it can be, and that what it names is there."""
    text, act, answer = (play.mapping_of(field) for field in ("text", "act", "answer"))
    incidents = [*play.entries_of("going"), *play.entries_of("stopped")]
    incidents += [node for inner in (text, act) if inner for node in inner.named_in("incident")]
    for node in incidents:
        yield from unless_known(node, "incidents", facts.incidents)
    if act:
        yield from _act(act, facts)
    if answer:
        yield from _answer(answer, facts)
    for entry in play.entries_of("going"):
        if entry.text is not None and entry.text in [other.text for other in play.entries_of("stopped")]:
            yield entry.fault(f"'{entry.text}' cannot both go on ('going') and be over ('stopped').")
    for one in play.entries_of("any"):
        if one.is_mapping and not keys_of(one):
            yield start_of(one).fault("each of 'any' names something that may be so, such as {stopped: [grid]}.")
        yield from _state_of_play(one, facts)


def _act(act: Node, facts: Facts) -> Iterator[Diagnostic]:
    by, move = act.get("by"), act.get("move")
    if by is not None and move is None:
        yield from facts.must_take_part(by, "who acts")
    yield from known_names(act.named_in("response"), "responses", facts.names)
    if move is None or move.text is None:
        return
    if move.text not in MOVES:
        yield move.fault(f"no move '{move.text}'. {did_you_mean(move.text, MOVES)}")
    for field in ("response", "incident"):
        if act.get(field) is not None:
            yield act.keys[field].fault(f"a 'move' is an adversary's and goes without '{field}'. Keep one.")
    if by is not None and by.text in facts.cast:
        yield from facts.must_be_adversary(by, "who moves")


def _answer(answer: Node, facts: Facts) -> Iterator[Diagnostic]:
    """An answer that a condition asks for: the question is there, and has that option."""
    inject, option = answer.get("inject"), answer.get("option")
    if inject is not None and inject.text is not None and inject.text not in facts.options:
        known = did_you_mean(inject.text, facts.options)
        yield inject.fault(f"no inject '{inject.text}' puts a question. {known}", ("injects", inject.text))
    elif inject is not None and option is not None:
        yield from _known_option(option, facts.options.get(inject.text or "", []))
    for by in answer.named_in("by"):
        yield from facts.must_take_part(by, "who answers")


def _when(inject: Node, facts: Facts, called: str = "", verb: str = "released") -> Iterator[Diagnostic]:
    if not inject.is_mapping:
        return
    called = called or f"inject '{inject.text_of('id')}'"
    has_turn, has_date = inject.is_given("turn"), inject.is_given("date")
    has_time_alone = inject.is_given("time") and facts.calendar is not None and facts.calendar.length <= 1
    if has_turn and has_date:
        yield not_both(inject, "turn", "date", f"{called} has a 'turn' or a 'date', not both.")
    elif not has_turn and not has_date and not has_time_alone:
        held = ": the one in which control will probably want it" if inject.text_of("kind") == "contingency" else ""
        yield start_of(inject).fault(f"{called} needs a 'turn' (such as 2) or a 'date'{held}.")
    yield from facts.turn_must_exist(inject, verb)
    yield from _moment_exists(inject, facts, is_end=verb == "ends")


def _moment_exists(inject: Node, facts: Facts, is_end: bool) -> Iterator[Diagnostic]:
    """A day or a clock that lies within the exercise, and within the turn where that is given too; what ends may end
    with its turn."""
    turn, date, time = _moment_given(inject)
    if time is not None and isinstance(date, datetime.datetime):
        yield not_both(inject, "date", "time", "the clock stands in the 'date' or under 'time', not in both.")
        return
    calendar = facts.calendar
    is_elsewhere = turn is not None and (date is not None or not 1 <= turn <= (facts.turns or 0))
    if calendar is None or is_elsewhere:
        return
    moment = moment_of(calendar, turn, date, time)
    if moment is None:
        return
    day, place = calendar.day_of(moment), inject["date" if date is not None else "time"]
    earliest = 0 if isinstance(moment, datetime.datetime) else -1  # of a day without a clock some is in the exercise
    if day < 0 and day <= earliest or day >= calendar.length:
        first, last = map(in_numbers, calendar.whole_span)
        yield place.fault(
            f"{in_numbers(moment)} is outside the exercise, which runs from {first} to {last}"
            f"{elsewhere(facts.root.keys['start'], place)}."
        )
        return
    other = calendar.turn_past(moment) if is_end else calendar.turn_at(day)
    if turn is not None and other != turn:
        first, last = map(in_numbers, calendar.span(turn))
        yield place.fault(f"{in_numbers(moment)} is in turn {other}: turn {turn} runs from {first} to {last}.")


def _recipients(inject: Node, facts: Facts) -> Iterator[Diagnostic]:
    for entry in inject.entries_of("to"):
        name = entry.text
        if name is None or name in ("control", "all"):
            continue
        if name.startswith("group:") and name.removeprefix("group:") not in facts.library.groups:
            yield from unless_known_group(entry, facts.library.groups)
        elif not name.startswith("group:") and name not in facts.known:
            groups = [f"group:{group}" for group in facts.library.groups]
            choices = dict.fromkeys([*facts.cast, "control", "all", *groups, *facts.known])
            words = {**facts.codes_by_name, **TO_EVERYBODY_OR_CONTROL}
            yield entry.fault(f"nobody goes by '{name}'. {which_code(name, choices, words)}", ("states", name))
        elif not any(code in facts.cast for code in facts.meant(name)) and facts.cast:
            yield entry.fault(
                f"nobody of '{name}' takes part, so nobody would receive this. Add to 'participants', or leave it out.",
                ("takes no part", name),
            )


def _effect(effect: Node, facts: Facts, falls_on_chooser: bool = False) -> Iterator[Diagnostic]:
    on, incident, actor, adversary = (effect.text_of(field) for field in ("on", "incident", "actor", "adversary"))
    most, by = EFFECT_LIMITS.get(on or "", WHOLE), number_of(effect.get("by"))
    if on is not None and by is not None and abs(by) > most:
        yield effect["by"].fault(
            f"an effect on '{on}' moves it by {-most} to {most}, got '{effect['by'].text}'."
            + (" Write a share as a number: 0.2 for 20 %." if most == WHOLE else "")
        )
    if on in NEEDS_ACT and incident is None:
        yield start_of(effect).fault(
            f"an effect on '{on}' needs the 'incident' it is about. {did_you_mean('', facts.incidents)}"
        )
    if on in NEEDS_ACTOR and actor is None and not falls_on_chooser:
        yield start_of(effect).fault(f"an effect on '{on}' needs the 'actor' it falls on.")
    if on == "exposure" and adversary is None:
        yield start_of(effect).fault("an effect on 'exposure' needs the 'adversary' it is toward.")
    if incident is not None:
        yield from unless_known(effect["incident"], "incidents", facts.incidents)
    if actor is not None:
        yield from facts.must_take_part(effect["actor"], "the actor of an effect")
    if adversary is not None:
        yield from facts.must_be_adversary(effect["adversary"], "the adversary of an effect")


def check_questions(facts: Facts) -> Iterator[Diagnostic]:
    """What is to be discussed: when, and by whom."""
    for entry in facts.root.entries_of("questions"):
        if entry.is_mapping:
            yield from facts.turn_must_exist(entry, "is asked")
            yield from _recipients(entry, facts)
