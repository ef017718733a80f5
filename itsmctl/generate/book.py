"""All cases at once, to be asked as an audit asks: who acted when, what was linked to what, who held a role."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from itsmctl.generate.case import Case, Cell
from itsmctl.generate.roster import Roster
from itsmctl.generate.terms import holds
from itsmctl.model import Definitions, Parameter, Rule

Columns = Mapping[str, Cell]
FAVOUR = "approved"
MOMENT_OF = {
    "resolved_by": "resolved_at",
    "closed_by": "closed_at",
    "implementer": "actual_start",
    "tester": "tested_at",
    "reviewer": "reviewed_at",
    "manager": "declared_at",
}
"""When the person in a column acted, if that moment is there; else when the record was opened."""
LINKS = ("parent", "problem", "change", "incident", "release", "caused_by")


@dataclass(frozen=True)
class Act:
    """Somebody did something to a record."""

    person: str
    at: int


@dataclass
class Book:
    """Every case by process, and of the incidents those that are referred to."""

    definitions: Definitions
    roster: Roster
    as_of: int
    cases: Mapping[str, Sequence[Case]]
    incidents: Mapping[str, Columns] = field(default_factory=dict)
    exported: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The columns of the export of each process."""
    openings: Mapping[tuple[tuple[str, ...], tuple[str, ...]], Sequence[int]] = field(default_factory=dict)
    """When incidents were opened, by names and values of the columns that say what they are about."""

    def __post_init__(self) -> None:
        self._columns = {case.number: case.columns for cases in self.cases.values() for case in cases}
        self._cases = {case.number: case for cases in self.cases.values() for case in cases}
        self._process = {case.number: case.process for cases in self.cases.values() for case in cases}
        self._scopes: dict[str, frozenset[str]] = {}
        self._items: dict[tuple[str, str], dict[str, list[Case]]] = {}
        self._incoming: dict[tuple[str, str], list[str]] = defaultdict(list)
        for number, columns in (*self._columns.items(), *self.incidents.items()):
            for column in LINKS:
                for target in names_in(columns.get(column, "")):
                    self._incoming[column, target].append(number)

    def columns(self, case: Case) -> Columns:
        """The columns of a case."""
        return self._columns[case.number]

    def on_item(self, process: str, column: str, item: str) -> list[Case]:
        """The cases of a process with that value of a column."""
        if (process, column) not in self._items:
            found: dict[str, list[Case]] = defaultdict(list)
            for case in self.cases[process]:
                found[str(self.columns(case).get(column, ""))].append(case)
            self._items[process, column] = found
        return self._items[process, column].get(item, [])

    def in_scope(self, rule: Rule) -> Iterator[Case]:
        """The cases that a rule is about."""
        for case in self.cases.get(rule.process, ()):
            if all(holds(condition, self.columns(case)) for condition in rule.scope):
                yield case

    def numbers_in_scope(self, rule: Rule) -> frozenset[str]:
        """The numbers of the cases that a rule is about."""
        if rule.id not in self._scopes:
            self._scopes[rule.id] = frozenset(case.number for case in self.in_scope(rule))
        return self._scopes[rule.id]

    def history(self, case: Case, column: str) -> list[tuple[int, str, str]]:
        """The changes of a column: when, by whom, and what it became."""
        changes: list[tuple[int, str, str]] = []
        for entry in case.entries:
            if entry.column == column and (not changes or changes[-1][2] != str(entry.value)):
                changes.append((entry.at, entry.by, str(entry.value)))
        return changes

    def changes(self, case: Case, change: Mapping[str, Parameter]) -> list[tuple[int, str, str]]:
        """The changes of the history that are meant."""
        wanted = words(change.get("state", change.get("new", ())))
        made = self.history(case, "state" if "state" in change else str(change["field"]))
        return [one for one in made if not wanted or one[2] in wanted]

    def moment(self, case: Case, what: Parameter) -> int | None:
        """A moment of a case: a column, its first approval, or the first such change."""
        if isinstance(what, Mapping):
            return next((at for at, _, _ in self.changes(case, what)), None)
        if what == "approval":
            return min((a.at for a in case.approvals if a.decision == FAVOUR), default=None)
        value = self.columns(case).get(str(what))
        return value if isinstance(value, int) else None

    def acts(self, case: Case, what: Parameter) -> list[Act]:
        """Who did such a thing to a case."""
        if isinstance(what, Mapping):
            return [Act(by, at) for at, by, _ in self.changes(case, what)]
        if what == "approvers":
            return [Act(a.approver, a.at) for a in case.approvals if a.decision == FAVOUR]
        if what == "actors":
            return [Act(by, at) for at, by, _ in case.updates()]
        columns = self.columns(case)
        person = str(columns.get(str(what), ""))
        at = columns.get(MOMENT_OF.get(str(what), "opened_at"), columns.get("opened_at"))
        return [Act(person, at)] if person and isinstance(at, int) else []

    def ends(self, case: Case, types: Iterable[str], process: str, *, incoming: bool) -> list[Columns | None]:
        """What is at the other end of the links of a case; None where the export does not have it."""
        if incoming:
            names = [name for kind in types for name in self._incoming[kind, case.number]]
            return [self._found(name, process) for name in dict.fromkeys(names) if self._found(name, process)]
        named = (self.columns(case).get(kind, "") for kind in types)
        return [self._found(name, process) for cell in named for name in names_in(cell)]

    def _found(self, number: str, process: str) -> Columns | None:
        if process == "incident":
            return self.incidents.get(number)
        return self._columns[number] if self._process.get(number) == process else None

    def first_approval(self, number: str) -> int | None:
        """When a case was approved."""
        case = self._cases.get(number)
        return self.moment(case, "approval") if case else None


def words(value: Parameter) -> tuple[str, ...]:
    """A parameter that is one word or several."""
    if isinstance(value, tuple):
        return tuple(str(word) for word in value)
    return (str(value),)


def names_in(cell: Cell) -> list[str]:
    """The records that a cell names."""
    return [name for name in str(cell).replace(",", " ").split() if name]
