"""Programs in a seat: they see and do what anybody there sees and does, and what they answer is an input like any."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from sim.live.clients import Refusal, Seat, language_model, play
from sim.live.clients.policy import chooses
from sim.policies import policy_named
from sim.session import Session
from tests.builders_room import ADDRESS, Hall


@pytest.fixture
def hall(tmp_path):
    return Hall(tmp_path)


def ask_of(hall):
    """What a client asks a room by, without a network."""

    def ask(address, given):
        answer = hall.browser.post(address, json=given) if given is not None else hall.browser.get(address)
        said = answer.json()
        if "why" in said:
            raise Refusal(said["why"], said["code"])
        return said

    return ask


def goes_on(hall):
    """Control, which goes on whenever a client waits."""
    return lambda seconds: None if hall.room.session.is_over else hall.proceed()


def test_a_policy_plays_a_seat_to_the_end_as_it_would_sit_there_itself(hall):
    hall.browser.post(f"{hall.control}/show", data={"shows_model": "on"})
    play(Seat(ADDRESS, hall.room.code, "hawk", "EST", ask_of(hall)), chooses(policy_named("hawk")()), goes_on(hall))
    kept = [one for one in hall.room.history() if one.source == "program"]
    assert hall.room.session.is_over and kept
    assert hall.room.session.record.measures == Session(hall.loaded, 1, policies={"EST": "hawk"}).record.measures


def test_what_the_model_would_do_is_shown_to_programs_only_where_control_lets_seats_see_it(hall):
    seat = Seat(ADDRESS, hall.room.code, "bot", "EST", ask_of(hall))
    hall.proceed()
    (hidden,) = seat.decisions()
    hall.browser.post(f"{hall.control}/show", data={"shows_model": "on"})
    (shown,) = seat.decisions()
    assert "default" not in hidden and shown["default"] == ["solidarity"]
    assert {name: shown[name] for name in hidden} == hidden


def test_who_holds_a_seat_beside_another_gives_its_view_and_no_answer(hall):
    hall.join("Marta", "EST")
    seat = Seat(ADDRESS, hall.room.code, "bot", "EST", ask_of(hall))
    hall.proceed()
    (one,) = seat.decisions()
    assert seat.answer([{"id": one["id"], "choice": "naming"}], "they did it") == [
        "Your view is kept. Whoever speaks for the seat answers for all of you."
    ]
    assert not hall.room.session.pending
    (view,) = hall.log.views()
    assert (view.person, view.rationale, json.loads(view.payload)["choice"]) == ("bot", "they did it", ["naming"])


@pytest.mark.parametrize("code, seat, why", [("0000", "EST", "not the code"), (None, "ZZZ", "no seat 'ZZZ'")])
def test_a_program_that_may_not_come_in_is_told_why(hall, code, seat, why):
    with pytest.raises(Refusal, match=why):
        Seat(ADDRESS, code or hall.room.code, "bot", seat, ask_of(hall))


# ------------------------------------------------------------------------------------------- a language model


@pytest.fixture
def model():
    """A stand-in for a language model on loopback: its address, what it was asked, and what it is to say."""
    asked, to_say = [], []

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            body = json.dumps({"choices": [{"message": {"content": to_say.pop(0)}}]}).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1", asked, to_say
    server.shutdown()
    server.server_close()


def say(one, choice, **more):
    return "Of course. " + json.dumps({"answers": [{"id": one["id"], "choice": choice}], **more})


def test_a_language_model_answers_once_and_the_exercise_replays_without_it(hall, model):
    address, asked, to_say = model
    seat = Seat(ADDRESS, hall.room.code, "llama", "EST", ask_of(hall))
    hall.proceed()
    opened = seat.decisions()
    to_say.append(say(opened[0], ["naming"], rationale="we are sure"))
    language_model.chooses(language_model.asking(address, "llama"))(seat, opened)
    kept = hall.room.history()[-1]
    assert (kept.person, kept.source, kept.rationale) == ("llama", "program", "we are sure")
    assert [answer.choice for answer in hall.room.session.pending.values()] == [("naming",)]
    assert hall.again().session.save() == hall.room.session.save() and len(asked) == 1


@pytest.mark.parametrize("bad", ["I cannot say.", '{"answers": 3}', '{"answers": [{"id": "x", "choice": []}]}', None])
def test_a_bad_answer_of_a_language_model_is_refused_with_advice_asked_once_more_and_then_left(hall, model, bad):
    address, asked, to_say = model
    seat = Seat(ADDRESS, hall.room.code, "llama", "EST", ask_of(hall))
    hall.proceed()
    opened = seat.decisions()
    to_say += [bad or say(opened[0], ["war"])] * 2
    language_model.chooses(language_model.asking(address, "llama"))(seat, opened)
    assert len(asked) == 2 and "Not taken: " in asked[1]["messages"][-1]["content"]
    assert not hall.room.session.pending
    hall.proceed()  # and the exercise's own model has chosen
    assert opened[0]["id"] not in [one.id for one in hall.room.session.open_decisions()]


def test_a_language_model_that_cannot_be_reached_leaves_the_seat_to_the_exercises_own(hall, capsys):
    seat = Seat(ADDRESS, hall.room.code, "llama", "EST", ask_of(hall))
    hall.proceed()
    language_model.chooses(language_model.asking("http://127.0.0.1:1/v1", "llama"))(seat, seat.decisions())
    assert "Left to the exercise's own model" in capsys.readouterr().err and not hall.room.session.pending
