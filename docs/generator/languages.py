"""The documentation in two languages: mkdocs asks here what a page shows of its own language.

A page has the menu, the neighbours and the words of its language, and the way to itself in the other one. A page that is
written in English only stands in the Chinese menu too, by the Chinese name that mkdocs.yml gives it under `extra`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import mkdocs.themes.mkdocs
from babel.support import Translations
from markdown.extensions.toc import slugify_unicode
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure import StructureItem
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Link, Navigation, Section
from mkdocs.structure.pages import Page

WORDS = Translations.load(Path(mkdocs.themes.mkdocs.__file__).parent / "locales", ["zh_CN"])
"""The theme's own words, in Chinese."""
FULL = r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]"
BROKEN = re.compile(rf"(?<={FULL})\n *(?={FULL}|<a )|(?<=[，。：；、！？）])\n *(?=\S)|\n *(?=[（「])")
"""An end of a line that would be seen as a blank, where Chinese has none."""
MENUS: dict[str, Navigation] = {}


def language(page: Page) -> str:
    """The language in which a page is written."""
    return "zh" if page.file.src_uri.endswith(".zh.md") else "en"


def twin(page: Page, pages: Iterable[Page]) -> Page | None:
    """The same page in the other language, if there is one."""
    path = page.file.src_uri
    other = path.removesuffix(".zh.md") + ".md" if language(page) == "zh" else path.removesuffix(".md") + ".zh.md"
    return next((page for page in pages if page.file.src_uri == other), None)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Name the headings of a Chinese page as GitHub does, instead of _1, _2, _3."""
    config.mdx_configs["toc"]["slugify"] = slugify_unicode
    return config


def on_nav(nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:
    """Part the one navigation of mkdocs.yml into a menu for each language; pages outside a language get the English one."""
    for code in ("en", "zh"):
        own = [page for page in nav.pages if language(page) == code]
        for page, neighbour in pairwise(own):
            page.next_page, neighbour.previous_page = neighbour, page
        own[0].previous_page = own[-1].next_page = None
        menu = Navigation(list(_items(nav.items, nav.pages, code, config.extra["chinese"])), own)
        menu.homepage = own[0]
        MENUS[code] = menu
    return MENUS["en"]


def on_page_context(context: dict[str, Any], page: Page, config: MkDocsConfig, nav: Navigation) -> dict[str, Any]:
    """What the theme is told of a page: the menu of its language, and where the other language is."""
    own = language(page)
    other = MENUS["zh" if own == "en" else "en"]
    context |= {"nav": MENUS[own], "language": own, "other": twin(page, other.pages) or other.homepage}
    if own == "zh":
        context |= {"gettext": WORDS.ugettext, "ngettext": WORDS.ungettext}
    return context


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Close the lines of Chinese paragraphs up; transcripts keep theirs."""
    if language(page) == "en":
        return html
    parts = re.split(r"(<pre>.*?</pre>)", html, flags=re.DOTALL)
    return "".join(part if part.startswith("<pre>") else BROKEN.sub("", part) for part in parts)


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Say of a Chinese page that it is Chinese: browsers choose glyphs, hyphens and voices by it."""
    return output.replace('<html lang="en"', '<html lang="zh-CN"', 1) if language(page) == "zh" else output


def _items(items: list[StructureItem], pages: list[Page], code: str, names: dict[str, str]) -> Iterable[StructureItem]:
    for item in items:
        if isinstance(item, Section):
            title = item.title if code == "en" else names[item.title]
            section = Section(title, list(_items(item.children, pages, code, names)))
            for child in section.children:
                if not isinstance(child, Link):
                    child.parent = section
            yield section
        elif isinstance(item, Page) and language(item) == code:
            yield item
        elif isinstance(item, Page) and code == "zh" and not twin(item, pages):
            yield Link(names.get(item.title, item.title), item.url)
