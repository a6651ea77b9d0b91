"""Texts: how the consultations that fall due end, each by its format's rule.

Consensus and unanimity lie under silence: a break moves the text towards the breaker and the clock runs again, three
times at most; then the text falls to what nobody opposes. A qualified majority votes, and a text that fails is softened
and put again. A coalition is whoever goes along with the lead. Adjudication opens a case.

All consultations of a batch that fall due in a turn are worked on together, round by round; each round opens with one
decision for every seat in every consultation that is still open.
"""

from dataclasses import dataclass, replace

import numpy as np

from sim.catalogue.responses import SILENT_RULES, rung_of
from sim.model.decisions import Decision, Option
from sim.model.state import ADOPTED, FAILED, OPEN
from sim.model.steps.assess import confidence_now, severity_now
from sim.model.steps.joining import join
from sim.model.steps.positions import rung_edges, salience
from sim.model.steps.stops import seats_to_ask
from sim.model.steps.willingness import joined_any
from sim.rules.choice import largest
from sim.rules.consultation import (
    STATES_SHARE,
    bearable,
    compromise,
    p_break_silence,
    qualified_majority,
    softened,
    unopposed,
)
from sim.rules.odds import logistic
from sim.rules.quantize import of_runs, quantize, select_runs
from sim.rules.tempo import NEVER

ROUNDS = (1, 2, 3)
SILENCE, VOTE, COALITION, CASE = range(4)
RULES = {**dict.fromkeys(SILENT_RULES, SILENCE), "qmv": VOTE, "coalition": COALITION, "adjudication": CASE}


@dataclass
class DueConsultations:
    """Consultations that end now: K of them in a run each, what members want, and how far they have come.

    consultations, runs, incidents, rule : (K,); wants, cares : (K, A); voters : (K, A) bool; text : (K,) as it stands;
    is_done : (K,) bool; backers : (K, A) bool, who stands behind it once it is done
    """

    consultations: np.ndarray
    runs: np.ndarray
    incidents: np.ndarray
    rule: np.ndarray
    wants: np.ndarray
    cares: np.ndarray
    voters: np.ndarray
    text: np.ndarray
    is_done: np.ndarray
    backers: np.ndarray

    def of(self, coefficient):
        """A coefficient of behaviour for each pair: (K, 1) or (1, 1)."""
        return select_runs(coefficient, self.runs)

    def only(self, pairs):
        """Some of the pairs: places or marks."""
        return DueConsultations(*[values[pairs] for values in vars(self).values()])

    def copy(self):
        """The same consultations once more: rounds played in one leave the other as it is."""
        return self.only(np.arange(self.runs.size))

    def many_times(self, runs):
        """The same consultations of a batch of one, in each of many runs."""
        again = self.only(np.repeat(np.arange(self.runs.size), runs))
        return replace(again, runs=np.tile(np.arange(runs), self.runs.size))

    @property
    def open_pairs(self):
        """Places of the pairs that are still open."""
        return np.flatnonzero(~self.is_done)


def propose_texts(world):
    """Bring every consultation that falls due in this turn to its text; open the cases of those that adjudicate."""
    inputs, state = world.inputs, world.state
    due = (state.consultation_state == OPEN) & (state.consultation_due <= world.last_day)
    rules = np.array([RULES[rule] for rule in inputs.consultation_rule], dtype=int)
    open_cases(world, due & (rules == CASE)[:, None])
    consultations, runs = np.nonzero(due & (rules != CASE)[:, None])
    if not consultations.size:
        return
    in_order = np.argsort(rules[consultations], kind="stable")
    consultations, runs = consultations[in_order], runs[in_order]
    incidents, voters = inputs.consultation_incident[consultations], inputs.consultation_voters[consultations]
    world.due = DueConsultations(
        consultations,
        runs,
        incidents,
        rule=rules[consultations],
        wants=state.position[incidents, runs],
        cares=salience(world, incidents, runs),
        voters=voters,
        text=np.zeros(consultations.size),
        is_done=np.zeros(consultations.size, dtype=bool),
        backers=np.zeros(voters.shape, dtype=bool),
    )
    gathers = world.due.rule == COALITION
    for these, drafted in ((gathers, lead_text), (~gathers, proposal)):
        if these.any():
            world.due.text[these] = drafted(world, world.due.only(these))


