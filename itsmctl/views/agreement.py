"""An agreement: what is promised, in which hours, when its clocks run, and what that means on a working day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from itsmctl.language import STATES, Language, column_text, local, moment_text, msg, state_text, tr, zone_of
from itsmctl.model import DEFAULT_POLICY, Agreement, Calendar, ClockDefinition, Definitions, PauseLimit, Target
from itsmctl.reports.called import conditions_text
from itsmctl.views.page import Facts, Grid, Page, Section
from itsmctl.views.wording import (
    WEEKDAYS,
    called,
    day_text,
    listed,
    percent_of,
    period_text,
    review_text,
    sentences,
    target_text,
    workload_text,
)
from itsmctl.worktime import duration_text, measure
from itsmctl.zones import midnight

ROLES = {"pause": msg("Pauses in"), "stop": msg("Stops in"), "cancel": msg("Is cancelled in")}


def page(definitions: Definitions, agreement: Agreement, language: Language) -> Page:
    """The page of an agreement."""
    covered = listed(definitions.services, agreement.services, language) or tr("every service", language)
    return Page(
        title=f"{agreement.title.in_(language)} · {agreement.id}",
        subtitle=tr("service level agreement", language) + " · " + period_text(agreement.effective, language),
        blocks=(
            Facts(
                (
                    (tr("Services", language), covered),
                    (tr("Customers", language), tr(", ", language).join(agreement.customers)),
                    (tr("Service hours", language), called(definitions.calendars, agreement.calendar, language)),
                    (tr("Availability agreed", language), percent_of(agreement.availability)),
                    (tr("Workload limit", language), workload_text(agreement.workload_limit, language)),
                    (tr("Reporting", language), agreement.reporting.in_(language)),
                    (tr("Agreed on", language), day_text(agreement.agreed_on)),
                    (tr("Agreed for us by", language), _provider(definitions, agreement, language)),
                    (tr("Review", language), review_text(agreement, language)),
                )
            ),
        ),
        sections=(
            *(_clock(definitions, agreement, clock, language) for clock in agreement.clocks.values()),
            Section(tr("Exceptions", language), (sentences(agreement.exceptions, language),)),
        ),
        source=str(agreement.where),
    )


def _provider(definitions: Definitions, agreement: Agreement, language: Language) -> str:
    return called(definitions.roles, agreement.agreed_provider, language) if agreement.agreed_provider else ""


def _clock(definitions: Definitions, agreement: Agreement, clock: ClockDefinition, language: Language) -> Section:
    columns = (tr("applies to", language), tr("within", language), tr("for example", language), tr("line", language))
    calendar = definitions.calendars[agreement.calendar]
    rows = tuple(
        (
            conditions_text(target.conditions, language),
            target_text(target, language),
            example(calendar, target, language),
            str(target.where.line),
        )
        for target in clock.targets
    )
    states = [
        (
            tr(told, language),
            tr(", ", language).join(_state(definitions, s, language) for s, r in clock.states.items() if r == role),
        )
        for role, told in ROLES.items()
    ]
    share = agreement.attainment.get(clock.name)
    facts = (
        (tr("Runs", language), tr("from {start} to {stop}", language, start=column_text(clock.starts_at, language), stop=column_text(clock.stops_at, language))),
        *states,
        *_own_ways(clock, language),
        (tr("Attainment agreed", language), f"{share:g}%" if share is not None else ""),
    )  # fmt: skip
    return Section(clock.title.in_(language), (Facts(facts), Grid(columns, rows)))


def _own_ways(clock: ClockDefinition, language: Language) -> tuple[tuple[str, str], ...]:
    """What the clock does beyond states and defaults: its conditions, its longest pauses, its switches."""
    parts = [f"{part.role}: {conditions_text(part.conditions, language)}" for part in clock.conditions]
    limits = [f"{name} ≤ {_limit_text(limit)}" for name, limit in sorted(clock.limits.items())]
    switches = [f"{switch.replace('_', '-')}: {value}" for switch, value in _switches(clock).items()]
    semicolon = tr("; ", language)
    return (
        (tr("Conditions", language), semicolon.join(parts)),
        (tr("Longest pauses", language), semicolon.join(limits)),
        (tr("Agreed otherwise", language), semicolon.join(switches)),
    )


def _switches(clock: ClockDefinition) -> Mapping[str, object]:
    """The switches that are not as they begin."""
    return {
        switch.name: getattr(clock.policy, switch.name)
        for switch in fields(clock.policy)
        if getattr(clock.policy, switch.name) != getattr(DEFAULT_POLICY, switch.name)
    }


def _limit_text(limit: PauseLimit) -> str:
    days = f"{limit.business_days}bd" if limit.business_days else ""
    return days + (duration_text(limit.seconds) if limit.seconds or not days else "")


def example(calendar: Calendar, target: Target, language: Language) -> str:
    """What a target means for a ticket opened on an ordinary afternoon before a weekend, in the calendar's zone."""
    opened = _friday_afternoon(calendar)
    seconds = target.seconds + target.business_days * calendar.day_minutes * 60
    deadline = measure(calendar, opened, opened, (), seconds).deadline
    zone = zone_of(calendar.zone)
    if deadline is None:
        return ""
    return f"{_named(opened, zone, language)} → {_named(deadline, zone, language)}"


def _named(moment: int, zone: ZoneInfo, language: Language) -> str:
    """A moment with its weekday, which is what makes an example understood."""
    return f"{WEEKDAYS[language][local(moment, zone).weekday()]} {moment_text(moment, zone)}"


def _friday_afternoon(calendar: Calendar) -> int:
    """16:00 on the first Friday of March of the last year whose special days are known, else of 2026."""
    year = max((day.year for day in calendar.special), default=2026)
    first = date(year, 3, 1)
    friday = first + timedelta(days=(4 - first.weekday()) % 7)
    return midnight(friday, calendar.zone) + 16 * 3600


def _state(definitions: Definitions, state: str, language: Language) -> str:
    """A state by its common name, which several processes give other names; one of a single process as that has it."""
    if state in STATES:
        return state_text(state, language)
    for process in definitions.processes.values():
        for known in process.states:
            if known.id == state:
                return known.title.in_(language)
    return state


def data(agreement: Agreement) -> Mapping[str, object]:
    """The agreement for a program: targets in seconds and business days of its calendar."""
    return {
        "id": agreement.id,
        "title": {"en": agreement.title.en, "zh": agreement.title.zh},
        "services": list(agreement.services),
        "customers": list(agreement.customers),
        "calendar": agreement.calendar,
        "clocks": [
            {
                "clock": clock.name,
                "starts_at": clock.starts_at,
                "stops_at": clock.stops_at,
                "states": dict(sorted(clock.states.items())),
                "conditions": [
                    {
                        "role": part.role,
                        "name": part.name,
                        "where": {c.column: {"test": c.test, "values": list(c.values)} for c in part.conditions},
                    }
                    for part in clock.conditions
                ],
                "limits": {name: _limit_text(limit) for name, limit in sorted(clock.limits.items())},
                "policy": _switches(clock),
                "targets": [
                    {
                        "where": {c.column: {"test": c.test, "values": list(c.values)} for c in target.conditions},
                        "seconds": target.seconds,
                        "business_days": target.business_days,
                        "source": str(target.where),
                    }
                    for target in clock.targets
                ],
                "attainment": agreement.attainment.get(clock.name),
            }
            for clock in agreement.clocks.values()
        ],
        "source": str(agreement.where),
    }
