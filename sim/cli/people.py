"""People at one terminal: who is asked what, in which order, how an answer is read, and what a seat sees, in words.

They play a `Session`: it says what is open to which seat, this asks, and every answer is kept before the next question.
"""

from sim.errors import InputError, OceansError, did_you_mean
from sim.letters import whole
from sim.model.decisions import legal_choice
from sim.phrases import day, percent, sentence
from sim.scenario.calendar import date_at

LEAVE = {"q", "quit", "exit"}
BACK = {"b", "back"}
MESSAGES = {"m", "messages"}
LATEST = 8  # responses seen so far that are listed
NOTHING = {"-", "none", "nothing"}


class SeatLeft(OceansError):
    """A person has left the seat before the exercise was over."""


class People:
    """Those at the terminal.

    Parameters
    ----------
    session : Session
    ui : has `brief`, `hand_over`, `messages`, `situation`, `decision`, `advice` and `ask`, as
        `sim.cli.terminal.TerminalUI`
    briefs : dict of code to what the seat should know and want
    keep : callable (answers), called after each answer with all there are
    """

    def __init__(self, session, ui, briefs, keep):
        self.session, self.ui, self.briefs, self.keep = session, ui, briefs, keep
        self.seats = list(briefs)
        self.at = None  # who sits at the terminal now
        self.looked = {}  # the turn in which each last saw its situation
        self.read = dict.fromkeys(briefs, 0)  # messages that each has seen
        self.to_ask = set()  # what is asked though files answer it: it was taken back, or there is no capital for it

    def play(self, files=None):
        """Play to the end.

        Parameters
        ----------
        files : AnswerFiles, whose answers are given before anybody is asked; or None
        """
        while not self.session.is_over:
            if files and self._written_down(files):
                continue
            decision = self._next()
            choice = self._asked(decision)
            if choice is not None and (refused := self._submitted(decision, choice)):
                self.ui.advice(refused)

    def _written_down(self, files):
        """Give an answer of the files to what is open now; whether there was one. Their faults come first."""
        open_now = self.session.open_decisions()
        for decision in open_now:
            choice = None if decision.address in self.to_ask else files.script.take(decision)
            if choice is None:
                continue
            if refused := self._submitted(decision, choice):
                files.refuse(decision, refused)
                self.to_ask.add(decision.address)
            return True
        files.check_all_asked(open_now, self.session.people)
        return False

    def _next(self):
        """The decision to put now: those of one seat together, in the order of the seats."""
        mine = self.session.open_decisions(self.at) if self.at else ()
        if mine:
            return mine[0]
        return min(self.session.open_decisions(), key=lambda decision: self.seats.index(decision.actor))

    def _submitted(self, decision, choice):
        """Give an answer and keep it; or why it is refused."""
        try:
            self.session.submit(decision, choice)
        except InputError as refused:
            return refused.faults[0].message
        return self.keep(self.session.answers)

    # ------------------------------------------------------------------------------------------- one seat

    def _asked(self, decision):
        """What the person chooses; None where the last answer was taken back."""
        self._sit_down(decision)
        self.ui.decision(decision)
        while True:
            said = self._said(decision)
            if said in BACK:
                if self._step_back(decision.actor):
                    return None
                self.ui.advice("There is no answer of yours to take back.")
            elif said in MESSAGES:
                self.ui.messages(self.session.view(decision.actor)["injects"], "All that has reached you")
            elif said == "?":
                self.ui.situation(self.session.view(decision.actor), decision.actor)
                self.ui.decision(decision)
            else:
                try:
                    return read_choice(said, decision)
                except ValueError as fault:
                    self.ui.advice(str(fault))

    def _said(self, decision):
        try:
            said = self.ui.ask(decision).strip()
        except EOFError:
            said = "q"
        if said.lower() in LEAVE:
            raise SeatLeft(f"{decision.actor} left the seat in turn {decision.turn}.")
        return said.lower() if said.lower() in BACK | MESSAGES else said

    def _sit_down(self, decision):
        """What somebody who sits down should see first: whose seat it is, the brief, new messages, the situation."""
        code = decision.actor
        if len(self.seats) > 1 and self.at != code:
            self.ui.hand_over(code)
        self.at = code
        if code not in self.looked and self.briefs[code]:
            self.ui.brief(self.briefs[code])
        if self.looked.get(code) == decision.turn:
            return
        view = self.session.view(code)
        self.looked[code] = decision.turn
        self.ui.situation(view, code)
        self.ui.messages(view["injects"][self.read[code] :], "What reached you since you last looked")
        self.read[code] = len(view["injects"])

    def _step_back(self, code):
        """Take back the last answer if it was this seat's; whether there was one."""
        inputs = self.session.inputs
        if not inputs or getattr(inputs[-1], "actor", None) != code:
            return False
        self.to_ask.add(inputs[-1].address)
        self.session = self.session.branch(before=len(inputs) - 1)
        self.keep(self.session.answers)
        return True


