"""The definition files of a zip or tar archive, wherever in it the management system lies."""

from __future__ import annotations

import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.history.files import MAX_FILES, is_read, not_a_file
from itsmctl.reference import FOLDERS
from itsmctl.source import MAX_BYTES

_LINK = 0o120000


@dataclass(frozen=True)
class _Member:
    name: str
    is_plain: bool
    open: Callable[[], IO[bytes]]


def is_archive(path: Path) -> bool:
    """Whether a file is a zip or a tar, plain or compressed."""
    return path.is_file() and (zipfile.is_zipfile(path) or tarfile.is_tarfile(path))


def files_in(path: Path) -> Iterator[tuple[str, bytes]]:
    """Every file that definitions are read from, by its path from the root of the management system."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                yield from _files(path, [_of_zip(archive, info) for info in archive.infolist()])
        else:
            with tarfile.open(path) as tar:
                yield from _files(path, [_of_tar(tar, info) for info in tar])
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, OSError, RuntimeError) as error:
        template = "cannot read the archive: {why}"
        raise ItsmctlError(Problem("unreadable-archive", template, Where(str(path)), {"why": str(error)})) from error


def _of_zip(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> _Member:
    kind = info.external_attr >> 16 & 0o170000
    name = info.filename.rstrip("/") if info.is_dir() else info.filename
    return _Member(name, kind != _LINK, lambda: archive.open(info))


def _of_tar(archive: tarfile.TarFile, info: tarfile.TarInfo) -> _Member:
    def opened() -> IO[bytes]:
        stream = archive.extractfile(info)
        assert stream is not None
        return stream

    return _Member(info.name.removeprefix("./"), info.isreg() or info.isdir(), opened)


def _files(path: Path, members: Sequence[_Member]) -> Iterator[tuple[str, bytes]]:
    for member in members:
        if ".." in member.name.split("/") or member.name.startswith("/"):
            template = "{path!r} leads out of its folder; nothing of this is read"
            raise ItsmctlError(Problem("unsafe-path", template, Where(str(path)), {"path": member.name}))
    base = _base(path, [member.name for member in members])
    seen: set[str] = set()
    for member in members:
        name = member.name.removeprefix(base)
        if not member.name.startswith(base) or name.split("/")[0] not in FOLDERS:
            continue
        if not member.is_plain:
            raise ItsmctlError(not_a_file(str(path), member.name))
        if not is_read(name):
            continue
        if name in seen or len(seen) == MAX_FILES:
            template = "{path} stands twice in the archive" if name in seen else "more than {most} files of definitions"
            values: dict[str, object] = {"path": member.name, "most": MAX_FILES}
            raise ItsmctlError(Problem("unreadable-archive", template, Where(str(path)), values))
        seen.add(name)
        with member.open() as stream:
            yield name, stream.read(MAX_BYTES + 1)


def _base(path: Path, names: Sequence[str]) -> str:
    """Where the management system lies in an archive: forges put everything into one folder."""
    found = set()
    for name in names:
        parts = name.split("/")
        at = next((number for number, part in enumerate(parts[:-1]) if part in FOLDERS), None)
        if at is not None and is_read("/".join(parts[at:])):
            found.add("/".join([*parts[:at], ""]) if at else "")
    shortest = min((base.count("/") for base in found), default=0)
    nearest = sorted(base for base in found if base.count("/") == shortest)
    if len(nearest) == 1:
        return nearest[0]
    values = {"folders": ", ".join(f"{name}/" for name in FOLDERS), "found": ", ".join(nearest)}
    template = (
        "several management systems in one archive: {found}"
        if nearest
        else "no definitions here; expected YAML files under {folders}"
    )
    raise ItsmctlError(Problem("no-definitions", template, Where(str(path)), values))
