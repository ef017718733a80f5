"""How a clock of an agreement deals with what happens in a ticket's life: the switches, and conditions beyond states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from itsmctl.model.definition import Conditions
from itsmctl.values import value

OnPriorityChange = Literal[
    "continue-from-open", "continue-without-earlier-pauses", "restart", "keep-first", "strictest"
]
AgreementVersion = Literal["at-open", "at-resolution", "at-each-instant"]
CalendarVersion = Literal["at-each-instant", "current"]
OnReopen = Literal["resume-excluding-resolved", "resume-including-resolved", "new-cycle"]
ResponseIs = Literal["message", "assignment", "status-change"]
OpenAtCutoff = Literal["judge", "exclude", "carry"]
PeriodOfTicket = Literal["opened", "resolved", "deadline"]
BusinessDay = Literal["day-length", "weekday"]
VerdictBy = Literal["counted", "deadline"]
WithinPrecision = Literal["judge", "not-testable"]
ConditionRole = Literal["start", "pause", "stop", "cancel", "reset"]

ZONE_OF_CALENDAR = "agreement"
"""`zone_from` where the zone is that of the agreement's calendar."""


@value
class PauseLimit:
    """The most counted time that one pause may take from the clock; what is longer counts again."""

    seconds: int
    business_days: int = 0


@value
class ClockCondition:
    """Something a clock does while a record meets conditions; `name` is what a ledger calls that time."""

    role: ConditionRole
    conditions: Conditions
    name: str


@value
class ClockPolicy:
    """The switches on which tools and contracts differ, each with the default that `docs/explanation/clocks.md` gives."""

    on_priority_change: OnPriorityChange = "continue-from-open"
    agreement_version: AgreementVersion = "at-open"
    calendar_version: CalendarVersion = "at-each-instant"
    on_reopen: OnReopen = "resume-excluding-resolved"
    response_is: ResponseIs = "message"
    max_pause_share: float | None = None
    open_at_cutoff: OpenAtCutoff = "judge"
    period_of_ticket: PeriodOfTicket = "resolved"
    cancelled_counts: bool = False
    business_day: BusinessDay = "day-length"
    verdict_by: VerdictBy = "counted"
    within_precision: WithinPrecision = "judge"
    zone_from: str = ZONE_OF_CALENDAR
    """The column that says where a record belongs, or `agreement`."""
    zones: Mapping[str, str] = field(default_factory=dict)
    """The zone of each value of that column; those of customers are known without."""


DEFAULT_POLICY = ClockPolicy()
