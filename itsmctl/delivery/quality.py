"""What was delivered to customers in a period, as values: the thing that every form of the service quality report is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from itsmctl.delivery.period import Period
from itsmctl.model import Agreement, Customer, Register, RegisterRow, Service

MINIMUM = 20
"""Fewer tickets than this are not compared with those of another period."""
ENOUGH = 10
"""Fewer tickets than this say nothing about whether a promised share was kept."""
MOST_LATE = 500
"""Late tickets that are kept one by one for a service, the latest first; their number is always whole."""

Better = Literal["more", "less", "neither"]
Clear = Literal["better", "worse", "chance", "few", "unknown"]
"""What a comparison says: clearly better or worse; could be chance; too few tickets; not to be known from these data."""


@dataclass(frozen=True)
class Attained:
    """One promise: a clock for a priority, what was promised, and what was delivered."""

    agreement: str
    clock: str
    priority: str
    target: str
    """As the agreement writes it, `4h`."""
    agreed: float | None
    """Per cent promised."""
    judged: int
    met: int
    not_testable: int

    @property
    def late(self) -> int:
        """Those that were not in time."""
        return self.judged - self.met

    @property
    def enough(self) -> bool:
        """Whether there were tickets enough for a share to say something."""
        return self.judged >= ENOUGH

    @property
    def kept(self) -> bool:
        """Whether the share promised was reached, whatever became of those that nobody could measure."""
        return (
            self.agreed is not None
            and self.enough
            and 100 * self.met >= self.agreed * (self.judged + self.not_testable)
        )

    @property
    def missed(self) -> bool:
        """Whether it was missed, even if all that nobody could measure was in time."""
        if self.agreed is None or not self.enough:
            return False
        return 100 * (self.met + self.not_testable) < self.agreed * (self.judged + self.not_testable)


@dataclass(frozen=True)
class Late:
    """A ticket that was not in time; `stopped` is None while it still runs."""

    record_id: str
    number: str
    clock: str
    priority: str
    counted: int
    target: int
    stopped: int | None
    reason: str


@dataclass(frozen=True)
class Volume:
    """The tickets of one process: open when the period began, opened, resolved, and open when it ended."""

    process: str
    open_before: int
    opened: int
    resolved: int
    open_after: int


@dataclass(frozen=True)
class Changes:
    """Changes that ended in the period, by type and by what became of them."""

    type: str
    outcome: str
    number: int


@dataclass(frozen=True)
class Kept:
    """The rows of a register that are about the service and the period."""

    register: Register
    rows: tuple[RegisterRow, ...]


@dataclass(frozen=True)
class Step:
    """What to do next: a sentence to be translated, what is filled in, and the role that sees to it."""

    template: str
    values: Mapping[str, object]
    role: str


@dataclass(frozen=True)
class ServiceQuality:
    """One service in the period."""

    service: Service
    agreements: tuple[Agreement, ...]
    attained: tuple[Attained, ...]
    late: tuple[Late, ...]
    late_in_all: int
    volumes: tuple[Volume, ...]
    changes: tuple[Changes, ...]
    registers: tuple[Kept, ...]
    steps: tuple[Step, ...]

    @property
    def promises(self) -> tuple[Attained, ...]:
        """Each agreed clock over all priorities, as the agreement promises its share."""
        found: dict[tuple[str, str], list[Attained]] = {}
        for one in self.attained:
            found.setdefault((one.agreement, one.clock), []).append(one)
        return tuple(
            Attained(
                agreement, clock, "", "", some[0].agreed, sum(one.judged for one in some), sum(one.met for one in some),
                sum(one.not_testable for one in some),
            )
            for (agreement, clock), some in found.items()
        )  # fmt: skip

    @property
    def opened(self) -> int:
        """Tickets of all processes that were opened."""
        return sum(volume.opened for volume in self.volumes)


@dataclass(frozen=True)
class Figure:
    """A measured value with what chance would allow at 95%; `value` is None where the data do not say."""

    value: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True)
class Measure:
    """One figure before and now, which way is better, what others claim, and what the comparison says."""

    id: str
    unit: Literal["percent", "hours", "number", "minutes"]
    better: Better
    before: Figure
    now: Figure
    clear: Clear
    quoted: str = ""
    """The change that the slides quote, without a source; to compare with, not a promise."""

    @property
    def change(self) -> float | None:
        """By how many per cent it has changed; for shares by how many points."""
        if self.before.value is None or self.now.value is None:
            return None
        if self.unit == "percent":
            return self.now.value - self.before.value
        return 100 * (self.now.value - self.before.value) / self.before.value if self.before.value else None


@dataclass(frozen=True)
class Comparison:
    """The period against an earlier one."""

    period: Period
    measures: tuple[Measure, ...]
    mix: float | None
    """By how many percentage points the mix of priorities differs."""
    covered: bool
    """Whether the export reaches from the first to the last day of the earlier period."""


@dataclass(frozen=True)
class Quality:
    """The whole report."""

    period: Period
    zone: str
    as_of: int
    customer: Customer | None
    services: tuple[ServiceQuality, ...]
    covered: bool
    """Whether the export reaches from the first to the last day of the period."""
    own_registers: bool
    """Whether the registers are those of the organisation whose tickets these are."""
    comparison: Comparison | None
    records: int
    digest: str
    definitions: str
