"""A morning in the room: people join, sit, answer, control goes on, and in the end there is something to talk about."""

import dataclasses
import json
import re
from urllib.parse import quote

import pytest

from sim.scenario import load
from sim.session import Session
from tests.builders_room import Hall, words_of


@pytest.fixture
def hall(tmp_path):
    return Hall(tmp_path)


def test_an_exercise_is_played_from_the_waiting_room_to_the_debrief(tmp_path):
    folder = tmp_path / "kept"
    folder.mkdir()
    (folder / "report.html").write_text("the report")
    hall = Hall(tmp_path, finish=lambda session, room: folder)
    links = {"EST": hall.join("Marta", "EST"), "JPN": hall.join("Kenji", "JPN")}
    assert "has not begun" in hall.page(links["EST"])
    hall.proceed()
    assert "What is the strongest text you want" in hall.page(links["EST"])
    hall.play(links)
    assert hall.room.session.is_over
    assert hall.browser.get(f"{links['EST']}/debrief/report.html").status_code == 404
    hall.browser.post(f"{hall.control}/results")
    hall.browser.post(f"{hall.control}/show", data={"debrief": "on", "chart": "story.svg"})
    assert hall.browser.get(f"{links['EST']}/debrief/report.html").text == "the report"
    assert "it was Russia" in words_of(hall.page(links["EST"]))
    assert "it was Russia" in words_of(hall.page(hall.screen))


def test_answers_as_the_model_would_give_the_exercise_with_nobody_in_a_seat(hall):
    hall.play({"EST": hall.join("Marta", "EST"), "USA": hall.join("Ann", "USA")})
    alone = Session("smallest", seed=1)
    assert hall.room.session.record.measures == alone.record.measures


def test_whoever_does_not_answer_is_played_by_the_model_when_control_goes_on(hall):
    link = hall.join("Marta", "EST")
    hall.proceed()
    assert "Go on without the other 1" in words_of(hall.page(hall.control))
    while not hall.room.session.is_between_turns:
        hall.proceed()
    assert hall.room.session.turn == 1 and not hall.room.answered("EST")
    assert "Nothing is asked of you now" in hall.page(link)


def test_an_answer_may_be_changed_until_control_goes_on(hall):
    link = hall.join("Marta", "EST")
    hall.proceed()
    (decision,) = hall.room.session.open_decisions("EST")
    for choice in ("naming", "concern"):
        hall.browser.post(f"{link}/send", data={"seat": "EST", f"d:{decision.id}": choice})
    assert hall.room.session.pending[decision.address].choice == ("concern",)
    hall.proceed()
    assert [json.loads(kept.payload)["choice"] for kept in hall.room.history() if "choice" in kept.payload] == [
        ["naming"],
        ["concern"],
    ]


def test_an_answer_keeps_its_envelope_who_gave_it_why_and_what_the_model_would_have_done(hall):
    link = hall.join("Marta", "EST")
    hall.proceed()
    (decision,) = hall.room.session.open_decisions("EST")
    hall.browser.post(
        f"{link}/send", data={"seat": "EST", f"d:{decision.id}": "naming", "rationale": "we are sure", "sure": "80"}
    )
    kept = hall.room.history()[-1]
    assert (kept.person, kept.source, kept.rationale, kept.sure) == ("Marta", "person", "we are sure", 80)
    assert kept.suggested == ",".join(decision.default)


def test_several_hold_a_seat_and_the_first_speaks_for_it_seeing_what_the_others_would(hall):
    first, second = hall.join("Marta", "EST"), hall.join("Juhan", "EST")
    hall.proceed()
    (decision,) = hall.room.session.open_decisions("EST")
    said = hall.browser.post(f"{second}/send", data={"seat": "EST", f"d:{decision.id}": "naming"}).text
    assert "Your view is kept" in said and not hall.room.session.pending
    assert "Juhan would" in words_of(hall.page(first)) and "Name who did it" in words_of(hall.page(first))


