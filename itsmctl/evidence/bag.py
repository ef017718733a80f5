"""The BagIt 1.0 format (RFC 8493) as our packs use it: tag files, manifests, and which paths are safe."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from itsmctl.language import msg

Algorithm = Literal["sha256", "sha512"]
ALGORITHMS: tuple[Algorithm, ...] = ("sha256", "sha512")

BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
DECLARATION = "bagit.txt"
INFO = "bag-info.txt"
MANIFESTS: Mapping[Algorithm, str] = {a: f"manifest-{a}.txt" for a in ALGORITHMS}
TAG_MANIFESTS: Mapping[Algorithm, str] = {a: f"tagmanifest-{a}.txt" for a in ALGORITHMS}
TAG_FILES = (INFO, DECLARATION, *MANIFESTS.values())
"""The files that the tag manifests list."""
SEAL_FOLDERS = frozenset({"signature", "timestamp"})
"""Folders of what is made over the tag manifests, and so is listed in none of them."""

NO_END, NOT_IN_ORDER = msg("the last line does not end"), msg("the lines are not in order")
OF_WINDOWS = msg("its lines end as on Windows: something has converted them")
"""What is wrong with a manifest as a whole."""

CHUNK = 1 << 20

_LINE = {
    "sha256": re.compile(r"([0-9a-f]{64})  (.+)"),
    "sha512": re.compile(r"([0-9a-f]{128})  (.+)"),
}


@dataclass(frozen=True)
class Digests:
    """What one pass over a file's bytes yields."""

    size: int
    sha256: str
    sha512: str
    crc32: int

    def of(self, algorithm: Algorithm) -> str:
        """The digest of one algorithm, in lower-case hexadecimal."""
        return self.sha256 if algorithm == "sha256" else self.sha512


def digest_while(chunks: Iterable[bytes]) -> Iterator[tuple[bytes, Digests | None]]:
    """Pass chunks through, and after the last one yield `(b"", digests)`."""
    sha256, sha512, crc, size = hashlib.sha256(), hashlib.sha512(), 0, 0
    for chunk in chunks:
        sha256.update(chunk)
        sha512.update(chunk)
        crc = zlib.crc32(chunk, crc)
        size += len(chunk)
        yield chunk, None
    yield b"", Digests(size, sha256.hexdigest(), sha512.hexdigest(), crc)


def digest(chunks: Iterable[bytes]) -> Digests:
    """Every digest of some bytes, in one pass."""
    *_, (_, found) = digest_while(chunks)
    assert found is not None
    return found


def manifest(digests: Mapping[str, Digests], algorithm: Algorithm) -> bytes:
    """A manifest, sorted by path, in the form that `sha256sum -c` reads."""
    return "".join(f"{digests[path].of(algorithm)}  {path}\n" for path in sorted(digests)).encode()


def info(fields: Sequence[tuple[str, str]]) -> bytes:
    """bag-info.txt: one field per line, in the order given, empty ones left out."""
    return "".join(f"{name}: {' '.join(value.split())}\n" for name, value in fields if value.strip()).encode()


def info_field(text: bytes, name: str) -> str:
    """The first value of a field of bag-info.txt, or an empty string."""
    for line in text.decode("utf-8", "replace").split("\n"):
        found, colon, value = line.partition(":")
        if colon and found.strip().casefold() == name.casefold():
            return value.strip()
    return ""


@dataclass(frozen=True)
class Listing:
    """A manifest as read: the digest of each path, and what is wrong with its lines as (code, line or path)."""

    digests: Mapping[str, str]
    faults: tuple[tuple[Literal["malformed", "duplicate", "unsafe"], str], ...]


def read_manifest(content: bytes, algorithm: Algorithm, *, payload: bool) -> Listing:
    """Read a manifest strictly: a byte that we would not have written is a fault."""
    digests: dict[str, str] = {}
    faults: list[tuple[Literal["malformed", "duplicate", "unsafe"], str]] = []
    text = content.decode("utf-8", "surrogateescape")
    if "\r\n" in text:
        faults.append(("malformed", OF_WINDOWS))
    lines = text.replace("\r\n", "\n").split("\n")
    if lines.pop() or not content:
        faults.append(("malformed", NO_END))
    for number, line in enumerate(lines, 1):
        match = _LINE[algorithm].fullmatch(line)
        path = match.group(2) if match else ""
        if match is None:
            faults.append(("malformed", f"line {number}"))
        elif not is_safe(path) or path.startswith("data/") is not payload:
            faults.append(("unsafe", path))
        elif path in digests:
            faults.append(("duplicate", path))
        else:
            digests[path] = match.group(1)
    if list(digests) != sorted(digests):
        faults.append(("malformed", NOT_IN_ORDER))
    return Listing(digests, tuple(faults))


def is_safe(path: str) -> bool:
    """Whether a path stays inside its folder on every system, and means the same to every tool.

    A per cent sign is written `%25` by the RFC and as itself by `sha256sum`; a backslash separates folders on
    Windows; control characters and bytes that are no UTF-8 cannot stand in a manifest. So none of them may occur.
    """
    parts = path.split("/")
    return (
        path.isprintable()
        and not any(character in path for character in '\\%:*?"<>|')
        and all(part not in ("", ".", "..") and not part.endswith((" ", ".")) for part in parts)
        and not path.startswith("~")
    )
