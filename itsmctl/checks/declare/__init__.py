"""The templates of Declare by their standard names, over what the history of a record shows.

An activity is a state that the record enters, written as the state alone (`resolved`) or as `{state: [resolved,
closed]}`; a field that changes, `{field: group, new: network}` (any change without `new`; the value that a record was
opened with counts as a change at its opening); or an approval, `{approval: approved, role: change-manager}`. With
`where` it counts only in records that meet the conditions: `{state: resolved, where: {priority: [P1]}}`.

The trace of a record is the events of the kinds that its rule names, up to the moment of the audit: for `chain`
templates, what comes next is the next change of one of these fields, or the next approval. A record in which nothing
asks for anything passes. While a record is open, what it lacks may still come: it passes as far as it has come, as a
clock does that still runs, and says so. It is over when its state is of the phase closed or cancelled.

Templates with an order take a bound: `within: 4h` by the wall clock, or by a calendar, `within: 1bd, calendar: office`.
A bound that has run out fails even while the record is open; one that began when the record was closed already, as a
review after closing does, is waited for. Changes of two fields, or a change and an approval, that carry the same second
have no known order: where it matters, the record is not testable.

A record passes or fails without an activity only where the export can tell that activity: some record has it, or the mapping has a word
for it. Of several values one is enough where the record fails without them; each state is needed where it passes without them.
"""

from __future__ import annotations

from collections.abc import Mapping

from itsmctl.checks.declare import counted, relation
from itsmctl.checks.declare.activity import SCHEMA, names
from itsmctl.checks.declare.ordered import judged_by
from itsmctl.checks.declare.template import EITHER, Template
from itsmctl.engine.openings import BOUND, days_need_calendar
from itsmctl.engine.parameters import CALENDAR

_ACTIVITY: dict[str, object] = {
    "activity": {
        **SCHEMA,
        "description": "The activity: a state that the record enters, or a mapping that names a `state`, a `field` that changes, or an `approval`.",
    }
}
_PAIR: dict[str, object] = {
    "first": {
        **SCHEMA,
        "description": "The first activity: a state that the record enters, or a mapping that names a `state`, a `field` that changes, or an `approval`.",
    },
    "then": {**SCHEMA, "description": "The second activity, written as the first is."},
}
_BOUND: dict[str, object] = {
    "within": {
        **BOUND,
        "description": "The time within which the one follows the other, in hours and minutes (`4h`) or business days (`1bd`); left out, at any time.",
    },
    "calendar": CALENDAR,
}
_PAIR_NAMES = {**names("first"), **names("then")}


_HOW_OFTEN = {
    "least": "How often it must occur; default: 1.",
    "most": "How often it may occur; default: 0.",
    "times": "How often it must occur, no more and no less; default: 1.",
}


def _object(properties: Mapping[str, object], required: tuple[str, ...], **more: object) -> Mapping[str, object]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": properties,
        **more,
    }


def _unary(key: str = "", least: int = 0) -> Mapping[str, object]:
    number = {key: {"type": "integer", "minimum": least, "description": _HOW_OFTEN[key]}} if key else {}
    return _object({**_ACTIVITY, **number}, ("activity",))


_BINARY = _object(_PAIR, ("first", "then"))
_BOUNDED = _object(
    {**_PAIR, **_BOUND},
    ("first", "then"),
    dependencies={"calendar": ["within"]},
    **days_need_calendar("within"),
)
_BOUNDED_NAMES = {**_PAIR_NAMES, "calendar": "calendar"}