def test_one_person_holds_two_seats_on_one_page(hall):
    link = hall.join("Marta", "EST")
    hall.browser.post(f"{link}/sit", data={"seat": "LTU"})
    page = hall.page(link)
    assert 'id="seat-EST"' in page and 'id="seat-LTU"' in page


def test_control_holds_back_edits_writes_and_releases_injects(hall):
    link = hall.join("Marta", "EST")
    later = next(planned.inject for planned in hall.room.session.world.plan if planned.turn == 2)
    hall.browser.post(f"{hall.control}/hold", data={"inject": later.id, "reason": "not yet"})
    hall.browser.post(
        f"{hall.control}/write",
        data={"title": "A call from Riga", "text": "They see it too.", "to": "EST", "turn": "1"},
    )
    hall.play({"EST": link}, turns=2)
    assert later.title not in hall.page(link) and "They see it too." in hall.page(f"{link}/past")
    hall.browser.post(f"{hall.control}/edit", data={"inject": later.id, "title": "At last", "text": "Now."})
    hall.browser.post(f"{hall.control}/release", data={"inject": later.id})
    assert "At last" in hall.page(link)


def test_a_move_in_free_words_is_adjudicated_with_a_reason_that_stands_in_the_record(hall):
    hall.join("Marta", "EST")
    hall.proceed()
    hall.browser.post(f"{hall.control}/set", data={"what": "tension", "to": "0.7", "reason": "a summit failed"})
    assert hall.room.session.world.state.tension[0] == pytest.approx(0.7, abs=1e-5)
    assert "a summit failed" in hall.room.session.record.to_json()


def test_going_back_keeps_what_was_left_and_gives_the_earlier_exercise(hall):
    links = {"EST": hall.join("Marta", "EST")}
    hall.proceed()
    before = hall.room.session.record.to_json()
    number = hall.room.history()[-1].number + 1
    hall.play(links, turns=2)
    hall.browser.post(f"{hall.control}/back", data={"number": number, "reason": "a mistake"})
    assert hall.room.session.record.to_json() == before
    assert {kept.left_because for kept in hall.log.inputs(left=True) if kept.number >= number} == {"a mistake"}


def test_notes_reach_those_they_are_for_and_nobody_else(hall):
    est, jpn, usa = hall.join("Marta", "EST"), hall.join("Kenji", "JPN"), hall.join("Ann", "USA")
    hall.browser.post(f"{est}/note", data={"seat": "EST", "to": "JPN", "text": "shall we speak together?"})
    assert "shall we speak together?" in hall.page(jpn) and "shall we speak together?" in hall.page(hall.control)
    assert "shall we speak together?" not in hall.page(usa)


def test_control_sees_what_could_still_come_of_several_choices_and_shows_it_on_the_screen(hall):
    link = hall.join("Marta", "EST")
    hall.proceed()
    (decision,) = hall.room.session.open_decisions("EST")
    before = hall.room.session.save()
    page = hall.page(f"{hall.control}/ahead?about={quote(decision.id)}&choice=silence&choice=measures")
    words = words_of(page)
    assert "1,000 continuations" in words and "Harm to victims" in words
    assert "Say nothing" in words and "Name who did it, and announce measures" in words
    (key,) = set(re.findall(r"picture/([0-9a-f]{16})", page))
    assert "<svg" in hall.page(f"{hall.control}/picture/{key}")
    assert "picture/" not in hall.page(hall.screen)
    hall.browser.post(f"{hall.control}/picture", data={"key": key})
    assert f"{hall.screen}/picture/{key}" in hall.page(hall.screen)
    assert "<svg" in hall.page(f"{hall.screen}/picture/{key}") and key not in hall.page(link)
    hall.browser.post(f"{hall.control}/picture")
    assert "picture/" not in hall.page(hall.screen)
    assert hall.room.session.save() == before


def test_control_looks_from_a_moment_that_is_past_at_what_was_asked_then(hall):
    link = hall.join("Marta", "EST")
    hall.proceed()
    (decision,) = hall.room.session.open_decisions("EST")
    hall.browser.post(f"{link}/send", data=hall.form("EST"))
    number = hall.room.history()[-1].number
    hall.play({"EST": link}, turns=2)
    assert f'value="{decision.id}"' not in hall.page(f"{hall.control}/ahead")
    then = hall.page(f"{hall.control}/ahead?before={number}&about={quote(decision.id)}")
    assert f'value="{decision.id}" selected' in then and "Name who did it, and announce measures" in then


