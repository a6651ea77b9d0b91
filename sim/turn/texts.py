"""Texts: how a consultation that falls due ends, by its format's rule.

Consensus and unanimity lie under silence: a break moves the text towards the breaker and the clock runs again, three
times at most; then the text falls to what nobody opposes. A qualified majority votes. A coalition is whoever goes along
with the lead. Adjudication opens a case.

All consultations of a batch that fall due in a turn are worked on together: K pairs of a table and a run.
"""

from dataclasses import dataclass

import numpy as np

from sim.policies.policy import Option
from sim.rules.choice import largest, logistic
from sim.rules.compromise import compromise
from sim.rules.voting import p_break_silence, qualified_majority, softened, unopposed
from sim.turn.asking import put, seated
from sim.turn.joining import join
from sim.turn.positions import rung_edges, rung_of, salience
from sim.world.grid import on_grid
from sim.world.setting import SILENT_RULES, of_rows
from sim.world.state import ADOPTED, FAILED, NEVER, OPEN

LAST_ROUND = 3


@dataclass(frozen=True)
class Sitting:
    """Consultations that end now: K pairs of a table and a run, with what their members want.

    tables, runs, acts : (K,); wants, cares : (K, A); voters : (K, A) bool
    """

    tables: np.ndarray
    runs: np.ndarray
    acts: np.ndarray
    wants: np.ndarray
    cares: np.ndarray
    voters: np.ndarray

    def of(self, coefficient):
        """A coefficient of behaviour for each pair: (K, 1) or (1, 1)."""
        return of_rows(coefficient, self.runs)

    def first(self, is_open):
        """The pairs of row 0 that are still open: what a witness tells."""
        return np.flatnonzero((self.runs == 0) & is_open)


def conclude(world):
    """End every consultation that falls due in this turn."""
    state = world.state
    due = (state.table_state == OPEN) & (state.table_due <= world.last_day)
    rules = np.array(world.setting.table_rule)
    open_cases(world, due & (rules == "adjudication")[:, None])
    for end, of_rule in ENDINGS:
        tables, runs = np.nonzero(due & of_rule(rules)[:, None])
        if tables.size:
            sitting = sit(world, tables, runs)
            settle(world, sitting, *end(world, sitting))
    act_for_members(world)


def sit(world, tables, runs):
    """What the members of these tables want now."""
    setting, state = world.setting, world.state
    acts = setting.table_act[tables]
    cares = np.array([salience(world, h) for h in range(len(setting.acts))])
    return Sitting(tables, runs, acts, state.position[acts, runs], cares[acts, runs], setting.table_voters[tables])


def proposal(world, sitting):
    """The chair's text: the weighted mean of what members want, and the chair's error: (K,)."""
    setting = world.setting
    mean = compromise(sitting.wants, on_grid(setting.capability * sitting.voters), sitting.cares, otherwise=0.0)
    luck = world.draws.normal_at("chair", world.turn, setting.table_names, sitting.tables, sitting.runs)
    return on_grid(np.clip(mean + sitting.of(setting.beh.chair_error)[:, 0] * luck, 0, 1))


# ------------------------------------------------------------------------------------------------- endings


def lie_under_silence(world, sitting):
    """Text and supporters after the silence procedure: (K,), (K, A)."""
    setting, beh = world.setting, world.setting.beh
    text = proposal(world, sitting)
    stands = np.zeros(text.size, dtype=bool)
    unanimous = (np.array(setting.table_rule)[sitting.tables] == "unanimity")[:, None]
    patience = np.where(unanimous, sitting.of(beh.abstention), 1.0)
    for attempt in range(1, LAST_ROUND + 1):
        tell_text(world, sitting, attempt, text, ~stands)
        chance = p_break_silence(
            text[:, None],
            sitting.wants,
            sitting.cares,
            sitting.of(beh.silence_hazard),
            sitting.of(beh.silence_steepness),
            sitting.of(beh.silence_weaker),
            sitting.of(beh.silence_days),
        )
        luck = world.draws.uniform_at(
            f"silence {attempt}", world.turn, setting.table_names, setting.actors, sitting.tables, sitting.runs
        )
        broken = (luck < chance * patience) & sitting.voters & ~stands[:, None]
        broken = ask_silence(world, sitting, attempt, text, broken, ~stands)
        stands = stands | ~broken.any(axis=-1)
        if stands.all():
            break
        np.add.at(world.state.breaks, sitting.runs, broken.sum(axis=-1))
        before = text
        text = np.where(stands, text, soften(world, sitting, attempt, text, broken))
        tell_break(world, sitting, attempt, broken, before, text)
    return text, sitting.voters


