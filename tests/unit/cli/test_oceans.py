"""The command `oceans`, as people at a terminal meet it."""

import csv
import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import sim.engine
from sim.__main__ import app
from sim.output.figures import ChartType
from sim.record import Record, store
from sim.scenario import shipped
from sim.session import Session

ROOT = Path(__file__).parents[3]
SCREEN = 40  # lines
MOST_WORDS = {"smallest": 500, "cyber_incident": 1600}  # one screen; three pages
QUICK = (*MOST_WORDS, "one_day")
SCENARIO = """
title: A small exercise
summary: The grid fails in Estonia.
start: 2025-03-03
turns: {count: 2, days: 30}
participants: [EST, LVA, USA, RUS]
incidents:
  - id: grid
    name: Attack on the grid
    issue: cyber
    by: RUS
    victims: {EST: 0.5}
    difficulty: 0.4
    publicness: 0.6
"""


@pytest.fixture
def scenario(tmp_path):
    """A scenario file that takes no time to play."""
    path = tmp_path / "small.yaml"
    path.write_text(SCENARIO)
    return path


@pytest.fixture
def oceans(tmp_path):
    """Calls `oceans` with results in a folder of the test's own, without charts."""

    def call(*words, stdin=None):
        words = [str(word) for word in words]
        if words[0] == "run":
            words += ["--out", str(tmp_path / "results"), "--no-charts"]
        return CliRunner().invoke(app, words, input=stdin)

    return call


def results(tmp_path):
    """The folders of the runs that were kept."""
    return sorted((tmp_path / "results").iterdir()) if (tmp_path / "results").exists() else []


