"""The audit as Markdown, for wikis, forges and mail."""

from __future__ import annotations

from itsmctl.language import Language
from itsmctl.reports.findings import outline
from itsmctl.reports.outlines.markdown import markdown
from itsmctl.reports.trend import Before
from itsmctl.result import AuditResult


def render(result: AuditResult, language: Language = "en", before: Before | None = None) -> str:
    """The whole report, in which nobody is named."""
    return markdown(outline(result, language, before))
