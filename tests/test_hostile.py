"""Hostile text, wherever it comes in, is shown as text wherever it comes out: pages, portal, workbook, Markdown, CSV, terminal."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from html.parser import HTMLParser
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zipfile import ZipFile

import pytest
from dataset import at, write_dataset

from itsmctl import cli
from itsmctl.audit import AuditOptions
from itsmctl.definitions import load
from itsmctl.delivery import Asked, period_of, service_quality
from itsmctl.evidence.documents import statement_page
from itsmctl.evidence.reading import read_result
from itsmctl.evidence.statement import statements
from itsmctl.evidence.statement.versions import Versions
from itsmctl.evidence.statement.words import in_words
from itsmctl.history import DocumentLog
from itsmctl.language import LANGUAGES
from itsmctl.model import Definitions, Text
from itsmctl.reports import findings, markdown, text
from itsmctl.reports.folder import audit_to_folder
from itsmctl.reports.outlines.workbook import workbook
from itsmctl.reports.pages import explanation_html
from itsmctl.reports.service.forms import render
from itsmctl.site import gather
from itsmctl.site.building import files
from itsmctl.views import kinds, page

ATTACK = (
    "=cmd|'/C calc'!A0 <script>alert(1)</script>\"><img src=x onerror=alert(2)> [go](javascript:alert(3)) "
    "\u202egpj.exe\u2066 \x1b[2J\x07 {{ 7*7 }} </style></title>"
)
"""A formula, a script, a handler, a link that runs, text that turns round, orders to a terminal, and a template."""
FREE = (
    "number",
    "category",
    "subcategory",
    "group",
    "assignee",
    "opened_by",
    "resolved_by",
    "ci",
    "closure_code",
    "channel",
)
UNSEEN = re.compile("[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Told:
    """What came out: pages by name, other texts by name, workbooks, and the file for spreadsheets."""

    pages: Mapping[str, str]
    texts: Mapping[str, str]
    workbooks: Mapping[str, bytes]
    table: str


def poisoned(value: Any) -> Any:
    """The same value, every text in it an attack."""
    if isinstance(value, Text):
        return Text(ATTACK, ATTACK)
    if isinstance(value, tuple):
        return tuple(map(poisoned, value))
    if isinstance(value, Mapping):
        return {key: poisoned(one) for key, one in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: poisoned(getattr(value, one.name)) for one in fields(value) if one.init})
    return value


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Everything that is made of hostile definitions and hostile tickets, in both languages."""
    folder = tmp_path_factory.mktemp("hostile")
    assert cli.run(["init", str(folder / "ours"), "--yes", "-q"]) == 0
    definitions: Definitions = poisoned(load(folder / "ours"))
    dataset = _dataset(folder / "dataset", next(iter(definitions.services)))
    result = audit_to_folder(definitions, dataset, AuditOptions(), folder / "result")
    judged = read_result(folder / "result" / "result.json")
    quality = service_quality(definitions, dataset, Asked(period_of("2026-05", "")))
    pages = dict(files(gather(definitions, ("en",), judged=judged)))
    texts = {name: pages.pop(name) for name in [*pages] if not name.endswith(".html")}
    workbooks = {}
    for language in LANGUAGES:
        said = in_words(
            definitions, judged, statements(definitions, judged), Versions(DocumentLog("unavailable")), language
        )
        pages[f"statement {language}"] = statement_page(said).decode("utf-8")
        pages[f"service {language}"] = str(render("html", quality, definitions, language))
        for explained in result.explanations:
            pages[f"record {explained.record_id} {language}"] = explanation_html(explained, language)
        texts[f"text {language}"] = text.render(result, language)
        texts[f"audit {language}.md"] = markdown.render(result, language)
        texts[f"service {language}.md"] = str(render("markdown", quality, definitions, language))
        workbooks[f"audit {language}"] = workbook(findings.outline(result, language))
    for kind, view in kinds.VIEWS.items():
        for name, one in view.found(definitions).items():
            shown = view.page(one, kinds.Asked(definitions, "en"))
            texts |= {f"show {kind} {name}": page.text(shown, 80), f"show {kind} {name}.md": page.markdown(shown)}
    for name in ("report.html", "report.zh.html"):
        pages[name] = (folder / "result" / name).read_text(encoding="utf-8")
    return Told(pages, texts, workbooks, (folder / "result" / "findings.csv").read_text(encoding="utf-8-sig"))


def _dataset(folder: Path, service: str) -> Path:
    """Tickets that say something hostile wherever somebody may write."""
    records = [
        {
            **dict.fromkeys(FREE, f"{ATTACK} {number}"), "record_id": f"INC{number} {ATTACK if number % 2 else ''}".strip(), "process": "incident",
            "service": service if number % 3 else f"our {ATTACK}", "priority": "P3" if number % 4 else ATTACK, "state": "resolved",
            "opened_at": at(f"2026-05-{number:02}T09:00+08:00"), "resolved_at": at(f"2026-05-{number * 2 - 5:02}T09:00+08:00"),
        }
        for number in range(4, 12)
    ]  # fmt: skip
    events = [(one["record_id"], one["opened_at"], "state", "", "new", ATTACK, ATTACK) for one in records]
    return write_dataset(folder, records, events, files=((ATTACK.replace("/", "_"), len(records)),))


class Elements(HTMLParser):
    """What a page has that could act: its scripts, the attributes of its elements, its links."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.scripts = 0
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        for name, value in attrs:
            if name.startswith("on"):
                self.wrong.append(f"{tag} {name}")
            if name in ("href", "src", "action") and urlsplit(value or "").scheme not in ("", "data"):
                self.wrong.append(f"{tag} {name}={value}")


def test_no_page_runs_or_turns_what_it_shows(told: Told) -> None:
    wrong: dict[str, Any] = {}
    for name, content in told.pages.items():
        seen = Elements(content)
        own = 1 if name.startswith("report") else content.count("assets/")  # the portal's come from its own folder
        if seen.wrong or seen.scripts > own or UNSEEN.search(content) or content.count("</style>") > 1:
            wrong[name] = (seen.wrong, seen.scripts, UNSEEN.findall(content)[:3])
    assert wrong == {}
    assert sum("&lt;script&gt;alert(1)" in content for content in told.pages.values()) > 20, "it is shown, as text"


def test_no_text_orders_a_terminal_or_becomes_markup(told: Told) -> None:
    assert [name for name, content in told.texts.items() if UNSEEN.search(content) and not name.endswith(".js")] == []
    marked = {name: content for name, content in told.texts.items() if name.endswith(".md")}
    assert len(marked) > 20
    acting = re.compile(r"<(?:script|img)|(?<!\\)\]\(javascript:", re.IGNORECASE)
    assert [name for name, content in marked.items() if acting.search(content)] == []


def test_no_spreadsheet_takes_a_text_for_a_formula(told: Told) -> None:
    for content in told.workbooks.values():
        with ZipFile(BytesIO(content)) as book:
            parts = {name: book.read(name) for name in book.namelist()}
        assert not [name for name, part in parts.items() if b"<f>" in part or b"External" in part]
        assert any(b"=cmd|" in part for part in parts.values()), "it is there, as text"
    rows = list(csv.reader(StringIO(told.table)))
    assert len(rows) > 5 and any("=cmd|" in cell for row in rows for cell in row)
    assert [cell for row in rows for cell in row if cell.lstrip()[:1] in tuple("=+-@")] == []


def test_an_attack_is_found_where_there_is_one() -> None:
    assert Elements(f'<a href="javascript:x">{ATTACK}').wrong == ["a href=javascript:x", "img onerror"]
