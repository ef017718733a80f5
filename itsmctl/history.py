"""What git knows about the definitions: the commit they stand at, and the document-control log of each file.

The only module that uses git. Where git, the repository or the commit is missing it says so as a value; it never
fails for that. Working files are compared with the commit by hashing them here, so that neither the index (which
can be told to look away), nor ignore rules, nor filters of the repository have a say.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from itsmctl.reference import FOLDERS

HistoryState = Literal["complete", "shallow", "unavailable"]

_ENVIRONMENT = {"GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_NO_REPLACE_OBJECTS": "1"}
_CHUNK = 500
"""Commits asked for at once: keeps the command line short enough for every system."""


@dataclass(frozen=True)
class Commit:
    """A commit; `dirty` tells whether any definition file differs from it, is missing, or is not in it."""

    hash: str
    author: str
    committed_at: int
    subject: str
    dirty: bool


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


@dataclass(frozen=True)
class _Raw:
    author: str
    committer: str
    committed_at: int
    subject: str
    signed: bool
    merge: bool


def commit_of(root: Path) -> Commit | None:
    """Return the commit checked out at `root`, or None where no definition under it is kept in git."""
    try:
        answer = _git(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        hash_ = answer.decode("ascii").strip()
        # A folder that merely lies inside a repository (an installed package in a project's own venv, say) is not
        # at that repository's commit.
        tracked = _tracked(root, hash_)
        raw = _raw_commits(root, [hash_]).get(hash_) if tracked else None
    except _NoGit:
        return None
    if raw is None:
        return None
    return Commit(hash_, raw.author, raw.committed_at, raw.subject, _is_dirty(root, tracked))


def log_of(root: Path, paths: Iterable[str], *, revision: str = "HEAD") -> DocumentLog:
    """Return, for each path (relative to `root`), the commits up to `revision` that touched it, newest first.

    Renames are followed. A merge is listed where it changed the file itself, and where it brought a change into the
    main line, because that is how a change gets accepted.
    """
    wanted = sorted(set(paths))
    if revision.startswith("-"):  # git would take it for an option
        return DocumentLog("unavailable")
    try:
        facts = _git(root, "rev-parse", "--is-shallow-repository", "--git-path", "shallow", "--show-prefix")
        shallow, boundary_file, prefix = facts.decode("utf-8", "surrogateescape").split("\n")[:3]
        boundary = _boundary(root / boundary_file) if shallow == "true" else frozenset()
        touched = _touched(root, prefix, wanted, revision)
        commits = _raw_commits(root, sorted({hash_ for _, _, hash_ in touched} - boundary))
        # By descent, not by time: several commits share a second, and a committer's clock may be wrong.
        order = _git(root, "rev-list", "--topo-order", revision, "--").decode("ascii").split() if commits else []
    except _NoGit:
        return DocumentLog("unavailable")
    entries = [
        LogEntry(path, then, hash_, raw.committed_at, raw.author, raw.committer, raw.subject, raw.signed, raw.merge)
        for path, then, hash_ in touched
        if (raw := commits.get(hash_)) is not None
    ]
    rank = {hash_: position for position, hash_ in enumerate(order)}
    entries.sort(key=lambda entry: (entry.path, rank[entry.hash], entry.path_then))
    return DocumentLog("shallow" if shallow == "true" else "complete", tuple(entries))


class _NoGit(Exception):
    """There is no git, no repository, or no such revision."""


def _git(root: Path, *arguments: str) -> bytes:
    """The standard output of one git command run in `root`."""
    if not root.is_dir() or not _in_repository(root.resolve()):
        raise _NoGit
    import subprocess

    command = ["git", "--literal-pathspecs", "-c", "log.showSignature=false", *arguments]
    environment = {**os.environ, "LANGUAGE": "C", "LC_ALL": "C", **_environment(root)}
    try:
        return subprocess.run(
            command, cwd=root, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=True
        ).stdout
    except (subprocess.CalledProcessError, OSError) as error:
        raise _NoGit from error


def _in_repository(folder: Path) -> bool:
    """Spares the start-up of git where there is nothing for it."""
    return any((parent / ".git").exists() for parent in (folder, *folder.parents))


def _environment(root: Path) -> dict[str, str]:
    """Inside a hook, GIT_DIR names the repository of the hook, which need not be the one that holds `root`."""
    if "GIT_DIR" not in os.environ and "GIT_WORK_TREE" not in os.environ:
        return _ENVIRONMENT
    folder = root.resolve()
    top = next(parent for parent in (folder, *folder.parents) if (parent / ".git").exists())
    return {**_ENVIRONMENT, "GIT_DIR": str(top / ".git"), "GIT_WORK_TREE": str(top)}


def _tracked(root: Path, hash_: str) -> dict[str, str]:
    """The definition files of a commit, by path relative to `root`, with the hash of their content."""
    listed = _git(root, "ls-tree", "-r", "-z", hash_, "--", *FOLDERS)
    tracked = {}
    for line in listed.decode("utf-8", "surrogateescape").split("\0")[:-1]:
        facts, path = line.split("\t", 1)
        if path.endswith((".yaml", ".yml")):
            tracked[path] = facts.split(" ")[2]
    return tracked


def _is_dirty(root: Path, tracked: dict[str, str]) -> bool:
    found = (path for part in FOLDERS for path in (root / part).rglob("*.y*ml") if path.suffix in (".yaml", ".yml"))
    present = {path.relative_to(root).as_posix(): path for path in found if path.is_file()}
    if present.keys() != tracked.keys():
        return True
    return any(not _same_content(path, tracked[name]) for name, path in present.items())


def _same_content(path: Path, blob: str) -> bool:
    """Whether a file holds what git stored, as is or with the line ends that a checkout on Windows gives it."""
    try:
        data = path.read_bytes()
    except OSError:
        return False
    return blob in (_blob_hash(data, len(blob)), _blob_hash(data.replace(b"\r\n", b"\n"), len(blob)))


def _blob_hash(data: bytes, length: int) -> str:
    digest = hashlib.sha256() if length == 64 else hashlib.sha1(usedforsecurity=False)
    digest.update(b"blob %d\0" % len(data))
    digest.update(data)
    return digest.hexdigest()


def _boundary(file: Path) -> frozenset[str]:
    """The commits at which a shallow clone is cut off: git shows every file as added there, which nobody did."""
    try:
        return frozenset(file.read_text("ascii").split())
    except OSError:
        return frozenset()


def _touched(root: Path, prefix: str, paths: Sequence[str], revision: str) -> list[tuple[str, str, str]]:
    """(path, name at that commit, commit) for every commit that touched one of the paths."""
    names = {prefix + path: path for path in paths}
    folders = sorted({path.split("/")[0] for path in paths})
    if not folders:
        return []
    common = ("--topo-order", "--full-history", "--name-status", "--format=%x01%H", "-z", revision, "--", *folders)
    found = []
    # Newest first, so that a file is known by its later name before its earlier one turns up.
    for hash_, was, is_ in _changes(_git(root, "log", "-c", "-M", *common)):
        if is_ in names:
            found.append((names[is_], is_.removeprefix(prefix), hash_))
            names.setdefault(was, names[is_])
    for hash_, _, is_ in _changes(_git(root, "log", "--first-parent", "--merges", "-m", "--no-renames", *common)):
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


def _raw_commits(root: Path, hashes: Sequence[str]) -> dict[str, _Raw]:
    commits: dict[str, _Raw] = {}
    for start in range(0, len(hashes), _CHUNK):
        some = hashes[start : start + _CHUNK]
        output = _git(root, "rev-list", "--no-walk", "--header", "--encoding=UTF-8", *some, "--")
        for record in output.split(b"\0"):
            if record.strip():
                hash_, raw = _parse_commit(record)
                commits[hash_] = raw
    return commits


def _parse_commit(record: bytes) -> tuple[str, _Raw]:
    """One record of `git rev-list --header`: the hash, then the commit object with its message indented."""
    head, _, message = record.decode("utf-8", "replace").strip("\n").partition("\n\n")
    hash_, *lines = head.split("\n")
    author, _ = _signature([line for line in lines if line.startswith("author ")])
    committer, committed_at = _signature([line for line in lines if line.startswith("committer ")])
    subject = next((line.strip() for line in message.split("\n") if line.strip()), "")
    signed = any(line.startswith(("gpgsig ", "gpgsig-sha256 ")) for line in lines)
    merge = sum(line.startswith("parent ") for line in lines) > 1
    return hash_, _Raw(author, committer, committed_at, subject, signed, merge)


def _signature(lines: Sequence[str]) -> tuple[str, int]:
    """The name and the moment of `author NAME <MAIL> SECONDS ZONE`."""
    line = lines[0] if lines else ""
    name = line.partition(" ")[2].rpartition(" <")[0].strip()
    seconds = line.rpartition("> ")[2].split(" ")[0]
    return name, int(seconds) if seconds.lstrip("-").isdigit() else 0
