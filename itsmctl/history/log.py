"""The document-control log of each definition file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from itsmctl.history.asking import blobs, boundary, check_asked, prefix_of
from itsmctl.history.commits import raw_commits
from itsmctl.history.running import NoGit, git
from itsmctl.reference import FOLDERS

HistoryState = Literal["complete", "shallow", "unavailable"]


@dataclass(frozen=True)
class LogEntry:
    """One commit that touched one definition file; `path_then` is the name that the file had in it."""

    path: str
    path_then: str
    hash: str
    committed_at: int
    author: str
    committer: str
    subject: str
    signed: bool
    """Whether the commit carries a signature; whether it is a good one depends on keys that git log cannot know."""
    merge: bool


@dataclass(frozen=True)
class DocumentLog:
    """The document-control log; in a shallow clone it begins where the clone does."""

    state: HistoryState
    entries: tuple[LogEntry, ...] = ()


def log_of(root: Path, paths: Iterable[str], *, revision: str = "HEAD") -> DocumentLog:
    """Return, for each path (relative to `root`), the commits up to `revision` that touched it, newest first.

    Renames are followed. A merge is listed where it changed the file itself, and where it brought a change into the
    main line, because that is how a change gets accepted.
    """
    wanted = sorted(set(paths))
    if revision.startswith("-"):  # git would take it for an option
        return DocumentLog("unavailable")
    try:
        facts = git(root, "rev-parse", "--is-shallow-repository", "--git-path", "shallow", "--show-prefix")
        shallow, boundary_file, prefix = facts.decode("utf-8", "surrogateescape").split("\n")[:3]
        cut_off = boundary(root / boundary_file) if shallow == "true" else frozenset()
        touched = _touched(root, prefix, wanted, revision)
        commits = raw_commits(root, sorted({hash_ for _, _, hash_ in touched} - cut_off))
        # By descent, not by time: several commits share a second, and a committer's clock may be wrong.
        order = git(root, "rev-list", "--topo-order", revision, "--").decode("ascii").split() if commits else []
    except NoGit:
        return DocumentLog("unavailable")
    entries = [
        LogEntry(path, then, hash_, raw.committed_at, raw.author, raw.committer, raw.subject, raw.signed, raw.merge)
        for path, then, hash_ in touched
        if (raw := commits.get(hash_)) is not None
    ]
    rank = {hash_: position for position, hash_ in enumerate(order)}
    entries.sort(key=lambda entry: (entry.path, rank[entry.hash], entry.path_then))
    return DocumentLog("shallow" if shallow == "true" else "complete", tuple(entries))


def place_in_repository(root: Path) -> str:
    """Where a folder lies in its repository, as `folder/`; '' at its top, or outside of any.

    Raises ItsmctlError where git cannot be asked about the repository.
    """
    try:
        return prefix_of(root)
    except NoGit:
        check_asked(root)
        return ""


def mainline(root: Path, path: str, revision: str = "HEAD") -> list[tuple[str, str]]:
    """(commit, name of the file then) of every commit of the main line after which a file was another, newest first.

    A merge stands for all that came with it. Raises NoGit where git cannot tell.
    """
    prefix = prefix_of(root)
    output = git(
        root, "log", "--first-parent", "-m", "-M", "--name-status", "--format=%x01%H", "-z", revision, "--", *FOLDERS
    )
    name, found = prefix + path, []
    for hash_, was, is_ in _changes(output):
        if is_ == name:
            found.append((hash_, is_.removeprefix(prefix)))
            name = was
    return found


def contents(root: Path, places: Sequence[tuple[str, str]]) -> list[bytes]:
    """What files (commit, path) held; nothing where there was none."""
    return [found or b"" for found in blobs(root, [f"{hash_}:./{path}" for hash_, path in places])]


def _touched(root: Path, prefix: str, paths: Sequence[str], revision: str) -> list[tuple[str, str, str]]:
    """(path, name at that commit, commit) for every commit that touched one of the paths."""
    names = {prefix + path: path for path in paths}
    folders = sorted({path.split("/")[0] for path in paths})
    if not folders:
        return []
    common = ("--topo-order", "--full-history", "--name-status", "--format=%x01%H", "-z", revision, "--", *folders)
    found = []
    # Newest first, so that a file is known by its later name before its earlier one turns up.
    for hash_, was, is_ in _changes(git(root, "log", "-c", "-M", *common)):
        if is_ in names:
            found.append((names[is_], is_.removeprefix(prefix), hash_))
            names.setdefault(was, names[is_])
    for hash_, _, is_ in _changes(git(root, "log", "--first-parent", "--merges", "-m", "--no-renames", *common)):
        if is_ in names:
            found.append((names[is_], is_.removeprefix(prefix), hash_))
    return sorted(set(found))


def _changes(output: bytes) -> Iterator[tuple[str, str, str]]:
    """(commit, path before, path after) from `git log --name-status -z --format=%x01%H`."""
    tokens = iter(output.decode("utf-8", "surrogateescape").split("\0"))
    hash_ = ""
    for token in tokens:
        status = token.lstrip("\n")
        if status.startswith("\x01"):
            hash_ = status[1:].strip()
        elif status:
            was = next(tokens, "")
            # R100 and C100 name two files; the several letters of a merge (MM, MR) one.
            yield hash_, was, next(tokens, "") if status[1:].isdigit() else was
