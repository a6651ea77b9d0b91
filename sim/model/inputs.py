"""Inputs of the model: what is true of a scenario before the first turn and stays so, as named arrays.

`build_inputs` turns the written scenario and the library's figures into arrays. Actors are always the last axis and
runs, where an array has an axis for them, the one before; here it has size one. Weights that enter sums over actors lie
on the grid, so that sums are exact in any order.
"""

from collections import deque
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import zip_longest
from types import SimpleNamespace

import numpy as np

from sim.catalogue.moves import FELT
from sim.catalogue.moves import NAMES as MOVE_KEYS
from sim.catalogue.responses import RESPONSE_KINDS, RUNGS, SILENT_RULES, kind_of
from sim.model.actor_table import (
    ACTOR_ARRAYS,
    ActorTable,
    actor_table_of,
    bonds_of,
    peer_groups,
    shared,
    tied,
    with_figures_anew,
)
from sim.rules.quantize import quantize
from sim.scenario import Loaded, resolve_members
from sim.scenario.calendar import Calendar

NATIONAL_RULES = ("bilateral", "sovereign", "membership_board")
NO_STATE = -1
NEVER_IN_FORCE = 10**6
NEARLY_BEST, FAR_BEHIND = 0.101, 0.499  # in reputation, which goes by steps of 0.1 and 0.05
NO_INSTRUMENT = -10.0  # in utility: so far from everything else that it settles the matter
WORDS = ("baseline", "diplomatic", "information")
FEWEST_MEMBERS = 2  # of a consultation


