"""Definitions that were read before, kept by the content of their file: what did not change is not parsed again.

The cache can only save time. It is found by the SHA-256 of a file's bytes, of every schema and of this program's
version, holds nothing but documents that passed their schema, and is left alone where it cannot be read or written.
"""

from __future__ import annotations

import hashlib
import marshal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from itsmctl import __version__, kept
from itsmctl.marks import inside_of, pack
from itsmctl.reference import reference_root, schema_folder
from itsmctl.source import Document

FORMAT = 4
"""Raised whenever what is kept changes its form or its meaning."""
_PACKAGE = Path(__file__).resolve().parent.parent
_JUDGES = ("definitions", "checks", "model", "worktime")
"""The code that decides what is an error: in a checkout it changes without a new version."""


Sums = tuple[tuple[str, str], ...]
"""Files with their SHA-256."""
Sound = tuple[str, Sums, Sums]
"""The digest of a system without errors, its files, and the files with rows of its registers."""
NOTHING: Sound = ("", (), ())


@dataclass(frozen=True)
class Sheet:
    """One document that passed its schema: its name at hand, its content packed away until somebody asks."""

    kind: str
    id: str
    aliases: tuple[str, ...]
    index: int
    packed: bytes

    def document(self, file: str) -> Document:
        """The document as it was read, under the name that its file has today."""
        data, mark = marshal.loads(self.packed)
        return Document(data, file, self.index, mark)


def sheet_of(document: Document) -> Sheet:
    """Pack a document that passed its schema."""
    data: Any = document.data
    line, column, _ = document.mark
    packed = marshal.dumps((data, (line, column, pack(inside_of(document.mark)))))
    return Sheet(str(data["kind"]), str(data["id"]), tuple(data.get("aliases", ())), document.index, packed)


class Cache:
    """The sheets of one management system, by the digest of the file that they stand in."""

    def __init__(self, root: Path) -> None:
        self._path = place_of(root)
        self._before, self._sound_before = _read(self._path) if self._path else ({}, NOTHING)
        self._now: dict[str, tuple[Sheet, ...]] = {}
        self._sound = self._sound_before

    def sheets(self, raw: bytes) -> tuple[Sheet, ...] | None:
        """The sheets of a file with these bytes; None where it was never read, or had something wrong with it."""
        digest = hashlib.sha256(raw).hexdigest()
        for known in (self._before, self._of_reference):
            if digest in known:
                return self._now.setdefault(digest, known[digest])
        return self._now.get(digest)

    def keep(self, raw: bytes, documents: Sequence[Document]) -> tuple[Sheet, ...]:
        """Keep the documents of a file, all of which passed their schema."""
        sheets = tuple(sheet_of(document) for document in documents)
        self._now[hashlib.sha256(raw).hexdigest()] = sheets
        return sheets

    def sound(self, digest: str) -> list[tuple[str, Sheet]] | None:
        """Every sheet with its file, where a whole system of this digest was read before and had no error."""
        known, files, _ = self._sound
        if known != digest or any(sum_ not in self._before for _, sum_ in files):
            return None
        return [(name, sheet) for name, sum_ in files for sheet in self._before[sum_]]

    @cached_property
    def _of_reference(self) -> dict[str, tuple[Sheet, ...]]:
        """What was read of the reference set: an organisation begins with a copy of it, and changes a file at a time."""
        path = place_of(reference_root())
        return _read(path)[0] if path and path != self._path else {}

    @property
    def rows(self) -> Sums:
        """The files with rows of registers as they were when the system was last found sound."""
        return self._sound[2]

    def keep_as_sound(self, digest: str, files: Sums, rows: Sums = ()) -> None:
        """Remember that a whole system, with its files and those that hold rows of its registers, has no error."""
        if all(sum_ in self._now for _, sum_ in files):
            self._sound = (digest, files, rows)
            self.save()

    @property
    def is_stale(self) -> bool:
        """Whether so much was read anew that writing costs less than reading it again would."""
        return len(self._now.keys() - self._before.keys()) * 20 > len(self._now)

    def save(self) -> None:
        """Write what this run used, if it is not what was there; without a place to write, nothing happens."""
        if self._path is None or (self._now.keys() == self._before.keys() and self._sound == self._sound_before):
            return
        plain = {
            digest: [(s.kind, s.id, s.aliases, s.index, s.packed) for s in sheets]
            for digest, sheets in self._now.items()
        }
        body = marshal.dumps((_key(), (plain, self._sound)))
        kept.write(self._path.name, body)


def place_of(root: Path) -> Path | None:
    """Where the cache of a root lies."""
    folder = kept.folder()
    return (
        folder / f"definitions-{hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:16]}.bin" if folder else None
    )


def _read(path: Path) -> tuple[dict[str, tuple[Sheet, ...]], Sound]:
    """What an earlier run kept; nothing where that is damaged, or was written by another version."""
    body = kept.read(path.name)
    if not body:
        return {}, NOTHING
    key, content = marshal.loads(body)
    if key != _key():
        return {}, NOTHING
    plain, sound = content
    return {digest: tuple(Sheet(*sheet) for sheet in sheets) for digest, sheets in plain.items()}, sound


def _key() -> str:
    """What a kept document depends on beside its own bytes."""
    digest = hashlib.sha256(repr((FORMAT, __version__, sys.version_info[:2], marshal.version)).encode())
    for path in sorted(schema_folder().glob("*.json")):
        digest.update(path.read_bytes())
    code = sorted(path for folder in _JUDGES for path in (_PACKAGE / folder).rglob("*.py"))
    digest.update(repr(kept.stamps(code)).encode())
    return digest.hexdigest()
