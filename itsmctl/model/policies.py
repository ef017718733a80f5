"""What else stands under `policies/`: the rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from itsmctl.model.definition import Condition, Conditions, Definition, Limit, Severity, Text

Parameter = str | int | float | bool | None | Condition | tuple["Parameter", ...] | Mapping[str, "Parameter"]


@dataclass(frozen=True)
class Rule(Definition):
    """An audit rule: a check type with its parameters, over the records in scope."""

    version: int
    process: str
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
