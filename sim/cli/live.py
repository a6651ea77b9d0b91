"""`oceans serve` and `rehearse`: the room on one machine, where its links are and what is kept; the same with bots."""

import datetime
import shlex
import socket
import string
import sys
import threading
import webbrowser
from pathlib import Path
from types import SimpleNamespace

from sim.cli.options import RehearseOptions, ServeOptions
from sim.cli.run import keep_one
from sim.cli.terminal import TerminalUI
from sim.errors import OceansError, Terminated, refusal
from sim.letters import visible
from sim.phrases import Names, capital, count, listed
from sim.policies.seating import Assigned, place_fault
from sim.record import store
from sim.record.reading import file_name
from sim.scenario import load, notes_on

EVERYWHERE = ("0.0.0.0", "::")
MOST_GROUPS = 8  # that can be told apart on one chart
STOPS = 6  # the longest, which are shown

# ---------------------------------------------------------------------------------------------------------------- serve


def serve_room(options: ServeOptions) -> int:
    """Serves the room until it is interrupted, and returns the exit code."""
    from sim.live.server import Server

    loaded = load(options.scenario) if options.scenario else None
    policies = _policies(options, loaded) if loaded else {}
    names = _groups(options.groups)
    listening = _listening(options)
    file = _file(options)
    files = [_of_group(options, file, name) for name in names]
    rooms = [_room(options, loaded, policies, *named) for named in zip(files, names, strict=True)]
    for words in notes_on(rooms[0].loaded):
        print(f"Note: {words}", file=sys.stderr)
    port = listening.getsockname()[1]
    address, again = f"http://{_reached_at(options.host)}:{port}", _again(options, file, port)
    app, desk, where = _of_one(rooms[0], address) if names == [""] else _of_groups(options, rooms, address)
    server = Server(app)
    if options.open_desk:
        threading.Timer(1, webbrowser.open, [desk]).start()
    try:
        print("\n".join([*where, *_how_to_join(options, address, rooms, files, again)]), flush=True)
        server.run(sockets=[listening])
    except KeyboardInterrupt as ended:  # Ctrl-C is how a room ends
        if isinstance(ended, Terminated):
            raise
    finally:
        for room in rooms:
            room.log.close()
        print(f"\nThe exercise is kept. To go on: {again}")
    return 0


def _groups(given):
    """The names of the groups; one without a name where there is but one room."""
    if given is None:
        return [""]
    if given.strip().isdecimal():
        names = [f"Group {letter}" for letter in string.ascii_uppercase[: int(given)]]
    else:
        names = [visible(name.strip()) for name in given.split(",")]
    if not 2 <= len(names) <= MOST_GROUPS or not all(names) or len(set(map(str.lower, names))) < len(names):
        raise refusal(f"--groups {given}: 2 to {MOST_GROUPS}, or as many names that differ, with commas between.")
    return names


def _room(options, loaded, policies, file, name):
    """The room that a file keeps, new or going on; of a group, where it has a name."""
    from sim.live.log import Log
    from sim.live.room import Room

    log = Log(file)
    if options.policies and log.fact("began"):
        raise refusal("--policy is for a new exercise. In one that goes on, control hands seats over at its desk.")
    loaded = loaded or load(_scenario(log, file))
    if name:
        log.keep_fact("group", name)
    room = Room(loaded, log, options.seed, policies, _keeper(options, name))
    if options.scenario:
        log.keep_fact("scenario", str(options.scenario))
    return room


def _of_one(room, address, brake=None):
    """The application of one room, the address of control's desk, and what is said of its links."""
    from sim.live.server import server_of

    control, screen = room.log.admit("control", "control"), room.log.admit("shared screen", "screen")
    app = server_of(room, address, control, screen, brake)
    links = app.state.desk.links
    said = [f"Control's desk   {links['control']}", f"Shared screen    {links['screen']}"]
    return app, links["control"], said


def _of_groups(options, rooms, address):
    """The application of several groups, the address of control of all, and what is said of their links."""
    from sim.live.groups import ROLE, Groups
    from sim.live.guard import Brake

    brake = Brake()
    apps = [_of_one(room, address, brake)[0] for room in rooms]
    desk = f"{address}/all/{rooms[0].log.admit('control of all groups', ROLE)}"
    return Groups(apps, brake, options.out), desk, [f"All groups       {desk}"]


def _file(options):
    """The file that keeps the exercise; that of each group has the group's name behind its own."""
    if options.session is not None:
        return options.session
    if options.scenario is None:
        raise refusal("name a scenario, such as oceans serve smallest, or a --session to go on with.")
    options.out.mkdir(parents=True, exist_ok=True)
    return options.out / f"{Path(options.scenario).stem}-{datetime.datetime.now():%Y-%m-%d-%H%M%S}.session"