def started(*words, **options):
    """`oceans` in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, "-m", "sim", *map(str, words)], env=environment, **{**pipes, **options})


# ----------------------------------------------------------------------------------------------------------- one run


def test_one_run_is_told_kept_and_located(oceans, scenario, tmp_path):
    answer = oceans("run", scenario)
    assert answer.exit_code == 0, answer.stderr
    (folder,) = results(tmp_path)
    assert "Turn 1 · 3 March to 1 April 2025" in answer.stdout
    assert "seed 1" in answer.stdout and "Russia was behind" in answer.stdout
    assert answer.stdout.rstrip().endswith(f"{folder}/")
    assert {path.name for path in folder.iterdir()} >= {"manifest.json", "record.json", "events.jsonl", "measures.csv"}


def test_plain_output_has_no_colour_and_no_blanks_at_line_ends(oceans, scenario):
    answer = oceans("run", scenario, "--no-save")
    assert "\x1b" not in answer.stdout
    assert all(line == line.rstrip() and len(line) <= 100 for line in answer.stdout.splitlines())


def test_paragraphs_and_points_of_an_inject_keep_their_lines_in_story_and_seat(oceans, scenario):
    scenario.write_text(
        SCENARIO + "injects:\n  - id: press\n    title: Press release\n    turn: 1\n    sender: Grid operator\n"
        "    to: [EST, LVA]\n    channel: media\n    text: |\n      For release.\n\n      - one\n      - two\n"
    )
    lines = "   For release.\n\n   - one\n   - two\n"
    told = oceans("run", scenario, "--no-save", "--full").stdout
    assert f" · Press release.\n{lines}   (Media: Grid operator, to Estonia and Latvia.)\n" in told
    seats_to_ask = oceans("run", scenario, "--no-save", "--seat", "EST", stdin="q\n").stdout
    assert f" · Press release. (turn 1, from Grid operator, by media)\n{lines}" in seats_to_ask


def test_the_same_seed_tells_the_same_story_and_another_another(oceans, scenario):
    one, same, other = (oceans("run", scenario, "--seed", seed, "--no-save").stdout for seed in (5, 5, 6))
    assert one == same != other


def test_the_manifest_says_how_to_get_the_same_again(oceans, scenario, tmp_path):
    oceans("run", scenario, "--seed", 9)
    (folder,) = results(tmp_path)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["seed"] == 9 and manifest["runs"] == 1 and manifest["is_finished"] is True
    assert manifest["scenario"]["name"] == "small" and len(manifest["scenario"]["digest"]) == 64
    assert manifest["command"][0] == "oceans" and manifest["versions"]["numpy"]


def test_json_is_the_record_and_nothing_else(oceans, scenario):
    answer = oceans("run", scenario, "--json", "--no-save")
    record = Record.from_json(answer.stdout)
    assert record.turns == 2 and record.to_json() + "\n" == answer.stdout and answer.stderr == ""


def test_quiet_prints_the_folder_and_nothing_else(oceans, scenario, tmp_path):
    answer = oceans("run", scenario, "--quiet")
    assert answer.stdout == f"{results(tmp_path)[0]}\n" and answer.stderr == ""


def test_what_is_not_to_be_kept_leaves_nothing(oceans, scenario, tmp_path):
    assert oceans("run", scenario, "--no-save", "--quiet").stdout == ""
    assert results(tmp_path) == []


def test_a_second_run_overwrites_nothing(oceans, scenario, tmp_path):
    for _ in range(3):
        oceans("run", scenario, "--quiet")
    assert len(results(tmp_path)) == 3


def test_all_that_happened_is_told_where_it_is_asked_for(oceans, scenario):
    short, full = (oceans("run", scenario, "--no-save", *more).stdout for more in ((), ("--full",)))
    assert "it was Russia all along" in full and "Cohesion within NATO" in full
    assert "Cohesion within NATO" not in short and len(short.split()) < len(full.split()) / 2


def test_control_sees_what_lies_behind_each_inject_and_nobody_else_does(oceans, scenario):
    scenario.write_text(
        SCENARIO + "    note: Nobody did it.\nobjectives: [{id: ask, text: Ask in time}]\ninjects:\n"
        "  - {id: call, title: A call, turn: 1, sender: Ops, to: [EST], channel: call, text: Well?,\n"
        "     storyline: the_grid, expects: They share it., control_notes: Not before lunch., objectives: [ask]}\n"
        "  - {id: tense, title: A storm, turn: 2, when: {tension_above: 0.99}, sender: Ops, to: [all],\n"
        "     channel: media, text: So tense.}\n"
        "  - {id: desk, title: Coffee, turn: 2, sender: Ops, to: [control], channel: call, text: Break.}\n"
    )
    told = oceans("run", scenario, "--no-save", "--control").stdout
    first, rest = told.split("Turn 2 ")
    for words in (
        "Released; to Estonia; inject, of the grid.",
        "They share it.",
        "Not before lunch.",
        "Serves: ask",
        "Nobody did it.",
    ):
        assert words in first, words
    for words in ("A storm. Not released", "Comes only while tension is above 0.99", "Coffee. Released; to control"):
        assert words in rest, words
    assert "Ask in time. A call, turn 1: released." in told.split("What the exercise was for")[1]
    for more in ((), ("--full",), ("--seat", "EST")):
        seen = oceans("run", scenario, "--no-save", *more, stdin="q\n").stdout
        for words in ("They share it", "Not before lunch", "Nobody did it", "A storm", "Coffee", "Run sheet"):
            assert words not in seen, (more, words)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in QUICK else pytest.mark.long) for name in shipped()]
)
def test_every_shipped_scenario_is_told(oceans, name, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    answer = oceans("run", name, "--no-save")
    assert answer.exit_code == 0, answer.stderr
    assert "How it fared by the principles" in answer.stdout
    lines, words = answer.stdout.count("\n"), len(answer.stdout.split())
    assert words <= MOST_WORDS.get(name, 2600), words
    assert lines <= (SCREEN if name == "smallest" else lines)


def test_another_policy_changes_the_run(oceans, scenario):
    silent = ["--policy", "EST=silent", "--policy", "LVA=silent", "--policy", "USA=silent"]
    record = Record.from_json(oceans("run", scenario, "--json", "--no-save", *silent).stdout)
    assert record.of_kind("response_decided") == []


def test_charts_and_report_are_made_unless_refused(scenario, tmp_path):
    words = ["run", str(scenario), "--out", str(tmp_path / "results")]
    answer = CliRunner().invoke(app, words)
    assert answer.exit_code == 0, answer.stderr
    (folder,) = results(tmp_path)
    assert (folder / "report.html").exists()
    assert {path.suffix for path in (folder / "charts").iterdir()} == {".svg"}
    assert "begin with report.html" in answer.stdout


def test_each_chart_is_drawn_as_png_too_where_that_is_asked_for(scenario, tmp_path):
    words = ["run", str(scenario), "--png", "--quiet", "--out", str(tmp_path / "results")]
    charts = Path(CliRunner().invoke(app, words).stdout.strip()) / "charts"
    svg, png = ({path.stem for path in charts.glob(f"*.{kind}")} for kind in ("svg", "png"))
    assert svg == png != set()


def test_a_chart_that_fails_is_named_and_the_run_is_kept(scenario, tmp_path, monkeypatch):
    def fail(*about):
        raise ZeroDivisionError("no room")

    monkeypatch.setattr("sim.output.figures.charts_of", lambda kind: {"story": ChartType("story", 1, fail)})
    answer = CliRunner().invoke(app, ["run", str(scenario), "--out", str(tmp_path / "results")])
    assert answer.exit_code == 0
    assert answer.stderr == (
        "The chart “story” could not be drawn: ZeroDivisionError: no room. Everything else is kept.\n"
    )
    (folder,) = results(tmp_path)
    assert "The chart “story” could not be drawn" in (folder / "report.html").read_text("utf-8")


# --------------------------------------------------------------------------------------------------------- many runs


def test_many_runs_show_the_spread(oceans, scenario, tmp_path):
    answer = oceans("run", scenario, "--runs", 6)
    assert answer.exit_code == 0, answer.stderr
    assert "6 runs from seed 1" in answer.stdout
    assert "Nine in ten" in answer.stdout and "Harm to victims (severity-months)" in answer.stdout
    (folder,) = results(tmp_path)
    with open(folder / "measures.csv", newline="") as file:
        assert sum(row["arm"] == "played" for row in csv.DictReader(file)) == 6
    assert (folder / "joined.csv").exists() and not (folder / "record.json").exists()


def test_many_runs_as_json_are_one_document(oceans, scenario, tmp_path):
    answer = oceans("run", scenario, "--runs", 6, "--json")
    summary = json.loads(answer.stdout)
    assert summary["runs"] == 6 and summary["levels"] == [0.05, 0.25, 0.5, 0.75, 0.95]
    assert len(summary["measures"]["harm"]) == 5 and answer.stderr == ""
    assert summary["results"] == str(results(tmp_path)[0])


def test_run_number_nothing_of_many_is_the_single_run(oceans, scenario, tmp_path):
    record = Record.from_json(oceans("run", scenario, "--json", "--no-save").stdout)
    oceans("run", scenario, "--runs", 3)
    with open(results(tmp_path)[0] / "measures.csv", newline="") as file:
        first = next(csv.DictReader(file))
    assert float(first["harm"]) == record.measures["harm"]


# ------------------------------------------------------------------------------------------------------------ advice


@pytest.mark.parametrize(
    "words, advice",
    [
        (["run", "cyber_incidnt"], "Did you mean 'cyber_incident'?"),
        (["run", "nowhere/at_all.yaml"], "there is no such file"),
        (["run", "{}", "--seat", "FRA"], "no such actor takes part. Taking part: EST, LVA, USA, RUS."),
        (["run", "{}", "--seat", "Estonia"], "Did you mean 'EST' (Estonia)?"),
        (["run", "{}", "--seat", "US"], "Did you mean 'USA' (United States)?"),
        (["run", "{}", "--seat", "EST", "--runs", "2"], "people play one exercise at a time"),
        (["run", "{}", "--policy", "EST"], "write it as CODE=NAME"),
        (["run", "{}", "--policy", "EST=hauk"], "no policy named 'hauk'. Did you mean 'hawk'?"),
        (["run", "{}", "--policy", "FRA=hawk"], "--policy FRA=hawk: no such actor takes part."),
        (["run", "{}", "--seed", "many"], "'--seed'"),
        (["run", "{}", "--seed", "-1"], "'--seed'"),
        (["run", "{}", "--runs", "0"], "'--runs'"),
        (["run", "{}", "--actions", "nowhere.jsonl"], "nowhere.jsonl: error: there is no such file."),
        (["ran", "{}"], "run"),
        (["check", "nowhere.yaml"], "there is no such file"),
        (["fit", "cases_2007_2024"], "'fit' is called calibrate now."),
        (["backtest", "cases_2007_2024", "--central"], "'--central' is called --point-estimates now."),
        (["sweep", "{}", "--luck", "own"], "'--luck' is called --crn or --no-crn now."),
    ],
)
def test_wrong_input_earns_advice_and_exit_code_2(oceans, scenario, tmp_path, words, advice):
    answer = oceans(*(word.format(scenario) for word in words))
    assert answer.exit_code == 2
    assert advice in answer.stderr and "Traceback" not in answer.stderr and answer.stdout == ""
    assert results(tmp_path) == []


def test_everything_wrong_is_said_at_once(oceans, scenario):
    answer = oceans("run", scenario, "--seat", "FRA", "--seat", "JPN", "--policy", "EST")
    assert answer.stderr.count("error:") == 3


def test_a_body_that_is_played_member_by_member_has_no_seat(oceans):
    answer = oceans("run", "cyber_incident", "--seat", "NATO")
    assert answer.exit_code == 2 and "member by member" in answer.stderr


def test_a_place_where_nothing_can_be_written_earns_advice_before_the_game(scenario, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(sim.engine, "play", lambda *_, **__: pytest.fail("played for nothing"))
    answer = CliRunner().invoke(app, ["run", str(scenario), "--out", str(tmp_path / "file")])
    assert answer.exit_code == 2 and "--out" in answer.stderr


def test_a_full_disk_earns_advice_and_exit_code_1(oceans, scenario, tmp_path, monkeypatch):
    def fill_up(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store, "_write_lines", fill_up)
    answer = oceans("run", scenario)
    assert answer.exit_code == 1 and "disk is full" in answer.stderr and "Traceback" not in answer.stderr
    assert results(tmp_path) == []


# ------------------------------------------------------------------------------------------------------- interrupted


def test_an_interrupted_run_says_what_was_kept(oceans, scenario, tmp_path, monkeypatch):
    play_to = Session.play_to

    def interrupted(session, turn):
        if turn == 2:
            raise KeyboardInterrupt
        play_to(session, turn)

    monkeypatch.setattr(Session, "play_to", interrupted)
    answer = oceans("run", scenario)
    assert answer.exit_code == 130
    assert "Interrupted in turn 2. Nothing was kept" in answer.stderr and results(tmp_path) == []


def test_interrupted_runs_say_how_many_were_done(oceans, scenario, tmp_path, monkeypatch):
    def interrupted(*_, progress, **__):
        progress(1000)
        progress(500)
        raise KeyboardInterrupt

    monkeypatch.setattr(sim.engine, "play", interrupted)
    answer = oceans("run", scenario, "--runs", 5000)
    assert answer.exit_code == 130
    assert "Interrupted after 1,500 of 5,000 runs; nothing was kept." in answer.stderr and results(tmp_path) == []


def test_a_reader_that_leaves_is_no_error(scenario, tmp_path):
    process = started("run", scenario, "--out", tmp_path / "results", "--no-charts")
    process.stdout.readline()
    process.stdout.close()
    assert (process.wait(60), process.stderr.read()) == (0, "")
    assert len(results(tmp_path)) == 1  # the work is finished all the same


# ------------------------------------------------------------------------------------------------- check, new, schema


def test_files_that_are_fine_are_counted(oceans, scenario):
    assert oceans("check", scenario).stdout == "1 file is fine\n"
    assert oceans("check", scenario, "smallest").stdout == "2 files are fine\n"


def test_every_fault_of_every_file_is_told(oceans, scenario, tmp_path):
    other = tmp_path / "other.yaml"
    other.write_text(SCENARIO.replace("issue: cyber", "issue: cybr").replace("title:", "titel:"))
    answer = oceans("check", scenario, other)
    assert answer.exit_code == 2 and answer.stdout == ""
    assert f"{other}:10:12: error:" in answer.stderr and "'titel'" in answer.stderr
    assert "faults in 2 files." in answer.stderr


def test_a_new_scenario_is_fine_and_can_be_played(oceans, tmp_path):
    answer = oceans("new", "my_crisis", "--out", tmp_path)
    assert answer.exit_code == 0, answer.stderr
    path = tmp_path / "my_crisis.yaml"
    assert oceans("check", path).exit_code == 0
    assert oceans("run", path, "--no-save", "--quiet").exit_code == 0


def test_the_schema_is_json(oceans):
    assert json.loads(oceans("schema").stdout)["type"] == "object"


# -------------------------------------------------------------------------------------------------------------- help


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["run", "--help"], []])
def test_help_names_the_commands_or_the_options(words):
    answer = CliRunner().invoke(app, words)
    assert ("--seat" if "run" in words else "schema") in answer.output


def test_help_brings_in_what_it_says_and_nothing_that_plays_draws_or_reads():
    lines = "import sys; sys.argv = ['oceans', '--help']\nfrom sim.__main__ import main\n"
    lines += "try: main()\nexcept SystemExit: pass\n"
    lines += "print(*sorted({name for name in sys.modules if name.count('.') == name.startswith('sim.')}))"
    answer = subprocess.run([sys.executable, "-c", lines], cwd=ROOT, capture_output=True, text=True, check=True)
    brought = set(answer.stdout.splitlines()[-1].split())
    own = {name for name in brought if name.startswith("sim.")}
    assert own == {"sim.__main__", "sim.cli", "sim.errors", "sim.lazy", "sim.letters", "sim.one_thread"}
    assert not brought & {"numpy", "pydantic", "matplotlib", "rich", "mesa", "scipy", "pandas", "yaml"}


@pytest.mark.parametrize(
    "words",
    [
        ("run", "smallest", "--runs", 10**10),
        ("run", "smallest", "--seed", 10**30),
        ("sweep", "smallest", "--reps", 10**10),
        ("sweep", "smallest", "--points", 10**10),
        ("sweep", "smallest", "--workers", 10**6),
        ("sweep", "smallest", "--seed", 2**32),
        ("compare", "smallest", "smallest", "--runs", 10**10),
        ("backtest", "cases_2007_2024", "--seeds", 10**10),
        ("calibrate", "cases_2007_2024", "--workers", 10**6),
    ],
)
def test_a_number_beyond_what_a_machine_can_do_is_refused_by_its_option(oceans, words):
    answer = oceans(*words)
    assert answer.exit_code == 2 and words[-2] in answer.stderr and "Traceback" not in answer.stderr


# ------------------------------------------------------------------------------------------ what is echoed

NASTY = "\x1b[2J\x1b]0;taken\x07\u202e\u200b"


@pytest.mark.parametrize(
    "words",
    [
        ["run", "smallest", "--seat", NASTY],
        ["run", "smallest", "--policy", f"EST={NASTY}"],
        ["run", NASTY],
        ["run", f"{NASTY}.yaml"],
        ["run", "smallest", f"--{NASTY}"],
        ["run", "smallest", "--seed", NASTY],
        ["run", "smallest", "--actions", NASTY],
        ["check", NASTY, f"./{NASTY}.yaml"],
        ["sweep", "smallest", "--set", f"linkage={NASTY}"],
        ["sweep", "smallest", "--set", f"{NASTY}=1"],
        ["sweep", "smallest", "--vary", f"linkage=0:1:{NASTY}"],
        ["sweep", "smallest", "--levers", NASTY],
        ["sweep", "smallest", "--shard", NASTY],
        ["sweep", "smallest", "--design", NASTY],
        ["compare", f"smallest:{NASTY}=1", "smallest"],
        ["analyse", NASTY],
        ["backtest", NASTY],
        ["calibrate", "cases_2007_2024", "--coefficients", NASTY],
        ["new", NASTY],
        ["merge", NASTY, "--out", NASTY],
        [NASTY],
        [f"--{NASTY}"],
    ],
    ids=lambda words: " ".join(words).replace(NASTY, "NASTY"),
)
def test_no_letter_that_a_screen_obeys_is_echoed(words):
    answer = CliRunner().invoke(app, words)
    assert answer.exit_code in (1, 2)
    assert not [letter for letter in answer.output if not (letter.isprintable() or letter == "\n")]


def test_a_start_far_from_the_years_of_the_figures_is_noted(scenario, oceans):
    scenario.write_text(SCENARIO.replace("2025-03-03", "1949-03-03"))
    for command in (["check", scenario], ["run", scenario]):
        answer = oceans(*command)
        assert answer.exit_code == 0
        assert "the exercise begins in 1949, and the library's figures are of 20" in answer.stderr


def test_a_start_in_our_years_is_not(scenario, oceans):
    assert oceans("check", scenario).stderr == ""


def test_an_exercise_of_one_turn_and_one_day_is_singular(scenario, oceans):
    scenario.write_text(SCENARIO.replace("{count: 2, days: 30}", "{count: 1, days: 1}"))
    assert "one turn of one day from 3 March 2025" in oceans("run", scenario).stdout


@pytest.mark.parametrize("columns", ["²", "0", "-1", "9" * 5000, "wide"])
def test_a_width_that_is_none_is_passed_over(columns, scenario, oceans, monkeypatch):
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("LINES", columns)
    assert oceans("run", scenario, "--no-save").exit_code == 0


# ------------------------------------------------------------------------------------------------- releases

RESERVE = """
injects:
  - {id: leak, title: It leaks, turn: 2, kind: contingency, sender: A paper, to: [all], channel: media, text: It leaks.,
     effects: [{on: tension, by: 0.3}]}
