"""The definition files of a git revision, read from its objects: the work tree and the index are never touched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from itsmctl.errors import ItsmctlError, Problem, Where, did_you_mean
from itsmctl.history.asking import blobs, check_asked, is_hash, is_shallow, prefix_of
from itsmctl.history.files import MAX_FILES, is_read, not_a_file
from itsmctl.history.running import NoGit, git, in_repository
from itsmctl.reference import FOLDERS

_LINK, _MODULE = "120000", "160000"
_BEFORE = re.compile(r"([^~^]+)[~^]+[0-9~^]*$")
"""A commit before another one: `main~1`, `HEAD^`."""


@dataclass(frozen=True)
class Tree:
    """A revision that exists: the commit, empty where only a tree was named, and the tree that holds `root`."""

    commit: str
    tree: str


def tree_of(root: Path, revision: str) -> Tree:
    """Return what a revision, or `REVISION:FOLDER`, is; raises ItsmctlError where git does not know it."""
    if revision.startswith("-"):  # git would take it for an option
        raise _unknown(root, revision)
    _repository(root, revision)
    base, colon, _ = revision.partition(":")
    try:
        commit = _one(root, f"{base}^{{commit}}")
    except NoGit as error:
        raise _unknown(root, base) from error
    try:
        return Tree(commit, _one(root, revision if colon else f"{commit}:{prefix_of(root)}"))
    except NoGit as error:
        template = "at revision {revision} this folder did not exist; where the definitions lay elsewhere, write REVISION:FOLDER"
        raise ItsmctlError(Problem("no-definitions", template, Where(revision), {"revision": revision})) from error


def files_of(root: Path, revision: str, tree: str) -> Iterator[tuple[str, bytes]]:
    """Every file of a tree that definitions are read from, with its bytes; a link or a submodule is refused."""
    wanted: list[tuple[str, str]] = []
    for mode, blob, path in _listed(root, tree):
        if mode == _MODULE or (mode == _LINK and (is_read(path) or "." not in path.rpartition("/")[2])):
            raise ItsmctlError(not_a_file(f"{revision}:{path}", path))
        if is_read(path):
            wanted.append((path, blob))
    if len(wanted) > MAX_FILES:
        values = {"files": len(wanted), "most": MAX_FILES}
        raise ItsmctlError(
            Problem("too-many-files", "{files} files of definitions; at most {most}", Where(revision), values)
        )
    try:
        found = blobs(root, [blob for _, blob in wanted])
    except NoGit as error:
        raise _objects_missing(root, revision) from error
    for (path, _), content in zip(wanted, found, strict=True):
        if content is None:
            raise _objects_missing(root, revision)
        yield path, content


def _listed(root: Path, tree: str) -> Iterator[tuple[str, str, str]]:
    """(mode, object, path) of everything in the folders of definitions."""
    try:
        listed = git(root, "ls-tree", "-r", "-z", "--full-tree", tree, *FOLDERS)
    except NoGit as error:
        raise _objects_missing(root, tree) from error
    for line in listed.decode("utf-8", "surrogateescape").split("\0")[:-1]:
        facts, path = line.split("\t", 1)
        mode, _, object_ = facts.split(" ")
        yield mode, object_, path


def _repository(root: Path, revision: str) -> None:
    check_asked(root)
    if not in_repository(root):
        values = {"root": str(root), "revision": revision}
        template = "{revision!r} is no folder and no archive, and {root} is in no git repository that could know it"
        raise ItsmctlError(Problem("not-a-repository", template, Where(revision), values))


def _one(root: Path, name: str) -> str:
    return git(root, "rev-parse", "--verify", "--quiet", name).decode("ascii").strip()


def _names(root: Path) -> list[str]:
    """Every branch and tag, also those of remotes."""
    listed = git(root, "for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/tags", "refs/remotes")
    return listed.decode("utf-8", "replace").split()


def _unknown(root: Path, revision: str) -> ItsmctlError:
    try:
        names, shallow = _names(root), is_shallow(root)
        remotes = git(root, "remote").decode("utf-8", "replace").split()
    except NoGit:
        names, shallow, remotes = [], False, []
    branches = {revision, revision.partition("/")[2]} - {""}
    elsewhere = [name for name in names if name.partition("/")[2] in branches]
    near = elsewhere[0] if elsewhere else did_you_mean(revision, names)
    values: dict[str, object] = {"revision": revision, "command": _fetch(revision, remotes, shallow=shallow)}
    if shallow:
        template = "this clone is shallow and does not hold revision {revision!r}; run: {command}"
        # Not held here is no misspelling; only the same branch of a remote is worth naming.
        return ItsmctlError(
            Problem("shallow-clone", template, Where(revision), values, suggestion=near if elsewhere else "")
        )
    if not names and not _is_there(root, "HEAD"):
        template = "this repository has no commit yet, so there is nothing to compare with; `itsmctl validate` judges the definitions as they are"
        return ItsmctlError(Problem("nothing-before", template, Where(revision)))
    later = _BEFORE.match(revision)
    if later and _is_there(root, later[1]):
        template = "the history of {later} does not go back so far, so there is nothing to compare with; `itsmctl validate` judges the definitions as they are"
        return ItsmctlError(Problem("nothing-before", template, Where(revision), {"later": later[1]}))
    template = "unknown revision {revision!r}: no branch, tag or commit of this repository, no folder and no archive; where the remote has it, run: {command}"
    return ItsmctlError(Problem("unknown-revision", template, Where(revision), values, suggestion=near))


def _is_there(root: Path, revision: str) -> bool:
    try:
        return bool(_one(root, f"{revision}^{{commit}}"))
    except NoGit:
        return False


def _fetch(revision: str, remotes: Sequence[str], *, shallow: bool) -> str:
    """The command that brings a revision here; a clone that holds all of its history is not told to forget it (`--depth`)."""
    fetch = "git fetch --depth=1" if shallow else "git fetch"
    if is_hash(revision):
        return f"{fetch} origin {revision}"
    if (
        not revision.startswith("-")
        and all(letter.isalnum() or letter in "._/-" for letter in revision)
        and revision != "HEAD"
    ):
        first = revision.partition("/")[0]
        remote = first if first in (*remotes, "origin") and first != revision else ""
        branch = revision.removeprefix(f"{remote}/").removeprefix("refs/heads/")
        short_hash = len(branch) >= 7 and all(letter in "0123456789abcdef" for letter in branch)
        if not short_hash:
            target = f"refs/remotes/{revision}" if remote else f"refs/heads/{branch}"
            return f"{fetch} {remote or 'origin'} {branch}:{target}"
    return "git fetch --unshallow" if shallow else "git fetch --all"


def _objects_missing(root: Path, revision: str) -> ItsmctlError:
    """A partial clone holds commits without their files; we do not fetch behind anybody's back."""
    template = "this clone does not hold the files of revision {revision}; run: {command}"
    values = {"revision": revision, "command": "git fetch --refetch --no-filter origin"}
    return ItsmctlError(Problem("objects-missing", template, Where(revision), values))
