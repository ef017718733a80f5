"""What every format of the gate is made from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from itsmctl.gate import Gate
from itsmctl.language import Language
from itsmctl.reports.replay import Replayed


@dataclass(frozen=True)
class Judged:
    """The gate with its verdict, the files of the head, and how to do it again."""

    gate: Gate
    failed: bool
    root: Path
    """The folder of the head's definitions."""
    files: tuple[str, ...]
    """Its files, relative to it."""
    base: str
    head: str
    """'' for the files as they are."""
    command: str
    """What reproduces it on any machine that has the tickets."""
    replayed: Replayed | None
    place: str = ""
    """The folder of the definitions as the forge sees it."""
    name: str = "."
    """Tells this management system from others of the repository."""
    language: Language = "en"