@dataclass(frozen=True)
class ModelInputs:
    """Everything fixed, by name. H incidents, O options, K kinds, T consultations, P projects, D adversaries, A actors.

    An *option* is a response to one incident, a *kind* those of one kind; a *consultation* is a format called over one.
    Q questions are those that injects put, with options of their own.
    """

    loaded: Loaded
    calendar: Calendar  # when each turn begins and ends
    params: SimpleNamespace  # coefficients of behaviour, each (runs or 1, 1)
    linkage: np.ndarray  # (1, 1)
    adversary_tie: np.ndarray  # (1, 1)
    msel: tuple  # (turn, inject, recipients) in the order of release
    questions: tuple  # places in it of the injects that put a question: Q of them
    question_to: np.ndarray  # (Q, A) who decides
    question_weight: np.ndarray  # (Q, 1, options), how likely the model is to choose each; 0 beyond its last option
    # actors
    actors: tuple
    adversaries: tuple
    bodies: tuple
    is_state: np.ndarray  # (A,) chooses for itself and is no adversary
    is_nato: np.ndarray
    is_eu: np.ndarray
    is_partner: np.ndarray  # (A,) one of the four partners
    body_members: np.ndarray  # (B, A)
    speaks_alone: np.ndarray  # (B,) its head needs no assent of the members to speak
    economy: np.ndarray  # (1, A)
    cyber: np.ndarray
    military: np.ndarray
    capability: np.ndarray  # (1, A), on the grid
    population: np.ndarray  # (1, A) share of the EU's population
    capital: np.ndarray  # (1, A)
    capacity: np.ndarray  # (1, A) how much a ministry can carry against the largest, on the grid
    exposure: np.ndarray  # (D, 1, A)
    stance_near: np.ndarray  # (D, 1, A) if the other ocean were one's own, and its border far
    borders: np.ndarray  # (D, 1, A) 1 where it borders the adversary
    other_ocean: np.ndarray  # (D, 1, A) 1 where the adversary is one of the other ocean
    actor_table: ActorTable  # what the arrays of the actors were taken from
    bonds: object  # who belongs together
    peer_group: np.ndarray  # (C, 1, A) capability shares within each club, on the grid
    # incidents
    incidents: tuple
    incident_by: np.ndarray  # (H,) index of the adversary, or NO_STATE where no state did it
    incident_suspect: np.ndarray
    incident_is_true: np.ndarray  # (H, 1, 1) +1 when the suspect did it, else -1
    severity: np.ndarray  # (H, 1, A)
    difficulty: np.ndarray  # (H, 1, 1)
    publicness: np.ndarray  # (H, 1)
    is_physical: np.ndarray  # (H, 1, 1) people or things were hurt
    hurts_people: np.ndarray  # (H, 1, 1)
    has_demand: np.ndarray  # (H,)
    demand_major: np.ndarray  # (H, 1, 1)
    incident_begins: np.ndarray  # (H,) turn
    incident_ends: np.ndarray  # (H,) turn after which it is over, or a large number
    next_victims: np.ndarray  # (H, A)
    # options
    options: tuple  # (incident id, response id)
    option_incident: np.ndarray  # (O,)
    option_slices: tuple  # for each incident, its slice of the options' axis
    allowed: np.ndarray  # (O, A) who may by its competence, and can: it has the coast, forces and relations it takes
    in_force_from: np.ndarray  # (O, A) turn from which the law for it is in force, or a large number
    own_habit: np.ndarray  # (O, 1, A) how much more, or less, usual it is than others of its kind
    usual: tuple  # (O,) the coefficient of how usual each is beside others of its kind, or ""
    rests_on_collection: np.ndarray  # (O, 1, 1)
    option_follows: np.ndarray  # (O,) the option that a victim must have taken first, or -1
    attribution_min: np.ndarray  # (O, 1, 1)
    accuses: np.ndarray  # (O, 1, 1)
    risk: np.ndarray
    cost: np.ndarray
    pressure: np.ndarray
    signal: np.ndarray
    resilience: np.ndarray
    rung: np.ndarray  # (O, 1, 1) lowest text that covers it
    lead_min: np.ndarray  # (O, 1, 1) days
    lead_typical: np.ndarray
    lead_max: np.ndarray
    is_military: np.ndarray  # (O, 1, 1)
    is_attribution: np.ndarray  # (O, 1, 1) it is a public attribution
    is_deed: np.ndarray  # (O,) more than words
    signatory: np.ndarray  # (O,) a joint statement: members of a consultation sign it with the text
    # kinds of response
    kinds: tuple  # (incident id, kind)
    kind_slices: tuple  # for each incident, its slice of the kinds' axis
    option_kind: np.ndarray  # (O,) index of its kind
    habit_naming: np.ndarray  # (1, A) 1 where a practice of naming counts
    norm_year: float  # the year, with its fraction, up to which norms have grown on the first day
    # consultations
    consultations: tuple  # (incident id, format id)
    consultation_incident: np.ndarray
    consultation_slices: tuple
    consultation_rule: tuple
    consultation_body: np.ndarray  # (T,) index of the body among actors, or -1
    consultation_members: np.ndarray  # (T, A)
    consultation_voters: np.ndarray
    consultation_mandate: np.ndarray  # (T, 1) 0 to 4
    consultation_reputation: np.ndarray
    consultation_threshold: np.ndarray
    consultation_reluctance: np.ndarray  # (T, 1) what speaks against calling it over one incident of this issue
    consultation_accuses: np.ndarray  # (T, 1) bool: it gathers to name a culprit
    consultation_quorum: np.ndarray  # (T,) members whom a coalition needs
    consultation_members_only: np.ndarray  # (T, 1) bool: only over incidents that hit a member
    consultation_min: np.ndarray
    consultation_typical: np.ndarray
    consultation_max: np.ndarray
    consultation_duplicates: np.ndarray  # (T, T)
    consultation_is_ip4: np.ndarray  # (T,) NATO meets its four partners there
    consultation_outputs: np.ndarray  # (T, O)
    consultation_is_nato: np.ndarray  # (T,)
    incident_is_far: np.ndarray  # (H,) no victim in NATO
    # cooperation
    projects: tuple
    project_age: np.ndarray  # (P, 1) months run before the exercise; negative: not begun
    project_turn: np.ndarray  # (P, 1) turn in which it is put to a decision; 0: already running
    project_first: np.ndarray  # (P, 1) months
    project_full: np.ndarray
    project_fail: np.ndarray
    project_veto: np.ndarray
    project_cost: np.ndarray
    project_against: np.ndarray  # (P, A) how far each voter is against it
    project_depends: np.ndarray  # (P, P)
    project_effects: dict  # effect -> (P, 1) amount at full delivery
    project_issue: dict  # effect -> (P, H) whether it works on the incident
    project_is_guardrail: np.ndarray  # (P,) while it runs, allies block others less readily
    project_space: np.ndarray  # (P,) its money is for space
    budget: np.ndarray  # (1, 1) EUR million a year; infinite where there is no limit
    # who comes and goes
    takes_part: np.ndarray  # (turns, A) bool
    of_all_turns: "ModelInputs | None" = None  # what these were made from, when they are of a turn without some actors

    @property
    def turns(self):
        """How many turns there are."""
        return self.calendar.turns

    @property
    def everybody(self):
        """The inputs with all who take part in any turn."""
        return self.of_all_turns or self

    def in_turn(self, turn):
        """The inputs with those alone who take part in a turn; where that is everybody, as they are."""
        return self.everybody._with_only(self.takes_part[turn - 1])

    def _with_only(self, here):
        """These inputs without the actors that are not `here`, (A,) bool: who is away decides nothing, sits nowhere,
        and counts in no share. Its deeds and its harm are of the state, and stay."""
        if here.all():
            return self
        if here.tobytes() not in self._without_some:
            sits = self.consultation_members * here
            sits = sits * (sits.sum(axis=-1, keepdims=True) >= FEWEST_MEMBERS)
            weight = self.peer_group * here
            self._without_some[here.tobytes()] = replace(
                self,
                of_all_turns=self,
                is_state=self.is_state & here,
                body_members=self.body_members * here,
                allowed=self.allowed & here,
                next_victims=self.next_victims * here,
                consultation_members=sits,
                consultation_voters=self.consultation_voters * here,
                question_to=self.question_to & here,
                peer_group=quantize(weight / np.maximum(weight.sum(axis=-1, keepdims=True), 1e-9)),
            )
        return self._without_some[here.tobytes()]

    def asking(self, plan):
        """These inputs with the questions that a plan puts, where control has written or changed one.

        Parameters
        ----------
        plan : list of Planned, in the order of `msel`, and what control wrote after it
        """
        whole, rows = self.everybody, tuple((one.turn, one.inject, one.recipients) for one in plan)
        new = [place for place, (_, inject, _) in enumerate(rows) if inject.question and place not in whole.questions]
        asked = (*whole.questions, *new)
        questions = [rows[place][1].question for place in asked]
        if questions == [whole.msel[place][1].question for place in whole.questions]:
            return self
        longest = max([whole.question_weight.shape[-1], *(len(one.options) for one in questions if one)])
        weight = np.zeros((len(asked), whole.question_weight.shape[1], longest))
        to = np.zeros((len(asked), len(whole.actors)), dtype=bool)
        for q, place in enumerate(asked):
            _, inject, recipients = rows[place]
            if q < len(whole.questions) and whole.msel[place][1].question == inject.question:
                weight[q, :, : whole.question_weight.shape[-1]], to[q] = whole.question_weight[q], whole.question_to[q]
            elif inject.question:
                weight[q, :, : len(inject.question.options)] = [option.weight for option in inject.question.options]
                to[q] = np.isin(whole.actors, recipients) & whole.who_is_asked(inject.question)
        return replace(whole, msel=rows, questions=asked, question_weight=weight, question_to=to)

    def who_is_asked(self, question):
        """Whom a question means to decide it, whoever receives it: (A,) bool."""
        if question.to is None:
            return self.is_state
        return np.isin(self.actors, recipients_of(question, self.loaded, self.actors))

    def here(self, turn):
        """The codes of those who take part in a turn."""
        return {code for code, is_here in zip(self.actors, self.takes_part[turn - 1], strict=True) if is_here}

    @cached_property
    def _without_some(self):
        return {}

    @cached_property
    def incident_day(self):
        """The day on which each incident begins: (H,)."""
        return np.array([self.calendar.begins(turn) for turn in self.incident_begins.tolist()])

    @cached_property
    def stance(self):
        """How far each actor sees each adversary as a threat: (D, 1 or runs, A), -1 to 1."""
        drop = self.other_ocean * self.params.stance_other_ocean * (1 - self.linkage)
        return np.clip(self.stance_near + self.params.stance_border * self.borders - drop, -1, 1)

    def allowed_in(self, turn):
        """Who may use each option in a turn: (O, A) bool."""
        return self.allowed & (self.in_force_from <= turn)

    @cached_property
    def is_body(self):
        """Which actors are bodies: (A,) bool."""
        return np.isin(self.actors, self.bodies)

    @cached_property
    def weight_in_a_response(self):
        """What each actor's part in a response weighs: a state by its economy, a body by its members' not acting alone.

        Array (1 or R, A), on the grid.
        """
        weight = self.economy * self.is_state
        for body, members in zip(self.bodies, self.body_members, strict=True):
            if members.any():
                of_members = (self.economy * members * self.is_state).sum(axis=-1)
                weight[:, self.index[body]] = self.params.body_weight[0, 0] * of_members
        return quantize(weight)

    @cached_property
    def can_be_courted(self):
        """States in something that could speak: a body, the four, another club; all where none is: (A,) bool."""
        belongs = self.is_nato | self.is_eu | self.is_partner | (self.peer_group[1:] > 0).any(axis=(0, 1))
        return self.is_state & (belongs if (belongs & self.is_state).any() else True)

    @cached_property
    def kind_rows(self):
        """What each kind of response is as such: tuple (K,) of `ResponseKind`."""
        return tuple(RESPONSE_KINDS[kind] for _, kind in self.kinds)

    @cached_property
    def is_naming(self):
        """Which kinds name the culprit: (K, 1, 1), 0 or 1."""
        return _deep([kind.is_naming for kind in self.kind_rows])

    @cached_property
    def severity_driven(self):
        """Which kinds answer to how grave an incident is: (K, 1, 1), 0 or 1."""
        return _deep([kind.is_driven_by_severity for kind in self.kind_rows])

    @cached_property
    def is_support(self):
        """Which kinds help the victim: (K, 1, 1), 0 or 1."""
        return _deep([kind == "support" for _, kind in self.kinds])

    @cached_property
    def benefit(self):
        """How far a stake speaks for each option: by the relief, signal and pressure it brings; not for a mere naming.

        Array (O, 1 or runs, 1).
        """
        brings = (self.signal + self.resilience + self.pressure) / 3
        return (1 - self.is_attribution) * (brings + self.params.stake_any)

    @cached_property
    def typical(self):
        """What the responses of each kind are on average: arrays (K, 1 or runs, 1) by name."""
        of_kind = np.arange(len(self.kinds))[:, None] == self.option_kind
        share = of_kind / np.maximum(of_kind.sum(axis=-1, keepdims=True), 1)
        of_options = {
            "benefit": self.benefit,
            "gravity": 0.25 + 0.75 * self.risk,
            "risk": self.risk,
            "cost": self.cost,
            "is_military": self.is_military,
        }
        return SimpleNamespace(**{name: np.tensordot(share, each, 1) for name, each in of_options.items()})

    @cached_property
    def kind_accuses(self):
        """Which kinds cannot be had without saying who did it: (K, 1, 1), 0 or 1."""
        return self._of_options(self.accuses, np.min)

    @cached_property
    def kind_asks(self):
        """The least confidence that any response of a kind asks for: (K, 1 or runs, 1)."""
        return self._of_options(self.attribution_min, np.min)

    @cached_property
    def naming_asks(self):
        """The confidence that a joint text asks for before it names the culprit, by incident: list of (1 or R, 1).

        The least that any response asks for which names the culprit and which a consultation can decide.
        """
        named = [self._naming_of(h) for h in range(len(self.incidents))]
        return [self.attribution_min[options].min(axis=0) if options.size else np.zeros((1, 1)) for options in named]

    def _naming_of(self, h):
        options = np.flatnonzero((self.is_attribution[:, 0, 0] > 0) & (self.option_incident == h))
        decided = self.consultation_outputs.any(axis=0)[options]
        return options[decided] if decided.any() else options

    @cached_property
    def kind_rung(self):
        """The lowest text that covers a response of each kind: (K, 1, 1)."""
        return self._of_options(self.rung, np.min)

    @cached_property
    def members_may(self):
        """Which kinds of response some member of each body may take up by itself: (B, K) bool."""
        return self._of_options(self.allowed @ self.body_members.astype(bool).T, np.any).T

    @cached_property
    def kind_price(self):
        """Political capital that the cheapest response of each kind costs: (K, 1 or R, 1)."""
        return self._of_options(self.price, np.min)

    def _of_options(self, values, reduced):
        """Values (O, ...) of the options, reduced over each kind's: (K, ...)."""
        return np.array([reduced(values[self.option_kind == k], axis=0) for k in range(len(self.kinds))]).reshape(
            len(self.kinds), *values.shape[1:]
        )

    @cached_property
    def kind_incident(self):
        """The incident of each kind: (K,) int."""
        return np.array([self.incidents.index(incident) for incident, _ in self.kinds], dtype=int)

    @cached_property
    def is_hidden(self):
        """Incidents whose culprit has to be found out, so that naming it is a practice of its own: (H, 1, 1), 0 or 1.

        Who hurts people, or holds trade back until somebody gives in, mostly means to be known.
        """
        return (1 - self.is_physical) * (1 - self.has_demand[:, None, None])

    @cached_property
    def practice(self):
        """Habit of each kind of response: (K, 1 or runs, A)."""
        habits = [getattr(self.params, kind.practice) for kind in self.kind_rows]
        kinds = np.stack(np.broadcast_arrays(*habits)) if habits else np.zeros((0, 1, 1))
        names = self.is_naming * self.is_hidden[self.kind_incident] * self.params.habit_naming * self.habit_naming
        names_coercer = self.is_naming * self.has_demand[self.kind_incident][:, None, None]
        return quantize(kinds + names + names_coercer * self.params.practice_naming_coercer)

    def habit(self, turn):
        """The habit of each kind of response with what an actor has for it in a turn: (K, 1 or runs, A).

        That is the most usual instrument of the kind, or far below everything else where it has none: whoever has an
        instrument at hand takes up its kind more readily.
        """
        allowed = self.allowed_in(turn)
        if allowed.tobytes() not in self._habits:
            usual = np.where(allowed[:, None], self.own_habit + self.how_usual, NO_INSTRUMENT)
            self._habits[allowed.tobytes()] = self.practice + quantize(self._of_options(usual, np.max))
        return self._habits[allowed.tobytes()]  # laws change seldom

    @cached_property
    def _habits(self):
        return {}

    def practice_of_naming(self, years):
        """What naming a state cost before it was usual, and how the practice has grown since: (1 or runs, 1).

        Parameters
        ----------
        years : float, since the exercise began: norms follow the calendar
        """
        usual_for = self.norm_year + years - self.params.norm_start
        grown = self.params.norm_rise * np.minimum(np.maximum(usual_for, 0), self.params.norm_years)
        return quantize(self.params.norm_before * (usual_for < 0) + grown)

    @cached_property
    def how_usual(self):
        """How much more usual each response is than others of its kind, beside its habit: (O, 1 or runs, 1 or A)."""
        nothing = np.zeros((1, 1))
        if not any(self.usual):
            return np.zeros((len(self.options), 1, 1))
        named = [getattr(self.params, name) if name else nothing for name in self.usual]
        able = np.where(self.rests_on_collection > 0, self.collection, 1.0)
        return np.stack(np.broadcast_arrays(*named)) * able

    @cached_property
    def collection(self):
        """What an actor's own services gather of attacks on others: (1 or runs, A), 1 for the strongest."""
        return self.cyber**self.params.signals_power

    @cached_property
    def ties(self):
        """How far a victim's trouble is another's own, in one ocean and across: two arrays (A victims, 1 or R, A)."""
        return tied(self.bonds, self.params)

    @cached_property
    def sharing(self):
        """How much of its evidence each actor gives each other: (1 or runs, A, A)."""
        return shared(self.bonds, self.params)

    @cached_property
    def sides(self):
        """Between whom projects open cooperation: NATO's members, all in the partnership, the states outside it, and
        the four partners. The first work with the last, the second, as far as it is open to them, with the third:
        (4, A).
        """
        whole = self.everybody
        nato, members = whole.is_nato & whole.is_state, (whole.is_nato | whole.is_partner) & whole.is_state
        return np.array([nato, members, whole.is_state & ~members, members & ~nato], dtype=float)

    @cached_property
    def params_per_run(self):
        """The coefficients as one number a run: shape (runs or 1,)."""
        return SimpleNamespace(**{name: value[:, 0] for name, value in vars(self.params).items()})

    @cached_property
    def of_moves(self):
        """What an adversary feels about each of its moves: dict of coefficient to array (moves, 1 or runs)."""
        return {
            what: np.stack(np.broadcast_arrays(*(getattr(self.params_per_run, f"{what}_{move}") for move in MOVE_KEYS)))
            for what in FELT
        }

    @cached_property
    def silent_panels(self):
        """Who can block at the tables: panels of voters (panels, A), 0 or 1, which several tables may share; and the
        place of each table's panel (T,), the one after the last where no single member can block.
        """
        needs_all = np.isin(self.consultation_rule, SILENT_RULES)
        panels, places = np.unique(self.consultation_voters[needs_all], axis=0, return_inverse=True)
        panel_of = np.full(needs_all.size, len(panels))
        panel_of[needs_all] = places.ravel()
        return panels.astype(float), panel_of

    @cached_property
    def formats(self):
        """The consultations over each incident side by side: places (F, H), and T where it has fewer than others."""
        each = [range(part.start, part.stop) for part in self.consultation_slices]
        return np.array([*zip_longest(*each, fillvalue=len(self.consultations))], dtype=int).reshape(-1, len(each))

    @property
    def best_placed(self):
        """Which consultations have the best reputation for the issue: (T, 1 or runs) bool."""
        return self._behind <= NEARLY_BEST

    @property
    def consultation_misplaced(self):
        """For which consultations another format is far better placed for the issue: (T, 1 or runs) bool."""
        return self._behind >= FAR_BEHIND

    @cached_property
    def _behind(self):
        """How far each consultation is in reputation behind the best-placed format for its incident: (T, 1 or runs)."""
        best = [self.consultation_reputation[part].max(axis=0, initial=0) for part in self.consultation_slices]
        return np.array(best)[self.consultation_incident] - self.consultation_reputation

    @cached_property
    def consultation_names(self):
        """Tables as addresses of draws."""
        return tuple(f"{incident}/{form}" for incident, form in self.consultations)

    @cached_property
    def kind_names(self):
        """Kinds of response to each incident as addresses of draws."""
        return tuple(f"{incident}/{kind}" for incident, kind in self.kinds)

    @cached_property
    def option_names(self):
        """Options as addresses of draws."""
        return tuple(f"{incident}/{response}" for incident, response in self.options)

    @cached_property
    def price(self):
        """Political capital that joining each option costs: (O, 1 or R, 1), on the grid."""
        return quantize(self.cost * 5 * self.params.capital_cost)

    def rounds(self, turn):
        """Rounds of consultation that fit in a turn: 1 to 4."""
        return int(np.clip(round(self.calendar.days(turn) / float(self.params.round_days.flat[0])), 1, 4))

    @cached_property
    def belongs(self):
        """Who belongs to each club: (C, 1 or R, A) bool. Everybody does to the first, which is all together."""
        belongs = self.peer_group > 0
        belongs[0] = True
        return belongs

    @cached_property
    def company_scale(self):
        """By what the weight of the others in each club is multiplied, so that they weigh one together: (C, 1 or R, A).

        0 for whoever does not belong to it, or is alone there.
        """
        alone = self.peer_group >= 1
        return np.where(self.belongs & ~alone, 1 / np.maximum(1 - self.peer_group, 2.0**-20), 0.0)

    @cached_property
    def most_company(self):
        """The largest share of the others in a club that can go along: 1, and what weights are rounded by."""
        of_others = self.peer_group.sum(axis=1, keepdims=True) - self.peer_group
        return float((of_others * self.company_scale).max(initial=1.0))

    @cached_property
    def neighbours(self):
        """Who stand side by side on the actors' axis and belong to one club.

        A list, everybody first, of: place of the club; slice of the axis; their weights, and `company_scale`, as
        (members, 1, 1 or R).
        """
        edges = [np.flatnonzero(np.diff(row, prepend=False, append=False)) for row in self.belongs.any(axis=1)]
        beside = [(club, slice(*ends)) for club, of_one in enumerate(edges) for ends in of_one.reshape(-1, 2).tolist()]
        each = self.peer_group, self.company_scale
        return [(*at, *(table[at[0], :, at[1]].T[:, None] for table in each)) for at in beside]

    @cached_property
    def index(self):
        """Place of each actor on the actors' axis."""
        return {code: place for place, code in enumerate(self.actors)}


