"""The gate for programs, format `itsmctl/gate/v1`; its schema lies beside this module."""

from __future__ import annotations

import json

from itsmctl.gate.findings import findings
from itsmctl.gate.judged import Judged
from itsmctl.language import problem_text
from itsmctl.output import schema_beside
from itsmctl.reports.changes.data import entry
from itsmctl.reports.problems.fingerprints import fingerprints
from itsmctl.reports.replay.json import as_data

FORMAT = "itsmctl/gate/v1"


def gate_schema() -> dict[str, object]:
    """The JSON Schema (draft-07) of the gate as JSON; changes and the replay have schemas of their own."""
    return schema_beside(__file__, "gate")


def render(judged: Judged) -> str:
    """The whole gate; only messages depend on the language."""
    gate, found = judged.gate, findings(judged)
    names = fingerprints([finding.problem for finding in found])
    document = {
        "format": FORMAT,
        "verdict": "fail" if judged.failed else "pass",
        "base": judged.base,
        "head": judged.head or None,
        "as_of": gate.as_of.isoformat() if gate.as_of else None,
        "looked_at": {
            "approvals": gate.approvals is not None,
            "tickets": gate.replay is not None,
            "time": gate.as_of is not None,
        },
        "known": gate.known,
        "findings": [
            {
                "part": finding.part,
                "code": finding.problem.code,
                "message": problem_text(finding.problem, judged.language),
                "severity": finding.problem.severity,
                "file": finding.problem.where.file or None,
                "line": finding.problem.where.line or None,
                "column": finding.problem.where.column or None,
                "fingerprint": name,
            }
            for finding, name in zip(found, names, strict=True)
        ],
        "changes": [entry(change) for change in gate.changes],
        "replay": as_data(judged.replayed) if judged.replayed else None,
        "command": judged.command,
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