def _of_group(options, file, name):
    """The file of a group, or of the only room."""
    own = file.with_name(f"{file.stem}-{_in_names(name)}{file.suffix}") if name else file
    if options.scenario is None and not own.exists():
        raise refusal(f"there is no session at {own}. Name a scenario to begin one.")
    return own


def _in_names(group):
    """A group's name as part of the names of files."""
    return file_name(group.replace(" ", "-")) if group else ""


def _again(options, file, port):
    """The command with which all of it goes on, where phones look for it."""
    now = {"host": options.host, "port": port, "groups": options.groups, "out": options.out}
    others = [
        part
        for name, given in now.items()
        if given != getattr(ServeOptions, name, None)
        for part in (f"--{name}", given)
    ]
    return shlex.join(["oceans", "serve", "--session", str(file), *map(str, others)])


def _scenario(log, file):
    kept = log.fact("scenario")
    if kept is None:
        raise refusal(f"{file} does not say which scenario it is of. Name it.")
    return kept


def _policies(options, loaded):
    assigned = Assigned(options.policies, loaded)
    if assigned.faults:
        raise refusal(*assigned.faults)
    return assigned.by_code


def _listening(options):
    """A socket that listens, so that the port is known before anybody is told of it."""
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((options.host, options.port))
        listening.listen(128)  # whoever follows a link at once waits a moment, and is not refused
    except OSError as error:
        raise OceansError(
            f"error: cannot serve on {options.host}, port {options.port}: {error.strerror}. Try --port 0."
        ) from None
    return listening


def _reached_at(host):
    """The address by which others reach this machine."""
    if host not in EVERYWHERE:
        return f"[{host}]" if ":" in host else host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent; it only asks which of our addresses would be used
            return probe.getsockname()[0]
        except OSError:
            return socket.gethostname()


def _how_to_join(options, address, rooms, files, again):
    """How people come in, where it is kept, and who reaches it."""
    who = "Others on your network reach it." if options.host in EVERYWHERE else (
        "Only this machine reaches it; --host 0.0.0.0 lets others on your network in."
    )  # fmt: skip
    one = len(rooms) == 1
    yield f"To join          {address}/" + (f"   code {rooms[0].code}" if one else "")
    for room in rooms if not one else ():
        yield f"  {room.group:<14} code {room.code}"
    for file in files:
        yield f"Kept in          {file}"
    yield f"After a crash    {again}"
    yield f"\n{_qr(f'{address}/?code={rooms[0].code}' if one else f'{address}/')}"
    yield f"{who} Keep control's link to yourself. Ctrl-C ends the server; nothing is lost."


def _qr(address):
    import io

    import segno

    drawn = io.StringIO()
    segno.make(address).terminal(out=drawn, compact=True)
    return drawn.getvalue()


def _keeper(options, group=""):
    """What keeps an exercise that is over: the folder of a run, with what the room adds to it."""
    from sim.live.futures import look_back
    from sim.live.results import write_session
    from sim.output.figures import draw_all

    def keep(session, room):
        started = datetime.datetime.now()
        with store.RunFolder(options.out, f"{room.loaded.name}{group and '-'}{_in_names(group)}", started) as folder:
            facts = store.manifest(
                room.loaded, room.seed, 1, list(options.command), started, seats=sorted(session.people),
                policies=room.policies, is_finished=True,
            )  # fmt: skip
            drawn = SimpleNamespace(charts=True, wide=True, png=True)
            keep_one(folder, room.loaded, session.record, session.outcomes, facts, drawn, session)
            debrief = look_back(room, session)
            draw_all("room", folder.aside / "charts", debrief, room.loaded, wide=True)
            room.log.keep_fact("usual", debrief.how_usual())
            write_session(folder.aside, room)
            return folder.keep()

    return keep


# ------------------------------------------------------------------------------------------------------------- rehearse


def rehearse_scenario(options: RehearseOptions) -> int:
    """Rehearses, tells what was found, and returns the exit code."""
    from sim.live.pages import STEPS
    from sim.live.rehearse import MINUTES, rehearse

    loaded = load(options.scenario)
    with_brief = [code for code, own in loaded.scenario.actors.items() if own.brief]
    seats = options.seats or [code for code in with_brief if not place_fault(code, loaded)]
    faults = [fault for seat in seats if (fault := place_fault(seat, loaded))]
    if not seats:
        faults = ["no actor of this scenario has a brief. Say who is seated: --seat EST."]
    if faults:
        raise refusal(*faults)
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
