"""Secrets are kept by the server: whatever changes that a seat may not know, no byte that it can fetch changes."""

import asyncio
import dataclasses
import itertools
from pathlib import Path
from types import SimpleNamespace

import pytest

from sim.live.results import NOTED, decisions_of
from sim.live.server import Bell, stream_of
from sim.model.inputs import recipients_of
from sim.papers.bundle import bundle
from sim.papers.played import Played
from sim.scenario import load, shipped
from tests.builders_room import Hall, words_of

QUICK = ("smallest", "cyber_incident", "one_day")


def _with_other_secrets(loaded, seat, last):
    """The scenario with everything changed that the seat may not know and from which nothing follows that it may.

    Another culprit acts otherwise from the second turn on: there it is not changed.
    """
    scenario = loaded.scenario
    injects = [_other_inject(inject, seat, loaded) for inject in scenario.injects]
    actors = {
        code: own if code == seat else own.model_copy(update={"brief": own.brief and "Other."})
        for code, own in scenario.actors.items()
    }
    incidents = [_other_incident(incident, last == 1) for incident in scenario.incidents]
    objectives = [one.model_copy(update={"text": "Other."}) for one in scenario.objectives]
    update = {"injects": injects, "actors": actors, "incidents": incidents, "objectives": objectives}
    return dataclasses.replace(loaded, scenario=scenario.model_copy(update=update))


def _other_inject(inject, seat, loaded):
    hidden = {"expects": "other", "control_notes": "other", "storyline": None}
    if seat not in recipients_of(inject, loaded, (seat,)):
        hidden |= {"title": "Other", "text": "Other.", "sender": "Other"}
    return inject.model_copy(update=hidden)


def _other_incident(incident, has_other_culprit):
    """Another culprit, where the evidence of the first turn points as it did: to somebody else, or nowhere yet."""
    suspect = incident.suspect or incident.by
    update = {"note": "other", "cause": "other"}
    if has_other_culprit and (suspect != incident.by or incident.turn > 1):
        update |= {"by": "nobody", "suspect": suspect}
    return incident.model_copy(update=update)


def _pointing_elsewhere(loaded):
    """The scenario with the traces of all that begins in the first turn pointing at somebody who did not do it.

    The traces are the same then, whoever else did: what gives a culprit away to a seat is the traces alone.
    """
    suspects = [incident.suspect or incident.by for incident in loaded.scenario.incidents]
    incidents = [
        incident.model_copy(
            update={"by": next((one for one in suspects if one != suspect), "criminals"), "suspect": suspect}
        )
        if incident.turn == 1
        else incident
        for incident, suspect in zip(loaded.scenario.incidents, suspects, strict=True)
    ]
    return dataclasses.replace(loaded, scenario=loaded.scenario.model_copy(update={"incidents": incidents}))


@pytest.fixture
def same_chance(monkeypatch):
    """Two rooms with the same links, codes and times: what differs between them is what was changed."""

    def again():
        numbers = itertools.count()
        monkeypatch.setattr("sim.live.log.secrets.token_urlsafe", lambda length: f"{next(numbers):022}")
        monkeypatch.setattr("sim.live.room.secrets.choice", lambda letters: letters[0])
        monkeypatch.setattr("sim.live.log.now", lambda: "2026-01-19T09:30:00")

    return again


def taken_away(room, seat):
    """The bundle of a seat, as it would be if the exercise were kept now."""
    log = [
        {name: "" if said is None else str(said) for name, said in row.items()} | {"chosen": row["choice"]}
        for row in decisions_of(room)
    ]
    notes = [
        dict(zip(NOTED, (str(one.turn), one.at, one.sender, one.receiver, one.person, one.text), strict=True))
        for one in room.log.notes()
    ]
    facts, turns = {"started": "2026-01-19T09:30:00"}, (room.session.twin(),)
    return bundle(
        Played(Path("room"), room.loaded, room.session.record, facts, turns, tuple(log), {}, tuple(notes)), seat
    )


