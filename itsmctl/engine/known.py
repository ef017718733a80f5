"""Verdicts that a baseline knows: marked one by one, so that no new failure hides behind an old one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from itsmctl.engine.people import unmarked
from itsmctl.engine.session import Session
from itsmctl.model import KnownFindings

_PLAIN = f"""(SELECT rowid AS place, "rule", {unmarked("record_id")} AS record_id, passed, coalesce({unmarked("observed")}, '') AS observed,
    expected, "at", waiver FROM tested)"""
"""The verdicts with people's names as they are, whether they are marked or not."""

Finding = tuple[str, str, str]
"""Rule, record or group, and what was observed, or '' where the name alone tells."""


def findings_of(known: Iterable[KnownFindings]) -> list[Finding]:
    """Every finding of a baseline by itself."""
    every = tuple(known)
    by_name = [(one.rule, record, "") for one in every for record in one.records]
    return by_name + [(one.rule, key, observed) for one in every for key, observed in one.observed]


def mark_known(session: Session, baseline: str, findings: Iterable[Finding]) -> Mapping[str, int]:
    """Write into the column `baseline` of `tested` which failures are known; returns how many, by rule.

    A name stands for one failure: where a record fails twice, the second is new. What is named as it was observed is
    known only as long as just that is observed, so that a group which got worse is new.
    """
    session.run('CREATE OR REPLACE TEMP TABLE known ("rule" VARCHAR, record_id VARCHAR, observed VARCHAR)')
    session.insert("known", ("rule", "record_id", "observed"), findings)
    session.run(
        f"""CREATE OR REPLACE TEMP TABLE recognised AS SELECT v.place FROM (
            SELECT *, row_number() OVER (PARTITION BY "rule", record_id ORDER BY "at", observed, expected, place) AS number,
                row_number() OVER (PARTITION BY "rule", record_id, observed ORDER BY "at", expected, place) AS alike
            FROM {_PLAIN} AS p WHERE passed = false AND waiver IS NULL
        ) AS v JOIN (SELECT "rule", record_id, observed, count(*) AS n FROM known GROUP BY ALL) AS k
            ON k."rule" = v."rule" AND k.record_id = v.record_id
            AND ((k.observed = '' AND v.number = 1) OR (k.observed <> '' AND k.observed = v.observed AND v.alike <= k.n))"""
    )
    session.run("UPDATE tested SET baseline = ? WHERE rowid IN (SELECT place FROM recognised)", (baseline,))
    rows = session.rows('SELECT "rule", count(*) FROM tested WHERE baseline IS NOT NULL GROUP BY 1')
    return {str(rule): int(str(n)) for rule, n in rows}


def gone_since(session: Session) -> list[Finding]:
    """The findings of `known` whose record or group was looked at, and for which nothing fails any more as they say.

    Only where every verdict was kept, the passes too, can it be told of all that was looked at.
    """
    rows = session.rows(
        f"""SELECT DISTINCT k."rule", k.record_id, k.observed FROM known AS k JOIN {_PLAIN} AS v
            ON v."rule" = k."rule" AND v.record_id = k.record_id AND v.passed IS NOT NULL
        WHERE NOT EXISTS (SELECT 1 FROM {_PLAIN} AS f WHERE f."rule" = k."rule" AND f.record_id = k.record_id
            AND f.passed = false AND (k.observed = '' OR k.observed = f.observed))
        ORDER BY ALL"""
    )
    return [(str(rule), str(record), str(observed)) for rule, record, observed in rows]


def failing(session: Session) -> list[tuple[str, str, str, int]]:
    """(rule, record or group, what was observed, how many verdicts of it fail), sorted; waived ones are left out."""
    rows = session.rows(
        """SELECT "rule", record_id, coalesce(observed, ''), count(*) OVER (PARTITION BY "rule", record_id)
        FROM tested WHERE passed = false AND waiver IS NULL ORDER BY ALL"""
    )
    return [(str(rule), str(record), str(observed), int(str(n))) for rule, record, observed, n in rows]
