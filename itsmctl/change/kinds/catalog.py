"""Services, who agrees and supplies them, and their hours."""

from __future__ import annotations

from itsmctl.change.forms import as_duration
from itsmctl.change.hours import by_calendar, by_day_length, by_hours, by_special_day
from itsmctl.change.judging import always
from itsmctl.change.kinds.common import ASKED_ABOUT, describing
from itsmctl.change.parts import (
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
    day,
    duration,
    each,
    ranked,
)
from itsmctl.language import msg

_LESS_OPEN = msg("less open time loosens, more tightens")
_LESS_OPEN_FOR = msg(
    "less open time loosens, more tightens; for people to judge where a rule demands at least so much time"
)
_LONGER_DAY_FOR = msg(
    "longer loosens, shorter tightens; for people to judge where a rule demands at least so much time"
)
_GRADES = ("low", "medium", "high")

_CALENDAR: Table = {
    "zone": REVIEW,
    **{f"week/{name}": Part(by_hours, _LESS_OPEN_FOR) for name in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")},
    "changes": each("review", key="from").called(msg("hours from a day on")),
    "changes/*/week": REVIEW,
    "day-length": Part(by_day_length, _LONGER_DAY_FOR, as_duration),
    "source": WORDS,
    "known-until": day("tightened").called(msg("last day that is known")),
    "days": Part(by_special_day, _LESS_OPEN_FOR, entries=True, key="date").called(msg("special day"), "day"),
    "days/*/title": WORDS,
    "days/*/hours": Part(by_special_day, _LESS_OPEN_FOR).called(msg("hours of a special day"), "day-hours"),
    "days/*/published": REVIEW,
}

CALLED_IN_EXPORTS = ("service", "customer")
"""Kinds whose ids, aliases and titles are words by which exports may name them, beside those under `also-called`."""
_CALLED = TERMS.called(msg("title, by which exports may name it"))

_SERVICE: Table = {
    "title": _CALLED,
    "type": STRUCTURE,
    "effective": ASKED_ABOUT,
    "stage": ASKED_ABOUT,
    "lifecycle": STRUCTURE,
    "offering": REVIEW,
    "description": WORDS,
    "outcome": TERMS,
    "owner": STRUCTURE,
    "customers": STRUCTURE_SET,
    "hours": Part(by_calendar, _LESS_OPEN).called(msg("service hours")),
    "criticality": ranked("tightened", _GRADES).called(msg("criticality")),
    "continuity/recovery-time": duration("loosened", absent="loosened").called(msg("recovery time")),
    "continuity/recovery-point": duration("loosened", absent="loosened").called(msg("recovery point")),
    "depends-on": STRUCTURE_SET,
    "supported-by": STRUCTURE_SET,
    "also-called": REVIEW_SET,
    "requests": each("review", key="id").called(msg("offered request"), "request"),
    "requests/*/title": WORDS,
    "requests/*/for": TERMS,
    "requests/*/within": duration("loosened", absent="loosened").called(msg("time to fulfil"), "request-within"),
    "requests/*/approval": REVIEW,
    "requests/*/group": STRUCTURE,
    "for-users": WORDS,
    "for-technicians": STRUCTURE,
    "capabilities": WORDS,
    "resources": WORDS,
}

_CUSTOMER: Table = {
    "effective": ASKED_ABOUT,
    "title": _CALLED,
    "type": STRUCTURE,
    "description": WORDS,
    "part-of": STRUCTURE,
    "region": STRUCTURE,
    "zone": REVIEW,
    "users": STRUCTURE,
    "contact": STRUCTURE,
    "relationship-manager": STRUCTURE,
    "channels": TERM_LIST,
    "escalation": TERMS,
    "also-called": REVIEW_SET,
}

_SUPPLIER: Table = {
    "effective": ASKED_ABOUT,
    "type": STRUCTURE,
    "description": WORDS,
    "manager": STRUCTURE,
    "contact": STRUCTURE,
    "criticality": ranked("tightened", _GRADES).called(msg("criticality")),
    "status": ASKED_ABOUT,
    "hours": Part(by_calendar, _LESS_OPEN).called(msg("service hours")),
    "groups": REVIEW_SET,
    "certifications": each("structural", key="standard"),
    "certifications/*/scope": STRUCTURE,
    "certifications/*/valid-until": STRUCTURE,
    "assessment": REVIEW,
    "subcontractors": STRUCTURE_SET,
    "risks": TERM_LIST,
}

KINDS = {
    "calendar": Kind(describing(_CALENDAR)),
    "service": Kind(describing(_SERVICE), removed=always("review")),
    "customer": Kind(describing(_CUSTOMER)),
    "supplier": Kind(describing(_SUPPLIER)),
}
