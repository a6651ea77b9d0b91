"""What actors do: not without a reason, not before it can be done, and not without paying for it."""

import numpy as np
import pytest
from hypothesis import given

from sim.model.steps.respond import affordable, instruments, kinds_wanted, open_to
from sim.model.steps.willingness import (
    attention,
    has_joined,
    peer_participation,
    peer_participation_at,
    peer_term,
    text_term,
)
from sim.rules.odds import logistic
from sim.rules.quantize import quantize
from tests.builders import a_scenario
from tests.properties.invented import Written, laws, played, scenarios, seeds

NO_PRACTICE = dict.fromkeys(
    (
        "practice_statement",
        "practice_attribution",
        "practice_sanctions",
        "practice_support",
        "practice_legal",
        "practice_talks",
        "practice_other",
        "practice_military",
    ),
    -4.0,
)


# ------------------------------------------------------------------------------------------------- a reason


@laws(15)
@given(scenarios(injects=[]), seeds)
def test_with_no_practice_nobody_who_is_untouched_and_alone_responds(written, seed):
    """Zero stake, no peers and no practice: no response; whatever else speaks for it."""
    world = played(written.but_behaviour(**NO_PRACTICE, b_peer=0.0, b_stake=0.0, b_severity=0.0), seed, range(5))
    own_choice = world.state.joined & world.inputs.is_state & ~signed(world)
    assert not own_choice.any()


def signed(world):
    """What came with a text rather than from a choice: the statements of those who made it, and cases brought."""
    cases = np.isin([response for _, response in world.inputs.options], "wto_case")
    return (world.inputs.signatory | cases)[:, None, None]


def test_the_chance_to_respond_is_next_to_nothing_for_who_is_untouched_and_alone():
    """With the model's own practices, too, a state with no stake, company or text hardly ever does more than speak."""
    written = Written(
        turns=1,
        participants=["EST", "LVA", "HUN", "TUR", "RUS"],
        library=None,
        formats=["bilateral"],
        ties=[{"between": ["EST", code], "strength": 0.0} for code in ("LVA", "HUN", "TUR")],
    )
    world = played(written, 1, range(200))
    untouched = [world.inputs.index[code] for code in ("HUN", "TUR")]
    utility = world.base_utilities[0] + peer_term(world, 0) + text_term(world, 0)
    of_kind = logistic(attention(world, 0)) * logistic(world.inputs.params.precision * utility)
    speaks = np.array([kind == "words" for _, kind in world.inputs.kinds])
    chance = of_kind[~speaks][..., untouched]
    assert (world.state.stake[..., untouched] == 0).all()
    assert chance.mean() < 0.03 and np.quantile(chance, 0.95) < 0.15


def test_each_joins_a_kind_as_often_as_it_attends_and_is_willing():
    """Nobody looks at anybody and no text is agreed, so what each sees of the matter is all there is."""
    runs = 3000
    alone = {"b_peer": 0.0, "call_wait": 100.0, "case_effect": 0.0, "attend_base": 0.0, "capital_start": 5.0}
    written = Written(
        turns=1,
        days=300,  # so that everything acts in time
        participants=["EST", "LVA", "DEU", "USA", "JPN", "RUS"],
        responses=["joint_statement", "response_team", "trade_aid"],
    )
    world = played(written.but_behaviour(**alone), 8, range(runs))
    inputs, states = world.inputs, world.inputs.is_state
    of_kind = logistic(attention(world, 0)) * logistic(inputs.params.precision * world.base_utilities[0])
    chance = of_kind.mean(axis=1)[:, states]
    often = has_joined(world, 0).mean(axis=1)[:, states]
    assert ((0.02 < chance) & (chance < 0.98)).sum() > 4
    assert (np.abs(often - chance) <= 4.5 * np.sqrt(chance * (1 - chance) / runs) + 2e-3).all()


# ------------------------------------------------------------------------------------------------ who need not be asked


@laws(15)
@given(scenarios(), seeds)
def test_who_is_not_asked_about_company_would_not_have_joined_in_any(written, seed):
    world = played(written, seed, range(5))
    state, params, part = world.state, world.inputs.params, world.inputs.kind_slices[0]
    utility = world.base_utilities[0] + peer_term(world, 0) + text_term(world, 0)
    attends = attention(world, 0) >= state.attends_from[0]
    is_news = state.perceived[0] >= state.acted_on[part] + params.renew_step
    willing = world.inputs.is_state & attends & is_news & (params.precision * utility >= state.threshold[part])
    wants = np.zeros(state.threshold.shape, dtype=bool)
    wants.reshape(-1)[kinds_wanted(world)] = True
    wants = wants[part]
    alternatives = np.isin([kind for _, kind in world.inputs.kinds[part]], ("talks", "measures", "military"))
    can_pay = state.capital >= world.inputs.kind_price[part]
    assert not (wants & ~willing).any() and (wants == (willing & can_pay))[~alternatives].all()
    places = np.flatnonzero(willing)
    company = peer_participation_at(world, 0, places, attention(world, 0))
    assert (company == peer_participation(world, 0).ravel()[places]).all()


