"""Reports: each format is a module with a function `render` from an audit's result to text."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from itsmctl.language import Language

if TYPE_CHECKING:
    from itsmctl.result import AuditResult

FORMATS = ("text", "json", "html")
"""What `--format` offers; adding a format is one module and one word here."""


def render(form: str, result: AuditResult, language: Language) -> str:
    """An audit's result in one of FORMATS."""
    text: str = importlib.import_module(f"{__name__}.{form}").render(result, language)
    return text
