"""Moments in two halves: the day in one column, the time of day in another."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from itsmctl.suggestion.formats import times_of_day
from itsmctl.suggestion.matching import Match
from itsmctl.suggestion.names import BESIDE, plain
from itsmctl.suggestion.profile import Profile

_DAY = re.compile(r"\b(date|day|datum|tag|fecha|data|jour|giorno|on)\b|日期|日")
_TIME = re.compile(r"\b(time|hour|uhrzeit|zeit|hora|heure|ora|tijd|at)\b|时间|时刻|時間")


def with_times_of_day(found: Mapping[str, Match], profiles: Sequence[Profile]) -> dict[str, Match]:
    """The matches, each of a column of mere days with the column that holds the times of day, where the export has one.

    It is called as the day is but for the word for a time, or just a time and stands to the right of it; and fills nothing else.
    """
    used = {match.name for match in found.values()}
    spare = [profile for profile in profiles if profile.name not in used and times_of_day(profile.mixed)]
    places = {profile.name: place for place, profile in enumerate(profiles)}

    def clock(match: Match) -> Profile | None:
        stem = _without(_DAY, match.name)
        for profile in spare:
            rest, beside = _without(_TIME, profile.name), places[profile.name] == places[match.name] + 1
            if rest != plain(profile.name) and ((rest == stem and (rest or beside)) or (not rest and beside)):
                return profile
        return None

    return {
        column: replace(match, clock=clock(match))
        if column not in BESIDE and match.moments and match.profile.only_days
        else match
        for column, match in found.items()
    }


def _without(words: re.Pattern[str], name: str) -> str:
    return " ".join(words.sub(" ", plain(name)).split())
