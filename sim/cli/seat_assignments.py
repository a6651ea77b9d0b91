"""Who chooses for whom, and what control releases: all that was named at the terminal, checked together."""

import shlex

from sim.cli.answer_files import AnswerFiles
from sim.errors import Diagnostic, InputError, did_you_mean
from sim.letters import whole
from sim.model.inputs import turn_of
from sim.model.msel import ARMED, first_status
from sim.model.steps.control import Direction
from sim.policies.seating import Assigned, participants_of, place_fault


class SeatAssignments:
    """What --seat, --policy, --release and --actions come to; InputError with everything wrong with them at once.

    Parameters
    ----------
    options : sim.cli.options.RunOptions
    loaded : sim.scenario.Loaded

    Attributes
    ----------
    people : tuple of codes, the seats at the terminal, each once
    policies : dict of code to name of a policy
    at_start : dict of turn to what control directs as it begins
    files : AnswerFiles, or None
    """

    def __init__(self, options, loaded):
        self.options, self.loaded = options, loaded
        self.people = tuple(dict.fromkeys(options.seats))
        assigned = Assigned(options.policies, loaded)
        self.policies = assigned.by_code
        releases = Releases(options.releases, loaded)
        self.at_start = releases.at_start
        faults = [*self._seat_faults(), *assigned.faults, *releases.faults, *self._run_faults()]
        if faults:
            raise InputError([Diagnostic("", 0, 0, fault) for fault in faults])
        self.files = None
        if options.actions:
            self.files = AnswerFiles(
                options.actions, loaded, participants_of(loaded), options.seed, options.allow_changes
            )

    @property
    def has_person(self):
        """Whether somebody sits at the terminal."""
        return bool(self.people)

    def _seat_faults(self):
        for code in self.people:
            if fault := place_fault(code, self.loaded):
                yield f"--seat {code}: {fault}"
            elif code in self.policies and f"{code}={self.policies[code]}" in self.options.policies:
                yield f"--policy {code}={self.policies[code]}: somebody sits in this seat (--seat {code}). Keep one."

    def _run_faults(self):
        if self.options.runs > 1 and (self.people or self.options.actions):
            option = "--seat" if self.people else "--actions"
            yield f"{option}: people play one exercise at a time. Leave out --runs or {option}."
        if self.options.runs > 1 and self.options.releases:
            yield "--release: control runs one exercise at a time. Leave out --runs or --release."

    def brief(self, code):
        """What a seat should know and want; empty where the scenario does not say."""
        override = self.loaded.scenario.actors.get(code)
        return (override and override.brief) or ""

    def resuming(self, answers):
        """The command that goes on from kept answers."""
        words = ["oceans", "run", self.options.scenario, "--seed", str(self.options.seed)]
        for code in self.people:
            words += ["--seat", code]
        for given in self.options.policies:
            words += ["--policy", given]
        for given in self.options.releases:
            words += ["--release", given]
        return shlex.join([*words, "--actions", str(answers)])


class Releases:
    """What the option --release comes to: the injects that control releases.

    Parameters
    ----------
    given : sequence of str, each `ID` (in turn 1) or `ID@TURN`
    loaded : sim.scenario.Loaded

    Attributes
    ----------
    at_start : dict of turn to tuple of Direction, as a `Session` takes it
    faults : list of str, everything wrong with them
    """

    def __init__(self, given, loaded):
        self.scenario = loaded.scenario
        self.injects = {inject.id: inject for inject in self.scenario.injects}
        self.at_start, self.faults, first = {}, [], {}
        for words in dict.fromkeys(given):
            name, _, written = words.partition("@")
            turn = whole(written) if "@" in words else 1
            fault = self._fault(name, turn)
            if not fault and name in first:
                fault = f"it is released already (--release {first[name]}). Keep one."
            if fault:
                self.faults.append(f"--release {words}: {fault}")
                continue
            first[name] = words
            self.at_start[turn] = (*self.at_start.get(turn, ()), Direction("release", name))

    def _fault(self, name, turn):
        turns = self.scenario.calendar.turns
        if name not in self.injects:
            return f"there is no inject '{name}'. {did_you_mean(name, self.injects)}".rstrip()
        if turn is None or not 1 <= turn <= turns:
            return f"write it as ID@TURN, with a turn from 1 to {turns}."
        planned = turn_of(self.injects[name], self.scenario)
        comes_by_itself = first_status(self.injects[name]) == ARMED and self.injects[name].when is None
        if comes_by_itself and planned < turn:
            return f"it comes by itself in turn {planned}. Give an earlier turn, or leave this out."
        return None
