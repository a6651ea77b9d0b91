"""A rehearsal says before the day what nobody would reach, and how long the day will be."""

from sim.live.rehearse import rehearse
from sim.scenario import load
from sim.session import Session


def test_a_contingency_is_released_where_control_releases_it_and_not_elsewhere():
    loaded = load("cyber_incident")
    found = rehearse(loaded, ["EST", "USA"], plays=4)
    held = [inject.id for inject in loaded.scenario.injects if inject.kind == "contingency"]
    assert held and all(0 < found.released[inject] < found.plays for inject in held)


def test_an_inject_whose_condition_never_holds_is_told_as_never_released(tmp_path):
    written = tmp_path / "never.yaml"
    written.write_text(
        "extends: smallest\ninjects:\n- id: too_far\n  title: Too far\n  turn: 2\n  sender: A\n  to: [all]\n"
        "  channel: media\n  text: It is war.\n  when: {tension_above: 1.0}\n",
        encoding="utf-8",
    )
    found = rehearse(load(written), ["EST"], plays=2)
    assert found.released["too_far"] == 0


def test_the_longer_people_may_read_and_choose_the_longer_is_the_day():
    few, many = (rehearse(load("smallest"), seats, plays=2) for seats in (["JPN"], ["EST", "JPN", "USA"]))
    assert 0 < few.day() <= many.day()


def test_a_rehearsal_leaves_no_trace_in_the_exercise_itself():
    before = Session("smallest", seed=1).record.to_json()
    rehearse(load("smallest"), ["EST"], plays=2)
    assert Session("smallest", seed=1).record.to_json() == before
