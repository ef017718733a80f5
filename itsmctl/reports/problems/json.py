"""Problems for a program: the contract of `itsmctl validate --format json`."""

from __future__ import annotations

import json

from itsmctl.language import problem_text
from itsmctl.reports.problems.checked import Checked
from itsmctl.reports.problems.fingerprints import fingerprints


def render(checked: Checked) -> str:
    """An object with the list `problems`."""
    rows = [
        {
            "code": p.code,
            "message": problem_text(p, checked.language),
            "file": p.where.file,
            "line": p.where.line,
            "column": p.where.column,
            "severity": p.severity,
            "suggestion": p.suggestion or None,
            "subject": p.subject or None,
            "fingerprint": fingerprint,
        }
        for p, fingerprint in zip(checked.problems, fingerprints(checked.problems), strict=True)
    ]
    return json.dumps({"problems": rows}, ensure_ascii=False, indent=2) + "\n"
