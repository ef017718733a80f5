"""How far an export can be trusted: what an auditor should know before drawing anything from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from itsmctl.importers.receipt import Receipt
from itsmctl.model import Gap, Text
from itsmctl.result import Personal


@dataclass(frozen=True)
class OfficeDay:
    """The nine hours in which most records were opened, on the clock of the zone: a wrong zone moves them into the night."""

    start: int
    """Minutes after midnight."""
    share: float

    @property
    def strange(self) -> bool:
        """Nobody's office day: it begins before five or after noon, though most records are of one."""
        return self.share >= 0.6 and not 5 * 60 <= self.start <= 12 * 60


@dataclass(frozen=True)
class TimeColumn:
    """How an exported column writes moments, and how many of its values lie in an hour that the clocks showed twice."""

    name: str
    pattern: str
    order: str
    """Which of day and month comes first, where both are numbers."""


@dataclass(frozen=True)
class Lookalike:
    """An exported column that no canonical one takes, and that looks like one that is missing."""

    canonical: str
    exported: str
    likelihood: float


@dataclass(frozen=True)
class Blind:
    """Why rules cannot be tested with this export: a reason code with what is missing, and the rules, gravest first."""

    reason: str
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Wanted:
    """A column, or the history of one, that the export lacks, and what exporting it would make testable."""

    column: str
    history: bool
    alone: tuple[str, ...]
    """Rules that lack nothing else."""
    with_others: tuple[str, ...]
    """Rules that lack other columns too."""


@dataclass(frozen=True)
class Honesty:
    """The whole report."""

    receipt: Receipt
    gaps: tuple[Gap, ...]
    """The largest first."""
    numbered: bool
    """Whether there are numbers that are counted one by one: without them nobody can tell of gaps."""
    office_day: OfficeDay | None
    times: tuple[TimeColumn, ...]
    lookalikes: tuple[Lookalike, ...]
    personal: tuple[Personal, ...]
    rules: int
    """How many rules there are for the processes in the export."""
    testable: int
    wanted: tuple[Wanted, ...]
    """What the export lacks, the most useful first."""
    blind: tuple[Blind, ...]
    """Whatever else keeps rules from being tested."""
    elsewhere: tuple[tuple[str, int], ...]
    """Processes of which the export holds no record, and how many rules each has."""
    no_records: tuple[str, ...]
    """Rules that had no record in scope."""
    processes: tuple[tuple[str, int], ...] = ()
    """Processes of which the export holds records, and how many, the most first."""
    process_titles: Mapping[str, Text] = field(default_factory=dict)
    """What the definitions call the processes."""
