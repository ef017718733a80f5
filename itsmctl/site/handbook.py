"""The service handbook: everything that a customer is handed, on one page that prints well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from itsmctl.language import Language, tr
from itsmctl.site.facts import Portal
from itsmctl.site.shapes import Place, Setter, Shape
from itsmctl.site.sheets import Picture, Sheet
from itsmctl.views.held import held_on
from itsmctl.views.page import Block, Grid
from itsmctl.views.wording import called, day_text, review_text


@dataclass(frozen=True)
class Entry:
    """What stands under one heading of a chapter."""

    id: str
    title: str
    told: str
    """What kind of thing it is."""
    shapes: tuple[Shape, ...]
    places: tuple[Place, ...] = ()
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class Chapter:
    """A chapter, and what it is about."""

    id: str
    title: str
    about: str
    entries: tuple[Entry, ...]
    shapes: tuple[Shape, ...] = ()
    """What stands in the chapter itself, where it has no entries."""


def chapters(put: Setter, portal: Portal, sheets: Sequence[Sheet], language: Language) -> tuple[Chapter, ...]:
    """The chapters that have anything to say."""
    return tuple(one for one in _chapters(put, portal, sheets, language) if one.entries or one.shapes)


def _chapters(put: Setter, portal: Portal, sheets: Sequence[Sheet], language: Language) -> Iterator[Chapter]:
    offered = [sheet for sheet in sheets if _is_offered(portal, sheet)]
    yield Chapter(
        "services",
        tr("Our services", language),
        tr("What each service is, whom it is for, how to ask for it, and what is promised.", language),
        tuple(_whole(put, sheet, "service", sections=3) for sheet in offered),
    )
    yield Chapter(
        "hours",
        tr("Service hours", language),
        tr(
            "When the clock of a promise runs. Holidays and make-up working days are those published by the state.",
            language,
        ),
        tuple(_whole(put, sheet, "calendar", sections=1) for sheet in sheets if sheet.kind == "calendar"),
    )
    yield Chapter(
        "processes",
        tr("How we work", language),
        tr("What happens to a ticket, step by step, and who does it.", language),
        tuple(_whole(put, sheet, "process", sections=0, pictures=1) for sheet in sheets if sheet.kind == "process"),
    )
    yield Chapter(
        "people",
        tr("Who answers for what", language),
        tr("The positions of the service organisation, and the people who hold them.", language),
        (),
        put.shapes((_positions(portal, language),)),
    )
    yield Chapter(
        "policies",
        tr("What we keep to", language),
        tr("The policies behind all of this, with who approved them.", language),
        (),
        put.shapes((_policies(portal, language),)),
    )


def _is_offered(portal: Portal, sheet: Sheet) -> bool:
    """Whether a page tells users of a service that they have or will have."""
    if sheet.kind != "service" or not sheet.path.startswith("service/"):
        return False
    service = portal.definitions.services[sheet.id]
    return service.type == "business" and service.stage != "retired"


def _whole(put: Setter, sheet: Sheet, kind: str, sections: int | None = None, pictures: int | None = None) -> Entry:
    """A page as an entry, with its first sections and drawings."""
    places = put.places(sheet.page)[:sections]
    return Entry(
        f"{kind}-{sheet.id}",
        sheet.title,
        sheet.page.subtitle,
        put.shapes(sheet.page.blocks),
        places,
        sheet.pictures[:pictures],
    )


def _positions(portal: Portal, language: Language) -> Block:
    definitions = portal.definitions
    held = held_on(definitions, portal.day)
    heads = (tr("position", language), tr("held by", language), tr("roles", language))
    rows = tuple(
        (
            called(definitions.positions, one.id, language),
            tr(", ", language).join(dict.fromkeys(t.person for t in held if t.position == one.id)),
            tr(", ", language).join(called(definitions.roles, role, language) for role in one.roles),
        )
        for one in definitions.positions.values()
    )
    return Grid(heads, rows)


def _policies(portal: Portal, language: Language) -> Block:
    definitions = portal.definitions
    heads = (
        tr("policy", language),
        tr("version", language),
        tr("approved", language),
        tr("approved by", language),
        tr("review", language),
    )
    rows = tuple(
        (
            called(definitions.policies, one.id, language),
            one.version,
            day_text(one.approved),
            called(definitions.roles, one.approver, language),
            review_text(one, language),
        )
        for one in definitions.policies.values()
    )
    return Grid(heads, rows)
