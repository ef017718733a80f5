"""Outputs that appear whole or not at all: written beside their place, then renamed into it; and the schemas of those for programs."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.scratch import claim_file, claim_folder
from itsmctl.swapping import put_back, swap

FULL = tuple(getattr(errno, name) for name in ("ENOSPC", "EDQUOT", "EFBIG") if hasattr(errno, name))
"""What the system says where there is no more room: on the disk, in somebody's share of it, in a file."""


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
        put_back(out)
        claim = claim_folder(out.parent, f".{out.name}")
    except OSError as error:
        raise cannot_write(out, error) from error
    made = claim.path
    try:
        yield made
        made.chmod(0o777 & ~_umask())
        swap(made, out)
    except OSError as error:
        if error.filename is not None and not str(error.filename).startswith((str(made), str(out))):
            raise  # about another file: reading an input, not writing the output
        raise cannot_write(out, error) from error
    finally:
        claim.end()


@contextmanager
def scratch_beside(out: Path) -> Iterator[Path]:
    """Give a folder that goes away with the block, on the disk where `out` will lie: the system's own may be small, or memory."""
    out = Path(os.path.realpath(out))
    near = next(parent for parent in out.parents if parent.is_dir())
    try:
        claim = claim_folder(near, f".{out.name}")
    except OSError as error:
        raise cannot_write(out, error) from error
    try:
        yield claim.path
    finally:
        claim.end()


def write_file(out: Path, content: str | bytes) -> None:
    """Write a file whole, in place of whatever file had its name or is linked to it; raises ItsmctlError where that cannot be.

    Into a pipe or a device, such as /dev/stdout, it is only written: nothing may take its place.
    """
    if out.is_dir():
        raise ItsmctlError(
            Problem("output-exists", "the output must be a file; a folder has this name", Where(str(out)))
        )
    # The name of a file may be no UTF-8; on the screen such a byte is shown in the same way.
    written = content.encode("utf-8", "replace") if isinstance(content, str) else content
    try:
        if out.exists() and not out.is_file():
            with out.open("wb") as stream:
                stream.write(written)
            return
        real = Path(os.path.realpath(out))
        real.parent.mkdir(parents=True, exist_ok=True)
        with new_file(real) as file:
            file.write(written)
    except OSError as error:
        raise cannot_write(out, error) from error


@contextmanager
def new_file(out: Path, permissions: int | None = None, near: Path | None = None) -> Iterator[BinaryIO]:
    """Give a file to write; it takes its name, and the place of an earlier one, only when all went well. May raise OSError.

    Until then it lies in the folder `near`, on the same disk, where its own must hold nothing else.
    """
    claim = claim_file(near or out.parent, f".{out.name}")
    try:
        with claim.path.open("w+b") as file:
            yield file
        claim.path.chmod(0o666 & ~_umask() if permissions is None else permissions)
        claim.path.replace(out)
    finally:
        claim.end()


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def cannot_write(out: Path, error: OSError) -> ItsmctlError:
    """The error of an output that the system refuses."""
    return ItsmctlError(
        Problem("cannot-write", "cannot write here: {why}", Where(str(out)), {"why": error.strerror or str(error)})
    )


def disk_full() -> ItsmctlError:
    """The error of a disk, or of somebody's share of it, that has no more room."""
    return ItsmctlError(Problem("disk-full", "the disk is full; free some space and run it again"))


def schema_beside(module: str, name: str) -> dict[str, object]:
    """The JSON Schema (draft-07) of an output, `NAME.schema.json` beside the module that writes it; `module` is its `__file__`."""
    schema: dict[str, object] = json.loads(Path(module).with_name(f"{name}.schema.json").read_text(encoding="utf-8"))
    return schema
