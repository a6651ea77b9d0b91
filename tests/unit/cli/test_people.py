"""People at one terminal: who is asked what and in which order, what each sees first, how an answer is read."""

import pytest

from sim.cli.people import People, SeatLeft, read_choice
from sim.model.decisions import Decision, Option
from sim.session import Session
from tests.builders import a_scenario, an_incident, an_inject

OPTIONS = (Option("demarche"), Option("expulsions"))


def a_decision(kind="responses", many=True, most=None):
    """A decision with two options, the first of them suggested."""
    counts = {"least": 0, "most": most} if many else {}
    return Decision(kind, 1, "EST", "grid", OPTIONS, ("demarche",), **counts)


def a_crisis(**changes):
    """Estonia is hit in turn 2; something reaches it in each turn, and Japan once."""
    injects = [an_inject(f"news{k}", title=f"News {k}", turn=k, to=["EST"]) for k in (1, 2, 3)]
    secret = an_inject("secret", title="For Japan alone", turn=1, to=["JPN"])
    return a_scenario(**{"incidents": [an_incident(turn=2)], "injects": [*injects, secret], **changes})


class TerminalUI:
    """Answers as it was told, and remembers what it was shown."""

    def __init__(self, *answers, otherwise=None):
        self.answers, self.otherwise, self.shown = list(answers), otherwise, []

    def brief(self, words):
        self.shown.append(f"brief: {words}")

    def hand_over(self, code):
        self.shown.append(f"hand over: {code}")

    def messages(self, injects, heading):
        self.shown += [f"{heading}: {inject['title']}" for inject in injects]

    def situation(self, view, code):
        self.shown.append(f"situation of {code} in turn {view['turn']}")

    def decision(self, decision):
        self.shown.append(f"asked {decision.actor}: {decision.kind}")

    def advice(self, words):
        self.shown.append(f"advice: {words}")

    def ask(self, decision):
        if self.answers:
            return self.answers.pop(0)
        if self.otherwise is None:
            raise EOFError
        return self.otherwise

    def lines(self, beginning):
        """What was shown that begins so."""
        return [line for line in self.shown if line.startswith(beginning)]


class Written:
    """Files that answer as a function says; what is refused is left out."""

    def __init__(self, take):
        self.take, self.refused = take, []

    def check_all_asked(self, open_now, people):
        assert open_now and people

    def refuse(self, decision, why):
        self.refused.append(why)


TOO_LITTLE = {"capital_start": 0.6, "capital_cost": 0.05}  # for any one response of three, and not for all


def at_the_terminal(ui, *seats, briefs=None, loaded=None):
    """People in these seats of the crisis, with what was kept after each answer."""
    kept = []
    session = Session(loaded or a_crisis(), people=seats)
    briefs = {code: (briefs or {}).get(code, "") for code in seats}
    return People(session, ui, briefs, lambda answers: kept.append(list(answers))), kept


# ------------------------------------------------------------------------------------------------- answers


@pytest.mark.parametrize(
    "said, choice",
    [
        ("", ("demarche",)),
        ("2", ("expulsions",)),
        ("2 1", ("demarche", "expulsions")),
        ("1,2", ("demarche", "expulsions")),
        ("1 1", ("demarche",)),
        ("expulsions", ("expulsions",)),
        ("-", ()),
        ("None", ()),
    ],
)
def test_numbers_names_nothing_and_silence_are_answers(said, choice):
    assert read_choice(said, a_decision()) == choice


@pytest.mark.parametrize(
    "said, decision, advice",
    [
        ("3", a_decision(), "There is no option 3: they run from 1 to 2."),
        ("0", a_decision(), "There is no option 0"),
        ("expulsion", a_decision(), "Did you mean 'expulsions'?"),
        ("1 2", a_decision(many=False), "Choose one"),
        ("-", a_decision(many=False), "'-' is none of the options"),
        ("1 2", a_decision(most=1), "At most 1, please."),
    ],
)
def test_an_answer_that_is_none_earns_advice(said, decision, advice):
    with pytest.raises(ValueError) as refused:
        read_choice(said, decision)
    assert advice in str(refused.value)


