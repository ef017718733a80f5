"""An outline as a page: one self-contained file that loads and runs nothing."""

from __future__ import annotations

from itsmctl.reports import pages
from itsmctl.reports.outlines import Outline, Part


def page(outline: Outline) -> str:
    """The report for a browser, a phone and paper."""
    return pages.page("outline.html.j2", outline.language, outline=outline, ids=_ids(outline))


def _ids(outline: Outline) -> dict[int, str]:
    """An address for each part, by its place in memory: its anchor, or a number."""
    found: dict[int, str] = {}
    for number, part in enumerate(_every(outline.parts), 1):
        found[id(part)] = part.anchor or f"part-{number}"
    return found


def _every(parts: tuple[Part, ...]) -> list[Part]:
    return [one for part in parts for one in (part, *_every(part.parts))]
