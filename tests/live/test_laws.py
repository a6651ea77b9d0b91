"""What a room promises: nothing accepted is lost, secrets stay, time is no clock's, and nobody acts for another."""

import csv
import datetime
import io
import zipfile

import pytest
from fastapi.testclient import TestClient

from sim.letters import hidden
from sim.live.guard import Brake
from sim.live.log import Log
from sim.live.results import write_session
from sim.live.server import news_for, server_of
from sim.record import store
from tests.builders_room import ADDRESS, Hall, words_of


@pytest.fixture
def hall(tmp_path):
    return Hall(tmp_path)


# ------------------------------------------------------------------------------------------- nothing accepted is lost


def test_a_server_started_anew_after_every_single_message_is_where_it_was(hall):
    links = {"EST": hall.join("Marta", "EST"), "JPN": hall.join("Kenji", "JPN")}
    moments = 0
    while not hall.room.session.is_over:
        for seat, link in links.items():
            if hall.room.session.open_decisions(seat):
                hall.browser.post(f"{link}/send", data=hall.form(seat))
                assert hall.again().session.save() == hall.room.session.save()
                moments += 1
        hall.proceed()
        again = hall.again()
        assert again.session.save() == hall.room.session.save()
        assert again.session.record.to_json() == hall.room.session.record.to_json()
        assert [person.seats for person in again.log.people()] == [("EST",), ("JPN",)]
    assert moments > 4


def test_what_could_not_be_written_was_not_taken(hall, monkeypatch):
    link = hall.join("Marta", "EST")
    hall.proceed()
    before = hall.room.session.save()

    def full(*_, **__):
        raise OSError("the disk is full")

    monkeypatch.setattr(Log, "add", full)
    with pytest.raises(OSError, match="the disk is full"):
        hall.browser.post(f"{link}/send", data=hall.form("EST"))
    assert hall.room.session.save() == before


def test_a_draft_is_kept_while_it_is_written_and_is_there_after_a_drop_and_after_an_inject(hall):
    link = hall.join("Marta", "EST")
    hall.proceed()
    (decision,) = hall.room.session.open_decisions("EST")
    hall.browser.post(
        f"{link}/draft", data={"seat": "EST", f"d:{decision.id}": "naming", "rationale": "half a thought"}
    )
    hall.browser.post(f"{hall.control}/write", data={"title": "News", "text": "Something new.", "to": "EST"})
    page = hall.page(link)
    assert "Something new." in page and "half a thought" in page and 'value="naming" checked' in page
    assert hall.again().log.draft("EST", hall.log.people()[0].id)["rationale"] == ["half a thought"]


# ------------------------------------------------------------------------------------------- nobody acts for another


def test_a_link_opens_its_own_page_and_no_other(hall):
    est, jpn = hall.join("Marta", "EST"), hall.join("Kenji", "JPN")
    hall.proceed()
    token = est.removeprefix("/p/")
    for address in (f"/control/{token}", f"/screen/{token}", f"/control/{token}/seat/JPN", f"/api/{token}/JPN/view"):
        assert hall.browser.get(address).status_code in (403, 404)
    for deed in ("send", "draft", "note", "leave"):
        assert hall.browser.post(f"{est}/{deed}", data={"seat": "JPN", "text": "x"}).status_code == 404
    assert hall.browser.post(f"/control/{token}/proceed").status_code == 404
    assert hall.browser.get(hall.control.replace("/control/", "/p/")).status_code == 404
    assert jpn != est


def test_a_seats_link_opens_nothing_that_is_not_its_own(hall):
    token = hall.join("Marta", "EST").removeprefix("/p/")
    hall.join("Kenji", "JPN")
    hall.proceed()
    fill = {"seat": "JPN", "deed": "proceed", "name:path": "report.html", "name": "nosuch", "key": "1"}
    routes = [
        (method, route.path.replace("{token}", token), route.path)
        for route in hall.browser.app.routes
        for method in sorted(getattr(route, "methods", None) or ())
        if "{token}" in route.path and method != "HEAD"
    ]
    before, opened = hall.room.session.save(), set()
    for method, address, path in routes:
        for name, value in fill.items():
            address = address.replace(f"{{{name}}}", value)
        if "events" not in path:
            answer = hall.browser.request(method, address, data={"seat": "JPN"} if method == "POST" else None)
            opened |= {path} if answer.status_code == 200 else set()
    assert len(routes) > 12 and opened == {"/p/{token}", "/p/{token}/past", "/api/{token}"}
    assert hall.room.session.save() == before
    assert [person.seats for person in hall.log.people()] == [("EST",), ("JPN",)]


