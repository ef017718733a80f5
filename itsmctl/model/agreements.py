"""Promises about services: to customers (SLA), between teams (OLA), and by suppliers (underpinning contracts)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date

from itsmctl.errors import Where
from itsmctl.model.clocks import DEFAULT_POLICY, ClockCondition, ClockPolicy, PauseLimit
from itsmctl.model.definition import ClockRole, Conditions, Definition, Language, Text
from itsmctl.values import value


@value
class Target:
    """A promise: records that meet `conditions` within a counted time; the first match wins.

    The time is `seconds`, plus `business_days` of the agreement's calendar.
    """

    conditions: Conditions
    seconds: int
    business_days: int
    text: str
    where: Where


@value
class ClockDefinition:
    """How one clock of an agreement runs: when it starts, stops, pauses, and its targets."""

    name: str
    title: Text
    starts_at: str
    stops_at: str
    states: Mapping[str, ClockRole]
    reopens: bool
    targets: tuple[Target, ...]
    policy: ClockPolicy = DEFAULT_POLICY
    conditions: tuple[ClockCondition, ...] = ()
    """What starts, pauses, stops, cancels or resets it beside the states."""
    limits: Mapping[str, PauseLimit] = field(default_factory=dict)
    """The longest that a pause may be, by state or by the name of a condition."""
    ends_at_column: bool = False
    """Whether `stops_at` ends it for good beside its conditions, as it ends a leg of a clock without stop states."""

    @property
    def is_plain(self) -> bool:
        """Whether states, the record's own times and its last values are all that decides."""
        return self.policy == DEFAULT_POLICY and not self.conditions and not self.limits


@value
class WorkloadLimit:
    """How many tickets a month a promise is made for (None: without a limit), and what happens beyond."""

    per_month: int | None
    beyond: Text


@value
class Agreement(Definition):
    """A service level agreement: which services, for whom, in which calendar, with which clocks."""

    services: tuple[str, ...]
    customers: tuple[str, ...]
    calendar: str
    clocks: Mapping[str, ClockDefinition]
    attainment: Mapping[str, float]
    availability: float | None = None
    workload_limit: WorkloadLimit | None = None
    exceptions: tuple[Text, ...] = ()
    reporting: Text = Text()
    agreed_on: date | None = None
    agreed_provider: str = ""
    """Role that agreed it for the service provider."""


@value
class Leg:
    """One clock of an agreement that supports others: a leg of the way to the promise made to the customer.

    It counts the time in which a ticket lies with those who gave this promise. Legs of one `step` run side by side
    and the longest counts; the steps follow one another, each with its `hand_over` seconds, and must fit together
    inside the clock `inside` of the agreements that they support.
    """

    name: str
    title: Text
    inside: str
    step: int
    hand_over: int
    pauses: tuple[str, ...]
    targets: tuple[Target, ...]


@value
class LegName:
    """What people call a leg: what it promises, and in which agreement."""

    title: Text
    agreement: Text

    def in_(self, language: Language) -> str:
        """Both in one line."""
        return f"{self.title.in_(language)} · {self.agreement.in_(language)}"


@value
class SupportTerms:
    """What operational level agreements and underpinning contracts both promise to those who promise to customers."""

    supports: tuple[str, ...]
    services: tuple[str, ...]
    scope: Text
    calendar: str
    clocks: Mapping[str, Leg]
    attainment: Mapping[str, float]
    availability: float | None
    workload_limit: WorkloadLimit | None
    interfaces: tuple[Text, ...]


@value
class OperationalAgreement(Definition):
    """What one team promises to another (OLA)."""

    terms: SupportTerms
    provider: str
    groups: tuple[str, ...]
    commitments: tuple[Text, ...]
    exceptions: tuple[Text, ...]


@value
class Renewal:
    """What happens at the end of a contract: the last day to decide, and whether it goes on by itself."""

    decide_by: date | None
    automatic: bool
    notice: Text


@value
class Contract(Definition):
    """What a supplier owes us (underpinning contract); its term is its effective period."""

    terms: SupportTerms
    supplier: str
    number: str
    manager: str
    ours: tuple[Text, ...]
    theirs: tuple[Text, ...]
    subcontractors: tuple[str, ...]
    reporting: Text
    remedies: Text
    disputes: Text
    exit: Text
    renewal: Renewal | None