def test_a_person_is_asked_until_the_answer_is_one():
    ui = TerminalUI("9", "perhaps", "1 2", "2")
    people, kept = at_the_terminal(ui, "EST")
    with pytest.raises(SeatLeft):
        people.play()
    assert len(ui.lines("advice")) == 3 and len(kept) == 1
    assert [answer.choice for answer in people.session.inputs] == [("concern",)]


def test_what_costs_more_than_there_is_earns_advice_and_another_try():
    loaded = a_crisis(incidents=[an_incident()], behaviour=TOO_LITTLE)
    ui = TerminalUI(otherwise="")
    people, _ = at_the_terminal(ui, "EST", loaded=loaded)
    while people.session.step != "sheet":
        people.session.submit(people.session.open_decisions()[0], people.session.open_decisions()[0].default)
    ui.answers = ["-", "1 2 3"]
    people.play()
    assert any("there is" in line and "Choose less" in line for line in ui.lines("advice"))


@pytest.mark.parametrize("said", [(), ("q",), ("quit",), ("EXIT",)])
def test_a_person_can_leave(said):
    people, kept = at_the_terminal(TerminalUI(*said), "EST")
    with pytest.raises(SeatLeft, match="EST left the seat in turn 2"):
        people.play()
    assert kept == []


# ------------------------------------------------------------------------------------------------- one seat


def test_the_situation_is_shown_once_a_turn_and_when_asked_for():
    ui = TerminalUI("", "?", otherwise="")
    at_the_terminal(ui, "EST")[0].play()
    assert ui.lines("situation") == [f"situation of EST in turn {turn}" for turn in (2, 2, 3)]


def test_the_brief_is_shown_once_and_first():
    ui = TerminalUI(otherwise="")
    at_the_terminal(ui, "EST", briefs={"EST": "Name them."})[0].play()
    assert ui.shown[0] == "brief: Name them." and len(ui.lines("brief")) == 1


def test_what_came_in_turns_without_a_decision_is_shown_at_the_next_look():
    ui = TerminalUI(otherwise="")
    at_the_terminal(ui, "EST")[0].play()
    assert ui.lines("What reached you since you last looked") == [
        f"What reached you since you last looked: News {k}" for k in (1, 2, 3)
    ]
    first, *_, last = [k for k, line in enumerate(ui.shown) if "News" in line]
    assert [line for line in ui.shown[:first] if line.startswith("asked")] == [], "before the first decision"
    assert ui.shown.index("What reached you since you last looked: News 2") < first + 2 < last


def test_all_messages_can_be_read_again():
    ui = TerminalUI("m", otherwise="")
    at_the_terminal(ui, "EST")[0].play()
    assert ui.lines("All that has reached you") == [f"All that has reached you: News {k}" for k in (1, 2)]


# ------------------------------------------------------------------------------------------------- two seats


def test_between_two_seats_the_screen_is_handed_over():
    ui = TerminalUI(otherwise="")
    people, _ = at_the_terminal(ui, "EST", "JPN")
    people.play()
    at = None
    for line in ui.shown:
        if line.startswith("hand over"):
            at = line[-3:]
        elif line.startswith(("situation of", "asked")):
            assert line.removeprefix("situation of ").removeprefix("asked ")[:3] == at
    assert {line[-3:] for line in ui.lines("hand over")} == {"EST", "JPN"}


def test_one_seat_is_asked_all_that_is_open_to_it_before_the_next():
    ui = TerminalUI(otherwise="")
    people, _ = at_the_terminal(ui, "JPN", "EST")
    people.play()
    asked = [line.split(":")[0] for line in ui.shown if line.startswith(("asked", "hand over"))]
    changes = sum(1 for one, other in zip(asked, asked[1:], strict=False) if one[-3:] != other[-3:])
    assert changes <= 2 * 5 * 2, "twice at each stop at most"
    assert ui.lines("hand over")[0] == "hand over: JPN", "in the order in which they were named"


def test_nobody_reads_the_messages_of_another():
    ui = TerminalUI(otherwise="")
    at_the_terminal(ui, "EST", "JPN")[0].play()
    at = None
    for line in ui.shown:
        at = line[-3:] if line.startswith("hand over") else at
        if "News" in line or "For Japan" in line:
            assert at == ("JPN" if "For Japan" in line else "EST")


