"""Where everything in the portal is, and texts in which whatever has a page links to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from html import escape
from urllib.parse import quote
from zlib import crc32

from itsmctl.language import Language
from itsmctl.model import FIELD_OF_KIND, Definitions, Framework
from itsmctl.reports.clauses import clause_text
from itsmctl.reports.plain import shown
from itsmctl.site.parts import PART_OF

PROSE = 4000
"""Longer texts are cut: nobody reads them on a page."""
SHORT = 32

_NAMED = re.compile(r"\(([a-z0-9]+(?:-[a-z0-9]+)*)\)")
_CODE = re.compile(r"[A-Z][A-Z0-9]*(?:-[A-Z][A-Z0-9]*)*-[0-9]{2,}")
_SPAN = re.compile(r"`([^`<>]+)`")
_CLAUSE = re.compile(
    r"([a-z0-9]+(?:-[a-z0-9]+)*)[ :]([A-Z]*[0-9]+(?:\.[0-9A-Z]+)*|[a-z]+(?:[.-][a-z]+)*\.[a-z]+(?:-[a-z]+)*)"
)


@dataclass(frozen=True)
class Target:
    """A page, what it is called, and the place on it."""

    path: str
    title: str
    anchor: str = ""


@dataclass(frozen=True)
class Addresses:
    """Every page about a definition or a person, as one language names them."""

    pages: Mapping[tuple[str, str], Target]
    """By kind and id; a person by name."""
    clauses: Mapping[tuple[str, str], Target] = field(default_factory=dict)
    """By framework and number."""

    def of(self, kind: str, id_: str) -> Target | None:
        """The page of a definition."""
        return self.pages.get((kind, id_))

    def exactly(self, text: str) -> Target | None:
        """What a text is the bare name of: an id that nothing else could be, a process, or a person."""
        kinds = PART_OF if "-" in text else ("process", "person", "rule")
        return next((target for kind in kinds if (target := self.of(kind, text))), None)

    @cached_property
    def frameworks(self) -> Mapping[str, str]:
        """The ids of the frameworks by their titles."""
        return {target.title: id_ for (kind, id_), target in self.pages.items() if kind == "framework"}

    def named(self, id_: str, before: str) -> Target | None:
        """What a text means that ends a title with its id in brackets."""
        found = (target for kind in PART_OF if (target := self.of(kind, id_)) and before.endswith(target.title))
        return next(found, None)


def addresses(definitions: Definitions, language: Language) -> Addresses:
    """The addresses of all that the portal shows."""
    pages = {
        (kind, id_): Target(f"{kind}/{_file(id_)}.html", shown(one.title.in_(language) or id_))
        for kind in PART_OF
        if kind in FIELD_OF_KIND
        for id_, one in definitions.of_kind(kind).items()
    }
    people = {assignment.person for assignment in definitions.assignments.values()}
    pages |= {("person", person): Target(f"person/{_file(person)}.html", shown(person)) for person in people}
    clauses = {
        (framework.id, number): Target(f"framework/{_file(framework.id)}.html", number, place)
        for framework in definitions.frameworks.values()
        for number, place in _places(framework).items()
    }
    return Addresses(pages, clauses)


def _places(framework: Framework) -> Mapping[str, str]:
    """The place of each clause on its page; a heading of others is the page itself."""
    leaves = {leaf.number for leaf in framework.leaves()}
    return {number: anchor(number) if number in leaves else "" for number in framework.requirements}


def _file(name: str) -> str:
    """A name as that of a file which every system and every web server knows."""
    plain = re.sub(r"[^A-Za-z0-9.]+", "-", name).strip("-.")[:60]
    return plain if plain == name else f"{plain}-{crc32(name.encode('utf-8', 'replace')):08x}".lstrip("-")


def anchor(title: str) -> str:
    """A heading as the id of its place on a page."""
    return re.sub(r"[^\w.]+", "-", title.lower()).strip("-") or "part"


@cache
def way(here: str, there: str) -> str:
    """A relative link from one file to another, both given from the same folder."""
    own, other = here.split("/")[:-1], there.split("/")
    while own and len(other) > 1 and own[0] == other[0]:
        own, other = own[1:], other[1:]
    return quote("../" * len(own) + "/".join(other))


def linked(text: str, here: str, known: Addresses, within: str = "") -> str:
    """The text as markup, in which what has a page links to it; nothing links to the page it stands on.

    A clause of the framework `within` goes by its number, as under a head that says the framework.
    """
    text = shown(text, PROSE)
    whole = known.exactly(text)
    if whole:
        return _link(whole, whole.title, here)
    parts, done = [], 0
    for start, end, target, told in _found(text, known, within):
        if start >= done:
            parts += [escape(text[done:start]), _link(target, told, here)]
            done = end
    return _SPAN.sub(r"<code>\1</code>", "".join([*parts, escape(text[done:])]))


def _found(text: str, known: Addresses, within: str) -> Iterator[tuple[int, int, Target, str]]:
    """(start, end, target, how it is called) of everything that a text names, in order."""
    found: list[tuple[int, int, Target, str]] = []
    for match in _NAMED.finditer(text):
        before = text[: match.start()].rstrip()
        target = known.named(match[1], before)
        if target:
            found.append((len(before) - len(target.title), match.end(), target, target.title))
    for match in _CODE.finditer(text):
        target = known.of("rule", match[0])
        if target:
            found.append((match.start(), match.end(), target, match[0]))
    for match in _CLAUSE.finditer(text):
        target = known.clauses.get((match[1], match[2]))
        if target:
            told = match[2] if match[1] == within else clause_text(f"{match[1]}:{match[2]}")
            found.append((match.start(), match.end(), target, told))
    yield from sorted(found, key=lambda one: one[:2])


def _link(target: Target, told: str, here: str) -> str:
    if target.path == here and not target.anchor:
        return escape(told)
    if target.path == here:
        told = target.title  # a clause on the page of its framework goes by its number
    place = f"#{quote(target.anchor)}" if target.anchor else ""
    to = (way(here, target.path) if target.path != here else "") + place
    look = ' class="piece"' if "-" in told and len(told) <= SHORT else ""  # a number is not broken at its hyphen
    return f'<a href="{escape(to)}"{look}>{escape(told)}</a>'
