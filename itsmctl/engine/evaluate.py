"""Run one rule: its check over its scope, counted, and the rows that are not a plain pass kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from itsmctl.engine.context import Check, Context, Needs
from itsmctl.engine.session import Session, name, quote
from itsmctl.engine.sql import Fragment, all_of, join
from itsmctl.model import Effective, Rule
from itsmctl.result import Share, Verdict

SAMPLES = 10
BREAKDOWN_COLUMNS = ("priority", "service")
ABOUT_CLOCKS = frozenset({"attainment", "clock-within", "reported-agrees"})
"""Checks whose moment is the clock's, not the opening of the record."""
_WITHOUT_EXPORT = frozenset({"record_id", "process", "attributes", "source_file", "source_row"})


@dataclass(frozen=True)
class Counts:
    """What became of the records in scope of one rule; `not_applicable` are the other records of the dataset."""

    in_scope: int
    passed: int
    failed: int
    not_testable: int
    not_applicable: int
    untested_because: str
    too_small: int = 0
    """Groups with fewer records than the check asks for."""


def create_verdict_table(session: Session) -> None:
    """Create the table that `evaluate` fills: the columns of `verdicts.parquet`."""
    session.run(
        """CREATE TABLE verdict ("rule" VARCHAR, record_id VARCHAR, passed BOOLEAN, observed VARCHAR, expected VARCHAR,
        "at" BIGINT, reason VARCHAR, waiver VARCHAR)"""
    )


def evaluate(
    session: Session,
    rule: Rule,
    check: Check,
    context: Context,
    *,
    all_verdicts: bool,
    keep: Sequence[str] = (),
    because: str = "",
) -> Counts:
    """Judge every record in the rule's scope into `verdict`, and return the counts.

    The rule as a whole is not testable where `because` says so or the export lacks what it needs; then each record
    in scope is, with that reason. Plain passes are counted and dropped, but for the records in `keep`.
    """
    untested = because or missing_for(rule, check, context)
    scope = _scope(rule, context)
    if untested:
        body = Fragment(
            """SELECT r.record_id, CAST(NULL AS BOOLEAN) AS passed, CAST(NULL AS VARCHAR) AS observed, CAST(NULL AS VARCHAR) AS expected,
            r.opened_at AS "at", ? AS reason FROM scoped AS r""",
            (untested,),
        )
    else:
        body = _with_gaps(check.compile(rule, context), check.needs(rule))
    query = Fragment("CREATE OR REPLACE TEMP TABLE judgement AS WITH scoped AS (") + scope + ") " + body
    session.run(query.text, query.values)
    too_small = _set_aside_small_groups(session)
    counts = session.one(
        "SELECT count(*), count(*) FILTER (WHERE passed), count(*) FILTER (WHERE NOT passed), (SELECT count(*) FROM record) FROM judgement"
    )
    in_scope, passed, failed, records = (int(str(value)) for value in counts)
    kept = Fragment("WHERE passed IS NOT true")
    if all_verdicts:
        kept = Fragment("")
    elif keep:
        kept += Fragment(f" OR record_id IN ({', '.join('?' * len(keep))})", tuple(keep))
    session.run(
        f"""INSERT INTO verdict SELECT ?, record_id, passed, observed, expected, "at",
        CASE WHEN passed IS NULL THEN coalesce(reason, 'cannot-tell') END, NULL FROM judgement {kept.text}""",
        (rule.id, *kept.values),
    )
    if too_small and not in_scope:
        untested = "too-few"  # there are records, so this is not a lack of data
    return Counts(in_scope, passed, failed, in_scope - passed - failed, max(records - in_scope, 0), untested, too_small)


def _set_aside_small_groups(session: Session) -> int:
    """Take groups that are too small to judge out of the judgement, and tell how many there are."""
    (small,) = session.one("SELECT count(*) FROM judgement WHERE reason = 'too-few'")
    if small:
        session.run("DELETE FROM judgement WHERE reason = 'too-few'")
    return int(str(small))


