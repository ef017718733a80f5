"""The result folder of an audit: result.json, verdicts.parquet, findings.csv, the reports and the receipt."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from json import dumps
from pathlib import Path

from itsmctl.audit import AuditOptions, Progress, audit
from itsmctl.audit.people import PeopleKey, sealed_names
from itsmctl.engine.session import Session
from itsmctl.importers.receipt import FILE as RECEIPT
from itsmctl.model import Definitions, Rule
from itsmctl.output import check_place, replacing
from itsmctl.reports.trend import Before
from itsmctl.result import AuditResult, Redaction

REDACTION, SEALED_NAMES = "redaction.json", "people.csv"
FILES = (
    "result.json",
    "verdicts.parquet",
    "findings.csv",
    "report.html",
    "report.zh.html",
    REDACTION,
    SEALED_NAMES,
    RECEIPT,
)


def audit_to_folder(
    definitions: Definitions,
    dataset: Path,
    options: AuditOptions,
    out: Path,
    *,
    before: Before | None = None,
    progress: Progress | None = None,
) -> AuditResult:
    """Audit a dataset and write the result folder, which appears whole or not at all; returns the result.

    With an audit `before`, the report says what has changed since.
    Raises ItsmctlError as `audit` does, and where `out` holds anything else than an earlier result.
    """
    check_place(out, FILES, "result.json")
    with replacing(out) as place:
        result = audit(
            definitions,
            dataset,
            replace(options, charts=True),
            verdicts=place / "verdicts.parquet",
            findings=partial(_write_findings, place),
            beforehand=partial(load_pages, options.people is not None),
            meanwhile=partial(_write_pages, place, before),
            progress=progress,
        )
        from itsmctl.reports import json

        shutil.copyfile(dataset / RECEIPT, place / RECEIPT)
        if options.people and result.redaction:
            _write_redaction(place, options.people, result.redaction)
        written = json.render(result, files=list(place.iterdir()))
        (place / "result.json").write_text(written, encoding="utf-8", newline="\n")
    return result


def _write_redaction(place: Path, key: PeopleKey, redaction: Redaction) -> None:
    """What was hidden, and the names sealed with the key, so that nothing else than the key is needed to read them."""
    from itsmctl.reports import json

    told = dumps(json.redaction_document(redaction), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    (place / REDACTION).write_text(told, encoding="utf-8", newline="\n")
    (place / SEALED_NAMES).write_text(sealed_names(key, redaction.names), encoding="ascii", newline="")


def load_pages(sealing: bool) -> None:
    """Load what writes the folder: that takes as long as to fill in a page."""
    from itsmctl.reports import csv, html, json, pages  # noqa: F401

    if sealing:
        import cryptography.hazmat.primitives.ciphers.aead  # noqa: F401
    pages.prepare()


def _write_pages(place: Path, before: Before | None, result: AuditResult) -> None:
    from itsmctl.reports import html

    (place / "report.html").write_text(html.render(result, "en", before), encoding="utf-8", newline="\n")
    (place / "report.zh.html").write_text(html.render(result, "zh", before), encoding="utf-8", newline="\n")


def _write_findings(place: Path, session: Session, verdicts: Path, rules: Sequence[Rule]) -> None:
    from itsmctl.reports import csv

    with (place / "findings.csv").open("w", encoding="utf-8", newline="") as file:
        file.writelines(csv.findings(session, verdicts, rules))
