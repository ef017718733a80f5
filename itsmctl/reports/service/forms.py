"""The service quality report in each of its forms."""

from __future__ import annotations

from itsmctl.delivery.quality import Quality
from itsmctl.language import Language
from itsmctl.model import Definitions
from itsmctl.reports.outlines.markdown import markdown
from itsmctl.reports.outlines.text import text
from itsmctl.reports.service.data import as_json
from itsmctl.reports.service.words import outline


def render(
    form: str, quality: Quality, definitions: Definitions, language: Language, width: int = 80, color: bool = False
) -> str | bytes:
    """The report as text, html, markdown, xlsx or json."""
    if form == "json":
        return as_json(quality, definitions)
    told = outline(quality, definitions, language)
    if form == "html":
        from itsmctl.reports.outlines.page import page

        return page(told)
    if form == "xlsx":
        from itsmctl.reports.outlines.workbook import workbook

        return workbook(told)
    return markdown(told) if form == "markdown" else text(told, width, color)
