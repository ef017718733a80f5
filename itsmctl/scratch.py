"""What is only needed on the way: it goes away with its process, or with the next one where that was killed.

Each folder and file is claimed with a lock that the system takes back however its process ends; so what nobody claims was left
by one that was killed. Where there are no such locks (Windows, some network disks) nothing can be told, and all of it stays.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from itsmctl.errors import ItsmctlError, Problem

if sys.platform != "win32":
    import fcntl

PARTIAL = ".partial"
OLD = ".old"
_NUMBER = "[a-z0-9_]{8}"
"""What `tempfile` makes names different by."""


_OURS: set[Path] = set()
"""What this process has claimed and not yet removed."""


@dataclass(frozen=True)
class Claim:
    """A folder or file of this process alone."""

    path: Path
    _lock: int | None

    def end(self) -> None:
        """Remove what is still there under its name, and let go."""
        remove(self.path)
        _OURS.discard(self.path)
        if self._lock is not None:
            os.close(self._lock)


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a new folder in the system's for temporary files; it goes away with the block."""
    try:
        claim = claim_folder(Path(tempfile.gettempdir()), "itsmctl")
    except OSError as error:
        template = "no folder for temporary files can be written to; name one with TMPDIR: {why}"
        why = {"why": error.strerror or str(error)}
        raise ItsmctlError(Problem("no-temporary-folder", template, values=why)) from error
    try:
        yield claim.path
    finally:
        claim.end()


def claim_folder(near: Path, stem: str, ending: str = PARTIAL) -> Claim:
    """A new folder `STEM-….partial`, or of another ending, in another; what killed processes have left of this stem is removed. May raise OSError."""
    sweep(near, stem)
    return _claimed(lambda: tempfile.mkdtemp(prefix=f"{stem}-", suffix=ending, dir=near))


def claim_file(near: Path, stem: str) -> Claim:
    """A new empty file, otherwise as `claim_folder` makes a folder."""
    sweep(near, stem)

    def make() -> str:
        handle, name = tempfile.mkstemp(prefix=f"{stem}-", suffix=PARTIAL, dir=near)
        os.close(handle)
        return name

    return _claimed(make)


def end_all() -> None:
    """Remove all that this process has claimed: its end, or the second of two interruptions, may come between any two steps.

    What was moved aside stays for the next process: nobody may have put anything in its place yet.
    """
    while _OURS:
        try:
            for path in sorted(_OURS):
                if path.suffix != OLD:
                    remove(path)
                _OURS.discard(path)
        except KeyboardInterrupt:
            continue


def sweep(near: Path, stem: str | None = None) -> None:
    """Remove what killed processes have left in a folder, of one stem or of all."""
    for claim in left_behind(near, stem, PARTIAL):
        claim.end()


def left_behind(near: Path, stem: str | None, ending: str) -> Iterator[Claim]:
    """Whatever lies in a folder without a process that it belongs to, claimed by this one now; each is to be ended."""
    if sys.platform == "win32":
        return
    ours = re.compile(f"{'.+' if stem is None else re.escape(stem)}-{_NUMBER}{re.escape(ending)}", re.DOTALL)
    try:
        with os.scandir(near) as entries:
            names = sorted(entry.name for entry in entries if ours.fullmatch(entry.name))
    except OSError:
        return  # whoever goes on to write here is told why
    for name in names:
        try:
            lock = _lock(near / name)
        except OSError:
            continue  # somebody is at it, or it cannot be told
        if lock is not None:
            yield Claim(near / name, lock)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Keep other processes from discarding a folder within the block, where the system has locks."""
    try:
        lock = _lock(path, alone=False)
    except OSError:
        lock = None
    try:
        yield
    finally:
        if lock is not None:
            os.close(lock)


def discard(folder: Path) -> None:
    """Remove a folder that no process holds, under another name first: what is half removed must not look like it."""
    lock = _lock(folder)
    try:
        aside = claim_folder(folder.parent, f".{folder.name}")
        try:
            folder.rename(aside.path / "old")
        finally:
            aside.end()
    finally:
        if lock is not None:
            os.close(lock)


def remove(path: Path) -> None:
    """Remove a file or a folder with all that is in it, as far as that is possible."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
        return
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return


def _claimed(make: Callable[[], str]) -> Claim:
    while True:
        path = Path(make())
        _OURS.add(path)
        try:
            lock = _lock(path)
        except BlockingIOError:
            lock = None
        except OSError:
            return Claim(path, None)  # no locks on this disk
        if lock is not None or sys.platform == "win32":
            return Claim(path, lock)
        _OURS.discard(path)  # swept before it was claimed


def _lock(path: Path, *, alone: bool = True) -> int | None:
    """The lock of a path, for one or for any who share it; None where it has gone, or where the system has none.

    Raises OSError where it cannot be had.
    """
    if sys.platform == "win32":
        return None
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(handle), path.stat()):
            return handle
    except FileNotFoundError:
        pass
    except OSError:
        os.close(handle)
        raise
    os.close(handle)
    return None
