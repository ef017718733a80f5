"""The reference definitions in a git repository, with a branch that demands less."""

from __future__ import annotations

import subprocess
from pathlib import Path

from change_case import copy_to

FILE = "catalog/sla/email-collaboration.yaml"
BEFORE, AFTER = "within: 30m", "within: 45m"


def git(root: Path, *arguments: str) -> str:
    """What git prints, run as somebody whom the definitions do not know."""
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True, text=True).stdout


def repository_at(root: Path, branch: str) -> Path:
    """`main` with the reference definitions, and a branch, checked out, on which one target is longer."""
    root.mkdir(parents=True)
    copy_to(root)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "Begin")
    git(root, "checkout", "-qb", branch)
    text = (root / FILE).read_text("utf-8")
    assert BEFORE in text
    (root / FILE).write_text(text.replace(BEFORE, AFTER, 1), "utf-8")
    git(root, "commit", "-qam", "Answer in three quarters of an hour")
    return root