@laws(15)
@given(scenarios(), seeds)
def test_what_is_paid_for_is_what_each_could_pay_for_one_by_one(written, seed):
    world = played(written, seed, range(5))
    world.state.capital = quantize(world.state.capital * np.linspace(0, 0.5, world.state.capital.shape[1]))
    wanted = np.arange(world.state.threshold.size)
    options, runs, actors = instruments(world, wanted, open_to(world))
    pays, left = affordable(world, options, runs, actors), world.state.capital.copy()
    for place, (o, r, a) in enumerate(zip(options, runs, actors, strict=True)):
        price = world.inputs.price[o, 0, 0]
        assert pays[place] == (price <= left[r, a])
        left[r, a] -= price * pays[place]


# ------------------------------------------------------------------------------------------------- time


@laws(25)
@given(scenarios(), seeds)
def test_no_response_acts_before_its_lead_time(written, seed):
    world = played(written, seed, range(4))
    inputs, state = world.inputs, world.state
    o, r, a = np.nonzero(state.joined)
    least = inputs.lead_min[o, 0, 0]
    begun = inputs.incident_day[inputs.option_incident[o]]
    assert (state.effect_day[o, r, a] >= state.decided_day[o, r, a] + least).all()
    assert (state.effect_day[o, r, a] >= begun + least).all()
    assert (state.decided_day[o, r, a] >= begun).all()


def test_a_lead_time_with_half_a_day_counts_in_full():
    """Days are whole; a response that needs half a day more is not rounded down."""
    statement = a_scenario().library.responses["joint_statement"].model_dump(mode="json", exclude_none=True)
    prompt = {**statement, "lead_days": {"min": 1.5, "typical": 1.5, "max": 1.5}}
    written = Written(own_responses={"prompt": prompt}, responses=["prompt"], days=30)
    world = played(written, 1, range(20))
    o, r, a = np.nonzero(world.state.joined)
    assert o.size
    assert (world.state.effect_day[o, r, a] >= world.state.decided_day[o, r, a] + 1.5).all()


@laws(15, shrink=False)
@given(scenarios(bodies=True), seeds)
def test_what_a_text_brings_about_is_not_decided_before_the_text(written, seed):
    """Bodies act on texts alone: none has decided anything before the first text on the incident was due.

    Words of a body whose head may speak without a text are left out.
    """
    world = played(written.but_behaviour(call_again_days=3_660.0), seed, range(4))
    inputs, state = world.inputs, world.state
    words = inputs.signatory | (inputs.is_attribution[:, 0, 0] > 0)
    for body, members, speaks_alone in zip(inputs.bodies, inputs.body_members, inputs.speaks_alone, strict=True):
        if not members.any():
            continue
        o, r = np.nonzero(state.joined[..., inputs.index[body]] & ~(words & speaks_alone)[:, None])
        for option, run in zip(o, r, strict=True):
            of_incident = inputs.consultation_incident == inputs.option_incident[option]
            first = state.consultation_due[of_incident, run][state.consultation_text[of_incident, run] > 0].min(
                initial=np.inf
            )
            assert state.decided_day[option, run, inputs.index[body]] >= first, (body, inputs.options[option])


# ------------------------------------------------------------------------------------------------- money


def balance(world):
    """What was given less what was spent: (R, A)."""
    return world.inputs.capital + world.state.income - world.state.spent


@laws(25)
@given(scenarios(), seeds)
def test_capital_left_is_what_was_given_less_what_was_spent(written, seed):
    world = played(written, seed, range(4))
    assert np.array_equal(world.state.capital, balance(world))
    assert np.array_equal(world.state.capital, quantize(world.state.capital))


@pytest.mark.parametrize("start", [0.0, 0.25, 0.3, 1 / 3])
def test_capital_is_conserved_whatever_there_is_at_the_start(start):
    world = played(Written(actors={"EST": {"capital": start}}), 1, range(20))
    assert np.array_equal(world.state.capital, balance(world))


@laws(15)
@given(scenarios(injects=[]), seeds)
def test_who_chooses_freely_never_spends_more_than_it_has(written, seed):
    """What one chooses is paid out of what is left; meetings and signatures, which cost little, in any case."""
    poor = written.but_behaviour(capital_start=0.12, capital_year=0.0, consult_cost=0.0)
    world = played(poor, seed, range(4))
    in_any_case = (world.state.joined & signed(world)).any(axis=0)
    assert (world.state.capital >= -1e-9)[world.inputs.is_state & ~in_any_case].all()


@laws(15)
@given(scenarios(), seeds)
def test_what_is_spent_is_the_price_of_what_was_done(written, seed):
    world = played(written.but_behaviour(retaliate_rate=0.0), seed, range(3))  # who is paid back pays besides
    inputs, state = world.inputs, world.state
    responses = (state.joined * inputs.price).sum(axis=(0, 2))
    meetings = quantize(inputs.params_per_run.consult_cost) * state.called
    assert np.array_equal(state.spent.sum(axis=-1), responses + meetings)
