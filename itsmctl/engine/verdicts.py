"""The verdicts of an audit: rows of the rules that could be tested, and for each of the others the records it would have judged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from itsmctl.engine.session import WHOLE, Session, quote
from itsmctl.engine.sql import Fragment
from itsmctl.output import check_place, replacing
from itsmctl.result import Verdict

_About = TypeVar("_About")

SAMPLES = 10
_COLUMNS = '"rule", record_id, passed, observed, expected, "at", reason, waiver, baseline'


def create_verdict_table(session: Session) -> None:
    """Create `tested`, which `evaluate` fills, and `verdict`, which tells all: the columns of `verdicts.parquet`.

    A rule that cannot be tested says the same of every record in its scope, and many rules have one scope. So `unlooked`
    holds the records of each such scope once, in their order, and `untested` which rule has which scope, and why.
    """
    session.run(
        """CREATE TABLE tested ("rule" VARCHAR, record_id VARCHAR, passed BOOLEAN, observed VARCHAR, expected VARCHAR,
        "at" BIGINT, reason VARCHAR, waiver VARCHAR, baseline VARCHAR)"""
    )
    session.run('CREATE TABLE untested ("rule" VARCHAR, reason VARCHAR, scope BIGINT, records BIGINT)')
    session.run('CREATE TABLE unlooked (scope BIGINT, record_id VARCHAR, "at" BIGINT)')
    session.run(
        f"""CREATE VIEW verdict AS SELECT {_COLUMNS} FROM tested UNION ALL
        SELECT u."rule", s.record_id, NULL, NULL, NULL, s."at", u.reason, NULL, NULL
        FROM unlooked AS s JOIN untested AS u ON u.scope = s.scope"""
    )


def leave_untested(session: Session, scopes: Sequence[tuple[Fragment, Mapping[str, str]]]) -> list[int]:
    """Note which rules (id: reason) with which scope could not be tested; returns how many records each scope has."""
    (first,) = session.one("SELECT coalesce(max(scope) + 1, 0) FROM untested")
    rows: list[tuple[object, ...]] = []
    found = []
    for number, (scope, rules) in enumerate(scopes, int(str(first))):
        query = (
            Fragment(
                'INSERT INTO unlooked SELECT CAST(? AS BIGINT), r.record_id, r.opened_at AS "at" FROM (', (number,)
            )
            + scope
            + ") AS r ORDER BY r.tix"
        )
        (records,) = session.one(query.text, query.values)
        rows += [(rule, reason, number, records) for rule, reason in rules.items()]
        found.append(int(str(records)))
    session.insert("untested", ("rule", "reason", "scope", "records"), rows)
    return found


def in_order(rules: Sequence[str]) -> str:
    """SQL for the verdicts of some rules as `verdicts.parquet` holds them, sorted by rule and record.

    All of them are sorted at once: where the parts of a UNION ALL are sorted each by itself, DuckDB writes their full groups
    of rows first and what is left of each part after that. TRY hides from it what it knows of the rows: a column that it knows to
    be filled throughout is written as one that must be, and of rows that Spark made it does not know.
    """
    columns = ", ".join(f"TRY({column}) AS {column}" for column in _COLUMNS.split(", "))
    return f"""SELECT {columns} FROM ({_told(rules)}) AS told ORDER BY "rule", record_id, "at", observed, expected"""


def write_partitioned(session: Session, rules: Sequence[str], to: Path) -> None:
    """Write the verdicts of some rules as Parquet with a folder for each rule, `rule=INC-01`; whole or not at all."""
    marks = (WHOLE, f".{WHOLE}.crc")  # the second is how Spark checks the first
    check_place(to, {*marks, *(entry.name for entry in to.glob("rule=*"))}, WHOLE)
    with replacing(to) as place:
        session.write_partitioned(_told(rules), place, "rule", ("record_id", "at", "observed", "expected"))


def _told(rules: Sequence[str]) -> str:
    """SELECT of the verdicts of some rules, with the columns of `verdicts.parquet`."""
    among = ", ".join(map(quote, rules)) or "NULL"
    return f"""SELECT "rule", record_id, passed, observed, expected, make_timestamp("at" * 1000000) AS "at", reason, waiver, baseline
        FROM verdict WHERE "rule" IN ({among})"""


def failures(session: Session, limit: int = SAMPLES) -> Mapping[str, tuple[Verdict, ...]]:
    """The first verdicts that failed of each rule, those not known before first, then by record id."""
    rows = session.rows(
        """SELECT "rule", record_id, passed, observed, expected, "at", reason, waiver, baseline FROM (
            SELECT *, row_number() OVER (PARTITION BY "rule" ORDER BY baseline IS NOT NULL, record_id, "at", observed, expected) AS place FROM tested
            WHERE passed = false AND waiver IS NULL
        ) AS v WHERE place <= ? ORDER BY "rule", place""",
        (limit,),
    )
    return by_rule((str(rule), verdict_of(str(rule), tuple(rest))) for rule, *rest in rows)


def verdict_of(rule_id: str, row: tuple[object, ...]) -> Verdict:
    """A row of (record_id, passed, observed, expected, at, reason, waiver, baseline) as a value."""
    record_id, passed, observed, expected, at, reason, waiver, baseline = row
    return Verdict(
        rule=rule_id,
        record_id=str(record_id),
        passed=None if passed is None else bool(passed),
        observed=str(observed or ""),
        expected=str(expected or ""),
        at=at if isinstance(at, int) else None,
        reason=str(reason or ""),
        waiver=str(waiver or ""),
        baseline=str(baseline or ""),
    )


def reasons(session: Session) -> Mapping[str, tuple[tuple[str, int], ...]]:
    """Why records of each rule were not testable, most frequent first."""
    rows = session.rows(
        """SELECT * FROM (
            SELECT "rule", reason, count(*) AS n FROM tested WHERE passed IS NULL GROUP BY "rule", reason
            UNION ALL SELECT "rule", reason, records AS n FROM untested WHERE records > 0
        ) AS told ORDER BY "rule", n DESC, reason"""
    )
    return by_rule((str(rule), (str(reason), int(str(n)))) for rule, reason, n in rows)


def by_rule(pairs: Iterable[tuple[str, _About]]) -> Mapping[str, tuple[_About, ...]]:
    """What is told of each rule, in the order told."""
    told: dict[str, list[_About]] = defaultdict(list)
    for rule, about in pairs:
        told[rule].append(about)
    return {rule: tuple(some) for rule, some in told.items()}
