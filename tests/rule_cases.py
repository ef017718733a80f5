"""The cases of the rule library: `tests/cases/rules/RULE-ID.yaml` holds records of one rule and how each is judged.

    as-of: 2026-06-30T00:00Z              # the moment of the audit; this one if left out
    base: {opened_at: 2026-03-02T09:00Z}  # what all records have; `process` is that of the rule
    columns: [closed_at]                  # what the export has beyond the columns that some record names
    history: [state]                      # the fields whose changes the export records; all of HISTORY if left out
    records:
      A1: {is: pass, state: closed}
      A2: {is: "pass, limit", resolved_at: 2026-03-02T13:00Z}
      A3: {is: fail, events: [[2026-03-02T10:00Z, state, closed, actor, actor group]]}
      A4: {is: "not-testable missing:state", approvals: [[2026-03-02T10:00Z, li.na, approved]], links: [[problem, P1]]}
      A5: {is: out, state: cancelled}

`is` is the outcome, then the situation that it shows if there is one: `limit`, `open`. A rule about groups names them
under `groups: {"finance-erp / 2026-03": fail}`, and of its records only those have an `is` that are `out`. `times: 20`
stands for so many records alike, A1.01 to A1.20. A file may hold several documents, each audited apart: an export that
lacks a column is one. A rule about a register takes its rows from `rows: [{supplier: carrier, held_on: 2026-03-02}]`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dataset import write_dataset

from itsmctl.audit import AuditOptions, audit
from itsmctl.checks.declare import TEMPLATES
from itsmctl.definitions import load
from itsmctl.engine.results import read_verdicts
from itsmctl.model import Definitions, Rule
from itsmctl.result import Verdict
from itsmctl.source import parse_documents

ROOT = Path(__file__).parent.parent
FOLDER = Path(__file__).parent / "cases" / "rules"
HISTORY = ("state", "group", "assignee", "priority", "impact", "urgency", "category", "closure_code", "type")
"""The fields whose changes the export of a case records, if it does not say otherwise."""

ONE_BY_ONE = {"agreement", "allowed", "approved", "at-most", "authorised", "in-lane", "in-window", "meaningful", "no-secrets", "not-sooner", "unchanged", "clock-within", "conforms", "different-people", "dwell-within", "elapsed-within", "expression",
              "handovers", "known", "matrix", "ordered-times", "required", "returns", "traced", "transition", "untouched", *TEMPLATES}  # fmt: skip
"""Checks that judge a record by nothing but itself and the definitions; the cases of the others are audited apart."""

AS_OF = "2026-06-30T00:00Z"
"""The moment of an audit, where a case names none."""
EMPTY_AS_OF = "2026-07-01T00:00Z"
"""The moment at which cases ask registers without rows."""

_INSIDE = ("is", "times", "events", "approvals", "links")
_KEYS = {
    "about",
    "as-of",
    "base",
    "columns",
    "history",
    "records",
    "groups",
    "files",
    "rejects",
    "exported",
    "lacking",
    "rows",
}


@dataclass(frozen=True)
class Population:
    """One document of a file of cases: the records of one export, and what becomes of each."""

    rule: str
    place: int
    data: Mapping[str, Any]

    @property
    def records(self) -> Mapping[str, Mapping[str, Any]]:
        base = {"process": library().rules[self.rule].process, **self.data.get("base", {})}
        written = self.data.get("records", {})
        return {name: {**base, **row} for record, row in written.items() for name in _names(record, row)}

    @property
    def expected(self) -> Mapping[str, str]:
        """The verdict on each record or group, `out` left out."""
        if "groups" in self.data:
            return {group: _outcome(told) for group, told in self.data["groups"].items()}
        return {r: _outcome(row["is"]) for r, row in self.records.items() if _outcome(row["is"]) != "out"}

    @property
    def shown(self) -> set[str]:
        """The situations that it is about."""
        told = [*self.data.get("groups", {}).values(), *(row["is"] for row in self.records.values() if "is" in row)]
        return {word for words in told for word in _situations(words)}


@cache
def library() -> Definitions:
    """The reference definitions, opened once."""
    return load(ROOT)


@cache
def populations(rule: str) -> tuple[Population, ...]:
    path = FOLDER / f"{rule}.yaml"
    documents = parse_documents(path.read_text(encoding="utf-8"), path.name)
    return tuple(Population(rule, place, _checked(d.data, path)) for place, d in enumerate(documents))


def judged(population: Population) -> Mapping[str, str]:
    """The verdicts on a population, written as a case expects them."""
    if _can_share(population):
        start = f"{population.rule} "
        return {v.record_id.removeprefix(start): _told(v) for v in _shared() if v.record_id.startswith(start)}
    if _has_empty_register(population):
        return {v.record_id: _told(v) for v in _without_rows() if v.rule == population.rule}
    if _is_about_rows(population):
        verdicts = _of_rows(_as_of(population), _rounds()[population.rule, population.place])
        return {v.record_id: _told(v) for v in verdicts if v.rule == population.rule}
    return {v.record_id: _told(v) for v in _audited([population.rule], population.records, population.data)}


@cache
def _without_rows() -> Sequence[Verdict]:
    """One audit of all rules about registers, with every register empty."""
    rules = sorted(rule.id for rule in library().rules.values() if rule.check == "register")
    return _audited(rules, {"A1": {"process": "incident"}}, {"as-of": EMPTY_AS_OF, "rows": []})


@cache
def _rounds() -> Mapping[tuple[str, int], int]:
    """The populations about rows by their number among those about the same register at the same moment."""
    seen: Counter[tuple[str, str]] = Counter()
    found = {}
    for population in (p for path in sorted(FOLDER.glob("*.yaml")) for p in populations(path.stem)):
        if _is_about_rows(population):
            about = (_as_of(population), _register_of(population.rule))
            found[population.rule, population.place] = seen[about]
            seen[about] += 1
    return found


@cache
def _of_rows(as_of: str, number: int) -> Sequence[Verdict]:
    """One audit of all populations of a round: each is about another register."""
    numbered = [populations(rule)[place] for (rule, place), its in _rounds().items() if its == number]
    together = [population for population in numbered if _as_of(population) == as_of]
    rows = {_register_of(population.rule): population.data["rows"] for population in together}
    rules = [population.rule for population in together]
    return _audited(rules, {"A1": {"process": "incident"}}, {"as-of": as_of}, rows)


@cache
def _shared() -> Sequence[Verdict]:
    """One audit of all populations that can stand in one export: it takes seconds, one of each would take minutes."""
    rules = sorted(path.stem for path in FOLDER.glob("*.yaml"))
    together = [populations(rule)[0] for rule in rules if _can_share(populations(rule)[0])]
    records = {f"{p.rule} {record}": row for p in together for record, row in p.records.items()}
    verdicts = _audited([p.rule for p in together], records, {})
    return [v for v in verdicts if v.record_id.startswith(f"{v.rule} ")]


def _can_share(population: Population) -> bool:
    """Whether it is about records one by one, and about an export like any other."""
    rule = library().rules[population.rule]
    alike = population.place == 0 and set(population.data) <= {"about", "base", "records"}
    return alike and rule.check in ONE_BY_ONE and not rule.rests_on


def _has_empty_register(population: Population) -> bool:
    """Whether it is about nothing but a register without rows, as other rules have it too."""
    data = population.data
    return data.get("rows") == [] and data.get("as-of") == EMPTY_AS_OF and data.get("records") == {"A1": {}}


def _is_about_rows(population: Population) -> bool:
    """Whether it is about nothing but the rows of a register."""
    data, rule = population.data, library().rules[population.rule]
    alike = set(data) <= {"about", "base", "as-of", "groups", "records", "rows"} and data.get("records") == {"A1": {}}
    return alike and bool(data.get("rows")) and not rule.rests_on


def _as_of(population: Population) -> str:
    return str(population.data.get("as-of", AS_OF))


def _register_of(rule: str) -> str:
    return str(library().rules[rule].parameters["register"])


def _audited(
    rules: Sequence[str],
    records: Mapping[str, Mapping[str, Any]],
    data: Mapping[str, Any],
    rows: Mapping[str, Sequence[Any]] | None = None,
) -> Sequence[Verdict]:
    """The verdicts of an audit; `rows` by register, where they are not those that `data` has for every register asked."""
    options = AuditOptions(as_of=data.get("as-of", AS_OF), rules=tuple(rules), all_verdicts=True, threads=1)
    if rows is None:
        rows = {_register_of(rule): data["rows"] for rule in rules} if "rows" in data else {}
    with TemporaryDirectory() as folder:
        dataset = _written(Path(folder) / "dataset", records, data)
        audit(_with_rows(rows), dataset, options, verdicts=Path(folder) / "verdicts.parquet")
        return [v for v in read_verdicts(Path(folder) / "verdicts.parquet") if v.rule in rules]


def _with_rows(rows: Mapping[str, Sequence[Any]]) -> Definitions:
    """The library with the rows of cases in the registers that their rules ask for, and no others there."""
    known = library().registers
    filled = {id_: replace(known[id_], files=(), sources=(), entries=tuple(its)) for id_, its in rows.items()}
    return replace(library(), registers={**known, **filled})


def _written(folder: Path, records: Mapping[str, Mapping[str, Any]], data: Mapping[str, Any]) -> Path:
    return write_dataset(
        folder,
        [
            {"record_id": record, **{c: v for c, v in row.items() if c not in _INSIDE}}
            for record, row in records.items()
        ],
        [change for record, row in records.items() for change in _changes(record, row.get("events", []))],
        approvals=[
            dict(zip(("record_id", "at", "approver", "decision", "role"), (record, *row), strict=False))
            for record, fields in records.items()
            for row in fields.get("approvals", [])
        ],
        links=[
            {"record_id": record, "type": kind, "target": target}
            for record, row in records.items()
            for kind, target in row.get("links", [])
        ],
        rejects=data.get("rejects", []),
        mapped=data.get("columns", []),
        history=data.get("history", HISTORY),
        files=list(data.get("files", {"export.csv": 0}).items()),
        exported=data.get("exported"),
        lacking=data.get("lacking", {}),
    )


def needs_scope(rule: Rule, population: Population) -> bool:
    """Whether some record is out of scope by what the rule's scope says, not only by its process."""
    outs = [row for row in population.records.values() if _outcome(row.get("is", "")) == "out"]
    return any(row["process"] == rule.process for row in outs) or not rule.scope


def _names(record: str, row: Mapping[str, Any]) -> list[str]:
    return [f"{record}.{n:02}" for n in range(1, row["times"] + 1)] if "times" in row else [record]


def _changes(record: str, events: list[list[Any]]) -> Iterator[tuple[Any, ...]]:
    """Changes with the old value, which is the last new one of the field."""
    before: dict[str, Any] = {}
    for at, field, new, *who in events:
        yield record, at, field, before.get(field), new, *who
        before[field] = new


def _told(verdict: Verdict) -> str:
    return {True: "pass", False: "fail", None: f"not-testable {verdict.reason}"}[verdict.passed]


def _outcome(told: str) -> str:
    return told.split(", ")[0]


def _situations(told: str) -> Iterator[str]:
    outcome, *situations = told.split(", ")
    yield from (outcome.split(" ")[0], *situations)


def _checked(data: Any, path: Path) -> Mapping[str, Any]:
    assert isinstance(data, dict), path
    assert set(data) <= _KEYS, f"{path.name}: {sorted(set(data) - _KEYS)}"
    return data