_lately: "deque[ModelInputs]" = deque(maxlen=8)  # what was arranged lately, for who plays the same scenario again


def build_inputs(loaded, params=None):
    """The inputs of a loaded scenario.

    Parameters
    ----------
    loaded : Loaded, from `sim.scenario.load`
    params : namespace of coefficients in place of the scenario's own, or None

    Returns
    -------
    ModelInputs, with every runs' axis of size one; the same ones again for a scenario that was arranged lately
    """
    if params is not None:
        return _arranged(loaded, params)
    kept = next((inputs for inputs in tuple(_lately) if inputs.loaded is loaded), None)
    if kept is None:
        kept = _arranged(loaded, coefficients(loaded))
        _lately.append(kept)
    return kept


def _arranged(loaded, params):
    scenario = loaded.scenario
    actor_table = actor_table_of(loaded, params)
    options = _options(loaded, actor_table, params)
    consultations = _consultations(loaded, actor_table, options["options"])
    return ModelInputs(
        loaded=loaded,
        calendar=scenario.calendar,
        params=params,
        linkage=_one(scenario.linkage),
        adversary_tie=_one(scenario.adversary_tie),
        **{name: getattr(actor_table, name) for name in ACTOR_ARRAYS},
        habit_naming=actor_table.habit_naming,
        norm_year=actor_table.norm_year,
        actor_table=actor_table,
        bonds=bonds_of(loaded, actor_table),
        peer_group=peer_groups(actor_table),
        **_acts(scenario, actor_table),
        **options,
        **consultations,
        **_projects(loaded, actor_table),
        **_planned(scenario, actor_table),
        takes_part=_presence(scenario, actor_table.actors),
    )


