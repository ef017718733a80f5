"""The file as given, plain, gzip or zip, becomes one plain file to read; its digest stays that of the file as given."""

from __future__ import annotations

import gzip
import hashlib
import lzma
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from itsmctl.beside import Beside
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.importers.encoding import wrong_kind
from itsmctl.language import msg

MAX_RATIO = 200
MAX_INFLATED = 2**28
"""An archive may inflate, all its files together, to the larger of MAX_RATIO times its own size and this many bytes."""

MAX_MEMBERS = 100
"""Files in one zip."""
DAMAGED = (
    zipfile.BadZipFile,
    gzip.BadGzipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    NotImplementedError,
    ValueError,
    RuntimeError,
)
"""What the standard library raises over archives that somebody cut off or made up."""
_CHUNK = 2**20
_NESTED = 2
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n", msg("a PNG image")),
    (b"\xff\xd8\xff", msg("a JPEG image")),
    (b"GIF8", msg("a GIF image")),
    (b"%PDF", msg("a PDF document")),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", msg("an old Excel or Office file")),
    (b"BZh", msg("a bzip2 archive")),
    (b"\xfd7zXZ", msg("an xz archive")),
    (b"7z\xbc\xaf", msg("a 7-Zip archive")),
    (b"\x28\xb5\x2f\xfd", msg("a Zstandard archive")),
    (b"Rar!", msg("a RAR archive")),
    (b"\x7fELF", msg("a program")),
    (b"{\\rtf", msg("an RTF document")),
)


@dataclass(frozen=True)
class Plain:
    """A file ready to read at `path`; `sha256` and `bytes` are those of the file as it was given, and so is `name` but for a file among several."""

    path: Path
    shown: str
    name: str
    member: str
    digest: Beside[str]
    bytes: int

    @property
    def given(self) -> str:
        """The file as it was named, whichever of several in it this is."""
        return self.shown.removesuffix(f"/{self.member}") if "/" in self.name else self.shown

    @property
    def sha256(self) -> str:
        """The digest, which is made while the file is read."""
        return self.digest.result()


def files_in(path: Path) -> list[Path]:
    """The files of a folder, but for hidden ones, what systems leave there, and JSON that itsmctl itself wrote beside an export;
    else the file.

    Raises ItsmctlError for a pipe or a device: it can be read once, and waits for ever where nobody writes into it.
    """
    if not path.is_dir():
        if path.exists() and not path.is_file():
            template = "this is a pipe or a device, and an export is read more than once; save it as a file first"
            raise ItsmctlError(Problem("no-file", template, Where(str(path))))
        return [path]
    found = sorted(
        file
        for file in path.iterdir()
        if file.is_file() and not file.name.startswith(".") and not _is_debris(file.name)
    )
    kept = [file for file in found if not (file.suffix == ".json" and _is_ours(file))]
    if not kept and (within := folders_in(path)):
        template = "the folder holds no exported files, but folders: {folders}; name those"
        raise ItsmctlError(Problem("no-files", template, Where(str(path)), {"folders": ", ".join(within)}))
    if not kept:
        raise ItsmctlError(Problem("no-files", "the folder holds no exported files", Where(str(path))))
    return kept


def folders_in(path: Path) -> list[str]:
    """The folders within a folder, which `files_in` does not look into, and that hold files that are not itsmctl's own."""
    if not path.is_dir():
        return []
    inner = sorted(one for one in path.iterdir() if one.is_dir() and not one.name.startswith((".", "__")))
    return [f"{path.name}/{one.name}" for one in inner if _holds_files(one)]


def _holds_files(folder: Path) -> bool:
    for place, folders, names in os.walk(folder):
        if "bagit.txt" in names or any(n.endswith(".json") and _is_ours(Path(place, n)) for n in names):
            folders.clear()
        elif any(not name.startswith(".") and not _is_debris(name) for name in names):
            return True
    return False


Stamps = Mapping[Path, tuple[int, int, int] | None]
"""Files with what tells whether they are as they were; None where there is none."""


def stamps_of(files: Iterable[Path]) -> Stamps:
    """How files are now: to be asked before they are read, which takes more than one reading."""
    return {file: _stamp(file) for file in files}


def check_unchanged(stamps: Stamps) -> None:
    """Raise ItsmctlError where a file is another than it was: what was read of it may be of both."""
    changed = sorted(file for file, stamp in stamps.items() if _stamp(file) != stamp)
    if changed:
        template = "the file changed while it was read; import it again when it is whole"
        raise ItsmctlError(Problem("changed-meanwhile", template, Where(str(file))) for file in changed)


