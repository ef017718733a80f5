"""Commit objects read as git keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from itsmctl.history.running import git

_CHUNK = 500
"""Commits asked for at once: keeps the command line short enough for every system."""


@dataclass(frozen=True)
class Raw:
    author: str
    committer: str
    committed_at: int
    subject: str
    signed: bool
    merge: bool


def raw_commits(root: Path, hashes: Sequence[str]) -> dict[str, Raw]:
    commits: dict[str, Raw] = {}
    for start in range(0, len(hashes), _CHUNK):
        some = hashes[start : start + _CHUNK]
        output = git(root, "rev-list", "--no-walk", "--header", "--encoding=UTF-8", *some, "--")
        for record in output.split(b"\0"):
            if record.strip():
                hash_, raw = _parse_commit(record)
                commits[hash_] = raw
    return commits


def _parse_commit(record: bytes) -> tuple[str, Raw]:
    """One record of `git rev-list --header`: the hash, then the commit object with its message indented."""
    head, _, message = record.decode("utf-8", "replace").strip("\n").partition("\n\n")
    hash_, *lines = head.split("\n")
    author, _ = _signature([line for line in lines if line.startswith("author ")])
    committer, committed_at = _signature([line for line in lines if line.startswith("committer ")])
    subject = next((line.strip() for line in message.split("\n") if line.strip()), "")
    signed = any(line.startswith(("gpgsig ", "gpgsig-sha256 ")) for line in lines)
    merge = sum(line.startswith("parent ") for line in lines) > 1
    return hash_, Raw(author, committer, committed_at, subject, signed, merge)


def _signature(lines: Sequence[str]) -> tuple[str, int]:
    """The name and the moment of `author NAME <MAIL> SECONDS ZONE`."""
    line = lines[0] if lines else ""
    name = line.partition(" ")[2].rpartition(" <")[0].strip()
    seconds = line.rpartition("> ")[2].split(" ")[0]
    return name, int(seconds) if seconds.lstrip("-").isdigit() else 0
