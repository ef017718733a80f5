"""Rules and what excuses from them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from itsmctl.change.conditions import by_where
from itsmctl.change.judging import At, always
from itsmctl.change.kinds.checks import COUNTED, check_parts
from itsmctl.change.kinds.common import demanding, describing
from itsmctl.change.parts import (
    NEUTRAL,
    REVIEW,
    STRUCTURE,
    TERM_LIST,
    TERMS,
    WORDS,
    Kind,
    Table,
    day,
    each,
    flag,
    limit,
    members,
    ranked,
    where,
)
from itsmctl.change.types import Effect
from itsmctl.language import msg
from itsmctl.marks import Value

_SEVERITIES = ("observation", "minor", "major")


def _scope(old: Value, new: Value, at: At) -> Effect:
    """A rule about single records judges more of them in a wider scope; one about groups may turn either way."""
    if any(isinstance(rule, dict) and not COUNTED.isdisjoint(rule["check"]) for rule in (at.old, at.new)):  # type: ignore[arg-type]
        return "review"
    return by_where("tightened")(old, new, at)


_RULE: Table = {
    "version": STRUCTURE.called(msg("version")),
    "process": REVIEW,
    "severity": ranked("tightened", _SEVERITIES).called(msg("severity")),
    "enquiry": flag("loosened").called(msg("only an enquiry")),
    "scope": replace(where("tightened"), judge=_scope).called(msg("scope")),
    "check": replace(each("review"), label=msg("check")),
    **check_parts(),
    "tolerance": limit("loosened").called(msg("tolerance")),
    "allowance": limit("loosened").called(msg("allowance for what cannot be tested")),
    "rests-on": members("loosened").called(msg("rules it rests on")),
    "rationale": WORDS,
    "remedy": WORDS,
    "exceptions": TERM_LIST,
}

_APPROVAL: Table = {
    "author": STRUCTURE,
    "approver": STRUCTURE,
    "authority": REVIEW,
    "approved": STRUCTURE,
}

_WAIVER: Table = {
    **_APPROVAL,
    "rule": REVIEW,
    "scope": where("loosened").called(msg("scope")),
    "records": members("loosened", absent_is_all=True).called(msg("records covered")),
    "zone": REVIEW,
    "opened/from": day("tightened", absent=date.min).called(msg("first day of opening")),
    "opened/to": day("loosened").called(msg("last day of opening")),
    "reason": TERMS,
    "risk": TERMS,
    "measures": TERM_LIST,
    "expires": day("loosened").called(msg("expiry"), "expiry"),
    "nonconformity": STRUCTURE,
}

_BASELINE: Table = {
    **_APPROVAL,
    "zone": REVIEW,
    "taken": STRUCTURE,
    "definitions": STRUCTURE,
    "reason": TERMS,
    "expires": day("loosened").called(msg("expiry"), "expiry"),
    "findings": each("loosened", key="rule").called(msg("known findings"), "findings"),
    "findings/*/records": members("loosened").called(msg("known records"), "findings"),
    "findings/*/version": STRUCTURE,
    "findings/*/meaning": REVIEW,
    "findings/*/observed": each("loosened").called(msg("known observations"), "findings"),
    "findings/*/observed/*": members("loosened").called(msg("known observations"), "findings"),
    "findings/*/note": NEUTRAL,
}

KINDS = {
    "rule": Kind(demanding(_RULE), always("tightened"), always("loosened")),
    "waiver": Kind(describing(_WAIVER), always("loosened"), always("tightened")),
    "baseline": Kind(describing(_BASELINE), always("loosened"), always("tightened")),
}
