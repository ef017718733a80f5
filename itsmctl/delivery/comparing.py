"""A period against an earlier one: the same figures over the same services, with what chance would allow."""

from __future__ import annotations

from collections.abc import Mapping

from itsmctl.delivery.counting import Counted
from itsmctl.delivery.quality import Better, Figure, Measure
from itsmctl.delivery.statistics import UNKNOWN, count, median, share, verdict

QUOTED = {
    "down-time": "−79%",
    "time-to-fix": "−49%",
    "efficiency": "+26%",
    "it-productivity": "+54%",
    "user-productivity": "+31%",
}
"""What the slides quote from IDC, without a source: benefits of service management."""


def measures(
    before: Counted, now: Counted, down: tuple[Figure, Figure], complaints: tuple[Figure, Figure]
) -> tuple[Measure, ...]:
    """Every figure, those first of which others claim how they change."""
    return (
        _measure("down-time", "minutes", "less", *down),
        _measure("time-to-fix", "hours", "less", median(before.hours_to_fix), median(now.hours_to_fix)),
        _measure("efficiency", "percent", "more", _share(before.handled_at_once), _share(now.handled_at_once)),
        _measure("it-productivity", "number", "more", _each(before), _each(now)),
        _measure("user-productivity", "number", "more", UNKNOWN, UNKNOWN),
        _measure("response", "percent", "more", share(*before.response), share(*now.response)),
        _measure("resolution", "percent", "more", share(*before.resolution), share(*now.resolution)),
        _measure("reopened", "percent", "less", _share(before.reopened), _share(now.reopened)),
        _measure("complaints", "number", "less", *complaints),
        _measure("opened", "number", "neither", count(before.opened), count(now.opened)),
        _measure("resolved", "number", "neither", count(before.resolved), count(now.resolved)),
        _measure("backlog", "number", "less", count(before.open_after), count(now.open_after)),
    )


def mix(before: Mapping[str, int], now: Mapping[str, int]) -> float | None:
    """By how many percentage points the shares of priorities differ: what would have to move from one to another."""
    was, is_ = sum(before.values()), sum(now.values())
    if not was or not is_:
        return None
    return 50 * sum(abs(before.get(p, 0) / was - now.get(p, 0) / is_) for p in sorted({*before, *now}))


def _measure(id: str, unit: str, better: Better, before: Figure, now: Figure) -> Measure:
    return Measure(id, unit, better, before, now, verdict(before, now, better), QUOTED.get(id, ""))  # type: ignore[arg-type]


def _share(counts: tuple[int, int] | None) -> Figure:
    return share(*counts) if counts else UNKNOWN


def _each(counted: Counted) -> Figure:
    """Tickets resolved for each person who resolved any; who took part otherwise is not known."""
    return count(counted.resolved, counted.resolvers) if counted.resolvers else UNKNOWN
