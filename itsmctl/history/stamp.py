"""The commit that definitions stand at, and whether they still are what it holds.

Working files are compared with the commit by hashing them here, so that neither the index (which can be told to look
away), nor ignore rules, nor filters of the repository have a say.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from itsmctl.history.asking import check_asked
from itsmctl.history.commits import raw_commits
from itsmctl.history.running import NoGit, git
from itsmctl.reference import FOLDERS, SUFFIXES


@dataclass(frozen=True)
class Commit:
    """A commit; `unlike` are the definition files, and the files of rows, that differ from it, are missing, or are not in it."""

    hash: str
    author: str
    committed_at: int
    subject: str
    unlike: tuple[str, ...] = ()

    @property
    def dirty(self) -> bool:
        """Whether the files are anything else than what the commit holds."""
        return bool(self.unlike)


def commit_of(root: Path, files: Collection[str]) -> Commit | None:
    """Return the commit checked out at `root`, or None where no definition under it is kept in git.

    All YAML files are looked at, and of others those that the definitions name, such as rows of registers: they stand in
    `files`, by path relative to `root`. Raises ItsmctlError where `root` lies in a repository about which git cannot be asked: `why` among
    the values of its problem.
    """
    try:
        answer = git(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        hash_ = answer.decode("ascii").strip()
        # A folder that merely lies inside a repository (an installed package in a project's own venv, say) is not
        # at that repository's commit.
        named = frozenset(name for name in files if not name.endswith(SUFFIXES))
        tracked = _tracked(root, hash_, named)
        raw = raw_commits(root, [hash_]).get(hash_) if tracked else None
    except NoGit:
        check_asked(root)
        return None
    if raw is None:
        return None
    return Commit(hash_, raw.author, raw.committed_at, raw.subject, _unlike(root, tracked, named))


def changes_seen(root: Path) -> bool:
    """Whether git itself sees anything in the folders of definitions that is not committed. Raises NoGit."""
    return bool(git(root, "--no-optional-locks", "status", "--porcelain", "--untracked-files=all", "--", *FOLDERS))


def _tracked(root: Path, hash_: str, named: Collection[str]) -> dict[str, str]:
    """The definition files and named files of a commit, by path relative to `root`, with the hash of their content."""
    listed = git(root, "ls-tree", "-r", "-z", hash_, "--", *FOLDERS)
    tracked = {}
    for line in listed.decode("utf-8", "surrogateescape").split("\0")[:-1]:
        facts, path = line.split("\t", 1)
        if path.endswith(SUFFIXES) or path in named:
            tracked[path] = facts.split(" ")[2]
    return tracked


def _unlike(root: Path, tracked: dict[str, str], named: Collection[str]) -> tuple[str, ...]:
    found = [path for part in FOLDERS for path in (root / part).rglob("*.y*ml") if path.suffix in SUFFIXES]
    present = {path.relative_to(root).as_posix(): path for path in found if path.is_file()}
    present |= {name: root / name for name in named}
    names = present.keys() | tracked.keys()
    same = {name for name in present.keys() & tracked.keys() if _same_content(present[name], tracked[name])}
    return tuple(sorted(names - same))


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
