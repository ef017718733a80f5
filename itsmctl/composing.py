"""From YAML events to plain data beside a tree of marks: YAML 1.2 core scalars, no duplicate keys, bounded aliases.

PyYAML parses (in C where it was built with it); its own way from there to values, through nodes and YAML 1.1 types, is
what this module stands in for, as it is both wrong for definitions and most of the time that reading takes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    ScalarEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.letters import composed
from itsmctl.marks import Mark, Scalar, Value
from itsmctl.mistakes import mistake

MAX_DEPTH = 60
MAX_VALUES = 200_000
_MOST_DIGITS = 300
_TAG = "tag:yaml.org,2002:"
LOADER: Any = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader
_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER_STARTS = frozenset("-+.0123456789")
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")


def compose(text: str, file: str) -> tuple[list[tuple[int, Value, Mark]], list[Problem]]:
    """Return (position in the file, data, mark) of each document that is not empty, and what is wrong in them.

    Raises ItsmctlError where the text is not YAML, or expands to more than a definition can be.
    """
    composer = _Composer(file)
    found = [part for part in composer.documents(text) if part[1] is not None]
    return found, composer.problems


def plain(text: str) -> Scalar:
    """What a word without quotes means by the core schema (yaml.org/spec/1.2.2, 10.3).

    Infinity and not-a-number stay text: no definition has a use for them.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_STARTS or len(text) > _MOST_DIGITS:
        return text
    if _INT.fullmatch(text):
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        return number if abs(number) != float("inf") else text
    return text


_NOT_YAML = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _unseen(found: re.Match[str], file: str) -> Problem:
    """A character that YAML does not allow, which most editors do not show."""
    before = found.string[: found.start()]
    where = Where(file, before.count("\n") + 1, found.start() - before.rfind("\n"))
    template = "the control character {code} stands here; delete it"
    return Problem("not-yaml", template, where, {"code": f"U+{ord(found[0]):04X}"})


