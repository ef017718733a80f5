"""`value` makes what the standard frozen dataclass makes: each class is made by both, and they must not differ."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace
from typing import Any

import pytest

from itsmctl.values import value


def both(make: Callable[[Any], Any]) -> Any:
    return pytest.mark.parametrize("made", [make(dataclass(frozen=True)), make(value)], ids=["standard", "ours"])


def base_and_more(decorator: Any) -> Any:
    @decorator
    class Base:
        """A base."""

        id: str
        review: int | None = field(default=None, kw_only=True)

    @decorator
    class More(Base):
        """With more."""

        week: tuple[int, ...]
        notes: dict[str, str] = field(default_factory=dict, compare=False)
        secret: str = field(default="s", repr=False)

        def __post_init__(self) -> None:
            if not self.id:
                raise ValueError("no id")

    return More


@both(base_and_more)
def test_a_value_is_made_shown_and_compared(made: Any) -> None:
    one = made("a", (1, 2), review=3)
    assert (one.id, one.week, one.review, one.notes, one.secret) == ("a", (1, 2), 3, {}, "s")
    assert repr(one) == "base_and_more.<locals>.More(id='a', review=3, week=(1, 2), notes={})"
    assert one == made(id="a", week=(1, 2), notes={"not": "compared"}, review=3)
    assert hash(one) == hash(made("a", (1, 2), {"not": "compared"}, review=3)) == hash(("a", 3, (1, 2), "s"))
    assert one != made("a", (1, 2)) and one != ("a", 3, (1, 2), {}, "s")
    assert made("a", (1,)).notes is not made("a", (1,)).notes
    assert [f.name for f in fields(one)] == ["id", "review", "week", "notes", "secret"]
    assert made.__match_args__ == ("id", "week", "notes", "secret")


@both(base_and_more)
def test_a_value_cannot_be_changed_but_replaced(made: Any) -> None:
    one = made("a", (1, 2))
    for name in ("id", "unknown"):
        with pytest.raises(FrozenInstanceError, match=f"cannot assign to field '{name}'"):
            setattr(one, name, "b")
        with pytest.raises(FrozenInstanceError, match=f"cannot delete field '{name}'"):
            delattr(one, name)
    assert replace(one, id="b") == made("b", (1, 2))
    assert copy.deepcopy(one) == one
    with pytest.raises(ValueError, match="no id"):
        replace(one, id="")


@both(base_and_more)
def test_wrong_arguments_are_refused(made: Any) -> None:
    for given, named in (((), {}), (("a",), {}), (("a", (), {}, "s", 3), {}), (("a", ()), {"colour": "red"})):
        with pytest.raises(TypeError):
            made(*given, **named)


def few(decorator: Any) -> Any:
    @decorator
    class Few:
        """One field, and methods of its own."""

        n: float

        def __eq__(self, other: object) -> bool:
            return isinstance(other, type(self)) and round(self.n) == round(other.n)

        def __hash__(self) -> int:
            return round(self.n)

        def __repr__(self) -> str:
            return f"about {round(self.n)}"

    return Few


@both(few)
def test_methods_of_its_own_stay(made: Any) -> None:
    assert made(1.2) == made(0.9)
    assert hash(made(1.2)) == 1
    assert repr(made(1.2)) == "about 1"


def single(decorator: Any) -> Any:
    @decorator
    class Single:
        """One field."""

        n: int

    @decorator
    class Nothing:
        """No field."""

    return Single, Nothing


@both(single)
def test_few_fields_are_fields_too(made: Any) -> None:
    one, nothing = made
    assert one(1) == one(1) != one(2) and hash(one(1)) == hash((1,))
    assert nothing() == nothing() and hash(nothing()) == hash(()) and repr(nothing()).endswith("Nothing()")


@value
class Kept:
    """One that can be pickled: a process may hand it to another."""

    a: int
    b: str = ""


def test_a_value_is_the_same_after_pickling() -> None:
    assert pickle.loads(pickle.dumps(Kept(1, "x"))) == Kept(1, "x")