def with_own_figures(inputs, loaded, params, changed):
    """The inputs of a scenario that differs from theirs in what figures of actors are worked out from, `changed` as
    `Figures` names it; None where that changes who can do what, so that the inputs have to be built anew.
    """
    table = with_figures_anew(inputs.actor_table, loaded, params, changed)
    arrays = {name: getattr(table, name) for name in ACTOR_ARRAYS} | {"peer_group": peer_groups(table)}
    is_alike = all(
        np.array_equal(arrays[name] > 0, getattr(inputs, name) > 0) for name in ("military", "capability", "peer_group")
    )
    return replace(inputs, loaded=loaded, params=params, actor_table=table, **arrays) if is_alike else None


def _presence(scenario, actors):
    """Who takes part in which turn: (turns, A) bool."""
    turns, own = np.arange(1, scenario.calendar.turns + 1)[:, None], [scenario.actors.get(code) for code in actors]
    first = np.array([actor.from_turn or 1 if actor else 1 for actor in own])
    last = np.array(
        [actor.until_turn or scenario.calendar.turns if actor else scenario.calendar.turns for actor in own]
    )
    return (first <= turns) & (turns <= last)


def coefficients(loaded):
    """The behaviour coefficients of a scenario: the library's, with the scenario's own in their place."""
    values = {name: parameter.value for name, parameter in loaded.library.behaviour.items()}
    values.update(loaded.scenario.behaviour)
    return SimpleNamespace(**{name: _one(value) for name, value in values.items()})


