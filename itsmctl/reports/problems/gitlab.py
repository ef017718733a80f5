"""Problems as a GitLab code quality report."""

from __future__ import annotations

import json

from itsmctl.errors import Severity
from itsmctl.language import problem_text
from itsmctl.reports.problems.checked import Checked
from itsmctl.reports.problems.fingerprints import fingerprints

_SEVERITIES: dict[Severity, str] = {"error": "major", "warning": "minor"}


def render(checked: Checked) -> str:
    """A list of issues; the fingerprint of one stays when its line moves, so that GitLab knows it again."""
    rows = [
        {
            "description": problem_text(p, checked.language),
            "check_name": p.code,
            "fingerprint": fingerprint,
            "severity": _SEVERITIES[p.severity],
            "location": {"path": checked.path(p.where.file), "lines": {"begin": p.where.line or 1}},
        }
        for p, fingerprint in zip(checked.problems, fingerprints(checked.problems), strict=True)
    ]
    return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"
