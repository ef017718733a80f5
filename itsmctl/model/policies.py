"""What else stands under `policies/`: frameworks and the rules tied to their clauses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from itsmctl.model.definition import Condition, Conditions, Definition, Limit, Severity, Text


@dataclass(frozen=True)
class Clause:
    """A numbered requirement of a framework, with our own short title."""

    number: str
    title: Text


@dataclass(frozen=True)
class Framework(Definition):
    """A standard or framework, as clause numbers with titles in our words."""

    version: str
    clauses: Mapping[str, Clause]


Parameter = str | int | float | bool | None | Condition | tuple["Parameter", ...] | Mapping[str, "Parameter"]


@dataclass(frozen=True)
class Rule(Definition):
    """An audit rule: a check type with its parameters, over the records in scope."""

    version: int
    process: str
    clauses: tuple[str, ...]
    severity: Severity
    enquiry: bool
    scope: Conditions
    check: str
    parameters: Mapping[str, Parameter]
    tolerance: Limit
    allowance: Limit
    rests_on: tuple[str, ...]
    rationale: Text
    remedy: Text
    exceptions: tuple[Text, ...]
