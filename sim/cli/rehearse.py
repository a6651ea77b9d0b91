"""`oceans rehearse`: what an exercise with these seats will be like, before anybody comes."""

from sim.cli.options import RehearseOptions
from sim.cli.terminal import TerminalUI
from sim.errors import Diagnostic, InputError
from sim.phrases import Names, capital, count, listed
from sim.policies.seating import place_fault
from sim.scenario import load

STOPS = 6  # the longest, which are shown


def rehearse_scenario(options: RehearseOptions) -> int:
    """Rehearses, tells what was found, and returns the exit code."""
    from sim.live.pages import STEPS
    from sim.live.rehearse import MINUTES, rehearse

    loaded = load(options.scenario)
    with_brief = [code for code, own in loaded.scenario.actors.items() if own.brief]
    seats = options.seats or [code for code in with_brief if not place_fault(code, loaded)]
    faults = [Diagnostic("", 0, 0, fault) for seat in seats if (fault := place_fault(seat, loaded))]
    if not seats:
        faults = [Diagnostic("", 0, 0, "no actor of this scenario has a brief. Say who is seated: --seat EST.")]
    if faults:
        raise InputError(faults)
    found, names, ui = rehearse(loaded, seats, options.plays, options.seed), Names(loaded), TerminalUI()
    ui.say(loaded.scenario.title, "bold")
    who = listed([names.actor(code) for code in seats], 8)
    ui.say(f"{capital(count(options.plays, 'play'))} with bots in the seats of {who}.", "dim")
    hours, rest = divmod(round(found.day()), 60)
    lasts = [count(number, unit) for number, unit in ((hours, "hour"), (rest, "minute")) if number]
    ui.say(f"The day takes about {' and '.join(lasts)}, breaks and debrief not counted.")
    ui.say(f"For each stop {MINUTES['talk']:.0f} minutes to talk, half a minute a decision, and time to read.", "dim")
    table = ui.table("Stop", ">Minutes", ">Decisions of the busiest seat")
    for (turn, step), minutes in found.longest()[:STOPS]:
        much = " (too much)" if minutes > options.minutes else ""
        table.add_row(f"Turn {turn}: {STEPS.get(step, step)}", f"{minutes:.0f}{much}", str(max(found.due[turn, step])))
    ui.show("The longest stops", table)
    for line in _found(found, loaded, names):
        ui.say(line)
    return 0


def _found(found, loaded, names):
    unreached = [inject.title for inject in loaded.scenario.injects if not found.released[inject.id]]
    yield f"Injects never released: {listed(unreached, 8) if unreached else 'none'}."
    seldom = [
        f"{inject.title} ({found.released[inject.id]} of {found.plays})"
        for inject in loaded.scenario.injects
        if 0 < found.released[inject.id] < found.plays
    ]
    yield f"Released in some plays only: {listed(seldom, 8) if seldom else 'none'}."
    lost = [f"{names.response(response)} ({names.incident(incident)})" for incident, response in found.never]
    yield f"Responses never open to these seats: {listed(lost, 8) if lost else 'none'}."
    unmet = [one.id for one in loaded.scenario.objectives if not any(
        one.id in inject.objectives and found.released[inject.id] for inject in loaded.scenario.injects)]  # fmt: skip
    yield f"Objectives that no released inject serves: {listed(unmet, 8) if unmet else 'none'}."
