"""The pack's own words, in English and Chinese: the README and the readable statement."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from itsmctl.evidence.reading import Judged
from itsmctl.evidence.statement import FrameworkStatement
from itsmctl.history import HistoryState
from itsmctl.language import Language, number_text, outcome_text, severity_text
from itsmctl.model import Definitions

_TEMPLATES = Path(__file__).parent.parent / "templates" / "evidence"


def readme(judged: Judged, names: frozenset[str], history: HistoryState, language: Language) -> bytes:
    """What each file of the pack is, how to check it without itsmctl, and what the pack does not prove."""
    return _render(f"README.{language}.md", language, judged=judged, names=names, history=history)


def statement(
    definitions: Definitions, judged: Judged, frameworks: Sequence[FrameworkStatement], language: Language
) -> bytes:
    """The statement, clause by clause, for reading."""
    return _render(
        f"statement.{language}.md",
        language,
        judged=judged,
        rules=definitions.rules,
        frameworks=frameworks,
    )


def _render(template: str, language: Language, **values: object) -> bytes:
    text = _environment(language).get_template(template).render(values)
    return (text.rstrip("\n") + "\n").encode("utf-8", "replace")


@cache
def _environment(language: Language) -> Environment:
    # Markdown, not HTML: `cell` guards the values instead of HTML escapes.
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES, encoding="utf-8"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    environment.filters["cell"] = _cell
    environment.filters["n"] = number_text
    environment.filters["outcome"] = lambda word: outcome_text(word, language)
    environment.filters["severity"] = lambda word: severity_text(word, language)
    environment.filters["text"] = lambda text: _cell(text.in_(language))
    return environment


def _cell(value: object) -> str:
    """A value that stays in its table cell and cannot become markup."""
    text = " ".join(str(value).split())
    for character in "\\`*_[]|#":
        text = text.replace(character, f"\\{character}")
    return text.replace("&", "&amp;").replace("<", "&lt;")
