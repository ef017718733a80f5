"""One ticket of the generated history while it is being written: what the tool stores, update by update."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from itsmctl.generate.people import Site
from itsmctl.model import Service, Text


@dataclass(frozen=True)
class Update:
    """One row of the audit log: who left the ticket in which state and in whose hands."""

    at: int
    by: str
    state: str
    """A state of the process, or a dirty value as a tool might store it."""
    group: str
    assignee: str
    priority: str = ""
    """What it was for the time being; empty: as the last row shows it."""


@dataclass
class Ticket:
    """A ticket; `updates` are in order of time, and the moments are those that the last row shows."""

    number: str
    site: Site
    opened_at: int
    recorded_at: int
    service: Service | None
    service_name: str
    customer: str
    company: str
    priority: str
    impact: str
    urgency: str
    category: str
    subcategory: str
    symptom: Text
    nature: str
    channel: str
    ci: str
    requester: str
    opened_by: str
    responded_at: int | None = None
    resolved_at: int | None = None
    closed_at: int | None = None
    resolved_by: str = ""
    closed_by: str = ""
    closure_code: str = ""
    close_notes: str = ""
    knowledge: bool = False
    confirmed: bool = False
    problem: str = ""
    change: str = ""
    vendor: str = ""
    caused_by: str = ""
    reported_met: bool = True
    updates: list[Update] = field(default_factory=list)
    details: dict[str, str | int] = field(default_factory=dict)
    """Further columns, by their canonical names; moments in epoch seconds."""
    left_out: set[str] = field(default_factory=set)
    """Further columns that nobody filled in."""
    planted: dict[str, str] = field(default_factory=dict)
    """What was planted on purpose, by the rule that should see it."""

    def add(self, at: int, by: str, state: str, group: str = "", assignee: str = "") -> None:
        """Append an update; group and assignee stay as they were where they are not given."""
        last = self.updates[-1] if self.updates else Update(at, by, state, "", "")
        self.updates.append(Update(at, by, state, group or last.group, assignee or last.assignee))

    @property
    def state(self) -> str:
        return self.updates[-1].state

    @property
    def reopen_count(self) -> int:
        """How often it left a resolved or closed state for one that is not."""
        states = [update.state for update in self.updates]
        done = ("resolved", "closed")
        return sum(old in done and new not in done for old, new in zip(states, states[1:], strict=False))

    @property
    def hands(self) -> tuple[str, ...]:
        """The groups that held it, one after the other."""
        groups = [update.group for update in self.updates if update.group]
        return tuple(group for before, group in zip(["", *groups], groups, strict=False) if group != before)

    @property
    def reassignment_count(self) -> int:
        return max(len(self.hands) - 1, 0)

    def cut(self, end: int) -> None:
        """Forget what happens after the export was made."""
        self.updates = [update for update in self.updates if update.at <= end]
        self.responded_at = _until(self.responded_at, end)
        self.resolved_at, self.closed_at = _until(self.resolved_at, end), _until(self.closed_at, end)
        self.resolved_by = self.resolved_by if self.resolved_at else ""
        self.closed_by = self.closed_by if self.closed_at else ""
        if not self.closed_at:
            self.closure_code = ""

    def show(self, end: int) -> None:
        """Let the further columns be those that were filled in and known when the export was made."""
        for column, value in list(self.details.items()):
            if column in self.left_out or (isinstance(value, int) and value > end):
                del self.details[column]

    def move(self, seconds: int) -> None:
        """Let every update happen later, the columns staying as they are."""
        self.updates = [replace(update, at=update.at + seconds) for update in self.updates]


def _until(moment: int | None, end: int) -> int | None:
    return moment if moment is not None and moment <= end else None