def test_a_revoked_link_is_good_no_more(hall):
    link = hall.join("Marta", "EST")
    hall.browser.post(f"{hall.control}/revoke", data={"person": hall.log.people()[0].id})
    assert hall.browser.get(link).status_code == 404
    assert hall.browser.post(f"{link}/send", data={"seat": "EST"}).status_code == 404


def test_tokens_are_not_kept_as_they_are(hall):
    link = hall.join("Marta", "EST")
    kept = hall.path.read_bytes() + (hall.path.parent / "room.session-wal").read_bytes()
    assert link.removeprefix("/p/").encode() not in kept


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "http://elsewhere.example"}])
def test_what_is_posted_from_another_site_is_refused(hall, headers):
    link = hall.join("Marta", "EST")
    assert hall.browser.post(f"{link}/leave", data={"seat": "EST"}, headers=headers).status_code == 403
    assert hall.log.people()[0].seats == ("EST",)


def test_a_wrong_code_is_told_and_lets_nobody_in(hall):
    answer = hall.browser.post("/join", data={"name": "Eve", "code": "0000"})
    assert answer.status_code == 400 and "not the code of this exercise" in answer.text
    assert not hall.log.people()


def test_a_workshop_behind_one_address_comes_in_at_once_and_guessing_the_code_is_slowed_down(tmp_path):
    now = [0.0]
    hall = Hall(tmp_path, brake=Brake(lambda: now[0]))

    def tries(code):
        page = hall.browser.post("/join", data={"name": "Eve", "code": code})
        return page.status_code, page.text

    def program_tries(code):
        return hall.browser.post("/api/join", json={"name": "Eve", "code": code}).status_code

    assert len(hall.room.code) == 5, "so many codes that guessing at this pace takes weeks"
    assert {tries(code)[0] for _ in range(30) for code in ("0000", hall.room.code)} == {400, 200}
    while program_tries("0000") == 400:
        pass
    assert len(hall.log.people()) == 30 and program_tries(hall.room.code) == 429
    assert tries(hall.room.code)[0] == 429 and "Please wait 60 seconds" in tries("0000")[1]
    now[0] += 60
    assert (tries(hall.room.code)[0], program_tries(hall.room.code)) == (200, 201)


def test_going_on_twice_at_once_goes_on_once_and_a_pause_asked_for_twice_is_one(hall):
    hall.join("Marta", "EST")
    seen = str(hall.room.stage)
    hall.browser.post(f"{hall.control}/proceed", data={"stage": seen})
    before = hall.room.session.save()
    again = hall.browser.post(f"{hall.control}/proceed", data={"stage": seen})
    assert "has gone on meanwhile" in again.text and hall.room.session.save() == before
    for _ in range(2):
        hall.browser.post(f"{hall.control}/pause", data={"stands": "False"})
    assert hall.room.clock()["stands"]


def test_what_is_sent_twice_in_a_row_is_kept_once(hall):
    link = hall.join("Marta", "EST")
    hall.proceed()
    for deed, form in (
        ("note", {"to": "control", "text": "We ask for help."}),
        ("move", {"text": "We close the border"}),
    ):
        for _ in range(2):
            hall.browser.post(f"{link}/{deed}", data={"seat": "EST", **form})
    assert (len(hall.log.notes()), len(hall.log.moves())) == (1, 1)


