"""From files to definitions with every problem that they have: schema, references, laws, in this order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from itsmctl.definitions.aliases import resolve_aliases
from itsmctl.definitions.build import build
from itsmctl.definitions.build.builder import Builder
from itsmctl.definitions.cache import Cache, Sheet, sheet_of
from itsmctl.definitions.lint import LAWS, broken_laws, is_kept_from
from itsmctl.definitions.lint.law import stands_alone, told_at
from itsmctl.definitions.lint.suppression import Suppression, read_suppressions, without_suppressed
from itsmctl.definitions.lint.system import System
from itsmctl.definitions.opening import alias_ids
from itsmctl.definitions.references import Entry, cross_check, known_names, looked_into
from itsmctl.definitions.registers.checking import check_registers
from itsmctl.definitions.schema import check_document, kinds
from itsmctl.definitions.subjects import with_subjects
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.reference import SUFFIXES
from itsmctl.source import Document, Path_, decode, parse_documents, read_bytes

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
    sheets: list[tuple[str, Sheet]] = field(default_factory=list)
    """Every document that passed its schema, with its file."""


def read(
    files: Sequence[tuple[Path, str]],
    as_of: date | None = None,
    *,
    errors_only: bool = False,
    only: Collection[str] | None = None,
    cache: Cache | None = None,
) -> tuple[list[Entry], list[Problem]]:
    """Read files (path, name in messages): what could be built, and what is wrong, by place.

    `errors_only` leaves out the laws that only warn: whoever uses the definitions need not wait for them. With `only`,
    the problems of those files alone are wanted: they are judged within the whole set, but of the rest no more is
    opened than their references and laws look at.
    """
    found = _Read()
    for path, shown in files:
        _read_file(found, path, shown, cache)
    if cache is not None and (only is None or cache.is_stale):
        cache.save()
    kinds_needed = None if only is None else _needed(found, only)
    for file, sheet in found.sheets:
        if only is None or file in only or (kinds_needed is not None and sheet.kind in kinds_needed):
            _build(found, sheet.document(file))
    found.problems += _twice(found.sheets)
    # A set with broken documents is still cross-checked, but what may only be missing because its own document
    # is broken would be noise on top of the real mistake; so would a complaint about a value that is wrong already.
    wrong_already = {problem.where for problem in found.problems}
    ids = _ids(found.sheets)
    complaints = cross_check(found.entries, found.broken, ids, only)
    complaints += check_registers(
        found.entries, {shown: path for path, shown in files}, known_names(found.entries, ids), only
    )
    found.problems += [p for p in _without_echo(complaints, found.lost) if p.where not in wrong_already]
    problems = list(with_subjects(found.problems, found.documents))
    entries = resolve_aliases(found.entries, alias_ids(found.sheets))
    laws = [law for law in LAWS if kinds_needed is None or stands_alone(law) or set(law.READS) <= kinds_needed]
    unsound = _unsound(problems, found.lost)
    broken = broken_laws(System(tuple(entries), as_of), unsound, errors_only=errors_only, laws=laws)
    problems += with_subjects(broken, found.documents)
    if only is not None and any(is_kept_from(law, unsound) for law in laws):
        problems += _not_judged(problems, only)
    judged = without_suppressed(problems, found.suppressions, as_of, errors_only=errors_only)
    return entries, sorted(set_of(judged), key=lambda p: (p.where, p.code, p.message))


def count(files: Sequence[tuple[Path, str]], cache: Cache) -> Counter[str]:
    """How many sound definitions of each kind stand in some files."""
    found = _Read()
    for path, shown in files:
        _read_file(found, path, shown, cache)
    return Counter(sheet.kind for _, sheet in found.sheets)


def _needed(found: _Read, only: Collection[str]) -> frozenset[str]:
    """The kinds that must be opened to judge some files: all that a law reads which may report at a kind that stands in them."""
    about = frozenset(sheet.kind for file, sheet in found.sheets if file in only)
    about |= {"register" for file in only if file.endswith(".csv")}
    about |= {kind for document in found.broken if document.file in only for kind in _kind_of(document)}
    relevant = [law for law in LAWS if not stands_alone(law) and not about.isdisjoint(told_at(law))]
    return about | looked_into(about) | {kind for law in relevant for kind in law.READS}


def _kind_of(document: Document) -> Iterator[str]:
    if isinstance(document.data, dict):
        yield str(document.data.get("kind"))


def _ids(sheets: Iterable[tuple[str, Sheet]]) -> dict[str, frozenset[str]]:
    """Every id and alias by kind."""
    known: dict[str, set[str]] = {}
    for _, sheet in sheets:
        known.setdefault(sheet.kind, set()).update((sheet.id, *sheet.aliases))
    return {kind: frozenset(ids) for kind, ids in known.items()}


def set_of(problems: Iterable[Problem]) -> list[Problem]:
    """The problems without repeats, in order."""
    seen: dict[str, Problem] = {}
    for problem in problems:
        seen.setdefault(str(problem), problem)
    return list(seen.values())


def _read_file(found: _Read, path: Path, shown: str, cache: Cache | None) -> None:
    try:
        _check_name(path, shown)
        raw = read_bytes(path, shown)
        found.suppressions += read_suppressions(raw, shown)
        kept = cache.sheets(raw) if cache else None
        if kept is None:
            kept = _checked(found, raw, shown, cache)
        if not kept and not any(document.file == shown for document in found.broken):
            template = (
                "the file defines nothing: it is empty, or only comments; take it away, or write again what it defined"
            )
            found.problems.append(Problem("defines-nothing", template, Where(shown, 1, 1), severity="warning"))
        found.sheets += ((shown, sheet) for sheet in kept)
    except ItsmctlError as error:
        found.problems += error.problems
        found.lost += _glimpses(path)


def _check_name(path: Path, shown: str) -> None:
    """Refuse a file that looks like one of definitions and that git, archives and other machines would not take for one."""
    if path.suffix not in SUFFIXES:
        template = "the name ends in {suffix}; definitions are read from files that end in {known}: rename it"
        values = {"suffix": path.suffix, "known": " / ".join(SUFFIXES)}
        raise ItsmctlError(Problem("wrong-suffix", template, Where(shown), values))


def _checked(found: _Read, raw: bytes, shown: str, cache: Cache | None) -> tuple[Sheet, ...]:
    """The documents of a file that pass their schema; what is wrong with the others is noted."""
    documents = parse_documents(decode(raw, shown), shown)
    sound = []
    for document in documents:
        problems = check_document(document)
        if not problems:
            sound.append(document)
            continue
        found.problems += problems
        found.documents.append(document)
        found.broken.append(document)
        if isinstance(document.data, dict):
            found.lost.append((str(document.data.get("kind")), str(document.data.get("id"))))
    if cache is not None and len(sound) == len(documents):
        return cache.keep(raw, sound)
    return tuple(sheet_of(document) for document in sound)


def _build(found: _Read, document: Document) -> None:
    builder = Builder(document)
    found.documents.append(document)
    found.entries.append(Entry(document, build(builder)))
    found.problems += builder.problems


def _not_judged(problems: Sequence[Problem], only: Collection[str]) -> Iterator[Problem]:
    """Say it where laws were not asked because of errors in files that nobody named: silence would read as clean."""
    elsewhere = sorted({p.where.file for p in problems if p.severity == "error" and p.where.file not in only})
    if elsewhere:
        template = "not everything could be judged here, as there are errors in {files}"
        values = {"files": ", ".join(elsewhere[:5]) + (" …" if len(elsewhere) > 5 else "")}
        yield from (Problem("not-judged", template, Where(file, 1, 1), values) for file in sorted(only))


def _unsound(problems: Iterable[Problem], lost: Collection[Glimpse]) -> frozenset[str]:
    """The kinds with an error in one of their definitions; all of them where a file says not even what it holds."""
    errors = [problem for problem in problems if problem.severity == "error"]
    wrong = {problem.subject.partition(" ")[0] or str(problem.values.get("kind", "")) for problem in errors}
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


def _twice(sheets: Iterable[tuple[str, Sheet]]) -> Iterator[Problem]:
    """Ids and aliases that stand for two definitions of one kind, at the second of them."""
    first: dict[tuple[str, str], tuple[str, Sheet, Path_]] = {}
    template = "{kind} {id!r} is defined a second time; the first is at {first}"
    for file, sheet in sheets:
        names: tuple[tuple[Path_, str], ...] = (
            (("id",), sheet.id),
            *((("aliases", i), alias) for i, alias in enumerate(sheet.aliases)),
        )
        for path, word in names:
            if (sheet.kind, word) in first:
                other, earlier, at = first[sheet.kind, word]
                values = {"kind": sheet.kind, "id": word, "first": str(earlier.document(other).where(at))}
                yield Problem("duplicate-id", template, sheet.document(file).where(path), values)
            first.setdefault((sheet.kind, word), (file, sheet, path))
