"""Every form in which the gate is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from itsmctl.gate import data, markdown, text
from itsmctl.gate.findings import findings
from itsmctl.gate.judged import Judged
from itsmctl.reports.problems import FORMATS as PROBLEM_FORMATS
from itsmctl.reports.problems import Checked


def _of_problems(form: str, judged: Judged) -> str:
    """The findings as the problems that they are; forges show them on the lines of the pull request."""
    problems = [finding.problem for finding in findings(judged)]
    checked = Checked("gate", problems, judged.files, judged.language, judged.place, judged.gate.as_of, weighed=True)
    return PROBLEM_FORMATS[form](checked)


FORMATS: Mapping[str, Callable[[Judged], str]] = {
    "text": text.render,
    "markdown": markdown.render,
    "json": data.render,
    **{form: partial(_of_problems, form) for form in ("github", "gitlab", "sarif", "junit")},
}
"""What `--format` may name."""