def soften(world, sitting, attempt, text, broken):
    """The text after breaks: part of the way to the breakers, or, after the last round, what nobody opposes."""
    beh = world.setting.beh
    if attempt == LAST_ROUND:
        lives_with = np.minimum(sitting.wants + sitting.of(beh.tolerance), 1)
        return on_grid(unopposed(text, lives_with, sitting.voters))
    theirs = compromise(
        sitting.wants,
        on_grid(broken * (sitting.of(beh.weight_floor) + world.setting.capability)),
        sitting.cares,
        otherwise=0.0,
    )
    return on_grid(softened(text, theirs, sitting.of(beh.silence_shift)[:, 0]))


def vote(world, sitting):
    """Text and supporters under a qualified majority; a text that fails is softened and put again."""
    setting, beh = world.setting, world.setting.beh
    text = proposal(world, sitting)
    carried = np.zeros(text.size, dtype=bool)
    yes = np.zeros(sitting.wants.shape, dtype=bool)
    for attempt in range(1, LAST_ROUND + 1):
        tell_text(world, sitting, attempt, text, ~carried)
        against = sitting.voters & (sitting.wants + sitting.of(beh.tolerance) < text[:, None]) & ~carried[:, None]
        against = ask_silence(world, sitting, attempt, text, against, ~carried)
        yes = np.where(carried[:, None], yes, sitting.voters & ~against)
        carried = carried | qualified_majority(yes, setting.population[0], sitting.voters)
        if carried.all():
            break
        outvoted = against & ~carried[:, None]
        before = text
        theirs = compromise(
            sitting.wants,
            on_grid(outvoted * (sitting.of(beh.weight_floor) + setting.capability)),
            sitting.cares,
            otherwise=0.0,
        )
        text = np.where(carried, text, on_grid(softened(text, theirs, sitting.of(beh.silence_shift)[:, 0])))
        tell_break(world, sitting, attempt, outvoted, before, text)
    return text * carried, yes & carried[:, None]


def gather_coalition(world, sitting):
    """Text and supporters of a coalition: the lead's own text, and whoever goes along with it."""
    everybody = np.ones(sitting.runs.size, dtype=bool)
    stake = world.state.stake[sitting.acts, sitting.runs] * sitting.voters
    lots = world.draws.uniform_at(
        "lead", world.turn, world.setting.table_names, world.setting.actors, sitting.tables, sitting.runs
    )
    text = np.take_along_axis(sitting.wants, largest(stake, lots)[:, None], axis=-1)[:, 0]
    tell_text(world, sitting, 1, text, everybody)
    against = sitting.voters & (sitting.wants + sitting.of(world.setting.beh.tolerance) < text[:, None])
    along = sitting.voters & ~ask_silence(world, sitting, 1, text, against, everybody)
    enough = along.sum(axis=-1) >= 2
    return text * enough, along & enough[:, None]


ENDINGS = (
    (lie_under_silence, lambda rules: np.isin(rules, SILENT_RULES)),
    (vote, lambda rules: rules == "qmv"),
    (gather_coalition, lambda rules: rules == "coalition"),
)


def open_cases(world, due):
    """Adjudication: the members that are hit bring the case, or the body that is competent for them."""
    setting, state = world.setting, world.state
    tables, runs = np.nonzero(due)
    if not tables.size:
        return
    hit = (state.severity[setting.table_act[tables], runs] > 0) & setting.table_members[tables]
    parties = hit.copy()
    for body, members in zip(setting.bodies, setting.body_members, strict=True):
        parties[:, setting.index[body]] |= (hit & members).any(axis=-1)
    k, o, a = np.nonzero(setting.table_outputs[tables][:, :, None] & setting.allowed[None] & parties[:, None, :])
    state.table_state[tables, runs] = ADOPTED
    new = join(world, o, runs[k], a, not_before=state.table_due[tables, runs][k])
    if world.witness:
        world.witness.cases_opened(world, new)


