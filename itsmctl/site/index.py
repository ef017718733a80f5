"""The index by which the search finds pages, as a script: a browser loads that from a folder, and would not load data."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from itsmctl.language import Language, tr
from itsmctl.site.parts import PLURALS
from itsmctl.site.sheets import Sheet
from itsmctl.site.words import terms
from itsmctl.views.page import Block, Drawn, Facts, Grid, Points, Words

IN_TITLE, IN_HEADING, MOST_OFTEN = 12, 3, 5
"""What a term weighs in a title and in a heading, and how often it counts in the text."""
EXCERPT = 180


def search_index(sheets: Mapping[Language, Sequence[Sheet]]) -> str:
    """The script: every page with its titles in the languages of the portal, and every term with its pages and weights."""
    languages = tuple(sheets)
    order = {sheet.path: number for number, sheet in enumerate(sheets[languages[0]])}
    found: dict[str, dict[int, int]] = {}
    told: dict[int, list[list[str]]] = {number: [] for number in order.values()}
    for language in languages:
        for sheet in sheets[language]:
            number = order[sheet.path]
            about = sheet.about if len(sheet.about) <= EXCERPT else sheet.about[:EXCERPT].rstrip() + "…"
            told[number].append([sheet.title, tr(PLURALS[sheet.kind], language), about])
            for term, weight in _weights(sheet).items():
                pages = found.setdefault(term, {})
                pages[number] = max(pages.get(number, 0), weight)
    pages_told = [[path, sheets[languages[0]][number].id, *told[number]] for path, number in order.items()]
    content = {
        "languages": languages,
        "pages": pages_told,
        "terms": {term: [part for pair in sorted(found[term].items()) for part in pair] for term in sorted(found)},
    }
    return "window.itsmctlIndex = " + _script(content) + ";\n"


def _script(content: object) -> str:
    """JSON that is JavaScript as well, and harmless wherever it stands."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _weights(sheet: Sheet) -> Mapping[str, int]:
    """How much each term says about a page."""
    found = Counter({term: min(n, MOST_OFTEN) for term, n in Counter(_body(sheet)).items()})
    for section in sheet.page.sections:
        for term in set(terms(section.title)):
            found[term] = max(found[term], IN_HEADING)
    for term in {*terms(sheet.title), *terms(sheet.id)}:
        found[term] += IN_TITLE
    return found


def _body(sheet: Sheet) -> Iterator[str]:
    blocks = (*sheet.page.blocks, *(block for section in sheet.page.sections for block in section.blocks))
    for text in (sheet.page.subtitle, *_texts(blocks)):
        yield from terms(text)


def _texts(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Facts(rows) | Grid(_, rows):
                yield from (cell for row in rows for cell in row)
            case Points(items):
                yield from items
            case Words(told):
                yield told
            case Drawn(lines):
                yield from lines
