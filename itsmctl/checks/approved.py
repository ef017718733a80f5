"""Approvals that a record has, before something happens, by those who may give them.

Counted are people whose last decision in time was in favour; with `roles` only those who held one of them on that day, by
assignment or as a delegate, and with `each: true` every role must have approved. `later` lets the approval follow, as
after an emergency; with `calendar` it counts open hours, and may be written in business days (`2bd`). Where a tool keeps no
approvals but a state for them, `through` names the change that is one. A person is the same under each name that an assignment lists
under `also-called`, and nobody can say who approves through a shared account (`account: shared`).

    check: {approved: {before: actual_start, roles: [change-manager]}}
    check: {approved: {before: {state: implementing}, through: {state: approved}}}
    check: {approved: {before: actual_start, later: 2bd, calendar: cn-office, roles: [emergency-change-authority]}}

Passing: approved on Monday by the change manager, begun on Tuesday; not begun yet. Failing: approved after it began, or
by somebody without the role. Not testable: over, and nobody says when it began; approved by somebody whom no assignment names; approvals enough only with one
through a shared account, or only while nobody knows whose refusal followed them; too few, and a decision of which nobody can say
whether it was one in favour.
"""

from __future__ import annotations

from collections.abc import Mapping

from itsmctl.engine.acts import (
    APPROVING,
    CHANGE,
    MOMENT,
    REFUSING,
    act_text,
    changes_of,
    is_decision,
    moments_of,
    names_in,
    needs_of,
)
from itsmctl.engine.context import Context, Needs
from itsmctl.engine.life import closed, done, not_yet
from itsmctl.engine.openings import Opening, counted_until, join_day
from itsmctl.engine.parameters import COUNT, TEXTS, number_of, texts
from itsmctl.engine.people import known_as
from itsmctl.engine.sql import Fragment, duration_text, quote
from itsmctl.model import Rule
from itsmctl.worktime import parse_duration
from itsmctl.zones import EVER

ID = "approved"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "before": {
            **MOMENT,
            "description": "The moment before which the approvals must be given: a column, or a change such as `{state: implementing}`; left out, at any time.",
        },
        "later": {
            "type": "string",
            "pattern": "^(?=.)([0-9]+bd)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$",
            "examples": ["2bd"],
            "description": "How long after that moment the approval may still follow, in hours, minutes and seconds (`30m`) or business days (`2bd`); default: not at all.",
        },
        "calendar": {
            "type": "string",
            "description": "The calendar in whose open hours `later` counts, by its id; left out, the clock on the wall counts.",
        },
        "roles": {
            **TEXTS,
            "description": "Only approvals by who held one of these roles on that day count; left out, anybody's do.",
        },
        "each": {
            "type": "boolean",
            "description": "Whether every one of the `roles` must have approved; default: false, any of them is enough.",
        },
        "least": {**COUNT, "description": "How many people must have approved; default: 1."},
        "through": {
            **CHANGE,
            "description": "The change that is an approval where the tool keeps none, such as `{state: approved}`.",
        },
        "decisions": {
            **TEXTS,
            "description": "The decisions that count as approvals, as the export or its mapping calls them; default: the usual words for one in favour, such as `approved`.",
        },
    },
    "dependencies": {"later": ["before"], "calendar": ["later"], "each": ["roles"]},
    "if": {"properties": {"later": {"pattern": "bd"}}, "required": ["later"]},
    "then": {"required": ["calendar"]},
}
NAMES = {"roles/*": "role", "calendar": "calendar", **names_in("before"), **names_in("through")}


