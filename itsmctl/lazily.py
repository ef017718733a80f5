"""Packages whose names load their module when they are first asked for: most commands need few of them."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping


def homes(modules: Mapping[str, str]) -> dict[str, str]:
    """The module of each name, from the names of each module, separated by blanks."""
    return {name: module for module, names in modules.items() for name in names.split()}


def loader(package: str, home: Mapping[str, str]) -> Callable[[str], object]:
    """The `__getattr__` of a package whose names live in its modules."""

    def load(name: str) -> object:
        if name not in home:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value: object = getattr(importlib.import_module(f"{package}.{home[name]}"), name)
        setattr(sys.modules[package], name, value)
        return value

    return load
