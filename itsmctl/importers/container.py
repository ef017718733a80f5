"""The file as given, plain, gzip or zip, becomes one plain file to read; its digest stays that of the file as given."""

from __future__ import annotations

import gzip
import hashlib
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from itsmctl.beside import Beside
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.importers.encoding import wrong_kind

MAX_RATIO = 200
MAX_INFLATED = 4 * 2**30
"""An archive may inflate to the larger of MAX_RATIO times its own size and this many bytes."""

_CHUNK = 2**20
_NESTED = 2
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF", "a PDF document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel or Office file"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"{\\rtf", "an RTF document"),
)


@dataclass(frozen=True)
class Plain:
    """A file ready to read at `path`; `name`, `sha256` and `bytes` are those of the file as it was given."""

    path: Path
    shown: str
    name: str
    member: str
    digest: Beside[str]
    bytes: int

    @property
    def sha256(self) -> str:
        """The digest, which is made while the file is read."""
        return self.digest.result()


def files_in(path: Path) -> list[Path]:
    """The files of a folder, but for hidden ones and JSON that itsmctl itself wrote beside an export; else the file."""
    if not path.is_dir():
        return [path]
    found = sorted(file for file in path.iterdir() if file.is_file() and not file.name.startswith("."))
    kept = [file for file in found if not (file.suffix == ".json" and _is_ours(file))]
    if not kept:
        raise ItsmctlError(Problem("no-files", "the folder holds no exported files", Where(str(path))))
    return kept


def _is_ours(file: Path) -> bool:
    with file.open("rb") as stream:
        return re.match(rb'\s*\{\s*"format"\s*:\s*"itsmctl/', stream.read(200)) is not None


def unpack(file: Path, scratch: Path) -> Plain:
    """Return the plain file behind `file`, unpacked into `scratch` where it was compressed.

    Raises ItsmctlError for what cannot be read, holds several files, inflates beyond measure or is no table at all.
    """
    shown = str(file)
    try:
        size = file.stat().st_size
        path, member = _inflate(file, shown, scratch)
    except OSError as error:
        raise _unreadable(shown, error) from error
    _refuse_other_kinds(path, shown)
    return Plain(path, shown, _portable(file.name), member, Beside(lambda: _digest(file, shown)), size)


def _digest(file: Path, shown: str) -> str:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(shown, error) from error


def _inflate(file: Path, shown: str, scratch: Path) -> tuple[Path, str]:
    path, member = file, ""
    for depth in range(_NESTED + 1):
        head = _head(path)
        target = scratch / f"plain-{len(list(scratch.iterdir()))}"
        if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            if _is_workbook(path, shown):
                return path, member
            inner = _unzip(path, shown, target)
        elif head.startswith(b"\x1f\x8b"):
            inner = ""
            with gzip.open(path) as packed:
                _copy(packed, target, path.stat().st_size, shown)
        else:
            return path, member
        if depth == _NESTED:
            break
        path, member = target, inner or member
    raise _error("nested-archive", "archives inside archives inside archives; unpack the file first", shown)


def _is_workbook(path: Path, shown: str) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except zipfile.BadZipFile as error:
        raise _damaged(shown, error) from error


def _unzip(path: Path, shown: str, target: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if not info.is_dir() and not _is_debris(info.filename)]
            names = sorted(info.filename for info in members)
            if "[Content_Types].xml" in names:
                raise wrong_kind("an Office file, but no Excel workbook (xlsx)", shown)
            if len(members) != 1:
                template = "a zip must hold exactly one exported file; this one holds {count}: {names}"
                listed = ", ".join(names[:10]) or "none"
                raise _error("zip-members", template, shown, count=len(members), names=listed)
            if members[0].flag_bits & 1:
                raise _error("encrypted-archive", "the zip is encrypted; unpack it first", shown)
            with archive.open(members[0]) as packed:
                _copy(packed, target, path.stat().st_size, shown)
            return _portable(members[0].filename)
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise _damaged(shown, error) from error


def _copy(packed: IO[bytes] | gzip.GzipFile, target: Path, compressed: int, shown: str) -> None:
    limit = max(MAX_RATIO * compressed, MAX_INFLATED)
    written = 0
    try:
        with target.open("wb") as plain:
            while chunk := packed.read(_CHUNK):
                written += len(chunk)
                if written > limit:
                    template = "inflates to more than {limit} bytes from {compressed}; unpack it first if that is meant"
                    raise _error("archive-bomb", template, shown, limit=limit, compressed=compressed)
                plain.write(chunk)
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
        raise _damaged(shown, error) from error


def _refuse_other_kinds(path: Path, shown: str) -> None:
    head = _head(path)
    if not head:
        raise _error("empty-file", "the file is empty", shown)
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            raise wrong_kind(kind, shown)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")):
        raise wrong_kind("a web page (an error or login page saved instead of the export?)", shown)


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(1024)


def _is_debris(name: str) -> bool:
    """What macOS and Windows leave in every archive."""
    last = name.rsplit("/", 1)[-1]
    return name.startswith("__MACOSX/") or last in (".DS_Store", "Thumbs.db", "desktop.ini")


def _portable(name: str) -> str:
    """A file name that can be written as UTF-8, whatever bytes the file system holds."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _damaged(shown: str, why: Exception) -> ItsmctlError:
    return _error("bad-archive", "the archive is damaged or cut off: {why}", shown, why=why)


def _unreadable(shown: str, error: OSError) -> ItsmctlError:
    return _error("unreadable-file", "cannot read the file: {why}", shown, why=error.strerror or error)


def _error(code: str, template: str, shown: str, **values: object) -> ItsmctlError:
    facts: Mapping[str, object] = values
    return ItsmctlError(Problem(code, template, Where(shown), facts))