def test_one_alone_hands_nothing_over():
    ui = TerminalUI(otherwise="")
    at_the_terminal(ui, "EST")[0].play()
    assert ui.lines("hand over") == []


# ------------------------------------------------------------------------------------------------- back


def test_an_answer_can_be_taken_back_and_given_otherwise():
    ui = TerminalUI("measures", "back", "concern", otherwise="q")
    people, kept = at_the_terminal(ui, "EST")
    with pytest.raises(SeatLeft):
        people.play()
    assert [answer.choice for answer in people.session.inputs] == [("concern",)]
    assert [len(inputs) for inputs in kept] == [1, 0, 1]


def test_an_answer_can_be_taken_back_after_it_has_closed_a_stop():
    ui = TerminalUI(otherwise="q")
    people, _ = at_the_terminal(ui, "EST")
    here = len(people.session.open_decisions())
    ui.answers = ["measures", *[""] * (here - 1), "back", "b", "-"]
    with pytest.raises(SeatLeft):
        people.play()
    kinds = [line.split(": ")[1] for line in ui.lines("asked")]
    assert kinds == ["position", "call", kinds[2], "call", "position"], "back over the stop, and back once more"
    assert people.session.step == "consult" and people.session.inputs == []


def test_what_was_seen_before_an_answer_was_taken_back_is_no_news():
    ui = TerminalUI("", "", "", "b", "b", "b", otherwise="")
    at_the_terminal(ui, "EST")[0].play()
    assert len(ui.lines("What reached you since you last looked: News 1")) == 1


def test_where_there_is_nothing_to_take_back_it_says_so():
    ui = TerminalUI("back", otherwise="q")
    people, _ = at_the_terminal(ui, "EST")
    with pytest.raises(SeatLeft):
        people.play()
    assert ui.lines("advice") == ["advice: There is no answer of yours to take back."]


def test_nobody_takes_back_the_answer_of_another():
    ui = TerminalUI(otherwise="q")
    people, _ = at_the_terminal(ui, "EST", "JPN")
    ui.answers = ["", "", "back", "q"]
    with pytest.raises(SeatLeft):
        people.play()
    assert {answer.actor for answer in people.session.inputs} == {"EST"} and len(people.session.inputs) == 2
    assert ui.lines("advice") == ["advice: There is no answer of yours to take back."]


# ------------------------------------------------------------------------------------------------- kept


def test_every_answer_is_kept_before_the_next_decision():
    ui = TerminalUI(otherwise="")
    people, kept = at_the_terminal(ui, "EST")
    people.play()
    assert [len(answers) for answers in kept] == list(range(1, len(people.session.inputs) + 1))
    assert people.session.is_over


def test_what_was_written_down_is_not_asked():
    ui = TerminalUI(otherwise="")
    people, _ = at_the_terminal(ui, "EST")
    people.play(Written(lambda decision: ("measures",) if decision.kind == "position" else None))
    assert "asked EST: position" not in ui.shown and "asked EST: share" in ui.shown
    assert {a.choice for a in people.session.inputs if a.kind == "position"} == {("measures",)}


def test_what_was_written_down_can_be_taken_back_too():
    ui = TerminalUI("back", "concern", otherwise="")
    people, _ = at_the_terminal(ui, "EST")
    people.play(Written(lambda decision: ("measures",) if decision.kind == "position" else None))
    assert [a.choice for a in people.session.inputs if a.kind == "position"] == [("concern",), ("measures",)]


def test_what_is_written_down_and_cannot_be_paid_for_is_asked():
    loaded = a_crisis(incidents=[an_incident()], behaviour=TOO_LITTLE)
    everything = Written(lambda asked: [one.id for one in asked.options] if asked.kind == "responses" else None)
    ui, files = TerminalUI(otherwise=""), everything
    people, _ = at_the_terminal(ui, "EST", loaded=loaded)
    people.play(files)
    assert files.refused and "asked EST: responses" in ui.shown and people.session.is_over
