"""Papers that are handed out before an exercise: to all, to one seat, to control, to evaluators.

What is for one seat is made of the library, of what is said openly of the scenario, and of that seat's own brief: of no
truth, no inject and no word for another seat or for control.
"""

import io
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import groupby

import numpy as np

from sim.catalogue.moves import MOVES
from sim.errors import did_you_mean, refusal
from sim.model.inputs import build_inputs, formats_of, responses_of, turn_of
from sim.output.narrative.injects import condition_in_words
from sim.papers.paper import Break, Grid, Heading, Items, Lines, Paper, Paragraph, Picture, Together
from sim.phrases import Names, capital, count, day, listed, percent, period, sentence
from sim.policies.seating import participants_of, place_fault
from sim.scenario import Loaded, resolve_members
from sim.scenario.schema import Inject, Scenario

ROLES = {
    "ally": "member of NATO", "eu_member": "member of the EU", "partner": "partner", "other": "third party",
    "adversary": "adversary",
}  # fmt: skip
RULES = {
    "consensus": "all agree, or at least keep silent", "unanimity": "all must agree",
    "qmv": "a qualified majority", "coalition": "whoever is willing", "adjudication": "a ruling by others",
    "bilateral": "the two of them", "sovereign": "each for itself", "membership_board": "its board",
}  # fmt: skip
WORDS = (
    ("Seat", "the place from which a state or an organisation acts; one person or a team"),
    ("Control", "those who run the exercise; seats that nobody holds are played by them or by the model"),
    ("Inject", "a message that control puts to you in the exercise's time"),
    ("Format", "where states consult and decide: a council, a group, a coalition, a channel"),
    ("Silence", "a text is agreed unless somebody objects in time"),
    ("Political capital", "what a government can spend on what is unpopular, late or risky"),
    ("Attribution", "saying who did it"),
)
A_TURN = (
    "Read what has reached you, and look at the clock.",
    "Talk: to whom you like, in whatever room. Notes to control are welcome at any time.",
    "Say what you want: the strongest text you would carry over each incident, and where it should be talked about.",
    "Texts lie under silence: whoever does not break it lets them pass.",
    "Decide: what you do yourself, at what cost, and why.",
    "Hear what came of it.",
)
GROUND_RULES = (
    "Play your seat, not yourself: nobody is quoted outside this room.",
    "Take the story as it is. What is odd about it, write down for afterwards.",
    "Whatever is said or written in the exercise begins and ends with its marking.",
    "If anything real happens, say 'no play' first.",
    "Offices speak in it, not persons; every document in it is invented.",
)
AFTERWARDS = ("The scenario was believable.", "I knew what was expected of my seat.", "The pace was right.",
              "The rules and the screens were clear.", "I learnt something that I will use.",
              "My organisation would act as my seat did.")  # fmt: skip
ASKED_ANYWAY = "What would you have wanted to know earlier, and who should have told you?"
NO_QR = "Put the QR code here: control's desk and the shared screen show it."
OBSERVATIONS = 6  # rows to write in, for each objective: a page with those above it
MOST_NAMED = 60  # recipients of an inject
ALL, CONTROL, EVALUATORS = "all", "control", "evaluators"


def papers_before(
    loaded: Loaded, whom: Sequence[str] = (), address: str = "", code: str = ""
) -> tuple[list[Paper], list[str]]:
    """The papers of a scenario, before it is played.

    Parameters
    ----------
    loaded : Loaded
    whom : `all`, `control`, `evaluators` or codes of seats: only theirs; empty: all of them
    address, code : where to join and with what, for the poster

    Returns
    -------
    (list of Paper, list of the codes of seats without a brief of their own that were left out)
    """
    seats = [code for code in participants_of(loaded) if place_fault(code, loaded) is None]
    briefed = [seat for seat in seats if (actor := loaded.scenario.actors.get(seat)) and actor.brief]
    meant = list(dict.fromkeys(whom)) or [ALL, *(briefed or seats), CONTROL, EVALUATORS]
    for one in meant:
        if one not in (ALL, CONTROL, EVALUATORS) and (fault := place_fault(one, loaded)):
            hint = "" if "Did you mean" in fault else did_you_mean(one, (ALL, CONTROL, EVALUATORS))
            raise refusal(f"--for {one}: {fault} {hint}".strip())
    made = {
        ALL: lambda: [situation_manual(loaded), feedback_form(loaded), poster(loaded, address, code)],
        CONTROL: lambda: [control_handbook(loaded)],
        EVALUATORS: lambda: [evaluation_guide(loaded)],
    }
    briefs = _Briefs(loaded)
    papers = [paper for one in meant for paper in (made[one]() if one in made else [briefs.of(one)])]
    return papers, [] if whom or not briefed else [seat for seat in seats if seat not in briefed]