def read_choice(said, decision):
    """The options that an answer at the terminal means: numbers, ids, or nothing for the suggestion.

    Parameters
    ----------
    said : str; decision : Decision

    Raises
    ------
    ValueError
        with advice

    >>> from sim.model.decisions import Decision, Option
    >>> options = Option("demarche"), Option("expulsions")
    >>> decision = Decision("responses", 1, "EST", "grid", options, ("demarche",), least=0, most=None)
    >>> [read_choice(said, decision) for said in ("", "1, 2", "expulsions", "-")]
    [('demarche',), ('demarche', 'expulsions'), ('expulsions',), ()]
    """
    words = said.replace(",", " ").split()
    if not words:
        return tuple(decision.default)
    if decision.many and len(words) == 1 and words[0].lower() in NOTHING:
        return ()
    ids = [_meant(word, decision) for word in words]
    if not decision.many and len(ids) != 1:
        raise ValueError("Choose one: its number, please.")
    if decision.most is not None and len(set(ids)) > decision.most:
        raise ValueError(f"At most {decision.most}, please.")
    return legal_choice(decision, ids)


def _meant(word, decision):
    ids = [option.id for option in decision.options]
    if word in ids:
        return word
    number = whole(word)
    if number is not None and 1 <= number <= len(ids):
        return ids[number - 1]
    if number is not None:
        raise ValueError(f"There is no option {word}: they run from 1 to {len(ids)}.")
    raise ValueError(
        f"'{word}' is none of the options. Give its number, 1 to {len(ids)}, or its name. {did_you_mean(word, ids)}"
    )


# ------------------------------------------------------------------------------------------- what a seat sees, in words


def situation(view, names, start):
    """A seat's view as headings with lines below them; a heading with nothing to say is left out.

    Parameters
    ----------
    view : dict, from `sim.model.view`
    names : sim.phrases.Names
    start : datetime.date, first day of the exercise

    Returns
    -------
    list of (heading, list of str)
    """
    parts = (
        ("Where you stand", _standing(view)),
        ("What is going on", [_incident(incident, names) for incident in view.get("incidents", {}).items()]),
        ("Consultations you sit in", [_consultation(table, names, start) for table in view.get("consultations", [])]),
        ("Texts adopted", [_text(text, names) for text in view.get("texts", [])]),
        ("What you have decided", [_own(response, names, start) for response in view.get("own_responses", [])]),
        (
            "What others are seen to do",
            [_seen(response, names) for response in view.get("seen_responses", [])[-LATEST:]],
        ),
    )
    return [(heading, lines) for heading, lines in parts if lines]


def _standing(view):
    return [f"Political capital {view['capital']:.2f}; tension {view['tension']:.2f} (0 calm, 1 war)."]


def _incident(incident, names):
    key, seen = incident
    words = f"{names.incident(key)}, which looks like the work of {names.actor(seen['suspect'])}"
    if seen.get("is_mine"):
        words += ". It is yours"
    if "confidence" in seen:
        words += f". You give that {percent(seen['confidence'])}"
        words += f"; it is {_level(seen['gravity'])} and touches you {_touch(seen)}"
    return sentence(words if seen["goes_on"] else f"{words}. It is over")


def _level(gravity):
    return f"{gravity:.2f} grave (0 not at all, 1 mass casualties)"


def _touch(seen):
    return "as a victim" if seen["is_victim"] else f"to {percent(seen['stake'])}"


def _consultation(table, names, start):
    where = names.format(table["format"])
    return sentence(
        f"{names.incident(table['incident'])} is before {where}; its text is due by {_date(table['due_day'], start)}"
    )


def _text(text, names):
    what = names.text(text["rung"], text["incident"])
    return sentence(f"{names.format(text['format'])}, on {names.incident(text['incident'])}: {what}")


def _own(response, names, start):
    what = f"{names.response(response['response'])}, on {names.incident(response['incident'])}"
    return sentence(f"{what}; felt from {_date(response['acts_day'], start)}")


def _seen(response, names):
    what = f"{names.response(response['response'])}, on {names.incident(response['incident'])}"
    return sentence(f"{what}: {names.actors(response['by'])}")


def _date(number, start):
    return day(date_at(start, number))
