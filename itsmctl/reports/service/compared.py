"""A period against an earlier one in words: what changed, what chance would allow, and what must not be concluded."""

from __future__ import annotations

from itsmctl.delivery.period import Period
from itsmctl.delivery.quality import MINIMUM, Comparison, Figure, Measure
from itsmctl.language import Language, month_text, msg, number_text, points_text, tr, unit_text
from itsmctl.reports.outlines import Look, Part, Table

MEASURES = {
    "down-time": msg("Down time, by the register of availability"),
    "time-to-fix": msg("Time to find and fix an incident (half take longer)"),
    "efficiency": msg("Incidents handled without being passed on"),
    "it-productivity": msg("Tickets resolved per person who resolved any"),
    "user-productivity": msg("Productivity of users"),
    "response": msg("Response in time"),
    "resolution": msg("Resolution in time"),
    "reopened": msg("Incidents reopened"),
    "complaints": msg("Complaints received"),
    "opened": msg("Tickets opened"),
    "resolved": msg("Tickets resolved"),
    "backlog": msg("Tickets open at the end"),
}
SAID = {
    "better": msg("clearly better"),
    "worse": msg("clearly worse"),
    "chance": msg("may be chance"),
    "few": msg("too few to compare"),
    "unknown": msg("not in these data"),
}
_LOOKS: dict[str, Look] = {"better": "good", "worse": "bad", "unknown": "open", "few": "open"}
_MIX = 10
"""Percentage points of the mix of priorities from which the populations are said to differ."""


def compared(comparison: Comparison | None, period: Period, language: Language) -> Part | None:
    """The part of the report about the comparison, if there is one."""
    if comparison is None:
        return None
    before, now = (period_name(one, language) for one in (comparison.period, period))
    head = (
        tr("Measure", language),
        before,
        now,
        tr("difference", language),
        tr("what it says", language),
        tr("quoted by others", language),
    )
    rows = tuple(
        (
            tr(MEASURES[one.id], language), figure_text(one.before, one.unit, language), figure_text(one.now, one.unit, language),
            change_text(one, language), tr(SAID[one.clear], language), one.quoted or "–",
        )
        for one in comparison.measures
    )  # fmt: skip
    looks = tuple(_LOOKS.get(one.clear, "") for one in comparison.measures)
    return Part(
        tr("{now} against {before}", language, now=now, before=before),
        "comparison",
        tables=(Table(head, rows, (1, 2, 3), looks),),
        parts=(Part(tr("Before you conclude anything", language), points=_caveats(comparison, period, language)),),
    )


def period_name(period: Period, language: Language) -> str:
    """The period as people call it."""
    first, slash, last = period.name.partition("/")
    if slash:
        return tr("{first} to {last}", language, first=first, last=last)
    if half := period.name[4:].partition("-H")[2]:
        return tr("H{n} {year}", language, n=half, year=period.name[:4])
    year, quarter, number = period.name.partition("-Q")
    return tr("Q{n} {year}", language, n=number, year=year) if quarter else month_text(period.name, language)


def figure_text(figure: Figure, unit: str, language: Language) -> str:
    """The value with what chance would allow, and how many tickets it rests on."""
    if figure.value is None:
        return "–"
    counted = unit == "number" and figure.value == figure.n  # tickets themselves, not so many for each person
    whole = counted or unit == "minutes"
    text = unit_text(_number(figure.value, whole=whole), unit, language)
    if figure.low is None or figure.high is None:
        return text
    low, high = (_number(bound, whole=whole) for bound in (figure.low, figure.high))
    return f"{text} ({low}–{high})" if counted else f"{text} ({low}–{high}; n={number_text(figure.n)})"


def _number(value: float, *, whole: bool) -> str:
    return number_text(round(value)) if whole else f"{value:,.1f}"


def change_text(measure: Measure, language: Language) -> str:
    """The change in per cent, or in points where the value is a share."""
    before, now = measure.before.value, measure.now.value
    if measure.change is None or before is None or now is None:
        return "–"
    if measure.unit == "percent":
        return tr("{n} points", language, n=points_text(now, before))
    sign = "+" if measure.change > 0 else "−" if measure.change < 0 else "±"
    return f"{sign}{abs(measure.change):.1f}%"


def _caveats(comparison: Comparison, period: Period, language: Language) -> tuple[str, ...]:
    """What must be known before anything is concluded."""
    points = [
        tr("In brackets: what chance alone would allow at 95%, and the number of tickets. Clearly better or worse is only what has no common value there; fewer than {n} tickets are not compared.", language, n=MINIMUM),
        tr("Before and after is no proof of a cause: whatever else changed at the time is in the difference too.", language),
        tr("Quoted by others: changes that presentations ascribe to IDC, without a source or a method. They are shown to compare with; they promise nothing.", language),
        tr("The productivity of users is not in tickets; ask them in a survey.", language),
    ]  # fmt: skip
    if comparison.mix is not None and comparison.mix >= _MIX:
        points.append(tr("The mix of priorities differs by {n} percentage points, so that other work was compared.", language, n=round(comparison.mix)))  # fmt: skip
    if comparison.period.days != period.days:
        points.append(tr("The periods have {before} and {now} days: compare shares and times, not numbers.", language, before=comparison.period.days, now=period.days))  # fmt: skip
    if not comparison.covered:
        points.append(tr("The export does not reach over the whole earlier period: what it lacks is not in the figures.", language))  # fmt: skip
    return tuple(points)
