"""What every format of problems is made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from itsmctl.errors import Problem, Severity
from itsmctl.language import Language


@dataclass(frozen=True)
class Checked:
    """What a command looked at, and what is wrong with it."""

    command: str
    """Which command looked, as `validate`."""
    problems: Sequence[Problem]
    """By place."""
    files: Sequence[str]
    """Every file that was looked at, also those without a problem."""
    language: Language = "en"
    base: str = ""
    """The folder of the definitions as the forge sees it: files are named relative to it."""
    as_of: date | None = None
    weighed: bool = False
    """Whether the problems come in the order of their weight, not by place."""

    def path(self, file: str) -> str:
        """A file as the forge names it: relative to the repository, with forward slashes."""
        return f"{self.base}/{file}" if self.base else file


def ranked(checked: Checked) -> list[Problem]:
    """The gravest first, then by weight or place: what to read where a forge shows only some of them."""
    order: dict[Severity, int] = {"error": 0, "warning": 1}
    if checked.weighed:
        return sorted(checked.problems, key=lambda p: order[p.severity])
    return sorted(checked.problems, key=lambda p: (order[p.severity], p.where, p.code, p.message))
