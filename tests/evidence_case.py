"""A small audit to pack: definitions in a git repository with a Chinese file name, and a result folder made by hand."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from pathlib import Path

from itsmctl.definitions import load
from itsmctl.engine.session import Session
from itsmctl.evidence.tables import csv_bytes
from itsmctl.importers.receipt import Receipt, ReceiptFile
from itsmctl.reports.csv import COLUMNS

AS_OF = "2026-06-30T16:00:00Z"

_FRAMEWORK = """\
kind: framework
id: iso-20000-1
version: "2018"
title: {en: Service management, zh: 服务管理}
clauses:
  - {number: "8.6", title: {en: Resolution, zh: 解决}}
  - {number: "8.6.1", title: {en: "Incidents | all", zh: 事件}}
  - {number: "8.6.2", title: {en: Requests, zh: 请求}}
  - {number: "9.1", title: {en: Measurement, zh: 测量}}
"""

_RULE = """\
kind: rule
id: {id}
version: 1
title: {{en: Rule {id}, zh: 规则 {id}}}
process: incident
clauses: [{clauses}]
severity: minor
{enquiry}check: {{required: {{columns: [closure_code]}}}}
rationale: why
remedy: how
"""

_PROCESS = """\
kind: process
id: incident
title: {en: Incident, zh: 事件}
version: "1.0"
owner: owner
manager: owner
purpose: restore
scope: all
inputs: [{id: fault-report, title: Report, from: [outside]}]
outputs: [{id: restored-service, title: Service, to: [outside]}]
lanes: [{id: first-line, title: First line, roles: [owner]}]
activities:
  - {id: IM1, title: Record, lane: first-line, description: Record it, inputs: [fault-report], outputs: [restored-service], states: [new, closed]}
principles:
  general: [{text: No work without a record.}]
  responsibility: [{text: Every record has an owner.}]
  assignment: [{text: Work goes to those who can do it.}]
  closure: [{text: Only what was resolved is closed.}]
  notification: [{text: Users are told.}]
  escalation: [{text: What is late goes up.}]
states: [{id: new, title: New, phase: new, initial: true}, {id: closed, title: Closed, phase: closed}]
transitions: {new: [closed], closed: []}
---
kind: role
id: owner
title: {en: Owner, zh: 负责人}
process: incident
responsibilities: [answers for the process]
"""

RULES = {
    "INC-01": ('"iso-20000-1:8.6.1"', "fail", 40, 7, 3),
    "INC-02": ('"iso-20000-1:8.6.1"', "pass", 50, 0, 0),
    "INC-03": ('"iso-20000-1:8.6.2"', "not_testable", 0, 0, 50),
    "INC-04": ('"iso-20000-1:8.6.1"', "pass", 50, 0, 0),
    "INC-14": ('"iso-20000-1:9.1"', "fail", 49, 1, 0),
}
"""Rule: its clauses, outcome, then records passed, failed, not testable; INC-14 is an enquiry."""

OBSERVED = '=HYPERLINK("https://x.example") <b>空</b>'
"""What a rule observed, as somebody would write it who wants it to be run."""


def write_definitions(root: Path) -> Path:
    """A management system with one process, one framework and five rules."""
    rules = [
        _RULE.format(id=id_, clauses=clauses, enquiry="enquiry: true\n" if id_ == "INC-14" else "")
        for id_, (clauses, *_) in RULES.items()
    ]
    for name, text in {
        "policies/框架.yaml": _FRAMEWORK,
        "policies/rules/incident.yaml": "---\n".join(rules),
        "policies/incident.yaml": _PROCESS,
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return root


def git(root: Path, *arguments: str, author: str = "Ann", when: str = "2026-01-05T09:00:00 +0000") -> str:
    """Run git in a folder as somebody, at some time, with no configuration of this machine."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": author,
        "GIT_AUTHOR_EMAIL": "ann@example.org",
        "GIT_COMMITTER_NAME": author,
        "GIT_COMMITTER_EMAIL": "ann@example.org",
        "GIT_AUTHOR_DATE": when,
        "GIT_COMMITTER_DATE": when,
    }
    done = subprocess.run(
        ["git", *arguments], cwd=root, env=environment, check=True, capture_output=True, encoding="utf-8"
    )
    return done.stdout.strip()


def commit(root: Path, subject: str, *, author: str = "Ann", when: str = "2026-01-05T09:00:00 +0000") -> str:
    """Commit everything in a repository, and return the hash."""
    git(root, "add", "-A", author=author, when=when)
    git(root, "commit", "-q", "-m", subject, author=author, when=when)
    return git(root, "rev-parse", "HEAD")


def make_case(folder: Path) -> tuple[Path, Path]:
    """A result folder and the root that it was judged by, in a git repository with two commits."""
    root = write_definitions(folder / "系统")
    git(root, "init", "-q", "-b", "main")
    commit(root, "First version")
    with (root / "policies/incident.yaml").open("a", encoding="utf-8", newline="\n") as file:
        file.write("# reviewed\n")
    hash_ = commit(root, "=cmd() reviewed, 已评审", author="Bo", when="2026-02-01T10:00:00 +0800")
    return write_result(folder / "result", root, hash_), root


