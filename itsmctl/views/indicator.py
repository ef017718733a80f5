"""An indicator: what it is computed from, what it is to reach, and who answers for it."""

from __future__ import annotations

from itsmctl.language import Language, msg, tr
from itsmctl.model import Definitions, Kpi
from itsmctl.views.page import Facts, Page, Points, Section, Words
from itsmctl.views.wording import called

TYPES = {"goal": msg("goal indicator (KGI)"), "process": msg("process indicator (KPI)")}
QUADRANTS = {
    "customer": msg("customer"),
    "finance": msg("finance"),
    "learning": msg("learning and growth"),
    "operation": msg("internal operation"),
}
PERIODS = {
    "month": msg("every month"),
    "quarter": msg("every quarter"),
    "half-year": msg("every half-year"),
    "year": msg("every year"),
}
UNITS = {"percent": "%", "hours": " h", "days": " d", "count": "", "points": "", "level": ""}


def page(definitions: Definitions, kpi: Kpi, language: Language) -> Page:
    """The page of an indicator."""
    facts = (
        (tr("Target", language), target(kpi)),
        (tr("Alarm", language), _value(kpi, kpi.alarm)),
        (tr("Measured", language), tr(PERIODS[kpi.period], language)),
        (tr("Least number", language), str(kpi.minimum) if kpi.minimum else ""),
        (tr("Quadrant", language), tr(QUADRANTS[kpi.quadrant], language)),
        (tr("Process", language), called(definitions.processes, kpi.process, language) if kpi.process else ""),
        (tr("Answered for by", language), called(definitions.positions, kpi.position, language)),
    )
    below = (called(definitions.kpis, k.id, language) for k in definitions.kpis.values() if kpi.id in k.supports)
    return Page(
        title=f"{kpi.title.in_(language)} · {kpi.id}",
        subtitle=tr(TYPES[kpi.type], language),
        blocks=(Words(kpi.definition.in_(language)), Facts(facts)),
        sections=(
            Section(tr("Supports the goals", language), (Points(tuple(called(definitions.kpis, k, language) for k in kpi.supports)),)),
            Section(tr("Supported by", language), (Points(tuple(below)),)),
        ),
        source=str(kpi.where),
    )  # fmt: skip


def target(kpi: Kpi) -> str:
    """≥ 95%, ≤ 8 h, 60–80%."""
    least, most = kpi.target.at_least, kpi.target.at_most
    if least is not None and most is not None:
        return f"{least:g}–{_value(kpi, most)}"
    return f"≥ {_value(kpi, least)}" if least is not None else f"≤ {_value(kpi, most)}"


def _value(kpi: Kpi, number: float | None) -> str:
    return "" if number is None else f"{number:g}{UNITS[kpi.unit]}"
