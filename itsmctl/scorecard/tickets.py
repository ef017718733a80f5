"""Figures over tickets: of every period at once, in the engine, by the conditions of the definitions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from itsmctl.audit.choices import with_foundations
from itsmctl.audit.judging import judge
from itsmctl.audit.preparing import load_records, prepare, registers_named
from itsmctl.engine.context import Context
from itsmctl.engine.people import known_as
from itsmctl.engine.session import Session, name, quote
from itsmctl.engine.sql import Fragment, all_of, join
from itsmctl.importers.receipt import Receipt
from itsmctl.model import ClockShare, Condition, Definitions, Kpi, RecordFigure, Rule, RuleShare
from itsmctl.scorecard.figures import Tally
from itsmctl.scorecard.periods import Span
from itsmctl.scorecard.promises import ended_clocks
from itsmctl.zones import local_day, midnight, midnight_after

Told = Mapping[Span, Tally] | str
"""What was counted in each period, or a code that says why nothing can be."""

_ALWAYS_EXPORTED = frozenset({"record_id", "process", "attributes", "source_file", "source_row"})


@dataclass(frozen=True)
class Tickets:
    """The tickets of a dataset as the engine holds them, with their clocks, and what was judged of them."""

    session: Session
    context: Context
    first_day: date | None
    """When the first of them was opened: before that, nothing is known."""
    last_moment: int | None
    """When the export was made, so far as it tells: after that, nothing is known."""
    untested: Mapping[str, str]
    """Rules that could not be tested at all, each with the reason."""


@contextmanager
def opened(
    definitions: Definitions,
    dataset: Path,
    receipt: Receipt,
    as_of: int,
    zone: str,
    rules: Sequence[Rule],
    own_registers: bool,
    *,
    legs: bool = False,
) -> Iterator[Tickets]:
    """Load a dataset as it stood at a moment, run the clocks, and judge it by some rules; all verdicts are kept.

    With `legs` the clocks of supporting agreements run whether a rule asks for them or not.
    """
    tiers = with_foundations(definitions, rules)
    every = [rule for tier in tiers for rule in tier]
    with Session() as session:
        load_records(session, definitions, dataset, receipt, as_of, (None, None), zone)
        registers = registers_named(definitions, every, as_of, zone)
        context = prepare(session, definitions, receipt, every, registers, as_of, (None, None), zone, legs=legs)
        lacking = {} if own_registers else {"register": "example-registers"}
        counts = judge(session, tiers, context, lambda _: None, all_verdicts=True, keep=(), untestable=lacking)
        untested = {rule: told.untested_because for rule, (_, told) in counts.items() if told.untested_because}
        first, last = _moment(receipt.period_from), _moment(receipt.last_moment)
        yield Tickets(session, context, None if first is None else local_day(first, zone), last, untested)


def rules_asked(definitions: Definitions, kpis: Sequence[Kpi]) -> list[Rule]:
    """The rules whose verdicts some indicators are made of."""
    named = {rule for kpi in kpis if isinstance(kpi.measure, RuleShare) for rule in kpi.measure.rules}
    return [definitions.rules[rule] for rule in sorted(named)]


def _moment(text: str) -> int | None:
    return int(datetime.fromisoformat(text).timestamp()) if text else None


def records_told(tickets: Tickets, measure: RecordFigure, spans: Sequence[Span], seconds: float) -> Told:
    """A figure over records; a median is in units of so many `seconds`."""
    conditions = (*measure.where, *measure.of)
    asked = {c.column for c in conditions} | {measure.dated} | {c for c in (measure.start, measure.stop) if c}
    if measure.figure == "per-head":
        asked |= {"resolved_by"}
    if why := _missing(tickets.context, measure.process, asked):
        return why
    among = _among(tickets, measure.process, measure.dated, measure.of, spans)
    unsure = [_unknown(tickets.context, some) for some in (measure.where, measure.of)]
    unknown, met = "(" + join(" OR ", unsure) + ")", all_of(measure.where)
    match measure.figure:
        case "median":
            return _medians(tickets, measure, among, unknown, met, seconds)
        case "per-head":
            return _per_head(tickets, among, unknown, met)
        case _:
            value = Fragment("NULL")
    return _tallied(tickets, among, unknown, met, value)


def clock_told(tickets: Tickets, measure: ClockShare, spans: Sequence[Span]) -> Told:
    """The clocks that were met, of those that ended or ran over, or whose promise nobody can tell."""
    if why := _missing(tickets.context, measure.process, {c.column for c in measure.where}):
        return why
    unsure = _unknown(tickets.context, measure.where)
    among = (
        "(SELECT CASE WHEN " + unsure + " THEN 'not_testable' ELSE c.verdict END AS verdict, s.place FROM "
        + ended_clocks(tickets.context, measure.process, measure.clock)
        + " AS c JOIN record AS r ON r.tix = c.tix JOIN "
        + _spans(tickets, spans)
        + " ON c.ended >= s.since AND c.ended < s.until WHERE (" + all_of(measure.where) + ") OR " + unsure + ") AS r"
    )  # fmt: skip
    found = _tallied(
        tickets,
        _Among(among, tuple(spans)),
        Fragment("r.verdict = 'not_testable'"),
        Fragment("r.verdict = 'met'"),
        Fragment("NULL"),
    )
    if not any(tally.n for tally in found.values()) and _no_clock(tickets, measure):
        return f"no-clock:{measure.clock}"
    return found


def rules_told(tickets: Tickets, measure: RuleShare, spans: Sequence[Span]) -> Told:
    """The records that passed, of those that some rules judged; a waiver excuses a failure and makes it no pass."""
    for rule in measure.rules:
        if tickets.untested.get(rule):
            return tickets.untested[rule]
    named = ", ".join(quote(rule) for rule in measure.rules)
    moment = f'coalesce(v."at", {tickets.context.as_of - 1})'
    among = (
        "(SELECT v.passed, s.place FROM verdict AS v JOIN "
        + _spans(tickets, spans)
        + f' ON {moment} >= s.since AND {moment} < s.until WHERE v."rule" IN ({named})) AS r'
    )
    return _tallied(
        tickets, _Among(among, tuple(spans)), Fragment("r.passed IS NULL"), Fragment("r.passed"), Fragment("NULL")
    )


@dataclass(frozen=True)
class _Among:
    """The relation `r` that a figure is taken over, with the `place` of each row's period."""

    relation: Fragment
    spans: tuple[Span, ...]


