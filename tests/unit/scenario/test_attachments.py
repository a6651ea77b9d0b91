"""Attachments of injects: files beside the scenario or words, checked, named to who reads them, kept with the run."""

import pytest

from sim.errors import InputError
from sim.output.narrative.story import tell
from sim.record import store
from sim.scenario import from_document, load
from sim.session import Session

SCENARIO = """
extends: smallest
title: With papers
injects:
  - id: papers
    title: Papers
    turn: 1
    to: [EST]
    sender: Tallinn
    channel: cable
    text: See attached.
    attachments: [{attachments}]
"""


def written(tmp_path, *attachments):
    """A scenario beside a file `papers/note.txt`, read from its file."""
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "note.txt").write_text("Pay.", encoding="utf-8")
    path = tmp_path / "scenario.yaml"
    path.write_text(SCENARIO.replace("{attachments}", ", ".join(attachments)), encoding="utf-8")
    return load(path)


def test_who_receives_it_is_told_of_it_and_the_run_keeps_it(tmp_path):
    loaded = written(tmp_path, "{title: The note, file: papers/note.txt}", "{title: A list, text: One. Two.}")
    session = Session(loaded, 1)
    read = next(inject for inject in session.view("EST")["injects"] if inject["title"] == "Papers")
    assert [one["title"] for one in read["attachments"]] == ["The note", "A list"]
    told = " ".join(sentence for turn in tell(session.record, loaded) for sentence in turn.sentences)
    assert "Attached: The note (attachments/papers/note.txt)." in told and "Attached: A list: One. Two." in told
    (tmp_path / "run").mkdir()
    (tmp_path / "papers" / "note.txt").unlink()
    store.save(tmp_path / "run", loaded, session.outcomes, session.record)
    assert (tmp_path / "run" / "attachments" / "papers" / "note.txt").read_text(encoding="utf-8") == "Pay."
    again = from_document(loaded.document, loaded.name)
    assert again.digest == loaded.digest


@pytest.mark.parametrize(
    "attachment, advice",
    [
        ("{title: a, file: papers/nott.txt}", "no file 'papers/nott.txt'"),
        ("{title: a, file: papers/nott.txt}", "Did you mean 'note.txt'?"),
        ("{title: a, file: ../scenario.yaml}", "leads out of the scenario's folder"),
        ("{title: a, file: /etc/hosts}", "leads out of the scenario's folder"),
        ("{title: a, file: 'C:\\hosts'}", "leads out of the scenario's folder"),
        ("{title: a, file: papers}", "there is no file 'papers'"),
        ("{title: a}", "needs a 'file' that lies beside the scenario, or a 'text'"),
        ("{title: a, file: papers/note.txt, text: b}", "a 'file' or a 'text', not both"),
    ],
)
def test_an_attachment_that_is_not_there_is_refused_with_its_line(tmp_path, attachment, advice):
    with pytest.raises(InputError) as refused:
        written(tmp_path, attachment)
    assert advice in str(refused.value) and "scenario.yaml:12:" in str(refused.value)
