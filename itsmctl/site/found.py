"""What an audit found, beside the services and rules that it judged."""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl.evidence.reading import JudgedClock, JudgedRule
from itsmctl.language import (
    Language,
    clock_order,
    clock_text,
    month_text,
    number_text,
    outcome_text,
    reached_text,
    reason_text,
    tr,
)
from itsmctl.model import Service
from itsmctl.reports.tally import SYMBOLS, told_outcome
from itsmctl.site.facts import Portal
from itsmctl.views.page import Facts, Grid, Section, Words
from itsmctl.views.service import Audience

MONTHS = 12
"""The last months that the page of a service shows."""


def found_section(portal: Portal, kind: str, id_: str, language: Language, audience: Audience) -> Iterator[Section]:
    """What tickets show of a service or a rule; nothing where no audit was named, or it judged nothing of it.

    How the legs of a promise fared is nothing for those to whom it was made.
    """
    if portal.judged is None:
        return
    rows: tuple[tuple[str, ...], ...] = ()
    if kind == "service":
        clocks = promised_of(portal, id_) if audience == "users" else clocks_of(portal, id_)
        rows = _attained(portal, id_, clocks, language)
    if rows:
        heads = (
            tr("clock", language),
            tr("month", language),
            tr("judged", language),
            tr("met", language),
            tr("agreed", language),
        )
        yield Section(tr("What tickets show", language), (Words(_when(portal, language)), Grid(heads, rows)))
    judged = rule_found(portal, id_) if kind == "rule" else None
    if judged:
        yield Section(
            tr("What tickets show", language), (Words(_when(portal, language)), _counts(portal, judged, language))
        )


def rule_found(portal: Portal, rule: str) -> JudgedRule | None:
    """What became of a rule, among those that were judged."""
    if portal.judged is None:
        return None
    return next((one for one in (*portal.judged.rules, *portal.judged.enquiries) if one.id == rule), None)


def verdict_text(portal: Portal, judged: JudgedRule, language: Language) -> str:
    """✕ fails; what an enquiry finds is to ask about."""
    told = told_outcome(portal.definitions.rules[judged.id], judged.outcome)
    return f"{SYMBOLS[told]} {outcome_text(told, language)}"


def attainment_of(portal: Portal, service: str, clock: str) -> tuple[int, int, int]:
    """(met, judged, not testable) of a clock over all months."""
    some = [one for one in _of(portal, service) if one.clock == clock]
    return sum(one.met for one in some), sum(one.judged for one in some), sum(one.not_testable for one in some)


def clocks_of(portal: Portal, service: str) -> tuple[str, ...]:
    """The clocks that were judged of a service, those promised to its customers first."""
    return tuple(sorted({one.clock for one in _of(portal, service)}, key=clock_order))


def promised_of(portal: Portal, service: str) -> tuple[str, ...]:
    """Those of them that are promised to customers, without the legs that support them."""
    legs = portal.definitions.leg_names()
    return tuple(clock for clock in clocks_of(portal, service) if clock not in legs)


def _of(portal: Portal, service: str) -> tuple[JudgedClock, ...]:
    """By its id, or by a name that the tickets gave it."""
    known = portal.definitions.services.get(service)
    names = {service, *(known.also_called if isinstance(known, Service) else ())}
    return tuple(one for one in portal.judged.clocks if one.service in names) if portal.judged else ()


def _attained(portal: Portal, service: str, clocks: tuple[str, ...], language: Language) -> tuple[tuple[str, ...], ...]:
    found, legs = [], portal.definitions.leg_names()
    for clock in clocks:
        months = sorted((one for one in _of(portal, service) if one.clock == clock), key=lambda one: one.month)
        found += [
            (
                legs[clock].in_(language) if clock in legs else clock_text(clock, language),
                month_text(one.month, language),
                number_text(one.judged),
                reached_text(one.met, one.judged, one.not_testable),
                f"{one.agreed:g}%" if one.agreed is not None else "",
            )
            for one in months[-MONTHS:]
        ]
    return tuple(found)


def _counts(portal: Portal, judged: JudgedRule, language: Language) -> Facts:
    counts = judged.counts
    return Facts(
        (
            (tr("Outcome", language), verdict_text(portal, judged, language)),
            (tr("In scope", language), number_text(counts["in_scope"])),
            (tr("Passed", language), number_text(counts["passed"])),
            (tr("Failed", language), number_text(counts["failed"])),
            (tr("Not testable", language), number_text(counts["not_testable"])),
            (tr("Waived", language), number_text(counts["waived"])),
            (tr("Why", language), reason_text(judged.why, language) if judged.why else ""),
        )
    )


def _when(portal: Portal, language: Language) -> str:
    judged = portal.judged
    if judged is None:
        return ""
    number = number_text(judged.records)
    return tr("As judged on {day}, from {n} records.", language, day=judged.as_of.date(), n=number)
