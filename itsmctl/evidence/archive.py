"""A zip file of which every byte follows from the names, contents and date of its members.

Members are stored, not deflated: what deflate yields depends on the zlib at hand, so two machines would write
different bytes, and Parquet, most of a large pack, is compressed already. Because nothing is left to chance, reading
one back can compare every header with the one that must stand there.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from itsmctl.errors import ItsmctlError, Problem, Where

MOST_MEMBERS = 0xFFFE
MOST_BYTES = 0xFFFFFFFE
"""Beyond these a zip needs the zip64 extension, which not every reader knows; such a pack is built as a folder."""
MOST_DIRECTORY_BYTES = 32 * 1024 * 1024

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_VERSION = 20
_UNIX = 3 << 8
_NAMES_ARE_UTF8 = 0x800
_PERMISSIONS = 0o100644 << 16


@dataclass(frozen=True)
class Member:
    """One file in a zip; `offset` is where its header begins."""

    name: str
    size: int
    crc32: int
    offset: int

    @property
    def data_offset(self) -> int:
        return self.offset + _LOCAL.size + len(_encoded(self.name))

    @property
    def end(self) -> int:
        return self.data_offset + self.size


def dos_date(day: date) -> int:
    """A day as zip files keep it; they begin in 1980 and end in 2107."""
    day = min(max(day, date(1980, 1, 1)), date(2107, 12, 31))
    return (day.year - 1980) << 9 | day.month << 5 | day.day


def local_header(member: Member, day: int) -> bytes:
    """The header in front of a member's bytes."""
    name = _encoded(member.name)
    sizes = (member.crc32, member.size, member.size)
    return _LOCAL.pack(b"PK\3\4", _VERSION, _NAMES_ARE_UTF8, 0, 0, day, *sizes, len(name), 0) + name


def central_header(member: Member, day: int) -> bytes:
    """The member's entry in the directory at the end of the file."""
    name = _encoded(member.name)
    sizes = (member.crc32, member.size, member.size)
    fixed = (b"PK\1\2", _UNIX | _VERSION, _VERSION, _NAMES_ARE_UTF8, 0, 0, day)
    return _CENTRAL.pack(*fixed, *sizes, len(name), 0, 0, 0, 0, _PERMISSIONS, member.offset) + name


def end_record(members: int, size: int, offset: int) -> bytes:
    """The last bytes of the file: how many members, and where their directory stands."""
    return _END.pack(b"PK\5\6", 0, 0, members, members, size, offset, 0)


