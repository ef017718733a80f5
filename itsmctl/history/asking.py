"""The few questions about a repository that every part of the history asks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.history.running import NOT_INSTALLED, NoGit, git, in_repository

_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


def is_hash(revision: str) -> bool:
    """Whether a revision is the whole hash of an object, of SHA-1 or SHA-256."""
    return _HASH.fullmatch(revision) is not None


def check_asked(root: Path) -> None:
    """Raise ItsmctlError where a folder looks like one of a repository and git tells nothing about it: nobody knows then what it holds."""
    if why := why_silent(root):
        template = "this folder lies in a git repository, and git cannot be asked about it: {why}"
        if why == NOT_INSTALLED:
            template = (
                "this folder lies in a git repository, and git is not installed, so that nobody can tell what it knows"
            )
        raise ItsmctlError(Problem("git-cannot-tell", template, Where(str(root)), {"why": why}))


def why_silent(root: Path) -> str:
    """Why git tells nothing about a folder that looks like one of a repository, in its words, with the command that it names; else ''."""
    if not in_repository(root):
        return ""
    try:
        git(root, "rev-parse", "--git-dir")
    except NoGit as error:
        lines = [line.strip() for line in str(error).removeprefix("fatal: ").splitlines() if line.strip()]
        remedy = [line for line in lines[1:] if line.startswith("git ")]
        return "; ".join([*lines[:1], *remedy]) or "?"
    return ""


def prefix_of(root: Path) -> str:
    """Where a folder lies in its repository, as `folder/`; '' at its top. Raises NoGit."""
    return git(root, "rev-parse", "--show-prefix").decode("utf-8", "surrogateescape").rstrip("\n")


def is_shallow(root: Path) -> bool:
    """Whether the clone holds only the last commits. Raises NoGit."""
    return git(root, "rev-parse", "--is-shallow-repository").strip() == b"true"


def boundary(file: Path) -> frozenset[str]:
    """The commits at which a shallow clone is cut off, from git's file of them: git shows every file as added there, which nobody did."""
    try:
        return frozenset(file.read_text("ascii").split())
    except OSError:
        return frozenset()


def blobs(root: Path, names: Sequence[str]) -> list[bytes | None]:
    """The contents of objects by whatever names git knows them; None where one is missing or no file. Raises NoGit."""
    asked = "".join(f"{name}\n" for name in names)
    answer = git(root, "cat-file", "--batch", asked=asked.encode("utf-8", "surrogateescape"))
    found: list[bytes | None] = []
    at = 0
    for _ in names:  # a line with hash, type and size, the content, a line end; or one line that says why not
        end = answer.index(b"\n", at)
        words = answer[at:end].split(b" ")
        there = len(words) == 3 and words[2].isdigit()
        size = int(words[2]) if there else 0
        found.append(answer[end + 1 : end + 1 + size] if there and words[1] == b"blob" else None)
        at = end + 1 + size + there
    return found
