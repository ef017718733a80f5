"""Reports: each format is a function from an audit's result to text."""

from __future__ import annotations

from collections.abc import Callable

from itsmctl.language import Language
from itsmctl.reports import html, json, text
from itsmctl.result import AuditResult

FORMATS: dict[str, Callable[[AuditResult, Language], str]] = {
    "text": text.render,
    "json": json.render,
    "html": html.render,
}
"""What `--format` offers; adding a format is one module and one line here."""
