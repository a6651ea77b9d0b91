"""Names that a package offers and brings from where they live when they are first used."""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def names_from(package: str, homes: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The `__getattr__` and `__dir__` of a package whose names live in the modules that `homes` gives for them."""
    here = vars(sys.modules[package])

    def bring(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        here[name] = getattr(import_module(f"{package}.{homes[name]}"), name)
        return here[name]

    return bring, lambda: sorted({*here, *homes})