def test_a_stream_tells_a_seat_of_its_own_news_and_of_everybodys_and_ends_with_its_link(hall):
    est, jpn = hall.join("Marta", "EST"), hall.join("Kenji", "JPN")
    hall.proceed()
    est_news, jpn_news = (
        news_for(hall.room, person, link.removeprefix("/p/"))
        for person, link in zip(hall.log.people(), (est, jpn), strict=True)
    )
    before = est_news(), jpn_news(), hall.room.number
    hall.browser.post(f"{est}/send", data=hall.form("EST"))
    hall.browser.post(f"{est}/note", data={"seat": "EST", "to": "control", "text": "We ask for help."})
    assert est_news() > before[0] and jpn_news() == before[1] and hall.room.number > before[2]
    hall.browser.post(f"{hall.control}/note", data={"to": "JPN", "text": "For Tokyo."})
    assert jpn_news() > before[1]
    hall.browser.post(f"{hall.control}/revoke", data={"person": hall.log.people()[0].id})
    assert est_news() is None and jpn_news() is not None
    assert hall.browser.get(est.replace("/p/", "/events/")).status_code == 404


def test_an_old_link_of_control_is_good_after_the_server_was_started_anew(hall):
    hall.proceed()
    anew = TestClient(server_of(hall.again(), ADDRESS, hall.log.admit("control", "control"), "none"))
    assert "Turn 1 of 4 is over" in anew.get(hall.control).text
    anew.post(f"{hall.control}/proceed")
    assert "Turn 2 of 4 is over" in anew.get(hall.control).text


# ------------------------------------------------------------------------------------------- late, stale, nasty


def test_a_late_answer_is_refused_with_advice_and_changes_nothing(hall):
    link = hall.join("Marta", "EST")
    hall.proceed()
    late = hall.form("EST")
    while not hall.room.session.is_between_turns:
        hall.proceed()
    before = hall.room.session.save()
    assert "This is not open any more" in hall.browser.post(f"{link}/send", data=late).text
    assert hall.room.session.save() == before


def test_an_answer_sent_twice_counts_once_and_one_for_anothers_decision_not_at_all(hall):
    est, jpn = hall.join("Marta", "EST"), hall.join("Kenji", "JPN")
    hall.proceed()
    twice, foreign = hall.form("EST"), {**hall.form("JPN"), "seat": "EST"}
    for _ in range(2):
        hall.browser.post(f"{est}/send", data=twice)
    assert "not open" in hall.browser.post(f"{est}/send", data=foreign).text
    assert [answer.actor for answer in hall.room.session.pending.values()] == ["EST"]
    hall.browser.post(f"{jpn}/send", data=hall.form("JPN"))
    hall.proceed()
    asked = [decision.id for decision, _ in hall.room.session.decided]
    assert len(asked) == len(set(asked)) and not hall.room.session.void


def test_an_answer_to_options_that_have_changed_is_void_and_says_so(hall):
    link = hall.join("Marta", "EST")
    hall.proceed()
    (decision,) = hall.room.session.open_decisions("EST")
    stale = {"seat": "EST", f"d:{decision.id}": "naming", f"g:{decision.id}": "00000000"}
    assert "its options have changed" in hall.browser.post(f"{link}/send", data=stale).text
    assert not hall.room.session.pending


@pytest.mark.parametrize("choice", ["nonsense", "<b>", "naming\x00"])
def test_what_is_not_legal_is_refused_with_what_is(hall, choice):
    link = hall.join("Marta", "EST")
    hall.proceed()
    (decision,) = hall.room.session.open_decisions("EST")
    said = hall.browser.post(f"{link}/send", data={"seat": "EST", f"d:{decision.id}": choice}).text
    assert "Allowed: silence, concern" in said and "<b>" not in said


