"""How much of their records' lives people keep the clock paused, compared with their peers.

Flagged is a person whose records stood in a pausing state for more than `most` per cent of their lives, and more than `times` as much
as the median of those with the same value under `peers` (of all, if left out). Lives run from the start of the clock to its stop, by
the wall clock. People with fewer than `minimum` records are told and not judged, and service accounts are no people. A person is the same
under each name that an assignment lists under `also-called`; a shared account is nobody's, so it is not testable and no peer, and neither
is what names nobody, told as `-`. A clock that still runs or cannot be tested counts for nobody. Some queues wait for suppliers all
day, so rules mark it as an enquiry.

    check: {paused-share: {clock: resolution, by: resolved_by, peers: group, most: 50, times: 2, minimum: 10}}

Passing: 60%, where the peers have 40%. Flagged: 60%, where the peers have 20%. Not testable: ten records that nobody resolved by name.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.parameters import CLOCK, COLUMN, COUNT, PERCENT, number_of
from itsmctl.engine.people import called, known_as
from itsmctl.engine.sql import Fragment, name, percent_text, quote
from itsmctl.model import PEOPLE_COLUMNS, Rule

ID = "paused-share"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["clock", "by", "most", "times"],
    "properties": {
        "clock": CLOCK,
        "by": {"enum": list(PEOPLE_COLUMNS), "description": "The column that names whose records they are."},
        "peers": {
            **COLUMN,
            "description": "The column by whose values people are compared with their like; left out, with all.",
        },
        "most": {
            **PERCENT,
            "description": "The largest paused share of their records' lives that still passes, in per cent.",
        },
        "times": {
            "type": "number",
            "minimum": 1,
            "description": "How many times the median of the peers it must also exceed to be flagged.",
        },
        "minimum": {**COUNT, "description": "People with fewer records than this are told and not judged; default: 1."},
    },
}
NAMES = {"clock": "clock", "by": "column", "peers": "column"}


def needs(rule: Rule) -> Needs:
    """The person, the column of the peers, the moment of opening, and the history of states."""
    columns = {"opened_at", *(str(rule.parameters[key]) for key in ("by", "peers") if key in rule.parameters)}
    return Needs(columns=frozenset(columns), history=frozenset({"state"}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per person, and per value of `peers`; `observed` is the share paused, and that of the peers."""
    column = str(rule.parameters["by"])
    by = f"r.{name(column)}"
    peers = f"coalesce(r.{name(str(rule.parameters['peers']))}, '-')" if "peers" in rule.parameters else "''"
    known = known_as(by, "w")
    who = f"CASE WHEN s.called IS NULL THEN '-' ELSE {called('s.called')} END"
    most, times, minimum = rule.parameters["most"], rule.parameters["times"], number_of(rule, "minimum", 1)
    return Fragment(
        f"""SELECT CASE WHEN s.peers = '' THEN {who} ELSE concat({who}, ' / ', s.peers) END AS record_id,
            CASE WHEN s.n >= {minimum} AND s.judged THEN NOT (s.share > {most} AND s.share > {times} * s.usual) END AS passed,
            concat({percent_text("s.share", str(most), f"{times} * s.usual")}, ' paused, peers ', coalesce(CAST(round(s.usual, 1) AS VARCHAR), '-'), '%') AS observed,
            'at most {most}% paused, or {times} times the peers' AS expected, s.first_at AS "at", CASE WHEN s.n < {minimum} THEN 'too-few' WHEN s.shared THEN 'shared-account' WHEN NOT s.judged THEN {quote(f"missing:{column}")} END AS reason
        FROM (SELECT *, median(CASE WHEN n >= {minimum} AND judged THEN share END) OVER (PARTITION BY peers) AS usual FROM (
            SELECT peers, shared, NOT shared AND person IS NOT NULL AS judged, min(called) AS called, count(*) AS n, min(opened_at) AS first_at, 100.0 * sum(paused) / greatest(sum(life), 1) AS share FROM (
                SELECT r.tix, r.opened_at, {peers} AS peers, {known.who} AS person, {known.shared} AS shared, {by} AS called, c.stop - c.start AS life, coalesce(p.paused, 0) AS paused
                FROM scoped AS r JOIN clock AS c ON c.tix = r.tix AND c.clock = ?{known.join}
                LEFT JOIN (
                    SELECT c.tix, sum(greatest(least(s.t1, c.stop) - greatest(s.t0, c.start), 0)) AS paused FROM clock AS c JOIN (
                        SELECT s.tix, s.t0, s.t1, k.offer FROM span AS s JOIN clock_role AS k ON k.state = s.state AND k.role = 'pause'
                    ) AS s ON s.tix = c.tix AND s.offer = c.offer WHERE c.clock = ? GROUP BY c.tix
                ) AS p ON p.tix = r.tix
                WHERE c.verdict IN ('met', 'breached') AND NOT {known.machine}
            ) AS lives GROUP BY peers, person, shared
        ) AS shares) AS s""",
        (str(rule.parameters["clock"]), str(rule.parameters["clock"])),
    )
