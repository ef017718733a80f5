"""Whoever acted held a role that allows it, on the day of the act.

Acts are columns that name a person, `approvers`, or changes in the history: `{state: approved}` is whoever moved the record
there. `lane` stands for the roles of a lane of the process. Delegates count while they stand in, and the holder does not.
A record in which nobody acted so is not judged.

    check: {authorised: {acts: [approvers], roles: [change-manager, change-advisory-board]}}
    check: {authorised: {acts: [implementer, {state: implemented}], lane: implementation}}

Passing: approved by the delegate during the holder's leave. Failing: approved by somebody who held the role last year.
Not testable: a person whom no assignment names, an act of which the export does not tell whose it was (a change without an
author, `actual_start` without an `implementer`) or when it was (an `implementer` without `actual_start`); a shared account without the
role, under which anybody may have acted; a decision of which nobody can say whether it was one in favour.
"""

from __future__ import annotations

from itsmctl.engine.acts import ACTS, UNNAMED, acts_of, names_in, needs_of
from itsmctl.engine.context import Context, Needs
from itsmctl.engine.parameters import TEXTS, texts
from itsmctl.engine.people import called, judged_acts
from itsmctl.engine.sql import Fragment
from itsmctl.model import Parameter, Rule

ID = "authorised"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["acts"],
    "oneOf": [{"required": ["roles"]}, {"required": ["lane"]}],
    "properties": {
        "acts": {
            **ACTS,
            "description": "Who acted: columns of people, `approvers`, `actors`, or changes such as `{state: approved}`, of whoever made them.",
        },
        "roles": {**TEXTS, "description": "The roles of which one must have been held on the day of the act."},
        "lane": {"type": "string", "description": "The lane of the process whose roles are allowed, by its id."},
    },
}
NAMES = {"roles/*": "role", "lane": "lane", **names_in("acts/*")}


def needs(rule: Rule) -> Needs:
    """The columns, the history or the approvals that tell who acted."""
    return needs_of(_acts(rule)).resting("passes")


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record in which somebody acted; `observed` is the first person without a role, and the act."""
    roles = texts(rule, "roles") or _roles_of_lane(rule, context)
    stranger = "known AND NOT holds AND NOT shared"
    return (
        Fragment(
            f"""SELECT r.record_id, CASE WHEN a.wrong IS NOT NULL THEN false WHEN a.unclear IS NULL THEN true END AS passed,
            CASE WHEN a.wrong IS NOT NULL THEN a.wrong WHEN a.unclear IS NULL THEN 'all of them' END AS observed,
            ? AS expected, a.first_at AS "at", CASE WHEN a.wrong IS NULL THEN a.unclear END AS reason
            FROM scoped AS r JOIN (
                SELECT tix, min(CASE WHEN {stranger} THEN concat({called("called")}, ' (', deed, ')') END) AS wrong,
                    min(CASE WHEN moment IS NULL THEN 'no-moment' WHEN person IS NULL THEN {UNNAMED} WHEN NOT known THEN 'unknown-person' WHEN shared AND NOT holds THEN 'shared-account' END) AS unclear,
                    coalesce(min(CASE WHEN {stranger} THEN moment END), min(moment)) AS first_at FROM (""",
            (f"one of the roles: {', '.join(roles)}",),
        )
        + judged_acts(acts_of(_acts(rule), context, nameless=True), roles)
        + ") AS judged GROUP BY tix) AS a ON a.tix = r.tix"
    )


def _acts(rule: Rule) -> tuple[Parameter, ...]:
    acts = rule.parameters["acts"]
    assert isinstance(acts, tuple)
    return acts


def _roles_of_lane(rule: Rule, context: Context) -> tuple[str, ...]:
    lanes = context.definitions.processes[rule.process].lanes
    return next(lane.roles for lane in lanes if lane.id == rule.parameters["lane"])