# ------------------------------------------------------------------------------------------------- a round


def open_round(world, attempt):
    """Whether each seat in a consultation that is still open lets the text pass: list of (run, Decision)."""
    inputs, due = world.inputs, world.due
    if due is None:
        return []
    edges, options = rung_edges(inputs), (Option("accept"), Option("break"))
    opened = []
    against = objections(world, due, attempt)
    for k in due.open_pairs:
        here = np.zeros((world.runs, len(inputs.actors)), dtype=bool)
        here[due.runs[k]] = due.voters[k]
        text = float(due.text[k])
        for run, place, code in seats_to_ask(world, "silence", here):
            own = ("break" if against[k, place] else "accept",)
            about = _address(inputs, due, k, attempt)
            asked = Decision(
                "silence", world.turn, code, about, options, own, rung=rung_of(text, edges), text=round(text, 6)
            )
            opened.append((run, asked))
    return opened


def _address(inputs, due, k, attempt):
    incident, form = inputs.consultations[due.consultations[k]]
    return f"{incident}/{form}#{attempt}"


def close_round(world, attempt, answers):
    """One round of every consultation that is still open: who stands against its text, and what becomes of it then."""
    whole, inputs = world.due, world.inputs
    if whole is None or whole.is_done.all():
        return
    places = whole.open_pairs
    due = whole.only(places)
    tell_text(world, due, attempt)
    against = answered(world, due, attempt, objections(world, due, attempt), answers)
    yes = due.voters & ~against
    is_silent, votes = due.rule == SILENCE, due.rule == VOTE
    passed = is_silent & ~against.any(axis=-1)
    if votes.any():
        passed[votes] = qualified_majority(yes[votes], inputs.population[0], due.voters[votes])
    passed[due.rule == COALITION] = True
    goes_on = np.flatnonzero(~passed)
    broken = (against & (is_silent & ~passed)[:, None]).sum(axis=-1)
    world.state.breaks += np.bincount(due.runs, broken, world.runs)
    before = due.text
    due.text = before.copy()
    due.text[goes_on] = soften(world, due.only(goes_on), attempt, against[goes_on])
    tell_break(world, due, attempt, against & ~passed[:, None], before)
    falls = is_silent & (attempt == ROUNDS[-1])
    whole.text[places] = due.text
    whole.is_done[places] = passed | falls
    whole.backers[places] = np.where(is_silent[:, None], due.voters, yes)


def objections(world, due, attempt):
    """Who stands against the text by the model's own rule: (K, A) bool. Breaking silence is a hazard, a vote is not."""
    params = world.inputs.params
    against = due.voters & (due.wants + due.of(params.tolerance) < due.text[:, None])
    silent = due.rule == SILENCE
    if silent.any():
        against[silent] = breaks(world, due.only(silent), attempt)
    return against


def breaks(world, due, attempt):
    """Who breaks silence: (K, A) bool."""
    inputs, params = world.inputs, world.inputs.params
    unanimous = np.array([rule == "unanimity" for rule in inputs.consultation_rule])[due.consultations]
    patience = np.where(unanimous[:, None], due.of(params.abstention), 1.0)
    chance = p_break_silence(
        due.text[:, None],
        due.wants,
        due.cares,
        due.of(params.silence_hazard),
        due.of(params.silence_steepness),
        due.of(params.silence_weaker),
        due.of(params.silence_days),
    )
    draw = world.draws.uniform_at(
        f"silence {attempt}", world.turn, inputs.consultation_names, inputs.actors, due.consultations, due.runs
    )
    return (draw < chance * patience) & due.voters


def answered(world, due, attempt, against, answers):
    """The same with what seats have answered in place of the model's own rule."""
    if not answers.by_run:
        return against
    inputs, against = world.inputs, against.copy()
    places = {(run, _address(inputs, due, k, attempt)): k for k, run in enumerate(due.runs.tolist())}
    for run, code, about, choice in answers.all("silence"):
        if (run, about) in places:
            against[places[run, about], inputs.index[code]] = choice == ("break",)
    return against


