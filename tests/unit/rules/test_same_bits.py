"""Every rule gives a run the same bits alone and in any batch, and keeps its shape with one run and with three."""

import numpy as np
import pytest

from sim import rules

RUNS, ACTORS, OPTIONS = 1000, 43, 11
BATCHES = (1, 2, 3, 7, 33, 100, 256, 1000)

# How an argument is shaped, and between which bounds it is drawn.
ACTOR, RUN, OPTION, PLACE = "(runs, actors)", "(runs,)", "(options, runs, actors)", "(runs, 1)"


def share(shape=ACTOR):
    return shape, 0.0, 1.0


def amount(low, high, shape=ACTOR):
    return shape, low, high


def yes_or_no(shape=ACTOR):
    return shape, False, True


def first_of_each_row(weight, draw):
    """The winners of races that are the rows of a table, all run together."""
    race = np.repeat(np.arange(len(weight)), weight.shape[1])
    return rules.choice.first_of_each(race, weight.ravel(), draw.ravel()) % weight.shape[1]


CONCESSION = dict(base=-1.09, harm_weight=1.39, usual=0.4, support_weight=-0.5, major_weight=-0.8)
VENUE = dict(
    mandate_weight=1.0,
    coverage_weight=0.9,
    days_weight=0.3,
    veto_weight=0.7,
    duplication_weight=0.4,
    reputation_weight=1.1,
)

# rule: (how to ask it, its arguments, the shape of its answer)
CASES = {
    "attribution.confidence": (rules.attribution.confidence, [amount(-6, 6)], ACTOR),
    "attribution.evidence": (
        lambda is_culprit, d, z: rules.attribution.evidence(np.where(is_culprit, 1, -1), d, z),
        [yes_or_no(), amount(0, 3), amount(-4, 4)],
        ACTOR,
    ),
    "attribution.informed_share": (lambda d: rules.attribution.informed_share(d, 2.0), [amount(0, 3)], ACTOR),
    "attribution.pooled": (
        lambda own, got, weight: rules.attribution.pooled(own, got, weight, 0.4),
        [amount(-4, 4), amount(-9, 9), amount(0, 5)],
        ACTOR,
    ),
    "choice.choice_probabilities": (
        lambda u: rules.choice.choice_probabilities(np.where(u < -0.6, -np.inf, u), 5.5),
        [amount(-1, 1, OPTION)],
        OPTION,
    ),
    "choice.first_of": (rules.choice.first_of, [share(ACTOR), amount(0.01, 0.99)], RUN),
    "choice.first_of_each": (first_of_each_row, [share(ACTOR), amount(0.01, 0.99)], RUN),
    "choice.largest": (rules.choice.largest, [share(ACTOR), amount(0.01, 0.99)], RUN),
    "odds.log_odds": (rules.odds.log_odds, [amount(0.01, 0.99)], ACTOR),
    "odds.logistic": (rules.odds.logistic, [amount(-9, 9)], ACTOR),
    "choice.pick": (rules.choice.pick, [share(OPTION), share()], ACTOR),
    "choice.respond_to_company": (
        lambda base, peer_participation, p: rules.choice.respond_to_company(base, 0.8, peer_participation, 5.5, p, 0.3),
        [amount(-1, 1), share(PLACE), share()],
        ACTOR,
    ),
    "coercion.asymmetry": (rules.coercion.asymmetry, [share(), share()], ACTOR),
    "coercion.joint_pressure": (
        lambda s, large, body: rules.coercion.joint_pressure(s, large, body, 1.3, 0.2),
        [share(), share(), yes_or_no()],
        ACTOR,
    ),
    "coercion.p_concede": (
        lambda *a: rules.coercion.p_concede(*a, **CONCESSION),
        [amount(0, 1.5), share(), yes_or_no()],
        ACTOR,
    ),
    "coercion.per_period": (lambda p: rules.coercion.per_period(p, 180.0, 14.0), [share()], ACTOR),
    "coercion.relief": (lambda s: rules.coercion.relief(s, 2.5), [amount(0, 3)], ACTOR),
    "coercion.trade_exposure": (lambda x: rules.coercion.trade_exposure(x, 8.0), [amount(0, 60)], ACTOR),
    "consultation.compromise": (rules.consultation.compromise, [share(), share(), share()], RUN),
    "cooperation.maturity": (lambda m: rules.cooperation.maturity(m, 6.0, 36.0), [amount(-3, 60)], ACTOR),
    "escalation.p_retaliate": (
        lambda b, p: rules.escalation.p_retaliate(b, p, 0.8),
        [amount(0, 3), share()],
        ACTOR,
    ),
    "escalation.tension_step": (
        lambda t, g: rules.escalation.tension_step(t, g, 14.0, 0.9),
        [share(), amount(-1, 2)],
        ACTOR,
    ),
    "consultation.format_utility": (
        lambda *a: rules.consultation.format_utility(*a, **VENUE)[0],
        [amount(0, 4, OPTION), share(OPTION), amount(0, 900, OPTION), share(OPTION), share(OPTION), share(OPTION)],
        OPTION,
    ),
    "escalation.perceived_threat": (
        lambda t, openness, seen: rules.escalation.perceived_threat(t, 0.4, openness, seen),
        [share(), share(), share()],
        ACTOR,
    ),
    "tempo.days_drawn": (lambda z: rules.tempo.days_drawn(1.0, 30.0, 150.0, z), [amount(-4, 4)], ACTOR),
    "tempo.pace": (
        lambda severity, hurt: rules.tempo.pace(severity, hurt, severity_weight=1.5, usual=0.4, physical_weight=0.5),
        [share(), yes_or_no()],
        ACTOR,
    ),
    "consultation.p_break_silence": (
        lambda text, x, s: rules.consultation.p_break_silence(text, x, s, 0.01, 6.0, 0.25, 3.0),
        [share(PLACE), share(), share()],
        ACTOR,
    ),
    "consultation.qualified_majority": (
        rules.consultation.qualified_majority,
        [yes_or_no(), amount(0.1, 80), yes_or_no()],
        RUN,
    ),
    "consultation.softened": (lambda text, x: rules.consultation.softened(text, x, 0.4), [share(), share()], ACTOR),
    "consultation.bearable": (lambda x, sits: rules.consultation.bearable(x, sits, 2 / 3), [share(), yes_or_no()], RUN),
    "consultation.unopposed": (rules.consultation.unopposed, [share(RUN), share(), yes_or_no()], RUN),
}


