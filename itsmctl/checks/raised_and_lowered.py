"""A priority that was raised and soon lowered again, as one does to jump a queue.

`codes` is the list that says which value ranks higher: the first in it is the highest. It may have been a slip that somebody put
right, so rules mark it as an enquiry.

    check: {raised-and-lowered: {column: priority, codes: priority, within: 1h}}

Passing: P3, P1, and P3 again on the next day. Flagged: P3, P1, and after 40 minutes P2. Not testable: a word that is not on the list
came or went within the time, so that it may have been raised and lowered.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.parameters import COLUMN, DURATION, seconds_of
from itsmctl.engine.sql import Fragment, duration_text, literal_rows, ranked
from itsmctl.model import Rule

ID = "raised-and-lowered"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["column", "codes", "within"],
    "properties": {
        "column": {**COLUMN, "description": "The column with the priority."},
        "codes": {
            "type": "string",
            "description": "The code list that ranks its values, the highest first, by its id.",
        },
        "within": {
            **DURATION,
            "description": "How soon it was lowered again, in hours, minutes and seconds, such as `1h`.",
        },
    },
}
NAMES = {"column": "column", "codes": "code-list"}


def needs(rule: Rule) -> Needs:
    """The history of the column."""
    return Needs(history=frozenset({str(rule.parameters["column"])}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `observed` is the quickest such pair of changes."""
    codes = context.definitions.code_lists[str(rule.parameters["codes"])].codes
    ranks = literal_rows([(code.id, place) for place, code in enumerate(codes)], "{0}", ("code", "place"))
    was, now, then = (Fragment(ranks.text.format(alias), ranks.values) for alias in ("w", "n", "t"))
    life = "(PARTITION BY e.tix ORDER BY e.seq)"
    pair = "n.place < w.place AND t.place > n.place"
    # A word that the list has not may rank anywhere; what the known ones show alone is no such pair whatever it means.
    ruled_out = "n.place >= w.place OR t.place <= n.place"
    perhaps = f"(w.code IS NULL OR n.code IS NULL OR t.code IS NULL) AND NOT coalesce({ruled_out}, false)"
    quick = f"e.next_at - e.moment <= {seconds_of(rule, 'within')}"
    return (
        Fragment(
            f"""SELECT r.record_id, CASE WHEN b.told IS NOT NULL THEN false WHEN b.tix IS NULL THEN true END AS passed,
            CASE WHEN b.tix IS NULL THEN 'not raised and lowered' ELSE b.told END AS observed, ? AS expected,
            coalesce(b.moment, r.opened_at) AS "at", CASE WHEN b.tix IS NOT NULL AND b.told IS NULL THEN ? END AS reason
            FROM scoped AS r LEFT JOIN (
                SELECT e.tix, min_by(CASE WHEN {pair} THEN concat(e.old, ' -> ', e.new, ' -> ', e.next, ': ', {duration_text("e.next_at - e.moment")}) END,
                        CASE WHEN {pair} THEN {ranked("e.next_at - e.moment", "e.seq")} END) AS told,
                    min(CASE WHEN {pair} THEN e.moment END) AS moment FROM (
                    SELECT e.tix, e.seq, e.old, e.new, e.moment, lead(e.new) OVER {life} AS next, lead(e.moment) OVER {life} AS next_at
                    FROM event AS e JOIN scoped AS r ON r.tix = e.tix WHERE e.field = ? AND e.moment <= ? AND e.new IS DISTINCT FROM e.old
                ) AS e LEFT JOIN """,
            (
                f"not within {rule.parameters['within']}",
                f"unknown-code:{rule.parameters['column']}",
                str(rule.parameters["column"]),
                context.as_of,
            ),
        )
        + was + " ON w.code = e.old LEFT JOIN " + now + " ON n.code = e.new LEFT JOIN " + then
        + f""" ON t.code = e.next WHERE e.old IS NOT NULL AND e.new IS NOT NULL AND e.next IS NOT NULL AND {quick} AND ({pair} OR ({perhaps})) GROUP BY e.tix
            ) AS b ON b.tix = r.tix"""
    )  # fmt: skip
