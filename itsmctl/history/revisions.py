"""The definitions as they were, or are elsewhere: a git revision, a folder or an archive, as a folder to read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.history.archives import files_in, is_archive
from itsmctl.history.files import lay_out
from itsmctl.history.trees import files_of, tree_of
from itsmctl.reference import FOLDERS, is_management_system
from itsmctl.scratch import scratch


@dataclass(frozen=True)
class Revision:
    """Definitions to compare: `folder` holds them while the block lasts that asked for them.

    `name` is what the user wrote, `commit` the commit behind it where there is one. What is read from the folder may be
    kept under `kept_as`, which is the same whenever the content is.
    """

    name: str
    folder: Path
    commit: str
    kept_as: Path


@contextmanager
def at_revision(root: Path, source: str) -> Iterator[Revision]:
    """Give the definitions of `root` at a git revision (`main`, `v1~2`, `REVISION:FOLDER`), or those of another folder or archive.

    Raises ItsmctlError where there is no such thing; neither the work tree nor the index is touched.
    """
    path = Path(source)
    if source and path.is_dir() and is_management_system(path):
        _check_only_meaning(root, source)
        yield Revision(source, path, "", path)
    elif source and is_archive(path):
        _check_only_meaning(root, source)
        with _laid_out() as folder:
            lay_out(folder, files_in(path), source)
            yield Revision(source, folder, "", path.resolve())
    else:
        if source:
            _check_path(path)
        tree = tree_of(root, source)
        with _laid_out() as folder:
            if not lay_out(folder, files_of(root, source, tree.tree), source):
                values = {"folders": ", ".join(f"{name}/" for name in FOLDERS)}
                template = "no definitions here; expected YAML files under {folders}"
                raise ItsmctlError(Problem("no-definitions", template, Where(source), values))
            identity = hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:16]
            yield Revision(source, folder, tree.commit, Path(f"/{identity}", tree.tree))


@contextmanager
def _laid_out() -> Iterator[Path]:
    with scratch() as folder:
        yield folder


def _check_path(path: Path) -> None:
    """A folder or file that exists, but holds no definitions, is told as such where it can be nothing else."""
    if path.exists() and (path.is_absolute() or str(path).startswith(".") or path.is_file()):
        values = {"folders": ", ".join(f"{name}/" for name in FOLDERS)}
        template = "neither a git revision, nor an archive, nor a folder with YAML files under {folders}"
        raise ItsmctlError(Problem("no-definitions", template, Where(str(path)), values))


def _check_only_meaning(root: Path, source: str) -> None:
    """A word that is both a folder and a revision must not quietly mean one of them."""
    if source.startswith((".", "/", "~")) or Path(source).is_absolute():
        return
    try:
        tree_of(root, source)
    except ItsmctlError:
        return
    template = (
        "{word!r} is a path and a git revision; write ./{word} for the one, refs/heads/{word} or a hash for the other"
    )
    raise ItsmctlError(Problem("ambiguous-revision", template, Where(source), {"word": source}))
