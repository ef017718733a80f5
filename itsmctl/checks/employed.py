"""Whoever acted was appointed on that day, and did not act through an account that several people share.

A person is appointed while an assignment to any role or position runs, or while standing in for somebody. Accounts are
assignments with `account: shared` or `account: service`; a program may act through a service account at any time of its
assignment. Acts are those of `authorised`.

    check: {employed: {acts: [resolved_by, closed_by, actors]}}

Passing: resolved by somebody appointed since 2024. Failing: resolved in May by somebody whose assignment ended in April,
or through `servicedesk`, which all of the desk use. Not testable: a name that no assignment knows; closed, and nobody says by whom.
"""

from __future__ import annotations

from itsmctl.engine.acts import ACTS, UNNAMED, acts_of, names_in, needs_of
from itsmctl.engine.context import Context, Needs
from itsmctl.engine.people import called, judged_acts
from itsmctl.engine.sql import Fragment
from itsmctl.model import Parameter, Rule

ID = "employed"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["acts"],
    "properties": {
        "acts": {
            **ACTS,
            "description": "Who acted: columns of people, `approvers`, `actors`, or changes such as `{state: resolved}`, of whoever made them.",
        }
    },
}
NAMES = names_in("acts/*")


def needs(rule: Rule) -> Needs:
    """The columns, the history or the approvals that tell who acted."""
    return needs_of(_acts(rule)).resting("passes")


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record in which somebody acted; `observed` is the first who should not have, and the act."""
    return (
        Fragment(
            f"""SELECT r.record_id, CASE WHEN a.wrong IS NOT NULL THEN false WHEN a.unclear IS NULL THEN true END AS passed,
            CASE WHEN a.wrong IS NOT NULL THEN a.wrong WHEN a.unclear IS NULL THEN 'all of them' END AS observed,
            'people appointed on that day' AS expected, a.first_at AS "at", CASE WHEN a.wrong IS NULL THEN a.unclear END AS reason
            FROM scoped AS r JOIN (
                SELECT tix, min(CASE WHEN shared THEN concat({called("called")}, ' (', deed, '): shared account') WHEN known AND NOT holds THEN concat({called("called")}, ' (', deed, ')') END) AS wrong,
                    min(CASE WHEN moment IS NULL THEN 'no-moment' WHEN person IS NULL THEN {UNNAMED} WHEN NOT known THEN 'unknown-person' END) AS unclear,
                    coalesce(min(CASE WHEN shared OR (known AND NOT holds) THEN moment END), min(moment)) AS first_at
                FROM ("""
        )
        + judged_acts(acts_of(_acts(rule), context, nameless=True), ())
        + ") AS judged GROUP BY tix) AS a ON a.tix = r.tix"
    )


def _acts(rule: Rule) -> tuple[Parameter, ...]:
    acts = rule.parameters["acts"]
    assert isinstance(acts, tuple)
    return acts
