"""Every check type explains its failures: the rows behind them, what was observed, what was applied and where it is written."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from test_checks import ALL, Case, _built, build_rule, judge

from itsmctl.checks import CHECKS
from itsmctl.checks.declare import TEMPLATES
from itsmctl.model import GROUPED, Rule
from itsmctl.reports import timeline
from itsmctl.reports.pages import clause_text
from itsmctl.result import Explanation
from itsmctl.source import parse_documents

WITHOUT_ROWS = {
    "register": "the verdict names the row of the register",
    "count-per-month": "a month may have none",
    "row-count": "it is about a whole file, which the verdict names",
}
"""Check types whose failure need not have a record of the export behind it, and why."""


def failing(check: str) -> tuple[Case, str]:
    """The first case of a check that has a failure, and the record or group that fails."""
    for case in ALL:
        if case.file == check and "rule" in case.data and "period" not in case.data:
            for row in case.data.get("verdicts", []):
                if row[1] is False:
                    return case, str(row[0])
    raise AssertionError(f"no case of {check} fails")


def written(case: Case, root: Path) -> Rule:
    """The rule of a case in a file of its own, so that its parameters have lines."""
    shown = build_rule(case.data["rule"], 1)
    body = {"kind": "rule", "id": shown.id, "title": "Case", "version": 7, "process": "incident"}
    words = {"clauses": ["iso-20000-1:8.6.1"], "severity": "minor", "rationale": "Case.", "remedy": "Case."}
    text = "# Rules of a case\n---\n" + json.dumps({**body, **words, **case.data["rule"]}, indent=1)
    (root / "rules.yaml").write_text(text, encoding="utf-8")
    (document,) = parse_documents(text, "rules.yaml")
    rule = _built(document)
    assert isinstance(rule, Rule)
    return replace(rule, rests_on=())


LOOKS_AT_CHANGES = {
    "approved", "authorised", "clock-within", "conforms", "dwell-within", "existence", "handovers", "in-lane", "late-pause", "leg-within",
    "loosened", "period-shift", "precedence", "raised-and-lowered", "returns", "traced", "transition",
}  # fmt: skip
"""Check types that judge by what happened to a record: each change that was looked at has its row."""

OF_DECLARE = {"precedence", "existence"}
"""The templates share one module, parameters and verdicts: two stand for all of them."""


@pytest.mark.parametrize("check", sorted(set(CHECKS) - set(TEMPLATES) | OF_DECLARE))
def test_a_failure_is_explained(check: str, tmp_path: Path) -> None:
    case, name = failing(check)
    rule = written(case, tmp_path)
    result, _ = judge({rule.id: rule}, case.data, tmp_path, root=tmp_path, explain=(name,))
    (found,) = result.explanations
    (ground, *_) = [one for one in found.grounds if one.rule.id == rule.id]
    assert (ground.verdict.record_id, ground.rule.version) == (name, 7)
    assert ground.rows or check in WITHOUT_ROWS
    assert all(row.file and row.row for row in ground.rows)
    assert all(one.file and one.row for one in ground.changes)
    assert ground.changes or check not in LOOKS_AT_CHANGES
    assert ground.values or rule.check in GROUPED or not CHECKS[check].needs(rule).columns
    lines = (tmp_path / "rules.yaml").read_text(encoding="utf-8").splitlines()
    applied = {one.name: one for one in reversed(ground.applied)}
    for parameter in ("check", *rule.parameters):
        where = applied[parameter].where
        assert where.file == "rules.yaml" and f'"{parameter}"' in lines[where.line - 1], parameter
    assert all(one.where.line for one in ground.applied)
    _told(found)


def _told(found: Explanation) -> None:
    """The same stands in every form, in both languages."""
    (ground, *_) = found.grounds
    text, page = timeline.terminal(found, "en", width=2000), timeline.explanation_html(found, "en")
    page = re.sub(r'<span class="piece">([^<]*)</span>', r"\1", page)  # what must not be broken at a hyphen
    document = json.loads(json.dumps(timeline.explanation_json(found)))
    (told, *_) = document["grounds"]
    assert told["observed"] == ground.verdict.observed and told["clauses"] == list(ground.rule.clauses)
    assert [row["row"] for row in told["rows"]] == [row.row for row in ground.rows]
    assert [(one["file"], one["row"]) for one in told["changes"]] == [(one.file, one.row) for one in ground.changes]
    assert told["values"] == ground.values
    assert document["definitions"]["digest"]
    for form in (text, page):
        assert clause_text(ground.rule.clauses[0]) in form and "version 7" in form
        assert all(f"[{one.where.file}:{one.where.line}]" in form for one in ground.applied)
        assert all(f"({one.file}, row {one.row})" in form for one in (*ground.rows[:10], *ground.changes[-10:]))
        assert document["definitions"]["digest"][:16] in form
    assert "第 7 版" in timeline.terminal(found, "zh", width=80)
