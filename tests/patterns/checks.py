"""The twelve patterns as figures: what the record says, what is allowed, and how the model's figure is measured.

`CHECKS` holds them in order. Each is a function of the played crises, with its first line in words; it returns the
model's figure, or that and the record's figure over the very same cells. Tests, the page in `sim/ODD.md` and
`make patterns` all read this list; a target or a tolerance stands nowhere else.
"""

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.stats import spearmanr

from sim.model.inputs import build_inputs
from tests.patterns.crises import (
    BODIES,
    COERCION,
    CYBER,
    FRONTLINE,
    MEASURES,
    NAMING,
    PARTNERS,
    PHYSICAL,
    RECORD,
    SPEAKING,
    exercise_of,
    members,
    year,
)

HISTORY, DATA_SETS = "history_2007_2020", "history_2007_2020, eurepoc"


@dataclass(frozen=True)
class Range:
    """What is allowed: from `low` to `high`, both belonging to it unless it `is_open`."""

    low: float = -math.inf
    high: float = math.inf
    is_open: bool = False

    def __contains__(self, figure):
        return self.low < figure < self.high if self.is_open else self.low <= figure <= self.high

    def __str__(self):
        if math.isinf(self.high):
            return f"{'more than' if self.is_open else 'at least'} {self.low:.2g}"
        if math.isinf(self.low):
            return f"{'less than' if self.is_open else 'at most'} {self.high:.2g}"
        return f"{self.low:.3g} to {self.high:.3g}"


def within(target, by):
    return Range(target - by, target + by)


def at_least(low):
    return Range(low=low)


def at_most(high):
    return Range(high=high)


def more_than(low):
    return Range(low=low, is_open=True)


def less_than(high):
    return Range(high=high, is_open=True)


@dataclass(frozen=True)
class Check:
    """One figure of a pattern.

    Parameters
    ----------
    pattern : int, 1 to 12
    name : str
    words : str, what is measured
    target : str, what the source says
    allowed : Range
    source : str, keys of scenarios/library/sources.yaml
    measure : callable (Crises) -> the model's figure, or that and the record's over the same cells
    """

    pattern: int
    name: str
    words: str
    target: str
    allowed: Range
    source: str
    measure: Callable

    def figures(self, crises):
        """The model's figure, and the record's over the same cells or None."""
        found = self.measure(crises)
        model, record = found if isinstance(found, tuple) else (found, None)
        return float(model), None if record is None else float(record)

    def is_met(self, figure):
        """Whether a figure of the model is allowed."""
        return figure in self.allowed


CHECKS = []


def check(pattern, target, allowed, source=HISTORY, of=None):
    """Puts a function among the checks; `of` asks it of each name in turn, which `{}` in its words stands for."""

    def added(measure):
        words = measure.__doc__.split("\n")[0].removesuffix(".")
        for one in [None] if of is None else of:
            name = measure.__name__ if one is None else f"{measure.__name__}, {one}"
            asked = measure if one is None else partial(measure, one)
            CHECKS.append(Check(pattern, name, words.format(one), target, allowed, source, asked))
        return measure

    return added


# ----------------------------------------------------------------------------------------------- 1 who names a culprit


def since_2017(belongs):
    """Cyber operations that were decided on from 2017, for the actors that belong."""
    return lambda case, code: case.kind == "cyber" and year(case) >= 2017 and belongs(case, code)


def in_five_eyes(case, code):
    return code in members("five_eyes", case)


def in_alliance(case, code):
    """An ally outside the Five Eyes."""
    return code not in PARTNERS and code not in BODIES and not in_five_eyes(case, code)


def is_pacific(case, code):
    """A partner outside the Five Eyes."""
    return code in PARTNERS and not in_five_eyes(case, code)


@check(1, "0.83", within(0.83, 0.15))
def five_eyes_name(crises):
    """The Five Eyes name the culprit of a cyber operation, share of chances since 2017."""
    return crises.rate(NAMING, since_2017(in_five_eyes))


@check(1, "0.10", within(0.10, 0.15))
def other_allies_name(crises):
    """Other allies do, share of chances since 2017."""
    return crises.rate(NAMING, since_2017(in_alliance))