def _encoded(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")


@dataclass(frozen=True)
class Structure:
    """A zip as read: its members, and the faults of its structure as (member name or '', what, expected, found)."""

    members: tuple[Member, ...]
    day: int
    faults: tuple[tuple[str, str, str, str], ...]


def read_structure(file: BinaryIO, shown_as: str) -> Structure:
    """Read the directory of a zip and compare every header with the one we would have written.

    Raises ItsmctlError where the directory cannot be read at all. Nothing is unpacked.
    """
    size = file.seek(0, 2)
    end, faults = _find_end(file, size, shown_as)
    _, _, _, _, count, directory_size, directory_offset, _ = _END.unpack(_read(file, end, _END.size))
    start = next((at for at in (directory_offset, end - directory_size) if _read(file, at, 4) == b"PK\1\2"), None)
    if start is None or end - start > MOST_DIRECTORY_BYTES:
        raise _unreadable(shown_as, "its directory is damaged or too large")
    records = _directory(_read(file, start, end - start), shown_as)
    members = [member for member, _ in records]
    day = Counter(record[14:16] for _, record in records).most_common(1)[0][0]
    day_number = int.from_bytes(day, "little")
    compressed = sum(record[10:12] != b"\0\0" for _, record in records)
    if 2 * compressed > len(records):
        raise _unreadable(shown_as, "another program compressed it; unpack it and verify the folder")
    shift = start - directory_offset if _read(file, members[0].offset, 4) != b"PK\3\4" else 0
    if shift > 0:
        faults.append(("", "bytes before the archive", "0", str(shift)))
        members = [Member(m.name, m.size, m.crc32, m.offset + shift) for m in members]
    for member, (unshifted, record) in zip(members, records, strict=True):
        faults += _header_faults(file, member, unshifted, record, day_number)
    faults += _order_faults(members, max(shift, 0), start, {name for name, *_ in faults})
    if _read(file, end, _END.size) != end_record(len(records), end - start, start - max(shift, 0)):
        faults.append(("", "end record", f"{len(records)} members", f"{count} members, or other fields"))
    return Structure(tuple(members), day_number, tuple(faults))


def _find_end(file: BinaryIO, size: int, shown_as: str) -> tuple[int, list[tuple[str, str, str, str]]]:
    """Where the end record begins, allowing for the comment that a zip may have (and ours has not)."""
    tail = min(size, _END.size + 0xFFFF)
    at = _read(file, size - tail, tail).rfind(b"PK\5\6")
    end = size - tail + at
    if at < 0 or end + _END.size > size:
        raise _unreadable(shown_as, "it has no end record; it is cut off, or not a zip file")
    after = size - end - _END.size
    return end, [("", "bytes after the archive", "0", str(after))] if after else []


def _directory(content: bytes, shown_as: str) -> list[tuple[Member, bytes]]:
    records: list[tuple[Member, bytes]] = []
    at = 0
    while at < len(content):
        fixed = content[at : at + _CENTRAL.size]
        if len(fixed) < _CENTRAL.size or not fixed.startswith(b"PK\1\2") or len(records) > MOST_MEMBERS:
            raise _unreadable(shown_as, f"its directory is damaged at entry {len(records) + 1}")
        _, _, _, _, _, _, _, crc32, _, size, names, extra, comment, _, _, _, offset = _CENTRAL.unpack(fixed)
        stop = at + _CENTRAL.size + names + extra + comment
        name = content[at + _CENTRAL.size : at + _CENTRAL.size + names].decode("utf-8", "surrogateescape")
        records.append((Member(name, size, crc32, offset), content[at:stop]))
        at = stop
    return records


def _header_faults(
    file: BinaryIO, member: Member, unshifted: Member, record: bytes, day: int
) -> list[tuple[str, str, str, str]]:
    faults = []
    expected = central_header(unshifted, day)
    if record != expected:
        faults.append((member.name, "directory entry", expected.hex(), record.hex()))
    expected = local_header(unshifted, day)
    found = _read(file, member.offset, len(expected))
    if found != expected:
        faults.append((member.name, "header", expected.hex(), found.hex()))
    return faults


def _order_faults(
    members: Sequence[Member], position: int, directory: int, known: set[str]
) -> list[tuple[str, str, str, str]]:
    """Members must follow each other without gap or overlap, each once, sorted by name; `known` are damaged already."""
    faults = []
    before = ""
    for member in members:
        if member.offset != position and not {before, member.name} & known:
            faults.append((member.name, "position", str(position), str(member.offset)))
        position, before = member.end, member.name
    if position != directory and before not in known:
        faults.append((before, "end", str(directory), str(position)))
    seen = Counter(member.name for member in members)
    faults += [(name, "times in the archive", "1", str(times)) for name, times in seen.items() if times > 1]
    names = [member.name for member in members]
    if names != sorted(names):
        faults.append(("", "order of members", "sorted by name", "not sorted"))
    return faults


def _read(file: BinaryIO, at: int, size: int) -> bytes:
    file.seek(max(at, 0))
    return file.read(size)


def _unreadable(shown_as: str, why: str) -> ItsmctlError:
    return ItsmctlError(
        Problem("unreadable-pack", "cannot read the evidence pack: {why}", Where(shown_as), {"why": why})
    )