def soften(world, due, attempt, against):
    """The text after a round: part of the way to those against it, or, after the last, what nobody opposes."""
    params, text = world.inputs.params, due.text
    theirs = compromise(
        due.wants,
        quantize(against * (due.of(params.weight_floor) + due.of(world.inputs.capability))),
        due.cares,
        otherwise=0.0,
    )
    softer = quantize(softened(text, theirs, due.of(params.silence_shift)[:, 0]))
    if attempt < ROUNDS[-1]:
        return softer
    lives_with = np.minimum(due.wants + due.of(params.tolerance), 1)
    return np.where(due.rule == SILENCE, quantize(unopposed(text, lives_with, due.voters)), softer)


def proposal(world, due):
    """The chair's text: the weighted mean of what members want, and the chair's error: (K,)."""
    inputs = world.inputs
    mean = compromise(due.wants, quantize(due.of(inputs.capability) * due.voters), due.cares, otherwise=0.0)
    lives_with = due.wants + due.of(inputs.params.tolerance)
    within = np.minimum(
        mean,
        bearable(
            lives_with, due.voters, np.where(due.rule == VOTE, STATES_SHARE, due.of(inputs.params.bearable_share)[:, 0])
        ),
    )
    draw = world.draws.normal_at("chair", world.turn, inputs.consultation_names, due.consultations, due.runs)
    return quantize(np.clip(within + due.of(inputs.params.chair_error)[:, 0] * draw, 0, 1))


def lead_text(world, due):
    """The text of whoever has most at stake, which a coalition gathers behind: (K,)."""
    inputs = world.inputs
    stake = world.state.stake[due.incidents, due.runs] * due.voters
    lots = world.draws.uniform_at(
        "lead", world.turn, inputs.consultation_names, inputs.actors, due.consultations, due.runs
    )
    return np.take_along_axis(due.wants, largest(stake, lots)[:, None], axis=-1)[:, 0]


def open_cases(world, due):
    """Adjudication: the members that are hit bring the case, or the body that is competent for them."""
    inputs, state = world.inputs, world.state
    consultations, runs = np.nonzero(due)
    if not consultations.size:
        return
    hit = (state.severity[inputs.consultation_incident[consultations], runs] > 0) & inputs.consultation_members[
        consultations
    ]
    parties = hit.copy()
    for body, members in zip(inputs.bodies, inputs.body_members, strict=True):
        parties[:, inputs.index[body]] |= (hit & members).any(axis=-1)
    k, o, a = np.nonzero(
        inputs.consultation_outputs[consultations][:, :, None]
        & inputs.allowed_in(world.turn)[None]
        & parties[:, None, :]
    )
    state.consultation_state[consultations, runs] = ADOPTED
    first = first_time(world, o, runs[k], a)
    k, o, a = k[first], o[first], a[first]
    join(world, o, runs[k], a, not_before=state.consultation_due[consultations, runs][k])
    if world.recorder:
        world.recorder.cases_opened(world, o, runs[k], a, consultations[k])


def first_time(world, options, runs, actors):
    """Places of what nobody has joined yet, each once, in the order of the options."""
    fresh = np.flatnonzero(~world.state.joined[options, runs, actors])
    cells = np.ravel_multi_index((options[fresh], runs[fresh], actors[fresh]), world.state.joined.shape)
    return fresh[np.unique(cells, return_index=True)[1]]


# ------------------------------------------------------------------------------------------------- outcome


def adopt_texts(world):
    """Book the texts that were adopted or failed, with what follows from them; then bodies act for their members."""
    if world.due:
        record_result(world, world.due, *result(world, world.due))
    world.due = None
    act_for_members(world)


def result(world, due):
    """The text that each consultation ends in and who stands behind it: (K,), (K, A).

    A coalition needs its quorum, and a text has to say more than an earlier one did to somebody who stands behind it.
    """
    inputs = world.inputs
    quorate = due.backers.sum(axis=-1) >= inputs.consultation_quorum[due.consultations]
    says_more = (due.text[:, None] > world.state.covered[due.incidents, due.runs]) & due.backers
    enough = due.is_done & ((due.rule != COALITION) | quorate) & says_more.any(axis=-1)
    return due.text * enough, due.backers & enough[:, None]