def _one(value):
    return np.full((1, 1), float(value))


def _planned(scenario, actor_table):
    """The injects, and of those that put a question, who decides and how likely the model is to choose each option."""
    msel = _msel(scenario, actor_table)
    places = tuple(place for place, (_, inject, _) in enumerate(msel) if inject.question)
    asked = [msel[place][1].question for place in places]
    longest = max((len(question.options) for question in asked), default=0)
    weights = [[option.weight for option in question.options] for question in asked]
    deciders = [decide(msel[place][1].question, msel[place][2], actor_table) for place in places]
    return {
        "msel": msel,
        "questions": places,
        "question_to": np.array(deciders, dtype=bool).reshape(len(places), len(actor_table.actors)),
        "question_weight": np.array([[row + [0.0] * (longest - len(row))] for row in weights], dtype=float).reshape(
            len(places), 1, longest
        ),
    }


def decide(question, recipients, actor_table):
    """Who decides a question: whom it names, else the states among those who receive it. (A,) bool."""
    meant = actor_table.is_state if question.to is None else actor_table.members(question.to)
    return meant & np.isin(actor_table.actors, recipients)


def _msel(scenario, actor_table):
    """The injects in order of release, each with its turn and the actors it reaches; control sees all."""
    rows = [
        (turn_of(planned, scenario), planned, recipients_of(planned, actor_table.loaded, actor_table.actors))
        for planned in scenario.injects
    ]
    return tuple(sorted(rows, key=lambda row: (row[0], day_of_release(row[1], row[0], scenario))))


