"""Who did what to a record, and when: its columns of people, its history and its approvals as one relation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from itsmctl.engine.context import Context, Named, Needs
from itsmctl.engine.parameters import words
from itsmctl.engine.session import Session
from itsmctl.engine.sql import Fragment, join, name, quote
from itsmctl.model import NUMBER_COLUMNS, PEOPLE_COLUMNS, TEXT_COLUMNS, TIME_COLUMNS, Parameter

APPROVERS, ACTORS = "approvers", "actors"
"""Whoever approved the record, and whoever appears in its history."""

APPROVING = ("approved", "approve", "accepted", "granted", "yes", "批准", "已批准", "同意", "通过", "已通过")
"""What exports call a decision in favour, where the mapping does not translate it."""

REFUSING = (
    "rejected", "reject", "declined", "decline", "denied", "refused", "disapproved", "no", "withdrawn", "revoked",
    "拒绝", "已拒绝", "驳回", "已驳回", "退回", "已退回", "不同意", "不通过", "未通过", "否决", "撤回", "已撤回",
)  # fmt: skip
"""What exports call a decision against, or the end of one in favour."""

NOT_APPROVING = (
    *REFUSING, "none", "requested", "not-requested", "not requested", "not yet requested", "pending", "waiting", "hold", "on hold",
    "more information", "cancelled", "canceled", "expired", "not-required", "not_required", "not required", "no longer required", "ignored",
    "duplicate", "待审批", "审批中", "待定", "取消", "已取消", "无需审批",
)  # fmt: skip
"""What exports call every other decision, or that there is none yet; of all other words nobody can say what was decided."""

MOMENT_OF: Mapping[str, str] = {
    "resolved_by": "resolved_at",
    "closed_by": "closed_at",
    "implementer": "actual_start",
    "tester": "tested_at",
    "reviewer": "reviewed_at",
    "manager": "declared_at",
}
"""When the person in a column acted, which nobody knows where it is empty; the others, and all where the export has no such
column, acted when the record was opened."""

_VALUES: Mapping[str, object] = {
    "type": ["string", "array"],
    "minItems": 1,
    "minLength": 1,
    "uniqueItems": True,
    "items": {"type": "string"},
}
_FIELDS = {"enum": sorted({*TEXT_COLUMNS, *TIME_COLUMNS, *NUMBER_COLUMNS} - {"state"})}
CHANGE: Mapping[str, object] = {
    "type": "object",
    "additionalProperties": False,
    "oneOf": [{"required": ["state"]}, {"required": ["field"]}],
    "properties": {
        "state": {**_VALUES, "description": "The state, or states, that the record enters."},
        "field": {**_FIELDS, "description": "The field that changes."},
        "new": {**_VALUES, "description": "The value, or values, that it changes to; left out, any change counts."},
    },
    "dependencies": {"new": ["field"]},
}
ACTS: Mapping[str, object] = {
    "type": "array",
    "minItems": 1,
    "uniqueItems": True,
    "items": {
        "anyOf": [{"enum": [*PEOPLE_COLUMNS, APPROVERS, ACTORS]}, CHANGE],
        "examples": ["approvers"],
    },
}
"""People columns, `approvers`, `actors`, or whoever made a change: `{state: resolved}`, `{field: priority}`."""

MOMENT: Mapping[str, object] = {"anyOf": [{"enum": [*TIME_COLUMNS, "approval"]}, CHANGE], "examples": ["actual_start"]}
"""A moment of the record: a column, its first approval, or the first such change."""


def names_in(parameter: str) -> dict[str, str]:
    """What the parts of an act, or of a moment, are names of."""
    return {f"{parameter}/state": "state", f"{parameter}/state/*": "state", f"{parameter}/field": "column"}


def needs_of(acts: Sequence[Parameter], *, demanded: bool = False) -> Needs:
    """What the export must hold to know of the acts or moments, which a record may be without, or, where they are demanded, not."""
    needs = Needs()
    for act in acts:
        if isinstance(act, Mapping):
            named = {Named(_field(act), values, not demanded, demanded)} if (values := _values(act)) else set()
            needs |= Needs(history=frozenset({_field(act)}), named=frozenset(named))
        elif act in (APPROVERS, "approval"):
            needs |= Needs(tables=frozenset({"approval"}), decided=frozenset({"any"}))
        elif act != ACTORS:
            needs |= Needs(columns=frozenset({str(act)}))
    return needs


def act_text(act: Parameter) -> str:
    """The act in a word: the column, the state, the field."""
    if not isinstance(act, Mapping):
        return str(act)
    if "state" in act:
        return "/".join(words(act["state"]))
    return str(act["field"]) + (" = " + "/".join(words(act["new"])) if "new" in act else "")


UNNAMED = f"CASE WHEN deed IN ({', '.join(map(quote, PEOPLE_COLUMNS))}) THEN concat('missing:', deed) ELSE 'missing:actor' END"
"""SQL for why it is not known who did a deed: the empty column, or a change or decision without a name."""


def acts_of(acts: Sequence[Parameter], context: Context, *, nameless: bool = False) -> Fragment:
    """SELECT of `tix, person, moment, deed` for the records in `scoped`; a person that nobody recorded is NULL.

    With `nameless` also what was done, as its moment tells, by somebody whom the record does not name.
    """
    return join(" UNION ALL ", (_act(act, context, nameless) for act in acts))


def _act(act: Parameter, context: Context, nameless: bool) -> Fragment:
    deed = quote(act_text(act))
    if isinstance(act, Mapping):
        made = changes_of(act, context)
        return Fragment(f"SELECT e.tix, e.actor AS person, e.moment, {deed} AS deed FROM (") + made + ") AS e"
    if act == APPROVERS:
        return Fragment(f"SELECT a.tix, a.approver AS person, a.moment, {deed} AS deed FROM (") + approvals() + ") AS a"
    if act == ACTORS:
        return Fragment(
            f"SELECT e.tix, e.actor AS person, e.moment, {deed} AS deed FROM event AS e JOIN scoped AS r ON r.tix = e.tix WHERE e.moment <= ?",
            (context.as_of,),
        )
    column = str(act)
    own = MOMENT_OF.get(column, "")
    told = own if own in context.exported else ""
    done = f"r.{name(column)} IS NOT NULL" + (f" OR r.{name(told)} IS NOT NULL" if nameless and told else "")
    return Fragment(
        f"SELECT r.tix, r.{name(column)} AS person, r.{name(told or 'opened_at')} AS moment, {deed} AS deed FROM scoped AS r WHERE {done}"
    )


def changes_of(change: Mapping[str, Parameter], context: Context) -> Fragment:
    """SELECT of the changes meant (tix, seq, actor, moment, old, new), of the records in `scoped`."""
    values = _values(change)
    wanted = Fragment(f" AND e.new IN ({', '.join('?' * len(values))})", values) if values else Fragment("")
    return (
        Fragment(
            "SELECT e.tix, e.seq, e.actor, e.moment, e.old, e.new FROM event AS e JOIN scoped AS r ON r.tix = e.tix WHERE e.field = ? AND e.moment <= ?",
            (_field(change), context.as_of),
        )
        + wanted
    )


def approvals() -> Fragment:
    """SELECT of the decisions in favour (tix, approver, role, moment) on the records in `scoped`."""
    return (
        'SELECT a.tix, a.approver, a."role", a.moment FROM approval AS a JOIN scoped AS r ON r.tix = a.tix WHERE '
        + is_decision("a.decision")
    )


def unclear(decision: str, named: Sequence[str] = ()) -> Fragment:
    """SQL for whether nobody can say what was decided: nothing stands there, or a word that is neither known nor `named` by a rule."""
    known = sorted({*APPROVING, *NOT_APPROVING, *(word.lower() for word in named)})
    return Fragment(f"coalesce(lower(trim({decision})) NOT IN ({', '.join('?' * len(known))}), true)", tuple(known))


def is_decision(decision: str, words: Sequence[str] = APPROVING) -> Fragment:
    """SQL for whether a decision is one of some words, else for whether it is one in favour; never NULL."""
    wanted = tuple(word.lower() for word in words)
    return Fragment(f"coalesce(lower(trim({decision})) IN ({', '.join('?' * len(wanted))}), false)", wanted)


def approvals_with(test: Fragment, reason: str) -> Fragment:
    """SELECT of the records in `scoped` with an approval `a` that meets a test: record_id, opened_at, and the reason given."""
    return (
        f"SELECT DISTINCT r.record_id, r.opened_at, {quote(reason)} AS reason FROM approval AS a JOIN scoped AS r ON r.tix = a.tix WHERE "
        + test
    )


def some_unclear(session: Session) -> bool:
    """Whether of some approval nobody can say what was decided."""
    query = "SELECT 1 FROM approval WHERE " + unclear("decision") + " LIMIT 1"
    return bool(session.rows(query.text, query.values))


def moments_of(moment: Parameter, context: Context) -> Fragment:
    """SELECT of `tix, moment`, at most one row per record in `scoped`: the column, the first approval or first such change."""
    if isinstance(moment, Mapping):
        return (
            Fragment("SELECT tix, min(moment) AS moment FROM (") + changes_of(moment, context) + ") AS e GROUP BY tix"
        )
    if moment == "approval":
        return Fragment("SELECT tix, min(moment) AS moment FROM (") + approvals() + ") AS a GROUP BY tix"
    column = name(str(moment))
    return Fragment(f"SELECT r.tix, r.{column} AS moment FROM scoped AS r WHERE r.{column} IS NOT NULL")


def _field(change: Mapping[str, Parameter]) -> str:
    return "state" if "state" in change else str(change["field"])


def _values(change: Mapping[str, Parameter]) -> tuple[str, ...]:
    return words(change["state"]) if "state" in change else words(change.get("new", ()))


def approvals_of() -> Fragment:
    """SELECT of `tix, moment, undated`: the first approval of any record, in scope or not, and whether there is one, or may be, without a moment."""
    return (
        "SELECT tix, min(moment) AS moment, count(*) > count(moment) AS undated FROM (SELECT tix, CASE WHEN "
        + is_decision("decision") + " THEN moment END AS moment FROM every_approval WHERE " + is_decision("decision") + " OR " + unclear("decision")
        + ") AS a GROUP BY tix"
    )  # fmt: skip
