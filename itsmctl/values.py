"""Values: what `@dataclass(frozen=True)` makes, in a quarter of the time.

The standard decorator compiles six methods for each class, which for the hundred classes of definitions and results takes
longer than to load all else that an audit needs. Here only `__init__` is compiled; the other methods are functions that
know the names of the fields. Everything else is the same: `fields`, `replace`, equality, hash, repr, and nothing can be
set once a value is made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, FrozenInstanceError, dataclass, field, fields
from operator import attrgetter
from typing import Any, NoReturn, TypeVar, dataclass_transform

Made = TypeVar("Made")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(cls: type[Made]) -> type[Made]:
    """Make a class with annotated fields one of values that cannot be changed; a method that it defines stays."""
    made: Any = dataclass(init=False, repr=False, eq=False)(cls)
    shown = [one.name for one in fields(made) if one.repr]
    told = _getter([one.name for one in fields(made) if one.compare])

    def __repr__(self: object) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"

    def __eq__(self: object, other: object) -> Any:
        return told(self) == told(other) if type(other) is type(self) else NotImplemented

    def __hash__(self: object) -> int:
        return hash(told(self))

    for method in (_init(made), __repr__, __eq__, __hash__, __setattr__, __delattr__):
        if vars(made).get(method.__name__) is None:  # a class that defines __eq__ has a __hash__ of None
            setattr(made, method.__name__, method)
    return cls


def __setattr__(self: object, name: str, _value: object) -> NoReturn:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def __delattr__(self: object, name: str) -> NoReturn:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _getter(names: list[str]) -> Callable[[object], object]:
    """The values of some fields as a tuple."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda self: tuple(getattr(self, name) for name in names)


def _init(made: Any) -> Callable[..., None]:
    known: dict[str, object] = {"_set": object.__setattr__, "_missing": MISSING}
    parameters, named, lines = ["self"], ["*"], []
    for one in fields(made):
        name = one.name
        parameter, given = name, name
        if one.default_factory is not MISSING:
            known[f"_make_{name}"] = one.default_factory
            parameter, given = f"{name}=_missing", f"_make_{name}() if {name} is _missing else {name}"
        elif one.default is not MISSING:
            known[f"_else_{name}"] = one.default
            parameter = f"{name}=_else_{name}"
        (named if one.kw_only else parameters).append(parameter)
        lines.append(f"_set(self, {name!r}, {given})")
    if hasattr(made, "__post_init__"):
        lines.append("self.__post_init__()")
    heading = ", ".join(parameters + (named if len(named) > 1 else []))
    exec(f"def __init__({heading}):\n " + "\n ".join(lines or ["pass"]), known)  # nosec: the names of our own fields
    init: Callable[..., None] = known["__init__"]  # type: ignore[assignment]
    return init
