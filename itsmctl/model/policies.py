"""What else stands under `policies/`: the rules."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from itsmctl.model.definition import Condition, Conditions, Definition, Limit, Severity, Text
from itsmctl.values import value

Parameter = str | int | float | bool | None | Condition | tuple["Parameter", ...] | Mapping[str, "Parameter"]


GROUPED = frozenset(
    {
        "attainment",
        "concentration",
        "count-per-month",
        "heaping",
        "number-gaps",
        "paused-share",
        "percentile",
        "period-end",
        "register",
        "row-count",
        "share",
        "trend",
        "variants",
    }
)
"""Checks whose rows are groups or files, not records."""


@value
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

    @property
    def meaning(self) -> str:
        """Sixteen hexadecimal digits of what it demands of whom: not of its words, its weight or what it tolerates."""
        demands = [self.process, _plain(self.scope), self.check, _plain(self.parameters)]
        return hashlib.sha256(json.dumps(demands, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:16]


def _plain(value: Parameter) -> object:
    """A parameter as values that JSON knows."""
    match value:
        case Condition():
            return [value.column, value.test, list(value.values)]
        case tuple():
            return [_plain(one) for one in value]
        case Mapping():
            return {key: _plain(one) for key, one in value.items()}
        case _:
            return value
