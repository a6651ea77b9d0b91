"""Names and places carry no weight: the order of actors orders the results, and who only watches changes nothing."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario import resolve_members
from tests.builders import A_DAY
from tests.properties.invented import arrays, differing, laws, played, scenarios, seeds

LAST_AXIS_IS_ACTORS = (
    "chosen",
    "attends_from",
    "threshold",
    "severity_noise",
    "evidence",
    "handed",
    "handed_weight",
    "information",
    "belief",
    "stake",
    "bond",
    "position",
    "perceived",
    "p_join",
    "severity",
    "conceded",
    "covered",
    "joined",
    "acted_on",
    "decided_day",
    "effect_day",
    "in_effect",
    "capital",
    "income",
    "spent",
    "added_exposure",
    "sway",
    "retaliated",
)


@laws(15)
@given(scenarios(), seeds, st.randoms(use_true_random=False))
def test_participants_may_be_listed_in_any_order(written, seed, random):
    shuffled = list(written.fields["participants"])
    random.shuffle(shuffled)
    assert differing(played(written, seed).state, played(written.but(participants=shuffled), seed).state) == []


@laws(25, shrink=False)
@given(scenarios(), seeds, st.randoms(use_true_random=False))
def test_the_order_of_actors_orders_the_results_and_no_more(written, seed, random):
    library = written.loaded.library
    codes = list(library.states)
    random.shuffle(codes)
    reordered = library.model_copy(update={"states": {code: library.states[code] for code in codes}})
    one, other = played(written, seed), played(written.but(library=reordered), seed)
    assert set(one.inputs.actors) == set(other.inputs.actors)
    assert differing(one.state, as_ordered_in(one.inputs, other)) == []


def as_ordered_in(inputs, world):
    """The state of a world with its actors in the order of another setting."""
    state = world.state.copy()
    places = [world.inputs.index[code] for code in inputs.actors]
    for name in LAST_AXIS_IS_ACTORS:
        setattr(state, name, getattr(state, name)[..., places])
    adversaries = [world.inputs.adversaries.index(code) for code in inputs.adversaries]
    for name in ("added_exposure", "sway", "retaliated", "pressure", "move_at_large", "moves_made"):
        setattr(state, name, getattr(state, name)[adversaries])
    return state


@laws(25)
@given(scenarios(), seeds, st.booleans())
def test_a_silent_observer_changes_nothing_for_the_others(written, seed, leads):
    """An actor that brings nothing, is tied to nobody, sits in no format and joins nothing might as well not be there.

    It cannot be more than that. With an economy it would be part of the whole of which others are a share; with ties it
    would have a stake and could call a meeting; at a table its wish would count in the chair's proposal. The measures
    that are means over states (political capital spent) have one state more to divide by.
    """
    written = written.but(formats=formats_of_some(written))
    alone, seen = played(written, seed, [3]), played(with_observer(written, leads), seed, [3])
    others = [seen.inputs.index[code] for code in alone.inputs.actors]
    mine = arrays(seen.state)
    for name, values in arrays(alone.state).items():
        theirs = mine[name][..., others] if name in LAST_AXIS_IS_ACTORS else mine[name]
        assert np.array_equal(values, theirs), name
    assert not seen.state.joined[..., seen.inputs.index["XAA"]].any()


def formats_of_some(written):
    """Every format but the one in which all states of the world sit."""
    return [key for key, form in written.loaded.library.formats.items() if "any" not in form.members]


def with_observer(written, leads):
    """The scenario with one state more that only watches; `leads`: named first among the participants."""
    people = written.fields["participants"]
    states = [code for code in resolve_members(people, written.loaded.library, A_DAY) if code not in ("NATO", "EU")]
    return written.but(
        participants=["XAA", *people] if leads else [*people, "XAA"],
        ties=[{"between": ["XAA", code], "strength": 0.0} for code in states],
        actors={
            "XAA": {
                "name": "Xanadu",
                "adjective": "Xanadese",
                "role": "other",
                "theatre": "elsewhere",
                "policy": "silent",
                "economy": 0.0,
                "cyber": 0.0,
                "military": 0.0,
            }
        },
    )
