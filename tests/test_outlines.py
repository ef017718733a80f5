"""The audit as Markdown and as a workbook, and outlines on a narrow terminal: whole, and safe."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest
from report_cases import HOSTILE, TURNED, audit_result, hostile_result
from rich.cells import cell_len
from test_trend import earlier

from itsmctl.language import LANGUAGES, Language
from itsmctl.reports import findings, markdown
from itsmctl.reports.outlines import Outline, Part, Table
from itsmctl.reports.outlines.page import page
from itsmctl.reports.outlines.text import text
from itsmctl.reports.outlines.workbook import workbook


@pytest.mark.parametrize("language", LANGUAGES)
def test_markdown_tells_the_whole_audit(language: Language) -> None:
    told = markdown.render(audit_result(), language, earlier(INC_06=("pass", 0, 1200)))
    words = {
        "en": (
            "## Rules that fail",
            "## Enquiries",
            "### What to export next",
            "## Since the audit of 2026-06-29",
            "INC0010234",
        ),
        "zh": ("## 未通过的规则", "## 问询", "### 下一步应导出什么", "## 与 2026-06-29", "INC0010234"),
    }
    for word in words[language]:
        assert word in told, word
    rows = [line for line in told.splitlines() if line.startswith("|")]
    assert len(rows) > 30
    widths = {len(re.findall(r"(?<!\\)\|", line)) for line in rows}
    assert max(widths) < 12 and told.endswith("\n")


def test_nothing_from_a_ticket_becomes_markup() -> None:
    told = markdown.render(hostile_result(), "en")
    assert HOSTILE not in told and "&lt;script&gt;" in told
    assert "\u202e" not in told and not re.search("[\x00-\x08\x1b]", told)
    assert TURNED not in told


def test_nobody_is_named() -> None:
    for form in (markdown.render(audit_result(), "en"), page(findings.outline(audit_result(), "en"))):
        assert not [name for name in ("张伟", "王芳", "Müller") if name in form]


@pytest.mark.parametrize("result", [audit_result(), hostile_result()], ids=["plain", "hostile"])
def test_a_workbook_runs_nothing_and_has_the_same_bytes_again(result: object) -> None:
    told = findings.outline(result, "zh")  # type: ignore[arg-type]
    content = workbook(told)
    assert content == workbook(told)
    with ZipFile(io.BytesIO(content)) as book:
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        assert len(sheets) >= 8 and not any(b"<f>" in book.read(name) for name in sheets)


LONG = Table(
    ("Name", "Number", "Words"),
    (("很长的名字" * 6, 1_234_567, "one two three " * 9), ("short", 1, "")),
    (1,),
    ("bad", ""),
)


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_a_table_keeps_every_word_and_fits(width: int) -> None:
    told = text(Outline("en", "kind", "Title", "", (), (Part("Part", tables=(LONG,)),)), width)
    assert max(cell_len(line) for line in told.splitlines()) <= width
    assert told.count("three") == 9 and told.count("长") == 6 and "1,234,567" in told
    assert "✕" in told and "\x1b" not in told


ASK = """import hashlib, sys; sys.path.insert(0, sys.argv[1])
from report_cases import audit_result
from itsmctl.reports import FORMATS, render
print([hashlib.sha256(render(form, audit_result(), lang).encode()).hexdigest() for form in FORMATS for lang in ("en", "zh")])"""


def test_no_form_depends_on_the_machine() -> None:
    answers = set()
    for zone, lang, seed in (("UTC", "C", "0"), ("Pacific/Kiritimati", "de_DE.UTF-8", "77")):
        env = {**os.environ, "TZ": zone, "LANG": lang, "LC_ALL": lang, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", ASK, str(Path(__file__).parent)]
        answers.add(subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout)
    assert len(answers) == 1


def test_an_audit_without_anything_is_still_told() -> None:
    bare = replace(audit_result(), rules=(), enquiries=(), attainment=(), explanations=())
    assert "Nothing was judged" in markdown.render(bare, "en")
    assert workbook(findings.outline(bare, "en"))
