"""The recorder: turns what happens in row 0 of a batch into events.

Steps call it where something worth telling has happened. It only reads; a run with a recorder and one without have the
same bits.
"""

import json

import numpy as np

from sim.catalogue.moves import NAMES
from sim.catalogue.responses import SILENT_RULES, rung_of
from sim.model.events import EVENT_KINDS, Event
from sim.model.state import delivered
from sim.model.steps.positions import rung_edges
from sim.rules.odds import logistic
from sim.scenario.calendar import in_iso, whole

OF_AN_INJECT = (
    "title", "sender", "to", "channel", "text", "kind", "storyline", "objectives", "expects", "control_notes"
)  # fmt: skip


class EventRecorder:
    """Collects the events of one run, in order."""

    def __init__(self):
        self.events = []
        self._terms = {}
        self._utility = {}

    def tell(self, world, kind, /, actor=None, incident=None, day=None, phase=None, **payload):
        """Adds an event of a kind, in the phase in which that happens unless it is said; the rest is its payload."""
        day = whole(world.day if day is None else day)
        date, phase = in_iso(world.inputs.calendar.date(day)), phase or EVENT_KINDS[kind].phase
        self.events.append(Event(len(self.events), world.turn, day, date, phase, kind, actor, incident, payload))

    def tell_at_the_end(self, world, kind, /, actor=None, incident=None, **payload):
        """The same of what happens at the end of the turn."""
        self.tell(world, kind, actor, incident, world.inputs.calendar.last_moment(world.turn), **payload)

    # ------------------------------------------------------------------------------------------- inject

    def inject_released(self, world, planned, recipients, day):
        said = {name: getattr(planned, name) for name in OF_AN_INJECT} | {"to": list(recipients)}
        self.tell(world, "inject_released", day=day, inject=planned.id, **said)

    def question_put(self, world, planned, deciders, day):
        question, options = planned.question, [option.name for option in planned.question.options]
        until = min(world.turn + question.turns - 1, world.inputs.turns)
        said = {"inject": planned.id, "question": question.text, "to": deciders, "options": options, "until": until}
        self.tell(world, "question_put", day=day, **said)

    def question_answered(self, world, planned, code, option, is_silent):
        said = {"inject": planned.id, "question": planned.question.text, "option": option.id, "answer": option.name}
        self.tell_at_the_end(world, "question_answered", code, **said, given="no" if is_silent else "yes")

    def deadline_set(self, world, planned, last_day, day):
        date = in_iso(last_day)
        self.tell(world, "deadline_set", day=day, inject=planned.id, date=date, otherwise=planned.deadline.text)

    def deadline_ends(self, world, planned, has_passed, because):
        said = {"inject": planned.id, "title": planned.title, "outcome": "passed" if has_passed else "kept"}
        said |= {"text": planned.deadline.text if has_passed else None, "because": because}
        self.tell_at_the_end(world, "deadline_ends", **said)

    def inject_withheld(self, world, planned, because):
        self.tell(world, "inject_withheld", inject=planned.id, title=planned.title, because=because)

    def control_directs(self, world, direction):
        value = json.dumps(direction.value, ensure_ascii=False)
        said = {"direction": direction.kind, "target": direction.target, "value": value, "reason": direction.reason}
        self.tell(world, "control_directs", **said)

    def actors_change(self, world, joining, leaving):
        for kind, who in (("actor_joins", joining), ("actor_leaves", leaving)):
            for place in np.flatnonzero(who):
                self.tell(world, kind, world.inputs.actors[place])

    def incident_begins(self, world, h):
        incident = world.inputs.loaded.scenario.incidents[h]
        said = {"name": incident.name, "issue": incident.issue, "victims": dict(incident.victims)}
        suspect = world.inputs.adversaries[world.inputs.incident_suspect[h]]
        self.tell(world, "incident_begins", incident=incident.id, **said, suspect=suspect)

    # ------------------------------------------------------------------------------------------- assess

    def assessment(self, world, h):
        inputs = world.inputs
        sure, stake = _by_state(inputs, world.confidence()[h, 0]), _by_state(inputs, world.state.stake[h, 0])
        self.tell(world, "assessment", incident=inputs.incidents[h], confidence=sure, stake=stake)

    # ------------------------------------------------------------------------------------------- consult

    def consultation_called(self, world, h, t, caller, looked_at, chances):
        inputs, part = world.inputs, world.inputs.consultation_slices[h]
        formats = [form for _, form in inputs.consultations[part]]
        chances = chances[1:]  # the first is that of calling none
        self.tell(
            world,
            "consultation_called",
            inputs.actors[caller],
            inputs.incidents[h],
            format=inputs.consultations[t][1],
            members=[code for k, code in enumerate(inputs.actors) if inputs.consultation_members[t, k]],
            due_day=whole(world.state.consultation_due[t, 0]),
            probability=_plain(chances[t - part.start, 0]),
            terms=_weighed(formats, looked_at, sum(looked_at.values()), chances),
        )

    def leaked(self, world, incidents, heard):
        for h in incidents:
            self.tell(world, "consultation_leaks", incident=world.inputs.incidents[h], seats=int(heard[h]))

    def text_proposed(self, world, sitting, k, attempt, text):
        codes = {world.inputs.actors[a]: a for a in np.flatnonzero(sitting.voters[k])}
        self.tell(
            world,
            "text_proposed",
            **_of_consultation(world, sitting.consultations[k]),
            round=attempt,
            text=_plain(text),
            rung=rung_of(text, rung_edges(world.inputs)),
            positions={code: _plain(sitting.wants[k, a]) for code, a in codes.items()},
            salience={code: _plain(sitting.cares[k, a]) for code, a in codes.items()},
        )

    def silence_broken(self, world, sitting, k, attempt, broken, before, after):
        edges = rung_edges(world.inputs)
        self.tell(
            world,
            "silence_broken",
            **_of_consultation(world, sitting.consultations[k]),
            round=attempt,
            by=[world.inputs.actors[a] for a in np.flatnonzero(broken)],
            text_before=_plain(before),
            text_after=_plain(after),
            rung_before=rung_of(before, edges),
            rung_after=rung_of(after, edges),
        )

    def texts_settled(self, world, sitting, text, supporters, adopted, new):
        options, runs, actors, pairs = new
        for k in np.flatnonzero(sitting.runs == 0):
            self._text_settled(world, sitting, k, text[k], supporters[k], adopted[k])
            mine = (pairs == k) & (runs == 0)
            covered_by = world.inputs.consultations[sitting.consultations[k]][1]
            self._decided(world, zip(options[mine], actors[mine], strict=True), covered_by)

    def _text_settled(self, world, sitting, k, text, supporters, adopted):
        inputs, t = world.inputs, sitting.consultations[k]
        about = _of_consultation(world, t)
        if not adopted:
            silent = inputs.consultation_rule[t] in SILENT_RULES
            why = "nothing was left that all could live with" if silent else "too few went along"
            self.tell(world, "text_failed", **about, why=why)
            return
        self.tell(
            world,
            "text_adopted",
            **about,
            text=_plain(text),
            rung=rung_of(text, rung_edges(inputs)),
            supporters=[inputs.actors[a] for a in np.flatnonzero(supporters)],
            capability_share=_plain(world.state.consultation_share[t, 0]),
            days_since_incident=whole(about["day"] - inputs.incident_day[sitting.incidents[k]]),
        )

    def bodies_act(self, world, new):
        options, runs, bodies = new
        self._decided(world, zip(options[runs == 0], bodies[runs == 0], strict=True), for_members=True)

    def cases_opened(self, world, options, runs, actors, consultations):
        for k in np.flatnonzero(runs == 0):
            self._decided(world, [(options[k], actors[k])], world.inputs.consultations[consultations[k]][1])

    def project_decided(self, world, project, blockers):
        by = [world.inputs.actors[k] for k in np.flatnonzero(blockers)]
        self.tell(world, "project_decided", project=project, outcome="blocked" if by else "agreed", by=by)

    def cooperation_changes(self, world, code, project, deed):
        self.tell(world, "project_ended" if deed == "end" else "project_proposed", code, project=project)

    def evidence_shared(self, world, h, code, receivers):
        self.tell(world, "evidence_shared", code, world.inputs.incidents[h], to=list(receivers))

    def projects_due(self, world, due, fails):
        ripe = delivered(world)[:, 0]
        for p in np.flatnonzero(due):
            kind = "project_fails" if fails[p] else "project_delivers"
            share = 0.0 if fails[p] else float(ripe[p])
            self.tell_at_the_end(world, kind, project=world.inputs.projects[p], share=share)

    # ------------------------------------------------------------------------------------------- respond

    def keep_terms(self, h, weighed, utility=None):
        """Remember what was weighed on incident `h` in this turn, to tell why somebody joined."""
        self._terms[h] = self._terms.get(h, {}) | weighed  # another dictionary: a twin may keep the one before
        if utility is not None:
            self._utility[h] = utility

    def responses_decided(self, world, new):
        options, runs, actors = new
        self._decided(world, zip(options[runs == 0], actors[runs == 0], strict=True))

    def _decided(self, world, pairs, covered_by=None, for_members=False):
        inputs, state = world.inputs, world.state
        is_chosen = not (covered_by or for_members)
        for o, a in pairs:
            incident, response = inputs.options[o]
            probability, terms = self._chance_and_terms(inputs, o, a) if is_chosen else (1.0, {})
            self.tell(
                world,
                "response_decided",
                inputs.actors[a],
                incident,
                day=state.decided_day[o, 0, a],
                phase="respond" if is_chosen else "consult",
                response=response,
                probability=probability,
                effect_day=whole(state.effect_day[o, 0, a]),
                terms=terms,
                covered_by=covered_by,
            )

    def _chance_and_terms(self, inputs, o, a):
        """The probability with which the actor, if it attends, was to join a response of this kind; and why, signed."""
        h = inputs.option_incident[o]
        line = inputs.option_kind[o] - inputs.kind_slices[h].start
        chance = logistic(inputs.params.precision.flat[0] * self._utility[h][line, a])
        return _plain(chance), {name: _plain(value[line, a]) for name, value in sorted(self._terms[h].items())}

    # ------------------------------------------------------------------------------------------- adversary

    def adversary_move(self, world, choice, move, target):
        inputs, campaign = world.inputs, choice.campaign
        self.tell_at_the_end(
            world,
            "adversary_move",
            inputs.adversaries[campaign.by],
            None if campaign.incident is None else inputs.incidents[campaign.incident],
            move=NAMES[move],
            target=inputs.actors[target] if target >= 0 else None,
            probability=_plain(choice.chances[move, 0]),
            terms=_weighed(NAMES, choice.weighed, choice.utility, choice.chances),
        )

    def adversary_retaliates(self, world, d, hit):
        for k in hit:
            adversary, target = world.inputs.adversaries[d], world.inputs.actors[k]
            self.tell_at_the_end(world, "adversary_retaliates", adversary, target=target)

    # ------------------------------------------------------------------------------------------- settle

    def responses_act(self, world, felt):
        options, runs, actors = felt
        for o, k in zip(options[runs == 0], actors[runs == 0], strict=True):
            incident, response = world.inputs.options[o]
            day = world.state.effect_day[o, 0, k]
            self.tell(world, "response_acts", world.inputs.actors[k], incident, day=day, response=response)

    def victims_concede(self, world, incidents, actors):
        for h, k in zip(incidents, actors, strict=True):
            self.tell_at_the_end(world, "victim_concedes", world.inputs.actors[k], world.inputs.incidents[h])

    def incidents_stopped(self, world, ended):
        for h in ended:
            self.tell_at_the_end(world, "incident_stops", incident=world.inputs.incidents[h])

    def turn_ends(self, world):
        inputs, state = world.inputs, world.state
        by_incident = {incident: h for h, incident in enumerate(inputs.incidents)}
        has_joined = {
            incident: state.joined[inputs.option_slices[h], 0].any(axis=0) & inputs.everybody.is_state
            for incident, h in by_incident.items()
        }
        others = [(k, code) for k, code in enumerate(inputs.actors) if code not in inputs.adversaries]
        self.tell_at_the_end(
            world,
            "turn_ends",
            tension=_plain(state.tension[0]),
            perceived_threat=_plain(state.threat[0]),
            standing=_plain(world.standing()[0]),
            transparency=_plain(state.transparency[0]),
            readiness=_plain(state.readiness[0]),
            linkage=_plain(state.linkage[0]),
            overreach=_plain(state.overreach[0]),
            pressure={code: _plain(state.pressure[d, 0]) for d, code in enumerate(inputs.adversaries)},
            harm={incident: _plain(state.harm[h, 0]) for incident, h in by_incident.items()},
            cumulative_harm={incident: _plain(state.cumulative_harm[h, 0]) for incident, h in by_incident.items()},
            capital={code: _plain(state.capital[0, k]) for k, code in others},
            strongest_text={incident: _plain(state.covered[h, 0].max()) for incident, h in by_incident.items()},
            joiners={incident: int(who.sum()) for incident, who in has_joined.items()},
        )


def _of_consultation(world, t):
    """What is told of all that happens in a consultation: over what incident, when, in what format."""
    incident, form = world.inputs.consultations[t]
    return {"incident": incident, "day": max(world.state.consultation_due[t, 0], world.day), "format": form}


def _by_state(inputs, values):
    return {code: _plain(values[k]) for k, code in enumerate(inputs.actors) if inputs.is_state[k]}


def _weighed(names, terms, utility, chances):
    """What each choice that was open had for and against it, by its name, and how likely it was."""
    told = {**terms, "utility": utility, "probability": chances}
    here = {term: np.broadcast_to(values, utility.shape)[:, 0] for term, values in told.items()}
    return {
        name: {term: _plain(values[k]) for term, values in here.items()}
        for k, name in enumerate(names)
        if chances[k, 0] > 0
    }


def _plain(value):
    """A number for the record: twelve significant digits say all there is, and read the same everywhere."""
    return float(f"{float(value):.12g}")
