"""What a failing verdict rests on: the rows of the export, the parameters applied with their places, the clauses."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache, partial

from itsmctl.checks import CHECKS
from itsmctl.checks.no_later import later_than
from itsmctl.checks.similar import similar_to
from itsmctl.engine.acts import APPROVERS, MOMENT_OF, is_decision
from itsmctl.engine.clocks import columns_of_clocks
from itsmctl.engine.context import Context
from itsmctl.engine.grouping import clock_columns, group_key, key_of
from itsmctl.engine.parameters import seconds_of
from itsmctl.engine.people import known_as, unmarked
from itsmctl.engine.session import Session, name
from itsmctl.engine.sql import Fragment, all_of
from itsmctl.engine.statements import ABOUT_AGREEMENTS, columns_named, scope_of
from itsmctl.errors import Where
from itsmctl.model import (
    APPROVAL,
    FIELD_OF_KIND,
    GROUPED,
    PEOPLE_COLUMNS,
    RECORD_COLUMNS,
    Condition,
    Definition,
    Definitions,
    Parameter,
    Rule,
)
from itsmctl.result import Applied, ClockExplanation, Explanation, ExportRow, Ground, Verdict
from itsmctl.source import parse_documents
from itsmctl.zones import midnight

Places = Callable[[str], Mapping[str, Where]]
"""Where the file of a rule has each of its parameters."""
NamedRows = Mapping[str, Sequence[ExportRow]]
"""The records that a word names."""
CountedRows = Mapping[tuple[str, str], Sequence[ExportRow]]
"""The records that a rule counts with one, by the rule and that record."""
_WORD = re.compile(r"[\w-]+")
_JUDGED = "'met', 'breached', 'running_breached', 'not_testable'"
"""What attainment counts of clocks."""
_CLOCKED = ("sla", "ola", "contract", "calendar")
"""Kinds whose definitions a verdict may name in what it observes or expects."""


def with_grounds(session: Session, context: Context, told: Sequence[Explanation]) -> tuple[Explanation, ...]:
    """Records and groups of records, each with what its failures rest on."""
    places = cache(partial(_places, context.definitions))
    failures = [failure for one in told for failure in _failures(context, one)]
    named = _named_rows(session, {word for rule, v in failures if rule.check not in GROUPED for word in _words(v)})
    counted = _counted_rows(session, context, failures)
    return tuple(replace(one, grounds=tuple(_grounds(session, context, one, places, named, counted))) for one in told)


def _grounds(
    session: Session, context: Context, told: Explanation, places: Places, named: NamedRows, counted: CountedRows
) -> Iterator[Ground]:
    columns = told.columns
    own = (ExportRow(told.record_id, columns.get("source_file", ""), int(columns.get("source_row", 0))),)
    for rule, verdict in _failures(context, told):
        grouped = rule.check in GROUPED
        rows = (
            _group_rows(session, context, rule, verdict)
            if grouped
            else (*own, *_other_rows(rule, verdict, named, counted))
        )
        looked_at = _looked_at(rule, context.definitions)
        changes = tuple(moment for moment in told.moments if moment.field in looked_at)
        values = {} if grouped else _values(rule, columns, context.definitions)
        applied = tuple(_applied(context, rule, verdict, told.clocks, places))
        yield Ground(rule, verdict, applied, rows, changes, values)


def _failures(context: Context, explanation: Explanation) -> Iterator[tuple[Rule, Verdict]]:
    for verdict in explanation.verdicts:
        if verdict.passed is False:
            yield context.definitions.rules[verdict.rule], verdict


def _looked_at(rule: Rule, definitions: Definitions) -> frozenset[str]:
    """The fields of whose changes a verdict is made, with `approval` where decisions count."""
    needs = CHECKS[rule.check].needs(rule)
    fields = needs.history | ({APPROVAL} & needs.tables)
    clock = rule.parameters.get("clock")
    if clock is None and rule.check not in ABOUT_AGREEMENTS:
        return fields
    clocks = [c for a in definitions.agreements.values() for c in a.clocks.values() if clock in (None, c.name)]
    asked = {c.column for one in clocks for part in one.conditions for c in part.conditions}
    asked |= {c.column for one in clocks for target in one.targets for c in target.conditions}
    return fields | asked | {"state"} | ({"group"} if rule.check == "leg-within" else set())


def _values(rule: Rule, columns: Mapping[str, str], definitions: Definitions) -> Mapping[str, str]:
    """What a record has in the columns that decide; a secret that was found is told nowhere."""
    asked = {c.column for c in rule.scope}
    if rule.check != "no-secrets":
        needs = CHECKS[rule.check].needs(rule)
        # What the other record must hold does not stand in this one.
        asked |= needs.columns | (_columns_named(rule) - needs.elsewhere)
    if rule.check in ABOUT_AGREEMENTS:
        # What else decides which agreement and target it has; what it lacks of that does not.
        asked |= columns_of_clocks(definitions) & set(columns)
    return {column: columns.get(column, "") for column in sorted(asked)}


_OTHER_NAMES = frozenset(
    {"calendar", "clock", "codes", "duty", "kind", "lane", "matrix", "process", "register", "roles", "states"}
)
"""Parameters that name something else, which may be called like a column."""


def _columns_named(rule: Rule) -> frozenset[str]:
    """The columns that the parameters name, with the moment at which somebody in them acted, or what they hold was to be known."""
    words = {word for key, value in rule.parameters.items() if key not in _OTHER_NAMES for word in _texts_in(value)}
    named = words & set(RECORD_COLUMNS)
    if "acts" in rule.parameters:
        named |= {MOMENT_OF.get(column, "opened_at") for column in named & set(PEOPLE_COLUMNS)}
    return frozenset(named | {"opened_at"} if rule.check == "known" else named)


def _texts_in(value: Parameter) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts_in(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from _texts_in(inner)


def _words(verdict: Verdict) -> frozenset[str]:
    """What may be the id or the number of a record in what a verdict observed."""
    return frozenset(word.strip(".,;:") for word in re.split(r"[\s,;]+", verdict.observed)) - {""}


def _named_rows(session: Session, words: Collection[str]) -> NamedRows:
    """The records of which each word is the id or the number: one query, as there are hundreds of failures."""
    marks = ", ".join("?" * len(words)) or "NULL"
    found: dict[str, list[ExportRow]] = defaultdict(list)
    rows = session.rows(
        f"""SELECT number, record_id, source_file, source_row FROM record WHERE record_id IN ({marks}) OR number IN ({marks})""",
        sorted(words) * 2,
    )
    for number, *row in rows:
        (one,) = _rows([row])
        for word in {one.record_id} | ({str(number)} if number is not None else set()):
            found[word].append(one)
    return found


def _counted_rows(session: Session, context: Context, failures: Sequence[tuple[Rule, Verdict]]) -> CountedRows:
    """The records that each failure was counted or linked with: one query for each rule, as there are hundreds of failures."""
    asked: dict[str, set[str]] = defaultdict(set)
    for rule, verdict in failures:
        if rule.check in _COUNTED_WITH:
            asked[rule.id].add(verdict.record_id)
    found: dict[tuple[str, str], list[ExportRow]] = defaultdict(list)
    for rule_id, records in sorted(asked.items()):
        rule = context.definitions.rules[rule_id]
        counted = _COUNTED_WITH[rule.check](rule, context, sorted(records))
        query = (
            "SELECT c.asked, r.record_id, r.source_file, r.source_row FROM ("
            + counted
            + ") AS c JOIN record AS r ON r.tix = c.tix"
        )
        for record, *row in session.rows(query.text, query.values):
            found[rule_id, str(record)] += _rows([row])
    return found


def _other_rows(rule: Rule, verdict: Verdict, named: NamedRows, counted: CountedRows) -> tuple[ExportRow, ...]:
    """The records that one is judged with: those that the verdict names, at the other end of its links, or counted with it."""
    found = {row for word in _words(verdict) for row in named.get(word, ())}
    found.update(counted.get((rule.id, verdict.record_id), ()))
    return tuple(sorted((row for row in found if row.record_id != verdict.record_id), key=_place))


def _place(row: ExportRow) -> tuple[str, int, str]:
    """Where a row stands in the order of the export."""
    return row.file, row.row, row.record_id


def _linked(rule: Rule, context: Context, record_ids: Sequence[str]) -> Fragment:
    types = _texts(rule.parameters["types"])
    other, own = ("l", "n") if rule.parameters.get("incoming") else ("n", "l")
    return Fragment(
        f"""SELECT m.record_id AS asked, {other}.tix FROM link AS l JOIN named AS n ON n.word = l.target JOIN record AS m ON m.tix = {own}.tix
        WHERE l.type IN ({_marks(types)}) AND m.record_id IN ({_marks(record_ids)})""",
        (*types, *record_ids),
    )


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))


def _burst(rule: Rule, context: Context, record_ids: Sequence[str]) -> Fragment:
    """What the same person did within the time, before or after."""
    near = f"abs(o.moment - m.moment) <= {seconds_of(rule, 'within')}"
    if rule.parameters["by"] == APPROVERS:
        known = known_as("a.approver", "w")
        done = Fragment(
            f"SELECT r.tix, r.record_id, r.process, {known.who} AS who, a.moment FROM approval AS a JOIN record AS r ON r.tix = a.tix{known.join} WHERE "
        ) + is_decision("a.decision")
    else:
        by, at = name(str(rule.parameters["by"])), name(str(rule.parameters["at"]))
        known = known_as(f"r.{by}", "w")
        done = Fragment(
            f"SELECT r.tix, r.record_id, r.process, {known.who} AS who, r.{at} AS moment FROM record AS r{known.join}"
        )
    return (
        "SELECT m.record_id AS asked, o.tix FROM ("
        + done
        + ") AS o JOIN ("
        + done
        + Fragment(
            f") AS m ON m.who = o.who AND m.process = o.process AND {near} WHERE m.record_id IN ({_marks(record_ids)})",
            tuple(record_ids),
        )
    )


def _later(rule: Rule, context: Context, record_ids: Sequence[str]) -> Fragment:
    """What happened again about the same thing."""
    return later_than(rule, record_ids)


def _similar(rule: Rule, context: Context, record_ids: Sequence[str]) -> Fragment:
    """What has nearly the same title, and was opened within the time."""
    named = columns_named(similar_to(rule, Fragment(""), record_ids))
    return similar_to(rule, scope_of(rule, context.about(rule.process), named), record_ids)


_COUNTED_WITH: Mapping[str, Callable[[Rule, Context, Sequence[str]], Fragment]] = {
    "linked": _linked,
    "batch": _burst,
    "no-later": _later,
    "similar": _similar,
}


def _applied(
    context: Context, rule: Rule, verdict: Verdict, clocks: Sequence[ClockExplanation], places: Places
) -> Iterator[Applied]:
    yield from _parameters(rule, places)
    yield from _named(context.definitions, rule, verdict)
    for clock in clocks:
        if clock.target_file and (clock.rule == rule.id or clock.clock == rule.parameters.get("clock")):
            yield Applied("target", clock.target_text, Where(clock.target_file, clock.target_line))


def _parameters(rule: Rule, places: Places) -> Iterator[Applied]:
    """The check and each of its parameters, at the line of the rule that has it."""
    found = places(rule.id)
    yield Applied("check", rule.check, found.get("", rule.where))
    for parameter, value in rule.parameters.items():
        yield Applied(parameter, value, found.get(parameter, rule.where))


def _places(definitions: Definitions, rule_id: str) -> Mapping[str, Where]:
    """Where the rule's file has each parameter; only the document of the rule is read. '' is the check itself."""
    rule = definitions.rules[rule_id]
    path = definitions.root / rule.where.file
    if not path.is_file():  # made by a program
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    first = max(rule.where.line - 1, 0)
    end = next((n for n in range(first, len(lines)) if lines[n].rstrip() == "---"), len(lines))
    (document, *_) = parse_documents("\n" * first + "\n".join(lines[first:end]), rule.where.file)
    inside = {p: document.where(("check", rule.check, p), key=True) for p in rule.parameters}
    return {"": document.where(("check",), key=True), **inside}


