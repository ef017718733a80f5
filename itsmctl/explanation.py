"""One record in full: its row, its life, its verdicts, and its clocks recomputed with plain interval arithmetic."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from itsmctl.engine.context import Context
from itsmctl.engine.lived import Plan, governing_offer, offer_at, terms_of
from itsmctl.engine.offers import Offer
from itsmctl.engine.session import Row, Session, Value, name, quote
from itsmctl.engine.verdicts import verdict_of
from itsmctl.errors import ItsmctlError, Problem, did_you_mean
from itsmctl.grounds import with_grounds
from itsmctl.language import clock_order
from itsmctl.model import APPROVAL, BOOLEAN_COLUMNS, RECORD_COLUMNS, TIME_COLUMNS, names_of
from itsmctl.result import ClockExplanation, Cycle, DefinitionFacts, Explanation, Moment, Verdict
from itsmctl.worktime import (
    NO_FIT,
    NO_TARGET,
    Change,
    RecordClock,
    fitting_target,
    lived_clock,
    record_clock,
    values_at,
)


def explain_in_full(
    session: Session, context: Context, names: Sequence[str], judged_by: DefinitionFacts
) -> tuple[Explanation, ...]:
    """Explain records and groups of records in the order given, with what each failure rests on.

    Raises ItsmctlError for what is neither a record nor a group that some rule judged.
    """
    groups = {one: verdicts for one, verdicts in _verdicts(session, names).items() if verdicts}
    records = _keys(session, names)
    groups = {one: verdicts for one, verdicts in groups.items() if one not in records}
    found = {one.record_id: one for one in explain(session, context, [one for one in names if one not in groups])}
    called = names_of(context.definitions)
    told = [Explanation(group, {}, (), verdicts, (), context.as_of, names=called) for group, verdicts in groups.items()]
    found |= {one.record_id: one for one in with_grounds(session, context, told)}
    return tuple(replace(found[one], judged_by=judged_by) for one in names)


def _keys(session: Session, record_ids: Sequence[str]) -> Mapping[str, int]:
    """The numbers by which the tables know the records that there are."""
    marks = ", ".join("?" * len(record_ids))
    rows = session.rows(f"SELECT record_id, tix FROM record WHERE record_id IN ({marks})", record_ids)
    return {str(record_id): int(str(key)) for record_id, key in rows}


def explain(session: Session, context: Context, record_ids: Sequence[str]) -> tuple[Explanation, ...]:
    """Explain the records in the order given, each failure with its grounds; raises ItsmctlError for one that the dataset does not hold.

    Every clock is recomputed by `worktime.recorded`, or by `worktime.living` where it is not plain. Should SQL have counted otherwise, that is a bug, and it
    stops here rather than reach a report.
    """
    if not record_ids:
        return ()
    keys = _keys(session, record_ids)
    unknown = [record_id for record_id in record_ids if record_id not in keys]
    if unknown:
        raise ItsmctlError(_unknown(session, record_id) for record_id in unknown)
    numbers = ", ".join(str(key) for key in sorted(keys.values()))
    rows = {
        int(str(row[0])): row[1:]
        for row in session.rows(
            f"SELECT tix, {', '.join(name(c) for c in RECORD_COLUMNS)} FROM whole_record WHERE tix IN ({numbers})"
        )
    }
    moments = _by_key(
        session.rows(
            f"""SELECT e.tix, e.moment, s.actor, s.actor_group, e.field, e.old, e.new, s.source_file, s.source_row FROM event AS e
            LEFT JOIN ({_sources("event", "s.seq, s.actor, s.actor_group", record_ids)}) AS s ON s.tix = e.tix AND s.seq = e.seq
            WHERE e.tix IN ({numbers}) ORDER BY e.tix, e.seq""",
            record_ids,
        )
    )
    decisions = _by_key(
        session.rows(
            f"""SELECT a.tix, a.moment, a.approver, a."role", {quote(APPROVAL)} AS field, '' AS old, a.decision, s.source_file, s.source_row FROM approval AS a
            LEFT JOIN (SELECT tix, approver, moment, min(source_file) AS source_file, min(source_row) AS source_row
                FROM ({_sources("approval", "s.approver, s.moment", record_ids)}) AS s GROUP BY tix, approver, moment) AS s
            ON s.tix = a.tix AND s.moment = a.moment AND coalesce(s.approver, '') = coalesce(a.approver, '')
            WHERE a.tix IN ({numbers}) AND a.moment IS NOT NULL ORDER BY a.tix, a.moment, a.approver, a.decision""",
            record_ids,
        )
    )
    spans = _by_key(session.rows(f"SELECT tix, t0, state FROM span WHERE tix IN ({numbers}) ORDER BY tix, seq"))
    clocks = _by_key(
        session.rows(
            f"SELECT tix, clock, offer, target_number, target, counted, verdict, reason FROM clock WHERE tix IN ({numbers}) ORDER BY tix, clock"
        )
    )
    verdicts = _verdicts(session, record_ids)
    called = names_of(context.definitions)
    plan = Plan(context.definitions, context.history, context.as_of, context.precision, context.legs)
    values = {key: dict(zip(RECORD_COLUMNS, row, strict=True)) for key, row in rows.items()}
    records = tuple(
        Explanation(
            record_id=record_id,
            columns=_columns(rows[keys[record_id]]),
            moments=_in_order(moments[keys[record_id]], decisions[keys[record_id]]),
            verdicts=verdicts[record_id],
            clocks=tuple(
                _clock(plan, row, values[keys[record_id]], moments[keys[record_id]], spans[keys[record_id]])
                for row in sorted(clocks[keys[record_id]], key=lambda row: clock_order(str(row[0])))
            ),
            as_of=context.as_of,
            names=called,
        )
        for record_id in record_ids
    )
    return with_grounds(session, context, records)


def _sources(table: str, key: str, record_ids: Sequence[str]) -> str:
    """SELECT of where the changes or approvals of some records were read; the ids are its values."""
    marks = ", ".join("?" * len(record_ids))
    return f"""SELECT r.tix, {key}, s.source_file, s.source_row FROM {table}_source AS s JOIN record AS r ON r.record_id = s.record_id
        WHERE s.record_id IN ({marks})"""


def _in_order(changes: Sequence[Row], decisions: Sequence[Row]) -> tuple[Moment, ...]:
    """What happened to a record: its changes in their own order, and each approval after what was changed by then."""
    told = [_moment(row) for row in changes]
    for decision in (_moment(row) for row in decisions):
        place = next((number for number, one in enumerate(told) if one.at > decision.at), len(told))
        told.insert(place, decision)
    return tuple(told)


def _unknown(session: Session, record_id: str) -> Problem:
    near = [
        str(row[0])
        for row in session.rows(
            "SELECT record_id FROM record ORDER BY levenshtein(record_id, ?), record_id LIMIT 20", (record_id,)
        )
    ]
    if pseudonym := _PSEUDONYM.search(record_id):
        message = (
            "{word!r} is the pseudonym of a person, and nobody is known by it here; "
            "`itsmctl evidence reveal RESULT {word}` says who it is for whoever has the key, then explain the group by that name"
        )
        return Problem("pseudonym", message, values={"word": pseudonym.group()})
    if not near:
        return Problem("unknown-record", "the dataset holds no record {word!r}", values={"word": record_id})
    template = "the dataset holds no record {word!r}; its records have names such as {near}"
    values = {"word": record_id, "near": ", ".join(near[:3])}
    return Problem("unknown-record", template, values=values, suggestion=did_you_mean(record_id, near))


_PSEUDONYM = re.compile(r"\bP-[0-9a-f]{12}\b")
"""As `audit.people` makes them; a record of such a name is found before."""


def _by_key(rows: Sequence[Row]) -> Mapping[int, list[Row]]:
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[int(str(row[0]))].append(row[1:])
    return grouped


def _columns(row: Row) -> Mapping[str, str]:
    shown: dict[str, str] = {}
    for column, value in zip(RECORD_COLUMNS, row, strict=True):
        if value is None:
            continue
        if column in TIME_COLUMNS:
            shown[column] = datetime.fromtimestamp(int(str(value)), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        elif column in BOOLEAN_COLUMNS:
            shown[column] = "true" if value else "false"
        else:
            shown[column] = str(value)
    return shown


def _moment(row: Row) -> Moment:
    at, *texts, line = row
    actor, group, field, old, new, file = ("" if text is None else str(text) for text in texts)
    return Moment(int(str(at)), actor, group, field, old, new, file, int(str(line or 0)))


def _verdicts(session: Session, record_ids: Sequence[str]) -> Mapping[str, tuple[Verdict, ...]]:
    marks = ", ".join("?" * len(record_ids))
    found: dict[str, list[Verdict]] = {record_id: [] for record_id in record_ids}
    rows = session.rows(
        f"""SELECT "rule", record_id, passed, observed, expected, "at", reason, waiver, baseline FROM verdict WHERE record_id IN ({marks}) ORDER BY record_id, "rule" """,
        record_ids,
    )
    for rule, *rest in rows:
        found[str(rest[0])].append(verdict_of(str(rule), tuple(rest)))
    return {record_id: tuple(verdicts) for record_id, verdicts in found.items()}


_ASKED_ELSEWHERE = (
    "before-1970", "column-not-exported:", "column-not-in-file:", "file-ends:", "history-gap:", "missing:customer", "missing:service", "no-zone:", "unreadable:",
)  # fmt: skip
"""Reasons of SQL for what the ledger does not ask."""


def _clock(
    plan: Plan, row: Row, record: Mapping[str, Value], moments: Sequence[Row], spans: Sequence[Row]
) -> ClockExplanation:
    """One clock recomputed; `row` is what SQL says of it."""
    clock, offer_number, target_number, target, counted, verdict, reason = row
    rule = next(
        (
            r.id
            for r in plan.definitions.rules.values()
            if (r.check == "clock-within" and r.parameters.get("clock") == clock)
            or (r.check == "leg-within" and "/" in str(clock))
        ),
        "",
    )
    leg = plan.definitions.leg_names().get(str(clock))
    if not isinstance(offer_number, int):
        return ClockExplanation(rule, str(clock), "", "", "", "", "", 0, (), str(reason), leg=leg)
    offer = plan.offer(offer_number)
    told = ClockExplanation(
        rule, str(clock), offer.agreement.id, offer.calendar.id, offer.calendar.zone, "", "", 0, (), str(reason or ""), leg=leg,
    )  # fmt: skip
    if _is_asked_elsewhere(str(reason)):
        return told
    begun = offer_at(plan, str(clock), record, int(str(record["opened_at"])))
    if offer_number not in plan.legs and (begun is None or begun.clock.is_plain):
        ours = _plain_clock(plan, offer, target, record, spans)
        fits = _promised(plan, offer, ours, record, moments)
        if fits != (NO_FIT if target_number is None else target_number):
            raise AssertionError(
                f"{record['record_id']!r}, clock {clock!r}: SQL takes target {target_number!r}, the ledger {fits}"
            )
    else:
        governing = offer if offer_number in plan.legs else governing_offer(plan, str(clock), record)
        lived = _lived_clock(plan, governing, record, moments)
        if lived is None:
            return told
        ours = lived
    decisive = [c for c in ours.cycles[ours.decisive : ours.decisive + 1] if c.stop >= c.start]
    if ours.verdict != verdict or any(cycle.counted != counted for cycle in decisive):
        raise AssertionError(
            f"{record['record_id']!r}, clock {clock!r}: SQL says {verdict!r} {counted!r} {reason!r}, the ledger says {ours}"
        )
    promised = offer.clock.targets[target_number] if isinstance(target_number, int) else None
    return replace(
        told,
        target_text=promised.text if promised else "",
        target_file=promised.where.file if promised else "",
        target_line=promised.where.line if promised else 0,
        cycles=ours.cycles,
        flags=_flags(plan, decisive),
    )


def _is_asked_elsewhere(reason: str) -> bool:
    missing_history = reason.startswith("no-history:") and reason != "no-history:state"
    return reason.startswith(_ASKED_ELSEWHERE) or missing_history


def _plain_clock(
    plan: Plan, offer: Offer, target: Value, record: Mapping[str, Value], spans: Sequence[Row]
) -> RecordClock:
    times = {column: int(str(record[column])) if record[column] is not None else None for column in TIME_COLUMNS}
    moments = [(int(str(at)), str(state)) for at, state in spans]
    promised = target if isinstance(target, int) else None
    state = str(record["state"] or "")
    return record_clock(offer.clock, offer.calendar, promised, times, moments, plan.as_of, state=state)


def _promised(plan: Plan, offer: Offer, ours: RecordClock, record: Mapping[str, Value], moments: Sequence[Row]) -> int:
    """The number of the target that fits a plain clock: at its stop, or as the record is while it runs."""
    stop = next((cycle.stop for cycle in ours.cycles if not cycle.running), None)
    values = record if stop is None else values_at(record, _changes(moments), stop, plan.as_of)
    return fitting_target(offer.clock, values)


def _changes(moments: Sequence[Row]) -> list[Change]:
    return [
        Change(int(str(at)), str(field), str(old or ""), str(new or "")) for at, _, _, field, old, new, *_ in moments
    ]


def _lived_clock(
    plan: Plan, offer: Offer | None, record: Mapping[str, Value], moments: Sequence[Row]
) -> RecordClock | None:
    """The clock along the record's life; None where no agreement governs it."""
    terms = terms_of(plan, offer, record) if offer else None
    return lived_clock(terms, record, _changes(moments), plan.as_of) if terms else None


def _flags(plan: Plan, decisive: Sequence[Cycle]) -> tuple[str, ...]:
    """What a reader should know of a verdict that stands: `within-precision` where the export's own times could turn it."""
    near = any(
        c.target != NO_TARGET and c.verdict != "not_testable" and abs(c.counted - c.target) < plan.precision
        for c in decisive
    )
    return ("within-precision",) if plan.precision > 1 and near else ()