@check(1, "0.12", within(0.12, 0.15))
def japan_and_korea_name(crises):
    """Japan and South Korea do, share of chances since 2017."""
    return crises.rate(NAMING, since_2017(is_pacific))


def five_eyes_and_the_next(crises):
    rates = [crises.rate(NAMING, since_2017(group)) for group in (in_five_eyes, in_alliance, is_pacific)]
    (five, five_did), *others = rates
    return five, max(rate for rate, _ in others), five_did, max(rate for _, rate in others)


@check(1, "far more", more_than(2))
def five_eyes_lead_times(crises):
    """The Five Eyes against the next of these groups, times as often."""
    five, rest, five_did, rest_did = five_eyes_and_the_next(crises)
    return five / rest, five_did / rest_did


@check(1, "far more", more_than(0.4))
def five_eyes_lead_points(crises):
    """The Five Eyes against the next of these groups, difference in shares."""
    five, rest, five_did, rest_did = five_eyes_and_the_next(crises)
    return five - rest, five_did - rest_did


# ----------------------------------------------------------------------------------------------------- 2 the frontline


@check(2, "6 of 6", at_least(0.75))
def frontline_names_when_it_speaks(crises):
    """Frontline states name Russia where they speak at all, since 2017."""
    named = spoke = 0.0
    for name in ("notpetya-2017", "opcw-2018", "skripal-2018", "geo-2019"):
        naming, speaking = (crises.chances(name, kind, FRONTLINE) for kind in (NAMING, SPEAKING))
        named += naming.mean(axis=0).sum()
        spoke += (1 - (1 - naming) * (1 - speaking)).mean(axis=0).sum()
    return named / spoke


@check(2, "more", more_than(0))
def frontline_names_before_other_allies(crises):
    """Frontline states against other allies in naming Russia, difference in shares since 2017."""
    frontline, rest = (
        crises.rate(
            NAMING,
            lambda case, code, among=among: case.adversary == "RUS" and year(case) >= 2017 and among(case, code),
        )
        for among in (
            lambda case, code: code in FRONTLINE,
            lambda case, code: in_alliance(case, code) and code not in FRONTLINE,
        )
    )
    return frontline[0] - rest[0], frontline[1] - rest[1]


@check(2, "0 of 11", at_most(0.1))
def frontline_does_not_name_china(crises):
    """Frontline states name China as bystanders, share of chances."""
    return crises.rate(NAMING, lambda case, code: case.adversary == "CHN" and code in FRONTLINE)


@check(2, "4 of 6", within(4 / 6, 0.25))
def victims_name_china(crises):
    """Victims name China, share of chances."""
    return crises.rate(NAMING, lambda case, code: case.adversary == "CHN" and code in case.victims, with_victims=True)


# ------------------------------------------------------------------------------------------------------------ 3 bodies


def of_body(crises, body):
    """How often a body speaks, names and acts, share of chances since 2014: three pairs of model and record."""
    return [crises.rate(kind, lambda case, code: code == body and year(case) >= 2014) for kind in BY_STRENGTH]


BY_STRENGTH = (SPEAKING, NAMING, MEASURES)


@check(3, "more", more_than(0), of=BODIES)
def concern_before_naming(body, crises):
    """{}: concern against naming, difference in shares since 2014."""
    speaking, naming, _ = of_body(crises, body)
    return speaking[0] - naming[0], speaking[1] - naming[1]


@check(3, "no less", at_least(0), of=BODIES)
def naming_before_measures(body, crises):
    """{}: naming against measures, difference in shares since 2014."""
    _, naming, measures = of_body(crises, body)
    return naming[0] - measures[0], naming[1] - measures[1]


@check(3, "7 of 7", at_least(0.8))
def union_shows_solidarity(crises):
    """The European Union shows concern or solidarity, share of chances since 2014."""
    return of_body(crises, "EU")[0]


LEADING = {"NATO": ("USA", "GBR"), "EU": ("EST", "LTU")}