def bytes_of(hall, link, seat, others):
    """All that somebody in a seat can fetch, whether it is given or refused."""
    token = link.removeprefix("/p/")
    asked = [
        link, "/", f"{link}/debrief/report.html", f"{link}/debrief/charts/story.svg",
        f"{link}/bundle/{seat}", f"{link}/attached/nosuch", f"/control/{token}", f"/screen/{token}", f"/all/{token}",
        f"/api/{token}", f"{link}/past", hall.screen,
    ]  # fmt: skip
    asked += [f"{link}/bundle/{other}" for other in others] + [f"/control/{token}/seat/{other}" for other in others]
    asked += [f"/control/{token}/{page}" for page in ("people", "inject", f"seat/{seat}/past")]
    asked += [f"/api/{token}/{code}/{what}" for code in (seat, *others) for what in ("view", "decisions")]
    asked += [f"{link}/attached/{name}" for name in hall.loaded.attached]
    given = {address: hall.browser.get(address) for address in asked}
    seen = {address: (answer.status_code, answer.content) for address, answer in given.items()}
    for deed, form in (("send", {"d:nosuch": "x"}), ("note", {"to": "ZZZ", "text": "x"}), ("nosuch", {})):
        seen[deed] = hall.browser.post(f"{link}/{deed}", data={"seat": seat, **form}).content
    nonsense = {"answers": [{"id": f"1/{other}/position/x", "choice": "naming"} for other in others]}
    seen["answers"] = hall.browser.post(f"/api/{token}/{seat}/answers", json=nonsense).content
    seen["bundle"] = taken_away(hall.room, seat) if hall.room.session.turn else b""
    return seen


def seen_from(seat, loaded, folder, words, last):
    """What can be fetched from a seat at each stop of an exercise in which others write and answer as they like."""
    folder.mkdir()
    hall, seen = Hall(folder, loaded), []
    others = [code for code in hall.room.seats if code != seat][:1]
    with hall.browser:  # one loop for all requests
        link, aside = hall.join("Marta", seat), hall.join("Kenji", others[0])
        while not seen or (not hall.room.session.is_over and hall.room.session.turn < last):
            hall.proceed()
            hall.browser.post(f"{aside}/draft", data={"seat": others[0], "rationale": words})
            hall.browser.post(f"{aside}/note", data={"seat": others[0], "to": "control", "text": words})
            hall.browser.post(f"{hall.control}/note", data={"to": others[0], "text": words})
            hall.browser.post(f"{hall.control}/rate", data={"objective": "one", "rating": "S", "text": words})
            hall.browser.post(f"{hall.control}/write", data={"title": "Aside", "text": words, "to": others[0]})
            hall.browser.post(f"{link}/send", data=hall.form(seat))
            seen.append(bytes_of(hall, link, seat, others))
    assert words not in str(seen), "what another wrote has reached the seat"
    return seen


def check_secrets(scenario, tmp_path, same_chance, last):
    loaded = load(scenario) if last > 1 else _pointing_elsewhere(load(scenario))
    seat = next(code for code, own in loaded.scenario.actors.items() if own.brief)
    both, other = [], _with_other_secrets(loaded, seat, last)
    culprits = [{one.id: one.by for one in world.scenario.incidents if one.turn == 1} for world in (loaded, other)]
    assert last > 1 or all(culprits[0][name] != culprits[1][name] for name in culprits[0])
    for words, played in (("aaaaa bbbbb", loaded), ("ccccc ddddd", other)):
        same_chance()
        both.append(seen_from(seat, played, tmp_path / words[0], words, last))
    for one, same in zip(*both, strict=True):
        assert {address for address in one if one[address] != same[address]} == set()


@pytest.mark.parametrize(
    "scenario", [pytest.param(name, marks=[] if name in QUICK else pytest.mark.long) for name in shipped()]
)
def test_what_a_seat_may_not_know_changes_no_byte_that_it_can_fetch(scenario, tmp_path, same_chance):
    check_secrets(scenario, tmp_path, same_chance, last=1)


@pytest.mark.long
@pytest.mark.parametrize("scenario", ["smallest", "cyber_incident"])
def test_it_changes_none_in_the_turns_that_follow_either(scenario, tmp_path, same_chance):
    check_secrets(scenario, tmp_path, same_chance, last=4)


def test_a_stream_says_only_that_there_is_something_new():
    async def first():
        return await anext(stream_of(SimpleNamespace(scope={}), lambda: 7, Bell()))

    assert asyncio.run(first()).data == 7


def test_a_seats_page_says_nothing_of_who_did_it_what_others_believe_or_what_the_model_would_do(tmp_path):
    hall = Hall(tmp_path)
    link = hall.join("Kenji", "JPN")
    hall.play({"JPN": link}, turns=2)
    words = words_of(hall.page(link))
    assert "it was Russia" not in words and "the model would" not in words
    assert "Estonia (" not in words  # as control's story tells of confidence


def test_the_shared_screen_shows_what_reached_everybody_and_nothing_that_reached_some(tmp_path):
    hall = Hall(tmp_path)
    link = hall.join("Marta", "EST")
    hall.proceed()
    for to, text in (("EST", "For Tallinn alone."), ("all", "For all eyes.")):
        hall.browser.post(f"{hall.control}/write", data={"title": text, "text": text, "to": to})
    screen, seat = hall.page(hall.screen), hall.page(link)
    assert "For all eyes." in screen and "For Tallinn alone." not in screen
    assert "For all eyes." in seat and "For Tallinn alone." in seat
