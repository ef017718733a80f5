"""The pages of one language as text: templates filled in, and the drawings beside them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from itsmctl.language import Language, severity_text, tr
from itsmctl.reports import pages
from itsmctl.reports.tally import told_outcome
from itsmctl.site import asking
from itsmctl.site.addresses import Addresses, Target, anchor, way
from itsmctl.site.catalogue import components, offers
from itsmctl.site.facts import Portal
from itsmctl.site.found import rule_found, verdict_text
from itsmctl.site.frame import ALL, ASKING, HANDBOOK, HOME, SEARCH, TECHNICIANS, Frame, frame, part_path
from itsmctl.site.handbook import chapters
from itsmctl.site.parts import PART_OF, PARTS, PLURALS, Part
from itsmctl.site.shapes import Place, Setter
from itsmctl.site.sheets import Sheet, last_change
from itsmctl.views.held import held_on


@dataclass(frozen=True)
class Writer:
    """Fills in the pages of a language."""

    portal: Portal
    known: Addresses
    sheets: Sequence[Sheet]
    language: Language
    present: Collection[str]

    def frame(self, here: str, part: str = "", above: Part | None = None) -> Frame:
        """What stands around the page at `here`."""
        return frame(self.portal, here, self.language, self.present, part=part, above=above)

    def setter(self, here: str) -> Setter:
        """Sets texts with links that are right at `here`."""
        return Setter(here, self.known)

    def page(
        self, form: str, here: str, part: str = "", above: Part | None = None, **values: object
    ) -> tuple[str, str]:
        """A page: its path, and its text."""
        put = self.setter(here)
        text = pages.page(
            f"site/{form}.html.j2",
            self.language,
            frame=self.frame(here, part, above),
            link=put.markup,
            known=self.known,
            to=lambda path: way(here, path),
            **values,
        )
        return here, text

    def of_kind(self, kind: str) -> tuple[Sheet, ...]:
        """The pages of a kind; of a service, the one for its users."""
        return tuple(one for one in self.sheets if one.kind == kind and not one.path.startswith("technicians/"))


def language_pages(
    portal: Portal, known: Addresses, sheets: Sequence[Sheet], language: Language
) -> Iterator[tuple[str, str]]:
    """Every page and drawing of a language: its path from the top of the language, and its text."""
    present = {PART_OF[sheet.kind].id for sheet in sheets}
    writer = Writer(portal, known, sheets, language, present)
    yield _home(writer)
    for part in PARTS:
        if part.id in present:
            yield _services(writer) if part.id == "services" else _part(writer, part)
    if "services" in present:
        yield _technicians(writer)
    if asked := _asked_for(writer):
        yield writer.page("asking", ASKING, "services", PART_OF["service"], places=asked)
    for sheet in sheets:
        yield _sheet(writer, sheet)
    yield writer.page(
        "handbook", HANDBOOK, "handbook", chapters=chapters(writer.setter(HANDBOOK), portal, sheets, language)
    )
    yield writer.page("search", SEARCH)
    yield writer.page("all", ALL, groups=_groups(writer, tuple(PART_OF)))
    pictures = [picture for sheet in sheets for picture in sheet.pictures]
    narrow = [picture.narrow for picture in pictures if picture.narrow]
    drawings = {picture.path: picture.svg for picture in (*pictures, *narrow)}
    yield from sorted(drawings.items())


def _asked_for(writer: Writer) -> tuple[Place, ...]:
    """What may be asked for and where help is; nothing where no service says."""
    return writer.setter(ASKING).places(asking.page(writer.portal.definitions, writer.language))


def _tasks(writer: Writer) -> list[tuple[str, str]]:
    """What people come for most: (words, where that is); only what there is."""
    found = [(place.title, f"{ASKING}#{place.id}") for place in _asked_for(writer)]
    wanted = (
        ("calendar", tr("When are we there?", writer.language)),
        ("position", tr("Who answers for what?", writer.language)),
    )
    return found + [
        (told, f"{part_path(PART_OF[kind])}#{anchor(kind)}") for kind, told in wanted if writer.of_kind(kind)
    ]


def _home(writer: Writer) -> tuple[str, str]:
    counts = {kind: len(writer.of_kind(kind)) for kind in PART_OF}
    parts = [(part, part_path(part)) for part in PARTS if part.id in writer.present]
    told = [
        (counts[kind], tr(PLURALS[kind], writer.language)) for kind in ("service", "sla", "process", "policy", "rule")
    ]
    return writer.page(
        "home",
        HOME,
        parts=parts,
        tasks=_tasks(writer),
        counts=[(n, name) for n, name in told if n],
        offers=offers(writer.portal, writer.language),
        technicians=TECHNICIANS if "services" in writer.present else "",
        path_of=lambda service: writer.known.pages["service", service].path,
    )


def _services(writer: Writer) -> tuple[str, str]:
    return writer.page(
        "services",
        "services.html",
        "services",
        offers=offers(writer.portal, writer.language),
        technicians=TECHNICIANS,
        asking=ASKING if _asked_for(writer) else "",
        path_of=lambda service: writer.known.pages["service", service].path,
    )


def _technicians(writer: Writer) -> tuple[str, str]:
    here = TECHNICIANS
    inside = replace(writer, known=for_technicians(writer.known))
    return inside.page(
        "technicians",
        here,
        "services",
        components=components(writer.portal, writer.language),
        path_of=lambda service: inside.known.pages["service", service].path,
    )


def for_technicians(known: Addresses) -> Addresses:
    """The addresses as pages for technicians use them: a service is its page for technicians."""
    moved = {
        (kind, id_): Target(target.path.replace("service/", "technicians/", 1), target.title)
        for (kind, id_), target in known.pages.items()
        if kind == "service"
    }
    return replace(known, pages={**known.pages, **moved})


def _groups(writer: Writer, kinds: Sequence[str]) -> list[tuple[str, str, list[tuple[Sheet, str, str]]]]:
    """Kinds with their pages: (place, name, [(page, its mark, how that looks)])."""
    found = []
    for kind in kinds:
        some = [(sheet, *_mark(writer, sheet)) for sheet in writer.of_kind(kind)]
        if some:
            name = tr(PLURALS[kind], writer.language)
            found.append((anchor(kind), name, some))
    return found


def _mark(writer: Writer, sheet: Sheet) -> tuple[str, str]:
    """What a list shows beside a page: of a rule its outcome, or how grave it is; of a role or position who holds it."""
    if sheet.kind in ("role", "position"):
        return tr(", ", writer.language).join(_holders(writer, sheet)), ""
    if sheet.kind != "rule":
        return "", ""
    judged = rule_found(writer.portal, sheet.id)
    rule = writer.portal.definitions.rules[sheet.id]
    if judged:
        told = told_outcome(rule, judged.outcome)
        return verdict_text(writer.portal, judged, writer.language), f"is-{told}"
    return (tr("enquiry", writer.language), "") if rule.enquiry else (severity_text(rule.severity, writer.language), "")


def _holders(writer: Writer, sheet: Sheet) -> Iterator[str]:
    """Who holds a role or a position: on the day of the portal, or without one for no set time."""
    found: dict[str, None] = {}
    for tenure in held_on(writer.portal.definitions, writer.portal.day):
        own = tenure.role if sheet.kind == "role" else tenure.position
        if own == sheet.id and (writer.portal.day or tenure.period.end is None):
            found[tenure.person] = None
    yield from found


def _part(writer: Writer, part: Part) -> tuple[str, str]:
    return writer.page("part", part_path(part), part.id, shown=part, groups=_groups(writer, part.kinds))


def _sheet(writer: Writer, sheet: Sheet) -> tuple[str, str]:
    part = PART_OF[sheet.kind]
    technical = sheet.path.startswith("technicians/")
    inside = replace(writer, known=for_technicians(writer.known)) if technical else writer
    put = inside.setter(sheet.path)
    other = ""
    if sheet.kind == "service":
        there = writer.known if technical else for_technicians(writer.known)
        other = there.pages["service", sheet.id].path
    return inside.page(
        "sheet",
        sheet.path,
        part.id,
        part,
        sheet=sheet,
        heading=f"{sheet.id} {sheet.title}" if sheet.kind == "rule" else sheet.title,
        shapes=put.shapes(sheet.page.blocks),
        places=put.places(sheet.page, by_number=sheet.kind == "framework"),
        technical=technical,
        other=other,
        changed=last_change(writer.portal, sheet),
        kind_name=tr(PLURALS[sheet.kind], writer.language),
    )