# ------------------------------------------------------------------------------------------------------------- for all


def situation_manual(loaded: Loaded) -> Paper:
    """What everybody may know before the exercise."""
    scenario = loaded.scenario
    blocks = [
        Heading("What it is about"), Paragraph(scenario.summary),
        *_objectives(scenario, "What it is for"),
        Heading("When"), _timeline(scenario),
        Heading("Who takes part"), _cast(loaded),
        Heading("How a turn goes"), Items(A_TURN),
        Heading("Rules of the house"), Items(GROUND_RULES),
        Heading("Words"), Grid(("Word", "Means"), WORDS, (22, 78)),
    ]  # fmt: skip
    return Paper("situation_manual", "Situation manual", "for all", tuple(blocks))


def _objectives(scenario, heading):
    if not scenario.objectives:
        return []
    return [Heading(heading), Items(tuple(objective.text for objective in scenario.objectives))]


def turn_periods(scenario: Scenario) -> list[str]:
    """When each turn is, in words."""
    return [period(*scenario.calendar.span(turn)) for turn in range(1, scenario.calendar.turns + 1)]


def _timeline(scenario):
    rows = [(f"Turn {turn}", when) for turn, when in enumerate(turn_periods(scenario), start=1)]
    return Grid(("Turn", "In exercise time"), rows, (25, 75))


def _cast(loaded):
    names = Names(loaded)
    alike: dict[str, list[str]] = {}
    for code in participants_of(loaded):
        actor, state = loaded.scenario.actors.get(code), loaded.library.states.get(code)
        role = (actor and actor.role) or (state.role if state else "other")
        kind = "organisation" if code in loaded.library.bodies else ROLES[role]
        name = capital(names.actor(code))
        alike.setdefault(kind, []).append(name if code in name else f"{name} ({code})")
    return Grid(("As", "Who"), [(capital(kind), ", ".join(who)) for kind, who in alike.items()], (25, 75))


def feedback_form(loaded: Loaded) -> Paper:
    """What participants are asked when they leave."""
    grid = Grid(("", "1 no", "2", "3", "4", "5 yes"), [(said, "", "", "", "", "") for said in AFTERWARDS],
                (50, 10, 10, 10, 10, 10), is_form=True)  # fmt: skip
    blocks = [
        Grid(("Your seat", "Your name, if you like"), [("", "")], (50, 50), is_form=True),
        Heading("How was it?"),
        Paragraph("Mark one box in each row."),
        grid,
        *(block for asked in ("What went well?", "What should be different next time?", "What should your own "
          "organisation change, and by when?") for block in (Heading(asked, 3), Lines(5))),
    ]  # fmt: skip
    return Paper("feedback_form", "Feedback", "for all", tuple(blocks), "Five minutes, before you leave the room.")


def poster(loaded: Loaded, address: str, code: str) -> Paper:
    """What hangs at the door: where to join, as words and as a QR code; a place for them while they are not known."""
    blocks = [
        Paragraph(loaded.scenario.title),
        Heading("Come in", 1),
        Paragraph("Point your camera here, or open in any browser:"),
        _qr(f"{address}/?code={code}" if code else address) if address else Paragraph(NO_QR, "frame"),
        Paragraph(address, "address") if address else Paragraph("______________________________"),
        Paragraph("Join with the code:"),
        Paragraph(code, "code") if code else Paragraph("________________"),
        Paragraph("Say your name, and take the seat that you are given. If the line drops, come back the same way: you "
                  "are where you were."),
    ]  # fmt: skip
    return Paper("poster", "To join", "for all", tuple(blocks), is_poster=True)