def whole_shape(shape):
    return {
        ACTOR: (RUNS, ACTORS),
        RUN: (RUNS,),
        PLACE: (RUNS, 1),
        OPTION: (OPTIONS, RUNS, ACTORS),
    }[shape]


def drawn(arguments):
    chance = np.random.default_rng(2024)
    whole = []
    for shape, low, high in arguments:
        values = chance.random(whole_shape(shape))
        whole.append(values < 0.5 if high is True else low + (high - low) * values)
    return whole


def rows(whole, arguments, chosen):
    return [
        values[:, chosen] if shape == OPTION else values[chosen]
        for values, (shape, _, _) in zip(whole, arguments, strict=True)
    ]


def answer_rows(answer, shape, chosen):
    return answer[:, chosen] if shape == OPTION else answer[chosen]


def assert_same_bits(one, other):
    one, other = np.ascontiguousarray(one), np.ascontiguousarray(other)
    assert one.shape == other.shape and one.dtype == other.dtype
    assert one.tobytes() == other.tobytes()


def test_races_run_together_have_the_winners_of_each_run_alone():
    weight, draw = drawn([share(), amount(0.01, 0.99)])
    assert (first_of_each_row(weight, draw) == rules.choice.first_of(weight, draw)).all()


@pytest.mark.parametrize("name", CASES)
def test_a_batch_of_any_size_gives_the_same_bits(name):
    ask, arguments, shape = CASES[name]
    whole = drawn(arguments)
    everything = ask(*whole)
    for size in BATCHES:
        chosen = slice(RUNS - size, RUNS)
        batch = rows(whole, arguments, chosen)
        assert_same_bits(ask(*batch), answer_rows(everything, shape, chosen))
        assert_same_bits(ask(*map(np.ascontiguousarray, batch)), answer_rows(everything, shape, chosen))


@pytest.mark.parametrize("name", CASES)
def test_a_run_alone_is_that_row_of_the_batch(name):
    ask, arguments, shape = CASES[name]
    whole = drawn(arguments)
    everything = ask(*whole)
    for run in (0, 1, 2, 5, 31, 500, 999):
        chosen = slice(run, run + 1)
        assert_same_bits(ask(*rows(whole, arguments, chosen)), answer_rows(everything, shape, chosen))


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("runs", [1, 3])
def test_the_answer_has_the_shape_of_the_question(name, runs):
    ask, arguments, shape = CASES[name]
    answer = np.asarray(ask(*rows(drawn(arguments), arguments, slice(0, runs))))
    expected = list(whole_shape(shape))
    expected[1 if shape == OPTION else 0] = runs
    assert answer.shape == tuple(expected)
    assert not np.isnan(answer).any()


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case[2] in (ACTOR, OPTION)])
def test_one_actor_alone_gives_the_same_bits(name):
    ask, arguments, shape = CASES[name]
    whole = drawn(arguments)
    everything = ask(*whole)
    for run, actor in [(0, 0), (3, 7), (999, 42)]:
        alone = [
            values[..., run : run + 1, :] if argument_shape == PLACE else values[..., run : run + 1, actor : actor + 1]
            for values, (argument_shape, _, _) in zip(whole, arguments, strict=True)
        ]
        assert_same_bits(ask(*alone), everything[..., run : run + 1, actor : actor + 1])


def test_no_rule_is_left_out():
    public = {
        f"{room}.{name}"
        for room in (*rules.__all__, "odds")
        for name in getattr(rules, room).__all__
        if callable(getattr(getattr(rules, room), name))
    }
    assert public == set(CASES)