# ------------------------------------------------------------------------------------------------- outcome


def settle(world, sitting, text, supporters):
    """Book texts that were adopted, or that failed, with what follows from them."""
    setting, state = world.setting, world.state
    edges = rung_edges(setting)
    tables, runs, acts = sitting.tables, sitting.runs, sitting.acts
    adopted = text >= edges[1]
    text_kept = text * adopted
    weight = on_grid(setting.capability) * setting.is_state
    state.table_state[tables, runs] = np.where(adopted, ADOPTED, FAILED)
    state.table_share[tables, runs] = on_grid((weight * supporters).sum(axis=-1) / weight.sum())
    state.table_text[tables, runs] = np.maximum(state.table_text[tables, runs], text_kept)
    np.maximum.at(state.covered, (acts, runs), text_kept[:, None] * supporters)
    since = np.maximum(state.table_due[tables, runs], world.day) - (setting.act_begins[acts] - 1) * setting.days
    np.minimum.at(state.days_to_text, (acts, runs), np.where(text_kept >= edges[2], since, NEVER))
    book_standing(world, sitting, text_kept, adopted)
    new = follow_texts(world, sitting, text_kept, supporters)
    if world.witness:
        world.witness.texts_settled(world, sitting, text, supporters, adopted, new)


def book_standing(world, sitting, text, adopted):
    """A joint text keeps the promise of consultation; NATO speaking on far-off matters is seen as overreach."""
    setting, state = world.setting, world.state
    np.add.at(state.standing, sitting.runs, on_grid(sitting.of(setting.beh.standing_text)[:, 0] * adopted))
    far = setting.table_is_nato[sitting.tables] & setting.act_is_far[sitting.acts]
    np.add.at(state.overreach, sitting.runs, on_grid(sitting.of(setting.beh.overreach_text)[:, 0] * far * text))
    state.standing = np.clip(state.standing, 0, 1)
    state.overreach = np.clip(state.overreach, 0, 1)


def follow_texts(world, sitting, text, supporters):
    """What a text brings about by itself: the body's instruments, or the signatures of those who made it.

    Returns
    -------
    options, runs, actors, pairs : arrays, what was newly joined and through which pair of the sitting
    """
    setting = world.setting
    body = setting.table_body[sitting.tables]
    reached = setting.table_outputs[sitting.tables] & (text[:, None] >= setting.rung[:, 0, 0]) & (text > 0)[:, None]
    reached = reached & follows(world, body, sitting.runs)
    pair, option = np.nonzero(reached & (body >= 0)[:, None])
    may = setting.allowed[option, body[pair]]
    spoken = np.flatnonzero(setting.signatory)
    who = reached[:, spoken, None] & (body < 0)[:, None, None] & (supporters & setting.is_state)[:, None, :]
    signed, line, signer = np.unravel_index(np.flatnonzero(who & setting.allowed[spoken]), who.shape)
    pairs = np.concatenate([pair[may], signed])
    options = np.concatenate([option[may], spoken[line]])
    actors = np.concatenate([body[pair[may]], signer])
    fresh = ~world.state.joined[options, sitting.runs[pairs], actors]
    pairs, options, actors = pairs[fresh], options[fresh], actors[fresh]
    places = np.ravel_multi_index((options, sitting.runs[pairs], actors), world.state.joined.shape)
    _, once = np.unique(places, return_index=True)
    pairs, options, actors = pairs[once], options[once], actors[once]
    due = world.state.table_due[sitting.tables, sitting.runs][pairs]
    join(world, options, sitting.runs[pairs], actors, covered_by_text=True, not_before=due)
    return options, sitting.runs[pairs], actors, pairs


def follows(world, body, runs):
    """Which responses follow from texts that cover them: (K, O). `body` (K,) is a place among actors, or -1.

    Drawn once a run: a body that has not followed one text does not throw the dice again over the next.
    """
    setting = world.setting
    luck = world.draws.uniform_at("follows", 0, setting.actors, setting.option_names, np.maximum(body, 0), runs)
    return luck < chance_to_follow(setting, runs)


