"""The documents below a process: procedures, and the work instructions under them."""

from __future__ import annotations

from typing import Literal

from itsmctl.model.definition import Definition, Text
from itsmctl.values import value


@value
class Step:
    """One step: what is done, by which role, how soon after the beginning, and what evidence it leaves."""

    text: Text
    role: str
    within: str
    evidence: Text


@value
class Procedure(Definition):
    """A procedure (规程), or a work instruction (操作指示) under one."""

    level: Literal["procedure", "work-instruction"]
    process: str
    activities: tuple[str, ...]
    under: str
    owner: str
    version: str
    purpose: Text
    begins: Text
    steps: tuple[Step, ...]
