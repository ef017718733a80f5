"""A percentile of times per group: so many per cent took no longer than a limit.

The time is what a `clock` counted, or lies between two moments (`from`, `to`). What has not got that far counts too, or the slowest
would be left out: with the time so far where that is longer than the limit, else as a time that nobody knows yet; so does what is resolved without
saying when, or of which the export does not tell whether it still runs, and a time that runs backwards. What is closed or cancelled without
the second moment never had such a time and is not counted. A group with fewer than `minimum` is told and not judged; records whose time
nobody knows make a group not testable where they could turn the verdict.

    check: {percentile: {clock: resolution, percentile: 90, most: 8h, per: [service, month], minimum: 20}}
    check: {percentile: {from: opened_at, to: recorded_at, percentile: 98, most: 24h, per: [group]}}

Passing: the 90th of 100 took 7h50m. Failing: it took 8h01m; 85 of 100 took less than 8 hours, and the others have been open for a week.
Not testable: 85 took less, and the others were opened an hour ago.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.grouping import group_key, group_needs
from itsmctl.engine.life import closed, done, not_yet
from itsmctl.engine.parameters import DURATION, MINIMUM, PER, number_of, seconds_of, texts
from itsmctl.engine.sql import Fragment, duration_text, name
from itsmctl.model import TIME_COLUMNS, Rule

ID = "percentile"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["percentile", "most", "per"],
    "oneOf": [{"required": ["clock"]}, {"required": ["from", "to"]}],
    "properties": {
        "clock": {
            "type": "string",
            "description": "The clock whose counted time it is, by its name in the agreements; instead of `from` and `to`.",
        },
        "from": {
            "enum": list(TIME_COLUMNS),
            "description": "The moment from which time counts, by the clock on the wall.",
        },
        "to": {"enum": list(TIME_COLUMNS), "description": "The moment up to which time counts."},
        "percentile": {
            "type": "number",
            "exclusiveMinimum": 0,
            "maximum": 100,
            "description": "Of how many records the time is asked, the quickest first, in per cent: 90 stands for the slowest of the quickest 90%.",
        },
        "most": {
            **DURATION,
            "description": "The longest time that still passes, in hours, minutes and seconds, such as `8h`.",
        },
        "per": PER,
        "minimum": MINIMUM,
    },
    "dependencies": {"from": ["to"], "to": ["from"]},
}
NAMES = {"clock": "clock", "from": "column", "to": "column"}
_ENDS = frozenset({"state", "resolved_at", "closed_at"})
"""The columns that tell whether anybody still works on a record."""


def needs(rule: Rule) -> Needs:
    """Both moments, or that at which records open, and the columns of the groups."""
    times = {str(rule.parameters[key]) for key in ("from", "to") if key in rule.parameters} or {"opened_at"}
    return Needs(columns=frozenset(times) | group_needs(texts(rule, "per")))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per group; `observed` is the percentile, and how many it is of."""
    share, most, minimum = rule.parameters["percentile"], seconds_of(rule, "most"), number_of(rule, "minimum", 1)
    kept, missed = f"100.0 * hits / n >= {share}", f"100.0 * (hits + doubts) / n < {share}"
    return (
        Fragment(
            f"""SELECT record_id, CASE WHEN n < {minimum} THEN NULL WHEN {kept} THEN true WHEN {missed} THEN false END AS passed,
            CASE WHEN reached IS NOT NULL THEN concat('p', ?, ' = ', {duration_text("reached")}, ' of ', n) END AS observed, ? AS expected, first_at AS "at",
            CASE WHEN n < {minimum} THEN 'too-few' WHEN NOT ({kept}) AND NOT ({missed}) THEN 'undecided' END AS reason
            FROM (SELECT record_id, min(opened_at) AS first_at, count(*) AS n, count(*) FILTER (WHERE taken <= {most}) AS hits, count(*) FILTER (WHERE taken IS NULL) AS doubts,
                quantile_disc(taken, CAST({share} AS DOUBLE) / 100) AS reached FROM (""",
            (f"{share}", f"p{share} at most {rule.parameters['most']}"),
        )
        + _times(rule, context, most)
        + ") AS timed GROUP BY record_id) AS counted"
    )


def _times(rule: Rule, context: Context, most: int) -> Fragment:
    """SELECT of `record_id` (the group), `opened_at` and `taken`, which is NULL where nobody knows it, or not yet."""
    key = group_key(texts(rule, "per"))
    if "clock" in rule.parameters:
        over = f"c.stop IS NOT NULL OR c.counted > {most}"
        return Fragment(
            f"""SELECT {key} AS record_id, r.opened_at, CASE WHEN c.verdict <> 'not_testable' AND ({over}) THEN c.counted END AS taken FROM scoped AS r
            JOIN clock AS c ON c.tix = r.tix AND c.clock = ? WHERE c.verdict <> 'cancelled'""",
            (str(rule.parameters["clock"]),),
        )
    first, last = (f"r.{name(str(rule.parameters[side]))}" for side in ("from", "to"))
    so_far = f"{context.as_of} - {first}"
    told = "".join(
        f" AND r.tix NOT IN (SELECT tix FROM lacking WHERE \"column\" = '{column}')"
        for column in sorted(_ENDS & context.lacking)
    )
    return (
        f"""SELECT {key} AS record_id, r.opened_at, CASE WHEN {last} IS NOT NULL THEN CASE WHEN {last} >= {first} THEN {last} - {first} END WHEN {so_far} > {most}{told} AND """
        + not_yet(done(context), context)
        + f""" THEN {so_far} END AS taken
        FROM scoped AS r WHERE {last} IS NOT NULL OR ({first} <= {context.as_of} AND coalesce(NOT """
        + closed(context)
        + ", true))"
    )
