"""People in seats: who asks at the terminal, what writes their answers down, and what replays them.

All three are policies: the engine asks them as it asks any other, and does not know that somebody is thinking.

    Person      asks at the terminal; an empty answer keeps what the model suggests
    Replayed    answers from a file of actions
    Kept        hands a question on and writes the answer down before the engine gets it
"""

import json
from collections import defaultdict

from sim.errors import Fault, InputError, OceansError, did_you_mean
from sim.policies.policy import KINDS, Action, Policy, legal_answer
from sim.text_files import ACTIONS, file_lines

LEAVE = {"q", "quit", "exit"}
NOTHING = {"-", "none", "nothing"}
FIELDS = {"turn": int, "actor": str, "kind": str, "subject": str, "choice": list}


class SeatLeft(OceansError):
    """A person has left the seat before the exercise was over."""


# ---------------------------------------------------------------------------------------------------- at the terminal


class Person(Policy):
    """Asks the person at the terminal.

    Parameters
    ----------
    desk : has `brief(words)`, `situation(view, actor)`, `question(question)`, `advice(words)` and `ask(question)`, as
        `sim.commands.desk.Desk`
    brief : str, what this seat should know and want; shown once
    """

    name = "person"
    memory = True

    def __init__(self, desk, brief=""):
        self.desk = desk
        self.brief = brief
        self.seen = None

    def choose(self, view, question):
        """Shows the situation once a turn and the question, and asks until the answer is one of the options."""
        if self.seen != (question.actor, question.turn):
            if self.seen is None and self.brief:
                self.desk.brief(self.brief)
            self.seen = (question.actor, question.turn)
            self.desk.situation(view, question.actor)
        self.desk.question(question)
        while True:
            answer = self._asked(question)
            if answer == "?":
                self.desk.situation(view, question.actor)
                self.desk.question(question)
                continue
            try:
                return read_answer(answer, question)
            except ValueError as fault:
                self.desk.advice(str(fault))

    def _asked(self, question):
        try:
            answer = self.desk.ask(question).strip()
        except EOFError:
            answer = "q"
        if answer.lower() in LEAVE:
            raise SeatLeft(f"{question.actor} left the seat in turn {question.turn}.")
        return answer


def read_answer(answer, question):
    """The options that an answer at the terminal means: numbers, ids, or nothing for the suggestion.

    Parameters
    ----------
    answer : str
    question : Question

    Raises
    ------
    ValueError
        with advice

    >>> from sim.policies.policy import Option, Question
    >>> options = (Option("demarche", "a demarche"), Option("expulsions", "expulsions"))
    >>> question = Question("responses", 1, "EST", "grid", "What do you do?", options, True, ("demarche",))
    >>> [read_answer(answer, question) for answer in ("", "1, 2", "expulsions", "-")]
    [('demarche',), ('demarche', 'expulsions'), ('expulsions',), ()]
    """
    words = answer.replace(",", " ").split()
    if not words:
        return tuple(question.default)
    if question.many and len(words) == 1 and words[0].lower() in NOTHING:
        return ()
    ids = [_meant(word, question) for word in words]
    if not question.many and len(ids) != 1:
        raise ValueError("Choose one: its number, please.")
    return legal_answer(question, ids)


def _meant(word, question):
    ids = [option.id for option in question.options]
    if word in ids:
        return word
    if word.isdigit() and 1 <= int(word) <= len(ids):
        return ids[int(word) - 1]
    if word.isdigit():
        raise ValueError(f"There is no option {word}: they run from 1 to {len(ids)}.")
    raise ValueError(
        f"'{word}' is none of the options. Give its number, 1 to {len(ids)}, or its name. {did_you_mean(word, ids)}"
    )


# ------------------------------------------------------------------------------------------------------- written down


class Kept(Policy):
    """Hands every question on and writes the answer to a file, so that what was decided is never lost.

    Parameters
    ----------
    policy : Policy
    file : text file, open for writing; written through after each answer. None keeps nothing.
    """

    def __init__(self, policy, file):
        self.policy, self.file, self.count = policy, file, 0
        self.name, self.memory, self.draws = policy.name, policy.memory, policy.draws

    def choose(self, view, question):
        """What the other policy chooses."""
        choice = legal_answer(question, self.policy.choose(view, question))
        self.count += 1
        if self.file is not None:
            action = Action(question.turn, question.actor, question.kind, question.subject, choice)
            self.file.write(action.to_json() + "\n")
            self.file.flush()
        return choice


# ----------------------------------------------------------------------------------------------------------- replayed


