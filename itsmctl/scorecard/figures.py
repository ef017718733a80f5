"""What an indicator came to in one period, what that stands for, and where it is going."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from itsmctl.model import Kpi
from itsmctl.scorecard.comparing import Proportion, share_change
from itsmctl.scorecard.periods import Span

Standing = Literal["reached", "missed", "alarm", "uncertain", "few", "none"]
"""At its target; short of it; beyond its alarm; at its target only if what is unknown is good; too few to tell; nothing there."""
Trend = Literal["better", "worse", "steady", ""]


@dataclass(frozen=True)
class Tally:
    """What was counted in one period. Of `n`, `hits` meet the condition, and of `unknown` nobody can tell.

    `value` is set where the figure is more than hits of n: a mean, median or ratio of what is known, or a share of the
    answers that `n` people gave, several each.
    """

    n: int
    hits: int = 0
    unknown: int = 0
    value: float | None = None


NOTHING = Tally(0)


@dataclass(frozen=True)
class Figure:
    """An indicator in one period; without a `value` its standing says why.

    Where something is unknown, `value` takes it for bad, and `best` says what it would be if all of that were good.
    """

    span: Span
    value: float | None
    best: float | None
    tally: Tally
    complete: bool
    """Whether the data reach over the whole period."""
    standing: Standing


@dataclass(frozen=True)
class Indicator:
    """An indicator over its periods, oldest first."""

    kpi: Kpi
    figures: tuple[Figure, ...]
    untold: str = ""
    """Why nothing could be computed, as a code such as `no-tickets`; '' where something could."""

    @property
    def now(self) -> Figure | None:
        """The last whole period; the one that still runs, or of which a part is missing, where that says nothing."""
        whole = [figure for figure in self.figures if figure.complete]
        last = self.figures[-1] if self.figures else None
        if whole and not (whole[-1].standing == "none" and last and last.value is not None):
            return whole[-1]
        return last

    @property
    def before(self) -> Figure | None:
        """The last period with a value before the present one."""
        earlier = [f for f in self.figures if self.now and f.span.end < self.now.span.start and f.value is not None]
        return earlier[-1] if earlier else None

    @property
    def trend(self) -> Trend:
        """Better or worse than the period before; of shares only what is more than chance, all else is steady."""
        now, before = self.now, self.before
        if now is None or before is None or now.value is None or before.value is None:
            return ""
        if is_share(self.kpi) and now.tally.n and before.tally.n:
            then, here = (Proportion(_taken(self.kpi, f.tally), f.tally.n) for f in (before, now))
            change = share_change(then, here)
            if change is None or not change.clear:
                return "steady"
        gain = _badness(self.kpi, before.value) - _badness(self.kpi, now.value)
        return "better" if gain > 0 else "worse" if gain < 0 else "steady"


def is_share(kpi: Kpi) -> bool:
    """Whether its figure is so many of so many."""
    figure = getattr(kpi.measure, "figure", "share")
    return kpi.unit == "percent" and figure != "ratio"


def _is_count(kpi: Kpi) -> bool:
    return getattr(kpi.measure, "figure", "") == "count"


def figure_of(kpi: Kpi, span: Span, tally: Tally, complete: bool) -> Figure:
    """The figure of a period: what is unknown counts as bad, and fewer than the minimum are no figure."""
    counted = _is_count(kpi)
    if is_share(kpi) and tally.value is None:
        value, best = _share_bounds(kpi, tally)
    elif counted:
        value, best = _bounds(kpi, float(tally.hits), float(tally.hits + tally.unknown))
    else:
        value, best = tally.value, tally.value
    if value is None or (tally.n == 0 and not counted):
        return Figure(span, None, None, tally, complete, "none")
    if tally.n < kpi.minimum and not counted:
        return Figure(span, None, None, tally, complete, "few")
    return Figure(span, value, best, tally, complete, _standing(kpi, value, best, tally))


def _share_bounds(kpi: Kpi, tally: Tally) -> tuple[float | None, float | None]:
    if not tally.n:
        return None, None
    return _bounds(kpi, *(100 * hits / tally.n for hits in (tally.hits, tally.hits + tally.unknown)))


def _bounds(kpi: Kpi, low: float, high: float) -> tuple[float, float]:
    """The worse end of what a figure may be, and the best that it may be."""
    match kpi.direction:
        case "higher":
            return low, high
        case "lower":
            return high, low
        case "between":
            return sorted((low, high), key=lambda value: (-_distance(kpi, value), value))[0], _nearest(kpi, low, high)


def _nearest(kpi: Kpi, low: float, high: float) -> float:
    """The value from low to high that lies best in the band."""
    least, most = kpi.target.at_least, kpi.target.at_most
    wanted = low if least is None else max(low, least)
    return min(wanted, high) if most is None else min(wanted, high, max(most, low))


def _taken(kpi: Kpi, tally: Tally) -> int:
    """The hits with what is unknown taken for bad."""
    value, _ = _share_bounds(kpi, tally)
    return tally.hits if value is None or value * tally.n <= 100 * tally.hits else tally.hits + tally.unknown


def _standing(kpi: Kpi, value: float, best: float | None, tally: Tally) -> Standing:
    if _distance(kpi, value) == 0:
        bounded = is_share(kpi) or _is_count(kpi) or (best is not None and best != value)
        return "uncertain" if tally.unknown and not bounded else "reached"
    if best is not None and _distance(kpi, best) == 0:
        return "uncertain"
    if kpi.alarm is None or kpi.direction == "between":
        return "alarm"
    beyond = value < kpi.alarm if kpi.direction == "higher" else value > kpi.alarm
    return "alarm" if beyond else "missed"


def _badness(kpi: Kpi, value: float) -> float:
    """What grows as a value gets worse: also beyond the target, where there is only one good direction."""
    match kpi.direction:
        case "higher":
            return -value
        case "lower":
            return value
        case "between":
            return _distance(kpi, value)


def _distance(kpi: Kpi, value: float) -> float:
    """How far a value lies from its target, on the bad side: 0 at the target and beyond."""
    least, most = kpi.target.at_least, kpi.target.at_most
    if least is not None and value < least:
        return least - value
    return value - most if most is not None and value > most else 0.0