def _named(definitions: Definitions, rule: Rule, verdict: Verdict) -> Iterator[Applied]:
    """The definitions that the parameters name, and the agreements and calendars that the verdict names."""
    found: dict[tuple[str, str], Definition] = {}
    for path, kind in CHECKS[rule.check].NAMES.items():
        value = rule.parameters.get(path.removesuffix("/*"))
        for word in value if isinstance(value, tuple) else (value,):
            if kind in FIELD_OF_KIND and isinstance(word, str) and word in definitions.of_kind(kind):
                found[kind, word] = definitions.of_kind(kind)[word]
    words = set(_WORD.findall(f"{verdict.expected} {verdict.observed}"))
    for kind in _CLOCKED:
        for word in sorted(words & set(definitions.of_kind(kind))):
            found[kind, word] = definitions.of_kind(kind)[word]
    for separation in definitions.separations.values():
        if any(duty.id == rule.parameters.get("duty") for duty in separation.duties):
            found["separation", separation.id] = separation
    for (kind, word), definition in found.items():
        yield Applied(kind, word, definition.where)


def _group_rows(session: Session, context: Context, rule: Rule, verdict: Verdict) -> tuple[ExportRow, ...]:
    """The records of the rule's scope that make up a group, in the order of the export."""
    if rule.check == "register":
        return ()  # what it observed names the row
    about = context.about(rule.process)
    clock = Fragment("")
    if rule.check == "attainment":
        clock = Fragment(
            f" JOIN (SELECT tix, month, agreement FROM clock WHERE clock = ? AND verdict IN ({_JUDGED})) AS c ON c.tix = r.tix",
            (str(rule.parameters["clock"]),),
        )
    among = (
        ") AS r"
        + clock
        + " WHERE "
        + _is_member(rule, context.definitions, verdict.record_id)
        + " ORDER BY r.source_file, r.source_row, r.record_id"
    )
    told = Fragment("SELECT r.record_id, r.source_file, r.source_row FROM (")
    query = told + scope_of(rule, about, columns_named(told + among)) + among
    return _rows(session.rows(query.text, query.values))