def _with_gaps(body: Fragment, needs: Needs) -> Fragment:
    """Where a check reads the history, a record whose history has a gap is not testable, whatever the rest says."""
    if not needs.history:
        return body
    reason = quote("history-gap:" + ",".join(sorted(needs.history)))
    return (
        """SELECT j.record_id, CASE WHEN b.tix IS NULL THEN j.passed END AS passed, CASE WHEN b.tix IS NULL THEN j.observed END AS observed,
        j.expected, j."at", CASE WHEN b.tix IS NULL THEN j.reason ELSE """
        + Fragment(reason)
        + " END AS reason FROM ("
        + body
        + ") AS j LEFT JOIN (SELECT b.tix, r.record_id FROM broken AS b JOIN record AS r ON r.tix = b.tix) AS b ON b.record_id = j.record_id"
    )


def missing_for(rule: Rule, check: Check, context: Context) -> str:
    """A reason code naming what the export lacks for this rule, or ''."""
    needs = check.needs(rule)
    asked = needs.columns | {c.column for c in rule.scope}
    columns = sorted(asked - context.exported - _WITHOUT_EXPORT)
    if columns:
        return "column-not-exported:" + ",".join(columns)
    later = sorted(asked & context.known_later)
    if later:
        return "known-later:" + ",".join(later)
    history = sorted(needs.history - context.history)
    return "no-history:" + ",".join(history) if history else ""


def _scope(rule: Rule, context: Context) -> Fragment:
    """The records of the rule's process that meet its conditions, opened while the rule was in force.

    A rule about clocks judges what stopped or still ran within the audited period, whenever it was opened, so that a
    breach across two periods is found in one of them; every other rule judges what was opened within it.
    """
    testable = tuple(c for c in rule.scope if c.column in context.exported | _WITHOUT_EXPORT)
    tests = [all_of(testable)]
    if rule.process:
        tests.append(Fragment("r.process = ?", (rule.process,)))
    if rule.effective != Effective():
        period = (context.first_moment(rule.effective), context.end_moment(rule.effective))
        tests.append(Fragment("(r.opened_at IS NULL OR (r.opened_at >= ? AND r.opened_at < ?))", period))
    if rule.check not in ABOUT_CLOCKS:
        tests.append(Fragment("r.opened_in_period"))
    elif context.until is not None:
        tests.append(Fragment("(r.ended_at IS NULL OR r.ended_at < ?)", (context.until,)))
    return Fragment("SELECT r.* FROM record AS r WHERE ") + join(" AND ", tests)


def failures(session: Session, rule_id: str, limit: int = SAMPLES) -> tuple[Verdict, ...]:
    """The first verdicts of a rule that failed, by record id."""
    rows = session.rows(
        """SELECT record_id, passed, observed, expected, "at", reason FROM verdict WHERE "rule" = ? AND passed = false
        ORDER BY record_id LIMIT ?""",
        (rule_id, limit),
    )
    return tuple(verdict_of(rule_id, row) for row in rows)


def verdict_of(rule_id: str, row: tuple[object, ...]) -> Verdict:
    """A row of (record_id, passed, observed, expected, at, reason) as a value."""
    record_id, passed, observed, expected, at, reason = row
    return Verdict(
        rule=rule_id,
        record_id=str(record_id),
        passed=None if passed is None else bool(passed),
        observed=str(observed or ""),
        expected=str(expected or ""),
        at=at if isinstance(at, int) else None,
        reason=str(reason or ""),
    )


def reasons(session: Session, rule_id: str) -> tuple[tuple[str, int], ...]:
    """Why records of a rule were not testable, most frequent first."""
    rows = session.rows(
        """SELECT reason, count(*) AS n FROM verdict WHERE "rule" = ? AND passed IS NULL GROUP BY reason ORDER BY n DESC, reason""",
        (rule_id,),
    )
    return tuple((str(reason), int(str(n))) for reason, n in rows)


def breakdown(session: Session) -> tuple[Share, ...]:
    """The last judgement by priority and by service, for checks that judge records; values sorted, '' where empty."""
    priority, service = (f"r.{name(column)}" for column in BREAKDOWN_COLUMNS)
    rows = session.rows(
        f"""SELECT grouping({priority}) AS which, coalesce({priority}, {service}, '') AS value, count(*),
            count(*) FILTER (WHERE NOT j.passed), count(*) FILTER (WHERE j.passed IS NULL)
        FROM judgement AS j JOIN record AS r ON r.record_id = j.record_id
        GROUP BY GROUPING SETS (({priority}), ({service})) ORDER BY which, value"""
    )
    return tuple(
        Share(BREAKDOWN_COLUMNS[int(str(which))], str(value), int(str(n)), int(str(failed)), int(str(untested)))
        for which, value, n, failed, untested in rows
    )
