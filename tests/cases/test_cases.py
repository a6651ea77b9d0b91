"""Given this, expect that: cases written by somebody who knows the subject, each an entry of a YAML file here.

A case has a `name`, a reason (`why`), what is `given`, `arms` that differ from it (optional), and what to `expect`.

`given` holds fields of a scenario; what it leaves out is in `BASE`: states of the record, eight months. There is one
act, called `incident`. An arm says what differs: a field of the scenario, or one value by its path, as in
`incidents.act.difficulty: 0.9`. What is expected is a sentence:

    GBR names the culprit more often than DEU                    who and what, over many runs
    EST, LVA and POL name the culprit in more than 0.4 of runs   the mean over those named
    the others take measures in less than 0.02 of runs           all states but victims and those named in the sentence
    JPN joins joint_statement more often than public_attribution
    LTU gives in less often in helped than in alone              between two arms
    harm is lower in helped than in alone                        any measure
    harm in helped is above 0.1
    eu_cfsp says less than EST, LVA and POL want                 its adopted text against their positions
    eu_cfsp, g7_leaders and wto_ds are called more often than nac_political

What one can do: speak, name the culprit, take measures, help, go to law (each any response that counts as such), join a
response by its name, give in. A sentence about one arm may end in `, in <arm>`.
"""

import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import yaml

from sim.catalogue.measures import MEASURES
from sim.engine import initial_world, outcome_of, play_out
from sim.model.inputs import build_inputs
from sim.model.state import ADOPTED
from sim.scenario import from_document, load_library
from sim.scenario.loading import varied

HERE = Path(__file__).parent
RUNS = 150
BASE = {
    "title": "A case",
    "summary": "Given this, expect that.",
    "start": "2019-06-03",
    "turns": {"count": 8, "days": 30},
    "participants": [
        "USA",
        "GBR",
        "CAN",
        "DEU",
        "FRA",
        "POL",
        "LTU",
        "EST",
        "LVA",
        "NLD",
        "ITA",
        "ESP",
        "TUR",
        "HUN",
        "AUS",
        "JPN",
        "KOR",
        "NZL",
        "RUS",
        "CHN",
    ],
}
DEEDS = {
    "speak": "statement_of_concern",
    "name the culprit": "public_attribution",
    "take measures": "sanctions_or_expulsions",
    "help": "material_support",
    "go to law": "legal_trade_action",
}
PLURAL = {
    "speaks": "speak",
    "names": "name",
    "takes": "take",
    "helps": "help",
    "goes": "go",
    "joins": "join",
    "gives": "give",
}


def read():
    """Every case, with the file it stands in."""
    cases = [
        (path.stem, case)
        for path in sorted(HERE.glob("*.yaml"))
        for case in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]
    return [pytest.param(case, id=f"{file}: {case['name']}") for file, case in cases]


# ------------------------------------------------------------------------------------------------------ playing a case


class Played:
    """The runs of one arm of a case."""

    def __init__(self, loaded):
        self.world = initial_world(build_inputs(loaded), 5, range(RUNS))
        play_out(self.world)
        self.inputs, self.state = self.world.inputs, self.world.state
        self.measures = outcome_of(self.world)["measures"]
        self.responses = loaded.library.responses
        self.victims = {code for incident in loaded.scenario.incidents for code in incident.victims}

    def share(self, who, what):
        """The share of runs in which they did it, visibly and in time; the mean over those named."""
        places = [self.inputs.index[code] for code in who]
        if what == "give in":
            return self.state.conceded[..., places].any(axis=0).mean()
        options = self.options(what)
        seen = (self.state.effect_day <= self.world.last_day) & self.state.joined
        return seen[options][..., places].any(axis=0).mean()

    def options(self, what):
        """Places of the options that count as doing this."""
        if what.startswith("join "):
            name = what.removeprefix("join ")
            assert name in self.responses, f"no response is called {name}"
            return [o for o, (_, response) in enumerate(self.inputs.options) if response == name]
        assert what in DEEDS, f"nobody can '{what}': {', '.join(DEEDS)}, join a response, give in"
        return [
            o for o, (_, response) in enumerate(self.inputs.options) if self.responses[response].coded_as == DEEDS[what]
        ]

    def text(self, form):
        """The mean text adopted there."""
        consultations = [t for t, (_, name) in enumerate(self.inputs.consultations) if name == form]
        adopted = self.state.consultation_state[consultations] == ADOPTED
        assert adopted.any(), f"{form} adopted nothing in any run"
        return self.state.consultation_text[consultations][adopted].mean()

    def wants(self, who):
        """What they want, on average."""
        return self.state.position[..., [self.inputs.index[code] for code in who]].mean()

    def called(self, forms):
        """The share of runs in which one of these formats was called."""
        consultations = [t for t, (_, name) in enumerate(self.inputs.consultations) if name in forms]
        return (self.state.consultation_called[consultations] < 1e8).any(axis=0).mean()

    def actors(self, words, sentence):
        """The codes that a list of names means."""
        if words == "the others":
            named = set(re.findall(r"\b[A-Z]{2,4}\b", sentence))
            return [
                code
                for code, ok in zip(self.inputs.actors, self.inputs.is_state, strict=True)
                if ok and code not in self.victims | named
            ]
        return listed(words)


def listed(words):
    """A list in words: `EST, LVA and POL`."""
    return [word for word in re.split(r", | and |,", words) if word]


@cache
def loaded_case(document, arm):
    case = yaml.safe_load(document)
    differs = (case["arms"][arm] or {}) if arm else {}
    fields = {name: value for name, value in differs.items() if "." not in name}
    paths = {name: value for name, value in differs.items() if "." in name}
    return varied(from_document({**BASE, **case["given"], **fields}, library=load_library()), paths)


