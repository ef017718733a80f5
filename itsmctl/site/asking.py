"""What people come for: everything that may be asked for, and where help is, of all services on one page."""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl.language import Language, tr
from itsmctl.model import Definitions, Service
from itsmctl.views.page import Grid, Page, Section
from itsmctl.views.wording import called, target_text
from itsmctl.worktime import parse_duration


def page(definitions: Definitions, language: Language) -> Page:
    """The requests and the help of every live service for the business, by title."""
    live = sorted(
        (s for s in definitions.services.values() if s.type == "business" and s.stage == "live"),
        key=lambda s: (s.title.in_(language), s.id),
    )
    heads = (
        tr("request", language),
        tr("service", language),
        tr("for whom", language),
        tr("within", language),
        tr("approved by", language),
    )
    requests = tuple(row for service in live for row in _requests(definitions, service, language))
    return Page(
        title=tr("Order something or get help", language),
        subtitle="",
        blocks=(),
        sections=(
            Section(tr("Get help", language), (_help(definitions, live, language),)),
            Section(tr("Order something", language), (Grid(heads, requests),)),
        ),
        source="",
    )


def _requests(definitions: Definitions, service: Service, language: Language) -> Iterator[tuple[str, ...]]:
    for one in service.requests:
        yield (
            one.title.in_(language),
            called(definitions.services, service.id, language),
            one.entitled.in_(language),
            target_text(parse_duration(one.within), language) if one.within else "",
            called(definitions.roles, one.approval, language) if one.approval else "–",
        )


def _help(definitions: Definitions, live: list[Service], language: Language) -> Grid:
    rows = tuple(
        (
            called(definitions.services, one.id, language),
            one.for_users.get_help.in_(language),
            called(definitions.calendars, one.hours, language),
        )
        for one in live
        if one.for_users.get_help.in_(language)
    )
    return Grid((tr("service", language), tr("Getting help", language), tr("hours", language)), rows)
