"""The gate for a terminal: verdict, findings, changes, past tickets."""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl.gate.findings import counts_text, findings, unlooked
from itsmctl.gate.judged import Judged
from itsmctl.language import problem_line, tr
from itsmctl.reports.changes.text import render as changes_text
from itsmctl.reports.plain import wrap
from itsmctl.reports.replay import text as replay_text

WIDTH = 80


def render(judged: Judged) -> str:
    """Everything, in 80 columns but for findings, which stay one line each."""
    language = judged.language
    lines = [*wrap(counts_text(judged), WIDTH), ""]
    lines += _findings(judged)
    names = (judged.base, judged.head or tr("the files here", language))
    parts = ["\n".join(lines).rstrip() + "\n"]
    if judged.gate.compared:
        parts.append(changes_text(judged.gate.changes, *names, language))
    if judged.replayed is not None:
        parts.append(replay_text.render(judged.replayed))
    rest = [line for text in unlooked(judged) for line in wrap(text, WIDTH)]
    return "\n".join([*parts, "\n".join([*rest, tr("Again on your machine:", language), f"  {judged.command}"])]) + "\n"


def _findings(judged: Judged) -> Iterator[str]:
    """A line each, under what they are where some stop the merge and others do not."""
    language, every = judged.language, [finding.problem for finding in findings(judged)]
    errors = [problem for problem in every if problem.severity == "error"]
    warnings = [problem for problem in every if problem.severity != "error"]
    for title, problems in ((tr("Errors", language), errors), (tr("Warnings", language), warnings)):
        if errors and warnings:
            yield title
        yield from (problem_line(problem, language) for problem in problems)
