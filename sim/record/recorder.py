"""The recorder: turns what happens in row 0 of a batch into events.

Steps call it where something worth telling has happened. It only reads; a run with a recorder and one without have the
same bits.
"""

import json

import numpy as np

from sim.catalogue.ladder import SILENT_RULES, rung_of
from sim.catalogue.moves import NAMES
from sim.model.events import EVENT_KINDS, Event
from sim.model.state import delivered
from sim.model.steps.positions import rung_edges
from sim.rules.choice import logistic
from sim.scenario.calendar import in_iso, whole


def _last_moment(world):
    return world.inputs.calendar.last_moment(world.turn)


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

    # ------------------------------------------------------------------------------------------- inject

    def inject_released(self, world, planned, recipients, day):
        self.tell(
            world,
            "inject_released",
            day=day,
            inject=planned.id,
            title=planned.title,
            sender=planned.sender,
            to=list(recipients),
            channel=planned.channel,
            text=planned.text,
            kind=planned.kind,
            storyline=planned.storyline,
            objectives=planned.objectives,
            expects=planned.expects,
            control_notes=planned.control_notes,
        )

    def question_put(self, world, planned, deciders, day):
        question = planned.question
        self.tell(
            world,
            "question_put",
            day=day,
            inject=planned.id,
            question=question.text,
            to=deciders,
            options=[option.name for option in question.options],
            until=min(world.turn + question.turns - 1, world.inputs.turns),
        )

    def question_answered(self, world, planned, code, option, is_silent):
        said = {"inject": planned.id, "question": planned.question.text, "option": option.id, "answer": option.name}
        said["given"] = "no" if is_silent else "yes"
        self.tell(world, "question_answered", actor=code, day=_last_moment(world), **said)

    def deadline_set(self, world, planned, last_day, day):
        date = in_iso(last_day)
        self.tell(world, "deadline_set", day=day, inject=planned.id, date=date, otherwise=planned.deadline.text)

    def deadline_ends(self, world, planned, has_passed, because):
        said = {"inject": planned.id, "title": planned.title, "outcome": "passed" if has_passed else "kept"}
        said |= {"text": planned.deadline.text if has_passed else None, "because": because}
        self.tell(world, "deadline_ends", day=_last_moment(world), **said)

    def inject_withheld(self, world, planned, because):
        self.tell(world, "inject_withheld", inject=planned.id, title=planned.title, because=because)

    def control_directs(self, world, direction):
        self.tell(
            world,
            "control_directs",
            direction=direction.kind,
            target=direction.target,
            value=json.dumps(direction.value, ensure_ascii=False),
            reason=direction.reason,
        )

    def actors_change(self, world, joining, leaving):
        for kind, who in (("actor_joins", joining), ("actor_leaves", leaving)):
            for place in np.flatnonzero(who):
                self.tell(world, kind, actor=world.inputs.actors[place])

    def incident_begins(self, world, h):
        inputs = world.inputs
        incident = inputs.loaded.scenario.incidents[h]
        self.tell(
            world,
            "incident_begins",
            incident=incident.id,
            name=incident.name,
            issue=incident.issue,
            victims=dict(incident.victims),
            suspect=inputs.adversaries[inputs.incident_suspect[h]],
        )

    # ------------------------------------------------------------------------------------------- assess

    def assessment(self, world, h):
        inputs, state = world.inputs, world.state
        sure, stake = world.confidence()[h, 0], state.stake[h, 0]
        self.tell(
            world,
            "assessment",
            incident=inputs.incidents[h],
            confidence=self._by_state(inputs, sure),
            stake=self._by_state(inputs, stake),
        )

    def _by_state(self, inputs, values):
        return {code: _plain(values[k]) for k, code in enumerate(inputs.actors) if inputs.is_state[k]}

    # ------------------------------------------------------------------------------------------- consult

    def consultation_called(self, world, h, t, caller, looked_at, chances):
        inputs, state = world.inputs, world.state
        part = inputs.consultation_slices[h]
        utility = sum(looked_at.values())
        terms = {
            inputs.consultations[part.start + k][1]: {
                **{name: _plain(np.broadcast_to(value, utility.shape)[k, 0]) for name, value in looked_at.items()},
                "utility": _plain(utility[k, 0]),
                "probability": _plain(chances[k + 1, 0]),
            }
            for k in range(part.stop - part.start)
            if chances[k + 1, 0] > 0
        }
        members = [code for k, code in enumerate(inputs.actors) if inputs.consultation_members[t, k]]
        self.tell(
            world,
            "consultation_called",
            actor=inputs.actors[caller],
            incident=inputs.incidents[h],
            format=inputs.consultations[t][1],
            members=members,
            due_day=whole(state.consultation_due[t, 0]),
            probability=_plain(chances[t - part.start + 1, 0]),
            terms=terms,
        )

    def leaked(self, world, incidents, heard):
        for h in incidents:
            self.tell(world, "consultation_leaks", incident=world.inputs.incidents[h], seats=int(heard[h]))

    def text_proposed(self, world, sitting, k, attempt, text):
        inputs, t = world.inputs, sitting.consultations[k]
        at = np.flatnonzero(sitting.voters[k])
        self.tell(
            world,
            "text_proposed",
            incident=inputs.consultations[t][0],
            day=self._due(world, t),
            format=inputs.consultations[t][1],
            round=attempt,
            text=_plain(text),
            rung=rung_of(text, rung_edges(inputs)),
            positions={inputs.actors[a]: _plain(sitting.wants[k, a]) for a in at},
            salience={inputs.actors[a]: _plain(sitting.cares[k, a]) for a in at},
        )

    def silence_broken(self, world, sitting, k, attempt, broken, before, after):
        inputs, t = world.inputs, sitting.consultations[k]
        edges = rung_edges(inputs)
        self.tell(
            world,
            "silence_broken",
            incident=inputs.consultations[t][0],
            day=self._due(world, t),
            format=inputs.consultations[t][1],
            round=attempt,
            by=[inputs.actors[a] for a in np.flatnonzero(broken)],
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
        incident, form = inputs.consultations[t]
        day = self._due(world, t)
        if not adopted:
            silent = inputs.consultation_rule[t] in SILENT_RULES
            why = "nothing was left that all could live with" if silent else "too few went along"
            self.tell(world, "text_failed", incident=incident, day=day, format=form, why=why)
            return
        self.tell(
            world,
            "text_adopted",
            incident=incident,
            day=day,
            format=form,
            text=_plain(text),
            rung=rung_of(text, rung_edges(inputs)),
            supporters=[inputs.actors[a] for a in np.flatnonzero(supporters)],
            capability_share=_plain(world.state.consultation_share[t, 0]),
            days_since_incident=whole(day - inputs.incident_day[sitting.incidents[k]]),
        )

    def bodies_act(self, world, new):
        options, runs, bodies = new
        self._decided(world, zip(options[runs == 0], bodies[runs == 0], strict=True), for_members=True)

    def cases_opened(self, world, options, runs, actors, consultations):
        for k in np.flatnonzero(runs == 0):
            self._decided(world, [(options[k], actors[k])], world.inputs.consultations[consultations[k]][1])

    def _due(self, world, t):
        return max(world.state.consultation_due[t, 0], world.day)

    def project_decided(self, world, project, blockers):
        by = [world.inputs.actors[k] for k in np.flatnonzero(blockers)]
        self.tell(world, "project_decided", project=project, outcome="blocked" if by else "agreed", by=by)

    def cooperation_changes(self, world, code, project, deed):
        kind = "project_ended" if deed == "end" else "project_proposed"
        self.tell(world, kind, actor=code, project=project)

    def evidence_shared(self, world, h, code, receivers):
        self.tell(world, "evidence_shared", actor=code, incident=world.inputs.incidents[h], to=list(receivers))

    def projects_due(self, world, due, fails):
        ripe = delivered(world)[:, 0]
        for p in np.flatnonzero(due):
            kind = "project_fails" if fails[p] else "project_delivers"
            share = 0.0 if fails[p] else float(ripe[p])
            self.tell(world, kind, day=_last_moment(world), project=world.inputs.projects[p], share=share)

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
            self.tell(
                world,
                "response_decided",
                actor=inputs.actors[a],
                incident=incident,
                day=state.decided_day[o, 0, a],
                phase="respond" if is_chosen else "consult",
                response=response,
                probability=self._chance(inputs, o, a) if is_chosen else 1.0,
                effect_day=whole(state.effect_day[o, 0, a]),
                terms=self._why(inputs, o, a) if is_chosen else {},
                covered_by=covered_by,
            )

    def _chance(self, inputs, o, a):
        """The probability with which the actor, if it attends, was to join a response of this kind."""
        h = inputs.option_incident[o]
        line = inputs.option_kind[o] - inputs.kind_slices[h].start
        return _plain(logistic(inputs.params.precision.flat[0] * self._utility[h][line, a]))

    def _why(self, inputs, o, a):
        """The signed terms of its choice of the kind."""
        h = inputs.option_incident[o]
        line = inputs.option_kind[o] - inputs.kind_slices[h].start
        return {name: _plain(value[line, a]) for name, value in sorted(self._terms[h].items())}

    # ------------------------------------------------------------------------------------------- adversary

    def adversary_move(self, world, choice, move, target):
        inputs, campaign, utility, chances = world.inputs, choice.campaign, choice.utility, choice.chances
        terms = {
            name: {
                **{term: _plain(np.broadcast_to(value, utility.shape)[k, 0]) for term, value in choice.weighed.items()},
                "utility": _plain(utility[k, 0]),
                "probability": _plain(chances[k, 0]),
            }
            for k, name in enumerate(NAMES)
            if chances[k, 0] > 0
        }
        self.tell(
            world,
            "adversary_move",
            actor=inputs.adversaries[campaign.by],
            incident=None if campaign.incident is None else inputs.incidents[campaign.incident],
            day=_last_moment(world),
            move=NAMES[move],
            target=inputs.actors[target] if target >= 0 else None,
            probability=_plain(chances[move, 0]),
            terms=terms,
        )

    def adversary_retaliates(self, world, d, hit):
        for k in np.flatnonzero(hit):
            self.tell(
                world,
                "adversary_retaliates",
                actor=world.inputs.adversaries[d],
                day=_last_moment(world),
                target=world.inputs.actors[k],
            )

    # ------------------------------------------------------------------------------------------- settle

    def responses_act(self, world, felt):
        inputs = world.inputs
        for o, k in zip(*np.nonzero(felt[:, 0]), strict=True):
            incident, response = inputs.options[o]
            self.tell(
                world,
                "response_acts",
                actor=inputs.actors[k],
                incident=incident,
                day=world.state.effect_day[o, 0, k],
                response=response,
            )

    def victims_concede(self, world, gives_in):
        for h, k in zip(*np.nonzero(gives_in), strict=True):
            self.tell(
                world,
                "victim_concedes",
                actor=world.inputs.actors[k],
                incident=world.inputs.incidents[h],
                day=_last_moment(world),
            )

    def incidents_stopped(self, world, ended):
        for h in ended:
            self.tell(world, "incident_stops", incident=world.inputs.incidents[h], day=_last_moment(world))

    def turn_ends(self, world):
        inputs, state = world.inputs, world.state
        by_incident = {incident: h for h, incident in enumerate(inputs.incidents)}
        self.tell(
            world,
            "turn_ends",
            day=_last_moment(world),
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
            capital={
                code: _plain(state.capital[0, k])
                for k, code in enumerate(inputs.actors)
                if code not in inputs.adversaries
            },
            strongest_text={incident: _plain(state.covered[h, 0].max()) for incident, h in by_incident.items()},
            joiners={
                incident: int((state.joined[inputs.option_slices[h], 0].any(axis=0) & inputs.everybody.is_state).sum())
                for incident, h in by_incident.items()
            },
        )


def _plain(value):
    """A number for the record: twelve significant digits say all there is, and read the same everywhere."""
    return float(f"{float(value):.12g}")