"""


def test_what_is_in_reserve_is_told_only_when_it_is_released_and_in_that_turn(oceans, scenario):
    scenario.write_text(SCENARIO + RESERVE)
    told = [oceans("run", scenario, "--no-save", *more).stdout for more in ((), ("--release", "leak@1"))]
    assert ["It leaks" in story for story in told] == [False, True]
    first, _, second = told[1].partition("Turn 2")
    assert "Control releases the inject leak." in first and "It leaks" not in second.split("Who really did it")[0]


def test_a_person_at_the_terminal_has_what_is_released_before_the_first_question(oceans, scenario):
    scenario.write_text(SCENARIO + RESERVE)
    asked = oceans("run", scenario, "--no-save", "--seat", "EST", "--release", "leak", stdin="q\n").stdout
    assert "It leaks" in asked


def test_a_run_with_releases_is_kept_and_replay_says_how_it_is_played_again(oceans, scenario, tmp_path):
    scenario.write_text(SCENARIO + RESERVE)
    assert oceans("run", scenario, "--seed", 3, "--release", "leak@2").exit_code == 0
    (folder,) = results(tmp_path)
    assert json.loads((folder / "manifest.json").read_text("utf-8"))["releases"] == ["leak@2"]
    answer = oceans("replay", folder, 0, "--no-save")
    assert answer.exit_code == 2
    assert "control released injects in this run" in answer.stderr and "--seed 3 --release leak@2" in answer.stderr


def test_runs_without_releases_are_replayed_as_ever(oceans, scenario, tmp_path):
    assert oceans("run", scenario, "--runs", 3).exit_code == 0
    (folder,) = results(tmp_path)
    assert "It is the same run" in oceans("replay", folder, 1, "--no-save").stdout
