"""Agreements with customers, between teams and with suppliers: a longer time, or less of what is promised, loosens."""

from __future__ import annotations

from collections.abc import Iterable

from itsmctl import model
from itsmctl.change.conditions import by_targets
from itsmctl.change.forms import key_of
from itsmctl.change.hours import by_calendar
from itsmctl.change.judging import At, always, compare_durations, ordered
from itsmctl.change.kinds.common import demanding
from itsmctl.change.parts import (
    LONGER,
    REVIEW,
    REVIEW_SET,
    STRUCTURE,
    STRUCTURE_SET,
    TERM_LIST,
    TERMS,
    WORDS,
    Kind,
    Part,
    Table,
    duration,
    each,
    flag,
    members,
    number,
    texts,
)
from itsmctl.change.types import Effect
from itsmctl.language import msg
from itsmctl.marks import Value

_CALENDAR = Part(by_calendar, msg("less open time loosens, more tightens")).called(msg("calendar"))
_TARGETS = Part(by_targets, LONGER["loosened"]).called(msg("targets"), "target")
_WITHIN = duration("loosened").called(msg("target"), "target")


def _pauses(old: Value, new: Value, at: At) -> Effect:
    """More pauses, or longer ones, loosen."""
    a, b = (_longest(value) for value in (old, new))
    effects = {_longer(a[name], b[name], at) for name in a.keys() & b.keys()}
    less, more = (
        a.keys() <= b.keys() and effects <= {"loosened", "neutral"},
        b.keys() <= a.keys() and effects <= {"tightened", "neutral"},
    )
    return ordered("loosened", less, more)


def _longer(old: str, new: str, at: At) -> Effect:
    """A longer pause loosens, most of all one without an end."""
    if not old or not new:
        return "neutral" if old == new else "loosened" if not new else "tightened"
    return compare_durations(old, new, "loosened", at)


def _longest(value: Value) -> dict[str, str]:
    """The longest that each pause may be; '' where it has no end."""
    found: dict[str, str] = {}
    for one in value if isinstance(value, list) else []:
        plain: dict[str, Value] = {"state": one} if isinstance(one, str) else dict(one) if isinstance(one, dict) else {}
        plain.pop("name", None)
        most = plain.pop("at-most", None)
        found[key_of(plain)] = "" if most is None else str(most)
    return found


def _another_covers(agreements: Iterable[model.Agreement], one: model.Agreement) -> bool:
    """Whether any other agreement promises something for the same services."""
    others = [other for other in agreements if other.id != one.id]
    return any(not other.services or not one.services or set(other.services) & set(one.services) for other in others)


def _added(old: Value, new: Value, at: At) -> Effect:
    """A new promise tightens, unless it may take the place of another one."""
    return "review" if _another_covers(at.base.agreements.values(), at.head.agreements[at.head_id]) else "tightened"


def _removed(old: Value, new: Value, at: At) -> Effect:
    """A promise less loosens, unless another one takes its place."""
    return "review" if _another_covers(at.head.agreements.values(), at.base.agreements[at.base_id]) else "loosened"


def _policy(place: str) -> Table:
    words = (
        "on-priority-change agreement-version calendar-version on-reopen response-is open-at-cutoff period-of-ticket "
        "cancelled-counts business-day verdict-by within-precision zone-from zones"
    )
    table = {f"{place}/{word}": REVIEW for word in words.split()}
    most = number("loosened", absent=100).called(msg("largest share of pauses"))
    return {**table, f"{place}/max-pause-share": most}


_ATTAINMENT: Table = {
    "attainment/*": number("tightened", absent=0).called(msg("agreed attainment")),
    "availability": number("tightened", absent=0).called(msg("availability")),
    "workload-limit/per-month": number("tightened", absent=float("inf")).called(msg("tickets per month")),
    "workload-limit/beyond": TERMS,
}

_SLA: Table = {
    "services": REVIEW_SET.called(msg("services covered")),
    "customers": members("tightened", absent_is_all=True).called(msg("customers")),
    "calendar": _CALENDAR,
    **_policy("policy"),
    **_policy("clocks/*/policy"),
    "clocks": each("tightened").called(msg("clock"), "clock"),
    "clocks/*/title": WORDS,
    "clocks/*/starts-at": REVIEW,
    "clocks/*/start": REVIEW_SET,
    "clocks/*/stops-at": REVIEW,
    "clocks/*/pause": Part(_pauses, msg("more or longer pauses loosen"), REVIEW_SET.form).called(
        msg("pauses"), "pause"
    ),
    "clocks/*/stop": REVIEW_SET.called(msg("what stops the clock")),
    "clocks/*/cancel": REVIEW_SET.called(msg("what ends the promise")),
    "clocks/*/reset": REVIEW_SET,
    "clocks/*/reopens": flag("tightened", default=True),
    "clocks/*/targets": _TARGETS,
    "clocks/*/targets/*/within": _WITHIN,
    **_ATTAINMENT,
    "minimum-tickets": number("loosened"),
    "exceptions": texts("loosened").called(msg("exceptions"), "exception"),
    "reporting": TERMS,
    "agreed": STRUCTURE,
}

_LEGS: Table = {
    "supports": REVIEW_SET,
    "services": REVIEW_SET.called(msg("services covered")),
    "scope": TERMS,
    "calendar": _CALENDAR,
    "clocks": each("tightened").called(msg("clock"), "clock"),
    "clocks/*/title": WORDS,
    "clocks/*/leg": REVIEW,
    "clocks/*/step": REVIEW,
    "clocks/*/hand-over": duration("loosened", absent="tightened").called(msg("time to hand over")),
    "clocks/*/pause": Part(_pauses, msg("more or longer pauses loosen"), REVIEW_SET.form).called(
        msg("pauses"), "pause"
    ),
    "clocks/*/targets": _TARGETS,
    "clocks/*/targets/*/within": _WITHIN,
    **_ATTAINMENT,
    "interfaces": TERM_LIST,
}

_OLA: Table = {
    **_LEGS,
    "provider": STRUCTURE,
    "groups": REVIEW_SET,
    "commitments": texts("tightened"),
    "exceptions": texts("loosened").called(msg("exceptions"), "exception"),
}

_CONTRACT: Table = {
    **_LEGS,
    "supplier": REVIEW,
    "number": STRUCTURE,
    "manager": STRUCTURE,
    "ours": TERM_LIST,
    "theirs": texts("tightened"),
    "subcontractors": STRUCTURE_SET,
    "reporting": TERMS,
    "remedies": TERMS,
    "disputes": TERMS,
    "exit": TERMS,
    "renewal": REVIEW,
}


KINDS = {
    "sla": Kind(demanding(_SLA), _added, _removed),
    "ola": Kind(demanding(_OLA), always("tightened"), always("loosened")),
    "contract": Kind(demanding(_CONTRACT), always("tightened"), always("loosened")),
}
