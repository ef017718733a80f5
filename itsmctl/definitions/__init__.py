"""Read a management system from its folder: schema-checked, cross-checked, or every problem at once."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from itsmctl import model
from itsmctl.definitions.cache import Cache
from itsmctl.definitions.opening import opened
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.reference import FOLDERS, SUFFIXES, is_management_system, reference_root
from itsmctl.source import read_bytes

if TYPE_CHECKING:
    from itsmctl.definitions.lint.system import System
    from itsmctl.definitions.references import Entry

# Reading brings schemas, references and laws with it, and most commands find that nothing has to be read: those imports
# stand inside the functions that need them.

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
                "no-definitions",
                "no definitions here; expected YAML files under {folders}; `itsmctl init` begins with the smallest useful set",
                Where(str(root)),
                values,
            )
        )
    return root


def own_root(root: Path | None) -> Path:
    """The root to write into: the folder named, else the current one, but never the set that came with the program."""
    if root is None and not is_management_system(Path.cwd()):
        template = "the current folder holds no definitions; name with --root those to write to"
        raise ItsmctlError(Problem("no-definitions", template, Where(str(Path.cwd()))))
    return find_root(root)


def load(root: Path | None = None, *, kept_as: Path | None = None) -> model.Definitions:
    """Return the definitions of a root folder; raises ItsmctlError with all their problems.

    A folder that lies elsewhere each time gives in `kept_as` the name under which what is read is kept.
    """
    folder = find_root(root)
    if linked := linked_folders(folder):
        raise ItsmctlError(linked)
    cache = Cache(kept_as or folder)
    files = [(path, _shown(folder, path)) for path in definition_files(folder)]
    sums = _sums(folder, [name for _, name in files])
    known = cache.sound(_digest(sums))
    if known is not None and _unchanged(folder, cache.rows):
        return _definitions(folder, (*sums, *cache.rows), partial(opened, known))
    from itsmctl.definitions.reading import read
    from itsmctl.definitions.registers.tables import named_by

    entries, problems = read(files, errors_only=True, cache=cache)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise ItsmctlError(errors)
    rows = _sums(folder, sorted(name for entry in entries for name in named_by(entry.definition)))
    cache.keep_as_sound(_digest(sums), sums, rows)
    return _definitions(
        folder, (*sums, *rows), lambda kind: [e.definition for e in entries if e.definition.kind == kind]
    )


def system_of(root: Path | None = None, as_of: date | None = None, *, kept_as: Path | None = None) -> System:
    """Return the definitions of a root folder with the places of their values; raises ItsmctlError with their errors."""
    from itsmctl.definitions.lint.system import System

    entries, problems = _read(find_root(root), errors_only=True, kept_as=kept_as)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise ItsmctlError(errors)
    return System(tuple(entries), as_of)


def load_mappings(path: Path, definitions: model.Definitions) -> tuple[model.MappingDefinition, ...]:
    """Return the mappings of a file that stands outside the definitions; raises ItsmctlError with its problems."""
    from itsmctl.definitions.outside import mappings_in

    return mappings_in(path, definitions)


def validate(
    root: Path | None = None, paths: Sequence[Path] = (), as_of: date | None = None, *, kept_as: Path | None = None
) -> list[Problem]:
    """Return every problem of the definitions, or of the files named (judged within the whole set), by place.

    Laws about time are only asked where a day is named: nothing here looks at a clock. `kept_as` is as for `load`.
    """
    from itsmctl.definitions.registers.checking import is_about_rows

    folder = find_root(root)
    if not paths:
        return _read(folder, as_of, kept_as=kept_as)[1]
    only = frozenset(shown_files(folder, paths))
    _, problems = _read(folder, as_of, only=only)
    return [p for p in problems if p.where.file in only or is_about_rows(p) or p.code == "linked-folder"]


def shown_files(folder: Path, paths: Sequence[Path] = ()) -> list[str]:
    """The definition files of a root, or of the files and folders named, as messages name them."""
    shown = [_shown(folder, path) for path in definition_files(folder)]
    if not paths:
        return shown
    wanted = _wanted(folder, paths)
    shown += [name for name in wanted if name.endswith(".csv")]  # rows of a register
    for path, name in zip(paths, wanted, strict=True):
        if not any(_is_among(file, [name]) for file in shown):
            template = "no definition file of {root} is meant by this path, so nothing would be looked at"
            raise ItsmctlError(Problem("no-definitions", template, Where(str(path)), {"root": str(folder)}))
    return [file for file in shown if _is_among(file, wanted)]


def count_by_kind(root: Path | None = None, paths: Sequence[Path] = ()) -> Counter[str]:
    """How many definitions of each kind a root holds, or the files and folders named."""
    from itsmctl.definitions.reading import count

    folder = find_root(root)
    named = [name for name in shown_files(folder, paths) if not name.endswith(".csv")]
    return count([(folder / name, name) for name in named], Cache(folder))


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
    return any(shown == "." or file == shown or file.startswith(shown.rstrip("/") + "/") for shown in wanted)


def definition_files(folder: Path) -> list[Path]:
    """Every definition file under a root, sorted by its path; with those whose names end in other capitals, which are refused."""
    found = {
        path
        for part in FOLDERS
        for path in (folder / part).rglob("*")
        if path.suffix.lower() in SUFFIXES and path.is_file()
    }
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def linked_folders(folder: Path) -> list[Problem]:
    """A problem for every folder of definitions that is only linked to: it is not looked into, and must not count as empty."""
    template = "a symbolic link to a folder with definitions, which nobody looks into; put the files themselves here"
    folders = (Path(here, name) for part in FOLDERS for here, names, _ in os.walk(folder / part) for name in names)
    found = (path for path in folders if path.is_symlink() and any(path.rglob("*.y*ml")))
    return [Problem("linked-folder", template, Where(path.relative_to(folder).as_posix())) for path in sorted(found)]


def _read(
    folder: Path,
    as_of: date | None = None,
    *,
    errors_only: bool = False,
    only: Collection[str] | None = None,
    kept_as: Path | None = None,
) -> tuple[list[Entry], list[Problem]]:
    from itsmctl.definitions.reading import read

    files = [(path, _shown(folder, path)) for path in definition_files(folder)]
    entries, problems = read(files, as_of, errors_only=errors_only, only=only, cache=Cache(kept_as or folder))
    return entries, [*linked_folders(folder), *problems]


def _definitions(folder: Path, sums: Sequence[tuple[str, str]], built: Built) -> model.Definitions:
    sums = sorted(sums)

    def of(kind: str) -> Mapping[str, Any]:
        return _OnDemand(lambda: built(kind))

    return model.Definitions(
        root=folder,
        is_reference=folder.resolve() == reference_root().resolve(),
        files=tuple(name for name, _ in sums),
        digest=_digest(sums),
        **{name: of(kind) for kind, name in model.FIELD_OF_KIND.items()},
    )


class _OnDemand(Mapping[str, Any]):
    """The definitions of one kind by id, built when somebody first asks for any."""

    def __init__(self, make: Callable[[], Iterable[model.Definition]]) -> None:
        self._make = make

    @cached_property
    def _built(self) -> dict[str, Any]:
        return {d.id: d for d in sorted(self._make(), key=lambda d: d.id)}

    def __getitem__(self, key: str) -> Any:
        return self._built[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._built)

    def __len__(self) -> int:
        return len(self._built)


def _sums(folder: Path, files: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Each file with the SHA-256 of its bytes; line endings as they are on disk."""
    return tuple((name, hashlib.sha256(read_bytes(folder / name, name)).hexdigest()) for name in files)


def _unchanged(folder: Path, sums: Sequence[tuple[str, str]]) -> bool:
    """Whether files are still there with the content that they had."""
    return all((folder / name).is_file() for name, _ in sums) and _sums(folder, [name for name, _ in sums]) == tuple(
        sums
    )


def _digest(sums: Sequence[tuple[str, str]]) -> str:
    """SHA-256 over `sha256  path` lines, as `sha256sum` prints them."""
    return hashlib.sha256("".join(f"{sum_}  {name}\n" for name, sum_ in sums).encode()).hexdigest()


def _shown(folder: Path, path: Path) -> str:
    """A path as messages show it: relative to the root where it lies inside."""
    if path.is_relative_to(folder):
        return path.relative_to(folder).as_posix()
    inside, base = path.resolve(), folder.resolve()
    return inside.relative_to(base).as_posix() if inside.is_relative_to(base) else str(path)