_ALL = (
    Template(
        "existence",
        """Declare's existence: the activity occurs, at least once or as often as `least` says.

    check: {existence: {activity: in-progress}}
    check: {existence: {activity: {field: assignee}, least: 1}}

Passing: new, in-progress, closed. Failing: new, closed. A record that is still open may yet get there, and passes.
""",
        "occurrences of {first}: at least {n}",
        _unary("least", 1),
        names("activity"),
        counted.at_least,
        "least",
        1,
        fails_without=("activity",),
    ),
    Template(
        "absence",
        """Declare's absence: the activity never occurs, or not more often than `most` says.

    check: {absence: {activity: cancelled}}
    check: {absence: {activity: in-progress, most: 2}}

Passing: new, resolved, closed. Failing: new, cancelled. Not testable: the tool has no such state, nor the mapping a word for it.
""",
        "occurrences of {first}: at most {n}",
        _unary("most", 0),
        names("activity"),
        counted.at_most,
        "most",
        0,
        passes_without=("activity",),
    ),
    Template(
        "exactly",
        """Declare's exactly: the activity occurs exactly once, or as often as `times` says.

    check: {exactly: {activity: resolved}}

Passing: new, resolved, closed. Failing: new, resolved, in-progress, resolved, closed. A record that is still open and
has not had it too often passes.
""",
        "occurrences of {first}: exactly {n}",
        _unary("times", 1),
        names("activity"),
        counted.exactly,
        "times",
        1,
        passes_without=("activity",),
        fails_without=("activity",),
    ),
    Template(
        "init",
        """Declare's init: the history of a record begins with the activity.

    check: {init: {activity: new}}
    check: {init: {activity: {state: [new, in-progress]}}}

Passing: new, in-progress. Failing: closed as the first state recorded.
""",
        "{first}",
        _unary(),
        names("activity"),
        counted.init,
        fails_without=("activity",),
    ),
    Template(
        "end",
        """Declare's end: the history of a record ends with the activity.

    check: {end: {activity: {state: [closed, cancelled]}}}

Passing: new, resolved, closed. Failing: a record with a time of closing whose last state is resolved. The last event of
a record that is still open is not known yet, and passes.
""",
        "{first}",
        _unary(),
        names("activity"),
        counted.end,
        fails_without=("activity",),
    ),
    Template(
        "responded-existence",
        """Declare's responded existence: where the first activity occurs, the other does too, before it or after it.

    check: {responded-existence: {first: awaiting-supplier, then: {field: group, new: suppliers}}}

Passing: given to the suppliers, then awaiting them; never awaiting them. Failing: awaiting suppliers that never had it.
""",
        "{first} not without {then}",
        _BINARY,
        _PAIR_NAMES,
        counted.responded_existence,
        passes_without=("first",),
        fails_without=("then",),
    ),
    Template(
        "co-existence",
        """Declare's co-existence: both activities occur, or neither does.

    check: {co-existence: {first: resolved, then: closed}}

Passing: new, resolved, closed; also new, cancelled. Failing: new, closed.
""",
        "{first} and {then}, or neither",
        _BINARY,
        _PAIR_NAMES,
        counted.co_existence,
        passes_without=("first", "then"),
        fails_without=("first", "then"),
    ),
    Template(
        "not-co-existence",
        """Declare's not co-existence: one record does not have both activities.

    check: {not-co-existence: {first: cancelled, then: resolved}}

Passing: new, cancelled; also new, resolved. Failing: new, resolved, in-progress, cancelled.
""",
        "not both {first} and {then}",
        _BINARY,
        _PAIR_NAMES,
        counted.not_co_existence,
        passes_without=("first", "then"),
    ),
    Template(
        "choice",
        """Declare's choice: at least one of the two activities occurs.

    check: {choice: {first: resolved, then: cancelled}}

Passing: new, resolved, closed. Failing: new, closed. A record that is still open may yet get there, and passes.
""",
        "at least one of {first} and {then}",
        _BINARY,
        _PAIR_NAMES,
        counted.choice,
        fails_without=(EITHER,),
    ),
    Template(
        "exclusive-choice",
        """Declare's exclusive choice: one of the two activities occurs, and the other does not.

    check: {exclusive-choice: {first: resolved, then: cancelled}}

Passing: new, resolved, closed. Failing: new, closed; also new, resolved, in-progress, cancelled.
""",
        "either {first} or {then}, not both",
        _BINARY,
        _PAIR_NAMES,
        counted.exclusive_choice,
        passes_without=("first", "then"),
        fails_without=(EITHER,),
    ),
    Template(
        "response",
        """Declare's response(first, then): whenever `first` occurs, `then` occurs after it, within the bound if there is one.

    check: {response: {first: resolved, then: closed}}
    check: {response: {first: {field: priority, new: P1}, then: {field: group, new: major-incidents}, within: 30m}}
    check: {response: {first: resolved, then: closed, within: 5bd, calendar: office}}

Passing: resolved, in-progress, resolved, closed. Failing: resolved, and then cancelled. A record that is still open, and
whose bound has not run out, passes.
""",
        "{first} followed by {then}",
        _BOUNDED,
        _BOUNDED_NAMES,
        judged_by(relation.RESPONSE),
        passes_without=("first",),
        fails_without=("then",),
    ),
    Template(
        "precedence",
        """Declare's precedence(first, then): `then` occurs only after `first` has, within the bound if there is one.

A record that never reaches `then` satisfies the constraint.

    check: {precedence: {first: resolved, then: closed}}
    check: {precedence: {first: {approval: approved}, then: in-progress}}

Passing: new, resolved, closed; also new, in-progress. Failing: new, closed.
""",
        "{first} before {then}",
        _BOUNDED,
        _BOUNDED_NAMES,
        judged_by(relation.PRECEDENCE),
        passes_without=("then",),
        fails_without=("first",),
    ),
    Template(
        "succession",
        """Declare's succession(first, then): response and precedence at once. Neither occurs without the other, in this order.

    check: {succession: {first: resolved, then: closed}}

Passing: new, resolved, closed; also new, cancelled. Failing: closed, resolved; also new, closed.
""",
        "{first} and then {then}, neither alone",
        _BOUNDED,
        _BOUNDED_NAMES,
        judged_by(relation.RESPONSE, relation.PRECEDENCE),
        passes_without=("first", "then"),
        fails_without=("first", "then"),
    ),
    Template(
        "alternate-response",
        """Declare's alternate response(first, then): `first` is followed by `then` before `first` occurs again.

    check: {alternate-response: {first: awaiting-user, then: in-progress}}

Passing: awaiting-user, in-progress, awaiting-user, in-progress. Failing: awaiting-user, resolved, awaiting-user,
in-progress.
""",
        "{first} followed by {then} before it recurs",
        _BOUNDED,
        _BOUNDED_NAMES,
        judged_by(relation.ALTERNATE_RESPONSE),
        passes_without=("first",),
        fails_without=("then",),
    ),
    Template(
        "alternate-precedence",
        """Declare's alternate precedence(first, then): each `then` has a `first` of its own before it, with no `then` in between.

    check: {alternate-precedence: {first: in-progress, then: resolved}}

Passing: in-progress, resolved, in-progress, resolved. Failing: in-progress, resolved, awaiting-user, resolved.
""",
        "{first} before every single {then}",
        _BOUNDED,
        _BOUNDED_NAMES,
        judged_by(relation.ALTERNATE_PRECEDENCE),
        passes_without=("then",),
        fails_without=("first",),
    ),
    Template(
        "alternate-succession",
        """Declare's alternate succession(first, then): the two activities occur in turn, beginning with `first`.

    check: {alternate-succession: {first: awaiting-user, then: in-progress}}

Passing: awaiting-user, in-progress, awaiting-user, in-progress. Failing: in-progress, awaiting-user, in-progress.
""",
        "{first} and {then} in turn",
        _BOUNDED,
        _BOUNDED_NAMES,
        judged_by(relation.ALTERNATE_RESPONSE, relation.ALTERNATE_PRECEDENCE),
        passes_without=("first", "then"),
        fails_without=("first", "then"),
    ),
    Template(
        "chain-response",
        """Declare's chain response(first, then): the very next event after `first` is `then`.

    check: {chain-response: {first: resolved, then: {state: [closed, in-progress]}}}

Passing: new, resolved, closed. Failing: new, resolved, awaiting-user.
""",
        "{first} followed at once by {then}",
        _BOUNDED,
        _BOUNDED_NAMES,
        judged_by(relation.CHAIN_RESPONSE),
        passes_without=("first",),
        fails_without=("then",),
    ),
    Template(
        "chain-precedence",
        """Declare's chain precedence(first, then): the event just before `then` is `first`.

    check: {chain-precedence: {first: resolved, then: closed}}

Passing: new, resolved, closed. Failing: new, resolved, in-progress, closed.
""",
        "{first} just before {then}",
        _BOUNDED,
        _BOUNDED_NAMES,
        judged_by(relation.CHAIN_PRECEDENCE),
        passes_without=("then",),
        fails_without=("first",),
    ),
    Template(
        "chain-succession",
        """Declare's chain succession(first, then): chain response and chain precedence at once.

    check: {chain-succession: {first: awaiting-user, then: in-progress}}

Passing: new, awaiting-user, in-progress. Failing: new, in-progress; also awaiting-user, resolved.
""",
        "{first} and at once {then}, neither alone",
        _BOUNDED,
        _BOUNDED_NAMES,
        judged_by(relation.CHAIN_RESPONSE, relation.CHAIN_PRECEDENCE),
        passes_without=("first", "then"),
        fails_without=("first", "then"),
    ),
    Template(
        "not-succession",
        """Declare's not succession(first, then): after `first`, `then` never occurs; with a bound, not within that time.

    check: {not-succession: {first: closed, then: in-progress}}
    check: {not-succession: {first: resolved, then: in-progress, within: 24h}}

Passing: in-progress, closed. Failing: closed, in-progress.
""",
        "{first} never followed by {then}",
        _BOUNDED,
        _BOUNDED_NAMES,
        judged_by(relation.NOT_SUCCESSION),
        passes_without=("first", "then"),
    ),
    Template(
        "not-chain-succession",
        """Declare's not chain succession(first, then): the very next event after `first` is not `then`.

    check: {not-chain-succession: {first: new, then: closed}}

Passing: new, in-progress, closed. Failing: new, closed.
""",
        "{first} never followed at once by {then}",
        _BOUNDED,
        _BOUNDED_NAMES,
        judged_by(relation.NOT_CHAIN_SUCCESSION),
        passes_without=("first", "then"),
    ),
)

TEMPLATES: Mapping[str, Template] = {template.ID: template for template in _ALL}
"""Every template by the name that a rule gives it."""
