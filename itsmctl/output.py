"""Outputs that appear whole or not at all: written beside their place, then renamed into it; and the schemas of those for programs."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from itsmctl.errors import ItsmctlError, Problem, Where


def check_place(out: Path, files: Collection[str], mark: str) -> None:
    """Raise ItsmctlError unless `out` is free, an empty folder, or an earlier output: `mark` and nothing but `files`."""
    shown = Where(str(out))
    if not out.exists():
        return
    if not out.is_dir():
        raise ItsmctlError(Problem("output-exists", "the output must be a folder; a file has this name", shown))
    entries = sorted(entry.name for entry in out.iterdir())
    others = [name for name in entries if name not in files]
    if others or (entries and mark not in entries):
        values = {"names": ", ".join((others or entries)[:5])}
        template = "the folder holds something else ({names}); nothing in it was touched, name another output"
        raise ItsmctlError(Problem("output-exists", template, shown, values))


@contextmanager
def replacing(out: Path) -> Iterator[Path]:
    """Give a new folder to write into; it takes the place of `out` when the block ends, and goes away if it fails."""
    out = Path(os.path.realpath(out))
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{out.name}-", suffix=".partial", dir=out.parent))
    except OSError as error:
        raise cannot_write(out, error) from error
    try:
        yield made
        made.chmod(0o777 & ~_umask())
        _swap(made, out)
    except OSError as error:
        if error.filename is not None and not str(error.filename).startswith((str(made), str(out))):
            raise  # about another file: reading an input, not writing the output
        raise cannot_write(out, error) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def scratch_beside(out: Path) -> Iterator[Path]:
    """Give a folder that goes away with the block, on the disk where `out` will lie: the system's own may be small, or memory."""
    out = Path(os.path.realpath(out))
    near = next(parent for parent in out.parents if parent.is_dir())
    try:
        folder = tempfile.TemporaryDirectory(
            prefix=f".{out.name}-", suffix=".partial", dir=near, ignore_cleanup_errors=True
        )
    except OSError as error:
        raise cannot_write(out, error) from error
    with folder as made:
        yield Path(made)


def check_empty(folder: Path) -> None:
    """Raise ItsmctlError unless a folder is new or empty; a repository in which nothing lies yet is empty."""
    shown = Where(str(folder))
    if not os.path.lexists(folder):
        return
    if not folder.is_dir():
        raise ItsmctlError(Problem("output-exists", "the output must be a folder; a file has this name", shown))
    try:
        names = sorted(entry.name for entry in folder.iterdir() if entry.name != ".git")
    except OSError as error:
        raise cannot_write(folder, error) from error
    if names:
        template = "the folder is not empty ({names}); nothing in it was touched, name a new folder"
        raise ItsmctlError(Problem("output-exists", template, shown, {"names": ", ".join(names[:5])}))


@contextmanager
def filling(folder: Path) -> Iterator[Path]:
    """Give a new folder to write into; what it holds moves into `folder` when the block ends, all of it or nothing.

    Unlike `replacing`, this leaves a folder that exists in its place: somebody may stand in it.
    """
    if not folder.exists():
        with replacing(folder) as made:
            yield made
        return
    try:
        made = Path(tempfile.mkdtemp(prefix=".itsmctl-", suffix=".partial", dir=folder))
    except OSError as error:
        raise cannot_write(folder, error) from error
    moved: list[Path] = []
    whole = False
    try:
        yield made
        for entry in sorted(made.iterdir()):
            place = folder / entry.name
            if os.path.lexists(place):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(place))
            moved.append(place)
            entry.rename(place)
        whole = True
    except OSError as error:
        raise cannot_write(folder, error) from error
    finally:
        for path in () if whole else moved:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
        shutil.rmtree(made, ignore_errors=True)


def write_file(out: Path, content: str | bytes) -> None:
    """Write a file whole, in place of whatever file had its name; raises ItsmctlError where that cannot be."""
    if out.is_dir():
        raise ItsmctlError(
            Problem("output-exists", "the output must be a file; a folder has this name", Where(str(out)))
        )
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{out.name}-", suffix=".partial", dir=out.parent)
    except OSError as error:
        raise cannot_write(out, error) from error
    made = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        made.chmod(0o666 & ~_umask())
        made.replace(out)
    except OSError as error:
        raise cannot_write(out, error) from error
    finally:
        made.unlink(missing_ok=True)


def _swap(made: Path, out: Path) -> None:
    if not out.exists():
        made.rename(out)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{out.name}-", suffix=".old", dir=out.parent))
    try:
        out.rename(old / "old")
        made.rename(out)
    finally:
        if not out.exists():
            (old / "old").rename(out)
        shutil.rmtree(old, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def cannot_write(out: Path, error: OSError) -> ItsmctlError:
    """The error of an output that the system refuses."""
    return ItsmctlError(
        Problem("cannot-write", "cannot write here: {why}", Where(str(out)), {"why": error.strerror or str(error)})
    )


def schema_beside(module: str, name: str) -> dict[str, object]:
    """The JSON Schema (draft-07) of an output, `NAME.schema.json` beside the module that writes it; `module` is its `__file__`."""
    schema: dict[str, object] = json.loads(Path(module).with_name(f"{name}.schema.json").read_text(encoding="utf-8"))
    return schema
