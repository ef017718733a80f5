"""Named deviations: rules that need not be kept for a while, and findings that are known."""

from __future__ import annotations

from datetime import date

from itsmctl.model.definition import Conditions, Definition, Effective, Text
from itsmctl.values import value


@value
class Waiver(Definition):
    """A rule that need not be kept for some records until a moment, in epoch seconds; approved by somebody else.

    It covers the records that meet its scope and, where it names any, are among `records`.
    """

    rule: str
    scope: Conditions
    records: tuple[str, ...]
    opened: Effective
    reason: Text
    risk: Text
    measures: tuple[Text, ...]
    author: str
    approver: str
    authority: str
    approved: date | None
    expires: int
    zone: str
    """In which its days begin and end, or '' where that is the audit's."""
    nonconformity: str


@value
class KnownFindings:
    """Records known to break a rule, and groups as they were observed; `meaning` is what the rule demanded, '' if unknown."""

    rule: str
    records: tuple[str, ...]
    note: Text
    version: int = 0
    meaning: str = ""
    observed: tuple[tuple[str, str], ...] = ()
    """(record or group, what was observed of it)"""


@value
class Baseline(Definition):
    """Findings known at a moment, one by one; from `expires` on they count again (both in epoch seconds)."""

    taken: int
    definitions: str
    reason: Text
    author: str
    approver: str
    authority: str
    approved: date | None
    expires: int
    findings: tuple[KnownFindings, ...]
