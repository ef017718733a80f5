"""From files to definitions with every problem that they have: schema, references, laws, in this order."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from itsmctl.definitions.aliases import resolve_aliases
from itsmctl.definitions.build import build
from itsmctl.definitions.build.builder import Builder
from itsmctl.definitions.lint import broken_laws
from itsmctl.definitions.lint.suppression import Suppression, read_suppressions, without_suppressed
from itsmctl.definitions.lint.system import System
from itsmctl.definitions.references import Entry, cross_check
from itsmctl.definitions.schema import check_document, kinds
from itsmctl.definitions.subjects import with_subjects
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.source import Document, read_documents

Glimpse = tuple[str, str]
"""Kind and id of a definition that could not be built."""

_GLIMPSE = re.compile(r"^(kind|id): *['\"]?([^\s'\"#]+)", re.MULTILINE)


@dataclass
class _Read:
    """What was read so far."""

    documents: list[Document] = field(default_factory=list)
    broken: list[Document] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    lost: list[Glimpse] = field(default_factory=list)
    suppressions: list[Suppression] = field(default_factory=list)


def read(
    files: Sequence[tuple[Path, str]], as_of: date | None = None, *, errors_only: bool = False
) -> tuple[list[Entry], list[Problem]]:
    """Read files (path, name in messages): what could be built, and what is wrong, by place.

    `errors_only` leaves out the laws that only warn: whoever uses the definitions need not wait for them.
    """
    found = _Read()
    for path, shown in files:
        _read_file(found, path, shown)
    for document in found.documents:
        _read_document(found, document)
    found.problems += _twice(found.entries)
    # A set with broken documents is still cross-checked, but what may only be missing because its own document
    # is broken would be noise on top of the real mistake; so would a complaint about a value that is wrong already.
    wrong_already = {problem.where for problem in found.problems}
    complaints = cross_check(found.entries, found.broken)
    found.problems += [p for p in _without_echo(complaints, found.lost) if p.where not in wrong_already]
    problems = list(with_subjects(found.problems, found.documents))
    entries = resolve_aliases(found.entries)
    broken = broken_laws(System(tuple(entries), as_of), _unsound(problems, found.lost), errors_only=errors_only)
    problems += with_subjects(broken, found.documents)
    judged = without_suppressed(problems, found.suppressions, as_of, errors_only=errors_only)
    return entries, sorted(set_of(judged), key=lambda p: (p.where, p.code, p.message))


def set_of(problems: Iterable[Problem]) -> list[Problem]:
    """The problems without repeats, in order."""
    seen: dict[str, Problem] = {}
    for problem in problems:
        seen.setdefault(str(problem), problem)
    return list(seen.values())


def _read_file(found: _Read, path: Path, shown: str) -> None:
    try:
        found.documents += read_documents(path, shown)
        found.suppressions += read_suppressions(path, shown)
    except ItsmctlError as error:
        found.problems += error.problems
        found.lost += _glimpses(path)


def _read_document(found: _Read, document: Document) -> None:
    problems = check_document(document)
    if not problems:
        builder = Builder(document)
        found.entries.append(Entry(document, build(builder)))
        problems = builder.problems
    else:
        found.broken.append(document)
        if isinstance(document.data, dict):
            found.lost.append((str(document.data.get("kind")), str(document.data.get("id"))))
    found.problems += problems


def _unsound(problems: Iterable[Problem], lost: Collection[Glimpse]) -> frozenset[str]:
    """The kinds with an error in one of their definitions; all of them where a file says not even what it holds."""
    wrong = {problem.subject.partition(" ")[0] for problem in problems if problem.severity == "error"}
    wrong |= {kind for kind, _ in lost}
    known = frozenset(kinds())
    return known & wrong if wrong <= known else known


def _glimpses(path: Path) -> list[Glimpse]:
    """What a file that is not YAML seems to define; ("", "") where not even that can be seen."""
    try:
        text = path.read_bytes().decode("utf-8", "replace")
    except OSError:
        text = ""
    parts = [_GLIMPSE.findall(part) for part in re.split(r"^---", text, flags=re.MULTILINE)]
    seen = [(kind, id_) for part in parts for a, kind in part if a == "kind" for b, id_ in part if b == "id"]
    return seen or [("", "")]


def _without_echo(complaints: list[Problem], lost: Collection[Glimpse]) -> list[Problem]:
    """Drop complaints about names that a broken document would have defined: its own id, or the states of a process."""
    ids = {word for _, word in lost}
    inside = {
        "process": ("unknown-state", "unknown-activity"),
        "sla": ("unknown-clock",),
        "framework": ("unknown-clause",),
        "assignment": ("unknown-person",),
        "position": ("unknown-competence",),
        "role": ("unknown-competence",),
        "questionnaire": ("unknown-criterion", "unknown-rating", "unknown-dimension"),
    }
    codes = {code for kind, _ in lost for code in inside.get(kind, ())}
    if "" in ids:
        complaints = [p for p in complaints if not p.code.startswith("unknown-")]
    return [p for p in complaints if str(p.values.get("word")) not in ids and p.code not in codes]


def _twice(entries: list[Entry]) -> list[Problem]:
    first: dict[tuple[str, str], Where] = {}
    problems = []
    for entry in entries:
        d = entry.definition
        for path, word in ((("id",), d.id), *(((("aliases", i)), alias) for i, alias in enumerate(d.aliases))):
            where = entry.document.where(path)
            if (d.kind, word) in first:
                values = {"kind": d.kind, "id": word, "first": str(first[d.kind, word])}
                problems.append(
                    Problem(
                        "duplicate-id", "{kind} {id!r} is defined a second time; the first is at {first}", where, values
                    )
                )
            first.setdefault((d.kind, word), where)
    return problems