def _among(tickets: Tickets, process: str, dated: str, of: Sequence[Condition], spans: Sequence[Span]) -> _Among:
    # A record without a moment of opening could be of any period: it is told of the last one.
    moment = f"coalesce(r.opened_at, {tickets.context.as_of - 1})" if dated == "opened_at" else f"r.{name(dated)}"
    relation = (
        "(SELECT r.*, s.place FROM record AS r JOIN "
        + _spans(tickets, spans)
        + f" ON {moment} >= s.since AND {moment} < s.until WHERE r.process = "
        + Fragment("?", (process,))
        + " AND (("
        + all_of(tuple(of))
        + ") OR "
        + _unknown(tickets.context, of)
        + ")) AS r"
    )
    return _Among(relation, tuple(spans))


def _spans(tickets: Tickets, spans: Sequence[Span]) -> Fragment:
    """The periods as a relation `s`, up to the moment of judgement."""
    zone, as_of = tickets.context.zone, tickets.context.as_of
    rows = ", ".join(
        f"({place}, {midnight(span.start, zone)}, {min(midnight_after(span.end, zone), as_of + 1)})"
        for place, span in enumerate(spans)
    )
    return Fragment(f"(VALUES {rows}) AS s(place, since, until)")


def _tallied(tickets: Tickets, among: _Among, unknown: Fragment, met: Fragment, value: Fragment) -> dict[Span, Tally]:
    query = (
        "SELECT r.place, count(*), count(*) FILTER (WHERE NOT (" + unknown + ") AND (" + met + ")), count(*) FILTER (WHERE "
        + unknown + "), " + value + " FROM " + among.relation + " GROUP BY r.place"
    )  # fmt: skip
    found = {span: Tally(0) for span in among.spans}
    for place, n, hits, unsure, told in tickets.session.rows(query.text, query.values):
        number = None if told is None else float(str(told))
        found[among.spans[int(str(place))]] = Tally(int(str(n)), int(str(hits)), int(str(unsure)), number)
    return found


