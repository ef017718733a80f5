"""Read a management system from its folder: schema-checked, cross-checked, or every problem at once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from itsmctl import model
from itsmctl.definitions.aliases import resolve_aliases
from itsmctl.definitions.build import build
from itsmctl.definitions.build.builder import Builder
from itsmctl.definitions.references import Entry, check_mapping, cross_check
from itsmctl.definitions.schema import check_document
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.reference import FOLDERS, is_management_system, reference_root
from itsmctl.source import Document, read_documents

_Kind = TypeVar("_Kind", bound=model.Definition)
Glimpse = tuple[str, str]
"""Kind and id of a definition that could not be built."""

_GLIMPSE = re.compile(r"^(kind|id): *['\"]?([^\s'\"#]+)", re.MULTILINE)


def find_root(root: Path | None) -> Path:
    """The folder named, else the current one if it holds definitions, else the reference set.

    Raises ItsmctlError when a folder was named and holds no definitions: a wrong path must not quietly mean
    other definitions.
    """
    if root is None:
        here = Path.cwd()
        return here if is_management_system(here) else reference_root()
    if not is_management_system(root):
        values = {"folders": ", ".join(f"{name}/" for name in FOLDERS)}
        raise ItsmctlError(
            Problem(
                "no-definitions", "no definitions here; expected YAML files under {folders}", Where(str(root)), values
            )
        )
    return root


def load(root: Path | None = None) -> model.Definitions:
    """Return the definitions of a root folder; raises ItsmctlError with all their problems."""
    folder = find_root(root)
    entries, problems = _read(folder)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise ItsmctlError(errors)
    return _definitions(folder, resolve_aliases(entries))


def load_mapping(path: Path, definitions: model.Definitions) -> model.MappingDefinition:
    """Return the one mapping of a file that stands outside the definitions; raises ItsmctlError with its problems."""
    documents = read_documents(path)
    problems = [problem for document in documents for problem in check_document(document)]
    if problems:
        raise ItsmctlError(problems)
    builders = [Builder(document) for document in documents]
    found = [Entry(builder.document, build(builder)) for builder in builders]
    mappings = [entry.definition for entry in found if isinstance(entry.definition, model.MappingDefinition)]
    if len(mappings) != 1 or len(found) != 1:
        raise ItsmctlError(
            Problem("not-a-mapping", "the file must hold one definition, of kind mapping", Where(str(path)))
        )
    problems = [problem for builder in builders for problem in builder.problems] + check_mapping(
        found[0].document, mappings[0], definitions.processes
    )
    if problems:
        raise ItsmctlError(problems)
    return mappings[0]


def validate(root: Path | None = None, paths: Sequence[Path] = ()) -> list[Problem]:
    """Return every problem of the definitions, or of the files named (judged within the whole set), by place."""
    folder = find_root(root)
    _, problems = _read(folder)
    if paths:
        wanted = [_shown(folder, path.resolve()) for path in paths]
        missing = [path for path, shown in zip(paths, wanted, strict=True) if not (folder / shown).exists()]
        if missing:
            raise ItsmctlError(
                Problem("unreadable-file", "cannot read the file: {why}", Where(str(path)), {"why": "no such file"})
                for path in missing
            )
        problems = [
            p
            for p in problems
            if any(p.where.file == shown or p.where.file.startswith(shown.rstrip("/") + "/") for shown in wanted)
        ]
    return problems


def definition_files(folder: Path) -> list[Path]:
    """Every definition file under a root, sorted by its path."""
    found = {
        path
        for part in FOLDERS
        for pattern in ("*.yaml", "*.yml")
        for path in (folder / part).rglob(pattern)
        if path.is_file()
    }
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def _read(folder: Path) -> tuple[list[Entry], list[Problem]]:
    documents: list[Document] = []
    problems: list[Problem] = []
    lost: list[Glimpse] = []
    for path in definition_files(folder):
        try:
            documents += read_documents(path, _shown(folder, path))
        except ItsmctlError as error:
            problems += error.problems
            lost += _glimpses(path)
    entries: list[Entry] = []
    for document in documents:
        found = check_document(document)
        if not found:
            builder = Builder(document)
            entries.append(Entry(document, build(builder)))
            found = builder.problems
        elif isinstance(document.data, dict):
            lost.append((str(document.data.get("kind")), str(document.data.get("id"))))
        problems += found
    problems += _twice(entries)
    # A set with broken documents is still cross-checked, but what may only be missing because its own document
    # is broken would be noise on top of the real mistake.
    complaints = cross_check(entries)
    problems += _without_echo(complaints, lost)
    return entries, sorted(set_of(problems), key=lambda p: (p.where, p.code, p.message))


def set_of(problems: Iterable[Problem]) -> list[Problem]:
    """The problems without repeats, in order."""
    seen: dict[str, Problem] = {}
    for problem in problems:
        seen.setdefault(str(problem), problem)
    return list(seen.values())


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


def _definitions(folder: Path, entries: list[Entry]) -> model.Definitions:
    def of(kind: type[_Kind]) -> Mapping[str, _Kind]:
        found = sorted((e.definition for e in entries if type(e.definition) is kind), key=lambda d: d.id)
        return {d.id: d for d in found}

    files = [_shown(folder, path) for path in definition_files(folder)]
    return model.Definitions(
        root=folder,
        is_reference=folder.resolve() == reference_root().resolve(),
        files=tuple(files),
        digest=_digest(folder, files),
        services=of(model.Service),
        agreements=of(model.Agreement),
        calendars=of(model.Calendar),
        matrices=of(model.PriorityMatrix),
        code_lists=of(model.CodeList),
        processes=of(model.Process),
        roles=of(model.Role),
        positions=of(model.Position),
        assignments=of(model.Assignment),
        racis=of(model.Raci),
        frameworks=of(model.Framework),
        crosswalks=of(model.Crosswalk),
        rules=of(model.Rule),
        kpis=of(model.Kpi),
        procedures=of(model.Procedure),
        mappings=of(model.MappingDefinition),
        plans=of(model.AuditPlan),
    )


def _digest(folder: Path, files: Sequence[str]) -> str:
    """SHA-256 over `sha256  path` lines, as `sha256sum` prints them; line endings as they are on disk."""
    lines = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in files]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _shown(folder: Path, path: Path) -> str:
    """A path as messages show it: relative to the root where it lies inside."""
    for inside, base in ((path, folder), (path.resolve(), folder.resolve())):
        if inside.is_relative_to(base):
            return inside.relative_to(base).as_posix()
    return str(path)
