"""YAML text in, documents out: YAML 1.2 core scalars, no duplicate keys, and a line for every value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.marks import Mark, Path_, Scalar, Value, inside_of

if TYPE_CHECKING:
    import yaml

__all__ = [
    "Comment",
    "Document",
    "Path_",
    "Scalar",
    "Value",
    "comments",
    "decode",
    "parse_documents",
    "read_bytes",
    "read_documents",
]


MAX_BYTES = 16 * 1024 * 1024
"""A definition file larger than this is refused: it is data, not a definition."""


@dataclass(frozen=True)
class Document:
    """One YAML document: plain data, and beside it where each value and each key stands (see `composing.Mark`)."""

    data: Value
    file: str
    index: int = 0
    mark: Mark = (1, 1, None)

    def where(self, path: Path_ = (), *, key: bool = False) -> Where:
        """Return the place of the value at `path` (or of its key), or of its nearest parent that has one."""
        line, column, _ = self.mark
        inside = inside_of(self.mark) if path else None
        for number, step in enumerate(path, 1):
            if isinstance(inside, dict) and step in inside:
                key_line, key_column, child = inside[step]
                if key and number == len(path):
                    return Where(self.file, key_line, key_column)
            elif isinstance(inside, list) and isinstance(step, int) and 0 <= step < len(inside):
                child = inside[step]
            else:
                break
            line, column, inside = child
        return Where(self.file, line, column)

    def where_in(self, path: Path_, line: int, column: int) -> Where:
        """Return the place of a character of the text at `path`, by its line and column from 0; of the text, if that is folded."""
        mark: Mark = self.mark
        for step in path:
            inside = inside_of(mark)
            mark = inside[step][2] if isinstance(inside, dict) else inside[step]
        first_line, first_column, lay = mark
        shift = lay if isinstance(lay, int) else 0
        if line or shift < 0:
            return Where(self.file, first_line, first_column)
        return Where(self.file, first_line, first_column + shift + column)

    def places(self) -> Iterator[tuple[Path_, int, int]]:
        """The path, line and column of every value and every key, parents before what they hold."""
        waiting: list[tuple[Path_, Mark]] = [((), (*self.mark[:2], inside_of(self.mark)))]
        for path, (line, column, inside) in waiting:
            yield path, line, column
            if isinstance(inside, dict):
                for name, (key_line, key_column, child) in inside.items():
                    yield (*path, name), key_line, key_column
                    waiting.append(((*path, name), child))
            elif isinstance(inside, list):
                waiting += [((*path, number), child) for number, child in enumerate(inside)]


_HASH = re.compile(r"(?:(?<=\s)|^)#")


def read_documents(path: Path, shown_as: str = "") -> list[Document]:
    """Read every document of a YAML file; `shown_as` is the name used in messages.

    Raises ItsmctlError with all problems found: not UTF-8, not YAML, duplicate keys, keys that are not text.
    """
    name = shown_as or str(path)
    return parse_documents(decode(read_bytes(path, name), name), name)


def read_bytes(path: Path, name: str) -> bytes:
    """The bytes of a definition file; raises ItsmctlError where it cannot be read, or is no definition by its size."""
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
    return raw


_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Characters by which an editor or a forge shows a text in another order than it has (CVE-2021-42574, “Trojan Source”)."""


def decode(raw: bytes, name: str) -> str:
    """The text of a definition file; raises ItsmctlError at the first byte that is not UTF-8, or character that hides what is said."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ItsmctlError(_not_utf8(raw, error.start, name)) from error
    if turning := _TURNING.search(text):
        before = text[: turning.start()]
        where = Where(name, before.count("\n") + 1, len(before) - before.rfind("\n"))
        raise ItsmctlError(
            Problem(
                "turned-text",
                "{character} turns the text behind it round, so that a reviewer would read something else than what counts; take it out",
                where,
                {"character": f"U+{ord(turning[0]):04X}"},
            )
        )
    return text


_CHINESE = re.compile("[\u4e00-\u9fff]{2}")


def _not_utf8(raw: bytes, start: int, name: str) -> Problem:
    line, before = raw.count(b"\n", 0, start) + 1, raw.rfind(b"\n", 0, start) + 1
    byte = f"0x{raw[start]:02X}"
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or (len(raw) > 1 and sorted(map(bool, raw[:2])) == [False, True]):
        values = {"encoding": "UTF-16"}
        return Problem("not-utf8", "the file seems to be {encoding}; save it as UTF-8", Where(name, 1, 1), values)
    where = Where(name, line, start - before + 1)
    here = raw[before:].partition(b"\n")[0].decode("gb18030", "replace")
    if "\ufffd" not in here and _CHINESE.search(here):
        template = "byte {byte} is not UTF-8; the line seems to be {encoding}; save the file as UTF-8"
        return Problem("not-utf8", template, where, {"byte": byte, "encoding": "GBK"})
    return Problem("not-utf8", "byte {byte} is not UTF-8; save the file as UTF-8", where, {"byte": byte})


def parse_documents(text: str, name: str) -> list[Document]:
    """Parse YAML text into its documents, empty ones left out; see `read_documents` for the errors."""
    from itsmctl.composing import compose  # and with it PyYAML, for who finds nothing to read

    found, problems = compose(text, name)
    if problems:
        raise ItsmctlError(problems)
    return [Document(data, name, index, mark) for index, data, mark in found]


@dataclass(frozen=True)
class Comment:
    """A comment from its `#` on, and the line of the values that it speaks of: its own, or the next with any."""

    text: str
    line: int
    column: int
    speaks_of: int


def comments(text: str) -> list[Comment]:
    """The comments of a text that is readable as YAML; a `#` inside a value is none."""
    import yaml

    from itsmctl.composing import LOADER

    lines = text.splitlines()
    inside = [_inside(token) for token in yaml.scan(text, Loader=LOADER) if isinstance(token, yaml.ScalarToken)]
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