@cache
def played_case(document, arm):
    return Played(loaded_case(document, arm))


# ----------------------------------------------------------------------------------------------------------- sentences

NUMBER = r"(?P<x>[\d.]+)"
WHO = r"(?P<who>the others|[A-Z]{2,4}(?:(?:, | and )[A-Z]{2,4})*)"
WHO_ELSE = WHO.replace("who", "other", 1)
DEED = r"(?P<deed>(?:speaks?|names? the culprit|takes? measures|helps?|goe?s? to law|gives? in|joins? \w+))"
MORE = r"(?P<more>more|less) often"
FORMS = r"(?P<form>\w+(?:(?:, | and )\w+)*)"


def plain(deed):
    """`names the culprit` as `name the culprit`."""
    first, *rest = deed.split(" ")
    return " ".join([PLURAL.get(first, first), *rest])


def larger(one, other, more, detail):
    assert (one > other) if more in ("more", "higher", "above") else (one < other), (
        f"{detail}: {one:.3f} and {other:.3f}"
    )


def between_actors(case, m, sentence):
    arm = case(m["arm"])
    what, who = plain(m["deed"]), arm.actors(m["who"], sentence)
    larger(arm.share(who, what), arm.share(arm.actors(m["other"], sentence), what), m["more"], sentence)


def between_responses(case, m, sentence):
    arm = case(m["arm"])
    who = arm.actors(m["who"], sentence)
    larger(arm.share(who, plain(m["deed"])), arm.share(who, f"join {m['response']}"), m["more"], sentence)


def between_arms(case, m, sentence):
    one, other = case(m["one"]), case(m["two"])
    who, what = one.actors(m["who"], sentence), plain(m["deed"])
    larger(one.share(who, what), other.share(who, what), m["more"], sentence)


def share_of_runs(case, m, sentence):
    arm = case(m["arm"])
    larger(arm.share(arm.actors(m["who"], sentence), plain(m["deed"])), float(m["x"]), m["more"], sentence)


def measure_between_arms(case, m, sentence):
    one, other = (np.nanmean(case(m[arm]).measures[m["measure"]]) for arm in ("one", "two"))
    larger(one, other, m["more"], sentence)


def measure_alone(case, m, sentence):
    larger(np.nanmean(case(m["arm"]).measures[m["measure"]]), float(m["x"]), m["more"], sentence)


def text_and_wishes(case, m, sentence):
    arm = case(m["arm"])
    larger(arm.text(m["form"]), arm.wants(arm.actors(m["who"], sentence)), m["more"], sentence)


def formats_called(case, m, sentence):
    arm = case(m["arm"])
    larger(arm.called(listed(m["form"])), arm.called(listed(m["than"])), m["more"], sentence)


MEASURE = rf"(?P<measure>{'|'.join(MEASURES)})"
END = r"(?:, in (?P<arm>\w+))?"
SENTENCES = [
    (rf"{WHO} {DEED} {MORE} in (?P<one>\w+) than in (?P<two>\w+)", between_arms),
    (rf"{WHO} {DEED} {MORE} than {WHO_ELSE}{END}", between_actors),
    (rf"{WHO} {DEED} {MORE} than (?P<response>[a-z_]+){END}", between_responses),
    (rf"{WHO} {DEED} in (?P<more>more|less) than {NUMBER} of runs{END}", share_of_runs),
    (rf"{MEASURE} is (?P<more>lower|higher) in (?P<one>\w+) than in (?P<two>\w+)", measure_between_arms),
    (rf"{MEASURE}(?: in (?P<arm>\w+))? is (?P<more>above|below) {NUMBER}", measure_alone),
    (rf"(?P<form>\w+) says (?P<more>more|less) than {WHO} wants?{END}", text_and_wishes),
    (rf"{FORMS} (?:is|are) called {MORE} than {FORMS.replace('form', 'than', 1)}{END}", formats_called),
]


@pytest.mark.parametrize("case", read())
def test_case(case):
    document = yaml.safe_dump(case)
    assert case.keys() <= {"name", "why", "given", "arms", "expect"} and case["expect"] and case["why"]
    for sentence in case["expect"]:
        check(sentence, lambda arm: played_case(document, arm))


def check(sentence, case):
    """See whether one sentence holds."""
    for form, holds in SENTENCES:
        if match := re.fullmatch(form, sentence):
            holds(case, {**{"arm": None}, **match.groupdict()}, sentence)
            return
    pytest.fail(f"cannot read '{sentence}'; see the sentences at the top of {Path(__file__).name}")


def test_there_is_a_case_for_every_reader():
    assert len(read()) >= 12


@pytest.mark.parametrize(
    "sentence", ["GBR will be angry", "HARM is lower in a than in b", "GBR names the culprit often"]
)
def test_a_sentence_that_means_nothing_is_refused(sentence):
    with pytest.raises(pytest.fail.Exception, match="cannot read"):
        check(sentence, None)


def test_a_sentence_that_is_not_so_fails():
    document = yaml.safe_dump(dict(given={"incidents": [an_incident_on_estonia()]}))
    with pytest.raises(AssertionError, match="DEU names"):
        check("DEU names the culprit more often than DEU", lambda arm: played_case(document, arm))


def an_incident_on_estonia():
    return {
        "id": "incident",
        "name": "Outage",
        "issue": "cyber",
        "by": "RUS",
        "victims": {"EST": 0.4},
        "difficulty": 0.3,
        "publicness": 0.8,
    }
