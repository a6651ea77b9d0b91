"""The room in a real browser: control at a desk, two phones and the shared screen, all at once."""

import re
import shutil
import threading
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from sim.live.server import Server
from tests.builders_room import Hall

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PHONE, DESK, WALL = (390, 844), (1440, 900), (1920, 1080)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium, as in Debian's package chromium")


@pytest.fixture
def served(tmp_path):
    """A room on loopback, and its address."""
    hall = Hall(tmp_path)
    server = Server(hall.browser.app, port=0)
    listening = server.config.bind_socket()
    listening.listen()  # whoever comes before the server is ready waits
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield hall, f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def browse(chromium):
    """Opens pages, each in a browser that knows nothing of the others."""

    def page(address, size, **more):
        context = chromium.new_context(viewport=dict(zip(("width", "height"), size, strict=True)), **more)
        opened = context.new_page()
        opened.goto(address)
        return opened

    yield page
    for context in chromium.contexts:
        context.close()


def joins(page, name, code, seat):
    """Somebody joins on a phone and takes a seat."""
    page.get_by_label("Your name").fill(name)
    page.get_by_label("The code on the shared screen").fill(code)
    page.get_by_role("button", name="Come in").click()
    page.get_by_role("button", name=seat).click()


def test_four_browsers_play_three_turns_and_each_sees_what_is_new_without_asking(served, browse):
    hall, address = served
    control, screen = browse(address + hall.control, DESK), browse(address + hall.screen, WALL)
    estonia, japan = browse(address, PHONE), browse(address, PHONE)
    joins(estonia, "Marta", hall.room.code, "Estonia")
    joins(japan, "Kenji", hall.room.code, "Japan")
    screen.get_by_text("Kenji").wait_for()
    control.get_by_role("button", name="Begin turn 1").click()
    estonia.get_by_text("What is the strongest text you want").wait_for()
    estonia.get_by_label("Name who did it", exact=True).check()
    estonia.get_by_role("button", name="Send").click()
    estonia.get_by_text("Sent. Until control goes on you may change it.").wait_for()
    control.get_by_text("1 of 2 decisions are in").wait_for()
    for turn in (1, 2, 3):
        go_on = control.get_by_role("button", name=re.compile("Go on|Begin turn"))
        while not control.get_by_role("heading", name=f"Turn {turn} of 4 is over").is_visible():
            go_on.click()
            control.wait_for_load_state()
        if turn < 3:
            go_on.click()
    estonia.get_by_text("Sent. Until control goes on").wait_for(state="detached")  # it is another step by now
    screen.get_by_role("heading", name="Turn 3 of 4 is over").wait_for()
    japan.get_by_role("heading", name="Turn 3 of 4 is over").wait_for()


def test_what_is_being_written_survives_an_inject_a_drop_and_a_new_page(served, browse):
    hall, address = served
    phone = browse(address, PHONE)
    joins(phone, "Marta", hall.room.code, "Estonia")
    hall.proceed()
    why = phone.get_by_label("Why?")
    why.wait_for()
    phone.context.set_offline(True)
    phone.get_by_text("The room cannot be reached just now").wait_for()
    why.fill("Our own people saw it")
    phone.get_by_role("button", name="Send").click()
    hall.browser.post(
        f"{hall.control}/write", data={"title": "News from Riga", "text": "They see it too.", "to": "EST"}
    )
    phone.context.set_offline(False)
    phone.get_by_text("They see it too.").wait_for()
    phone.get_by_text("The room cannot be reached just now").wait_for(state="hidden")
    assert why.input_value() == "Our own people saw it" and not hall.room.session.pending
    with phone.expect_response(lambda answer: "twice" in (answer.request.post_data or "")):
        why.press_sequentially(", twice")
    phone.reload()
    assert phone.get_by_label("Why?").input_value() == "Our own people saw it, twice"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_stands_in_the_way_of_anybody(served, browse, scheme):
    hall, address = served
    link = hall.join("Marta", "EST")
    hall.play({"EST": link}, turns=1)
    hall.proceed()
    choices = f"{hall.control}/ahead?about={quote(hall.room.session.open_decisions()[0].id)}"
    new, edit = f"{hall.control}/inject", f"{hall.control}/inject/{hall.room.session.world.plan[-1].inject.id}"
    pages = {"/": PHONE, link: PHONE, hall.control: DESK, hall.screen: WALL, choices: DESK, new: DESK, edit: PHONE}
    for at, size in pages.items():
        page = browse(address + at, size, color_scheme=scheme, bypass_csp=True)
        found = Axe().run(page).response["violations"]
        assert not found, [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{at} scrolls sideways"


def test_the_keyboard_alone_is_enough_to_answer(served, browse):
    hall, address = served
    link = hall.join("Marta", "EST")
    hall.proceed()
    page = browse(address + link, PHONE)
    page.get_by_label("Say nothing").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("button", name="Send").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Sent. Until control goes on").wait_for()
    assert [answer.choice for answer in hall.room.session.pending.values()] == [("concern",)]


def test_control_puts_a_question_without_a_script_mending_what_was_wrong_and_it_reaches_a_phone(served, browse):
    hall, address = served
    phone = browse(address + hall.join("Marta", "EST"), PHONE)
    desk = browse(address + hall.control, DESK, java_script_enabled=False)
    desk.get_by_role("link", name="Write an inject, or put a question").click()
    desk.get_by_label("Title").fill("A note")
    desk.get_by_label("Text").fill("They ask for two million.")
    desk.get_by_label("What is asked").fill("Do you pay?")
    first, second = (desk.get_by_role("group", name=f"Option {number}") for number in (1, 2))
    first.get_by_label("What whoever chooses it does").fill("Pays the ransom")
    desk.get_by_role("button", name="Put it").click()
    assert desk.get_by_text("give two options or more").is_visible()
    second.get_by_label("What whoever chooses it does").fill("Refuses")
    desk.get_by_role("button", name="Put it").click()
    while "question" not in {asked.kind for asked in hall.room.session.open_decisions("EST")}:
        hall.proceed()
    phone.get_by_text("Do you pay?").wait_for()
    phone.get_by_label("Refuses").check()
    phone.get_by_role("button", name="Send").click()
    phone.get_by_text("Sent. Until control goes on").wait_for()


def test_everything_works_without_a_script(served, browse):
    hall, address = served
    page = browse(address, PHONE, java_script_enabled=False)
    joins(page, "Marta", hall.room.code, "Estonia")
    hall.proceed()
    page.reload()
    page.get_by_label("Voice concern, naming nobody").check()
    page.get_by_role("button", name="Send").click()
    assert page.get_by_text("Sent. Until control goes on").is_visible()