class Script:
    """The actions of a file, each with its line, until they are asked for.

    Parameters
    ----------
    path : path, shown in advice
    lines : dict of line number to Action
    sources : dict of line number to the line's text
    """

    def __init__(self, path, lines, sources):
        self.path = path
        self.sources = sources
        self.waiting = defaultdict(list)
        for number, action in lines.items():
            self.waiting[_address(action)].append((number, action))

    @property
    def actors(self):
        """Whose actions there are."""
        return sorted({actor for _, actor, _, _ in self.waiting})

    def take(self, question):
        """The next answer to a question, or None; InputError with its line if it is not legal."""
        waiting = self.waiting.get(_address(question))
        if not waiting:
            return None
        number, action = waiting.pop(0)
        try:
            return legal_answer(question, action.choice)
        except ValueError as fault:
            raise InputError([self.fault(number, str(fault))]) from None

    def fault(self, number, message):
        """A fault in a line of the file."""
        source = self.sources[number]
        return Fault(str(self.path), number, 1, message, source, len(source))

    def check_all_asked(self):
        """InputError for actions that answer no question of the run."""
        left = [(number, action) for waiting in self.waiting.values() for number, action in waiting]
        if left:
            raise InputError(
                [self.fault(number, _never_asked(action)) for number, action in sorted(left, key=lambda it: it[0])]
            )


def _address(entry):
    return entry.turn, entry.actor, entry.kind, entry.subject


def _never_asked(action):
    asked = f"{action.actor} was never asked this in turn {action.turn} ({action.kind}, {action.subject})."
    return f"{asked} Give the scenario, the seed and the seats of the run that kept this file."


class Replayed(Policy):
    """Answers as the script says, and where it says nothing, as another policy does.

    Parameters
    ----------
    script : Script
    otherwise : Policy; it is asked every time, so that one who remembers has seen everything, unless it is a person
    """

    name = "scripted"
    memory = True

    def __init__(self, script, otherwise):
        self.script, self.otherwise = script, otherwise

    def choose(self, view, question):
        """The script's answer, or the other policy's."""
        answer = self.script.take(question)
        if answer is not None and isinstance(self.otherwise, Person):
            return answer
        own = self.otherwise.choose(view, question)
        return own if answer is None else answer


def read_script(path, participants, turns):
    """The actions of a file, checked: every fault at once, each with its line.

    Parameters
    ----------
    path : path of JSON lines, as a run keeps them in `actions.jsonl`
    participants : codes of who takes part
    turns : int, how many turns the exercise has

    Returns
    -------
    Script
    """
    sources = dict(enumerate(file_lines(path, ACTIONS), start=1))
    script = Script(path, {}, sources)
    faults, actions = [], {}
    for number, line in sources.items():
        if line.strip():
            messages = _action_faults(line, participants, turns)
            faults += [script.fault(number, message) for message in messages]
            if not messages:
                actions[number] = Action.from_json(line)
    if faults:
        raise InputError(faults)
    return Script(path, actions, sources)


def _action_faults(line, participants, turns):
    try:
        action = json.loads(line)
    except (ValueError, RecursionError) as error:
        return [f"this is not JSON: {getattr(error, 'msg', error)}."]
    if not isinstance(action, dict):
        return ["an action is a table: turn, actor, kind, subject, choice."]
    faults = [f"unknown field '{name}'. {did_you_mean(name, FIELDS)}" for name in action if name not in FIELDS]
    faults += [f"'{name}' is missing." for name in FIELDS if name not in action]
    for name, kind in FIELDS.items():
        if name in action and (not isinstance(action[name], kind) or isinstance(action[name], bool)):
            faults.append(f"'{name}' is {json.dumps(action[name])}, not {_kinds(kind)}.")
    return faults or _meaning_faults(action, participants, turns)


def _kinds(kind):
    return {int: "a whole number", str: "text", list: "a list"}[kind]


def _meaning_faults(action, participants, turns):
    faults = []
    if not 1 <= action["turn"] <= turns:
        faults.append(f"there is no turn {action['turn']}: the exercise has turns 1 to {turns}.")
    if action["actor"] not in participants:
        faults.append(f"'{action['actor']}' does not take part. {did_you_mean(action['actor'], participants)}")
    if action["kind"] not in KINDS:
        faults.append(f"nobody is asked for a '{action['kind']}'. {did_you_mean(action['kind'], KINDS)}")
    if not all(isinstance(item, str) for item in action["choice"]):
        faults.append("'choice' is a list of option names.")
    return faults
