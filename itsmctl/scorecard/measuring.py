"""Every indicator of a management system, computed over its periods from what there is to compute it from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from itsmctl import model
from itsmctl.assessment.shown import Shown
from itsmctl.definitions.lint.system import System
from itsmctl.model import Definitions, Kpi
from itsmctl.scorecard import kept
from itsmctl.scorecard import tickets as over_tickets
from itsmctl.scorecard.figures import Figure, Indicator, Tally, figure_of
from itsmctl.scorecard.periods import SETTLING, Span, spans_until
from itsmctl.scorecard.tickets import Tickets, Told
from itsmctl.zones import local_day

SECONDS: Mapping[str, float] = {"hours": 3600.0, "days": 86400.0}
NO_TICKETS = "no-tickets"
ATTESTED = "attested"


@dataclass(frozen=True)
class Sources:
    """What indicators are computed from, as it stood at the end of `day` in `zone`."""

    definitions: Definitions
    day: date
    zone: str = "UTC"
    tickets: Tickets | None = None
    system: Callable[[], System] | None = None
    """Reads the definitions as files, for the few figures that need it."""
    shown: Callable[[], Shown] = Shown


@dataclass(frozen=True)
class Scorecard:
    """The indicators of a management system, in the order of their definitions."""

    day: date
    zone: str
    indicators: tuple[Indicator, ...]
    first_day: date | None
    """When the first ticket was opened; None where no tickets were looked at."""
    of_example: bool
    """Whether registers, surveys and holders are those of the example company."""

    def of_position(self, position: model.Position) -> tuple[Indicator, ...]:
        """What a position is measured by: the indicators that it answers for, and those that its description names."""
        return tuple(i for i in self.indicators if i.kpi.position == position.id or i.kpi.id in position.kpis)


def measure(sources: Sources, kpis: Sequence[Kpi], periods: int) -> Scorecard:
    """Compute indicators over so many periods, the last of them the one in which the day lies, and one more if that still runs."""
    found = tuple(_indicator(sources, kpi, periods) for kpi in kpis)
    first = sources.tickets.first_day if sources.tickets else None
    return Scorecard(sources.day, sources.zone, found, first, sources.definitions.is_reference)


def _indicator(sources: Sources, kpi: Kpi, periods: int) -> Indicator:
    spans = spans_until(kpi.period, sources.day, periods)
    if spans[-1].end > sources.day:
        spans = spans_until(kpi.period, sources.day, periods + 1)
    first = sources.tickets.first_day if sources.tickets and of_tickets(kpi) else None
    spans = tuple(span for span in spans if first is None or span.end >= first)
    last = _last_day(sources) if of_tickets(kpi) else None
    told = _told(sources, kpi, spans) if spans else NO_TICKETS
    if isinstance(told, str):
        return Indicator(kpi, (), told)
    return Indicator(kpi, tuple(_figure(kpi, span, told, sources.day, first, last) for span in spans if span in told))


def _figure(
    kpi: Kpi, span: Span, told: Mapping[Span, Tally], day: date, first: date | None, last: date | None
) -> Figure:
    begun = first is None or first <= span.start + SETTLING
    over = span.end <= day and (last is None or last + SETTLING >= span.end)
    return figure_of(kpi, span, told[span], begun and over)


def _last_day(sources: Sources) -> date | None:
    """The day after which the export tells nothing."""
    last = sources.tickets.last_moment if sources.tickets else None
    return None if last is None else local_day(last, sources.zone)


def of_tickets(kpi: Kpi) -> bool:
    """Whether an indicator is computed from tickets."""
    return isinstance(kpi.measure, model.RuleShare | model.ClockShare | model.RecordFigure)


def _told(sources: Sources, kpi: Kpi, spans: Sequence[Span]) -> Told:
    definitions, day, measure_ = sources.definitions, sources.day, kpi.measure
    match measure_:
        case model.RuleShare() | model.ClockShare() | model.RecordFigure():
            return _told_by_tickets(sources.tickets, kpi, spans) if sources.tickets else NO_TICKETS
        case model.RegisterFigure():
            return kept.register_told(definitions, measure_, spans, day, sources.zone)
        case model.SurveyFigure():
            return kept.survey_told(definitions.surveys[measure_.survey], measure_.figure, spans)
        case model.DefinitionShare():
            return kept.definitions_told(definitions, sources.system, measure_.figure, spans, day)
        case model.MaturityLevel():
            return kept.maturity_told(definitions, measure_.of, kpi.process, spans, day, sources.shown())
        case model.Attested():
            return ATTESTED
        case _:
            assert_never(measure_)


def _told_by_tickets(tickets: Tickets, kpi: Kpi, spans: Sequence[Span]) -> Told:
    match kpi.measure:
        case model.RuleShare():
            return over_tickets.rules_told(tickets, kpi.measure, spans)
        case model.ClockShare():
            return over_tickets.clock_told(tickets, kpi.measure, spans)
        case model.RecordFigure():
            return over_tickets.records_told(tickets, kpi.measure, spans, SECONDS.get(kpi.unit, 1.0))
        case _:
            return NO_TICKETS
