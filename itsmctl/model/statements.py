"""Documented statements: what the management system says, who approved it, and who was told."""

from __future__ import annotations

from datetime import date
from typing import Literal

from itsmctl.model.definition import Definition, Text
from itsmctl.values import value


@value
class Statement:
    """A sentence of a policy that can be kept or broken, with what carries it out and what tests it."""

    id: str
    text: Text
    clauses: tuple[str, ...]
    processes: tuple[str, ...]
    rules: tuple[str, ...]


@value
class Communication:
    """Who was told of a policy, how and when, and which share of them confirmed it, in per cent."""

    to: Text
    by: Text
    on: date | None
    acknowledged: float | None


@value
class Policy(Definition):
    """A documented statement of the management system, with its approval."""

    type: Literal["policy", "scope", "plan", "assessment", "criteria"]
    version: str
    owner: str
    approver: str
    approved: date | None
    purpose: Text
    scope: Text
    statements: tuple[Statement, ...]
    communicated: tuple[Communication, ...]
    retention: Text