def _medians(
    tickets: Tickets, measure: RecordFigure, among: _Among, unknown: Fragment, met: Fragment, seconds: float
) -> dict[Span, Tally]:
    """Medians of what is known; a time that runs backwards is not."""
    start, stop = f"r.{name(measure.start)}", f"r.{name(measure.stop)}"
    timed = f"coalesce({stop} >= {start}, false)"
    scope = "(SELECT * FROM " + among.relation + " WHERE (" + unknown + ") OR (" + met + ")) AS r"
    unsure = "(" + unknown + f") OR NOT {timed}"
    value = f"median({stop} - {start}) FILTER (WHERE NOT (" + unsure + f")) / {seconds}"
    return _tallied(tickets, _Among(scope, among.spans), unsure, Fragment("true"), value)


def _per_head(tickets: Tickets, among: _Among, unknown: Fragment, met: Fragment) -> dict[Span, Tally]:
    """Records that count for each person who resolved any; how many each did is nobody's business here."""
    person = known_as("r.resolved_by", "w")
    known = f"r.resolved_by IS NOT NULL AND NOT {person.machine}"
    good = "NOT (" + unknown + ") AND (" + met + f") AND {known}"
    value = "count(*) FILTER (WHERE " + good + f") / nullif(count(DISTINCT {person.who}) FILTER (WHERE {known}), 0.0)"
    among = replace(among, relation=among.relation + person.join)
    return _tallied(tickets, among, unknown, met, value)


def _unknown(context: Context, conditions: Sequence[Condition]) -> Fragment:
    """Whether nobody can tell if the conditions hold: what one of them needs is not there, and no other one fails."""
    blank = [_blank(context, c) for c in conditions]
    if not any(blank):
        return Fragment("false")
    fails = [
        Fragment("NOT ") + all_of((c,)) + (Fragment(f" AND NOT ({empty})") if empty else Fragment(""))
        for c, empty in zip(conditions, blank, strict=True)
    ]
    return "((" + Fragment(" OR ".join(empty for empty in blank if empty)) + ") AND NOT (" + join(" OR ", fails) + "))"


def _blank(context: Context, c: Condition) -> str:
    """SQL for whether a column does not say what a condition asks of it; '' where it always does."""
    parts = [] if c.test in ("present", "absent") else [f"r.{name(c.column)} IS NULL"]
    if c.column in context.lacking:
        parts.append(f'r.tix IN (SELECT tix FROM lacking WHERE "column" = {quote(c.column)})')
    return " OR ".join(parts)


def _missing(context: Context, process: str, columns: set[str]) -> str:
    """Why a figure over the records of a process cannot be computed, as a code; '' where it can."""
    if process not in context.processes:
        return f"process-not-exported:{process}"
    lacking = sorted(columns - context.exported - _ALWAYS_EXPORTED)
    if lacking:
        return "column-not-exported:" + ",".join(lacking)
    later = sorted(columns & context.known_later)
    return "known-later:" + ",".join(later) if later else ""


def _no_clock(tickets: Tickets, measure: ClockShare) -> bool:
    (n,) = tickets.session.one(
        "SELECT count(*) FROM clock AS c JOIN record AS r ON r.tix = c.tix WHERE c.clock = ? AND r.process = ?",
        (measure.clock, measure.process),
    )
    return n == 0