def _qr(address):
    import segno

    drawn = io.BytesIO()
    segno.make(address).save(drawn, kind="png", scale=8, border=2)
    return Picture(drawn.getvalue(), f"QR code of {address}", 10, has_caption=False)


# ------------------------------------------------------------------------------------------------------------ one seat


class _Briefs:
    """Briefs of seats; what the model holds of them is built once."""

    def __init__(self, loaded: Loaded) -> None:
        self.loaded, self.names, self.scenario = loaded, Names(loaded), loaded.scenario

    @cached_property
    def inputs(self):
        return build_inputs(self.loaded)

    def of(self, code: str) -> Paper:
        """The brief of one seat."""
        who = self.names.actor(code)
        actor = self.scenario.actors.get(code)
        said = actor.brief if actor and actor.brief else "You know this actor's interests: play them as you see them."
        blocks = [
            Heading("Your brief"), Paragraph(said, "aloud"),
            Heading("The situation"), Paragraph(self.scenario.summary),
            *_objectives(self.scenario, "What the exercise is for"),
            Heading("When"), *self._presence(code), _timeline(self.scenario),
            Heading("Where you sit"), *self._formats(code),
            Heading("What you can do, and what it costs"), *self._responses(code),
            Heading("Who else takes part"), _cast(self.loaded),
        ]  # fmt: skip
        title = f"Brief: {capital(who)}"
        return Paper(f"brief_{code}", title, f"for {who} alone", tuple(blocks), "Do not show it to other seats.")

    def _presence(self, code):
        """From when until when it takes part, where that is not all the time."""
        own = self.scenario.actors.get(code)
        if own and (own.from_turn or own.until_turn):
            last = own.until_turn or self.scenario.calendar.turns
            yield Paragraph(f"You take part from turn {own.from_turn or 1} to turn {last}.")

    def _formats(self, code):
        inputs, place, known = self.inputs, self.inputs.index[code], formats_of(self.loaded)
        rows = {}
        for (_, form), members in zip(inputs.consultations, inputs.consultation_members, strict=True):
            if members[place] and form not in rows:
                about, others = known[form], f"{int(members.sum()) - 1}"
                rows[form] = about.name, capital(RULES[about.rule]), others, _days(about.days)
        if not rows:
            return [Paragraph("You sit in none of the formats on the table. Others can speak for you there.")]
        heads = ("Format", "How it decides", "Others in it", "Days to a text")
        return [Grid(heads, sorted(rows.values()), (40, 26, 10, 24))]

    def _responses(self, code):
        inputs, place, known = self.inputs, self.inputs.index[code], responses_of(self.loaded)
        rows = {}
        for number, (_, key) in enumerate(inputs.options):
            if inputs.allowed[number, place] and key not in rows and not known[key].is_inaction:
                rows[key] = (float(inputs.price[number].flat[0]), self._response(known[key]))
        if not rows:
            said = "Turn by turn you are shown what is open to you, and what the model would do. It may be:"
            return [Paragraph(said), Items(tuple(capital(move.label) for move in MOVES))]
        capital_at_start = float(np.ravel(inputs.capital[..., place])[0])
        said = (
            f"You begin with {capital_at_start:.2f} of political capital; each choice takes some of it, and it comes "
            "back slowly. A text that covers a choice makes it cheaper to defend. Days run from the incident."
        )
        order = sorted(rows.values(), key=lambda row: (row[0], row[1][0]))
        table = [(what, f"{price:.2f}", days, asks) for price, (what, days, asks) in order]
        heads = ("Response", "Costs", "Felt after days", "Usually asks for")
        return [Paragraph(said), Grid(heads, table, (44, 8, 24, 24))]

    @staticmethod
    def _response(response):
        asks = f"{percent(response.attribution_min)} confidence in who did it" if response.accuses else ""
        return capital(response.phrase), _days(response.lead_days), asks


