"""YAML text in, documents out: YAML 1.2 core scalars, no duplicate keys, and a line for every value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from itsmctl.errors import ItsmctlError, Problem, Where

Scalar = str | int | float | bool | None
Value = Scalar | list["Value"] | dict[str, "Value"]
Path_ = tuple[str | int, ...]

MAX_BYTES = 16 * 1024 * 1024
"""A definition file larger than this is refused: it is data, not a definition."""


@dataclass(frozen=True)
class Document:
    """One YAML document: plain data, and beside it where each value and each key stands.

    `marks` maps the path of a value (`("targets", 0, "within")`) to its place, `key_marks` the same path
    to the place of its key.
    """

    data: Value
    file: str
    index: int = 0
    marks: Mapping[Path_, Where] = field(default_factory=dict)
    key_marks: Mapping[Path_, Where] = field(default_factory=dict)

    def where(self, path: Path_ = (), *, key: bool = False) -> Where:
        """Return the place of the value at `path` (or of its key), or of its nearest parent that has one."""
        if key and path in self.key_marks:
            return self.key_marks[path]
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks.get(path, Where(self.file, 1, 1))


_CORE_SCALARS = (
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$", list("-+0123456789")),
    (
        "float",
        r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$",
        list("-+0123456789."),
    ),
)
_TAG = "tag:yaml.org,2002:"
_HASH = re.compile(r"(?:(?<=\s)|^)#")


def _core_loader() -> Any:
    """The YAML 1.2 core schema (yaml.org/spec/1.2.2, 10.3) on PyYAML's parser, in C where it was built with it.

    Infinity and not-a-number stay text: no definition has a use for them.
    """
    base = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader
    loader = type("CoreLoader", (base,), {})
    for name, pattern, first in _CORE_SCALARS:
        loader.add_implicit_resolver(_TAG + name, re.compile(pattern), first)  # type: ignore[attr-defined]
    return loader


_LOADER = _core_loader()


def read_documents(path: Path, shown_as: str = "") -> list[Document]:
    """Read every document of a YAML file; `shown_as` is the name used in messages.

    Raises ItsmctlError with all problems found: not UTF-8, not YAML, duplicate keys, keys that are not text.
    """
    name = shown_as or str(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        problem = Problem("unreadable-file", "cannot read the file: {why}", Where(name), {"why": error.strerror})
        raise ItsmctlError(problem) from error
    if len(raw) > MAX_BYTES:
        values = {"size": len(raw), "most": MAX_BYTES}
        raise ItsmctlError(
            Problem("file-too-large", "{size} bytes; a definition file has at most {most}", Where(name), values)
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        problem = Problem(
            "not-utf8",
            "byte {byte} is not UTF-8; save the file as UTF-8",
            Where(name, line, column),
            {"byte": f"0x{raw[error.start]:02X}"},
        )
        raise ItsmctlError(problem) from error
    return parse_documents(text, name)


def parse_documents(text: str, name: str) -> list[Document]:
    """Parse YAML text into its documents, empty ones left out; see `read_documents` for the errors."""
    problems: list[Problem] = []
    documents: list[Document] = []
    for index, node in enumerate(_nodes(text, name)):
        builder = _Builder(name)
        data = builder.value(node, ())
        problems += builder.problems
        if data is not None:
            documents.append(Document(data, name, index, builder.marks, builder.key_marks))
    if problems:
        raise ItsmctlError(problems)
    return documents


@dataclass(frozen=True)
class Comment:
    """A comment from its `#` on, and the line of the values that it speaks of: its own, or the next with any."""

    text: str
    line: int
    column: int
    speaks_of: int


def comments(text: str) -> list[Comment]:
    """The comments of a text that is readable as YAML; a `#` inside a value is none."""
    lines = text.splitlines()
    inside = [_inside(token) for token in yaml.scan(text, Loader=_LOADER) if isinstance(token, yaml.ScalarToken)]
    starts: dict[int, int] = {}
    for number, line in enumerate(lines):
        places = (match.start() for match in _HASH.finditer(line))
        first = next((c for c in places if not any(low <= (number, c) < high for low, high in inside)), None)
        if first is not None:
            starts[number] = first
    return [
        Comment(lines[number][start:], number + 1, start + 1, _speaks_of(lines, starts, number) + 1)
        for number, start in starts.items()
    ]


def _inside(token: yaml.ScalarToken) -> tuple[tuple[int, int], tuple[int, int]]:
    """From where to where a value goes; after the sign of a block (`>-`) there may still be a comment."""
    start, end = token.start_mark, token.end_mark
    first = (start.line + 1, 0) if token.style in ("|", ">") else (start.line, start.column)
    return first, (end.line, end.column)


def _speaks_of(lines: list[str], starts: Mapping[int, int], number: int) -> int:
    """The line itself if something stands before the comment, else the next one that holds more than a comment."""
    while number < len(lines) - 1 and not lines[number][: starts.get(number)].strip():
        number += 1
    return number


def _nodes(text: str, name: str) -> Iterator[Node]:
    loader = None
    try:
        loader = _LOADER(text)
        while loader.check_node():
            yield loader.get_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = Where(name, mark.line + 1, mark.column + 1) if mark else Where(name)
        what = " ".join(part for part in (error.context, error.problem) if part)
        raise ItsmctlError(Problem("not-yaml", "not readable as YAML: {what}", where, {"what": what})) from error
    except yaml.YAMLError as error:
        what = " ".join(str(error).split())
        raise ItsmctlError(Problem("not-yaml", "not readable as YAML: {what}", Where(name), {"what": what})) from error
    except RecursionError as error:
        raise ItsmctlError(Problem("too-deep", "nested too deeply", Where(name))) from error
    finally:
        if loader is not None:
            loader.dispose()


MAX_DEPTH = 60
MAX_VALUES = 200_000


class _Builder:
    """Builds plain data from nodes, remembering places and collecting problems."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.marks: dict[Path_, Where] = {}
        self.key_marks: dict[Path_, Where] = {}
        self.problems: list[Problem] = []
        self._open: list[int] = []

    def value(self, node: Node, path: Path_) -> Value:
        where = self._where(node)
        self.marks[path] = where
        if isinstance(node, ScalarNode):
            return self._scalar(node, where)
        if id(node) in self._open or len(path) > MAX_DEPTH:
            self.problems.append(Problem("too-deep", "nested too deeply, or an alias that contains itself", where))
            return None
        if len(self.marks) > MAX_VALUES:  # aliases of aliases ("billion laughs")
            raise ItsmctlError(Problem("too-deep", "aliases expand to too many values", where))
        self._open.append(id(node))
        data: Value
        if isinstance(node, SequenceNode):
            data = [self.value(child, (*path, i)) for i, child in enumerate(node.value)]
        elif isinstance(node, MappingNode):
            data = self._mapping(node, path)
        else:  # pragma: no branch
            raise AssertionError(node)
        self._open.pop()
        return data

    def _mapping(self, node: MappingNode, path: Path_) -> dict[str, Value]:
        data: dict[str, Value] = {}
        for key_node, value_node in node.value:
            where = self._where(key_node)
            if not isinstance(key_node, ScalarNode):
                self.problems.append(Problem("key-not-text", "a key must be a word, not a list or a mapping", where))
                continue
            key = str(key_node.value)
            if key in data:
                values = {"key": key, "line": self.key_marks[(*path, key)].line}
                self.problems.append(
                    Problem(
                        "duplicate-key",
                        "key {key!r} stands here a second time; the first is in line {line}",
                        where,
                        values,
                    )
                )
                continue
            self.key_marks[(*path, key)] = where
            data[key] = self.value(value_node, (*path, key))
        return data

    def _scalar(self, node: ScalarNode, where: Where) -> Scalar:
        text = str(node.value)
        match str(node.tag).removeprefix(_TAG):
            case "null":
                return None
            case "bool":
                return text.lower() == "true"
            case "int":
                return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
            case "float":
                return float(text)
            case "str" | "!":
                return text
            case tag:
                self.problems.append(
                    Problem("unknown-tag", "tag {tag!r} is not used in definitions", where, {"tag": tag})
                )
                return None

    def _where(self, node: Node) -> Where:
        return Where(self.file, node.start_mark.line + 1, node.start_mark.column + 1)
