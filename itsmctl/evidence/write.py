"""Write a pack, as a folder or a zip, whole or not at all: the same payload and date give the same bytes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.evidence import archive
from itsmctl.evidence.bag import (
    ALGORITHMS,
    BAGIT,
    CHUNK,
    DECLARATION,
    INFO,
    MANIFESTS,
    SEAL_FOLDERS,
    TAG_FILES,
    TAG_MANIFESTS,
    Digests,
    digest,
    digest_while,
    info,
    info_field,
    is_safe,
    manifest,
)
from itsmctl.evidence.container import Opened, Part, content_of
from itsmctl.output import cannot_write, new_file, replacing

Content = bytes | Path | Part
"""What goes into a file of the pack: bytes, a file to copy, or the file of another pack."""

Seal = Callable[[Mapping[str, Digests]], Mapping[str, bytes]]
"""From the digests of all tag files to the files that stand beside them, such as a signature over them."""

BASE_PREFIX = "itsmctl-evidence-"
"""The folder that a zip unpacks to is named for the day of the audit, not for the zip: renaming changes no byte."""

_PERMISSIONS = 0o644
"""Of every file of a pack, whatever the machine's habits."""


@dataclass(frozen=True)
class Written:
    """What was written: the digests of every file by its path in the pack, and of the zip where it is one."""

    digests: Mapping[str, Digests]
    archive_sha256: str


class _Sink(Protocol):
    def add(self, path: str, content: Content) -> Digests: ...


def write_pack(
    out: Path, payload: Mapping[str, Content], fields: Sequence[tuple[str, str]], as_of: datetime, seal: Seal
) -> Written:
    """Write the pack at `out`, replacing only an earlier pack; a name that ends in `.zip` makes it a zip."""
    for path in payload:
        if not is_safe(path):
            message = (
                'a pack cannot hold a file of this name; rename it without \\ % : * ? " < > | and control characters'
            )
            raise ItsmctlError(Problem("unsafe-name", message, Where(path.removeprefix("data/"))))
    _refuse_to_replace(out)
    if not is_zip_name(out):
        with replacing(out) as folder:
            digests = _fill(_Folder(folder), payload, fields, as_of, seal)
            _settle(folder, as_of)
        return Written(digests, "")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with new_file(out, _PERMISSIONS) as file:
            zipped = _Zip(file, as_of.date())
            digests = _fill(zipped, payload, fields, as_of, seal)
            sha256 = zipped.finish()
    except OSError as error:
        raise cannot_write(out, error) from error
    return Written(digests, sha256)


def add_file(opened: Opened, path: str, content: bytes) -> None:
    """Put one more file beside the tag manifests of an intact pack; a zip is written anew, whole or not at all."""
    pack = opened.pack
    try:
        if pack.is_dir():
            (pack / path).parent.mkdir(exist_ok=True)
            with new_file(pack / path, _PERMISSIONS, near=pack.resolve().parent) as file:
                file.write(content)
            return
        day = date.fromisoformat(info_field(content_of(opened, INFO), "Bagging-Date"))
        files: dict[str, Content] = {**opened.parts, path: content}
        with new_file(pack, _PERMISSIONS) as file:
            zipped = _Zip(file, day)
            for name in sorted(files):
                zipped.add(name, files[name])
            zipped.finish()
    except OSError as error:
        raise cannot_write(pack, error) from error


def is_zip_name(out: Path) -> bool:
    """Whether a pack of this name is a zip."""
    return out.suffix.lower() == ".zip"


def _fill(
    sink: _Sink, payload: Mapping[str, Content], fields: Sequence[tuple[str, str]], as_of: datetime, seal: Seal
) -> dict[str, Digests]:
    """Add every file in the order of its path; the seals are over the tag manifests, which are short and made first."""
    sizes = [_size(content) for content in payload.values()]
    oxum = f"{sum(sizes)}.{len(sizes)}"
    dated = [*fields, ("Bagging-Date", as_of.date().isoformat()), ("Payload-Oxum", oxum)]
    digests = {INFO: sink.add(INFO, info(sorted(dated))), DECLARATION: sink.add(DECLARATION, BAGIT)}
    data = {path: sink.add(path, payload[path]) for path in sorted(payload)}
    if sum(found.size for found in data.values()) != sum(sizes):
        raise ItsmctlError(
            Problem("changed-meanwhile", "the result folder changed while the pack was written; build again")
        )
    digests |= {MANIFESTS[a]: sink.add(MANIFESTS[a], manifest(data, a)) for a in ALGORITHMS}
    tags = {path: digests[path] for path in TAG_FILES}
    tag_manifests = {TAG_MANIFESTS[a]: manifest(tags, a) for a in ALGORITHMS}
    seals = seal({**tags, **{path: digest((content,)) for path, content in tag_manifests.items()}})
    last = {**tag_manifests, **seals}
    digests |= {path: sink.add(path, last[path]) for path in sorted(last)}
    return {**data, **digests}


