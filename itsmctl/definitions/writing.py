"""Write a definition as a new file: judged within the whole set before it is there, and never over another file."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from itsmctl.composing import plain
from itsmctl.definitions import definition_files, shown_files
from itsmctl.definitions.cache import Cache
from itsmctl.editor import schema_line
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.output import write_file
from itsmctl.scratch import scratch

_BARE = re.compile(r"[^\W\d_][\w./-]*(?: [\w./-]+)*|\d{4}-\d\d-\d\d")
"""Words that need no quotes in YAML, in whatever place and by whatever version of it."""


def document_text(data: Mapping[str, Any], root: Path, place: str) -> str:
    """A definition as YAML, with the line by which editors find its schema; `place` is relative to `root`."""
    return f"{schema_line(root, place, data['kind'])}\n\n" + "\n".join(_lines(data)) + "\n"


def problems_within(root: Path, place: str, text: str, as_of: date | None = None) -> list[Problem]:
    """What is wrong with a file if it stood there, among all the others."""
    from itsmctl.definitions.reading import read

    with scratch() as folder:
        proposed = folder / "proposed.yaml"
        proposed.write_text(text, encoding="utf-8")
        there = zip(definition_files(root), shown_files(root), strict=True)
        files = [(path, shown) for path, shown in there if shown != place]
        _, problems = read([*files, (proposed, place)], as_of, only=frozenset({place}), cache=Cache(root))
    return [problem for problem in problems if problem.where.file == place]


def add(root: Path, place: str, data: Mapping[str, Any]) -> Path:
    """Write a new definition; raises ItsmctlError where anything has that name already, or anything is wrong with it."""
    return add_text(root, place, document_text(data, root, place))


def add_text(root: Path, place: str, text: str) -> Path:
    """Write a new definition file; raises ItsmctlError where anything has that name already, or anything is wrong with it."""
    path = root / PurePosixPath(place)
    if os.path.lexists(path):
        template = "there is a file of this name already, and it was left as it is; name another with --id"
        raise ItsmctlError(Problem("output-exists", template, Where(str(path))))
    replace_text(root, place, text)
    return path


def replace(root: Path, place: str, data: Mapping[str, Any]) -> None:
    """Write a definition in place of the one in a file; raises ItsmctlError, and leaves that, where anything is wrong with it."""
    replace_text(root, place, document_text(data, root, place))


def replace_text(root: Path, place: str, text: str) -> None:
    """Write a definition file anew; raises ItsmctlError, and leaves it as it was, where anything is wrong with the text."""
    problems = problems_within(root, place, text)
    if problems:
        raise ItsmctlError(problems)
    write_file(root / PurePosixPath(place), text)


def _lines(data: Mapping[str, Any], margin: str = "") -> Iterator[str]:
    for key, value in data.items():
        name = margin + one_line(key) + ":"
        if isinstance(value, Mapping) and value:
            yield name
            yield from _lines(value, margin + "  ")
        elif isinstance(value, list | tuple) and any(isinstance(one, Mapping) for one in value):
            yield name
            for one in value:
                first, *rest = _lines(one, margin + "    ")
                yield f"{margin}  - {first.lstrip()}"
                yield from rest
        else:
            yield f"{name} {one_line(value)}"


def one_line(value: object) -> str:
    """A value on one line, so that every YAML reader reads it as what it is."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{one_line(key)}: {one_line(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(one_line(one) for one in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return str(value)
    if _BARE.fullmatch(value) and plain(value) == value and value.lower() not in _WORDS_OF_OLD:
        return value
    return '"' + "".join(_escaped(letter) for letter in value) + '"'


_WORDS_OF_OLD = frozenset({"yes", "no", "on", "off", "y", "n"})
"""Truth values of YAML 1.1, which other readers of the file may still take for such."""


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return "\\" + letter
    return letter if letter.isprintable() else f"\\U{ord(letter):08X}"
