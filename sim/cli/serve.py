"""`oceans serve`: the room on one machine; where its links are, and what is kept when the exercise is over."""

import datetime
import socket
import sys
import threading
import webbrowser
from pathlib import Path
from types import SimpleNamespace

from sim.cli.options import ServeOptions
from sim.cli.run import keep_one
from sim.errors import Diagnostic, InputError, OceansError, Terminated, refusal
from sim.record import store
from sim.scenario import load, notes_on

EVERYWHERE = ("0.0.0.0", "::")


def serve_room(options: ServeOptions) -> int:
    """Serves the room until it is interrupted, and returns the exit code."""
    import uvicorn

    from sim.live.log import Log
    from sim.live.room import Room
    from sim.live.server import server_of

    loaded = load(options.scenario) if options.scenario else None
    policies = _policies(options, loaded) if loaded else {}
    listening = _listening(options)
    file = _file(options)
    log = Log(file)
    if options.policies and log.fact("began"):
        raise refusal("--policy is for a new exercise. In one that goes on, control hands seats over at its desk.")
    loaded = loaded or load(_scenario(log, file))
    for words in notes_on(loaded):
        print(f"Note: {words}", file=sys.stderr)
    room = Room(loaded, log, options.seed, policies, _keeper(options))
    if options.scenario:
        log.keep_fact("scenario", str(options.scenario))
    address = f"http://{_reached_at(options.host)}:{listening.getsockname()[1]}"
    control, screen = log.admit("control", "control"), log.admit("shared screen", "screen")
    server = uvicorn.Server(
        uvicorn.Config(server_of(room, address, control, screen), log_level="warning", timeout_graceful_shutdown=1)
    )
    if options.open_desk:
        threading.Timer(1, webbrowser.open, [f"{address}/control/{control}"]).start()
    try:
        print(_where(address, control, screen, room.code, file, options.host), flush=True)
        server.run(sockets=[listening])
    except KeyboardInterrupt as ended:  # Ctrl-C is how a room ends
        if isinstance(ended, Terminated):
            raise
    finally:
        log.close()
        print(f"\nThe exercise is kept. To go on: oceans serve --session {file}")
    return 0


def _file(options):
    if options.session is not None:
        if not options.session.exists() and options.scenario is None:
            raise refusal(f"there is no session at {options.session}. Name a scenario to begin one.")
        return options.session
    if options.scenario is None:
        raise refusal("name a scenario, such as oceans serve smallest, or a --session to go on with.")
    options.out.mkdir(parents=True, exist_ok=True)
    return options.out / f"{Path(options.scenario).stem}-{datetime.datetime.now():%Y-%m-%d-%H%M%S}.session"


def _scenario(log, file):
    kept = log.fact("scenario")
    if kept is None:
        raise refusal(f"{file} does not say which scenario it is of. Name it.")
    return kept


def _policies(options, loaded):
    from sim.policies.seating import Assigned

    assigned = Assigned(options.policies, loaded)
    if assigned.faults:
        raise InputError([Diagnostic("", 0, 0, fault) for fault in assigned.faults])
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


def _where(address, control, screen, code, file, host):
    who = "Others on your network reach it." if host in EVERYWHERE else (
        "Only this machine reaches it; --host 0.0.0.0 lets others on your network in."
    )  # fmt: skip
    return "\n".join([
        f"Control's desk   {address}/control/{control}",
        f"Shared screen    {address}/screen/{screen}",
        f"To join          {address}/   code {code}",
        f"Kept in          {file}",
        "",
        _qr(f"{address}/?code={code}"),
        f"{who} Keep control's link to yourself. Ctrl-C ends the server; nothing is lost.",
    ])  # fmt: skip


def _qr(address):
    import io

    import segno

    drawn = io.StringIO()
    segno.make(address).terminal(out=drawn, compact=True)
    return drawn.getvalue()


# ------------------------------------------------------------------------------------------- what is kept


def _keeper(options):
    """What keeps an exercise that is over: the folder of a run, with what the room adds to it."""
    from sim.live.results import write_session

    def keep(session, room):
        started = datetime.datetime.now()
        with store.RunFolder(options.out, room.loaded.name, started) as folder:
            facts = store.manifest(
                room.loaded, room.seed, 1, list(options.command), started, seats=sorted(session.people),
                policies=room.policies, is_finished=True,
            )  # fmt: skip
            drawn = SimpleNamespace(charts=True, wide=True)
            keep_one(folder, room.loaded, session.record, session.outcomes, facts, drawn, session)
            write_session(folder.aside, room)
            return folder.keep()

    return keep
