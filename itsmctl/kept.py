"""Files in the user's cache folder: what can be made again, kept to save the time; never more than that."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from itsmctl.scratch import claim_file

MOST = 32
"""Files of one sort (`definitions-…`) that are kept where nobody says how many."""
_CHECKSUM = hashlib.sha256().digest_size


def folder() -> Path | None:
    """Where the cache lies, as each system has it; None where nobody has a home."""
    named = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME", "")
    try:
        usual = Path("~/Library/Caches" if sys.platform == "darwin" else "~/.cache").expanduser()
    except RuntimeError:  # nobody's home
        usual = Path()
    home = Path(named) if named else usual
    return home / "itsmctl" if home.is_absolute() else None


def stamps(files: Iterable[Path]) -> list[tuple[str, int, int]]:
    """By which it is known whether files changed: their paths, sizes and times of change."""
    found = ((path, path.stat()) for path in files)
    return [(str(path), stat.st_size, stat.st_mtime_ns) for path, stat in found]


def read(name: str) -> bytes:
    """What was kept under a name; nothing where it is not there, cannot be read, or is damaged."""
    place = folder()
    if place is None:
        return b""
    try:
        raw = (place / name).read_bytes()
    except OSError:
        return b""
    with suppress(OSError):  # what is in use is not what is forgotten first
        os.utime(place / name)
    body = raw[_CHECKSUM:]
    return body if hashlib.sha256(body).digest() == raw[:_CHECKSUM] else b""


def write(name: str, body: bytes, most: int = MOST) -> None:
    """Keep something whole or not at all, and no more than `most` of its sort; a home that cannot be written to must not
    stop anybody.
    """
    place = folder()
    if place is None:
        return
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        claim = claim_file(place, ".kept")
        try:
            claim.path.write_bytes(hashlib.sha256(body).digest() + body)
            claim.path.replace(place / name)
            _forget(place, name, most)
        finally:
            claim.end()
    except OSError:
        return


def _forget(place: Path, name: str, most: int) -> None:
    """Drop what nobody has used for longest of the same sort: every revision looked at keeps its definitions."""
    sort, dash, _ = name.partition("-")
    if dash:
        kept = sorted(place.glob(f"{sort}-*"), key=lambda path: path.stat().st_mtime)
        for old in kept[:-most]:
            old.unlink(missing_ok=True)
