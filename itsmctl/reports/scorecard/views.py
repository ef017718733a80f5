"""The views of a scorecard beside its indicators: each computed, and told as tables or as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from itsmctl.errors import ItsmctlError, Problem
from itsmctl.language import Language
from itsmctl.model.definition import months_after
from itsmctl.reports.scorecard import hand_overs, outside, principles
from itsmctl.reports.scorecard import organisation as inside
from itsmctl.reports.scorecard import view_data as data
from itsmctl.reports.scorecard.sheets import Sheet
from itsmctl.scorecard.benefits import benefits_of
from itsmctl.scorecard.handovers import gaps_of
from itsmctl.scorecard.measuring import Sources, measure
from itsmctl.scorecard.periods import Span, parse_span
from itsmctl.scorecard.positions import organisation
from itsmctl.scorecard.principles import principle_scores
from itsmctl.scorecard.suppliers import supplier_cards

Told = tuple[Callable[[Language], Sheet], dict[str, object]]
"""A view as tables in a language, and as data."""


@dataclass(frozen=True)
class Compared:
    """The two periods of benefits, as written; '' for those that follow from the moment."""

    before: str = ""
    after: str = ""


def told(view: str, sources: Sources, compared: Compared) -> Told:
    """Compute a view; raises ItsmctlError for what it cannot do without."""
    return VIEWS[view](sources, compared)


def _positions(sources: Sources, _: Compared) -> Told:
    found = organisation(sources)
    return lambda language: inside.positions(found, sources.definitions, language), data.positions(found)


def _principles(sources: Sources, _: Compared) -> Told:
    card = measure(sources, list(sources.definitions.kpis.values()), 1)
    shown = sources.shown().rules
    tested = None if shown is None else {rule.id: rule.outcome in ("pass", "fail") for rule in shown.values()}
    found = principle_scores(sources, card.indicators, tested)
    return lambda language: principles.sheet(found, language, sources.tickets is not None), data.principles(found)


def _hand_overs(sources: Sources, _: Compared) -> Told:
    found = gaps_of(sources)
    return lambda language: hand_overs.sheet(found, sources.definitions, language), data.hand_overs(found)


def _suppliers(sources: Sources, _: Compared) -> Told:
    since = months_after(sources.day, -12) + timedelta(1)
    found = supplier_cards(sources, since)
    return lambda language: outside.suppliers(found, since, sources.day, language), data.suppliers(found)


def _benefits(sources: Sources, compared: Compared) -> Told:
    if sources.tickets is None:
        raise ItsmctlError(Problem("no-tickets", "before and after are compared by tickets: --tickets"))
    if not (compared.before and compared.after):
        raise ItsmctlError(Problem("no-periods", "say what is compared: --before 2025-Q2 --period 2026-Q2"))
    spans: tuple[Span, Span] = (parse_span(compared.before), parse_span(compared.after))
    found = benefits_of(sources.tickets, *spans)
    return lambda language: outside.benefits(found, language), data.benefits(found)


VIEWS: Mapping[str, Callable[[Sources, Compared], Told]] = {
    "positions": _positions,
    "principles": _principles,
    "hand-overs": _hand_overs,
    "suppliers": _suppliers,
    "benefits": _benefits,
}
