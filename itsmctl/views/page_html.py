"""A page of facts, tables and drawings as one self-contained HTML file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from itsmctl.language import Language
from itsmctl.reports import pages
from itsmctl.views.page import Page


@dataclass(frozen=True)
class Drawing:
    """An SVG with what it shows, and a word for each class that it draws with."""

    svg: str
    caption: str
    key: tuple[tuple[str, str], ...] = ()
    """(class of a mark, what it means)"""


def html(page: Page, language: Language, drawings: Sequence[Drawing] = ()) -> str:
    """The page with its drawings before its sections."""
    return pages.page("page.html.j2", language, page=page, drawings=drawings, kind_of=lambda one: type(one).__name__)