@check(3, "more", more_than(0), of=BODIES)
def body_softer_than_its_leading_members(body, crises):
    """{}: naming by its leading members against its own, difference in shares since 2017."""
    theirs, own = (
        crises.rate(NAMING, lambda case, code, who=who: code in who and year(case) >= 2017)
        for who in (LEADING[body], (body,))
    )
    return theirs[0] - own[0], theirs[1] - own[1]


# ---------------------------------------------------------------------------------------------------------- 4 severity


def with_severity(crises, kind):
    """Correlation of severity with doing it, over cells since 2014: of the model, and in the record."""
    cells = crises.cells(kind, lambda case, code: year(case) >= 2014)
    severity, done, chance = np.array([(case.severity.value, done, chance) for case, done, chance in cells]).T
    return np.corrcoef(severity, chance)[0, 1], np.corrcoef(severity, done)[0, 1]


@check(4, "r = 0.59", at_least(0.3))
def severity_drives_measures(crises):
    """Severity and sanctions or expulsions, correlation over chances since 2014."""
    return with_severity(crises, MEASURES)


@check(4, "r = 0.03", within(0.03, 0.2))
def severity_does_not_drive_naming(crises):
    """Severity and naming, correlation over chances since 2014."""
    return with_severity(crises, NAMING)


@check(4, "far more", more_than(10))
def physical_harm_drives_measures(crises):
    """Sanctions or expulsions over people hurt against those over cyber operations, times as often."""
    (physical, did), (cyber, did_in_cyber) = (
        crises.rate(MEASURES, lambda case, code, among=among: case.id in among) for among in (PHYSICAL, CYBER)
    )
    return physical / cyber, did / did_in_cyber


# -------------------------------------------------------------------------------------------- 5 the practice of naming


def naming_in(crises, first, last):
    return crises.rate(NAMING, lambda case, code: case.kind == "cyber" and first <= year(case) <= last)


@check(5, "1 of 73", at_most(0.08))
def naming_before_2017(crises):
    """Naming the culprit of a cyber operation before 2017, share of chances."""
    return naming_in(crises, 2007, 2016)


@check(5, "23 of 74", within(23 / 74, 0.1))
def naming_in_2017_to_2019(crises):
    """Naming in 2017 to 2019, share of chances."""
    return naming_in(crises, 2017, 2019)


@check(5, "more", more_than(5))
def naming_became_usual(crises):
    """Naming from 2017 to 2020 against before, times as often."""
    (since, did), (before, did_before) = naming_in(crises, 2017, 2020), naming_in(crises, 2007, 2016)
    return since / before, did / did_before


# -------------------------------------------------------------------------------------------- 6 Salisbury and Vrbetice


@check(6, "28", Range(28 * 2 / 3, 28 * 4 / 3))
def salisbury_gets_many(crises):
    """States that expel or sanction after Salisbury, on average."""
    return crises.states("skripal-2018", MEASURES)


@check(6, "5", Range(1, 10), "general")
def vrbetice_gets_few(crises):
    """States that do so after Vrbetice, on average."""
    return crises.states("vrbetice-2021", MEASURES)


@check(6, "5 of 28", less_than(0.5), "history_2007_2020, general")
def vrbetice_gets_fewer_than_salisbury(crises):
    """Vrbetice's states as a share of Salisbury's."""
    return crises.states("vrbetice-2021", MEASURES) / crises.states("skripal-2018", MEASURES)


@check(6, "more", more_than(0), "general")
def vrbetice_gets_its_neighbours(crises):
    """Near allies of Czechia against larger ones far away, after Vrbetice, difference in shares.

    Slovakia and the Baltic states; Spain, Italy, the Netherlands and Denmark, that share no more intelligence with it.
    """
    near, far = (
        crises.chances("vrbetice-2021", MEASURES, codes).mean()
        for codes in (("SVK", "EST", "LVA", "LTU"), ("ESP", "ITA", "NLD", "DNK"))
    )
    return near - far


@check(6, "more", more_than(0))
def asking_matters(crises):
    """States that name the culprit of Salisbury: as it was against a victim that shares nothing and does not ask."""
    silent = crises.states("skripal-2018", NAMING, behaviour={"victim_shares": 0.0, "b_ask": 0.0})
    return crises.states("skripal-2018", NAMING) - silent