def record_result(world, due, text, supporters):
    """Book what the consultations ended in, with what follows from it."""
    inputs, state = world.inputs, world.state
    edges = rung_edges(inputs)
    consultations, runs, incidents = due.consultations, due.runs, due.incidents
    adopted = text >= edges[1]
    text_kept = text * adopted
    weight = quantize(due.of(inputs.capability)) * inputs.is_state
    state.consultation_state[consultations, runs] = np.where(adopted, ADOPTED, FAILED)
    state.consultation_share[consultations, runs] = quantize((weight * supporters).sum(axis=-1) / weight.sum(axis=-1))
    state.consultation_text[consultations, runs] = np.maximum(state.consultation_text[consultations, runs], text_kept)
    np.maximum.at(state.covered, (incidents, runs), text_kept[:, None] * supporters)
    told = incidents[adopted], runs[adopted]
    state.told_severity[told], state.told_confidence[told] = severity_now(world, told), confidence_now(world, told)
    since = np.maximum(state.consultation_due[consultations, runs], world.day) - inputs.incident_day[incidents]
    np.minimum.at(state.days_to_text, (incidents, runs), np.where(text_kept >= edges[2], since, NEVER))
    book_standing(world, due, text_kept, adopted)
    new = follow_texts(world, due, text_kept, supporters)
    if world.recorder:
        world.recorder.texts_settled(world, due, text, supporters, adopted, new)


def book_standing(world, due, text, adopted):
    """What third parties make of a joint text.

    It keeps the promise of consultation, but costs standing where it names a state that did not do it; and NATO is seen
    to overreach where it speaks on far-off matters, or on those for which another format is far better placed.
    """
    inputs, state, params = world.inputs, world.state, world.inputs.params
    is_true = of_runs(inputs.incident_is_true, due.incidents, due.runs)
    wrong = adopted & (text >= rung_edges(inputs)[3]) & (is_true < 0)
    gained = due.of(params.standing_text)[:, 0] * adopted - due.of(params.standing_wrong)[:, 0] * wrong
    np.add.at(state.standing, due.runs, quantize(gained))
    out_of_place = inputs.incident_is_far[due.incidents] | of_runs(
        inputs.consultation_misplaced[..., None], due.consultations, due.runs
    )
    beyond = inputs.consultation_is_nato[due.consultations] & out_of_place
    np.add.at(state.overreach, due.runs, quantize(due.of(params.overreach_text)[:, 0] * beyond * text))
    state.standing = np.clip(state.standing, 0, 1)
    state.overreach = np.clip(state.overreach, 0, 1)


def follow_texts(world, due, text, supporters):
    """Who signs what a text says: the body whose text it is, or else the states that stand behind it.

    Returns
    -------
    options, runs, actors, pairs : arrays, what was newly joined and through which pair of the due
    """
    inputs = world.inputs
    spoken = np.flatnonzero(inputs.signatory)
    body = inputs.consultation_body[due.consultations]
    covers = inputs.consultation_outputs[due.consultations][:, spoken] & (text[:, None] >= inputs.rung[spoken, 0, 0])
    covers &= (text > 0)[:, None]
    signs = np.where((body < 0)[:, None], supporters & inputs.is_state, np.arange(len(inputs.actors)) == body[:, None])
    who = covers[:, :, None] & signs[:, None, :] & inputs.allowed_in(world.turn)[spoken]
    pairs, lines, actors = np.unravel_index(np.flatnonzero(who), who.shape)
    options = spoken[lines]
    first = first_time(world, options, due.runs[pairs], actors)
    pairs, options, actors = pairs[first], options[first], actors[first]
    falls_due = world.state.consultation_due[due.consultations, due.runs][pairs]
    join(world, options, due.runs[pairs], actors, covered_by_text=True, not_before=falls_due)
    return options, due.runs[pairs], actors, pairs


def act_for_members(world):
    """What bodies do beside signing their texts: drawn once a run, so that nobody throws the dice again each week."""
    inputs, places = world.inputs, _places_of_bodies(world.inputs)
    chances = chances_of_bodies(world)
    may = (chances > 0) & ~np.moveaxis(world.state.joined[..., places], -1, 0)
    b, o, r = np.unravel_index(np.flatnonzero(may), may.shape)
    if not b.size:
        return
    lots = world.draws.uniform_of("follows", 0, inputs.actors, inputs.option_names, places[b], r, o)
    goes = lots < chances[b, o, r]
    b, o, r = b[goes], o[goes], r[goes]
    since = day_of_text(world)[inputs.option_incident[o], r]
    new = join(world, o, r, places[b], covered_by_text=True, not_before=since)
    if world.recorder:
        world.recorder.bodies_act(world, new)