def _days(days):
    return f"{days.min:.0f} to {days.max:.0f}, mostly {days.typical:.0f}"


# ------------------------------------------------------------------------------------------------------------- control


def control_handbook(loaded: Loaded) -> Paper:
    """All that control needs, the truth among it."""
    scenario, names = loaded.scenario, Names(loaded)
    secret = "It holds the truth and every inject. Keep it closed; no participant may see it."
    asked = tuple(question if isinstance(question, str) else question.text for question in scenario.questions)
    blocks = [
        Paragraph(secret, "secret"),
        Heading("The truth"), *(_truth(incident, names) for incident in scenario.incidents),
        *_objectives(scenario, "What the exercise is for"),
        Heading("Turns"), _timeline(scenario),
        *_storylines(loaded),
        Heading("Seats and their briefs"), _briefs_in_short(loaded, names),
        Break(),
        Heading("Run sheet"),
        Paragraph("What stands beside a bar is read aloud or handed out; the rest is for you."),
        *_run_sheet(loaded, names),
        Heading("For the talk afterwards"), Items(asked or (ASKED_ANYWAY,)),
    ]  # fmt: skip
    return Paper("control_handbook", "Control handbook", "for control alone", tuple(blocks))


def _truth(incident, names):
    ends = f", for {count(incident.turns, 'turn')}" if incident.turns else ", until it stops"
    rows = (
        ("Who did it", capital(names.culprit(incident))),
        ("Whom it looks like", capital(names.suspect(incident.id))),
        ("Whom it hits", listed([f"{names.actor(code)} {hard:.2f}" for code, hard in incident.victims.items()], 12)),
        ("From turn", f"{incident.turn}{ends}"),
        ("How hard to trace", f"{incident.difficulty:.2f} (0 plain, 1 hopeless)"),
        ("How openly known", f"{incident.publicness:.2f} (0 secret, 1 on every front page)"),
        ("What would end it", incident.demand.text if incident.demand else ""),
        ("Could widen to", listed(map(names.actor, incident.may_widen_to), 12)),
        ("Note", incident.note),
    )
    return Together((Heading(incident.name, 3), Grid(("", ""), [row for row in rows if row[1]], (25, 75))))


def _storylines(loaded):
    lines: dict[str, list[Inject]] = {}
    for inject in loaded.scenario.injects:
        if inject.storyline:
            lines.setdefault(inject.storyline, []).append(inject)
    if not lines:
        return []
    rows = []
    for name, injects in lines.items():
        in_order = "; ".join(f"{turn_of(one, loaded.scenario)}: {one.title}" for one in injects)
        rows.append((capital(name.replace("_", " ")), in_order))
    return [Heading("Storylines"), Grid(("Storyline", "Its injects, by turn"), rows, (25, 75))]


def _briefs_in_short(loaded, names):
    rows = [(capital(names.actor(code)), actor.brief) for code, actor in loaded.scenario.actors.items() if actor.brief]
    return Grid(("Seat", "What its brief says"), rows or [("All", "No seat has a brief of its own.")], (20, 80))


def _run_sheet(loaded: Loaded, names: Names) -> Iterator:
    periods, objectives = turn_periods(loaded.scenario), {one.id: one.text for one in loaded.scenario.objectives}
    injects = sorted(loaded.scenario.injects, key=lambda inject: turn_of(inject, loaded.scenario))
    if not injects:
        yield Paragraph("The scenario has no injects.")
    for turn, of_turn in groupby(injects, key=lambda inject: turn_of(inject, loaded.scenario)):
        yield Heading(f"Turn {turn}: {periods[turn - 1]}", 2)
        for inject in of_turn:
            named = [name for name in inject.to if name not in (ALL, CONTROL)]
            reached = resolve_members(named, loaded.library, loaded.scenario.first_day)
            yield Together(tuple(_inject(inject, names, objectives, list(reached) or inject.to)))