# ---------------------------------------------------------------------------------------------------------- 7 exposure


SILENCES = {
    "Japan over APT10": ("apt10-2018", "JPN"),
    "Hungary over APT10": ("apt10-2018", "HUN"),
    "Turkey over APT10": ("apt10-2018", "TUR"),
    "Hungary over NotPetya": ("notpetya-2017", "HUN"),
    "Turkey over NotPetya": ("notpetya-2017", "TUR"),
}


@check(7, "silent", more_than(0), of=SILENCES)
def exposure_explains_a_silence(silence, crises):
    """{}: naming without its exposure against naming with it, difference in chances."""
    name, code = SILENCES[silence]
    free = {code: {"exposure": {RECORD[name].adversary: 0.0}}}
    return crises.chance(name, NAMING, code, actors=free) - crises.chance(name, NAMING, code)


@check(7, "silent", at_most(0.5))
def australia_was_silent(crises):
    """Australia over its parliament in 2019: it names China within a year, chance."""
    return crises.chance("aus-parl-2019", NAMING, "AUS")


@check(7, "weak", Range(-0.6, 0.6, is_open=True))
def exposure_does_not_order_states(crises):
    """Exposure and naming, rank correlation over all states, the strongest of four crises."""
    found = [
        exposure_against_naming(crises, name)
        for name in ("aus-parl-2019", "apt10-2018", "notpetya-2017", "skripal-2018")
    ]
    return max(found, key=abs)


def exposure_against_naming(crises, name):
    inputs, case = build_inputs(exercise_of(name)), RECORD[name]
    codes = [
        code
        for code, is_state in zip(inputs.actors, inputs.is_state, strict=True)
        if is_state and code not in case.victims
    ]
    exposure = inputs.exposure[inputs.adversaries.index(case.adversary), 0]
    chances = crises.chances(name, NAMING, codes).mean(axis=0)
    return spearmanr([exposure[inputs.index[code]] for code in codes], chances).statistic


# ----------------------------------------------------------------------------------------------------- 8 texts to join


TOLD = ("wannacry-2017", "apt10-2018", "mh17-2014", "skripal-2018", "can-2018", "notpetya-2017")


def share_through_texts(crises, code):
    """The share of what a state did that came with a text it had a part in."""
    decided = [event for record in crises.told(*TOLD) for event in record.of_kind("response_decided")]
    return np.mean([event.payload["covered_by"] is not None for event in decided if event.actor == code])


@check(8, "about a quarter", Range(0.15, 0.4))
def japan_moves_through_texts(crises):
    """Share of Japan's acts that come with a text it had a part in."""
    return share_through_texts(crises, "JPN")


@check(8, "more", more_than(0))
def japan_leans_on_texts(crises):
    """Japan's share against that of the United States, difference in shares."""
    return share_through_texts(crises, "JPN") - share_through_texts(crises, "USA")


# ----------------------------------------------------------------------------------------------------- 9 third parties


@check(9, "0 of 134", at_most(0.01))
def nobody_sanctions_china_for_others(crises):
    """Third parties sanction China for coercing somebody else, share of chances."""
    return crises.rate(MEASURES, lambda case, code: case.id in COERCION)


@check(9, "words", more_than(0.5))
def third_parties_speak(crises):
    """A state besides the victim speaks against coercion, the rarest of four cases."""
    return min(anybody_else_speaks(crises, name) for name in COERCION)


def anybody_else_speaks(crises, name):
    others = [code for code in crises.played(name).actors if code not in (*BODIES, *RECORD[name].victims)]
    return (1 - np.prod(1 - crises.chances(name, SPEAKING, others), axis=-1)).mean()


# ------------------------------------------------------------------------------------------------------------- 10 lags


RECENT = [name for name in CYBER if year(RECORD[name]) >= 2017]


@check(10, "123 to 158", Range(90, 210), DATA_SETS)
def naming_takes_months(crises):
    """Days to a naming over a cyber operation since 2017, median."""
    return np.median(crises.days(RECENT, NAMING))