@pytest.mark.parametrize("asked", ["before=99", "about=nosuch&choice=x", "about=1/EST/position/registers&choice=x"])
def test_a_what_if_that_makes_no_sense_gives_advice(hall, asked):
    hall.join("Marta", "EST")
    hall.proceed()
    assert 'class="advice"' in hall.page(f"{hall.control}/ahead?{asked}")


def test_control_looks_as_a_seat_and_answers_for_it_by_its_own_name(hall):
    hall.join("Marta", "EST")
    hall.proceed()
    page = hall.page(f"{hall.control}/seat/EST")
    assert page.count("<fieldset>") == 1 and "<button>Send</button>" in page
    hall.browser.post(f"{hall.control}/as/send", data=hall.form("EST"))
    assert hall.room.history()[-1].source == "control"


def test_a_program_sits_like_anybody(hall):
    link = hall.join("bot", "EST").removeprefix("/p/")
    hall.proceed()
    opened = hall.browser.get(f"/api/{link}/EST/decisions").json()["decisions"]
    answers = [
        {
            "id": one["id"],
            "digest": one["digest"],
            "choice": [option["id"] for option in one["options"]][: one["least"]],
        }
        for one in opened
    ]
    assert hall.browser.post(f"/api/{link}/EST/answers", json={"answers": answers}).json()["advice"] == []
    assert hall.room.history()[-1].source == "program"
    assert hall.browser.get(f"/api/{link}/EST/view").json()["actor"] == "EST"


def _team(tmp_path, sealed):
    loaded = load("smallest")
    own = loaded.scenario.actors["EST"].model_copy(update={"sealed": sealed})
    scenario = loaded.scenario.model_copy(update={"actors": {**loaded.scenario.actors, "EST": own}})
    hall = Hall(tmp_path, dataclasses.replace(loaded, scenario=scenario))
    return hall, hall.join("Marta", "EST"), hall.join("Juhan", "EST")


@pytest.mark.parametrize("sealed", [False, True])
def test_a_view_is_seen_by_whoever_speaks_as_the_scenario_says_and_by_all_in_the_seat_once_it_has_answered(
    tmp_path, sealed
):
    hall, first, second = _team(tmp_path, sealed)
    third, other = hall.join("Kadri", "EST"), hall.join("Kenji", "JPN")
    hall.proceed()
    (decision,) = hall.room.session.open_decisions("EST")
    before = hall.room.session.save()
    view = {"seat": "EST", f"d:{decision.id}": "naming", "sure": "80", "rationale": "we saw it"}
    hall.browser.post(f"{second}/view", data=view)
    assert hall.room.session.save() == before
    juhan = "Juhan, 80 % sure (“we saw it”) would:"
    assert (juhan in words_of(hall.page(first))) is not sealed
    assert juhan in words_of(hall.page(f"{hall.control}/seat/EST"))
    assert juhan not in words_of(hall.page(third))
    assert "Given by Juhan. Not yet by Kadri." in words_of(hall.page(first))
    hall.browser.post(f"{first}/send", data={"seat": "EST", f"d:{decision.id}": "concern"})
    for page in (first, third):
        assert juhan in words_of(hall.page(page))
    late = {"seat": "EST", f"d:{decision.id}": "silence"}
    assert ("stand as they were given" in hall.browser.post(f"{third}/view", data=late).text) is sealed
    hall.proceed()
    assert "Juhan, 80 % sure (“we saw it”): name who did it" in words_of(hall.page(f"{third}/past"))
    assert "we saw it" not in hall.page(other) and "we saw it" not in hall.page(hall.screen)
    assert [kept.source for kept in hall.room.history() if kept.source == "view"] == []
    assert hall.again().views() == hall.room.views()
    desk = words_of(hall.page(hall.control))
    assert f"voice concern, naming nobody : Estonia ({'1 of 1' if sealed else '2 of 2'} otherwise)" in desk


