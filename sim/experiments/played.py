"""An exercise with people, read back from the folder of its results and played again from what was put in."""

from pathlib import Path

from sim.record import store
from sim.record.reading import damaged
from sim.scenario import Loaded
from sim.session import Session

SESSION = "session.jsonl"


def read_session(folder: Path) -> tuple[Loaded, Session]:
    """The scenario and the session that a folder keeps.

    Raises
    ------
    InputError
        with advice, when it is not as it was written, or the library has changed since
    """
    manifest, path = store.read_manifest(folder), folder / SESSION
    loaded = store.read_scenario(folder, manifest)
    if loaded.digest != manifest["scenario"]["digest"]:
        raise damaged(folder, "the library has changed since this was played. Put scenarios/library/ back as it was.")
    try:
        session = Session.restore(path.read_text(encoding="utf-8").splitlines(), loaded)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise damaged(path, "damaged: it does not say what was put in.", store.ANEW) from None
    if not session.is_over:
        raise damaged(path, "damaged: what was put in ends before the exercise does.", store.ANEW)
    return loaded, session
