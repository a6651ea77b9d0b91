"""People at one terminal: who is asked what, in which order, how an answer is read, and what a seat sees, in words.

They play a `Session`: it says what is open to which seat, this asks, and every answer is kept before the next question.
"""

from sim.errors import InputError, OceansError, did_you_mean
from sim.letters import whole
from sim.model.decisions import legal_choice

LEAVE = {"q", "quit", "exit"}
BACK = {"b", "back"}
MESSAGES = {"m", "messages"}
NOTHING = {"-", "none", "nothing"}


class SeatLeft(OceansError):
    """A person has left the seat before the exercise was over."""


class People:
    """Those at the terminal, in a session.

    Parameters
    ----------
    ui : shows and asks, as `sim.cli.terminal.TerminalUI` does
    briefs : by code, what the seat should know and want
    keep : called after each answer with all there are
    """

    def __init__(self, session, ui, briefs, keep):
        self.session, self.ui, self.briefs, self.keep = session, ui, briefs, keep
        self.seats = list(briefs)
        self.at = None  # who sits at the terminal now
        self.looked = {}  # the turn in which each last saw its situation
        self.read = dict.fromkeys(briefs, 0)  # messages that each has seen
        self.to_ask = set()  # what is asked though files answer it: it was taken back, or there is no capital for it

    def play(self, files=None):
        """Play to the end; the answers of files, if any, are given before anybody is asked."""
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
            choice = None if decision.address in self.to_ask else files.take(decision)
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
    """The options that an answer at the terminal means: numbers, ids, or nothing for the suggestion; or ValueError.

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
