"""Phase 3: victims call consultations, members exchange intentions, texts pass or fail, projects are decided.

1. positions      each actor settles what text it wants and how much it cares
2. calls          whoever is hit asks for a meeting where it is best placed
3. intentions     members hear from one another who would join what
4. texts          consultations that fall due end in a text, by their format's rule
5. projects       cooperation projects put to a decision are agreed or blocked
"""

from dataclasses import dataclass

import numpy as np

from sim.policies.policy import Option
from sim.rules.choice import choice_probabilities, first_of, largest, pick
from sim.rules.formats import format_utility
from sim.rules.tempo import days_drawn
from sim.rules.voting import p_break_silence
from sim.turn.asking import put, seated
from sim.turn.joining import urgency
from sim.turn.positions import ask_positions, salience, take_positions
from sim.turn.projects import decide_projects
from sim.turn.texts import conclude
from sim.turn.willingness import exchange_intentions, inclination, terms
from sim.world.cooperation import effect, effect_anywhere
from sim.world.grid import on_grid
from sim.world.setting import formats_of, of_rows
from sim.world.state import ADOPTED, NEVER, OPEN

WAIT = "wait"


def consult(world):
    """Consult on every act that has begun, then decide the projects put forward."""
    begun = np.flatnonzero(world.setting.act_begins <= world.turn)
    for h in begun:
        take_positions(world, h)
    ask_positions(world, begun)
    for h in begun:
        outlook = look_at_tables(world, h)
        for k in range(int(world.setting.beh.calls.flat[0])):
            call(world, h, k, outlook)
        exchange(world, h)
    leak(world)
    conclude(world)
    decide_projects(world)


def exchange(world, h):
    """Weigh the responses to act `h`, and let members hear what the others intend."""
    world.inclined[h] = inclination(world, h)
    exchange_intentions(world, h)
    if world.witness:
        world.witness.keep_terms(h, terms(world, h))


def leak(world):
    """What lies on the tables may come out: the sooner, the more sit there. The matter is better known then."""
    setting, state, each = world.setting, world.state, world.setting.each
    sitting = setting.table_members.sum(axis=-1)[:, None] * (state.table_state == OPEN)
    heard = np.array([sitting[part].sum(axis=0) for part in setting.table_slices])
    chance = 1 - (1 - each.leak_per_member) ** heard
    leaks = world.draws.uniform("leak", world.turn, setting.acts).T < chance
    state.publicness = on_grid(np.minimum(state.publicness + each.leak_publicness * leaks, 1))
    if world.witness:
        world.witness.leaked(world, np.flatnonzero(leaks[:, 0]), heard[:, 0])


# ------------------------------------------------------------------------------------------------- calls


@dataclass(frozen=True)
class Outlook:
    """What the tables of an act look like to whoever may call in this turn. T tables of the act, R runs."""

    coverage: np.ndarray  # (T, R) how much of the stake sits there
    reputation: np.ndarray  # (T, R)
    days: np.ndarray  # (T, R) until a text is usually there
    veto: np.ndarray  # (T, R) probability that somebody blocks
    victim_inside: np.ndarray  # (T, R) bool
    hurry: np.ndarray  # (R,) factor on days
    tempo: np.ndarray  # (T, R) factor on days


def look_at_tables(world, h):
    """The outlook of the tables of act `h`, before anybody has called in this turn."""
    setting, state, each = world.setting, world.state, world.setting.each
    part = setting.table_slices[h]
    standing = setting.table_is_ip4[part][:, None] * each.call_ip4_standing * effect(world, "ip4_standing")[h]
    hurry, tempo = urgency(world)[h], tempo_of_partnership(world, part)
    return Outlook(
        coverage=coverage(world, h),
        reputation=np.clip(setting.table_reputation[part] + standing, 0, 1),
        days=setting.table_typical[part] * hurry * tempo,
        veto=p_veto(world, h),
        victim_inside=of_any(setting.table_members[part], state.severity[h] > 0),
        hurry=hurry,
        tempo=tempo,
    )


def of_any(members, marked):
    """Whether any member of each table is marked: (tables, R), of members (tables, A) and marks (R, A)."""
    return members.astype(float) @ marked.T.astype(float) > 0


