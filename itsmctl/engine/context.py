"""What a check may know besides its rule: the definitions, what the export holds, and the moment of judgement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Protocol

from itsmctl.engine.doubts import Resting
from itsmctl.engine.openings import Opening
from itsmctl.engine.sql import Fragment, neighbour
from itsmctl.model import Definitions, Effective, Rule
from itsmctl.zones import EVER, midnight, midnight_after


@dataclass(frozen=True)
class Context:
    """`exported` are the canonical columns that the export fills, `history` those whose changes it records.

    `exported_at` is the last moment that the export knows of, `zone` the audit's, in which days are days.
    """

    definitions: Definitions
    exported: frozenset[str]
    history: frozenset[str]
    as_of: int
    exported_at: int = 0
    zone: str = "UTC"
    known_later: frozenset[str] = frozenset()
    """Columns that hold what was learnt after `as_of`, where that lies before the export: they cannot judge."""
    lacking: frozenset[str] = frozenset()
    """Columns that some file of the export has not, though others have, or of which cells could not be read."""
    lacking_in: Mapping[str, frozenset[str]] | None = None
    """The same by process, as far as its own records come from such files; None where no record was looked at yet."""
    history_in: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The same as `history` by process, as far as the files of its own records tell."""
    until: int | None = None
    """The end of the audited period, where there is one."""
    openings: Mapping[str, Opening] = field(default_factory=dict)
    """The calendars that rules measure by, as far as they are laid out in the table `opening`."""
    precision: int = 1
    """The step of the export's times in seconds."""
    tables: frozenset[str] = frozenset()
    """`approval`, where that table holds anything."""
    undecided: bool = False
    """Whether of some approval nobody can say what was decided."""
    torn: frozenset[str] = frozenset()
    """The fields of whose changes some record's history lacks one; see `engine.torn`."""
    strange: frozenset[str] = frozenset()
    """The processes of which some record was in a state that they do not know; see `engine.strange`."""
    odd: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """By process and column the codes on its list, where some record has one of them and another a word that is none."""
    links: frozenset[str] = frozenset()
    """The types of link of which the export knows, be it by a column."""
    processes: frozenset[str] = frozenset()
    """The processes of which the export holds records."""
    reach: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """The numbers (tix) of the first and last record of a process, where its records are few among all."""
    in_order: bool = False
    """Whether a plain read of a table returns its rows as they were written (`Session.in_order`)."""
    segments: int = 1
    """How many stretches of open time a day of the clocks' calendars has at most."""
    legs: bool = False
    """Whether the clocks of supporting agreements were timed."""
    words: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    """By process ('' for all) and column the values for which the mappings of the export have a word."""
    process: str = ""
    """The process whose records the rule in hand judges, or '' for those of all."""

    def about(self, process: str) -> Context:
        """The same as a rule about the records of one process sees it, or with '' one about those of all."""
        lacking = self.lacking
        if process and self.lacking_in is not None:
            lacking = self.lacking_in.get(process, frozenset())
        history = self.history_in.get(process, self.history)
        if not process:
            history = self.history.intersection(*self.history_in.values())
        return replace(self, process=process, lacking=lacking, history=history)

    @property
    def meets_strange(self) -> bool:
        """Whether some record that the rule in hand may judge was in a state that its process does not know."""
        return self.process in self.strange if self.process else bool(self.strange)

    def words_for(self, column: str) -> frozenset[str]:
        """The values of a column for which the mapping of the process has a word; where a rule is about all, that of any."""
        processes = ("", self.process) if self.process else tuple(self.words)
        return frozenset().union(*(self.words.get(process, {}).get(column, ()) for process in processes))

    def changes_of(self, field: str) -> Fragment:
        """FROM and WHERE of the changes of a field, in which `neighbour` may stand; more conditions may follow.

        What a rule calls `event` may be a part that was picked out of the table and lies in no order: this is the table itself.
        """
        table = "main.event" if self.in_order else "event"
        first, last = self.reach.get(self.process, (0, 0))
        within = f" AND tix BETWEEN {first} AND {last}" if last else ""
        return Fragment(f"FROM {table} WHERE field = ?{within}", (field,))

    def neighbour(self, column: str) -> str:
        """SQL for a column of the change of the same record that comes before, among `changes_of`."""
        return neighbour(column, in_order=self.in_order)

    def first_moment(self, effective: Effective) -> int:
        """When a definition comes into force: midnight of its first day, or the beginning of time."""
        return midnight(effective.start, self.zone) if effective.start else -EVER

    def end_moment(self, effective: Effective) -> int:
        """When it is no longer in force: midnight after its last day, or the end of time."""
        return midnight_after(effective.end, self.zone) if effective.end else EVER


@dataclass(frozen=True, order=True)
class Named:
    """Values of a column that a rule looks for, and what becomes of a record in which none of them is found."""

    column: str
    """`decision` and `role` are those of approvals."""
    values: tuple[str, ...]
    passes_without: bool = False
    fails_without: bool = False


@dataclass(frozen=True)
class Needs:
    """What a rule cannot be tested without.

    `elsewhere` are columns of other records than the one judged, `tables` may be `approval`, `links` are types of link
    of which one is enough, `processes` those whose records it must find, and `named` values that the export must be able to tell.
    `decided` says which verdicts rest on what was decided about the record, and `dated` which on when: one kind, or any.
    """

    columns: frozenset[str] = frozenset()
    history: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()
    tables: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()
    processes: frozenset[str] = frozenset()
    named: frozenset[Named] = frozenset()
    decided: frozenset[Resting] = frozenset()
    dated: frozenset[Resting] = frozenset()

    def __or__(self, other: Needs) -> Needs:
        """What both need."""
        return Needs(*(getattr(self, f.name) | getattr(other, f.name) for f in fields(self)))

    def resting(self, verdicts: Resting) -> Needs:
        """The same, where only these verdicts rest on what was decided about the record, if any do."""
        return replace(self, decided=frozenset[Resting]({verdicts} if self.decided else ()))


class Check(Protocol):
    """One check type: a module under `itsmctl/checks/`, or a template of Declare; its `__doc__` is its page.

    `compile` returns one SELECT with the columns `record_id, passed, observed, expected, at, reason` and one row
    per record in scope; the records in scope are the relation `scoped` (alias it `r`). `at` is epoch seconds.
    `NAMES` says which parameters are names, by path: of a column, or of a kind of definition.
    """

    @property
    def ID(self) -> str:
        """The name of the check type in a rule."""

    @property
    def PARAMETERS(self) -> Mapping[str, object]:
        """The JSON Schema of the rule's parameters."""

    @property
    def NAMES(self) -> Mapping[str, str]:
        """Which parameters are names of something."""

    def needs(self, rule: Rule) -> Needs:
        """What the export must hold."""

    def compile(self, rule: Rule, context: Context) -> Fragment:
        """The SELECT."""
