"""Records whose moments could be read.

Fails where the import quarantined a moment of the record (not a date, or a local time that does not exist), or a
whole row in which the record is named.

    check: {readable: {}}

Passing: every moment of the record parsed. Failing: `31/02/2026 10:00`.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.sql import Fragment
from itsmctl.model import Rule

ID = "readable"
PARAMETERS = {"type": "object", "additionalProperties": False, "properties": {}}
NAMES: dict[str, str] = {}


def needs(rule: Rule) -> Needs:
    """Nothing: every import reports what it could not read."""
    return Needs()


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `observed` is the first unreadable value."""
    return Fragment(
        """SELECT r.record_id, j.record_id IS NULL AS passed, coalesce(j.worst, 'readable') AS observed, 'a moment' AS expected,
            r.opened_at AS "at", CAST(NULL AS VARCHAR) AS reason
        FROM scoped AS r LEFT JOIN (
            SELECT record_id, min(worst) AS worst FROM (
                SELECT record_id, concat("column", ': ', value) AS worst FROM reject WHERE reason IN ('bad-time', 'nonexistent-time')
                UNION ALL SELECT record_id, 'a whole row' AS worst FROM lost
            ) AS unread GROUP BY record_id
        ) AS j ON j.record_id = r.record_id"""
    )
