"""Phase 2: evidence is gathered and shared; every actor judges who did it, how grave it is, and what is at stake."""

import numpy as np

from sim.model.state import effect
from sim.rules.attribution import evidence, informed_share, pooled
from sim.rules.quantize import highest, quantize
from sim.rules.tempo import NEVER

FULLY_INFORMED = 2.0  # discriminability of an observer who counts as one whole source


def assess(world):
    """Gather evidence on every incident that has begun, share it, and judge severity and stake."""
    begun = world.begun
    if not world.inputs.incidents:
        return
    gather(world, begun)
    judge_gravity(world, begun)
    share(world, begun)
    if world.recorder:
        for h in begun:
            world.recorder.assessment(world, h)


def gather(world, begun):
    """Own evidence grows by what an actor's access and skill let it see in the time of a turn."""
    inputs, state = world.inputs, world.state
    d = discriminability(world)[begun]
    draw = world.draws.normal("evidence", world.turn, tuple(inputs.incidents[h] for h in begun), inputs.actors)
    found = state.evidence[begun] + evidence(inputs.incident_is_true[begun], d, draw)
    state.evidence[begun] = np.copysign(quantize(found), found)  # digests of runs tell minus nought from nought
    state.information[begun] = quantize(state.information[begun] + np.square(d) / 2)


def discriminability(world):
    """How well each actor can tell the culprit within this turn: (H, R, A).

    Evidence adds up as its square does: twice the time is worth the square root of two.
    """
    inputs, state, params = world.inputs, world.state, world.inputs.params
    skill = (params.skill_floor + (1 - params.skill_floor) * inputs.cyber) * inputs.is_state
    helped = effect(world, "discriminability")
    seen = np.array([helped, helped * world.openness()]).transpose(1, 2, 0) @ inputs.sides[1:3]
    seen += 1  # with projects
    seen *= 1 - state.difficulty[..., None]
    seen *= access(world)
    seen *= params.evidence_rate * skill * np.sqrt(world.months)
    overt = params.evidence_overt * is_overt(world)[..., None] * inputs.is_state
    return np.maximum(seen, overt, out=seen)


def is_overt(world):
    """Which incidents everybody can see for what they are: no trace to be read, and known to all. (H, R) bool."""
    return (world.state.difficulty == 0) & (world.state.publicness == 1)


def access(world):
    """How much of an incident a state can see: all for a victim, else through signals collection or from the open."""
    inputs, state, params = world.inputs, world.state, world.inputs.params
    collection = params.access_signals * inputs.collection
    from_open = params.access_open * state.publicness[..., None]
    return np.where(state.severity > 0, 1.0, np.maximum(collection, from_open))


def share(world, begun):
    """What reaches an actor joins its own evidence, discounted because sources overlap.

    A source counts by what it can tell, so that a report from somebody who knows nothing never weakens one who does.
    """
    inputs, state, params = world.inputs, world.state, world.inputs.params
    own = state.evidence[begun]
    informed = quantize(informed_share(np.sqrt(2 * state.information[begun]), FULLY_INFORMED))
    sources = np.stack([own, informed])  # what each has found out, and how much of a source it is by that
    received = reaches(sources, inputs.sharing)
    more = quantize(effect(world, "sharing"))[begun]
    if more.any():
        opened, each = quantize(more * world.openness()), inputs.sides
        given = sources @ each.T * np.array([more, opened, opened, more]).transpose(1, 2, 0)
        received += given @ each[::-1]
    if state.asked[begun].any():
        is_victim = state.severity[begun] > 0
        told = quantize(params.victim_shares * state.asked[begun][..., None])
        told = told * np.vecdot(sources, is_victim.astype(float))[..., None]
        received += told * (heard_at_consultations(world)[begun] & ~is_victim).astype(float)
    received[0] += state.handed[begun]
    received[1] += state.handed_weight[begun]
    state.belief = state.belief.copy()  # another array: what is kept of the one before does not hold any more
    state.belief[begun] = quantize(pooled(params.prior_log_odds + own, *received, params.source_correlation))