def _stamp(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _is_ours(file: Path) -> bool:
    with file.open("rb") as stream:
        return re.match(rb'\s*\{\s*"format"\s*:\s*"itsmctl/', stream.read(200)) is not None


def unpack(file: Path, scratch: Path) -> list[Plain]:
    """Return the plain files behind `file`, unpacked into `scratch` where it was compressed; a zip may hold several.

    Raises ItsmctlError for what cannot be read, inflates beyond measure or is no table at all.
    """
    shown = str(file)
    try:
        size = file.stat().st_size
        parts = _inflate(file, "", shown, _Room(max(MAX_RATIO * size, MAX_INFLATED), size, scratch))
    except OSError as error:
        raise _unreadable(shown, error) from error
    digest = Beside(lambda: digest_of(file, shown))
    several = len(parts) > 1
    plains = []
    for path, member in parts:
        beside = f"/{member}" if several else ""
        _refuse_other_kinds(path, shown + beside)
        plains.append(Plain(path, shown + beside, _portable(file.name + beside), member, digest, size))
    return plains


def digest_of(file: Path, shown: str) -> str:
    """The SHA-256 of a file; `shown` names it where it cannot be read."""
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(shown, error) from error


class _Room:
    """How much may still be unpacked from a file as it was given, whatever it holds, and where."""

    def __init__(self, most: int, compressed: int, scratch: Path) -> None:
        self.left = self.most = most
        self.compressed, self._scratch = compressed, scratch

    def place(self) -> Path:
        """A place for one more plain file."""
        return self._scratch / f"plain-{len(list(self._scratch.iterdir()))}"


def _inflate(path: Path, member: str, shown: str, room: _Room, depth: int = 0) -> list[tuple[Path, str]]:
    """The plain files in a file, each with its name inside it."""
    head = _head(path)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        if _is_workbook(path, shown):
            return [(path, member)]
        inner = _unzip(path, shown, room)
    elif head.startswith(b"\x1f\x8b"):
        with gzip.open(path) as packed:
            inner = [(_copy(packed, shown, room), "")]
    else:
        return [(path, member)]
    if depth == _NESTED:
        raise _error("nested-archive", "archives inside archives inside archives; unpack the file first", shown)
    return [
        plain
        for target, name in inner
        for plain in _inflate(target, _within(member, name, inner), shown, room, depth + 1)
    ]


def _within(member: str, name: str, beside: Sequence[tuple[Path, str]]) -> str:
    """The name of a file inside an archive: its own, after that of an archive of several that lies in another."""
    return f"{member}/{name}" if member and name and len(beside) > 1 else name or member


def _is_workbook(path: Path, shown: str) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except DAMAGED as error:
        raise _damaged(shown, error) from error


def _unzip(path: Path, shown: str, room: _Room) -> list[tuple[Path, str]]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if not _is_debris(info.filename)]
            if "[Content_Types].xml" in (info.filename for info in members):
                raise wrong_kind(msg("an Office file, but no Excel workbook (xlsx)"), shown)
            if not 1 <= len(members) <= MAX_MEMBERS:
                template = "the zip holds {count} files; between one and {limit} are read"
                raise _error("zip-members", template, shown, count=len(members), limit=MAX_MEMBERS)
            if any(info.flag_bits & 1 for info in members):
                raise _error("encrypted-archive", "the zip is encrypted; unpack it first", shown)
            return [(_extract(archive, info, shown, room), _portable(info.filename)) for info in members]
    except DAMAGED as error:
        raise _damaged(shown, error) from error


def _extract(archive: zipfile.ZipFile, info: zipfile.ZipInfo, shown: str, room: _Room) -> Path:
    with archive.open(info) as packed:
        return _copy(packed, shown, room)


def _copy(packed: IO[bytes] | gzip.GzipFile, shown: str, room: _Room) -> Path:
    target = room.place()
    try:
        with target.open("wb") as plain:
            while chunk := packed.read(_CHUNK):
                room.left -= len(chunk)
                if room.left < 0:
                    template = "inflates to more than {limit} bytes from {compressed}; unpack it first if that is meant"
                    raise _error("archive-bomb", template, shown, limit=room.most, compressed=room.compressed)
                plain.write(chunk)
    except DAMAGED as error:
        raise _damaged(shown, error) from error
    return target


def _refuse_other_kinds(path: Path, shown: str) -> None:
    head = _head(path)
    if not head:
        raise _error("empty-file", "the file is empty", shown)
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            raise wrong_kind(kind, shown)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")):
        raise wrong_kind(msg("a web page (an error or login page saved instead of the export?)"), shown)


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(1024)


def _is_debris(name: str) -> bool:
    """Folders, what macOS and Windows leave everywhere, and the mark of a workbook that is open; a name may even be empty."""
    last = name.rsplit("/", 1)[-1]
    left = last.lower() in (".ds_store", "thumbs.db", "desktop.ini") or last.startswith("~$")
    return name.endswith("/") or name.startswith("__MACOSX/") or left


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