def call(world, h, k, outlook):
    """One chance in the turn to open a consultation over act `h`: who calls, and where."""
    setting, state = world.setting, world.state
    part = setting.table_slices[h]
    if part.start == part.stop:
        return
    utility, looked_at = utilities(world, h, outlook)
    utility = np.where(legal_tables(world, h), utility, -np.inf)
    chances = choice_probabilities(np.concatenate([wait_utility(world, h), utility]), setting.each.call_precision)
    picked = pick(chances, world.draws.uniform(f"call {k}", world.turn, setting.acts)[:, h]) - 1
    picked = np.where(state.stake[h].max(axis=-1) >= setting.each.call_stake_min, picked, -1)
    if world.seats:
        everywhere = np.arange(world.runs)
        picked = ask_format(world, h, callers(world, h, k, everywhere), picked, np.isfinite(utility), k)
    rows = np.flatnonzero(picked >= 0)
    if not rows.size:
        return
    caller = member_calling(world, h, rows, part.start + picked[rows], callers(world, h, k, rows))
    open_tables(world, h, k, outlook, rows, picked[rows], caller)
    if world.witness and rows[0] == 0:
        world.witness.consultation_called(world, h, part.start + picked[0], caller[0], looked_at, chances)


def callers(world, h, k, rows):
    """Who asks for the meeting: the hit by their harm, now and then a friend with a high stake. (K,) places."""
    setting, stake = world.setting, world.state.stake[h, rows]
    friendship = of_rows(setting.beh.call_friend, rows)
    weight = np.where(world.state.severity[h, rows] > 0, stake, friendship * np.square(stake)) * setting.is_state
    luck = world.draws.uniform(f"caller {k}", world.turn, (setting.acts[h],), setting.actors, rows=rows)[0]
    return first_of(on_grid(weight), luck)


def member_calling(world, h, rows, tables, caller):
    """Who asks in a format the caller does not sit in: the member with the highest stake."""
    setting = world.setting
    outside = np.flatnonzero(~setting.table_members[tables, caller])
    lots = world.draws.uniform("member calling", world.turn, setting.actors, rows=rows[outside])
    friend = largest(world.state.stake[h, rows[outside]] * setting.table_members[tables[outside]], lots)
    caller = caller.copy()
    caller[outside] = friend
    return caller


def utilities(world, h, outlook):
    """What the caller sees in each format: (tables of the act, R), and the terms for the record."""
    setting, state, each = world.setting, world.state, world.setting.each
    part = setting.table_slices[h]
    doubled = np.minimum(setting.table_duplicates[part, part] @ is_active(state.table_state[part]), 1)
    utility, looked_at = format_utility(
        setting.table_mandate[part],
        outlook.coverage,
        outlook.days,
        outlook.veto,
        doubled,
        outlook.reputation,
        mandate_weight=each.call_mandate,
        coverage_weight=each.call_coverage,
        days_weight=each.call_days,
        veto_weight=each.call_veto,
        duplication_weight=each.call_duplication,
        reputation_weight=each.call_reputation,
    )
    spoken = state.table_called[part] < NEVER
    return utility + each.call_victim * outlook.victim_inside - each.call_again * spoken, looked_at


def is_active(table_state):
    """1 where a table is open or has adopted its text, else 0."""
    return ((table_state == OPEN) | (table_state == ADOPTED)).astype(float)


def coverage(world, h):
    """How much of the stake in act `h`, weighed by capability, sits at each table: (tables of the act, R)."""
    setting, state = world.setting, world.state
    needed = on_grid(state.stake[h] * (setting.beh.weight_floor + setting.capability))
    members = setting.table_members[setting.table_slices[h]].astype(float)
    return (needed @ members.T).T / np.maximum(needed.sum(axis=-1), 1e-9)


def tempo_of_partnership(world, part):
    """Factor on the days of formats where NATO meets the four: cooperation makes them faster."""
    faster = np.clip(1 + effect_anywhere(world, "decision_days"), 0.3, 2)
    return np.where(world.setting.table_is_ip4[part][:, None], faster, np.ones(world.runs))