def test_markup_formulas_and_letters_that_hide_do_no_harm_wherever_words_are_written(hall, tmp_path):
    nasty = "=<script>alert(1)</script>{{7*7}}\x00\x1b[2J\u202e\u2066\u2028gnp"
    link = hall.join(nasty, "EST")
    hall.proceed()
    hall.browser.post(f"{link}/draft", data=hall.form("EST", rationale=nasty))
    hall.browser.post(f"{link}/note", data={"seat": "EST", "to": "control", "text": nasty})
    hall.browser.post(f"{hall.control}/pause", data={"reason": nasty})
    hall.browser.post(f"{hall.control}/set", data={"what": "tension", "to": "0.5", "reason": nasty})
    pages = [hall.page(address) for address in (link, hall.control, hall.screen, f"{hall.control}/seat/EST")]
    hall.browser.post(f"{link}/send", data=hall.form("EST", rationale=nasty))
    hall.play({"EST": link})
    session, facts = hall.room.session, store.manifest(hall.loaded, 1, 1, [], datetime.datetime(2026, 1, 1))
    store.save(tmp_path, hall.loaded, session.outcomes, session.record, facts)
    write_session(tmp_path, hall.room)
    tables = [(tmp_path / f"{name}.csv").read_text(encoding="utf-8") for name in ("decisions", "notes")]
    for page in (*pages, hall.page(hall.control), hall.page(link), *tables):
        assert not list(hidden(page)) and "49" not in words_of(page).split()
    assert not any("<script>alert" in page for page in pages)
    assert not any(cell.startswith("=") for table in tables for row in csv.reader(io.StringIO(table)) for cell in row)
    with zipfile.ZipFile(tmp_path / "bundles" / "EST.zip") as bundle:
        assert "<script>alert" not in bundle.read("your_exercise.html").decode()


def test_every_page_keeps_scripts_and_frames_of_others_out(hall):
    for link in ("/", hall.join("Marta", "EST"), hall.control, hall.screen):
        policy = hall.browser.get(link).headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert "://" not in hall.page(link).replace("http://testserver", "").replace("http://www.w3.org", "")


# ------------------------------------------------------------------------------------------- time is no clock's


def test_a_pause_is_seen_by_all_expires_nothing_and_leaves_the_time_that_was_left(hall, monkeypatch):
    link, now = hall.join("Marta", "EST"), [1000.0]
    monkeypatch.setattr("sim.live.room.time.time", lambda: now[0])
    hall.proceed()
    before = hall.room.session.save()
    hall.browser.post(f"{hall.control}/clock", data={"minutes": "10"})
    now[0] += 60
    hall.browser.post(f"{hall.control}/pause", data={"reason": "coffee"})
    now[0] += 7200
    assert all("coffee" in hall.page(page) for page in (link, hall.control, hall.screen))
    assert hall.browser.post(f"{link}/send", data=hall.form("EST")).status_code == 200
    hall.browser.post(f"{hall.control}/pause")
    assert hall.room.clock() == {"left": 540, "stands": False, "why": ""}
    assert hall.room.session.save()[: len(before)] == before


def test_however_often_it_is_paused_nothing_comes_late_expires_or_comes_twice(hall, tmp_path, monkeypatch):
    now, aside = [1000.0], tmp_path / "aside"
    monkeypatch.setattr("sim.live.room.time.time", lambda: now[0])
    aside.mkdir()
    paused, plain = hall, Hall(aside)
    links = [one.join("Marta", "EST") for one in (paused, plain)]
    for one, link in zip((paused, plain), links, strict=True):
        while not one.room.session.is_over:
            if one is paused:
                one.browser.post(f"{one.control}/clock", data={"minutes": "1"})
                for _ in range(3):
                    one.browser.post(f"{one.control}/pause")
                    now[0] += 86_400
            if one.room.session.open_decisions("EST"):
                one.browser.post(f"{link}/send", data=one.form("EST"))
            one.proceed()
    assert paused.room.session.save() == plain.room.session.save()
    assert paused.room.session.record.to_json() == plain.room.session.record.to_json()