def _inject(inject, names, objectives, reached):
    yield Heading(inject.title, 3)
    yield Paragraph(inject.text.strip(), "aloud")
    when = " ".join([*([day(inject.date)] if inject.date else []), *([f"{inject.time:%H:%M}"] if inject.time else [])])
    condition = condition_in_words(inject.when, names)
    held = ", held until you release it" if inject.kind == "contingency" else ""
    rows = [
        ("Id and kind", f"{inject.id}, {inject.kind}{held}"),
        ("When", when),
        ("Only", sentence(condition) if condition else ""),
        ("From", inject.sender),
        ("To", names.recipients(inject.id, reached, MOST_NAMED)),
        ("How", inject.channel.replace("_", " ")),
        ("Expected", inject.expects or ""),
        ("Your notes", inject.control_notes or ""),
        ("Serves", "; ".join(objectives.get(one, one).rstrip(".") for one in inject.objectives)),
        ("Moves", "; ".join(_effect(effect, names) for effect in inject.effects)),
        *_further(inject),
        *inject.columns.items(),
    ]
    yield Grid(("", ""), [*(row for row in rows if row[1]), ("Released at / seen", "")], (20, 80))


def _effect(effect, names):
    incident = [names.incident(effect.incident)] if effect.incident else []
    about = ", ".join(incident + ([names.actor(effect.actor)] if effect.actor else []))
    return f"{effect.on}{f' ({about})' if about else ''} {effect.by:+g}"


def _further(inject):
    """What else an inject may carry: a question, a deadline, attachments."""
    if asked := inject.question:
        options = (f"{option.name} (weight {option.weight:g})" for option in asked.options)
        yield "Asks", f"{asked.text} {' / '.join(options)}"
    if deadline := inject.deadline:
        yield "Deadline", f"{f'end of turn {deadline.turn}' if deadline.turn else day(deadline.date)}: {deadline.text}"
    for one in inject.attachments:
        yield "Attached", f"{one.title}: {one.file or one.text}"


# ---------------------------------------------------------------------------------------------------------- evaluators


def evaluation_guide(loaded: Loaded) -> Paper:
    """A form for each objective: what to look for, when, and what was seen."""
    scenario = loaded.scenario
    scale = "; ".join(f"{mark}: {means}" for mark, means in scenario.ratings.items())
    how = "Write down what you see and hear, with its turn: what was done, by whom, what helped. Rate at the end."
    blocks: list = [
        Paragraph("It holds what control expects. Do not show it to participants.", "secret"),
        Paragraph(how),
        Paragraph(f"Ratings: {scale}.", "note"),
    ]
    if not scenario.objectives:
        blocks.append(Paragraph("The scenario names no objectives: agree on them before the exercise."))
    for number, objective in enumerate(scenario.objectives, start=1):
        blocks += [Break()] if number > 1 else []
        blocks += _of_objective(number, objective, scenario)
    return Paper("evaluation_guide", "Evaluation guide", "for evaluators and control alone", tuple(blocks))


def _of_objective(number, objective, scenario):
    serving = [inject for inject in scenario.injects if objective.id in inject.objectives]
    serving.sort(key=lambda inject: turn_of(inject, scenario))
    rows = [(str(turn_of(one, scenario)), one.title, one.expects or "", "") for one in serving]
    heads = ("Turn", "Inject", "Expected", "Seen?")
    seen = ("Turn", "Who", "What was done or said; what helped or hindered")
    yield Heading(f"Objective {number}: {objective.text}")
    yield Grid(heads, rows or [("", "No inject serves it.", "", "")], (8, 27, 45, 20))
    yield Heading("Observations", 3)
    yield Grid(seen, [("", "", "")] * OBSERVATIONS, (10, 18, 72), True)
    for asked in ("Strengths", "Areas for improvement"):
        yield from (Heading(asked, 3), Lines(1))
    yield Grid(("Rating", "Evaluator"), [("  /  ".join(scenario.ratings), "")], (45, 55), is_form=True)
