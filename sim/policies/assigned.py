"""Policies as somebody names them at a terminal: `EST=hawk`, `group:nato=cautious`, `all=standard`."""

from collections.abc import Iterable

from sim.errors import did_you_mean, nearest
from sim.policies import POLICIES
from sim.scenario import Loaded, resolve_members

ALSO_CALLED = {"UK": "GBR", "US": "USA", "ROK": "KOR", "DPRK": "PRK", "PRC": "CHN", "ROC": "TWN"}


class Assigned:
    """Who follows which policy, and what is wrong with how it was said.

    A code goes before a group, and a group before `all`, so that `group:nato=cautious` with `FRA=hawk` is France a hawk
    among the cautious.

    Parameters
    ----------
    given : sequence of str, each WHO=NAME
    loaded : Loaded

    Attributes
    ----------
    by_code : dict of code to name of a policy
    faults : list of str

    >>> from sim.scenario import load
    >>> assigned = Assigned(["all=cautious", "RUS=deterred"], load("smallest"))
    >>> assigned.by_code["JPN"], assigned.by_code["RUS"], assigned.faults
    ('cautious', 'deterred', [])
    """

    def __init__(self, given: Iterable[str], loaded: Loaded) -> None:
        self.loaded, self.faults, self.by_code = loaded, [], {}
        self.participants = participants_of(loaded)
        ranked: dict[int, dict[str, str]] = {0: {}, 1: {}, 2: {}}
        for words in given:
            who, _, name = words.strip().partition("=")
            fault = self._fault(who, name)
            if fault:
                self.faults.append(f"--policy {words}: {fault}")
                continue
            rank = 0 if who == "all" else 1 if who.startswith("group:") else 2
            self._assign(words, self._fitting(who, name), name, ranked[rank])
        self.by_code = ranked[0] | ranked[1] | ranked[2]

    def _fault(self, who: str, name: str) -> str | None:
        if not name:
            return "write it as CODE=NAME, for instance EST=standard, or group:nato=NAME, or all=NAME."
        if name not in POLICIES:
            return f"no policy is named '{name}'. {did_you_mean(name, POLICIES)}"
        if who.startswith("group:") and who.removeprefix("group:") not in self.loaded.library.groups:
            return f"no group is named so. {did_you_mean(who.removeprefix('group:'), self.loaded.library.groups)}"
        if who != "all" and not who.startswith("group:") and (fault := place_fault(who, self.loaded)):
            return fault
        if not self._meant(who):
            return "nobody of this group takes part."
        if not self._fitting(who, name):
            whose = "an adversary's" if "adversary" in POLICIES[name].plays else "a member's"
            return f"'{name}' is {whose} policy and would change nothing in this seat."
        return None

    def _fitting(self, who: str, name: str) -> list[str]:
        """The seats meant in which the policy makes a difference."""
        plays = POLICIES[name].plays
        return [code for code in self._meant(who) if role_of(code, self.loaded) in plays]

    def _meant(self, who: str) -> list[str]:
        if who == "all":
            names = self.participants
        elif who.startswith("group:"):
            members = resolve_members([who], self.loaded.library, self.loaded.scenario.start)
            names = [code for code in self.participants if code in members]
        else:
            names = [who]
        return [code for code in names if not place_fault(code, self.loaded)]

    def _assign(self, words: str, codes: list[str], name: str, assigned: dict[str, str]) -> None:
        for code in codes:
            if assigned.get(code, name) != name:
                self.faults.append(f"--policy {words}: {code} follows '{assigned[code]}' already. Give it one policy.")
                return
        twice = [code for code in codes if code in assigned]
        if twice:
            self.faults.append(f"--policy {words}: {twice[0]} is given a policy twice. Give it once.")
        assigned.update(dict.fromkeys(codes, name))


def participants_of(loaded: Loaded) -> list[str]:
    """Codes of everybody who takes part: those named, with the members of groups and bodies."""
    scenario = loaded.scenario
    return list(resolve_members(scenario.participants, loaded.library, scenario.start))


def role_of(code: str, loaded: Loaded) -> str:
    """Whether an actor is an adversary or a member, as the incidents of the exercise make it."""
    return "adversary" if code in {incident.by for incident in loaded.scenario.incidents} else "member"


def place_fault(code: str, loaded: Loaded) -> str | None:
    """What is wrong with choosing for an actor, in a sentence; None where one can."""
    participants = participants_of(loaded)
    if code not in participants:
        meant = _meant(code, participants, loaded)
        advice = f" Did you mean '{meant}' ({_name(meant, loaded)})?" if meant else ""
        return f"no such actor takes part.{advice} Taking part: {', '.join(participants)}."
    if code in loaded.library.bodies and loaded.scenario.bodies_as == "members":
        return "here it is played member by member, so it has no seat of its own. Take a member's."
    return None


def _meant(code: str, participants: list[str], loaded: Loaded) -> str | None:
    """The participant meant by another abbreviation, by the beginning of a name, or by a slip of the finger."""
    if ALSO_CALLED.get(code.upper()) in participants:
        return ALSO_CALLED[code.upper()]
    names = {_name(known, loaded): known for known in participants}
    begins = [names[name] for name in names if len(code) > 1 and name.lower().startswith(code.lower())]
    return begins[0] if begins else nearest(code, participants) or names.get(nearest(code, names) or "")


def _name(code: str, loaded: Loaded) -> str:
    library, override = loaded.library, loaded.scenario.actors.get(code)
    entry = library.states.get(code) or library.bodies.get(code)
    return (override and override.name) or (entry.name if entry else code)
