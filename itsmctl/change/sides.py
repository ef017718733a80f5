"""Both sides of a comparison: definitions at a git revision, in a folder, in an archive, or as they lie there now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from itsmctl.definitions import find_root, load
from itsmctl.errors import ItsmctlError
from itsmctl.history import at_revision
from itsmctl.model import Definitions


@dataclass(frozen=True)
class Side:
    """One side: what the user called it (empty: the files here), its commit where it has one, and its definitions."""

    name: str
    commit: str
    definitions: Definitions


@contextmanager
def sides(root: Path | None, base: str, head: str | None) -> Iterator[tuple[Side, Side]]:
    """Give both sides; their files are there while the block lasts. Without `head`, it is the files under `root`.

    Raises ItsmctlError where a side cannot be had or has errors; of a revision, its name stands before the file.
    """
    folder = find_root(root)
    with ExitStack() as stack:
        before = _side(stack, folder, base)
        yield before, Side("", "", load(folder)) if head is None else _side(stack, folder, head)


def _side(stack: ExitStack, root: Path, source: str) -> Side:
    revision = stack.enter_context(at_revision(root, source))
    try:
        definitions = load(revision.folder, kept_as=revision.kept_as)
    except ItsmctlError as error:
        raise ItsmctlError(
            replace(problem, where=replace(problem.where, file=f"{source}:{problem.where.file}"))
            for problem in error.problems
        ) from error
    return Side(source, revision.commit, definitions)
