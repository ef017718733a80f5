"""What a replay yields: the verdicts that flip, how many of which sort, and what makes them flip."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from itsmctl.change.replay.groups import Group
from itsmctl.model import Outcome, Rule

State = Literal["pass", "fail", "not_testable", "waived", "out_of_scope"]
FlipKind = Literal[
    "newly_failing", "newly_in_scope", "newly_not_testable", "newly_out_of_scope", "newly_waived", "newly_passing", "newly_testable"
]  # fmt: skip
FLIP_KINDS: tuple[FlipKind, ...] = (
    "newly_failing", "newly_in_scope", "newly_not_testable", "newly_out_of_scope", "newly_waived", "newly_passing", "newly_testable"
)  # fmt: skip
"""In the order in which a reviewer wants to see them."""


STATES: tuple[State, ...] = ("pass", "fail", "not_testable", "waived", "out_of_scope")


def state_of(text: object) -> State:
    """A state as the engine names it."""
    return STATES[STATES.index(str(text))]


def kind_of(before: State, after: State) -> FlipKind:
    """What sort of flip leads from one state to another; what enters or leaves a scope is always told as that."""
    if before == "out_of_scope":
        return "newly_in_scope"
    if after == "out_of_scope":
        return "newly_out_of_scope"
    if after == "not_testable":
        return "newly_not_testable"
    if before == "not_testable":
        return "newly_testable"
    if after == "waived":
        return "newly_waived"
    return "newly_failing" if after == "fail" else "newly_passing"


@dataclass(frozen=True)
class Flip:
    """One verdict that is another under the head than under the base; `record_id` is the key of a group for some rules.

    `because` are the fingerprints of the changes that cause it: of any that does alone, or, where `together`, of those of
    which none does alone.
    """

    rule: str
    record_id: str
    before: State
    after: State
    service: str
    month: str
    reason: str
    """Why it cannot be tested under the head."""
    because: tuple[str, ...]
    together: bool

    @property
    def kind(self) -> FlipKind:
        """What sort of flip it is."""
        return kind_of(self.before, self.after)


@dataclass(frozen=True)
class Tally:
    """How many verdicts of a rule flip in the same way, for one service and month."""

    rule: str
    before: State
    after: State
    service: str
    month: str
    flips: int

    @property
    def kind(self) -> FlipKind:
        """What sort of flip they are."""
        return kind_of(self.before, self.after)


@dataclass(frozen=True)
class Cause:
    """What one group of changes does to one rule: how many flips it causes alone, and how many only with others."""

    group: Group
    rule: str
    alone: int
    together: int


@dataclass(frozen=True)
class Judged:
    """A rule that was judged on both sides; its outcome on each, or None where there was no such rule, or part was judged."""

    rule: Rule
    before: Outcome | None
    after: Outcome | None


@dataclass(frozen=True)
class WaiverCover:
    """What a waiver of the head covers among these tickets: failures that it excuses, verdicts in its scope, and of its rule."""

    waiver: str
    excused: int
    scope: int
    in_scope: int


@dataclass(frozen=True)
class Replay:
    """The same tickets under two sets of definitions."""

    as_of: int
    zone: str
    dataset: str
    """Digest of the dataset."""
    records: int
    reached: int
    """Records that were judged; the change can reach no others."""
    rules: tuple[Judged, ...]
    """Rules that the change touches, by id."""
    untouched: int
    tallies: tuple[Tally, ...]
    flips: tuple[Flip, ...]
    """All of them, or the first of each sort."""
    causes: tuple[Cause, ...]
    covers: tuple[WaiverCover, ...] = ()
    """The waivers of the rules that the change touches, where all records were judged."""
    enquiries: tuple[str, ...] = ()
    """Enquiries that the change touches, and by which nobody judged."""

    @property
    def outcomes(self) -> tuple[Judged, ...]:
        """The rules that come out differently on both sides, be it that no verdict flips and the tolerance is another."""
        return tuple(one for one in self.rules if one.before and one.after and one.before != one.after)

    @property
    def differs(self) -> bool:
        """Whether anything would be judged differently: a record, a group, or a rule as a whole."""
        return bool(self.total or self.outcomes)

    @property
    def total(self) -> int:
        """How many verdicts flip."""
        return sum(tally.flips for tally in self.tallies)

    def count(self, kind: FlipKind, rule: str = "") -> int:
        """How many flips of a sort there are, of one rule or all."""
        return sum(t.flips for t in self.tallies if t.kind == kind and rule in ("", t.rule))

    def by_kind(self) -> Iterable[tuple[FlipKind, int]]:
        """Every sort of flip that there is, with its number."""
        return ((kind, n) for kind in FLIP_KINDS if (n := self.count(kind)))
