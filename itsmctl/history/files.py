"""Which files of a management system are read, and how they come out of a tree or an archive onto disk."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.reference import FOLDERS, SUFFIXES
from itsmctl.source import MAX_BYTES

MAX_FILES = 20_000
_READ = (*SUFFIXES, ".csv")
"""Definitions, and the rows of registers."""


def is_read(path: str) -> bool:
    """Whether a file, by its path from the root, belongs to a management system; one that ends in other capitals is refused when it is read."""
    return path.split("/")[0] in FOLDERS and path.lower().endswith(_READ)


def not_a_file(source: str, path: str) -> Problem:
    """The problem of something that only points at files which may be anywhere."""
    template = "{path} is a symbolic link, a submodule or the like; definitions are read from plain files only"
    return Problem("not-a-file", template, Where(source), {"path": path})


def lay_out(folder: Path, files: Iterable[tuple[str, bytes]], source: str) -> int:
    """Write files under a folder, and return how many there are; a path that leads out of it is refused."""
    count = 0
    for path, data in files:
        pure = PurePosixPath(path)
        if pure.is_absolute() or ".." in pure.parts or "\\" in path or ":" in path or "\0" in path:
            template = "{path!r} leads out of its folder; nothing of this is read"
            raise ItsmctlError(Problem("unsafe-path", template, Where(source), {"path": path}))
        if len(data) > MAX_BYTES:
            values = {"size": len(data), "most": MAX_BYTES}
            template = "{size} bytes; a definition file has at most {most}"
            raise ItsmctlError(Problem("file-too-large", template, Where(f"{source}:{path}"), values))
        place = folder / pure
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        count += 1
    return count