def hand_over(world, run, h, giver, receivers):
    """Hand what an actor has found out about incident `h` to others, as far as it does not reach them anyway."""
    inputs, state = world.inputs, world.state
    sharing = inputs.sharing[min(run, len(inputs.sharing) - 1)]
    own = state.evidence[h, run, giver]
    informed = informed_share(np.sqrt(2 * state.information[h, run, giver]), FULLY_INFORMED)
    for receiver in receivers:
        beyond = np.clip(1 - sharing[giver, receiver], 0, 1)
        state.handed[h, run, receiver] += quantize(beyond * own)
        state.handed_weight[h, run, receiver] += quantize(beyond * informed)


def reaches(sources, weights):
    """What goes from everybody to everybody by these weights, which may differ from run to run: (..., R, A)."""
    if len(weights) == 1:
        return sources @ weights[0]
    by_run = np.moveaxis(sources, -2, 0)
    return np.moveaxis((by_run.reshape(len(by_run), -1, by_run.shape[-1]) @ weights).reshape(by_run.shape), 0, -2)


def heard_at_consultations(world):
    """Who sat in a consultation over each incident, called by now: (H, R, A) bool."""
    inputs, state = world.inputs, world.state
    heard = np.zeros(state.belief.shape, dtype=bool)
    for h, part in enumerate(inputs.consultation_slices):
        called = (state.consultation_called[part] < NEVER).astype(float)
        heard[h] = called.T @ inputs.consultation_members[part].astype(float) > 0
    return heard


def judge_gravity(world, begun):
    """Severity as each sees it, and its stake: own harm, or the worst of those it is tied to, fading slowly."""
    inputs, state, params = world.inputs, world.state, world.inputs.params
    state.remembered = quantize(
        np.maximum(state.intensity, state.remembered * inputs.params_per_run.memory**world.months)
    )
    hit = np.flatnonzero((state.severity[begun] > 0).any(axis=(0, 1)))  # the victims, few among all
    harm = quantize(np.minimum(state.severity[begun][..., hit] * state.remembered[begun][..., None], 1))
    worst = harm.max(axis=-1, keepdims=True, initial=0)
    misjudged = params.perception_noise * (1 - state.publicness[begun][..., None]) * (worst > 0)
    perceived = misjudged * state.severity_noise[begun]
    perceived += worst
    np.clip(perceived, 0, 1, out=perceived)
    shared = concerns(world, begun, hit, harm)
    for seen in (perceived, shared):  # whoever is hit knows its own harm, and it is all its own
        seen[..., hit] = np.where(harm > 0, harm, seen[..., hit])
    shared *= inputs.is_state
    state.perceived[begun] = quantize(perceived)
    state.stake[begun] = quantize(np.minimum(shared, perceived))
    state.bond[begun] = quantize(np.minimum(shared / np.maximum(worst, params.bond_from), 1))


def concerns(world, begun, hit, harm):
    """What of the harm of others is each one's own, by its ties to them: the worst of it, (H, R, A)."""
    inputs = world.inputs
    linkage = quantize(np.clip(world.state.linkage + effect(world, "linkage").max(axis=0), 0, 1))
    technology = quantize(effect(world, "stake_technology"))[begun]
    shared = np.empty((len(begun), world.runs, len(inputs.actors)))
    for h, victims in enumerate(harm.any(axis=1)):
        own = harm[h].T[victims]
        near, far = (tie[hit[victims]] for tie in inputs.ties)
        if near.shape[1] == 1:
            felt = np.array([own, own * linkage]).transpose(1, 2, 0) @ np.concatenate([near, far], axis=1)
        else:
            felt = own[..., None] * (near + linkage[:, None] * far)
        if technology[h].any():
            felt += (own * technology[h])[..., None] * inputs.sides[1]
        felt.max(axis=0, initial=0, out=shared[h])
    return shared


def severity_now(world, where=slice(None)):
    """How hard whoever is hit worst is hit now: (H, R), or, for one incident, (R,), or of (incidents, runs), (K,)."""
    return highest(world.state.severity[where]) * world.state.intensity[where]


def confidence_now(world, where=slice(None)):
    """How sure those with a stake are of the culprit now: likewise."""
    stake = world.state.stake[where]
    weight = np.maximum(stake.sum(axis=-1), 1e-9)
    return quantize(np.vecdot(quantize(world.confidence()[where]), stake) / weight)