def _places_of_bodies(inputs):
    return np.array([inputs.index[body] for body in inputs.bodies], dtype=int)


def day_of_text(world):
    """The day of the last text that was adopted over each incident, or today: (H, R)."""
    inputs, state = world.inputs, world.state
    adopted = np.where(state.consultation_state == ADOPTED, state.consultation_due, 0.0)
    return np.array([adopted[part].max(axis=0, initial=world.day) for part in inputs.consultation_slices])


def chances_of_bodies(world):
    """How likely each body is to take up each response that it can decide: (B, O, R), 0 to 1.

    It goes by how far its own text reaches and by how many of its members have taken up something of the kind; naming a
    culprit also as the practice of naming goes. It needs a text of solidarity at least, or for words a head who may
    speak without one.
    """
    inputs, params = world.inputs, world.inputs.params
    chances = np.zeros((len(inputs.bodies), *world.state.joined.shape[:2]))
    b, options = np.nonzero(can_be_taken_up(world))
    if not b.size:
        return chances
    incidents, kinds = inputs.option_incident[options], inputs.option_kind[options]
    texts = {body: text_behind(world, inputs.body_members[body]) for body in {*b.tolist()}}
    text = np.array([texts[body][h] for body, h in zip(b.tolist(), incidents.tolist(), strict=True)])
    names, speaks = inputs.is_attribution[options, 0] > 0, inputs.signatory[options, None]
    own = np.where(speaks, params.body_words[:, 0], params.body_deeds[:, 0])
    grown = inputs.practice_of_naming(world.years)[:, 0] * (1 - inputs.hurts_people[incidents][:, :, 0])
    own = np.where(names, params.body_naming[:, 0] + grown, own)
    beyond, joined = text - inputs.rung[options, 0], shares_of_members(world, b, kinds)
    willing = own + params.body_members[:, 0] * (joined - 0.5) + params.body_text[:, 0] * beyond
    alone = (speaks | names) & (inputs.speaks_alone[b] > 0)[:, None]
    stands = (text >= params.rung_solidarity[:, 0]) | alone
    chances[b, options] = logistic(params.precision[:, 0] * willing) * stands
    return chances


def can_be_taken_up(world):
    """Which responses each body can decide in this turn, for members that are there: (B, O) bool."""
    inputs, places = world.inputs, _places_of_bodies(world.inputs)
    decides = (inputs.consultation_body == places[:, None]) @ inputs.consultation_outputs
    in_time = world.day + inputs.lead_min[:, 0, 0] <= inputs.calendar.length
    may = inputs.allowed_in(world.turn)[:, places].T & inputs.body_members.any(axis=-1)[:, None]
    return decides & may & world.has_begun[inputs.option_incident] & in_time


def shares_of_members(world, bodies, kinds):
    """The share of a body's members that have taken up something of a kind of response: (N, R), 0 to 1.

    Half, where none of them may: an instrument that is the body's alone waits for nobody.

    Parameters
    ----------
    bodies, kinds : arrays (N,) of int, places of each
    """
    inputs, members = world.inputs, world.inputs.body_members
    asked = {*kinds.tolist()}
    options = [option for option, kind in enumerate(inputs.option_kind.tolist()) if kind in asked]
    did = joined_any(world, options, inputs.option_kind, len(inputs.kinds))
    counts = did.astype(np.float32) @ members.T.astype(np.float32)  # single precision counts as exactly
    shares = (counts / np.maximum(members.sum(axis=-1), 1))[kinds, :, bodies]
    return np.where(inputs.members_may[bodies, kinds][:, None], shares, 0.5)


def text_behind(world, members):
    """The strongest text that half of a body's members stand behind, over each incident: (H, R)."""
    of_members = world.state.covered.compress(members, axis=-1)
    of_members.sort(axis=-1)
    return of_members[..., members.sum() // 2]


# ------------------------------------------------------------------------------------------------- recorder


def tell_text(world, due, attempt):
    if world.recorder:
        for k in np.flatnonzero(due.runs == 0):
            world.recorder.text_proposed(world, due, k, attempt, due.text[k])


def tell_break(world, due, attempt, against, before):
    if world.recorder:
        for k in np.flatnonzero((due.runs == 0) & against.any(axis=-1)):
            world.recorder.silence_broken(world, due, k, attempt, against[k], before[k], due.text[k])
