"""The laws of definitions for a terminal: the list, and the page of one."""

from __future__ import annotations

from collections.abc import Sequence

from itsmctl.definitions.lint.law import Page
from itsmctl.errors import Severity
from itsmctl.language import Language, msg, tr, trn
from itsmctl.reports.plain import cells, fit, hanging, wrap

SEVERITIES: dict[Severity, str] = {"error": msg("error"), "warning": msg("warning")}


def listing(pages: Sequence[Page], language: Language, width: int) -> str:
    """For each law: code, severity, what it demands."""
    code_width = max(len(page.code) for page in pages)
    severity_width = max(cells(tr(SEVERITIES[page.severity], language)) for page in pages)
    lines = []
    for page in pages:
        start = f"{page.code:<{code_width}}  {fit(tr(SEVERITIES[page.severity], language), severity_width)}  "
        lines += hanging(start, page.title.in_(language), width)
    lines.append(
        trn("{n} law; `itsmctl rules show CODE` explains it", "{n} laws; `itsmctl rules show CODE` explains one", len(pages), language)
    )  # fmt: skip
    return "\n".join(lines)


def as_json(page: Page) -> dict[str, object]:
    """A law for a program."""
    return {
        "code": page.code,
        "severity": page.severity,
        "needs_as_of": page.as_of is not None,
        "titles": {"en": page.title.en, "zh": page.title.zh},
        "why": {"en": page.why.en, "zh": page.why.zh},
        "remedy": {"en": page.remedy.en, "zh": page.remedy.zh},
        "passes": page.passes,
        "fails": page.fails,
    }


def render(page: Page, language: Language, width: int) -> str:
    """The page of one law."""
    severity, colon = tr(SEVERITIES[page.severity], language), tr(": ", language)
    if page.as_of:
        severity += tr("; asked with --as-of only", language)
    parts = [
        *wrap(f"{page.code}  {page.title.in_(language)}", width),
        "",
        *wrap(f"{tr('Severity', language)}{colon}{severity}", width, "  "),
        *wrap(f"{tr('Why', language)}{colon}{page.why.in_(language)}", width, "  "),
        *wrap(f"{tr('Remedy', language)}{colon}{page.remedy.in_(language)}", width, "  "),
        "",
        tr("Passes", language),
        "",
        *_indented(page.passes),
        "",
        tr("Fails, where the arrow stands", language),
        "",
        *_indented(page.fails),
    ]
    return "\n".join(parts)


def _indented(example: str) -> list[str]:
    return [f"    {line}".rstrip() for line in example.splitlines()]