@check(10, "over 3", at_least(2.5), "eurepoc")
def lags_have_a_heavy_tail(crises):
    """What the slowest tenth of these take at least, in medians.

    The published quartiles of 4 and 492 days stand around a median of 158.
    """
    days = crises.days(RECENT, NAMING)
    return np.quantile(days, 0.9) / np.median(days)


@check(10, "22", at_most(30))
def physical_harm_is_answered_within_days(crises):
    """Days from Salisbury to sanctions or expulsions, median."""
    return np.median(crises.days(["skripal-2018"], MEASURES))


@check(10, "faster", less_than(1 / 1.5))
def physical_harm_is_answered_faster(crises):
    """Days to a naming after Salisbury as a share of those over cyber operations, medians."""
    return np.median(crises.days(["skripal-2018"], NAMING)) / np.median(crises.days(RECENT, NAMING))


# --------------------------------------------------------------------------------------------------------- 11 coercion


TOGETHER = ("USA", "GBR", "DEU", "FRA", "CAN", "JPN", "ITA", "EU")


@check(11, "2 in full and 7 in part of 20", Range(0.07, 0.45))
def coercion_mostly_fails(crises):
    """Victims of coercion that give in within two years, share."""
    two_years = {"count": 26, "days": 28}
    return np.mean([crises.played(name, turns=two_years).conceded.mean() for name in COERCION])


@check(11, "0.25", at_most(0.4), "ties_v4")
def pressure_of_one(crises):
    """Campaigns called off within a year under sectoral sanctions of one state alone, share."""
    return crises.stopped("USA")


@check(11, "0.31", at_least(0.2), "ties_v4")
def pressure_of_several(crises):
    """Campaigns called off under sectoral sanctions of seven and the Union against one, difference in shares."""
    return crises.stopped(*TOGETHER) - crises.stopped("USA")


@check(11, "no fewer", at_least(0), "ties_v4")
def pressure_does_not_backfire(crises):
    """Campaigns called off under sectoral sanctions of one against none, difference in shares."""
    return crises.stopped("USA") - crises.stopped()


# --------------------------------------------------------------------------------------------------------- 12 one ally


OFFICE = "jt_2023, nikkei_2023"


@check(12, "blocked", more_than(0.6), OFFICE)
def tokyo_office_is_blocked(crises):
    """NATO's office in Tokyo is blocked when it is put to a decision in 2018, share of runs."""
    return crises.office()[0]


@check(12, "France", more_than(0), OFFICE)
def france_blocks_the_office(crises):
    """France against whoever else blocks it most often, times of a dozen."""
    blocks = Counter(crises.office()[1])
    return blocks.pop("FRA", 0) - max(blocks.values(), default=0)


ENOUGH_TEXTS, ENOUGH_POSITIONS = 20, 100


@check(12, "weaker", more_than(0.05), "history_2007_2020, formats_precedents")
def texts_are_diluted(crises):
    """How much weaker a text ends, of 1, where somebody breaks silence because it is too strong."""
    weaker = []
    for record in crises.told("skripal-2018", "mh17-2014"):
        for event in record.of_kind("silence_broken"):
            if event.payload["text_after"] < event.payload["text_before"] and event.payload["round"] == 1:
                weaker.append(event.payload["text_before"] - last_text(record, event))
    return np.mean(weaker) if len(weaker) > ENOUGH_TEXTS else math.nan


def last_text(record, broken):
    """The text that a consultation ended with, 0 when it failed."""
    later = [
        event
        for event in record.of_kind("text_adopted", "text_failed")
        if event.seq > broken.seq and event.turn == broken.turn and event.payload["format"] == broken.payload["format"]
    ]
    return later[0].payload.get("text", 0.0)


@check(12, "one", within(1, 0), "history_2007_2020, nato_docs")
def one_position_in_both_bodies(crises):
    """Different positions that one state carries into the tables of a turn, at most."""
    compared, taken = 0, {}
    for number, record in enumerate(crises.told("skripal-2018")):
        for event in record.of_kind("text_proposed"):
            for code, text in event.payload["positions"].items():
                compared += 1
                taken.setdefault((number, event.turn, code), set()).add(text)
    return max(len(texts) for texts in taken.values()) if compared > ENOUGH_POSITIONS else math.nan