def write_result(folder: Path, root: Path, commit_hash: str, as_of: str = AS_OF) -> Path:
    """What an audit leaves behind."""
    folder.mkdir(parents=True)
    (folder / "receipt.json").write_text(_receipt().to_json(), encoding="utf-8")
    _write_verdicts(folder / "verdicts.parquet")
    (folder / "findings.csv").write_bytes(_findings())
    (folder / "report.html").write_text("<!doctype html><title>June</title>", encoding="utf-8")
    (folder / "report.zh.html").write_text("<!doctype html><title>六月</title>", encoding="utf-8")
    entries = {id_: _entry(id_, *facts) for id_, facts in RULES.items()}
    result = {
        "format": "itsmctl/result/v1",
        "title": "June 六月",
        "as_of": as_of,
        "period": {"from": "2026-06-01T00:00:00Z", "to": "2026-06-30T16:00:00Z"},
        "definitions": {"commit": commit_hash, "digest": load(root).digest, "dirty": False},
        "dataset": {"digest": "d" * 64, "records": 50, "events": 100},
        "rules": [entry for id_, entry in entries.items() if id_ != "INC-14"],
        "enquiries": [entries["INC-14"]],
        "people": "pseudonyms",
        "files": [
            {"name": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "bytes": path.stat().st_size}
            for path in sorted(folder.iterdir())
        ],
    }
    (folder / "result.json").write_text(json.dumps(result, ensure_ascii=False), encoding="utf-8")
    (folder / "notes of somebody.txt").write_text("not part of the result", encoding="utf-8")
    return folder


def _write_verdicts(path: Path) -> None:
    """The verdicts that RULES count, by rule and record; what was observed tries to be a formula, markup, and Chinese."""
    lines = []
    for id_, (_, _, _, failed, not_testable) in RULES.items():
        for number in range(1, failed + not_testable + 1):
            verdict = (
                ("false", OBSERVED, "关闭代码", "") if number <= failed else ("NULL", "", "", "missing:closure_code")
            )
            passed, *texts = verdict
            told = ", ".join(f"'{text}'" for text in (f"INC{number:04}", *texts))
            lines.append(f"('{id_}', {passed}, {told})")
    with Session() as session:
        session.run(
            f"""CREATE TABLE found AS SELECT * FROM (VALUES {", ".join(lines)}) AS v("rule", passed, record_id, observed, expected, reason)"""
        )
        session.write_parquet(
            """SELECT "rule", record_id, CAST(passed AS BOOLEAN) AS passed, observed, expected,
            TIMESTAMP '2026-06-05 08:30:00' AS "at", reason, CAST(NULL AS VARCHAR) AS waiver, CAST(NULL AS VARCHAR) AS baseline FROM found""",
            path,
        )


def _findings() -> bytes:
    """The failures that RULES count, each read from the row of an export below the one before; an enquiry finds nothing."""
    return csv_bytes(
        COLUMNS,
        (
            (id_, "", "", "", f"INC{number:04}", "=导出.csv", number + 1, OBSERVED, "关闭代码", "", "", "", "")
            for id_, (_, _, _, failed, _) in RULES.items()
            if id_ != "INC-14"
            for number in range(1, failed + 1)
        ),
    )


def _receipt() -> Receipt:
    file = ReceiptFile(
        name="=导出.csv",
        member="",
        sha256="e" * 64,
        bytes=1234,
        format="csv",
        encoding="utf-8",
        delimiter=",",
        rows_read=52,
        rows_imported=50,
        rows_rejected=2,
    )
    return Receipt(
        mapping="servicenow-audit-log",
        process="incident",
        shape="records",
        tool="ServiceNow",
        zone="UTC",
        local_times=True,
        files=(file,),
        records=50,
        events=100,
        rejects=2,
        period_from="2026-06-01T00:00:00Z",
        period_to="2026-06-30T16:00:00Z",
        last_moment=AS_OF,
        precision_seconds=60,
        time_formats={},
        mapped=("number",),
        kept=(),
        missing=(),
        history=(),
        codes={},
        duplicates=0,
        warnings=(),
        digest="d" * 64,
    )


def _entry(id_: str, clauses: str, outcome: str, passed: int, failed: int, not_testable: int) -> dict[str, object]:
    return {
        "id": id_,
        "version": 1,
        "title": f"Rule {id_}",
        "severity": "minor",
        "clauses": json.loads(f"[{clauses}]"),
        "outcome": outcome,
        "in_scope": passed + failed + not_testable,
        "passed": passed,
        "failed": failed,
        "not_testable": not_testable,
        "waived": 0,
        "not_applicable": 0,
        "tolerance": {"count": 0, "percent": 0.0},
    }


def reseal(pack: Path, *, tags: bool) -> None:
    """Write all manifests of a pack anew (of the tag files only on request), as a careful forger would."""
    payload = sorted(path.relative_to(pack).as_posix() for path in (pack / "data").rglob("*") if path.is_file())
    lists = {"manifest": payload}
    if tags:
        lists["tagmanifest"] = ["bag-info.txt", "bagit.txt", "manifest-sha256.txt", "manifest-sha512.txt"]
    for kind, names in lists.items():
        for algorithm in ("sha256", "sha512"):
            lines = [f"{hashlib.new(algorithm, (pack / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
            (pack / f"{kind}-{algorithm}.txt").write_text("".join(lines), encoding="utf-8")
    if tags and not (pack / "signature").exists():
        request = (pack / "timestamp/request.tsq").read_bytes()
        digest = hashlib.sha256((pack / "tagmanifest-sha256.txt").read_bytes()).digest()
        (pack / "timestamp/request.tsq").write_bytes(request[:24] + digest + request[56:])
