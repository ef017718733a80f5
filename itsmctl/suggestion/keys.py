"""How the tables of several files hang together: which column of one names the records of another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from itsmctl.language import msg
from itsmctl.suggestion.matching import SURE, Match
from itsmctl.suggestion.names import Reason
from itsmctl.suggestion.profile import Profile
from itsmctl.suggestion.suggestion import Suggestion

KEYS = msg("its values are in column {name} of {file}")
_ENOUGH = 0.5
"""Of the fewer values of two columns, the share that both have; the rest may be of records that were not exported."""


def in_agreement(found: Sequence[Suggestion]) -> tuple[Suggestion, ...]:
    """The suggestions, those about records first, with keys by which their rows find each other."""
    records = [one for one in found if one.table == "record"]
    others: list[Suggestion] = []
    for other in (one for one in found if one.table != "record"):
        if records and "record_id" in other.matches:
            other, records = _joined(other, records)
        others.append(other)
    order = {"event": 0, "approval": 1, "link": 2, "detail": 3}
    return (*records, *sorted(others, key=lambda one: order[one.table]))


def _joined(other: Suggestion, records: list[Suggestion]) -> tuple[Suggestion, list[Suggestion]]:
    """The other with a key of the records, or records with the key that it has, or the other adrift."""
    key = other.matches["record_id"].profile
    known = [match.profile for one in records for match in _keys(one)]
    if any(_shared(key, profile) for profile in known):
        return other, records
    for profile in (one for one in other.unused if not one.numeric):  # small numbers are everywhere
        if home := next((one for one in records if any(_shared(profile, m.profile) for m in _keys(one))), None):
            reason = Reason(KEYS, {"name": _keys(home)[0].name, "file": home.file})
            return _keyed(other, profile, reason), records
    for number, one in enumerate(records):
        for profile in (profile for profile in one.profiles if profile.unique):
            if _shared(key, profile):
                reason = Reason(KEYS, {"name": key.name, "file": other.file})
                return other, [*records[:number], _keyed(one, profile, reason), *records[number + 1 :]]
    return replace(other, adrift=True), records


def _keys(one: Suggestion) -> list[Match]:
    return [one.matches[column] for column in ("record_id", "number") if column in one.matches]


def _keyed(one: Suggestion, profile: Profile, reason: Reason) -> Suggestion:
    """A suggestion with another record id; the column that was taken for it is kept as an attribute."""
    before = one.matches.get("record_id")
    matches = {**one.matches, "record_id": Match("record_id", profile, SURE, (reason,))}
    elsewhere = {match.name for column, match in matches.items() if column != "record_id"} | {profile.name}
    freed = (before.profile,) if before and before.name not in elsewhere else ()
    unused = (*(other for other in one.unused if other.name != profile.name), *freed)
    matches = {
        column: match for column, match in matches.items() if column == "record_id" or match.name != profile.name
    }
    return replace(one, matches=matches, unused=unused)


def _shared(one: Profile, other: Profile) -> bool:
    """Whether two columns name the same things; samples of both are those of the least digests, so that they meet."""
    few = min(len(one.mixed), len(other.mixed))
    return bool(few) and not one.moments and len(set(one.mixed) & set(other.mixed)) >= _ENOUGH * few
