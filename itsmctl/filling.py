"""Filling a folder in which somebody may stand already: all of what is new comes into it, or nothing."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.output import cannot_write, replacing
from itsmctl.scratch import OLD, PARTIAL, claim_folder, left_behind, remove

_STEM = ".itsmctl"


def check_empty(folder: Path) -> None:
    """Raise ItsmctlError unless a folder is new or empty; a repository in which nothing lies yet is empty."""
    shown = Where(str(folder))
    if not os.path.lexists(folder):
        return
    if not folder.is_dir():
        raise ItsmctlError(Problem("output-exists", "the output must be a folder; a file has this name", shown))
    try:
        undo_unfinished(folder)
        names = sorted(entry.name for entry in folder.iterdir() if entry.name != ".git")
    except OSError as error:
        raise cannot_write(folder, error) from error
    if names:
        template = "the folder is not empty ({names}); nothing in it was touched, name a new folder"
        raise ItsmctlError(Problem("output-exists", template, shown, {"names": ", ".join(names[:5])}))


@contextmanager
def filling(folder: Path) -> Iterator[Path]:
    """Give a new folder to write into; what it holds comes into `folder` when the block ends, all of it or nothing.

    Unlike `replacing`, this leaves a folder that exists in its place. Of a process that was killed at it, `undo_unfinished`
    takes everything back.
    """
    if not folder.exists():
        with replacing(folder) as made:
            yield made
        return
    try:
        claim = claim_folder(folder, _STEM)
    except OSError as error:
        raise cannot_write(folder, error) from error
    made, whole = claim.path, claim.path.with_suffix(OLD)
    try:
        yield made
        for entry in sorted(made.iterdir()):
            if os.path.lexists(folder / entry.name):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(folder / entry.name))
        there: list[Path] = []
        try:
            for path in sorted(made.rglob("*")):
                other = folder / path.relative_to(made)
                there.append(other)
                _name_again(path, other)
            made.rename(whole)
            there.clear()
        except FileExistsError:
            there.pop()
            raise
        finally:
            _remove(there)
    except OSError as error:
        raise cannot_write(folder, error) from error
    finally:
        remove(whole)
        claim.end()


def undo_unfinished(folder: Path) -> None:
    """Take back what a process that was killed had begun to put into a folder, unless somebody has changed it since."""
    for claim in left_behind(folder, _STEM, PARTIAL):
        _take_back(claim.path, folder)
        claim.end()
    for claim in left_behind(folder, _STEM, OLD):
        claim.end()


def _name_again(path: Path, other: Path) -> None:
    """Have a folder or file lie under another name as well."""
    if path.is_dir():
        other.mkdir()
        return
    try:
        os.link(path, other)
    except FileExistsError:  # by another process, since we looked
        raise
    except OSError:  # not on every disk
        shutil.copy2(path, other)


def _take_back(made: Path, folder: Path) -> None:
    """Remove from a folder what came from `made`, if all of it is as it came: what somebody has worked on stays."""
    pairs = [(path, folder / path.relative_to(made)) for path in sorted(made.rglob("*"))]
    there = [(path, other) for path, other in pairs if os.path.lexists(other)]
    if all(path.is_dir() == other.is_dir() and (path.is_dir() or _is_from(path, other)) for path, other in there):
        _remove([other for _, other in there])


def _is_from(path: Path, other: Path) -> bool:
    """Whether a file is another name of ours, or what there is of a copy."""
    return other.samefile(path) or path.read_bytes().startswith(other.read_bytes())


def _remove(there: Sequence[Path]) -> None:
    """Remove files, and folders that hold nothing else, each named behind the folder in which it lies."""
    for path in reversed(there):
        if not path.is_dir():
            path.unlink(missing_ok=True)
        elif not any(path.iterdir()):
            path.rmdir()
