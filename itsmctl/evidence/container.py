"""Open a pack, folder or zip, without unpacking it: where each file's bytes are, and what the container shows."""

from __future__ import annotations

import os
import re
import stat
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.evidence import archive
from itsmctl.evidence.bag import CHUNK

MOST_FILES = 200_000
MOST_BYTES = 1 << 40
MOST_TAG_BYTES = 64 * 1024 * 1024
"""A pack beyond these limits is refused, because it is no pack of ours but an attempt to exhaust the machine."""

Fault = Literal[
    "altered",
    "missing",
    "added",
    "malformed",
    "duplicate",
    "unsafe",
    "incomplete",
    "disagrees",
    "not-a-file",
    "oxum",
    "unsigned",
    "contradicts",
    "other-pack",
    "other-key",
    "bad-signature",
    "bad-timestamp",
    "archive",
]


@dataclass(frozen=True, order=True)
class Difference:
    """One thing that differs in one file; `about` is the other file or the part of the file that it concerns."""

    file: str
    fault: Fault
    algorithm: str = ""
    expected: str = ""
    found: str = ""
    about: str = ""


@dataclass(frozen=True)
class Part:
    """Where the bytes of one file of the pack are; a size of None means up to the end of the file."""

    path: Path
    offset: int = 0
    size: int | None = None

    def chunks(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            file.seek(self.offset)
            left = self.size
            while chunk := file.read(CHUNK if left is None else min(CHUNK, left)):
                left = None if left is None else left - len(chunk)
                yield chunk


@dataclass(frozen=True)
class Opened:
    """A pack's files by their path in it, and what its container already shows."""

    pack: Path
    parts: Mapping[str, Part]
    differences: tuple[Difference, ...]
    crc32: Mapping[str, int] = field(default_factory=dict)
    day: int | None = None


def open_pack(pack: Path) -> Opened:
    """Open a pack; raises ItsmctlError when it is none, or exceeds what a pack may be."""
    mode = pack.stat().st_mode
    if stat.S_ISDIR(mode):
        return _open_folder(pack)
    if stat.S_ISREG(mode):
        return _open_zip(pack)
    raise unreadable(pack, "it is neither a folder nor a file")


def content_of(opened: Opened, name: str) -> bytes:
    """A tag file, whole."""
    content = b""
    for chunk in opened.parts[name].chunks():
        content += chunk
        if len(content) > MOST_TAG_BYTES:
            raise unreadable(opened.pack, f"{name} is larger than any tag file of a pack")
    return content


def _open_folder(pack: Path) -> Opened:
    parts: dict[str, Part] = {}
    differences: list[Difference] = []
    size = 0
    folders = [pack]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                path = Path(entry.path)
                name = path.relative_to(pack).as_posix()
                if entry.is_dir(follow_symlinks=False):
                    folders.append(path)
                elif entry.is_file(follow_symlinks=False):
                    parts[name] = Part(path)
                    size += entry.stat(follow_symlinks=False).st_size
                else:
                    differences.append(Difference(name, "not-a-file"))
                if len(parts) + len(folders) + len(differences) > MOST_FILES or size > MOST_BYTES:
                    raise unreadable(pack, "it has more files or bytes than any pack")
    return Opened(pack, parts, tuple(differences))


def _open_zip(pack: Path) -> Opened:
    with pack.open("rb") as file:
        structure = archive.read_structure(file, str(pack))
        size = file.seek(0, 2)
    # Members that overlap could make a small file cost any amount of hashing.
    if sum(max(0, min(m.size, size - m.data_offset)) for m in structure.members) > 2 * size:
        raise unreadable(pack, "its members overlap")
    base = Counter(member.name.split("/")[0] for member in structure.members).most_common(1)[0][0]
    prefix = f"{base}/"
    differences = [
        Difference(name.removeprefix(prefix), "archive", expected=expected, found=found, about=what)
        for name, what, expected, found in structure.faults
    ]
    inside = [member for member in structure.members if member.name.startswith(prefix)]
    differences += [Difference(m.name, "added") for m in structure.members if not m.name.startswith(prefix)]
    parts = {m.name.removeprefix(prefix): Part(pack, m.data_offset, m.size) for m in inside}
    crc32 = {m.name.removeprefix(prefix): m.crc32 for m in inside}
    if re.fullmatch(r"itsmctl-evidence-\d{4}-\d\d-\d\d", base) is None:
        differences.append(Difference("", "archive", found=base, about="base folder"))
    return Opened(pack, parts, tuple(differences), crc32, structure.day)


def unreadable(place: Path, why: str) -> ItsmctlError:
    """The one problem of a pack that cannot be verified at all."""
    return ItsmctlError(
        Problem("unreadable-pack", "cannot read the evidence pack: {why}", Where(str(place)), {"why": why})
    )
