"""Putting a folder in the place of another in one step, so that at every moment one of them is there, whole."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

from itsmctl.scratch import OLD, claim_folder, left_behind

_MEANWHILE = (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT)
"""What is said where another process has put its own folder there, or taken one away, since we looked."""
_TRIES = 100
_HERE, _EXCHANGE = -100, 2
"""AT_FDCWD and RENAME_EXCHANGE of Linux; RENAME_SWAP of macOS is 2 too."""


def swap(made: Path, out: Path) -> None:
    """Give a folder the name `out`; what had it lies under the name of the folder then, or is removed. May raise OSError."""
    for left in reversed(range(_TRIES)):
        try:
            return None if exchange(made, out) else _replace(made, out)
        except OSError as error:
            if not left or error.errno not in _MEANWHILE or not made.exists():
                raise
    raise AssertionError("the last try returns or raises")


def exchange(one: Path, other: Path) -> bool:
    """Exchange two names in one step; False, with nothing done, where one is missing or the system has no such step."""
    if sys.platform == "win32" or not other.exists():
        return False
    import ctypes  # needed only where something is replaced

    system = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(one), os.fsencode(other)
    if hasattr(system, "renameat2"):
        return bool(system.renameat2(_HERE, names[0], _HERE, names[1], _EXCHANGE) == 0)
    return hasattr(system, "renamex_np") and bool(system.renamex_np(*names, _EXCHANGE) == 0)


def put_back(out: Path) -> None:
    """Put back what a process had moved aside that was killed before its own stood there."""
    for claim in left_behind(out.parent, f".{out.name}", OLD):
        if not out.exists() and (claim.path / "old").exists():
            (claim.path / "old").rename(out)
        claim.end()


def _replace(made: Path, out: Path) -> None:
    if not out.exists():
        made.rename(out)
        return
    aside = claim_folder(out.parent, f".{out.name}", OLD)
    old = aside.path / "old"
    try:
        out.rename(old)
        made.rename(out)
    finally:
        if old.exists() and not out.exists():
            old.rename(out)
        aside.end()
