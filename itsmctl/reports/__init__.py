"""Reports: each format is a module with a function `render` from an audit's result to text."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from itsmctl.language import Language

if TYPE_CHECKING:
    from itsmctl.reports.trend import Before
    from itsmctl.result import AuditResult

FORMATS = ("text", "json", "html", "markdown")
"""What `--format` offers; adding a format is one module and one word here."""


def render(form: str, result: AuditResult, language: Language, before: Before | None = None) -> str:
    """An audit's result in one of FORMATS; each but JSON says what has changed since an audit `before`."""
    module = importlib.import_module(f"{__name__}.{form}")
    told: str = module.render(result, language) if form == "json" else module.render(result, language, before=before)
    return told