def p_veto(world, h):
    """How likely a text at the mean position is blocked, as the caller sees it: by the most reluctant member.

    Returns
    -------
    array (tables of the act, R); 0 where no single member can block
    """
    setting, state, each = world.setting, world.state, world.setting.each
    panels, panel_of = setting.silent_panels[h]
    position, cares = np.ascontiguousarray(state.position[h].T), np.ascontiguousarray(salience(world, h).T)
    weight = on_grid(setting.capability.T * cares)
    mean = (panels @ on_grid(weight * position)) / np.maximum(panels @ weight, 1e-9)
    reluctance = np.zeros_like(mean)
    for k, sits in enumerate(panels > 0):
        reluctance[k] = (np.maximum(mean[k] - position[sits], 0) * cares[sits]).max(axis=0)
    veto = on_grid(
        p_break_silence(reluctance, 0.0, 1.0, each.silence_hazard, each.silence_steepness, 0.0, each.silence_days)
    )
    return np.concatenate([veto, np.zeros((1, world.runs))])[panel_of]


def legal_tables(world, h):
    """Which tables can be opened now: idle, and the matter grave enough for them. (tables of the act, R)."""
    setting, state = world.setting, world.state
    part = setting.table_slices[h]
    again = world.day - state.table_called[part] >= setting.each.call_again_days
    idle = (state.table_state[part] != OPEN) & ((state.table_called[part] >= NEVER) | again)
    worst = (state.severity[h] * state.intensity[h][:, None]).max(axis=-1)
    hit = of_any(setting.table_members[part], state.severity[h] > 0)
    return idle & (worst >= setting.table_threshold[part]) & (hit | ~setting.table_members_only[part])


def wait_utility(world, h):
    """What speaks for calling nobody: more with each table open, less with the stake: (1, R)."""
    setting, state, each = world.setting, world.state, world.setting.each
    part = setting.table_slices[h]
    busy = (state.table_state[part] == OPEN).sum(axis=0)
    urgency_of_call = each.call_stake * state.stake[h].max(axis=-1)
    return (each.call_wait + each.call_wait_open * busy - urgency_of_call)[None] + np.zeros((1, world.runs))


def ask_format(world, h, caller, picked, legal, k):
    """Let a seat that is to call choose where; the model's own choice is its default."""
    setting = world.setting
    part = setting.table_slices[h]
    forms = formats_of(setting.loaded)
    is_caller = np.arange(len(setting.actors)) == caller[:, None]
    for run, _, code in seated(world, is_caller):
        here = [t for t in range(part.stop - part.start) if legal[t, run]]
        options = [Option(WAIT, "call nobody for now")]
        for t in here:
            form = forms[setting.tables[part.start + t][1]]
            day = int(world.day + setting.table_min[part.start + t, 0])
            options.append(
                Option(setting.tables[part.start + t][1], form.name, float(setting.beh.consult_cost.flat[0]), day)
            )
        default = WAIT if picked[run] < 0 else setting.tables[part.start + picked[run]][1]
        answer = put(
            world,
            run,
            code,
            "format",
            f"{setting.acts[h]}#{k + 1}",
            f"Where do you call a consultation over '{setting.loaded.scenario.acts[h].name}'?",
            options,
            [default],
        )[0]
        picked[run] = next((t for t in here if setting.tables[part.start + t][1] == answer), -1)
    return picked


def open_tables(world, h, k, outlook, rows, picked, caller):
    """Open the tables picked among those of the act: set when they will end, and book the cost and the overlap."""
    setting, state, each = world.setting, world.state, world.setting.each
    part = setting.table_slices[h]
    tables = part.start + picked
    luck = world.draws.normal_at(f"days {k}", world.turn, setting.table_names, tables, rows)
    days = days_drawn(
        setting.table_min[tables, 0], setting.table_typical[tables, 0], setting.table_max[tables, 0], luck
    )
    beside = setting.table_duplicates[tables, part] * is_active(state.table_state[part])[:, rows].T
    state.duplication[rows] += np.minimum(beside.sum(axis=-1), 1)
    state.called[rows] += 1
    state.called_best[rows] += setting.best_placed[tables]
    state.table_due[tables, rows] = world.day + np.rint(
        np.maximum(days * outlook.hurry[rows] * outlook.tempo[picked, rows], setting.table_min[tables, 0])
    )
    state.table_state[tables, rows] = OPEN
    state.table_called[tables, rows] = world.day
    first = state.first_table[h, rows]
    state.first_table[h, rows] = np.where(first < 0, tables, first)
    is_victim = state.severity[h, rows, caller] > 0
    state.asked[h, rows] = np.maximum(state.asked[h, rows], is_victim)
    price = on_grid(each.consult_cost + np.zeros(world.runs))[rows]
    state.capital[rows, caller] -= price
    state.spent[rows, caller] += price
