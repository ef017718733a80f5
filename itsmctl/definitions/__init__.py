"""Read a management system from its folder: schema-checked, cross-checked, or every problem at once."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

from itsmctl import model
from itsmctl.definitions.build import build
from itsmctl.definitions.build.builder import Builder
from itsmctl.definitions.cache import Cache
from itsmctl.definitions.reading import count, read
from itsmctl.definitions.references import Entry, check_mapping
from itsmctl.definitions.schema import check_document
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.reference import FOLDERS, is_management_system, reference_root
from itsmctl.source import read_documents

_Kind = TypeVar("_Kind", bound=model.Definition)


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
    entries, problems = _read(folder, errors_only=True)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise ItsmctlError(errors)
    return _definitions(folder, entries)


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
        operational_agreements=of(model.OperationalAgreement),
        contracts=of(model.Contract),
        customers=of(model.Customer),
        suppliers=of(model.Supplier),
        calendars=of(model.Calendar),
        matrices=of(model.PriorityMatrix),
        code_lists=of(model.CodeList),
        processes=of(model.Process),
        roles=of(model.Role),
        positions=of(model.Position),
        assignments=of(model.Assignment),
        racis=of(model.Raci),
        separations=of(model.Separation),
        policies=of(model.Policy),
        frameworks=of(model.Framework),
        crosswalks=of(model.Crosswalk),
        rules=of(model.Rule),
        kpis=of(model.Kpi),
        procedures=of(model.Procedure),
        mappings=of(model.MappingDefinition),
        plans=of(model.AuditPlan),
        programmes=of(model.Programme),
        waivers=of(model.Waiver),
        baselines=of(model.Baseline),
        questionnaires=of(model.Questionnaire),
        assessments=of(model.Assessment),
        surveys=of(model.Survey),
        nonconformities=of(model.Nonconformity),
        reviews=of(model.ManagementReview),
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
