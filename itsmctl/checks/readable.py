"""Records whose moments could be read.

Fails where the import quarantined a moment of the record (not a date, or a local time that does not exist), or a
whole row in which the record is named. Not testable where what is told of its life is a day without a time of day. With
`set-aside-as` it fails instead where anything of the record was set aside for one of those reasons: `duplicate-id` is a further row under the number of a record that differs from the first.

    check: {readable: {}}
    check: {readable: {set-aside-as: [duplicate-id]}}

Passing: every moment of the record parsed. Failing: `31/02/2026 10:00`; two rows with one number, closed in one and open in the other.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.parameters import texts
from itsmctl.engine.sql import Fragment
from itsmctl.model import LIFE_COLUMNS, Rule

ID = "readable"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "set-aside-as": {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"enum": ["bad-time", "duplicate-id", "no-time-of-day", "nonexistent-time"]},
            "description": "Reasons for which anything of a record was set aside; left out, it fails where a moment or a whole row could not be read.",
        }
    },
}
NAMES: dict[str, str] = {}
_DAYS = f""" LEFT JOIN (
            SELECT tix, min("column") AS column_of_life FROM lacking
            WHERE why = 'unreadable' AND "column" IN ({", ".join(f"'{column}'" for column in LIFE_COLUMNS)}) GROUP BY tix
        ) AS d ON d.tix = r.tix"""
"""A plan or a date of review may well be a day; of the moments between which clocks run a day says too little."""


def needs(rule: Rule) -> Needs:
    """Nothing: every import reports what it could not read."""
    return Needs()


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `observed` is the first value that was set aside."""
    named = "set-aside-as" in rule.parameters
    days = bool(context.lacking & set(LIFE_COLUMNS)) and not named
    doubt = "d.column_of_life IS NOT NULL" if days else "false"
    reason = "concat('unreadable:', d.column_of_life)" if days else "CAST(NULL AS VARCHAR)"
    return (
        Fragment(
            f"""SELECT r.record_id, CASE WHEN j.record_id IS NOT NULL THEN false WHEN NOT ({doubt}) THEN true END AS passed,
            CASE WHEN j.record_id IS NOT NULL THEN j.worst WHEN NOT ({doubt}) THEN ? END AS observed, ? AS expected, r.opened_at AS "at",
            CASE WHEN j.record_id IS NULL THEN {reason} END AS reason
        FROM scoped AS r LEFT JOIN (SELECT record_id, min(worst) AS worst FROM (""",
            ("one row", "one row") if named else ("readable", "a moment"),
        )
        + _set_aside(texts(rule, "set-aside-as"))
        + ") AS unread GROUP BY record_id) AS j ON j.record_id = r.record_id"
        + (_DAYS if days else "")
    )


def _set_aside(reasons: tuple[str, ...]) -> Fragment:
    """SELECT of the records of which something was set aside for one of the reasons, else of those that cannot be read."""
    if reasons:
        return Fragment(
            f"""SELECT record_id, concat(reason, ': ', source_file, ', row ', source_row) AS worst FROM reject WHERE reason IN ({", ".join("?" * len(reasons))})""",
            reasons,
        )
    return Fragment(
        """SELECT record_id, concat("column", ': ', value) AS worst FROM reject WHERE reason IN ('bad-time', 'nonexistent-time')
            UNION ALL SELECT record_id, 'a whole row' AS worst FROM lost"""
    )
