"""How policies come to their seats: those that a scenario, a caller, or somebody at a terminal names."""

from collections.abc import Iterable, Mapping, Sequence

from sim.errors import Diagnostic, InputError, did_you_mean
from sim.model.decisions import Answer, Decision
from sim.model.inputs import ModelInputs
from sim.policies import policy_named
from sim.policies.members import Standard
from sim.policies.policy import AsWritten, ByRun, Policy
from sim.scenario import Loaded, resolve_members
from sim.scenario.hints import code_meant, codes_by_name

PolicyLike = Policy | type[Policy] | str  # itself, its class, or its name
Decided = Iterable[tuple[Decision, Answer]]

# ---------------------------------------------------------------------------------------------------- who sits where


def policies_of(inputs: ModelInputs, policies: Mapping[str, PolicyLike] | None = None) -> dict[str, Policy]:
    """Who chooses for whom, by code in the order of the actors: the scenario's policies, with those given in their
    place.

    Whoever is not in it follows the model's own rule. InputError, with advice, for an unknown actor or policy, and for
    a body that is played member by member.
    """
    chosen = {**inputs.loaded.scenario.policies, **(policies or {})}
    check_places(inputs, chosen)
    return {code: policy_from(chosen[code]) for code in inputs.actors if code in chosen}


def policy_from(given: PolicyLike) -> Policy:
    """A policy from itself, from its class, or from its name.

    >>> policy_from("hawk").name
    'hawk'
    """
    if isinstance(given, str):
        return policy_named(given)()
    return given() if isinstance(given, type) else given


def check_places(inputs: ModelInputs, codes: Iterable[str]) -> None:
    """InputError for codes from which nobody can act."""
    faults = [Diagnostic("", 0, 0, fault) for code in codes if (fault := _place_fault(inputs, code))]
    if faults:
        raise InputError(faults)


def _place_fault(inputs: ModelInputs, code: str) -> str | None:
    if code not in inputs.index:
        return f"no actor '{code}' takes part. {did_you_mean(str(code), inputs.actors)}"
    if code in inputs.bodies and not inputs.is_state[inputs.index[code]]:
        return f"{code} is played member by member, so it has no seat of its own. Take a member's."
    return None


def fresh(seats: Mapping[str, Policy], runs: int = 1) -> dict[str, Policy]:
    """The same seats for other runs, or for a look ahead: a policy that remembers gets a memory of its own in each.

    A seat that follows the model's own rule need not be asked.
    """
    return {code: _in_runs(policy, runs) for code, policy in seats.items() if type(policy) is not Standard}


def seats_of_runs(inputs: ModelInputs, policies: Sequence[Mapping[str, PolicyLike]]) -> dict[str, Policy]:
    """The seats of a batch in which each run has policies of its own, by code in the order of the actors."""
    named = dict.fromkeys(code for of_run in policies for code in of_run)
    check_places(inputs, named)
    seats = {code: _seat([of_run.get(code) for of_run in policies]) for code in inputs.actors if code in named}
    return {code: seat for code, seat in seats.items() if seat}


def _seat(given: Sequence[PolicyLike | None]) -> Policy | None:
    """Who sits in one seat in each run; None where the model's own rule plays in all of them."""
    known = {id(one): policy_from(one) for one in given if one is not None}
    of_runs = [None if one is None or type(known[id(one)]) is Standard else known[id(one)] for one in given]
    if any(policy is not of_runs[0] for policy in of_runs):
        return ByRun(policy and policy.fresh() for policy in of_runs)
    return of_runs[0] and _in_runs(of_runs[0], len(of_runs))


def _in_runs(policy: Policy, runs: int) -> Policy:
    return ByRun(policy.fresh() for _ in range(runs)) if policy.memory and runs > 1 else policy.fresh()


def overrides(decided: Decided) -> list[Answer]:
    """Answers that differ from what the model's own rule would have chosen, so that another arm can make them too."""
    return [answer for decision, answer in decided if set(answer.choice) != set(decision.default)]


def seats_that_override(decided: Iterable[Decided]) -> dict[str, Policy]:
    """Seats that depart from the model's own rule as was decided in each run, where they are asked the same again."""
    written = [overrides(in_run) for in_run in decided]
    codes = sorted({answer.actor for in_run in written for answer in in_run})
    return {code: ByRun(_as_written(code, in_run) for in_run in written) for code in codes}


def _as_written(code: str, answers: Iterable[Answer]) -> AsWritten | None:
    own = [answer for answer in answers if answer.actor == code]
    return AsWritten(own) if own else None


# -------------------------------------------------------------------------------------------- as named at a terminal


class Assigned:
    """Who follows which policy, as somebody says it at a terminal: `EST=hawk`, `group:nato=cautious`, `all=standard`.

    A code goes before a group, and a group before `all`, so that `group:nato=cautious` with `FRA=hawk` is France a hawk
    among the cautious. `by_code` are the names of the policies, and `faults` what is wrong with what was given.

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
        try:
            policy_named(name)
        except InputError as error:
            return str(error).replace("error: ", "")
        if who.startswith("group:") and who.removeprefix("group:") not in self.loaded.library.groups:
            return f"no group is named so. {did_you_mean(who.removeprefix('group:'), self.loaded.library.groups)}"
        if who != "all" and not who.startswith("group:") and (fault := place_fault(who, self.loaded)):
            return fault
        if not self._meant(who):
            return "nobody of this group takes part."
        if not self._fitting(who, name):
            whose = "an adversary's" if "adversary" in policy_named(name).plays else "a member's"
            return f"'{name}' is {whose} policy and would change nothing in this seat."
        return None

    def _fitting(self, who: str, name: str) -> list[str]:
        """The seats meant in which the policy makes a difference."""
        plays = policy_named(name).plays
        return [code for code in self._meant(who) if role_of(code, self.loaded) in plays]

    def _meant(self, who: str) -> list[str]:
        if who == "all":
            names = self.participants
        elif who.startswith("group:"):
            members = resolve_members([who], self.loaded.library, self.loaded.scenario.first_day)
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
    return list(resolve_members(scenario.participants, loaded.library, scenario.first_day))


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
    """The participant meant by a name or its beginning, by another abbreviation, or by a slip of the finger."""
    codes = codes_by_name(loaded.library, [(own, actor.name) for own, actor in loaded.scenario.actors.items()])
    begins = [known for known in participants if _name(known, loaded).lower().startswith(code.lower() or " ")]
    return code_meant(code, participants, codes) or (begins[0] if len(code) > 1 and begins else None)


def _name(code: str, loaded: Loaded) -> str:
    library, override = loaded.library, loaded.scenario.actors.get(code)
    entry = library.states.get(code) or library.bodies.get(code)
    return (override and override.name) or (entry.name if entry else code)
