"""What each judge says of the way from one value to another: by hand, at and beside every bound, and where one is missing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from change_case import reference

from itsmctl.change import judging
from itsmctl.change.conditions import by_where
from itsmctl.change.judging import At, Judge, opposite, ordered
from itsmctl.change.parts import each
from itsmctl.model import Definitions

__all__ = ["reference"]

INF = float("inf")
NUMBER = judging.by_number("loosened")
LEAST = judging.by_number("tightened", absent=0)
MOST = judging.by_number("loosened", absent=INF)
TIME = judging.by_duration("loosened")
WITHIN = judging.by_duration("loosened", absent="tightened")
AGE = judging.by_months("loosened", absent="loosened")
EXPIRES = judging.by_day("loosened")
SINCE = judging.by_day("tightened", absent=date.min)
MEMBERS = judging.by_members("tightened")
ALL = judging.by_members("tightened", absent_is_all=True)
RANK = judging.by_rank("tightened", ("low", "medium", "high"))
RANK_ABSENT = judging.by_rank("tightened", ("low", "medium", "high"), absent="low")
FLAG = judging.by_flag("tightened")
LIMIT = judging.by_limit("loosened")
WHERE = by_where("tightened")


def limit(count: float, percent: float) -> dict[str, float]:
    return {"count": count, "percent": percent}


@pytest.mark.parametrize(
    ("judge", "old", "new", "effect"),
    [
        (NUMBER, 1, 2, "loosened"), (NUMBER, 2, 1, "tightened"), (NUMBER, 1, 1.0, "neutral"),
        (NUMBER, None, 1, "review"), (NUMBER, 1, None, "review"), (NUMBER, "1", 2, "review"), (NUMBER, 1, True, "review"),
        (LEAST, None, 2, "tightened"), (LEAST, 2, None, "loosened"), (LEAST, None, 0, "neutral"),
        (MOST, None, 9, "tightened"), (MOST, 9, None, "loosened"),
        (TIME, "4h", "8h", "loosened"), (TIME, "8h", "4h", "tightened"), (TIME, "4h", "240m", "neutral"),
        (TIME, None, "4h", "review"), (TIME, "4h", None, "review"),
        # Nobody names a calendar: a business day is any time up to 24 hours.
        (TIME, "1bd", "24h", "loosened"), (TIME, "1bd", "1m", "tightened"), (TIME, "1bd", "8h", "review"), (TIME, "1bd", "2bd", "loosened"),
        (WITHIN, "4h", None, "tightened"), (WITHIN, None, "4h", "loosened"), (WITHIN, "4h", "5h", "loosened"),
        (AGE, "12mo", None, "loosened"), (AGE, None, "12mo", "tightened"), (AGE, "12mo", "24mo", "loosened"), (AGE, "12mo", "12mo", "neutral"),
        (EXPIRES, "2026-05-01", "2026-05-02", "loosened"), (EXPIRES, "2026-05-02", "2026-05-01", "tightened"),
        (EXPIRES, None, "2026-05-01", "tightened"), (EXPIRES, "2026-05-01", None, "loosened"),
        (SINCE, None, "2026-05-01", "tightened"), (SINCE, "2026-05-01", None, "loosened"),
        (EXPIRES, "2026-05-01T12:00:00+02:00", "2026-05-01T11:00:00+00:00", "loosened"),
        (EXPIRES, "2026-05-01T12:00:00+02:00", "2026-05-01T10:00:00+00:00", "neutral"),
        (EXPIRES, "2026-05-01T12:00:00+02:00", "2026-05-01T11:30:00+02:00", "tightened"),
        (EXPIRES, "2026-05-01", "2026-05-01T12:00:00+02:00", "review"), (EXPIRES, "2026-05-01", "2026-05-02T12:00:00+02:00", "loosened"),
        (EXPIRES, "2026-05-02T12:00:00+02:00", "2026-05-01", "tightened"),
        (MEMBERS, ["a"], ["a", "b"], "tightened"), (MEMBERS, ["a", "b"], ["b"], "loosened"), (MEMBERS, ["a"], ["b"], "review"),
        (MEMBERS, ["a"], ["a"], "neutral"), (MEMBERS, None, ["a"], "tightened"), (MEMBERS, ["a"], None, "loosened"),
        (ALL, None, ["a"], "loosened"), (ALL, ["a"], None, "tightened"), (ALL, ["a"], ["a", "b"], "tightened"),
        (RANK, "low", "high", "tightened"), (RANK, "high", "medium", "loosened"), (RANK, "low", "low", "neutral"),
        (RANK, "low", "highest", "review"), (RANK, None, "low", "review"), (RANK, "low", None, "review"),
        (RANK_ABSENT, None, "medium", "tightened"), (RANK_ABSENT, "medium", None, "loosened"),
        (FLAG, False, True, "tightened"), (FLAG, True, False, "loosened"), (FLAG, None, True, "tightened"), (FLAG, True, None, "loosened"),
        (LIMIT, limit(0, 0), limit(1, 0), "loosened"), (LIMIT, limit(0, 2), limit(0, 1), "tightened"), (LIMIT, limit(1, 0), limit(0, 1), "review"),
        (LIMIT, None, limit(0, 1), "loosened"), (LIMIT, limit(2, 0), None, "tightened"), (LIMIT, limit(1, 1), limit(1, 1), "neutral"),
        (WHERE, {}, {"priority": ["P1"]}, "loosened"), (WHERE, {"priority": ["P1"]}, {}, "tightened"),
        (WHERE, {"priority": ["P1"]}, {"priority": ["P1", "P2"]}, "tightened"), (WHERE, {"priority": ["P1"]}, {"priority": ["P2"]}, "review"),
        (WHERE, {"priority": ["P1"]}, {"priority": ["P1"], "service": ["mail"]}, "loosened"),
        (WHERE, {"priority": {"not": ["P1"]}}, {"priority": {"not": ["P1", "P2"]}}, "loosened"),
        (WHERE, {"priority": {"present": True}}, {"priority": ["P1"]}, "loosened"), (WHERE, {"priority": {"present": False}}, {"priority": ["P1"]}, "review"),
        (WHERE, {"reopened": {"at-least": 2}}, {"reopened": {"at-least": 3}}, "loosened"), (WHERE, {"reopened": {"at-most": 2}}, {"reopened": {"at-most": 3}}, "tightened"),
        (WHERE, {"reopened": {"at-least": 2}}, {"reopened": {"at-most": 1}}, "review"), (WHERE, {"reopened": [2]}, {"reopened": {"at-least": 2, "at-most": 2}}, "neutral"),
    ],
)  # fmt: skip
def test_the_way_from_one_value_to_another(
    reference: Definitions, judge: Judge, old: Any, new: Any, effect: str
) -> None:
    assert judge(old, new, At(reference, reference, "", "")) == effect


def test_a_business_day_is_as_long_as_the_calendar_on_either_side_says(reference: Definitions) -> None:
    short, long = {"calendar": "cn-office"}, {"calendar": "eu-office"}  # 7h30m and 8h

    def judged(old: str, new: str, base: Any, head: Any) -> str:
        return TIME(old, new, At(reference, reference, "", "", (), base, head))

    assert judged("1bd", "1bd", short, long) == "loosened"
    assert judged("1bd", "1bd", long, short) == "tightened"
    assert judged("1bd", "450m", short, short) == "neutral"
    assert judged("1bd", "450m", long, short) == "tightened"
    assert judged("1bd", "450m", short, long) == "neutral"
    # Several calendars, one that nobody knows, or days that follow the record: nobody can say.
    for unsure in ({"calendar": "nowhere"}, {**short, "clocks": [{"calendar": "eu-office"}]}, {**short, "policy": {"business-day": "weekday"}}, {}):  # fmt: skip
        assert judged("1bd", "450m", unsure, short) == "review"
        assert judged("1bd", "450m", short, unsure) == "review"
    assert judged("1bd", "450m", {**short, "policy": {"business-day": "calendar"}}, short) == "neutral"


def test_two_ways_and_none() -> None:
    assert [opposite(effect) for effect in ("loosened", "tightened", "review", "structural", "neutral")] == [
        "tightened", "loosened", "review", "structural", "neutral",
    ]  # fmt: skip
    assert ordered("loosened", True, False) == "loosened"
    assert ordered("loosened", False, True) == "tightened"
    assert ordered("tightened", False, True) == "loosened"
    assert (ordered("loosened", True, True), ordered("loosened", False, False)) == ("neutral", "review")


def test_an_entry_more_and_one_less(reference: Definitions) -> None:
    at = At(reference, reference, "", "")
    for effect, back in (("loosened", "tightened"), ("tightened", "loosened"), ("review", "review")):
        part = each(effect)  # type: ignore[arg-type]
        assert (part.judge(None, {"a": 1}, at), part.judge({"a": 1}, None, at)) == (effect, back)
