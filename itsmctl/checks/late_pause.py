"""Clocks that were paused when their target was nearly used up, and nobody was asked, or nobody answered.

Late is a pause that begins when at least `used` per cent of the target (80 if left out) and less than all of it were counted. Flagged is
a late pause without a question: no change of a field under `question` within 30 minutes of its beginning; or one that ended without
an answer (no change of a field under `answer` while it lasted) by the same person who began it. Without `question` the export is not
asked for questions, and only the second counts. A person is the same under each name that an assignment lists under `also-called`;
where the export names nobody, or a shared account, nobody knows whether it was the same. Somebody may have telephoned, so rules mark
it as an enquiry.

    check: {late-pause: {clock: resolution, question: [message_sent], answer: [message_received]}}
    check: {late-pause: {clock: resolution}}

Passing: paused at 85%, the user was asked and answered; paused at 40%. Flagged: paused at 97%, resumed by the same person, and no
message either way.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.parameters import CLOCK, PERCENT, TEXTS, texts
from itsmctl.engine.people import known_as
from itsmctl.engine.progress import counted_at, turns
from itsmctl.engine.sql import Fragment, ranked
from itsmctl.model import Rule

ID = "late-pause"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["clock"],
    "properties": {
        "clock": CLOCK,
        "used": {
            **PERCENT,
            "description": "From which share of the target on a pause is late, in per cent; default: 80.",
        },
        "question": {
            **TEXTS,
            "description": "Fields whose change is a question to the user; left out, nobody looks for questions.",
        },
        "answer": {**TEXTS, "description": "Fields whose change is an answer of the user; left out, none is."},
    },
}
NAMES = {"clock": "clock"}
_NEAR = 1800


def needs(rule: Rule) -> Needs:
    """The moment of opening, the history of states, and that of messages where it is asked for."""
    messages = (*texts(rule, "question"), *texts(rule, "answer"))
    return Needs(columns=frozenset({"opened_at"}), history=frozenset({"state", *messages}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record whose clock was paused; `observed` is the first late pause that is flagged."""
    clock, used = str(rule.parameters["clock"]), rule.parameters.get("used", 80)
    late = f"100.0 * counted >= {used} * target AND counted < target"
    silent = "false"
    if "question" in rule.parameters:
        silent = "NOT asked"
    alone, by_whom = "NOT answered AND same_person", "NOT answered AND same_person IS NULL"
    bad = f"{late} AND ({silent} OR ({alone}))"
    first, last = known_as("began.actor", "w0"), known_as("ended.actor", "w1")
    return (
        Fragment(
            """SELECT r.record_id, CASE WHEN f.told IS NOT NULL THEN false WHEN f.unclear THEN NULL ELSE true END AS passed,
            CASE WHEN f.told IS NOT NULL THEN f.told WHEN NOT f.unclear THEN 'no such pause' END AS observed, ? AS expected, coalesce(f.moment, r.opened_at) AS "at",
            CASE WHEN f.told IS NULL AND f.unclear THEN coalesce(f.why, 'no-progress') END AS reason
            FROM scoped AS r JOIN (WITH pauses AS MATERIALIZED (""",
            (f"no pause without question and answer once {used}% was used",),
        )
        + _pauses(clock)
        + "), measured AS MATERIALIZED (SELECT b.*, p.counted FROM pauses AS b LEFT JOIN ("
        + counted_at(Fragment("SELECT b.tix, b.clock, b.t0 AS moment FROM pauses AS b"), context)
        + f""") AS p ON p.tix = b.tix AND p.moment = b.t0), late AS MATERIALIZED (SELECT tix, seq, end_seq FROM measured WHERE {late})
                SELECT tix, min_by(concat('paused at ', CAST(floor(100.0 * counted / target) AS BIGINT), '%', CASE WHEN {silent} THEN ', no question' ELSE '' END,
                        CASE WHEN {alone} THEN ', no answer, resumed by the same person' ELSE '' END), CASE WHEN {bad} THEN {ranked("t0", "seq")} END) AS told,
                    min(CASE WHEN {bad} THEN t0 END) AS moment, max(CASE WHEN counted IS NULL OR target IS NULL OR ({late} AND {by_whom}) THEN 1 ELSE 0 END) = 1 AS unclear,
                    min(coalesce(reason, CASE WHEN {late} AND {by_whom} THEN CASE WHEN nameless THEN 'missing:actor' ELSE 'shared-account' END END)) AS why
                FROM (SELECT b.tix, b.seq, b.t0, b.target, b.reason, b.counted, """
        + _message(rule, "question", f"x.moment >= b.t0 - {_NEAR} AND x.moment <= b.t0 + {_NEAR}")
        + " AS asked, "
        + _message(rule, "answer", f"x.moment >= b.t0 AND x.moment <= coalesce(b.ended_at, {context.as_of})")
        + f""" AS answered, began.actor IS NULL OR ended.actor IS NULL AS nameless,
                    CASE WHEN b.ended_at IS NULL THEN false WHEN NOT {first.shared} AND NOT {last.shared} THEN {first.who} = {last.who} END AS same_person FROM measured AS b
                LEFT JOIN {_actors("seq")} AS began ON began.tix = b.tix AND began.seq = b.seq
                LEFT JOIN {_actors("end_seq")} AS ended ON ended.tix = b.tix AND ended.seq = b.end_seq{first.join}{last.join}) AS judged GROUP BY tix) AS f ON f.tix = r.tix"""
    )


def _pauses(clock: str) -> Fragment:
    """SELECT of the pauses of a clock while it runs, with its target and why it is not known: seq and t0 of the beginning, end_seq and ended_at.

    The next turn after a beginning is its end.
    """
    return (
        """SELECT tix, clock, seq, t0, end_seq, ended_at, target, reason FROM (
            SELECT *, lead(seq) OVER life AS end_seq, lead(t0) OVER life AS ended_at FROM ("""
        + turns("pause", clock)
        + """) AS turned WHERE verdict <> 'cancelled' WINDOW life AS (PARTITION BY tix ORDER BY seq)
        ) AS turns WHERE inside AND t0 >= start AND t0 <= judged_at"""
    )


def _actors(turn: str) -> str:
    """Who did what a late pause begins or ends with, as a relation: few among all the changes."""
    return f"(SELECT e.tix, e.seq, e.actor FROM event AS e JOIN late AS b ON b.tix = e.tix AND b.{turn} = e.seq)"


def _message(rule: Rule, key: str, when: str) -> Fragment:
    """SQL for whether there was such a message; never NULL."""
    fields = texts(rule, key)
    if not fields:
        return Fragment("false")
    marks = ", ".join("?" * len(fields))
    return Fragment(
        f"EXISTS (SELECT 1 FROM event AS x WHERE x.tix = b.tix AND x.field IN ({marks}) AND {when})", fields
    )
