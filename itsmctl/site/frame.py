"""What stands around every page: menu, way back, language, search, and what it was made from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from itsmctl.language import Language, tr
from itsmctl.site.addresses import way
from itsmctl.site.facts import Portal
from itsmctl.site.parts import PARTS, Part

HOME, SEARCH, HANDBOOK, ALL, TECHNICIANS = "index.html", "search.html", "handbook.html", "all.html", "technicians.html"
ASKING = "asking.html"
NAMES = {"en": "English", "zh": "中文"}
"""What a language calls itself."""


@dataclass(frozen=True)
class Entry:
    """A link of the menu, of the way back, or of a list."""

    title: str
    href: str
    current: bool = False


@dataclass(frozen=True)
class Frame:
    """One page's surroundings; all links are relative to it."""

    here: str
    top: str
    """The way to the top of the language, `../` or nothing."""
    home: str
    search: str
    every: str
    menu: tuple[Entry, ...]
    way_back: tuple[Entry, ...]
    languages: tuple[tuple[str, Entry], ...]
    """The other languages of the portal, each with its code."""
    made_from: str


def part_path(part: Part) -> str:
    """The page of a part, from the top of its language."""
    return f"{part.id}.html"


def frame(
    portal: Portal,
    here: str,
    language: Language,
    present: Collection[str],
    *,
    part: str = "",
    above: Part | None = None,
) -> Frame:
    """The frame of the page at `here`; `present` are the parts that have a page, `part` the one it belongs to."""
    menu = [
        Entry(tr(one.title, language), way(here, part_path(one)), one.id == part) for one in PARTS if one.id in present
    ]
    menu.append(Entry(tr("Handbook", language), way(here, HANDBOOK), part == "handbook"))
    back = [Entry(tr("Start", language), way(here, HOME))] if here != HOME else []
    back += [Entry(tr(above.title, language), way(here, part_path(above)))] if above else []
    others = tuple(
        (other, Entry(NAMES[other], way(f"{language}/{here}", f"{other}/{here}")))
        for other in portal.languages
        if other != language
    )
    return Frame(
        here=here,
        top="../" * here.count("/"),
        home=way(here, HOME),
        search=way(here, SEARCH),
        every=way(here, ALL),
        menu=tuple(menu),
        way_back=tuple(back),
        languages=others,
        made_from=made_from(portal, language),
    )


def made_from(portal: Portal, language: Language) -> str:
    """The definitions that the portal shows: their commit, and whether files differ from it; their digest outside git."""
    commit = portal.commit
    if commit is None:
        return tr("definitions {digest}", language, digest=portal.definitions.digest[:12])
    told = tr("commit {commit}", language, commit=commit.hash[:12])
    return told + (" " + tr("and files that differ from it", language) if commit.dirty else "")