def day_of_release(planned, turn, scenario):
    """The day on which an inject is released in a turn: its own, or that on which the turn begins."""
    calendar, moment = scenario.calendar, scenario.moment_of(planned)
    return calendar.begins(turn) if moment is None else max(calendar.day_of(moment), calendar.begins(turn))


def recipients_of(planned, loaded, actors):
    """Codes of the actors that an inject reaches; control sees all."""
    named = [name for name in planned.to if name not in ("all", "control", "any")]
    meant = resolve_members(named, loaded.library, loaded.scenario.first_day)
    return tuple(actors) if "all" in planned.to else tuple(code for code in actors if code in meant)


def turn_of(planned, scenario):
    """The turn in which an inject is released: its own, or the one its date falls in."""
    calendar = scenario.calendar
    return planned.turn or calendar.turn_at(max(calendar.day_of(scenario.moment_of(planned)), 0))


def turn_of_deadline(deadline, scenario):
    """The turn at whose end a deadline is judged: its own, or the one by whose end its date is past."""
    return deadline.turn or scenario.calendar.turn_past(scenario.moment_of(deadline))


def last_day_of(deadline, inputs):
    """The date of a deadline: its own, or the last day of its turn; with the clock, when that ends."""
    return inputs.loaded.scenario.moment_of(deadline) or inputs.calendar.span(deadline.turn)[1]


# ------------------------------------------------------------------------------------------------- incidents


def _acts(scenario, actor_table):
    incidents = scenario.incidents
    place = actor_table.place
    adversary = {code: k for k, code in enumerate(actor_table.adversaries)}
    severity = np.zeros((len(incidents), 1, len(actor_table.actors)))
    following = np.zeros((len(incidents), len(actor_table.actors)), dtype=bool)
    for h, incident in enumerate(incidents):
        for code, value in incident.victims.items():
            severity[h, 0, place[code]] = value
        for code in incident.may_widen_to:
            following[h, place[code]] = True
    return {
        "incidents": tuple(incident.id for incident in incidents),
        "incident_by": _whole([adversary.get(incident.by, NO_STATE) for incident in incidents]),
        "incident_suspect": _whole([adversary[incident.suspect or incident.by] for incident in incidents]),
        "incident_is_true": _deep(
            [1.0 if (incident.suspect or incident.by) == incident.by else -1.0 for incident in incidents]
        ),
        "severity": quantize(severity),
        "difficulty": _deep([incident.difficulty for incident in incidents]),
        "publicness": _column([incident.publicness for incident in incidents]),
        "is_physical": _deep([incident.is_physical for incident in incidents]),
        "hurts_people": _deep([incident.hurts_people for incident in incidents]),
        "has_demand": np.array([incident.demand is not None for incident in incidents], dtype=bool),
        "demand_major": _deep([incident.demand is not None and incident.demand.major for incident in incidents]),
        "incident_begins": _whole([incident.turn for incident in incidents]),
        "incident_ends": _whole(
            [incident.turn + incident.turns - 1 if incident.turns else 10**6 for incident in incidents]
        ),
        "next_victims": following,
        "incident_is_far": np.array(
            [not (severity[h, 0] * actor_table.is_nato).any() for h in range(len(incidents))], dtype=bool
        ),
    }


def _whole(values):
    return np.array(values, dtype=int)


def _column(values):
    return np.array(values, dtype=float).reshape(-1, 1)


def _deep(values):
    return np.array(values, dtype=float).reshape(-1, 1, 1)


# ------------------------------------------------------------------------------------------------- options


def responses_of(loaded):
    """All responses a scenario may use: the library's and its own, by id."""
    return {**loaded.library.responses, **loaded.scenario.own_responses}


def formats_of(loaded):
    """All formats a scenario may use: the library's and its own, by id."""
    return {**loaded.library.formats, **loaded.scenario.own_formats}


