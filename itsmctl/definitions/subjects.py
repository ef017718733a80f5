"""What a problem is about, in words that stay the same when lines move: `process incident/activities/IM1/lane`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from itsmctl.errors import Problem, Where
from itsmctl.source import Document, Path_, Value

NAMES = ("id", "number", "name", "column", "date", "to")
"""Keys that tell the entries of a list apart, so that a new entry above does not rename those below."""


def with_subjects(problems: Iterable[Problem], documents: Iterable[Document]) -> Iterator[Problem]:
    """The same problems, each with its subject; one in no document is about its file alone."""
    by_file: dict[str, list[Document]] = {}
    for one in documents:
        by_file.setdefault(one.file, []).append(one)
    places: dict[int, Mapping[Where, Path_]] = {}
    for problem in problems:
        document = _document_of(problem.where, by_file.get(problem.where.file, ()))
        if document is None:
            yield problem
            continue
        if id(document) not in places:
            places[id(document)] = _paths(document)
        path = places[id(document)].get(problem.where, ())
        yield replace(problem, subject=_subject(document, path))


def _document_of(where: Where, documents: Iterable[Document]) -> Document | None:
    before = [document for document in documents if document.where() <= where]
    return max(before, key=Document.where, default=None)


def _paths(document: Document) -> Mapping[Where, Path_]:
    """The path of what stands at each place; the outermost, where several parts begin there."""
    found: dict[Where, Path_] = {}
    for path, line, column in document.places():
        found.setdefault(Where(document.file, line, column), path)
    return found


def _subject(document: Document, path: Path_) -> str:
    data: Value = document.data
    kind = f"{data.get('kind')} {data.get('id')}" if isinstance(data, dict) else f"document {document.index}"
    parts = [kind]
    for step in path:
        if isinstance(data, dict):
            data = data[str(step)]
            parts.append(str(step))
        elif isinstance(data, list):
            data = data[int(step)]
            parts.append(_name(data, step))
    return "/".join(parts)


def _name(entry: Value, position: str | int) -> str:
    if isinstance(entry, dict):
        named = [entry[key] for key in NAMES if key in entry]
        return str(named[0]) if named else str(position)
    return str(position) if isinstance(entry, list) else str(entry)
