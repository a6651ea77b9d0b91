"""Injects that control releases, as named at the terminal: `--release ID@TURN`."""

from sim.errors import did_you_mean
from sim.letters import whole
from sim.model.inputs import turn_of
from sim.model.msel import ARMED, first_status
from sim.model.steps.control import Direction


class Releases:
    """What the option --release comes to.

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
        turns = self.scenario.turns.count
        if name not in self.injects:
            return f"there is no inject '{name}'. {did_you_mean(name, self.injects)}".rstrip()
        if turn is None or not 1 <= turn <= turns:
            return f"write it as ID@TURN, with a turn from 1 to {turns}."
        planned = turn_of(self.injects[name], self.scenario)
        comes_by_itself = first_status(self.injects[name]) == ARMED and self.injects[name].when is None
        if comes_by_itself and planned < turn:
            return f"it comes by itself in turn {planned}. Give an earlier turn, or leave this out."
        return None
