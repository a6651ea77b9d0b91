"""Questions for discussion: plain text for the end, or with a turn and whom they are for."""

import pytest

from sim.errors import InputError
from sim.output.narrative.hot_wash import questions_of
from sim.scenario import from_document
from tests.builders import a_scenario

LATER = {"text": "Whom do you call first?", "turn": 2, "to": ["EST", "control"]}


def test_each_is_asked_when_it_says_and_of_whom():
    loaded = a_scenario(questions=["What did you miss?", LATER])
    assert questions_of(loaded) == (
        "What did you miss?",
        "Turn 2, for Estonia and control: Whom do you call first?",
    )
    assert questions_of(loaded, turn=2) == ("For Estonia and control: Whom do you call first?",)
    assert questions_of(loaded, turn=1) == ()


def test_plain_text_stays_plain_text():
    loaded = a_scenario(questions=["What did you miss?", LATER])
    assert loaded.document["questions"] == ["What did you miss?", LATER]
    again = from_document(loaded.document, "small", library=loaded.base)
    assert again.digest == loaded.digest


@pytest.mark.parametrize(
    "question, advice",
    [
        (" ", "blank"),
        ({**LATER, "turn": 4}, "is asked in turn 4, but the exercise has 3 turns"),
        ({**LATER, "to": ["ESX"]}, "nobody goes by 'ESX'. Did you mean 'EST'?"),
        ({"turn": 2}, "missing field 'text'"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_with_advice(question, advice):
    with pytest.raises(InputError) as refused:
        a_scenario(questions=[question])
    assert advice in str(refused.value)