def test_a_pause_outlasts_a_new_server_and_a_new_clock_and_lets_control_and_seats_work(hall, monkeypatch):
    link, now = hall.join("Marta", "EST"), [1000.0]
    monkeypatch.setattr("sim.live.room.time.time", lambda: now[0])
    hall.browser.post(f"{hall.control}/clock", data={"minutes": "10"})
    hall.browser.post(f"{hall.control}/pause", data={"reason": "coffee"})
    now[0] += 7200
    assert hall.again().clock() == {"left": 600, "stands": True, "why": "coffee"}
    hall.browser.post(f"{hall.control}/clock", data={"minutes": "5"})
    now[0] += 7200
    assert hall.room.clock() == {"left": 300, "stands": True, "why": "coffee"}
    later = next(planned.inject.id for planned in hall.room.session.world.plan if planned.turn == 2)
    hall.browser.post(f"{hall.control}/edit", data={"inject": later, "title": "Written in the pause", "text": "So."})
    hall.browser.post(f"{hall.control}/release", data={"inject": later})
    hall.proceed()
    hall.browser.post(f"{link}/draft", data={"seat": "EST", "rationale": "in the pause"})
    assert "Written in the pause" in hall.page(link) and "in the pause" in hall.page(link)
    hall.browser.post(f"{link}/send", data=hall.form("EST"))
    assert hall.room.session.pending and hall.room.clock()["stands"]


def test_a_clock_that_has_run_out_changes_nothing(hall, monkeypatch):
    hall.join("Marta", "EST")
    hall.proceed()
    before, now = hall.room.session.save(), [1000.0]
    monkeypatch.setattr("sim.live.room.time.time", lambda: now[0])
    hall.browser.post(f"{hall.control}/clock", data={"minutes": "1"})
    now[0] += 3600
    assert "0 min 00 s left" in hall.page(hall.control)
    assert hall.room.session.save() == before


# ------------------------------------------------------------------------------------------- what makes no sense


@pytest.mark.parametrize(
    "deed, fields, said",
    [
        ("clock", {"minutes": "soon"}, "is no number (minutes)"),
        ("clock", {"minutes": "1e308"}, "the clock runs for 0 to"),
        ("clock", {"minutes": "nan"}, "the clock runs for 0 to"),
        ("set", {"what": "tension", "to": "high"}, "is no number (to)"),
        ("set", {"what": "tension", "to": "nan"}, "tension"),
        ("back", {"number": "\u00b2"}, "is no number (number)"),
        ("back", {"number": "999"}, "no input 999"),
        ("release", {"inject": "nosuch"}, "nosuch"),
        ("hand", {"seat": "ZZZ", "to_whom": "model"}, "ZZZ"),
        ("note", {"to": "EST", "text": " "}, "the note is empty"),
        ("results", {}, "not over yet"),
    ],
)
def test_what_control_cannot_do_is_told_on_its_desk_and_changes_nothing(hall, deed, fields, said):
    hall.join("Marta", "EST")
    hall.proceed()
    before, clock = hall.room.session.save(), hall.room.clock()
    answer = hall.browser.post(f"{hall.control}/{deed}", data=fields)
    assert answer.status_code == 200 and said in answer.text.replace("&#39;", "'")
    assert hall.room.session.save() == before and hall.room.clock() == clock


@pytest.mark.parametrize("length", ["many", "-1", "9999999"])
def test_a_message_that_does_not_say_how_long_it_is_or_is_too_long_is_refused(hall, length):
    link = hall.join("Marta", "EST")
    answer = hall.browser.post(f"{link}/leave", content=b"seat=EST", headers={"content-length": length})
    assert answer.status_code == 413
    assert hall.log.people()[0].seats == ("EST",)


@pytest.mark.parametrize(
    "body", [b"[" * 50_000, b"{}", b'{"answers": [{"id": []}]}', b"\xff", b'{"answers": "\\ud800"}']
)
def test_a_program_that_sends_nonsense_is_told_what_is_expected(hall, body):
    link = hall.join("bot", "EST").removeprefix("/p/")
    hall.proceed()
    answer = hall.browser.post(f"/api/{link}/EST/answers", content=body)
    assert answer.status_code == 400 and answer.json()["code"] == "answer/unreadable"


def test_what_came_too_late_is_kept_as_a_draft_without_any_script(hall):
    link = hall.join("Marta", "EST")
    hall.proceed()
    late = hall.form("EST", rationale="we were still talking")
    hall.proceed()
    assert "kept in your draft" in hall.browser.post(f"{link}/send", data=late).text
    assert hall.log.draft("EST", hall.log.people()[0].id)["rationale"] == ["we were still talking"]