def test_a_move_in_a_seats_own_words_is_answered_by_control_told_to_the_seat_and_in_the_record(hall):
    link, other = hall.join("Marta", "EST"), hall.join("Kenji", "JPN")
    hall.proceed()
    for words in ("We close the border", "We call the Pope"):
        hall.browser.post(f"{link}/move", data={"seat": "EST", "text": words})
    assert "Control has it before it" in words_of(hall.page(link))
    assert "We close the border" in hall.page(hall.control)
    ruled = {"number": "1", "what": "tension", "to": "0.7", "reason": "Moscow answers in kind"}
    hall.browser.post(f"{hall.control}/adjudicate", data=ruled)
    hall.browser.post(f"{hall.control}/adjudicate", data={"number": "2", "reason": "He is on the telephone"})
    said = words_of(hall.page(link))
    assert "It has an effect: Moscow answers in kind" in said and "It changes nothing: He is on" in said
    assert "close the border" not in hall.page(other)
    assert hall.room.session.world.state.tension[0] == pytest.approx(0.7, abs=1e-5)
    again = Session.restore(hall.room.session.save(), hall.loaded)
    for told in ("We close the border", "He is on the telephone"):
        assert told in again.record.to_json()
    assert "adjudicates a move of Estonia, 'We close the border'" in words_of(hall.page(hall.control)).replace(
        "&#39;", "'"
    )
    hall.browser.post(f"{hall.control}/back", data={"number": hall.room.history()[-1].number, "reason": "too quick"})
    assert words_of(hall.page(link)).count("Control has it before it") == 1


@pytest.mark.parametrize(
    "fields, said",
    [
        ({"number": "9", "reason": "x"}, "no move 9"),
        ({"number": "1", "reason": " "}, "say why"),
        ({"number": "1", "what": "warmth", "to": "1", "reason": "x"}, "no quantity 'warmth'"),
        ({"number": "1", "what": "evidence", "to": "1", "reason": "x"}, "incident"),
        ({"number": "1", "to": "1", "reason": "x"}, "which quantity"),
    ],
)
def test_a_ruling_that_makes_no_sense_is_told_and_the_move_still_waits(hall, fields, said):
    link = hall.join("Marta", "EST")
    hall.proceed()
    hall.browser.post(f"{link}/move", data={"seat": "EST", "text": "We close the border"})
    assert said in hall.browser.post(f"{hall.control}/adjudicate", data=fields).text.replace("&#39;", "'")
    assert hall.room.moves()[0][1] is None


A_QUESTION = {
    "title": "A note", "text": "They ask for two million.", "to": ["EST", "JPN"], "question": "Do you pay?",
    "decides": "EST", "turns": "2", "otherwise": "1", "name-0": "Pays the ransom", "weight-0": "0.3", "on-0": "tension",
    "by-0": "0.2", "incident-0": "", "actor-0": "", "adversary-0": "", "name-1": "Refuses", "weight-1": "1",
}  # fmt: skip


def test_control_puts_a_question_which_reaches_whoever_decides_and_is_changed_while_it_is_to_come(hall):
    est, jpn = hall.join("Marta", "EST"), hall.join("Kenji", "JPN")
    assert "name-2" in hall.page(f"{hall.control}/inject")
    hall.browser.post(f"{hall.control}/write", data=A_QUESTION | {"turn": "2"})
    written = hall.room.session.world.plan[-1].inject
    again = hall.page(f"{hall.control}/inject/{written.id}")
    assert 'value="Pays the ransom"' in again and 'value="0.2"' in again and "No answer in the end counts as" in again
    fields = {"inject": written.id, "id-0": "option_1", "id-1": "option_2", "name-1": "Calls the police"}
    hall.browser.post(f"{hall.control}/edit", data=A_QUESTION | fields)
    hall.play({"EST": est, "JPN": jpn}, turns=1)
    hall.proceed()
    while "Do you pay?" not in hall.page(est):
        hall.proceed()
    assert "Pays the ransom" in hall.page(est) and "Calls the police" in hall.page(est)
    assert "Do you pay?" not in hall.page(jpn) and "They ask for two million." in hall.page(jpn)
    before = float(hall.room.session.world.state.tension[0])
    (asked,) = [one for one in hall.room.session.open_decisions("EST") if one.kind == "question"]
    hall.browser.post(f"{est}/send", data={"seat": "EST", f"d:{asked.id}": "option_1"})
    hall.proceed()
    assert hall.room.session.world.state.tension[0] > before
    assert [one.payload["option"] for one in hall.room.session.events if one.kind == "question_answered"] == [
        "option_1"
    ]


