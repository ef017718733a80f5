"""JSON as a stream: the records of an export one by one, whatever stands around them, in flat memory.

Numbers stay as they are written. Four forms are read: an array, an object with arrays of records in it, JSON lines,
and a single record.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO

from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.importers.container import Plain
from itsmctl.importers.encoding import unicode_encoding

Value = None | bool | str | list["Value"] | dict[str, "Value"]
Record = tuple[str, Value]
"""The name of the array that a value stands in ('' for the outermost), and the value."""

MAX_RECORD = 2**25
"""Characters in one record; one that is longer is no ticket, and would have to be held in memory whole."""

_CHUNK = 2**18
_SPACE = " \t\r\n"


def _refuse(word: str) -> Value:
    raise ValueError(f"{word} is not JSON")


_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=_refuse)


class _Text:
    """A window over the text, and the place in it."""

    def __init__(self, stream: IO[str], plain: Plain) -> None:
        self._stream, self._plain = stream, plain
        self._window, self._at, self._done = "", 0, False
        self._lines, self._before = 0, 0
        """Lines ended before the window, and characters of its first line that lie before it."""

    def peek(self) -> str:
        """The next visible character, '' at the end."""
        while True:
            while self._at < len(self._window) and self._window[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._window):
                return self._window[self._at]
            if not self._more():
                return ""

    def take(self, wanted: str) -> None:
        """Pass over one character that must come next."""
        if self.peek() != wanted:
            raise self.error(f"expected {wanted!r}")
        self._at += 1

    def comma_or(self, bracket: str) -> None:
        """Pass over the comma before another value; no comma may stand before the closing bracket."""
        if self.peek() != bracket:
            self.take(",")
            if self.peek() == bracket:
                raise self.error("a comma stands before the closing bracket")

    def value(self) -> Value:
        """The next value, whole."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._window, self._at)
            except json.JSONDecodeError as error:
                ahead = error.pos - self._at
                if not self._more():
                    self._at = min(self._at + ahead, len(self._window))
                    raise self.error(error.msg) from error
            except ValueError as error:
                raise self.error(str(error)) from error
            except RecursionError as error:
                raise self.error("nested too deeply") from error
            else:
                # A number may go on beyond the window.
                if end < len(self._window) or self._done or not self._more():
                    self._at = end
                    return _checked(value)

    def error(self, why: str) -> ItsmctlError:
        lines, before = self._place()
        where = Where(self._plain.shown, lines + 1, before + 1)
        return ItsmctlError(Problem("bad-json", "not readable as JSON: {why}", where, {"why": why}))

    def _more(self) -> bool:
        """Read on, twice as much as is waiting, so that a long value costs no more than its length."""
        if self._done:
            return False
        waiting = len(self._window) - self._at
        if waiting > MAX_RECORD:
            raise self.error(f"a record of more than {MAX_RECORD} characters")
        self._lines, self._before = self._place()
        text = self._stream.read(max(_CHUNK, waiting))
        self._done = not text
        self._window, self._at = self._window[self._at :] + text, 0
        return bool(text)

    def _place(self) -> tuple[int, int]:
        """How many lines end before the place in the text, and how many characters of its line."""
        end = self._window.rfind("\n", 0, self._at)
        before = self._at - end - 1 if end >= 0 else self._before + self._at
        return self._lines + self._window.count("\n", 0, self._at), before


def records(plain: Plain, around: dict[str, Value] | None = None) -> Iterator[Record]:
    """Yield every record; raises ItsmctlError, with line and column, where the text is not JSON.

    What an object says besides its arrays of records is put into `around`.
    """
    encoding = unicode_encoding(plain.path)
    try:
        with plain.path.open(encoding=encoding, newline="") as stream:
            text = _Text(stream, plain)
            if text.peek() == "[":
                yield from _array(text, "")
            elif text.peek() == "{" and not _is_lines(plain, encoding):
                yield from _object(text, {} if around is None else around)
            else:
                while text.peek():
                    yield "", text.value()
                return
            if text.peek():
                raise text.error("something follows the last bracket")
    except UnicodeDecodeError as error:
        values = {"name": encoding, "why": error.reason}
        raise ItsmctlError(
            Problem("wrong-encoding", "not readable as {name}: {why}", Where(plain.shown), values)
        ) from error


def _is_lines(plain: Plain, encoding: str) -> bool:
    """Whether the first line is a whole object and another follows."""
    with plain.path.open(encoding=encoding, newline="") as stream:
        first = stream.readline(MAX_RECORD)
        following = stream.read(_CHUNK).lstrip()
    if not following.startswith("{"):
        return False
    try:
        _DECODER.decode(first.strip())
    except (ValueError, RecursionError):
        return False
    return True


def _array(text: _Text, name: str) -> Iterator[Record]:
    text.take("[")
    while text.peek() not in ("]", ""):
        yield name, text.value()
        text.comma_or("]")
    text.take("]")


def _object(text: _Text, alone: dict[str, Value]) -> Iterator[Record]:
    """The members that are arrays of records, as they come, and the others into `alone`; an object without any is a record itself."""
    any_array = False
    text.take("{")
    while text.peek() not in ("}", ""):
        key = text.value()
        if not isinstance(key, str):
            raise text.error("expected a name in quotes")
        text.take(":")
        if text.peek() == "[":
            for _, value in _array(text, key):
                any_array = any_array or isinstance(value, dict)
                yield key, value
        else:
            alone[key] = text.value()
        text.comma_or("}")
    text.take("}")
    if alone and not any_array:
        inner = [value for value in alone.values() if isinstance(value, dict)]
        yield "", inner[0] if len(alone) == 1 and inner else alone


def _checked(value: object) -> Value:
    assert value is None or isinstance(value, bool | str | list | dict)
    return value
