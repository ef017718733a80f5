"""Writes the portal: every page, drawing and script, as a folder that appears whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from itsmctl.language import LANGUAGES, Language
from itsmctl.output import check_place, replacing, schema_beside
from itsmctl.reports import pages
from itsmctl.site.addresses import addresses
from itsmctl.site.facts import Portal
from itsmctl.site.frame import NAMES, made_from
from itsmctl.site.index import search_index
from itsmctl.site.rendering import language_pages
from itsmctl.site.sheets import sheets

MARK, FORMAT = "site.json", "itsmctl/site/v1"
FILES = (MARK, "index.html", "assets", *LANGUAGES)


def build(portal: Portal, out: Path) -> int:
    """Write the portal into a folder and return how many pages it has.

    Raises ItsmctlError where the folder holds anything else than an earlier portal.
    """
    check_place(out, FILES, MARK)
    written = 0
    with replacing(out) as place:
        for path, text in files(portal):
            file = place / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
            written += path.endswith(".html")
    return written


def site_schema() -> dict[str, object]:
    """The JSON Schema (draft-07) of `site.json`."""
    return schema_beside(__file__, "site")


def files(portal: Portal) -> Iterator[tuple[str, str]]:
    """Every file of the portal: its path, and its text."""
    made = {}
    for language in portal.languages:
        known = addresses(portal.definitions, language)
        made[language] = sheets(portal, known, language)
        for path, text in language_pages(portal, known, made[language], language):
            yield f"{language}/{path}", text
    yield "index.html", _first_page(portal)
    yield "assets/search.js", search_index(made)
    yield "assets/style.css", _template("style.css")
    for name in ("site.css", "site.js"):
        yield f"assets/{name}", _template(f"site/{name}")
    yield MARK, _mark(portal, {language: len(some) for language, some in made.items()})


def _first_page(portal: Portal) -> str:
    """The page that asks for the language, or with one language goes on by itself."""
    language = portal.languages[0]
    names = [(one, NAMES[one]) for one in portal.languages]
    return pages.page("site/languages.html.j2", language, names=names, made_from=made_from(portal, language))


def _template(name: str) -> str:
    return resources.files("itsmctl").joinpath("templates", name).read_text(encoding="utf-8")


def _mark(portal: Portal, counts: dict[Language, int]) -> str:
    """What the folder is, by which the next build knows that it may take its place."""
    told = {
        "format": FORMAT,
        "languages": list(portal.languages),
        "definitions": {
            "commit": portal.commit.hash if portal.commit else "",
            "dirty": portal.commit.dirty if portal.commit else False,
            "digest": portal.definitions.digest,
        },
        "as_of": str(portal.day) if portal.day else None,
        "result": portal.judged.as_of.isoformat() if portal.judged else None,
        "pages": counts,
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"
