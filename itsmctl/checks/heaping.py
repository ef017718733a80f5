"""Times that heap just under the target: more of them in the last band than the bands before it let expect.

The counted time of each clock that stopped falls in a band of 5 per cent of its target. Flagged is a group in which the band from 95
to 100 per cent holds at least `least` records (10 if left out), and more than twice the mean of the three bands from 80 to 95 per cent.
Work that is batched by nature looks alike, so rules mark it as an enquiry.

    check: {heaping: {clock: resolution, per: [group]}}

Passing: 12 in the last band, 9, 8 and 10 in those before. Flagged: 40 in the last band, 9, 8 and 10 in those before.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.grouping import group_key, group_needs
from itsmctl.engine.parameters import CLOCK, COUNT, MINIMUM, PER, number_of, texts
from itsmctl.engine.sql import Fragment
from itsmctl.model import Rule

ID = "heaping"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["clock", "per"],
    "properties": {
        "clock": CLOCK,
        "per": PER,
        "least": {
            **COUNT,
            "description": "From how many records just under the target on a group is flagged; default: 10.",
        },
        "minimum": MINIMUM,
    },
}
NAMES = {"clock": "clock"}


def needs(rule: Rule) -> Needs:
    """The moment at which records open, and the columns of the groups."""
    return Needs(columns=frozenset({"opened_at"}) | group_needs(texts(rule, "per")))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per group; `observed` counts the last band and the three before it."""
    least, minimum = number_of(rule, "least", 10), number_of(rule, "minimum", 1)
    return Fragment(
        f"""SELECT record_id, CASE WHEN n >= {minimum} THEN NOT (last >= {least} AND 3 * last > 2 * before) END AS passed,
            concat('95-100%: ', last, ', 80-95%: ', before) AS observed, 'at most twice the mean of the bands before, or fewer than {least}' AS expected,
            first_at AS "at", CASE WHEN n < {minimum} THEN 'too-few' END AS reason
        FROM (SELECT {group_key(texts(rule, "per"))} AS record_id, min(r.opened_at) AS first_at, count(*) AS n,
                count(*) FILTER (WHERE 100 * c.counted >= 95 * c.target AND c.counted <= c.target) AS last,
                count(*) FILTER (WHERE 100 * c.counted >= 80 * c.target AND 100 * c.counted < 95 * c.target) AS before
            FROM scoped AS r JOIN clock AS c ON c.tix = r.tix AND c.clock = ? WHERE c.verdict IN ('met', 'breached') AND c.target > 0
            GROUP BY {group_key(texts(rule, "per"))}) AS banded""",
        (str(rule.parameters["clock"]),),
    )
