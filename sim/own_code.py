"""Code of one's own, by `module:name`: what it is, a digest of what it says, and how it comes to other processes.

A module is looked for in the working directory first, as `python -m` does.
"""

import hashlib
import importlib
import inspect
import json
import linecache
import os
import re
import sys
import sysconfig
import traceback
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from sim.errors import Diagnostic, InputError, did_you_mean, refusal

FORM = r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*"
_INSTALLED = tuple(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib"))


def found(words: str) -> Any:
    """What `module:name` leads to; InputError with advice when it leads nowhere.

    >>> found("sim.rules.tempo:NEVER") > 0
    True
    >>> found("sim.rules.tempo:NEVR")
    Traceback (most recent call last):
    ...
    sim.errors.InputError: error: sim.rules.tempo:NEVR: the module has no 'NEVR'. Did you mean 'NEVER'?
    """
    if not re.fullmatch(FORM, words) or ".py:" in words:
        hint = f" Did you mean '{words.replace('.py:', ':')}'?" if ".py:" in words else ""
        raise refusal(f"{words}: write it as module:name, such as mine:Bold for the class Bold in mine.py here.{hint}")
    name, _, inner = words.partition(":")
    module = _module(words, name)
    if not hasattr(module, inner):
        public = [one for one in vars(module) if not one.startswith("_")]
        raise refusal(f"{words}: the module has no '{inner}'. {did_you_mean(inner, public)}")
    return getattr(module, inner)


def _module(words: str, name: str) -> ModuleType:
    if not {"", os.getcwd()} & set(sys.path):
        sys.path.insert(0, os.getcwd())
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise at_fault(error, f"{words} cannot be imported") from None
        here = sorted(file.stem for file in Path().glob("*.py"))
        hint = f" {did_you_mean(name, here)}" if here else ""
        raise refusal(f"{words}: there is no module '{name}' in this folder, nor an installed one.{hint}") from None
    except Exception as error:
        raise at_fault(error, f"{words} cannot be imported") from None


def at_fault(error: BaseException, said: str) -> InputError:
    """What went wrong in code of one's own, as advice that names its line."""
    frames = traceback.extract_tb(error.__traceback__)
    file, line = next(((one.filename, one.lineno or 0) for one in reversed(frames) if _is_own(one.filename)), ("", 0))
    if isinstance(error, SyntaxError) and error.filename:
        file, line = error.filename, error.lineno or 0
    code, shown = linecache.getline(file, line).rstrip(), os.path.relpath(file) if os.path.exists(file) else file
    reason = getattr(error, "msg", None) or error
    message = f"{said}: {type(error).__name__}: {reason}".rstrip(".") + "."
    return InputError([Diagnostic(shown, line, len(code) - len(code.lstrip()) + 1, message, code, len(code.strip()))])


# ----------------------------------------------------------------------------------------------------- what it says


def words_for(one: Any) -> str:
    """Where a function or class comes from, as `module:name`.

    >>> words_for(words_for)
    'sim.own_code:words_for'
    """
    return f"{one.__module__}:{one.__qualname__}"


def source_digest(one: Any) -> str:
    """A digest of the source of a function or class and of all it uses that is not installed; InputError without one.

    >>> source_digest(found) == source_digest(found) != source_digest(words_for)
    True
    """
    if not isinstance(one, FunctionType | type):
        raise refusal(f"{one!r}: this is neither a function nor a class, so its source cannot be kept track of.")
    said, _ = _source(one)
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _source(one: Any) -> tuple[dict[str, str], set[str]]:
    """The text of a function or class and of what it uses, by name; and the modules that these are of."""
    said: dict[str, str] = {}
    modules, waiting = set(), [one]
    while waiting:
        each = waiting.pop()
        name = each.__name__ if isinstance(each, ModuleType) else words_for(each)
        if name not in said:
            modules.add(each.__name__ if isinstance(each, ModuleType) else each.__module__)
            said[name] = _text(each)
            used = dict(_used(each)) if not isinstance(each, ModuleType) else {}
            waiting += [other for other in used.values() if _is_code(other) and _is_own(_file(other))]
            said |= {f"{name} {known}": _data(value) for known, value in used.items() if not _is_code(value)}
    return said, modules


def _text(one: Any) -> str:
    try:
        return inspect.getsource(one)
    except (OSError, TypeError):  # typed at a prompt
        return _data([(code.co_code, code.co_names, code.co_consts) for code in _codes(one)])


def _data(value: Any) -> str:
    def plain(other: Any) -> Any:
        if isinstance(other, bytes):
            return other.hex()
        return other.tolist() if hasattr(other, "tolist") else type(other).__name__

    try:
        return json.dumps(value, default=plain)
    except (TypeError, ValueError):
        return type(value).__name__


def _used(one: Any) -> Iterator[tuple[str, Any]]:
    """What a function or class finds outside itself, by name."""
    for function in _functions(one):
        names = {name for code in _codes(function) for name in code.co_names}
        yield from ((name, function.__globals__[name]) for name in sorted(names & {*function.__globals__}))
        yield from zip(function.__code__.co_freevars, _contents(function.__closure__ or ()), strict=True)
    for base in getattr(one, "__mro__", ())[1:]:
        yield base.__qualname__, base


def _contents(cells: Iterable[Any]) -> Iterator[Any]:
    for cell in cells:
        try:
            yield cell.cell_contents
        except ValueError:  # not filled yet
            yield None


def _functions(one: Any) -> list[FunctionType]:
    if isinstance(one, FunctionType):
        return [one]
    members = [getattr(member, "fget", None) or getattr(member, "__func__", member) for member in vars(one).values()]
    return [member for member in members if isinstance(member, FunctionType)]


def _codes(one: Any) -> list[CodeType]:
    waiting, codes = [function.__code__ for function in _functions(one)], []
    while waiting:
        codes.append(waiting.pop())
        waiting += [inner for inner in codes[-1].co_consts if isinstance(inner, CodeType)]
    return codes


def _is_code(value: Any) -> bool:
    return isinstance(value, FunctionType | type | ModuleType)


def _file(one: Any) -> str:
    if not isinstance(one, ModuleType):
        one = sys.modules.get(one.__module__)
        if getattr(one, "__name__", "") == "__main__":
            return "__main__"
    return getattr(one, "__file__", None) or ""


def _is_own(file: str) -> bool:
    """Whether a file is neither of this program nor of anything installed."""
    return bool(file) and not file.startswith((*_INSTALLED, str(Path(__file__).parent), "<frozen"))


# ------------------------------------------------------------------------------------------------ to other processes


def packed(own: Mapping[str, Any]) -> bytes:
    """Functions and classes as bytes that any process with this program can unpack, whatever modules it finds there.

    >>> import pickle
    >>> pickle.loads(packed({"twice": lambda number: 2 * number}))["twice"](3)
    6
    """
    import cloudpickle

    names = {name for one in own.values() for name in _source(one)[1]} - {"__main__"}
    by_value = [
        sys.modules[name] for name in sorted(names) if _is_own(getattr(sys.modules[name], "__file__", "") or "")
    ]
    for module in by_value:
        cloudpickle.register_pickle_by_value(module)
    try:
        return cloudpickle.dumps(dict(own))
    except Exception as error:
        raise refusal(f"{', '.join(own)}: this cannot be given to other processes: {error}") from None
    finally:
        for module in by_value:
            cloudpickle.unregister_pickle_by_value(module)
