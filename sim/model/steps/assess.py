"""Phase 2: evidence is gathered and shared; every actor judges who did it, how grave it is, and what is at stake."""

import numpy as np

from sim.model.state import effect
from sim.rules.attribution import evidence, informed_share, pooled
from sim.rules.quantize import quantize
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
    gained = evidence(inputs.incident_is_true[begun], d, draw)
    state.evidence[begun] = quantize(state.evidence[begun] + gained)
    state.information[begun] = quantize(state.information[begun] + np.square(d) / 2)


def discriminability(world):
    """How well each actor can tell the culprit within this turn: (H, R, A).

    Evidence adds up as its square does: twice the time is worth the square root of two.
    """
    inputs, state, params = world.inputs, world.state, world.inputs.params
    skill = params.skill_floor + (1 - params.skill_floor) * inputs.cyber
    with_projects = 1 + effect(world, "discriminability")[..., None] * reached(world)
    plain = 1 - state.difficulty[..., None]
    gathered = params.evidence_rate * skill * plain * access(world) * with_projects * np.sqrt(world.months)
    return np.maximum(gathered, params.evidence_overt * is_overt(world)[..., None] * can_see(inputs))


def is_overt(world):
    """Which incidents everybody can see for what they are: no trace to be read, and known to all. (H, R) bool."""
    return (world.state.difficulty == 0) & (world.state.publicness == 1)


def access(world):
    """How much of an incident an actor can see: all for a victim, else through signals collection or from the open."""
    inputs, state, params = world.inputs, world.state, world.inputs.params
    collection = params.access_signals * inputs.collection
    from_open = params.access_open * state.publicness[..., None]
    return np.where(state.severity > 0, 1.0, np.maximum(collection, from_open)) * can_see(inputs)


def can_see(inputs):
    """States assess; adversaries and bodies of many members do not."""
    return inputs.is_state.astype(float)


def members_of_partnership(inputs):
    """Those between whom there is cooperation, NATO's members and the four partners: (A,)."""
    return (inputs.is_nato | inputs.is_partner) & inputs.is_state


def reached(world):
    """How far cooperation reaches each state: its members in full, others as far as it is open to them: (R, A)."""
    inputs = world.inputs
    return np.where(members_of_partnership(inputs), 1.0, world.openness()[:, None] * inputs.is_state)


def share(world, begun):
    """What reaches an actor joins its own evidence, discounted because sources overlap.

    A source counts by what it can tell, so that a report from somebody who knows nothing never weakens one who does.
    """
    inputs, state, params = world.inputs, world.state, world.inputs.params
    own = state.evidence[begun]
    informed = quantize(informed_share(np.sqrt(2 * state.information[begun]), FULLY_INFORMED))
    sources = np.stack([own, informed])  # what each has found out, and how much of a source it is by that
    received = reaches(sources, inputs.sharing)
    more = quantize(effect(world, "sharing"))[begun][..., None]
    if more.any():
        received += more * reaches(sources, inputs.partners_share)
        opened = quantize(more * world.openness()[:, None])
        if opened.any():
            received += opened * reaches(sources, inputs.guests_share)
    if state.asked[begun].any():
        is_victim = state.severity[begun] > 0
        told = quantize(params.victim_shares * state.asked[begun][..., None] * heard_at_consultations(world)[begun])
        received += told * ~is_victim * (sources * is_victim).sum(axis=-1, keepdims=True)
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
        return (sources.reshape(-1, sources.shape[-1]) @ weights[0]).reshape(sources.shape)
    by_run = np.moveaxis(sources, -2, 0)
    return np.moveaxis((by_run.reshape(len(by_run), -1, by_run.shape[-1]) @ weights).reshape(by_run.shape), 0, -2)


def heard_at_consultations(world):
    """Who sat in a consultation over each incident, called by now: (H, R, A), 0 or 1."""
    inputs, state = world.inputs, world.state
    heard = np.zeros(state.belief.shape)
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
    misjudged = params.perception_noise * (1 - state.publicness[begun][..., None]) * state.severity_noise[begun]
    perceived = np.clip(worst + misjudged * (worst > 0), 0, 1)
    linkage = quantize(np.clip(state.linkage[:, None] + effect(world, "linkage").max(axis=0)[:, None], 0, 1))
    concern = quantize(effect(world, "stake_technology"))[begun][..., None] * members_of_partnership(inputs)
    shared = np.zeros_like(perceived)
    near, far = inputs.ties
    for k, (victim, is_hit) in enumerate(zip(hit, harm.any(axis=1).T, strict=True)):
        tie = near[victim] + linkage * far[victim]
        for h in is_hit.nonzero()[0]:
            np.maximum(shared[h], harm[h, :, k, None] * (tie + concern[h]), out=shared[h])
    for seen in (perceived, shared):  # whoever is hit knows its own harm, and it is all its own
        seen[..., hit] = np.where(harm > 0, harm, seen[..., hit])
    felt = shared / np.maximum(worst, params.bond_from)
    state.perceived[begun] = quantize(perceived)
    state.stake[begun] = quantize(np.minimum(shared, perceived) * inputs.is_state)
    state.bond[begun] = quantize(np.minimum(felt, 1) * inputs.is_state)


def severity_now(world, where=slice(None)):
    """How hard whoever is hit worst is hit now: (H, R), or, for one incident, (R,), or of (incidents, runs), (K,)."""
    return world.state.severity[where].max(axis=-1) * world.state.intensity[where]


def confidence_now(world, where=slice(None)):
    """How sure those with a stake are of the culprit now: likewise."""
    stake = world.state.stake[where] * world.inputs.is_state
    weight = np.maximum(stake.sum(axis=-1), 1e-9)
    return quantize((quantize(world.confidence()[where]) * stake).sum(axis=-1) / weight)
