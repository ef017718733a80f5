"""The pack's own words, in English and Chinese: the README and the readable statement."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from itsmctl.evidence.attestation import ENVELOPE
from itsmctl.evidence.reading import Judged
from itsmctl.evidence.samples import Examined
from itsmctl.evidence.sealing import Seals
from itsmctl.evidence.statement.told import StatementWords
from itsmctl.evidence.timestamp import stamped
from itsmctl.history import HistoryState
from itsmctl.language import Language, number_text, tr
from itsmctl.reports import pages

_TEMPLATES = Path(__file__).parent.parent / "templates" / "evidence"


def readme(
    judged: Judged,
    names: frozenset[str],
    history: HistoryState,
    seals: Seals,
    examined: Sequence[Examined],
    language: Language,
) -> bytes:
    """What each file of the pack is, how to check it without itsmctl, and what the pack does not prove."""
    return _render(
        language,
        f"README.{language}.md",
        judged=judged,
        names=names,
        history=history,
        seals=seals,
        examined=examined,
        stamped=stamped((ENVELOPE,) if seals.key_id else ()),
    )


def statement(words: StatementWords) -> bytes:
    """The statement, clause by clause, as a document."""
    return _render(words.language, "statement.md.j2", statement=words)


def statement_page(words: StatementWords) -> bytes:
    """The statement as one page that opens offline."""
    return pages.page("evidence/statement.html.j2", words.language, statement=words).encode("utf-8", "replace")


def _render(language: Language, name: str, **values: object) -> bytes:
    text = _environment(language).get_template(name).render(values)
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
    environment.globals["tr"] = lambda text, **values: tr(text, language, **values)
    return environment


def _cell(value: object) -> str:
    """A value that stays in its table cell and cannot become markup."""
    text = " ".join(str(value).split())
    for character in "\\`*_[]|#":
        text = text.replace(character, f"\\{character}")
    return text.replace("&", "&amp;").replace("<", "&lt;")