def test_a_question_put_between_turns_waits_for_the_next_one(hall):
    hall.play({"EST": hall.join("Marta", "EST")}, turns=1)
    hall.browser.post(f"{hall.control}/write", data=A_QUESTION)
    planned = hall.room.session.world.plan[-1]
    assert (planned.turn, planned.status) == (2, "armed")


def test_what_is_wrong_with_an_inject_is_said_all_at_once_and_nothing_that_was_written_is_lost(hall):
    hall.join("Marta", "EST")
    before = hall.room.session.save()
    wrong = A_QUESTION | {
        "title": "", "text": "They <b>ask</b>.", "turn": "9", "weight-0": "much", "by-0": "", "to": ["LTU"],
        "otherwise": "2", "turns": "ever", "on-1": "evidence", "by-1": "1", "incident-1": "", "actor-1": "",
        "adversary-1": "",
    }  # fmt: skip
    answer = hall.browser.post(f"{hall.control}/write", data=wrong)
    words = words_of(answer.text).replace("&#39;", "'")
    for advice in (
        "it needs a title", "turn 9 does not lie ahead", "option 1, how likely: 'much' is no number",
        "option 1, by how much: '' is no number", "the option that counts without an answer is empty",
        "turns in which it may be answered: 'ever' is no number", "evidence: 'incident' is None",
        "nobody who receives it is to answer its question",
    ):  # fmt: skip
        assert advice in words, advice
    assert answer.status_code == 400 and "They &lt;b&gt;ask&lt;/b&gt;." in answer.text
    assert all(f'value="{said}"' in answer.text for said in ("Do you pay?", "Pays the ransom", "much", "ever", "9"))
    assert hall.room.session.save() == before


def test_a_seat_whose_actor_comes_later_or_has_left_says_so_and_shows_what_everybody_sees(tmp_path):
    loaded = load("smallest")
    japan = loaded.scenario.actors["JPN"]
    here = {"JPN": {"from_turn": 2, "until_turn": 2}, "LTU": {"brief": None, "until_turn": 1}}
    actors = dict(loaded.scenario.actors) | {code: japan.model_copy(update=turns) for code, turns in here.items()}
    first = loaded.scenario.injects[0].model_copy(update={"to": ["all"], "text": "All hear this."})
    update = {"actors": actors, "injects": [first, *loaded.scenario.injects[1:]]}
    hall = Hall(tmp_path, dataclasses.replace(loaded, scenario=loaded.scenario.model_copy(update=update)))
    waits = hall.join("Ann")
    assert "Japan in turn 2" in words_of(hall.page(waits)) and "Lithuania up to turn 1" in words_of(hall.page(waits))
    link = hall.join("Kenji", "JPN")
    hall.proceed()
    before = words_of(hall.page(link))
    assert "takes part in turn 2. Until then nothing is asked of you" in before and "All hear this." in before
    assert "Where things stand" not in before and "All hear this." in hall.page(hall.screen)
    hall.play({"JPN": link}, turns=1)
    hall.proceed()
    assert "Where things stand" in hall.page(link) and "Lithuania" not in re.findall(
        r"<button[^>]*>([^<]*)", hall.page(waits)
    )
    refused = hall.browser.post(f"{waits}/sit", data={"seat": "LTU"}).text
    assert "takes part no longer" in refused and not hall.room.holders("LTU")
    hall.play({"JPN": link}, turns=2)
    hall.proceed()
    assert "took part in turn 2, and does no longer" in words_of(hall.page(link))
