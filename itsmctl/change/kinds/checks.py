"""The parameters of every check: in which direction each of them moves the records that fail.

A parameter whose direction depends on the others, or on the tickets, says `review`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from itsmctl.change.forms import as_duration
from itsmctl.change.judging import At, by_members
from itsmctl.change.parts import REVIEW, REVIEW_SET, Part, Table, duration, flag, members, months, number, where
from itsmctl.change.types import Effect
from itsmctl.marks import Value
from itsmctl.model import GROUPED

COUNTED = GROUPED | {"readable"}
"""Checks that judge groups, or all the data at once: more records in scope can turn them either way."""


def _roles(old: Value, new: Value, at: At) -> Effect:
    """More roles may approve, unless each of them must."""
    if any(isinstance(rule, dict) and rule["check"]["approved"].get("each") for rule in (at.old, at.new)):  # type: ignore[index, call-overload, union-attr]
        return "review"
    return by_members("loosened", absent_is_all=True)(old, new, at)


_MINIMUM = number("loosened", absent=1)
_PAIR = {"first": REVIEW, "then": REVIEW}
_AFTER = {**_PAIR, "within": duration("loosened", absent="loosened"), "calendar": REVIEW}
_NEVER_AFTER = {**_PAIR, "within": duration("tightened", absent="tightened"), "calendar": REVIEW}
_MORE, _FEWER = members("tightened"), members("loosened")
_CLOCK = {"clock": REVIEW}
_GROUPS = {"per": REVIEW_SET, "minimum": _MINIMUM}

_OWN: Mapping[str, Table] = {
    "agreement": _CLOCK,
    "allowed": {"column": REVIEW, "values": _FEWER, "codes": REVIEW, "states": REVIEW, "history": flag("tightened")},
    "approved": {
        "before": REVIEW,
        "later": duration("loosened", absent="tightened"),
        "calendar": REVIEW,
        "roles": replace(_FEWER, judge=_roles),
        "each": REVIEW,
        "least": number("tightened", absent=1),
        "through": REVIEW,
        "decisions": REVIEW_SET,
    },
    "at-most": {"column": REVIEW, "most": number("loosened")},
    "attainment": {**_CLOCK, "per": REVIEW_SET, "minimum": number("loosened"), "complete": REVIEW},
    "authorised": {"acts": _MORE, "roles": _FEWER, "lane": REVIEW},
    "batch": {"by": REVIEW, "at": REVIEW, "count": number("loosened"), "within": duration("tightened")},
    "clock-within": _CLOCK,
    "concentration": {"by": REVIEW, **_GROUPS, "most": number("loosened")},
    "conforms": {"process": REVIEW, "begins-anywhere": REVIEW},
    "count-per-month": {
        "per": REVIEW_SET,
        "where": REVIEW,
        "least": number("tightened", absent=0),
        "most": number("loosened", absent=float("inf")),
        "minimum": _MINIMUM,
    },
    "different-people": {"columns": _FEWER, "sides": REVIEW_SET, "duty": REVIEW},
    "dwell-within": {
        "field": REVIEW,
        "value": members("tightened", absent_is_all=True),
        "most": duration("loosened"),
        "calendar": REVIEW,
        "total": flag("tightened"),
    },
    "elapsed-within": {
        "from": REVIEW,
        "to": REVIEW,
        "most": duration("loosened"),
        "running": flag("tightened"),
        "may-precede": flag("loosened"),
        "calendar": REVIEW,
    },
    "employed": {"acts": _MORE},
    "expression": {"that": REVIEW},
    "handovers": {
        "column": REVIEW,
        "most": number("loosened"),
        "returns": number("loosened", absent=float("inf")),
    },
    "heaping": {**_CLOCK, **_GROUPS, "least": number("loosened", absent=10)},
    "in-lane": {"process": REVIEW, "except": members("loosened")},
    "in-window": {
        "actual": REVIEW,
        "planned": REVIEW,
        "tolerance": duration("loosened", absent="tightened"),
        "never": _MORE,
    },
    "known": {"column": REVIEW, "kind": REVIEW},
    "late-pause": {
        **_CLOCK,
        "used": number("loosened", absent=80),
        "question": REVIEW_SET,
        "answer": REVIEW_SET,
    },
    "leg-within": {"of": REVIEW},
    "linked": {
        "types": REVIEW_SET,
        "incoming": REVIEW,
        "process": REVIEW,
        "where": REVIEW,
        "before": REVIEW,
        "after": REVIEW,
        "within": replace(REVIEW, form=as_duration),
        "least": number("tightened"),
        "most": number("loosened", absent=float("inf")),
        "every": REVIEW,
        "unresolved": REVIEW,
    },
    "loosened": {
        "column": REVIEW,
        **_CLOCK,
        "remaining": number("tightened"),
        "grace": duration("loosened", absent="tightened"),
        "unless": _FEWER,
    },
    "matrix": {"matrix": REVIEW},
    "meaningful": {
        "column": REVIEW,
        "placeholders": REVIEW_SET,
        "shortest": number("tightened", absent=1),
        "repeated": number("loosened", absent=float("inf")),
        "unlike": REVIEW,
        "similar": number("loosened"),
    },
    "no-later": {
        "after": REVIEW,
        "within": duration("tightened"),
        "process": REVIEW,
        "same": _FEWER,
        "where": REVIEW,
        "most": number("loosened", absent=0),
    },
    "no-secrets": {"columns": _MORE, "kinds": REVIEW_SET},
    "not-in-future": {"columns": _MORE},
    "not-sooner": {
        "from": REVIEW,
        "to": REVIEW,
        "least": duration("tightened"),
        "by": REVIEW,
        "unless": _FEWER,
        "calendar": REVIEW,
    },
    "number-gaps": {"column": REVIEW},
    "ordered-times": {"columns": REVIEW},
    "overlap": {"same": REVIEW, "from": REVIEW, "to": REVIEW, "where": where("tightened")},
    "paused-share": {
        **_CLOCK,
        "by": REVIEW,
        "peers": REVIEW,
        "most": number("loosened"),
        "times": number("loosened"),
        "minimum": REVIEW,
    },
    "percentile": {
        **_CLOCK,
        "from": REVIEW,
        "to": REVIEW,
        **_GROUPS,
        "percentile": number("tightened"),
        "most": duration("loosened"),
    },
    "period-end": {
        "at": REVIEW,
        "days": REVIEW,
        "times": number("loosened"),
        "calendar": REVIEW,
        **_GROUPS,
    },
    "period-shift": {
        **_CLOCK,
        "within": duration("tightened"),
        "reopened": duration("tightened"),
        "used": number("loosened", absent=80),
    },
    "raised-and-lowered": {"column": REVIEW, "codes": REVIEW, "within": duration("tightened")},
    "readable": {"set-aside-as": REVIEW_SET},
    "register": {
        "register": REVIEW,
        "per": REVIEW,
        "listed": REVIEW,
        "dated": REVIEW,
        "fresh-for": months("loosened"),
        "back": months("tightened", absent="tightened"),
        "where": REVIEW,
        "required": _MORE,
        "must": REVIEW,
        "in-time": REVIEW,
    },
    "reported-agrees": _CLOCK,
    "required": {"columns": _MORE},
    "returns": {"field": REVIEW, "to": members("tightened", absent_is_all=True), "most": number("loosened")},
    "row-count": {"round": _MORE},
    "share": {
        "where": REVIEW,
        "least": number("tightened", absent=0),
        "most": number("loosened", absent=100),
        **_GROUPS,
    },
    "similar": {
        "same": _FEWER,
        "either": REVIEW_SET,
        "text": REVIEW,
        "similar": number("loosened"),
        "count": number("loosened", absent=3),
        "within": duration("tightened"),
        "unless": _FEWER,
    },
    "traced": {"field": REVIEW, "within": duration("loosened")},
    "transition": {"process": REVIEW},
    "trend": {"where": REVIEW, "per": REVIEW_SET, "months": number("loosened", absent=3), "minimum": _MINIMUM},
    "unchanged": {
        "columns": _MORE,
        "after": REVIEW,
        "grace": duration("loosened", absent="tightened"),
        "approved-again": flag("loosened"),
        "favourable": REVIEW,
    },
    "untouched": {"most": duration("loosened"), "calendar": REVIEW, "except": _FEWER},
    "variants": {"process": REVIEW, "least": number("tightened"), "minimum": _MINIMUM},
}
_DECLARE: Mapping[str, Table] = {
    "absence": {"activity": REVIEW, "most": number("loosened", absent=0)},
    "exactly": {"activity": REVIEW, "times": REVIEW},
    "existence": {"activity": REVIEW, "least": number("tightened", absent=1)},
    **dict.fromkeys(("init", "end"), {"activity": REVIEW}),
    **dict.fromkeys(["choice", "co-existence", "exclusive-choice", "not-co-existence", "responded-existence"], _PAIR),
    **dict.fromkeys(
        [
            "alternate-precedence",
            "alternate-response",
            "alternate-succession",
            "chain-precedence",
            "chain-response",
            "chain-succession",
            "precedence",
            "response",
            "succession",
        ],
        _AFTER,
    ),
    **dict.fromkeys(("not-chain-succession", "not-succession"), _NEVER_AFTER),
}

PARAMETERS: Mapping[str, Table] = {**_OWN, **_DECLARE}
"""By check, the part that each of its parameters is."""


def check_parts() -> dict[str, Part]:
    """The parts of a rule under `check`."""
    return {f"check/{check}/{name}": part for check, table in PARAMETERS.items() for name, part in table.items()}