class _Composer:
    """Follows the events of one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self._next: Any = None
        self._count = 0
        self._anchors: dict[str, tuple[Value, Mark, int]] = {}
        self._open: set[str] = set()

    def documents(self, text: str) -> Iterator[tuple[int, Value, Mark]]:
        """Every document in order."""
        loader = None
        try:
            loader = LOADER(text)
            self._next = loader.get_event
            index = 0
            while type(event := self._next()) is not StreamEndEvent:
                if type(event) is DocumentStartEvent:
                    self._anchors, self._open, self._count = {}, set(), 0
                    data, mark = self._value(self._next(), 0)
                    yield index, data, mark
                    index += 1
        except yaml.MarkedYAMLError as error:
            at = error.problem_mark or error.context_mark
            where = Where(self.file, at.line + 1, at.column + 1) if at else Where(self.file)
            if known := mistake(text.splitlines(), error, self.file):
                raise ItsmctlError(known) from error
            what = " ".join(part for part in (error.context, error.problem) if part)
            raise ItsmctlError(Problem("not-yaml", "not readable as YAML: {what}", where, {"what": what})) from error
        except yaml.YAMLError as error:
            if unseen := _NOT_YAML.search(text):
                raise ItsmctlError(_unseen(unseen, self.file)) from error
            what = " ".join(str(error).split())
            where = Where(self.file)
            raise ItsmctlError(Problem("not-yaml", "not readable as YAML: {what}", where, {"what": what})) from error
        finally:
            if loader is not None:
                loader.dispose()

    def _value(self, event: Any, depth: int) -> tuple[Value, Mark]:
        at = event.start_mark
        line, column = at.line + 1, at.column + 1
        self._count += 1
        kind = type(event)
        if kind is ScalarEvent:
            value: Value = self._scalar(event, line, column)
            mark: Mark = (
                line,
                column,
                None if event.style is None and event.end_mark.line == at.line else _lay(event, value),
            )
            if event.anchor:
                self._anchors[event.anchor] = (value, mark, 1)
            return value, mark
        if kind is AliasEvent:
            return self._alias(event, line, column)
        if self._count > MAX_VALUES:
            self._too_many(line, column)
        if depth >= MAX_DEPTH:
            self.problems.append(Problem("too-deep", "nested too deeply", Where(self.file, line, column)))
            self._skip()
            return None, (line, column, None)
        return self._collection(event, line, column, depth)

    def _collection(self, event: Any, line: int, column: int, depth: int) -> tuple[Value, Mark]:
        before = self._count
        if event.anchor:
            self._open.add(event.anchor)
        data: Value
        inside: Any
        if type(event) is SequenceStartEvent:
            data, inside = self._sequence(depth + 1)
        else:
            data, inside = self._mapping(depth + 1)
        mark = (line, column, inside)
        if event.anchor:
            self._open.discard(event.anchor)
            self._anchors[event.anchor] = (data, mark, self._count - before + 1)
        return data, mark

    def _sequence(self, depth: int) -> tuple[list[Value], list[Mark]]:
        data: list[Value] = []
        marks: list[Mark] = []
        following = self._next
        while not isinstance(event := following(), yaml.CollectionEndEvent):
            value, mark = self._value(event, depth)
            data.append(value)
            marks.append(mark)
        return data, marks

    def _mapping(self, depth: int) -> tuple[dict[str, Value], dict[str, tuple[int, int, Mark]]]:
        data: dict[str, Value] = {}
        marks: dict[str, tuple[int, int, Mark]] = {}
        following = self._next
        while not isinstance(event := following(), yaml.CollectionEndEvent):
            at = event.start_mark
            line, column = at.line + 1, at.column + 1
            key = self._key(event, line, column)
            if key is not None and key in data:
                template = "key {key!r} stands here a second time; the first is in line {line}"
                values = {"key": key, "line": marks[key][0]}
                self.problems.append(Problem("duplicate-key", template, Where(self.file, line, column), values))
                key = None
            value, mark = self._value(following(), depth)
            if key is not None:
                data[key] = value
                marks[key] = (line, column, mark)
        return data, marks

    def _key(self, event: Any, line: int, column: int) -> str | None:
        """A key is a word as written, whatever type it would have as a value; None where it is no word."""
        if type(event) is ScalarEvent:
            word = composed(str(event.value))
            if event.anchor:
                self._anchors[event.anchor] = (word, (line, column, None), 1)
            return word
        if type(event) is AliasEvent:
            value, _ = self._alias(event, line, column)
            if isinstance(value, str):
                return value
        else:
            self._skip()
        template = "a key must be a word, not a list or a mapping"
        self.problems.append(Problem("key-not-text", template, Where(self.file, line, column)))
        return None

    def _alias(self, event: Any, line: int, column: int) -> tuple[Value, Mark]:
        where = Where(self.file, line, column)
        if event.anchor in self._open:
            self.problems.append(Problem("too-deep", "nested too deeply, or an alias that contains itself", where))
            return None, (line, column, None)
        if event.anchor not in self._anchors:
            template = "nothing before this is called &{name}; a text that begins with * stands in double quotes"
            raise ItsmctlError(Problem("not-yaml", template, where, {"name": event.anchor}))
        value, mark, size = self._anchors[event.anchor]
        self._count += size
        if self._count > MAX_VALUES:  # aliases of aliases ("billion laughs")
            self._too_many(line, column)
        return (deepcopy(value) if size > 1 else value), mark

    def _too_many(self, line: int, column: int) -> None:
        raise ItsmctlError(Problem("too-deep", "aliases expand to too many values", Where(self.file, line, column)))

    def _skip(self) -> None:
        """Pass over the rest of a collection that has begun."""
        depth = 1
        while depth:
            event = self._next()
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1

    def _scalar(self, event: Any, line: int, column: int) -> Scalar:
        tag, text = event.tag, composed(str(event.value))
        if tag is None:
            return plain(text) if event.implicit[0] else text
        kind = str(tag).removeprefix(_TAG)
        if kind in ("str", "!"):
            return text
        value = plain(text)
        fits = {"null": value is None, "bool": isinstance(value, bool), "int": type(value) is int, "float": type(value) in (int, float)}  # fmt: skip
        if fits.get(kind):
            return float(value) if kind == "float" and isinstance(value, int) else value
        where = Where(self.file, line, column)
        self.problems.append(Problem("unknown-tag", "tag {tag!r} is not used in definitions", where, {"tag": kind}))
        return None


def _lay(event: Any, value: Value) -> int:
    """How many columns after its mark a text begins, where it lies in one line as it is; else -1."""
    start, end = event.start_mark, event.end_mark
    quotes = 2 if event.style else 0
    as_it_is = start.line == end.line and isinstance(value, str) and end.column - start.column == len(value) + quotes
    return quotes // 2 if as_it_is else -1
