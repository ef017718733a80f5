"""A target that was made looser when it was about to be missed, and met only for that.

Looks at changes of a column that decides about the target: a priority that was lowered, a type that was flipped. Flagged is a change
with which the new target is longer than the old one, made when less than `remaining` per cent of the old target were left, if the
record would have missed the old target by its actual resolution and keeps the one it has now. Changes within `grace` of the opening
are triage, and one is excused where somebody else changed a field under `unless` since the change before: a person is the same
under each name that an assignment lists under `also-called`, and through a shared account nobody can say. A workaround may have lowered
the urgency, so rules mark it as an enquiry.

    check: {loosened: {column: priority, clock: resolution, remaining: 25, unless: [impact, urgency]}}
    check: {loosened: {column: type, clock: resolution, remaining: 25, grace: 1h}}

Passing: lowered after ten minutes; lowered late, but resolved within the old target all the same. Flagged: P1 with 4 hours, lowered to
P3 after 3h50m, resolved after 6h. Not testable: nobody knows what the clock had counted.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.parameters import CLOCK, DURATION, PERCENT, TEXTS, seconds_of, texts
from itsmctl.engine.people import known_as
from itsmctl.engine.progress import counted_at, target_with
from itsmctl.engine.sql import Fragment, duration_text, quote
from itsmctl.model import TEXT_COLUMNS, Rule

ID = "loosened"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["column", "clock", "remaining"],
    "properties": {
        "column": {
            "enum": list(TEXT_COLUMNS),
            "description": "The column whose change decides about the target, such as `priority`.",
        },
        "clock": CLOCK,
        "remaining": {
            **PERCENT,
            "description": "A change counts when less than this share of the old target was left, in per cent.",
        },
        "grace": {
            **DURATION,
            "description": "How long after the opening a change is triage and does not count, in hours, minutes and seconds, such as `1h`; default: every change counts.",
        },
        "unless": {
            **TEXTS,
            "description": "Fields that excuse it, where somebody else changed one of them since the change before.",
        },
    },
}
NAMES = {"column": "column", "clock": "clock"}


def needs(rule: Rule) -> Needs:
    """The moment of opening, and the history of the column."""
    return Needs(columns=frozenset({"opened_at"}), history=frozenset({str(rule.parameters["column"])}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record whose column was changed; `observed` is the first change that is flagged, and what was left."""
    column, clock, remaining = (
        str(rule.parameters["column"]),
        str(rule.parameters["clock"]),
        rule.parameters["remaining"],
    )
    late = f"100.0 * (old_target - counted) < {remaining} * old_target"
    flagged = (
        f"new_target > old_target AND {late} AND total > old_target AND verdict IN ('met', 'running_ok', 'paused_ok')"
    )
    unclear = "verdict = 'not_testable' OR (old_target IS NULL OR new_target IS NULL OR counted IS NULL)"
    by_whom = f"excuse NOT IN ('yes', 'no') AND {flagged}"
    flagged += " AND excuse = 'no'"
    return (
        Fragment(
            """SELECT r.record_id, CASE WHEN f.told IS NOT NULL THEN false WHEN f.unclear THEN NULL ELSE true END AS passed,
            CASE WHEN f.told IS NOT NULL THEN f.told WHEN NOT f.unclear THEN 'not loosened' END AS observed, ? AS expected, coalesce(f.moment, r.opened_at) AS "at",
            CASE WHEN f.told IS NULL AND f.unclear THEN coalesce(f.why, 'no-progress') END AS reason
            FROM scoped AS r JOIN (WITH changed AS MATERIALIZED (""",
            (f"not loosened when less than {remaining}% was left",),
        )
        + _changes(rule, context)
        + f""")
                SELECT tix, min_by(concat(old, ' -> ', new, ', left: ', {duration_text("old_target - counted")}, ' of ', {duration_text("old_target")}), CASE WHEN {flagged} THEN seq END) AS told,
                    min(CASE WHEN {flagged} THEN moment END) AS moment, max(CASE WHEN running AND excuse <> 'yes' AND ({unclear}) OR {by_whom} THEN 1 ELSE 0 END) = 1 AS unclear,
                    min(coalesce(reason, CASE WHEN {by_whom} THEN excuse END)) AS why
                FROM (SELECT e.tix, e.seq, e.old, e.new, e.moment, c.counted AS total, c.verdict, c.reason, p.counted, e.moment <= c.judged_at AS running, coalesce(u.excuse, 'no') AS excuse, """
        + target_with(column, context, clock, "c.offer", "e.old")
        + " AS old_target, "
        + target_with(column, context, clock, "c.offer", "e.new")
        # Few of all records had such a change: these are what the large tables are compared with.
        + " AS new_target FROM clock AS c JOIN (record AS r JOIN changed AS e ON e.tix = r.tix) ON c.tix = e.tix LEFT JOIN ("
        + _excuse(rule)
        + ") AS u ON u.tix = e.tix AND u.seq = e.seq LEFT JOIN ("
        + counted_at(Fragment("SELECT e.tix, ? AS clock, e.moment FROM changed AS e", (clock,)), context)
        + Fragment(
            ") AS p ON p.tix = e.tix AND p.moment = e.moment WHERE c.clock = ? AND c.verdict <> 'cancelled') AS judged GROUP BY tix) AS f ON f.tix = r.tix",
            (clock,),
        )
    )


def _changes(rule: Rule, context: Context) -> Fragment:
    """SELECT of the changes of the column after the time of grace, with the moment of the change before: tix, seq, actor, moment, old, new."""
    return (
        Fragment(
            f"""SELECT e.tix, e.seq, e.actor, e.moment, e.old, e.new, coalesce(e.moment_before, r.opened_at) AS moment_before
            FROM (SELECT tix, seq, actor, moment, old, new, {context.neighbour("moment")} AS moment_before """
        )
        + context.changes_of(str(rule.parameters["column"]))
        + Fragment(
            f""" AND moment <= ?) AS e JOIN scoped AS r ON r.tix = e.tix
            WHERE e.old IS NOT NULL AND e.new IS NOT NULL AND e.old <> e.new AND e.moment > r.opened_at + {seconds_of(rule, "grace")}""",
            (context.as_of,),
        )
    )


def _excuse(rule: Rule) -> Fragment:
    """SELECT of what may excuse a change (tix, seq, excuse): 'yes' where somebody else changed what would explain it, else why nobody can say."""
    unless = texts(rule, "unless")
    mine, other = known_as("e.actor", "w0"), known_as("x.actor", "w1")
    shared = f"({mine.shared} OR {other.shared})"
    cases = (
        (f"NOT {shared} AND {other.who} <> {mine.who}", "yes"),
        (shared, "shared-account"),
        ("x.actor IS NULL OR e.actor IS NULL", "missing:actor"),
    )
    told = " ".join(f"WHEN max(CASE WHEN {test} THEN 1 ELSE 0 END) = 1 THEN {quote(says)}" for test, says in cases)
    return Fragment(
        f"""SELECT e.tix, e.seq, CASE {told} ELSE 'no' END AS excuse
        FROM event AS x JOIN changed AS e ON e.tix = x.tix AND x.moment > e.moment_before AND x.moment <= e.moment{mine.join}{other.join}
        WHERE x.field IN ({", ".join("?" * len(unless)) or "NULL"}) GROUP BY e.tix, e.seq""",
        unless,
    )