def _options(loaded, actor_table, params):
    scenario = loaded.scenario
    known = responses_of(loaded)
    on_consultation = [key for key in known if scenario.responses is None or key in scenario.responses]
    chosen, slices = [], []
    for h, incident in enumerate(scenario.incidents):
        first = len(chosen)
        fitting = [
            key for key in on_consultation if incident.issue in known[key].issues and known[key].category != "baseline"
        ]
        fitting.sort(key=lambda key: (known[key].cost, key))
        chosen += [(h, incident.id, key) for key in fitting]
        slices.append(slice(first, len(chosen)))
    responses = [known[key] for _, _, key in chosen]
    by_key = {key: known[key] for _, _, key in chosen}
    may = {key: _who_may(one, actor_table) & _sits_where(key, loaded, actor_table) for key, one in by_key.items()}
    in_force_from = {key: _in_force_from(one, loaded, actor_table) for key, one in by_key.items()}
    rungs = np.array([0.0, *(float(getattr(params, f"rung_{rung}")[0, 0]) for rung in RUNGS[1:])])
    return {
        "options": tuple((incident, key) for _, incident, key in chosen),
        "option_incident": np.array([h for h, _, _ in chosen], dtype=int),
        "option_slices": tuple(slices),
        "allowed": np.array(
            [may[key] & _has_what_it_takes(known[key], actor_table, scenario.incidents[h]) for h, _, key in chosen],
            dtype=bool,
        ).reshape(-1, len(actor_table.actors)),
        "in_force_from": np.array([in_force_from[key] for *_, key in chosen]).reshape(-1, len(actor_table.actors)),
        "option_follows": _follows(chosen, responses),
        **_habits(responses, actor_table),
        **_kinds(chosen, responses, len(scenario.incidents)),
        "attribution_min": _deep([response.attribution_min for response in responses]),
        "accuses": _deep([response.accuses for response in responses]),
        "risk": _deep([response.escalation.risk / 5 for response in responses]),
        "cost": _deep([response.cost / 5 for response in responses]),
        "pressure": _deep([response.pressure / 5 for response in responses]),
        "signal": _deep([response.signal / 5 for response in responses]),
        "resilience": _deep([response.resilience / 5 for response in responses]),
        "rung": _deep([rungs[RUNGS.index(response.rung)] for response in responses]),
        "lead_min": _deep([response.lead_days.min for response in responses]),
        "lead_typical": _deep([response.lead_days.typical for response in responses]),
        "lead_max": _deep([response.lead_days.max for response in responses]),
        "is_military": _deep([response.category == "military" for response in responses]),
        "is_attribution": _deep([response.coded_as == "public_attribution" for response in responses]),
        "is_deed": np.array([response.category not in WORDS for response in responses], dtype=bool),
        "signatory": np.array([response.is_signed for response in responses], dtype=bool),
    }


def _who_may(response, actor_table):
    """Who may use a response: states, unless only a body is competent; a body if it is named among the users."""
    states = (
        actor_table.is_state
        if {"state", "coalition", "partner", "G7"} & set(response.users)
        else np.zeros_like(actor_table.is_state)
    )
    if response.competence.get("eu") == "exclusive":
        states = states & ~actor_table.is_eu
    named = np.array([code in response.users for code in actor_table.actors])
    return (states & ~actor_table.is_body) | named


def _sits_where(key, loaded, actor_table):
    """Who sits in a format that decides a response, where it says in which: (A,) bool; a body, when all members do."""
    response = loaded.scenario.own_responses.get(key)
    if response is None or response.venues is None:
        return np.ones(len(actor_table.actors), dtype=bool)
    deciding = [form for name, form in formats_of(loaded).items() if name in response.venues or key in form.outputs]
    seats = np.array([actor_table.members(form.members) for form in deciding])
    at_body = [
        np.array([code == form.body or code in form.members for code in actor_table.actors]) for form in deciding
    ]
    sits = seats.any(axis=0) | np.any(at_body, axis=0)
    for body, members in zip(actor_table.bodies, actor_table.body_members, strict=True):
        sits[actor_table.place[body]] |= bool(members.any() and (seats | ~members.astype(bool)).all(axis=1).any())
    return sits


def _has_what_it_takes(response, actor_table, incident):
    """Who has all that a response to an incident takes: (A,) bool. A body has what any of its members has."""
    suspect, hit = incident.suspect or incident.by, (*incident.victims, *incident.may_widen_to)
    having = [actor_table.has(what, suspect, hit) for what in response.takes]
    able = np.all(having, axis=0) if having else np.ones(len(actor_table.actors), dtype=bool)
    for body, members in zip(actor_table.bodies, actor_table.body_members, strict=True):
        if members.any():
            able[actor_table.place[body]] = (able & members).any()
    return able


def _in_force_from(response, loaded, actor_table):
    """The turn from which each has the law that a response asks for: (A,) int; laws follow the calendar."""
    calendar = loaded.scenario.calendar
    if response.instrument is None:
        return np.ones(len(actor_table.actors), dtype=int)
    holds = np.array(
        [actor_table.holds(response.instrument, calendar.first_day(turn)) for turn in range(1, calendar.turns + 1)]
    )
    return np.where(holds.any(axis=0), holds.argmax(axis=0) + 1, NEVER_IN_FORCE)


def _follows(chosen, responses):
    """The option of the same incident that each option waits for, or -1."""
    place = {(h, key): k for k, (h, _, key) in enumerate(chosen)}
    pairs = zip(chosen, responses, strict=True)
    return np.array([place.get((h, response.follows), -1) for (h, *_), response in pairs], dtype=int)


def _habits(responses, actor_table):
    """How usual each response is beside others of its kind."""
    return {
        "own_habit": _deep([r.habit.value if r.habit else 0.0 for r in responses])
        + np.zeros((1, 1, len(actor_table.actors))),
        "usual": tuple(r.usual or "" for r in responses),
        "rests_on_collection": _deep([r.rests_on_collection for r in responses]),
    }


def _kinds(chosen, responses, incidents):
    """The kinds of response that are open to each incident, in the order of the catalogue."""
    of_options = [(h, list(RESPONSE_KINDS).index(kind_of(r))) for (h, *_), r in zip(chosen, responses, strict=True)]
    places = sorted(set(of_options))
    incident = {h: name for h, name, _ in chosen}
    starts = np.searchsorted([h for h, _ in places], np.arange(incidents + 1))
    return {
        "kinds": tuple((incident[h], list(RESPONSE_KINDS)[kind]) for h, kind in places),
        "option_kind": np.array([places.index(pair) for pair in of_options], dtype=int),
        "kind_slices": tuple(slice(int(a), int(b)) for a, b in zip(starts[:-1], starts[1:], strict=True)),
    }