def _is_member(rule: Rule, definitions: Definitions, group: str) -> Fragment:
    """The condition by which a record of the scope belongs to a group."""
    per = _texts(rule.parameters.get("per", ()))
    match rule.check:
        case "variants":
            return Fragment("true")
        case "row-count":
            return Fragment("r.source_file = ?", (group,))
        case "number-gaps":
            return Fragment(f"regexp_replace(r.{name(str(rule.parameters['column']))}, '[0-9]+$', '') = ?", (group,))
        case "attainment":
            key = key_of(clock_columns(per))
            return Fragment(f"? IN ({key}, concat({key}, ' / ', c.agreement))", (group,))
        case "paused-share":
            people = tuple(str(rule.parameters[c]) for c in ("by", "peers") if c in rule.parameters)
            return _is_keyed(people, group)
        case "period-end":
            return _is_of_month(rule, definitions, per, group)
        case "count-per-month":
            where = rule.parameters.get("where", ())
            asked = tuple(c for c in where if isinstance(c, Condition)) if isinstance(where, tuple) else ()
            return all_of(asked) + " AND " + _is_keyed((*per, "month"), group)
        case _:
            return _is_keyed(per, group)


def _is_keyed(per: Sequence[str], group: str) -> Fragment:
    return Fragment(f"{unmarked(group_key(per))} = ?", (group,))


def _is_of_month(rule: Rule, definitions: Definitions, per: Sequence[str], group: str) -> Fragment:
    """Its moment lies in the month that ends the group's name, by the calendar's own zone."""
    *_, month = group.split(" / ")
    zone = definitions.calendars[str(rule.parameters["calendar"])].zone
    year, number = (int(part) for part in month.split("-"))
    first, after = date(year, number, 1), date(year + number // 12, number % 12 + 1, 1)
    at = f"r.{name(str(rule.parameters['at']))}"
    inside = Fragment(f"{at} >= ? AND {at} < ?", (midnight(first, zone), midnight(after, zone)))
    return inside + " AND " + _is_keyed(per, group.removesuffix(f" / {month}")) if per else inside


def _texts(value: Parameter) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, tuple) else ()


def _rows(rows: Sequence[Sequence[object]]) -> tuple[ExportRow, ...]:
    return tuple(ExportRow(str(record), str(file or ""), int(str(row or 0))) for record, file, row in rows)
