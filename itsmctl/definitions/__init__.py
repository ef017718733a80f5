"""Read a management system from its folder: schema-checked, cross-checked, or every problem at once."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import TypeVar

from itsmctl import model
from itsmctl.definitions.build import build
from itsmctl.definitions.build.builder import Builder
from itsmctl.definitions.cache import Cache
from itsmctl.definitions.lint.system import System
from itsmctl.definitions.reading import built_from, count, read
from itsmctl.definitions.references import Entry, check_mapping
from itsmctl.definitions.schema import check_document
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.reference import FOLDERS, is_management_system, reference_root
from itsmctl.source import read_documents

_Kind = TypeVar("_Kind", bound=model.Definition)
Built = Callable[[str], Iterable[model.Definition]]
"""The definitions of a kind."""


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
    cache = Cache(folder)
    files = [(path, _shown(folder, path)) for path in definition_files(folder)]
    names = [name for _, name in files]
    sums = _sums(folder, names)
    digest = _digest(sums)
    known = cache.sound(digest)
    if known is not None:
        return _definitions(folder, names, digest, partial(built_from, known))
    entries, problems = read(files, errors_only=True, cache=cache)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise ItsmctlError(errors)
    cache.keep_as_sound(digest, sums)
    return _definitions(
        folder, names, digest, lambda kind: [e.definition for e in entries if e.definition.kind == kind]
    )


def system_of(root: Path | None = None, as_of: date | None = None) -> System:
    """Return the definitions of a root folder with the places of their values; raises ItsmctlError with their errors."""
    entries, problems = _read(find_root(root), errors_only=True)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise ItsmctlError(errors)
    return System(tuple(entries), as_of)


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


def validate(root: Path | None = None, paths: Sequence[Path] = (), as_of: date | None = None) -> list[Problem]:
    """Return every problem of the definitions, or of the files named (judged within the whole set), by place.

    Laws about time are only asked where a day is named: nothing here looks at a clock.
    """
    folder = find_root(root)
    if not paths:
        return _read(folder, as_of)[1]
    wanted = _wanted(folder, paths)
    only = frozenset(file for path in definition_files(folder) if _is_among(file := _shown(folder, path), wanted))
    _, problems = _read(folder, as_of, only=only)
    return [p for p in problems if p.where.file in only]


def shown_files(folder: Path, paths: Sequence[Path] = ()) -> list[str]:
    """The definition files of a root, or of the files and folders named, as messages name them."""
    wanted = _wanted(folder, paths)
    shown = [_shown(folder, path) for path in definition_files(folder)]
    return [file for file in shown if not paths or _is_among(file, wanted)]


def count_by_kind(root: Path | None = None, paths: Sequence[Path] = ()) -> Counter[str]:
    """How many definitions of each kind a root holds, or the files and folders named."""
    folder = find_root(root)
    wanted = _wanted(folder, paths)
    files = [(path, _shown(folder, path)) for path in definition_files(folder)]
    return count([(path, file) for path, file in files if not paths or _is_among(file, wanted)], Cache(folder))


def _wanted(folder: Path, paths: Sequence[Path]) -> list[str]:
    wanted = [_shown(folder, path.resolve()) for path in paths]
    missing = [path for path, shown in zip(paths, wanted, strict=True) if not (folder / shown).exists()]
    if missing:
        raise ItsmctlError(
            Problem("unreadable-file", "cannot read the file: {why}", Where(str(path)), {"why": "no such file"})
            for path in missing
        )
    return wanted


def _is_among(file: str, wanted: Sequence[str]) -> bool:
    return any(file == shown or file.startswith(shown.rstrip("/") + "/") for shown in wanted)


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


def _read(
    folder: Path, as_of: date | None = None, *, errors_only: bool = False, only: Collection[str] | None = None
) -> tuple[list[Entry], list[Problem]]:
    files = [(path, _shown(folder, path)) for path in definition_files(folder)]
    return read(files, as_of, errors_only=errors_only, only=only, cache=Cache(folder))


def _definitions(folder: Path, files: Sequence[str], digest: str, built: Built) -> model.Definitions:
    def of(class_: type[_Kind], kind: str) -> Mapping[str, _Kind]:
        return _OnDemand(lambda: (d for d in built(kind) if type(d) is class_))

    return model.Definitions(
        root=folder,
        is_reference=folder.resolve() == reference_root().resolve(),
        files=tuple(files),
        digest=digest,
        services=of(model.Service, "service"),
        agreements=of(model.Agreement, "sla"),
        operational_agreements=of(model.OperationalAgreement, "ola"),
        contracts=of(model.Contract, "contract"),
        customers=of(model.Customer, "customer"),
        suppliers=of(model.Supplier, "supplier"),
        calendars=of(model.Calendar, "calendar"),
        matrices=of(model.PriorityMatrix, "priority-matrix"),
        code_lists=of(model.CodeList, "code-list"),
        processes=of(model.Process, "process"),
        roles=of(model.Role, "role"),
        positions=of(model.Position, "position"),
        assignments=of(model.Assignment, "assignment"),
        racis=of(model.Raci, "raci"),
        separations=of(model.Separation, "separation"),
        policies=of(model.Policy, "policy"),
        frameworks=of(model.Framework, "framework"),
        crosswalks=of(model.Crosswalk, "crosswalk"),
        rules=of(model.Rule, "rule"),
        kpis=of(model.Kpi, "kpi"),
        procedures=of(model.Procedure, "procedure"),
        mappings=of(model.MappingDefinition, "mapping"),
        plans=of(model.AuditPlan, "audit"),
        programmes=of(model.Programme, "programme"),
        waivers=of(model.Waiver, "waiver"),
        baselines=of(model.Baseline, "baseline"),
        questionnaires=of(model.Questionnaire, "questionnaire"),
        assessments=of(model.Assessment, "assessment"),
        surveys=of(model.Survey, "survey"),
        nonconformities=of(model.Nonconformity, "nonconformity"),
        reviews=of(model.ManagementReview, "review"),
    )


class _OnDemand(Mapping[str, _Kind]):
    """The definitions of one kind by id, built when somebody first asks for any."""

    def __init__(self, make: Callable[[], Iterable[_Kind]]) -> None:
        self._make = make

    @cached_property
    def _built(self) -> dict[str, _Kind]:
        return {d.id: d for d in sorted(self._make(), key=lambda d: d.id)}

    def __getitem__(self, key: str) -> _Kind:
        return self._built[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._built)

    def __len__(self) -> int:
        return len(self._built)


def _sums(folder: Path, files: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Each file with the SHA-256 of its bytes; line endings as they are on disk."""
    return tuple((name, hashlib.sha256((folder / name).read_bytes()).hexdigest()) for name in files)


def _digest(sums: Sequence[tuple[str, str]]) -> str:
    """SHA-256 over `sha256  path` lines, as `sha256sum` prints them."""
    return hashlib.sha256("".join(f"{sum_}  {name}\n" for name, sum_ in sums).encode()).hexdigest()


def _shown(folder: Path, path: Path) -> str:
    """A path as messages show it: relative to the root where it lies inside."""
    if path.is_relative_to(folder):
        return path.relative_to(folder).as_posix()
    inside, base = path.resolve(), folder.resolve()
    return inside.relative_to(base).as_posix() if inside.is_relative_to(base) else str(path)