def needs(rule: Rule) -> Needs:
    """The approvals, or the history of what stands for them, and the moment."""
    parameters = rule.parameters
    before = [parameters["before"]] if "before" in parameters else []
    return needs_of([parameters.get("through", "approval")], demanded=True).resting("failures") | needs_of(before)


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record; `observed` counts the approvals in time, or says how late the first came."""
    roles, (opening, later) = texts(rule, "roles"), _later(rule, context)
    need = len(roles) if rule.parameters.get("each") else number_of(rule, "least", 1)
    have = f"coalesce(c.{'roles' if rule.parameters.get('each') else 'people'}, 0)"
    enough, before = f"{have} >= {need}", rule.parameters.get("before")
    missing = quote(f"missing:{before}") if isinstance(before, str) and before != "approval" else "NULL"
    unknown = "m.moment IS NULL" if before else "false"
    unreached = unknown if missing == "NULL" else f"{unknown} AND r.going_on"
    reached = opening.until if opening else context.as_of
    early = f"m.moment > {context.as_of}"  # it can still be approved in time
    if later:
        early += f" OR {counted_until(opening, 'm.moment', 'md')} + {later} > {reached}"
    unlaid = f"m.moment > {opening.known_before} OR coalesce(c.unlaid, 0) = 1" if opening else "false"
    with_shared = f"coalesce(c.{'roles' if rule.parameters.get('each') else 'people'}_with_shared, 0)"
    shared, hoped = f"{with_shared} >= {need}", f"{with_shared} + coalesce(c.unknown, 0) >= {need}"
    undated = f"{with_shared} + coalesce(c.unknown, 0) + coalesce(c.undated, 0) >= {need}"
    return (
        Fragment(
            f"""SELECT r.record_id, CASE WHEN {unreached} THEN true WHEN {unknown} THEN NULL WHEN {enough} THEN true WHEN {early} THEN true
                WHEN {unlaid} OR {undated} THEN NULL ELSE false END AS passed,
            CASE WHEN NOT ({enough}) AND {unreached} THEN 'not reached yet' WHEN {unknown} AND NOT ({unreached}) THEN NULL
                WHEN NOT ({enough}) AND c.late_at IS NOT NULL THEN concat('approved ', {duration_text("c.late_at - m.moment")}, ' after it')
                ELSE concat('approvals in time: ', {have}) END AS observed,
            ? AS expected, coalesce(m.moment, r.opened_at) AS "at",
            CASE WHEN {unreached} THEN NULL WHEN {unknown} THEN {missing} WHEN {enough} THEN NULL WHEN {unlaid} THEN 'calendar-not-known' WHEN {shared} THEN 'shared-account' WHEN {hoped} THEN 'unknown-person'
                WHEN {undated} THEN CASE WHEN c.refused = 1 THEN 'missing:actor' ELSE 'undated-approval' END END AS reason
            FROM (SELECT r.*, """,
            (_expected(rule, need, roles),),
        )
        + not_yet(closed(context) if before == "closed_at" else done(context), context)
        + " AS going_on FROM scoped AS r) AS r LEFT JOIN ("
        + _moments(rule, context)
        + ") AS m ON m.tix = r.tix"
        + join_day(opening, "m.moment", "md")
        + " LEFT JOIN ("
        + _counted(rule, context, roles)
        + ") AS c ON c.tix = r.tix"
    )


def _later(rule: Rule, context: Context) -> tuple[Opening | None, int]:
    """How much later an approval may come, in seconds, and the calendar by which they count."""
    if "later" not in rule.parameters:
        return None, 0
    opening = context.openings.get(str(rule.parameters.get("calendar", "")))
    minutes = opening.calendar.day_minutes if opening else 0
    return opening, parse_duration(str(rule.parameters["later"])).seconds_in(minutes)


def _moments(rule: Rule, context: Context) -> Fragment:
    if "before" in rule.parameters:
        return moments_of(rule.parameters["before"], context)
    return Fragment(f"SELECT r.tix, CAST({EVER} AS BIGINT) AS moment FROM scoped AS r WHERE false")


def _counted(rule: Rule, context: Context, roles: tuple[str, ...]) -> Fragment:
    """The people (and roles) who approved in time, those not known, those undated, and the first who came too late."""
    test = (
        "h.person IS NOT NULL AND coalesce(d.moment, h.since) >= h.since AND coalesce(d.moment, h.since) < h.until"
        if roles
        else "true"
    )
    sure = f"d.in_time AND {test} AND NOT d.shared AND NOT d.withdrawn"
    unsure = f"d.in_time IS NOT false AND {test} AND d.shared"
    held = Fragment("")
    if roles:
        marks = ", ".join("?" * len(roles))
        held = Fragment(f' LEFT JOIN holding AS h ON h.person = d.person AND h."role" IN ({marks})', roles)
    known = " LEFT JOIN (SELECT DISTINCT person FROM appointment) AS k ON k.person = d.person" if roles else ""
    nobody = "k.person IS NULL" if roles else "d.person IS NULL"
    role = 'h."role"' if roles else "NULL"
    return (
        Fragment(
            f"""SELECT d.tix, count(DISTINCT CASE WHEN {sure} THEN d.person END) AS people,
                count(DISTINCT CASE WHEN {sure} THEN {role} END) AS roles,
                count(DISTINCT CASE WHEN {sure} THEN d.person WHEN {unsure} THEN concat(d.person, CASE WHEN d.in_time THEN ' in time ' ELSE ' undated ' END, d.place) END) AS people_with_shared,
                count(DISTINCT CASE WHEN ({sure}) OR ({unsure}) THEN {role} END) AS roles_with_shared,
                count(DISTINCT CASE WHEN d.in_time IS NOT false AND {nobody} THEN coalesce(d.person, concat(CASE WHEN d.in_time THEN ' in time ' ELSE ' undated ' END, d.place)) END) AS unknown,
                count(DISTINCT CASE WHEN (d.in_time IS NULL OR d.in_time AND d.withdrawn) AND {test} AND NOT d.shared THEN d.person END) AS undated,
                min(CASE WHEN NOT d.in_time AND {test} THEN d.first_moment END) AS late_at,
                max(CASE WHEN d.in_time IS NULL AND d.moment IS NOT NULL THEN 1 ELSE 0 END) AS unlaid, max(CASE WHEN d.refused THEN 1 ELSE 0 END) AS refused
            FROM ("""
        )
        + _decided(rule, context)
        + ") AS d"
        + held
        + known
        + " WHERE d.favour GROUP BY d.tix"
    )


def _decided(rule: Rule, context: Context) -> Fragment:
    """The last decision of each person in time, and the last of each that came later; each by nobody or through a shared account, as
    each may be another's, and each without a moment, as it may be the last.

    `withdrawn` says that the person decided otherwise, too, and nobody knows when, or may have: `refused`, somebody without a name did."""
    opening, later = _later(rule, context)
    known = known_as("d.approver", "w")
    given, due = (counted_until(opening, f"{alias}.moment", f"{alias}d") for alias in "dm")
    limit = f"(d.moment <= m.moment OR {given} <= {due} + {later})" if "before" in rule.parameters else "true"
    return (
        Fragment(
            f"""SELECT tix, person, shared, moment, first_moment, favour, in_time, withdrawn OR refused AS withdrawn, refused, place FROM (
                SELECT d.tix, d.person, d.shared, d.moment, d.favour, d.in_time, d.withdrawn,
                coalesce(d.person IS NOT NULL AND max(CASE WHEN d.person IS NULL AND d.refusal AND d.in_time IS NOT false THEN coalesce(d.moment, {EVER}) END) OVER (PARTITION BY d.tix) >= d.moment, false) AS refused,
                CASE WHEN d.shared OR max(CASE WHEN d.favour THEN 0 ELSE 1 END) OVER (PARTITION BY d.tix, d.person, d.in_time) = 1 THEN d.moment
                    ELSE min(d.moment) OVER (PARTITION BY d.tix, d.person, d.in_time) END AS first_moment,
                row_number() OVER (PARTITION BY d.tix, d.person, d.in_time ORDER BY d.moment DESC, d.favour) AS place FROM (
                SELECT d.tix, {known.who} AS person, {known.shared} AS shared, d.moment, d.favour, d.refusal, max(CASE WHEN d.moment IS NULL AND NOT d.favour THEN 1 ELSE 0 END) OVER (PARTITION BY d.tix, {known.who}) = 1 AS withdrawn,
                    CASE WHEN d.moment IS NULL THEN NULL WHEN m.moment IS NULL THEN true ELSE {limit} END AS in_time FROM ("""
        )
        + _decisions(rule, context)
        + ") AS d LEFT JOIN ("
        + _moments(rule, context)
        + ") AS m ON m.tix = d.tix"
        + join_day(opening, "d.moment", "dd")
        + join_day(opening, "m.moment", "md")
        + known.join
        + ") AS d) AS ranked WHERE place = 1 OR shared OR person IS NULL OR moment IS NULL"
    )


def _decisions(rule: Rule, context: Context) -> Fragment:
    through = rule.parameters.get("through")
    if isinstance(through, Mapping):
        made = changes_of(through, context)
        return (
            Fragment("SELECT e.tix, e.actor AS approver, e.moment, true AS favour, false AS refusal FROM (")
            + made
            + ") AS e"
        )
    wanted = texts(rule, "decisions") or APPROVING
    refusing = tuple(word for word in REFUSING if word not in {one.lower() for one in wanted})
    return (
        "SELECT a.tix, a.approver, a.moment, "
        + is_decision("a.decision", wanted) + " AS favour, " + is_decision("a.decision", refusing)
        + " AS refusal FROM approval AS a JOIN scoped AS r ON r.tix = a.tix"
    )  # fmt: skip


def _expected(rule: Rule, need: int, roles: tuple[str, ...]) -> str:
    who = f" ({', '.join(roles)})" if roles else ""
    if "before" not in rule.parameters:
        return f"approvals: {need}{who}"
    before = act_text(rule.parameters["before"])
    if "later" in rule.parameters:
        by = f" of {rule.parameters['calendar']}" if "calendar" in rule.parameters else ""
        return f"approvals at most {rule.parameters['later']}{by} after {before}: {need}{who}"
    return f"approvals before {before}: {need}{who}"