def act_for_members(world):
    """What bodies do, beside what their texts bring about, because their members have done it."""
    setting = world.setting
    for b, body in enumerate(setting.bodies):
        place = setting.index[body]
        option, runs = np.nonzero(carried_by_members(world, b) & ~world.state.joined[..., place])
        if not option.size:
            continue
        goes = follows(world, np.full(runs.size, place), runs)[np.arange(runs.size), option]
        who = np.full(np.count_nonzero(goes), place)
        new = join(world, option[goes], runs[goes], who, covered_by_text=True, not_before=world.day)
        if world.witness:
            world.witness.bodies_act(world, new)


def carried_by_members(world, b, until=NEVER):
    """Where a body may do as its members did: (O, R), bool.

    It needs half of them, or for words one that was hit; and a text of solidarity at least that the body has adopted.
    Some bodies have a head who may speak without one.

    Parameters
    ----------
    world : World
    b : int, which of the bodies
    until : int, day by which members must have acted
    """
    setting, state, beh = world.setting, world.state, world.setting.beh
    place, members = setting.index[setting.bodies[b]], setting.body_members[b]
    tables = np.flatnonzero(setting.table_body == place)
    may = setting.allowed[:, place] & setting.table_outputs[tables].any(axis=0) & members.any()
    carried = np.zeros(state.joined.shape[:2], dtype=bool)
    for option in np.flatnonzero(may):
        h = setting.option_act[option]
        did = state.joined[option] & members & (state.effect_day[option] <= until)
        texts = state.table_text[tables[setting.table_act[tables] == h]]
        stands = (texts >= beh.rung_solidarity[:, 0]).any(axis=0)
        carried[option] = did.sum(axis=-1) >= beh.body_carried[:, 0] * members.sum()
        if setting.signatory[option] or setting.names[option, 0, 0]:
            carried[option] |= (did & (state.severity[h] > 0)).any(axis=-1)
            stands = stands | setting.speaks_alone[b]
        carried[option] &= stands
    return carried


def chance_to_follow(setting, runs):
    """How likely each response follows from a text that covers it: (K, O).

    A statement is the text itself. A body that could name a culprit does so as the practice of naming goes, and takes
    an instrument with a probability of its own.

    Parameters
    ----------
    setting : Setting
    runs : array (K,) of int, rows of the batch
    """
    beh = setting.beh
    names = logistic(beh.precision * (beh.body_naming + setting.practice_of_naming))[:, :, 0].T
    deeds = beh.body_follows
    chance = np.where(setting.names[:, 0, 0] > 0, of_rows(names, runs), of_rows(deeds, runs))
    return np.where(setting.signatory, 1.0, chance)


# ------------------------------------------------------------------------------------------------- seats and witness


def ask_silence(world, sitting, attempt, text, broken, is_open):
    """Let seats at the tables accept the text or break silence; the model's own answer is the default."""
    setting = world.setting
    if not world.seats:
        return broken
    broken = broken.copy()
    for k in np.flatnonzero(is_open):
        here = np.zeros((world.runs, len(setting.actors)), dtype=bool)
        here[sitting.runs[k]] = sitting.voters[k]
        rung = rung_of(text[k], rung_edges(setting))
        act, form = setting.tables[sitting.tables[k]]
        for run, place, code in seated(world, here):
            answer = put(
                world,
                run,
                code,
                "silence",
                f"{act}/{form}#{attempt}",
                f"The text on the table stands at {rung} ({text[k]:.2f} of 1). Do you let it pass?",
                [Option("accept", "let it pass"), Option("break", "break silence")],
                ["break" if broken[k, place] else "accept"],
                rung=rung,
            )[0]
            broken[k, place] = answer == "break"
    return broken


def tell_text(world, sitting, attempt, text, is_open):
    if world.witness:
        for k in sitting.first(is_open):
            world.witness.text_proposed(world, sitting, k, attempt, text[k])


def tell_break(world, sitting, attempt, broken, before, after):
    if world.witness:
        for k in sitting.first(broken.any(axis=-1)):
            world.witness.silence_broken(world, sitting, k, attempt, broken[k], before[k], after[k])
