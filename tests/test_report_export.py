"""The report says of its export what gaps and what personal data it has, in every form, and never what stands in them."""

from __future__ import annotations

import pytest
from importing.mappings import ROOT, mapping

from itsmctl.audit import AuditOptions, audit
from itsmctl.definitions import load
from itsmctl.importers.importing import import_files
from itsmctl.language import LANGUAGES, Language, tr
from itsmctl.model import Gap
from itsmctl.reports import html, markdown
from itsmctl.result import AuditResult

COLUMNS = {"record_id": ("Number",), "number": ("Number",), "opened_at": ("Opened",), "state": ("State",), "assignee": ("Agent",)}  # fmt: skip
GONE = {*range(20, 31), 40}


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> AuditResult:
    """Sixty tickets but twelve, of which some hold an address in a column that no canonical one takes."""
    folder = tmp_path_factory.mktemp("export")
    rows = [
        f"INC{n:04},2026-03-{1 + n % 28:02} 09:{n % 60:02}:00,closed,Agent {n % 3},{'a@example.com' if n % 2 else ''}"
        for n in range(1, 61)
        if n not in GONE
    ]
    (folder / "export.csv").write_text("\n".join(["Number,Opened,State,Agent,Contact", *rows]) + "\n", encoding="utf-8")
    read = mapping(columns=COLUMNS, recognise=("Number", "Opened"), time_formats=("yyyy-MM-dd HH:mm:ss",))
    import_files([folder / "export.csv"], read, {}, "Europe/London", folder / "out")
    return audit(load(ROOT), folder / "out", AuditOptions(rules=("DQ-01",)))


def test_gaps_and_personal_data_are_part_of_the_result(result: AuditResult) -> None:
    assert result.dataset.number_gaps == 2
    assert result.dataset.gaps == (Gap("INC0019", "INC0031", 11), Gap("INC0039", "INC0041", 1))
    assert [(one.column, one.kind, one.records) for one in result.dataset.personal] == [
        ("assignee", "person", 48),
        ("Contact", "mail-address", sum(n % 2 for n in range(1, 61) if n not in GONE)),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", [html, markdown])
def test_every_report_tells_them(result: AuditResult, form: object, language: Language) -> None:
    told = form.render(result, language)  # type: ignore[attr-defined]
    assert tr("between {before} and {after}: {n} missing", language, before="INC0019", after="INC0031", n=11) in told
    assert tr("Personal data", language) in told and "Contact" in told
    assert "a@example.com" not in told
