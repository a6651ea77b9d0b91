"""Who chooses for whom: the seats, policies and actions that were named at the terminal, checked, as policies."""

import contextlib
import shlex

from sim.errors import Fault, InputError, did_you_mean, nearest
from sim.policies import POLICIES, policy_named
from sim.scenario import resolve_members
from sim.seats import Kept, Person, Replayed, read_script

ALSO_CALLED = {"UK": "GBR", "US": "USA", "ROK": "KOR", "DPRK": "PRK", "PRC": "CHN", "ROC": "TWN"}


class Choices:
    """What the options --seat, --policy and --actions come to; InputError with everything wrong with them at once.

    Parameters
    ----------
    order : sim.commands.run.Order
    loaded : sim.scenario.Loaded
    """

    def __init__(self, order, loaded):
        self.order = order
        self.loaded = loaded
        self.participants = participants_of(loaded)
        self.file = None
        self.kept = {}
        self.named = self._checked()
        turns = loaded.scenario.turns.count
        self.script = read_script(order.actions, self.participants, turns) if order.actions else None

    @property
    def has_person(self):
        """Whether somebody sits at the terminal."""
        return bool(self.order.seats)

    @property
    def count(self):
        """How many choices have been written down."""
        return sum(kept.count for kept in self.kept.values())

    def _checked(self):
        """The policies by code, once everything named is known to exist."""
        faults = [self._place_fault(f"--seat {code}", code) for code in self.order.seats]
        named = {}
        for given in self.order.policies:
            code, _, name = given.partition("=")
            faults += self._policy_faults(given, code, name)
            named[code] = name
        if self.order.runs > 1 and (self.order.seats or self.order.actions):
            option = "--seat" if self.order.seats else "--actions"
            faults.append(f"{option}: people play one exercise at a time. Leave out --runs or {option}.")
        faults = [Fault("", 0, 0, fault) for fault in faults if fault]
        if faults:
            raise InputError(faults)
        return named

    def _place_fault(self, given, code):
        """What is wrong with choosing for an actor, or None."""
        if code not in self.participants:
            return f"{given}: {self._unknown(code)}"
        if code in self.loaded.library.bodies and self.loaded.scenario.bodies_as == "members":
            return f"{given}: here it is played member by member, so it has no seat of its own. Take a member's."
        return None

    def _unknown(self, code):
        """Advice on a code that does not take part: what was probably meant, and who does take part."""
        meant = self._meant(code)
        advice = f" Did you mean '{meant}' ({self._name(meant)})?" if meant else ""
        return f"no such actor takes part.{advice} Taking part: {', '.join(self.participants)}."

    def _meant(self, code):
        """The participant meant by another abbreviation, by the beginning of a name, or by a slip of the finger."""
        if ALSO_CALLED.get(code.upper()) in self.participants:
            return ALSO_CALLED[code.upper()]
        names = {self._name(known): known for known in self.participants}
        begins = [names[name] for name in names if len(code) > 1 and name.lower().startswith(code.lower())]
        return begins[0] if begins else nearest(code, self.participants) or names.get(nearest(code, names))

    def _name(self, code):
        library, override = self.loaded.library, self.loaded.scenario.actors.get(code)
        entry = library.states.get(code) or library.bodies.get(code)
        return (override and override.name) or (entry.name if entry else code)

    def _policy_faults(self, given, code, name):
        if not name:
            return [f"--policy {given}: write it as CODE=NAME, for instance EST=standard."]
        faults = [self._place_fault(f"--policy {given}", code)]
        if name not in POLICIES:
            faults.append(f"--policy {given}: no policy is named '{name}'. {did_you_mean(name, POLICIES)}")
        return faults

    @contextlib.contextmanager
    def written_to(self, folder):
        """Keeps every choice in `actions.jsonl` while the exercise is played."""
        if folder is None or not (self.has_person or self.script):
            yield
            return
        with open(folder.aside / "actions.jsonl", "w", encoding="utf-8", newline="\n") as self.file:
            yield

    def policies(self, desk):
        """Policies by code for whoever does not choose as the scenario says."""
        chosen = self._named_policies()
        chosen |= {code: Person(desk, self._brief(code)) for code in self.order.seats}
        if self.script:
            for code in self.script.actors:
                chosen[code] = Replayed(self.script, chosen.get(code) or self._as_in_scenario(code))
        seated = set(self.order.seats) | set(self.script.actors if self.script else ())
        self.kept = {code: Kept(chosen[code], self.file) for code in seated}
        return chosen | self.kept

    def _brief(self, code):
        override = self.loaded.scenario.actors.get(code)
        return (override and override.brief) or ""

    def _named_policies(self):
        return {code: policy_named(name)() for code, name in self.named.items()}

    def _as_in_scenario(self, code):
        override = self.loaded.scenario.actors.get(code)
        return policy_named((override and override.policy) or "standard")()

    def check_all_asked(self):
        """InputError for actions in the file that no question called for."""
        if self.script:
            self.script.check_all_asked()

    def resuming(self, actions):
        """The command that goes on from kept actions."""
        words = ["oceans", "run", self.order.scenario, "--seed", str(self.order.seed)]
        for code in self.order.seats:
            words += ["--seat", code]
        for given in self.order.policies:
            words += ["--policy", given]
        return shlex.join([*words, "--actions", str(actions)])


def participants_of(loaded):
    """Codes of everybody who takes part: those named, with the members of groups and bodies."""
    scenario = loaded.scenario
    return list(resolve_members(scenario.participants, loaded.library, scenario.start))