# ------------------------------------------------------------------------------------------------- consultations


def _consultations(loaded, actor_table, options):
    scenario = loaded.scenario
    known = formats_of(loaded)
    on_consultation = [key for key in known if scenario.formats is None or key in scenario.formats]
    chosen, slices = [], []
    for h, incident in enumerate(scenario.incidents):
        first = len(chosen)
        for key in on_consultation:
            form = known[key]
            if form.rule in NATIONAL_RULES or form.mandate.get(incident.issue, 0) == 0:
                continue
            if form.since and form.since > scenario.first_day:
                continue
            if actor_table.members(form.members).sum() >= FEWEST_MEMBERS:
                chosen.append((h, incident, key, form))
        slices.append(slice(first, len(chosen)))
    members = np.array([actor_table.members(form.members) for *_, form in chosen]).reshape(-1, len(actor_table.actors))
    voters = np.array([actor_table.members(form.voters or form.members) for *_, form in chosen]).reshape(
        -1, len(actor_table.actors)
    )
    return {
        "consultations": tuple((incident.id, key) for _, incident, key, _ in chosen),
        "consultation_incident": np.array([h for h, *_ in chosen], dtype=int),
        "consultation_slices": tuple(slices),
        "consultation_rule": tuple(form.rule for *_, form in chosen),
        "consultation_body": np.array(
            [actor_table.place.get(form.body, -1) if form.body else -1 for *_, form in chosen], dtype=int
        ),
        "consultation_members": members,
        "consultation_voters": voters,
        "consultation_mandate": _column([form.mandate.get(incident.issue, 0) for _, incident, _, form in chosen]),
        "consultation_reputation": _column([_reputation(form, incident.issue) for _, incident, _, form in chosen]),
        "consultation_threshold": _column([form.threshold.value if form.threshold else 0.0 for *_, form in chosen]),
        "consultation_reluctance": _column([_reluctance(form, incident.issue) for _, incident, _, form in chosen]),
        "consultation_accuses": _column([form.names_culprit for *_, form in chosen]) > 0,
        "consultation_quorum": np.array([form.quorum for *_, form in chosen], dtype=int),
        "consultation_members_only": _column([form.members_only for *_, form in chosen]) > 0,
        "consultation_min": _column([form.days.min for *_, form in chosen]),
        "consultation_typical": _column([form.days.typical for *_, form in chosen]),
        "consultation_max": _column([form.days.max for *_, form in chosen]),
        "consultation_duplicates": np.array(
            [
                [h == g and (other in form.duplicates or key in theirs.duplicates) for g, _, other, theirs in chosen]
                for h, _, key, form in chosen
            ],
            dtype=float,
        ).reshape(len(chosen), len(chosen)),
        "consultation_is_ip4": np.array([form.for_the_four for *_, form in chosen], dtype=bool),
        "consultation_outputs": np.array(
            [
                [oa == incident.id and response in form.outputs for oa, response in options]
                for _, incident, _, form in chosen
            ],
            dtype=bool,
        ).reshape(len(chosen), len(options)),
        "consultation_is_nato": np.array([form.body == "NATO" or form.for_the_four for *_, form in chosen], dtype=bool),
    }


def _reputation(form, issue):
    figure = form.reputation.get(issue)
    return figure.value if figure else 0.0


def _reluctance(form, issue):
    if form.reluctance is None or issue in form.ready_for:
        return 0.0
    return form.reluctance.value


# ------------------------------------------------------------------------------------------------- cooperation


def _projects(loaded, actor_table):
    scenario, library = loaded.scenario, loaded.library
    entries = [(start, library.cooperation[start.project]) for start in scenario.cooperation]
    names = [start.project for start, _ in entries]
    effects = sorted({effect.on for _, project in entries for effect in project.effects})
    return {
        "projects": tuple(names),
        "project_age": _column([-1 if start.turn else start.months_before for start, _ in entries]),
        "project_turn": _column([start.turn or 0 for start, _ in entries]),
        "project_first": _column([project.first_output_months.value for _, project in entries]),
        "project_full": _column([project.full_months.value for _, project in entries]),
        "project_fail": _column([project.p_fail.value for _, project in entries]),
        "project_veto": _column([project.veto_risk.value for _, project in entries]),
        "project_cost": _column([project.cost_eur_m.value for _, project in entries]),
        "project_against": np.array(
            [
                [
                    max(0.0, -project.positions[code].value / 2) if code in project.positions else 0.0
                    for code in actor_table.actors
                ]
                for _, project in entries
            ]
        ).reshape(len(entries), len(actor_table.actors)),
        "project_depends": np.array(
            [[other in project.depends_on for other in names] for _, project in entries], dtype=float
        ).reshape(len(entries), len(entries)),
        "project_effects": {
            name: _column([sum(e.amount.value for e in project.effects if e.on == name) for _, project in entries])
            for name in effects
        },
        "project_issue": {
            name: np.array(
                [
                    [
                        any(e.on == name and e.issue in (None, incident.issue) for e in project.effects)
                        for incident in scenario.incidents
                    ]
                    for _, project in entries
                ],
                dtype=float,
            ).reshape(len(entries), len(scenario.incidents))
            for name in effects
        },
        "project_is_guardrail": np.array([project.is_guardrail for _, project in entries], dtype=bool),
        "project_space": np.array([project.spends_on == "space" for _, project in entries], dtype=bool),
        "budget": _one(np.inf if scenario.cooperation_budget_eur_m is None else scenario.cooperation_budget_eur_m),
    }