def chunks_of(content: Content) -> Iterator[bytes]:
    """The bytes of a content, piece by piece."""
    if isinstance(content, bytes):
        yield content
        return
    if isinstance(content, Part):
        yield from content.chunks()
        return
    try:
        with content.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk
    except OSError as error:
        raise _unreadable(content, error) from error


def _size(content: Content) -> int:
    try:
        if isinstance(content, Part):
            return sum(len(chunk) for chunk in content.chunks())
        return content.stat().st_size if isinstance(content, Path) else len(content)
    except OSError as error:
        raise _unreadable(Path(str(content)), error) from error


def _unreadable(path: Path, error: OSError) -> ItsmctlError:
    values = {"why": error.strerror or str(error)}
    return ItsmctlError(Problem("unreadable-file", "cannot read the file: {why}", Where(str(path)), values))


def _copy(content: Content, file: BinaryIO) -> Digests:
    for chunk, found in digest_while(chunks_of(content)):
        file.write(chunk)
        if found is not None:
            return found
    raise AssertionError("digest_while always ends with the digests")


class _Folder:
    """Collects files in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, path: str, content: Content) -> Digests:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            return _copy(content, file)


class _Zip:
    """Collects files in a zip; a header is written again once its member's size and checksum are known."""

    def __init__(self, file: BinaryIO, day: date) -> None:
        self.file = file
        self.day = archive.dos_date(day)
        self.base = base_folder(day)
        self.members: list[archive.Member] = []

    def add(self, path: str, content: Content) -> Digests:
        start = self.file.tell()
        name = f"{self.base}/{path}"
        self.file.write(archive.local_header(archive.Member(name, 0, 0, start), self.day))
        found = _copy(content, self.file)
        end = self.file.tell()
        if end > archive.MOST_BYTES or len(self.members) >= archive.MOST_MEMBERS:
            raise ItsmctlError(
                Problem("too-large-for-zip", "too large for a zip file; build the pack as a folder", Where(path))
            )
        member = archive.Member(name, found.size, found.crc32, start)
        self.file.seek(start)
        self.file.write(archive.local_header(member, self.day))
        self.file.seek(end)
        self.members.append(member)
        return found

    def finish(self) -> str:
        """Write the directory, and return the SHA-256 of the whole file."""
        start = self.file.tell()
        for member in self.members:
            self.file.write(archive.central_header(member, self.day))
        self.file.write(archive.end_record(len(self.members), self.file.tell() - start, start))
        self.file.seek(0)
        *_, (_, found) = digest_while(iter(lambda: self.file.read(CHUNK), b""))
        assert found is not None
        return found.sha256


def base_folder(day: date) -> str:
    """The name of the one folder inside a zip, as RFC 8493 asks for."""
    return BASE_PREFIX + day.isoformat()


def _refuse_to_replace(out: Path) -> None:
    """Raise ItsmctlError when something stands at `out` that is not a pack (or an empty folder)."""
    try:
        if not os.path.lexists(out):
            return
        if is_zip_name(out) and out.is_file() and not out.is_symlink():
            with out.open("rb") as file:
                start = file.read(64)
            ours = start.startswith(b"PK\3\4") and BASE_PREFIX.encode() in start
        else:
            ours = not is_zip_name(out) and out.is_dir() and not out.is_symlink() and _is_pack_or_empty(out)
    except OSError as error:
        raise cannot_write(out, error) from error
    if not ours:
        message = "this exists already and is not an evidence pack, so it is not replaced; name another output"
        raise ItsmctlError(Problem("not-a-pack", message, Where(str(out))))


def _is_pack_or_empty(folder: Path) -> bool:
    names = {path.name for path in folder.iterdir()}
    return not names or {"data", *TAG_FILES, *TAG_MANIFESTS.values()} == names - SEAL_FOLDERS


def _settle(folder: Path, as_of: datetime) -> None:
    """Give every file the same permissions and time, whatever the machine's habits."""
    moment = max(int(as_of.timestamp()), int(datetime(1980, 1, 1, tzinfo=UTC).timestamp()))
    for path in [*folder.rglob("*"), folder]:
        path.chmod(0o755 if path.is_dir() else _PERMISSIONS)
    for path in [*folder.rglob("*"), folder]:
        os.utime(path, (moment, moment))
